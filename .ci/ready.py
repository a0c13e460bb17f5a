"""Print what is left to fill in before a release: ``python .ci/ready.py v0.1.0``."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
OWNER, NOBODY = "github.com/OWNER/", "netinnov developers"
NOTHING = "(to be filled in by the authors)"


def named(root: Path = ROOT) -> dict[str, tuple[str, str]]:
    """Version and date as each file has them."""
    texts = {name: (root / name).read_text("utf-8") for name in ("CITATION.cff", "CHANGELOG.md")}
    (head,) = re.findall(r"^## (\S+) \((.*)\)$", texts["CHANGELOG.md"], re.M)[:1]
    (cited,) = re.findall(r'^version: (\S+)\ndate-released: "(.*)"$', texts["CITATION.cff"], re.M)
    meta = json.loads((root / "codemeta.json").read_text("utf-8"))
    return {
        "CHANGELOG.md": head,
        "CITATION.cff": cited,
        "codemeta.json": (meta["version"], meta["dateModified"]),
    }


def left(tag: str, root: Path = ROOT) -> list[str]:
    """A sentence for each."""
    found = named(root)
    missing = [
        f"{name} is of version {version}, the tag is {tag}."
        for name, (version, _) in found.items()
        if f"v{version}" != tag
    ]
    missing += [
        f"{name} has the date {date!r}; it must be a day, the same everywhere."
        for name, (_, date) in found.items()
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", date) or date != found["CITATION.cff"][1]
    ]
    for name, sign, what in (
        ("CITATION.cff", OWNER, "the address of the repository"),
        ("codemeta.json", OWNER, "the address of the repository"),
        ("docs/conf.py", OWNER, "the address of the repository"),
        ("docs/architecture.md", OWNER, "the address of the repository"),
        ("paper/paper.md", NOTHING, "what only its authors know"),
        ("paper/paper.md", NOBODY, "the names of the authors"),
        ("setup.cfg", NOBODY, "the names of the authors"),
        ("CITATION.cff", NOBODY, "the names of the authors"),
        ("codemeta.json", NOBODY, "the names of the authors"),
    ):
        if sign in (root / name).read_text("utf-8"):
            missing.append(f"{name} lacks {what} ({sign!r} stands there).")
    return missing


if __name__ == "__main__":
    sys.exit("\n".join(left(sys.argv[1])) or None)

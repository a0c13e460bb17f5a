"""Print the oldest versions that setup.cfg allows, as constraints for pip."""

from __future__ import annotations

import configparser
import re
import sys
from pathlib import Path


def constraints(path: str | Path) -> list[str]:
    """Give ``name==version`` for each ``name>=version`` that a user installs."""
    settings = configparser.ConfigParser()
    settings.read_string(Path(path).read_text(encoding="utf-8"))
    required = [settings["options"]["install_requires"]]
    extras = settings["options.extras_require"].items()
    required += [listed for extra, listed in extras if extra not in {"bench", "dev"}]
    pinned = {}
    for requirement in "\n".join(required).split("\n"):
        if not requirement.strip():
            continue
        match = re.match(r"([\w.-]+)(?:\[\w+\])?>=([\w.]+)", requirement.strip())
        if match is None:
            sys.exit(f"{path}: {requirement!r} has no lower bound `name>=version`.")
        pinned[match[1]] = f"{match[1]}=={match[2]}"
    return list(pinned.values())


if __name__ == "__main__":
    print("\n".join(constraints(sys.argv[1])))

"""What a run was made of: versions, settings, hashes, times."""

from __future__ import annotations

import importlib.metadata
import json
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from netinnov._runtime.arguments import examples
from netinnov._runtime.opening import read_json, sha256_of
from netinnov._version import __version__
from netinnov.errors import InputError

PACKAGES = (
    *("numpy", "scipy", "pandas", "pyarrow", "networkx", "igraph", "scikit-network"),
    *("numba", "matplotlib", "seaborn"),
)

_OF_SYSTEMS = (".DS_Store", "Thumbs.db", "desktop.ini")  # made by who only looks at a folder


def write_manifest(folder: Path, known: Mapping[str, Any]) -> None:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    manifest = {
        "netinnov": __version__,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
        **known,
        "outputs": {path.relative_to(folder).as_posix(): sha256_of(path) for path in files},
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    # What of a path is no text becomes an escape, which JSON knows too.
    (folder / "manifest.json").write_text(text, encoding="utf-8", errors="backslashreplace")


def check_replaceable(folder: Path) -> bool:
    """Whether a folder holds a study; refuses what its manifest does not name as it is.

    False if the folder is empty or not there.
    """
    if not folder.is_dir() or not any(folder.iterdir()):
        return False
    try:
        manifest = read_json(folder / "manifest.json")
        written = {folder / name: digest for name, digest in manifest["outputs"].items()}
    except (InputError, LookupError, TypeError, AttributeError):
        msg = f"{folder} is not a study (it has no manifest.json of one) and is not replaced; name "
        raise InputError(f"{msg}another folder.") from None
    folders = {above for path in written for above in path.parents}

    def is_own(path: Path) -> bool:
        if path == folder / "manifest.json" or path.name in _OF_SYSTEMS:
            return True
        if path.is_symlink() or not path.is_file():
            return path in folders and not path.is_symlink()
        return path in written and sha256_of(path) == written[path]

    others = [path for path in sorted(folder.rglob("*")) if not is_own(path)]
    if others:
        listed = examples(others, lambda path: path.relative_to(folder).as_posix())
        msg = f"{folder} is not replaced, as its study did not write what is there now: {listed}. "
        raise InputError(f"{msg}Move that out of the folder, or name another one.")
    return True

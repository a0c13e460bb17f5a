"""What a run was made of: versions, settings, hashes, times."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import resource
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from netinnov._version import __version__

__all__ = ["hash_inputs", "write_manifest"]

PACKAGES = (
    "numpy",
    "scipy",
    "pandas",
    "pyarrow",
    "networkx",
    "igraph",
    "scikit-network",
    "numba",
    "matplotlib",
    "seaborn",
)


def hash_inputs(paths: Iterable[Path]) -> dict[str, str]:
    """SHA-256 of each file, by its name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(paths)}


def write_manifest(
    folder: Path,
    *,
    command: str,
    configuration: Mapping[str, Any],
    inputs: Mapping[str, str],
    network: Mapping[str, Any],
    seconds: Mapping[str, float],
) -> None:
    """Write ``manifest.json``, with the hashes of all other files of the folder."""
    outputs = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = {
        "netinnov": __version__,
        "command": command,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
        "seed": configuration["seed"],
        "configuration": configuration,
        "inputs": inputs,
        "network": network,
        "seconds": {step: round(value, 3) for step, value in seconds.items()},
        "peak_memory_mib": round(_peak_memory()),
        "outputs": {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in outputs
        },
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")


def _peak_memory() -> float:
    """Largest resident size of this process in MiB; the unit is the platform's."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10

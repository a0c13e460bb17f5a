"""What tests do to the folder of a written network."""

from __future__ import annotations

import json
from pathlib import Path


def drop_hashes(folder: Path) -> None:
    """As `read_network` asks of those who have changed a file."""
    path = folder / "network.json"
    about = json.loads(path.read_text(encoding="utf-8"))
    del about["files"]
    path.write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")

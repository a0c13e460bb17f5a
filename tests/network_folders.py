"""What tests do to the folder of a written network."""

import json
from hashlib import sha256
from pathlib import Path


def renew_hashes(folder: Path) -> None:
    """As one does who means others to read a folder that is not as it was written."""
    path = folder / "network.json"
    about = json.loads(path.read_text(encoding="utf-8"))
    for held in about["tables"].values():
        held["sha256"] = sha256((folder / held["file"]).read_bytes()).hexdigest()
    path.write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")

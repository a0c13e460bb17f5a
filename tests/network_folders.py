"""What tests do to the folder of a written network."""

import json
from hashlib import sha256
from pathlib import Path


def renew_hashes(folder: Path) -> None:
    """As one does who means others to read a folder that is not as it was written."""
    path = folder / "network.json"
    about = json.loads(path.read_text(encoding="utf-8"))
    content = {each.name: each.read_bytes() for each in folder.iterdir()}
    content[path.name] = json.dumps({key: about[key] for key in about if key != "files"}).encode()
    about["files"] = {name: sha256(held).hexdigest() for name, held in content.items()}
    path.write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")

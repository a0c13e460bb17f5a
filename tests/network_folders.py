"""What tests do to the folder of a written network."""

import json
from pathlib import Path

from netinnov._runtime.opening import digest_of_rest, sha256_of


def renew_hashes(folder: Path) -> None:
    """As one does who means others to read a folder that is not as it was written."""
    path = folder / "network.json"
    about = json.loads(path.read_text(encoding="utf-8"))
    about["files"] = {each.name: sha256_of(each) for each in folder.iterdir() if each != path}
    about["files"]["network.json"] = digest_of_rest(about)
    path.write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")

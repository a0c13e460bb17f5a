"""What stands under a path, told before it is opened or replaced."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from netinnov.errors import InputError

SPECIAL = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def kind_at_path(path: Path) -> str:
    """``"a file"``, ``"a folder"``, ``"nothing"``, or what is neither, such as ``"a FIFO"``.

    Links are followed. Nothing is opened: to open a FIFO is to wait for its writer.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "a link that leads nowhere" if os.path.lexists(path) else "nothing"
    except OSError as error:
        raise InputError(f"{path} cannot be looked up: {error.strerror}.") from None
    if stat.S_ISREG(mode):
        return "a file"
    return "a folder" if stat.S_ISDIR(mode) else SPECIAL.get(stat.S_IFMT(mode), "a special file")


def check_target(path: Path) -> str:
    """Kind of a target; refused if it is something other than a file or folder."""
    kind = kind_at_path(path)
    if kind not in ("a file", "a folder", "nothing"):
        msg = f"{path} is {kind}, which is never replaced; name a file or folder to make."
        raise InputError(msg)
    return kind

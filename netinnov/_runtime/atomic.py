"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import pandas as pd

from netinnov._runtime.arguments import as_path
from netinnov._runtime.interruption import check_interrupted, cleaning
from netinnov._runtime.opening import check_target, real_path
from netinnov.errors import InputError


@contextmanager
def new_file(path: str | os.PathLike[str], *, newline: str = "\n") -> Iterator[IO[str]]:
    text: Any = {"encoding": "utf-8", "newline": newline}
    with _hidden_file(as_path("path", path)) as hidden, hidden.open("x", **text) as stream:
        yield stream
        check_interrupted()


def write_bytes(path: Path, content: bytes) -> None:
    with _hidden_file(path) as hidden, hidden.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Without the index; before Python 3.13, carriage returns need quotation marks."""
    text = table.to_csv(index=False, lineterminator="\n")
    if "\r" in text:
        text = table.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    write_bytes(path, text.encode())


@contextmanager
def new_folder(path: str | os.PathLike[str], *, replace: bool = False) -> Iterator[Path]:
    """A hidden folder whose content moves to ``path`` when it is complete, or vanishes.

    Folders above it are made, and removed again if nothing comes into them. An empty folder that
    is there stays: it may be mounted, or the working directory. With ``replace`` the folder that is
    there goes, when the new one takes its place.
    """
    asked = as_path("folder", path)
    kind = check_target(asked)
    out = real_path(asked)
    if kind == "a file" or (kind == "a folder" and not replace and any(out.iterdir())):
        msg = f"{asked} is there already and not empty; name another folder, or remove it first."
        raise InputError(msg)
    above = [parent for parent in out.parents if not parent.exists()]
    # Beside the target, or in it: a move to another disk would copy.
    inside = kind == "a folder" and not replace
    hidden = (out if inside else out.parent) / f".netinnov-{uuid4().hex}"
    folder = hidden / "new"  # with the usual permissions, unlike the hidden one
    older = hidden / "older"
    names: list[str] = []  # of what goes into a folder that is there

    def clean() -> None:
        moved = [name for name in names if not os.path.lexists(folder / name)]
        if len(moved) < len(names):
            for name in moved:
                (out / name).replace(folder / name)
        if older.exists() and not out.exists():
            with _refusals(f"{older} cannot be put back to {out}"):
                older.rename(out)
        shutil.rmtree(hidden, ignore_errors=True)
        for parent in above:
            with suppress(OSError):  # not empty: all is well
                parent.rmdir()

    with cleaning(clean):
        with _refusals(f"{out} cannot be made"):
            out.parent.mkdir(parents=True, exist_ok=True)
            hidden.mkdir(mode=0o700)
            folder.mkdir()
        with _told_of(out, folder):
            yield folder
        check_interrupted()
        with _refusals(f"{out} cannot be made"):
            if inside:
                names += sorted(entry.name for entry in folder.iterdir())
                for name in names:
                    (folder / name).replace(out / name)
            else:
                if out.exists():
                    out.rename(older)
                folder.rename(out)


def make_folder(path: str | os.PathLike[str]) -> Path:
    folder = as_path("folder", path)
    with _refusals(f"{folder} cannot be made"):
        folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def _hidden_file(path: Path) -> Iterator[Path]:
    """A file beside the path, that takes its place once it is written and closed."""
    if check_target(path) == "a folder":
        raise InputError(f"{path} must be the name of a file; it is a folder.")
    real = real_path(path)  # a link stays, and what it leads to is replaced
    hidden = real.with_name(f".netinnov-{uuid4().hex}")

    def clean() -> None:
        with suppress(OSError):  # it has its new name, or was never made
            hidden.unlink()

    with cleaning(clean), _refusals(f"{path} cannot be written"):
        yield hidden
        hidden.replace(real)


@contextmanager
def _told_of(out: Path, hidden: Path) -> Iterator[None]:
    try:
        yield
    except (InputError, OSError) as error:
        if str(hidden) not in str(error) and getattr(error, "filename", "") is not None:
            raise
        text = str(error)
        if isinstance(error, OSError):
            text = f"{out} cannot be written: {error.strerror or error}."
        raise InputError(text.replace(str(hidden), str(out))) from None


@contextmanager
def _refusals(failure: str) -> Iterator[None]:
    try:
        yield
    except (FileExistsError, NotADirectoryError):
        raise InputError(f"{failure}: what should hold it is not a folder.") from None
    except OSError as error:
        raise InputError(f"{failure}: {error.strerror or error}.") from None

"""Tables of the package's own layout: nodes, links and places in one folder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pandas as pd

from netinnov.errors import InputError
from netinnov.sources._result import Tables

__all__ = ["read_tables"]

TEXT = ("node", "kind", "place", "jurisdiction", "source", "target", "layer", "parent")
NUMBERS = ("weight", "period", "lon", "lat", "population")
ENDINGS = (".csv", ".csv.gz", ".parquet")


def read_tables(folder: str | os.PathLike[str]) -> Tables:
    """Read nodes, links and places from a folder.

    Parameters
    ----------
    folder : path
        Holds ``nodes`` and ``links`` and may hold ``places``, each as ``.csv`` (comma, UTF-8, a
        header), ``.csv.gz`` or ``.parquet``, with the columns of `build_network`; and may hold
        ``network.json`` with the names of the directed layers: ``{"directed": ["funding"]}``.

    Returns
    -------
    Tables
        As in the files, unchecked: ids as text (``007`` stays as it is, and ``NA`` is a name); an
        empty field is missing. A number that cannot be read stays text, for `check_tables` to
        report.

    Raises
    ------
    InputError
        If a file is missing, stands there twice, or cannot be read, with its name and line.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "nodes.csv").write_text("node,place\\nlab,hangzhou\\nfirm,quzhou\\n")
    >>> _ = (folder / "links.csv").write_text("source,target\\nlab,firm\\n")
    >>> read_tables(folder).links
      source target
    0    lab   firm
    """
    folder = Path(folder)
    if not folder.is_dir():
        msg = f"{folder} must be a folder with nodes.csv and links.csv; it is none."
        raise InputError(msg)
    tables = {name: _read(folder, name) for name in ("nodes", "links", "places")}
    if (missing := [name for name in ("nodes", "links") if tables[name] is None]) != []:
        held = ", ".join(sorted(entry.name for entry in folder.iterdir())[:8]) or "nothing"
        msg = f"{folder} must hold {' and '.join(f'{name}.csv' for name in missing)}; it holds "
        raise InputError(f"{msg}{held}.")
    nodes, links = tables["nodes"], tables["links"]
    assert nodes is not None
    assert links is not None
    return Tables(nodes, links, tables["places"], _directed(folder))


def _read(folder: Path, name: str) -> pd.DataFrame | None:
    found = [folder / f"{name}{ending}" for ending in ENDINGS]
    found = [path for path in found if path.is_file()]
    if not found:
        return None
    if len(found) > 1:
        msg = f"{folder} holds {' and '.join(path.name for path in found)}; keep one of them."
        raise InputError(msg)
    path = found[0]
    try:
        if path.suffix == ".parquet":
            return pd.read_parquet(path)
        return _from_text(path)
    except UnicodeDecodeError as error:
        before = error.object[: error.start] if isinstance(error.object, bytes) else b""
        msg = f"{path} must be UTF-8; near byte {len(before)} it is not; save it as UTF-8."
        raise InputError(msg) from None
    except pd.errors.EmptyDataError:
        msg = f"{path} is empty; its first line must name its columns."
        raise InputError(msg) from None
    except (OSError, EOFError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        msg = f"{path} cannot be read: {str(error).splitlines()[-1]}"
        raise InputError(msg) from None


def _from_text(path: Path) -> pd.DataFrame:
    header = pd.read_csv(path, nrows=0, encoding="utf-8-sig").columns
    if len(header) == 1 and (mark := next((m for m in ";\t|" if m in header[0]), None)):
        msg = f"{path} must have ',' between its columns; line 1 has {mark!r}."
        raise InputError(msg)
    text: dict[str, Any] = {name: "str" for name in (*TEXT, *NUMBERS) if name in header}
    frame = pd.read_csv(
        path, dtype=text, keep_default_na=False, na_values=[""], encoding="utf-8-sig"
    )
    for name in NUMBERS:
        if name in frame:
            frame[name] = _numbers(frame[name])
    return frame


def _numbers(column: pd.Series) -> pd.Series:
    """Numbers where the text is one; if any is not, it stays, so that it can be reported."""
    number = pd.to_numeric(column, errors="coerce")
    broken = number.isna() & column.notna()
    return number if not broken.any() else number.astype(object).where(~broken, column)


def _directed(folder: Path) -> tuple[str, ...]:
    path = folder / "network.json"
    if not path.is_file():
        return ()
    try:
        named = json.loads(path.read_text(encoding="utf-8"))["directed"]
    except (ValueError, KeyError, TypeError) as error:
        msg = f'{path} must hold {{"directed": [names of layers]}}; found: {error}.'
        raise InputError(msg) from None
    if not isinstance(named, list) or not all(isinstance(layer, str) for layer in named):
        raise InputError(f"{path}: `directed` must be a list of names of layers; found {named!r}.")
    return tuple(named)

"""Results as tables for a manuscript: by great_tables (LaTeX, HTML) and maketables (Word)."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

import pandas as pd

from netinnov._runtime.arguments import as_path, shown
from netinnov._runtime.atomic import write_bytes
from netinnov._runtime.display import without_controls
from netinnov._runtime.optional import require
from netinnov._runtime.public import publish
from netinnov._typing import Is
from netinnov.errors import InputError

__all__ = ["to_table"]

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&$!:@=^]|(?<=www)\.)")
_NEVER = re.compile("[\ud800-\udfff\ufffe\uffff]")


def to_table(
    result: Any,
    *,
    path: str | os.PathLike[str] | None = None,
    digits: Annotated[int, Is(low=1, high=15, whole=True)] = 3,
    caption: str = "",
    notes: str = "",
) -> pd.DataFrame:
    """Set a result as a table for a manuscript.

    Parameters
    ----------
    result : result of netinnov, DataFrame, Series, or mapping
        An experiment (its effects), any other result that has a ``to_frame`` method, or a table;
        of a mapping from names to several, one below the other.
    path : path, optional
        A file to write: ``.docx``, ``.html``, ``.md`` or ``.tex`` (whose preamble needs booktabs
        and caption). Needs ``pip install 'netinnov[paper]'``. An older file is replaced.
    digits : int
        Significant digits, 1 to 15. Numbers that count have all theirs, p-values three decimals.
    caption, notes : str
        Above and below the table of the file.

    Returns
    -------
    DataFrame
        The cells as text, for any other program; what is not defined is a dash.

    Raises
    ------
    InputError
        If there is nothing to set, or the file has another ending.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"flow": [1234.5, -0.00567]}, index=["Quzhou", "Hangzhou"])
    >>> to_table(table.rename_axis("place")).to_numpy().tolist()
    [['Quzhou', '1,234'], ['Hangzhou', '−0.00567']]
    """
    frame = _frame(result)
    if frame.empty:
        raise InputError("a table needs at least one row and one column; the result has none.")
    index = frame.index
    labels = 0 if isinstance(index, pd.RangeIndex) and index.name is None else index.nlevels
    if labels:
        frame = frame.rename_axis([name or "" for name in index.names]).reset_index()
    number = [kind.kind in "iuf" and at >= labels for at, kind in enumerate(frame.dtypes)]
    cells = [_column(frame.iloc[:, at], digits, of) for at, of in enumerate(number)]
    heads = [_text(name).replace("_", " ") for name in frame.columns]
    if len(set(heads)) < len(heads):
        raise InputError(f"columns of a table need different names; found {heads[:9]}.")
    table = pd.DataFrame(dict(zip(heads, cells, strict=True)))
    if path is not None:
        ending = as_path("path", path).suffix.lower()
        content = _content(table, ending, number, _text(caption), _text(notes))
        write_bytes(as_path("path", path), content)
    return table


def _frame(result: Any) -> pd.DataFrame:
    if isinstance(result, pd.DataFrame):
        return result
    if isinstance(result, Mapping) and result:
        frame = pd.concat({_text(name): _frame(one) for name, one in result.items()}, names=["of"])
        numbered = frame.index.names == ["of", None] and isinstance(frame.index[0][1], int)
        return frame.droplevel(1) if numbered else frame
    for method in ("effects", "to_frame"):
        if callable(getattr(result, method, None)) and not isinstance(result, type):
            return pd.DataFrame(getattr(result, method)())
    raise InputError(
        "`result` must be a result of netinnov, a table or a mapping from names to them; found "
        f"{shown(result)}."
    )


def _text(value: object) -> str:
    text = ", ".join(filter(None, map(str, value))) if isinstance(value, tuple) else str(value)
    return _NEVER.sub("\ufffd", without_controls(" ".join(text.split())))


def _column(values: pd.Series, digits: int, number: bool) -> list[str]:
    name = str(values.name)
    whole = number and not (values.dropna() % 1).any()

    def cell(value: Any) -> str:
        if pd.api.types.is_scalar(value) and pd.isna(value):
            return "\N{EN DASH}"
        if not number or name in ("period", "year", "opened"):
            return _text(value)
        if name == "p" or name.endswith("_p"):
            return "< 0.001" if value < 0.001 else f"{value:.3f}"
        exact = f"{value:.{digits - 1}e}"
        power = int(exact.partition("e")[2] or 0)
        text = exact if not -5 < power < 15 else f"{value:,.{max(digits - 1 - power, 0)}f}"
        return (f"{value:,.0f}" if whole else text).replace("-", "\N{MINUS SIGN}")

    return [cell(value) for value in values]


def _content(table: pd.DataFrame, suffix: str, number: list[bool], above: str, below: str) -> bytes:
    door = {"extra": "paper", "needed_by": f"to_table with a {suffix} file"}
    buffer = io.BytesIO()
    if suffix == ".docx":
        labelled = table.set_index(table.columns[0])
        maker = require("maketables", **door)
        document = maker.MTable(labelled, caption=above or None, notes=below).make("docx")
        document.tables[0].rows[0].cells[0].text = table.columns[0]  # maketables leaves it blank
        document.save(buffer)
    elif suffix == ".md":
        escaped = partial(_MARKDOWN.sub, r"\\\1")
        text = table.map(escaped).rename(columns=escaped).to_dict("list")
        options = {"disable_numparse": True, "colalign": [("left", "right")[of] for of in number]}
        pipes = require("tabulate", **door).tabulate(text, "keys", "pipe", **options)
        buffer.write(f"{escaped(above)}\n\n{pipes}\n\n{escaped(below)}".strip().encode() + b"\n")
    elif suffix in (".html", ".tex"):
        made = require("great_tables", **door).GT(table, id="table").cols_align("left")
        made = made.cols_align("right", table.columns[number].tolist())
        made = made.tab_header(above) if above else made
        made = made.tab_source_note(below) if below else made
        buffer.write((made.as_raw_html() if suffix == ".html" else made.as_latex()).encode())
    else:
        raise InputError(f"`path` must end with .docx, .html, .md or .tex; found {suffix!r}.")
    return buffer.getvalue()


__dir__ = publish(globals())

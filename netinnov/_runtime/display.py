"""How results show themselves, in a line and in a notebook as a small table; progress bars."""

from __future__ import annotations

import html
import re
import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from tqdm import tqdm

ROWS = 8  # of a table
FEW = 5  # members of a sequence that are named
# Control characters but tab and line feed, line separators, overrides of direction
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def without_controls(text: str, *, one_line: bool = False) -> str:
    text = text.replace("\n", "\\n") if one_line else text
    return CONTROLS.sub(lambda control: control[0].encode("unicode_escape").decode(), text)


class Displayed:
    """A result that shows its numbers and the sizes of its tables, never the tables."""

    __slots__ = ()

    def _facts(self) -> dict[str, Any]:
        own: Any = self
        return {each.name: getattr(own, each.name) for each in fields(own) if each.repr}

    def _shown_rows(self) -> str:
        return ""

    def __repr__(self) -> str:
        facts = ", ".join(f"{name}={short(value)}" for name, value in self._facts().items())
        return without_controls(f"{type(self).__name__}({facts})", one_line=True)

    def _repr_html_(self) -> str:
        facts = [(name.replace("_", " "), short(value)) for name, value in self._facts().items()]
        return f"<p><b>{type(self).__name__}</b></p>{table(facts)}{self._shown_rows()}"


class Tabled(Displayed):
    """A result that is one table (the field ``_main``), or a row of numbers."""

    __slots__ = ()

    _main: ClassVar[str | None] = None

    def to_frame(self) -> pd.DataFrame:
        """Give the table of the result, or its numbers as one row.

        Returns
        -------
        pandas.DataFrame
            A copy; the fields of the result say what its columns are.
        """
        if self._main is not None:
            return getattr(self, self._main).copy()
        own: Any = self
        row = {each.name: getattr(own, each.name) for each in fields(own)}
        return pd.DataFrame([{name: value for name, value in row.items() if np.ndim(value) == 0}])


def short(value: Any) -> str:
    if isinstance(value, (float, np.floating)):
        return f"{value:.4g}"
    if isinstance(value, (bool, np.bool_)) or value is None:
        return str(value)
    if isinstance(value, (int, np.integer)):
        return f"{value:,}"
    if isinstance(value, (str, Displayed)):
        text = str(value)
        return text if len(text) <= 200 else f"{text[:197]}..."
    if isinstance(value, pd.DataFrame):
        return f"<table of {value.shape[0]:,} x {value.shape[1]:,}>"
    if isinstance(value, pd.Series) and len(value) <= FEW:
        return _members(f"{short(name)} {short(each)}" for name, each in value.items())
    if isinstance(value, (pd.Series, pd.Index, np.ndarray)):
        return f"<{np.size(value):,} values>"
    if isinstance(value, Mapping):
        named = [f"{short(name)}: {short(each)}" for name, each in [*value.items()][:FEW]]
        return _members(named, len(value))
    if isinstance(value, (Sequence, frozenset)):
        return _members(map(short, [*value][:FEW]), len(value))
    text = repr(value)
    return text if len(text) <= 200 else f"<{type(value).__name__}>"


def _members(shown: Iterable[str], size: int = 0) -> str:
    shown = [*shown]
    more = f", ... {size:,} in all" if size > len(shown) else ""
    return f"[{', '.join(shown)}{more}]"


def table(rows: Iterable[Sequence[str]], heads: Sequence[str] = ()) -> str:
    def line(cells: Sequence[str], tag: str) -> str:
        shown = (html.escape(without_controls(cell)) for cell in cells)
        return f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in shown)}</tr>"

    head = f"<thead>{line(heads, 'th')}</thead>" if heads else ""
    return f"<table>{head}<tbody>{''.join(line(row, 'td') for row in rows)}</tbody></table>"


def progress_bar(total: int, *, done: int = 0, label: str, shown: bool) -> tqdm[NoReturn]:
    """Hidden where neither a terminal nor a notebook can show it."""
    from tqdm import TqdmWarning

    with warnings.catch_warnings():
        # Without ipywidgets a notebook gets the bar as text, which needs no advice.
        warnings.simplefilter("ignore", TqdmWarning)
        from tqdm.auto import tqdm
    hidden = None if shown and sys.stderr is not None else True  # None: off a terminal
    return tqdm(total=total, initial=done, desc=label, leave=False, disable=hidden)

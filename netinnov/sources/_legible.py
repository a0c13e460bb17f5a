"""Characters that no page can hold: pictures stand for them in what readers give."""

from __future__ import annotations

from typing import Any

import pandas as pd

from netinnov._runtime.arguments import examples
from netinnov.io._graph import XML
from netinnov.sources._complete_rows import Tables

CONTROL = "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
ENDS = ("source", "target")  # which are ids of nodes, or refused as none


def legible(tables: Tables) -> tuple[Tables, list[str]]:
    """Tables without control characters, and a note of the texts that had some."""
    frames = {name: t for name, t in tables._asdict().items() if isinstance(t, pd.DataFrame)}
    odd: dict[str, str] = {}
    for table in frames.values():
        for name in (None, *table):
            if name not in ENDS or odd:
                odd |= _odd(table.index if name is None else table[name])
    if not odd:
        return tables, []
    changed: dict[str, Any] = {}
    for name, table in frames.items():
        columns = {str(each): _plain(table[each], odd) for each in table}
        changed[name] = table.assign(**columns).rename(index=odd)
    directed = tuple(odd.get(layer, layer) for layer in tables.directed)
    shown = examples(odd, lambda text: f"{text!r} as {odd[text]!r}")
    note = f"texts with control characters, for which signs stand: {len(odd):,} ({shown})."
    return tables._replace(**changed, directed=directed), [note]


def _odd(values: Any) -> dict[str, str]:
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.cat.categories
    if not isinstance(values.dtype, pd.StringDtype):
        return {}
    marked = values[values.str.contains(CONTROL, na=False)].unique()
    return {text: text.translate(XML) for text in marked}


def _plain(values: pd.Series, odd: dict[str, str]) -> pd.Series:
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.rename_categories(odd)
    return values.replace(odd) if isinstance(values.dtype, pd.StringDtype) else values

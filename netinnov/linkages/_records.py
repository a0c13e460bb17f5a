"""Columns of tables of records: ids, numbers and periods, a fault named with its rows."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from netinnov._network.columns import as_numbers, as_periods, as_text, is_blank, refuse_repeated
from netinnov._runtime.arguments import as_list, check_names, did_you_mean, examples, shown
from netinnov._runtime.dataframes import as_pandas
from netinnov._typing import Floats, Mask
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

Integers = npt.NDArray[np.integer]
MISSING = "<missing>"  # a missing id in lazy frames, where no row can be refused


def records(
    table: Any, columns: dict[str, str], *, value: str | None = None, period: str | None = None
) -> Any:
    """Columns as a narwhals frame, checked if in memory; ``undated`` marks a missing period."""
    if isinstance(table, pd.DataFrame):
        refuse_repeated("the table", table.columns)
    frame: Any = nw.from_native(table, pass_through=True)
    if not isinstance(frame, (nw.DataFrame, nw.LazyFrame)):
        first = next(iter(columns.values()))
        raise InputError(
            f"the table with the column {shown(first)} must be a dataframe; found {shown(table)}."
        )
    more = {"value": value, "period": period}
    names = [name for name in (*columns.values(), *more.values()) if name is not None]
    for name in names:
        _check_column(name, frame.collect_schema().names())
    if isinstance(frame, nw.DataFrame):
        checked = as_pandas(frame.select(dict.fromkeys(names)).to_native())
        parts: dict[str, Any] = {our_name: ids(checked, name) for our_name, name in columns.items()}
        if value is not None:
            parts["value"] = numbers(checked, value, pd.RangeIndex(len(checked)), low=0.0)
        if period is not None:
            parts["period"] = periods(checked, period)
        kept = pd.DataFrame(parts)
        if frame.implementation.is_pandas():
            frame = nw.from_native(kept)
        else:
            arrow = pa.Table.from_pandas(kept, preserve_index=False)
            frame = nw.DataFrame.from_arrow(arrow, backend=frame.implementation)
    else:
        named = columns | {ours: name for ours, name in more.items() if name is not None}
        frame = frame.select(nw.col(name).alias(our_name) for our_name, name in named.items())
    if value is not None:
        frame = frame.with_columns(nw.col("value").cast(nw.Float64))
    if period is not None:
        undated = nw.col("period").is_null()
        dated = nw.col("period").fill_null(0).cast(nw.Int64)
        frame = frame.with_columns(undated=undated, period=dated)
    return frame


def text(name: str) -> Any:
    return nw.col(name).cast(nw.String).fill_null(MISSING)


def links(frame: Any, order: list[str]) -> Any:
    """Links as a table of the library that the records came in; in memory they are sorted."""
    columns = [nw.col("source"), nw.col("target"), nw.col("weight").cast(nw.Float64)]
    if "period" in order:
        dated = nw.when(~nw.col("undated")).then(nw.col("period"))
        columns.append(dated.alias("period"))
    frame = frame.select(columns)
    if not isinstance(frame, nw.DataFrame):
        return frame.to_native()
    table = frame.sort(order, nulls_last=True).to_native()
    return table.reset_index(drop=True) if isinstance(table, pd.DataFrame) else table


def ids(table: pd.DataFrame, name: str) -> pd.Series:
    values = _column(table, name).reset_index(drop=True)
    text, bad, mixed = as_text(values)
    if mixed:
        raise InputError(f"column {name!r} mixes numbers and text; write all of its ids as text.")
    if (bad := bad | is_blank(text)).any():
        raise InputError(
            f"column {name!r} must have an id in every row; {bad.sum()} have none: "
            f"{_rows(values, bad)}."
        )
    return text


def numbers(
    table: pd.DataFrame,
    name: str,
    rows: pd.Index,
    *,
    low: float,
    high: float = np.inf,
    above: bool = False,
) -> Floats:
    values = _column(table, name)
    number, _ = as_numbers(values)
    good = np.isfinite(number) & (number >= low) & (number <= high) & ~(above & (number == low))
    if not good.all():
        bound = f"above {low:g}" if above else f"at least {low:g}"
        bound = bound if np.isinf(high) else f"between {low:g} and {high:g}"
        listed = [f"{row} ({value})" for row, value in zip(rows[~good], values[~good], strict=True)]
        raise InputError(
            f"{name!r} must be a number {bound}; {len(listed)} rows are not: "
            f"{examples(listed, str)}."
        )
    return number


def of_kinds(network: MultilayerNetwork, argument: str, kinds: Any) -> Mask:
    kind = network.storage.nodes["kind"]
    asked = [kinds] if isinstance(kinds, str) else as_list(argument, kinds, "kinds")
    known = check_names(argument, asked, kind.dropna().unique().tolist())
    return kind.isin(known).to_numpy(bool)


def refuse_one_point(distance: Floats, source: pd.Index, target: pd.Index) -> None:
    if (same := distance == 0).any():
        pairs = zip(source[same], target[same], strict=True)
        listed = examples(pairs, lambda pair: f"{pair[0]} and {pair[1]}")
        raise InputError(f"two places must not stand at the same point: {listed}; see aggregate().")


def periods(table: pd.DataFrame, name: str) -> pd.Series:
    values = _column(table, name).reset_index(drop=True)
    whole, bad = as_periods(values)
    if bad.any():
        raise InputError(
            f"column {name!r} must hold whole numbers; {bad.sum()} are none: {_rows(values, bad)}."
        )
    return whole


def _rows(values: pd.Series, bad: Mask) -> str:
    return examples(values[bad].items(), lambda item: f"row {item[0]} ({item[1]})")


def _column(table: pd.DataFrame, name: str) -> pd.Series:
    value: object = table
    if not isinstance(value, pd.DataFrame):
        raise InputError(
            f"the table with the column {shown(name)} must be a DataFrame; found {shown(table)}."
        )
    _check_column(name, list(table.columns))
    refuse_repeated("the table", table.columns)
    return table[name]


def _check_column(name: Any, columns: list[Any]) -> None:
    if not isinstance(name, Hashable) or name not in set(columns):
        known = [str(column) for column in columns]
        raise InputError(
            f"the table must have a column {shown(name)}{did_you_mean(name, known)}; it has "
            f"{known}."
        )

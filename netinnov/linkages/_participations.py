"""Participations of members in events, and those of them that a projection must be told of."""

from __future__ import annotations

import warnings
from typing import Any

import narwhals as nw
import numpy as np

from netinnov._arguments import as_whole, check_choice, shown
from netinnov._dataframes import as_pandas
from netinnov.errors import InputError
from netinnov.linkages._pairs_sql import Weighting
from netinnov.linkages._records import records, text

MANY_PAIRS = 1e8
"""Pairs of members, of all events together, of which a table in memory takes some 8 GB."""


def checked_rows(
    incidence: Any,
    *,
    member: str,
    event: str,
    weighting: Weighting = "count",
    period: str | None = None,
    by: str | None = None,
    max_members: int | None = None,
) -> tuple[Any, list[str], int | None]:
    """Check the options of a projection; give its rows, the columns of periods, and the limit.

    The rows have ``event``, the columns of periods, ``unit`` and, with ``by``, ``member``. They
    may repeat themselves.
    """
    check_choice("weighting", weighting, Weighting)
    if max_members is not None:
        max_members = as_whole("max_members", max_members, low=2)
    named = {"event": event, "member": member} | ({} if by is None else {"unit": by})
    if len(set(named.values())) < len(named):
        arguments = "`member`, `event` and `by`" if by is not None else "`member` and `event`"
        msg = f"{arguments} must be columns of their own; found"
        raise InputError(f"{msg} {shown(list(named.values()))}.")
    frame = records(incidence, named, period=period).filter(~nw.col("event").is_null())
    when = [] if period is None else ["period", "undated"]
    unit = text("member" if by is None else "unit").alias("unit")
    return (
        frame.select("event", *when, unit, *([] if by is None else ["member"])),
        when,
        max_members,
    )


def as_cells(rows: Any, when: list[str], *, grouped: bool) -> Any:
    """Count the members of each unit in each event; one listed twice there counts once."""
    keys = ["event", *when, "unit"]
    rows = rows.unique([*keys, "member"] if grouped else keys)
    cells = rows.with_columns(amount=nw.lit(1.0)).select(*keys, "amount")
    if grouped:
        cells = cells.group_by(keys).agg(nw.col("amount").sum())
    if isinstance(cells, nw.DataFrame):
        cells = cells.sort(keys)  # sums are added up in one order, whatever the order of rows
    return cells


def name_large_events(
    cells: Any, when: list[str], max_members: int | None, *, stacklevel: int
) -> None:
    """Warn of events that are left out, and of those whose pairs may not fit in memory."""
    in_memory = isinstance(cells, nw.DataFrame)
    if max_members is None and not in_memory:
        return
    sizes = cells.group_by("event", *when).agg(
        nw.col("amount").sum().alias("members"), nw.len().alias("units")
    )
    if max_members is not None:
        sizes = sizes.filter(nw.col("members") > max_members)
    table = as_pandas(sizes.to_native())
    largest = table.nlargest(3, ["members"])
    named = ", ".join(
        f"{shown(event)} ({members:,.0f} members)"
        for event, members in zip(largest["event"], largest["members"], strict=True)
    )
    units = table["units"].to_numpy(np.float64)
    n_pairs = float(units @ (units - 1)) / 2
    if max_members is not None and len(table):
        msg = f"`max_members` = {max_members:,} leaves out {len(table):,} larger events"
        warnings.warn(f"{msg}; largest events: {named}.", UserWarning, stacklevel=stacklevel)
    elif n_pairs > MANY_PAIRS:
        msg = f"the events have {n_pairs:,.0f} pairs, which may not fit in memory; largest events"
        mend = "`max_members` leaves large events out, `by` adds members up before they are joined"
        warnings.warn(f"{msg}: {named}. {mend}.", UserWarning, stacklevel=stacklevel)

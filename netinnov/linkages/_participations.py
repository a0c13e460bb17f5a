"""Participations of members in events, and those of them that a projection must be told of."""

from __future__ import annotations

import warnings
from typing import Any

import narwhals as nw
import numpy as np

from netinnov._arguments import check_choice, shown
from netinnov._dataframes import as_pandas
from netinnov.errors import InputError
from netinnov.linkages._large_events import Limit, add_up, with_kept
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
) -> tuple[Any, list[str]]:
    """Check the options of a projection; give its rows and the columns of periods.

    The rows have ``event``, the columns of periods, ``unit`` and, with ``by``, ``member``. They
    may repeat themselves.
    """
    check_choice("weighting", weighting, Weighting)
    named = {"event": event, "member": member} | ({} if by is None else {"unit": by})
    if len(set(map(repr, named.values()))) < len(named):
        arguments = "`member`, `event` and `by`" if by is not None else "`member` and `event`"
        msg = f"{arguments} must be columns of their own; found {shown(list(named.values()))}."
        raise InputError(msg)
    frame = records(incidence, named, period=period).filter(~nw.col("event").is_null())
    when = [] if period is None else ["period", "undated"]
    unit = text("member" if by is None else "unit").alias("unit")
    return frame.select("event", *when, unit, *([] if by is None else ["member"])), when


def as_cells(rows: Any, when: list[str], *, grouped: bool, limit: Limit | None = None) -> Any:
    """Count the members of each unit in each event; one listed twice there counts once.

    ``kept`` counts those in the sample, if the limit asks for one.
    """
    keys, counts = ["event", *when, "unit"], ["amount"]
    member = ["member", "unit"] if grouped else ["unit"]
    seats = rows.unique(["event", *when, *member])
    if limit is not None and limit.sampled:
        seats, counts = with_kept(seats, ["event", *when], member, limit), ["amount", "kept"]
    cells = seats.with_columns(amount=nw.lit(1.0)).select(*keys, *counts)
    if grouped:
        cells = add_up(cells, keys, counts)
    if isinstance(cells, nw.DataFrame):
        cells = cells.sort(keys)  # sums are added up in one order, whatever the order of rows
    return cells


def name_large_events(cells: Any, when: list[str], limit: Limit | None) -> None:
    """Warn of events that are left out or sampled, and of pairs that may not fit in memory.

    The warning names the line that calls the public function (a call of its own) that calls this.
    """
    in_memory = isinstance(cells, nw.DataFrame)
    if limit is None and not in_memory:
        return
    sizes = cells.group_by("event", *when).agg(
        nw.col("amount").sum().alias("members"), nw.len().alias("units")
    )
    if limit is not None:
        sizes = sizes.filter(nw.col("members") > limit.max_members)
    table = as_pandas(sizes.to_native())
    largest = table.nlargest(3, ["members"])
    pairs = zip(largest["event"], largest["members"], strict=True)
    named = ", ".join(f"{shown(event)} ({members:,.0f} members)" for event, members in pairs)
    units = table["units"].to_numpy(np.float64)
    n_pairs = float(units @ (units - 1)) / 2
    if limit is not None and len(table):
        msg = f"`max_members` = {limit.max_members:,} leaves out {len(table):,} larger events"
        if limit.sampled:
            msg = f"{len(table):,} events have more than `max_members` = {limit.max_members:,} "
            msg += "members: about as many of each are sampled, and the weights of their pairs are "
            msg += "estimates"
        warnings.warn(f"{msg}; largest events: {named}.", UserWarning, stacklevel=4)
    elif n_pairs > MANY_PAIRS:
        msg = f"the events have {n_pairs:,.0f} pairs, which may not fit in memory; largest events: "
        msg += f"{named}. `max_members` leaves large events out, or samples their members with "
        msg += "`large_events='sample'`; `by` adds members up before they are joined."
        warnings.warn(msg, UserWarning, stacklevel=4)

"""Pairs that meet in an event, from a table of participations."""

from __future__ import annotations

import warnings
from typing import Any

import narwhals as nw
import numpy as np

from netinnov._arguments import as_whole, check_choice, shown
from netinnov._dataframes import as_pandas
from netinnov._public import suggests_keywords
from netinnov.errors import InputError
from netinnov.linkages._pairs import Weighting, pairs
from netinnov.linkages._records import links, records, text

MANY_PAIRS = 1e8
"""Pairs of members, of all events together, of which a table in memory takes some 8 GB."""


@suggests_keywords
def co_participation(
    incidence: Any,
    *,
    member: str,
    event: str,
    weighting: Weighting = "count",
    period: str | None = None,
    by: str | None = None,
    max_members: int | None = None,
) -> Any:
    """Link all members of an event to one another, and add up over the events.

    Parameters
    ----------
    incidence : dataframe
        One row a participation; a member listed twice in an event counts once. A table of
        pandas, Polars, PyArrow, DuckDB, Spark, Dask or any other library that narwhals knows.
    member, event : str
        The columns with their ids.
    weighting : {"count", "newman", "full"}
        What a pair gets from an event of k members: 1; 1 / (k - 1), so that each member hands out
        one unit; or 2 / (k (k - 1)), so that the event hands out one unit.
    period : str, optional
        A column of whole numbers, which may be missing. With it members meet in an event only if
        they take part in the same period, and are added up within each.
    by : str, optional
        A column with the group of a member, such as its city: the links are those between groups,
        as `aggregate` makes them of the links between members. Pairs inside a group are the
        group's link with itself. The members of an event are added up by group before they are
        joined, so that the pairs of members are never made.
    max_members : int, optional
        Leave out events with more members. A warning counts them and names the largest, for which
        a lazy table is computed once more.

    Returns
    -------
    dataframe
        Columns ``source``, ``target`` (text) and ``weight``; one row for each pair that met. The
        source comes before the target in the order of the ids as text. With ``period`` also a
        column ``period``, and one row for each pair and period. A table of the library of
        ``incidence``: in memory with sorted rows (by period first, missing last), so that the
        result does not depend on the order of ``incidence``; a lazy table stays lazy, its rows in
        no order.

    Raises
    ------
    InputError
        A column or an id is missing, a column mixes numbers and text, a period is no whole
        number, or there is no such weighting.

    Warns
    -----
    UserWarning
        ``max_members`` leaves events out, or the events of a table in memory have more than
        10^8 pairs.

    See Also
    --------
    project : The same for a layer of a network.

    Notes
    -----
    The links are undirected. An event with one member adds none, so a member that only has such
    events is not in the result. A member with two groups in one event counts once in each.

    The ids of a lazy table are not checked: a row without a member or group counts as
    ``"<missing>"``, one without an event meets nobody and is left out.

    References
    ----------
    Newman, M. E. J. (2001). Scientific collaboration networks. II. Shortest paths, weighted
    networks, and centrality. Physical Review E 64, 016132.

    Examples
    --------
    >>> import pandas as pd
    >>> projects = pd.DataFrame({"firm": ["a", "b", "c", "a", "b"], "project": [1, 1, 1, 2, 2]})
    >>> co_participation(projects, member="firm", event="project", weighting="newman")
      source target  weight
    0      a      b     1.5
    1      a      c     0.5
    2      b      c     0.5
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
    frame = frame.unique(["event", *when, *([] if by is None else ["unit"]), "member"])
    unit = text("member" if by is None else "unit").alias("unit")
    cells = frame.select("event", *when, unit, nw.lit(1.0).alias("amount"))
    if by is not None:
        cells = cells.group_by("event", *when, "unit").agg(nw.col("amount").sum())
    if isinstance(
        cells, nw.DataFrame
    ):  # sums are then added up in one order, whatever the order of rows
        cells = cells.sort("event", *when, "unit")
    _name_large_events(cells, ["event", *when], max_members)
    met = pairs(cells, by=when, weighting=weighting, inside=by is not None, max_members=max_members)
    return links(met, [*when[:1], "source", "target"])


def _name_large_events(cells: Any, keys: list[str], max_members: int | None) -> None:
    """Warn of events that are left out, and of those whose pairs may not fit in memory."""
    in_memory = isinstance(cells, nw.DataFrame)
    if max_members is None and not in_memory:
        return
    sizes = cells.group_by(keys).agg(
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
        warnings.warn(f"{msg}; largest events: {named}.", UserWarning, stacklevel=4)
    elif n_pairs > MANY_PAIRS:
        msg = f"the events have {n_pairs:,.0f} pairs, which may not fit in memory; largest events"
        mend = "`max_members` leaves large events out, `by` adds members up before they are joined"
        warnings.warn(f"{msg}: {named}. {mend}.", UserWarning, stacklevel=4)

"""Pairs that meet in an event, from a table of participations."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from netinnov._runtime.arguments import shown
from netinnov.errors import InputError
from netinnov.linkages._pairs import Weighting, pairs
from netinnov.linkages._records import links, records, text


def co_participation(
    incidence: Any,
    *,
    member: str,
    event: str,
    weighting: Weighting = "count",
    period: str | None = None,
    by: str | None = None,
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

    Returns
    -------
    dataframe
        Columns ``source``, ``target`` (text) and ``weight``; one row for each pair that met. The
        source comes before the target in the order of the ids as text. With ``period`` a column
        ``period``, and one row for each pair and period. A
        table of the library of ``incidence``: in memory with sorted rows (by period first, missing
        last), so that the result does not depend on the order of ``incidence``; a lazy table stays
        lazy, its rows in no order.

    Raises
    ------
    InputError
        A column or an id is missing, a column mixes numbers and text, a period is not a whole
        number, there is no such weighting, or the events of a table in memory have more than
        4 x 10^7 pairs of members.

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
    named = {"event": event, "member": member} | ({} if by is None else {"unit": by})
    if len(set(map(repr, named.values()))) < len(named):
        arguments = "`member`, `event` and `by`" if by is not None else "`member` and `event`"
        msg = f"{arguments} must be columns of their own; found {shown(list(named.values()))}."
        raise InputError(msg)
    frame = records(incidence, named, period=period).filter(~nw.col("event").is_null())
    when = [] if period is None else ["period", "undated"]
    cells = _cells(frame, when, grouped=by is not None)
    met = pairs(cells, by=when, weighting=weighting, inside=by is not None)
    return links(met, [*when[:1], "source", "target"])


def _cells(frame: Any, when: list[str], *, grouped: bool) -> Any:
    keys = ["event", *when, "unit"]
    unit = text("unit" if grouped else "member").alias("unit")
    seats = frame.select("event", *when, unit, *(["member"] if grouped else []))
    seats = seats.unique([*keys, "member"] if grouped else keys)
    cells = seats.with_columns(amount=nw.lit(1.0)).select(*keys, "amount")
    if grouped:
        cells = cells.group_by(keys).agg(nw.col("amount").sum())
    if isinstance(cells, nw.DataFrame):
        cells = cells.sort(keys)  # sums are added up in one order, whatever the order of rows
    return cells

"""Links from records of meetings, moves and branches, on any dataframe that narwhals knows."""

from __future__ import annotations

from typing import Any, Literal

import narwhals as nw
import numpy as np

from netinnov._runtime.arguments import shown
from netinnov._runtime.dataframes import as_pandas
from netinnov.errors import InputError
from netinnov.linkages._records import links, records, text

MANY_PAIRS = 4e7  # of members, over all events: some 3 GB in memory

Weighting = Literal["count", "newman", "full"]

# SQL: what a pair gets from an event of k members
SHARE = {"count": "1.0::DOUBLE", "newman": "1 / (k - 1)", "full": "2 / (k * (k - 1))"}


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
        as `aggregate` makes them of the links between members, whose pairs are never made. Pairs
        inside a group are its link with itself; a member of two groups counts once in each.

    Returns
    -------
    dataframe
        Columns ``source``, ``target`` (text, source first in their order), ``weight`` and, if asked
        for, ``period``; one row for each pair that met, in a period. A table of the library of
        ``incidence``: in memory with sorted rows (by period first, missing last); a lazy table
        stays lazy, its rows in no order. An event with one member adds none.

    Raises
    ------
    InputError
        A column or an id is missing, a column mixes numbers and text, a period is not a whole
        number, or the events of a table in memory have more than 4 x 10^7 pairs of members.

    See Also
    --------
    project : The same for a layer of a network.

    Notes
    -----
    The ids of a lazy table are not checked: a row without a member or group counts as
    ``"<missing>"``, one without an event meets nobody and is left out.

    References
    ----------
    Newman (2001), Physical Review E 64, 016132.

    Examples
    --------
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
        raise InputError(
            f"{arguments} must be columns of their own; found {shown(list(named.values()))}."
        )
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


def pairs(
    cells: Any, *, by: list[str], weighting: Weighting | None = None, inside: bool = False
) -> Any:
    """Sum over events what each pair of units gets, ``source`` before ``target``.

    ``cells``: narwhals frame of ``event``, the columns ``by``, ``unit`` and ``amount``. A pair gets
    the product of its amounts times the share of a pair among the k members (the sum of amounts);
    without ``weighting`` the product alone. ``inside``: a unit also gets amount (amount - 1) / 2
    shares.
    """
    keys = ["event", *by]
    if cells.implementation.is_duckdb():  # a plain query would compute the cells three times
        query = _query(by, weighting, inside=inside)
        return nw.from_native(cells.to_native().query("netinnov_cells", query))
    if isinstance(cells, nw.DataFrame):
        _refuse_many(cells, keys)
    first = cells.rename({"unit": "source"})
    k = nw.col("k")
    if weighting is not None:
        share = {"count": nw.lit(1.0), "newman": 1 / (k - 1), "full": 2 / (k * (k - 1))}[weighting]
        events = cells.group_by(keys).agg(nw.col("amount").sum().alias("k"))
        shares = events.filter(k > 1).with_columns(share=share)
        first = first.join(shares.select(*keys, "share"), on=keys)
    else:
        first = first.with_columns(share=nw.lit(1.0))
    both = first.join(cells.rename({"unit": "target", "amount": "other"}), on=keys)
    same = nw.col("source") == nw.col("target")
    before = nw.col("source") < nw.col("target")
    amount = nw.col("amount")
    other = nw.col("other")
    n_pairs = amount * other
    if inside:
        both = both.filter(before | (same & (other > 1)))
        n_pairs = nw.when(same).then(amount * (other - 1) / 2).otherwise(n_pairs)
    else:
        both = both.filter(before)
    both = both.select(*by, "source", "target", weight=n_pairs * nw.col("share"))
    in_memory = isinstance(both, nw.DataFrame)
    if in_memory and weighting != "count" and not both.implementation.is_pandas():
        # Other libraries join in threads: rows come in any order, and so would last digits.
        both = both.sort(*by, "source", "target", "weight")
    return both.group_by(*by, "source", "target").agg(nw.col("weight").sum())


def _refuse_many(cells: Any, keys: list[str]) -> None:
    sizes = cells.group_by(keys).agg(nw.col("amount").sum().alias("members"), units=nw.len())
    table = as_pandas(sizes.to_native())
    units = table["units"].to_numpy(np.float64)
    if (n_pairs := float(units @ (units - 1)) / 2) <= MANY_PAIRS:
        return
    largest = table.nlargest(3, ["members"])
    events = zip(largest["event"], largest["members"], strict=True)
    named = ", ".join(f"{shown(event)} ({members:,.0f} members)" for event, members in events)
    raise InputError(
        f"events must have at most {MANY_PAIRS:,.0f} pairs of members, to fit in memory; "
        f"these have {n_pairs:,.0f}. Largest events: {named}. Leave them out, or add members "
        "up (`by` of co_participation); a table of DuckDB spills to disk."
    )


def _query(by: list[str], weighting: Weighting | None, *, inside: bool) -> str:
    columns = "".join(f"{column}, " for column in by)
    using = f"USING ({', '.join(['event', *by])})"
    same = "a.unit = b.unit"
    kept = "a.unit < b.unit" + (f" OR ({same} AND a.amount > 1)" if inside else "")
    n_pairs = f"CASE WHEN {same} THEN a.amount * (b.amount - 1) / 2 ELSE a.amount * b.amount END"
    parts = {"cell AS MATERIALIZED": "SELECT * FROM netinnov_cells"}
    if weighting is None:
        parts["first AS"] = "SELECT *, 1.0 AS share FROM cell"
    else:
        parts["sizes AS MATERIALIZED"] = f"""
            SELECT event, {columns}sum(amount) AS k FROM cell GROUP BY ALL
        """
        parts["first AS"] = f"""
            SELECT *, {SHARE[weighting]} AS share FROM cell JOIN sizes {using} WHERE k > 1
        """
    met = f"""
        SELECT {columns}a.unit AS source, b.unit AS target, sum(a.share * {n_pairs}) AS weight
        FROM first a JOIN cell b {using} WHERE {kept} GROUP BY {columns}source, target
    """
    tables = ", ".join(f"{name} ({part})" for name, part in parts.items())
    return f"WITH {tables} {met}"


def mobility(moves: Any, *, origin: str, destination: str, period: str | None = None) -> Any:
    """Count the moves from each place to each other.

    The links are directed: ``build_network(..., directed=["mobility"])``. A stay is a self-link.

    Parameters
    ----------
    moves : DataFrame
        One row a move, such as a talent who changes the city or the employer.
    origin, destination : str
        The columns with the places it leads from and to, none missing.
    period : str, optional
        A column of whole numbers, which may be missing; the moves of each are counted apart.

    Returns
    -------
    DataFrame
        Columns ``source`` (origin), ``target`` (destination), ``weight`` (number of moves), and
        ``period`` if asked for; one row for each ordered pair with a move, sorted by the ids as
        text and then by period, missing last.

    Raises
    ------
    InputError
        A column or an id is missing, a column mixes numbers and text, or a period is not a whole
        number.

    Examples
    --------
    >>> moves = pd.DataFrame({"from": ["quzhou", "quzhou"], "to": ["hangzhou", "hangzhou"]})
    >>> mobility(moves, origin="from", destination="to")
       source    target  weight
    0  quzhou  hangzhou     2.0
    """
    frame = records(moves, {"source": origin, "target": destination}, period=period)
    when = [] if period is None else ["period", "undated"]
    frame = frame.select(*when, text("source"), text("target"))
    counts = frame.group_by(*when, "source", "target").agg(nw.len().alias("weight"))
    return links(counts, ["source", "target", *when[:1]])


def branches(units: Any, *, firm: str, place: str, value: str | None = None) -> Any:
    """Link the places in which the same firms have branches: the interlocking network model.

    The weight of places i and j is the sum over firms f of v_if v_jf, undirected; the strength of a
    place is its gross connectivity. A firm in k places links all of them: degrees say little.

    Parameters
    ----------
    units : DataFrame
        One row a branch: a firm in a place.
    firm, place : str
        The columns with their ids, none missing.
    value : str, optional
        The column with the service value of the branch, 0 or more: by custom 0 (none) to 5
        (headquarters). Without it each row counts 1. Rows of one firm in one place add up.

    Returns
    -------
    DataFrame
        Columns ``source``, ``target`` (text) and ``weight``; one row for each pair of places that
        share a firm, sorted by the ids as text, the source before the target.

    Raises
    ------
    InputError
        A column or an id is missing, a column mixes numbers and text, or a value is missing or
        below 0.

    References
    ----------
    Taylor (2001), Geographical Analysis 33.

    Examples
    --------
    >>> offices = pd.DataFrame({"firm": ["x", "x", "y", "y"], "city": ["a", "b", "a", "b"]})
    >>> branches(offices.assign(v=[5, 2, 1, 3]), firm="firm", place="city", value="v")
      source target  weight
    0      a      b    13.0
    """
    frame = records(units, {"event": firm, "unit": place}, value=value)
    frame = frame.filter(~nw.col("event").is_null())
    amount = nw.lit(1.0) if value is None else nw.col("value")
    cells = frame.select("event", text("unit"), amount.alias("amount"))
    in_memory = isinstance(cells, nw.DataFrame)
    if in_memory:  # sums are then added up in one order, whatever the order of rows
        cells = cells.sort("event", "unit", "amount")
    cells = cells.group_by("event", "unit").agg(nw.col("amount").sum())
    cells = cells.filter(nw.col("amount") > 0)
    if in_memory:
        cells = cells.sort("event", "unit")
    return links(pairs(cells, by=[]), ["source", "target"])

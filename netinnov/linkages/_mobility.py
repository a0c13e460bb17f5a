"""Flows between places: moves of people, and firms with branches in several of them."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from netinnov.linkages._co_participation import pairs
from netinnov.linkages._records import links, records, text


def mobility(moves: Any, *, origin: str, destination: str, period: str | None = None) -> Any:
    """Count the moves from each place to each other.

    The links are directed: ``build_network(..., directed=["mobility"])``. A stay is a self-link.

    Parameters
    ----------
    moves : DataFrame
        One row a move, such as a talent who changes the city or the employer.
    origin, destination : str
        The columns with the places it leads from and to.
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
    >>> import pandas as pd
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
        The columns with their ids.
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
    >>> import pandas as pd
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

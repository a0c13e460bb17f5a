"""The steps of a projection in the SQL of DuckDB, for one query or for blocks of it."""

from __future__ import annotations

from typing import Literal

from netinnov.linkages._large_events import PRIME, Limit

Weighting = Literal["count", "newman", "full"]

SHARE = {"count": "1.0::DOUBLE", "newman": "1 / (k - 1)", "full": "2 / (k * (k - 1))"}
"""What a pair gets from an event of k members."""

ALL_PAIRS = {"count": "k * (k - 1)", "newman": "k", "full": "2.0"}
"""Twice what all pairs of an event get together."""


def using(*columns: str) -> str:
    return f"USING ({', '.join(columns)})"


def present(cells: str, *, sampled: bool) -> str:
    """The cells that are joined: all, or what is kept of them."""
    kept = "SELECT * EXCLUDE kept REPLACE (kept AS amount)"
    return f"{kept} FROM {cells} WHERE kept > 0" if sampled else f"SELECT * FROM {cells}"


def sizes(cells: str, by: list[str], weighting: Weighting, limit: Limit | None) -> str:
    """Members (``k``) and units of each event, and the share of a pair if there is one.

    With a sample the units are those kept, the share is that of a pair that is kept, and
    ``variance`` and ``covariance`` are what such a pair adds to the variance.
    """
    event = ", ".join(["event", *by])
    sampled = limit is not None and limit.sampled
    units = "count(*) FILTER (kept > 0)" if sampled else "count(*)"
    having = "" if limit is None or sampled else f"HAVING sum(amount) <= {limit.max_members}"
    query = f"""
        SELECT *, CASE WHEN k > 1 THEN {SHARE[weighting]} END AS share FROM (
            SELECT {event}, sum(amount) AS k, {units} AS units
            FROM {cells} GROUP BY {event} {having}
        )
    """
    if limit is None or not sampled:
        return query
    below = f"floor({PRIME} * {limit.max_members}::DOUBLE / k)"
    q = f"CASE WHEN k > {limit.max_members} THEN {below} / {PRIME} ELSE 1::DOUBLE END"
    return f"""
        SELECT * EXCLUDE q REPLACE (share / (q * q) AS share),
            share * share * (1 / (q * q * q * q) - 1 / (q * q)) AS variance,
            share * share * (1 / (q * q * q * q) - 1 / (q * q * q)) AS covariance
        FROM (SELECT *, {q} AS q FROM ({query}))
    """


def meetings(first: str, second: str, by: list[str], *, inside: bool, sampled: bool) -> str:
    """What pairs get together whose first unit is in ``first``, which has the shares."""
    columns = "".join(f"{column}, " for column in by)
    same = "a.unit = b.unit"
    kept = "a.unit < b.unit" + (f" OR ({same} AND a.amount > 1)" if inside else "")
    n_pairs = f"CASE WHEN {same} THEN a.amount * (b.amount - 1) / 2 ELSE a.amount * b.amount END"
    others = f"a.amount + b.amount - CASE WHEN {same} THEN 4 ELSE 2 END"
    variance = f"{n_pairs} * (a.variance + ({others}) * a.covariance)"
    error = f", sqrt(sum({variance})) AS standard_error" if sampled else ""
    return f"""
        SELECT {columns}a.unit AS source, b.unit AS target,
            sum(a.share * {n_pairs}) AS weight{error}
        FROM {first} a JOIN {second} b {using("event", *by)}
        WHERE {kept}
        GROUP BY {columns}source, target
    """


def strengths(cells: str, sizes: str, by: list[str]) -> str:
    """The amount of each unit in all events together."""
    unit = ", ".join([*by, "unit"])
    return f"""
        SELECT {unit}, sum(amount) AS strength
        FROM {cells} JOIN {sizes} {using("event", *by)} GROUP BY {unit}
    """


def rates(sizes: str, by: list[str], weighting: Weighting) -> str:
    """What two members dealt at random to the seats of all events get."""
    columns = "".join(f"{column}, " for column in by)
    return f"""
        SELECT {columns}
            sum(CASE WHEN k > 1 THEN {ALL_PAIRS[weighting]} ELSE 0.0 END)
                / (sum(k) * (sum(k) - 1)) AS rate
        FROM {sizes} GROUP BY ALL HAVING sum(k) > 1
    """


def with_strengths(met: str, strengths: str, rates: str, by: list[str]) -> str:
    """Pairs with the strengths of both units and the rate."""
    columns = "".join(f"{column}, " for column in by)
    ends = "".join(
        f"JOIN (SELECT {columns}unit AS {end}, strength AS {end}_strength FROM {strengths}) "
        f"{using(*by, end)} "
        for end in ("source", "target")
    )
    return f"""
        SELECT * FROM {met} {ends} {f"JOIN {rates} {using(*by)}" if by else f"CROSS JOIN {rates}"}
    """

"""The steps of a projection in the SQL of DuckDB, for one query or for blocks of it."""

from __future__ import annotations

from typing import Literal

Weighting = Literal["count", "newman", "full"]

SHARE = {"count": "1.0::DOUBLE", "newman": "1 / (k - 1)", "full": "2 / (k * (k - 1))"}
"""What a pair gets from an event of k members."""

ALL_PAIRS = {"count": "k * (k - 1)", "newman": "k", "full": "2.0"}
"""Twice what all pairs of an event get together."""


def using(*columns: str) -> str:
    """The columns of a join."""
    return f"USING ({', '.join(columns)})"


def sizes(cells: str, by: list[str], weighting: Weighting, max_members: int | None) -> str:
    """Members (``k``) and units of each event, and the share of a pair if there is one."""
    event = ", ".join(["event", *by])
    kept = "" if max_members is None else f"HAVING sum(amount) <= {max_members}"
    return f"""
        SELECT *, CASE WHEN k > 1 THEN {SHARE[weighting]} END AS share FROM (
            SELECT {event}, sum(amount) AS k, count(*) AS units FROM {cells} GROUP BY {event} {kept}
        )
    """


def meetings(first: str, second: str, by: list[str], *, inside: bool) -> str:
    """What pairs get together whose first unit is in ``first``, which has the shares."""
    columns = "".join(f"{column}, " for column in by)
    kept = "a.unit < b.unit" + (" OR (a.unit = b.unit AND a.amount > 1)" if inside else "")
    return f"""
        SELECT {columns}a.unit AS source, b.unit AS target,
            sum(CASE WHEN a.unit = b.unit THEN a.share * a.amount * (b.amount - 1) / 2
                ELSE a.share * a.amount * b.amount END) AS weight
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
        SELECT {columns}source, target, weight, source_strength, target_strength, rate
        FROM {met} {ends} {f"JOIN {rates} {using(*by)}" if by else f"CROSS JOIN {rates}"}
    """

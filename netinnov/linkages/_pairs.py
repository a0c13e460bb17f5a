"""Pairs that share an event, on any dataframe that narwhals knows, lazy or in memory."""

from __future__ import annotations

from typing import Any, Literal

import narwhals as nw

Weighting = Literal["count", "newman", "full"]


def pairs(
    cells: Any,
    *,
    by: list[str],
    weighting: Weighting | None = None,
    inside: bool = False,
    max_members: int | None = None,
) -> Any:
    """Add up over the events what each pair of units gets.

    Parameters
    ----------
    cells : narwhals frame
        One row a unit in an event: ``event``, the columns ``by``, ``unit`` and its ``amount``
        there. Events of one id that differ in ``by`` are different events.
    by : list of str
        Further columns of the events, without missing entries, which the result keeps.
    weighting : {"count", "newman", "full"}, optional
        A pair gets the product of its amounts times the share of a pair among the k members of
        the event, k being the sum of the amounts; without it the product alone.
    inside : bool
        A unit also gets what its own members hand one another: amount (amount - 1) / 2 shares.

    max_members : int, optional
        Events with a larger k are left out.

    Returns
    -------
    narwhals frame
        Columns ``by``, ``source``, ``target`` and ``weight``, the source before the target.
    """
    keys = ["event", *by]
    if cells.implementation.is_duckdb():
        return _in_sql(cells, by, weighting, inside, max_members)
    first = cells.rename({"unit": "source"})
    if weighting is not None:
        k = nw.col("amount")
        share = {"count": nw.lit(1.0), "newman": 1 / (k - 1), "full": 2 / (k * (k - 1))}[weighting]
        events = cells.group_by(keys).agg(k.sum()).filter(k > 1)
        if max_members is not None:
            events = events.filter(k <= max_members)
        first = first.join(events.select(*keys, share.alias("share")), on=keys)
        first = first.with_columns(share=nw.col("amount") * nw.col("share"))
    else:
        first = first.with_columns(share=nw.col("amount"))
    second = cells.rename({"unit": "target", "amount": "other"})
    both = first.join(second, on=keys)
    same, before = nw.col("source") == nw.col("target"), nw.col("source") < nw.col("target")
    weight = nw.col("share") * nw.col("other")
    if inside:
        own = nw.col("share") * (nw.col("other") - 1) / 2
        both = both.filter(before | (same & (nw.col("other") > 1)))
        weight = nw.when(same).then(own).otherwise(weight)
    else:
        both = both.filter(before)
    both = both.select(*by, "source", "target", weight.alias("weight"))
    in_memory = isinstance(both, nw.DataFrame)
    if in_memory and weighting != "count" and not both.implementation.is_pandas():
        # Other libraries join in threads: rows come in any order, and so would last digits.
        both = both.sort(*by, "source", "target", "weight")
    return both.group_by([*by, "source", "target"]).agg(nw.col("weight").sum())


def _in_sql(
    cells: Any,
    by: list[str],
    weighting: Weighting | None,
    inside: bool,
    max_members: int | None,
) -> Any:
    """The same in DuckDB's SQL: a plain query would compute the cells three times."""
    share = {
        None: "1.0::DOUBLE",
        "count": "1.0::DOUBLE",
        "newman": "1 / (sum(amount) - 1)",
        "full": "2 / (sum(amount) * (sum(amount) - 1))",
    }[weighting]
    own = "a.unit = b.unit AND a.amount > 1"
    kept = f"a.unit < b.unit OR ({own})" if inside else "a.unit < b.unit"
    having = "" if weighting is None else "HAVING sum(amount) > 1"
    having += "" if max_members is None else f" AND sum(amount) <= {max_members}"
    columns = "".join(f"{column}, " for column in by)
    event = ", ".join(["event", *by])
    query = f"""
        WITH cell AS MATERIALIZED (SELECT * FROM netinnov_cells),
        events AS (SELECT {event}, {share} AS share FROM cell GROUP BY {event} {having})
        SELECT {columns}a.unit AS source, b.unit AS target,
            sum(CASE WHEN a.unit = b.unit THEN share * a.amount * (b.amount - 1) / 2
                ELSE share * a.amount * b.amount END) AS weight
        FROM cell a JOIN events USING ({event}) JOIN cell b USING ({event})
        WHERE {kept}
        GROUP BY {columns}source, target
    """
    return nw.from_native(cells.to_native().query("netinnov_cells", query))

"""Pairs that share an event, on any dataframe that narwhals knows, lazy or in memory."""

from __future__ import annotations

from typing import Any, Literal

import narwhals as nw

Weighting = Literal["count", "newman", "full"]

# SQL: what a pair gets from an event of k members
SHARE = {"count": "1.0::DOUBLE", "newman": "1 / (k - 1)", "full": "2 / (k * (k - 1))"}
# SQL: twice what all pairs of an event get together
ALL_PAIRS = {"count": "k * (k - 1)", "newman": "k", "full": "2.0"}


def pairs(
    cells: Any,
    *,
    by: list[str],
    weighting: Weighting | None = None,
    inside: bool = False,
    strengths: bool = False,
) -> Any:
    """Sum over events what each pair of units gets, ``source`` before ``target``.

    ``cells``: narwhals frame of ``event``, the columns ``by``, ``unit`` and ``amount``. A pair gets
    the product of its amounts times the share of a pair among the k members (the sum of amounts);
    without ``weighting`` the product alone. ``inside``: a unit also gets amount (amount - 1) / 2
    shares. ``strengths`` adds ``source_strength``, ``target_strength`` and ``rate``, what two
    members dealt at random to the m seats get: the sum of share k (k - 1), divided by m (m - 1).
    """
    keys = ["event", *by]
    if cells.implementation.is_duckdb():  # a plain query would compute the cells three times
        query = _query(by, weighting, inside=inside, strengths=strengths)
        return nw.from_native(cells.to_native().query("netinnov_cells", query))
    first, k = cells.rename({"unit": "source"}), nw.col("k")
    if weighting is not None:
        share = {"count": nw.lit(1.0), "newman": 1 / (k - 1), "full": 2 / (k * (k - 1))}[weighting]
        events = cells.group_by(keys).agg(nw.col("amount").sum().alias("k"))
        shares = events.filter(k > 1).with_columns(share=share)
        first = first.join(shares.select(*keys, "share"), on=keys)
    else:
        first = first.with_columns(share=nw.lit(1.0))
    both = first.join(cells.rename({"unit": "target", "amount": "other"}), on=keys)
    same, before = nw.col("source") == nw.col("target"), nw.col("source") < nw.col("target")
    amount, other = nw.col("amount"), nw.col("other")
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
    met = both.group_by(*by, "source", "target").agg(nw.col("weight").sum())
    if not strengths or weighting is None:
        return met
    dealt = {"count": k * (k - 1), "newman": k, "full": nw.lit(2.0)}[weighting]
    dealt = nw.when(k > 1).then(dealt).otherwise(nw.lit(0.0))
    events = events.with_columns(dealt=dealt, all=nw.lit(1))
    rates = events.group_by("all", *by).agg(k.sum(), nw.col("dealt").sum()).filter(k > 1)
    rates = rates.select("all", *by, (nw.col("dealt") / (k * (k - 1))).alias("rate"))
    strength = cells.group_by(*by, "unit").agg(nw.col("amount").sum())
    for end in ("source", "target"):
        of_end = strength.rename({"unit": end, "amount": f"{end}_strength"})
        met = met.join(of_end, on=[*by, end])
    return met.with_columns(all=nw.lit(1)).join(rates, on=["all", *by]).drop("all")


def _query(by: list[str], weighting: Weighting | None, *, inside: bool, strengths: bool) -> str:
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
    if strengths and weighting is not None:
        parts["met AS"] = met
        parts["strengths AS"] = f"""
            SELECT {columns}unit, sum(amount) AS strength FROM cell GROUP BY ALL
        """
        parts["rates AS"] = f"""
            SELECT {columns}sum(CASE WHEN k > 1 THEN {ALL_PAIRS[weighting]} ELSE 0.0 END)
                / (sum(k) * (sum(k) - 1)) AS rate
            FROM sizes GROUP BY ALL HAVING sum(k) > 1
        """
        ends = "".join(
            f"JOIN (SELECT {columns}unit AS {end}, strength AS {end}_strength FROM strengths) "
            f"USING ({columns}{end}) "
            for end in ("source", "target")
        )
        rates = f"JOIN rates USING ({', '.join(by)})" if by else "CROSS JOIN rates"
        met = f"SELECT * FROM met {ends} {rates}"
    tables = ", ".join(f"{name} ({part})" for name, part in parts.items())
    return f"WITH {tables} {met}"

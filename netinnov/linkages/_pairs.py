"""Pairs that share an event, on any dataframe that narwhals knows, lazy or in memory."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from netinnov.linkages import _pairs_sql as sql
from netinnov.linkages._pairs_sql import Weighting


def pairs(
    cells: Any,
    *,
    by: list[str],
    weighting: Weighting | None = None,
    inside: bool = False,
    max_members: int | None = None,
    strengths: bool = False,
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
    strengths : bool
        Also tell the amounts of both units in all events together, and ``rate``, what two members
        dealt at random to the m seats of all events get: the sum over the events of
        share k (k - 1), divided by m (m - 1).

    Returns
    -------
    narwhals frame
        Columns ``by``, ``source``, ``target`` and ``weight``, the source before the target; and
        ``source_strength``, ``target_strength`` and ``rate`` if asked for.
    """
    keys = ["event", *by]
    if cells.implementation.is_duckdb():
        return _on_duckdb(cells, by, weighting, inside, max_members, strengths)
    first, events = cells.rename({"unit": "source"}), cells
    if weighting is not None:
        k = nw.col("k")
        share = {"count": nw.lit(1.0), "newman": 1 / (k - 1), "full": 2 / (k * (k - 1))}[weighting]
        events = cells.group_by(keys).agg(nw.col("amount").sum().alias("k"))
        if max_members is not None:
            events = events.filter(k <= max_members)
        shares = events.filter(k > 1).select(*keys, share.alias("share"))
        first = first.join(shares, on=keys)
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
    met = both.group_by([*by, "source", "target"]).agg(nw.col("weight").sum())
    if not strengths or weighting is None:
        return met
    k = nw.col("k")
    dealt = {"count": k * (k - 1), "newman": k, "full": nw.lit(2.0)}[weighting]
    dealt = nw.when(k > 1).then(dealt).otherwise(nw.lit(0.0))
    events = events.with_columns(dealt=dealt, all=nw.lit(1))
    rates = events.group_by("all", *by).agg(k.sum(), nw.col("dealt").sum()).filter(k > 1)
    rates = rates.select("all", *by, (nw.col("dealt") / (k * (k - 1))).alias("rate"))
    strength = cells.join(events.select(keys), on=keys).group_by([*by, "unit"])
    strength = strength.agg(nw.col("amount").sum())
    for end in ("source", "target"):
        of_end = strength.rename({"unit": end, "amount": f"{end}_strength"})
        met = met.join(of_end, on=[*by, end])
    return met.with_columns(all=nw.lit(1)).join(rates, on=["all", *by]).drop("all")


def _on_duckdb(
    cells: Any,
    by: list[str],
    weighting: Weighting | None,
    inside: bool,
    max_members: int | None,
    strengths: bool,
) -> Any:
    """The same in DuckDB's SQL: a plain query would compute the cells three times."""
    parts = {"cell AS MATERIALIZED": "SELECT * FROM netinnov_cells"}
    if weighting is None:
        parts["first AS"] = "SELECT *, 1.0 AS share FROM cell"
    else:
        parts["sizes AS MATERIALIZED"] = sql.sizes("cell", by, weighting, max_members)
        parts["first AS"] = f"SELECT * FROM cell JOIN sizes {sql.using('event', *by)} WHERE k > 1"
    query = sql.meetings("first", "cell", by, inside=inside)
    if strengths and weighting is not None:
        parts["met AS"] = query
        parts["strengths AS"] = sql.strengths("cell", "sizes", by)
        parts["rates AS"] = sql.rates("sizes", by, weighting)
        query = sql.with_strengths("met", "strengths", "rates", by)
    tables = ", ".join(f"{name} ({part})" for name, part in parts.items())
    relation = cells.to_native().query("netinnov_cells", f"WITH {tables} {query}")
    return nw.from_native(relation)

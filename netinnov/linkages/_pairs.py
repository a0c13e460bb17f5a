"""Pairs that share an event, on any dataframe that narwhals knows, lazy or in memory."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from netinnov.linkages import _pairs_sql as sql
from netinnov.linkages._large_events import Limit, add_up, kept_share
from netinnov.linkages._pairs_sql import Weighting


def pairs(
    cells: Any,
    *,
    by: list[str],
    weighting: Weighting | None = None,
    inside: bool = False,
    limit: Limit | None = None,
    strengths: bool = False,
) -> Any:
    """Add up over the events what each pair of units gets, ``source`` before ``target``.

    ``cells`` is a narwhals frame with a row for each unit in an event: ``event``, the columns
    ``by`` (no entry missing; events of one id that differ in them are different events), ``unit``,
    its ``amount`` there, and how much of it is ``kept`` in a sample. A pair gets the product of its
    amounts times the share of a pair among the k members of the event, k being the sum of the
    amounts; without ``weighting`` the product alone. With ``inside`` a unit also gets what its own
    members hand one another: amount (amount - 1) / 2 shares. Events of more than ``limit`` members
    are left out, or their pairs are estimated from what is kept, with a ``standard_error``.
    ``strengths`` adds the amounts of both units in all events together (``source_strength``,
    ``target_strength``) and ``rate``, what two members dealt at random to the m seats of all events
    get: the sum over the events of share k (k - 1), divided by m (m - 1).
    """
    keys = ["event", *by]
    sampled = limit is not None and limit.sampled
    if cells.implementation.is_duckdb():  # a plain query would compute the cells three times
        query = _query(by, weighting, inside=inside, limit=limit, strengths=strengths)
        return nw.from_native(cells.to_native().query("netinnov_cells", query))
    present, events = cells, cells
    if sampled:
        present = cells.filter(nw.col("kept") > 0).drop("amount").rename({"kept": "amount"})
    first = present.rename({"unit": "source"})
    if weighting is not None:
        k = nw.col("k")
        share = {"count": nw.lit(1.0), "newman": 1 / (k - 1), "full": 2 / (k * (k - 1))}[weighting]
        events = cells.group_by(keys).agg(nw.col("amount").sum().alias("k"))
        if limit is not None and not sampled:
            events = events.filter(k <= limit.max_members)
        shares = events.filter(k > 1).with_columns(share=share)
        factors = ["share"]
        if limit is not None and sampled:
            q, factors = kept_share(limit), ["share", "variance", "covariance"]
            square = share * share
            shares = shares.with_columns(
                share=share / (q * q),
                variance=square * (1 / (q * q * q * q) - 1 / (q * q)),
                covariance=square * (1 / (q * q * q * q) - 1 / (q * q * q)),
            )
        first = first.join(shares.select(*keys, *factors), on=keys)
    else:
        first = first.with_columns(share=nw.lit(1.0))
    second = present.rename({"unit": "target", "amount": "other"})
    both = first.join(second, on=keys)
    same, before = nw.col("source") == nw.col("target"), nw.col("source") < nw.col("target")
    amount, other = nw.col("amount"), nw.col("other")
    n_pairs = amount * other
    if inside:
        both = both.filter(before | (same & (other > 1)))
        n_pairs = nw.when(same).then(amount * (other - 1) / 2).otherwise(n_pairs)
    else:
        both = both.filter(before)
    parts = {"weight": n_pairs * nw.col("share")}
    if sampled:  # a pair shares a member with so many other pairs of the two units
        others = amount + other - nw.when(same).then(nw.lit(4.0)).otherwise(nw.lit(2.0))
        parts["variance"] = n_pairs * (nw.col("variance") + others * nw.col("covariance"))
    both = both.select(*by, "source", "target", **parts)
    in_memory = isinstance(both, nw.DataFrame)
    exact = weighting == "count" and not sampled
    if in_memory and not exact and not both.implementation.is_pandas():
        # Other libraries join in threads: rows come in any order, and so would last digits.
        both = both.sort(*by, "source", "target", *parts)
    met = add_up(both, [*by, "source", "target"], list(parts))
    if sampled:
        met = met.with_columns(standard_error=nw.col("variance").sqrt()).drop("variance")
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


def _query(
    by: list[str],
    weighting: Weighting | None,
    *,
    inside: bool,
    limit: Limit | None,
    strengths: bool,
) -> str:
    """The same in DuckDB's SQL."""
    sampled = limit is not None and limit.sampled
    parts = {"cell AS MATERIALIZED": "SELECT * FROM netinnov_cells"}
    parts["present AS"] = sql.present("cell", sampled=sampled)
    if weighting is None:
        parts["first AS"] = "SELECT *, 1.0 AS share FROM present"
    else:
        parts["sizes AS MATERIALIZED"] = sql.sizes("cell", by, weighting, limit)
        join = f"present JOIN sizes {sql.using('event', *by)}"
        parts["first AS"] = f"SELECT * FROM {join} WHERE k > 1"
    query = sql.meetings("first", "present", by, inside=inside, sampled=sampled)
    if strengths and weighting is not None:
        parts["met AS"] = query
        parts["strengths AS"] = sql.strengths("cell", "sizes", by)
        parts["rates AS"] = sql.rates("sizes", by, weighting)
        query = sql.with_strengths("met", "strengths", "rates", by)
    tables = ", ".join(f"{name} ({part})" for name, part in parts.items())
    return f"WITH {tables} {query}"

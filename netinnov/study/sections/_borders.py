"""How much of the weight of each layer crosses a border, beside random networks."""

from __future__ import annotations

import math
import warnings
from typing import Any, Literal

import pandas as pd

from netinnov.governance import cross_border_shares
from netinnov.null_models import Rewire
from netinnov.study._context import Context
from netinnov.study._measures import linked_layers
from netinnov.study._section import Fact, Layer, Name, Term

MOST_LINKS = 100_000  # above which borders are not compared with random networks: too long
NoNull = Literal["", "not_observed", "joint_events", "too_large", "not_asked", "stuck"]


def border_shares(
    context: Context, groups: list[str], replicates: int
) -> tuple[pd.DataFrame, NoNull]:
    observed = [layer for layer in linked_layers(context.inside) if layer not in context.modelled]
    if not observed or not groups:
        return pd.DataFrame(), "not_observed" if groups else ""
    network = context.inside.select(layers=observed)
    why: NoNull = ""
    if context.loaded.joint_events or context.loaded.incidence is not None:
        why = "joint_events"  # which rewiring link by link would tear apart
    elif network.n_links > MOST_LINKS:
        why = "too_large"
    elif not replicates:
        why = "not_asked"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        table = cross_border_shares(
            network,
            groups=groups,
            null=None if why else Rewire(),
            replicates=replicates or 1,
            rng=context.seed,
            progress=context.progress,
        )
    if any("the null model moved" in str(each.message) for each in caught):
        why = "stuck"  # hardly any link can be rewired
        table[["null_mean", "z", "p"]] = math.nan
    return table.dropna(subset="share").reset_index(drop=True), why


def border_facts(context: Context, table: pd.DataFrame, no_null: NoNull) -> dict[str, Fact]:
    """Shares of weight across borders of the first group of which some but not all links cross."""
    group, part, alike = "", table, list[Any]()
    for name, of_group in table.groupby("group", sort=False) if len(table) else ():
        low, high = float(of_group["share"].min()), float(of_group["share"].max())
        if low == high and low in (0, 1):
            alike.append(_called(name))  # all links cross, or none: it says nothing
        elif not group:
            group, part = str(name), of_group
    clear = part[part["p"] <= 0.05] if group else part.iloc[:0]
    left = int(table.groupby("group")["left_out"].sum().max()) if len(table) else 0
    loops = _loops(context, table) if left else 0
    return {
        "group": _called(group) if group else "",
        "group_low": float(part["share"].min()) if group else 0.0,
        "group_high": float(part["share"].max()) if group else 0.0,
        "more": [Layer(layer) for layer in clear["layer"][clear["z"] > 0]] if group else [],
        "less": [Layer(layer) for layer in clear["layer"][clear["z"] < 0]] if group else [],
        "alike": alike,
        "tested": bool(group) and not no_null and bool(part["p"].notna().any()),
        "no_null": no_null,
        "loops": loops,
        "without_value": max(left - loops, 0),
    }


def _called(group: Any) -> Term | Name:
    return Term(group) if group in ("jurisdiction", "kind", "province") else Name(group)


def _loops(context: Context, table: pd.DataFrame) -> int:
    blocks = map(context.inside.storage.block, table["layer"].unique())
    return sum(int((block.sources == block.indices).sum()) for block in blocks)

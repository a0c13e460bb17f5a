"""Shares of each origin's total: when sums of them have a meaning, and how they become amounts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import check_type, did_you_mean, examples, shown
from netinnov._typing import Codes, Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, with_rows


def refuse_joined_origins(network: MultilayerNetwork, groups: Codes) -> None:
    """Refuse to sum shares of origins that are merged; -1 is in no group."""
    for layer in filter(network.storage.holds_shares, network.layers):
        origins = np.unique(network.storage.block(layer).sources)
        of_origins = groups[origins]
        sizes = np.bincount(of_origins[of_origins >= 0], minlength=1)
        if sizes.max() > 1:
            some = examples(network.nodes.index[origins[of_origins == sizes.argmax()]])
            msg = (
                f"layer {layer!r} holds shares of each origin's total, which can be added up only "
            )
            msg += (
                f"where the size of each origin is known; one group joins {sizes.max()} origins, "
            )
            msg += f"e.g. {some}. Give `events`, the number of events that leave each node, or "
            raise InputError(f"{msg}leave the layer out with select().")


def shares_as_amounts(network: MultilayerNetwork, events: Any) -> MultilayerNetwork:
    layers = [layer for layer in network.layers if network.storage.holds_shares(layer)]
    if not layers:
        raise InputError("`events` is for layers of quantity 'share_of_origin'; no layer has it.")
    if both_ways := [layer for layer in layers if layer not in network.directed]:
        raise InputError(f"shares of an origin need a direction; {both_ways[0]!r} has none.")
    sizes = _events_of_nodes(network, events)
    rows = network.storage.link_rows()
    chosen = np.isin(rows.layer, [network.layers.index(layer) for layer in layers])
    origins = np.unique(rows.source[chosen])
    unknown = origins[~(np.isfinite(sizes[origins]) & (sizes[origins] > 0))]
    if unknown.size:
        some = examples(unknown, lambda at: f"{network.nodes.index[at]!r}: {sizes[at]:g}")
        msg = "`events` must be above 0 for each node that flows leave; "
        raise InputError(f"{msg}{unknown.size} of {origins.size} are not: {some}.")
    weight = np.where(chosen, rows.weight * sizes[rows.source], rows.weight)
    records = dict(network.storage.records)
    totals = np.bincount(rows.layer, weight, minlength=len(network.layers))
    for layer in layers:
        n_events = max(1, round(float(totals[network.layers.index(layer)])))
        records[layer] = records[layer]._replace(quantity="amount", unit=None, events=n_events)
    return with_rows(network, rows._replace(weight=weight), records=records)


def _events_of_nodes(network: MultilayerNetwork, events: Any) -> Floats:
    if isinstance(events, str):
        if events not in network.nodes:
            near = did_you_mean(events, network.nodes.columns)
            msg = "`events` must be a column of the nodes, or a Series over nodes; found "
            raise InputError(f"{msg}{shown(events)}{near}.")
        events = network.nodes[events]
    check_type("events", events, pd.Series)
    if not events.index.is_unique:
        raise InputError("`events` must have one row for each node; an id stands in it twice.")
    at = network.storage.positions("events", events.index)
    try:
        numbers = pd.to_numeric(events).to_numpy(np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        raise InputError(f"`events` must hold numbers; found {shown(events.iloc[0])}.") from None
    sizes = np.full(network.n_nodes, np.nan)
    sizes[at] = numbers
    return sizes

"""A network with nodes added, links taken out, links added and ends of links moved."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from netinnov._rows import NO_PERIOD, Rows
from netinnov._tables import NodeTable
from netinnov.network import MultilayerNetwork, with_rows
from netinnov.scenarios._pair_draws import Pairs, Positions

KEPT = 2**18
"""Rows of tables with one node more that are kept with a network, as replicates need them again."""


class NewNode(NamedTuple):
    """A node that a scenario adds."""

    name: str
    kind: str
    place: str
    jurisdiction: str


def added_node(network: MultilayerNetwork, node: NewNode) -> NodeTable:
    """Give the nodes with one more at the end; a name in use gets a number."""
    kept = network.storage.memo.setdefault("one node more", {})
    if node not in kept:
        if len(kept) * network.n_nodes > KEPT:
            kept.clear()
        kept[node] = _added_node(network, *node)
    table: NodeTable = kept[node]
    return table


def free_name(network: MultilayerNetwork, name: str) -> str:
    """Give the name, with a number if it is in use."""
    free, number = name, 1
    while free in network.storage.nodes.index:
        number += 1
        free = f"{name}:{number}"
    return free


def _added_node(
    network: MultilayerNetwork, name: str, kind: str, place: str, jurisdiction: str
) -> NodeTable:
    row = {"kind": kind, "place": place, "jurisdiction": jurisdiction}
    node = pd.DataFrame(row, index=[free_name(network, name)], dtype="str")
    codes = network.storage.places.index.get_indexer(pd.Index([place, jurisdiction]))
    return NodeTable(
        pd.concat([network.storage.nodes, node]).rename_axis("node"),
        np.append(network.storage.place_codes, np.int32(codes[0])),
        np.append(network.storage.jurisdiction_codes, np.int32(codes[1])),
        at={},
    )


def keys(pairs: Pairs, n: int) -> Positions:
    """Give one number a pair, for look-ups."""
    return pairs.source.astype(np.int64) * n + pairs.target


def moved(
    network: MultilayerNetwork,
    nodes: NodeTable,
    layer: str,
    *,
    removed: Pairs,
    new: Pairs,
    left: float = 0.0,
    followed: tuple[Pairs, Pairs] | None = None,
) -> MultilayerNetwork:
    """Take pairs out of a layer and add others.

    Pairs that are `removed` keep the share `left` of their weight; at 0 they are removed.
    `followed` are pairs as they were and, in the same order, as they are now: these keep their
    weights, periods and attributes.
    """
    rows = network.storage.link_rows()
    code = network.layers.index(layer)
    n = len(nodes.frame)
    source, target = rows.source, rows.target
    key = source.astype(np.int64) * n + target
    keep, weight = (rows.layer != code) | ~np.isin(key, keys(removed, n)), rows.weight
    if left > 0:
        weight, keep = np.where(keep, weight, left * weight), np.ones(len(weight), bool)
    if followed is not None and len(followed[0].weight):
        before, now = followed
        order = np.argsort(keys(before, n))
        sorted_keys = keys(before, n)[order]
        at = np.minimum(np.searchsorted(sorted_keys, key), len(order) - 1)
        hit = (rows.layer == code) & (sorted_keys[at] == key)
        source = np.where(hit, now.source[order][at], source)
        target = np.where(hit, now.target[order][at], target)
    more = len(new.weight)
    period, attributes = rows.period, rows.attributes
    if period is not None:
        period = np.append(period[keep], np.full(more, NO_PERIOD))
    if attributes is not None:
        attributes = attributes[keep].reset_index(drop=True)
        attributes = attributes.reindex(range(len(attributes) + more))
    merged = Rows(
        np.append(rows.layer[keep], np.full(more, code, np.int32)),
        np.append(source[keep], new.source).astype(np.int32),
        np.append(target[keep], new.target).astype(np.int32),
        np.append(weight[keep], new.weight),
        period,
        attributes,
    )
    return with_rows(network, merged, nodes)

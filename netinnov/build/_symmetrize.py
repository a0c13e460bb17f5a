"""Directed layers made undirected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from netinnov._network.layer_table import refuse_shares
from netinnov._network.rows import Rows
from netinnov._runtime.arguments import check_names
from netinnov.network import MultilayerNetwork, with_rows

Both: TypeAlias = Literal["sum", "mean", "max", "min"]


def symmetrize(
    network: MultilayerNetwork, *, layers: Sequence[str] | None = None, how: Both = "sum"
) -> MultilayerNetwork:
    """Make directed layers undirected.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    layers : sequence of str, optional
        The directed layers to change. None: all of them.
    how : {"sum", "mean", "max", "min"}
        Weight of a pair, of those of its two directions: one without a link counts 0, so ``"min"``
        keeps reciprocated links only.

    Returns
    -------
    MultilayerNetwork
        The same nodes; self-links and undirected layers stay as they are. Periods stay apart. A
        layer left without a link is dropped; its number of ``events`` stays with ``"sum"`` only.

    Raises
    ------
    InputError
        If a layer is not there, or holds shares of each origin, which have no sum or mean.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> nodes = pd.DataFrame(index=["a", "b", "c"])
    >>> links = pd.DataFrame({"source": list("abb"), "target": list("bac"), "weight": [3.0, 1, 2]})
    >>> network = ni.build_network(nodes, links, directed=["links"])
    >>> symmetrize(network).links["weight"].tolist(), symmetrize(network, how="min").n_links
    ([4.0, 2.0], 1)
    """
    asked = network.directed if layers is None else check_names("layers", layers, network.layers)
    changed = [layer for layer in network.layers if layer in asked and layer in network.directed]
    storage = network.storage
    records = dict(storage.records)
    refuse_shares({layer: records[layer] for layer in changed}, "symmetrize")
    for layer in changed:
        events = records[layer].events if how == "sum" else None
        records[layer] = records[layer]._replace(directed=False, events=events)
    rows = storage.link_rows()
    inside = np.isin(rows.layer, [network.layers.index(layer) for layer in changed])
    inside &= rows.source != rows.target
    if how == "mean":
        rows = rows._replace(weight=np.where(inside, rows.weight / 2, rows.weight))
    elif how != "sum":
        rows = rows.where(~inside | _one_of_two(rows, how))
    return with_rows(network, rows, records=records)


def _one_of_two(rows: Rows, how: Both) -> np.ndarray:
    """Rows of the larger weight of two directions, or of the smaller if both exist."""
    ends = np.minimum(rows.source, rows.target), np.maximum(rows.source, rows.target)
    keys = [*ends, rows.layer, *([] if rows.period is None else [rows.period])]
    weights = pd.Series(rows.weight).groupby(keys)
    rows_kept = weights.idxmax() if how == "max" else weights.idxmin()[weights.size() == 2]
    return np.isin(np.arange(rows.weight.size), rows_kept)

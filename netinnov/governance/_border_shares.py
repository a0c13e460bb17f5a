"""How much of the links crosses borders, beside networks without borders."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import check_names, check_rng
from netinnov._typing import Count, Integers, Rng
from netinnov.network import MultilayerNetwork
from netinnov.null_models import NullModel, Rewire, compare_with_null

_REWIRE = Rewire()


def cross_border_shares(
    network: MultilayerNetwork,
    *,
    groups: Sequence[str] = ("jurisdiction", "kind"),
    null: NullModel | None = _REWIRE,
    replicates: Count = 999,
    rng: Rng = None,
    executor: Executor | int | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Measure the share of each layer's weight that joins nodes of different groups.

    Few large jurisdictions have few borders to cross: read it beside its null (of observed layers).

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    groups : sequence of str
        Columns of the nodes, or of their places (tier, province), that may differ between ends.
    null : null model, or callable, optional
        As in `compare_with_null`: by default the same degrees in each layer. None: no comparison.
    replicates, rng, executor, progress
        As in `compare_with_null`.

    Returns
    -------
    DataFrame
        A row a layer and group; columns ``layer``, ``group``, ``share`` (NaN where nothing is
        left), ``left_out`` (links that are self-links, or with a missing value at an end),
        ``null_mean``, ``z`` and ``p`` (two-sided).

    Examples
    --------
    >>> nodes = pd.DataFrame({"place": ["p", "p", "q"]}, index=["a", "b", "c"])
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "weight": [3, 1]})
    >>> network = ni.build_network(nodes, links)
    >>> cross_border_shares(network, groups=["jurisdiction"], null=None)["share"].tolist()
    [0.25]
    """
    rng = check_rng(rng)
    columns = [*network.storage.nodes.columns, *network.storage.places.columns]
    names = check_names("groups", groups, columns, of="the columns of nodes and places")
    codes = {name: _codes(network, name) for name in names}
    measure = partial(_shares, codes=codes)
    shares = measure(network)
    table = shares.rename("share").rename_axis(["layer", "group"]).reset_index()
    table["left_out"] = [_share(network, layer, codes[group])[1] for layer, group in shares.index]
    tested = ["null_mean", "z", "p"]
    records = network.storage.records
    observed = [layer for layer in network.layers if not records[layer].modelled]
    if null is None or not observed or not codes:
        return table.assign(**dict.fromkeys(tested, math.nan))
    options: dict[str, Any] = {
        "rng": rng,
        "executor": executor,
        "progress": progress,
        "measure": measure,
        "null": null,
        "replicates": replicates,
    }
    comparison = compare_with_null(network.select(layers=observed), **options)
    expected = comparison.to_frame().rename(columns={"mean": "null_mean"})
    return table.join(expected[tested], on=["layer", "group"])


def _codes(network: MultilayerNetwork, column: str) -> Integers:
    """Code of each node's value in a column of nodes or places; -1 for none."""
    storage = network.storage
    if column in storage.nodes.columns:
        return np.asarray(pd.factorize(storage.nodes[column])[0], np.int64)
    of_place = np.append(pd.factorize(storage.places[column])[0], -1)
    return np.asarray(of_place[storage.place_codes], np.int64)


def _share(network: MultilayerNetwork, layer: str, codes: Integers) -> tuple[float, int]:
    """Share of weight between different codes, and how many links are left out."""
    block = network.storage.block(layer)
    a = codes[block.sources]
    b = codes[block.indices]
    counts = (a >= 0) & (b >= 0) & (block.sources != block.indices)
    total = block.data[counts].sum()
    share = block.data[counts & (a != b)].sum() / total if total > 0 else math.nan
    return float(share), int((~counts).sum())


def _shares(network: MultilayerNetwork, codes: dict[str, Integers]) -> pd.Series:
    pairs = [(layer, name) for layer in network.layers for name in codes]
    shares = [_share(network, layer, codes[name])[0] for layer, name in pairs]
    index = pd.MultiIndex.from_tuples(pairs, names=["layer", "group"])
    return pd.Series(shares, index, dtype=np.float64)

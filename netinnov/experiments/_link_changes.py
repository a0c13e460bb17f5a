"""Which links a scenario takes away and which it makes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._runtime.arguments import as_list
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

_SAME = 1e-9  # relative: sums in another order


def link_changes(
    network: MultilayerNetwork, after: MultilayerNetwork | Sequence[MultilayerNetwork]
) -> pd.DataFrame:
    """List the pairs whose links differ before and after a change.

    Parameters
    ----------
    network : MultilayerNetwork
        Before.
    after : MultilayerNetwork or sequence of them
        After: of one placement, or of several, whose mean is taken.

    Returns
    -------
    DataFrame
        A row for each pair of nodes whose weight differs: ``source``, ``target``, ``directed``
        (the directed layers, a row for each direction; or the others, ends in the order of their
        ids), ``source_place``, ``target_place``, ``source_new``, ``target_new``
        (whether `network` does not have this end, such as a park), ``before``, ``after`` (mean over
        placements), ``change`` and ``placements`` (share with another weight). Largest change
        first.

    Raises
    ------
    InputError
        If `after` is empty, or holds a value that is not a network.

    Notes
    -----
    Weights are summed over layers and periods, of directed layers and of the others apart;
    self-links are left out.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> nodes = pd.DataFrame({"place": ["a", "b", "c"]}, index=["a", "b", "c"])
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> network = ni.build_network(nodes, links)
    >>> direct = ni.scenarios.DirectLinks("a", "c", 1, funding="new")
    >>> changes = link_changes(network, ni.scenarios.apply_scenario(network, direct))
    >>> changes[["source", "target", "before", "after"]].values.tolist()
    [['a', 'c', 0.0, 1.0]]
    """
    one_network = isinstance(after, MultilayerNetwork)
    networks = [after] if one_network else as_list("after", after, "networks")
    if not networks or not all(isinstance(one, MultilayerNetwork) for one in networks):
        msg = "`after` must be a network or a sequence of networks; found "
        raise InputError(f"{msg}{[type(one).__name__ for one in networks][:3]}.")
    nodes = pd.concat([one.storage.nodes["place"] for one in (network, *networks)])
    place = nodes[~nodes.index.duplicated()].sort_index()
    pairs, weights = _weights([network, *networks], place.index)
    before, after_each = weights[:, 0], weights[:, 1:]
    change = after_each - before[:, np.newaxis]
    differs = np.abs(change) > _SAME * weights.max(axis=1, keepdims=True)
    pairs, directed = np.divmod(pairs, 2)
    ends = dict(zip(("source", "target"), np.divmod(pairs, len(place)), strict=True))
    table = pd.DataFrame(
        {
            **{end: place.index.take(at) for end, at in ends.items()},
            "directed": directed.astype(bool),
            **{f"{end}_place": place.array.take(at) for end, at in ends.items()},
            **{
                f"{end}_new": ~place.index.isin(network.storage.nodes.index)[at]
                for end, at in ends.items()
            },
            "before": before,
            "after": after_each.mean(axis=1),
            "change": np.where(differs, change, 0.0).mean(axis=1),
            "placements": differs.mean(axis=1),
        }
    )
    table = table[table["placements"] > 0]
    order = table["change"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _weights(
    networks: Sequence[MultilayerNetwork], ids: pd.Index[str]
) -> tuple[npt.NDArray[np.int64], Floats]:
    """Pairs as numbers (even: undirected, odd: directed), and weights in each network."""
    keys, weights = [], []
    for network in networks:
        at = ids.get_indexer(network.storage.nodes.index)
        rows = network.storage.link_rows()
        directed = np.array([layer in network.directed for layer in network.layers], bool)[
            rows.layer
        ]
        source, target = at[rows.source], at[rows.target]
        swapped = ~directed & (source > target)
        first, last = np.where(swapped, [target, source], [source, target])
        keys.append((2 * (first * len(ids) + last) + directed)[first != last])
        weights.append(rows.weight[first != last])
    pairs, row = np.unique(np.concatenate(keys), return_inverse=True)
    column = np.repeat(np.arange(len(keys)), [each.size for each in keys])
    cell = row * len(keys) + column
    sums = np.bincount(cell, np.concatenate(weights), pairs.size * len(keys)).astype(np.float64)
    return pairs, sums.reshape(-1, len(keys))

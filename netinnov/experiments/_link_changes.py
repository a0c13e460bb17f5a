"""Which links a scenario takes away and which it makes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from netinnov._arguments import as_list
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
        A row for each unordered pair of nodes whose weight differs: ``source``, ``target`` (in
        the order of their ids), ``source_place``, ``target_place``, ``source_new``, ``target_new``
        (whether `network` does not have this end, such as a park), ``before``, ``after`` (mean
        over placements), ``change`` and ``placements`` (share of them in which the weight
        differs). Largest change first.

    Raises
    ------
    InputError
        If `after` is empty, or holds a value that is not a network.

    Notes
    -----
    Weights are summed over layers, periods and both directions; self-links are left out.

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
    networks = (
        [after] if isinstance(after, MultilayerNetwork) else as_list("after", after, "networks")
    )
    if not networks or not all(isinstance(one, MultilayerNetwork) for one in networks):
        msg = "`after` must be a network or a sequence of networks; found "
        raise InputError(f"{msg}{[type(one).__name__ for one in networks][:3]}.")
    was = _weights(network)
    weights_after = pd.concat([_weights(one).rename(at) for at, one in enumerate(networks)], axis=1)
    pairs = was.index.union(weights_after.index)
    weights_after = weights_after.reindex(pairs).fillna(0.0)
    before = was.reindex(pairs, fill_value=0.0)
    each = weights_after.sub(before, axis=0)
    differs = each.abs().gt(_SAME * weights_after.max(axis=1).combine(before, np.maximum), axis=0)
    table = pd.DataFrame(
        {
            "before": before,
            "after": weights_after.mean(axis=1),
            "change": each.where(differs, 0.0).mean(axis=1),
            "placements": differs.mean(axis=1),
        }
    )
    table = table[table["placements"] > 0].rename_axis(["source", "target"]).reset_index()
    nodes = pd.concat([one.storage.nodes["place"] for one in (network, *networks)])
    place = nodes[~nodes.index.duplicated()]
    for at, end in enumerate(("source", "target")):
        table.insert(2 + at, f"{end}_place", table[end].map(place))
    for at, end in enumerate(("source", "target")):
        table.insert(4 + at, f"{end}_new", ~table[end].isin(network.storage.nodes.index))
    order = table["change"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _weights(network: MultilayerNetwork) -> pd.Series:
    """Weight of each unordered pair of different nodes."""
    links = network.links
    links = links[links["source"] != links["target"]]
    low = links["source"].where(links["source"] < links["target"], links["target"])
    high = links["target"].where(links["source"] < links["target"], links["source"])
    weights: pd.Series = links["weight"].groupby([low.to_numpy(str), high.to_numpy(str)]).sum()
    return weights

"""Which links a scenario takes away and which it makes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from netinnov._runtime.arguments import as_list
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
        first. Weights are summed over layers and periods; self-links are left out.

    Raises
    ------
    InputError
        If `after` is empty, or holds a value that is not a network.

    Examples
    --------
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
    names = network.storage.nodes.index
    nodes = pd.concat([one.storage.nodes["place"] for one in (network, *networks)])
    place = nodes[~nodes.index.duplicated()]
    weights = pd.concat(map(_weights, (network, *networks)), axis=1).sort_index().fillna(0.0)
    before, after_each = weights.iloc[:, 0], weights.iloc[:, 1:]
    change = after_each.sub(before, axis=0)
    differs = change.abs().gt(_SAME * weights.max(axis=1), axis=0)
    ends = {end: weights.index.get_level_values(end) for end in ("source", "target")}
    table = pd.DataFrame(
        {
            **ends,
            "directed": weights.index.get_level_values("directed"),
            **{f"{end}_place": place.reindex(ids).array for end, ids in ends.items()},
            **{f"{end}_new": ~ids.isin(names) for end, ids in ends.items()},
            "before": before.to_numpy(),
            "after": after_each.mean(axis=1).to_numpy(),
            "change": change.where(differs, 0.0).mean(axis=1).to_numpy(),
            "placements": differs.mean(axis=1).to_numpy(),
        }
    )
    table = table[table["placements"] > 0]
    order = table["change"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _weights(network: MultilayerNetwork) -> pd.Series:
    """Weight of each pair, those of directed layers apart; undirected ends in the order of ids."""
    links = network.links.query("source != target")
    source, target = links["source"], links["target"]
    directed = links["layer"].isin(network.directed)
    swapped = ~directed & (source > target)
    by = [source.mask(swapped, target), target.mask(swapped, source), directed.rename("directed")]
    return links["weight"].groupby(by).sum()

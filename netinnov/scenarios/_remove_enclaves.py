"""Observed enclaves taken out: what would be lost without them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from netinnov._arguments import check_names
from netinnov.linkages import find_enclaves
from netinnov.network import MultilayerNetwork, network_of_rows

__all__ = ["remove_enclaves"]


def remove_enclaves(
    network: MultilayerNetwork,
    *,
    rank: pd.Series | None = None,
    kinds: Sequence[str] | None = None,
    keep_nodes: bool = False,
) -> MultilayerNetwork:
    """Take out the nodes that stand outside their jurisdiction, with all their links.

    Parameters
    ----------
    network : MultilayerNetwork
        Nodes with a place and a jurisdiction. Stays as it is.
    rank : Series, optional
        A number for each place, larger for the more central one, as for `find_enclaves`: only
        reverse enclaves go, whose host ranks higher than their home. None: all enclaves.
    kinds : sequence of str, optional
        Only nodes of these kinds go, such as ``["park"]``.
    keep_nodes : bool
        The nodes stay without links, so that an experiment can be measured on the same nodes.

    Returns
    -------
    MultilayerNetwork
        The other nodes in their order, all places; layers left without a link are gone.

    Raises
    ------
    InputError
        A kind that no node has, or a rank that is no number.

    See Also
    --------
    netinnov.linkages.find_enclaves : which nodes are enclaves.

    Notes
    -----
    Remove enclaves before nodes become places by `aggregate`, which merges a park with its host.
    What is lost says nothing of a network that was sampled through its enclaves, as the bundled
    case was: a firm is in it because a page on a park names it. Nor does it say what home would
    have had instead.

    Examples
    --------
    >>> import pandas as pd
    >>> import netinnov as ni
    >>> nodes = pd.DataFrame({"place": "host", "jurisdiction": ["host", "home"]}, index=["f", "p"])
    >>> network = ni.build_network(nodes, pd.DataFrame({"source": ["f"], "target": ["p"]}))
    >>> remove_enclaves(network).nodes.index.tolist()
    ['f']
    """
    found = find_enclaves(network, rank=pd.Series(dtype=np.float64) if rank is None else rank)
    if rank is not None:
        found = found[(found["direction"] == "reverse").to_numpy(bool, na_value=False)]
    enclave = network.storage.nodes.index.isin(found["node"])
    if kinds is not None:
        known = network.storage.nodes["kind"].dropna().unique().tolist()
        enclave &= (
            network.storage.nodes["kind"].isin(check_names("kinds", kinds, known)).to_numpy(bool)
        )
    if not enclave.any():
        return network
    if not keep_nodes:
        return network.select(nodes=list(network.storage.nodes.index[~enclave]))
    rows = network.storage.link_rows()
    rest = rows.where(~enclave[rows.source] & ~enclave[rows.target])
    return network_of_rows(
        network.storage.node_table(),
        network.storage.places,
        network.layers,
        rest,
        network.storage.records,
    )

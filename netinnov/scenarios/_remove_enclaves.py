"""Remove observed enclaves, to measure what would be lost without them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from netinnov._arguments import check_names
from netinnov.linkages import find_enclaves
from netinnov.network import MultilayerNetwork, with_rows


def remove_enclaves(
    network: MultilayerNetwork,
    *,
    rank: pd.Series | None = None,
    kinds: Sequence[str] | None = None,
    keep_nodes: bool = False,
) -> MultilayerNetwork:
    """Remove the nodes located outside their jurisdiction, with all their links.

    Parameters
    ----------
    network : MultilayerNetwork
        Nodes with a place and a jurisdiction. Stays as it is.
    rank : Series, optional
        A number for each place, larger for the more central one, as for `find_enclaves`: only
        reverse enclaves are removed, whose host ranks higher than their home. None: all enclaves.
    kinds : sequence of str, optional
        Only remove nodes of these kinds, such as ``["park"]``.
    keep_nodes : bool
        Keep the nodes without links, so that an experiment can be measured on the same nodes.

    Returns
    -------
    MultilayerNetwork
        The other nodes in their order, and all places; empty layers are dropped.

    Raises
    ------
    InputError
        A kind that no node has, or a rank that is not a number.

    See Also
    --------
    netinnov.linkages.find_enclaves : which nodes are enclaves.

    Notes
    -----
    Remove enclaves before nodes become places by `aggregate`, which merges a park with its host.
    The loss is not informative for a network that was sampled through its enclaves, such as the
    bundled case, where a firm is included because a page on a park names it. Nor does it tell what
    home would have had instead.

    Examples
    --------
    >>> import pandas as pd
    >>> import netinnov as ni
    >>> nodes = pd.DataFrame({"place": "host", "jurisdiction": ["host", "home"]}, index=["f", "p"])
    >>> network = ni.build_network(nodes, pd.DataFrame({"source": ["f"], "target": ["p"]}))
    >>> remove_enclaves(network).nodes.index.tolist()
    ['f']
    """
    enclaves = find_enclaves(network, rank=pd.Series(dtype=np.float64) if rank is None else rank)
    if rank is not None:
        enclaves = enclaves[(enclaves["direction"] == "reverse").to_numpy(bool, na_value=False)]
    enclave = network.storage.nodes.index.isin(enclaves["node"])
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
    return with_rows(network, rows.where(~enclave[rows.source] & ~enclave[rows.target]))

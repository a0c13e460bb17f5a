"""Communities in which a random walker stays for long: Infomap."""

from __future__ import annotations

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import check_rng
from netinnov._runtime.optional import require
from netinnov._typing import Count, Rng, Share
from netinnov.community._leiden import membership_table
from netinnov.community._modularity import state_numbers
from netinnov.community._partition import Partition
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork


def infomap(
    network: MultilayerNetwork, *, relax_rate: Share = 0.15, restarts: Count = 10, rng: Rng = None
) -> Partition:
    """Communities of state nodes with the shortest description of a random walk.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network. If a layer is directed, a link of an undirected one is two arcs.
    relax_rate : float
        Probability, from 0 to 1, with which the walker at a node picks its next link among those
        of the node in all layers, in place of the layer where it is.
    restarts : int
        Number of searches; the best result is returned.
    rng : None, int, SeedSequence or Generator
        The same `rng` gives the same partition.

    Returns
    -------
    Partition
        `membership` as in `leiden`, NaN where a node has no link in a layer. `quality`: the
        codelength in bits, the smaller the better; NaN without a link.

    Raises
    ------
    ImportError
        If the package infomap is not installed: ``pip install 'netinnov[infomap]'``.
    InputError
        If a weight is below 1e-300.

    Notes
    -----
    Two levels (communities and states) as Infomap's ``--two-level``; between layers as its
    ``--multilayer-relax-rate``, to all layers. In directed layers, and wherever there are several,
    Infomap's walker teleports with its default probability, which is not encoded: the codelength of
    a single undirected layer is not quite that of two equal ones. Copies of a node in one community
    share a code word. Self-links are left out.

    References
    ----------
    Rosvall and Bergstrom (2008), PNAS 105, 1118-1123.
    De Domenico, Lancichinetti, Arenas and Rosvall (2015), Physical Review X 5, 011027.

    Examples
    --------
    >>> links = pd.DataFrame({"source": list("aabddec"), "target": list("bcceffd")})
    >>> network = ni.build_network(pd.DataFrame(index=list("abcdef")), links)
    >>> infomap(network, rng=1).membership["links"].tolist()
    [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]
    """
    engine = require("infomap", extra="infomap", needed_by="infomap()")
    rng = check_rng(rng)
    numbers = state_numbers(network, "linked")
    labels = np.zeros((numbers >= 0).sum(), np.int32)
    if not labels.size:
        return Partition(membership_table(network, numbers, labels), float("nan"))
    options = engine.Options(
        two_level=True,
        flow_model="directed" if network.directed else "undirected",
        multilayer_relax_rate=float(relax_rate),
        num_trials=int(restarts),
        num_threads=1,
        seed=int(rng.integers(1, 2**31)),
    )
    search = engine.Infomap(options=options)
    rows = []  # layer, source, target and weight, numbered from 1; undirected links once
    for x, layer in enumerate(network.layers, start=1):
        block = network.storage.simple_csr(layer)
        source = block.sources
        target = block.indices
        weight = block.data
        if not network.directed:
            once = source < target
            source = source[once]
            target = target[once]
            weight = weight[once]
        rows.append(np.column_stack([np.full(source.size, x), source + 1, target + 1, weight]))
    links = np.concatenate(rows)
    if links[:, 3].min() < 1e-300:
        raise InputError("infomap needs weights of 1e-300 or more; multiply all by one number.")
    alone = np.unique(links[:, 0])
    if alone.size == 1:
        search.add_links(links[:, 1:])
    else:
        search.add_multilayer_intra_links(links)
    result = search.run()
    table = pd.DataFrame(
        [(node.layer_id, node.node_id, node.module_id) for node in result.nodes(states=True)],
        columns=["layer", "node", "module"],
    )
    layer_of = alone[0] if alone.size == 1 else table["layer"]
    labels[numbers[np.asarray(layer_of, np.int64) - 1, table["node"] - 1]] = table["module"]
    return Partition(membership_table(network, numbers, labels), float(result.codelength))

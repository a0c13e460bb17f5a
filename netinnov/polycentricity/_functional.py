"""Functional polycentricity: are the places evenly linked, and densely?"""

from __future__ import annotations

import math
from typing import Literal

from netinnov._layer_table import refuse_shares
from netinnov._matrices import layer_matrix
from netinnov._typing import Direction
from netinnov.centrality import degree, strength
from netinnov.network import MultilayerNetwork
from netinnov.polycentricity._evenness import green


def functional(
    network: MultilayerNetwork,
    *,
    weighted: bool = False,
    ddof: Literal[0, 1] = 0,
    direction: Direction = "total",
) -> float:
    """Measure functional polycentricity: evenness of the degrees x density, mean over layers.

    Parameters
    ----------
    network : MultilayerNetwork
        Places and the links between them.
    weighted : bool
        Take strengths in place of degrees. The density counts links in either case.
    ddof : {0, 1}
        Of the standard deviations in `green`.
    direction : {"total", "in", "out"}
        Which links of a directed layer make the degree (or strength) of a place.

    Returns
    -------
    float
        0 (one star, or hardly a link) to 1 (all pairs linked, evenly). A layer without links
        between different places is left out of the mean; NaN if no layer has any.

    Raises
    ------
    InputError
        ``weighted=True`` on a layer of shares of each origin's total, unless ``direction="in"``.

    Notes
    -----
    Density is links / (n(n - 1)/2), or / n(n - 1) in a directed layer; n counts all nodes,
    isolates too. Self-links do not count. In dense flow matrices (every city sends somebody to
    every other) degrees saturate and the index nears 1 whatever the flows are: show
    ``weighted=True`` beside it.

    References
    ----------
    Green 2007, "Functional polycentricity: a formal definition in terms of social network
    analysis", Urban Studies 44, 2077.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "a", "b"], "target": ["b", "c", "c"]})
    >>> links["weight"] = [2.0, 1.0, 1.0]
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c"]), links)
    >>> round(functional(network), 6), round(functional(network, weighted=True), 6)
    (1.0, 0.68573)
    """
    if weighted and direction != "in":
        refuse_shares(network.storage.records, f"functional with direction={direction!r}")
    possible = network.n_nodes * (network.n_nodes - 1)  # an undirected link is two entries
    measure = strength if weighted else degree
    counts = measure(network, direction=direction)
    values = []
    for layer in network.layers:
        links = layer_matrix(network, layer).nnz
        if links:
            values.append(green(counts[layer].to_numpy(), ddof=ddof) * links / possible)
    return math.fsum(values) / len(values) if values else math.nan

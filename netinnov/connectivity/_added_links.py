"""Which link would help most: what one added link changes, for each pair of nodes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._network import paths
from netinnov._network.paths import Frictions, PathCosts, pair_positions
from netinnov._runtime.threads import in_threads, workers
from netinnov._typing import Codes, Distance, Floats, Positive
from netinnov.connectivity._laplacian import conductances, parts, pseudoinverse
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

Gain = Literal["efficiency", "kirchhoff"]
Ends: TypeAlias = tuple[Codes, Codes]

MANY = 2**30  # pairs that are not all tried
_PIECES = 8  # parts of the pairs that each thread takes, one after the other


def added_link_gain(
    network: MultilayerNetwork,
    *,
    pairs: Iterable[Sequence[str]] | pd.DataFrame | None = None,
    measure: Gain = "efficiency",
    weight: Positive = 1.0,
    distance: Distance = "unit",
    frictions: Frictions | None = None,
    nodes: Sequence[str] | None = None,
) -> pd.Series:
    """How much better a network is connected with one more link, for each place it could have.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; for "kirchhoff" one without directed layers.
    pairs : iterable of pairs of str or DataFrame, optional
        Ends of the links to try, each alone. Default: all pairs of nodes that are not linked
        (ordered pairs, if a layer is directed).
    measure : {"efficiency", "kirchhoff"}
        The rise of `global_efficiency`, or the fall of `kirchhoff_index`.
    weight : float
        Weight of the new link, above 0. Unit lengths do not read it.
    distance, frictions, nodes
        See `global_efficiency`; "kirchhoff" takes none of them.

    Returns
    -------
    Series
        One number a pair, in the order given, index (source, target); by default in node order.
        At least 0. "kirchhoff": infinite where the link joins the last two parts of a network, NaN
        where parts remain; of efficiency NaN for fewer than two nodes. 0 for a node with itself.

    Raises
    ------
    InputError
        If a pair is not two ids, an option is not read by the measure, a layer is directed
        ("kirchhoff"), or frictions lack what they need.

    Notes
    -----
    The link stands in a layer of its own: of parallel links the shorter counts, and conductances
    add up. It goes one way, from source to target, if a layer is directed. With ``L+`` the
    pseudoinverse of the Laplacian and b = e_i - e_j, the Kirchhoff index falls by
    ``n w b' L+ L+ b / (1 + w R_ij)`` (Sherman and Morrison 1950). Gains of several links do not add
    up. Memory: 8 n^2 bytes, twice that if a layer is directed.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("abcd"), "target": list("bcde")}))
    >>> added_link_gain(network, pairs=[("a", "c"), ("a", "e")]).round(3).to_dict()
    {('a', 'c'): 0.075, ('a', 'e'): 0.108}
    """
    costs = PathCosts(distance, frictions=frictions)
    kirchhoff = measure == "kirchhoff"
    if kirchhoff and (distance != "unit" or frictions or nodes is not None):
        raise InputError(
            "measure='kirchhoff' reads weights as conductances and takes all nodes; leave out "
            "`distance`, `frictions` and `nodes`, or choose measure='efficiency'."
        )
    if kirchhoff:  # refuses before the pairs are made
        weights = conductances(network, "added_link_gain with measure='kirchhoff'")
    ends = _unlinked(network) if pairs is None else pair_positions(network, "pairs", pairs)
    if kirchhoff:
        changes = _falls(weights, *ends, weight)
    else:
        new = np.full(ends[0].size, weight, np.float64)
        length = paths.lengths_of_links(network, *ends, new, costs, True)
        chosen = paths.positions(network, nodes)
        changes = _rises(network, ends, length, costs, chosen)
    index = paths.pair_index(network, *ends)
    return pd.Series(changes, index, name="added_link_gain", dtype=np.float64)


def _unlinked(network: MultilayerNetwork) -> Ends:
    n = network.n_nodes
    if n**2 > MANY:
        raise InputError(f"all pairs of {n:,} nodes are too many to try; give the `pairs` to try.")
    taken = paths.union(network).toarray() > 0
    np.fill_diagonal(taken, True)
    if not network.directed:
        taken[np.tril_indices(n)] = True
    source, target = np.nonzero(~taken)
    return source.astype(np.int32), target.astype(np.int32)


def _rises(
    network: MultilayerNetwork, ends: Ends, length: Floats, costs: PathCosts, chosen: Codes
) -> Floats:
    from netinnov.kernels.added_links import inverse_distance_gains

    source, target = ends
    if chosen.size < 2:
        return np.full(source.size, np.nan)
    n = network.n_nodes
    n_pairs = chosen.size * (chosen.size - 1)
    distance_between = np.empty((n, n))
    for sources, lengths in paths.distances(network, np.arange(n, dtype=np.int32), costs):
        distance_between[sources] = lengths
    both_ways = not network.directed
    back = distance_between if both_ways else np.ascontiguousarray(distance_between.T)
    cuts = np.linspace(0, source.size, min(source.size, _PIECES * workers(None)) + 1).astype(int)
    search = partial(inverse_distance_gains, back, distance_between, chosen)
    work = [
        partial(search, source[i:j], target[i:j], length[i:j], both_ways) for i, j in pairwise(cuts)
    ]
    gains = in_threads(work, size=source.size * chosen.size)
    return np.concatenate([np.empty(0), *gains]) / n_pairs


def _falls(weights: sparse.csr_array, source: Codes, target: Codes, weight: float) -> Floats:
    n = weights.shape[0]
    part = parts(weights)
    n_parts = int(part.max(initial=-1)) + 1
    if n_parts > 1:
        joined = (part[source] != part[target]) & (n_parts == 2)
        return np.where(joined & (source != target), np.inf, np.nan)
    if n < 2:
        return np.zeros(source.size)
    inverse = pseudoinverse(weights)
    square = inverse @ inverse

    def between(matrix: Floats) -> Floats:
        own = matrix.diagonal()
        return np.maximum(own[source] + own[target] - 2 * matrix[source, target], 0.0)

    return n * weight * between(square) / (1 + weight * between(inverse))

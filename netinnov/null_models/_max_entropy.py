"""Draws from the networks of largest entropy with given expected degrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from netinnov._runtime.arguments import as_list, check_rng
from netinnov._typing import Codes, Rng
from netinnov.network import MultilayerNetwork
from netinnov.null_models._expected_degrees import Ensemble, ensembles
from netinnov.null_models._prepared import NullFamily, PreparedLayers, layer_names
from netinnov.null_models._rewiring import State, plan


@dataclass(frozen=True, slots=True)
class MaxEntropy(NullFamily):
    """The null model of `max_entropy`: expected degrees as observed.

    Its equations are solved once for all networks that are drawn.

    Parameters
    ----------
    layers, through
        As in `max_entropy`.

    Examples
    --------
    >>> import netinnov as ni
    >>> cities = ni.datasets.make_city_system(n_cities=8, rng=1)
    >>> MaxEntropy()(cities, np.random.default_rng(1)).n_nodes == cities.n_nodes
    True
    """

    layers: Sequence[str] | None = None
    through: str | Sequence[str] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", layer_names(self.layers))
        if not isinstance(self.through, str | None):
            object.__setattr__(self, "through", tuple(as_list("through", self.through)))

    def _prepared(self, network: MultilayerNetwork, rng: np.random.Generator) -> Ensembles:
        chains = plan(network, ("degree",), self.layers, None, rng)
        solved = {layer: ensembles(network, layer, self.through) for layer in chains.chains}
        return Ensembles(chains, solved)


def max_entropy(
    network: MultilayerNetwork,
    *,
    layers: Sequence[str] | None = None,
    through: str | Sequence[str] | None = None,
    rng: Rng = None,
) -> MultilayerNetwork:
    """Draw a network whose expected degrees are those observed.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    layers : sequence of str, optional
        Layers to draw; the others stay as they are. Default: all.
    through : str or sequence of str, optional
        The kinds of one side of two-mode layers that join more than two kinds, see `curveball`.
    rng : None, int, SeedSequence or Generator
        Source of randomness.

    Returns
    -------
    MultilayerNetwork
        The same nodes and places. Links drawn have weight 1, no period and no attributes; a layer
        in which none is drawn is dropped. Records of layers stay.

    Raises
    ------
    InputError
        A layer does not exist, its equations have no solution, a link joins two nodes of one side
        of ``through``, or the product of the numbers of classes of both sides (nodes of one degree)
        is above 25 million.

    See Also
    --------
    rewire : Keeps the degrees exactly.

    Notes
    -----
    Each pair is linked with its own probability, independently of the others: x_i x_j / (1 + x_i
    x_j) in undirected layers, x_i y_j / (1 + x_i y_j) from i to j in directed ones. In a layer
    where every link joins the same two kinds only pairs of different kinds have such a probability,
    the others 0; directed, each way by itself. The x and y make every expected degree equal to that
    observed, to a relative 1e-10 (Newton's method on the logarithms, one unknown for each different
    degree). Self-links stay where they are, and count in no degree.

    References
    ----------
    Squartini and Garlaschelli (2011), Analytical maximum-likelihood method to detect patterns in
    real networks, New Journal of Physics 13. Saracco, Di Clemente, Gabrielli and Squartini (2015),
    Randomizing bipartite networks: the case of the World Trade Web, Scientific Reports 5.
    Vallarano et al. (2021), Fast and scalable likelihood maximization for exponential random graph
    models with local constraints, Scientific Reports 11.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b", "c", "d"], "target": ["b", "c", "d", "e"]})
    >>> network = ni.build_network(pd.DataFrame(index=list("abcde")), links)
    >>> drawn = max_entropy(network, rng=1)
    >>> drawn.n_nodes
    5
    """
    return MaxEntropy(layers, through)(network, check_rng(rng))


@dataclass(frozen=True, slots=True)
class Ensembles(PreparedLayers):
    solved: Mapping[str, Sequence[Ensemble]]

    def draw(self, rng: np.random.Generator) -> MultilayerNetwork:
        states = []
        for parts in self.solved.values():
            first, *other = (_drawn(each, rng) for each in parts)
            states.append(first.followed_by(other[0]) if other else first)
        return self.plan.assemble(states)


def _drawn(ensemble: Ensemble, rng: np.random.Generator) -> State:
    row_sizes, column_sizes = np.diff(ensemble.row_begin), np.diff(ensemble.column_begin)
    sizes = np.outer(row_sizes, column_sizes)
    if ensemble.one_mode:
        sizes[np.diag_indices(row_sizes.size)] -= row_sizes
    if ensemble.symmetric:
        sizes[np.diag_indices(row_sizes.size)] //= 2
        sizes = np.triu(sizes)
    counts = rng.binomial(sizes, np.clip(ensemble.probability, 0.0, 1.0)).ravel()
    linked = np.flatnonzero(counts)
    drawn = [rng.choice(sizes.flat[x], counts[x], replace=False, shuffle=False) for x in linked]
    at = np.concatenate([np.empty(0, np.int64), *drawn])
    row_class, column_class = np.divmod(np.repeat(linked, counts[linked]), column_sizes.size)
    i, j = np.divmod(at, column_sizes[column_class])
    if ensemble.one_mode:
        same = row_class == column_class
        if ensemble.symmetric:
            # Pair number at of a triangle: row i > column j.
            i[same] = ((1 + np.sqrt(1 + 8 * at[same])) / 2).astype(np.int64)
            i[same] -= i[same] * (i[same] - 1) // 2 > at[same]
            i[same] += i[same] * (i[same] + 1) // 2 <= at[same]
            j[same] = at[same] - i[same] * (i[same] - 1) // 2
        else:
            i[same], j[same] = np.divmod(at[same], column_sizes[column_class[same]] - 1)
            j[same] += j[same] >= i[same]
    source: Codes = ensemble.rows[ensemble.row_begin[row_class] + i].astype(np.int32)
    target: Codes = ensemble.columns[ensemble.column_begin[column_class] + j].astype(np.int32)
    return State(source, target, np.ones(source.size))

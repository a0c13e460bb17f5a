"""Networks of largest entropy with given expected degrees: their equations, and draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any, NamedTuple

import numpy as np
from scipy.special import expit

from netinnov._runtime.arguments import check_rng
from netinnov._typing import Codes, Floats, Integers, Rng
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.null_models._newton import maximum
from netinnov.null_models._prepared import NullFamily, PreparedLayers
from netinnov.null_models._rewiring import State, chains_of
from netinnov.null_models._two_mode import joins_two_kinds, two_sides

_MOST_PAIRS = 25_000_000  # pairs of classes whose matrices (200 MB each) still fit
_ENOUGH = 1e-8  # relative error that is accepted where steps gain nothing more


@dataclass(frozen=True, slots=True)
class MaxEntropy(NullFamily):
    """The null model of `max_entropy`: its equations are solved once for all networks drawn.

    Parameters
    ----------
    layers : sequence of str, optional
        As in `max_entropy`.

    Examples
    --------
    >>> cities = ni.datasets.make_city_system(n_cities=8, rng=1)
    >>> MaxEntropy()(cities, np.random.default_rng(1)).n_nodes == cities.n_nodes
    True
    """

    layers: Sequence[str] | None = None

    def _prepared(self, network: MultilayerNetwork, rng: np.random.Generator) -> Ensembles:
        chains = chains_of(network, self.layers, rng)
        return Ensembles(network, chains, {layer: ensembles_of(network, layer) for layer in chains})


def max_entropy(
    network: MultilayerNetwork, *, layers: Sequence[str] | None = None, rng: Rng = None
) -> MultilayerNetwork:
    """Draw a network whose expected degrees are those observed; `rewire` keeps them exactly.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    layers : sequence of str, optional
        Layers to draw; the others stay as they are. Default: all.
    rng : None, int, SeedSequence or Generator
        Source of randomness.

    Returns
    -------
    MultilayerNetwork
        As of `rewire`; links drawn have weight 1, and a layer in which none is drawn is dropped.

    Raises
    ------
    InputError
        A layer does not exist, its equations have no solution, or it has more than 25 million pairs
        of classes of nodes of equal degrees.

    Notes
    -----
    Each pair is linked independently, with probability x_i x_j / (1 + x_i x_j) in undirected
    layers, x_i y_j / (1 + x_i y_j) from i to j in directed ones. In a layer where every link joins
    the same two kinds only pairs of different kinds can be linked; directed, each way by itself.
    Every expected degree is that observed, to a relative 1e-10. Self-links stay and do not count.

    References
    ----------
    Squartini and Garlaschelli (2011), New Journal of Physics 13. Saracco et al. (2015), Scientific
    Reports 5. Vallarano et al. (2021), Scientific Reports 11.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("abcd"), "target": list("bcde")}))
    >>> max_entropy(network, rng=1).n_nodes
    5
    """
    return MaxEntropy(layers)(network, check_rng(rng))


@dataclass(frozen=True, slots=True)
class Ensembles(PreparedLayers):
    ensembles: Mapping[str, Sequence[Ensemble]]

    def draw(self, rng: np.random.Generator) -> MultilayerNetwork:
        drawn = ([_draw(each, rng) for each in parts] for parts in self.ensembles.values())
        return self.network_of([reduce(State.followed_by, states) for states in drawn])


def _draw(ensemble: Ensemble, rng: np.random.Generator) -> State:
    rows = ensemble.rows
    columns = ensemble.columns
    column_sizes = columns.sizes
    sizes = np.outer(rows.sizes, columns.sizes)
    if ensemble.one_mode:
        sizes[np.diag_indices(len(sizes))] -= rows.sizes
    if ensemble.symmetric:
        sizes[np.diag_indices(len(sizes))] //= 2
        sizes = np.triu(sizes)
    counts = rng.binomial(sizes, np.clip(ensemble.probability, 0.0, 1.0)).ravel()
    linked = np.flatnonzero(counts)
    parts = [rng.choice(sizes.flat[x], counts[x], replace=False, shuffle=False) for x in linked]
    at = np.concatenate([np.empty(0, np.int64), *parts])
    row_class, column_class = np.divmod(np.repeat(linked, counts[linked]), column_sizes.size)
    i, j = np.divmod(at, column_sizes[column_class])
    if ensemble.one_mode:
        same = row_class == column_class
        if ensemble.symmetric:
            # Pair number `at` of a triangle: row i > column j.
            row = np.arange(rows.sizes.max(initial=0) + 1)
            first = row * (row - 1) // 2
            i[same] = np.searchsorted(first, at[same], side="right") - 1
            j[same] = at[same] - first[i[same]]
        else:
            i[same], j[same] = np.divmod(at[same], column_sizes[column_class[same]] - 1)
            j[same] += j[same] >= i[same]
    source: Codes = rows.nodes[rows.begin[row_class] + i].astype(np.int32)
    target: Codes = columns.nodes[columns.begin[column_class] + j].astype(np.int32)
    return State(source, target, np.ones(source.size))


class _Classes(NamedTuple):
    nodes: Integers  # sorted by class
    begin: Integers
    degrees: Floats

    @property
    def sizes(self) -> Integers:
        return np.diff(self.begin)


class Ensemble(NamedTuple):
    """Probability of a link between classes of nodes; rows are sources."""

    rows: _Classes
    columns: _Classes
    probability: Floats
    one_mode: bool  # both sides are the same nodes; no self-links
    symmetric: bool


def ensembles_of(network: MultilayerNetwork, layer: str) -> list[Ensemble]:
    """One ensemble of a layer, or one for each way of a directed two-mode layer."""
    block = network.storage.block(layer)
    source = block.sources
    target = block.indices
    directed = layer in network.directed
    solve = partial(_ensemble, layer=layer, n=network.n_nodes)
    if not joins_two_kinds(network, layer):
        stay = source != target
        return [solve(source[stay], target[stay], one_mode=True, symmetric=not directed)]
    sides = two_sides(network, layer, both_ways=True)
    if not directed:
        return [solve(*sides.ends(source, target))]
    forward = sides.in_rows[source]
    return [solve(source[way], target[way]) for way in (forward, ~forward) if way.any()]


def _ensemble(
    rows: Codes,
    columns: Codes,
    *,
    layer: str,
    n: int,
    one_mode: bool = False,
    symmetric: bool = False,
) -> Ensemble:
    out, into = (np.bincount(ends, minlength=n).astype(float) for ends in (rows, columns))
    if one_mode:
        if symmetric:
            out = into = out + into
        # One class for each pair of out- and in-degree: nobody is linked with itself, so that the
        # equations of two nodes with one out-degree differ by their in-degrees.
        both = _classes(np.flatnonzero(out + into), out, into)
        one = both
        two = both._replace(degrees=both.degrees[:, 1:])
    else:
        one = _classes(np.unique(rows), out)
        two = _classes(np.unique(columns), into)
    if one.sizes.size * two.sizes.size > _MOST_PAIRS:
        raise InputError(
            f"the sides of layer {layer!r} have {one.sizes.size:,} and {two.sizes.size:,} classes "
            f"of nodes of different degrees; the product may be {_MOST_PAIRS:,} at most; aggregate "
            "the network, or use rewire()."
        )
    sizes = np.outer(one.sizes, two.sizes).astype(float)
    if one_mode:
        sizes[np.diag_indices(one.sizes.size)] -= one.sizes
    probability = _link_probabilities(one, two, sizes, symmetric=symmetric, layer=layer)
    return Ensemble(one, two, probability, one_mode, symmetric)


def _classes(nodes: Any, *degrees: Floats) -> _Classes:
    of_class, at, sizes = np.unique(
        np.column_stack(degrees)[nodes], axis=0, return_inverse=True, return_counts=True
    )
    order = np.argsort(at.ravel(), kind="stable")
    begin = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return _Classes(np.asarray(nodes)[order].astype(np.int64), begin, of_class)


def _link_probabilities(
    rows: _Classes, columns: _Classes, sizes: Floats, *, symmetric: bool, layer: str
) -> Floats:
    """Probabilities x y / (1 + x y) of `sizes` pairs that give classes their degrees.

    Newton's method on the logarithms of x and y maximises a concave likelihood with gradient
    observed less expected sums.
    """
    n = len(rows.degrees)
    degrees = np.concatenate([rows.degrees[:, 0], columns.degrees[:, 0]])
    if not degrees[:n].any():
        return np.zeros(sizes.shape)
    goal: Floats = np.concatenate([rows.sizes, columns.sizes]) * degrees
    with np.errstate(divide="ignore"):
        logarithm = np.log(degrees) - np.log(goal.sum() / 2) / 2
    half = n if symmetric else goal.size  # rows may be columns, too
    active = np.flatnonzero((goal > 0)[:half])

    def probabilities(parameters: Floats) -> Floats:
        logarithm[active] = parameters
        of_columns = logarithm[:n] if symmetric else logarithm[n:]
        return expit(logarithm[:n, None] + of_columns)

    def lack(parameters: Floats) -> Floats:
        return (goal - _line_sums(sizes * probabilities(parameters)))[active]

    def information(parameters: Floats) -> Floats:
        probability = probabilities(parameters)
        variance = sizes * probability * (1 - probability)
        matrix = np.diag(_line_sums(variance)[:half])
        if symmetric:
            matrix += variance
        else:
            matrix[:n, n:] = variance
            matrix[n:, :n] = variance.T
        return matrix[np.ix_(active, active)]

    solution, error = maximum(logarithm[active], lack, information, goal[active])
    if error > _ENOUGH:
        raise InputError(
            f"the equations of the expected degrees of layer {layer!r} are met to {error:.1g}, and "
            f"should be to {_ENOUGH:g}; rewire() keeps degrees exactly."
        )
    return probabilities(solution)


def _line_sums(pairs: Floats) -> Floats:
    return np.append(pairs.sum(axis=1), pairs.sum(axis=0))

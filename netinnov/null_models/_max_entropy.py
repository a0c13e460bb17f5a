"""Draws from the networks of largest entropy with given expected degrees and strengths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from netinnov._runtime.arguments import as_list, check_choice, check_rng, shown
from netinnov._typing import Codes, Integers, Rng
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.null_models._expected_degrees import Ensemble, Weights, ensembles
from netinnov.null_models._prepared import NullFamily, PreparedLayers, layer_names
from netinnov.null_models._rewiring_chains import State
from netinnov.null_models._rewiring_options import plan

Expected = Literal["degree", "strength"]


@dataclass(frozen=True, slots=True)
class MaxEntropy(NullFamily):
    """The null model of `max_entropy`: expected degrees, and optionally strengths, as observed.

    Its equations are solved once for all networks that are drawn.

    Parameters
    ----------
    preserve, weights, layers, through
        As in `max_entropy`.

    Raises
    ------
    InputError
        An option is out of range, or has no effect together with the others.

    Examples
    --------
    >>> import netinnov as ni
    >>> cities = ni.datasets.make_city_system(n_cities=8, rng=1)
    >>> MaxEntropy()(cities, np.random.default_rng(1)).n_nodes == cities.n_nodes
    True
    """

    preserve: Sequence[Expected] = ("degree",)
    weights: Weights | None = None
    layers: Sequence[str] | None = None
    through: str | Sequence[str] | None = None

    def __post_init__(self) -> None:
        text: bool = isinstance(self.preserve, str)
        listed = [] if text else as_list("preserve", self.preserve)
        if text or any(name not in get_args(Expected) for name in listed):
            msg = "`preserve` must be a sequence of 'degree' and 'strength'"
            raise InputError(f"{msg}; found {shown(self.preserve)}.")
        if self.weights is not None:
            check_choice("weights", self.weights, Weights)
            if "strength" not in listed:
                msg = "`weights` is read only if `preserve` holds 'strength'"
                raise InputError(f"{msg}; add it, or leave it out.")
        object.__setattr__(self, "preserve", tuple(listed))
        object.__setattr__(self, "layers", layer_names(self.layers))
        if not isinstance(self.through, str | None):
            object.__setattr__(self, "through", tuple(as_list("through", self.through)))

    def _prepared(self, network: MultilayerNetwork, rng: np.random.Generator) -> Ensembles:
        chains = plan(network, ("degree",), self.layers, None, rng)
        solved = {}
        for layer, chain in chains.chains.items():
            whole = bool((chain.start.weight % 1 == 0).all())
            law = self.weights or ("geometric" if whole else "exponential")
            kept = law if "strength" in self.preserve else None
            solved[layer] = ensembles(network, layer, self.through, kept)
        return Ensembles(chains, solved)


def max_entropy(
    network: MultilayerNetwork,
    *,
    preserve: Sequence[Expected] = ("degree",),
    weights: Weights | None = None,
    layers: Sequence[str] | None = None,
    through: str | Sequence[str] | None = None,
    rng: Rng = None,
) -> MultilayerNetwork:
    """Draw a network whose expected degrees, and optionally strengths, are those observed.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    preserve : sequence of {"degree", "strength"}
        What is expected to be as observed; degrees always.
    weights : {"geometric", "exponential"}, optional
        The distribution of the weights, used with "strength" only: whole numbers from 1, or numbers
        above 0. Default: geometric for a layer whose weights are whole numbers, else exponential.
    layers : sequence of str, optional
        Layers to draw; the others stay as they are. Default: all.
    through : str or sequence of str, optional
        The kinds of one side of two-mode layers that join more than two kinds, see `curveball`.
    rng : None, int, SeedSequence or Generator
        Source of randomness.

    Returns
    -------
    MultilayerNetwork
        The same nodes and places. Links drawn have weight 1 unless strengths are kept, no period
        and no attributes; a layer in which none is drawn is dropped. Records of layers stay.

    Raises
    ------
    InputError
        A layer does not exist, its equations have no solution, a link joins two nodes of one side
        of ``through``, ``weights="geometric"`` and a weight is not a whole number, or the product
        of the numbers of classes of both sides (nodes alike in what is kept) is above 25 million.

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
    degree). Self-links stay where they are, and count in no degree or strength.

    With strengths, geometric: the entropy of links and whole-number weights together is largest
    (the enhanced configuration model): a pair is linked with probability z / (1 - y + z), z = z_i
    z_j and y = y_i y_j, and the weight of a link is w with probability (1 - y) y^(w - 1).
    Exponential: links have the probabilities of degrees alone, and a link the mean weight 1 / (u_i
    + u_j) that makes every expected strength the observed one (conditional reconstruction). In
    directed layers z_i z_j is z_i z'_j, and so on. Both laws are broad: the spread of a weight is
    about its mean.
    Expected strengths are those observed to a relative 1e-6 or better. Where the degrees
    determine which pairs are linked, strengths can be infeasible: the layer is then refused.

    References
    ----------
    Squartini and Garlaschelli (2011), Analytical maximum-likelihood method to detect patterns in
    real networks, New Journal of Physics 13. Saracco, Di Clemente, Gabrielli and Squartini (2015),
    Randomizing bipartite networks: the case of the World Trade Web, Scientific Reports 5.
    Vallarano et al. (2021), Fast and scalable likelihood maximization for exponential random graph
    models with local constraints, Scientific Reports 11. Mastrandrea, Squartini, Fagiolo and
    Garlaschelli (2014), Enhanced reconstruction of weighted networks from strengths and degrees,
    New Journal of Physics 16. Parisi, Squartini and Garlaschelli (2020), A faster horse on a safer
    trail: generalized inference for the efficient reconstruction of weighted networks, New Journal
    of Physics 22.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b", "c", "d"], "target": ["b", "c", "d", "e"]})
    >>> network = ni.build_network(pd.DataFrame(index=list("abcde")), links)
    >>> drawn = max_entropy(network, rng=1)
    >>> drawn.n_nodes
    5
    """
    return MaxEntropy(preserve, weights, layers, through)(network, check_rng(rng))


@dataclass(frozen=True, slots=True)
class Ensembles(PreparedLayers):
    solved: Mapping[str, Sequence[Ensemble]]

    @property
    def draws_weights(self) -> bool:
        return any(each.weights is not None for parts in self.solved.values() for each in parts)

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
    cell, at = _distinct(counts, sizes.ravel(), rng)
    row_class, column_class = np.divmod(cell, column_sizes.size)
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
    if ensemble.mean is None:
        return State(source, target, np.ones(source.size))
    mean = ensemble.mean[row_class, column_class]
    if ensemble.weights == "geometric":
        return State(source, target, rng.geometric(1 / mean).astype(np.float64))
    # A weight must be above 0; the smallest number there is stands for what is drawn as 0.
    weight = np.maximum(rng.exponential(mean), np.finfo(np.float64).tiny)
    return State(source, target, weight)


def _distinct(
    counts: Integers, sizes: Integers, rng: np.random.Generator
) -> tuple[Integers, Integers]:
    """So many distinct numbers below each size, uniformly: cells and numbers."""
    begin = np.concatenate([[0], np.cumsum(sizes)])
    # Of a cell more than half full, draw what stays out.
    full = 2 * counts > sizes
    wanted = np.where(full, sizes - counts, counts)
    distinct = np.empty(0, np.int64)
    lacking = wanted
    while lacking.any():
        cell = np.repeat(np.arange(counts.size), lacking)
        new = begin[cell] + rng.integers(0, sizes[cell])
        distinct = np.unique(np.concatenate([distinct, new]))
        cells = np.searchsorted(begin, distinct, side="right") - 1
        lacking = wanted - np.bincount(cells, minlength=counts.size)
    if full.any():
        whole = np.concatenate([np.arange(begin[x], begin[x + 1]) for x in np.flatnonzero(full)])
        inside = full[np.searchsorted(begin, distinct, side="right") - 1]
        rest = np.setdiff1d(whole, distinct[inside], assume_unique=True)
        distinct = np.sort(np.concatenate([distinct[~inside], rest]))
    cells = np.searchsorted(begin, distinct, side="right") - 1
    return cells, distinct - begin[cells]

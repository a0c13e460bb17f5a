"""Maximum-entropy ensembles: the probability of each link and the distribution of its weight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, NamedTuple

import numpy as np
from scipy.special import expit

from netinnov._typing import Codes, Floats, Integers
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.null_models._curveball import joins_two_kinds, two_sides
from netinnov.null_models._newton import Moments, climbed

Weights = Literal["geometric", "exponential"]

_TOLERANCE, _TOLERANCE_OF_STRENGTHS = 1e-10, 1e-8

_MOST_PAIRS = 25_000_000  # pairs of classes whose matrices (200 MB each) still fit


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Probability and mean weight of a link between classes of nodes; rows are sources."""

    rows: Integers  # nodes sorted by class
    row_begin: Integers
    columns: Integers
    column_begin: Integers
    probability: Floats
    one_mode: bool  # both sides are the same nodes; no self-links
    symmetric: bool
    weights: Weights | None = None  # distribution of the weight of a link; None: all are 1
    mean: Floats | None = None  # mean weight of a link that is there


def ensembles(
    network: MultilayerNetwork,
    layer: str,
    through: str | Sequence[str] | None = None,
    weights: Weights | None = None,
) -> list[Ensemble]:
    """One ensemble of a layer, or one for each way of a directed two-mode layer."""
    block = network.storage.block(layer)
    source = block.sources
    target, weight = block.indices, block.data
    directed = layer in network.directed
    odd = weight[(source != target) & (weight != np.rint(weight))]
    if weights == "geometric" and odd.size:
        raise InputError(
            f"geometric weights are whole numbers from 1; {odd.size} links of layer {layer!r} have "
            f"others, e.g. {odd[:5].tolist()}; round them, or draw weights='exponential'."
        )
    solve = partial(_ensemble, layer=layer, n=network.n_nodes, weights=weights)
    if through is None and not joins_two_kinds(network, layer):
        stay = source != target
        ends = (source[stay], target[stay], weight[stay])
        return [solve(*ends, one_mode=True, symmetric=not directed)]
    forward = two_sides(network, layer, through, both_ways=True).rows_at_source
    if not directed:
        rows, columns = np.where(forward, source, target), np.where(forward, target, source)
        return [solve(rows, columns, weight)]
    ways = [way for way in (forward, ~forward) if way.any()]
    return [solve(source[way], target[way], weight[way]) for way in ways]


def _ensemble(
    rows: Codes,
    columns: Codes,
    weight: Floats,
    *,
    layer: str,
    n: int,
    weights: Weights | None,
    one_mode: bool = False,
    symmetric: bool = False,
) -> Ensemble:
    out, into = _sums(rows, weight, n, weights), _sums(columns, weight, n, weights)
    if one_mode:
        if symmetric:
            out = into = out + into
        # One class for each pair of out- and in-degree: nobody is linked with itself, so that the
        # equations of two nodes with one out-degree differ by their in-degrees.
        linked = np.flatnonzero(out[:, 0] + into[:, 0])
        both = _classes(linked, [out, into])
        width = out.shape[1]
        one = both._replace(sums=both.sums[:, :width])
        two = both._replace(sums=both.sums[:, width:])
    else:
        one, two = _classes(np.unique(rows), [out]), _classes(np.unique(columns), [into])
    if one.sizes.size * two.sizes.size > _MOST_PAIRS:
        raise InputError(
            f"the sides of layer {layer!r} have {one.sizes.size:,} and {two.sizes.size:,} classes "
            f"of nodes that differ in what is kept; the product may be {_MOST_PAIRS:,} at most; "
            "aggregate the network, keep degrees alone if strengths are kept, or use rewire()."
        )
    sizes = np.outer(one.sizes, two.sizes).astype(float)
    if one_mode:
        sizes[np.diag_indices(one.sizes.size)] -= one.sizes
    equations = _Equations(one, two, sizes, symmetric, layer)
    probability, mean = equations.solved(weights)
    return Ensemble(
        one.nodes, one.begin, two.nodes, two.begin, probability, one_mode, symmetric, weights, mean
    )


class _Classes(NamedTuple):
    nodes: Integers
    begin: Integers
    sums: Floats

    @property
    def sizes(self) -> Integers:
        return np.diff(self.begin)


def _sums(ends: Any, weight: Floats, n: int, weights: Weights | None) -> Floats:
    degree = np.bincount(ends, minlength=n).astype(float)
    if weights is None:
        return degree[:, None]
    return np.column_stack([degree, np.bincount(ends, weight, minlength=n)])


def _classes(nodes: Any, sums: list[Floats]) -> _Classes:
    sums_of_class, at, sizes = np.unique(
        np.hstack(sums)[nodes], axis=0, return_inverse=True, return_counts=True
    )
    order = np.argsort(at.ravel(), kind="stable")
    begin = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return _Classes(np.asarray(nodes)[order].astype(np.int64), begin, sums_of_class)


@dataclass(frozen=True, slots=True)
class _Equations:
    one: _Classes
    two: _Classes
    sizes: Floats
    symmetric: bool
    layer: str

    def solved(self, weights: Weights | None) -> tuple[Floats, Floats | None]:
        shape = self.sizes.shape
        if not self.one.sums[:, 0].any():
            return np.zeros(shape), None if weights is None else np.ones(shape)
        parameters = self._links()
        if weights is None:
            return self._probability(parameters), None
        if weights == "exponential":
            probability = self._probability(parameters)
            return probability, self._exponential(probability)
        return self._geometric(parameters)

    def _goal(self, column: int) -> Floats:
        sides = [side.sizes * side.sums[:, column] for side in (self.one, self.two)]
        return np.concatenate(sides)

    def _each(self, column: int) -> Floats:
        return np.concatenate([self.one.sums[:, column], self.two.sums[:, column]])

    def _outer(self, parameter: Floats) -> Floats:
        n = self.sizes.shape[0]
        sums: Floats = parameter[:n, None] + parameter[None, n:]
        return sums

    def _probability(self, logarithm: Floats) -> Floats:
        probability: Floats = expit(self._outer(logarithm))
        return probability

    def _links(self) -> Floats:
        """Logarithms of x and y that give the observed degrees."""
        goal = self._goal(0)
        with np.errstate(divide="ignore"):
            start = np.log(self._each(0)) - np.log(goal.sum() / 2) / 2

        def moments(parameters: Floats) -> Moments:
            p = self._probability(parameters[0])
            return Moments([self.sizes * p], [[self.sizes * p * (1 - p)]])

        logarithms: Floats = self._climbed(start[None], goal[None], moments, None)[0]
        return logarithms

    @np.errstate(over="ignore")  # weights too far apart are refused in the end
    def _exponential(self, probability: Floats) -> Floats:
        """Mean weights 1 / (u_i + v_j) of links, given their probability."""
        goal, links = self._goal(1), self.sizes * probability
        unit = goal.sum() / self._goal(0).sum()
        # An unlinked node has no weights: any rate will do.
        start = -np.where(goal > 0, self._each(0) / np.where(goal > 0, self._each(1), 1.0), 1.0)
        linked = links > 0

        def moments(parameters: Floats) -> Moments:
            # The parameters are -rate, so that expected strengths rise with them.
            mean = np.where(linked, -1 / np.where(linked, self._outer(parameters[0]), -1.0), 0.0)
            return Moments([links * mean], [[links * mean**2]])

        def bound(parameters: Floats) -> Floats:
            return np.where(linked, self._outer(parameters[0]), -np.inf)

        (rates,) = self._climbed(start[None] * unit / 2, goal[None] / unit, moments, bound)
        rate = np.where(linked, -self._outer(rates), unit)
        mean: Floats = unit / rate
        return mean

    def _geometric(self, links: Floats) -> tuple[Floats, Floats]:
        """Probabilities z / (1 - y + z), mean weights 1 / (1 - y); y = 0 if all weights are 1."""
        degree, excess = self._goal(0), self._goal(1) - self._goal(0)
        allowed = self.sizes > 0
        ratio = excess.sum() / (excess.sum() + degree.sum())
        with np.errstate(divide="ignore"):
            more = np.where(excess > 0, np.log(ratio) / 2, -np.inf)
        start = np.stack([links + np.log1p(-ratio) / 2, more])

        def logarithm(parameters: Floats) -> Floats:
            return np.where(allowed, np.minimum(self._outer(parameters[1]), -1e-15), -np.inf)

        def laws(parameters: Floats) -> tuple[Floats, Floats]:
            y = logarithm(parameters)
            rest = -np.expm1(y)
            return expit(self._outer(parameters[0]) - np.log(rest)), np.exp(y) / rest

        def moments(parameters: Floats) -> Moments:
            p, above = laws(parameters)
            both = self.sizes * p * (1 - p)
            spread = self.sizes * p * above * (1 + above * (2 - p))
            variance = [[both, both * above], [both * above, spread]]
            return Moments([self.sizes * p, self.sizes * p * above], variance)

        goal = np.stack([degree, excess])
        logarithms = self._climbed(start, goal, moments, logarithm)
        p, above = laws(logarithms)
        return p, 1 + above

    def _climbed(
        self,
        start: Floats,
        goal: Floats,
        moments: Callable[[Floats], Moments],
        bound: Callable[[Floats], Floats] | None,
    ) -> Floats:
        name = "degrees" if bound is None else "strengths"
        return climbed(
            start,
            goal,
            moments,
            bound,
            symmetric=self.symmetric,
            # Large weights leave fewer digits to their parameters.
            tolerance=_TOLERANCE if bound is None else _TOLERANCE_OF_STRENGTHS,
            subject=f"the equations of the expected {name} of layer {self.layer!r}",
        )

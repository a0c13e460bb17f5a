"""The adjacency of state nodes as an operator, and its leading eigenvalue.

A vector over states is an array slots x nodes. A slot is a layer; or, in the doubled operator that
`hits` uses, the hub side of a layer or its authority side. The coupling is never stored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import linalg

from netinnov._network.matrices import unit_of
from netinnov._typing import Codes, Floats, Integers, Mask, Presence
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.supra import supra_adjacency

PRECISION = 1e-13  # of a residual, relative to the right-hand side
SERIES = 1_000  # terms before another solver takes over; about 60 are enough for a radius of 1/2
STEPS = 2_000  # of conjugate gradients; a quarter of it without symmetry
TIE = 1e-10  # relative difference of two eigenvalues that count as equal
SETTLED = 3e-14  # relative difference between the bounds of an eigenvalue that is found
ROUNDS = 60
SMALL = 200  # states of a component that is solved as a dense matrix
BASIS = 40  # vectors of a search space


@dataclass(frozen=True)
class Coupled:
    links: sparse.csr_array  # the weights of links; row: the state that is led to
    present: Mask  # where a state exists, slots x nodes
    coupling: float
    sides: int  # 1, or 2: a hub is then coupled to the authorities of other layers
    symmetric: bool

    def __call__(self, vector: Floats, *, links: sparse.csr_array | None = None) -> Floats:
        received = ((self.links if links is None else links) @ vector.ravel()).reshape(vector.shape)
        if self.coupling == 0:
            return np.asarray(received)
        # The sums are over the present: an absent state holds 0.
        facing = vector.reshape(self.sides, -1, vector.shape[1])[::-1]
        inflow = self.coupling * (facing.sum(axis=1, keepdims=True) - facing)
        return np.asarray(received + inflow.reshape(vector.shape) * self.present)

    def in_units(self) -> tuple[Coupled, float]:
        """Divided by the power of two above the largest weight, and that power."""
        unit = unit_of(np.append(self.links.data, self.coupling))
        links = with_weights(self.links, self.links.data / unit)
        return replace(self, links=links, coupling=self.coupling / unit), unit

    def components(self) -> tuple[int, Codes]:
        slots, n = self.present.shape
        size = slots * n
        stars, states = self._stars()
        joins = sparse.csr_array((np.ones(states.size, np.int8), (states, stars)), (size, 2 * n))
        links = with_weights(self.links, np.ones(self.links.nnz, np.int8))
        # Without direction every weight is there both ways, and strong is weak, and faster.
        graph: Any = sparse.block_array([[links, joins], [joins.T, None]], format="csr")
        label = sparse.csgraph.connected_components(graph, connection="strong")[1]
        # The stars, points that stand for the coupling, are left out of the numbering.
        used, compact = np.unique(label[:size], return_inverse=True)
        return used.size, compact.astype(np.int32)

    def _stars(self) -> tuple[Codes, Codes]:
        """Virtual points in place of the coupling, and the states that each of them joins."""
        slots, n = self.present.shape
        if self.coupling == 0:
            return np.empty(0, np.int32), np.empty(0, np.int32)
        layers = self.present[: slots // self.sides]
        copies = layers.sum(axis=0)
        star = np.broadcast_to(np.arange(n, dtype=np.int32), (slots, n)).copy()
        joined = self.present & (copies >= 2)
        if self.sides == 2:
            # Of two copies each hub is joined to one authority only: two stars for that node.
            first = np.cumsum(layers, axis=0) == 1
            hub_of_first = np.concatenate([first, ~first])
            star += np.where((copies == 2) & ~hub_of_first, np.int32(n), np.int32(0))
        return star[joined], np.flatnonzero(joined.ravel()).astype(np.int32)

    def dense(self, states: npt.NDArray[np.intp]) -> Floats:
        slots, n = self.present.shape
        slot, node = np.divmod(states, n)
        matrix = self.links[states][:, states].toarray()
        if self.coupling > 0:
            layers = slots // self.sides
            side, layer = np.divmod(slot, layers)
            copies = (node[:, None] == node) & (layer[:, None] != layer)
            if self.sides == 2:
                copies &= side[:, None] != side
            matrix[copies] = self.coupling
        return matrix


def coupled(network: MultilayerNetwork, coupling: float, presence: Presence) -> Coupled:
    """The transposed supra-adjacency: what leads into each state."""
    links = sparse.csr_array(supra_adjacency(network, coupling=0.0).T)
    return Coupled(links, network.storage.presence(presence), coupling, 1, not network.directed)


def doubled(network: MultilayerNetwork, coupling: float, presence: Presence) -> Coupled:
    """Hubs from authorities, authorities from hubs; hub slots come first."""
    out = supra_adjacency(network, coupling=0.0)
    sides: list[list[sparse.csr_array | None]] = [[None, out], [sparse.csr_array(out.T), None]]
    present = np.tile(network.storage.presence(presence), (2, 1))
    return Coupled(sparse.block_array(sides, format="csr"), present, coupling, 2, True)


def with_weights(matrix: sparse.csr_array, weights: Floats) -> sparse.csr_array:
    """Other weights on the same pattern; zeros stay stored."""
    return sparse.csr_array((weights, matrix.indices, matrix.indptr), shape=matrix.shape)


def solve(
    step: Callable[[Floats], Floats], base: Floats, *, symmetric: bool, subject: str
) -> Floats:
    """Solve x = base + step(x); step is nonnegative with a spectral radius below 1.

    If not symmetric, the series is summed first: its terms are positive, so no digit cancels.
    """
    shape = base.shape

    def residual(vector: Floats) -> Floats:
        return np.asarray(vector - step(vector.reshape(shape)).ravel())

    total = term = base
    if not symmetric:
        for _ in range(SERIES):
            with np.errstate(over="ignore"):
                term = step(term)
                if not (term > 1e-17 * total).any():
                    return total
                total = total + term
            if not np.isfinite(total).all():
                raise InputError(f"{subject} is too large for floating point on this network.")
    start = total.ravel()
    right = base.ravel()
    system = linalg.LinearOperator((base.size, base.size), matvec=residual, dtype=np.float64)
    steps = STEPS if symmetric else STEPS // 4
    first = partial(linalg.cg if symmetric else linalg.bicgstab, maxiter=steps)
    for method in (first, partial(linalg.gmres, restart=60, maxiter=5)):
        with np.errstate(all="ignore"):
            answer, _ = method(system, right, start, rtol=PRECISION)
            missed = np.linalg.norm(residual(answer) - right)
        if missed <= 1e-10 * max(np.linalg.norm(right), np.linalg.norm(answer)):
            return np.asarray(np.maximum(answer, 0).reshape(shape))
    msg = f"{subject} cannot be solved for in {steps} steps: walks on this network fade too slowly."
    raise InputError(msg)


class Leading(NamedTuple):
    """Leading eigenvalue (0 if acyclic), and all ones projected on its eigenvectors."""

    value: float
    vector: Floats


def leading(weights: Coupled, groups: Codes | None = None) -> Leading:
    """Leading eigenvalue, and the eigenvector closest to all ones.

    Each strong component has one positive eigenvector (Perron, Frobenius); bounds by Collatz and
    Wielandt leave few of them to solve. ``groups`` labels the states whose parts of a vector are
    eigenvectors of their own (None: the components).
    """
    nothing = Leading(0.0, np.zeros(weights.present.shape))
    if not weights.present.any():
        return nothing
    weights, unit = weights.in_units()
    count, label = weights.components()
    value, vector = _perron(weights, count, label)
    top = float(value.max())
    if top <= 0:
        return nothing
    tied = value >= top * (1 - TIE)
    vector[~tied[label]] = 0.0
    if weights.symmetric:
        groups = label if groups is None else groups
        projected = _projected(vector, groups, int(groups.max()) + 1)
        return Leading(top * unit, projected.reshape(weights.present.shape))
    return Leading(top * unit, _downstream(weights, tied, top, vector, label, count))


def _perron(weights: Coupled, count: int, label: Codes) -> tuple[Floats, Floats]:
    """Leading eigenvalue of each component (or a lower bound, if not the first) and its vector."""
    order = np.argsort(label, kind="stable")
    starts = np.searchsorted(label[order], np.arange(count))
    sizes = np.diff(np.append(starts, label.size))
    present = weights.present
    row, column = _ends(weights, label)
    inside = with_weights(weights.links, weights.links.data * (row == column))

    def apply(vector: Floats) -> Floats:
        return weights(vector.reshape(present.shape), links=inside).ravel()

    vector = present.ravel().astype(np.float64)
    gap = np.inf
    for turn in range(ROUNDS):
        inflow = apply(vector)
        # An entry may underflow to 0 where weights lie hundreds of orders apart.
        ratio = np.divide(inflow, vector, out=np.zeros(vector.size), where=vector > 0)[order]
        low = np.minimum.reduceat(ratio, starts)
        high = np.maximum.reduceat(ratio, starts)
        best = low.max()
        # A shift of half the eigenvalue keeps bipartite components from swinging.
        shift = (low + high) / 4
        open_ = (high >= best * (1 - TIE)) & (high - low > SETTLED * high)
        last = gap
        gap = float(((high - low) / np.where(high > 0, high, 1))[open_].max(initial=0))
        slow = gap > 0.5 * last and turn >= 5
        if not open_.any() or (slow and (open_.sum() <= 20 or turn >= 20)):
            break
        size = np.where(high > 0, shift + high, 1.0)
        moving = np.where(high - low > SETTLED * high, 1.0, 0.0)[label]
        turned = (inflow + shift[label] * vector) / size[label]
        vector = np.where(moving > 0, turned, vector)
    value = low.copy()
    value[~open_] = np.where(high >= best * (1 - TIE), (low + high) / 2, low)[~open_]
    for c in sorted(np.flatnonzero(open_), key=lambda c: -high[c]):
        if high[c] < value.max() * (1 - TIE):
            continue
        states = np.sort(order[starts[c] : starts[c] + sizes[c]])
        if states.size <= SMALL:
            pair = _dense_pair(weights.dense(states), weights.symmetric)
        else:
            part = _within(apply, states, label.size)
            pair = _searched_pair(part, vector[states], weights.symmetric)
        value[c], vector[states] = pair
    return value, vector


def _within(
    apply: Callable[[Floats], Floats], states: npt.NDArray[np.intp], size: int
) -> Callable[[Floats], Floats]:
    whole = np.zeros(size)

    def part(vector: Floats) -> Floats:
        whole[states] = vector
        return apply(whole)[states]

    return part


def _dense_pair(matrix: Floats, symmetric: bool) -> tuple[float, Floats]:
    """Of a small matrix; the largest entry of the eigenvector is positive."""
    solve_dense = np.linalg.eigh if symmetric else np.linalg.eig
    values, vectors = solve_dense((matrix + matrix.T) / 2 if symmetric else matrix)
    first = -1 if symmetric else int(np.argmax(values.real))
    vector = vectors[:, first]
    largest = vector[np.argmax(np.abs(vector))]
    turned = np.real(vector / (largest / abs(largest)))
    return float(np.real(values[first])), np.maximum(turned / np.linalg.norm(turned), 0)


def _searched_pair(
    apply: Callable[[Floats], Floats], start: Floats, symmetric: bool
) -> tuple[float, Floats]:
    """By ARPACK, from a positive vector, so that equal calls agree."""
    operator = linalg.LinearOperator((start.size,) * 2, matvec=apply, dtype=np.float64)
    search: Any = linalg.eigsh if symmetric else linalg.eigs
    which = "LA" if symmetric else "LR"
    try:
        values, vectors = search(operator, k=1, which=which, v0=start, ncv=BASIS)
    except linalg.ArpackError:  # too slow, for one
        raise InputError(
            "the leading eigenvector is not found: the next eigenvalue is too near. Another "
            "`coupling`, or the largest component, may do."
        ) from None
    vector = np.real(vectors[:, 0] / vectors[np.argmax(np.abs(vectors[:, 0])), 0])
    return float(np.real(values[0])), np.maximum(vector / np.linalg.norm(vector), 0)


def _projected(vector: Floats, label: Codes, count: int) -> Floats:
    overlap = np.bincount(label, vector, count)
    square = np.bincount(label, vector * vector, count)
    scale = np.divide(overlap, square, out=np.zeros(count), where=square > 0)
    return np.asarray(scale[label] * vector)


def _downstream(
    weights: Coupled, tied: Mask, top: float, vector: Floats, label: Codes, count: int
) -> Floats:
    """Extend eigenvectors to what their component leads to, unless that is as strong."""
    arcs = _arcs(weights, label, count)
    leads_to_tied = np.zeros(count, bool)
    leads_to_tied[arcs[0][_reach(tied, arcs[::-1], count)[arcs[1]]]] = True
    first = tied & ~leads_to_tied

    def extended(origins: Mask) -> Floats:
        source = np.where(origins[label], vector, 0.0).reshape(weights.present.shape)
        ahead = (_reach(origins, arcs, count) & ~origins)[label].reshape(source.shape)
        if not ahead.any():
            return source.ravel()
        base = weights(source) * (ahead / top)
        name = "the leading eigenvector"
        tail = solve(lambda x: weights(x) * (ahead / top), base, symmetric=False, subject=name)
        return np.asarray((source + tail).ravel())

    # Eigenvectors that share no state are solved for, and projected on, all at once.
    reached = _reach(first, arcs, count)
    inner = reached[arcs[0]] & reached[arcs[1]]
    pattern = (np.ones(inner.sum(), np.int8), (arcs[0][inner], arcs[1][inner]))
    n_groups, group = sparse.csgraph.connected_components(
        sparse.csr_array(pattern, shape=(count, count)), directed=False
    )
    crowded = np.bincount(group, first, n_groups)[group] > 1
    alone = first & ~crowded
    total = _projected(extended(alone), group[label], n_groups)
    several = np.flatnonzero(first & crowded)
    if several.size:
        rows = [extended(np.arange(count) == c) for c in several]
        space = sparse.csr_array(np.array([row / np.linalg.norm(row) for row in rows]))
        gram = (space @ space.T).toarray()
        share = np.linalg.solve(gram, np.asarray(space.sum(axis=1)).ravel())
        total = total + space.T @ share
    return np.asarray(total.reshape(weights.present.shape))


def _ends(weights: Coupled, label: Codes) -> tuple[Codes, Codes]:
    links = weights.links
    return np.repeat(label, np.diff(links.indptr)), label[links.indices]


def _arcs(weights: Coupled, label: Codes, count: int) -> tuple[Integers, Integers]:
    row, column = _ends(weights, label)
    off_diagonal = row != column
    pairs = np.unique(column[off_diagonal].astype(np.int64) * count + row[off_diagonal])
    first, second = np.divmod(pairs, count)
    return first, second


def _reach(start: Mask, arcs: tuple[Integers, Integers], count: int) -> Mask:
    first = np.flatnonzero(start)
    row = np.concatenate([arcs[0], np.full(first.size, count)])
    column = np.concatenate([arcs[1], first])
    pattern = sparse.csr_array((np.ones(row.size, np.int8), (row, column)), (count + 1,) * 2)
    seen = sparse.csgraph.breadth_first_order(pattern, count, return_predecessors=False)
    reached = np.zeros(count + 1, bool)
    reached[seen] = True
    return reached[:count]

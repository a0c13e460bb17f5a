"""The leading eigenvalue of weights between states, and the all-ones vector on its space."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import linalg

from netinnov._typing import Codes, Floats, Integers, Mask
from netinnov.centrality._coupled_states import Coupled, solve, with_weights
from netinnov.errors import InputError

TIE = 1e-10  # relative difference of two eigenvalues that count as equal
SETTLED = 3e-14  # relative difference between the bounds of an eigenvalue that is found
ROUNDS = 60
SMALL = 200  # states of a component that is solved as a dense matrix
BASIS = 40  # vectors of a search space


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
        low, high = np.minimum.reduceat(ratio, starts), np.maximum.reduceat(ratio, starts)
        best = low.max()
        # A shift of half the eigenvalue keeps bipartite components from swinging.
        shift = (low + high) / 4
        open_ = (high >= best * (1 - TIE)) & (high - low > SETTLED * high)
        last, gap = gap, float(((high - low) / np.where(high > 0, high, 1))[open_].max(initial=0))
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
            pair = pair[0], np.maximum(pair[1], 0)
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
    return float(np.real(values[first])), turned / np.linalg.norm(turned)


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
        msg = "the leading eigenvector is not found: the next eigenvalue is too near. Another "
        raise InputError(msg + "`coupling`, or the largest component, may do.") from None
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

"""The ensemble of networks of largest entropy with given expected degrees, and draws from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt
from scipy.sparse.linalg import LinearOperator, cg
from scipy.special import expit

from netinnov._arguments import check_names
from netinnov._typing import Codes, Floats, Rng
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.null_models._chains import Plan, State, plan
from netinnov.null_models._curveball import two_sides

__all__ = ["Ensemble", "ensemble", "max_entropy"]

Integers = npt.NDArray[np.int64]

_TOLERANCE = 1e-10
_ITERATIONS = 300


def max_entropy(
    network: MultilayerNetwork,
    *,
    layers: Sequence[str] | None = None,
    through: str | Sequence[str] | None = None,
    rng: Rng = None,
) -> MultilayerNetwork:
    """Draw a network whose degrees are those observed on average.

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
        in which none is drawn is gone.

    Raises
    ------
    InputError
        A layer is not there, its equations are not solved, or a link joins two nodes of one side
        of ``through``.

    See Also
    --------
    rewire : Keeps the degrees exactly.

    Notes
    -----
    Each pair is linked with its own probability, independently of the others: x_i x_j / (1 + x_i
    x_j) in undirected layers, x_i y_j / (1 + x_i y_j) from i to j in directed ones. In a layer
    where every link joins the same two kinds only pairs of different kinds have such a
    probability, the others 0. The x and y make every expected degree that observed, to a
    relative 1e-10 (Newton's method on the logarithms, one unknown for each different degree).
    Self-links stay where they are.

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
    rng = np.random.default_rng(rng)
    if layers is not None:
        layers = check_names("layers", layers, network.layers)
    chains = plan(network, ("degree",), layers, None, rng).chains
    states = [_drawn(ensemble(network, layer, through), rng) for layer in chains]
    return Plan(network, chains).assemble(states)


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Probability of a link between any two classes of nodes.

    Rows are sources (two-mode: the first kind; undirected: all nodes), columns targets. The
    classes are numbered separately on the two sides unless ``one_mode``.
    """

    rows: Integers
    """Nodes sorted by class."""
    row_begin: Integers
    columns: Integers
    column_begin: Integers
    probability: Floats
    one_mode: bool
    """Both sides are the same nodes: nobody is linked with itself."""
    symmetric: bool

    def between(self, i: int, j: int) -> float:
        """Probability of the link from node i to node j (codes)."""
        if self.one_mode and i == j:
            return 0.0
        u = np.searchsorted(self.row_begin, np.flatnonzero(self.rows == i)[0], side="right") - 1
        v = np.searchsorted(self.column_begin, np.flatnonzero(self.columns == j)[0], side="right")
        return float(self.probability[u, v - 1])


def ensemble(
    network: MultilayerNetwork, layer: str, through: str | Sequence[str] | None = None
) -> Ensemble:
    """Solve for the probabilities of a layer.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    layer : str
        Name of a layer.
    through : str or sequence of str, optional
        The kinds of one side; default: two-mode if the layer joins two kinds.

    Returns
    -------
    Ensemble

    Raises
    ------
    InputError
        The equations are not solved.
    """
    block = network._blocks[network.layers.index(layer)]
    source = np.repeat(np.arange(network.n_nodes, dtype=np.int32), np.diff(block.indptr))
    target = block.indices
    directed = layer in network.directed
    try:
        sides = two_sides(network, layer, through)
    except InputError:
        if through is not None:
            raise
        sides = None
    if sides is not None:
        rows = np.where(sides.rows_at_source, source, target)
        columns = np.where(sides.rows_at_source, target, source)
        if directed and not sides.rows_at_source.all():
            rows, columns = columns, rows
        first, second = np.unique(rows), np.unique(columns)
        one = _classes(first, np.bincount(rows)[first])
        two = _classes(second, np.bincount(columns)[second])
        probability = _solved(one, two, one_mode=False, symmetric=False, layer=layer)
        return _ensemble(one, two, probability, one_mode=False, symmetric=False)
    stay = source != target
    source, target = source[stay], target[stay]
    n = network.n_nodes
    out, into = np.bincount(source, minlength=n), np.bincount(target, minlength=n)
    if not directed:
        out = into = out + into
    # One class for each pair of out- and in-degree: nobody is linked with itself, so that the
    # equations of two nodes with one out-degree differ by their in-degrees.
    linked = np.flatnonzero(out + into)
    code = out[linked] * np.int64(n) + into[linked]
    both = _classes(linked, code)
    one = both._replace(degree=both.degree // n)
    two = both._replace(degree=both.degree % n)
    probability = _solved(one, two, one_mode=True, symmetric=not directed, layer=layer)
    return _ensemble(one, two, probability, one_mode=True, symmetric=not directed)


class _Classes(NamedTuple):
    """Nodes sorted by class, where each class begins, and its degree (or code)."""

    nodes: Integers
    begin: Integers
    degree: Integers

    @property
    def sizes(self) -> Integers:
        return np.diff(self.begin)


def _classes(nodes: Any, degree: Any) -> _Classes:
    order = np.argsort(degree, kind="stable")
    found, sizes = np.unique(degree, return_counts=True)
    begin = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return _Classes(np.asarray(nodes)[order].astype(np.int64), begin, found.astype(np.int64))


def _ensemble(
    one: _Classes, two: _Classes, probability: Floats, *, one_mode: bool, symmetric: bool
) -> Ensemble:
    return Ensemble(one.nodes, one.begin, two.nodes, two.begin, probability, one_mode, symmetric)


def _solved(one: _Classes, two: _Classes, *, one_mode: bool, symmetric: bool, layer: str) -> Floats:
    """Probabilities between classes: the maximum of the likelihood, which is concave.

    Newton's method on the logarithms of x and y, each step solved by conjugate gradients: they
    need no inverse, and leave alone the direction in which x grows as y shrinks. Degrees at the
    edge of what is possible send a logarithm to infinity, which a step a time follows far enough.
    """
    r, c = one.sizes.astype(float), two.sizes.astype(float)
    k, d = one.degree.astype(float), two.degree.astype(float)
    pairs = np.outer(r, c)
    if one_mode:
        pairs[np.diag_indices(r.size)] -= r
    total = float(r @ k)
    if total == 0:
        return np.zeros(pairs.shape)
    with np.errstate(divide="ignore"):
        a = np.log(k) - np.log(total) / 2
        b = np.log(d) - np.log(total) / 2
    rows, columns = k > 0, d > 0
    goal = np.concatenate([r * k, c * d])
    active = np.concatenate([rows, columns])
    for _ in range(_ITERATIONS):
        p = expit(a[:, None] + b[None, :])
        expected = np.concatenate([(pairs * p).sum(axis=1), (pairs * p).sum(axis=0)])
        lack = np.where(active, goal - expected, 0.0)
        if (np.abs(lack) <= _TOLERANCE * np.maximum(goal, 1e-300)).all():
            return cast(Floats, p)
        w = pairs * p * (1 - p)
        step = _newton_step(w, lack, active, symmetric)
        size = np.abs(step).max()
        if size > 2:
            step *= 2 / size
        a, b = a + step[: r.size], b + step[r.size :]
    worst = float(np.max(np.abs(lack) / np.maximum(goal, 1)))
    msg = (
        f"the equations of the expected degrees of layer {layer!r} are met to {worst:.1g} after "
        f"{_ITERATIONS} steps, and should be to {_TOLERANCE:g}; rewire() keeps degrees exactly."
    )
    raise InputError(msg)


def _newton_step(w: Floats, lack: Floats, active: npt.NDArray[np.bool_], symmetric: bool) -> Floats:
    n = w.shape[0]
    diagonal = np.concatenate([w.sum(axis=1), w.sum(axis=0)])
    scale = np.where(active & (diagonal > 0), 1 / np.sqrt(np.maximum(diagonal, 1e-300)), 0.0)

    def product(x: Floats) -> Floats:
        y = scale * x.ravel()
        rows, columns = y[:n], y[n:]
        moved: Floats = scale * np.concatenate([w @ columns, rows @ w])
        return moved + x.ravel()

    # Undirected: both halves are the same numbers, and stay so.
    operator = LinearOperator((lack.size, lack.size), matvec=product, dtype=np.float64)
    found, _ = cg(operator, scale * lack, rtol=1e-8, maxiter=500)
    step = np.where(active, scale * found, 0.0)
    if symmetric:
        half = (step[:n] + step[n:]) / 2
        step = np.concatenate([half, half])
    return cast(Floats, step)


def _drawn(found: Ensemble, rng: np.random.Generator) -> State:
    """Each pair linked by chance: numbers of links between classes, then which pairs they are."""
    r, c = np.diff(found.row_begin), np.diff(found.column_begin)
    sizes = np.outer(r, c)
    if found.one_mode:
        sizes[np.diag_indices(r.size)] -= r
    if found.symmetric:
        sizes[np.diag_indices(r.size)] //= 2
        sizes = np.triu(sizes)
    counts = rng.binomial(sizes, np.clip(found.probability, 0.0, 1.0)).ravel()
    cell, at = _distinct(counts, sizes.ravel(), rng)
    u, v = np.divmod(cell, c.size)
    i, j = np.divmod(at, c[v])
    if found.one_mode:
        same = u == v
        if found.symmetric:
            # Pair number at of a triangle: row i > column j.
            i[same] = ((1 + np.sqrt(1 + 8 * at[same])) / 2).astype(np.int64)
            i[same] -= i[same] * (i[same] - 1) // 2 > at[same]
            i[same] += i[same] * (i[same] + 1) // 2 <= at[same]
            j[same] = at[same] - i[same] * (i[same] - 1) // 2
        else:
            i[same], j[same] = np.divmod(at[same], c[v[same]] - 1)
            j[same] += j[same] >= i[same]
    source: Codes = found.rows[found.row_begin[u] + i].astype(np.int32)
    target: Codes = found.columns[found.column_begin[v] + j].astype(np.int32)
    return State(source, target, np.ones(source.size))


def _distinct(
    counts: Integers, sizes: Integers, rng: np.random.Generator
) -> tuple[Integers, Integers]:
    """So many different numbers below each size, each set equally likely: cells and numbers."""
    begin = np.concatenate([[0], np.cumsum(sizes)])
    # Of a cell more than half full, draw what stays out.
    full = 2 * counts > sizes
    wanted = np.where(full, sizes - counts, counts)
    taken = np.empty(0, np.int64)
    lacking = wanted
    while lacking.any():
        cell = np.repeat(np.arange(counts.size), lacking)
        new = begin[cell] + rng.integers(0, sizes[cell])
        taken = np.unique(np.concatenate([taken, new]))
        cells = np.searchsorted(begin, taken, side="right") - 1
        lacking = wanted - np.bincount(cells, minlength=counts.size)
    if full.any():
        whole = np.concatenate([np.arange(begin[x], begin[x + 1]) for x in np.flatnonzero(full)])
        inside = full[np.searchsorted(begin, taken, side="right") - 1]
        rest = np.setdiff1d(whole, taken[inside], assume_unique=True)
        taken = np.sort(np.concatenate([taken[~inside], rest]))
    cells = np.searchsorted(begin, taken, side="right") - 1
    return cells, taken - begin[cells]

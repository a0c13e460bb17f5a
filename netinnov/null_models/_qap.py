"""Correlation and regression of matrices, tested by permuting nodes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._network.layer_table import why_untested
from netinnov._network.matrices import layer_matrix
from netinnov._runtime.arguments import check_name, check_names, check_rng
from netinnov._runtime.display import Displayed, Tabled
from netinnov._runtime.parallel import run
from netinnov._typing import Count, Floats, Mask, Rng
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.null_models._null_statistics import two_sided

Matrix: TypeAlias = str | pd.DataFrame | npt.NDArray[Any]
Order: TypeAlias = npt.NDArray[np.intp]

_LARGEST = 5_000  # nodes up to which pairs are held as full matrices, 200 MB each


@dataclass(frozen=True, slots=True, repr=False)
class QapCorrelation(Tabled):
    """A correlation between two matrices, tested by permutation.

    Attributes
    ----------
    correlation : float
        Pearson's, over the pairs used.
    p : float
        Two-sided: twice the smaller tail, each (k + 1) / (permutations + 1), at most 1.
    low, high : float
        2.5 and 97.5 % of the permuted correlations.
    n_pairs : int
        Pairs used.
    draws : ndarray
        The permuted correlations.
    """

    correlation: float
    p: float
    low: float
    high: float
    n_pairs: int
    draws: Floats


@dataclass(frozen=True, slots=True, repr=False)
class MatrixRegression(Displayed):
    """A regression of a matrix on others; all Series are over the intercept and the predictors.

    Attributes
    ----------
    coefficients : Series
        Least squares, in the units of the matrices.
    t : Series
        Coefficients over their textbook standard errors; the statistic that is permuted.
    p : Series
        As in `QapCorrelation`; NaN for the intercept, which no permutation tests.
    r_squared : float
        Share of the variance over pairs that is explained; NaN if there is none.
    n_pairs : int
        Pairs used.
    draws : DataFrame
        Permuted t, replicate x predictor.
    """

    coefficients: pd.Series
    t: pd.Series
    p: pd.Series
    r_squared: float
    n_pairs: int
    draws: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give the fit as a table, a row a term: coefficient, t, p.

        Returns
        -------
        DataFrame
            Terms in the order of the predictors.
        """
        columns = {"coefficient": self.coefficients, "t": self.t, "p": self.p}
        return pd.DataFrame(columns).rename_axis("term")


def qap_correlation(
    network: MultilayerNetwork,
    *,
    x: Matrix,
    y: Matrix,
    permutations: Count = 999,
    rng: Rng = None,
    executor: Executor | int | None = None,
    progress: bool = True,
) -> QapCorrelation:
    """Correlate two matrices over pairs of nodes, tested by permuting the nodes of one.

    Parameters
    ----------
    network : MultilayerNetwork
        Up to 5,000 nodes.
    x, y : str, DataFrame or array
        The name of a layer (its weights; 0 where a pair is not linked), or a square matrix: a
        DataFrame with the nodes as index and columns, or an array in node order, row: source.
    permutations : int
        Number of permutations.
    rng, executor, progress
        As in `experiments.compare_scenarios`.

    Returns
    -------
    QapCorrelation
        NaN where fewer than two pairs are left or one matrix is constant over them.

    Raises
    ------
    InputError
        An unknown layer, a matrix of another shape or other nodes, infinite values, too many nodes.

    Warns
    -----
    UserWarning
        A layer that is tested is modelled (`MultilayerNetwork.layer_table`): p tests the model.

    Notes
    -----
    The pairs are those i < j if both matrices are symmetric, and all ordered pairs otherwise,
    without the diagonal. Pairs with NaN in either matrix are left out, in a replicate those of the
    permuted matrix.

    References
    ----------
    Krackhardt (1988), Predicting with networks, Social Networks 10.

    Examples
    --------
    >>> links = {"source": list("abcdabca"), "target": list("bcdebcde"), "layer": list("xxxxyyyy")}
    >>> network = ni.build_network(pd.DataFrame(index=list("abcde")), pd.DataFrame(links))
    >>> round(qap_correlation(network, x="x", y="y", rng=1).correlation, 4)
    0.5833
    """
    matrices = [_matrix_of(network, "x", x), _matrix_of(network, "y", y)]
    # Squares of them must be neither too small nor too large for a number.
    matrices = [each / (np.nanmax(np.abs(each), initial=0.0) or 1.0) for each in matrices]
    why_untested(network.storage.records, [name for name in (x, y) if isinstance(name, str)])
    chosen, _ = _pairs_of(matrices)
    task = partial(_permuted_correlation, matrices[1], matrices[0], np.nonzero(chosen))
    orders = _orders_of(network.n_nodes, permutations, rng)
    observed = task(np.arange(network.n_nodes))
    permuted = run(task, orders, executor=executor, progress=progress, label="permutations")
    draws = np.array(permuted, dtype=np.float64)
    low, high = pd.Series(draws).quantile([0.025, 0.975])
    used = chosen & ~np.isnan(matrices[0] + matrices[1])
    p = float(two_sided(observed, draws, 1.0))
    return QapCorrelation(observed, p, float(low), float(high), int(used.sum()), draws)


def mrqap(
    network: MultilayerNetwork,
    *,
    outcome: Matrix,
    predictors: Mapping[str, Matrix] | Sequence[str],
    permutations: Count = 999,
    rng: Rng = None,
    executor: Executor | int | None = None,
    progress: bool = True,
) -> MatrixRegression:
    """Regress a matrix on others over pairs of nodes, tested by double semi-partialling.

    The residual of each predictor given the others is permuted by nodes, and the outcome regressed
    on it and the others: a test by t that keeps its level when predictors are correlated.

    Parameters
    ----------
    network : MultilayerNetwork
        Up to 5,000 nodes.
    outcome : str, DataFrame or array
        The name of a layer or a square matrix, as in `qap_correlation`.
    predictors : mapping of str to matrix, or sequence of str
        Names of terms and their matrices, as for `outcome`; or names of layers.
    permutations : int
        Number of permutations, the same for each predictor.
    rng, executor, progress
        As in `qap_correlation`.

    Returns
    -------
    MatrixRegression
        All NaN with too few pairs or collinear predictors; t and p NaN with no residual variance.

    Raises
    ------
    InputError
        As in `qap_correlation`, or no predictor.

    Notes
    -----
    Pairs and warnings as in `qap_correlation`. Pairs that share a node are not independent, so no
    standard error is reported.

    References
    ----------
    Dekker, Krackhardt and Snijders (2007), Sensitivity of MRQAP tests, Psychometrika 72.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("abcd"), "target": list("bcda")}))
    >>> steps = np.abs(np.subtract.outer(np.arange(4), np.arange(4)))
    >>> fit = mrqap(network, outcome="links", predictors={"steps": steps}, rng=1)
    >>> fit.coefficients.round(4).to_dict()
    {'intercept': 1.0, 'steps': -0.2}
    """
    if isinstance(predictors, Mapping):
        terms = {str(name): matrix for name, matrix in predictors.items()}
    else:
        terms = {name: name for name in check_names("predictors", predictors, network.layers)}
    if not terms or "intercept" in terms:
        msg = f"`predictors` must name at least one matrix, none 'intercept'; found {list(terms)}."
        raise InputError(msg)
    y = _matrix_of(network, "outcome", outcome)
    xs = [_matrix_of(network, f"predictors[{name!r}]", matrix) for name, matrix in terms.items()]
    why_untested(
        network.storage.records,
        [name for name in (outcome, *terms.values()) if isinstance(name, str)],
    )
    chosen, symmetric = _pairs_of([y, *xs])
    used = chosen & ~np.isnan(y + sum(xs))
    target = y[used]
    columns = np.column_stack([np.ones(used.sum()), *(x[used] for x in xs)])
    names = pd.Index(["intercept", *terms], name="term")
    coefficients, t, r_squared = _least_squares(target, columns)
    orders = _orders_of(network.n_nodes, permutations, rng)
    draws = np.full((permutations, len(xs)), np.nan)
    for k in range(0 if np.isnan(coefficients).any() else len(xs)):
        others = np.delete(columns, k + 1, axis=1)
        residual = np.full(used.shape, np.nan)  # given the others
        residual[used] = _partialled(others, columns[:, k + 1])[1]
        task = partial(
            _permuted_t,
            matrix=np.where(used.T, residual.T, residual) if symmetric else residual,
            others=others,
            y=target,
            pairs=np.nonzero(used),
            parts=_partialled(others, target),
        )
        label = f"permutations of {names[k + 1]}"
        draws[:, k] = run(task, orders, executor=executor, progress=progress, label=label)
    return MatrixRegression(
        pd.Series(coefficients, names, name="coefficient"),
        pd.Series(t, names, name="t"),
        pd.Series([np.nan, *two_sided(t[1:], draws, 1.0)], names, name="p"),
        r_squared,
        int(used.sum()),
        pd.DataFrame(draws, columns=pd.Index(list(terms), name="term")),
    )


def _least_squares(y: Floats, columns: Floats) -> tuple[Floats, Floats, float]:
    """Coefficients, t and R squared; NaN with too few pairs or collinear columns."""
    n, terms = columns.shape
    undefined = np.full(terms, np.nan)
    scale = np.linalg.norm(columns, axis=0)
    q, r = np.linalg.qr(columns / np.where(scale > 0, scale, 1.0))
    if n <= terms or np.abs(np.diag(r)).min() < 1e-10:
        return undefined, undefined, math.nan
    inverse = np.linalg.inv(r) / scale[:, None]
    coefficients = inverse @ (q.T @ y)
    rest = float(((y - q @ (q.T @ y)) ** 2).sum())
    spread = float(((y - y.mean()) ** 2).sum())
    # A residual of rounding size counts as a perfect fit.
    rest = 0.0 if rest <= 1e-24 * float(y @ y) else rest
    spread = 0.0 if spread <= 1e-24 * float(y @ y) else spread
    error = np.sqrt(rest / (n - terms) * (inverse**2).sum(axis=1))
    t = np.divide(coefficients, error, out=undefined, where=error > 0)
    return coefficients, t, 1 - rest / spread if spread > 0 else math.nan


def _permuted_t(
    order: Order,
    *,
    matrix: Floats,
    others: Floats,
    y: Floats,
    pairs: tuple[Order, ...],
    parts: tuple[Floats, Floats],
) -> float:
    """t of a permuted matrix in a regression of `y` on it and the columns of `others`."""
    i, j = pairs
    x = matrix[order[i], order[j]]
    known = ~np.isnan(x)
    if not known.all():
        x = x[known]
        parts = _partialled(others[known], y[known])
    basis, rest = parts
    free = x.size - len(basis) - 1
    # By Frisch, Waugh and Lovell: the others are taken out of both sides.
    left = x - np.einsum("kp,k->p", basis, np.einsum("kp,p->k", basis, x))
    square = _inner(left, left)
    if free < 1 or square <= 1e-20 * _inner(x, x):
        return math.nan
    slope = _inner(left, rest) / square
    variance = float(((rest - slope * left) ** 2).sum()) / free
    return slope * math.sqrt(square / variance) if variance > 0 else math.nan


def _inner(a: Floats, b: Floats) -> float:
    """Without BLAS, whose own threads would contend with those of the permutations."""
    return float(np.einsum("p,p->", a, b))


def _partialled(others: Floats, y: Floats) -> tuple[Floats, Floats]:
    basis, _ = np.linalg.qr(others)
    return np.ascontiguousarray(basis.T), y - basis @ (basis.T @ y)


def _permuted_correlation(
    fixed: Floats, permuted: Floats, pairs: tuple[Order, ...], order: Order
) -> float:
    i, j = pairs
    a = fixed[i, j]
    b = permuted[order[i], order[j]]
    known = ~np.isnan(a + b)
    a = a[known]
    b = b[known]
    if a.size < 2 or a.min() == a.max() or b.min() == b.max():
        return math.nan
    a = a - a.mean()
    b = b - b.mean()
    return float(np.clip(_inner(a, b) / math.sqrt(_inner(a, a) * _inner(b, b)), -1, 1))


def _orders_of(n: int, permutations: int, rng: Rng) -> list[Order]:
    rng = check_rng(rng)
    return [rng.permutation(n) for _ in range(permutations)]


def _pairs_of(matrices: Sequence[Floats]) -> tuple[Mask, bool]:
    """All ordered pairs, or those i < j if all matrices are symmetric; and whether they are."""
    symmetric = all(np.array_equal(matrix, matrix.T, equal_nan=True) for matrix in matrices)
    n = len(matrices[0])
    return ~(np.tri(n, dtype=bool) if symmetric else np.eye(n, dtype=bool)), symmetric


def _matrix_of(network: MultilayerNetwork, name: str, matrix: Matrix) -> Floats:
    n = network.n_nodes
    if n > _LARGEST:
        raise InputError(
            f"matrices of all pairs are for up to {_LARGEST:,} nodes; the network has {n:,}. "
            "Take aggregate(), to places, or select() of nodes first."
        )
    if isinstance(matrix, str):
        check_name(name, matrix, network.layers)
        return np.asarray(layer_matrix(network, matrix).toarray(), dtype=np.float64)
    if isinstance(matrix, pd.DataFrame):
        nodes = network.storage.node_names
        for axis, labels in (("index", matrix.index), ("columns", matrix.columns)):
            if not labels.is_unique or nodes.difference(labels).size:
                missing = list(nodes.difference(labels)[:5])
                raise InputError(
                    f"the {axis} of `{name}` must have each node of the network once; missing: "
                    f"{missing}. Reindex it by network.nodes.index."
                )
        matrix = matrix.reindex(index=nodes, columns=nodes).to_numpy()
    try:
        values = np.array(matrix, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"`{name}` must be a layer or a square matrix of numbers.") from None
    if values.shape != (n, n):
        msg = f"`{name}` must be {n} x {n}, a row and a column for each node; found {values.shape}."
        raise InputError(msg)
    np.fill_diagonal(values, 0.0)
    if infinite := int(np.isinf(values).sum()):
        raise InputError(
            f"`{name}` must not hold infinite values: {infinite} found. Where a logarithm of 0 "
            "made them, put NaN: such pairs are left out."
        )
    return values

"""Lines through logarithms: of ranks and sizes, and of size and centrality (borrowed size)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from netinnov._network.columns import amounts
from netinnov._runtime.arguments import as_list, as_whole, check_names, check_type, one_column
from netinnov._runtime.display import Tabled
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.polycentricity._evenness import positive

if TYPE_CHECKING:
    from netinnov.polycentricity._evenness import Values

Method: TypeAlias = Literal["ols", "gabaix"]
Primacy: TypeAlias = Literal["share", "ratio", "residual"]


@dataclass(frozen=True, slots=True, repr=False)
class RankSize(Tabled):
    """A line through the logarithms of ranks and values.

    Attributes
    ----------
    slope : float
        Near 0 for a flat, polycentric system; -1 is Zipf's rule.
    intercept : float
        Height of the line where the regressor is 0.
    r_squared : float
        Share of the variance that the line explains; NaN if all values are equal.
    standard_error : float
        Of the slope.
    n : int
        Values used.
    """

    slope: float
    intercept: float
    r_squared: float
    standard_error: float
    n: int


def rank_size(
    values: Values, *, top: int | Sequence[int] | None = None, method: Method = "ols"
) -> RankSize:
    """Fit the rank-size line: logarithm of the value on logarithm of the rank.

    Parameters
    ----------
    values : sequence of float
        One value a place, 0 or more, in any unit and order. Zeros are dropped before ranking.
    top : int or sequence of int, optional
        Use only that many of the largest values. With several cut-offs, as ``(2, 3, 4)``, slope,
        intercept and r_squared are means over the fits.
    method : {"ols", "gabaix"}
        ``"gabaix"`` turns the regression round, ln(rank - 1/2) on ln value, which removes the
        bias of small samples; its standard error is slope x sqrt(2/n).

    Returns
    -------
    RankSize
        All fields but `n` are NaN with fewer than 2 values. `standard_error` is NaN for two values
        (``"ols"``) and for several cut-offs, with the `n` of the largest. Slopes with different
        cut-offs are not comparable. If all values are equal 0 (``"gabaix"``: NaN).

    References
    ----------
    Meijers and Burger (2010), Spatial structure and productivity in US metropolitan areas.
    Gabaix and Ibragimov (2011), Rank - 1/2, Journal of Business & Economic Statistics 29.

    Examples
    --------
    >>> round(rank_size([60, 30, 20, 15]).slope, 6)
    -1.0
    """
    ordered = np.sort(positive(values))[::-1]
    cuts = [len(ordered)] if top is None else _cuts(top)
    fits = [_fit(ordered[:cut], method) for cut in cuts]
    if len(fits) == 1:
        return fits[0]
    lines = zip(*((fit.slope, fit.intercept, fit.r_squared) for fit in fits), strict=True)
    slope, intercept, r_squared = (math.fsum(values) / len(fits) for values in lines)
    return RankSize(slope, intercept, r_squared, math.nan, max(fit.n for fit in fits))


def primacy(values: Values, *, kind: Primacy = "share") -> float:
    """Tell how far the largest value stands out (Jefferson 1939).

    Parameters
    ----------
    values : sequence of float
        One value a place, 0 or more, in any unit and order.
    kind : {"share", "ratio", "residual"}
        Largest over the sum, or over the second largest; ``"residual"``: ln of the largest minus
        what the rank-size line through the others predicts.

    Returns
    -------
    float
        NaN if all values are zero, or with fewer than 3 positive values for ``"residual"``;
        infinite for ``"ratio"`` with one positive value.

    Examples
    --------
    >>> primacy([4, 2, 1, 1])
    0.5
    """
    ordered = np.sort(positive(values))[::-1]
    if len(ordered) == 0:
        return math.nan
    if kind == "share":
        return float(1 / (ordered / ordered[0]).sum())
    if kind == "ratio":
        return float(ordered[0]) / float(ordered[1]) if len(ordered) > 1 else math.inf
    if len(ordered) < 3:
        return math.nan
    rest = fitted_line(np.log(np.arange(2.0, len(ordered) + 1)), np.log(ordered[1:]))
    return math.log(ordered[0]) - rest.intercept


@dataclass(frozen=True, slots=True, repr=False)
class BorrowedSize(Tabled):
    """A line through the logarithms of size and centrality, and who is above or below it.

    Attributes
    ----------
    elasticity : float
        Slope: by what per cent the value grows with 1 % of size.
    intercept : float
        Natural logarithm of the value expected at size 1.
    standard_error : float
        Of the slope; NaN for two nodes.
    r_squared : float
        Share of the variance that size explains; NaN if all values are equal.
    n : int
        Nodes used.
    table : DataFrame
        Over nodes: ``value``, ``size``, ``expected`` (the value that the size predicts),
        ``residual`` (ln value - ln expected: above 0 borrowed size, below 0 agglomeration shadow)
        and ``studentized`` (the residual of a node from a line fitted without it, over its
        standard error: Student's t with n - 3 degrees of freedom). NaN where there is none.
    """

    _main = "table"

    elasticity: float
    intercept: float
    standard_error: float
    r_squared: float
    n: int
    table: pd.DataFrame


def borrowed_size(
    network: MultilayerNetwork, *, values: pd.Series[Any], size: str | pd.Series[Any] = "population"
) -> BorrowedSize:
    """Compare the centrality of nodes with what their size predicts: log-log least squares.

    Parameters
    ----------
    network : MultilayerNetwork
        Usually of places: `aggregate` first, since several nodes in a place share its size.
    values : Series
        One number of 0 or more a node, such as ``overlapping_strength(network)``.
    size : str or Series
        A column of the places (the node's place) or of the nodes; or one number a node.

    Returns
    -------
    BorrowedSize
        Nodes whose value or size is 0 or missing are left out of the fit, and their row is NaN from
        ``expected`` on (from ``residual`` if the size is known). NaN for fewer than two sizes.

    Raises
    ------
    InputError
        An unknown column, values for other nodes, or negative numbers.

    References
    ----------
    Alonso (1973), Urban zero population growth, Daedalus 102.
    Meijers and Burger (2017), Stretching the concept of 'borrowed size', Urban Studies 54.

    Examples
    --------
    >>> nodes = pd.DataFrame({"staff": [1, 2, 4, 8]}, index=list("abcd"))
    >>> network = ni.build_network(nodes, pd.DataFrame({"source": ["a"], "target": ["b"]}))
    >>> values = pd.Series([1.0, 4.0, 4.0, 8.0], index=list("abcd"))
    >>> fit = borrowed_size(network, values=values, size="staff")
    >>> round(fit.elasticity, 6), fit.to_frame()["residual"].idxmax()
    (0.9, 'b')
    """
    y = over_nodes(network, "values", values)
    x = _sizes(network, size)
    use = (y > 0) & (x > 0)
    log_x, log_y = (np.log(np.where(each > 0, each, np.nan)) for each in (x, y))
    line = fitted_line(log_x[use], log_y[use])
    studentized = np.full(y.shape, np.nan)
    if line.n > 3 and not np.isnan(line.slope):
        from_mean = log_x[use] - log_x[use].mean()
        rest = log_y[use] - line.intercept - line.slope * log_x[use]
        leverage = 1 / line.n + from_mean**2 / float(from_mean @ from_mean)
        studentized[use] = _studentized(rest, leverage)
    expected = line.intercept + line.slope * log_x
    columns = {"value": y, "size": x, "expected": np.exp(expected), "residual": log_y - expected}
    table = pd.DataFrame({**columns, "studentized": studentized}, network.storage.node_names)
    return BorrowedSize(
        line.slope, line.intercept, line.standard_error, line.r_squared, line.n, table
    )


def _studentized(rest: Floats, leverage: Floats) -> Floats:
    """Residuals from lines fitted without the point, over their standard errors."""
    own = 1 - leverage
    result = np.full(rest.shape, np.nan)
    some = own > 1e-12  # a point that alone fixes the slope has no residual of its own
    without = (rest @ rest - rest[some] ** 2 / own[some]) / (rest.size - 3)
    scale = np.sqrt(np.maximum(without, 0) * own[some])
    result[some] = np.divide(rest[some], scale, out=np.full(scale.shape, np.nan), where=scale > 0)
    return result


def _sizes(network: MultilayerNetwork, size: str | pd.Series[Any]) -> Floats:
    places = network.storage.places
    nodes = network.storage.nodes
    if not isinstance(size, str):
        return over_nodes(network, "size", size)
    if size in places:
        code = network.storage.place_codes
        if not (code >= 0).any():
            raise InputError(
                f"`size` is a column of places, {size!r}, and no node has a place; give the "
                "nodes a column `place`, or `size` as a Series over nodes."
            )
        return np.append(amounts(f"places[{size!r}]", places[size]), np.nan)[code]
    check_names("size", [size], [*places, *nodes], of="the columns of places and nodes")
    return amounts(f"nodes[{size!r}]", nodes[size])


def over_nodes(network: MultilayerNetwork, name: str, values: pd.Series[Any]) -> Floats:
    nodes = network.storage.node_names
    values = one_column(name, values)
    check_type(name, values, pd.Series)
    if not values.index.is_unique or nodes.difference(values.index).size:
        missing = list(nodes.difference(values.index)[:5])
        raise InputError(
            f"`{name}` must have each node of the network once in its index; missing: {missing}. "
            "Reindex it by network.nodes.index (NaN is left out)."
        )
    return amounts(name, values.reindex(nodes))


def _cuts(top: int | Sequence[int]) -> list[int]:
    cuts: list[Any] = as_list("top", top, "whole numbers") if isinstance(top, Iterable) else [top]
    if not cuts:
        raise InputError("`top` must be a whole number at least 1, or several; found none.")
    return [as_whole("top", cut, low=1) for cut in cuts]


def _fit(ordered: Floats, method: str) -> RankSize:
    n = len(ordered)
    rank = np.arange(1.0, n + 1)
    if method == "ols":
        return fitted_line(np.log(rank), np.log(ordered))
    line = fitted_line(np.log(ordered), np.log(rank - 0.5))
    error = abs(line.slope) * math.sqrt(2 / n) if n else math.nan
    return RankSize(line.slope, line.intercept, line.r_squared, error, n)


def fitted_line(x: Floats, y: Floats) -> RankSize:
    n = len(x)
    if n < 2 or x.min() == x.max():
        return RankSize(math.nan, math.nan, math.nan, math.nan, n)
    if y.min() == y.max():
        return RankSize(0.0, float(y[0]), math.nan, 0.0 if n > 2 else math.nan, n)
    dx = x - x.mean()
    dy = y - y.mean()
    slope = dx @ dy / (dx @ dx)
    residual = dy - slope * dx
    unexplained = residual @ residual
    error = math.sqrt(unexplained / (n - 2) / (dx @ dx)) if n > 2 else math.nan
    intercept = y.mean() - slope * x.mean()
    r_squared = 1 - unexplained / (dy @ dy)
    return RankSize(float(slope), float(intercept), float(r_squared), error, n)

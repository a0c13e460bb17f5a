"""Places that are more central than their size lets expect, and those that are less so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._runtime.arguments import did_you_mean, one_column
from netinnov._runtime.display import Tabled
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.polycentricity._rank_size import fitted_line


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

    A place in the orbit of larger ones may reach functions beyond its own size (borrowed size) or
    lose them to its neighbours (agglomeration shadow).

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
        Nodes whose value or size is 0 or missing have no logarithm: they are left out of the fit,
        and their row is NaN from ``expected`` on (where only the value is 0, ``expected`` stands).
        All is NaN with fewer than two nodes or with equal sizes.

    Raises
    ------
    InputError
        An unknown column, values for other nodes, or negative or infinite numbers.

    References
    ----------
    Alonso (1973), Urban zero population growth, Daedalus 102. Meijers and Burger (2017), Stretching
    the concept of 'borrowed size', Urban Studies 54.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
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
    log_x = np.log(np.where(x > 0, x, np.nan))
    log_y = np.log(np.where(y > 0, y, np.nan))
    line = fitted_line(log_x[use], log_y[use])
    studentized = np.full(y.shape, np.nan)
    if line.n > 3 and not np.isnan(line.slope):
        from_mean = log_x[use] - log_x[use].mean()
        rest = log_y[use] - line.intercept - line.slope * log_x[use]
        leverage = 1 / line.n + from_mean**2 / float(from_mean @ from_mean)
        studentized[use] = _studentized(rest, leverage)
    expected = line.intercept + line.slope * log_x
    columns = {"value": y, "size": x, "expected": np.exp(expected), "residual": log_y - expected}
    table = pd.DataFrame({**columns, "studentized": studentized}, index=network.storage.nodes.index)
    fit = line.slope, line.intercept, line.standard_error, line.r_squared, line.n
    return BorrowedSize(*fit, table)


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
    if not isinstance(size, str):
        return over_nodes(network, "size", size)
    if size in network.storage.places.columns:
        of_place = _numbers(f"places[{size!r}]", network.storage.places[size])
        code = network.storage.place_codes
        if not (code >= 0).any():
            msg = f"`size` is a column of places, {size!r}, and no node has a place; give the "
            raise InputError(f"{msg}nodes a column `place`, or `size` as a Series over nodes.")
        return np.asarray(np.where(code >= 0, of_place[np.maximum(code, 0)], np.nan))
    if size in network.storage.nodes.columns:
        return _numbers(f"nodes[{size!r}]", network.storage.nodes[size])
    known = [*network.storage.places.columns, *network.storage.nodes.columns]
    msg = f"`size` must be a column of places or nodes, or a Series; there is no {size!r}"
    raise InputError(f"{msg}{did_you_mean(size, known)}.")


def over_nodes(network: MultilayerNetwork, name: str, values: pd.Series[Any]) -> Floats:
    nodes, values = network.storage.nodes.index, one_column(name, values)
    if not isinstance(values, pd.Series):
        raise InputError(f"`{name}` must be a Series over nodes; found {type(values).__name__}.")
    if not values.index.is_unique or nodes.difference(values.index).size:
        missing = list(nodes.difference(values.index)[:5])
        msg = f"`{name}` must have each node of the network once in its index; missing: {missing}."
        raise InputError(f"{msg} Reindex it by network.nodes.index (NaN is left out).")
    return _numbers(name, values.reindex(nodes))


def _numbers(name: str, values: pd.Series[Any]) -> Floats:
    try:
        numbers: npt.NDArray[np.float64] = values.to_numpy(np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        raise InputError(f"`{name}` must hold numbers; its dtype is {values.dtype}.") from None
    if len(bad := values.index[(numbers < 0) | np.isinf(numbers)]):
        msg = f"`{name}` must be finite and 0 or more; {len(bad)} are not: {list(bad[:5])}."
        raise InputError(msg)
    return numbers

"""How evenly a quantity, or links, are spread over places."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import logsumexp, xlogy

from netinnov._network.columns import as_numbers
from netinnov._network.layer_table import refuse_shares
from netinnov._runtime.arguments import one_column, shown
from netinnov._typing import Direction, Floats
from netinnov.centrality._counts import counts
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

if TYPE_CHECKING:
    Values: TypeAlias = Sequence[float] | npt.NDArray[Any] | pd.Series[Any] | pd.DataFrame


def numbers(values: Values) -> Floats:
    values = one_column("values", values)
    if isinstance(values, MultilayerNetwork):
        raise InputError(
            "`values` must be one number a place, such as the strengths of the network, "
            "centrality.strength(network).sum(axis=1); found the network itself."
        )
    try:
        array = np.asarray(values)
    except ValueError:  # rows of different lengths
        array = np.empty((0, 0))
    if array.ndim != 1:
        raise InputError(
            f"values must be a sequence of numbers; found {type(values).__name__} of {array.ndim} "
            "dimensions."
        )
    x: Floats
    if array.dtype.kind in "biuf":
        x = array.astype(np.float64)
    else:
        x, _ = as_numbers(pd.Series(array, dtype=object))
    bad = np.flatnonzero(~(np.isfinite(x) & (x >= 0)))
    if len(bad):
        rows = ", ".join(f"{shown(array[i])} at position {i}" for i in bad[:5])
        raise InputError(
            f"values must be finite numbers of 0 or more; {len(bad)} of {len(x)} are not: {rows}. "
            "Drop or mend them first."
        )
    return x


def positive(values: Values) -> Floats:
    x = numbers(values)
    return x[x > 0]


def scaled(values: Values) -> Floats:
    """Divided by the largest, so that no sum overflows; empty where all are zero."""
    x = numbers(values)
    largest = x.max(initial=0.0)
    return x / largest if largest > 0 else x[:0]


_LARGEST_ORDER = 1e300  # beyond it only the largest share counts
_NEAR_ONE = 1e-3  # orders this close to 1 are expanded: the formula divides rounding by order - 1


def gini(values: Values) -> float:
    """Measure inequality as half the mean absolute difference over the mean (Gini 1912).

    Parameters
    ----------
    values : sequence of float
        One value a place, 0 or more, in any unit and order.

    Returns
    -------
    float
        0 (equal) to (n - 1)/n (one place has all: no small-sample factor); NaN if all are zero.

    Examples
    --------
    >>> gini([0, 10, 10, 30, 50])
    0.48
    """
    x = np.sort(scaled(values))
    n = len(x)
    return float((2 * np.arange(1, n + 1) - n - 1) @ x / (n * x.sum())) if n else math.nan


def herfindahl(values: Values) -> float:
    """Measure concentration as the sum of squared shares (Hirschman 1964).

    Parameters
    ----------
    values : sequence of float
        One value a place, 0 or more, in any unit and order.

    Returns
    -------
    float
        1/n (equal) to 1 (one place has all); NaN if all values are zero.

    Examples
    --------
    >>> herfindahl([2, 1, 1])
    0.375
    """
    x = scaled(values)
    return float(x @ x / x.sum() ** 2) if len(x) else math.nan


def theil(values: Values) -> float:
    """Measure inequality as the mean of (x/mean) ln(x/mean), Theil's T (1967), in nats.

    Parameters
    ----------
    values : sequence of float
        One value a place, 0 or more, in any unit and order. A zero adds nothing to the sum.

    Returns
    -------
    float
        0 (equal) to ln n (one place has all); NaN if all values are zero.

    Examples
    --------
    >>> round(theil([1, 0]), 6)  # ln 2
    0.693147
    """
    x = scaled(values)
    if len(x) == 0:
        return math.nan
    ratio = x / x.mean()
    return max(0.0, float(xlogy(ratio, ratio).mean()))


def effective_number(values: Values, *, order: float = 1) -> float:
    """Count the equal places that would be as diverse as these: Hill's number.

    Parameters
    ----------
    values : sequence of float
        One value a place, 0 or more, in any unit and order. Zeros do not count.
    order : float
        0 counts the places, 1 is the exponential of the entropy of the shares, 2 is
        1/herfindahl, infinity 1/largest share: the larger, the less the small ones count.

    Returns
    -------
    float
        1 (one place has all) to the number of positive values (equal); NaN if all are zero.

    Raises
    ------
    InputError
        If `order` is below 0.

    References
    ----------
    Hill (1973), Diversity and evenness: a unifying notation and its consequences, Ecology 54.

    Examples
    --------
    >>> round(effective_number([3, 3, 3, 3, 0]), 6)
    4.0
    """
    number: object = order
    if not isinstance(number, (int, float, np.number)) or not order >= 0:
        raise InputError(f"`order` must be a number of 0 or more; found {shown(order)}.")
    x = scaled(values)
    if len(x) == 0:
        return math.nan
    share = x[x > 0] / x.sum()
    share = share[share > 0]
    information = -np.log(share)
    if order > _LARGEST_ORDER:
        return float(math.exp(information.min()))
    beyond = order - 1
    if beyond == 0:
        return float(math.exp(share @ information))
    if abs(beyond) < _NEAR_ONE:
        return float(math.exp(-math.log1p(share @ np.expm1(-beyond * information)) / beyond))
    return float(math.exp(-logsumexp(-order * information) / beyond))


def green(values: Values, *, ddof: Literal[0, 1] = 0) -> float:
    """Measure polycentricity as 1 - sd/sd_max, where sd_max is the sd of the pair (0, largest).

    Parameters
    ----------
    values : sequence of float
        One value a place, 0 or more, in any unit and order.
    ddof : {0, 1}
        Both standard deviations divide by n - ddof. Papers often do not say which: state it.

    Returns
    -------
    float
        1 for equal values. 0 only if half of the values are 0 and half the largest (for
        ``ddof=1``: of two values). NaN if all values are zero, or for one value with ``ddof=1``.
        One place that has all scores 1 - 2 sqrt(n - 1)/n (``ddof=0``): compare systems of one n.

    References
    ----------
    Green (2007), Functional polycentricity: a formal definition in terms of social network
    analysis, Urban Studies 44, 2077.

    Examples
    --------
    >>> round(green([0, 0, 1]), 6)
    0.057191
    """
    x = scaled(values)
    if len(x) <= ddof:
        return math.nan
    return float(1 - x.std(ddof=ddof) / (0.5 if ddof == 0 else math.sqrt(0.5)))


def functional(
    network: MultilayerNetwork,
    *,
    weighted: bool = False,
    ddof: Literal[0, 1] = 0,
    direction: Direction = "total",
) -> float:
    """Measure functional polycentricity: evenness of the degrees x density, mean over layers.

    Parameters
    ----------
    network : MultilayerNetwork
        Places and the links between them.
    weighted : bool
        Take strengths in place of degrees (of layers of shares in one direction only). The
        density counts links in either case.
    ddof : {0, 1}
        Of the standard deviations in `green`.
    direction : {"total", "in", "out"}
        Which links of a directed layer make the degree (or strength) of a place.

    Returns
    -------
    float
        0 (one star, or hardly a link) to 1 (all pairs linked, evenly). A layer without links
        between different places is left out of the mean; NaN if no layer has any.

    Raises
    ------
    InputError
        ``weighted=True`` on a layer of shares of each origin's total, unless ``direction="in"``, or
        of each destination's, unless ``direction="out"``.

    Notes
    -----
    Density is links / (n(n - 1)/2), or / n(n - 1) in a directed layer; n counts isolates too. In
    dense flow matrices the index nears 1 whatever the flows are: show ``weighted=True`` beside it.

    Examples
    --------
    >>> links = pd.DataFrame({"source": list("aab"), "target": list("bcc"), "weight": [2, 1, 1]})
    >>> network = ni.build_network(links)
    >>> round(functional(network), 6), round(functional(network, weighted=True), 6)
    (1.0, 0.68573)
    """
    if weighted:
        refuse_shares(
            network.storage.records, f"functional with direction={direction!r}", direction
        )
    possible = network.n_nodes * (network.n_nodes - 1)  # an undirected link is two entries
    values = []
    by_layer = counts(network, direction, weighted=weighted).T
    for layer, count in zip(network.layers, by_layer, strict=True):
        if links := network.storage.simple_csr(layer).indices.size:
            values.append(green(count, ddof=ddof) * links / possible)
    return math.fsum(values) / len(values) if values else math.nan

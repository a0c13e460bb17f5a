"""Where a value lies among networks at random."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from netinnov._runtime.arguments import check_type, shown
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.null_models import NullComparison
from netinnov.plotting._drawing import drawing, legend_above, number
from netinnov.plotting._fonts import printable
from netinnov.plotting._style import INK, PALETTE, SINGLE

_BAND = "#d4d4d4"


def plot_null_distribution(
    comparison: NullComparison | pd.Series[float] | pd.DataFrame,
    *,
    observed: float | pd.Series[float] | None = None,
    node: str | None = None,
    label: str = "value",
    ax: Axes | None = None,
) -> Axes:
    """Draw the values of networks at random as a histogram, and the observed one as a line.

    Parameters
    ----------
    comparison : NullComparison, Series or DataFrame
        From `netinnov.null_models.compare_with_null`; or values as its ``draws``: a row a
        replicate.
    observed : float or Series, optional
        The value of the network, a number or one a node, with a table of replicates.
    node : str, optional
        Whose value, if the measure gives one a node.
    label : str
        What is measured, with its unit.
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

    Returns
    -------
    Axes
        Bars count replicates; the grey band holds the middle 95 % of them; the legend gives the
        observed value, z and the two-sided p, and the least that p can be.

    Raises
    ------
    InputError
        If the measure has a value a node and none is named, or the other way round, no
        replicate has a value, or `observed` is missing with a table, or given without one.

    Examples
    --------
    >>> import pandas as pd
    >>> draws = pd.Series([0.41, 0.43, 0.44, 0.46])
    >>> plot_null_distribution(draws, observed=0.5, label="efficiency").get_xlabel()
    'efficiency'
    """
    comparison = _comparison(comparison, observed)
    parts = [comparison.observed, comparison.z, comparison.p, comparison.low, comparison.high]
    draws = comparison.draws
    if isinstance(comparison.observed, pd.Series):
        if node not in comparison.observed.index:
            known = comparison.observed.index[:5].tolist()
            raise InputError(f"`node` must be one of those measured, e.g. {known}; found {node!r}.")
        parts = [part[node] for part in parts]
        draws = draws[node]
    elif node is not None:
        raise InputError(f"`node` must be left out, as the measure is one number; found {node!r}.")
    value, z, p, low, high = (float(part) for part in parts)
    values = np.asarray(draws, np.float64)
    values = values[np.isfinite(values)]
    if not values.size:
        raise InputError("no replicate of `comparison` has a value; there is nothing to draw.")
    with drawing(ax, SINGLE, 62) as ax:
        draw_histogram(ax, values, (low, high), "networks at random")
        signs = [f"z = {number(z, '+.1f')}"] if np.isfinite(z) else []
        text = ", ".join([f"observed: {number(value, '.4g')}", *signs])
        text += f"\np = {p:.3g}" if np.isfinite(p) else ""
        if np.isclose(p, 2 / (values.size + 1)):
            text += f", no less with {values.size:,} networks"
        ax.axvline(value, color=INK, linewidth=1.4, label=text)
        ax.set(xlabel=printable(label), ylabel="replicates")
        legend_above(ax)
    return ax


def draw_histogram(ax: Axes, values: Floats, band: tuple[float, float], called: str) -> None:
    """Bars of values at random, and the band of the middle 95 % of them."""
    ax.axvspan(*band, color=_BAND, linewidth=0, zorder=0, label="95 % of them")
    # Bars, and no step: half of the values may be one.
    bins: Any = "auto" if np.ptp(values) > 0 else 1
    look: dict[str, Any] = {"color": PALETTE[4], "edgecolor": "white", "linewidth": 0.3}
    ax.hist(values, bins=bins, label=f"{values.size:,} {called}", **look)
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))


def _comparison(
    result: NullComparison | pd.Series[float] | pd.DataFrame,
    observed: float | pd.Series[float] | None,
) -> NullComparison:
    from netinnov.null_models import NullComparison  # only here: it loads compiled code
    from netinnov.null_models._null_statistics import compared

    if not isinstance(result, (pd.Series, pd.DataFrame)):
        mend = "compare_with_null(...), or a table of draws"
        check_type("comparison", result, NullComparison, mend=mend)
        if observed is not None:
            raise InputError("`observed` is for a table of replicates; leave it out here.")
        return result
    if isinstance(result, pd.DataFrame) and isinstance(observed, pd.Series):
        observed = observed.reindex(pd.Index(result.columns))
    elif isinstance(result, pd.DataFrame) or not isinstance(observed, Real):
        msg = "`observed` must be the value of the network, a number for a Series of replicates "
        raise InputError(f"{msg}and a Series for a DataFrame; found {shown(observed)}.")
    return compared(observed, np.asarray(result, np.float64), np.nan)

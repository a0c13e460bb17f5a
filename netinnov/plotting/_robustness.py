"""Percolation curves: what holds together while nodes leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.plotting._fonts import printable
from netinnov.plotting._legend import legend_above
from netinnov.plotting._style import GREY, SINGLE, axes_or_new, figure_style, layer_style


def plot_robustness(
    curves: pd.Series[float] | pd.DataFrame | Mapping[str, pd.Series[float] | pd.DataFrame],
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw the share of nodes in the largest part against the share of nodes removed.

    Parameters
    ----------
    curves : Series, DataFrame or mapping from name to these
        Index = number of removed nodes, from 0 to all, as `netinnov.connectivity.robustness_curve`
        gives it. In a DataFrame each column is one repeat, such as one random order.
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

    Returns
    -------
    Axes
        A line for each curve, for repeats their mean with a band from 2.5 to 97.5 %; R in the
        legend. The thin grey line is the bound: all remaining nodes are connected.

    Raises
    ------
    InputError
        If there is no curve, its index does not rise from 0, or a value is not in [0, 1].

    Notes
    -----
    R is the mean of the entries 1 to n (Schneider et al. 2011), at most 1/2 - 1/(2n); for
    repeats that of their mean. A curve with gaps in its index has no R.

    References
    ----------
    Schneider et al. (2011), Mitigation of malicious attacks on networks, PNAS 108, 3838-3841.

    Examples
    --------
    >>> import pandas as pd
    >>> ax = plot_robustness({"star, hub first": pd.Series([1.0, 0.25, 0.25, 0.25, 0.0])})
    >>> ax.get_legend().get_texts()[0].get_text()
    'star, hub first: R = 0.188'
    """
    named = dict(curves) if isinstance(curves, Mapping) else {"": curves}
    tables = {str(name): _checked(str(name), curve) for name, curve in named.items()}
    if not tables:
        raise InputError("`curves` must hold at least one curve; found none.")
    with figure_style():
        ax = axes_or_new(ax, width=SINGLE, height=70)
        for position, (name, table) in enumerate(tables.items()):
            removed = table.index.to_numpy(np.float64)
            n = removed[-1]
            mean: Floats = table.mean(axis=1).to_numpy()
            style = layer_style(position)
            if table.shape[1] > 1:
                low, high = np.quantile(table.to_numpy(), [0.025, 0.975], axis=1)
                ax.fill_between(
                    removed / n, low, high, color=style["color"], alpha=0.2, linewidth=0
                )
            entry = [printable(name)] if name else []
            if table.shape[1] > 1:
                entry.append(f"({table.shape[1]:,} repeats)")
            if len(removed) == n + 1:
                entry[-1:] = [f"{entry[-1]}:" if entry else ""]
                entry.append(f"R = {mean[1:].mean():.3f}")
            label = " ".join(part for part in entry if part) or "curve"
            label = f" {label}" if label.startswith("_") else label
            ax.plot(removed / n, mean, linewidth=1.1, label=label, **style)
        ax.plot([0, 1], [1, 0], color=GREY, linewidth=0.4, zorder=1)
        ax.set(xlim=(0, 1), ylim=(0, 1.02))
        ax.set_xlabel("share of nodes removed")
        ax.set_ylabel("share of nodes in the largest part")
        legend_above(ax, handlelength=3.2)
    return ax


def _checked(name: str, curve: Any) -> pd.DataFrame:
    """One column a repeat."""
    if not isinstance(curve, (pd.Series, pd.DataFrame)):
        msg = "`curves` must be a Series, a DataFrame or a mapping to these; "
        raise InputError(f"{msg}found {type(curve).__name__}.")
    table: pd.DataFrame = curve.to_frame() if isinstance(curve, pd.Series) else curve
    steps = pd.to_numeric(pd.Series(table.index), errors="coerce").to_numpy(np.float64)
    curve_name = f"curve {name!r}" if name else "the curve"
    rising = len(steps) > 1 and steps[0] == 0 and bool((np.diff(steps) > 0).all())
    if not rising or not table.shape[1]:
        msg = f"{curve_name}: the index must be the number of removed nodes, rising from 0; "
        raise InputError(f"{msg}found {table.index[:5].tolist()}.")
    numeric = all(pd.api.types.is_numeric_dtype(dtype) for dtype in table.dtypes)
    values = table.to_numpy(np.float64) if numeric else np.full(table.shape, np.nan)
    if not ((values >= 0) & (values <= 1)).all():
        raise InputError(f"{curve_name}: every value must be a share of nodes from 0 to 1.")
    return pd.DataFrame(values, index=steps)

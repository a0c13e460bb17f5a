"""Specialisation: location quotients as shades, and entry of regions into related fields."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from netinnov._arguments import as_whole
from netinnov.errors import InputError
from netinnov.plotting._drawing import drawing, table_of, write_notes
from netinnov.plotting._fonts import Names, name_of
from netinnov.plotting._heat_maps import shaded_table
from netinnov.plotting._style import DOUBLE, INK, PALETTE, SINGLE

_MOST = 2.0
"""Logarithm to base 2 of the quotient beyond which shades are the same."""
_NEEDED = ["density", "rate", "null_mean", "null_low", "null_high", "n_candidates"]


def plot_location_quotients(
    quotients: pd.DataFrame, *, names: Names | None = None, top: int = 15, ax: Axes | None = None
) -> Axes:
    """Draw location quotients as shades on a logarithmic scale, with their values.

    Parameters
    ----------
    quotients : DataFrame
        Regions x fields, in the order drawn, as `mechanisms.agglomeration.location_quotient` gives
        it.
    names : mapping from region to str, optional
        Labels of the rows.
    top : int
        How many rows are drawn.
    ax : Axes, optional
        Where to draw; a new figure of 183 mm by default.

    Returns
    -------
    Axes
        White at 1, purple above, orange below, from 1/4 to 4; blank where it is 0 or missing.

    Raises
    ------
    InputError
        If there is no row or column, or a value is negative.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"solar": [1.6, 0.4], "tea": [0.4, 1.6]}, index=["hangzhou", "quzhou"])
    >>> [text.get_text() for text in plot_location_quotients(table).get_yticklabels()]
    ['hangzhou', 'quzhou']
    """
    quotients = table_of("quotients", quotients, of="mechanisms.agglomeration.location_quotient()")
    table = quotients.head(as_whole("top", top, low=1)).astype(float)
    if table.empty or (table < 0).any(axis=None):
        msg = "`quotients` must have rows and columns, and no negative value; found "
        raise InputError(f"{msg}{quotients.shape[0]} x {quotients.shape[1]}.")
    shade = table.where(table > 0).map(np.log2).clip(-_MOST, _MOST)
    with drawing(ax, DOUBLE, 24 + 5.2 * len(table)) as ax:
        bar: dict[str, Any] = {"label": "location quotient", "ticks": [-2, -1, 0, 1, 2]}
        bar["format"] = FuncFormatter(lambda x, _: f"{2.0**x:g}")
        texts = table.map(lambda value: f"{value:.2g}")
        rows = [name_of(names, row) for row in table.index]
        most = 1.25 * _MOST  # the darkest shades would drown the figures
        shaded_table(ax, shade, texts, rows, bar, cmap="PuOr", vmin=-most, vmax=most)
    return ax


def plot_entry_rates(rates: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how often regions enter fields against relatedness density, and the null model.

    Parameters
    ----------
    rates : DataFrame
        As `netinnov.mechanisms.agglomeration.entry_rates` gives it.
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

    Returns
    -------
    Axes
        A point a bin at its mean density; grey: 95 % of the null model and its mean.

    Raises
    ------
    InputError
        If a column is missing or there is no row.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"density": 0.1, "rate": 0.2, "null_mean": 0.1, "null_low": 0.05, "null_high": 0.15}
    >>> plot_entry_rates(pd.DataFrame([row | {"n_candidates": 50}])).get_ylabel()
    'share that the region enters, %'
    """
    table = table_of("rates", rates, _NEEDED, of="entry_rates()")
    if table.empty:
        raise InputError("`rates` must have a row for each bin; found none; see entry_rates().")
    x = table["density"].to_numpy(np.float64)
    y = {name: 100 * table[name].to_numpy(np.float64) for name in _NEEDED[1:5]}
    with drawing(ax, SINGLE, 74) as ax:
        ax.fill_between(x, y["null_low"], y["null_high"], color="#c8c8c8", linewidth=0)
        ax.plot(x, y["null_mean"], color="#8c8c8c", linewidth=0.9)
        look: dict[str, Any] = {"color": PALETTE[0], "markersize": 3.6, "mec": INK, "mew": 0.5}
        (line,) = ax.plot(x, y["rate"], "o-", label="observed", **look)
        ax.set_ylim(bottom=0)
        ax.set_ylabel("share that the region enters, %")
        band = Patch(facecolor="#c8c8c8", label="null model, 95 % (line: mean)")
        ax.legend(handles=[line, band], loc="upper left", borderpad=0)
        n = table["n_candidates"].sum()
        note = f"{n:,} pairs of a region and a field that it lacks, in {len(table)} bins."
        write_notes(ax, [note], label="relatedness density, mean of the bin")
    return ax

"""Entry of regions into new fields, by how near these are to what they have."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from netinnov.errors import InputError
from netinnov.plotting._notes import write_notes
from netinnov.plotting._style import INK, PALETTE, SINGLE, axes_or_new, figure_style
from netinnov.plotting._table_of_result import table_of

_NEEDED = ["density", "rate", "null_mean", "null_low", "null_high", "n_candidates"]


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
    with figure_style():
        ax = axes_or_new(ax, width=SINGLE, height=74)
        ax.fill_between(x, y["null_low"], y["null_high"], color="#c8c8c8", linewidth=0)
        ax.plot(x, y["null_mean"], color="#8c8c8c", linewidth=0.9)
        (line,) = ax.plot(
            x, y["rate"], color=PALETTE[0], marker="o", markersize=3.6, markeredgecolor=INK,
            markeredgewidth=0.5, label="observed",
        )  # fmt: skip
        ax.set_ylim(bottom=0)
        ax.set_ylabel("share that the region enters, %")
        band = Patch(facecolor="#c8c8c8", label="null model, 95 % (line: mean)")
        ax.legend(handles=[line, band], loc="upper left", borderpad=0)
        n = table["n_candidates"].sum()
        note = f"{n:,} pairs of a region and a field that it lacks, in {len(table)} bins."
        write_notes(ax, [note], label="relatedness density, mean of the bin")
    return ax

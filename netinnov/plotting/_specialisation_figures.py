"""Specialisation of regions: location quotients as shades."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from netinnov._runtime.arguments import as_whole
from netinnov.errors import InputError
from netinnov.plotting._drawing import drawing, table_of
from netinnov.plotting._fonts import Names, name_of
from netinnov.plotting._heat_maps import shaded_table
from netinnov.plotting._style import DOUBLE

_MOST = 2.0  # log2 quotient at which the colour scale saturates


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
        shade = shade.set_axis([name_of(names, row) for row in table.index])
        most = 1.25 * _MOST  # the darkest shades would drown the figures
        shaded_table(ax, shade, texts, bar, cmap="PuOr", vmin=-most, vmax=most)
    return ax

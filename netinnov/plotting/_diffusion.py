"""How soon an innovation reaches a place: share of draws that have arrived, step by step."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy.special import ndtri

from netinnov._arguments import as_whole, check_confidence
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.plotting._fonts import printable
from netinnov.plotting._legend import legend_above
from netinnov.plotting._notes import percent, write_notes
from netinnov.plotting._style import GREY, SINGLE, axes_or_new, figure_style, layer_style

_ALIKE = 0.03  # mean distance of curves that hide each other


def plot_reach(
    times: pd.Series[float] | Mapping[str, pd.Series[float]],
    *,
    horizon: int,
    confidence: float = 0.95,
    notes: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the share of draws in which an innovation has arrived, against the step.

    Parameters
    ----------
    times : Series or mapping from name to Series
        Steps in each draw, NaN where the targets were not reached, as
        `netinnov.mechanisms.diffusion.time_to_reach` gives them: such as with and without an
        enclave.
    horizon : int
        Last step drawn, 1 or more; no more than that of the draws.
    confidence : float
        Of the bands, above 0 and below 1.
    notes : str
        A sentence below the figure.
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

    Returns
    -------
    Axes
        A stair for each name with a band of Wilson's intervals, each step by itself, and a mark
        where half of the draws have arrived. Of stairs that nearly coincide the first is wide and
        pale, so that all are seen. Draws that never arrive stay in the denominator; their share
        stands in the legend.

    Raises
    ------
    InputError
        If there are no draws, a time is below 0, or a number is out of its range.

    See Also
    --------
    netinnov.mechanisms.diffusion.reach_table : The figures behind it.

    References
    ----------
    Wilson (1927), Probable inference, the law of succession, and statistical inference, Journal
    of the American Statistical Association 22, 209-212.

    Examples
    --------
    >>> import pandas as pd
    >>> ax = plot_reach({"with enclave": pd.Series([2.0, 4.0, 5.0, None])}, horizon=10)
    >>> ax.get_legend().get_texts()[0].get_text()
    'with enclave, not reached by step 10: 25\\xa0%'
    """
    horizon = as_whole("horizon", horizon, low=1)
    check_confidence("confidence", confidence)
    named = dict(times) if isinstance(times, Mapping) else {"": times}
    curves = {str(name): _checked(str(name), series) for name, series in named.items()}
    if not curves:
        raise InputError("`times` must hold at least one Series; found none.")
    steps = np.arange(horizon + 1)
    with figure_style():
        ax = axes_or_new(ax, width=SINGLE, height=72)
        shares = [
            np.array([(values <= step).mean() for step in steps]) for values in curves.values()
        ]
        for position, (name, values) in enumerate(curves.items()):
            share: Floats = shares[position]
            low, high = _wilson(share, values.size, confidence)
            style = layer_style(position)
            # Wide at the back and thin in front, so that none hides another.
            behind = sum(np.abs(share - other).mean() < _ALIKE for other in shares[position + 1 :])
            mark = "osD^vPX"[position % 7]
            text = f"not reached by step {horizon:,}: {percent(1 - share[-1])}"
            label = f"{printable(name)}, {text}" if name else text
            label = f" {label}" if label.startswith("_") else label
            ax.fill_between(
                steps, low, high, step="post", color=style["color"], alpha=0.2, linewidth=0
            )
            ax.plot(
                steps, share, drawstyle="steps-post", linewidth=1.1 + 1.4 * min(behind, 3),
                alpha=0.45 if behind else 1.0, solid_capstyle="butt", clip_on=False, label=label,
                marker=mark, markersize=4, markevery=[], **style,
            )  # fmt: skip
            half = np.flatnonzero(share >= 0.5)
            if half.size:
                ax.plot(
                    steps[half[0]], 0.5, marker=mark, markersize=4 + 3 * min(behind, 2),
                    color=style["color"], markeredgecolor="white", markeredgewidth=0.5, zorder=5,
                )  # fmt: skip
        ax.axhline(0.5, color=GREY, linewidth=0.4, zorder=1)
        ax.set(xlim=(0, horizon), ylim=(-0.03, 1.03))
        ax.set_ylabel("share of draws that have arrived")
        legend_above(ax, handlelength=3.2)
        draws = sorted({values.size for values in curves.values()})
        count = f"{draws[0]:,}" if len(draws) == 1 else f"{draws[0]:,} to {draws[-1]:,}"
        bands = (
            f"{count} draws each; bands: {percent(confidence)} intervals of the draws at each step."
        )
        write_notes(ax, [bands, "Mark: half have arrived.", notes], label="step", at_end=True)
    return ax


def _checked(name: str, times: pd.Series[float]) -> Floats:
    argument = f"`times` of {name!r}" if name else "`times`"
    if not isinstance(times, pd.Series):
        raise InputError(f"{argument} must be a Series of steps; found {type(times).__name__}.")
    values: Floats = np.asarray(times, np.float64)
    if not values.size or (values < 0).any():
        raise InputError(f"{argument} must hold at least one draw, and no step below 0.")
    return np.where(np.isnan(values), np.inf, values)


def _wilson(share: Floats, n: int, confidence: float) -> tuple[Floats, Floats]:
    z = float(ndtri((1 + confidence) / 2))
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return middle - half, middle + half

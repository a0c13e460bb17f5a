"""Effects against their dose, with the bend or peak that was fitted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.experiments import DoseResponse
from netinnov.plotting._fonts import printable
from netinnov.plotting._legend import legend_above
from netinnov.plotting._notes import number
from netinnov.plotting._style import GREY, PALETTE, SINGLE, axes_or_new, figure_style
from netinnov.plotting._table_of_result import table_of

_BAND = "#d4d4d4"


def plot_dose_response(
    table: DoseResponse | pd.DataFrame,
    *,
    measure: str,
    node: str | None = None,
    fit: pd.Series[float] | None = None,
    label: str = "dose",
    ax: Axes | None = None,
) -> Axes:
    """Draw the effect at each dose with its spread over placements.

    Parameters
    ----------
    table : DoseResponse or DataFrame
        Effects at several doses, or a table with the columns ``dose, measure, node, difference,
        low, high`` and perhaps ``mc_low, mc_high``, ``placebo_low,
        placebo_high``, as `netinnov.experiments.DoseResponse.to_frame` gives it.
    measure : str
        Which measure.
    node : str, optional
        Of which node; None where the measure is one number.
    fit : Series, optional
        From `netinnov.experiments.DoseResponse.fit`, of any shape: the fitted line or curve, and
        the interval of its bend or peak, or of the dose half-way to its plateau. The legend gives
        the part of the variation over doses that it describes, and says where it fits poorly.
    label : str
        What the dose is, with its unit.
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

    Returns
    -------
    Axes
        Points: means; thin lines: the middle 95 % of placements; thick lines: 95 % interval for
        Monte Carlo error; grey band: the middle 95 % of placebos; dashed: the fit, with the
        interval of its bend or peak along the bottom.

    Raises
    ------
    InputError
        If it is neither, a column is missing, or nothing was measured so.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = {"dose": [1, 2, 4], "measure": "access", "node": "home"}
    >>> table = pd.DataFrame({**rows, "difference": [0.1, 0.2, 0.2], "low": 0.0, "high": 0.3})
    >>> ax = plot_dose_response(table, measure="access", node="home", label="links of the park")
    >>> ax.get_ylabel()
    'change in access of home'
    """
    needed = ["dose", "measure", "node", "difference", "low", "high"]
    table = table_of("table", table, needed, of="DoseResponse.to_frame()", method="to_frame")
    of_node = table["node"].isna() if node is None else table["node"].eq(node)
    selected = of_node.to_numpy(bool, na_value=False) & table["measure"].eq(measure).to_numpy(bool)
    rows = table[selected].sort_values("dose")
    if rows.empty:
        msg = f"`table` has no row of the measure {measure!r} and node {node!r}; "
        raise InputError(f"{msg}measures are {table['measure'].unique().tolist()[:5]}.")
    dose = rows["dose"].to_numpy(np.float64)
    with figure_style():
        ax = axes_or_new(ax, width=SINGLE, height=70)
        ax.axhline(0, color="#888888", linewidth=0.7, zorder=1)
        if {"placebo_low", "placebo_high"} <= set(rows) and rows["placebo_low"].notna().any():
            low, high = (
                rows[name].to_numpy(np.float64) for name in ("placebo_low", "placebo_high")
            )
            ax.fill_between(dose, low, high, color=_BAND, linewidth=0, label="95 % of placebos")
        text = "95 % of placements"
        ax.vlines(dose, rows["low"], rows["high"], color=PALETTE[0], linewidth=0.8, label=text)
        if {"mc_low", "mc_high"} <= set(rows):
            text = "mean, and its Monte Carlo error"
            ends = rows["mc_low"], rows["mc_high"]
            ax.vlines(dose, *ends, color=PALETTE[0], linewidth=2.6, zorder=2.5)
        else:
            text = "mean"
        ax.plot(
            dose,
            rows["difference"],
            linestyle="none",
            marker="o",
            markersize=4,
            color=PALETTE[0],
            label=text,
            zorder=3,
        )
        if fit is not None:
            _draw_fit(ax, fit, dose, rows["difference"].to_numpy(np.float64))
        ax.set_xlabel(printable(label))
        of = "" if node is None else f" of {printable(node)}"
        ax.set_ylabel(f"change in {printable(measure).replace('_', ' ')}{of}")
        legend_above(ax, up=1.0)
    return ax


def _draw_fit(ax: Axes, fit: pd.Series[Any], dose: Floats, change: Floats) -> None:
    shape = printable(fit.name).replace("_", " ")
    along = np.linspace(dose.min(), dose.max(), 200)
    dashes: dict[str, Any] = {
        "color": PALETTE[1], "linestyle": (0, (5, 1.6)), "linewidth": 1.0
    }  # fmt: skip
    slope = float(fit["slope"])
    known = np.isfinite(change)
    if fit.name == "line":
        # Least squares lead through the mean point.
        level = change[known].mean() + slope * (along - dose[known].mean())
        text = f"straight line, slope {number(slope)}"
        ax.plot(along, level, label=text + _certainty(fit, "slope"), **dashes)
        return
    bend, low, high, plateau = (
        float(fit[name]) for name in ("break", "break_low", "break_high", "plateau")
    )
    if fit.name == "peak":
        along = np.union1d([bend], along)
        curve = (change[known].mean() - plateau) / ((dose[known] - bend) ** 2).mean()
        level = plateau + curve * (along - bend) ** 2
        shape, where = "highest" if curve <= 0 else "lowest", " at"
    elif fit.name in ("saturation", "threshold"):
        along = np.union1d([bend], along)
        past = np.minimum if fit.name == "saturation" else np.maximum
        level, where = plateau + slope * past(along - bend, 0), " at"
    else:
        # From 0 to the plateau the curve rises by `whole`; `slope` is that at 0.
        michaelis = fit.name == "michaelis_menten"
        whole = slope * bend * (1.0 if michaelis else 1 / np.log(2))
        left = bend / (bend + along) if michaelis else 2 ** (-along / bend)
        level, where = plateau - whole * left, ", half-way at"
    text = f"{shape}{where} {number(bend)}{_certainty(fit, 'break')}"
    ax.plot(along, level, label=text, **dashes)
    ax.plot(
        # Of a curve the interval can lie far beyond the doses.
        np.clip([low, high], dose.min(), dose.max()),
        [0.015, 0.015],
        transform=ax.get_xaxis_transform(),
        color=PALETTE[1],
        linewidth=2.4,
        solid_capstyle="butt",
        clip_on=False,
    )
    if dose.min() <= bend <= dose.max():
        ax.axvline(bend, color=GREY, linewidth=0.5, zorder=0)


def _certainty(fit: pd.Series[Any], name: str) -> str:
    """Lines of the legend: an interval, the variation described, whether the fit is poor."""
    low, high, described = (
        float(fit.get(each, np.nan)) for each in (f"{name}_low", f"{name}_high", "r_squared")
    )
    parts = [] if np.isnan(low) else [f"95 %: {number(low)} to {number(high)}"]
    parts += [] if np.isnan(described) else [f"R² = {described:.2f}"]
    text = f"\n{', '.join(parts)}" if parts else ""
    return f"{text}\na poor fit: no shape to rely on" if fit.get("poor", 0) else text

"""Effects of scenarios: a forest of changes, and effects against their dose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.transforms import ScaledTranslation

from netinnov._runtime.arguments import as_list
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.experiments import DoseResponse, ExperimentResult
from netinnov.plotting._drawing import chance, drawing, legend_above, table_of
from netinnov.plotting._fonts import Names, name_of, printable
from netinnov.plotting._forest import label_rows, write_columns
from netinnov.plotting._style import DOUBLE, GREY, INK, PALETTE, SINGLE

_BAND = "#d4d4d4"
_MEDIAN = "#8c8c8c"
_TICK: dict[str, Any] = {
    "marker": "|", "color": INK, "markersize": 8, "markeredgewidth": 1.5, "linestyle": "none",
}  # fmt: skip
_HEADS = 19.0  # points of their heads of two lines


def plot_effects(
    effects: ExperimentResult | pd.DataFrame,
    *,
    ax: Axes | None = None,
    names: Names | None = None,
    ends: Sequence[str] = (),
    percent: bool = False,
    label: str | None = None,
    legend: bool = True,
) -> Axes:
    """Draw the change that each scenario makes, with its interval over placements.

    Parameters
    ----------
    effects : ExperimentResult or DataFrame
        The result of an experiment, or a table with the columns ``scenario, measure, node,
        difference, low, high`` and perhaps ``median``, ``same_sign``, ``placebo_low,
        placebo_median, placebo_high`` and ``corrected_p``, as `ExperimentResult.effects` gives
        them: a row for each change, `node` missing where it is one of the whole network. Rows are
        drawn as given, from the top; draw measures of different units on different axes.
    ax : Axes, optional
        Where to draw; a new figure of 183 mm by default.
    names : mapping from node to str, optional
        Labels of the nodes.
    ends : sequence of str
        Nodes with a colour of their own, such as home and host. With them a scenario has one row,
        in which the changes of all nodes stand one below the other.
    percent : bool
        Changes in per cent of the column ``baseline``; where that is 0 nothing is drawn.
    label : str, optional
        What changes; by default the name of the measure.
    legend : bool
        Say above the axes what the marks are.

    Returns
    -------
    Axes
        A point at each difference (a mean), a bar from `low` to `high`, a black tick at the median,
        a line at zero; a grey band where 95 % of the placebos lie, with their median; at the right
        the share of placements with the same sign, and the corrected p-value against the placebos.

    Raises
    ------
    InputError
        If it is neither, or a column is missing.

    Notes
    -----
    Filled points are for the whole network, open ones for single places. The column ``why_no_p``
    says why a row has no p. A dash: no share of the same sign, as the median is 0.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"scenario": "park", "measure": "efficiency", "node": None}
    >>> effects = pd.DataFrame([{**row, "difference": 0.2, "low": 0.1, "high": 0.3}])
    >>> ax = plot_effects(effects)
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['park, whole network']
    """
    needed = ["scenario", "measure", "node", "difference", "low", "high"]
    of = "ExperimentResult.effects()"
    effects = table_of("effects", effects, needed, of=of, method="effects", full=True)
    measures = effects["measure"].unique()
    ends = as_list("ends", ends, "nodes")
    if percent:
        effects = _in_percent(effects)
    rows, labels = _rows(effects, names, one_a_scenario=bool(ends))
    colours = [_colour(node, ends) for node in effects["node"]]
    with drawing(ax, DOUBLE, 22 + 5.5 * len(effects)) as ax:
        label_rows(ax, labels)
        spacing = float(np.diff(np.sort(rows)).min()) if len(rows) > 1 else 1.0
        _draw_placebos(ax, effects, rows, 0.36 * spacing)
        ax.hlines(rows, effects["low"], effects["high"], color=colours, linewidth=1.3, zorder=3)
        for node in effects["node"].drop_duplicates():
            whole, colour = bool(pd.isna(node)), _colour(node, ends)
            mine = (effects["node"].isna() if whole else effects["node"] == node).to_numpy(bool)
            points = ax.scatter(effects["difference"][mine], rows[mine], marker=_marker(node, ends))
            points.set(sizes=[18], facecolors=colour if whole else "white", edgecolors=colour)
            points.set(linewidths=0.9, zorder=4)
        if "median" in effects:
            ax.plot(effects["median"], rows, zorder=5, **_TICK)
        # Of many changes in one row, the first and the last are no farther from the ends.
        edge = min(0.6 + rows.min(initial=0.0), 1.5 * spacing)
        ax.set_ylim(rows.max(initial=0.0) + edge, rows.min(initial=0.0) - edge)
        of = printable(label) if label else _plain(measures[0]) if len(measures) == 1 else ""
        unit = f"change in {of}" if of else "change"
        ax.set_xlabel(f"{unit}, %" if percent else unit)
        columns = _columns(effects)
        write_columns(ax, rows, columns)
        if legend:
            # Above the heads of the columns, which it may be wide enough to reach.
            up = ScaledTranslation(0, bool(columns) * _HEADS / 72, ax.figure.dpi_scale_trans)
            place = {"bbox_transform": ax.transAxes + up}
            legend_above(ax, _handles(effects, ends, names), ncols=2, **place)
    return ax


def _in_percent(effects: pd.DataFrame) -> pd.DataFrame:
    table_of("effects", effects, ["baseline"], of="ExperimentResult.effects()")
    changes = ["difference", "low", "high", "median"]
    changes += ["placebo_low", "placebo_median", "placebo_high"]
    before = effects["baseline"].astype(float).abs()
    scale = 100 / before.where(before > 0)
    return effects.assign(**{name: effects[name] * scale for name in changes if name in effects})


def _rows(
    effects: pd.DataFrame, names: Names | None, *, one_a_scenario: bool
) -> tuple[Floats, list[str]]:
    heads = effects["scenario"].map(printable)
    if effects["measure"].nunique() > 1:
        heads += ": " + effects["measure"].map(_plain)
    if not one_a_scenario:
        called = [_called(node, names) for node in effects["node"]]
        labels = [f"{head}, {node}" for head, node in zip(heads, called, strict=True)]
        return np.arange(len(effects), dtype=np.float64), labels
    row, unique = pd.factorize(heads.to_numpy(object))
    place = pd.Series(row).groupby(row)
    among, n = place.cumcount().to_numpy(), place.transform("size").to_numpy()
    labels = [str(label).replace(", ", ",\n", 1) for label in unique]
    return row + (among - (n - 1) / 2) * 0.8 / n.max(initial=1), labels


def _colour(node: Any, ends: Sequence[str]) -> str:
    if pd.isna(node):
        return INK if ends else PALETTE[0]
    if not ends:
        return PALETTE[0]
    return PALETTE[ends.index(node) % len(PALETTE)] if node in ends else GREY


def _marker(node: Any, ends: Sequence[str]) -> str:
    return "so^Dv"[(ends.index(node) + 1) % 5] if node in ends else "o"


def _placebos(effects: pd.DataFrame) -> Floats:
    table = effects.reindex(columns=["placebo_low", "placebo_median", "placebo_high"])
    return table.to_numpy(np.float64)


def _draw_placebos(ax: Axes, effects: pd.DataFrame, rows: Floats, half: float) -> None:
    table = _placebos(effects)
    look: dict[str, Any] = {"color": _BAND, "linewidth": 0.8, "zorder": 1.5}
    for at, (low, median, high) in zip(rows, table, strict=True):
        if np.isfinite(low):
            ax.add_patch(Rectangle((low, at - half), high - low, 2 * half, **look))
            ax.plot([median] * 2, [at - half, at + half], color=_MEDIAN, linewidth=0.9, zorder=2)
    drawn = table[np.isfinite(table)]
    if drawn.size:
        ax.update_datalim([(drawn.min(), 0), (drawn.max(), 0)])
        ax.autoscale_view(scaley=False)


def _columns(effects: pd.DataFrame) -> list[tuple[str, list[str]]]:
    columns = []
    if "same_sign" in effects:
        known = effects["same_sign"].astype(float)
        shares = [f"{100 * s:.0f}\N{NO-BREAK SPACE}%" if s == s else "–" for s in known]
        columns.append(("same\nsign", shares))
    if "corrected_p" in effects and effects["corrected_p"].notna().any():
        columns.append(("corrected\np", [chance(p, "–") for p in effects["corrected_p"]]))
    return columns


def _handles(effects: pd.DataFrame, ends: Sequence[str], names: Names | None) -> list[Any]:
    whole = effects["node"].isna().to_numpy(bool)
    point: dict[str, Any] = {"marker": "o", "markersize": 4, "color": _colour(None, ends)}
    point["linewidth"] = 1.3
    handles: list[Any] = []
    text = "mean change, 95 % of placements"
    both = whole.any() and not whole.all()
    if whole.any():
        label = "whole network" if ends else f"{text}: whole network" if both else text
        handles.append(Line2D([], [], label=label, **point))
    for node in ends:
        colour = _colour(node, ends)
        style = point | {"color": colour, "marker": _marker(node, ends), "markerfacecolor": "white"}
        handles.append(Line2D([], [], label=_called(node, names), **style))
    if not whole.all() and not effects["node"].dropna().isin(ends).all():
        label = "a place" if both else text
        handles.append(Line2D([], [], markerfacecolor="white", label=label, **point))
    if "median" in effects:
        handles.append(Line2D([], [], label="median change", **_TICK))
    if np.isfinite(_placebos(effects)).any():
        handles.append(Patch(facecolor=_BAND, linewidth=0, label="95 % of placebos, median"))
    return handles


def _called(node: Any, names: Names | None) -> str:
    return "whole network" if pd.isna(node) else printable(name_of(names, node))


def _plain(measure: object) -> str:
    return printable(measure).replace("_", " ")


def plot_dose_response(
    table: DoseResponse | pd.DataFrame,
    *,
    measure: str,
    node: str | None = None,
    label: str = "dose",
    ax: Axes | None = None,
) -> Axes:
    """Draw the effect at each dose with its spread over placements.

    Parameters
    ----------
    table : DoseResponse or DataFrame
        Effects at several doses, or a table with the columns ``dose, measure, node, difference,
        low, high`` and perhaps ``mc_low, mc_high``, ``placebo_low, placebo_high``, as
        `netinnov.experiments.DoseResponse.to_frame` gives it.
    measure : str
        Which measure.
    node : str, optional
        Of which node; None where the measure is one number.
    label : str
        What the dose is, with its unit.
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

    Returns
    -------
    Axes
        Points: means; thin lines: the middle 95 % of placements; thick lines: 95 % interval for
        Monte Carlo error; grey band: the middle 95 % of placebos.

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
    with drawing(ax, SINGLE, 70) as ax:
        ax.axhline(0, color="#888888", linewidth=0.7, zorder=1)
        if {"placebo_low", "placebo_high"} <= set(rows) and rows["placebo_low"].notna().any():
            ends = rows[["placebo_low", "placebo_high"]].to_numpy(np.float64).T
            ax.fill_between(dose, *ends, color=_BAND, linewidth=0, label="95 % of placebos")
        text = "95 % of placements"
        ax.vlines(dose, rows["low"], rows["high"], color=PALETTE[0], linewidth=0.8, label=text)
        text = "mean"
        if {"mc_low", "mc_high"} <= set(rows):
            text = "mean, and its Monte Carlo error"
            spans = rows["mc_low"], rows["mc_high"]
            ax.vlines(dose, *spans, color=PALETTE[0], linewidth=2.6, zorder=2.5)
        (points,) = ax.plot(dose, rows["difference"], "o", color=PALETTE[0], zorder=3)
        points.set(markersize=4, label=text)
        ax.set_xlabel(printable(label))
        of = "" if node is None else f" of {printable(node)}"
        ax.set_ylabel(f"change in {printable(measure).replace('_', ' ')}{of}")
        legend_above(ax)
    return ax

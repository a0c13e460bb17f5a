"""Effects of scenarios, effects against their dose, and values among random ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from netinnov._runtime.arguments import as_list, check_name
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.experiments import DoseResponse, ExperimentResult
from netinnov.null_models import NullComparison
from netinnov.planning import SitingPlan
from netinnov.plotting._drawing import (
    chance,
    draw_intervals,
    finish,
    label_rows,
    number,
    percent,
    table_of,
    write_columns,
)
from netinnov.plotting._fonts import Names, name_of, printable
from netinnov.plotting._style import BAND, GREY, MARKS, PALETTE, SINGLE, drawing, ink, paper, tone

_MEDIAN = "#8c8c8c"
_TICK: dict[str, Any] = {"marker": "|", "markersize": 8, "mew": 1.5, "linestyle": "none"}
_ALPHA = 0.05
_MOST_ROWS = 12  # of values that stand out, and how many of many are drawn
_HEADS = 19.0  # points of the heads of columns, of two lines
_SPANS = ["difference", "low", "high"]


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

    A point at each difference (a mean; open for single places), a bar from `low` to `high`, a tick
    at the median; at the right the share of placements with the same sign (a dash if the median
    is 0).

    Parameters
    ----------
    effects : ExperimentResult or DataFrame
        A row for each change: ``scenario, measure, node`` (missing for the whole network),
        ``difference, low, high`` and perhaps ``median`` and ``same_sign``, as
        `ExperimentResult.effects` gives them.
    ends : sequence of str
        Nodes with a colour of their own, such as home and host; a scenario then has one row.
    percent : bool
        Changes in per cent of the column ``baseline``; where that is 0 nothing is drawn.
    label : str, optional
        What changes; by default the name of the measure.
    legend : bool
        Say above the axes what the marks are.

    Examples
    --------
    >>> row = {"scenario": "park", "measure": "efficiency", "node": None}
    >>> row |= {"difference": 0.2, "low": 0.1, "high": 0.3}
    >>> plot_effects(pd.DataFrame([row])).get_xlabel()
    'change in efficiency'
    """
    needed = ["scenario", "measure", "node", *_SPANS, *(["baseline"] if percent else [])]
    of: dict[str, Any] = {"of": "ExperimentResult.effects()", "method": "effects", "full": True}
    effects = table_of("effects", effects, needed, **of)
    ends = [*map(str, as_list("ends", ends, "nodes"))]
    if percent:
        before = effects["baseline"].astype(float).abs()
        changes = effects.columns.intersection([*_SPANS, "median"])
        scaled = effects[changes].astype(float).mul(100 / before.where(before > 0), axis=0)
        effects[changes] = scaled
    rows, labels = _rows(effects, names, one_a_scenario=bool(ends))
    spacing = float(np.diff(np.sort(rows)).min()) if len(rows) > 1 else 1.0
    with drawing(ax, 20 + 6.5 * len(effects)) as ax:
        label_rows(ax, labels)
        _draw_changes(ax, effects, rows, ends, names)
        if "median" in effects:
            ax.plot(effects["median"], rows, zorder=5, color=ink(), label="median change", **_TICK)
        # Of many changes in one row, the first and the last are no farther from the ends.
        edge = min(0.6 + rows.min(initial=0.0), 1.5 * spacing)
        ax.set_ylim(rows.max(initial=0.0) + edge, rows.min(initial=0.0) - edge)
        measures = effects["measure"].unique()
        measured = printable(label) if label else _plain(measures[0]) if len(measures) == 1 else ""
        x = f"change in {measured}".removesuffix(" in ") + ", %" * percent
        signs = _signs(effects) if "same_sign" in effects else []
        write_columns(ax, rows, signs)
        return finish(ax, None if legend else [], x=x, ncols=2, points_above=_HEADS * bool(signs))


def _rows(
    effects: pd.DataFrame, names: Names | None, *, one_a_scenario: bool
) -> tuple[Floats, list[str]]:
    heads = effects["scenario"].map(printable)
    if effects["measure"].nunique() > 1:
        heads += ": " + effects["measure"].map(_plain)
    if not one_a_scenario:
        nodes = effects["node"]
        called = ["whole network" if pd.isna(node) else name_of(names, node) for node in nodes]
        labels = [f"{head}, {node}" for head, node in zip(heads, called, strict=True)]
        return np.arange(len(effects), dtype=np.float64), labels
    row, unique = pd.factorize(heads.to_numpy(object))
    place = pd.Series(row).groupby(row)
    among = place.cumcount().to_numpy()
    n = place.transform("size").to_numpy()
    labels = [str(label).replace(", ", ",\n", 1) for label in unique]
    return row + (among - (n - 1) / 2) * 0.8 / n.max(initial=1), labels


def _draw_changes(
    ax: Axes, effects: pd.DataFrame, rows: Floats, ends: Sequence[str], names: Names | None
) -> None:
    """The changes of the whole network, those of each of the ends, then those of other nodes."""
    node = effects["node"]
    whole = node.isna()
    text = "mean change, 95 % of placements"
    both = whole.any() and not whole.all()
    first = "whole network" if ends else f"{text}: whole network" if both else text
    parts = [(whole, first, ink() if ends else PALETTE[0], "o")]
    for seat, end in enumerate(ends):
        colour = PALETTE[seat % len(PALETTE)]
        marker = MARKS[(seat + 1) % len(MARKS)]
        parts.append((node.eq(end), name_of(names, end), colour, marker))
    others = ~whole & ~node.isin(ends)
    parts.append((others, "a place" if both else text, GREY if ends else PALETTE[0], "o"))
    for mine, label, colour, marker in parts:
        if mine.any():
            look: dict[str, Any] = {
                "color": colour,
                "marker": marker,
                "markersize": 4,
                "mfc": colour if mine is whole else paper(),
                "label": label,
            }
            draw_intervals(ax, rows[mine], effects.loc[mine, _SPANS], linewidth=1.3, **look)


def _signs(effects: pd.DataFrame) -> list[tuple[str, list[str]]]:
    shares = effects["same_sign"].astype(float)
    return [("same\nsign", [percent(share, 0, "–") for share in shares])]


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

    Points: means; thin lines: the middle 95 % of placements; thick lines: 95 % interval for Monte
    Carlo error.

    Parameters
    ----------
    table : DoseResponse or DataFrame
        ``dose, measure, node, difference, low, high`` and perhaps ``mc_low, mc_high``, as
        `netinnov.experiments.DoseResponse.to_frame` gives them.
    measure : str
        Which measure.
    node : str, optional
        Of which node; None where the measure is one number.

    Examples
    --------
    >>> rows = {"dose": [1, 2], "measure": "access", "node": "home", "difference": [0.1, 0.2]}
    >>> table = pd.DataFrame(rows | {"low": 0.0, "high": 0.3})
    >>> plot_dose_response(table, measure="access", node="home").get_ylabel()
    'change in access of home'
    """
    needed = ["dose", "measure", "node", *_SPANS]
    of = "DoseResponse.to_frame()"
    table = table_of("table", table, needed, of=of, method="to_frame")
    check_name("measure", measure, table["measure"].unique().tolist(), of="the table")
    if node is not None:
        check_name("node", node, table["node"].dropna().unique().tolist(), of="the table")
    of_node = table["node"].isna() if node is None else table["node"].eq(node)
    selected = of_node.to_numpy(bool, na_value=False) & table["measure"].eq(measure).to_numpy(bool)
    rows = table[selected].sort_values("dose")
    if rows.empty:
        raise InputError(
            f"`table` has no row of the measure {measure!r} and node {node!r}; "
            f"measures are {table['measure'].unique().tolist()[:5]}."
        )
    dose = rows["dose"].to_numpy(np.float64)
    with drawing(ax, 70, SINGLE) as ax:
        ax.axhline(0, color="#888888", linewidth=0.7, zorder=1)
        text = "mean, 95 % of placements"
        if {"mc_low", "mc_high"} <= set(rows):
            text += "\nthick: Monte Carlo error of the mean"
            errors = rows["mc_low"], rows["mc_high"]
            ax.vlines(dose, *errors, color=PALETTE[0], linewidth=2.6, zorder=2.5)
        look: dict[str, Any] = {"color": PALETTE[0], "linewidth": 0.8, "markersize": 4}
        draw_intervals(ax, dose, rows[_SPANS], upright=True, label=text, **look)
        of_one = "" if node is None else f" of {printable(node)}"
        return finish(ax, x=printable(label), y=f"change in {_plain(measure)}{of_one}")


def plot_null_distribution(
    comparison: NullComparison, *, label: str = "value", ax: Axes | None = None
) -> Axes:
    """Draw an observed value among its random replicates; of several, a row each.

    Of one value: bars count replicates; the grey band holds the middle 95 % of them; the legend
    gives the observed value, z and the two-sided p, and the least that p can be. Of several values
    a row each, with that band as a bar; the point is filled if p, corrected for all values, is
    below 0.05. Values that never vary are left out. Of more than 12, up to 12 that stand out are
    drawn, or the 5 of z furthest from 0 if none does.

    Parameters
    ----------
    comparison : NullComparison
        From `netinnov.null_models.compare_with_null`.

    Examples
    --------
    >>> network = ni.datasets.make_city_system(n_cities=8, rng=1)
    >>> options = {"measure": ni.connectivity.global_efficiency, "replicates": 19, "rng": 1}
    >>> found = ni.null_models.compare_with_null(network, **options, progress=False)
    >>> plot_null_distribution(found, label="efficiency").get_xlabel()
    'efficiency'
    """
    if isinstance(comparison.observed, pd.Series):
        return _plot_values(comparison, label, ax)
    value = comparison.observed
    z = comparison.z
    p = comparison.p
    values = np.asarray(comparison.draws, np.float64)
    values = values[np.isfinite(values)]
    if not values.size:
        raise InputError("no replicate of `comparison` has a value; there is nothing to draw.")
    with drawing(ax, 62, SINGLE) as ax:
        _draw_histogram(ax, values, (comparison.low, comparison.high), "replicates")
        text = f"observed: {number(value, '.4g')}"
        text += f", z = {number(z, '+.1f')}" if np.isfinite(z) else ""
        text += f"\np = {p:.3g}" if np.isfinite(p) else ""
        if np.isclose(p, 2 / (values.size + 1)):
            text += f", no less with {values.size:,} replicates"
        ax.axvline(value, color=ink(), linewidth=1.4, label=text)
        return finish(ax, x=printable(label), y="replicates")


def _plot_values(comparison: NullComparison, label: str, ax: Axes | None) -> Axes:
    table = comparison.to_frame().assign(corrected=comparison.corrected())
    n_values = len(table)
    note = ""
    varies = table["sd"].gt(0) | table["observed"].ne(table["mean"])
    table = table[varies] if varies.any() else table
    if len(table) > _MOST_ROWS:
        stands_out = table["corrected"].lt(_ALPHA)
        count = int(stands_out.sum())
        least = 2 * n_values / _ALPHA
        note = f"{count} of {n_values:,} values stand out. One alone needs {least:,.0f} replicates."
        table = table[stands_out] if count else table
        table = table.sort_values("z", key=abs, ascending=False).head(_MOST_ROWS if count else 5)
    return plot_null_rows(table, len(comparison.draws), label=label, note=note, ax=ax)


def plot_null_rows(
    table: pd.DataFrame, replicates: int, *, label: str, note: str = "", ax: Axes | None = None
) -> Axes:
    """Draw a row for each of ``observed, mean, low, high, corrected``; a pair as an arrow."""
    rows = np.arange(len(table))
    filled = table["corrected"].lt(_ALPHA).to_numpy()
    names = [name if isinstance(name, tuple) else (name,) for name in table.index]
    look: dict[str, Any] = {"facecolor": tone(BAND), "edgecolor": _MEDIAN, "linewidth": 0.6}
    look["label"] = f"95 % of {replicates:,} replicates\nand mean"
    with drawing(ax, 30 + 5.5 * len(table), SINGLE) as ax:
        label_rows(ax, [" → ".join(map(printable, name)) for name in names], zero=False)
        ax.use_sticky_edges = False  # a point at the end of a bar is drawn whole
        ax.barh(rows, table["high"] - table["low"], 0.6, table["low"], **look)
        ax.plot(table["mean"], rows, color=_MEDIAN, **_TICK)
        texts = ("observed", f"observed, p below {_ALPHA}")
        for which, face, text in zip((~filled, filled), (paper(), ink()), texts, strict=True):
            look = {"mec": ink(), "mfc": face, "label": text if which.any() else "_"}
            ax.plot(table["observed"][which], rows[which], "o", markersize=4.5, zorder=4, **look)
        ax.xaxis.set_major_locator(MaxNLocator(3))
        observed = [number(value, ".4g") for value in table["observed"]]
        p = [chance(value, "–") for value in table["corrected"]]
        write_columns(ax, rows, [("observed", observed), ("corrected\np", p)])
        return finish(ax, x=printable(label), notes=[note], points_above=_HEADS)


def _draw_histogram(ax: Axes, values: Floats, band: Any, called: str) -> None:
    ax.axvspan(*band, color=tone(BAND), linewidth=0, zorder=0, label="95 % of them")
    # Bars, and no step: half of the values may be one.
    bins: Any = "auto" if np.ptp(values) > 0 else 1
    look: dict[str, Any] = {"color": PALETTE[4], "edgecolor": paper(), "linewidth": 0.3}
    ax.hist(values, bins=bins, label=f"{values.size:,} {called}", **look)
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))


def plot_plan_value(plan: SitingPlan, *, label: str = "objective", ax: Axes | None = None) -> Axes:
    """Draw the value of a plan beside plans at random, its bound and what there is today.

    A histogram of the plans at random, with a grey band for the middle 95 %; lines at the others.

    Parameters
    ----------
    plan : SitingPlan
        From `netinnov.planning.site_enclaves`, best with ``placebos=``.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("abcd"), "target": list("bcde")}))
    >>> links = {a + b: ni.scenarios.NewLinks([(a, b)]) for a, b in ["ac", "ad", "ae"]}
    >>> plan = ni.planning.site_enclaves(network, candidates=links, k=1, objective="efficiency")
    >>> plot_plan_value(plan, label="efficiency").get_xlabel()
    'efficiency'
    """
    values = plan.placebo.dropna().to_numpy(np.float64)
    with drawing(ax, 70, SINGLE) as ax:
        if values.size:
            _draw_histogram(ax, values, np.quantile(values, [0.025, 0.975]), "plans at random")
        else:
            ax.set_yticks([])
        for text, at, colour, dash in (
            ("bound: no plan is above", plan.bound, ink(), (0, (4, 2))),
            ("this plan", plan.value, PALETTE[1], "solid"),
            ("today", plan.baseline, GREY, (0, (1, 1.2))),
        ):
            if np.isfinite(at):
                ax.axvline(at, color=colour, linestyle=dash, linewidth=1.3, label=text)
        return finish(ax, x=printable(label), y="plans" if values.size else "")

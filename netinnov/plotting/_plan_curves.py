"""What plans reach: beside plans at random, and for two objectives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from netinnov._runtime.arguments import check_type
from netinnov.planning import ParetoPlans, SitingPlan
from netinnov.plotting._drawing import drawing, legend_above
from netinnov.plotting._fonts import name_of, printable
from netinnov.plotting._style import GREY, INK, PALETTE, SINGLE

_BAND = "#d4d4d4"


def plot_plan_value(
    plan: SitingPlan,
    *,
    fresh: pd.Series[float] | None = None,
    label: str = "objective",
    ax: Axes | None = None,
) -> Axes:
    """Draw the value of a plan beside plans at random, its bound and what there is today.

    Parameters
    ----------
    plan : SitingPlan
        From `netinnov.planning.site_enclaves`, best with ``placebos=``.
    fresh : Series, optional
        Values of the plan on placements that it was not chosen on.
    label : str
        What is raised, with its unit.
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

    Returns
    -------
    Axes
        A histogram of the plans at random, with a grey band for the middle 95 %; lines at what
        there is today, at the plan, and at the bound, which no plan exceeds.

    Raises
    ------
    InputError
        If `plan` is something else.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": list("abcd"), "target": list("bcde")})
    >>> network = ni.build_network(pd.DataFrame(index=list("abcde")), links)
    >>> links = {a + b: ni.scenarios.NewLinks([(a, b)]) for a, b in ["ac", "ad", "ae"]}
    >>> plan = ni.planning.site_enclaves(network, candidates=links, k=1, objective="efficiency")
    >>> plot_plan_value(plan, label="efficiency").get_ylabel()
    'efficiency'
    """
    check_type("plan", plan, SitingPlan, mend="what site_enclaves gives")
    values = plan.placebo.dropna().to_numpy(np.float64)
    shown = float(plan.value if fresh is None else fresh.mean())
    with drawing(ax, SINGLE, 70) as ax:
        handles: list[Any] = []
        if values.size:
            low, high = np.quantile(values, [0.025, 0.975])
            ax.axhspan(low, high, color=_BAND, linewidth=0, zorder=0)
            bins = 15 if np.ptp(values) > 0 else 1
            style: dict[str, Any] = {"fc": PALETTE[4], "ec": "white", "linewidth": 0.3}
            ax.hist(values, bins=bins, orientation="horizontal", **style)
            handles.append(Patch(label=f"{values.size:,} plans at random", **style))
            handles.append(Patch(color=_BAND, linewidth=0, label="95 % of them"))
        if fresh is not None and len(fresh) > 1:
            ax.axhspan(*fresh.quantile([0.025, 0.975]), color=PALETTE[1], alpha=0.35, linewidth=0)
        for text, at, colour, dash in (
            ("bound: no plan is above", plan.bound, INK, (0, (4, 2))),
            ("this plan", shown, PALETTE[1], "solid"),
            ("today", plan.baseline, GREY, (0, (1, 1.2))),
        ):
            if np.isfinite(at):
                look: dict[str, Any] = {"color": colour, "linestyle": dash, "linewidth": 1.3}
                ax.axhline(at, **look)
                handles.append(Line2D([], [], label=text, **look))
        ax.set(ylabel=printable(label), xlabel="plans" if values.size else "")
        ax.xaxis.set_major_locator(MaxNLocator(3, integer=True))
        if not values.size:
            ax.set_xticks([])
        legend_above(ax, handles)
    return ax


def plot_pareto(
    front: ParetoPlans,
    *,
    plan: tuple[str, ...] | None = None,
    labels: Mapping[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the plans that no other plan beats in both of two objectives.

    Parameters
    ----------
    front : ParetoPlans
        From `netinnov.planning.pareto_plans`.
    plan : tuple of str, optional
        Sites of a plan to be marked, if it is one of them.
    labels : mapping from objective to str, optional
        What the objectives are called; their names by default.
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

    Returns
    -------
    Axes
        A point for each plan, the first objective rightwards and the second upwards, with a step
        between them; a cross is what there is today, where it is near enough to be drawn.

    Raises
    ------
    InputError
        If `front` is something else.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": list("abcd"), "target": list("bcde")})
    >>> network = ni.build_network(pd.DataFrame(index=list("abcde")), links)
    >>> links = {a + b: ni.scenarios.NewLinks([(a, b)]) for a, b in ["ac", "bd", "ae"]}
    >>> both = {"efficiency": "efficiency", "equity": "equity"}
    >>> front = ni.planning.pareto_plans(network, candidates=links, k=1, objectives=both)
    >>> plot_pareto(front).get_xlabel()
    'efficiency'
    """
    check_type("front", front, ParetoPlans, mend="what pareto_plans gives")
    first, second = (str(each) for each in front.baseline.index)
    table = front.plans.sort_values(first, kind="stable")
    with drawing(ax, SINGLE, 70) as ax:
        x, y = (table[each].to_numpy(np.float64) for each in (first, second))
        ax.step(x, y, where="pre", color=PALETTE[0], linewidth=0.7, alpha=0.6)
        text = "no other plan beats it in both" + ("" if front.exact else ", as found")
        ax.plot(x, y, "o", color=PALETTE[0], markersize=4.5, label=text)
        sites = [set(each) for each in table["sites"]]
        if plan is not None and set(plan) in sites:
            at = sites.index(set(plan))
            look: dict[str, Any] = {"markersize": 7, "markerfacecolor": "none", "color": PALETTE[1]}
            ax.plot(x[at], y[at], "s", label="the plan of the map", **look)
        today = front.baseline[[first, second]].astype(float)
        ax.plot(*today, "x", color=INK, label="today")
        ax.margins(0.08)
        ax.set(xlabel=printable(name_of(labels, first)), ylabel=printable(name_of(labels, second)))
        ax.xaxis.set_major_locator(MaxNLocator(5))
        ax.yaxis.set_major_locator(MaxNLocator(5))
        legend_above(ax)
    return ax

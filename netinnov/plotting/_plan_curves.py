"""What plans reach: beside plans at random, and for two objectives."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from netinnov._runtime.arguments import check_type
from netinnov.planning import ParetoPlans, SitingPlan
from netinnov.plotting._drawing import drawing, legend_above
from netinnov.plotting._fonts import printable
from netinnov.plotting._null_distribution import draw_histogram
from netinnov.plotting._style import GREY, INK, PALETTE, SINGLE


def plot_plan_value(
    plan: SitingPlan,
    *,
    label: str = "objective",
    ax: Axes | None = None,
) -> Axes:
    """Draw the value of a plan beside plans at random, its bound and what there is today.

    Parameters
    ----------
    plan : SitingPlan
        From `netinnov.planning.site_enclaves`, best with ``placebos=``.
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
    >>> plot_plan_value(plan, label="efficiency").get_xlabel()
    'efficiency'
    """
    check_type("plan", plan, SitingPlan, mend="what site_enclaves gives")
    values = plan.placebo.dropna().to_numpy(np.float64)
    with drawing(ax, SINGLE, 70) as ax:
        if values.size:
            low, high = np.quantile(values, [0.025, 0.975])
            draw_histogram(ax, values, (low, high), "plans at random")
        for text, at, colour, dash in (
            ("bound: no plan is above", plan.bound, INK, (0, (4, 2))),
            ("this plan", plan.value, PALETTE[1], "solid"),
            ("today", plan.baseline, GREY, (0, (1, 1.2))),
        ):
            if np.isfinite(at):
                ax.axvline(at, color=colour, linestyle=dash, linewidth=1.3, label=text)
        ax.set(xlabel=printable(label), ylabel="plans" if values.size else "")
        if not values.size:
            ax.set_yticks([])
        legend_above(ax)
    return ax


def plot_pareto(
    front: ParetoPlans,
    *,
    plan: tuple[str, ...] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the plans that no other plan beats in both of two objectives.

    Parameters
    ----------
    front : ParetoPlans
        From `netinnov.planning.pareto_plans`.
    plan : tuple of str, optional
        Sites of a plan to be marked, if it is one of them.
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
        text = "no other plan beats it in both"
        ax.plot(x, y, "o", color=PALETTE[0], markersize=4.5, label=text)
        sites = [set(each) for each in table["sites"]]
        if plan is not None and set(plan) in sites:
            at = sites.index(set(plan))
            look: dict[str, Any] = {"markersize": 7, "markerfacecolor": "none", "color": PALETTE[1]}
            ax.plot(x[at], y[at], "s", label="the plan of the map", **look)
        today = front.baseline[[first, second]].astype(float)
        ax.plot(*today, "x", color=INK, label="today")
        ax.margins(0.08)
        ax.set(xlabel=printable(first), ylabel=printable(second))
        ax.xaxis.set_major_locator(MaxNLocator(5))
        ax.yaxis.set_major_locator(MaxNLocator(5))
        legend_above(ax)
    return ax

"""Planning and governance: fronts of plans, hosts, approaches, benefits, space with rents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from netinnov._runtime.arguments import as_list, check_names
from netinnov._typing import Count, Floats
from netinnov.errors import InputError
from netinnov.governance import ApproachComparison
from netinnov.planning import ParetoPlans, SpaceAllocation
from netinnov.plotting._drawing import (
    digits,
    draw_intervals,
    finish,
    label_rows,
    percent,
    table_of,
    write_columns,
)
from netinnov.plotting._fonts import Names, name_of, printable
from netinnov.plotting._style import BAND, GREY, MARKS, PALETTE, SINGLE, drawing, ink, paper, tone

# Heading of each measure, and whether more (1) or less (-1) is better.
_MEASURES = {
    "home_access": ("access of\nhome", 1),
    "host_access": ("access of\nhost", 1),
    "efficiency": ("efficiency", 1),
    "access_gini": ("inequality\nof access", -1),
    "effective_number": ("effective\nnumber of\nplaces", 1),
    "spectral_radius": ("cobweb:\nspectral\nradius", -1),
    "below_break": ("free flow:\nbelow break\npoint", 1),
    "largest_excess": ("largest\nexcess", -1),
}
_OF_HOSTS = ["median", "low", "high", "rank_low", "rank_high"]
_OWN_UNIT = ("below_break", "largest_excess")  # no per cent: their zero is arbitrary
_HALF = 0.36
_NONE = 1e-9  # of a column: the longest interval; of the largest change: no change
_SPREAD = 0.75  # of a row, over which the rules of a player stand
_BLOCK = 0.03  # width of a demand or site, of the way between them
_LINES = 28.0
_MINUTE = 1e-6  # lines of text above one another; of all space: what is not drawn


def plot_pareto(
    front: ParetoPlans, *, plan: tuple[str, ...] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the plans that no other plan beats in both of two objectives.

    A point for each plan, joined by steps; a cross is what there is today.

    Parameters
    ----------
    front : ParetoPlans
        From `netinnov.planning.pareto_plans`.
    plan : tuple of str, optional
        Sites of a plan to be marked, if it is one of them.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("abcd"), "target": list("bcde")}))
    >>> links = {a + b: ni.scenarios.NewLinks([(a, b)]) for a, b in ["ac", "bd", "ae"]}
    >>> both = {"efficiency": "efficiency", "equity": "equity"}
    >>> front = ni.planning.pareto_plans(network, candidates=links, k=1, objectives=both)
    >>> plot_pareto(front).get_xlabel()
    'efficiency'
    """
    first, second = (str(each) for each in front.baseline.index)
    table = front.plans.sort_values(first, kind="stable")
    with drawing(ax, 70, SINGLE) as ax:
        x, y = (table[each].to_numpy(np.float64) for each in (first, second))
        ax.step(x, y, where="pre", color=PALETTE[0], linewidth=0.7, alpha=0.6)
        text = "no other plan beats it in both"
        ax.plot(x, y, "o", color=PALETTE[0], markersize=4.5, label=text)
        sites = [set(each) for each in table["sites"]]
        marked = None if plan is None else {*map(str, as_list("plan", plan, "sites"))}
        if marked in sites:
            at = sites.index(marked)
            look: dict[str, Any] = {"markersize": 7, "markerfacecolor": "none", "color": PALETTE[1]}
            ax.plot(x[at], y[at], "s", label="the plan of the map", **look)
        ax.plot(*front.baseline[[first, second]].astype(float), "x", color=ink(), label="today")
        ax.margins(0.08)
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_locator(MaxNLocator(5))
        return finish(ax, x=printable(first), y=printable(second))


def plot_host_ranking(
    ranking: pd.DataFrame, *, names: Names | None = None, top: Count = 15, ax: Axes | None = None
) -> Axes:
    """Draw what each host would change at home, with its interval and the ranks it may have.

    A row for each host: a point at the median change, in per cent, a bar from `low` to `high`; at
    the right the confidence set of its rank.

    Parameters
    ----------
    ranking : DataFrame
        From `netinnov.planning.rank_hosts`: index = host, columns
        ``median, low, high, rank_low, rank_high``.

    Examples
    --------
    >>> hosts = pd.DataFrame(
    ...     {"median": [4.0], "low": 1.0, "high": 6.0, "rank_low": 1, "rank_high": 3},
    ...     index=["host"],
    ... )
    >>> plot_host_ranking(hosts).get_xlabel()
    'change at home, %'
    """
    ranking = table_of("ranking", ranking, _OF_HOSTS, of="rank_hosts()")
    known = ranking.dropna(subset="median")
    if known.empty:
        raise InputError("`ranking` must have a host whose median is known; it has none to draw.")
    shown = known.sort_values("median", ascending=False, kind="stable").head(top)
    rows = np.arange(len(shown))
    with drawing(ax, 16 + 3.6 * len(shown), SINGLE) as ax:
        label_rows(ax, [name_of(names, host) for host in shown.index])
        look = {"color": PALETTE[0], "linewidth": 1.6, "mfc": ink(), "mec": ink()}
        draw_intervals(ax, rows, shown[["median", "low", "high"]], markersize=4.7, **look)
        ranks = shown[["rank_low", "rank_high"]].itertuples(index=False)
        write_columns(ax, rows, [("rank", [_span(first, last) for first, last in ranks])])
        notes = ["Point: median. Bar: interval of the draws. Right: the ranks that it may have."]
        if len(known) > len(shown):
            notes.append(f"Drawn: the first {len(shown)} of {len(known)} hosts, by the median.")
        return finish(ax, x="change at home, %", notes=notes)


def _span(first: float, last: float) -> str:
    return f"{first:.0f}" if first == last else f"{first:.0f}\N{EN DASH}{last:.0f}"


def plot_approaches(
    comparison: ApproachComparison | pd.DataFrame,
    *,
    measures: Sequence[str] | None = None,
    names: Mapping[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw what each governance approach changes in each measure, with intervals.

    A row an approach and a column a measure: the mean change over placements with its interval, on
    a scale of the column's own, in per cent of the value before but for the break point of free
    flow and the largest excess, which may be 0 before. Line: no change; filled: the best.

    Parameters
    ----------
    comparison : ApproachComparison or DataFrame
        From `netinnov.governance.compare_approaches`, or its table.
    measures : sequence of str, optional
        Which ones, in order; by default all.

    Examples
    --------
    >>> row = {"approach": "merger", "measure": "efficiency", "baseline": 0.5, "difference": 0.05}
    >>> ax = plot_approaches(pd.DataFrame([row | {"low": 0.04, "high": 0.06}]))
    >>> [text.get_text().replace(chr(160), " ") for text in ax.texts]
    ['+10 %']
    """
    needed = ["approach", "measure", "baseline", "difference", "low", "high"]
    of: dict[str, Any] = {"of": "ApproachComparison.to_frame()", "method": "to_frame"}
    table = table_of("comparison", comparison, needed, rows="approach and measure", **of)
    known = [measure for measure in _MEASURES if measure in set(table["measure"])]
    chosen = known if measures is None else check_names("measures", measures, known)
    if not chosen:
        raise InputError(f"`measures` must name one or more of {', '.join(known)}; found none.")
    approaches = list(dict.fromkeys(table["approach"]))
    rows = np.arange(len(approaches), dtype=np.float64)
    with drawing(ax, 24 + 9.5 * len(approaches)) as ax:
        for k, measure in enumerate(chosen):
            part = table[table["measure"] == measure].set_index("approach").reindex(approaches)
            _column(ax, k, part, _MEASURES[measure][1], relative=measure not in _OWN_UNIT)
        ax.hlines(rows[1:] - 0.5, -0.5, len(chosen) - 0.5, color=tone("#dddddd"), linewidth=0.5)
        ax.set(xlim=(-0.5, len(chosen) - 0.5), ylim=(len(rows) - 0.5, -0.5))
        ax.set_yticks(rows, [name_of(names, name) for name in approaches])
        measured = [_MEASURES[measure] for measure in chosen]
        heads = [head + "\n(less is better)" * (sign < 0) for head, sign in measured]
        ax.xaxis.tick_top()
        ax.set_xticks(range(len(chosen)), heads)
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        note = "Each column has a scale of its own, from no change (line); filled: the best of it."
        return finish(ax, notes=[note])


def _column(ax: Axes, k: int, part: pd.DataFrame, better: int, *, relative: bool) -> None:
    numbers = part[["difference", "low", "high", "baseline"]].to_numpy(np.float64)
    change, low, high, before = numbers.T
    reach = float(np.nanmax(np.abs([change, low, high]), initial=0.0))
    scale = _HALF / reach if reach > 0 else 0.0
    rows = np.arange(len(part), dtype=np.float64)
    ax.vlines(np.full(len(part), k), rows - 0.3, rows + 0.12, color=GREY, linewidth=0.5, zorder=1)
    middle = rows - 0.09
    ax.hlines(middle, k + scale * low, k + scale * high, color=ink(), linewidth=1.0, zorder=2)
    best = better * change >= np.nanmax(better * change, initial=-np.inf) - _NONE * reach
    for mine, face in ((best & (reach > 0), ink()), (~best | (reach == 0), paper())):
        ax.plot(k + scale * change[mine], middle[mine], "o", color=ink(), mfc=face, markersize=4)
    relative = relative and bool((before > 0).all())
    for row in np.flatnonzero(~np.isnan(change)):
        value = float(change[row])
        text = digits(100 * value / before[row] if relative else value, 2, "+")
        text += "\N{NO-BREAK SPACE}%" * relative
        unchanged = abs(value) <= _NONE * reach
        ax.text(k, row + 0.28, "0" if unchanged else text, ha="center", va="center")


def plot_benefit_shares(
    benefits: pd.DataFrame,
    *,
    core: pd.DataFrame | None = None,
    names: Names | None = None,
    rules: Mapping[str, str] | None = None,
    label: str = "share of the value of all",
    ax: Axes | None = None,
) -> Axes:
    """Draw what each player gets under several rules, with the range of the core.

    A row a player, those with the largest share under the last rule that is defined first; a mark
    for each rule that is defined, open where the allocation is outside the core.

    Parameters
    ----------
    benefits : DataFrame
        From `netinnov.planning.share_benefits`.
    core : DataFrame, optional
        From `netinnov.planning.core_range`: what each player gets in some allocation of the core.
    rules : mapping from rule to str, optional
        Labels of the rules; their names by default.

    Examples
    --------
    >>> shares = ni.planning.share_benefits(ni.planning.Game(["home", "host"], [0, 1, 2, 6]))
    >>> [text.get_text() for text in plot_benefit_shares(shares).get_yticklabels()]
    ['host', 'home']
    """
    columns = ["rule", "player", "share", "in_core"]
    table = table_of("benefits", benefits, columns, of="share_benefits()", rows="rule and player")
    shares = table.pivot(index="player", columns="rule", values="share")
    kept: dict[Any, bool] = table.groupby("rule", sort=False)["in_core"].first().to_dict()
    shares = shares[list(kept)].reindex(table["player"].drop_duplicates())
    shares = shares.astype(np.float64).dropna(axis=1, how="all")
    n = shares.shape[1]
    if n:  # rounding orders nobody
        by = shares.iloc[:, -1].round(9).sort_values(ascending=False, kind="stable")
        shares = shares.loc[by.index]
    rows = np.arange(len(shares), dtype=np.float64)
    notes = []
    with drawing(ax, 22 + 5.5 * max(len(shares), 4)) as ax:
        label_rows(ax, [name_of(names, name) for name in shares.index])
        ax.locator_params(axis="x", nbins=9)
        if not all(kept[rule] for rule in shares):
            notes.append("Open: some group would be better off alone.")
        if core is not None:
            core = table_of("core", core, ["low", "high"], of="core_range()")[["low", "high"]]
            if core.isna().any(axis=None):
                notes.append("The core is empty: under every division some group would leave.")
            look: dict[str, Any] = {"color": tone(BAND), "linewidth": 7, "zorder": 1}
            bounds = core.reindex(shares.index).to_numpy().T
            ax.hlines(rows, *bounds, label="range in the core", **look)
        for k, (rule, values) in enumerate(shares.items()):
            colour = PALETTE[k % len(PALETTE)]
            at = rows + (k - (n - 1) / 2) * _SPREAD / n
            look = {
                "color": colour,
                "mfc": colour if kept[rule] else paper(),
                "markersize": 4,
                "marker": MARKS[k % len(MARKS)],
                "linestyle": "none",
                "zorder": 3,
            }
            ax.plot(values, at, label=name_of(rules, rule), **look)
        return finish(ax, x=printable(label, longest=80), notes=notes, ncols=6)


def plot_space_allocation(
    allocation: SpaceAllocation,
    *,
    names: Names | None = None,
    unit: str = "",
    rent_unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw which demand is served at which site, the space left there, and the rents.

    Demands at the left, the largest first, and sites at the right; ribbons are flows, and the pale
    end of a site is the space left. Beside each stand what is used and, where it is full, its rent.

    Parameters
    ----------
    allocation : SpaceAllocation
        From `netinnov.planning.allocate_space`.
    unit, rent_unit : str
        Units of space and of rents, such as ``"m2"`` and ``"km"``.

    Examples
    --------
    >>> demand, capacity = pd.Series({"a": 8}), pd.Series({"x": 6, "y": 12})
    >>> cost = pd.DataFrame({"x": [1], "y": [3]}, index=["a"])
    >>> plan = ni.planning.allocate_space(demand, capacity, cost)
    >>> plot_space_allocation(plan, unit="ha").texts[0].get_text()
    'a: 8 ha'
    """
    flows = allocation.flows
    needs = flows.sum(axis=1)
    space = flows.sum(axis=0) + allocation.left
    needs = needs[needs > _MINUTE * needs.sum()].sort_values(ascending=False, kind="stable")
    if needs.empty:
        raise InputError("`allocation` must allocate some space; all demands are 0.")
    space = space[space > _MINUTE * space.sum()]
    flows = flows.loc[needs.index, space.index]
    used = flows.sum(axis=0)
    beside = flows.mul(needs.cumsum() - needs / 2, axis=0).sum() / used.where(used > 0)
    order = beside.sort_values(kind="stable", na_position="last").index
    flows = flows[order]
    used = used[order]
    space = space[order]
    rents = allocation.rents.reindex(order)
    whole = max(needs.sum(), space.sum())
    left = _tops(needs, whole)
    right = _tops(space, whole, 1 + (rents > 0).to_numpy(int))
    colours = [PALETTE[k % len(PALETTE)] for k in range(len(space))]
    with drawing(ax, 95) as ax:
        along = np.linspace(0, 1, 50)
        x = _BLOCK + (1 - 2 * _BLOCK) * along
        rise = along**2 * (3 - 2 * along)
        starts = left.copy()
        ends = right.copy()
        amounts = flows.to_numpy()
        for i, j in zip(*np.nonzero(amounts > _MINUTE * amounts.sum()), strict=True):
            top = starts[i] + (ends[j] - starts[i]) * rise
            size = amounts[i, j]
            starts[i] += size
            ends[j] += size
            look: dict[str, Any] = {"facecolor": colours[j], "alpha": 0.45, "edgecolor": paper()}
            ax.fill_between(x, top, top + size, linewidth=0.4, **look)
        block: dict[str, Any] = {"width": _BLOCK, "align": "edge", "linewidth": 0}
        ax.bar(0, needs, bottom=left, color=ink(), **block)
        ax.bar(1 - _BLOCK, space, bottom=right, color=tone("#ededed"), **block)
        ax.bar(1 - _BLOCK, used, bottom=right, color=colours, **block)
        block["linewidth"] = 0.5
        block["fill"] = False
        block["edgecolor"] = ink()
        ax.bar(1 - _BLOCK, space, bottom=right, **block)
        for label, top, amount in zip(needs.index, left, needs, strict=True):
            text = f"{name_of(names, label, longest=24)}: {_amount(amount, unit)}"
            ax.text(-0.015, top + amount / 2, text, ha="right", va="center")
        for label, top, amount in zip(space.index, right, space, strict=True):
            size = _amount(amount, unit)
            full = used[label] >= amount * (1 - _MINUTE)
            text = f"all {size} used" if full else f"{percent(used[label] / amount, 0)} of {size}"
            if rents[label] > 0:
                text += f"\none more saves {_amount(rents[label], rent_unit)} for one"
            text = f"{name_of(names, label, longest=24)}: {text}"
            ax.text(1.015, top + amount / 2, text, va="center")
        bottom = max(left[-1] + needs.iloc[-1], right[-1] + space.iloc[-1])
        ax.set(xlim=(-0.85, 2.35), ylim=(bottom + 0.02 * whole, -0.02 * whole))
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
        lower = "One more: a unit of space there would lower the cost of one by so much (its rent)."
        unsure = "" if allocation.rents_unique else "Other rents would do as well (degenerate)."
        pale = "Pale: space that is left." if allocation.left.gt(_MINUTE * whole).any() else ""
        return finish(ax, notes=[pale, lower if rents.gt(0).any() else "", unsure])


def _tops(sizes: pd.Series[float], whole: float, lines: Any = 1) -> Floats:
    room = np.maximum(sizes.to_numpy(), lines * whole / _LINES)
    ends = np.cumsum(room + 0.01 * whole)
    return np.asarray(np.append(0.0, ends[:-1]) + (room - sizes.to_numpy()) / 2)


def _amount(amount: float, unit: str) -> str:
    return f"{digits(amount)} {printable(unit)}".strip()

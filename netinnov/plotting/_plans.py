"""Plans of enclaves and of centres on maps, what they reach, and hosts for one home."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from netinnov._runtime.arguments import check_type
from netinnov._typing import Count
from netinnov.errors import InputError
from netinnov.planning import CentrePlan, ParetoPlans, SitingPlan
from netinnov.plotting._drawing import (
    Kws,
    draw_intervals,
    draw_legend,
    label_rows,
    table_of,
    write_columns,
    write_notes,
)
from netinnov.plotting._effects import draw_histogram
from netinnov.plotting._fonts import Names, name_of, place_names, printable
from netinnov.plotting._frame import Frame, draw_arrow, draw_places, frame_of, in_frame, map_axes
from netinnov.plotting._labels import label_points
from netinnov.plotting._style import GREY, PALETTE, SINGLE, drawing, ink, paper, tone

_LARGEST, _LEAST = 150.0, 4.0  # areas of the markers of the strongest place and of others, points^2
_NAMED = 10  # places that change, then the strongest


def plot_sites(
    plan: SitingPlan,
    *,
    pairs: pd.DataFrame,
    places: pd.DataFrame,
    shares: pd.Series[float] | None = None,
    names: Names | None = None,
    extent: Frame | None = None,
    basemap: Any = "land",
    edge_kws: Kws = None,
    node_kws: Kws = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw on a map which enclaves a plan builds, among all that could be built.

    Parameters
    ----------
    plan : SitingPlan
        From `netinnov.planning.site_enclaves`.
    pairs : DataFrame
        Index = candidate, columns ``home`` and ``host``: places.
    places : DataFrame
        Index = place, columns ``lon`` and ``lat`` in degrees, such as ``network.places``.
    shares : Series, optional
        Share of resamples in which each candidate is chosen, as of `planning.siting_stability`; it
        stands behind the name of home.
    edge_kws : mapping, optional
        Settings of matplotlib for the arrows (`FancyArrowPatch`).

    Returns
    -------
    Axes
        An arrow from home to host for each chosen enclave; squares: hosts, circles: homes.

    Raises
    ------
    InputError
        If a column is missing, or no home and host of a candidate have coordinates.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> cities = ni.datasets.make_city_system(n_cities=12, rng=1).select(kinds=["place"])
    >>> names = [f"synthetic_city_{at:02}" for at in (11, 12, 1, 2)]
    >>> pairs = pd.DataFrame({"home": names[:2], "host": names[2:]}, index=["one", "two"])
    >>> links = {site: ni.scenarios.NewLinks([tuple(pairs.loc[site])]) for site in pairs.index}
    >>> plan = ni.planning.site_enclaves(cities, candidates=links, k=1, objective="efficiency")
    >>> ax = plot_sites(plan, pairs=pairs, places=cities.places)
    >>> [text.get_text() for text in ax.get_legend().get_texts()][0]
    'site of the plan, from home to host'
    """
    check_type("plan", plan, SitingPlan, mend="what site_enclaves gives")
    pairs, called_there, at = _pairs_and_places(pairs, places)
    text: Names = called_there if names is None else names
    if unknown := [site for site in plan.sites if site not in pairs.index]:
        raise InputError(f"`pairs` must have all sites of the plan; {unknown[:5]} are not in it.")
    ends = pd.Index(pd.unique(pairs[["home", "host"]].to_numpy().ravel()))
    at = at.loc[ends[ends.isin(at.index)]]
    if at.empty:
        raise InputError("`places` must have lon and lat of homes or hosts; none are known.")
    frame, at, _ = in_frame(extent, at)
    chosen = pairs.loc[list(plan.sites)]
    called = {place: name_of(text, place) for place in at.index}
    if shares is not None:
        known = shares.reindex(chosen.index).groupby(chosen["home"].to_numpy())
        for home, group in known:
            parts = [f"{100 * share:.0f}\N{NO-BREAK SPACE}%" for share in group.dropna()]
            called[home] = " ".join([name_of(text, home), ", ".join(parts)]).strip()
    with map_axes(ax, frame, basemap) as ax:
        n_drawn = _draw_sites(ax, at, chosen, edge_kws)
        for end, marker, area in (("host", "s", 26), ("home", "o", 16)):
            other = pairs.loc[~pairs[end].isin(chosen[end]), end]
            for ids, face, label in (
                (chosen[end], ink(), f"{end} of the plan"),
                (other, paper(), f"other {end} that could be"),
            ):
                look = {"marker": marker, "facecolors": face}
                draw_places(ax, at[at.index.isin(ids)], area, label, node_kws, **look)
        draw_legend(ax, ncols=2)
        named = pd.Index([*chosen["home"], *chosen["host"]]).unique()
        named = named[named.isin(at.index)]
        spots = at.loc[named.append(at.index.drop(named))]  # no label may cover the others
        texts = [called[place] for place in spots.index]
        label_points(ax, spots.to_numpy(), texts, radii=3.2, most=len(named), must=len(named))
        if missing := len(chosen) - n_drawn:
            write_notes(ax, [f"Sites with an end outside the frame, not drawn: {missing}."])
    return ax


def _pairs_and_places(
    pairs: pd.DataFrame, places: pd.DataFrame
) -> tuple[pd.DataFrame, pd.Series[str], pd.DataFrame]:
    pairs = table_of("pairs", pairs, ["home", "host"], of="a table of candidates")
    places = table_of("places", places, ["lon", "lat"], of="MultilayerNetwork.places")
    return pairs, place_names(places), places[["lon", "lat"]].astype(float).dropna()


def _draw_sites(ax: Axes, at: pd.DataFrame, sites: pd.DataFrame, edge_kws: Kws) -> int:
    """Draw those whose ends are on the map; how many."""
    known = sites.loc[sites[["home", "host"]].isin(at.index).all(axis=1)]
    look: dict[str, Any] = {"color": PALETTE[1], "zorder": 4, "kws": edge_kws}
    for home, host in known[["home", "host"]].itertuples(index=False):
        draw_arrow(ax, at.loc[home], at.loc[host], "site of the plan, from home to host", **look)
    return len(known)


def plot_plan_map(
    plan: CentrePlan,
    *,
    pairs: pd.DataFrame,
    places: pd.DataFrame,
    proposed: bool = True,
    basemap: Any = "land",
    edge_kws: Kws = None,
    node_kws: Kws = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how strong places are, today or with what a plan builds.

    Parameters
    ----------
    plan : CentrePlan
        From `netinnov.planning.plan_centres`, for a network of places.
    pairs, places
        As in `plot_sites`.
    proposed : bool
        False: today, without what is built.
    edge_kws : mapping, optional
        Settings of matplotlib for the arrows (`FancyArrowPatch`).

    Returns
    -------
    Axes
        Areas of circles are strengths, on one scale for both maps; those of places that change are
        dark and named first, and arrows lead from home to host of what is built.

    Raises
    ------
    InputError
        If a column is missing, or no place has coordinates.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> at = pd.DataFrame({"lon": [0.0, 1, 2, 3], "lat": [0.0, 1, 0, 1]}, index=list("abcd"))
    >>> links = pd.DataFrame({"source": list("aaa"), "target": list("bcd"), "weight": [6, 1, 1]})
    >>> network = ni.build_network(pd.DataFrame({"place": at.index}, index=at.index), links, at)
    >>> built, target = (
    ...     {"cd": ni.scenarios.NewLinks([("c", "d")])},
    ...     ni.planning.EffectiveNumber(3.5),
    ... )
    >>> plan = ni.planning.plan_centres(network, target=target, candidates=built, rng=1)
    >>> pairs = pd.DataFrame({"home": ["c"], "host": ["d"]}, index=["cd"])
    >>> plot_plan_map(plan, pairs=pairs, places=network.places).get_title()
    'proposed'
    """
    check_type("plan", plan, CentrePlan, mend="what plan_centres gives")
    pairs, text, at = _pairs_and_places(pairs, places)
    at = at.reindex(plan.places.index).dropna()
    if at.empty:
        raise InputError("`places` must have lon and lat of the places of the plan; none has.")
    both = plan.places[["strength_before", "strength_after"]].to_numpy(np.float64)
    most = max(float(both.max()), 1e-300)
    table = plan.places.loc[at.index]
    strength = table["strength_after" if proposed else "strength_before"]
    changes = table["change"].abs() > 1e-9 * most
    sizes = (_LARGEST * strength / most).clip(lower=_LEAST)
    frame = frame_of(at)
    with map_axes(ax, frame, basemap) as ax:
        for mine, label, face, edge, zorder in (
            (~changes, "strength: stays", tone("#c8c8c8"), GREY, 3),
            (changes, "strength: changes", PALETTE[0], ink(), 4),
        ):
            look: dict[str, Any] = {"facecolors": face, "edgecolors": edge, "linewidths": 0.5}
            draw_places(ax, at[mine], sizes[mine], label, node_kws, zorder=zorder, **look)
        if proposed:
            _draw_sites(ax, at, pairs.loc[list(plan.sites)], edge_kws)
        ax.set_title("proposed" if proposed else "today")
        draw_legend(ax, ncols=3, points_above=12.0)  # above the title
        order = pd.DataFrame({"changes": changes, "strength": strength})
        order = order.sort_values(["changes", "strength"], ascending=False, kind="stable")
        where, radii = at.loc[order.index].to_numpy(), np.sqrt(sizes.loc[order.index]) / 2
        texts, must = [name_of(text, place) for place in order.index], int(changes.sum())
        label_points(ax, where, texts, radii=radii, most=_NAMED, must=must)
    return ax


def plot_plan_value(plan: SitingPlan, *, label: str = "objective", ax: Axes | None = None) -> Axes:
    """Draw the value of a plan beside plans at random, its bound and what there is today.

    Parameters
    ----------
    plan : SitingPlan
        From `netinnov.planning.site_enclaves`, best with ``placebos=``.
    label : str
        What is raised, with its unit.

    Returns
    -------
    Axes
        A histogram of the plans at random, with a grey band for the middle 95 %; lines at what
        there is today, at the plan, and at the bound, which no plan exceeds.

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
    with drawing(ax, 70, SINGLE) as ax:
        if values.size:
            low, high = np.quantile(values, [0.025, 0.975])
            draw_histogram(ax, values, (low, high), "plans at random")
        else:
            ax.set_yticks([])
        for text, at, colour, dash in (
            ("bound: no plan is above", plan.bound, ink(), (0, (4, 2))),
            ("this plan", plan.value, PALETTE[1], "solid"),
            ("today", plan.baseline, GREY, (0, (1, 1.2))),
        ):
            if np.isfinite(at):
                ax.axvline(at, color=colour, linestyle=dash, linewidth=1.3, label=text)
        ax.set(xlabel=printable(label), ylabel="plans" if values.size else "")
        draw_legend(ax)
    return ax


def plot_pareto(
    front: ParetoPlans, *, plan: tuple[str, ...] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the plans that no other plan beats in both of two objectives.

    Parameters
    ----------
    front : ParetoPlans
        From `netinnov.planning.pareto_plans`.
    plan : tuple of str, optional
        Sites of a plan to be marked, if it is one of them.

    Returns
    -------
    Axes
        A point for each plan, the first objective rightwards and the second upwards, with a step
        between them; a cross is what there is today, where it is near enough to be drawn.

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
    with drawing(ax, 70, SINGLE) as ax:
        x, y = (table[each].to_numpy(np.float64) for each in (first, second))
        ax.step(x, y, where="pre", color=PALETTE[0], linewidth=0.7, alpha=0.6)
        text = "no other plan beats it in both"
        ax.plot(x, y, "o", color=PALETTE[0], markersize=4.5, label=text)
        sites = [set(each) for each in table["sites"]]
        if plan is not None and set(plan) in sites:
            at = sites.index(set(plan))
            look: dict[str, Any] = {"markersize": 7, "markerfacecolor": "none", "color": PALETTE[1]}
            ax.plot(x[at], y[at], "s", label="the plan of the map", **look)
        ax.plot(*front.baseline[[first, second]].astype(float), "x", color=ink(), label="today")
        ax.margins(0.08)
        ax.set(xlabel=printable(first), ylabel=printable(second))
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_locator(MaxNLocator(5))
        draw_legend(ax)
    return ax


def plot_host_ranking(
    ranking: pd.DataFrame, *, names: Names | None = None, top: Count = 15, ax: Axes | None = None
) -> Axes:
    """Draw what each host would change at home, with its interval over placements, best first.

    Parameters
    ----------
    ranking : DataFrame
        From `netinnov.planning.rank_hosts`: index = host, columns ``median, low, high, best``.
    top : int
        How many of the best hosts to draw; the note for the caption says how many are left out.

    Returns
    -------
    Axes
        A row for each host: a point at the median change, in per cent, a bar from `low` to `high`,
        a line at zero; at the right the share of placements in which it is best, where known.

    Raises
    ------
    InputError
        If it is no such table, or no median is known.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = {"median": [4.0, -1.0], "low": [1.0, -3.0], "high": [6.0, 2.0], "best": [0.9, 0.1]}
    >>> ax = plot_host_ranking(pd.DataFrame(rows, index=["b", "a"]), names={"a": "Ao"})
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['b', 'Ao']
    """
    needed = ["median", "low", "high", "best"]
    ranking = table_of("ranking", ranking, needed, of="rank_hosts()")
    known = ranking[ranking["median"].notna()]
    if known.empty:
        raise InputError("`ranking` must have a host whose median is known; it has none to draw.")
    shown = known.sort_values("median", ascending=False, kind="stable").head(top)
    rows = np.arange(len(shown))
    with drawing(ax, 16 + 4.6 * len(shown), SINGLE) as ax:
        label_rows(ax, [name_of(names, host) for host in shown.index])
        look = {
            "color": PALETTE[0],
            "linewidth": 1.6,
            "mfc": ink(),
            "mec": ink(),
            "markersize": 4.7,
        }
        draw_intervals(ax, rows, shown["median"], shown["low"], shown["high"], **look)
        if shown["best"].notna().any():
            shares = [f"{100 * s:.0f}\N{NO-BREAK SPACE}%" if s == s else "" for s in shown["best"]]
            write_columns(ax, rows, [("best in", shares)])
        notes = ["Point: median of the placements. Bar: their middle 95 %."]
        if len(known) > len(shown):
            notes.append(f"Drawn: the first {len(shown)} of {len(known)} hosts, by the median.")
        write_notes(ax, notes, label="change at home, %")
    return ax

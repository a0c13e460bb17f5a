"""A plan of enclaves on a map, beside plans at random and its bound, and between two objectives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch
from matplotlib.ticker import MaxNLocator

from netinnov._arguments import check_type
from netinnov.errors import InputError
from netinnov.planning import ParetoPlans, SitingPlan
from netinnov.plotting._fonts import name_of, place_names, printable
from netinnov.plotting._frame import asked_frame, inside, map_axes
from netinnov.plotting._labels import label_points
from netinnov.plotting._legend import legend_above
from netinnov.plotting._notes import write_notes
from netinnov.plotting._style import GREY, INK, PALETTE, SINGLE, axes_or_new, figure_style
from netinnov.plotting._table_of_result import table_of

_BAND = "#d4d4d4"
_ARROW: dict[str, Any] = {"color": PALETTE[1], "linewidth": 1.3}


def plot_sites(
    plan: SitingPlan,
    *,
    pairs: pd.DataFrame,
    places: pd.DataFrame,
    shares: pd.Series[float] | None = None,
    names: Mapping[str, str] | pd.Series[str] | None = None,
    extent: tuple[float, float, float, float] | None = None,
    basemap: Any = "land",
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
        Share of resamples in which each candidate is chosen, such as the column ``share`` of
        `netinnov.planning.siting_stability`; it stands behind the name of home.
    names : mapping from place to str, optional
        Labels; by default the names in `places`.
    extent : (west, east, south, north), optional
        Degrees of the frame; by default all homes and hosts.
    basemap : "land", None, GeoDataFrame, GeoSeries or path
        What is drawn below; see `plot_flow_map`.
    ax : Axes, optional
        Where to draw; a new figure of 183 mm by default.

    Returns
    -------
    Axes
        An arrow from home to host for each chosen enclave; squares are hosts, circles homes, and
        filled ones are those of the plan.

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
    pairs = table_of("pairs", pairs, ["home", "host"], of="a table of candidates")
    unknown = [site for site in plan.sites if site not in pairs.index]
    if unknown:
        raise InputError(f"`pairs` must have all sites of the plan; {unknown[:5]} are not in it.")
    at, frame = _located(pairs, places, extent)
    text = place_names(places) if names is None else names
    chosen = pairs.loc[list(plan.sites)]
    called: dict[str, str] = {}
    for site, (home, _) in zip(chosen.index, chosen.to_numpy(), strict=True):
        own = name_of(text, home)
        if shares is not None and site in shares.index:
            share = f"{100 * float(shares[site]):.0f}\N{NO-BREAK SPACE}%"
            own = f"{called[home]}, {share}" if home in called else f"{own} {share}"
        called[home] = own
    with figure_style():
        ax = map_axes(ax, frame, basemap)
        handles = _draw_sites(ax, pairs, chosen, at)
        legend_above(ax, handles, ncols=2)
        ends = list(dict.fromkeys([*chosen["home"], *chosen["host"]]))
        ends = [place for place in ends if place in at.index]
        n_named = len(ends)
        ends += [place for place in at.index if place not in ends]  # which no label may cover
        label_points(
            ax,
            at.loc[ends].to_numpy(),
            [called.get(place, name_of(text, place)) for place in ends],
            radii=np.full(len(ends), 3.2),
            most=n_named,
            must=n_named,
            lines=[at.loc[list(ends)].to_numpy() for ends in _drawn(chosen, at).to_numpy()],
        )
        if missing := len(chosen) - len(_drawn(chosen, at)):
            write_notes(ax, [f"Sites with an end outside the frame, not drawn: {missing}."])
    return ax


def _located(
    pairs: pd.DataFrame,
    places: pd.DataFrame,
    extent: tuple[float, float, float, float] | None,
) -> tuple[pd.DataFrame, tuple[float, float, float, float]]:
    """Homes and hosts inside the frame, and the frame."""
    places = table_of("places", places, ["lon", "lat"], of="MultilayerNetwork.places")
    at = places[["lon", "lat"]].astype(float).dropna()
    ends = pd.unique(pairs[["home", "host"]].to_numpy().ravel())
    at = at.loc[[place for place in ends if place in at.index]]
    if at.empty:
        raise InputError("`places` must have lon and lat of homes or hosts; none are known.")
    frame = asked_frame(extent, at)
    return at[inside(at, frame)], frame


def _drawn(chosen: pd.DataFrame, at: pd.DataFrame) -> pd.DataFrame:
    return chosen[chosen[["home", "host"]].isin(at.index).all(axis=1)]


def draw_arrow(ax: Axes, at: pd.DataFrame, home: str, host: str) -> None:
    """An arrow from home to host."""
    ax.add_patch(
        FancyArrowPatch(
            tuple(at.loc[home]),
            tuple(at.loc[host]),
            connectionstyle="arc3,rad=-0.12",
            arrowstyle="-|>,head_length=4.5,head_width=2.2",
            mutation_scale=1,
            shrinkA=3.0,
            shrinkB=4.5,
            zorder=4,
            gid=f"{home} -> {host}",
            **_ARROW,
        )
    )


def _draw_sites(ax: Axes, pairs: pd.DataFrame, chosen: pd.DataFrame, at: pd.DataFrame) -> list[Any]:
    """Homes, hosts and an arrow for each chosen enclave; handles for the legend."""
    for home, host in _drawn(chosen, at)[["home", "host"]].to_numpy():
        draw_arrow(ax, at, home, host)
    handles: list[Any] = [Line2D([], [], marker=">", markevery=[1], markersize=4.5, **_ARROW)]
    handles[0].set_label("site of the plan, from home to host")
    for end, marker, size in (("host", "s", 26), ("home", "o", 16)):
        for of_plan in (True, False):
            ids = chosen[end] if of_plan else pairs.loc[~pairs[end].isin(chosen[end]), end]
            drawn = at.loc[[place for place in dict.fromkeys(ids) if place in at.index]]
            look: dict[str, Any] = {"s": size, "marker": marker, "linewidths": 0.7, "zorder": 5}
            look |= {"facecolors": INK if of_plan else "white", "edgecolors": INK}
            look["label"] = f"{end} of the plan" if of_plan else f"other {end} that could be"
            marks = ax.scatter(drawn["lon"], drawn["lat"], **look)
            handles += [marks] if len(drawn) else []
    return handles


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
    with figure_style():
        ax = axes_or_new(ax, width=SINGLE, height=70)
        handles: list[Any] = []
        if values.size:
            low, high = np.quantile(values, [0.025, 0.975])
            ax.axhspan(low, high, color=_BAND, linewidth=0, zorder=0)
            bins = 15 if np.ptp(values) > 0 else 1
            style: dict[str, Any] = {"facecolor": PALETTE[4], "edgecolor": "white"}
            style["linewidth"] = 0.3
            ax.hist(values, bins=bins, orientation="horizontal", **style)
            handles.append(Patch(label=f"{values.size:,} plans at random", **style))
            handles.append(Patch(color=_BAND, linewidth=0, label="95 % of them"))
        if fresh is not None and len(fresh) > 1:
            low, high = fresh.quantile([0.025, 0.975])
            ax.axhspan(low, high, color=PALETTE[1], alpha=0.35, linewidth=0)
        lines: list[tuple[str, float, dict[str, Any]]] = [
            ("bound: no plan is above", plan.bound, {"color": INK, "linestyle": (0, (4, 2))}),
            ("this plan", shown, {"color": PALETTE[1]}),
            ("today", plan.baseline, {"color": GREY, "linestyle": (0, (1, 1.2))}),
        ]
        for text, at, look in lines:
            if np.isfinite(at):
                ax.axhline(at, linewidth=1.3, **look)
                handles.append(Line2D([], [], linewidth=1.3, label=text, **look))
        ax.set_ylabel(printable(label))
        ax.set_xlabel("plans" if values.size else "")
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
    with figure_style():
        ax = axes_or_new(ax, width=SINGLE, height=70)
        x, y = (table[each].to_numpy(np.float64) for each in (first, second))
        ax.step(x, y, where="pre", color=PALETTE[0], linewidth=0.7, alpha=0.6)
        (points,) = ax.plot(x, y, "o", color=PALETTE[0], markersize=4.5)
        points.set_label("no other plan beats it in both" + ("" if front.exact else ", as found"))
        handles: list[Any] = [points]
        sites = [set(each) for each in table["sites"]]
        if plan is not None and set(plan) in sites:
            at = sites.index(set(plan))
            (own,) = ax.plot(
                x[at], y[at], "s", markersize=7, markerfacecolor="none", color=PALETTE[1]
            )
            own.set_label("the plan of the map")
            handles.append(own)
        (today,) = ax.plot(
            float(front.baseline[first]), float(front.baseline[second]), "x", color=INK
        )
        today.set_label("today")
        handles.append(today)
        ax.margins(0.08)
        ax.set_xlabel(printable(name_of(labels, first)))
        ax.set_ylabel(printable(name_of(labels, second)))
        ax.xaxis.set_major_locator(MaxNLocator(5))
        ax.yaxis.set_major_locator(MaxNLocator(5))
        legend_above(ax, handles)
    return ax

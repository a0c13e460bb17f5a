"""Plans of enclaves and of centres: maps of sites and of places."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from netinnov._runtime.arguments import check_type
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.planning import CentrePlan, SitingPlan
from netinnov.plotting._drawing import legend_above, table_of, write_notes
from netinnov.plotting._fonts import Names, name_of, place_names
from netinnov.plotting._frame import (
    Frame,
    arrow_handle,
    asked_frame,
    draw_arrow,
    draw_places,
    frame_of,
    inside,
    map_axes,
)
from netinnov.plotting._labels import label_points
from netinnov.plotting._style import GREY, INK, PALETTE, print_style

_ARROW: dict[str, Any] = {"color": PALETTE[1]}
_LARGEST = 150.0  # area of the marker of the strongest place, in square points
_LEAST = 4.0
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
    pairs = table_of("pairs", pairs, ["home", "host"], of="a table of candidates")
    if unknown := [site for site in plan.sites if site not in pairs.index]:
        raise InputError(f"`pairs` must have all sites of the plan; {unknown[:5]} are not in it.")
    places = table_of("places", places, ["lon", "lat"], of="MultilayerNetwork.places")
    at = places[["lon", "lat"]].astype(float).dropna()
    at = at.loc[
        [end for end in pd.unique(pairs[["home", "host"]].to_numpy().ravel()) if end in at.index]
    ]
    if at.empty:
        raise InputError("`places` must have lon and lat of homes or hosts; none are known.")
    frame = asked_frame(extent, at)
    at = at[inside(at, frame)]
    text = place_names(places) if names is None else names
    chosen = pairs.loc[list(plan.sites)]
    called: dict[str, str] = {}
    for site, home in zip(plan.sites, chosen["home"], strict=True):
        called.setdefault(home, name_of(text, home))
        if shares is not None and site in shares.index:
            comma = "," if called[home] != name_of(text, home) else ""
            called[home] += f"{comma} {100 * shares[site]:.0f}\N{NO-BREAK SPACE}%"
    with print_style():
        ax = map_axes(ax, frame, basemap)
        drawn = _draw_sites(ax, at, chosen)
        handles = [arrow_handle("site of the plan, from home to host", **_ARROW)]
        for end, marker, area in (("host", "s", 26), ("home", "o", 16)):
            other = pairs.loc[~pairs[end].isin(chosen[end]), end]
            for ids, face, label in (
                (chosen[end], INK, f"{end} of the plan"),
                (other, "white", f"other {end} that could be"),
            ):
                spots = at[at.index.isin(ids)]
                handles += draw_places(ax, spots, area, label, marker=marker, face=face)
        legend_above(ax, handles, ncols=2)
        ends = pd.concat([chosen["home"], chosen["host"]])
        named = pd.Index(ends[ends.isin(at.index)].unique())
        spots = at.loc[named.append(at.index.drop(named))]  # no label may cover the others
        texts = [called.get(place, name_of(text, place)) for place in spots.index]
        first: dict[str, Any] = {"most": len(named), "must": len(named), "lines": drawn}
        label_points(ax, spots.to_numpy(), texts, radii=np.full(len(spots), 3.2), **first)
        if missing := len(chosen) - len(drawn):
            write_notes(ax, [f"Sites with an end outside the frame, not drawn: {missing}."])
    return ax


def _draw_sites(ax: Axes, at: pd.DataFrame, sites: pd.DataFrame) -> list[Floats]:
    known = sites.loc[sites[["home", "host"]].isin(at.index).all(axis=1)]
    for home, host in zip(known["home"], known["host"], strict=True):
        draw_arrow(ax, at.loc[home], at.loc[host], zorder=4, **_ARROW)
    return [at.loc[[*pair]].to_numpy() for pair in known[["home", "host"]].itertuples(index=False)]


def plot_plan_map(
    plan: CentrePlan,
    *,
    pairs: pd.DataFrame,
    places: pd.DataFrame,
    proposed: bool = True,
    names: Names | None = None,
    basemap: Any = "land",
    ax: Axes | None = None,
) -> Axes:
    """Draw how strong places are, today or with what a plan builds.

    Parameters
    ----------
    plan : CentrePlan
        From `netinnov.planning.plan_centres`, for a network of places.
    pairs : DataFrame
        Index = candidate, columns ``home`` and ``host``: places.
    places : DataFrame
        Index = place, columns ``lon`` and ``lat`` in degrees, such as ``network.places``.
    proposed : bool
        False: today, without what is built.
    names : mapping from place to str, optional
        Labels; by default the names in `places`.
    basemap : "land", None, GeoDataFrame, GeoSeries or path
        What is drawn below; see `plot_flow_map`.
    ax : Axes, optional
        Where to draw; a new figure of 183 mm by default.

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
    >>> ids = list("abcd")
    >>> at = pd.DataFrame({"lon": [0, 1, 2, 3], "lat": [0, 1, 0, 1]}, index=ids, dtype=float)
    >>> links = pd.DataFrame({"source": list("aaa"), "target": list("bcd"), "weight": [6, 1, 1]})
    >>> network = ni.build_network(pd.DataFrame({"place": ids}, index=ids), links, at)
    >>> built = {"cd": ni.scenarios.NewLinks([("c", "d")], weight=5)}
    >>> target = ni.planning.EffectiveNumber(3.5)
    >>> plan = ni.planning.plan_centres(network, target=target, candidates=built, rng=1)
    >>> pairs = pd.DataFrame({"home": ["c"], "host": ["d"]}, index=["cd"])
    >>> plot_plan_map(plan, pairs=pairs, places=network.places).get_title(loc="left")
    'proposed'
    """
    check_type("plan", plan, CentrePlan, mend="what plan_centres gives")
    pairs = table_of("pairs", pairs, ["home", "host"], of="a table of candidates")
    places = table_of("places", places, ["lon", "lat"], of="MultilayerNetwork.places")
    at = places[["lon", "lat"]].astype(float).reindex(plan.places.index).dropna()
    if at.empty:
        raise InputError("`places` must have lon and lat of the places of the plan; none has.")
    both = plan.places[["strength_before", "strength_after"]].to_numpy(np.float64)
    most = max(float(both.max()), 1e-300)
    table = plan.places.loc[at.index]
    strength = table["strength_after" if proposed else "strength_before"]
    changes = table["change"].abs() > 1e-9 * most
    sizes = (_LARGEST * strength / most).clip(lower=_LEAST)
    text = place_names(places) if names is None else names
    with print_style():
        ax = map_axes(ax, frame_of(at), basemap)
        for mine, label, face, edge, zorder in (
            (~changes, "stays", "#c8c8c8", GREY, 3),
            (changes, "changes", PALETTE[0], INK, 4),
        ):
            look: dict[str, Any] = {"face": face, "edge": edge, "width": 0.5, "zorder": zorder}
            draw_places(ax, at[mine], sizes[mine], label, **look)
        if proposed:
            _draw_sites(ax, at, pairs.loc[list(plan.sites)])
        ax.set_title("proposed" if proposed else "today")
        order = pd.DataFrame({"changes": changes, "strength": strength})
        order = order.sort_values(["changes", "strength"], ascending=False, kind="stable")
        texts = [name_of(text, place) for place in order.index]
        where, radii = at.loc[order.index].to_numpy(), np.sqrt(sizes.loc[order.index]) / 2
        label_points(ax, where, texts, radii=radii.to_numpy(), most=_NAMED, must=int(changes.sum()))
    return ax

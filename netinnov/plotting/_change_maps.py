"""What changes, on a map: sites of a plan, strengths of places, links that a scenario makes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from netinnov.errors import InputError
from netinnov.planning import CentrePlan, SitingPlan
from netinnov.plotting._drawing import Kws, counted, draw_lines, finish, number, percent, table_of
from netinnov.plotting._fonts import Names, name_of, place_names, printable
from netinnov.plotting._frame import Frame, draw_arrow, draw_places, frame_of, in_frame, map_axes
from netinnov.plotting._labels import label_points
from netinnov.plotting._style import GREY, PALETTE, ink, tone

_ENDS = ["home", "host"]
_LARGEST = 150.0
_LEAST = 4.0  # areas of the markers of the strongest place and of others, points^2
_NAMED = 10  # places that change, then the strongest
_WIDEST = 3.2
_THINNEST = 0.5  # points
_MOST = 60
_LABELS = 20  # links drawn of each sign, places named
_CHANGED = 2  # places of most change, home and host, which are named in any case
_SIGNS: Any = (("gained", 1, PALETTE[0], "solid"), ("lost", -1, PALETTE[1], (0, (3, 1.5))))


def plot_sites(
    plan: SitingPlan,
    *,
    pairs: pd.DataFrame,
    places: pd.DataFrame,
    shares: pd.Series | None = None,
    names: Names | None = None,
    extent: Frame | None = None,
    basemap: Any = "land",
    edge_kws: Kws = None,
    node_kws: Kws = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw on a map which enclaves a plan builds, among all that could be built.

    An arrow from home to host for each chosen enclave; squares: hosts, circles: homes.

    Parameters
    ----------
    plan : SitingPlan
        From `netinnov.planning.site_enclaves`.
    shares : Series, optional
        Share of resamples in which each candidate is chosen, as of `planning.siting_stability`; it
        stands behind the name of home.

    Examples
    --------
    >>> cities = ni.datasets.make_city_system(n_cities=12, rng=1).select(kinds=["place"])
    >>> home, host = cities.places.index[[11, 0]]
    >>> links = {"site": ni.scenarios.NewLinks([(home, host)])}
    >>> plan = ni.planning.site_enclaves(cities, candidates=links, k=1, objective="efficiency")
    >>> pairs = pd.DataFrame({"home": home, "host": host}, index=["site"])
    >>> plot_sites(plan, pairs=pairs, places=cities.places).get_legend().get_texts()[0].get_text()
    'site of the plan, from home to host'
    """
    pairs = table_of("pairs", pairs, _ENDS, of="a table of candidates")[_ENDS]
    text, at = _named_places(places)
    text = text if names is None else names
    if unknown := [site for site in plan.sites if site not in pairs.index]:
        raise InputError(f"`pairs` must have all sites of the plan; {unknown[:5]} are not in it.")
    ends = pd.Index(pd.unique(pairs.to_numpy().ravel()))
    at = at.loc[ends[ends.isin(at.index)]]
    if at.empty:
        raise InputError("`places` must have lon and lat of homes or hosts; none are known.")
    frame, at, _ = in_frame(extent, at)
    chosen = pairs.loc[list(plan.sites)]
    labels = {place: name_of(text, place) for place in at.index}
    if shares is not None:
        for home, group in shares.reindex(chosen.index).groupby(chosen["home"].to_numpy()):
            parts = ", ".join(percent(share, 0) for share in group.dropna())
            labels[home] = f"{name_of(text, home)} {parts}".strip()
    with map_axes(ax, frame, basemap) as ax:
        left_out = _draw_sites(ax, at, chosen, edge_kws)
        for end, marker, area in (("host", "s", 26), ("home", "o", 16)):
            mine = at.index.isin(chosen[end])
            look = {"marker": marker, "facecolors": ink()}
            draw_places(ax, at[mine], area, f"{end} of the plan", node_kws, **look)
            others = at[at.index.isin(pairs[end]) & ~mine]
            label = f"other {end} that could be"
            draw_places(ax, others, area, label, node_kws, marker=marker)
        note = counted("Sites with an end outside the frame, not drawn", left_out)
        finish(ax, notes=[note], ncols=2)
        named = [place for place in dict.fromkeys(chosen.to_numpy().T.ravel()) if place in at.index]
        spots = at.loc[[*named, *at.index.drop(named)]]  # no label may cover the others
        texts = [labels[place] for place in spots.index]
        label_points(ax, spots.to_numpy(), texts, radii=3.2, most=len(named), must=len(named))
    return ax


def _named_places(places: pd.DataFrame) -> tuple[Names, pd.DataFrame]:
    places = table_of("places", places, ["lon", "lat"], of="MultilayerNetwork.places")
    return place_names(places), places[["lon", "lat"]].astype(float).dropna()


def _draw_sites(ax: Axes, at: pd.DataFrame, sites: pd.DataFrame, edge_kws: Kws) -> int:
    """Draw those whose ends are on the map; how many are left out."""
    known = sites[sites.isin(at.index).all(axis=1)]
    look: dict[str, Any] = {"color": PALETTE[1], "zorder": 4, "kws": edge_kws}
    for home, host in known.itertuples(index=False):
        draw_arrow(ax, at.loc[home], at.loc[host], "site of the plan, from home to host", **look)
    return len(sites) - len(known)


def plot_plan_map(
    plan: CentrePlan,
    *,
    pairs: pd.DataFrame,
    places: pd.DataFrame,
    basemap: Any = "land",
    edge_kws: Kws = None,
    node_kws: Kws = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how strong places are with what a plan builds.

    Areas of circles are strengths; those of places that change are dark and named first, and arrows
    lead from home to host of what is built.

    Parameters
    ----------
    plan : CentrePlan
        From `netinnov.planning.plan_centres`, for a network of places.

    Examples
    --------
    >>> cities = ni.datasets.make_city_system(n_cities=12, rng=1).select(kinds=["place"])
    >>> home, host = cities.places.index[[11, 0]]
    >>> built, target = ni.scenarios.NewLinks([(home, host)]), ni.planning.EffectiveNumber(9.0)
    >>> plan = ni.planning.plan_centres(cities, target=target, candidates={"site": built}, rng=1)
    >>> pairs = pd.DataFrame({"home": home, "host": host}, index=["site"])
    >>> plot_plan_map(plan, pairs=pairs, places=cities.places).get_title()
    'proposed'
    """
    pairs = table_of("pairs", pairs, _ENDS, of="a table of candidates")[_ENDS]
    text, at = _named_places(places)
    at = at.reindex(plan.places.index).dropna()
    if at.empty:
        raise InputError("`places` must have lon and lat of the places of the plan; none has.")
    both = plan.places[["strength_before", "strength_after"]].to_numpy(np.float64)
    most = max(float(both.max()), 1e-300)
    table = plan.places.loc[at.index]
    table["changes"] = changes = table["change"].abs() > 1e-9 * most
    table["area"] = (_LARGEST * table["strength_after"] / most).clip(lower=_LEAST)
    with map_axes(ax, frame_of(at), basemap) as ax:
        stay = (~changes, tone("#c8c8c8"), GREY)
        change = (changes, PALETTE[0], ink())
        for label, (mine, face, edge) in {"stays": stay, "changes": change}.items():
            look: dict[str, Any] = {"facecolors": face, "edgecolors": edge, "linewidths": 0.5}
            look["zorder"] = 4 if label == "changes" else 3
            draw_places(ax, at[mine], table["area"][mine], f"strength: {label}", node_kws, **look)
        _draw_sites(ax, at, pairs.loc[list(plan.sites)], edge_kws)
        ax.set_title("proposed")
        finish(ax, ncols=3, points_above=12.0)  # above the title
        table = table.sort_values(["changes", "strength_after"], ascending=False, kind="stable")
        texts = [name_of(text, place) for place in table.index]
        must = int(table["changes"].sum())
        where = at.loc[table.index].to_numpy()
        radii = np.sqrt(table["area"]) / 2
        label_points(ax, where, texts, radii=radii, most=_NAMED, must=must)
    return ax


def plot_link_changes(
    changes: pd.DataFrame,
    *,
    places: pd.DataFrame,
    label: str = "weight",
    basemap: Any = "land",
    edge_kws: Kws = None,
    node_kws: Kws = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw which links between places a scenario takes away, and which it makes.

    Gains solid, losses dashed, the width in proportion to the change of weight, with a least width;
    a star stands where a node is that was not there before, such as a park. Changes of one pair of
    places are summed, those of a new node apart: the 60 largest gained and lost are drawn, and at
    most 20 places named. The caption (`save_figure`) counts what is not drawn.

    Parameters
    ----------
    changes : DataFrame
        As `netinnov.experiments.link_changes` gives it.

    Examples
    --------
    >>> cities = ni.datasets.make_city_system(n_cities=12, rng=1).select(kinds=["place"])
    >>> change = ni.scenarios.DirectLinks(*cities.places.index[[11, 0]], 3, funding="new")
    >>> after = ni.scenarios.apply_scenario(cities, change, rng=1)
    >>> changes = ni.experiments.link_changes(cities, after)
    >>> plot_link_changes(changes, places=cities.places).get_legend().get_title().get_text()
    'width: change in weight'
    """
    needed = ["source_place", "target_place", "source_new", "target_new", "change"]
    changes = table_of("changes", changes, needed, of="experiments.link_changes()")
    text, at = _named_places(places)
    changes = changes.astype({"source_new": bool, "target_new": bool})
    lines, notes = _between_places(changes, at)
    new_ends = [changes.loc[changes[f"{end}_new"], f"{end}_place"] for end in ("source", "target")]
    new = at.index[at.index.isin(pd.concat(new_ends))].sort_values()
    parts = []
    for name, sign, *_ in _SIGNS:
        part = lines[sign * lines["change"] > 0]
        parts.append(part.sort_values("change", key=abs, ascending=False, kind="stable")[:_MOST])
        if len(part) > _MOST:
            notes.append(f"{name.capitalize()}: the {_MOST} largest of {len(part)} drawn.")
    drawn = pd.concat(parts)
    touched = pd.concat([drawn.set_index(end)["change"].abs() for end in ("a", "b")])
    weight = touched.groupby(level=0).sum().sort_values(ascending=False, kind="stable")
    ends = at.loc[weight.index]
    frame = frame_of(at.loc[pd.unique(lines[["a", "b"]].to_numpy().ravel())])
    with map_axes(ax, frame, basemap) as ax:
        for part, (name, sign, colour, dash) in zip(parts, _SIGNS, strict=True):
            if part.empty:
                continue
            size = part["change"].abs()
            widths = np.maximum(_WIDEST * size / drawn["change"].abs().max(), _THINNEST)
            low = number(size.min())
            high = number(size.max())
            entry = f"{name}, {high}" if low == high else f"{name}, {low} to {high}"
            look: dict[str, Any] = {
                "colors": colour,
                "linestyles": [dash],
                "gid": name,
                "linewidths": widths.to_numpy(),
                "alpha": 0.85,
                "label": entry,
            }
            pairs = np.stack([at.loc[part[end]].to_numpy(np.float64) for end in ("a", "b")], axis=1)
            draw_lines(ax, pairs, look | {"zorder": 2 + (sign > 0)}, edge_kws)
        draw_places(ax, ends, 16, "end of a link drawn", node_kws)
        draw_places(ax, at.loc[new], 75, "new node", marker="*", facecolors=ink())
        title = f"width: change in {printable(label)}" if len(drawn) else None
        finish(ax, notes=notes, beside=True, title=title, alignment="left")
        texts = [name_of(text, place) for place in weight.index]
        ways = [at.loc[[*pair]].to_numpy() for pair in drawn[["a", "b"]].itertuples(index=False)]
        most: dict[str, Any] = {"most": _LABELS, "must": _CHANGED, "lines": ways}
        label_points(ax, ends.to_numpy(), texts, radii=2.2, **most)
    return ax


def _between_places(changes: pd.DataFrame, at: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Columns a, b, new, change for pairs of places; notes on what is left out."""
    ends = changes[["source_place", "target_place"]].astype(object)
    located = ends.isin(at.index).all(axis=1)
    between = located & (ends["source_place"] != ends["target_place"])
    pairs = np.sort(ends[between].to_numpy(str), axis=1)
    table = pd.DataFrame(pairs, changes.index[between], ["a", "b"])
    table["new"] = changes.loc[between, ["source_new", "target_new"]].any(axis=1)
    table["change"] = changes.loc[between, "change"].astype(float)
    lines = table.groupby(["a", "b", "new"], sort=False)["change"].sum().reset_index()
    return lines[lines["change"] != 0], [
        counted("Pairs inside one place, not drawn", (located & ~between).sum()),
        counted("Pairs with an end without coordinates, not drawn", (~located).sum()),
    ]

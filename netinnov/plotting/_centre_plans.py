"""A plan of centres: the path to its target, and the region today and as proposed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from netinnov._arguments import check_type
from netinnov.errors import InputError
from netinnov.planning import CentrePlan
from netinnov.plotting._fonts import name_of, place_names, printable
from netinnov.plotting._frame import frame_of, inside, map_axes
from netinnov.plotting._labels import label_points
from netinnov.plotting._legend import legend_above
from netinnov.plotting._sites import draw_arrow
from netinnov.plotting._style import GREY, INK, PALETTE, SINGLE, axes_or_new, figure_style
from netinnov.plotting._table_of_result import table_of

_LARGEST = 150.0  # area of the marker of the strongest place, in square points
_LEAST = 4.0


def plot_plan_path(
    plan: CentrePlan,
    *,
    names: Mapping[str, str] | pd.Series[str] | None = None,
    label: str = "value of the target",
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw how a plan comes to its target, step by step.

    Parameters
    ----------
    plan : CentrePlan
        From `netinnov.planning.plan_centres`.
    names : mapping from site to str, optional
        What each step is called; the name of the candidate by default.
    label : str
        What the target measures.
    unit : str
        Of costs, such as ``"million yuan"``.
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

    Returns
    -------
    Axes
        A row for each step, today above: its value with the interval over resampled flows, where
        there is one, its cost, and a dashed line at the target.

    Raises
    ------
    InputError
        If `plan` is something else.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> nodes = pd.DataFrame({"place": list("abcd")}, index=list("abcd"))
    >>> links = pd.DataFrame({"source": list("aaa"), "target": list("bcd"), "weight": [6, 1, 1]})
    >>> network = ni.build_network(nodes, links)
    >>> links = {"cd": ni.scenarios.NewLinks([("c", "d")], weight=5)}
    >>> target = ni.planning.EffectiveNumber(3.5)
    >>> plan = ni.planning.plan_centres(network, target=target, candidates=links, rng=1)
    >>> [text.get_text() for text in plot_plan_path(plan).get_yticklabels()]
    ['today', '+ cd\\ncost 1']
    """
    check_type("plan", plan, CentrePlan, mend="what plan_centres gives")
    steps, labels = plan.steps, ["today"]
    for site, cost in zip(steps["name"][1:], steps["cost"][1:], strict=True):
        own = printable(name_of(names, site), longest=36)
        labels.append(f"+ {own}\ncost {cost:.3g}{f' {printable(unit)}' if unit else ''}")
    with figure_style():
        ax = axes_or_new(ax, width=SINGLE, height=22 + 9 * len(steps))
        rows, value = np.arange(len(steps)), steps["value"].to_numpy(np.float64)
        known = steps["low"].notna().to_numpy()
        ax.hlines(
            rows[known], steps["low"][known], steps["high"][known], color=PALETTE[0], linewidth=1.6
        )
        (points,) = ax.plot(value, rows, "o", color=INK, markersize=4.5, zorder=3)
        points.set_label("value" + (", with 95 % of the resamples" if known.any() else ""))
        target = ax.axvline(plan.target.at_least, color=PALETTE[1], linestyle=(0, (4, 2)))
        target.set_label("target" if plan.reached else "target, not reached")
        ax.set_yticks(rows, labels)
        ax.set_ylim(len(steps) - 0.5, -0.5)
        ax.margins(x=0.08)
        ax.set_xlabel(printable(label, longest=60))
        ax.xaxis.set_major_locator(MaxNLocator(5))
        legend_above(ax, [points, target])
    return ax


def plot_plan_map(
    plan: CentrePlan,
    *,
    pairs: pd.DataFrame,
    places: pd.DataFrame,
    proposed: bool = True,
    names: Mapping[str, str] | pd.Series[str] | None = None,
    labels: int = 10,
    extent: tuple[float, float, float, float] | None = None,
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
    labels : int
        How many places are named: those that change, then the strongest.
    extent : (west, east, south, north), optional
        Degrees of the frame; by default all places of the plan.
    basemap : "land", None, GeoDataFrame, GeoSeries or path
        What is drawn below; see `plot_flow_map`.
    ax : Axes, optional
        Where to draw; a new figure of 183 mm by default.

    Returns
    -------
    Axes
        Areas of circles are strengths, on one scale for both maps; those of places that change are
        dark, and arrows lead from home to host of what is built.

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
    frame = frame_of(at) if extent is None else extent
    at = at[inside(at, frame)]
    table = plan.places.loc[at.index]
    both = plan.places[["strength_before", "strength_after"]].to_numpy(np.float64)
    most = max(float(both.max()), 1e-300)
    strength = table["strength_after" if proposed else "strength_before"]
    changes = table["change"].abs() > 1e-9 * most
    sizes = (_LARGEST * strength / most).clip(lower=_LEAST)
    text = place_names(places) if names is None else names
    with figure_style():
        ax = map_axes(ax, frame, basemap)
        for dark in (False, True):
            mine = changes if dark else ~changes
            ax.scatter(
                at.loc[mine, "lon"],
                at.loc[mine, "lat"],
                s=sizes[mine],
                facecolors=PALETTE[0] if dark else "#c8c8c8",
                edgecolors=INK if dark else GREY,
                linewidths=0.5,
                zorder=3 + dark,
                gid="changes" if dark else "stays",
            )
        if proposed:
            for home, host in pairs.loc[list(plan.sites), ["home", "host"]].to_numpy():
                if home in at.index and host in at.index:
                    draw_arrow(ax, at, home, host)
        ax.set_title("proposed" if proposed else "today")
        order = pd.DataFrame({"changes": changes, "strength": strength})
        order = order.sort_values(["changes", "strength"], ascending=False, kind="stable")
        label_points(
            ax,
            at.loc[order.index].to_numpy(),
            [name_of(text, place) for place in order.index],
            radii=np.sqrt(sizes.loc[order.index].to_numpy()) / 2,
            most=labels,
            must=int(changes.sum()),
        )
    return ax

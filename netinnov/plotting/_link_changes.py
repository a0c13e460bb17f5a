"""Before and after on a map: the links that a scenario takes away and those that it makes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from netinnov.plotting._drawing import Kws, draw_lines, legend_beside, number, table_of, write_notes
from netinnov.plotting._fonts import name_of, place_names, printable
from netinnov.plotting._frame import draw_places, frame_of, map_axes
from netinnov.plotting._labels import label_points
from netinnov.plotting._style import PALETTE, ink

_WIDEST, _THINNEST = 3.2, 0.5  # points
_MOST, _LABELS = 60, 20  # links drawn of each sign, places named
_NAMED = 2  # places of most change, home and host, which are named in any case
_SIGNS: Any = (("gained", 1, PALETTE[0], "solid"), ("lost", -1, PALETTE[1], (0, (3, 1.5))))


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

    Parameters
    ----------
    changes : DataFrame
        As `netinnov.experiments.link_changes` gives it.
    places : DataFrame
        Index = place, columns ``lon`` and ``lat`` in degrees and a name, such as
        ``network.places``.
    label : str
        What the weight of a link is, with its unit.

    Returns
    -------
    Axes
        Gains solid, losses dashed, the width in proportion to the change of weight, on one scale
        for both, with a least width. Dots are the ends of the links drawn; a star stands where a
        node is that was not there before, such as a park. Pairs of places are drawn once, their
        changes summed, those of a new node apart: at most 60 of those gained and of those lost, the
        largest, and at most 20 places are named. The caption (`save_figure`) counts what is not
        drawn.

    Examples
    --------
    >>> import netinnov as ni
    >>> cities = ni.datasets.make_city_system(n_cities=12, rng=1).select(kinds=["place"])
    >>> change = ni.scenarios.DirectLinks(
    ...     "synthetic_city_12", "synthetic_city_01", 3, funding="new"
    ... )
    >>> after = ni.scenarios.apply_scenario(cities, change, rng=1)
    >>> ax = plot_link_changes(ni.experiments.link_changes(cities, after), places=cities.places)
    >>> [text.get_text().split(",")[0] for text in ax.get_legend().get_texts()]
    ['gained', 'end of a link drawn']
    """
    needed = ["source_place", "target_place", "source_new", "target_new", "change"]
    changes = table_of("changes", changes, needed, of="experiments.link_changes()")
    places = table_of("places", places, ["lon", "lat"], of="MultilayerNetwork.places")
    at = places[["lon", "lat"]].astype(float).dropna()
    lines, unplaced, inner = _between_places(changes, at)
    changes = changes.astype({"source_new": bool, "target_new": bool})
    new_ends = [changes.loc[changes[f"{end}_new"], f"{end}_place"] for end in ("source", "target")]
    new = sorted(place for place in pd.concat(new_ends).dropna().unique() if place in at.index)
    notes = [f"Pairs inside one place, not drawn: {inner}."] if inner else []
    if unplaced:
        notes.append(f"Pairs with an end without coordinates, not drawn: {unplaced}.")
    drawn, cut = _strongest(lines)
    touched = pd.concat([drawn.set_index(end)["change"].abs() for end in ("a", "b")])
    weight = touched.groupby(level=0).sum().sort_values(ascending=False, kind="stable")
    ends = at.loc[weight.index]
    frame = frame_of(at.loc[pd.unique(lines[["a", "b"]].to_numpy().ravel())])
    with map_axes(ax, frame, basemap) as ax:
        _draw_lines(ax, drawn, at, edge_kws)
        draw_places(ax, ends, 16, "end of a link drawn", node_kws)
        draw_places(ax, at.loc[new], 75, "new node", marker="*", facecolors=ink())
        title = f"width: change in {printable(label)}" if len(drawn) else None
        legend_beside(ax, title=title, alignment="left")
        write_notes(ax, [*notes, *cut])
        called = place_names(places)
        texts = [name_of(called, place) for place in weight.index]
        ways = [at.loc[[*pair]].to_numpy() for pair in drawn[["a", "b"]].itertuples(index=False)]
        at_ends = ends.to_numpy()
        label_points(ax, at_ends, texts, radii=2.2, most=_LABELS, must=_NAMED, lines=ways)
    return ax


def _between_places(changes: pd.DataFrame, at: pd.DataFrame) -> tuple[pd.DataFrame, int, int]:
    """Columns a, b, new, change for pairs of places; n pairs without places, n within one."""
    ends = changes[["source_place", "target_place"]].astype(object)
    located = ends.isin(at.index).all(axis=1)
    between = located & (ends["source_place"] != ends["target_place"])
    pairs = np.sort(ends[between].to_numpy(str), axis=1)
    table = pd.DataFrame(pairs, changes.index[between], ["a", "b"])
    table["new"] = changes.loc[between, ["source_new", "target_new"]].any(axis=1)
    table["change"] = changes.loc[between, "change"].astype(float)
    lines = table.groupby(["a", "b", "new"], sort=False)["change"].sum().reset_index()
    return lines[lines["change"] != 0], int((~located).sum()), int((located & ~between).sum())


def _strongest(lines: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    parts, cut = [], []
    for text, sign, *_ in _SIGNS:
        same_sign = lines[np.sign(lines["change"]) == sign]
        size = same_sign["change"].abs().sort_values(ascending=False, kind="stable")
        parts.append(same_sign.loc[size.index[:_MOST]])
        if len(same_sign) > _MOST:
            cut.append(f"{text.capitalize()}: the {_MOST} largest of {len(same_sign)} drawn.")
    return pd.concat(parts), cut


def _draw_lines(ax: Axes, changes: pd.DataFrame, at: pd.DataFrame, edge_kws: Kws) -> None:
    most = max(float(changes["change"].abs().max()), 1e-300) if len(changes) else 1.0
    for text, sign, colour, dash in _SIGNS:
        mine = changes[np.sign(changes["change"]) == sign]
        if mine.empty:
            continue
        size = mine["change"].abs()
        ends = [at.loc[mine[end]].to_numpy(np.float64) for end in ("a", "b")]
        widths = np.maximum(_WIDEST * size / most, _THINNEST)
        look: dict[str, Any] = {"colors": colour, "linestyles": [dash], "zorder": 2 + (sign > 0)}
        low, high = number(size.min()), number(size.max())
        label = f"{text}, {high}" if low == high else f"{text}, {low} to {high}"
        look |= {"linewidths": widths.to_numpy(), "alpha": 0.85, "gid": text, "label": label}
        draw_lines(ax, np.stack(ends, axis=1), look, edge_kws)

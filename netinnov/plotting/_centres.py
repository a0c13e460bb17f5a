"""The map of centres and how sure they are, by which rules they are so, and roles of nodes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

from netinnov._typing import Count
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.plotting._drawing import (
    Kws,
    counted,
    digits,
    draw_lines,
    draw_points,
    finish,
    is_narrow,
    page_width,
    table_of,
)
from netinnov.plotting._fonts import Names, name_of, place_names, printable
from netinnov.plotting._frame import Frame, draw_places, in_frame, map_axes, node_spots
from netinnov.plotting._labels import label_points
from netinnov.plotting._style import DOUBLE, PALETTE, SINGLE, drawing, ink, on_page, paper, tone

_LEAST = 10.0
_MOST = 170.0  # area of a marker in points^2
_UNKNOWN = "#b0b0b0"
_NAMED = 12  # places or nodes, at most
_MANY = 100  # spokes from which they are drawn thinner
_NO = "#c8c8c8"
# Guimera and Amaral (2005): a hub from this z on; names, and the cuts of the participation.
_HUB = 2.5
_ROLES = {
    "R1": ("ultra-peripheral", 0.0, 0.05),
    "R2": ("peripheral", 0.05, 0.62),
    "R3": ("connector", 0.62, 0.80),
    "R4": ("kinless", 0.80, 1.0),
    "R5": ("provincial hub", 0.0, 0.30),
    "R6": ("connector hub", 0.30, 0.75),
    "R7": ("kinless hub", 0.75, 1.0),
}
_HUBS = ("R5", "R6", "R7")


def plot_centres(
    network: MultilayerNetwork,
    centres: pd.DataFrame,
    *,
    names: Names | None = None,
    extent: Frame | None = None,
    spokes: bool = True,
    label: str = "centrality",
    basemap: Any = "land",
    edge_kws: Kws = None,
    node_kws: Kws = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the centres among places on a map, with the share of resamples that agree.

    Area of a marker: centrality (with a least one), shade: support (grey if unknown); centres are
    squares with a thick edge, others circles. At most 12 places are named, centres first, then by
    support and centrality. The caption (`save_figure`) counts nodes without coordinates.

    Parameters
    ----------
    network : MultilayerNetwork
        A node is drawn at the ``lon`` and ``lat`` of its place.
    centres : DataFrame
        From `polycentricity.detect_centres`: index = node; ``centre`` (true or false),
        ``centrality`` (0 or more), ``support`` (0 to 1, or NaN) and, for `spokes`, ``community``.
    spokes : bool
        Join each place with the most central centre of its community.

    Examples
    --------
    >>> network = ni.datasets.make_city_system(n_cities=8, rng=1)
    >>> table = network.nodes[["centre"]].head(8).assign(centrality=1.0, support=0.9, community=0)
    >>> plot_centres(network, table).get_legend().get_texts()[0].get_text()
    'centre: 4'
    """
    table = _checked(network, centres)
    spots = table.join(node_spots(network))
    frame, visible, notes = in_frame(extent, spots)
    by = ["centre", "support", "centrality"]
    visible = visible.sort_values(by, ascending=False, kind="stable")
    most = float(visible["centrality"].max()) if len(visible) else 0.0
    shades = colormaps["Blues"].with_extremes(bad=_UNKNOWN)
    with map_axes(ax, frame, basemap) as ax:
        largest = _MOST * min(page_width(ax) / DOUBLE, 1.0)
        area = _LEAST + (largest - _LEAST) * visible["centrality"] / max(most, 1e-300)
        centre = visible["centre"]
        kinds = ((centre, "centre", "s", 1.3), (~centre, "other place", "o", 0.5))
        for mine, name, marker, edge_width in kinds:
            part = visible[mine].iloc[::-1]
            look: dict[str, Any] = {
                "facecolors": shades(np.ma.masked_invalid(part["support"])),
                "marker": marker,
                "linewidths": edge_width,
                "zorder": 5 + edge_width,
            }
            draw_places(ax, part, area.loc[part.index], f"_{name}s", node_kws, **look)
            _add_key(ax, f"{name}: {len(part):,}", marker=marker, mew=edge_width)
        if spokes:
            _draw_spokes(ax, visible, edge_kws)
        if visible["support"].isna().any():
            _add_key(ax, "no support known", mfc=_UNKNOWN)
        for share in (1.0, 0.25) if most > 0 else ():
            value = most * share
            side = (_LEAST + (largest - _LEAST) * share) ** 0.5
            _add_key(ax, f"{printable(label)} {digits(value)}", markersize=side)
        style: dict[str, Any] = {"labelspacing": 0.9, "handletextpad": 0.8}
        if is_narrow(ax) and not on_page():
            ax.xaxis.set_major_locator(MaxNLocator(3))
            style["loc"] = "lower left"
            style["bbox_to_anchor"] = (0.0, 1.02)
            style["labelspacing"] = 0.7
        finish(ax, notes=notes, beside=True, **style)
        if visible["support"].notna().any() and not on_page():  # a page has no room beside it
            inset = ax.inset_axes((1.04, 0.04, 0.03, 0.4))
            text = "support: share of resamples\nin which it is a centre"
            scale = ScalarMappable(Normalize(0, 1), "Blues")
            ax.figure.colorbar(scale, cax=inset, ticks=[0, 0.5, 1], label=text)
        names = place_names(network.places) if names is None else names
        agreed = visible["support"].where(centre)
        texts = [name_of(names, node) + f" {x:.2f}" * (x == x) for node, x in agreed.items()]
        points = visible[["lon", "lat"]].to_numpy()
        radii = np.sqrt(area) / 2
        label_points(ax, points, texts, radii=radii, most=_NAMED, must=sum(centre), led=_NAMED)
    return ax


def _checked(network: MultilayerNetwork, centres: pd.DataFrame) -> pd.DataFrame:
    needed = ["centre", "centrality", "support"]
    ranges = {"centrality": (0.0, np.inf), "support": (0.0, 1.0)}
    of = "polycentricity.detect_centres()"
    centres = table_of("centres", centres, needed, of=of, ranges=ranges)
    if unknown := centres.index.difference(network.nodes.index).tolist():
        raise InputError(
            f"`centres`: {len(unknown)} of {len(centres)} nodes are not in the network, e.g. "
            f"{unknown[:5]}."
        )
    table = centres.reindex(columns=[*needed, "community"])
    if not table["centre"].isin([True, False]).all():
        raise InputError("`centres`: the column 'centre' must hold true or false.")
    return table.astype({"centre": bool, "centrality": float, "support": float})


def _add_key(ax: Axes, label: str, **look: Any) -> None:
    usual: dict[str, Any] = {"marker": "o", "mew": 0.5, "mfc": paper(), "mec": ink()}
    ax.plot([], [], linestyle="none", label=label, **usual | {"markersize": 6} | look)


def _draw_spokes(ax: Axes, visible: pd.DataFrame, edge_kws: Kws) -> None:
    centres = visible[visible["centre"] & visible["community"].notna()]
    centres = centres.sort_values("centrality", ascending=False, kind="stable")
    hubs = centres.drop_duplicates("community").set_index("community")[["lon", "lat"]]
    ends = hubs.reindex(visible["community"]).to_numpy(np.float64)
    starts = visible[["lon", "lat"]].to_numpy(np.float64)
    drawn = np.isfinite(ends).all(axis=1) & (ends != starts).any(axis=1)
    if drawn.any():
        look: dict[str, Any] = {
            "label": "to the main centre of its community",
            "gid": "spokes",
            "colors": "#8c8c8c",
            "linewidths": 0.5 if drawn.sum() <= _MANY else 0.25,
        }
        spokes = np.stack([starts[drawn], ends[drawn]], axis=1)
        draw_lines(ax, spokes, look | {"zorder": 2}, edge_kws)


def plot_centre_rules(
    rules: pd.DataFrame, *, names: Names | None = None, top: Count = 12, ax: Axes | None = None
) -> Axes:
    """Draw which places are centres by which rules: a row a place, a column a rule.

    Filled squares where a place is a centre, else small grey points; at the right their number.

    Parameters
    ----------
    rules : DataFrame
        Index = place; one column a rule, true or 1 where the place is a centre by it. Those that
        are centres by most rules come first, in a tie as given.

    Examples
    --------
    >>> rules = pd.DataFrame({"head_tail": [1, 0], "core": [1, 1]}, index=["hangzhou", "quzhou"])
    >>> [text.get_text() for text in plot_centre_rules(rules).texts]
    ['2 of 2', '1 of 2']
    """
    table = table_of("rules", rules, of="a table of places and rules", rows="place")
    if not table.isin([0, 1]).all(axis=None):
        raise InputError("`rules` must hold true or false for each place and rule.")
    table = table.iloc[np.argsort(-table.sum(axis=1).to_numpy(), kind="stable")[:top]]
    held = table.to_numpy(bool)
    with drawing(ax, 16 + 5.2 * len(table)) as ax:
        for mine, marker, size, colour in ((held, "s", 7, ink()), (~held, "o", 2.5, tone(_NO))):
            rows, columns = mine.nonzero()
            ax.plot(columns, rows, marker, ms=size, color=colour)
        for row, count in enumerate(held.sum(axis=1)):
            ax.text(table.shape[1] - 0.35, row, f"{count} of {table.shape[1]}", va="center")
        heads = [printable(rule).replace("_", " ") for rule in table]
        ax.set_xticks(range(len(heads)), heads)
        ax.set_yticks(range(len(table)), [name_of(names, row) for row in table.index])
        ax.set(xlim=(-0.5, len(heads) + 0.1), ylim=(len(table) - 0.5, -0.5))
        ax.xaxis.tick_top()
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
    return ax


def plot_roles(
    roles: pd.DataFrame, *, names: Names | None = None, node_kws: Kws = None, ax: Axes | None = None
) -> Axes:
    """Draw z inside the community against participation across communities, with the roles.

    Points, hubs filled and others open, on the regions of Guimera and Amaral: hubs from z = 2.5 up,
    cuts of the participation at 0.30 and 0.75, for others at 0.05, 0.62 and 0.80. The legend counts
    nodes; those without a role are left out. At most 12 are named, the greatest z first.

    Parameters
    ----------
    roles : DataFrame
        From `netinnov.community.roles`: index = node, ``z``, ``participation`` and ``role``.

    References
    ----------
    Guimera and Amaral (2005), Nature 433, 895-900.

    Examples
    --------
    >>> table = pd.DataFrame({"z": [3.1], "participation": 0.5, "role": "R6"}, index=["Shanghai"])
    >>> plot_roles(table).get_legend().get_texts()[0].get_text()
    'R6 connector hub: 1'
    """
    placed = _placed(roles)
    with drawing(ax, 85, SINGLE) as ax:
        bottom = min(placed["z"].min(), -1) - 0.35
        top = max(placed["z"].max(), 3.2) + 0.5
        ax.set(xlim=(-0.02, 1.0), ylim=(bottom, top))
        tags = _draw_regions(ax, bottom, top)
        hub = placed["role"].isin(_HUBS)
        at = placed[["participation", "z"]].to_numpy()
        others = (~hub, 9, "none", PALETTE[0])
        hubs = (hub, 16, PALETTE[0], ink())
        for chosen, size, face, edge in (others, hubs):
            look: dict[str, Any] = {
                "s": size,
                "facecolors": face,
                "edgecolors": edge,
                "linewidths": 0.6,
                "zorder": 3,
                "clip_on": False,
            }
            draw_points(ax, at[chosen], look, node_kws)
        count = placed["role"].value_counts()
        present = [role for role in _ROLES if role in count]
        texts = [f"{role} {_ROLES[role][0]}: {count[role]:,}" for role in present]
        handles = [Rectangle((0, 0), 0, 0, alpha=0, label=text) for text in texts]
        note = counted("Nodes without links or community, left out", len(roles) - len(placed))
        x = "participation across communities"
        y = "z inside the community"
        look = {"ncols": 2, "handlelength": 0, "handletextpad": 0}
        finish(ax, handles, x=x, y=y, notes=[note], **look)
        texts = [name_of(names, node) for node in placed.index]
        radii = np.where(hub, 2.0, 1.5)
        label_points(ax, at, texts, radii=radii, most=_NAMED, beside=tags)
    return ax


def _placed(roles: Any) -> pd.DataFrame:
    needed = ["z", "participation", "role"]
    ranges = {"z": (-np.inf, np.inf), "participation": (0.0, 1.0)}
    table = table_of("roles", roles, needed, of="community.roles()", ranges=ranges)[needed]
    placed = table.dropna(subset=needed[:2]).sort_values("z", ascending=False, kind="stable")
    if placed.empty:
        msg = f"`roles` must have a node with z and participation; none of {len(roles)} has."
        raise InputError(msg)
    if unknown := sorted(set(placed["role"].dropna()) - set(_ROLES)):
        raise InputError(f"`roles`: a role is one of R1 to R7; found {unknown[:5]}.")
    return placed


def _draw_regions(ax: Axes, bottom: float, top: float) -> list[Text]:
    tags = []
    for position, (role, (_, cut, right)) in enumerate(_ROLES.items()):
        hub = role in _HUBS
        low, high = (_HUB, top) if hub else (bottom, _HUB)
        left = -0.02 if cut == 0 else cut
        field = Rectangle((left, low), right - left, high - low, linewidth=0.4, zorder=0, gid=role)
        field.set(facecolor=paper() if (position + hub) % 2 == 0 else tone("#f3f3f3"))
        ax.add_patch(field).set_edgecolor(tone("#b5b5b5"))
        x = (left + right) / 2 if right - left < 0.1 else right - 0.03
        y = high - 0.015 * (top - bottom)
        tags.append(ax.text(x, y, role, ha="center", va="top", zorder=1))
    return tags

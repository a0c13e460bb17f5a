"""A park between its home and its host: who gives what to whom."""

from __future__ import annotations

import textwrap
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, Polygon, Rectangle

from netinnov._typing import Count
from netinnov.mechanisms.cooperation import park_network, park_sides
from netinnov.network import MultilayerNetwork
from netinnov.plotting._drawing import Kws
from netinnov.plotting._fonts import place_names, printable
from netinnov.plotting._style import DOUBLE, drawing, ink, layer_style, paper, tone

# All lengths in millimetres on a page of 183; y runs downwards.
_LINE = 3.0
_SLOT = 3.8
_GAP = 2.2  # heights: of lines, a link, and between boxes
_BOX = 51.0
_PARK = 30.0  # widths
_EDGES = (6.5, 6.5 + _BOX, (DOUBLE - _PARK) / 2)  # of the left box and of the park
_TOP = 8.0
_LEAST = 34.0  # where boxes begin, and the least height of the park
_BESIDE = 3.9
_BETWEEN = 12.0  # room of links at the edge of the page, and between box and park
_KINDS = ["government", "park", "operator", "fund"]  # from the top
_KINDS += ["university", "institute", "firm", "talent_pool"]
_FACTS = {"type": "{}", "opened": "opened {}", "floor_area_m2": "{:,.0f} m²"}
_FACTS["confidence"] = "confidence {}"
_HOME = "#CBDDEC"
_HOST = "#FBF4EA"
_OTHER = "#E9E9E9"
_Point: TypeAlias = tuple[float, float]
_Way: TypeAlias = tuple[list[_Point], _Point]  # corners of an arrow, and where its letters stand
_Key: TypeAlias = tuple[str, dict[str, Any], bool]  # of a layer: letters, style, and direction
_FLOWS = ["funding", "hosting", "operation", "ownership", "policy"]  # each has a style of its own
_FLOWS += ["production", "research", "talent", "tenancy"]


def plot_park(
    network: MultilayerNetwork,
    park: str,
    *,
    chinese: bool = False,
    actors: Count = 24,
    edge_kws: Kws = None,
    node_kws: Kws = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the actors of a park, its home on the left, its host on the right, and all flows.

    A box each actor, on the side of its jurisdiction; those of other or unknown jurisdiction in a
    field of their own. The park stands on the ground of its host, in the colour of its home. An
    arrow each link in colour, dash and two letters of its layer, without a head if that is
    undirected; the head is hollow where the link attribute ``status`` is not ``stated``.

    Parameters
    ----------
    network : MultilayerNetwork
        Of actors; the park and its partners are drawn (`mechanisms.cooperation.park_network`).
    park : str
        A node with a place (its host) and a jurisdiction (its home).
    chinese : bool
        Write the names of the column ``name_zh``, where a Chinese font is installed.
    actors : int
        At most this many are drawn, those of most weight between them and the park.
    edge_kws, node_kws : mapping, optional
        Settings of matplotlib for the lines (`Line2D`) and for the boxes (`FancyBboxPatch`).

    Examples
    --------
    >>> plot_park(ni.datasets.load_quzhou(), "quzhou_haichuang").texts[0].get_text()
    'HOME: Quzhou'
    """
    partners = park_network(network, park)
    links = partners.links
    own = links[links["source"].eq(park) != links["target"].eq(park)]
    partner = own["source"].where(own["source"] != park, own["target"])
    weight = own["weight"].groupby(partner).sum().sort_values(ascending=False, kind="stable")
    around = partners.select(nodes=[park, *weight.index[:actors]])
    layers = around.layers
    links = around.links
    links = links[links["source"] != links["target"]]
    if "status" not in links:
        links = links.assign(status="stated")
    tables = around.storage.nodes, around.storage.places
    names, places = (place_names(table, chinese=chinese) for table in tables)
    boxes = _boxes(around, park, names, places)
    lanes = _attach(boxes, links, park)
    bar, bottom = _stack(boxes, lanes)
    notes = _notes(around, links, partners.n_nodes - around.n_nodes)
    foot = bottom + 4.5 + 4.2 * -(-len(layers) // 5)
    new = ax is None
    with drawing(ax, foot + 2.9 * len(notes)) as ax:
        if new:  # a millimetre of the drawing is one of the page
            ax.figure.canvas.figure.set_layout_engine("none")
            ax.set_position((0, 0, 1, 1))
        ax.set(xlim=(0, DOUBLE), ylim=(foot + 2.9 * len(notes), 0), aspect="equal")
        ax.set_axis_off()
        _draw_grounds(ax, around, park, boxes, bottom, places)
        for box in boxes.values():
            _draw_box(ax, box, node_kws)
        _draw_park(ax, around.storage.nodes.loc[park], names[park], bar)
        seats = [*dict.fromkeys([*_FLOWS, *layers])]
        short = [printable(layer)[:2] for layer in layers]
        codes = short if len({*short}) == len(short) else [str(k + 1) for k in range(len(short))]
        keys = {
            layer: (code, layer_style(seats.index(layer)), layer in around.directed)
            for layer, code in zip(layers, codes, strict=True)
        }
        stated = links["status"] == "stated"
        for link, way in _ways(boxes, links, park, lanes, bar).items():
            _draw_arrow(ax, way, keys[links["layer"][link]], edge_kws, stated=bool(stated[link]))
        counts = Counter(links["layer"])
        for position, (layer, key) in enumerate(keys.items()):
            x = 2 + 36 * (position % 5)
            y = bottom + 3.5 + 4.2 * (position // 5)
            _draw_arrow(ax, ([(x, y), (x + 13, y)], (x + 5.4, y)), key, edge_kws)
            text = printable(f"{layer} ({counts[layer]})", longest=22)
            ax.text(x + 14.2, y, text, va="center")
        for position, line in enumerate(notes):
            ax.text(2, foot + 2.9 * position, line, va="center")
    return ax


@dataclass(slots=True)
class _Box:
    text: list[str]
    panel: str
    column: int
    top: float = 0.0
    inner: list[int] = field(default_factory=list)  # links at the side of the park
    outer: list[int] = field(default_factory=list)

    @property
    def height(self) -> float:
        links = max(len(self.inner), len(self.outer))
        return max(_LINE * len(self.text) + 2.0, _SLOT * links + 0.6)

    def at(self, link: int) -> float:
        links = self.inner if link in self.inner else self.outer
        return self.top + self.height * (links.index(link) + 0.5) / len(links)


def _boxes(
    around: MultilayerNetwork, park: str, names: pd.Series[str], places: pd.Series[str]
) -> dict[str, _Box]:
    nodes = around.storage.nodes.drop(park)
    side = park_sides(around, park)
    stands = park_sides(around, park, by="place")
    boxes: dict[str, _Box] = {}
    rank = nodes["kind"].map(dict(zip(_KINDS, range(len(_KINDS)), strict=True)))
    nodes = nodes.loc[rank.sort_values(kind="stable").index, ["kind", "place", "jurisdiction"]]
    for node, kind, place, owner in nodes.itertuples():
        panel = side[node] if side[node] in ("home", "host") else "other"
        notes = [] if pd.isna(kind) else [str(kind).replace("_", " ")]
        if panel == "other":
            notes.append("jurisdiction not stated" if pd.isna(owner) else places[owner])
        elif pd.notna(place) and stands[node] != side[node]:
            notes.append(f"in {places[place]}")
        note = [printable(line) for line in textwrap.wrap(", ".join(notes), 40)]
        boxes[node] = _Box([*_wrapped(names[node], 32), *note], panel, int(panel == "host"))
    home, host = (sum(b.height for b in boxes.values() if b.panel == p) for p in ("home", "host"))
    for box in boxes.values():
        if box.panel == "other":
            box.column = int(host < home)
    return boxes


def _wrapped(name: str, letters: int) -> list[str]:
    wide = any(ord(letter) > 0x2E7F for letter in name)
    return textwrap.wrap(printable(name, longest=120), letters * 9 // 16 if wide else letters)


def _attach(boxes: dict[str, _Box], links: pd.DataFrame, park: str) -> dict[int, int]:
    """Give each link its place at its boxes; links across the park run above (-1) or below (1)."""
    lanes: dict[int, int] = {}
    nodes = list(boxes)
    for link, *ends in links[["source", "target"]].itertuples():
        joined = [boxes[end] for end in ends if end != park]
        if len(joined) == 1:
            joined[0].inner.append(link)
        elif joined[0].column == joined[1].column:
            for box in joined:
                box.outer.append(link)
        else:
            lanes[link] = -1 if max(map(nodes.index, ends)) < len(boxes) / 3 else 1
    for link, lane in lanes.items():
        for end in links.loc[link, ["source", "target"]]:
            inner = boxes[str(end)].inner
            inner.insert(0 if lane < 0 else len(inner), link)
    return lanes


def _stack(boxes: dict[str, _Box], lanes: dict[int, int]) -> tuple[_Point, float]:
    """Place the boxes; top and bottom of the park, and where the grounds end."""
    sides = list(lanes.values())
    start = _TOP + _SLOT * sides.count(-1)

    def level(box: _Box) -> tuple[bool, int]:
        ways = {lanes.get(link, 0) for link in box.inner}
        return box.panel == "other", (1 in ways) - (-1 in ways)

    columns = [[box for box in boxes.values() if box.column == side] for side in (0, 1)]
    ends = []
    for column in columns:
        y = start
        panel = ""
        for box in sorted(column, key=level):
            if box.panel == "other" != panel:
                y += 9.0 if panel else 1.0  # the title of the field
            panel = box.panel
            box.top = y
            y += box.height + _GAP
        ends.append(y)
    shorter = columns[int(np.argmin(ends))]
    if all(box.panel != "other" for box in shorter):
        for box in shorter:  # in the middle of its ground
            box.top += (max(ends) - min(ends)) / 2
    at_park = [box.at(link) for box in boxes.values() for link in box.inner if link not in lanes]
    top = min(at_park, default=_TOP) - 2.2
    bottom = max(at_park, default=_TOP) + 2.2
    top = max(top - max(_LEAST - (bottom - top), 0) / 2, _TOP - 1)
    bottom = max(bottom, top + _LEAST)
    return (top, bottom), max(*ends, bottom + _GAP, start + 28) + _SLOT * sides.count(1) + 0.5


def _ways(
    boxes: dict[str, _Box], links: pd.DataFrame, park: str, lanes: dict[int, int], bar: _Point
) -> dict[int, _Way]:
    outer, inner, edge = ([x, DOUBLE - x] for x in _EDGES)
    lowest = max([bar[1], *(box.top + box.height for box in boxes.values())])
    highest = min([bar[0], *(box.top for box in boxes.values())])
    # Links that run above and below the park, and those beside the boxes of either column.
    across = {lane: [link for link in lanes if lanes[link] == lane] for lane in (-1, 1)}
    bent = [(box.column, link) for box in boxes.values() for link in box.outer]
    beside = [[*dict.fromkeys(link for side, link in bent if side == k)] for k in (0, 1)]
    ways: dict[int, _Way] = {}
    for link, *ends in links[["source", "target"]].itertuples():
        first, *others = (boxes[node] for node in ends if node != park)
        side = first.column
        y = first.at(link)
        z = others[0].at(link) if others else 0.0
        if not others:
            way = [(inner[side], y), (edge[side], y)]
            badge = edge[side] + (14 * side - 7), y
            way = way if ends[1] == park else way[::-1]
        elif link in lanes:
            seat = across[lanes[link]].index(link)
            n = len(across[lanes[link]])
            away = 3.2 + min(2.2, _BETWEEN / n) * (n - 1 - seat)
            above = highest - _SLOT * (seat + 0.7)
            below = lowest + _SLOT * (seat + 0.8)
            level = above if lanes[link] < 0 else below
            x = [inner[0] + away, inner[1] - away]
            way = [(inner[side], y), (x[side], y), (x[side], level)]
            way += [(x[1 - side], level), (x[1 - side], z), (inner[1 - side], z)]
            badge = DOUBLE / 2, level
        else:
            seat = beside[side].index(link)
            n = len(beside[side])
            x_out = outer[side] + (2 * side - 1) * (0.6 + min(1.9, _BESIDE / n) * (seat + 1))
            way = [(outer[side], y), (x_out, y), (x_out, z), (outer[side], z)]
            badge = x_out, (y + z) / 2
        ways[link] = way, badge
    return ways


def _draw_grounds(
    ax: Axes, around: MultilayerNetwork, park: str, boxes: dict[str, _Box], end: float, names: Any
) -> None:
    parents: Any = around.storage.places["parent"]
    home, host = around.storage.nodes.loc[park, ["jurisdiction", "place"]]
    size = mpl.rcParams["axes.titlesize"]
    for left, right, x, side, colour, role, place in (
        (1.0, _EDGES[1] + 1.2, 2.5, "left", _HOME, "HOME", home),
        (_EDGES[2] - 4, DOUBLE - 1, DOUBLE - 2.5, "right", _HOST, "HOST", host),
    ):
        _fill(ax, left, 1, right - left, end - 1, fc=tone(colour), zorder=0, lw=0)
        around_it = "" if pd.isna(parents[place]) else f", {names[parents[place]]}"
        text = printable(f"{role}: {names[place]}{around_it}", longest=60)
        ax.text(x, 3.6, text, fontsize=size, ha=side, va="center")
    if other := [box for box in boxes.values() if box.panel == "other"]:
        top = min(box.top for box in other) - 5.6
        left = 1.0 if other[0].column == 0 else DOUBLE - _EDGES[1] - 1.2
        _fill(ax, left, top, _EDGES[1] + 0.2, end - top, fc=tone(_OTHER), zorder=0.5, lw=0)
        ax.text(left + 1.5, top + 2.8, "OTHER OR UNKNOWN JURISDICTION", va="center")


def _fill(ax: Axes, x: float, y: float, width: float, height: float, **look: Any) -> None:
    ax.add_patch(Rectangle((x, y), width, height, **look))


def _draw_box(ax: Axes, box: _Box, kws: Kws) -> None:
    x = _EDGES[0] if box.column == 0 else DOUBLE - _EDGES[1]
    patch = FancyBboxPatch((x, box.top), _BOX, box.height, "round,pad=0,rounding_size=1.0")
    patch.set(facecolor=paper(), edgecolor=ink(), linewidth=0.6, zorder=2)
    patch.set(**dict(kws or {}))
    ax.add_patch(patch)
    y = box.top + (box.height - _LINE * len(box.text)) / 2
    for at, line in enumerate(box.text):
        ax.text(x + _BOX / 2, y + _LINE * (at + 0.5), line, ha="center", va="center", zorder=3)


def _draw_park(ax: Axes, row: Any, name: str, bar: _Point) -> None:
    left = _EDGES[2]
    height = bar[1] - bar[0]
    _fill(ax, left, bar[0], _PARK, height, fc=tone(_HOME), ec=ink(), lw=1.6, zorder=2)
    facts = [
        printable(words.format(row[column])).replace("_", " ")
        for column, words in _FACTS.items()
        if column in row and pd.notna(row[column])
    ]
    middle = left + _PARK / 2, sum(bar) / 2
    style: dict[str, Any] = {"ha": "center", "zorder": 3}
    lines = "\n".join(_wrapped(name, 16))
    ax.text(*middle, lines, va="bottom", fontsize=mpl.rcParams["axes.titlesize"], **style)
    style["va"] = "top"
    style["linespacing"] = 1.25
    ax.text(middle[0], middle[1] + 1, "\n".join(facts), **style)


def _draw_arrow(ax: Axes, way: _Way, key: _Key, kws: Kws, *, stated: bool = True) -> None:
    points = np.array(way[0])
    (code, style, directed) = key
    ahead = (points[-1] - points[-2]) / np.linalg.norm(points[-1] - points[-2])
    base = points[-1] - 2.3 * ahead * directed
    (line,) = ax.plot(*np.vstack([points[:-1], base]).T, linewidth=1.0, zorder=4, **style)
    line.set(solid_capstyle="butt", solid_joinstyle="round")
    line.set(**dict(kws or {}))
    colour = line.get_color()
    if directed:
        across = 0.95 * np.array([-ahead[1], ahead[0]])
        head = Polygon([points[-1], base + across, base - across], linewidth=0.7, zorder=5)
        head.set(facecolor=colour if stated else paper(), edgecolor=colour)
        ax.add_patch(head)
    frame = {"boxstyle": "round,pad=0.12", "fc": paper(), "ec": colour, "lw": 0.5}
    ax.text(*way[1], code, ha="center", va="center", zorder=6, bbox=frame)


def _notes(around: MultilayerNetwork, links: pd.DataFrame, left_out: int) -> list[str]:
    pointed = links["layer"].isin(around.directed)
    text = "The width of lines does not show weight."
    if pointed.any():
        text = "Arrows lead from giver to receiver; their width does not show weight."
        text += "" if pointed.all() else " Lines without a head have no direction."
    text += " Thick frame: the park, in its home's colour on its host's ground."
    if words := [repr(str(each)) for each in links["status"].dropna().unique() if each != "stated"]:
        text += f" Hollow heads: not stated as facts, but as {' or '.join(words)}."
    lines = [printable(line, longest=200) for line in textwrap.wrap(text, 132)]
    more = f"{left_out:,} more actors of less weight with the park are not drawn."
    return [*lines, more] if left_out else lines

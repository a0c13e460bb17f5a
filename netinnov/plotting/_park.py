"""A park between its home and its host: who gives what to whom."""

from __future__ import annotations

import textwrap
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, Polygon, Rectangle

from netinnov._runtime.arguments import as_whole
from netinnov.mechanisms.cooperation import park_network
from netinnov.network import MultilayerNetwork
from netinnov.plotting._fonts import place_names, printable
from netinnov.plotting._park_layout import (
    BOX,
    LEFT,
    LINE,
    PARK,
    PARK_WIDTH,
    RIGHT,
    Box,
    attach,
    bar,
    boxes_of,
    is_wide,
    routes_of,
    stack,
)
from netinnov.plotting._style import (
    DOUBLE,
    ENCLAVE,
    GREY,
    INK,
    axes_or_new,
    larger,
    layer_style,
    print_style,
)

_FACTS = {
    "type": "{}",
    "opened": "opened {}",
    "floor_area_m2": "{:,.0f} m²",
    "confidence": "confidence {}",
}
HOME_FILL, HOST_FILL, OTHER_FILL = "#CBDDEC", "#FBF4EA", "#E9E9E9"
FLOWS = (
    *("funding", "hosting", "operation", "ownership", "policy"),
    *("production", "research", "talent", "tenancy"),
)


def plot_park(
    network: MultilayerNetwork,
    park: str,
    *,
    chinese: bool = False,
    actors: int = 24,
    ax: Axes | None = None,
) -> Axes:
    """Draw the actors of a park, its home on the left, its host on the right, and all flows.

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
    ax : Axes, optional
        Where to draw, 183 mm wide; a new figure of the height that is needed by default.

    Returns
    -------
    Axes
        In millimetres. A box each actor, on the side of its jurisdiction; those of other or unknown
        jurisdiction in a field of their own. The park stands on the ground of its host, in the
        colour of its home. An arrow each link, from source to target, in colour, dash and two
        letters of its layer; a hollow head where the link attribute ``status`` is not ``stated``.
        Links of undirected layers are lines without a head.

    Raises
    ------
    InputError
        If there is no such park, or it has no place, no jurisdiction, or stands at home.

    See Also
    --------
    netinnov.mechanisms.cooperation.brokerage_table : Who stands between home and host.

    Examples
    --------
    >>> from netinnov.datasets import load_quzhou
    >>> ax = plot_park(load_quzhou(), "quzhou_haichuang")
    >>> round(float(ax.figure.get_figwidth()) * 25.4)
    183
    """
    actors = as_whole("actors", actors, low=1)
    around = park_network(network, park)
    every, around = around, _heaviest(around, park, actors)
    with print_style():
        links = around.links
        boxes = boxes_of(around, park, chinese)
        lanes = attach(boxes, links, park)
        extent = stack(boxes, lanes, links, park)
        codes = _codes(around.layers)
        notes = _notes(around, links, codes, chinese)
        if (left := every.n_nodes - around.n_nodes) > 0:
            notes.append(f"{left:,} more actors of less weight with the park are not drawn.")
        rows = -(-len(codes) // 5)
        foot = extent + 4.5 + 4.2 * rows + 2.9 * len(notes)
        has_axes = ax is not None
        ax = axes_or_new(ax, width=DOUBLE, height=foot)
        if not has_axes:  # a millimetre of the drawing is one of the page
            ax.figure.canvas.figure.set_layout_engine("none")
            ax.set_position((0, 0, 1, 1))
        ax.set(xlim=(0, DOUBLE), ylim=(foot, 0), aspect="equal")
        ax.set_axis_off()
        _draw_grounds(ax, around, park, boxes, extent, chinese)
        for box in boxes.values():
            _draw_box(ax, box)
        _draw_park(ax, around, park, boxes, links, chinese)
        arrows = {}
        for layer in around.layers:
            style = layer_style(_position(layer, around.layers))
            arrows[layer] = _Arrow(codes[layer], style, layer in around.directed)
        for number, path in routes_of(boxes, links, park, lanes).items():
            stated = "status" not in links or links["status"][number] == "stated"
            _draw_arrow(ax, path, arrows[links["layer"][number]], stated=bool(stated))
        counts = links["layer"].value_counts()
        for position, (layer, arrow) in enumerate(arrows.items()):
            x, y = 2 + 36 * (position % 5), extent + 3.5 + 4.2 * (position // 5)
            _draw_arrow(ax, [(x, y), (x + 13.0, y)], arrow, legend=True)
            text = printable(f"{layer} ({counts[layer]})", longest=22)
            ax.text(x + 14.2, y, text, fontsize=7 * larger(), va="center")
        for position, line in enumerate(notes):
            y = extent + 4.5 + 4.2 * rows + 2.9 * position
            ax.text(2, y, line, fontsize=7 * larger(), va="center", color=INK)
    return ax


def _heaviest(around: MultilayerNetwork, park: str, actors: int) -> MultilayerNetwork:
    if around.n_nodes <= actors + 1:
        return around
    links = around.links
    ends = pd.concat([links.set_index("source"), links.set_index("target")])
    other = pd.concat([links["target"], links["source"]]).to_numpy()
    weight = ends.loc[other == park, "weight"].groupby(level=0).sum().drop(park, errors="ignore")
    first = weight.sort_values(ascending=False, kind="stable").index[:actors]
    return around.select(nodes=[park, *first])


class _Arrow(NamedTuple):
    code: str
    style: dict[str, Any]
    directed: bool


def _draw_grounds(
    ax: Axes,
    around: MultilayerNetwork,
    park: str,
    boxes: dict[str, Box],
    extent: float,
    chinese: bool,
) -> None:
    names = place_names(around.storage.places, chinese=chinese)
    home, host = around.storage.nodes.loc[park, ["jurisdiction", "place"]]

    def called(place: Any) -> str:
        parent = around.storage.places["parent"].get(place)
        return names[place] if pd.isna(parent) else f"{names[place]}, {names[parent]}"

    other = [box for box in boxes.values() if box.panel == "other"]
    for left, right, colour, place, side in (
        (1.0, LEFT + BOX + 1.2, HOME_FILL, f"HOME: {called(home)}", "left"),
        (PARK - 4.0, DOUBLE - 1.0, HOST_FILL, f"HOST: {called(host)}", "right"),
    ):
        ax.add_patch(Rectangle((left, 1), right - left, extent - 1, fc=colour, ec="none", zorder=0))
        x = left + 1.5 if side == "left" else right - 1.5
        ax.text(x, 3.6, printable(place, longest=60), fontsize=8 * larger(), ha=side, va="center")
    if other:
        top = min(box.top for box in other) - 5.6
        left, right = ((1.0, LEFT + BOX + 1.2), (RIGHT - 1.2, DOUBLE - 1.0))[other[0].column]
        field: dict[str, Any] = {"fc": OTHER_FILL, "ec": "none", "zorder": 0.5}
        ax.add_patch(Rectangle((left, top), right - left, extent - top, **field))
        size = 7 * larger()
        ax.text(left + 1.5, top + 2.8, "OTHER OR UNKNOWN JURISDICTION", fontsize=size, va="center")


def _draw_box(ax: Axes, box: Box) -> None:
    x = (LEFT, RIGHT)[box.column]
    patch = FancyBboxPatch((x, box.top), BOX, box.height, "round,pad=0,rounding_size=1.0")
    patch.set(facecolor="white", edgecolor=INK, linewidth=0.6, zorder=2)
    ax.add_patch(patch)
    notes = [(printable(line), 6.0, GREY, 2.7) for line in textwrap.wrap(box.note, 40)]
    lines = [(line, 7.0, INK, LINE) for line in box.lines] + notes
    y = box.top + (box.height - sum(height for *_, height in lines)) / 2
    for line, size, colour, height in lines:
        style: dict[str, Any] = {"fontsize": size, "color": colour, "zorder": 3}
        ax.text(x + BOX / 2, y + height / 2, line, ha="center", va="center", **style)
        y += height


def _draw_park(
    ax: Axes,
    around: MultilayerNetwork,
    park: str,
    boxes: dict[str, Box],
    links: pd.DataFrame,
    chinese: bool,
) -> None:
    top, bottom = bar(boxes, links, park)
    patch = Rectangle((PARK, top), PARK_WIDTH, bottom - top, fc=HOME_FILL, ec=ENCLAVE, zorder=2)
    patch.set_linewidth(1.6)
    ax.add_patch(patch)
    row = around.storage.nodes.loc[park]
    name = place_names(around.storage.nodes, chinese=chinese)[park]
    facts = [
        words.format(row[column]).replace("_", " " if column == "type" else "_")
        for column, words in _FACTS.items()
        if column in row and pd.notna(row[column])
    ]
    lines = textwrap.wrap(printable(name, longest=120), 9 if is_wide(name) else 16)
    x, middle = PARK + PARK_WIDTH / 2, (top + bottom) / 2
    style: dict[str, Any] = {"ha": "center", "zorder": 3}
    ax.text(x, middle, "\n".join(lines), va="bottom", fontsize=8 * larger(), **style)
    text = "\n".join(map(printable, facts))
    ax.text(x, middle + 1.0, text, fontsize=7 * larger(), va="top", linespacing=1.25, **style)


def _draw_arrow(
    ax: Axes,
    path: list[tuple[float, float]],
    arrow: _Arrow,
    *,
    stated: bool = True,
    legend: bool = False,
) -> None:
    points = np.array(path)
    tip, before = points[-1], points[-2]
    ahead = (tip - before) / np.linalg.norm(tip - before)
    across = np.array([-ahead[1], ahead[0]])
    base = tip - 2.3 * ahead if arrow.directed else tip
    colour = arrow.style["color"]
    (line,) = ax.plot(*np.vstack([points[:-1], base]).T, linewidth=1.0, zorder=4, **arrow.style)
    line.set(solid_capstyle="butt", solid_joinstyle="round")
    if arrow.directed:
        head = Polygon([tip, base + 0.95 * across, base - 0.95 * across], linewidth=0.7, zorder=5)
        head.set(facecolor=colour if stated else "white", edgecolor=colour)
        ax.add_patch(head)
    lengths = np.linalg.norm(np.diff(points, axis=0), axis=1)
    longest = int(lengths.argmax())
    start, end = points[longest], points[longest + 1]
    at = (start + end) / 2
    if longest == len(lengths) - 1:  # in the middle of the line before its head
        at = at - 1.1 * ahead
    if len(points) == 2 and not legend:  # at the park, clear of the channels beside the boxes
        near = start if abs(start[0] - DOUBLE / 2) < abs(end[0] - DOUBLE / 2) else end
        at = near + np.sign(at - near) * (7.0, 0)
    frame = {"boxstyle": "round,pad=0.12", "fc": "white", "ec": colour, "lw": 0.5}
    look: dict[str, Any] = {"fontsize": 6.5, "color": INK, "zorder": 6, "bbox": frame}
    ax.text(at[0], at[1], arrow.code, ha="center", va="center", **look)


def _position(layer: str, layers: tuple[str, ...]) -> int:
    """Constant position of a layer, so it has the same style at every park."""
    if layer in FLOWS:
        return FLOWS.index(layer)
    return len(FLOWS) + [name for name in layers if name not in FLOWS].index(layer)


def _codes(layers: tuple[str, ...]) -> dict[str, str]:
    drawn = {layer: printable(layer) for layer in layers}
    for letters in range(2, 30):
        codes = {layer: text[:letters] for layer, text in drawn.items()}
        if len(set(codes.values())) == len(layers):
            return codes
    return {layer: str(position + 1) for position, layer in enumerate(layers)}


def _notes(
    around: MultilayerNetwork, links: pd.DataFrame, codes: dict[str, str], chinese: bool
) -> list[str]:
    pointed = links["layer"].isin(around.directed)
    text = "The width of lines does not show weight."
    if pointed.any():
        text = "Arrows lead from giver to receiver; their width does not show weight."
        if not pointed.all():
            text += " Lines without a head have no direction."
    text += " Thick frame: the park, in its home's colour on its host's ground."
    if "status" in links:
        names = place_names(around.storage.nodes, chinese=chinese)
        parts = []
        vague = links[links["status"] != "stated"]
        for status, rows in vague.groupby("status"):
            ends = zip(rows["layer"], rows["source"], strict=True)
            shown = [f"{codes[layer]} from {names[source]}" for layer, source in ends]
            more = f" and {len(shown) - 3} more" if len(shown) > 3 else ""
            parts.append(f"{status!r} ({', '.join(shown[:3])}{more})")
        if parts:
            head = "Hollow heads: not" if pointed[vague.index].all() else "Not"
            text += f" {head} stated as facts, but as {' or '.join(parts)}."
    return [printable(line, longest=200) for line in textwrap.wrap(text, 132)]

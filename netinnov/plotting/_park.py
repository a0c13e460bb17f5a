"""A park between its home and its host: who gives what to whom."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, Polygon, Rectangle

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
    figure_style,
    layer_style,
)

HOME_FILL, HOST_FILL, OTHER_FILL = "#CBDDEC", "#FBF4EA", "#E9E9E9"
FLOWS = (
    "funding",
    "hosting",
    "operation",
    "ownership",
    "policy",
    "production",
    "research",
    "talent",
    "tenancy",
)


def plot_park(
    network: MultilayerNetwork, park: str, *, chinese: bool = False, ax: Axes | None = None
) -> Axes:
    """Draw the actors of a park, its home on the left, its host on the right, and all flows.

    Parameters
    ----------
    network : MultilayerNetwork
        Actors and flows; only the park and its direct partners are drawn
        (`netinnov.mechanisms.cooperation.park_network`).
    park : str
        A node with a place (its host) and a jurisdiction (its home).
    chinese : bool
        Write the names of the column ``name_zh``, where a Chinese font is installed.
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
    around = park_network(network, park)
    with figure_style():
        links = around.links
        boxes = boxes_of(around, park, chinese)
        lanes = attach(boxes, links, park)
        extent = stack(boxes, lanes, links, park)
        codes = _codes(around.layers)
        notes = _notes(around, links, codes, chinese)
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
        for number, path in routes_of(boxes, links, park, lanes).items():
            layer = str(links["layer"][number])
            style = layer_style(_position(layer, around.layers))
            stated = "status" not in links or links["status"][number] == "stated"
            _draw_arrow(
                ax, path, codes[layer], style,
                stated=bool(stated), directed=layer in around.directed,
            )  # fmt: skip
        _draw_legend(ax, around, links, codes, extent + 3.5)
        for position, line in enumerate(notes):
            y = extent + 4.5 + 4.2 * rows + 2.9 * position
            ax.text(2, y, line, fontsize=7, va="center", color=INK)
    return ax


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
    fields = [
        (1.0, LEFT + BOX + 1.2, HOME_FILL, f"HOME: {called(home)}", 0),
        (PARK - 4.0, DOUBLE - 1.0, HOST_FILL, f"HOST: {called(host)}", 1),
    ]
    for left, right, colour, title, column in fields:
        ax.add_patch(Rectangle((left, 1), right - left, extent - 1, fc=colour, ec="none", zorder=0))
        x = left + 1.5 if column == 0 else right - 1.5
        ax.text(
            x, 3.6, printable(title, longest=60), fontsize=8, fontweight="bold", va="center",
            ha="left" if column == 0 else "right",
        )  # fmt: skip
    if other:
        column = other[0].column
        top = min(box.top for box in other) - 5.6
        left = 1.0 if column == 0 else RIGHT - 1.2
        right = LEFT + BOX + 1.2 if column == 0 else DOUBLE - 1.0
        patch = Rectangle(
            (left, top), right - left, extent - top,
            fc=OTHER_FILL, ec="none", zorder=0.5,
        )  # fmt: skip
        ax.add_patch(patch)
        title = "OTHER OR UNKNOWN JURISDICTION"
        ax.text(left + 1.5, top + 2.8, title, fontsize=7, fontweight="bold", va="center")


def _draw_box(ax: Axes, box: Box) -> None:
    x = (LEFT, RIGHT)[box.column]
    patch = FancyBboxPatch(
        (x, box.top), BOX, box.height,
        boxstyle="round,pad=0,rounding_size=1.0", fc="white", ec=INK, linewidth=0.6, zorder=2,
    )  # fmt: skip
    ax.add_patch(patch)
    notes = textwrap.wrap(box.note, 40)
    text = LINE * len(box.lines) + 2.7 * len(notes)
    y = box.top + (box.height - text) / 2
    for line in box.lines:
        ax.text(x + BOX / 2, y + LINE / 2, line, fontsize=7, ha="center", va="center", zorder=3)
        y += LINE
    for line in notes:
        ax.text(
            x + BOX / 2, y + 1.35, printable(line), fontsize=6, color=GREY,
            ha="center", va="center", zorder=3,
        )  # fmt: skip
        y += 2.7


def _draw_park(
    ax: Axes,
    around: MultilayerNetwork,
    park: str,
    boxes: dict[str, Box],
    links: pd.DataFrame,
    chinese: bool,
) -> None:
    top, bottom = bar(boxes, links, park)
    patch = Rectangle(
        (PARK, top), PARK_WIDTH, bottom - top, fc=HOME_FILL, ec=ENCLAVE, linewidth=1.6, zorder=2
    )
    ax.add_patch(patch)
    row = around.storage.nodes.loc[park]
    name = place_names(around.storage.nodes, chinese=chinese)[park]
    facts = [str(row[c]).replace("_", " ") for c in ("type",) if c in row and pd.notna(row[c])]
    for column, words in (
        ("opened", "opened {}"),
        ("floor_area_m2", "{:,.0f} m²"),
        ("confidence", "confidence {}"),
    ):
        if column in row and pd.notna(row[column]):
            facts.append(words.format(row[column]))
    lines = textwrap.wrap(printable(name, longest=120), 9 if is_wide(name) else 16)
    middle = (top + bottom) / 2
    x = PARK + PARK_WIDTH / 2
    ax.text(
        x, middle, "\n".join(lines), fontsize=7.5, fontweight="bold", ha="center", va="bottom",
        linespacing=1.15, zorder=3,
    )  # fmt: skip
    ax.text(
        x, middle + 1.0, "\n".join(map(printable, facts)), fontsize=7, ha="center", va="top",
        linespacing=1.25, zorder=3,
    )  # fmt: skip


def _draw_arrow(
    ax: Axes,
    path: list[tuple[float, float]],
    code: str,
    style: dict[str, Any],
    *,
    stated: bool = True,
    directed: bool = True,
    legend: bool = False,
) -> None:
    points = np.array(path)
    tip, before = points[-1], points[-2]
    ahead = (tip - before) / np.linalg.norm(tip - before)
    across = np.array([-ahead[1], ahead[0]])
    base = tip - 2.3 * ahead if directed else tip
    line = np.vstack([points[:-1], base])
    ax.plot(
        line[:, 0], line[:, 1], linewidth=1.0, zorder=4, solid_capstyle="butt",
        solid_joinstyle="round", **style,
    )  # fmt: skip
    if directed:
        head = Polygon(
            [tip, base + 0.95 * across, base - 0.95 * across],
            fc=style["color"] if stated else "white", ec=style["color"], linewidth=0.7, zorder=5,
        )  # fmt: skip
        ax.add_patch(head)
    lengths = np.linalg.norm(np.diff(points, axis=0), axis=1)
    longest = int(lengths.argmax())
    start, end = points[longest], points[longest + 1]
    at = (start + end) / 2 - 1.1 * ahead
    if len(points) == 2 and not legend:  # at the park, clear of the channels beside the boxes
        near = start if abs(start[0] - DOUBLE / 2) < abs(end[0] - DOUBLE / 2) else end
        at = near + np.sign(at - near) * (7.0, 0)
    ax.text(
        at[0], at[1], code, fontsize=6.5, color=INK, ha="center", va="center", zorder=6,
        bbox={"boxstyle": "round,pad=0.12", "fc": "white", "ec": style["color"], "lw": 0.5},
    )  # fmt: skip


def _draw_legend(
    ax: Axes, around: MultilayerNetwork, links: pd.DataFrame, codes: dict[str, str], top: float
) -> None:
    counts = links["layer"].value_counts()
    for position, layer in enumerate(around.layers):
        x, y = 2 + 36 * (position % 5), top + 4.2 * (position // 5)
        path = [(x, y), (x + 13.0, y)]
        _draw_arrow(
            ax, path, codes[layer], layer_style(_position(layer, around.layers)),
            directed=layer in around.directed, legend=True,
        )  # fmt: skip
        text = printable(f"{layer} ({counts[layer]})", longest=22)
        ax.text(x + 14.2, y, text, fontsize=7, va="center")


def _position(layer: str, layers: tuple[str, ...]) -> int:
    """A flow looks the same at every park."""
    if layer in FLOWS:
        return FLOWS.index(layer)
    return len(FLOWS) + [name for name in layers if name not in FLOWS].index(layer)


def _codes(layers: tuple[str, ...]) -> dict[str, str]:
    """The fewest first letters, two or more, that tell the layers apart."""
    for letters in range(2, 30):
        codes = {layer: layer[:letters] for layer in layers}
        if len(set(codes.values())) == len(layers):
            return codes
    return {layer: str(position + 1) for position, layer in enumerate(layers)}


def _notes(
    around: MultilayerNetwork, links: pd.DataFrame, codes: dict[str, str], chinese: bool
) -> list[str]:
    pointed = links["layer"].isin(around.directed)
    text = "All links weigh the same."
    if pointed.any():
        text = "Arrows lead from giver to receiver; all links weigh the same."
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

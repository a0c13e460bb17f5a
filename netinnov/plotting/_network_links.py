"""Links between drawn nodes: lines, or curves with a head in the middle where they are directed."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform

from netinnov._typing import Codes, Floats
from netinnov.network import MultilayerNetwork

BEND = 0.12  # of a directed link: height of its curve over its length
_STEPS = np.linspace(0, 1, 13)
_HEAD = np.array([[1.3, 0.0], [-0.8, 0.75], [-0.8, -0.75], [1.3, 0.0]])


class DrawnLinks(NamedTuple):
    """The links of a layer that are drawn, the heaviest first, without self-links."""

    source: Codes
    target: Codes
    weight: Floats
    directed: bool
    n_hidden: int


def heaviest_links(network: MultilayerNetwork, layer: str, most: int) -> DrawnLinks:
    """At most so many links of a layer; an undirected one once."""
    block = network.storage.block(layer)
    source, target, weight = block.sources, block.indices, block.data
    other = source != target
    source, target, weight = source[other], target[other], weight[other]
    order = np.argsort(-weight, kind="stable")[:most]
    hidden = len(weight) - len(order)
    directed = layer in network.directed
    return DrawnLinks(source[order], target[order], weight[order], directed, hidden)


def draw_links(
    ax: Axes,
    links: DrawnLinks,
    at: Floats,
    style: dict[str, Any],
    *,
    bend: float = 0.0,
) -> None:
    """Draw the links whose ends have a position; ``bend``: of undirected ones, to keep apart."""
    known = np.isfinite(at.sum(axis=1))
    shown = known[links.source] & known[links.target]
    if not shown.any():
        return
    start, end = at[links.source[shown]], at[links.target[shown]]
    weight = links.weight[shown]
    equal = weight.max() == weight.min()
    thick = float(np.clip(14 / np.sqrt(len(weight)), 0.4, 1.0))
    widths = np.full(len(weight), thick) if equal else 0.25 + 1.5 * weight / weight.max()
    bend = BEND if links.directed else bend
    chord = end - start
    middle = (start + end) / 2 + bend * np.column_stack([-chord[:, 1], chord[:, 0]])
    control = 2 * middle - (start + end) / 2
    t = (_STEPS if bend else np.array([0.0, 1.0]))[:, None, None]
    curves = (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end
    alpha = float(np.clip(12 / np.sqrt(len(weight)), 0.3, 0.8))
    lines = LineCollection(
        list(curves.transpose(1, 0, 2)[::-1]),
        linewidths=widths[::-1],
        colors=style["color"],
        linestyles=style.get("linestyle", "solid"),
        alpha=alpha,
        zorder=1.5,
        capstyle="butt",
    )
    ax.add_collection(lines)
    if links.directed:
        angle = np.arctan2(chord[:, 1], chord[:, 0])  # also that of the curve in its middle
        turned = np.stack([np.cos(angle), np.sin(angle), -np.sin(angle), np.cos(angle)], axis=1)
        # One path a head, in points around the middle of its curve.
        reach = 0.8 + 0.7 * widths
        paths = [
            Path(size * (_HEAD @ turn.reshape(2, 2)), closed=True)
            for turn, size in zip(turned, reach, strict=True)
        ]
        heads = PathCollection(
            paths,
            sizes=[1.0],
            offsets=middle,
            offset_transform=ax.transData,
            facecolors=style["color"],
            linewidths=0,
            alpha=min(1.0, alpha + 0.25),
            zorder=1.6,
        )
        heads.set_transform(IdentityTransform())
        ax.add_collection(heads)

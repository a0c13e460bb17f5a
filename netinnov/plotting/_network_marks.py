"""Marks of drawn nodes and links: curves with heads, colours and markers of groups, sizes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform

from netinnov._runtime.arguments import examples, one_column, shown
from netinnov._typing import Codes, Floats, Mask
from netinnov.community import Partition
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.plotting._drawing import Kws, draw_lines, draw_points
from netinnov.plotting._fonts import printable
from netinnov.plotting._style import MARKS, PALETTE, ink, paper, tone

BEND = 0.12  # of a directed link: height of its curve over its length
_STEPS = np.linspace(0, 1, 13)
_HEAD = np.array([[1.3, 0.0], [-0.8, 0.75], [-0.8, -0.75], [1.3, 0.0]])
_SCALE = {"o": 1.0, "s": 0.85, "D": 0.72, "^": 1.1, "v": 1.1, "P": 1.1, "X": 1.1}
_OTHER = "#c4c4c4"
_TOGETHER, _LEAST = 3000.0, 3.0  # points^2 of all markers together; of one
_MOST = 90.0


class DrawnLinks(NamedTuple):
    source: Codes
    target: Codes
    weight: Floats
    directed: bool
    n_hidden: int


class Picture(NamedTuple):
    at: Floats
    layers: list[int]  # positions among the layers drawn
    linked: Mask


def heaviest_links(network: MultilayerNetwork, layer: str, most: int) -> DrawnLinks:
    """The heaviest links of a layer; each undirected link once."""
    block = network.storage.block(layer)
    source, target, weight = block.sources, block.indices, block.data
    other = source != target
    source, target, weight = source[other], target[other], weight[other]
    order = np.argsort(-weight, kind="stable")[:most]
    hidden = len(weight) - len(order)
    directed = layer in network.directed
    return DrawnLinks(source[order], target[order], weight[order], directed, hidden)


def curves(start: Floats, end: Floats, bend: Floats) -> Floats:
    """Points along arcs from start to end, whose heights are `bend` times their lengths."""
    chord = end - start
    across = np.column_stack([-chord[:, 1], chord[:, 0]])
    control = (start + end) / 2 + 2 * bend[:, None] * across
    t = (_STEPS if bend.any() else np.array([0.0, 0.5, 1.0]))[:, None, None]
    points = (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end
    return np.asarray(points.transpose(1, 0, 2))


def draw_links(
    ax: Axes, links: DrawnLinks, at: Floats, style: dict[str, Any], kws: Kws, *, bend: float = 0.0
) -> None:
    start, end, weight = at[links.source], at[links.target], links.weight
    if not weight.size:
        return
    equal = weight.max() == weight.min()
    thick = float(np.clip(14 / np.sqrt(len(weight)), 0.4, 1.0))
    widths = np.full(len(weight), thick) if equal else 0.25 + 1.5 * weight / weight.max()
    bend = BEND if links.directed else bend
    ways = curves(start, end, np.full(len(start), bend))
    alpha = float(np.clip(12 / np.sqrt(len(weight)), 0.3, 0.8))
    look = style | {"linewidths": widths[::-1], "alpha": alpha, "zorder": 1.5, "capstyle": "butt"}
    lines = draw_lines(ax, ways[::-1], look, kws)
    if links.directed:
        chord, middle = end - start, ways[:, len(_STEPS) // 2]
        angle = np.arctan2(chord[:, 1], chord[:, 0])  # also that of the curve in its middle
        ahead = np.column_stack([np.cos(angle), np.sin(angle)])
        turned = np.stack([ahead, ahead[:, ::-1] * [-1, 1]], axis=1)
        # One path a head, in points around the middle of its curve.
        corners = (0.8 + 0.7 * widths)[:, None, None] * (_HEAD @ turned)
        paths = [Path(outline, closed=True) for outline in corners]
        look = {"facecolors": lines.get_color()[0], "linewidths": 0, "zorder": 1.6}
        look |= {"offsets": middle, "offset_transform": ax.transData}
        heads = PathCollection(paths, [1.0], alpha=min(1.0, alpha + 0.25), **look)
        heads.set_transform(IdentityTransform())
        ax.add_collection(heads)


class Groups(NamedTuple):
    """Group codes by layer; -1 for none, len(names) for the merged rest."""

    codes: Codes  # layers x nodes
    names: list[str]
    n_other: int  # groups that share one marker


def node_groups(
    network: MultilayerNetwork, groups: Any, layers: Sequence[str], *, by_layer: bool
) -> Groups | None:
    nodes = network.storage.nodes
    if groups is None:
        if not 2 <= nodes["kind"].nunique() <= len(MARKS):
            return None
        groups = nodes["kind"]
    called = "community " if isinstance(groups, Partition) else ""
    labels: Any = groups.membership if isinstance(groups, Partition) else groups
    if not isinstance(labels, (pd.Series, pd.DataFrame)):
        msg = "`groups` must be a Partition, a Series over the nodes, or a DataFrame nodes x layers"
        raise InputError(f"{msg}; found {shown(groups)}.")
    labels = labels.reindex(nodes.index)
    if isinstance(labels, pd.DataFrame):
        if missing := [layer for layer in layers if layer not in labels]:
            msg = f"`groups` must have a column for each layer; missing: {examples(missing)}."
            raise InputError(msg)
        labels = labels[list(layers)]
        if not by_layer:
            first = labels.bfill(axis=1).iloc[:, 0]
            if not (labels.eq(first, axis=0) | labels.isna()).all(axis=None):
                msg = "`groups` differ between the layers of a node, which one picture of all "
                raise InputError(f"{msg}layers cannot show; choose `arrange` 'planes'.")
            labels = first
    held = labels.to_numpy(dtype=object)
    held = np.broadcast_to(held, (len(layers), len(nodes))) if held.ndim == 1 else held.T
    count = pd.Series(held.ravel()).value_counts(sort=False)
    if count.empty:
        raise InputError("`groups` must give a label to at least one node; all are missing.")
    # Communities keep their numbers; of all else the largest group comes first.
    order = count.sort_index() if called else count.sort_values(ascending=False, kind="stable")
    kinds = order.index
    n_named = len(kinds) if len(kinds) <= len(MARKS) else len(MARKS) - 1
    codes = np.minimum(kinds.get_indexer(pd.Index(held.ravel())), n_named).astype(np.int32)
    names = [f"{called}{int(kind) if called else printable(kind)}" for kind in kinds[:n_named]]
    return Groups(codes.reshape(held.shape), names, len(kinds) - n_named)


def marker_areas(network: MultilayerNetwork, size: Any, *, pictures: int) -> tuple[Floats, str]:
    n = max(network.n_nodes, 1)
    usual = float(np.clip(_TOGETHER / n / np.sqrt(pictures), 2 * _LEAST, 40.0))
    if size is None:
        return np.full(network.n_nodes, usual), ""
    size = one_column("size", size)
    if not isinstance(size, pd.Series) or not pd.api.types.is_numeric_dtype(size.dtype):
        raise InputError(f"`size` must be a Series of numbers over the nodes; found {shown(size)}.")
    value = size.reindex(network.storage.nodes.index).fillna(0).to_numpy(np.float64)
    if (value < 0).any() or np.isinf(value).any():
        raise InputError("`size` must be finite and at least 0; found other values.")
    largest = min(_MOST / np.sqrt(pictures), 5 * usual)
    scaled = value / value.max() if value.any() else np.ones(len(value))
    return np.maximum(largest * scaled, _LEAST), "" if size.name is None else str(size.name)


def draw_nodes(
    ax: Axes, picture: Picture, areas: Floats, groups: Groups | None, kws: Kws, *, grey: bool
) -> None:
    at, linked = picture.at, picture.linked
    small: dict[str, Any] = {"facecolors": tone("#d9d9d9"), "linewidths": 0, "zorder": 2.5}
    draw_points(ax, at[~linked], small | {"s": np.minimum(areas[~linked], 8)})
    edge, width = (ink(), 0.5) if grey and groups else (paper(), 0.4)
    look: dict[str, Any] = {"edgecolors": edge, "linewidths": width, "zorder": 3}
    if groups is None:
        draw_points(ax, at[linked], look | {"s": areas[linked], "c": ink()}, kws)
        return
    codes = groups.codes[picture.layers[0]]
    shades = [ink(), paper(), "#9a9a9a"] * 3 if grey else PALETTE
    names = [*groups.names, *([f"{groups.n_other} other groups"] if groups.n_other else []), "none"]
    for code, name in zip([*range(len(names) - 1), -1], names, strict=True):
        chosen = (codes == code) & linked
        named = 0 <= code < len(groups.names)
        marker = MARKS[code] if named else "o"
        look |= {"c": shades[code] if named else _OTHER, "marker": marker, "label": name}
        if chosen.any():
            draw_points(ax, at[chosen], look | {"s": areas[chosen] * _SCALE[marker]}, kws)

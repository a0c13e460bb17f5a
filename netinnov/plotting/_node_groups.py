"""Groups of nodes (communities, kinds) as colours and markers, and values as sizes of markers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from netinnov._arguments import check_name, examples, shown
from netinnov._typing import Codes, Floats
from netinnov.community import Partition
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.plotting._fonts import printable
from netinnov.plotting._style import INK, PALETTE

_MARKERS = "osD^vPX"
_SCALE = {"o": 1.0, "s": 0.85, "D": 0.72, "^": 1.1, "v": 1.1, "P": 1.1, "X": 1.1}
_SHADES = (INK, "#ffffff", "#9a9a9a", INK, "#ffffff", "#9a9a9a", INK)
_OTHER = "#c4c4c4"
_TOGETHER, _LEAST = 3000.0, 3.0  # points^2 of all markers together; of one
_MOST = 90.0


class Groups(NamedTuple):
    """Codes of nodes in each layer drawn; -1 for none, the number of names for all the others."""

    codes: Codes
    """Layers x nodes."""
    names: list[str]
    n_other: int
    """Groups that share one marker, as there are too many."""


def node_groups(
    network: MultilayerNetwork, groups: Any, layers: Sequence[str], *, by_layer: bool
) -> Groups | None:
    """The groups that were given; else the kinds of the nodes, where there are two to seven."""
    nodes = network.storage.nodes
    if groups is None:
        if not 2 <= nodes["kind"].nunique() <= len(_MARKERS):
            return None
        groups = "kind"
    called = ""
    if isinstance(groups, str):
        labels: Any = nodes[check_name("groups", groups, list(nodes.columns), of="the nodes")]
    elif isinstance(groups, Partition):
        labels, called = groups.membership, "community "
    else:
        labels = groups
    if not isinstance(labels, (pd.Series, pd.DataFrame)):
        msg = (
            "`groups` must be a Partition, a Series over the nodes, a DataFrame nodes x layers, or "
            f"the name of a column of the nodes; found {shown(groups)}."
        )
        raise InputError(msg)
    labels = labels.reindex(nodes.index)
    if isinstance(labels, pd.DataFrame):
        if missing := [layer for layer in layers if layer not in labels]:
            msg = f"`groups` must have a column for each layer; missing: {examples(missing)}."
            raise InputError(msg)
        labels = labels[list(layers)]
        if not by_layer:
            first = labels.bfill(axis=1).iloc[:, 0]
            if not (labels.eq(first, axis=0) | labels.isna()).all(axis=None):
                msg = (
                    "`groups` differ between the layers of a node, which one picture of all layers "
                    "cannot show; choose `arrange` 'panels' or 'planes'."
                )
                raise InputError(msg)
            labels = first
    held = labels.to_numpy(dtype=object)
    held = np.broadcast_to(held, (len(layers), len(nodes))) if held.ndim == 1 else held.T
    codes, kinds = pd.factorize(held.ravel())
    # Communities keep their numbers; of all else the largest group comes first.
    order = np.argsort(-np.bincount(codes[codes >= 0], minlength=len(kinds)), kind="stable")
    if called:
        order = np.argsort(kinds.astype(float), kind="stable")
    n_named = len(kinds) if len(kinds) <= len(_MARKERS) else len(_MARKERS) - 1
    rank = np.empty(len(kinds) + 1, np.int32)
    rank[order] = np.minimum(np.arange(len(kinds)), n_named)
    rank[-1] = -1
    if not len(kinds):
        raise InputError("`groups` must give a label to at least one node; all are missing.")
    names = [f"{called}{int(kinds[k]) if called else printable(kinds[k])}" for k in order[:n_named]]
    return Groups(rank[codes].reshape(held.shape), names, len(kinds) - n_named)


def marker_areas(network: MultilayerNetwork, size: Any, *, pictures: int) -> tuple[Floats, str]:
    """Points^2 of each marker, proportional to a value, and the name of that value."""
    nodes = network.storage.nodes
    n = max(network.n_nodes, 1)
    usual = float(np.clip(_TOGETHER / n / np.sqrt(pictures), 2 * _LEAST, 40.0))
    if size is None:
        return np.full(network.n_nodes, usual), ""
    if isinstance(size, str):
        size = nodes[check_name("size", size, list(nodes.columns), of="the nodes")]
    if not isinstance(size, pd.Series) or not pd.api.types.is_numeric_dtype(size.dtype):
        msg = (
            "`size` must be a Series of numbers over the nodes, or the name of such a column of "
            f"the nodes; found {shown(size)}."
        )
        raise InputError(msg)
    value = size.reindex(nodes.index).to_numpy(dtype=np.float64, na_value=np.nan)
    if (value < 0).any() or np.isinf(value).any():
        raise InputError("`size` must be finite and at least 0; found other values.")
    value = np.where(np.isnan(value), 0.0, value)
    largest = min(_MOST / np.sqrt(pictures), 5 * usual)
    scaled = value / value.max() if value.any() else np.ones(len(value))
    return np.maximum(largest * scaled, _LEAST), "" if size.name is None else str(size.name)


def draw_nodes(
    ax: Axes,
    at: Floats,
    areas: Floats,
    groups: Groups | None,
    codes: Codes | None,
    *,
    grey: bool,
    faint: np.ndarray,
) -> list[Line2D]:
    """Markers of the nodes, those without a link faint; entries of a legend for the groups."""
    ax.scatter(
        at[faint, 0],
        at[faint, 1],
        s=np.minimum(areas[faint], 8),
        c="#d9d9d9",
        linewidths=0,
        zorder=2.5,
    )
    if groups is None or codes is None:
        style: dict[str, Any] = {"edgecolors": "white", "linewidths": 0.4}
        ax.scatter(at[~faint, 0], at[~faint, 1], s=areas[~faint], c=INK, zorder=3, **style)
        return []
    handles = []
    names = [*groups.names, *([f"{groups.n_other} other groups"] if groups.n_other else []), "none"]
    for code, name in zip([*range(len(names) - 1), -1], names, strict=True):
        chosen = (codes == code) & ~faint
        named = 0 <= code < len(groups.names)
        marker = _MARKERS[code] if named else "o"
        colour = (_SHADES if grey else PALETTE)[code] if named else _OTHER
        edge = INK if grey else "white"
        width = 0.5 if grey else 0.4
        ax.scatter(
            at[chosen, 0],
            at[chosen, 1],
            s=areas[chosen] * _SCALE[marker],
            c=colour,
            marker=marker,
            edgecolors=edge,
            linewidths=width,
            zorder=3,
        )
        if chosen.any():
            handle = Line2D([], [], color=colour, marker=marker, linestyle="none", label=name)
            handle.set(markersize=5, markeredgecolor=edge, markeredgewidth=width)
            handles.append(handle)
    return handles

"""Communities: the weight inside and between them, and the roles of nodes in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from netinnov._network.matrices import flat_matrix
from netinnov._typing import Floats
from netinnov.community import Partition
from netinnov.community._roles import node_codes
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.plotting._drawing import Kws, draw_legend, draw_points, percent, table_of, write_notes
from netinnov.plotting._fonts import Names, name_of, place_names
from netinnov.plotting._heat_maps import draw_matrix
from netinnov.plotting._labels import label_points
from netinnov.plotting._style import PALETTE, SINGLE, drawing, ink, paper, tone

_NAMED = 12
_ROWS = 10  # communities with a row of their own
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


def plot_community_flows(
    network: MultilayerNetwork,
    membership: pd.Series[Any] | pd.DataFrame | Mapping[str, Any] | Partition,
    *,
    names: Names | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the weight inside and between communities as shares, in shades and figures.

    Parameters
    ----------
    network : MultilayerNetwork
        Weights are summed over layers, as `flatten` does. Self-links do not count.
    membership : Series, DataFrame, mapping or Partition
        One label a node. A table node x layer is taken if all copies of a node have one label.
    names : mapping from node to str, optional
        Labels of the nodes; by default their names in ``network.nodes``.

    Returns
    -------
    Axes
        Cells are shares of all weight. Rows are sources, and the diagonal is the weight inside. In
        undirected networks a link has no source, and only the lower half is drawn: all cells drawn
        add up to 100 %. A community is called by its strongest node, and the number of nodes; the
        ten with most weight have a row, the rest are added up as "others".

    Raises
    ------
    InputError
        If copies of a node have different labels, there is no weight between labelled nodes, or one
        of several layers holds shares of each origin's total.

    Notes
    -----
    Nodes without a label are left out with their links, and counted. If a layer is directed, a
    link of an undirected layer counts as two opposite ones.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": list("abc"), "target": list("bcd"), "weight": [5, 1, 4]})
    >>> network = ni.build_network(pd.DataFrame(index=list("abcd")), links)
    >>> ax = plot_community_flows(network, {"a": 0, "b": 0, "c": 1, "d": 1})
    >>> [text.get_text() for text in ax.texts]
    ['50.0', '10.0', '40.0']
    """
    weight = flat_matrix(network, "a sum over layers")
    codes = node_codes(network, membership)
    known = codes >= 0
    source, target = weight.nonzero()
    inner = known[source] & known[target]
    source, target, data = source[inner], target[inner], weight.data[inner]
    total, everything = float(data.sum()), float(weight.data.sum())
    if total <= 0:
        raise InputError("a matrix of communities needs weight between labelled nodes; found none.")
    strength = sum(np.bincount(end, data, network.n_nodes) for end in (source, target))
    called = place_names(network.nodes) if names is None else names
    group, tags = _grouped(network, codes, np.asarray(strength), called)
    shown = np.zeros((len(tags), len(tags)))
    np.add.at(shown, (group[source], group[target]), data)
    shown /= total
    inside = float(data[codes[source] == codes[target]].sum()) / total
    half = not network.directed
    if half:
        shown = np.tril(shown + np.tril(shown.T, -1))
    notes = [f"Inside communities: {percent(inside)} of the weight."]
    if (~known).any():
        lost = percent(1 - total / everything)
        without = f"Nodes without a label, left out: {(~known).sum():,}"
        notes.append(f"{without} ({lost} of the weight)." if total < everything else f"{without}.")
    shares = pd.DataFrame(100 * shown, tags, tags)
    with drawing(ax, 88, SINGLE) as ax:
        draw_matrix(ax, shares, shares.map("{:.1f}".format), "% of all weight", half=half, vmin=0)
        write_notes(ax, notes, label="" if half else "to")
        ax.set_ylabel("" if half else "from")
    return ax


def _grouped(
    network: MultilayerNetwork, codes: npt.NDArray[np.int64], strength: Floats, names: Names
) -> tuple[npt.NDArray[np.int64], list[str]]:
    known = codes >= 0
    n = int(codes.max()) + 1
    weight = np.bincount(codes[known], strength[known], n)
    size = np.bincount(codes[known], minlength=n)
    rank = np.argsort(-weight, kind="stable")
    kept = rank if n <= _ROWS + 1 else rank[:_ROWS]
    row = np.full(n, len(kept))
    row[kept] = np.arange(len(kept))
    nodes = network.nodes.index
    tags = []
    for code in kept:
        members = np.flatnonzero(codes == code)
        first = nodes[members[strength[members].argmax()]]
        tags.append(f"{name_of(names, first, longest=24)} ({size[code]:,})")
    if len(kept) < n:
        tags.append(f"{n - _ROWS:,} others ({size.sum() - size[kept].sum():,})")
    return np.where(known, row[codes], -1), tags


def plot_roles(
    roles: pd.DataFrame, *, names: Names | None = None, node_kws: Kws = None, ax: Axes | None = None
) -> Axes:
    """Draw z inside the community against participation across communities, with the roles.

    Parameters
    ----------
    roles : DataFrame
        From `netinnov.community.roles`: index = node, ``z``, ``participation`` and ``role``.

    Returns
    -------
    Axes
        Points, hubs filled and others open, on the regions of Guimera and Amaral: hubs from z = 2.5
        up, cuts of the participation at 0.30 and 0.75, for others at 0.05, 0.62 and 0.80. The
        legend counts nodes; those without links have no role: left out and counted. At most 12 are
        named, the greatest z first; nodes at one point share a label.

    References
    ----------
    Guimera and Amaral (2005), Functional cartography of complex metabolic networks, Nature 433,
    895-900.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"z": [3.1, 0.2], "participation": [0.5, 0.1], "role": ["R6", "R2"]})
    >>> ax = plot_roles(table.set_axis(["Shanghai", "Quzhou"]))
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['R2 peripheral: 1', 'R6 connector hub: 1']
    """
    placed = _placed(roles)
    with drawing(ax, 85, SINGLE) as ax:
        low, high = float(placed["z"].min()), float(placed["z"].max())
        bottom, top = min(low, -1) - 0.35, max(high, 3.2) + 0.5
        ax.set(xlim=(-0.02, 1.0), ylim=(bottom, top))
        tags = _draw_regions(ax, bottom, top)
        hub = placed["role"].isin(_HUBS)
        at = placed[["participation", "z"]].to_numpy()
        for chosen, size, face, edge in (
            (~hub, 9, "none", PALETTE[0]),
            (hub, 16, PALETTE[0], ink()),
        ):
            look: dict[str, Any] = {"s": size, "facecolors": face, "edgecolors": edge}
            look |= {"linewidths": 0.6, "zorder": 3, "clip_on": False}
            draw_points(ax, at[chosen], look, node_kws)
        count = placed["role"].value_counts()
        texts = [f"{role} {name}: {count.get(role, 0):,}" for role, (name, *_) in _ROLES.items()]
        texts = [text for text in texts if not text.endswith(": 0")]
        handles = [Rectangle((0, 0), 0, 0, alpha=0, label=text) for text in texts]
        draw_legend(ax, handles, ncols=2, handlelength=0, handletextpad=0)
        ax.set_ylabel("z inside the community")
        left = len(roles) - len(placed)
        note = f"Nodes without links or community, left out: {left:,}." if left else ""
        write_notes(ax, [note], label="participation across communities")
        texts = [name_of(names, node) for node in placed.index]
        radii = np.where(hub, 2.0, 1.5)
        label_points(ax, at, texts, radii=radii, most=_NAMED, beside=tags)
    return ax


def _placed(roles: Any) -> pd.DataFrame:
    needed = ["z", "participation", "role"]
    table = table_of("roles", roles, needed, of="community.roles()", numbers=needed[:2])[needed]
    placed = table.dropna(subset=needed[:2]).sort_values("z", ascending=False, kind="stable")
    if placed.empty:
        msg = f"`roles` must have a node with z and participation; none of {len(roles)} has."
        raise InputError(msg)
    if not placed["participation"].between(0, 1).all():
        raise InputError("`roles`: participation must lie between 0 and 1.")
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
        field.set(edgecolor=tone("#b5b5b5"))
        ax.add_patch(field)
        x = (left + right) / 2 if right - left < 0.1 else right - 0.03
        y = high - 0.015 * (top - bottom)
        tags.append(ax.text(x, y, role, ha="center", va="top", zorder=1))
    return tags

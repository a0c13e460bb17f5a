"""Matrices with numbers in their cells: flows between communities, layer similarity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.image import AxesImage
from matplotlib.ticker import MaxNLocator
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from netinnov._arguments import as_whole
from netinnov._matrices import flat_matrix
from netinnov._typing import Floats
from netinnov.community import Partition
from netinnov.community._roles import node_codes
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.plotting._fonts import name_of, place_names, printable
from netinnov.plotting._notes import percent, write_notes
from netinnov.plotting._style import (
    DOUBLE,
    INK,
    SINGLE,
    axes_or_new,
    colour_bar,
    figure_style,
    ink_on,
    lay_out,
)

Part: TypeAlias = Literal["all", "source"]
Order: TypeAlias = Literal["given", "similar"]

_MISSING = "#e3e3e3"


def plot_community_flows(
    network: MultilayerNetwork,
    membership: pd.Series[Any] | pd.DataFrame | Mapping[str, Any] | Partition,
    *,
    of: Part = "all",
    most: int = 10,
    names: Mapping[str, str] | pd.Series[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the weight inside and between communities as shares, in shades and figures.

    Parameters
    ----------
    network : MultilayerNetwork
        Weights are summed over layers, as `flatten` does. Self-links do not count.
    membership : Series, DataFrame, mapping or Partition
        One label a node. A table node x layer is taken if all copies of a node have one label.
    of : {"all", "source"}
        Cells are shares of all weight, or of the weight that leaves the community of the row.
    most : int
        The communities with most weight get their own row; the rest are added up as "others".
    names : mapping from node to str, optional
        Labels of the nodes; by default their names in ``network.nodes``.
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

    Returns
    -------
    Axes
        Rows are sources. The diagonal is the weight inside. In undirected networks a link has
        no source, and only the lower half is drawn for ``of="all"``: all cells drawn add up to
        100 %. A community is called by the node with most weight to and from labelled nodes, and
        the number of its nodes.

    Raises
    ------
    InputError
        If copies of a node have different labels, there is no weight between labelled nodes, an
        option is out of range, or one of several layers holds shares of each origin's total.

    Notes
    -----
    Nodes without a label are left out with their links, and counted. If a layer is directed, a
    link of an undirected layer counts as two opposite ones. Of a single layer of shares of each
    origin's total, every origin has the same weight, whatever its size. Figures are left out
    where the cells are too narrow for type of 6 points.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b", "c"], "target": ["b", "c", "d"]})
    >>> links["weight"] = [5, 1, 4]
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c", "d"]), links)
    >>> ax = plot_community_flows(network, {"a": 0, "b": 0, "c": 1, "d": 1})
    >>> [text.get_text() for text in ax.texts]
    ['50.0', '10.0', '40.0']
    """
    most = as_whole("most", most, low=1)
    weight = flat_matrix(network, "a sum over layers")
    codes = node_codes(network, membership)
    known = codes >= 0
    source, target = weight.nonzero()
    data = weight.data
    inner = known[source] & known[target]
    total, everything = float(data[inner].sum()), float(data.sum())
    if total <= 0:
        raise InputError("a matrix of communities needs weight between labelled nodes; found none.")
    strength = np.bincount(source[inner], data[inner], network.n_nodes)
    strength += np.bincount(target[inner], data[inner], network.n_nodes)
    called = place_names(network.nodes) if names is None else names
    group, tags = _grouped(network, codes, strength.astype(np.float64), most, called)
    n = len(tags)
    flows = np.zeros((n, n))
    np.add.at(flows, (group[source[inner]], group[target[inner]]), data[inner])
    inside = float(data[inner][codes[source[inner]] == codes[target[inner]]].sum()) / total
    half = not network.directed and of == "all"
    if of == "all":
        shown = flows / total
        if half:
            shown = np.tril(shown + np.tril(shown.T, -1))
    else:
        out = flows.sum(axis=1, keepdims=True)
        shown = np.divide(flows, out, out=np.full_like(flows, np.nan), where=out > 0)
    blank = np.triu(np.ones((n, n), bool), 1) if half else np.zeros((n, n), bool)
    notes = [f"Inside communities: {percent(inside)} of the weight."]
    if (~known).any():
        lost = percent(1 - total / everything)
        without = f"Nodes without a label, left out: {(~known).sum():,}"
        notes.append(f"{without} ({lost} of the weight)." if total < everything else f"{without}.")
    with figure_style():
        ax = axes_or_new(ax, width=SINGLE, height=88)
        image = _draw_matrix(ax, np.where(blank, np.nan, shown), tags, blank, 0.0, None)
        whole_weight = "all weight" if of == "all" else "the weight that leaves the row"
        bar = colour_bar(ax, image, f"% of {whole_weight}", ticks=MaxNLocator(5))
        bar.ax.yaxis.set_major_formatter(lambda x, _: f"{100 * x:g}")
        write_notes(ax, notes, label="" if half else "to")
        ax.set_ylabel("" if half else "from")
        _write_cells(ax, image, np.where(blank, np.nan, shown), _percent, blank)
    return ax


def plot_layer_similarity(
    table: pd.DataFrame,
    *,
    label: str = "",
    order: Order = "given",
    ax: Axes | None = None,
) -> Axes:
    """Draw how alike layers are as a matrix with numbers in its cells.

    Parameters
    ----------
    table : DataFrame
        Square, index and columns are the layers in one order, as `layer_overlap` and
        `layer_correlation` of `netinnov.centrality` give it. Values between -1 and 1.
    label : str
        What the numbers are, for the bar of shades.
    order : {"given", "similar"}
        ``"similar"``: layers that are alike stand together (average linkage of 1 - value).
    ax : Axes, optional
        Where to draw; a new figure of 89 mm, or 183 mm for more than 10 layers, by default.

    Returns
    -------
    Axes
        Of a symmetric table the lower half, of any other the whole matrix. Grey: undefined.
        Shades run from 0 to 1, if there are negative values from -1 (red) to 1 (blue).

    Raises
    ------
    InputError
        If the table is not square, is empty, its rows and columns differ, or a value is out of
        [-1, 1].

    Notes
    -----
    Figures are left out where the cells are too narrow for type of 6 points. In grey, negative
    values differ from positive ones by their sign only, and so not where figures are left out.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame([[1.0, 0.25], [0.25, 1.0]], index=["x", "y"], columns=["x", "y"])
    >>> [text.get_text() for text in plot_layer_similarity(table).texts]
    ['1', '.25', '1']
    """
    values = _square(table)
    symmetric = bool(np.allclose(values, values.T, equal_nan=True))
    position: npt.NDArray[Any] = np.arange(len(values))
    if order == "similar" and len(values) > 2:
        away = 1 - np.nan_to_num((values + values.T) / 2)
        np.fill_diagonal(away, 0)
        tree = linkage(squareform(away, checks=False), "average", optimal_ordering=True)
        position = leaves_list(tree)
    values = values[np.ix_(position, position)]
    tags = [printable(name) for name in table.index.take(position)]
    n = len(tags)
    blank = np.triu(np.ones((n, n), bool), 1) if symmetric else np.zeros((n, n), bool)
    negative = bool(np.nanmin(values, initial=0) < 0)
    with figure_style():
        wide = n > 10
        ax = axes_or_new(ax, width=DOUBLE if wide else SINGLE, height=160 if wide else 80)
        shown = np.where(blank, np.nan, values)
        image = _draw_matrix(ax, shown, tags, blank, -1.0 if negative else 0.0, 1.0)
        colour_bar(ax, image, printable(label, longest=80), ticks=MaxNLocator(4))
        _write_cells(ax, image, shown, _two_digits, blank)
    return ax


def shaded_table(
    ax: Axes,
    shades: pd.DataFrame,
    texts: pd.DataFrame,
    names: Sequence[str],
    bar: dict[str, Any],
    **colours: Any,
) -> None:
    """Draw a table of texts on shades, with names of its rows and the columns above."""
    import seaborn as sns  # only here: it takes long to load

    # It draws the labels of the table, so they must be printable from the first.
    rows = [printable(name) for name in names]
    columns = [printable(column).replace("_", "\n", 1).replace("_", " ") for column in shades]
    sns.heatmap(
        shades.set_axis(rows, axis=0).set_axis(columns, axis=1),
        annot=texts.to_numpy(),
        fmt="",
        linewidths=0.6,
        annot_kws={"fontsize": 7},
        cbar_kws=bar,
        ax=ax,
        **colours,
    )
    ax.set_xticklabels(columns, rotation=0)
    ax.set_yticklabels(rows, rotation=0)
    ax.set(xlabel="", ylabel="")
    ax.xaxis.tick_top()
    ax.tick_params(length=0)


def _grouped(
    network: MultilayerNetwork,
    codes: npt.NDArray[np.int64],
    strength: Floats,
    most: int,
    names: Mapping[str, str] | pd.Series[str],
) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Row of the matrix of each node, and the name of each row; most weight first."""
    known = codes >= 0
    n = int(codes.max()) + 1
    weight = np.bincount(codes[known], strength[known], n)
    size = np.bincount(codes[known], minlength=n)
    rank = np.argsort(-weight, kind="stable")
    kept = rank if n <= most + 1 else rank[:most]
    row = np.full(n, len(kept))
    row[kept] = np.arange(len(kept))
    nodes = network.nodes.index
    tags = []
    for code in kept:
        members = np.flatnonzero(codes == code)
        first = nodes[members[strength[members].argmax()]]
        tags.append(f"{printable(name_of(names, first), longest=24)} ({size[code]:,})")
    if len(kept) < n:
        tags.append(f"{n - most:,} others ({size.sum() - size[kept].sum():,})")
    return np.where(known, row[codes], -1), tags


def _square(table: Any) -> Floats:
    if (
        not isinstance(table, pd.DataFrame)
        or not len(table)
        or not table.index.equals(table.columns.rename(table.index.name))
    ):
        shape = table.shape if isinstance(table, pd.DataFrame) else type(table).__name__
        msg = "`table` must be square, its rows and columns the same layers in one order"
        raise InputError(f"{msg}; found {shape}; see centrality.layer_overlap().")
    if not all(pd.api.types.is_numeric_dtype(dtype) for dtype in table.dtypes):
        raise InputError("`table` must hold numbers.")
    values: Floats = table.to_numpy(np.float64)
    if np.nanmax(np.abs(values), initial=0) > 1 + 1e-9:
        raise InputError("`table` must hold values between -1 and 1, such as an overlap.")
    return values


def _draw_matrix(
    ax: Axes,
    shown: Floats,
    tags: list[str],
    blank: npt.NDArray[np.bool_],
    low: float,
    high: float | None,
) -> AxesImage:
    shades = colormaps["RdBu" if low < 0 else "Blues"].with_extremes(bad=_MISSING)
    top = float(np.nanmax(shown, initial=0)) if high is None else high
    norm = Normalize(low, top if top > low else low + 1)
    image = ax.imshow(shown, cmap=shades, norm=norm, interpolation="nearest")
    image.set_alpha(np.where(blank, 0.0, 1.0))  # nothing there; grey is for undefined
    at = np.arange(len(tags))
    ax.set_xticks(at, tags, rotation=90)
    ax.set_yticks(at, tags)
    edges = np.arange(len(tags) + 1) - 0.5
    if len(tags) <= 40:
        for edge in edges:
            ax.axhline(edge, color="white", linewidth=0.6)
            ax.axvline(edge, color="white", linewidth=0.6)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return image


def _write_cells(
    ax: Axes,
    image: AxesImage,
    shown: Floats,
    text: Any,
    blank: npt.NDArray[np.bool_],
) -> None:
    """Write the numbers in type of 7 or 6 points, if it has room, and level names, if they have."""
    lay_out(ax)
    points = 72 / ax.figure.dpi
    room = ax.get_window_extent().width / len(shown) * points
    names = ax.get_xticklabels()
    if max(name.get_window_extent().height for name in names) * points <= 0.95 * room:
        ax.tick_params(axis="x", rotation=0)
    words = {at: text(shown[at]) for at in zip(*np.nonzero(~blank), strict=True)}
    longest = max(len(word) for word in words.values())
    size = next((size for size in (7, 6) if 0.62 * size * longest + 1 <= room), None)
    if size is None:
        return
    for (row, column), word in words.items():
        value = shown[row, column]
        ink = ink_on(image.to_rgba(np.array([value]))[0]) if value == value else INK
        look: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": size, "color": ink}
        ax.text(column, row, word, in_layout=False, **look)


def _percent(share: float) -> str:
    if np.isnan(share):
        return "–"
    if 0 < share < 0.0005:
        return "<.1"
    return f"{100 * share:.1f}" if 0 < share < 0.9995 else f"{100 * share:.0f}"


def _two_digits(value: float) -> str:
    if np.isnan(value):
        return "–"
    text = f"{value:.2f}".replace("-", "\N{MINUS SIGN}")
    if text.strip("\N{MINUS SIGN}") == "0.00":
        return "0"
    if 0.995 <= value < 1 - 1e-9:  # not the same as 1
        return ">.99"
    return text.replace("0.", ".", 1) if abs(value) < 0.995 else text.removesuffix(".00")

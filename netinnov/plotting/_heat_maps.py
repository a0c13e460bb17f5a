"""Matrices as shades: flows between communities, layer similarity."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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

from netinnov._network.matrices import flat_matrix
from netinnov._runtime.arguments import as_whole
from netinnov._typing import Floats
from netinnov.community import Partition
from netinnov.community._roles import node_codes
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.plotting._drawing import drawing, percent, without_edges, write_notes
from netinnov.plotting._fonts import Names, name_of, place_names, printable
from netinnov.plotting._style import DOUBLE, INK, SINGLE, colour_bar, ink_on, larger, lay_out

Part: TypeAlias = Literal["all", "source"]
Order: TypeAlias = Literal["given", "similar"]

_MISSING = "#e3e3e3"


def plot_community_flows(
    network: MultilayerNetwork,
    membership: pd.Series[Any] | pd.DataFrame | Mapping[str, Any] | Partition,
    *,
    of: Part = "all",
    most: int = 10,
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
        Rows are sources. The diagonal is the weight inside. In undirected networks a link has no
        source, and only the lower half is drawn for ``of="all"``: all cells drawn add up to 100 %.
        A community is called by its strongest node, and the number of nodes.

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
    >>> links = pd.DataFrame({"source": list("abc"), "target": list("bcd"), "weight": [5, 1, 4]})
    >>> network = ni.build_network(pd.DataFrame(index=list("abcd")), links)
    >>> ax = plot_community_flows(network, {"a": 0, "b": 0, "c": 1, "d": 1})
    >>> [text.get_text() for text in ax.texts]
    ['50.0', '10.0', '40.0']
    """
    most = as_whole("most", most, low=1)
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
    group, tags = _grouped(network, codes, np.asarray(strength), most, called)
    shown = np.zeros((len(tags), len(tags)))
    np.add.at(shown, (group[source], group[target]), data)
    inside = float(data[codes[source] == codes[target]].sum()) / total
    half = not network.directed and of == "all"
    whole = total if of == "all" else shown.sum(axis=1, keepdims=True)
    shown = np.divide(shown, whole, out=np.full_like(shown, np.nan), where=np.greater(whole, 0))
    if half:
        shown = np.tril(shown + np.tril(shown.T, -1))
    notes = [f"Inside communities: {percent(inside)} of the weight."]
    if (~known).any():
        lost = percent(1 - total / everything)
        without = f"Nodes without a label, left out: {(~known).sum():,}"
        notes.append(f"{without} ({lost} of the weight)." if total < everything else f"{without}.")
    with drawing(ax, SINGLE, 88) as ax:
        image = _draw_matrix(ax, shown, tags, half)
        whole_weight = "all weight" if of == "all" else "the weight that leaves the row"
        bar = colour_bar(ax, image, f"% of {whole_weight}", ticks=MaxNLocator(5))
        bar.ax.yaxis.set_major_formatter(lambda x, _: f"{100 * x:g}")
        write_notes(ax, notes, label="" if half else "to")
        ax.set_ylabel("" if half else "from")
        _write_cells(ax, image, _percent)
    return ax


def plot_layer_similarity(
    table: pd.DataFrame, *, label: str = "", order: Order = "given", ax: Axes | None = None
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
        If the table is empty, its rows and columns differ, or a value is out of [-1, 1].

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
    low = -1.0 if np.nanmin(values, initial=0) < 0 else 0.0
    width, height = (DOUBLE, 160) if len(tags) > 10 else (SINGLE, 80)
    with drawing(ax, width, height) as ax:
        image = _draw_matrix(ax, values, tags, symmetric, low, 1.0)
        colour_bar(ax, image, printable(label, longest=80), ticks=MaxNLocator(4))
        _write_cells(ax, image, _two_digits)
    return ax


def shaded_table(
    ax: Axes,
    shades: pd.DataFrame,
    texts: pd.DataFrame,
    names: Sequence[str],
    bar: dict[str, Any],
    **colours: Any,
) -> None:
    import seaborn as sns  # only here: it takes long to load

    # It draws the labels of the table, so they must be printable from the first.
    rows = [printable(name) for name in names]
    columns = [printable(column).replace("_", "\n", 1).replace("_", " ") for column in shades]
    numbers: dict[str, Any] = {"annot": texts.to_numpy(), "fmt": ""}
    numbers["annot_kws"] = {"fontsize": 7 * larger()}
    shades = shades.set_axis(rows, axis=0).set_axis(columns, axis=1)
    sns.heatmap(shades, linewidths=0.6, cbar_kws=bar, ax=ax, **numbers, **colours)
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
    names: Names,
) -> tuple[npt.NDArray[np.int64], list[str]]:
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
    ax: Axes, values: Floats, tags: list[str], half: bool, low: float = 0, high: float | None = None
) -> AxesImage:
    blank = np.triu(np.full(values.shape, half), 1)
    shown = np.where(blank, np.nan, values)
    shades = colormaps["RdBu" if low < 0 else "Blues"].with_extremes(bad=_MISSING)
    top = float(np.nanmax(shown, initial=0)) if high is None else high
    norm = Normalize(low, top if top > low else low + 1)
    image = ax.imshow(shown, cmap=shades, norm=norm, interpolation="nearest")
    image.set_alpha(np.where(blank, 0.0, 1.0))  # nothing there; grey is for undefined
    ax.set_xticks(range(len(tags)), tags, rotation=90)
    ax.set_yticks(range(len(tags)), tags)
    if len(tags) <= 40:
        for edge in np.arange(len(tags) + 1) - 0.5:
            ax.axhline(edge, color="white", linewidth=0.6)
            ax.axvline(edge, color="white", linewidth=0.6)
    without_edges(ax)
    return image


def _write_cells(ax: Axes, image: AxesImage, text: Callable[[float], str]) -> None:
    lay_out(ax)
    values: Floats = np.ma.filled(np.ma.asarray(image.get_array(), np.float64), np.nan)
    points = 72 / ax.figure.dpi
    room = ax.get_window_extent().width / len(values) * points
    names = ax.get_xticklabels()
    if max(name.get_window_extent().height for name in names) * points <= 0.95 * room:
        ax.tick_params(axis="x", rotation=0)
    drawn = np.argwhere(np.asarray(image.get_alpha()) > 0).tolist()
    words = [text(values[row, column]) for row, column in drawn]
    sizes, longest = (7 * larger(), 6 * larger()), max(map(len, words))
    size = next((size for size in sizes if 0.62 * size * longest + 1 <= room), None)
    if size is None:
        return
    look: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": size, "in_layout": False}
    for (row, column), word in zip(drawn, words, strict=True):
        value = values[row, column]
        ink = ink_on(image.to_rgba(np.array([value]))[0]) if value == value else INK
        ax.text(column, row, word, color=ink, **look)


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

"""Matrices as shades: flows between communities, layer similarity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from netinnov._network.matrices import flat_matrix
from netinnov._typing import Floats
from netinnov.community import Partition
from netinnov.community._roles import node_codes
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.plotting._drawing import drawing, number, page_width, percent, write_notes
from netinnov.plotting._fonts import Names, name_of, place_names, printable
from netinnov.plotting._style import DOUBLE, SINGLE, larger

_ROWS = 10  # communities with a row of their own
_CELLS, _LETTER = 0.6, 1.5  # of the page, that cells share; millimetres of a letter


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
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

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
    link of an undirected layer counts as two opposite ones. Of a single layer of shares of each
    origin's total, every origin has the same weight, whatever its size.

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
    with drawing(ax, SINGLE, 88) as ax:
        draw_matrix(ax, shares, shares.map("{:.1f}".format), "% of all weight", half=half, vmin=0)
        write_notes(ax, notes, label="" if half else "to")
        ax.set_ylabel("" if half else "from")
    return ax


def plot_layer_similarity(table: pd.DataFrame, *, label: str = "", ax: Axes | None = None) -> Axes:
    """Draw how alike layers are as a matrix with numbers in its cells.

    Parameters
    ----------
    table : DataFrame
        Square, index and columns are the layers in one order, as `layer_overlap` and
        `layer_correlation` of `netinnov.centrality` give it. Values between -1 and 1.
    label : str
        What the numbers are, for the bar of shades.
    ax : Axes, optional
        Where to draw; a new figure of 89 mm, or 183 mm for more than 10 layers, by default.

    Returns
    -------
    Axes
        Of a symmetric table the lower half, of any other the whole matrix. Blank: undefined.
        Shades run from 0 to 1, if there are negative values from -1 (red) to 1 (blue).

    Raises
    ------
    InputError
        If the table is empty, its rows and columns differ, or a value is out of [-1, 1].

    Notes
    -----
    Figures are left out where the cells are too narrow for them.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame([[1.0, 0.25], [0.25, 1.0]], index=["x", "y"], columns=["x", "y"])
    >>> [text.get_text() for text in plot_layer_similarity(table).texts]
    ['1', '.25', '1']
    """
    values = _square(table)
    symmetric = bool(np.allclose(values, values.T, equal_nan=True))
    tags = [printable(name) for name in table.index]
    low = -1.0 if np.nanmin(values, initial=0) < 0 else 0.0
    scale: dict[str, Any] = {"vmin": low, "vmax": 1.0, "cmap": "RdBu" if low < 0 else "Blues"}
    width, height = (DOUBLE, 160) if len(tags) > 10 else (SINGLE, 80)
    with drawing(ax, width, height) as ax:
        shown = pd.DataFrame(values, tags, tags)
        label = printable(label, longest=80)
        draw_matrix(ax, shown, shown.map(_two_digits), label, half=symmetric, **scale)
    return ax


def draw_matrix(
    ax: Axes, values: pd.DataFrame, texts: pd.DataFrame, label: str, *, half: bool, **scale: Any
) -> None:
    """A square of shades, with numbers in its cells where there is room for them."""
    needed = _LETTER * larger() * int(texts.map(len).to_numpy().max())
    annotations = texts.to_numpy() if _CELLS * page_width(ax) / len(values) > needed else False
    look: dict[str, Any] = {"square": True, "mask": np.triu(np.full(values.shape, half), 1)}
    bar = {"label": label, "ticks": MaxNLocator(4)}
    _draw_shades(ax, values, bar, annot=annotations, fmt="", **look, **scale)


def _two_digits(value: float) -> str:
    text = number(value, ".2f")
    return text.removesuffix(".00") if text.endswith(".00") else text.replace("0.", ".", 1)


def shaded_table(
    ax: Axes, shades: pd.DataFrame, texts: pd.DataFrame, bar: dict[str, Any], **scale: Any
) -> None:
    """A row for each place and a column for each number, headed above."""
    columns = [printable(column).replace("_", "\n", 1).replace("_", " ") for column in shades]
    shades = shades.set_axis(list(map(printable, shades.index))).set_axis(columns, axis=1)
    _draw_shades(ax, shades, bar, annot=texts.to_numpy(), fmt="", **scale)
    ax.set_xticklabels(columns, rotation=0)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)


def _draw_shades(ax: Axes, shades: pd.DataFrame, bar: dict[str, Any], **options: Any) -> None:
    import seaborn as sns  # only here: it takes long to load

    style: dict[str, Any] = {"linewidths": 0.6, "xticklabels": True, "yticklabels": True}
    style |= {"annot_kws": {"fontsize": 7 * larger()}, "cmap": "Blues", "cbar_kws": bar}
    sns.heatmap(shades, ax=ax, **style | options)
    ax.tick_params(axis="y", rotation=0)
    ax.tick_params(length=0)
    ax.set(xlabel="", ylabel="")


def _grouped(
    network: MultilayerNetwork,
    codes: npt.NDArray[np.int64],
    strength: Floats,
    names: Names,
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
        tags.append(f"{printable(name_of(names, first), longest=24)} ({size[code]:,})")
    if len(kept) < n:
        tags.append(f"{n - _ROWS:,} others ({size.sum() - size[kept].sum():,})")
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

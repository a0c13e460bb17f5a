"""Tables as shades: similarity of layers, communities, location quotients, centralities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, MaxNLocator

from netinnov._network.matrices import flat_matrix
from netinnov._runtime.arguments import as_floats
from netinnov._typing import Count, Integers
from netinnov.community import Partition
from netinnov.community._roles import node_codes
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.plotting._drawing import digits, finish, number, page_width, percent, table_of
from netinnov.plotting._fonts import Names, name_of, place_names, printable
from netinnov.plotting._style import DOUBLE, SINGLE, drawing, larger, lay_out, on_page

_CELLS = 0.6
_LETTER = 1.5  # of the page, that cells share; millimetres of a letter
_ROWS = 10  # communities with a row of their own
_SATURATED = 2.0  # log2 quotient at which the colour scale saturates


def plot_layer_similarity(table: pd.DataFrame, *, label: str = "", ax: Axes | None = None) -> Axes:
    """Draw how alike layers are as a matrix with numbers in its cells.

    Of a symmetric table the lower half, of any other the whole matrix. Blank: undefined. Shades run
    from 0 to 1, if there are negative values from -1 (red) to 1 (blue). Figures are left out where
    the cells are too narrow for them.

    Parameters
    ----------
    table : DataFrame
        Square, index and columns are the layers in one order, as `layer_overlap` and
        `layer_correlation` of `netinnov.centrality` give it. Values between -1 and 1.

    Examples
    --------
    >>> table = pd.DataFrame([[1.0, 0.25], [0.25, 1.0]], index=["x", "y"], columns=["x", "y"])
    >>> [text.get_text() for text in plot_layer_similarity(table).texts]
    ['1', '.25', '1']
    """
    of = "centrality.layer_overlap()"
    table = table_of("table", table, of=of, rows="layer")
    if [*table.index] != [*table.columns]:
        raise InputError(
            "`table` must be square, its rows and columns the same layers in one order; "
            f"found {table.shape}; see {of}."
        )
    values = as_floats("table", table)
    if np.nanmax(np.abs(values), initial=0) > 1 + 1e-9:
        raise InputError("`table` must hold values between -1 and 1, such as an overlap.")
    half = bool(np.allclose(values, values.T, equal_nan=True))
    tags = [printable(name) for name in table.index]
    low = -1.0 if np.nanmin(values, initial=0) < 0 else 0.0
    scale: dict[str, Any] = {"vmin": low, "vmax": 1.0, "cmap": "RdBu" if low < 0 else "Blues"}
    size = (160, DOUBLE) if len(tags) > 10 else (80, SINGLE)
    with drawing(ax, *((82, DOUBLE) if on_page() else size)) as ax:
        shown = pd.DataFrame(values, tags, tags)
        label = printable(label, longest=80)
        texts = shown.map(lambda x: number(x, ".2f").removesuffix(".00").replace("0.", ".", 1))
        _draw_matrix(ax, shown, texts, label, half=half, **scale)
    return ax


def plot_community_flows(
    network: MultilayerNetwork,
    membership: pd.Series[Any] | pd.DataFrame | Mapping[str, Any] | Partition,
    *,
    names: Names | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the weight inside and between communities as shares, in shades and figures.

    Cells are shares of all weight, and add up to 100 %. Rows are sources; of undirected networks
    only the lower half is drawn. A community is called by its strongest node, and the number of
    nodes; the ten with most weight have a row, the rest are added up as "others".

    Parameters
    ----------
    network : MultilayerNetwork
        Weights are summed over layers, as `flatten` does; none of several may hold shares of a
        total. Self-links do not count. If a layer is directed, a link of an undirected
        layer counts as two opposite ones.
    membership : Series, DataFrame, mapping or Partition
        One label a node, the same in all layers. Nodes without a label are left out with their
        links, and counted.

    Examples
    --------
    >>> links = pd.DataFrame({"source": list("abc"), "target": list("bcd"), "weight": [5, 1, 4]})
    >>> ax = plot_community_flows(ni.build_network(links), {"a": 0, "b": 0, "c": 1, "d": 1})
    >>> [text.get_text() for text in ax.texts]
    ['50.0', '10.0', '40.0']
    """
    weight = flat_matrix(network, "a sum over layers")
    codes = node_codes(network, membership)
    known = codes >= 0
    inner = weight[known][:, known].tocoo()
    codes = codes[known]
    total = float(inner.sum())
    everything = float(weight.sum())
    if total <= 0:
        raise InputError("a matrix of communities needs weight between labelled nodes; found none.")
    strength = pd.Series(inner.sum(axis=0) + inner.sum(axis=1), network.nodes.index[known])
    called = place_names(network.nodes) if names is None else names
    group, tags = _grouped(strength, codes, called)
    member = np.eye(len(tags))[group]
    shown = member.T @ (inner @ member) / total
    source, target = inner.coords
    inside = float(inner.data[codes[source] == codes[target]].sum()) / total
    half = not network.directed
    if half:
        shown = np.tril(shown + np.tril(shown.T, -1))
    notes = [f"Inside communities: {percent(inside)} of the weight."]
    if (~known).any():
        lost = f" ({percent(1 - total / everything)} of the weight)" * (total < everything)
        notes.append(f"Nodes without a label, left out: {(~known).sum():,}{lost}.")
    shares = pd.DataFrame(100 * shown, tags, tags)
    with drawing(ax, 88, SINGLE) as ax:
        _draw_matrix(ax, shares, shares.map("{:.1f}".format), "% of all weight", half=half, vmin=0)
        return finish(ax, x="" if half else "to", y="" if half else "from", notes=notes)


def _grouped(
    strength: pd.Series[float], codes: Integers, names: Names
) -> tuple[Integers, list[str]]:
    """Row of each node, and what the rows are called: the heaviest communities, and others."""
    members = strength.groupby(codes)
    rank = members.sum().sort_values(ascending=False, kind="stable").index
    kept = rank if len(rank) <= _ROWS + 1 else rank[:_ROWS]
    first = members.idxmax()
    size = members.size()
    tags = [f"{name_of(names, first[code], longest=24)} ({size[code]:,})" for code in kept]
    if len(kept) < len(rank):
        tags.append(f"{len(rank) - _ROWS:,} others ({size.drop(kept).sum():,})")
    row = kept.get_indexer(pd.Index(codes))
    return np.where(row < 0, len(kept), row), tags


def plot_location_quotients(
    quotients: pd.DataFrame, *, names: Names | None = None, ax: Axes | None = None
) -> Axes:
    """Draw location quotients as shades on a logarithmic scale, with their values.

    White at 1, purple above, orange below, from 1/4 to 4; blank where it is 0 or missing.

    Parameters
    ----------
    quotients : DataFrame
        Regions x fields, all drawn in this order, as
        `mechanisms.agglomeration.location_quotient` gives it.

    Examples
    --------
    >>> table = pd.DataFrame({"solar": [1.6, 0.4], "tea": [0.4, 1.6]}, index=["hangzhou", "quzhou"])
    >>> [text.get_text() for text in plot_location_quotients(table).get_yticklabels()]
    ['hangzhou', 'quzhou']
    """
    of = "mechanisms.agglomeration.location_quotient()"
    table = table_of("quotients", quotients, of=of, rows="region").astype(float)
    if (table < 0).any(axis=None):
        raise InputError("`quotients` must hold no negative value.")
    shade = table.where(table > 0).map(np.log2).clip(-_SATURATED, _SATURATED)
    with drawing(ax, 24 + 5.2 * len(table)) as ax:
        bar: dict[str, Any] = {"label": "location quotient", "ticks": [-2, -1, 0, 1, 2]}
        bar["format"] = FuncFormatter(lambda x, _: f"{2.0**x:g}")
        shade = shade.set_axis([name_of(names, row) for row in table.index])
        most = 1.25 * _SATURATED  # the darkest shades would drown the figures
        _shaded_table(ax, shade, table, bar, 2, cmap="PuOr", vmin=-most, vmax=most)
    return ax


def plot_centralities(table: pd.DataFrame, *, ax: Axes | None = None, top: Count = 15) -> Axes:
    """Draw the measures of the first places of a table as shades, their values as figures.

    The shade is the standard score over **all** rows of the table (population standard deviation),
    0 where all values are the same but for rounding; blank where a value is undefined or infinite.
    A measure that is undefined everywhere is left out.

    Parameters
    ----------
    table : DataFrame
        Index = place, the most central first; a numeric column a measure; ``name``: labels.

    Examples
    --------
    >>> table = pd.DataFrame({"degree": [3.0, 1.0]}, index=["a", "b"])
    >>> plot_centralities(table).collections[0].get_array().ravel().tolist()
    [1.0, -1.0]
    """
    table = table_of("table", table, of="centrality.centrality_table()")
    measures = table.select_dtypes("number").dropna(axis=1, how="all")
    if measures.empty:
        msg = f"the table needs rows and at least one numeric column; found {table.shape}."
        raise InputError(msg)
    finite = measures.where(np.isfinite(measures))
    spread = finite.std(ddof=0)
    spread = spread.where(spread > 1e-9 * finite.abs().max(), np.inf)
    scores = ((finite - finite.mean()) / spread).head(top)
    names = table.get("name", table.index)
    with drawing(ax, (22 if on_page() else 26) + 5.2 * len(scores)) as ax:
        limit = max(float(np.nanmax(np.abs(scores.to_numpy()), initial=0)), 1.0)
        bar = {"label": f"standard deviations\nabove the mean of {len(table):,}"}
        scores = scores.set_axis(list(map(printable, names[:top])))
        _shaded_table(ax, scores, measures.head(top), bar, 3, vmin=-limit / 4, vmax=limit)
    return ax


def _draw_matrix(
    ax: Axes, values: pd.DataFrame, texts: pd.DataFrame, label: str, *, half: bool, **scale: Any
) -> None:
    """A square of shades, with numbers in its cells where there is room for them."""
    needed = _LETTER * larger() * int(texts.map(len).to_numpy().max())
    annotations = texts.to_numpy() if _CELLS * page_width(ax) / len(values) > needed else False
    look: dict[str, Any] = {"square": True, "mask": np.triu(np.full(values.shape, half), 1)}
    bar = {"label": label, "ticks": MaxNLocator(4)}
    _draw_shades(ax, values, bar, annot=annotations, fmt="", **look, **scale)


def _shaded_table(
    ax: Axes, shades: pd.DataFrame, values: pd.DataFrame, bar: dict[str, Any], n: int, **scale: Any
) -> None:
    """A row a place, a column a number, headed above; figures of `n` digits where they fit."""
    heads = [printable(column).replace("_", "\n", 1).replace("_", " ") for column in shades]
    shades = shades.set_axis(heads, axis=1)
    figures = values.map(lambda value: digits(value, n)).to_numpy()
    figure = ax.figure.canvas.figure
    figure.set_visible(False)  # else seaborn draws it, to turn labels that are turned below
    _draw_shades(ax, shades, bar, annot=figures, fmt="", **scale)
    figure.set_visible(True)
    ax.xaxis.tick_top()
    lay_out(ax)
    room = ax.get_window_extent().width / len(heads)
    for turn, texts in ((0, heads), (90, heads), (90, [h.replace("\n", " ") for h in heads])):
        ax.set_xticks(ax.get_xticks(), texts, rotation=turn)
        if _widest(ax.get_xticklabels()) <= room:
            break
    if _widest(ax.texts) > room:
        for text in ax.texts:
            column, row = map(int, text.get_position())
            text.set_text(digits(values.iloc[row, column], 2).replace("0.", ".", 1))
    if _widest(ax.texts) > room:
        for text in [*ax.texts]:
            text.remove()


def _widest(texts: Iterable[Text]) -> float:
    return max((text.get_window_extent().width for text in texts), default=0.0)


def _draw_shades(ax: Axes, shades: pd.DataFrame, bar: dict[str, Any], **options: Any) -> None:
    import seaborn as sns  # only here: it takes long to load

    style: dict[str, Any] = {
        "linewidths": 0.6,
        "xticklabels": True,
        "yticklabels": True,
        "cmap": "Blues",
        "cbar_kws": bar,
        "annot_kws": {"in_layout": False},
    }
    sns.heatmap(shades, ax=ax, **style | options)
    ax.tick_params(axis="y", rotation=0)
    ax.tick_params(length=0)
    ax.set(xlabel="", ylabel="")

"""Sizes, type, colours and files of figures; nothing here changes the user's settings."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import matplotlib as mpl
import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import ScalarFormatter

from netinnov.network import MultilayerNetwork
from netinnov.plotting._fonts import type_families

SINGLE = 89.0
DOUBLE = 183.0
# On a page: 480 pixels of 96 an inch, with type of 10 pixels where that is shown 358 wide.
PAGE, PAGE_TYPE = 127.0, 10.2

# Okabe and Ito (2008) without black, which is for enclaves, and yellow, which is lost on white.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#5B4A8A")
# Ten dashes tell layers apart in grey, too; with seven colours 70 pairs come before a repeat.
DASHES: tuple[Any, ...] = (
    "solid",
    (0, (5, 1.6)),
    (0, (1.2, 1.2)),
    (0, (6, 1.5, 1.2, 1.5)),
    (0, (2.4, 1.2)),
    (0, (9, 2)),
    (0, (6, 1.5, 1.2, 1.5, 1.2, 1.5)),
    (0, (1.2, 2.8)),
    (0, (5, 1.5, 5, 1.5, 1.2, 1.5)),
    (0, (3.5, 3.5)),
)
INK = "#222222"
GREY = "#767676"
ENCLAVE = "#000000"

_TICKS: dict[str, Any] = {
    "labelsize": 7,
    "color": INK,
    "major.width": 0.6,
    "minor.width": 0.4,
    "major.size": 2.5,
    "minor.size": 1.5,
}
_SETTINGS: dict[str, Any] = {
    "font.size": 7,
    "axes.titlesize": 8,
    "axes.labelsize": 7,
    "axes.titlelocation": "left",
    "axes.linewidth": 0.6,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": INK,
    **{f"{axis}tick.{key}": value for axis in "xy" for key, value in _TICKS.items()},
    "legend.fontsize": 7,
    "legend.title_fontsize": 7,
    "legend.frameon": False,
    "lines.linewidth": 1.0,
    "savefig.dpi": 300,
    "pdf.fonttype": 42,
    "ps.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "netinnov",
}

_SIZES = ("font.size", "labelsize", "titlesize", "fontsize")
_TYPE = {key: size for key, size in _SETTINGS.items() if key.endswith(_SIZES)}
_larger: ContextVar[float] = ContextVar("larger", default=1.0)


def larger() -> float:
    """How many times larger than in print type is."""
    return _larger.get()


@contextmanager
def page_style() -> Iterator[None]:
    """Figures made inside are for a page on a screen: narrower, with larger type."""
    token = _larger.set(PAGE_TYPE / 7)
    try:
        yield
    finally:
        _larger.reset(token)


@contextmanager
def print_style() -> Iterator[None]:
    """Settings of the package's figures, in force only inside a ``with`` block.

    Returns
    -------
    context manager
        Type of 7 to 8 points, thin lines, embedded TrueType fonts, a Chinese font behind the Latin
        one where one is installed. The user's ``rcParams`` are put back at the end.

    Examples
    --------
    >>> import matplotlib as mpl
    >>> before = mpl.rcParams["pdf.fonttype"]
    >>> with print_style():
    ...     mpl.rcParams["pdf.fonttype"]
    42
    >>> mpl.rcParams["pdf.fonttype"] == before
    True
    """
    interactive = mpl.is_interactive()
    try:
        settings = {**_SETTINGS, "font.family": list(type_families())}
        settings |= {key: size * larger() for key, size in _TYPE.items()}
        with matplotlib.style.context(["default", settings]):
            try:
                yield
            finally:
                # The first pyplot figure loads the backend; that of notebooks switches this on,
                # and without it no later figure is shown.
                interactive = mpl.is_interactive()
    finally:
        mpl.interactive(interactive)


def new_figure(*, width: float = DOUBLE, height: float = 110.0) -> Figure:
    """Outside pyplot; the compressed layout also converges for fixed aspects."""
    if larger() > 1:
        width, height = min(width, PAGE), height * larger()
    with print_style():
        figure = Figure(figsize=(width / 25.4, height / 25.4), layout="compressed")
    FigureCanvasAgg(figure)  # measures text; without it each measurement makes a canvas
    return figure


def mark_modelled(layer: str, modelled: Collection[str] = ()) -> str:
    says_so = layer.casefold().endswith("modelled")
    return f"{layer} (modelled)" if layer in modelled and not says_so else layer


def modelled_layers(network: MultilayerNetwork) -> list[str]:
    table = network.layer_table
    return list(table.index[table["modelled"]])


def layer_style(position: int, *, modelled: bool = False) -> dict[str, Any]:
    colour = GREY if modelled else PALETTE[position % len(PALETTE)]
    return {"color": colour, "linestyle": DASHES[position % len(DASHES)]}


def lay_out(ax: Axes) -> None:
    figure = ax.figure.canvas.figure  # the whole one, also for axes of a subfigure
    if (engine := figure.get_layout_engine()) is None:
        figure.draw_without_rendering()
    else:
        engine.execute(figure)
        ax.apply_aspect()


def write(
    ax: Axes, text: str, at: Any, *, away: tuple[float, float] = (0, 0), **style: Any
) -> Text:
    look: dict[str, Any] = {"va": "center", "textcoords": "offset points"}
    return ax.annotate(text, at, xytext=away, **look | style)


def axes_or_new(ax: Axes | None, *, width: float, height: float) -> Axes:
    if ax is None:
        from matplotlib import pyplot as plt  # only here: their backend shows it

        inches = (width / 25.4, height / 25.4)
        ax = plt.figure(figsize=inches, layout="compressed").add_subplot()
    # Axes made before, and ticks made when drawn, follow other settings: fix their type now.
    size, families = 7 * larger(), list(type_families())
    ax.tick_params(which="both", labelsize=size, labelfontfamily=families, labelcolor=INK)
    ax.tick_params(which="both", width=0.6, color=INK)
    for child in ax.get_children():  # titles among them
        if isinstance(child, Text):
            child.set_fontfamily(families)
    ax.spines[:].set(linewidth=0.6, edgecolor=INK)
    ax.spines[["top", "right"]].set_visible(False)
    for axis in (ax.xaxis, ax.yaxis):
        for label in (axis.label, axis.offsetText):  # the latter holds the unit of small values
            label.set(fontsize=size, fontfamily=families, color=INK)
        if isinstance(formatter := axis.get_major_formatter(), ScalarFormatter):
            formatter.set_useMathText(True)
    return ax

"""Sizes, type and colours of figures: those of `rcParams`, which `print_style` sets for print."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from colorsys import hls_to_rgb, rgb_to_hls
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

import matplotlib as mpl
import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from netinnov.plotting._fonts import print_families, type_families

SINGLE = 89.0
DOUBLE = 183.0
# On a page: 480 pixels of 96 an inch, with type of 10 pixels where that is shown 358 wide.
PAGE = 127.0
PAGE_TYPE = 10.2

# Okabe and Ito (2008) without black, which is for enclaves, and yellow, which is lost on white.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#5B4A8A")
# Ten dashes tell layers apart in grey, too; with seven colours 70 pairs come before a repeat.
_LENGTHS = (
    (5, 1.6),
    (1.2, 1.2),
    (6, 1.5, 1.2, 1.5),
    (2.4, 1.2),
    (9, 2),
    (6, 1.5, 1.2, 1.5, 1.2, 1.5),
    (1.2, 2.8),
    (5, 1.5, 5, 1.5, 1.2, 1.5),
    (3.5, 3.5),
)
DASHES: tuple[Any, ...] = ("solid", *((0, lengths) for lengths in _LENGTHS))
MARKS = "osD^vPX"
GREY = "#767676"
BAND = "#d4d4d4"  # BAND: of what chance gives

_INK = "#222222"
_TYPE = 7.0  # points, at which a figure has the width of a column

EMBEDDED: dict[str, Any] = {
    "pdf.fonttype": 42,
    "ps.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "netinnov",
}
_TICKS = {
    "color": _INK,
    "major.width": 0.6,
    "minor.width": 0.4,
    "major.size": 2.5,
    "minor.size": 1.5,
}
_SETTINGS: dict[str, Any] = {
    "axes.titlelocation": "left",
    "axes.linewidth": 0.6,
    "axes.formatter.use_mathtext": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "lines.linewidth": 1.0,
    "savefig.dpi": 300,
    **dict.fromkeys(("axes.edgecolor", "axes.labelcolor", "text.color"), _INK),
    **{f"{axis}tick.{key}": value for axis in "xy" for key, value in _TICKS.items()},
    **EMBEDDED,
}
_SIZES = {"font.size": _TYPE, "legend.fontsize": _TYPE, "legend.title_fontsize": _TYPE}
_SIZES |= {f"{part}.labelsize": _TYPE for part in ("axes", "xtick", "ytick")}
_SIZES["axes.titlesize"] = 8.0
_FULL = [DOUBLE / 25.4, 110.0 / 25.4]  # inches of a figure in print whose size nothing says
_report: ContextVar[str] = ContextVar("report", default="")  # "page", "print", or no report


def larger() -> float:
    """How many times larger than in print type is."""
    return float(mpl.rcParams["font.size"]) / _TYPE


def on_page() -> bool:
    """Whether figures are for a page on a screen: narrower, with their legends below."""
    return _report.get() == "page"


def ink() -> Any:
    return mpl.rcParams["text.color"]


def paper() -> Any:
    face = mpl.rcParams["axes.facecolor"]
    return face if to_rgba(face)[3] else "white"


def tone(colour: str) -> Any:
    """A colour made for white paper; its lightness is turned round where the paper is dark."""
    if rgb_to_hls(*to_rgb(paper()))[1] > 0.5:
        return colour
    hue, lightness, saturation = rgb_to_hls(*to_rgb(colour))
    return hls_to_rgb(hue, 1 - lightness, saturation)


@contextmanager
def report_style(kind: Literal["page", "print"]) -> Iterator[None]:
    """Figures made inside are not pyplot's; on a page they are narrower, with larger type."""
    token = _report.set(kind)
    times = PAGE_TYPE / _TYPE if kind == "page" else 1.0
    try:
        with print_style(), settings({name: times * size for name, size in _SIZES.items()}):
            yield
    finally:
        _report.reset(token)


@contextmanager
def print_style() -> Iterator[None]:
    """Settings for figures in print, in force only inside a ``with`` block.

    Outside, text follows ``rcParams``, and new figures grow with ``font.size``, so that they look
    the same. A ``figure.figsize`` of your own, or an `ax`, sets their size, here too.

    Returns
    -------
    context manager
        New figures are 89 or 183 mm wide (those of ``plt.subplots()`` 183 x 110 mm), with type of 7
        to 8 points, thin lines and embedded TrueType fonts. The user's ``rcParams`` are put back at
        the end.

    Examples
    --------
    >>> import matplotlib as mpl
    >>> with print_style():
    ...     mpl.rcParams["pdf.fonttype"]
    42
    """
    look = {"figure.figsize": _own_size() or _FULL, "font.family": print_families()}
    with settings(["default", _SETTINGS | _SIZES | look]):
        yield


def _own_size() -> Any:
    """Size of figures that the user has set; None where it is matplotlib's or ours."""
    size = [*mpl.rcParams["figure.figsize"]]
    return None if size in (mpl.rcParamsDefault["figure.figsize"], _FULL) else size


@contextmanager
def settings(style: Any) -> Iterator[None]:
    with matplotlib.style.context(style):
        yield
        interactive = mpl.is_interactive()
    # The first pyplot figure loads the backend; that of notebooks switches this on, and without it
    # no later figure is shown.
    mpl.interactive(interactive)


def _inches(width: float, height: float) -> tuple[float, float]:
    if on_page():
        return min(width, PAGE) / 25.4, height / 25.4
    return width * larger() / 25.4, height * larger() / 25.4


def new_figure(*, width: float = DOUBLE, height: float = 110.0) -> Figure:
    """Outside pyplot; the compressed layout also converges for fixed aspects."""
    height *= larger() if on_page() else 1.0
    figure = Figure(figsize=_inches(width, height), layout="compressed")
    FigureCanvasAgg(figure)  # measures text; without it each measurement makes a canvas
    return figure


def mark_modelled(layer: str, modelled: Collection[str] = ()) -> str:
    says_so = layer.casefold().endswith("modelled")
    return f"{layer} (modelled)" if layer in modelled and not says_so else layer


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


def write(ax: Axes, text: str, at: Any, *, away: Any = (0, 0), **style: Any) -> Annotation:
    look: dict[str, Any] = {"va": "center", "textcoords": "offset points"}
    return ax.annotate(text, at, xytext=away, **look | style)


@contextmanager
def drawing(ax: Axes | None, height: float, width: float = DOUBLE) -> Iterator[Axes]:
    """Axes, new ones of so many millimetres of print, and a font for every character."""
    with settings({"font.family": type_families()}):
        if ax is None and _report.get():
            ax = new_figure(width=width, height=height).add_subplot()
        elif ax is None:
            from matplotlib import pyplot as plt  # only here: their backend shows it

            size = _own_size() or _inches(width, height)
            ax = plt.figure(figsize=size, layout="compressed").add_subplot()
        _keep_type(ax)
        yield ax


def _keep_type(ax: Axes) -> None:
    """Ticks made when drawn look as those of now; what is written gets a font for Chinese."""
    for axis in (ax.xaxis, ax.yaxis):
        which: Any
        for which, ticks in (("major", axis.get_major_ticks), ("minor", axis.get_minor_ticks)):
            label = (tick := ticks(1)[0]).label1
            line = tick.tick1line
            look: dict[str, Any] = {
                "labelsize": label.get_fontsize(),
                "labelcolor": label.get_color(),
                "labelfontfamily": type_families(label),
                "length": line.get_markersize(),
                "width": line.get_markeredgewidth(),
            }
            axis.set_tick_params(which, color=line.get_color(), **look)
    for text in ax.findobj(Text):
        text.set_fontfamily(type_families(text))

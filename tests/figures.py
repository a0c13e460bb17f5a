"""What tests read back from a figure."""

from tempfile import TemporaryDirectory

import matplotlib as mpl
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from matplotlib.text import Text

from netinnov.plotting import save_figure


def new_figure(*, width=183, height=110):
    """Of so many millimetres; drawn by Agg, and without pyplot."""
    figure = Figure(figsize=(width / 25.4, height / 25.4), layout="compressed")
    FigureCanvasAgg(figure)
    return figure


def axes(*, width=183, height=120):
    return new_figure(width=width, height=height).add_subplot()


def plain(text):
    return text.get_text().replace("\N{NO-BREAK SPACE}", " ")


def entries(ax):
    """Texts of the legend."""
    return [plain(text) for text in ax.get_legend().get_texts()]


def texts(ax):
    return [plain(text) for text in ax.texts]


def notes(ax):
    """The caption that `save_figure` writes into a file, of which nothing is drawn here."""
    said = {}
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(Figure, "savefig", lambda *_, metadata, **__: said.update(metadata))
        save_figure(ax.figure, folder, "figure", formats=["svg"])
    return said.get("Description", "")


def ticks(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def lines(ax):
    """Collections of lines, by what they are called."""
    return {str(c.get_gid()): c for c in ax.collections if isinstance(c, LineCollection)}


def intervals(ax):
    """Points and ends of bars, each n x 2, of lines that hold both, by their labels."""
    drawn = [line for line in ax.lines if line.get_markevery() == (3, 5)]
    parts = {str(line.get_label()): line.get_xydata().reshape(-1, 5, 2) for line in drawn}
    return {label: (part[:, 3], part[:, :2]) for label, part in parts.items()}


def arrows(ax):
    return {str(a.get_gid()): a for a in ax.patches if isinstance(a, FancyArrowPatch)}


def draw(ax):
    """Draw it, since errors of type and layout come then; no setting changes."""
    before = dict(mpl.rcParams)
    ax.figure.canvas.figure.canvas.draw()
    assert dict(mpl.rcParams) == before
    return ax


def assert_inside(figure):
    """All text but that of ticks, which may lie outside of the limits, is inside of the figure."""
    figure.draw_without_rendering()
    ticks = {
        label
        for ax in figure.axes
        for axis in (ax.xaxis, ax.yaxis)
        for label in axis.get_ticklabels()
    }
    for text in figure.findobj(Text):
        if text.get_text().strip() and text.axes is not None and text not in ticks:
            box = text.get_window_extent()
            assert -1 <= box.x0 <= box.x1 <= figure.bbox.x1 + 1, text
            assert -1 <= box.y0 <= box.y1 <= figure.bbox.y1 + 1, text

"""What tests read back from a figure."""

import matplotlib as mpl
from matplotlib.collections import LineCollection
from matplotlib.patches import FancyArrowPatch

from netinnov.plotting._style import new_figure


def axes(*, width=183, height=120):
    return new_figure(width=width, height=height).add_subplot()


def plain(text):
    return text.get_text().replace("\N{NO-BREAK SPACE}", " ")


def entries(ax):
    """Texts of the legend."""
    return [plain(text) for text in ax.get_legend().get_texts()]


def texts(ax):
    return [plain(text) for text in ax.texts]


def ticks(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def lines(ax):
    """Collections of lines, by what they are called."""
    return {str(c.get_gid()): c for c in ax.collections if isinstance(c, LineCollection)}


def arrows(ax):
    return {str(a.get_gid()): a for a in ax.patches if isinstance(a, FancyArrowPatch)}


def draw(ax):
    """Draw it, since errors of type and layout come then; no setting changes."""
    before = dict(mpl.rcParams)
    ax.figure.canvas.figure.canvas.draw()
    assert dict(mpl.rcParams) == before
    return ax

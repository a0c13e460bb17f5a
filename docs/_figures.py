"""Figures of the gallery: what a block leaves in `figure` or `ax`."""

from __future__ import annotations

from matplotlib import pyplot as plt
from sphinx_gallery.scrapers import figure_rst

from netinnov.plotting import print_style

__all__ = ["save_figure"]


def save_figure(_block, block_vars, gallery_conf):
    """Save the figure of a block of code, if it has one, and give the lines that show it."""
    names = block_vars["example_globals"]
    ax, figure = names.pop("ax", None), names.pop("figure", None)
    figure = ax.figure if figure is None and ax is not None else figure
    if figure is None:
        return ""
    path = next(block_vars["image_path_iterator"])
    with print_style():
        figure.savefig(path, dpi=150)
    plt.close(figure)
    title = names["__doc__"].strip().partition("\n")[0]
    return figure_rst([path], gallery_conf["src_dir"], title)

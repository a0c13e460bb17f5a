"""Legends end inside the page, whatever the names are called and however many panels there are."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from matplotlib.figure import Figure

from netinnov.plotting import plot_dose_response, plot_reach, plot_robustness
from netinnov.plotting._style import new_figure

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

LONG = "enclave, links taken from the home region"
NAMES = [LONG, "nothing", f"{LONG[:-6]}host", "direct links"]
STEPS = pd.Index([0, 1, 2], name="step")
CURVE = pd.Series([1.0, 0.5, 0.0], STEPS)
DOSES = pd.DataFrame(
    {
        "dose": [1, 2, 3],
        "measure": "access",
        "node": "home",
        "difference": [0.1, 0.2, 0.3],
        "low": 0.0,
        "high": 0.4,
    }
)
PLOTS: dict[str, Callable[[Axes], object]] = {
    "reach": lambda ax: plot_reach(
        {name: pd.Series([1.0, 2.0, None]) for name in NAMES}, horizon=60, ax=ax
    ),
    "robustness": lambda ax: plot_robustness(dict.fromkeys(NAMES, CURVE), ax=ax),
    "doses": lambda ax: plot_dose_response(DOSES, measure="access", node="home", ax=ax),
}


@pytest.mark.parametrize("name", PLOTS)
@pytest.mark.parametrize(
    ("width", "panels"), [(183, 2), pytest.param(89, 1, marks=pytest.mark.slow)]
)
def test_a_legend_ends_inside_its_part_of_the_page(name: str, width: float, panels: int) -> None:
    figure = new_figure(width=width, height=90)
    axes = figure.subplots(1, panels, squeeze=False)[0]
    for ax in axes:
        PLOTS[name](ax)
    _assert_inside(figure)
    legends = [ax.get_legend().get_window_extent() for ax in axes]
    assert all(a.x1 < b.x0 for a, b in pairwise(legends))


def _assert_inside(figure: Figure) -> None:
    figure.draw_without_rendering()
    page = figure.bbox
    for ax in figure.axes:
        for text in ax.get_legend().get_texts():
            box = text.get_window_extent()
            assert page.x0 <= box.x0 < box.x1 <= page.x1, text.get_text()
            assert page.y0 <= box.y0 < box.y1 <= page.y1, text.get_text()

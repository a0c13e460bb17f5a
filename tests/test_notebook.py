"""A real notebook: figures appear once each, the user's own included."""

from __future__ import annotations

import nbformat
import pytest
from nbclient import NotebookClient

CELLS = (
    "import netinnov as ni\n"
    "from netinnov.plotting import plot_rank_size\n"
    "cities = ni.datasets.make_city_system(n_cities=12, rng=1)\n"
    "sizes = cities.links.groupby('source')['weight'].sum()",
    "plot_rank_size(sizes)",
    "from matplotlib import pyplot as plt\nplt.plot([1, 2, 3])",
    "plot_rank_size(sizes);",
)


@pytest.fixture(scope="module")
def cells() -> list[list[nbformat.NotebookNode]]:
    """Outputs of each cell, run one after another by a kernel of its own."""
    code = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    cells = [{**code, "id": f"cell{at}", "source": text} for at, text in enumerate(CELLS)]
    notebook = nbformat.from_dict(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    )
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return [cell.outputs for cell in notebook.cells]


def _pictures(outputs: list[nbformat.NotebookNode]) -> int:
    return sum("image/png" in output.get("data", {}) for output in outputs)


def test_every_figure_is_shown_once_and_so_is_the_users_own(
    cells: list[list[nbformat.NotebookNode]],
) -> None:
    assert [_pictures(outputs) for outputs in cells] == [0, 1, 1, 1]

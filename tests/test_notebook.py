"""A real notebook: figures appear once each, the user's own included, and bars are shown."""

from __future__ import annotations

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

CELLS = (
    "import netinnov as ni\n"
    "from netinnov.plotting import plot_rank_size\n"
    "cities = ni.datasets.make_city_system(n_cities=12, rng=1)\n"
    "sizes = cities.links.groupby('source')['weight'].sum()",
    "plot_rank_size(sizes)",
    "from matplotlib import pyplot as plt\nplt.plot([1, 2, 3])",
    "plot_rank_size(sizes);",
    "from netinnov.null_models import compare_with_null\n"
    "density = ni.connectivity.global_efficiency\n"
    "found = compare_with_null(cities, measure=density, replicates=19, rng=1)",
    "found = compare_with_null(cities, measure=density, replicates=19, rng=1, progress=False)",
)


@pytest.fixture(scope="module")
def cells() -> list[list[nbformat.NotebookNode]]:
    """Outputs of each cell, run one after another by a kernel of its own."""
    notebook = new_notebook(cells=[new_code_cell(text) for text in CELLS])  # type: ignore[no-untyped-call]
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return [cell.outputs for cell in notebook.cells]


def _pictures(outputs: list[nbformat.NotebookNode]) -> int:
    return sum("image/png" in output.get("data", {}) for output in outputs)


def test_every_figure_is_shown_once_and_so_is_the_users_own(
    cells: list[list[nbformat.NotebookNode]],
) -> None:
    assert [_pictures(outputs) for outputs in cells] == [0, 1, 1, 1, 0, 0]


def test_progress_is_shown_where_it_is_asked_for(
    cells: list[list[nbformat.NotebookNode]],
) -> None:
    shown = ["replicates" in str(outputs) for outputs in cells]
    assert shown == [False] * 4 + [True, False]

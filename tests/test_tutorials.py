"""The tutorials: their notebooks have the code of the pages, and run."""

import re
from importlib import import_module
from pathlib import Path
from types import ModuleType

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs/tutorials").glob("*.md"))
pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


@pytest.fixture
def make_notebooks(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "examples")
    return import_module("make_notebooks")


def notebook_of(page: Path) -> nbformat.NotebookNode:
    return nbformat.read(ROOT / f"examples/notebooks/{page.stem}.ipynb", 4)


def pictures(notebook: nbformat.NotebookNode) -> int:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return sum("image/png" in output.get("data", {}) for output in outputs)


def prompts(page: Path) -> list[str]:
    """The lines of code of a page."""
    lines = page.read_text("utf-8").splitlines()
    return [line[4:] for line in lines if line.startswith((">>> ", "... "))]


@pages
def test_the_notebook_has_the_code_and_the_text_of_the_page(page, make_notebooks):
    notebook = notebook_of(page)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert "\n".join(code).splitlines() == prompts(page)
    now = [(cell.cell_type, cell.source) for cell in make_notebooks.cells(page)]
    assert [(cell.cell_type, cell.source) for cell in notebook.cells] == now


@pages
def test_the_notebook_has_the_figures_of_the_page_and_no_error(page):
    notebook = notebook_of(page)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert {output.output_type for output in outputs} <= {
        "stream",
        "display_data",
        "execute_result",
    }
    figures = re.findall(r"figures/tutorial_\w+\.png", page.read_text("utf-8"))
    assert pictures(notebook) == len(figures) >= 1


@pages
def test_page_and_notebook_name_files_that_exist(page):
    cells = notebook_of(page).cells
    notebook = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    for text, folder in [
        (page.read_text("utf-8"), page.parent),
        (notebook, ROOT / "examples/notebooks"),
    ]:
        links = re.findall(r"\]\(([^)#]+)[^)]*\)", text)
        assert links
        assert [link for link in links if not (folder / link).exists()] == []


@pages
def test_the_notebook_says_nothing_of_the_computer(page):
    notebook = notebook_of(page)
    assert notebook.metadata["language_info"] == {"name": "python"}
    assert all(cell.metadata == {} for cell in notebook.cells)


@pytest.mark.slow
@pages
def test_the_notebook_runs_and_shows_what_it_has_shown(page, make_notebooks):
    again, there = make_notebooks.run(page), notebook_of(page)
    kinds = [
        [[output.output_type for output in cell.get("outputs", [])] for cell in notebook.cells]
        for notebook in (again, there)
    ]
    assert kinds[0] == kinds[1]
    assert pictures(again) == pictures(there)

"""Make the notebooks of the tutorials from their pages, and run them.

Run ``python examples/make_notebooks.py examples/notebooks`` to renew those in the repository;
without an argument they go to ``notebooks`` below the folder you are in.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from _tutorials import TUTORIALS, parts
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

# Nothing that differs between two computers.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
FENCE = re.compile(r"^```(pycon)?\n", re.MULTILINE)
FIGURE = re.compile(r"!\[[^\]]*\]\(\.\./figures/tutorial_[^)]*\)\n")
DRAWN = re.compile(r"\s*Drawn by\s+`examples/tutorials.py` from\s+the\s+lines\s+of\s+this\s+page\.")
NOTEBOOK = re.compile(r"\s*The\s+same\s+steps\s+are\s+in\s+a\s+notebook,\s+\[[^\]]*\]\([^)]*\)\.")
LINK = re.compile(r"\]\((?!https?:)([^)]*)\)")


def markdown(text):
    """A text of the page, with links from the folder of the notebooks and without its figures."""
    for left_out in (FENCE, FIGURE, DRAWN, NOTEBOOK):
        text = left_out.sub("", text)
    return (
        LINK.sub(r"](../../docs/tutorials/\1)", text).replace("docs/tutorials/../", "docs/").strip()
    )


def cells(page):
    """A cell for each text, and one for the code up to an output."""
    code = []
    for part in [*parts(page), ""]:
        if not isinstance(part, str):
            code.append(part.source)
        if code and (part.want if not isinstance(part, str) else FENCE.search(part)):
            yield new_code_cell("".join(code).rstrip("\n"))
            code = []
        if isinstance(part, str) and (text := markdown(part)):
            yield new_markdown_cell(text)


def is_result(output):
    """Whether it is no bar of progress, which is there for who waits."""
    widget = "application/vnd.jupyter.widget-view+json" in output.get("data", {})
    return output.get("name") != "stderr" and not widget


def run(page):
    """The notebook of a page, with its outputs."""
    notebook = new_notebook(cells=list(cells(page)))
    with TemporaryDirectory() as empty:
        place = {"metadata": {"path": empty}}
        client = NotebookClient(
            notebook,
            timeout=300,
            kernel_name="python3",
            record_timing=False,
            coalesce_streams=True,  # what a slow cell prints in pieces is one output
            resources=place,
        )
        client.execute()
    notebook.metadata = nbformat.from_dict(METADATA)
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"cell-{number}"
        cell.metadata = nbformat.from_dict({})
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if is_result(output)]
    return notebook


def main():
    """Write all notebooks."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "notebooks")
    folder.mkdir(parents=True, exist_ok=True)
    for page in TUTORIALS:
        path = folder / f"{page.stem}.ipynb"
        path.write_text(nbformat.writes(run(page)) + "\n", encoding="utf-8", newline="\n")
        print(path)


if __name__ == "__main__":
    main()

"""Numbers, tables, text and figures of the pages that the examples write."""

from __future__ import annotations

import re
import textwrap
from functools import partial
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from netinnov.plotting import print_style

__all__ = [
    "fill",
    "in_lines",
    "listed",
    "markdown",
    "missing",
    "new_figure",
    "save",
    "three",
    "write_tables",
]


def three(value):
    """Three digits, or a dash where there is no value."""
    if pd.isna(value):
        return "-"
    return f"{value:.0f}" if value == round(value) or abs(value) >= 100 else f"{value:#.3g}"


def listed(names):
    """Names with commas and an `and`."""
    *first, last = [str(name) for name in names]
    return f"{', '.join(first)} and {last}" if first else last


def markdown(head, rows):
    """A table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def in_lines(text):
    """Paragraphs and lists in lines of one length; tables, formulas and headings as they are."""
    blocks = re.split(r"\n\s*\n", text.strip())
    keep = ("|", "#", "```", "!", ":::", "(", "$$")
    wrap = partial(textwrap.fill, width=110, break_long_words=False, break_on_hyphens=False)
    result = []
    for block in blocks:
        if block.startswith(keep):
            result.append(block)
        elif re.match(r"(- |\d\. )", block):
            items = re.split(r"\n(?=- |\d\. )", block)
            indent = "   " if block[0].isdigit() else "  "
            items = [wrap(" ".join(item.split()), subsequent_indent=indent) for item in items]
            result.append("\n".join(items))
        else:
            result.append(wrap(" ".join(block.split())))
    return "\n\n".join(result)


def fill(template, values, path):
    """Write a page: a template (a path) with its values, which is where all numbers come from."""
    text = in_lines(Path(template).read_text("utf-8").format(**values))
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
    print(path)


def write_tables(tables, folder):
    """Tables by name as CSV."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", float_format="%.5g", lineterminator="\n")


def new_figure(*, width=183, height):
    """An empty figure of so many millimetres."""
    return Figure(figsize=(width / 25.4, height / 25.4), layout="compressed")


def save(figure, folder, name, *, dpi=150):
    """Write a figure as PNG; `netinnov.plotting.save_figure` writes a PDF for print as well."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    with print_style():
        figure.savefig(path, dpi=dpi, pil_kwargs={"optimize": True})
    print(path)


def missing(data, files):
    """The files that are not below a folder; says so, since nothing is written without them."""
    names = [name for name in files if not (Path(data) / name).exists()]
    if names:
        print(f"{data} lacks {', '.join(names)}: nothing is written.")
    return names

"""The files of a table: LaTeX with booktabs, HTML, Word and Markdown."""

from __future__ import annotations

import html
import re
from io import BytesIO
from typing import Any

from netinnov._optional import require
from netinnov.manuscript._cells import Grid

UPRIGHT = 8
"""Columns that fit the width of a page that is not in landscape."""

_SUPERSCRIPTS = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
_POWER = re.compile(rf" × 10([{_SUPERSCRIPTS}]+)")
_SIGNS = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    '"': r"\textquotedbl{}",
    "\N{MINUS SIGN}": "$-$",
    "\N{EN DASH}": "--",
    "\N{EM DASH}": "---",
    "\N{INFINITY}": r"$\infty$",
    "\N{MULTIPLICATION SIGN}": r"$\times$",
    "\N{NO-BREAK SPACE}": "~",
}
_LATEX = str.maketrans(
    _SIGNS | {sign: rf"\{sign}" for sign in "&%$#_{}"} | {sign: f"${sign}$" for sign in "<>|"}
)


def as_latex(grid: Grid, caption: str, label: str) -> str:
    """A floating table with the rules of booktabs."""
    n = len(grid.head)
    lines = [r"\begin{table}[htbp]", r"\centering"]
    if caption:
        lines.append(rf"\caption{{{_latex(caption)}}}")
    if label:
        lines.append(rf"\label{{{label}}}")
    lines.append(rf"\begin{{tabular}}{{{'l' * grid.n_labels}{'r' * (n - grid.n_labels)}}}")
    lines += [r"\toprule", _latex_row(grid.head), r"\midrule"]
    lines += [_latex_row(row) for row in grid.rows]
    if grid.foot:
        lines += [r"\midrule", *(_latex_row(row) for row in grid.foot)]
    lines += [r"\bottomrule", r"\end{tabular}"]
    if grid.notes:
        notes = _latex(" ".join(grid.notes))
        lines += ["", r"\medskip", rf"\begin{{minipage}}{{\linewidth}}\footnotesize {notes}"]
        lines.append(r"\end{minipage}")
    return "\n".join([*lines, r"\end{table}", ""])


def _latex_row(cells: list[str]) -> str:
    # A bracket at the beginning would be an option of the \\ before it.
    texts = [_latex(cell) for cell in cells]
    return " & ".join(f"{{[}}{t[1:]}" if t.startswith("[") else t for t in texts) + r" \\"


def _latex(text: str) -> str:
    parts = _POWER.split(text)
    written = parts[0].translate(_LATEX)
    for power, rest in zip(parts[1::2], parts[2::2], strict=True):
        digits = "".join("-0123456789"[_SUPERSCRIPTS.index(sign)] for sign in power)
        written += rf" $\times$ 10\textsuperscript{{{digits.replace('-', '$-$')}}}"
        written += rest.translate(_LATEX)
    return written


def as_markdown(grid: Grid, caption: str) -> str:
    """A pipe table, its caption above and its notes below."""
    rules = ["---"] * grid.n_labels + ["---:"] * (len(grid.head) - grid.n_labels)
    head, *rows = [[*map(_markdown, row)] for row in (grid.head, *grid.rows, *grid.foot)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in (head, rules, *rows))
    notes = " ".join(grid.notes)
    return "\n\n".join(part for part in (caption, table, notes) if part) + "\n"


def _markdown(cell: str) -> str:
    return re.sub(r"([\\|*_`<>])", r"\\\1", cell)


def as_html(grid: Grid, caption: str, label: str) -> str:
    """A table of great_tables, with its styles inside."""
    great_tables = require("great_tables", extra="tables", needed_by="to_table with format='html'")
    import pandas as pd

    names = [f"c{k}" for k in range(len(grid.head))]
    frame = pd.DataFrame([*grid.rows, *grid.foot], columns=names)
    table = great_tables.GT(frame, id=re.sub(r"\W+", "-", label) or "table")
    table = table.cols_label(**dict(zip(names, grid.head, strict=True)))
    table = table.cols_align("left", names[: grid.n_labels])
    table = table.cols_align("right", names[grid.n_labels :])
    table = table.tab_options(table_body_hlines_style="none", data_row_padding="2px")
    if grid.foot:
        style = great_tables.style.borders(sides="top", color="black", weight="1px")
        at = great_tables.loc.body(rows=[len(grid.rows)])
        table = table.tab_style(style, at)
    if caption:
        table = table.tab_header(title=great_tables.html(html.escape(caption)))
    if grid.notes:
        notes = html.escape(" ".join(grid.notes))
        table = table.tab_source_note(great_tables.html(notes))
    return str(table.as_raw_html())


def as_docx(grid: Grid, caption: str) -> bytes:
    """A Word document with the table, three rules, its caption above and its notes below.

    A table of many columns lies on a page in landscape.
    """
    docx = require("docx", extra="tables", needed_by="to_table with format='docx'")
    document = docx.Document()
    wide = len(grid.head) > UPRIGHT
    if wide:
        section = document.sections[0]
        section.orientation = docx.enum.section.WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
        section.left_margin = section.right_margin = section.left_margin // 2
    if caption:
        document.add_paragraph(caption, style="Caption")
    rows = [grid.head, *grid.rows, *grid.foot]
    table = document.add_table(rows=len(rows), cols=len(grid.head))
    columns = zip(*rows, strict=True)
    longest = [max(len(word) for text in each for word in text.split() or [""]) for each in columns]
    # Equal columns would break long words; five more letters are the margins of a cell.
    total = sum(longest) + 5 * len(longest)
    width = sum(column.width for column in table.columns)
    widths = [width * (letters + 5) // total for letters in longest]
    for column, own in zip(table.columns, widths, strict=True):
        column.width = own
    right = docx.enum.text.WD_ALIGN_PARAGRAPH.RIGHT
    for cells, texts in zip(table.rows, rows, strict=True):
        for position, (cell, text) in enumerate(zip(cells.cells, texts, strict=True)):
            cell.width = widths[position]
            paragraph = cell.paragraphs[0]
            paragraph.add_run(text).font.size = docx.shared.Pt(7 if wide else 9)
            paragraph.paragraph_format.space_after = docx.shared.Pt(0)
            if position >= grid.n_labels:
                paragraph.alignment = right
    last = len(rows) - 1
    for position, edges in {0: ("top", "bottom"), last: ("bottom",)}.items():
        _rule(docx, table.rows[position], edges)
    if grid.foot:
        _rule(docx, table.rows[1 + len(grid.rows)], ("top",))
    table.rows[0]._tr.get_or_add_trPr().append(docx.oxml.OxmlElement("w:tblHeader"))
    if grid.notes:
        run = document.add_paragraph().add_run(" ".join(grid.notes))
        run.font.size = docx.shared.Pt(8)
    content = BytesIO()
    document.save(content)
    return content.getvalue()


def _rule(docx: Any, row: Any, edges: tuple[str, ...]) -> None:
    """Lines at edges of a row, which tables of Word without a style do not have."""
    for cell in row.cells:
        properties = cell._tc.get_or_add_tcPr()
        borders = docx.oxml.OxmlElement("w:tcBorders")
        for edge in edges:
            line = docx.oxml.OxmlElement(f"w:{edge}")
            look = {"val": "single", "sz": "6", "space": "0", "color": "000000"}
            for name, value in look.items():
                line.set(docx.oxml.ns.qn(f"w:{name}"), value)
            borders.append(line)
        properties.append(borders)

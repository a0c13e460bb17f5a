"""Workbooks for tests, written by hand: the package only reads them."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

Cell = str | float | None
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def write_workbook(
    path: Path, sheets: Mapping[str, Sequence[Sequence[Cell]]], data: str = ""
) -> Path:
    """A workbook (Office Open XML) with the rows of some sheets; None and [] are blank.

    ``data``: the XML of all rows, in place of them.
    """
    numbered = list(enumerate(sheets.items(), start=1))
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{MIME}.worksheet+xml"/>'
        for at, _ in numbered
    )
    named = "".join(
        f'<sheet name="{escape(name)}" sheetId="{at}" r:id="r{at}"/>' for at, (name, _) in numbered
    )
    related = "".join(
        f'<Relationship Id="r{at}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at, _ in numbered
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{MIME}.sheet.main+xml"/>'
        f"{overrides}</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r0" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{OFFICE}">'
        f"<sheets>{named}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f"{related}</Relationships>",
    }
    for at, (_, rows) in numbered:
        data_of_sheet = data or "".join(
            f'<row r="{number}">{"".join(_cells(number, row))}</row>'
            for number, row in enumerate(rows, start=1)
        )
        parts[f"xl/worksheets/sheet{at}.xml"] = (
            f'<worksheet xmlns="{SPREADSHEET}"><sheetData>{data_of_sheet}</sheetData></worksheet>'
        )
    with zipfile.ZipFile(path, "w") as book:
        for name, text in parts.items():
            book.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return path


def _cells(number: int, row: Sequence[Cell]) -> list[str]:
    cells = []
    for column, cell in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", row, strict=False):
        place = f'r="{column}{number}"'
        if isinstance(cell, str):
            cells.append(f'<c {place} t="inlineStr"><is><t>{escape(cell)}</t></is></c>')
        elif cell is not None:
            cells.append(f"<c {place}><v>{cell!r}</v></c>")
    return cells

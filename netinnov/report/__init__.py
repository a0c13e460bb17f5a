"""The report of a study: one page that works offline, and the tables and figures behind it."""

from __future__ import annotations

import base64
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined

from netinnov.plotting import mark_modelled, save_figure
from netinnov.plotting._fonts import font_advice, undrawn_characters
from netinnov.report._figures import draw_figures
from netinnov.report._findings import find
from netinnov.report._tables import modelled_in, tables_to_write, write_tables
from netinnov.report._views import views
from netinnov.report._words import counted

if TYPE_CHECKING:
    import os

    import pandas as pd
    from jinja2 import Template

    from netinnov.network import MultilayerNetwork

__all__ = ["Study", "write_report"]

_DOTS_PER_INCH = 300


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """What a run has computed, ready to be reported.

    Parameters
    ----------
    title : str
        Heading of the report.
    network : MultilayerNetwork
        As built.
    cities : MultilayerNetwork
        Added up to the level of analysis: one node a place, called by the id of the place.
    tables : mapping from str to DataFrame
        Results by name; a table that is not there makes its section say so. Known names are
        ``layers``, ``kinds``, ``problems``, ``centrality``, ``degree``, ``strength``,
        ``polycentricity``, ``enclaves``, ``effects`` and those of the structure (``structure``,
        ``centres``, ``profile`` and more); others are written and listed. A
        column ``modelled_layers`` says which modelled layers a row's numbers contain; where it is
        not given, all of them are named.
    modelled : mapping from str to mapping
        Layers that are modelled, not observed, with their parameters.
    notes : tuple of str
        Plain sentences on the data, such as what was left out and why.
    scenario : mapping from str to object
        Parameters of the experiment (``home``, ``host``, ``funding``, ...), or such a mapping for
        each scenario.
    command : str
        What the user called.
    version : str
        Of the package.
    mechanisms : mapping from str to object
        Parameters of the models whose tables (``free_flow``, ``cobweb``, ``parks`` and more) are
        there; ``park`` is the one whose partners are drawn.
    """

    title: str
    network: MultilayerNetwork
    cities: MultilayerNetwork
    tables: Mapping[str, pd.DataFrame]
    modelled: Mapping[str, Mapping[str, object]]
    notes: tuple[str, ...]
    scenario: Mapping[str, object]
    command: str
    version: str
    mechanisms: Mapping[str, object] = field(default_factory=dict)


def write_report(result: Study, folder: str | os.PathLike[str]) -> Path:
    """Write tables, figures and one page that explains them.

    Parameters
    ----------
    result : Study
        What to report; nothing in it is changed.
    folder : path
        Made if it is not there. ``tables/`` gets each table as CSV (UTF-8) and Parquet,
        ``figures/`` each figure as PDF and PNG of 300 dots an inch.

    Returns
    -------
    Path
        ``report.html`` in the folder: one file with its pictures and style inside, that loads
        nothing. Its links to the tables work as long as it stays beside them.

    Raises
    ------
    InputError
        If the name of a table cannot be the name of a file.

    Warns
    -----
    UserWarning
        If no installed font can draw a label; the page says so as well.

    Notes
    -----
    All text from data is escaped. Modelled layers are called so beside every sentence, table and
    figure that they enter, with a link to the one place that gives their parameters, and have no
    p-value. Sums over layers are marked by the column ``modelled_layers``. Of a long table the
    page shows the rows that matter most; of one that a figure shows, the figure.
    """
    folder = Path(folder)
    tables = tables_to_write(result)
    write_tables(tables, folder / "tables")
    modelled = modelled_in(result, tables)
    figures: dict[str, dict[str, object]] = {}
    pictured: set[str] = set()
    with undrawn_characters() as undrawn:
        for drawing in draw_figures(result, modelled):
            _, png = save_figure(drawing.figure, folder / "figures", drawing.name)
            pictured.update(drawing.instead)
            picture = png.read_bytes()
            figures[drawing.name] = {
                "name": drawing.name,
                "caption": drawing.caption,
                "tables": drawing.tables,
                "modelled": drawing.modelled,
                "picture": base64.b64encode(picture).decode("ascii"),
                # A PNG gives its width in pixels at this place: all letters are of one size.
                "width": round(int.from_bytes(picture[16:20], "big") / _DOTS_PER_INCH * 25.4),
            }
    if undrawn:
        advice = font_advice(undrawn)
        warnings.warn(advice, UserWarning, stacklevel=2)
        result = replace(result, notes=(*result.notes, advice))
    findings, changes = find(result)
    page = _template().render(
        study=result,
        mark=mark_modelled,
        figures=figures,
        views=views(result, tables),
        pictured=pictured,
        findings=findings,
        changes=changes,
        modelled=modelled,
        counted=counted,
        written=[(name, len(table)) for name, table in tables.items()],
    )
    path = folder / "report.html"
    path.write_text(page, encoding="utf-8", newline="\n")
    return path


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    source = files("netinnov.report").joinpath("report.html.jinja").read_text(encoding="utf-8")
    return environment.from_string(source)

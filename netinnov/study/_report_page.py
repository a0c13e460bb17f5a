"""The page of a study, one loop over its sections, and the tables and figures beside it."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from matplotlib.figure import Figure
from matplotlib.text import Text as Label
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from netinnov._runtime.atomic import write_bytes, write_csv
from netinnov._runtime.second_process import begin
from netinnov.plotting._drawing import caption_notes
from netinnov.plotting._figure_files import DOTS, encode_figure
from netinnov.plotting._fonts import cjk_font, undrawn_characters
from netinnov.plotting._style import lay_out, report_style
from netinnov.study._context import Result
from netinnov.study._facts import KeyFigure, Picture, Table
from netinnov.study._language import Language, Text, in_html, plain, words
from netinnov.study._section import Section
from netinnov.study.sections import LEADING

PAGE_DOTS = 200  # an inch, of figures on the page
ENLARGED = 1.15
MARGIN = 0.03  # on a wide page; inches left white around a figure
ROWS = 12
WIDEST = 9  # rows and columns of a table that a page shows
# Control characters, which HTML does not allow.
NOT_IN_HTML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
BLOCKS: Any = {"trim_blocks": True, "lstrip_blocks": True, "undefined": StrictUndefined}
PAGE = Environment(loader=PackageLoader("netinnov.study", "."), autoescape=True, **BLOCKS)
PAGE.filters["in_html"] = in_html
MARKDOWN = re.compile(r"([\\`*_<\[])")


class View(NamedTuple):
    columns: list[str]
    rows: list[list[str]]
    numeric: list[bool]
    cut: str  # how many rows there are, if not all are shown


class Rendering(NamedTuple):
    name: str
    shown: Mapping[str, Any]  # on the page, if it is there
    caption: str  # of print, with what the figure itself has to say
    files: Mapping[str, bytes]  # for print, by their ends
    undrawn: frozenset[str]  # characters that no font can draw


class Chapter(NamedTuple):
    """A section as the page shows it: the answer in sight, the rest folded."""

    name: str
    text: Text
    figures: Sequence[tuple[str, str, str]] = ()  # label, value, interval or what it is out of
    tables: Sequence[tuple[Table, str, View]] = ()  # with the caption
    pictures: Sequence[Callable[[], Rendering]] = ()

    @property
    def shown(self) -> list[Mapping[str, Any]]:
        return [shown for each in self.pictures if (shown := each().shown)]


Chapters = Sequence[Chapter]
Page = Mapping[str, Any]


def chapter(section: Section[Any], result: Result, tables: Iterable[Table]) -> Chapter:
    context = result.context
    language = result.context.language
    facts = section.facts(result)
    text = language.text(language.template(section.name), facts)
    pictures = list(section.draw(result))
    first = {picture.front: picture for picture in reversed(pictures) if picture.on_page}
    seen = [picture for picture in pictures if picture is first.get(picture.front)]
    open_tables = [table for table in tables if table.on_page and len(table.frame)]
    sent = replace(language)  # a copy without its templates, which cannot be pickled
    drawings = [
        partial(render, picture, text.figures[picture.name], sent, picture in seen)
        for picture in (pictures if context.command else seen)
    ]
    return Chapter(
        section.name,
        text,
        [_key_figure(each, text, language) for each in section.key_figures(result, facts)],
        [(each, text.tables[each.name], view_of(each, language)) for each in open_tables],
        [begin(context.executor, drawing, context.command) for drawing in drawings],
    )


def _key_figure(figure: KeyFigure, text: Text, language: Language) -> tuple[str, str, str]:
    more = []
    if figure.low is not None and figure.high is not None and figure.low == figure.low:
        ends = (figure.low, figure.high, figure.form, figure.digits)
        more.append(language.span(*ends, around=figure.value))
    if figure.of is not None:
        more.append(language.term("out_of").format(n=f"{figure.of:,}"))
    value = language.form(figure.value, figure.form, figure.digits)
    return text.labels[figure.name], value, ("；" if language.code == "zh" else "; ").join(more)


def view_of(table: Table, language: Language) -> View:
    frame = flat(table.frame if table.view is None else table.view)
    first = frame.iloc[:ROWS, :WIDEST]
    names = [str(column) for column in first]
    rows = [
        [language.cell(*cell, table) for cell in zip(row, names, strict=True)]
        for row in first.itertuples(index=False, name=None)
    ]
    numeric = [is_numeric_dtype(kind) and not is_bool_dtype(kind) for kind in first.dtypes]
    in_file = max(len(frame), len(table.frame))
    cut = language.term("rows_shown").format(shown=f"{len(first):,}", all=f"{in_file:,}")
    columns = [language.term(column) for column in names]
    return View(columns, rows, numeric, cut if len(first) < len(frame) else "")


def render(
    picture: Picture, said: Sequence[str], language: Language, on_page: bool, command: str
) -> Rendering:
    """Draw for the page, and for print if there is a command to name in the files."""
    with undrawn_characters() as undrawn:
        shown = _show(picture, said, language) if on_page else {}
        caption, files = _print(picture, said[0], language, command) if command else ("", {})
    return Rendering(picture.name, shown, caption, files, frozenset(undrawn))


def _show(picture: Picture, said: Sequence[str], language: Language) -> dict[str, Any]:
    webp = io.BytesIO()
    with report_style("page"):
        figure = _figure(picture, language, PAGE_DOTS)
        cut: Any = figure.get_tightbbox().padded(MARGIN)
        form: Any = {"format": "webp", "pil_kwargs": {"lossless": True}}
        figure.savefig(webp, dpi=PAGE_DOTS, bbox_inches=cut, **form)
    width = round(cut.width * 96 * ENLARGED)  # its type has the size of the text
    return {
        "name": picture.name,
        "front": picture.front,
        "caption": said[0],
        "alt": plain(said[1]),
        "width": width,
        "webp": base64.b64encode(webp.getvalue()).decode("ascii"),
    }


def _print(picture: Picture, said: str, language: Language, command: str) -> tuple[str, Any]:
    with report_style("print"):
        figure = _figure(picture, language, DOTS)
    notes = [note for ax in figure.axes for note in caption_notes(ax)]
    told = dict.fromkeys(language.translated(note, "notes") for note in notes)
    caption = plain(" ".join([said, *told]))
    about: Any = {"caption": caption, "command": command, "formats": ("pdf", "png")}
    return caption, encode_figure(figure, picture.name, **about)


def _figure(picture: Picture, language: Language, dots: int) -> Figure:
    """Laid out for good: matplotlib would do that for each file, and draw it once more for that."""
    ax = picture.plot()
    figure: Figure = ax.figure.canvas.figure
    translate(figure, language)
    figure.set_dpi(dots)
    lay_out(ax)
    figure.set_layout_engine(None)
    return figure


def translate(figure: Figure, language: Language) -> None:
    if language.code == "en" or not cjk_font():
        return
    for axis in (each for axes in figure.axes for each in (axes.xaxis, axes.yaxis)):
        texts = [label.get_text() for label in axis.get_majorticklabels()]
        said = [language.translated(text, "figures") for text in texts]
        if said != texts:  # drawing writes the labels of an axis again
            axis.set_ticks(axis.get_majorticklocs(), said)
    for label in figure.findobj(Label):
        assert isinstance(label, Label)
        if text := label.get_text().strip():
            label.set_text(language.translated(text, "figures"))


def write_tables(tables: Sequence[Table], folder: Path) -> None:
    """Write each table as CSV and Parquet; a nameless index, a mere count, only gives the order."""
    for table in tables:
        folder.mkdir(parents=True, exist_ok=True)
        frame = flat(table.frame)
        if table.modelled:
            frame = frame.assign(modelled_layers="; ".join(table.modelled))
        write_csv(frame, folder / f"{table.name}.csv")
        mixed = [column for column, kind in frame.dtypes.items() if kind == object]
        texts: Any = frame[mixed].map(str, na_action="ignore").astype("str")
        frame.assign(**texts).to_parquet(folder / f"{table.name}.parquet", index=False)


def flat(frame: pd.DataFrame) -> pd.DataFrame:
    named = any(name is not None for name in frame.index.names)
    return frame.reset_index() if named else frame


def write_pictures(folder: Path, pictures: Iterable[Rendering], title: str, about: str) -> None:
    escaped = partial(MARKDOWN.sub, r"\\\1")
    captions = [f"# {escaped(title)}", about]
    for picture in pictures:
        folder.mkdir(exist_ok=True)
        for kind, data in picture.files.items():
            write_bytes(folder / f"{picture.name}.{kind}", data)
        captions += [f"## {picture.name}", escaped(picture.caption)]
    if folder.exists():
        text = "\n\n".join(captions) + "\n"
        (folder / "captions.md").write_text(text, encoding="utf-8", newline="\n")


def write_page(path: Path, language: Language, chapters: Chapters, page: Page) -> None:
    """Write the page: all text from data is escaped, and nothing is loaded.

    The first chapter that can answer the question of the study leads.
    """
    by_name = {each.name: each for each in chapters}
    lead = next((by_name[name] for name in LEADING if name in by_name), None)
    known = words(language.code, "terms")
    html = PAGE.get_template("report.html.jinja").render(
        **{**page, "title": known.get(page["title"], page["title"])},
        code=language.code,
        words=known,
        absent_words=[known[why] for why in page["absent"] if why in known],
        remarks=[known["page_beside"], *filter(None, [page["advice"]])],
        lead=lead,
        chapters=[each for each in chapters if each is not lead],
        front_pictures=[p for each in chapters for p in each.shown if p["front"]],
        front_tables=[t for each in chapters for t in each.tables if t[0].front],
        layer=language.layer,
        plain=plain,
    )
    html = NOT_IN_HTML.sub("\N{REPLACEMENT CHARACTER}", html)
    path.write_text(html, encoding="utf-8", newline="\n")

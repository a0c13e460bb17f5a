"""The page of a study: one loop over what its sections say, draw and tabulate."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from matplotlib.figure import Figure
from matplotlib.text import Text as Label
from PIL import Image, ImageChops

from netinnov._atomic import write_bytes
from netinnov.plotting._drawing import caption_notes
from netinnov.plotting._figure_files import encode_figure
from netinnov.plotting._fonts import cjk_font
from netinnov.plotting._style import page_style, print_style
from netinnov.study._language import Language, Text, words
from netinnov.study._section import KeyFigure, Picture, Table
from netinnov.study._table_views import View, view_of
from netinnov.study._words import in_html, plain

PAGE_DOTS = 200  # an inch, of figures on the page
ENLARGED, MARGIN = 1.15, 12  # on a wide page; dots left white around a figure
# Control characters, which HTML does not allow.
NOT_IN_HTML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
NUMBER = re.compile(r"\d[\d,.]*")
MARKDOWN = re.compile(r"([\\`*_<\[])")


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure on the page, in base64."""

    name: str
    caption: str
    alt: str
    webp: str
    width: int  # in pixels of a page, at which its type has the size of the text
    front: bool


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section as the page shows it: the answer in sight, the rest folded."""

    name: str
    text: Text
    figures: Sequence[tuple[str, str, str]]  # label, value, interval or what it is out of
    pictures: Sequence[Shown]
    tables: Sequence[tuple[Table, str, View]]  # with the caption


def chapter(
    name: str,
    text: Text,
    key_figures: Iterable[KeyFigure],
    pictures: Iterable[Picture],
    tables: Iterable[Table],
    language: Language,
) -> Chapter:
    drawn = [picture for picture in pictures if picture.on_page][:1]
    shown = [show(picture, text, language) for picture in drawn]
    listed = [
        (table, text.tables[table.name], view_of(table, language))
        for table in tables
        if table.on_page and len(table.frame)
    ]
    figures = [_key_figure(each, text, language) for each in key_figures]
    return Chapter(name, text, figures, shown, listed)


def _key_figure(figure: KeyFigure, text: Text, language: Language) -> tuple[str, str, str]:
    more = []
    if figure.low is not None and figure.high is not None and figure.low == figure.low:
        more.append(language.span(figure.low, figure.high, figure.form, figure.digits))
    if figure.of is not None:
        more.append(language.term("out_of").format(n=f"{figure.of:,}"))
    value = language.form(figure.value, figure.form, figure.digits)
    return text.labels[figure.name], value, ("；" if language.code == "zh" else "; ").join(more)


def show(picture: Picture, text: Text, language: Language) -> Shown:
    """A figure that was made in the style of the page, as it stands there."""
    with page_style():
        figure = picture.draw()
    translate(figure, language)
    with page_style(), print_style():
        figure.set_dpi(PAGE_DOTS)
        png = io.BytesIO()
        figure.savefig(png, format="png", dpi=PAGE_DOTS)
    webp = io.BytesIO()
    with Image.open(png) as image:
        picture_only = _without_margins(image.convert("RGB"))
        picture_only.save(webp, "WEBP", lossless=True)
        width = round(picture_only.width / PAGE_DOTS * 96 * ENLARGED)
    data = base64.b64encode(webp.getvalue()).decode("ascii")
    name = picture.name
    return Shown(name, text.figures[name], plain(text.alts[name]), data, width, picture.front)


def _without_margins(image: Image.Image) -> Image.Image:
    box = ImageChops.difference(image, Image.new("RGB", image.size, "white")).getbbox()
    if box is None:
        return image
    left, top, right, bottom = box
    return image.crop(
        (
            max(left - MARGIN, 0),
            max(top - MARGIN, 0),
            min(right + MARGIN, image.width),
            min(bottom + MARGIN, image.height),
        )
    )


def translate(figure: Figure, language: Language) -> None:
    """Write labels in the language of the page, where it has words for the whole label.

    There "#" stands for a number. A label may be the name of a layer, and more after a comma.
    """
    known = words(language.code, "figures") if cjk_font() else {}
    for label in figure.findobj(Label) if known else ():
        assert isinstance(label, Label)
        text = label.get_text().strip()
        first, comma, rest = text.partition(", ")
        if written := _written(text, known):
            label.set_text(written)
        elif first in language.layers and (written := _written(rest, known)) is not None:
            label.set_text(language.layer(first) + ("，" if comma else "") + written)


def _written(text: str, known: Mapping[str, str]) -> str | None:
    called = "" if not text else known.get(NUMBER.sub("#", text))
    return called and called.replace("#", "{}").format(*NUMBER.findall(text))


def write_pictures(
    folder: Path,
    pictures: Iterable[tuple[Picture, Text]],
    *,
    language: Language,
    title: str,
    command: str,
    origin: str,
) -> None:
    """Write figures as PDF and PNG, and their captions as Markdown for a manuscript."""
    parts = [f"# {_literal(title)}", origin]
    for picture, text in pictures:
        folder.mkdir(exist_ok=True)
        figure = picture.draw()
        translate(figure, language)
        notes = [note for ax in figure.axes for note in caption_notes(ax)]
        caption = plain(" ".join([text.figures[picture.name], *dict.fromkeys(notes)]))
        content = encode_figure(
            figure,
            picture.name,
            caption=caption,
            command=command,
            formats=("pdf", "png"),
        )
        for kind in ("pdf", "png"):
            write_bytes(folder / f"{picture.name}.{kind}", content[kind])
        parts += [f"## {picture.name}", _literal(caption)]
    if len(parts) > 2:
        captions = "\n\n".join(parts) + "\n"
        (folder / "captions.md").write_text(captions, encoding="utf-8", newline="\n")


def _literal(text: str) -> str:
    return MARKDOWN.sub(r"\\\1", text)


def write_page(
    path: Path,
    *,
    language: Language,
    page: Mapping[str, Any],
    lead: str,
    chapters: Sequence[Chapter],
) -> None:
    """Write the page: all text from data is escaped, and nothing is loaded.

    The chapter `lead` answers the question of the study; what `page` holds is for the template.
    """
    leading = next((each for each in chapters if each.name == lead), None)
    source = language.template("page").make_module(dict(page))
    html = _template().render(
        **page,
        code=language.code,
        words=source,
        lead=leading,
        chapters=[each for each in chapters if each is not leading],
        front_pictures=[p for each in chapters for p in each.pictures if p.front],
        front_tables=[t for each in chapters for t in each.tables if t[0].front],
        layer=language.layer,
        plain=plain,
    )
    html = NOT_IN_HTML.sub("\N{REPLACEMENT CHARACTER}", html)
    path.write_text(html, encoding="utf-8", newline="\n")


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["in_html"] = in_html
    source = files("netinnov.study").joinpath("report.html.jinja").read_text(encoding="utf-8")
    return environment.from_string(source)

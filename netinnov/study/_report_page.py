"""The page of a study: one loop over what its sections tell, draw and tabulate."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template
from PIL import Image

from netinnov._atomic import write_bytes
from netinnov.plotting._drawing import caption_notes
from netinnov.plotting._figure_files import encode_figure
from netinnov.study._section import Picture, Sentence, Table
from netinnov.study._table_views import View, view_of
from netinnov.study._words import counted, in_html, joined, plain

DOTS_PER_INCH = 300
# Control characters, which HTML does not allow.
NOT_IN_HTML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
MARKDOWN = re.compile(r"([\\`*_<\[])")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as its files and the page hold it."""

    name: str
    caption: str
    note: str
    alt: str
    tables: tuple[str, ...]
    topic: str
    front: bool
    pdf: bytes
    png: bytes
    webp: str  # for the page: in base64
    width: int  # on the page, in millimetres: so all letters are of one size


@dataclass(frozen=True, slots=True)
class Entry:
    heading: str
    sentences: list[Sentence] = field(default_factory=list)
    pictures: list[Drawn] = field(default_factory=list)
    tables: list[tuple[Table, View]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section as the page shows it.

    `gist` is always in sight; the rest is folded, but for pictures at the front of the page.
    """

    name: str
    heading: str
    gist: Sequence[Sentence] = ()
    sentences: Sequence[Sentence] = ()
    pictures: Sequence[Drawn] = ()
    tables: Sequence[Table] = ()

    @property
    def contents(self) -> str:
        """What is folded, in words; nothing if nothing is."""
        parts = {
            "sentence": len(self.sentences),
            "figure": sum(not picture.front for picture in self.pictures),
            "table": sum(table.on_page for table in self.tables),
        }
        return joined([counted(n, noun) for noun, n in parts.items() if n])

    @property
    def entries(self) -> Iterable[Entry]:
        """Its folded content by heading, in the order of first appearance."""
        entries: dict[str, Entry] = {}
        for sentence in self.sentences:
            entries.setdefault(sentence.topic, Entry(sentence.topic)).sentences.append(sentence)
        for picture in self.pictures:
            if not picture.front:
                entries.setdefault(picture.topic, Entry(picture.topic)).pictures.append(picture)
        for table in self.tables:
            if table.on_page:
                entry = entries.setdefault(table.topic, Entry(table.topic))
                entry.tables.append((table, view_of(table)))
        return entries.values()


def drawn(picture: Picture, command: str) -> Drawn:
    figure = picture.figure
    notes = [note for ax in figure.axes for note in caption_notes(ax)]
    note = " ".join([*([picture.note] if picture.note else []), *dict.fromkeys(notes)])
    caption = _one_line(picture.caption, note)
    content = encode_figure(
        figure, picture.name, caption=caption, command=command, formats=("pdf", "png")
    )
    from matplotlib import pyplot as plt

    plt.close(figure)  # those that size themselves are known to pyplot
    return Drawn(
        picture.name,
        picture.caption,
        note,
        plain(picture.alt),
        picture.tables,
        picture.topic,
        picture.front,
        content["pdf"],
        content["png"],
        *_for_page(content["png"]),
    )


def _for_page(png: bytes) -> tuple[str, int]:
    """PNG as lossless WebP (two thirds of the bytes), and its width in millimetres."""
    webp = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        image.convert("RGB").save(webp, "WEBP", lossless=True)
        width = round(image.width / DOTS_PER_INCH * 25.4)
    return base64.b64encode(webp.getvalue()).decode("ascii"), width


def write_pictures(folder: Path, pictures: Iterable[Drawn]) -> None:
    """Write the files of pictures."""
    folder.mkdir(exist_ok=True)
    for picture in pictures:
        write_bytes(folder / f"{picture.name}.pdf", picture.pdf)
        write_bytes(folder / f"{picture.name}.png", picture.png)


def write_captions(
    path: Path, *, title: str, command: str, version: str, pictures: Sequence[Drawn]
) -> None:
    """Write the captions of all figures as Markdown, to be copied into a manuscript."""
    origin = (
        f"Written by `{command}`, netinnov {version}; the files of figures carry their captions."
    )
    parts = [f"# Figures: {_literal(title)}", origin]
    for picture in pictures:
        parts += [f"## {picture.name}", _literal(_one_line(picture.caption, picture.note))]
        if picture.tables:
            parts.append("Numbers: " + ", ".join(f"`tables/{each}.csv`" for each in picture.tables))
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8", newline="\n")


def _one_line(caption: str, note: str) -> str:
    return " ".join(f"{plain(caption)} {plain(note)}".split())


def _literal(text: str) -> str:
    return MARKDOWN.sub(r"\\\1", text)


def write_page(
    path: Path,
    *,
    title: str,
    command: str,
    version: str,
    tries: bool = True,
    question: str = "",
    short: Sequence[Sentence],
    chapters: Sequence[Chapter],
    reading: Sequence[Sentence],
) -> None:
    """Write the page: all text from data is escaped, and nothing is loaded.

    ``tries``: enclaves can be tried in the explorer. The first of `short` answers the question, if
    there is one.
    """
    tables = [table for chapter in chapters for table in chapter.tables]
    modelled = {table.name: table.modelled for table in tables}

    def modelled_in(names: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(layer for name in names for layer in modelled.get(name, ())))

    page = _template().render(
        title=title,
        command=command,
        version=version,
        tries=tries,
        question=question,
        answer=short[0] if question else None,
        short=short[1:] if question else short,
        front=[each for chapter in reversed(chapters) for each in chapter.pictures if each.front],
        chapters=chapters,
        reading=reading,
        tables=tables,
        numbers={table.name: number for number, table in enumerate(tables, 1)},
        modelled_in=modelled_in,
        layers=modelled_in(modelled),
        plain=plain,
        counted=counted,
    )
    page = NOT_IN_HTML.sub("\N{REPLACEMENT CHARACTER}", page)
    path.write_text(page, encoding="utf-8", newline="\n")


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["in_html"] = in_html
    source = files("netinnov.study").joinpath("report.html.jinja").read_text(encoding="utf-8")
    return environment.from_string(source)

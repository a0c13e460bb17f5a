"""The pictures of a study as files."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from matplotlib.figure import Figure
from matplotlib.text import Text as Label

from netinnov._runtime.atomic import write_bytes
from netinnov.plotting._drawing import caption_notes
from netinnov.plotting._figure_files import DOTS, encode_figure
from netinnov.plotting._fonts import cjk_font, undrawn_characters
from netinnov.plotting._style import lay_out, page_style, print_style
from netinnov.study._facts import Picture
from netinnov.study._language import Language, plain

PAGE_DOTS = 200  # an inch, of figures on the page
ENLARGED, MARGIN = 1.15, 0.03  # on a wide page; inches left white around a figure
MARKDOWN = re.compile(r"([\\`*_<\[])")


class Drawn(NamedTuple):
    name: str
    shown: Mapping[str, Any]  # on the page, if it is there
    caption: str  # of print, with what the figure itself has to say
    files: Mapping[str, bytes]  # for print, by their ends
    undrawn: frozenset[str]  # characters that no font can draw


def draw(
    picture: Picture, said: Sequence[str], language: Language, on_page: bool, command: str
) -> Drawn:
    """Draw for the page, and for print if there is a command to name in the files."""
    with undrawn_characters() as undrawn:
        shown = _show(picture, said, language) if on_page else {}
        caption, files = _print(picture, said[0], language, command) if command else ("", {})
    return Drawn(picture.name, shown, caption, files, frozenset(undrawn))


def _show(picture: Picture, said: Sequence[str], language: Language) -> dict[str, Any]:
    webp = io.BytesIO()
    with page_style():
        figure = _laid_out(picture, language, PAGE_DOTS)
        cut: Any = figure.get_tightbbox().padded(MARGIN)
        form: Any = {"format": "webp", "pil_kwargs": {"lossless": True}}
        figure.savefig(webp, dpi=PAGE_DOTS, bbox_inches=cut, **form)
    width = round(cut.width * 96 * ENLARGED)  # its type has the size of the text
    shown = {"name": picture.name, "front": picture.front, "caption": said[0]}
    shown |= {"alt": plain(said[1]), "width": width}
    return shown | {"webp": base64.b64encode(webp.getvalue()).decode("ascii")}


def _print(picture: Picture, said: str, language: Language, command: str) -> tuple[str, Any]:
    with print_style():
        figure = _laid_out(picture, language, DOTS)
    notes = [note for ax in figure.axes for note in caption_notes(ax)]
    told = dict.fromkeys(language.translated(note, "notes") for note in notes)
    caption = plain(" ".join([said, *told]))
    about: Any = {"caption": caption, "command": command, "formats": ("pdf", "png")}
    return caption, encode_figure(figure, picture.name, **about)


def _laid_out(picture: Picture, language: Language, dots: int) -> Figure:
    """Laid out for good: matplotlib would do that for each file, and draw it once more for that."""
    ax = picture.draw()
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


def write_pictures(folder: Path, pictures: Iterable[Drawn], title: str, about: str) -> None:
    """Write figures as PDF and PNG, and their captions as Markdown for a manuscript."""
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

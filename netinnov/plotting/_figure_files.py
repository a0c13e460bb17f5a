"""Files of figures: PDF with embedded fonts, PNG of few colours, SVG; they carry their caption."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from netinnov._runtime.arguments import as_list, check_choice
from netinnov._runtime.atomic import write_bytes
from netinnov._runtime.interruption import check_interrupted
from netinnov._version import __version__
from netinnov.plotting._drawing import caption_notes
from netinnov.plotting._fonts import one_line
from netinnov.plotting._style import EMBEDDED, settings

Format = Literal["pdf", "png", "svg"]

_DOTS_PER_INCH = 300
_PHOTOGRAPH = 2**15  # colours from which a picture keeps all of them
_SOFTWARE = f"netinnov {__version__}"
_KEYS = {  # what each format calls the name, the caption and the command
    "pdf": ("Title", "Subject", "Keywords"),
    "png": ("Title", "Description", "Comment"),
    "svg": ("Title", "Description", "Source"),
}


def save_figure(
    figure: Figure,
    folder: str | os.PathLike[str],
    name: str,
    *,
    caption: str | None = None,
    command: str = "",
    formats: Sequence[Format] = ("pdf", "png"),
) -> tuple[Path, ...]:
    """Write a figure as PDF with embedded fonts and as PNG of 300 dots an inch, or as SVG.

    Parameters
    ----------
    figure : Figure
        Any figure; it is neither closed nor changed.
    folder : path
        Made if it is not there.
    name : str
        File name without its ending.
    caption : str, optional
        Kept in the files: ``Description`` in PNG and SVG, ``Subject`` in PDF. Default: what is left
        out of the figure, and how its marks are read.
    command : str
        What made it, such as a script: ``Comment`` in PNG, ``Keywords`` in PDF, ``Source`` in SVG.
    formats : sequence of {"pdf", "png", "svg"}
        The files to write.

    Returns
    -------
    tuple of Path
        In the order of the formats. The same figure gives the same bytes: no date is stored.

    Raises
    ------
    InputError
        If a format is unknown, or a file cannot be written; none is left half written.

    Notes
    -----
    A PNG has a palette of at most 256 colours, unless it has as many as a photograph. In an SVG
    text is text, in fonts of the machine that shows it.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> from matplotlib.figure import Figure
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pdf, png = save_figure(Figure(), folder, "empty", caption="Nothing at all.")
    ...     Image.open(png).text["Description"]
    'Nothing at all.'
    """
    for each in as_list("formats", formats):
        check_choice("formats", each, Format)
    if caption is None:
        caption = " ".join(dict.fromkeys(note for ax in figure.axes for note in caption_notes(ax)))
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    content = encode_figure(figure, name, caption=caption, command=command, formats=formats)
    paths = {each: folder / f"{name}.{each}" for each in dict.fromkeys(formats)}
    for each, path in paths.items():
        write_bytes(path, content[each])
    check_interrupted()
    return tuple(paths.values())


def encode_figure(
    figure: Figure, name: str, *, caption: str, command: str, formats: Sequence[Format]
) -> dict[Format, bytes]:
    """File contents, in memory: matplotlib replaces the error of a full disk by its own."""
    content: dict[Format, bytes] = {}
    with settings(EMBEDDED), _laid_out(figure):
        # The picture of dots first: the other canvases leave the figure at 72 dots an inch.
        for each in sorted(set(formats), key=lambda one: one != "png"):
            texts = dict(zip(_KEYS[each], (name, caption, command), strict=True))
            about = {key: one_line(text) for key, text in texts.items() if text}
            content[each] = _png(figure, about) if each == "png" else _vector(figure, each, about)
    return content


@contextmanager
def _laid_out(figure: Figure) -> Iterator[None]:
    """One layout for all formats: making it takes longer than drawing."""
    canvas, dpi, engine = figure.canvas, figure.dpi, figure.get_layout_engine()
    try:
        figure.dpi = _DOTS_PER_INCH
        if engine is not None and figure.axes:
            engine.execute(figure)
            figure.set_layout_engine("none")
        yield
    finally:
        figure.set_layout_engine(engine)
        figure.set_canvas(canvas)
        figure.dpi = dpi


def _vector(figure: Figure, form: Format, about: dict[str, str]) -> bytes:
    stream = BytesIO()
    undated = {"Creator": _SOFTWARE, "CreationDate" if form == "pdf" else "Date": None}
    canvas: Any = FigureCanvasPdf if form == "pdf" else FigureCanvasSVG
    getattr(canvas(figure), f"print_{form}")(stream, metadata=about | undated)
    return stream.getvalue()


def _png(figure: Figure, about: dict[str, str]) -> bytes:
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    drawn = Image.fromarray(np.array(canvas.buffer_rgba()))
    if drawn.getchannel("A").getextrema()[0] == 255:
        drawn = drawn.convert("RGB")
        if drawn.getcolors(_PHOTOGRAPH) is not None:
            drawn = drawn.quantize(256, dither=Image.Dither.NONE)
    texts = PngInfo()
    for key, text in (about | {"Software": _SOFTWARE}).items():
        texts.add_text(key, text)
    stream = BytesIO()
    drawn.save(stream, "PNG", dpi=(_DOTS_PER_INCH, _DOTS_PER_INCH), pnginfo=texts)
    return stream.getvalue()

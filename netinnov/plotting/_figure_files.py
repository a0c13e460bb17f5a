"""Files of figures: PDF with embedded fonts, PNG of few colours, SVG; they carry their caption."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from scipy.spatial import cKDTree

from netinnov._runtime.arguments import as_list, check_choice
from netinnov._runtime.atomic import write_bytes
from netinnov._runtime.interruption import check_interrupted
from netinnov._version import __version__
from netinnov.plotting._drawing import caption_notes
from netinnov.plotting._fonts import one_line
from netinnov.plotting._style import print_style

Format = Literal["pdf", "png", "svg"]

_SOFTWARE = f"netinnov {__version__}"
_DOTS_PER_INCH = 300
_COLOURS = 256
_FREQUENT = 176  # colours of areas, lines and text, which are kept as they are
_VISIBLE = 40  # of 255: where a colour would move farther, the picture keeps all of them


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
        Kept in the files: as ``Description`` in PNG and SVG, ``Subject`` in PDF. Default: what is
        left out of the figure, and how its marks are read.
    command : str
        What made the figure, such as the name of a script: ``Comment`` in PNG, ``Keywords`` in PDF,
        ``Source`` in SVG.
    formats : sequence of {"pdf", "png", "svg"}
        The files to write.

    Returns
    -------
    tuple of Path
        The files written, in the order of the formats. The same figure gives the same bytes: no
        date is stored.

    Raises
    ------
    InputError
        If a format is unknown, or a file cannot be written, such as on a full disk; none is left
        half written.

    Notes
    -----
    The PNG has a palette of at most 256 colours: all those of areas, lines and text, and the
    nearest ones at smoothed edges, which makes it a third as large. A picture of many colours, such
    as a photograph, keeps all of them. In an SVG text is text, in fonts of the machine that shows
    it. ``exiftool`` or ``PIL.Image.open(path).text`` shows what a file says of itself.

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
    texts = {"caption": one_line(caption), "command": one_line(command)}
    content: dict[Format, bytes] = {}
    with print_style(), _laid_out(figure) as canvas, _small_fonts():
        # The picture of dots first: the other canvases leave the figure at 72 dots an inch.
        for each in sorted(set(formats), key=lambda one: one != "png"):
            stream = BytesIO()
            if each == "png":
                canvas.draw()  # type: ignore[no-untyped-call]
                pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
                _with_palette(pixels).save(
                    stream,
                    "PNG",
                    dpi=(_DOTS_PER_INCH, _DOTS_PER_INCH),
                    compress_level=6,
                    pnginfo=_png_text(name, texts),
                )
            elif each == "pdf":
                about = _metadata(name, texts, caption="Subject", command="Keywords")
                about |= {"Creator": _SOFTWARE, "CreationDate": None}
                from matplotlib.backends.backend_pdf import FigureCanvasPdf

                FigureCanvasPdf(figure).print_pdf(stream, metadata=about)  # type: ignore[no-untyped-call]
            else:
                about = _metadata(name, texts, caption="Description", command="Source")
                about |= {"Creator": _SOFTWARE, "Date": None}
                from matplotlib.backends.backend_svg import FigureCanvasSVG

                FigureCanvasSVG(figure).print_svg(stream, metadata=about)  # type: ignore[no-untyped-call]
            content[each] = stream.getvalue()
    return content


def _metadata(name: str, texts: dict[str, str], **keys: str) -> dict[str, str | None]:
    about: dict[str, str | None] = {"Title": one_line(name)}
    return about | {keys[part]: text for part, text in texts.items() if text}


def _png_text(name: str, texts: dict[str, str]) -> PngInfo:
    held = PngInfo()
    for key, text in _metadata(name, texts, caption="Description", command="Comment").items():
        held.add_text(key, str(text))
    held.add_text("Software", _SOFTWARE)
    return held


@contextmanager
def _laid_out(figure: Figure) -> Iterator[FigureCanvasAgg]:
    before, dpi, engine = figure.canvas, figure.dpi, figure.get_layout_engine()
    canvas = FigureCanvasAgg(figure)
    try:
        figure.dpi = _DOTS_PER_INCH
        if engine is not None and figure.axes:
            engine.execute(figure)
            figure.set_layout_engine("none")
        yield canvas
    finally:
        if engine is not None:
            figure.set_layout_engine(engine)
        figure.set_canvas(before)
        figure.dpi = dpi


@cache
def _fonttools_loader() -> Callable[..., Any]:
    from fontTools import subset

    loader: Callable[..., Any] = subset.load_font
    return loader


@contextmanager
def _small_fonts() -> Iterator[None]:
    """Drop font tables that a PDF does not use: reading them takes longer than subsetting."""
    from fontTools import subset  # takes half a second
    from matplotlib.backends import _backend_pdf_ps

    load_font = _fonttools_loader()
    unused = ["GDEF", "GPOS", "GSUB", "MATH"]
    if hasattr(_backend_pdf_ps, "get_glyphs_subset"):  # from matplotlib 3.11 on: glyphs by number
        unused += ["OS/2", "cmap", "kern", "post"]

    def without_layout(*args: Any, **options: Any) -> Any:
        font = load_font(*args, **options)
        for table in unused:
            if table in font:
                del font[table]
        return font

    subset.load_font = without_layout
    try:
        yield
    finally:
        subset.load_font = load_font


def _with_palette(pixels: npt.NDArray[np.uint8]) -> Image.Image:
    if pixels[..., 3].min() < 255:
        return Image.fromarray(pixels.copy())
    # Most pixels repeat the one before: count and map runs of equal pixels, not all pixels.
    flat = np.ascontiguousarray(pixels).view(np.uint32).ravel()
    starts = np.flatnonzero(np.append(True, flat[1:] != flat[:-1]))
    lengths = np.diff(np.append(starts, flat.size))
    packed, code = np.unique(flat[starts], return_inverse=True)
    colours = packed.view(np.uint8).reshape(-1, 4)[:, :3].astype(np.int64)
    frequent_first = np.lexsort([*colours.T[::-1], -np.bincount(code, lengths)])
    palette = _palette(colours[frequent_first])
    nearest = np.asarray(cKDTree(palette).query(colours)[1])
    if np.abs(palette[nearest] - colours).max() > _VISIBLE:
        return Image.fromarray(pixels[..., :3].copy())
    positions = np.repeat(nearest.astype(np.uint8)[code], lengths)
    picture = Image.fromarray(positions.reshape(pixels.shape[:2]))
    picture.putpalette(palette.astype(np.uint8).ravel().tolist())
    return picture


def _palette(colours: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Farthest-point selection of a palette."""
    if len(colours) <= _COLOURS:
        return colours
    chosen, rest = colours[:_FREQUENT], colours[_FREQUENT:]
    away = np.asarray(cKDTree(chosen).query(rest)[0])
    farthest = []
    for _ in range(_COLOURS - _FREQUENT):
        farthest.append(int(away.argmax()))
        away = np.minimum(away, np.linalg.norm(rest - rest[farthest[-1]], axis=1))
    return np.concatenate([chosen, rest[farthest]])

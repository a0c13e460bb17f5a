"""Files of figures: PDF with embedded fonts, and PNG with no more colours than it needs."""

from __future__ import annotations

from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from fontTools import subset
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from PIL import Image
from scipy.spatial import cKDTree

from netinnov._atomic import write_bytes
from netinnov._interruption import check_interrupted
from netinnov.plotting._style import figure_style

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    import numpy.typing as npt
    from matplotlib.figure import Figure

__all__ = ["save_figure"]

_DOTS_PER_INCH = 300
_COLOURS = 256
_FREQUENT = 176  # colours of areas, lines and text, which are kept as they are
_VISIBLE = 40  # of 255: where a colour would move farther, the picture keeps all of them


def save_figure(figure: Figure, folder: str | os.PathLike[str], name: str) -> tuple[Path, Path]:
    """Write a figure as PDF with embedded fonts and as PNG of 300 dots an inch.

    Parameters
    ----------
    figure : Figure
        Any figure; it is neither closed nor changed.
    folder : path
        Made if it is not there.
    name : str
        File name without its ending.

    Returns
    -------
    pdf, png : Path
        The files written. The same figure gives the same bytes: no date is stored.

    Raises
    ------
    InputError
        If a file cannot be written, such as on a full disk; none is left half written.

    Notes
    -----
    The PNG has a palette of at most 256 colours: all those of areas, lines and text, and the
    nearest ones at smoothed edges, which makes it a third as large. A picture of many colours, such
    as a photograph, keeps all of them.

    Examples
    --------
    >>> import tempfile
    >>> from netinnov.plotting import new_figure
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in save_figure(new_figure(), folder, "empty")]
    ['empty.pdf', 'empty.png']
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    pdf, png = folder / f"{name}.pdf", folder / f"{name}.png"
    # By way of the memory: matplotlib tells a full disk as an error of its own.
    document, content = BytesIO(), BytesIO()
    with figure_style(), _laid_out(figure) as canvas, _small_fonts():
        canvas.draw()  # type: ignore[no-untyped-call]
        picture = _with_palette(np.asarray(canvas.buffer_rgba()))  # type: ignore[no-untyped-call]
        pdf_canvas = FigureCanvasPdf(figure)
        pdf_canvas.print_pdf(document, metadata={"CreationDate": None})  # type: ignore[no-untyped-call]
    picture.save(content, "PNG", dpi=(_DOTS_PER_INCH, _DOTS_PER_INCH), compress_level=6)
    write_bytes(pdf, document.getvalue())
    write_bytes(png, content.getvalue())
    check_interrupted()
    return pdf, png


@contextmanager
def _laid_out(figure: Figure) -> Iterator[FigureCanvasAgg]:
    """A canvas of the figure's PNG, with the layout made once for the files of all formats."""
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


_OPTIONS = subset.Options


def _font_options(**options: Any) -> subset.Options:
    """Options of an embedded font without tables for the choice and position of its glyphs."""
    made = _OPTIONS(**options)
    made.drop_tables += ["GDEF", "GPOS", "GSUB", "MATH"]
    return made


@contextmanager
def _small_fonts() -> Iterator[None]:
    """Embed fonts without tables that a PDF, whose glyphs are already placed, never uses.

    To subset these tables takes longer than to subset the glyphs.
    """
    subset.Options = _font_options
    try:
        yield
    finally:
        subset.Options = _OPTIONS


def _with_palette(pixels: npt.NDArray[np.uint8]) -> Image.Image:
    """A picture of few colours, if nobody can see the difference."""
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
    """The first colours, and one after another that which is farthest from all chosen."""
    if len(colours) <= _COLOURS:
        return colours
    chosen, rest = colours[:_FREQUENT], colours[_FREQUENT:]
    away = np.asarray(cKDTree(chosen).query(rest)[0])
    farthest = []
    for _ in range(_COLOURS - _FREQUENT):
        farthest.append(int(away.argmax()))
        away = np.minimum(away, np.linalg.norm(rest - rest[farthest[-1]], axis=1))
    return np.concatenate([chosen, rest[farthest]])

"""Files of figures: PDF with embedded fonts, PNG, SVG; they carry their caption."""

from __future__ import annotations

import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from matplotlib.figure import Figure

from netinnov._runtime.arguments import as_list, check_choice
from netinnov._runtime.atomic import make_folder, write_bytes
from netinnov._runtime.interruption import check_interrupted
from netinnov._version import __version__
from netinnov.errors import InputError
from netinnov.plotting._drawing import caption_notes
from netinnov.plotting._fonts import one_line
from netinnov.plotting._style import EMBEDDED, settings

Format = Literal["pdf", "png", "svg"]
DOTS = 300  # an inch, of PNG

# Title, caption, command, maker, and a date that is not given: the same figure, the same bytes
_KEYS = {"pdf": ("Title", "Subject", "Keywords", "Creator", "CreationDate")}
_KEYS["png"] = ("Title", "Description", "Comment", "Software", "Creation Time")
_KEYS["svg"] = ("Title", "Description", "Source", "Creator", "Date")


def save_figure(
    figure: Figure,
    folder: str | os.PathLike[str],
    name: str,
    *,
    caption: str | None = None,
    command: str = "",
    formats: Sequence[Format] = ("pdf", "png"),
) -> tuple[Path, ...]:
    """Write a figure as PDF with embedded fonts, PNG of 300 dots an inch, or SVG with text as text.

    Parameters
    ----------
    figure : Figure
        Any figure; it is neither closed nor changed.
    folder : path
        Made if it is not there.
    name : str
        File name without its ending.
    caption : str, optional
        ``Description`` in PNG and SVG, ``Subject`` in PDF. Default: what is left out of the figure,
        and how its marks are read.
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
        If `name` has a folder in it, or a file cannot be written; none is left half written.

    Examples
    --------
    >>> import tempfile
    >>> from matplotlib.figure import Figure
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in save_figure(Figure(), folder, "empty")]
    ['empty.pdf', 'empty.png']
    """
    for each in as_list("formats", formats):
        check_choice("formats", each, Format)
    if not name or Path(str(name)).name != name:
        raise InputError(f"`name` must be the name of a file, without a folder; found {name!r}.")
    if caption is None:
        caption = " ".join(dict.fromkeys(note for ax in figure.axes for note in caption_notes(ax)))
    out = make_folder(folder)
    content = encode_figure(figure, name, caption=caption, command=command, formats=formats)
    paths = {each: out / f"{name}.{each}" for each in dict.fromkeys(formats)}
    for each, path in paths.items():
        write_bytes(path, content[each])
    check_interrupted()
    return tuple(paths.values())


def encode_figure(
    figure: Figure, name: str, *, caption: str, command: str, formats: Sequence[Format]
) -> dict[Format, bytes]:
    """File contents, in memory: matplotlib replaces the error of a full disk by its own."""
    content: dict[Format, bytes] = {}
    for each in dict.fromkeys(formats):
        said = (*map(one_line, (name, caption, command, f"netinnov {__version__}")), None)
        about: Any = {key: text for key, text in zip(_KEYS[each], said, strict=True) if text != ""}
        stream = BytesIO()
        with settings(EMBEDDED):
            figure.savefig(stream, format=each, dpi=DOTS, metadata=about)
        content[each] = stream.getvalue()
    return content

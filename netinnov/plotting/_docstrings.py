"""What many figures share in their docstrings: said once, and added to that of each.

Parameters
----------
names : mapping from id to str, optional
    Labels; by default the names in the table of places, if there is one, else the ids.
label : str, optional
    What is drawn, with its unit.
top : int
    At most this many rows are drawn, the first.
pairs : DataFrame
    Index = candidate, columns ``home`` and ``host``: places.
places : DataFrame
    Index = place, columns ``lon`` and ``lat`` in degrees, such as ``network.places``.
extent : (west, east, south, north), optional
    Degrees of the frame; by default all that has coordinates.
basemap : "land", None, GeoDataFrame, GeoSeries or path
    Land and sea (Natural Earth, 1:50 million, without borders), nothing, or your own shapes in
    any coordinate system, or as GeoJSON (needs the extra ``maps``).
edge_kws : mapping, optional
    Settings of matplotlib for the lines (`LineCollection`), or arrows (`FancyArrowPatch`).
node_kws : mapping, optional
    Settings of matplotlib for the markers (`scatter`).
ax : Axes, optional
    Where to draw; a new figure by default (89 or 183 mm wide in `print_style`).

Returns
-------
Axes
    With what is drawn; `save_figure` writes its figure, with the notes that belong to it.

Raises
------
InputError
    If what is drawn is of another type, lacks a column or row, or holds a value out of range.
"""

from __future__ import annotations

import inspect
import re
from typing import Any


def complete(module: dict[str, Any]) -> None:
    """Add what is shared to the docstring of each figure, parameters in their order."""
    if not __doc__:  # python -OO
        return
    _, shared, *result = _sections(__doc__)
    for function in [each for name, each in module.items() if name.startswith("plot_")]:
        head, own, *others = _sections(inspect.cleandoc(function.__doc__))
        entries = _entries(shared) | _entries(own)
        listed = dict.fromkeys(entries[name] for name in inspect.signature(function).parameters)
        own = "\n".join(["Parameters", "----------", *listed])
        function.__doc__ = "\n\n".join([head, own, *result, *others])


def _sections(docstring: str) -> list[str]:
    return re.split(r"\n\n(?=\w+\n---)", docstring.strip())


def _entries(section: str) -> dict[str, str]:
    parts = re.split(r"\n(?=\S)", section.partition("---\n")[2])
    heads = [(part.partition("\n")[0].partition(" :")[0], part) for part in parts]
    return {name: part for head, part in heads for name in head.split(", ")}

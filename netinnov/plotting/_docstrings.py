"""Parameters that many figures share: said once, and added to the docstring of each."""

from __future__ import annotations

import inspect
import re
from typing import Any

_SHARED = """\
names : mapping from id to str, optional
    Labels; by default the names in the table of places, if there is one, else the ids.
extent : (west, east, south, north), optional
    Degrees of the frame; by default all that has coordinates.
basemap : "land", None, GeoDataFrame, GeoSeries or path
    What is drawn below: land and sea (Natural Earth, 1:50 million, without borders), nothing,
    or your own shapes, in any coordinate system, or as GeoJSON (needs the extra ``maps``).
edge_kws : mapping, optional
    Settings of matplotlib for the lines (`LineCollection`).
node_kws : mapping, optional
    Settings of matplotlib for the markers (`scatter`).
ax : Axes, optional
    Where to draw; a new figure by default (89 or 183 mm wide in `print_style`).
"""


def complete(module: dict[str, Any]) -> None:
    """Add what is shared to the parameters of each figure, in the order of its signature."""
    for function in [each for name, each in module.items() if name.startswith("plot_")]:
        text = inspect.cleandoc(function.__doc__)
        before, _, rest = text.partition("Parameters\n----------\n")
        own, _, after = rest.partition("\n\nReturns\n")
        entries, names = _entries(_SHARED) | _entries(own), inspect.signature(function).parameters
        told = "\n".join(dict.fromkeys(entries[name] for name in names))
        function.__doc__ = f"{before}Parameters\n----------\n{told}\n\nReturns\n{after}"


def _entries(section: str) -> dict[str, str]:
    parts = re.split(r"\n(?=\S)", section.rstrip())
    heads = [(part.partition("\n")[0].partition(" :")[0], part) for part in parts]
    return {name: part for head, part in heads for name in head.split(", ")}

"""Enclaves of a map as arrows from home to host: those of one pair are one arrow."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

_WIDTHS = (1.2, 5.0)
_COLOUR = "#a6a6a6"
_ARROW: dict[str, Any] = {"connectionstyle": "arc3,rad=-0.18", "mutation_scale": 1, "shrinkA": 2.5}
_ARROW |= {"joinstyle": "miter", "zorder": 3}
_DASH = {"reverse": "solid", "forward": (0, (4, 2)), "level": (0, (1, 1.5))}


def arrows_between(
    enclaves: pd.DataFrame | None, nodes: pd.Index[str], parents: pd.Series[str]
) -> tuple[pd.DataFrame, list[str]]:
    """Columns home, host, direction, count of the enclaves between nodes; notes on the others."""
    columns = ["home", "host", "direction"]
    if enclaves is None or enclaves.empty:
        return pd.DataFrame(columns=[*columns, "count"]), []
    ends = enclaves.reindex(columns=columns).astype(object).fillna({"direction": "reverse"})
    for end in ("home", "host"):
        ends[end] = ends[end].map(lambda place: _node_around(place, nodes, parents))
    known = ends.dropna()
    crossing = known.loc[known["home"] != known["host"]]
    arrows = crossing.groupby(columns, sort=False).size().reset_index(name="count")
    notes = []
    if lost := len(ends) - len(known):
        notes.append(f"Enclaves left out, as an end is not on the map: {lost}.")
    if inner := len(known) - len(crossing):
        notes.append(f"Enclaves inside one place, not drawn: {inner}.")
    return arrows, notes


def _node_around(place: Any, nodes: pd.Index[str], parents: pd.Series[str]) -> str | None:
    """The node that a place is or lies in; None where there is none."""
    while isinstance(place, str) and place not in nodes:
        place = parents.get(place)
    return place if isinstance(place, str) else None


def draw_arrows(ax: Axes, arrows: pd.DataFrame, located: pd.DataFrame) -> list[Line2D]:
    """An arrow for each row, below the links; handles for the legend, one a direction."""
    handles = {}
    thin, wide = _WIDTHS
    most = max(float(arrows["count"].max()), 2.0) if len(arrows) else 2.0
    for home, host, direction, count in arrows.itertuples(index=False):
        style: dict[str, Any] = {"color": _COLOUR, "linestyle": _DASH.get(direction, "solid")}
        width = thin + (wide - thin) * (count - 1) / (most - 1)
        arrow = FancyArrowPatch(tuple(located.loc[home]), tuple(located.loc[host]), **_ARROW)
        arrow.set_arrowstyle(f"-|>,head_length={3 + 1.2 * width:.2f},head_width={1 + 0.9 * width}")
        arrow.set(linewidth=width, gid=f"{home} -> {host}", **style)
        arrow.shrinkB = 4.0 + width / 2
        ax.add_patch(arrow)
        label = f"{direction} enclaves" + (f", 1 to {int(most)}" if most > 2 else "")
        handles[direction] = Line2D(
            [], [], linewidth=2.0, marker=">", markevery=[1], label=label, markersize=5, **style
        )
    return [handles[key] for key in sorted(handles, reverse=True)]

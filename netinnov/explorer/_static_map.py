"""The first view without scripts: a map of the places and their links, and a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import numpy as np

from netinnov._typing import Floats

WIDTH, HEIGHT = 960.0, 640.0
MARGIN = 24.0
LABELS = 12
LINKS = 400
"""Labels and links drawn, the strongest first."""


def mercator(lon: Any, lat: Any) -> Floats:
    """Web Mercator in degrees, north up the page."""
    y = np.degrees(np.log(np.tan(np.pi / 4 + np.radians(np.asarray(lat, np.float64)) / 2)))
    return np.column_stack([np.asarray(lon, np.float64), -y])


def static_map(
    points: Floats, names: Sequence[str], size: Floats, links: Sequence[tuple[int, int, float]]
) -> str:
    """An SVG of places at given points (NaN: not drawn), larger if stronger, and their links."""
    known = np.asarray(np.isfinite(points).all(axis=1), bool)
    if not known.any():
        return ""
    low, high = points[known].min(axis=0), points[known].max(axis=0)
    scale = ((np.array([WIDTH, HEIGHT]) - 2 * MARGIN) / np.maximum(high - low, 1e-9)).min()
    centre = (low + high) / 2
    at = (points - centre) * scale + np.array([WIDTH, HEIGHT]) / 2
    top = float(np.nanmax(size, initial=0.0)) or 1.0
    parts = [
        f'<svg viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img" aria-label="Map of the places">'
    ]
    drawn = [link for link in links if known[link[0]] and known[link[1]]]
    for a, b, _ in sorted(drawn, key=lambda link: -link[2])[:LINKS]:
        (x1, y1), (x2, y2) = at[a], at[b]
        parts.append(f'<path class="link" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>')
    order = np.argsort(-np.nan_to_num(size), kind="stable")
    for i in order[known[order]]:
        x, y = at[i]
        radius = 2.5 + 9 * np.sqrt(max(float(np.nan_to_num(size[i])), 0.0) / top)
        parts.append(
            f'<circle class="place" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}">'
            f"<title>{escape(names[i])}</title></circle>"
        )
    for i in order[known[order]][:LABELS]:
        x, y = at[i]
        parts.append(f'<text x="{x + 8:.1f}" y="{y - 6:.1f}">{escape(names[i])}</text>')
    return "".join([*parts, "</svg>"])


def static_table(
    names: Sequence[str], columns: dict[str, Sequence[object]], shown: Iterable[int]
) -> str:
    """A table of some of the places."""
    heads = "".join(f"<th scope=col>{escape(name)}</th>" for name in ("place", *columns))
    rows = []
    for i in shown:
        cells = "".join(f"<td>{_cell(values[i])}</td>" for values in columns.values())
        rows.append(f"<tr><th scope=row>{escape(names[i])}</th>{cells}</tr>")
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _cell(value: object) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else escape(str(value))

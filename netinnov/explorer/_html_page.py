"""One HTML file that allows nothing from outside: code, data, a first view without scripts."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

import numpy as np

from netinnov._typing import Floats

# Characters that HTML forbids, and lone surrogates, which UTF-8 cannot encode.
NOT_IN_HTML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# How a page begins: what begins otherwise is never replaced by one.
MARK = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="generator" content="netinnov explore">\n'
)
WIDTH = 960.0
HEIGHT = 640.0
MARGIN = 24.0
LINKS = 400
LABELS = 12  # that are drawn, the strongest first


def page(data: dict[str, Any], *, title: str, first_view: str) -> str:
    """Build the page; labels are data, never markup, and `first_view` is escaped HTML."""
    code = _source("page.js")
    style = _source("page.css")
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data: blob:; "
        f"script-src '{_hash(code)}'; style-src '{_hash(style)}'"
    )
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<\u2028\u2029":  # no text can end the script or begin a comment
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    html = (
        f'{MARK}<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f'<div id="app"><main class="first"><h1>{escape(title)}</h1>{first_view}</main></div>\n'
        f'<script type="application/json" id="data">{text}</script>\n'
        f"<script>{code}</script>\n</body>\n</html>\n"
    )
    return NOT_IN_HTML.sub("\N{REPLACEMENT CHARACTER}", html)


@cache
def _source(name: str) -> str:
    text = files("netinnov.explorer").joinpath(name).read_text(encoding="utf-8")
    return text.strip()


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def mercator(lon: Any, lat: Any) -> Floats:
    y = np.degrees(np.log(np.tan(np.pi / 4 + np.radians(np.asarray(lat, np.float64)) / 2)))
    return np.column_stack([np.asarray(lon, np.float64), -y])


def static_map(
    points: Floats, names: Sequence[str], size: Floats, links: Sequence[tuple[int, int, float]]
) -> str:
    known = np.asarray(np.isfinite(points).all(axis=1), bool)
    if not known.any():
        return ""
    low = points[known].min(axis=0)
    high = points[known].max(axis=0)
    scale = ((np.array([WIDTH, HEIGHT]) - 2 * MARGIN) / np.maximum(high - low, 1e-9)).min()
    centre = (low + high) / 2
    at = (points - centre) * scale + np.array([WIDTH, HEIGHT]) / 2
    top = float(np.nanmax(size, initial=0.0)) or 1.0
    size_of_page = f"0 0 {WIDTH:.0f} {HEIGHT:.0f}"
    parts = [f'<svg viewBox="{size_of_page}" role="img" aria-label="Map of the places">']
    drawn = [link for link in links if known[link[0]] and known[link[1]]]
    for a, b, _ in sorted(drawn, key=lambda link: -link[2])[:LINKS]:
        (x1, y1) = at[a]
        (x2, y2) = at[b]
        parts.append(f'<path class="link" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>')
    order = np.argsort(-np.nan_to_num(size), kind="stable")
    for i in order[known[order]]:
        (x, y) = at[i]
        radius = 2.5 + 9 * np.sqrt(max(float(np.nan_to_num(size[i])), 0.0) / top)
        parts.append(f'<circle class="place" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}">')
        parts.append(f"<title>{escape(names[i])}</title></circle>")
    for i in order[known[order]][:LABELS]:
        x, y = at[i]
        parts.append(f'<text x="{x + 8:.1f}" y="{y - 6:.1f}">{escape(names[i])}</text>')
    return "".join([*parts, "</svg>"])


def static_table(
    names: Sequence[str], columns: dict[str, Sequence[object]], shown: Iterable[int]
) -> str:
    heads = "".join(f"<th scope=col>{escape(name)}</th>" for name in ("place", *columns))
    rows = []
    for i in shown:
        cells = "".join(f"<td>{_cell(values[i])}</td>" for values in columns.values())
        rows.append(f"<tr><th scope=row>{escape(names[i])}</th>{cells}</tr>")
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _cell(value: object) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else escape(str(value))

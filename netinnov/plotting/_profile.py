"""The profile of polycentricity, index by index, as a forest of values, intervals and nulls."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.plotting._drawing import (
    chance,
    drawing,
    legend_above,
    number,
    page_width,
    table_of,
    write_notes,
)
from netinnov.plotting._fonts import Names, printable
from netinnov.plotting._forest import write_columns
from netinnov.plotting._style import DOUBLE, INK, PALETTE, larger, lay_out, write

_SPAN = ("low", "high", "low_without_one", "high_without_one", "null_low", "null_high")
_NULL = "#d4d4d4"
_POINT: dict[str, Any] = {"marker": "o", "linestyle": "none", "markersize": 4.2}
_POINT |= {"markeredgecolor": INK, "markeredgewidth": 0.8}
_LEVEL = 0.05
_SIZES = "size_"
_NARROW = 120.0  # millimetres, below which only the value is written
_END = 10.0  # millimetres for the number at either end of a row, at least
_DIGIT, _GAP = 1.4, 2.5  # millimetres: a digit, and the least room between two columns


def plot_profile(
    profile: pd.DataFrame,
    *,
    names: Names | None = None,
    resampled: str = "flows",
    ax: Axes | None = None,
) -> Axes:
    """Draw each index with its interval, its range without one place, and the null model.

    Parameters
    ----------
    profile : DataFrame
        A row an index, as `netinnov.polycentricity.profile` gives it: ``value``, and of the
        following what there is: ``low, high`` (interval), ``low_without_one, high_without_one``,
        ``null_mean, null_low, null_high``, ``z``, ``p``, ``of`` and ``many_centres_if``.
    names : mapping from index to str, optional
        What the rows are called.
    resampled : str
        What the intervals resample, as the legend has it, such as ``"events"``.
    ax : Axes, optional
        Where to draw; a new figure of 183 mm by default. Below 120 mm only values are written.

    Returns
    -------
    Axes
        From the top, rows as given, grouped where ``of`` changes. Grey band: null model, with its
        mean; thick line: interval; thin line: range without one place; point: value, filled if p <=
        0.05.

    Raises
    ------
    InputError
        If there is no row, no column ``value``, or a column is no number.

    Notes
    -----
    Indices have different units, so that each row has a scale of its own, from the least to the
    greatest of its numbers, which are written at its ends: compare inside a row, not between
    rows. Rows whose ``many_centres_if`` is "low" are turned round (larger numbers at the left):
    in all rows what lies further right speaks for more centres.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"value": 0.4, "low": 0.3, "high": 0.5, "many_centres_if": "low", "p": 0.01}
    >>> ax = plot_profile(pd.DataFrame([row], index=["gini"]))
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['gini']
    """
    table = _checked(profile)
    turned = table["many_centres_if"].eq("low").to_numpy()
    names = {} if names is None else names
    with drawing(ax, DOUBLE, 34 + 4.6 * len(table)) as ax:
        rows, headings = _places(table["of"])
        records = zip(rows, table.to_dict("records"), turned, strict=True)
        wide = [_draw_row(ax, at, row, turned=bool(flip)) for at, row, flip in records]
        end = max(_END, _GAP + 6 / 7 * _DIGIT * max(wide))
        names_end = end + _GAP / 2
        indices = zip(table.index, table["of"], strict=True)
        ax.set_yticks(rows, [_label(names, name, of) for name, of in indices])
        bottom = rows[-1] + 0.7
        ax.set(ylim=(bottom, -1.1), xlim=(-0.01, 1.01))
        ax.set_xticks([])
        ax.tick_params(axis="y", length=0, pad=names_end * 72 / 25.4)
        ax.spines[:].set_visible(False)
        for at, text in headings:
            _write_beside(ax, 0, at, -names_end, text)
        columns = _columns(table, narrow=page_width(ax) < _NARROW)
        write_columns(ax, rows, columns, away=end)
        note = "Each row has its own scale, whose ends are written."
        arrow = " Where the larger end is at the left, low values speak for many centres."
        write_notes(ax, [note + (arrow if turned.any() else "")])
        _draw_legend(ax, table, resampled)
        if turned.any() or table["many_centres_if"].eq("high").any():
            _write_directions(ax)
    return ax


def _checked(profile: Any) -> pd.DataFrame:
    drawn = table_of("profile", profile, ["value"], of="polycentricity.profile()")
    if drawn.empty:
        raise InputError("`profile` must have a row for each index; found none.")
    numbers = ["value", *_SPAN, "null_mean", "z", "p"]
    table = drawn.reindex(columns=[*numbers, "of", "many_centres_if"])
    for name in numbers:
        if name in drawn and not pd.api.types.is_numeric_dtype(drawn[name]):
            raise InputError(f"`profile`: the column {name!r} must hold numbers.")
        table[name] = table[name].astype(float)
    for name in ("of", "many_centres_if"):
        table[name] = table[name].astype(object).where(table[name].notna(), "")
    return table


def _places(of: pd.Series[str]) -> tuple[list[float], list[tuple[float, str]]]:
    rows: list[float] = []
    headings = []
    at, before = 0.0, ""
    for group in of:
        if group and group != before:
            at += 0.35 if rows else 0.0
            headings.append((at, f"of {printable(group)}"))
            at += 1.0
            before = group
        rows.append(at)
        at += 1.0
    return rows, headings


def _label(names: Names, name: Any, of: str) -> str:
    if name in names:
        return printable(names[name])
    return printable(str(name).removeprefix(_SIZES if of == "size" else "")).replace("_", " ")


def _draw_row(ax: Axes, at: float, row: dict[Any, float], *, turned: bool) -> int:
    drawn = np.array([row[name] for name in ("value", *_SPAN, "null_mean")])
    drawn = drawn[np.isfinite(drawn)]
    if not drawn.size:
        return 0
    low, high = float(drawn.min()), float(drawn.max())

    def spot(*values: float) -> Floats:
        share = (np.array(values) - low) / (high - low if high > low else 1.0)
        share += 0.5 * (high == low)  # one number alone stands in the middle
        return np.asarray(1 - share if turned else share)

    ax.plot([0, 1], [at, at], color="#e6e6e6", linewidth=0.5, zorder=0)
    band = spot(row["null_low"], row["null_high"])
    if np.isfinite(band).all():
        width = max(abs(band[1] - band[0]), 0.004)
        corner = (band.mean() - width / 2, at - 0.38)
        ax.add_patch(Rectangle(corner, width, 0.76, facecolor=_NULL, linewidth=0, zorder=1))
    mean = spot(row["null_mean"])
    ax.plot(np.repeat(mean, 2), [at - 0.38, at + 0.38], color="#8c8c8c", linewidth=0.9, zorder=2)
    without = spot(row["low_without_one"], row["high_without_one"])
    ax.plot(without, [at, at], color=INK, linewidth=0.6, marker="|", markersize=5, zorder=3)
    interval = spot(row["low"], row["high"])
    ax.plot(interval, [at, at], color=PALETTE[0], linewidth=2.4, solid_capstyle="butt", zorder=4)
    (point,) = ax.plot(spot(row["value"]), [at], zorder=5, clip_on=False, **_POINT)
    point.set_markerfacecolor(INK if row["p"] <= _LEVEL else "white")
    ends = [low] if low == high else [high, low] if turned else [low, high]
    texts = [_three_digits(end) for end in ends]
    for x, text in enumerate(texts):
        _write_beside(ax, x, at, 0.9 if x else -0.9, text, left=bool(x))
    return max(map(len, texts))


def _columns(table: pd.DataFrame, *, narrow: bool) -> list[tuple[str, list[str]]]:
    columns = [("value", [_three_digits(value) or "–" for value in table["value"]])]
    if not narrow:
        for head, names in (("interval", ["low", "high"]), ("null", ["null_low", "null_high"])):
            pairs = table[names].to_numpy().tolist()
            texts = [" to ".join(map(_three_digits, pair)) for pair in pairs]
            columns.append((head, [text if text[0] != " " else "" for text in texts]))
        columns.append(("z", ["" if np.isnan(z) else number(z, "+.1f") for z in table["z"]]))
        columns.append(("p", [chance(p) for p in table["p"]]))
    return [(head, texts) for head, texts in columns if any(texts)]


def _write_beside(
    ax: Axes,
    x: float,
    at: float,
    away: float,
    text: str,
    *,
    left: bool = False,
) -> None:
    look: dict[str, Any] = {"ha": "left" if left else "right"}
    look |= {"xycoords": ax.get_yaxis_transform(), "annotation_clip": False}
    write(ax, text, (x, at), away=(away * 72 / 25.4, 0), **look)


def _draw_legend(ax: Axes, table: pd.DataFrame, resampled: str) -> None:
    handles: list[Any] = []
    if table["p"].notna().any():
        filled = f"value, p \N{LESS-THAN OR EQUAL TO} {_LEVEL:g}"
        handles.append(Line2D([], [], markerfacecolor=INK, label=filled, **_POINT))
    text = "value, larger p or none" if handles else "value"
    handles.append(Line2D([], [], markerfacecolor="white", label=text, **_POINT))
    if table["low"].notna().any():
        text = f"95 % interval, {printable(resampled)} resampled"
        handles.append(Line2D([], [], color=PALETTE[0], linewidth=2.4, label=text))
    if table["low_without_one"].notna().any():
        style: dict[str, Any] = {"color": INK, "linewidth": 0.6, "marker": "|", "markersize": 5}
        handles.append(Line2D([], [], label="range without one place", **style))
    if table["null_low"].notna().any():
        handles.append(Patch(facecolor=_NULL, label="null model, 95 % (line: mean)"))
    legend_above(ax, handles, ncols=2)


def _write_directions(ax: Axes) -> None:
    few, many = "\N{LEFTWARDS ARROW} few centres", "many centres \N{RIGHTWARDS ARROW}"
    style: dict[str, Any] = {"va": "center", "fontsize": 7 * larger()}
    ends = [
        ax.text(0, -0.75, few, ha="left", **style),
        ax.text(1, -0.75, many, ha="right", **style),
    ]
    lay_out(ax)
    left, right = (text.get_window_extent() for text in ends)
    if left.x1 + 0.1 * (left.width + right.width) > right.x0:
        for text in ends:
            text.set_text(text.get_text().replace(" centres", ""))


def _three_digits(value: float) -> str:
    """Three significant digits, trailing zeros kept; "" for NaN."""
    if np.isnan(value):
        return ""
    if value in {0.0, np.inf, -np.inf} or (value == round(value) and abs(value) < 1000):
        text = f"{value:.0f}".replace("inf", "\N{INFINITY}")
    else:
        text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:#.3g}".rstrip(".")
    return text.replace("-", "\N{MINUS SIGN}")

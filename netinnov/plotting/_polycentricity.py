"""How many centres there are: the profile of indices, and ranks against sizes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from scipy.special import stdtrit

from netinnov._runtime.arguments import as_floats, one_column, shown
from netinnov._typing import Floats, Whole
from netinnov.errors import InputError
from netinnov.plotting._drawing import chance, finish, is_narrow, number, table_of, write_columns
from netinnov.plotting._fonts import Names, printable
from netinnov.plotting._labels import label_points
from netinnov.plotting._style import (
    BAND,
    MARKS,
    PALETTE,
    SINGLE,
    drawing,
    ink,
    larger,
    paper,
    tone,
    write,
)
from netinnov.polycentricity import rank_size

Method: TypeAlias = Literal["ols", "gabaix"]

_SLOPES = {"ols": "slope", "gabaix": "slope of rank \N{MINUS SIGN} ½ on size"}
_SPAN = ("low", "high", "low_without_one", "high_without_one", "null_low", "null_high")
_LEVEL = 0.05
_END = 10.0  # millimetres for the number at either end of a row, at least
_DIGIT = 1.4
_GAP = 2.5  # millimetres: a digit, and the least room between two columns


def plot_profile(
    profile: pd.DataFrame,
    *,
    names: Names | None = None,
    resampled: str = "flows",
    ax: Axes | None = None,
) -> Axes:
    """Draw each index with its interval, its range without one place, and the null model.

    Grey band: null model, with its mean; thick line: interval; thin line: range without one place;
    point: value, filled if p <= 0.05. Each row has a scale of its own, whose ends are written:
    compare inside a row. Rows whose ``many_centres_if`` is "low" are turned round: in all rows what
    lies further right speaks for more centres. A figure below 120 mm has only values at the right.

    Parameters
    ----------
    profile : DataFrame
        A row an index, as `netinnov.polycentricity.profile` gives it: ``value``, and perhaps ``low,
        high`` (interval), ``low_without_one, high_without_one``, ``null_mean, null_low,
        null_high``, ``z``, ``p``, ``of`` (what groups rows) and ``many_centres_if``.
    names : mapping from index to str, optional
        What the rows are called.
    resampled : str
        What the intervals resample, as the legend has it, such as ``"events"``.

    Examples
    --------
    >>> row = {"value": 0.4, "low": 0.3, "high": 0.5, "many_centres_if": "low", "p": 0.01}
    >>> [text.get_text() for text in plot_profile(pd.DataFrame([row], ["gini"])).get_yticklabels()]
    ['gini']
    """
    table = _checked(profile)
    turned = table["many_centres_if"].eq("low").tolist()
    names = {} if names is None else names
    words = {"interval": f"95 % interval, {printable(resampled)} resampled"}
    words["value"] = "value, larger p or none" if table["p"].notna().any() else "value"
    with drawing(ax, 34 + 4.6 * len(table)) as ax:
        rows, headings = _places(table["of"])
        records = zip(rows, table.to_dict("records"), turned, strict=True)
        wide = [_draw_row(ax, at, row, words, turned=flip) for at, row, flip in records]
        end = larger() * max(_END, _GAP + 6 / 7 * _DIGIT * max(wide))
        labels = [
            printable(names.get(name, str(name).removeprefix("size_" if of == "size" else "")))
            for name, of in zip(table.index, table["of"], strict=True)
        ]
        ax.set_yticks(rows, [label.replace("_", " ") for label in labels])
        ax.set(ylim=(rows[-1] + 0.7, -1.1), xlim=(-0.01, 1.01), xticks=[])
        ax.tick_params(axis="y", length=0, pad=(end + _GAP / 2) * 72 / 25.4)
        ax.spines[:].set_visible(False)
        for at, text in headings:
            _write_beside(ax, 0, at, -end - _GAP / 2, text)
        columns = _columns(table, narrow=is_narrow(ax))
        write_columns(ax, rows, columns, away=end)
        if table["many_centres_if"].isin(["low", "high"]).any():
            text = "few \N{LEFTWARDS ARROW} centres \N{RIGHTWARDS ARROW} many"
            ax.text(0.5, -0.75, text, ha="center", va="center")
        note = "Each row has its own scale, whose ends are written."
        arrow = " Where the larger end is at the left, low values speak for many centres."
        note += arrow * any(turned)
        return finish(ax, notes=[note], ncols=2, points_above=9.0)  # heads of columns


def _checked(profile: Any) -> pd.DataFrame:
    numbers = ["value", *_SPAN, "null_mean", "z", "p"]
    ranges = dict.fromkeys(numbers, (-np.inf, np.inf))
    of = "polycentricity.profile()"
    table = table_of("profile", profile, ["value"], of=of, rows="index", ranges=ranges)
    table = table.reindex(columns=[*numbers, "of", "many_centres_if"])
    words = table[["of", "many_centres_if"]].astype(object)
    return table.astype(dict.fromkeys(numbers, float)).assign(**words.where(words.notna(), ""))


def _places(of: pd.Series[str]) -> tuple[list[float], list[tuple[float, str]]]:
    """Heights of the rows, and of the headings above those of a group."""
    rows: list[float] = []
    headings = []
    at = 0.0
    before = ""
    for group in of:
        if group and group != before:
            headings.append((at + 0.35 * bool(rows), f"of {printable(group)}"))
            at = headings[-1][0] + 1.0
            before = group
        rows.append(at)
        at += 1.0
    return rows, headings


def _draw_row(
    ax: Axes, at: float, row: dict[Any, float], words: dict[str, str], *, turned: bool
) -> int:
    """Draw a row on a scale of its own; how long the numbers at its ends are."""
    drawn = np.array([row[name] for name in ("value", *_SPAN, "null_mean")])
    drawn = drawn[np.isfinite(drawn)]
    if not drawn.size:
        return 0
    low = float(drawn.min())
    high = float(drawn.max())

    def spots(*names: str) -> Floats:
        share = (np.array([row[name] for name in names]) - low) / (high - low or 1.0)
        share += 0.5 * (high == low)  # one number alone stands in the middle
        return np.asarray(1 - share if turned else share)

    ax.plot([0, 1], [at, at], color=tone("#e6e6e6"), linewidth=0.5, zorder=0)
    band = spots("null_low", "null_high")
    if np.isfinite(band).all():
        width = max(np.ptp(band), 0.004)
        look: dict[str, Any] = {"color": tone(BAND), "label": "null model, 95 % (line: mean)"}
        ax.barh(at, width, 0.76, band.mean() - width / 2, zorder=1, **look)
    ax.vlines(spots("null_mean"), at - 0.38, at + 0.38, color="#8c8c8c", linewidth=0.9, zorder=2)
    thin = {"color": ink(), "linewidth": 0.6, "marker": "|", "markersize": 5, "zorder": 3}
    thick = {"color": PALETTE[0], "linewidth": 2.4, "solid_capstyle": "butt", "zorder": 4}
    for names, label, style in (
        (("low_without_one", "high_without_one"), "range without one place", thin),
        (("low", "high"), words["interval"], thick),
    ):
        if np.isfinite(ends := spots(*names)).all():
            ax.plot(ends, [at, at], label=label, **style)
    if np.isfinite(row["value"]):
        sure = row["p"] <= _LEVEL
        label = f"value, p \N{LESS-THAN OR EQUAL TO} {_LEVEL:g}" if sure else words["value"]
        point: dict[str, Any] = {
            "mec": ink(),
            "mfc": ink() if sure else paper(),
            "label": label,
            "markersize": 4.2,
            "mew": 0.8,
            "zorder": 5,
            "clip_on": False,
        }
        ax.plot(spots("value"), [at], "o", **point)
    limits = [low] if low == high else [high, low] if turned else [low, high]
    texts = [_three_digits(limit) for limit in limits]
    for x, text in enumerate(texts):
        _write_beside(ax, x, at, 0.9 if x else -0.9, text)
    return max(map(len, texts))


def _columns(table: pd.DataFrame, *, narrow: bool) -> list[tuple[str, list[str]]]:
    columns = {"value": [_three_digits(value) or "–" for value in table["value"]]}
    if not narrow:
        for head, ends in (("interval", ["low", "high"]), ("null", ["null_low", "null_high"])):
            pairs = [" to ".join(map(_three_digits, pair)) for pair in table[ends].to_numpy()]
            columns[head] = [pair.removeprefix(" to ") for pair in pairs]
        columns["z"] = ["" if np.isnan(z) else number(z, "+.1f") for z in table["z"]]
        columns["p"] = [chance(p) for p in table["p"]]
    return [(head, texts) for head, texts in columns.items() if any(texts)]


def _write_beside(ax: Axes, x: float, at: float, away: float, text: str) -> None:
    look = {"ha": "left" if away > 0 else "right", "xycoords": ax.get_yaxis_transform()}
    write(ax, text, (x, at), away=(away * 72 / 25.4, 0), annotation_clip=False, **look)


def _three_digits(value: float) -> str:
    """Three significant digits, trailing zeros kept; "" for NaN."""
    whole = abs(value) >= 1000 or value % 1 == 0
    text = number(value, ",.0f" if whole else "#.3g").rstrip(".").replace("inf", "\N{INFINITY}")
    return text if value == value else ""


def plot_rank_size(
    values: pd.Series[float] | pd.DataFrame | Sequence[float] | Floats,
    *,
    ax: Axes | None = None,
    label: str | None = None,
    labelled: Whole = 4,
    method: Method = "ols",
) -> Axes:
    """Draw sizes against their rank, both logarithmic, with the fitted line and its interval.

    Points, the line of `netinnov.polycentricity.rank_size`, and its slope in the legend; 95 %
    interval and standard error are in the caption (`save_figure`). The shade lies between the lines
    of either end of the interval through the centre of the points, if both fall. Zeros are left
    out. Several series are drawn on the same axes one after another.

    The interval of ``"ols"``, Student's t with n - 2 degrees of freedom, is too narrow, as ranked
    values do not scatter independently (Gabaix and Ibragimov 2011). That of ``"gabaix"`` is slope
    -/+ 1.96 slope sqrt(2/n), for many places.

    Parameters
    ----------
    values : Series or sequence of float
        Sizes of places, none negative. Names are taken from the index of a Series.
    label : str, optional
        What the sizes are; begins the entry of the legend.
    labelled : int
        How many of the largest places are named, where there is room.
    method : {"ols", "gabaix"}
        ``"ols"``: ln size on ln rank. ``"gabaix"``: ln(rank - 1/2) on ln size, whose slope is the
        tail's exponent.

    References
    ----------
    Gabaix and Ibragimov (2011), Journal of Business and Economic Statistics 29, 24-39.

    Examples
    --------
    >>> plot_rank_size(pd.Series({"a": 100.0, "b": 50.0, "c": 25.0})).lines[0].get_ydata().tolist()
    [100.0, 50.0, 25.0]
    """
    values = one_column("values", values)
    numbers = as_floats("values", values)
    if numbers.ndim != 1:
        raise InputError(f"`values` must be one number a place; found {shown(values)}.")
    names = values.index if isinstance(values, pd.Series) else None
    sizes = pd.Series(numbers, names).sort_values(ascending=False, kind="stable")
    sizes = sizes[sizes > 0]
    ranks = np.arange(1.0, len(sizes) + 1)
    fit = rank_size(sizes.to_numpy(), method=method)
    student = float(stdtrit(fit.n - 2, 0.975)) if method == "ols" and fit.n > 2 else 1.96
    low = fit.slope - student * fit.standard_error
    high = fit.slope + student * fit.standard_error
    named = names is not None and bool(labelled)
    with drawing(ax, 70, SINGLE) as ax:
        position = len(ax.lines) // 2
        colour = PALETTE[position % len(PALETTE)]
        text = (f"{printable(label)}\n" if label else "") + f"n = {len(sizes):,}"
        if np.isfinite(fit.slope):
            text += f", {_SLOPES[method]} {number(fit.slope, '.2f')}"
        face = "none" if position % 2 else colour
        marks: dict[str, Any] = {"markersize": 3.2, "markeredgewidth": 0.7, "markerfacecolor": face}
        ax.plot(ranks, sizes, MARKS[position % len(MARKS)], color=colour, label=text, **marks)
        # Turned round, the line of Gabaix bends where ranks are low.
        along = ranks if method == "ols" or not len(ranks) else np.geomspace(1, len(ranks), 200)
        if high < 0:
            x = np.log(ranks - 0.5 * (method == "gabaix"))
            y = np.log(sizes.to_numpy())
            x, y = (x, y) if method == "ols" else (y, x)
            one, other = (_line(along, b, y.mean() - b * x.mean(), method) for b in (low, high))
            ax.fill_between(along, one, other, color=colour, alpha=0.15, linewidth=0, zorder=0)
        line = _line(along, fit.slope, fit.intercept, method)
        ax.plot(along, line, ("-", "--", ":")[position % 3], color=colour, linewidth=0.9)
        if len(sizes):  # an empty logarithmic axis cannot be drawn
            ax.set(xscale="log", yscale="log")
            ax.margins(0.08, 0.2 if named else 0.12)
            sides: Any = ((ax.xaxis, ax.set_xlim), (ax.yaxis, ax.set_ylim))
            for axis, set_limits in sides:
                least, most = axis.get_view_interval()
                steps = (1, 2, 5) if most / least < 2000 else (1,)
                axis.set_major_locator(LogLocator(subs=steps, numticks=12))
                axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.10g}"))
                axis.set_minor_formatter(NullFormatter())
                least, most = axis.get_data_interval()
                if most <= least * (1 + 1e-6):  # one value needs room about it
                    set_limits(least / 2, most * 2, auto=True)
        of = f"{label}: " if label else ""  # a caption needs no font
        error = f"standard error {number(fit.standard_error, '#.2g').rstrip('.')}"
        narrow = ", too narrow as by OLS" if method == "ols" else ""
        span = f"{number(low, '.2f')} to {number(high, '.2f')}"
        note = f"{of}95 % interval of the slope {span} ({error}{narrow})."
        notes = [note] if fit.standard_error > 0 else []
        finish(ax, x="rank", y="size", notes=notes, handlelength=1.0)
        if named:
            points = np.column_stack([ranks, sizes])
            texts = [printable(name, longest=20) for name in sizes.index]
            label_points(ax, points, texts, radii=np.full(len(sizes), 1.6), most=labelled)
    return ax


def _line(ranks: Floats, slope: float, intercept: float, method: Method) -> Floats:
    """Sizes on the fitted line; Gabaix's regression is of rank on size, so it is inverted."""
    if method == "ols":
        return np.exp(intercept + slope * np.log(ranks))
    return np.exp((np.log(ranks - 0.5) - intercept) / slope)

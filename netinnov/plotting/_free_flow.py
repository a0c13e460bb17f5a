"""Free flow between regions as models see it: rest points and phases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.patches import Patch
from scipy.optimize import linear_sum_assignment

from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.plotting._drawing import (
    MODELLED,
    drawing,
    legend_above,
    number,
    percent,
    table_of,
    write_notes,
)
from netinnov.plotting._fonts import printable
from netinnov.plotting._style import DASHES, GREY, INK, PALETTE, SINGLE

_PHASES = {"convergence": "#cfe3f1", "either": "#7fa8c9", "divergence": "#b4551d"}
_APART = 0.2  # change of a share beyond which neighbouring points are on different branches


def plot_bifurcation(
    diagram: pd.DataFrame,
    *,
    points: Mapping[str, float] | None = None,
    label: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the rest points of two regions over a parameter.

    Parameters
    ----------
    diagram : DataFrame
        From `mechanisms.free_flow.bifurcation_diagram`: the parameter, ``share``, ``stable``.
    points : mapping from name to value, optional
        Values to mark by upright lines: break, sustain and fold points. NaN is left out.
    label : str, optional
        Of the axis of the parameter; the name of its column by default.
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

    Returns
    -------
    Axes
        Stable rest points as thick solid lines, unstable ones as thin dashed lines.

    Raises
    ------
    InputError
        If the table has no row, or lacks a column.

    Notes
    -----
    Branches go through the rest points of neighbouring values, and end where the table has none:
    give values close to the points where branches meet.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"k": [1.0, 2.0], "share": [0.5, 0.5], "stable": [True, True]})
    >>> ax = plot_bifurcation(table, points={"break point": 2.0})
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['stable', 'break point: 2.000']
    """
    diagram = table_of("diagram", diagram, ["share", "stable"], of="bifurcation_diagram()")
    diagram = diagram.dropna(subset="share")
    if diagram.shape[1] < 3 or diagram.empty:
        msg = "`diagram` must have rows, and the parameter as its first column; found the shape "
        raise InputError(f"{msg}{diagram.shape}; see bifurcation_diagram().")
    parameter = str(diagram.columns[0])
    marks = {name: float(at) for name, at in (points or {}).items() if np.isfinite(at)}
    with drawing(ax, SINGLE, 72) as ax:
        values = np.unique(diagram[parameter].to_numpy(np.float64))
        for stable, name, colour, width, dash in (
            (True, "stable", PALETTE[0], 1.8, "solid"),
            (False, "unstable", PALETTE[1], 1.0, (0, (3, 1.6))),
        ):
            look: dict[str, Any] = {"color": colour, "linewidth": width, "linestyle": dash}
            rows = diagram[diagram["stable"].astype(bool) == stable]
            for at, (x, y) in enumerate(_branches(rows, parameter, values)):
                (line,) = ax.plot(x, y, label=name if at == 0 else "_", zorder=3, **look)
                line.set(marker="o" if len(x) == 1 else "", markersize=2.0)
        for at, (name, value) in enumerate(marks.items()):
            text = f"{printable(name)}: {number(value, '.3f')}"
            ax.axvline(value, color=GREY, linewidth=0.7, linestyle=DASHES[at % 4 + 1], label=text)
        ax.set(xlim=(values[0], values[-1]) if values[0] < values[-1] else None, ylim=(-0.03, 1.03))
        ax.set_ylabel("share of the mobile in region 1")
        write_notes(ax, [MODELLED], label=printable(label or parameter, longest=80))
        legend_above(ax, ncols=2)
    return ax


def plot_phase_map(
    phases: pd.DataFrame,
    *,
    labels: tuple[str, str] | None = None,
    curves: Mapping[str, pd.Series[float]] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw where two regions converge and where they diverge.

    Parameters
    ----------
    phases : DataFrame
        As `netinnov.mechanisms.free_flow.phase_map` gives it: numbers in the index and the columns,
        ``convergence``, ``either`` or ``divergence`` in the cells.
    labels : (str, str), optional
        Of the horizontal and the upright axis; the names of columns and index by default.
    curves : mapping from name to Series, optional
        Lines over the map: upright values by index, horizontal values in the Series.
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

    Returns
    -------
    Axes
        From light to dark: convergence, either as it begins, divergence, with shares of the map.

    Raises
    ------
    InputError
        If a cell holds another word, or the map has fewer than two rows or columns.

    Examples
    --------
    >>> import pandas as pd
    >>> words = [["convergence", "divergence"], ["convergence", "divergence"]]
    >>> ax = plot_phase_map(pd.DataFrame(words, index=[0.0, 1.0], columns=[0.0, 1.0]))
    >>> len(ax.get_legend().get_texts())
    2
    """
    known = list(_PHASES)
    codes = _checked_phases(phases, known)
    x, y = (np.asarray(axis, dtype=np.float64) for axis in (phases.columns, phases.index))
    called = (phases.columns.name, phases.index.name)
    axis_labels = labels or ["" if name is None else str(name) for name in called]
    with drawing(ax, SINGLE, 80) as ax:
        colours = ListedColormap(list(_PHASES.values()))
        norm = BoundaryNorm(np.arange(-0.5, len(known)), colours.N)
        ax.pcolormesh(x, y, codes, cmap=colours, norm=norm, shading="nearest", rasterized=True)
        entries: list[Any] = []
        for code, (name, colour) in enumerate(_PHASES.items()):
            if share := float((codes == code).mean()):
                text = f"{'either, as it begins' if name == 'either' else name}: {percent(share)}"
                style: dict[str, Any] = {"facecolor": colour, "edgecolor": INK, "linewidth": 0.3}
                entries.append(Patch(label=text, **style))
        for at, (name, curve) in enumerate((curves or {}).items()):
            line = ax.plot(curve.to_numpy(float), curve.index.to_numpy(float), color=INK)[0]
            line.set(linewidth=1.0, linestyle=DASHES[at % len(DASHES)], label=printable(name))
            entries.append(line)
        ax.set(xlim=(x.min(), x.max()), ylim=(y.min(), y.max()))
        ax.set_ylabel(printable(axis_labels[1], longest=80))
        write_notes(ax, [MODELLED], label=printable(axis_labels[0], longest=80))
        legend_above(ax, entries)
    return ax


def _branches(rows: pd.DataFrame, parameter: str, values: Floats) -> list[tuple[Floats, Floats]]:
    lines: list[list[tuple[float, float]]] = []
    going: list[list[tuple[float, float]]] = []
    for value in values:
        points = rows.loc[rows[parameter] == value, "share"].to_numpy(np.float64)
        distances = np.abs(np.array([line[-1][1] for line in going])[:, None] - points)
        pairs = zip(*linear_sum_assignment(distances), strict=True)
        near = [
            (int(point), going[line]) for line, point in pairs if distances[line, point] <= _APART
        ]
        ahead = dict(near)
        for point, share in enumerate(points.tolist()):
            if point not in ahead:
                ahead[point] = []
                lines.append(ahead[point])
            ahead[point].append((float(value), share))
        going = [ahead[point] for point in range(len(points))]
    return [(x, y) for x, y in (np.array(line).T for line in lines)]


def _checked_phases(phases: Any, known: list[str]) -> Floats:
    if not isinstance(phases, pd.DataFrame) or min(phases.shape) < 2:
        msg = "`phases` must be a table of at least two rows and columns; "
        raise InputError(f"{msg}found {getattr(phases, 'shape', type(phases).__name__)}.")
    words = phases.to_numpy()
    codes = pd.Index(known).get_indexer(pd.Index(words.ravel())).reshape(words.shape)
    if (codes < 0).any():
        raise InputError(f"`phases` must hold {', '.join(known)}; found {words[codes < 0][0]!r}.")
    return codes.astype(np.float64)

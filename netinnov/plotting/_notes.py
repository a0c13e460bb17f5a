"""Sentences below a figure, and the numbers in its text."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from netinnov.plotting._fonts import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes

__all__ = ["number", "percent", "write_notes"]

_LETTERS = 0.76  # of 7 points that stand on a millimetre


def percent(share: float) -> str:
    """A share in percent; its line does not break inside."""
    return f"{round(100 * share, 1):g}\N{NO-BREAK SPACE}%"


def number(value: float, form: str = ".3g") -> str:
    """A number with a true minus sign; one that rounds to 0 has none."""
    sign, form = ("+", form[1:]) if form.startswith("+") else ("", form)
    point = form.index(".")
    return f"{value:{sign}z{form[:point]}{form[point:]}}".replace("-", "\N{MINUS SIGN}")


def write_notes(
    ax: Axes,
    notes: Iterable[str],
    *,
    label: str = "",
    beside: float = 14.0,
    pad: float = 4.0,
    at_end: bool = False,
) -> None:
    """Write the label of the x axis, and sentences below it in lines that fit the page.

    Parameters
    ----------
    ax : Axes
        Its x label is set.
    notes : iterable of str
        Sentences; empty ones are left out.
    label : str
        Of the x axis.
    beside : float
        Millimetres of the figure's width left and right of the axes.
    pad : float
        Points between the ticks and the text.
    at_end : bool
        Whether the label stands at the end of the axis, apart from the sentences.
    """
    room = ax.figure.canvas.figure.get_figwidth() * 25.4 - beside
    text = " ".join(note for note in notes if note)
    lines = textwrap.wrap(text, width=max(int(room * _LETTERS), 24), break_long_words=False)
    below = [printable(line, longest=1000) for line in lines]
    first = [" " if at_end else label] if label else []
    ax.set_xlabel("\n".join([*first, *below]), loc="left", labelpad=pad)
    if label and at_end:
        ax.annotate(
            label,
            (1, 1),
            xycoords=("axes fraction", ax.xaxis.label),
            ha="right",
            va="top",
            fontsize=7,
            annotation_clip=False,
        )

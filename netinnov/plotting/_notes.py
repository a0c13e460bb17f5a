"""Sentences for the caption of a figure, and the numbers in its text."""

from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from matplotlib.axes import Axes

from netinnov.plotting._fonts import one_line

MODELLED = "Modelled, not observed."

_kept: WeakKeyDictionary[Axes, tuple[str, ...]] = WeakKeyDictionary()


def caption_notes(ax: Axes) -> tuple[str, ...]:
    """Sentences that belong into the caption of a figure of this package.

    Parameters
    ----------
    ax : Axes
        That a ``plot_*`` function gave back.

    Returns
    -------
    tuple of str
        What is left out and how marks are read; empty where there is nothing to say.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> from netinnov.plotting import caption_notes, plot_flow_map
    >>> nodes = pd.DataFrame({"place": ["a", "b", "c"]}, index=["a", "b", "c"])
    >>> coordinates = {"lon": [118.9, 120.2, None], "lat": [29.0, 30.3, None]}
    >>> places = pd.DataFrame(coordinates, index=["a", "b", "c"])
    >>> links = pd.DataFrame({"source": ["a"], "target": ["b"]})
    >>> caption_notes(plot_flow_map(ni.build_network(nodes, links, places)))
    ('Places left out, as they have no coordinates: 1 of 3.',)
    """
    return _kept.get(ax, ())


def percent(share: float) -> str:
    """A share in percent; its line does not break inside."""
    return f"{round(100 * share, 1):g}\N{NO-BREAK SPACE}%"


def number(value: float, form: str = ".3g") -> str:
    """A number with a true minus sign; one that rounds to 0 has none."""
    sign, form = ("+", form[1:]) if form.startswith("+") else ("", form)
    point = form.index(".")
    return f"{value:{sign}z{form[:point]}{form[point:]}}".replace("-", "\N{MINUS SIGN}")


def chance(p: float, none: str = "") -> str:
    """A p-value of three decimals without its zero; ``none`` where it is not defined."""
    if p != p:
        return none
    return "<.001" if p < 0.001 else f"{p:.3f}".removeprefix("0")


def write_notes(
    ax: Axes,
    notes: Iterable[str],
    *,
    label: str = "",
    at_end: bool = False,
) -> None:
    """Write the label of the x axis, and keep sentences for the caption (empty ones are left out).

    That the figure shows a model stands below the label, which ``at_end`` puts at the end.
    """
    notes = [one_line(note) for note in notes if note]
    _kept[ax] = tuple(note for note in notes if note != MODELLED)
    below = [MODELLED] if MODELLED in notes else []
    text = "\n".join([*([label] if label else []), *below])
    ax.set_xlabel(text, loc="right" if at_end else "left" if below else "center")

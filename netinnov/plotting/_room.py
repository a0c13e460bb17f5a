"""What stands below axes that share a figure: its room, and that values are modelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MODELLED = "Modelled, not observed."

_LABELS = 14.0  # millimetres for the ticks and label of the y axis


def beside(ax: Axes) -> float:
    """Millimetres of the figure's width that are not of these axes."""
    spec = ax.get_subplotspec()
    parts = spec.get_gridspec().ncols if spec is not None else 1
    width = ax.figure.canvas.figure.get_figwidth() * 25.4
    return float(width - width / parts + _LABELS)

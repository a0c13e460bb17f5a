"""What a report is made of: sentences and figures, each with the tables behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Drawing", "Finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence and the tables that its numbers come from."""

    text: str
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure with its caption and the tables that its numbers come from.

    Of the tables in `instead` the figure shows what the page would: the page leaves them to the
    folder. `modelled` are the modelled layers that enter.
    """

    name: str
    figure: Figure
    caption: str
    tables: tuple[str, ...]
    instead: tuple[str, ...] = ()
    modelled: tuple[str, ...] = ()

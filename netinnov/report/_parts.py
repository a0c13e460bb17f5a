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
    """A figure with its caption and the tables that its numbers come from."""

    name: str
    figure: Figure
    caption: str
    tables: tuple[str, ...]

"""The tutorials of the documentation: their pages and the code in them."""

from __future__ import annotations

from doctest import DocTestParser
from pathlib import Path

__all__ = ["TUTORIALS", "parts"]

TUTORIALS = sorted((Path(__file__).parents[1] / "docs/tutorials").glob("*.md"))


def parts(page):
    """Text (a str) and examples (with `source` and `want`) in the order of the page."""
    return DocTestParser().parse(Path(page).read_text("utf-8"), str(page))

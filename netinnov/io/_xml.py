"""Plain values in XML."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from netinnov.io._attributes import Kind

__all__ = ["XML_OF", "escaped"]

ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
    # A reader makes a space or a line feed of these unless they are written as numbers.
    | {code: f"&#{ord(code)};" for code in "\t\n\r"}
)


def escaped(text: str) -> str:
    """Text as it stands in an element or an attribute."""
    return text.translate(ESCAPES)


def _number(value: float) -> str:
    if math.isinf(value):
        return "INF" if value > 0 else "-INF"
    return repr(value)


XML_OF: dict[Kind, Callable[[Any], str]] = {
    "boolean": lambda value: "true" if value else "false",
    "integer": str,
    "number": _number,
    "text": escaped,
}
"""How XML Schema writes a plain value."""

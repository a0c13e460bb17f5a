"""Text that a terminal shows and does not obey."""

from __future__ import annotations

import re

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Control characters but tab and line feed, line separators, and overrides of direction."""


def without_controls(text: str, *, one_line: bool = False) -> str:
    r"""Escape the characters that move the cursor, colour the screen or turn the text around.

    With `one_line` line feeds are escaped as well, as in a name that must not look like two.
    """
    text = text.replace("\n", "\\n") if one_line else text
    return CONTROLS.sub(lambda control: control[0].encode("unicode_escape").decode(), text)

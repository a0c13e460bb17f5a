"""Text that a terminal shows and does not obey."""

from __future__ import annotations

import re

# Control characters but tab and line feed, line separators, overrides of direction
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def without_controls(text: str, *, one_line: bool = False) -> str:
    text = text.replace("\n", "\\n") if one_line else text
    return CONTROLS.sub(lambda control: control[0].encode("unicode_escape").decode(), text)

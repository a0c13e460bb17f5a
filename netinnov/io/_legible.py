"""Characters that a format cannot hold, and what is written for them."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

from netinnov.errors import InputError, shortened

Twins = dict[int, int]  # a visible character that is never markup, in place of another

PICTURES = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
NO_TEXT = dict.fromkeys([*range(0xD800, 0xE000), 0xFFFE, 0xFFFF], 0xFFFD)
XML: Twins = {k: v for k, v in PICTURES.items() if k not in b"\t\n\r\x7f"} | NO_TEXT
LINE: Twins = PICTURES | NO_TEXT
# For quoted labels in formats that have no escapes
LABEL: Twins = LINE | {ord('"'): ord("＂"), ord("\\"): ord("＼")}


def legible(
    texts: Iterable[str | None],
    twins: Twins,
    format: str,
    *,
    stacklevel: int = 4,
    **distinct: Iterable[str],
) -> dict[str | None, str | None]:
    written = {text: None if text is None else text.translate(twins) for text in texts}
    for kind, group in distinct.items():
        first: dict[str, str] = {}
        for text in dict.fromkeys(group):
            if (other := first.setdefault(text.translate(twins), text)) != text:
                msg = f"{format} must tell all {kind} apart, but cannot hold some characters of "
                alike = f"{other!r} and {text!r}, which would become one; rename one of them."
                raise InputError(msg + alike)
    odd = [text for text, other in written.items() if text is not None and text != other]
    if odd:
        shown = [f"{text!r} as {written[text]!r}" for text in sorted(odd, key=len)[:3]]
        examples = ", ".join(shown + ["..."] * (len(odd) > 3))
        msg = f"{format} cannot hold some characters of {len(odd)} texts; visible twins stand for "
        msg += f"them: {examples}."
        warnings.warn(shortened(msg), UserWarning, stacklevel=stacklevel)
    return written

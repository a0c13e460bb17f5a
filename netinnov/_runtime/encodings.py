"""Bytes of a text file as text: UTF-8, or UTF-16 and GB18030 where nothing else fits."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Any

from netinnov.errors import InputError

MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
USUAL_SHARE = 0.95
# Shares of wide characters that must be in GB 2312, and in its frequent first level
FREQUENT_SHARE = 0.5
LAST_FREQUENT = 0xD7  # first byte of the last of the frequent; signs come before them


def check_encoding(encoding: Any) -> str | None:
    try:
        _ = encoding is not None and "".encode(encoding)
    except (LookupError, TypeError, ValueError):
        raise InputError(
            "`encoding` must be the name of an encoding such as 'gb18030' or 'cp1252'; found "
            f"{encoding!r}."
        ) from None
    return encoding


def text_of(name: str, data: bytes, encoding: str | None = None) -> tuple[str, str | None]:
    """The text, and its encoding where that was found and is not UTF-8."""
    asked = encoding if encoding is None else codecs.lookup(encoding).name
    if data.startswith(MARKS) and (asked is None or asked.startswith("utf-16")):
        return decoded(name, data, "UTF-16"), "UTF-16"
    if encoding is not None:
        return decoded(name, data, "UTF-8" if asked == "utf-8" else encoding), None
    try:
        mend = "save the file as UTF-8, or name its encoding, as encoding='gb18030' or 'cp1252'"
        return decoded(name, data, mend=mend), None
    except InputError:
        if _is_gb18030(data):
            return decoded(name, data, "GB18030"), "GB18030"
        raise


def decoded(
    name: str | Path,
    data: bytes,
    encoding: str = "UTF-8",
    *,
    mend: str = "save the file as UTF-8",
    first: int = 1,
) -> str:
    """Text without a byte order mark; ``first`` is the number of its first line."""
    at = -1
    try:
        text = data.decode("utf-8-sig" if encoding == "UTF-8" else encoding)
        # UTF-7 may hold halves of characters
        odd = re.search("\0" if encoding == "UTF-8" else "[\0\ud800-\udfff]", text)
        if odd is None:
            return text
        line = text.count("\n", 0, odd.start())
        fault = (
            "NUL characters, as UTF-16 has" if odd[0] == "\0" else f"half a character, {odd[0]!r}"
        )
    except ValueError as error:
        at = getattr(error, "start", 0)
        line = data.count(b"\n", 0, at)
        fault = f"the byte 0x{data[at]:02x}, which is not"
    raise InputError(
        f"{name} must be {encoding}; line {line + first} has {fault}; {mend}, or get it again if "
        "it is cut off."
    ) from None


def _is_gb18030(data: bytes) -> bool:
    """Whether it is GB18030, not Latin-1 (accents before ASCII) or Cyrillic (rare characters)."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    # Four bytes, of rare hanzi and other scripts, speak neither for it nor against it
    long = {one for one in set(text) if one.isprintable() and len(one.encode("gb18030")) == 4}
    wide = [letter for letter in text if letter > "\x7f" and letter not in long]
    usual = "".join(wide).encode("gb2312", errors="ignore")
    frequent = sum(lead <= LAST_FREQUENT for lead in usual[::2])
    return 0 < USUAL_SHARE * len(wide) <= len(usual) / 2 and frequent >= FREQUENT_SHARE * len(wide)

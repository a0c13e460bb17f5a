"""Bytes of a text file as text: UTF-8, or UTF-16 and GB18030 where nothing else fits."""

from __future__ import annotations

import codecs
from pathlib import Path

from netinnov.errors import InputError

# Byte order marks; that of UTF-32 begins with that of UTF-16
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)

NEWLINE = b"\n"
USUAL_SHARE = 0.95
# Shares of wide characters that must be in GB 2312, and in its frequent first level
FREQUENT_SHARE = 0.5
LAST_FREQUENT = 0xD7  # first byte of the last of the frequent; signs come before them


def check_encoding(encoding: object) -> str | None:
    if encoding is None:
        return None
    if isinstance(encoding, str):
        try:
            codecs.lookup(encoding)
            "".encode(encoding)
        except (LookupError, ValueError):
            pass
        else:
            return encoding
    msg = "`encoding` must be the name of an encoding such as 'gb18030' or 'cp1252'; found "
    raise InputError(f"{msg}{encoding!r}.")


def text_of(name: str, data: bytes, encoding: str | None = None) -> tuple[str, str | None]:
    for mark, codec, called in MARKS:
        family = codec.removesuffix("-sig")  # of the encodings that the mark belongs to
        asked = encoding is None or codecs.lookup(encoding).name.startswith(family)
        if data.startswith(mark) and asked:
            text = _decoded(name, data, codec, called)
            return without_nul(name, text), None if called == "UTF-8" else called
    if encoding is not None:
        return without_nul(name, _decoded(name, data, encoding, encoding)), None
    if b"\0" in data and (unmarked := _utf16(data)) is not None:
        return unmarked, "UTF-16"
    try:
        return without_nul(name, data.decode("utf-8")), None
    except UnicodeDecodeError:
        if _is_gb18030(data):
            return without_nul(name, data.decode("gb18030")), "GB18030"
        mend = "save the file as UTF-8, or name its encoding, such as encoding='cp1252'"
        return utf8_of(name, data, mend=mend), None


def utf8_of(
    name: str | Path, data: bytes, *, mend: str = "save the file as UTF-8", first: int = 1
) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].split(NEWLINE)
        at = len(before[-1].decode("utf-8", "replace")) + 1
        msg = f"{name} must be UTF-8; line {first + len(before) - 1} has the byte "
        msg += f"0x{data[error.start]:02x} as its character {at}"
        if error.reason == "unexpected end of data":
            raise InputError(f"{msg} and ends inside it; get the file again.") from None
        raise InputError(f"{msg}, which is not; {mend}.") from None


def _decoded(name: str, data: bytes, codec: str, called: str) -> str:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError) as error:
        at = getattr(error, "start", None)
        line = "" if at is None else f"; line {data[:at].count(NEWLINE) + 1} is not"
        msg = f"{name} must be {called}{line}; get the file again, or save it as UTF-8."
        raise InputError(msg) from None


def _utf16(data: bytes) -> str | None:
    """UTF-16 without a mark, recognised by NUL at every second byte of ASCII letters."""
    odd, even = data[1::2].count(0), data[::2].count(0)
    if min(odd, even) > 0.02 * max(odd, even):
        return None
    try:
        text = data.decode("utf-16-le" if odd > even else "utf-16-be")
    except UnicodeDecodeError:
        return None
    return text if set(text) & {"\n", "\r"} and "\0" not in text else None


def _is_gb18030(data: bytes) -> bool:
    """Whether it is GB18030, not Latin-1 (accents before ASCII) or Cyrillic (rare characters)."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    wide = [letter for letter in text if letter > "\x7f"]
    usual = "".join(wide).encode("gb2312", errors="ignore")
    frequent = sum(lead <= LAST_FREQUENT for lead in usual[::2])
    return len(usual) / 2 >= USUAL_SHARE * len(wide) and frequent >= FREQUENT_SHARE * len(wide)


def without_nul(name: str, text: str) -> str:
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        msg = f"{name} must be UTF-8; line {line} has NUL characters, as UTF-16 has; save the "
        raise InputError(f"{msg}file as UTF-8.")
    return text

"""Names of places as keys: case, accents, spelling, other languages, mended encoding, codes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import pandas as pd

LETTERS = str.maketrans(
    {"Ø": "O", "Æ": "AE", "Œ": "OE", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH", "ẞ": "SS", "Ħ": "H"}
)
TWO_LETTERS = str.maketrans({"Ä": "AE", "Ö": "OE", "Ü": "UE", "Å": "AA", "Ø": "OE"})
ALIKE = {"SAINT": "ST", "SANKT": "ST", "SINT": "ST", "SAINTE": "STE", "KGS": "KONGENS"}
MARKS = re.compile("[\u02b0-\u036f]")
WORD = re.compile(r"[^\W_]+")
SEPARATOR = re.compile(r"[,;/|()\[\]]|\s[-–—]|[-–—]\s")
CITY_IN_CHINESE = re.compile("(?<=[\u4e00-\u9fff]{2})市$")
POSTAL = re.compile(r"\bCEDEX\b|\b[A-Z]{1,2}-(?=\d{4})|\b\w*\d\w*\b", re.IGNORECASE)


class Address(NamedTuple):
    segments: tuple[tuple[str, ...], ...]  # words between commas or brackets, without postal codes
    codes: tuple[str, ...]  # one or two letters at the end: a postal district, province or state

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(word for segment in self.segments for word in segment)


def words(text: str) -> tuple[str, ...]:
    """Upper case without accents and punctuation; ``St.`` and ``Saint`` are one word."""
    plain = text.upper()
    if not plain.isascii():
        plain = MARKS.sub("", unicodedata.normalize("NFKD", plain.translate(LETTERS)))
    return tuple([ALIKE.get(word, word) for word in WORD.findall(plain)])


def keys(name: str) -> list[str]:
    """Lookup spellings without blanks: ``ZURICH`` and ``ZUERICH``; 苏州 also for 苏州市."""
    keys = ["".join(words(name))]
    if not name.isascii():
        composed = unicodedata.normalize("NFC", name).upper()
        if (two := composed.translate(TWO_LETTERS)) != composed:
            keys.append("".join(words(two)))
        if (short := CITY_IN_CHINESE.sub("", keys[0])) != keys[0]:
            keys.append(short)
    return keys


def mended(text: str) -> str:
    """Repair UTF-8 decoded as Mac Roman or Windows-1252: ``M√ºnster`` is Münster."""
    if not text.isascii():
        for encoding in ("mac_roman", "cp1252"):
            try:
                return text.encode(encoding).decode("utf-8")
            except UnicodeError:
                continue
    return text


def read_address(text: str) -> Address:
    segments = []
    codes = []
    for part in SEPARATOR.split(POSTAL.sub(" ", text)):
        segment = words(part)
        end = len(segment)
        while end and len(segment[end - 1]) <= 2 and segment[end - 1].isascii():
            end -= 1
        if end < len(segment):
            codes.append("".join(segment[end:]))
        if end:
            segments.append(segment[:end])
    return Address(tuple(segments), tuple(codes))


def cities_of(names: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Cities in `city_names.txt` by number, by their names in any language, and what is behind."""
    known = _cities()
    cities = {}
    for name in names:
        base, _, behind = name.partition(",")
        numbers = {known[key] for key in keys(base) if key in known}
        if len(numbers) == 1:
            cities[name] = (numbers.pop(), behind.strip().casefold())
    return cities


@cache
def _cities() -> dict[str, int]:
    lines = files("netinnov.geocoding").joinpath("city_names.txt").read_text("utf-8").splitlines()
    pairs = [
        (key, at)
        for at, line in enumerate(lines[1:])
        for key in {key for name in line.split("|") for key in keys(name)}
    ]
    at_of = pd.DataFrame(pairs, columns=["key", "at"]).drop_duplicates("key", keep=False)
    return dict(zip(at_of["key"], at_of["at"].tolist(), strict=True))

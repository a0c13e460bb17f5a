"""The door through which text reaches a figure: what its fonts can draw, and what they cannot."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from typing import Any, TypeAlias

import matplotlib as mpl
import pandas as pd
from matplotlib import font_manager
from matplotlib.text import Text

from netinnov._network.columns import DISPLAY_NAMES

_BASE_FONT = "DejaVu Sans"
_CJK_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "SimHei",
    "DengXian",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Sarasa Gothic SC",
    "HarmonyOS Sans SC",
    "LXGW WenKai",
    "Noto Sans CJK JP",
    "Noto Sans CJK TC",
    "Noto Serif CJK SC",
    "Noto Serif CJK JP",
    "Source Han Serif SC",
    "SimSun",
    "Songti SC",
    "AR PL UMing CN",
    "AR PL UKai CN",
    "Droid Sans Fallback",
    "Arial Unicode MS",
)
_CJK = re.compile(
    "[\u2e80-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef"
    "\U00020000-\U0003ffff]"
)
_ADVICE = (
    "No installed font has Chinese, Japanese or Korean characters: figures show '?' for each, or "
    "the English name where there is one. Install such a font, e.g. `apt install fonts-noto-cjk` "
    "on Debian and Ubuntu or Noto Sans SC of https://fonts.google.com/noto elsewhere, and start "
    "again."
)

_told: set[str] = set()
_undrawn: ContextVar[set[str] | None] = ContextVar("undrawn", default=None)


@cache
def cjk_font() -> str | None:
    """First family of Chinese; matplotlib's list is not made again when a font is installed."""
    manager = font_manager.fontManager
    if not {font.name for font in manager.ttflist}.intersection(_CJK_FONTS):
        for path in {*font_manager.findSystemFonts()} - {font.fname for font in manager.ttflist}:
            with suppress(OSError, RuntimeError):  # no font, or one of pictures
                manager.addfont(path)
    listed = {font.name for font in manager.ttflist}
    return next((family for family in _CJK_FONTS if family in listed), None)


def type_families(text: Text | None = None) -> list[str]:
    """Families of a text, else of the settings, with those that draw what they lack."""
    families = mpl.rcParams["font.family"] if text is None else text.get_fontfamily()
    return [*dict.fromkeys([*families, *print_families()])]


def print_families() -> list[str]:
    chinese = cjk_font()
    return [_BASE_FONT] if chinese is None else [_BASE_FONT, chinese]


def place_names(places: pd.DataFrame, *, chinese: bool = False) -> pd.Series[str]:
    """Names that the fonts can draw, else the id; warns once of a missing glyph."""
    order = ["name_zh", *DISPLAY_NAMES] if chinese else DISPLAY_NAMES
    called = places[[column for column in order if column in places]].astype(object)
    lacking: set[str] = set()
    names = []
    for place, texts in zip(places.index, called.where(called.notna(), "").to_numpy(), strict=True):
        for name in filter(None, map(one_line, texts)):
            if not (missing := _lacking(name)):
                break
            lacking |= missing
        else:
            name = str(place)
        names.append(name)
    _tell(lacking)
    return pd.Series(names, index=places.index, name="name", dtype="str")


Names: TypeAlias = Mapping[Any, str] | pd.Series


def name_of(names: Names | None, node: Any, *, longest: int = 40) -> str:
    name: Any = None if names is None else names.get(node)
    return printable(node if name is None or pd.isna(name) else name, longest=longest)


def printable(text: object, *, longest: int = 40) -> str:
    """Single-line text without mathematics or control characters; "?" for missing glyphs."""
    line = one_line(text)
    lacking = _lacking(line)
    _tell(lacking)
    line = "".join("?" if c in lacking else c for c in line)
    line = line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
    line = f" {line}" if line.startswith("_") else line  # else no legend has it
    return line.replace("$", r"\$")


@contextmanager
def undrawn_characters() -> Iterator[set[str]]:
    """Collect the characters of labels that no font can draw, in place of a warning."""
    characters: set[str] = set()
    token = _undrawn.set(characters)
    try:
        yield characters
    finally:
        _undrawn.reset(token)


def font_advice(characters: Collection[str]) -> str:
    """Say what was not drawn and how that is mended; nothing where all was drawn."""
    chinese = {c for c in characters if _CJK.match(c)} if cjk_font() is None else set()
    others = sorted(set(characters) - chinese)
    parts = [_ADVICE] if chinese else []
    if others:
        codes = ", ".join(f"U+{ord(c):04X}" for c in others[:5])
        more = f" and {len(others) - 5} more" if len(others) > 5 else ""
        fonts = " and ".join(type_families())
        parts.append(f"The font of figures ({fonts}) lacks {codes}{more}: '?' is drawn for each.")
    return " ".join(parts)


def one_line(text: object) -> str:
    line = " ".join(str(text).split())
    seen = (c for c in line if unicodedata.category(c) not in ("Cc", "Cf"))
    return " ".join("".join(seen).split()) or ("?" if line else "")


def _lacking(line: str) -> set[str]:
    fonts = [font_manager.FontProperties(family=[family]) for family in type_families()]
    known = _characters(tuple(map(font_manager.findfont, fonts)))
    return {c for c in line if ord(c) not in known}


def _tell(characters: set[str]) -> None:
    collected = _undrawn.get()
    if collected is not None:
        collected.update(characters)
    elif characters:
        chinese = any(map(_CJK.match, characters)) and cjk_font() is None
        kind = "Chinese" if chinese else "other"
        if kind not in _told:
            _told.add(kind)
            warnings.warn(font_advice(characters), UserWarning, stacklevel=3)


@cache
def _characters(paths: tuple[str, ...]) -> frozenset[int]:
    return frozenset().union(*(font_manager.get_font(p).get_charmap() for p in paths))

"""Numbers as a reader sees them, and names from data, which are isolated."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup, escape

MINUS = "\N{MINUS SIGN}"
ISOLATE, END = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
ISOLATED = re.compile(f"{ISOLATE}([^{ISOLATE}{END}]*){END}")
SMALLEST = 1e-6  # below it a number is written with a power of ten, not with a row of zeros
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def name(text: object) -> str:
    """Text from data, isolated (U+2068, U+2069) from the direction of what surrounds it."""
    return f"{ISOLATE}{text}{END}"


def plain(text: str) -> str:
    return text.replace(ISOLATE, "").replace(END, "")


def in_html(text: str) -> Markup:
    return Markup(ISOLATED.sub(r"<bdi>\1</bdi>", str(escape(text))))


def joined(parts: Sequence[str], *, last: str = " and ") -> str:
    return last.join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def in_sentences(notes: Iterable[str]) -> list[str]:
    """Each point of a note becomes a sentence of its own."""
    sentences = []
    for note in notes:
        head, *points = note.split("\n- ")
        for text in [f"{head.rstrip(':')}: {point}" for point in points] or [head]:
            text += "." * (not text.endswith((".", "!", "?")))
            if "." not in text.split(":")[0].rstrip("."):  # it does not begin with a file
                text = text[:1].upper() + text[1:]
            sentences.append(text)
    return sentences


def alike(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9)


def as_much(ranked: pd.Series, shown: pd.Series) -> int:
    """How many beyond those that are shown tie with the last of them."""
    return sum(alike(value, shown.iloc[-1]) for value in ranked.iloc[len(shown) :])


def number(value: float, *, digits: int = 3) -> str:
    """Significant digits; at least whole above a thousand, and a power of ten only far from 1."""
    if not math.isfinite(value):
        return signed(str(value)).replace("inf", "\N{INFINITY}")
    size = abs(value)
    if 1000 <= size < 1e15:
        return signed(f"{value:,.{max(0, digits - 1 - math.floor(math.log10(size)))}f}")
    if value == 0 or SMALLEST <= size < 1000:
        shown: dict[str, Any] = {"unique": False, "fractional": False, "trim": "-"}
        return signed(np.format_float_positional(value, digits, **shown))
    leading, power = f"{value:.{digits - 1}e}".split("e")
    return signed(f"{leading} × 10") + str(int(power)).translate(RAISED)


def with_decimals(ends: Iterable[float], value: float, digits: int) -> list[str]:
    """Ends of an interval with the decimals of its value, of a count with none."""
    count = value.is_integer() and abs(value) > 1
    decimals = 0 if count else min(max(0, digits - 1 - math.floor(math.log10(abs(value)))), 9)
    return [signed(f"{end:,.{decimals}f}") for end in ends]


def digits_apart(*values: float, least: int = 2, most: int = 9) -> int:
    """Significant digits, at least so many, with which numbers that differ are written apart."""
    different = {
        value for value in values if not any(0 < abs(value - x) <= 1e-9 * abs(x) for x in values)
    }
    fits = (
        n
        for n in range(least, most)
        if len({number(x, digits=n) for x in different}) == len(different)
    )
    return next(fits, most)


def signed(text: str) -> str:
    """With a true minus sign; what is shown as 0 has no sign."""
    if text.startswith(("-", "+")) and not text.strip("+-0.,"):
        return text[1:]
    return text.replace("-", MINUS)


def percent(share: float) -> str:
    """Close to the ends it does not round to them."""
    if 0 < share < 0.005:
        return "less than 0.5 %"
    if 0.995 < share < 1:
        return "more than 99.5 %"
    return f"{100 * share:.0f} %"


def changes(shares: Iterable[float]) -> list[str]:
    """Changes in per cent, with equal decimals, of which the largest has two digits."""
    changes = [100 * share for share in shares]
    largest = max((abs(value) for value in changes if math.isfinite(value)), default=0.0)
    decimals = min(max(1 - math.floor(math.log10(largest)), 1), 9) if largest else 1
    return [f"{_fixed(change, decimals)} %" for change in changes]


def _fixed(change: float, decimals: int) -> str:
    """With a sign; one that would be written as 0 says on which side of it it is."""
    if 0 < abs(change) < 0.5 * 10**-decimals:
        return f"just {'below' if change < 0 else 'above'} 0"
    return signed(f"{change:+,.{decimals}f}") if change else "0"

"""Numbers and names as a reader sees them; what comes from data is isolated and escaped."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

MINUS = "\N{MINUS SIGN}"

SMALLEST = 1e-6
"""Below it a number is written with a power of ten, not with a row of zeros."""

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def phrase(template: str, *parts: object, **named: object) -> Markup:
    """Fill the braces of a sentence of ours: text is escaped, what `name` made stays as it is."""
    return Markup(template).format(*parts, **named)


def name(text: object) -> Markup:
    """Text from data, escaped, and isolated from the direction of what surrounds it."""
    return Markup("<bdi>{}</bdi>").format(str(text))


def plain(text: str) -> str:
    """A sentence without its elements, such as for the description of a picture."""
    return text.striptags() if isinstance(text, Markup) else text


def joined(parts: Sequence[str], *, last: str = " and ", between: str = ", ") -> Markup:
    """A list in words: a, b and c."""
    if len(parts) < 2:
        return Markup().join(parts)
    return Markup(last).join([Markup(between).join(parts[:-1]), parts[-1]])


def some(parts: Sequence[str], n: int, *, most: int = 6) -> Markup:
    """The first few of `n`, and how many more there are."""
    shown = parts[:most]
    if n <= len(shown):
        return joined(shown)
    return Markup(", ").join(shown) + f" and {n - len(shown):,} more"


def counted(n: int, noun: str, plural: str = "") -> str:
    """A number with its noun."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {plural or noun + 's'}"


def times(n: int) -> str:
    """How often."""
    return {1: "once", 2: "twice"}.get(n, f"{n:,} times")


def are(n: int) -> str:
    """The verb of a number of things."""
    return "is" if n == 1 else "are"


def number(value: float, *, digits: int = 3) -> str:
    """Some significant digits; whole above a thousand, and a power of ten only far from 1."""
    if math.isnan(value):
        return "not defined"
    if math.isinf(value):
        return "\N{INFINITY}" if value > 0 else f"{MINUS}\N{INFINITY}"
    size = abs(value)
    if 1000 <= size < 1e15:
        return signed(f"{value:,.0f}")
    if value == 0 or SMALLEST <= size < 1000:
        return signed(
            np.format_float_positional(value, digits, unique=False, fractional=False, trim="-")
        )
    leading, power = f"{value:.{digits - 1}e}".split("e")
    return signed(f"{leading} × 10") + str(int(power)).translate(RAISED)


def places(effective: float) -> str:
    """An effective number of places, with two digits and from 100 on whole."""
    return number(effective, digits=2) if effective < 100 else number(round(effective))


def signed(text: str) -> str:
    """A number that was written out, with a true minus sign; what is shown as 0 has no sign."""
    if text.startswith(("-", "+")) and not text.strip("+-0.,"):
        return text[1:]
    return text.replace("-", MINUS)


def decimals_for(*changes: float) -> int:
    """Decimals that show two significant digits of the largest change."""
    largest = max((abs(value) for value in changes if math.isfinite(value)), default=0.0)
    return min(max(1 - math.floor(math.log10(largest)), 0), 9) if largest else 3


def fixed(value: float, decimals: int, *, sign: bool = False) -> str:
    """A number with as many decimals as its neighbours."""
    if math.isnan(value):
        return "not defined"
    if value == 0:
        return "0"
    if abs(value) < 0.5 * 10**-decimals:
        least = f"{10**-decimals:.{decimals}f}"
        return f"just {'below' if value < 0 else 'above'} 0" if sign else f"below {least}"
    return signed(f"{value:{'+' if sign else ''},.{decimals}f}")


def uncapitalised(text: str) -> str:
    """A sentence, or its subject, as it stands inside of another."""
    return type(text)(text[:1].lower() + text[1:])


def signed_percent(change: float) -> str:
    """A change that is in per cent, with its sign."""
    return f"{fixed(change, 2, sign=True)} %"


def percent(share: float) -> str:
    """Share of 1 in per cent; close to the ends it does not round to them."""
    if math.isnan(share):
        return "not defined"
    if 0 < share < 0.005:
        return "less than 0.5 %"
    if 0.995 < share < 1:
        return "more than 99.5 %"
    return f"{100 * share:.0f} %"


def out_of(n: int) -> Callable[[float], str]:
    """Write a share of so many as a number of them: 1 of 6."""

    def text(share: float) -> str:
        return f"{round(share * n):,} of {n:,}"

    return text


def per_cent_of(changes: Iterable[float], before: float) -> list[str]:
    """Changes in per cent of what was before, with like decimals; as they are if that is 0."""
    changes = [float(change) for change in changes]
    if not before or math.isnan(before):
        decimals = decimals_for(*changes)
        return [fixed(change, decimals, sign=True) for change in changes]
    shares = [100 * change / abs(before) for change in changes]
    decimals = max(decimals_for(*shares), 1)
    return [f"{fixed(share, decimals, sign=True)} %" for share in shares]


def cell(value: Any, *, longest: int = 80) -> str:
    """Content of a cell of a table."""
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "yes" if value else "no"
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return "–"
    if isinstance(value, Integral):
        return signed(f"{int(value):,}")
    if isinstance(value, Real):
        return number(float(value))
    text = str(value)
    return text if len(text) <= longest else text[: longest - 1] + "…"

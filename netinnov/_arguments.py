"""Checks of arguments at the door of public functions."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Sequence
from typing import Any, get_args

from netinnov.errors import InputError

__all__ = ["check_choice", "check_names", "check_number", "did_you_mean"]


def check_choice(name: str, value: object, choices: Any) -> None:
    """Refuse a value that is not one of a Literal, naming all that are."""
    allowed = get_args(choices)
    if value not in allowed:
        msg = f"`{name}` must be one of {', '.join(map(repr, allowed))}; found {value!r}."
        raise InputError(msg)


def check_number(
    name: str,
    value: Any,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    above: bool = False,
    below: bool = False,
) -> None:
    """Refuse what is no finite number in [low, high]; ``above`` or ``below`` leave an end out."""
    number = isinstance(value, (int, float)) or hasattr(value, "__float__")
    inside = number and math.isfinite(value) and low <= value <= high
    if not inside or (above and value == low) or (below and value == high):
        ends = [f"{'above' if above else 'at least'} {low:g}"] if math.isfinite(low) else []
        if math.isfinite(high):
            ends.append(f"{'below' if below else 'at most'} {high:g}")
        limits = " " + " and ".join(ends) if ends else ""
        raise InputError(f"`{name}` must be a finite number{limits}; found {value!r}.")


def check_names(
    what: str, names: Iterable[object], known: Sequence[str], *, of: str = "the network"
) -> list[str]:
    """The names as a list, each of them known; a single text is refused, it would be spelt out."""
    if isinstance(names, str):
        msg = f"`{what}` must be a sequence of names; found the text {names!r}; write [{names!r}]."
        raise InputError(msg)
    listed = list(names)
    allowed = set(known)
    unknown = [name for name in listed if name not in allowed]
    if unknown:
        shown = ", ".join(f"{name!r}{did_you_mean(name, known)}" for name in unknown[:5])
        msg = f"`{what}`: {len(unknown)} of {len(listed)} names are not in {of}: {shown}."
        raise InputError(msg)
    return [str(name) for name in listed]


def did_you_mean(name: object, known: Iterable[object]) -> str:
    """The nearest known spelling, as an addition to a message; nothing if none is near."""
    text = str(name)
    by_case = {other.casefold(): other for other in known if isinstance(other, str)}
    if text.casefold() in by_case:
        return f" (did you mean {by_case[text.casefold()]!r}?)"
    near = difflib.get_close_matches(text.casefold(), by_case, n=1, cutoff=0.6)
    return f" (did you mean {by_case[near[0]]!r}?)" if near else ""

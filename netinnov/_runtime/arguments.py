"""Checks of arguments at the door of public functions."""

from __future__ import annotations

import difflib
import math
import os
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._runtime.public import ARGUMENT_CHECKS, FROM_USERS
from netinnov._typing import Is
from netinnov.errors import InputError

SEARCHES = 10_000
REPEATS = 1_000_000
WHOLE = 2**31 - 1
# How results are made that functions ask for
_MADE = {
    "Axes": "plt.subplots()[1]",
    "CentrePlan": "what plan_centres gives",
    "Configuration": "what study.read_configuration gives",
    "ExperimentResult": "what compare_scenarios gives",
    "Figure": "ax.figure",
    "NullComparison": "compare_with_null(...)",
    "ParetoPlans": "what pareto_plans gives",
    "Prices": "Prices(park=..., link=..., pipeline=...)",
    "SitingPlan": "what site_enclaves gives",
    "SpaceAllocation": "what allocate_space gives",
    "SpaceDemand": "what space_demand gives",
}
COUNTS = (
    "bins horizon n_cities n_shares orders permutations placebos placements points "
    "replicates resamples samples settle size steps trials"
)
# Largest value of an option that counts work, by name: beyond it a call would hang
LIMITS = {
    "regions": 1_000,
    **dict.fromkeys(("restarts", "runs"), SEARCHES),
    **dict.fromkeys(COUNTS.split(), REPEATS),
}


def limit_of(name: str) -> int:
    return LIMITS.get(name, WHOLE)


def check_choice(name: str, value: Any, choices: Any) -> None:
    allowed = get_args(choices)
    if not isinstance(value, Hashable) or value not in set(allowed):
        msg = f"`{name}` must be one of {', '.join(map(repr, allowed))}; found {shown(value)}."
        raise InputError(msg)


def check_flag(name: str, value: object) -> None:
    """Refuse what is neither True nor False: any text would count as True."""
    if not isinstance(value, (bool, np.bool_)):
        raise InputError(f"`{name}` must be True or False; found {shown(value)}.")


ARGUMENT_CHECKS[Literal] = check_choice
ARGUMENT_CHECKS[bool] = lambda name, value, _: check_flag(name, value)
ARGUMENT_CHECKS["classes"] = lambda name, value, kinds: (
    check_mapping(name, value, "from names to values")
    if kinds == [Mapping]
    else check_type(name, value, *kinds)
)
FROM_USERS.add(pd.Series)
ARGUMENT_CHECKS[str] = ARGUMENT_CHECKS[Hashable] = lambda name, value, _: _check_single(name, value)
ARGUMENT_CHECKS[Is] = lambda name, value, kind: check_number(name, value, **kind._asdict())


def _check_single(name: str, value: object) -> None:
    if hasattr(value, "__array__") and np.ndim(value):  # compared, it would give an array
        raise InputError(f"`{name}` must be one text or name; found {shown(value)}.")


def check_callable(
    name: str, value: object, expected: str = "a function", *, made: bool = False
) -> None:
    """Refuse what cannot be called; with ``made`` also a class, an instance of which is meant."""
    if made and isinstance(value, type):
        class_found = f"the class {value.__name__}; write {value.__name__}(...)"
        raise InputError(f"`{name}` must be {expected}; found {class_found}.")
    if not callable(value):
        raise InputError(f"`{name}` must be {expected}; found {shown(value)}.")


def check_mapping(name: str, value: object, expected: str, *, filled: bool = False) -> None:
    if not isinstance(value, Mapping) or (filled and not value):
        least = ", with at least one" if filled else ""
        raise InputError(f"`{name}` must be a mapping {expected}{least}; found {shown(value)}.")


def check_type(name: str, value: object, *types: type, mend: str = "") -> None:
    if not isinstance(value, types):
        *most, last = (each.__name__ for each in types)
        named = f"{', '.join(most)} or {last}" if most else last
        mend = mend or _MADE.get(last, "")
        write = f"; write {mend}" if mend else ""
        raise InputError(f"`{name}` must be of the type {named}; found {shown(value)}{write}.")


def check_rng(rng: Any) -> np.random.Generator:
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        raise InputError(
            "`rng` must be a whole number of at least 0, a Generator, a SeedSequence or None"
            f"; found {shown(rng)}."
        ) from None


def check_number(
    name: str,
    value: Any,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    above: bool = False,
    below: bool = False,
    whole: bool = False,
) -> Any:
    """Give a finite number in [low, high], of which ``above`` and ``below`` exclude the ends."""
    if name in LIMITS or (whole and math.isfinite(low)):
        high = min(high, limit_of(name))
    number = _number(value)
    inside = math.isfinite(number) and low <= number <= high
    if whole:
        inside = inside and number == math.floor(number) and not isinstance(value, bool)
    if not inside or (above and number == low) or (below and number == high):
        ends = [f"{'above' if above else 'at least'} {_plain(low)}"] if math.isfinite(low) else []
        if math.isfinite(high) and (high < WHOLE or number > WHOLE):
            ends.append(f"{'below' if below else 'at most'} {_plain(high)}")
        limits = " " + " and ".join(ends) if ends else ""
        kind = "whole" if whole else "finite"
        raise InputError(f"`{name}` must be a {kind} number{limits}; found {shown(value)}.")
    return int(value) if whole else value


def _plain(limit: float) -> str:
    return f"{int(limit):,}" if limit == math.floor(limit) and abs(limit) >= 1e3 else f"{limit:g}"


def as_whole(name: str, value: Any, *, low: float = 0, high: float = math.inf) -> int:
    return check_number(name, value, low=low, high=high, whole=True)


def as_floats(name: str, values: Any) -> npt.NDArray[np.float64]:
    """A copy as float64, one- or two-dimensional; NaN where missing."""
    try:
        if isinstance(values, (pd.Series, pd.DataFrame)):  # NA of nullable columns
            return values.to_numpy(np.float64, copy=True, na_value=np.nan)
        return np.array(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        msg = f"`{name}` must hold numbers, in rows of equal length; found {shown(values)}."
        raise InputError(msg) from None


def one_column(name: str, value: Any) -> Any:
    """The column of a one-column DataFrame (degrees in one layer); anything else as it is."""
    if not isinstance(value, pd.DataFrame):
        return value
    if value.shape[1] != 1:
        first = "".join(f"[{column!r}]" for column in value.columns[:1])
        raise InputError(
            f"`{name}` must be one column; found {value.shape[1]}: write"
            f" table{first} for one, table.sum(axis=1) for all of them."
        )
    return value.iloc[:, 0]


def _number(value: Any) -> float:
    """NaN if it is not a number, infinite if it is too large for a float."""
    if isinstance(value, (complex, np.complexfloating)) or not hasattr(value, "__float__"):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.inf
    except (TypeError, ValueError):  # a whole column, say
        return math.nan


def as_path(name: str, value: Any) -> Path:
    if isinstance(value, (str, os.PathLike)):
        with suppress(UnicodeEncodeError):
            if b"\0" not in os.fsencode(value):
                return Path(value)
    raise InputError(f"`{name}` must be the path of a file or folder; found {shown(value)}.")


def as_list(argument: str, names: object, of: str = "names") -> list[Any]:
    if isinstance(names, (str, bytes)):
        raise InputError(
            f"`{argument}` must be a sequence of {of}; found the text {names!r}; write [{names!r}]."
        )
    if not isinstance(names, Iterable):
        raise InputError(f"`{argument}` must be a sequence of {of}; found {shown(names)}.")
    return names.tolist() if isinstance(names, np.ndarray) else list(names)


def check_names(
    argument: str, names: Iterable[object], known: Sequence[str], *, of: str = "the network"
) -> list[str]:
    listed = as_list(argument, names)
    allowed = set(known)
    unknown = [name for name in listed if not isinstance(name, Hashable) or name not in allowed]
    if unknown:
        raise unknown_names(argument, unknown, len(listed), known, of=of)
    return [str(name) for name in listed]


def check_name(
    argument: str, name: object, known: Sequence[str], *, of: str = "the network"
) -> str:
    if isinstance(name, str):
        return check_names(argument, [name], known, of=of)[0]
    raise InputError(f"`{argument}` must be one name of {of}; found {shown(name)}.")


def unknown_names(
    argument: str,
    unknown: Sequence[object],
    n_names: int,
    known: Iterable[object],
    *,
    of: str = "the network",
) -> InputError:
    some = examples(unknown, lambda name: f"{name!r}{did_you_mean(name, known)}")
    return InputError(f"`{argument}`: {len(unknown)} of {n_names} names are not in {of}: {some}.")


def shown(value: object) -> str:
    try:
        text = repr(value.item() if isinstance(value, np.generic) else value)
    except ValueError:  # a whole number of more digits than Python writes
        text = ""
    plain = text and len(text) <= 60 and "\n" not in text and " at 0x" not in text
    home = type(value).__module__
    name = type(value).__qualname__ if home == "builtins" else f"{home}.{type(value).__qualname__}"
    return text if plain else name


def examples(items: Iterable[Any], show: Callable[[Any], str] = repr) -> str:
    """The first five of some items as a message shows them, and how many more there are."""
    items = list(items)
    texts = [show(item) for item in items[:5]]
    texts = [text if len(text) <= 160 else f"{text[:157]}..." for text in texts]
    return ", ".join(texts) + (f", ... and {len(items) - 5:,} more" if len(items) > 5 else "")


def did_you_mean(name: object, known: Iterable[object]) -> str:
    text = str(name)
    by_case = {other.casefold(): other for other in known if isinstance(other, str)}
    if text.casefold() in by_case:
        return f" (did you mean {by_case[text.casefold()]!r}?)"
    near = difflib.get_close_matches(text.casefold(), by_case, n=1, cutoff=0.6)
    return f" (did you mean {by_case[near[0]]!r}?)" if near else ""

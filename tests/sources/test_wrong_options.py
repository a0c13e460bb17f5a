"""Every function with a generator, a count or a level, given something else."""

import inspect
import math
import sys
from contextlib import suppress
from itertools import product
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pytest

from netinnov.errors import InputError
from public_functions import ALL, NETWORK, call_with, taking

COUNTS = (
    "nearest",
    "orders",
    "permutations",
    "placements",
    "replicates",
    "resamples",
    "restarts",
    "samples",
)

NONE_WILL_DO = {
    ("panels.evaluate_openings", "permutations"),
    ("panels.measure_panel", "resamples"),
    ("polycentricity.detect_centres", "resamples"),
    ("polycentricity.profile", "replicates"),
    ("polycentricity.profile", "resamples"),
    ("polycentricity.sensitivity", "replicates"),
}
"""Counts that may be 0: nothing is drawn then."""

COUNTED = [
    (name, parameter, value)
    for parameter in COUNTS
    for name, value in product(taking(parameter), [0, -1, 2.5, "3", True, math.nan])
    if value is True or value != 0 or (name, parameter) not in NONE_WILL_DO
]

LEVELS = [
    (name, parameter, value)
    for parameter in ("confidence",)
    for name, value in product(taking(parameter), [0, 1, 95, math.nan, "0.95"])
]


ALIASES = {
    alias: kind
    for module, names in sorted(sys.modules.items())
    if module.startswith("netinnov.")
    for alias, kind in vars(names).items()
    if get_origin(kind) is Literal
}
"""All closed choices of the package, by the names that annotations have for them."""


def _arguments_of(kind: Any) -> list[tuple[str, str]]:
    """Functions, not methods, and their arguments that are of a kind of type, or may be None."""
    arguments = []
    for name, function in ALL.items():
        known = {**ALIASES, **inspect.unwrap(function).__globals__}
        for parameter in (each for each in function.__annotations__ if each != "return"):
            with suppress(NameError, TypeError):  # of other packages, for type checkers only
                annotation = eval(str(function.__annotations__[parameter]), known)
                union = get_origin(annotation) in (Union, UnionType)
                kinds = {*get_args(annotation)} if union else {annotation}
                if [get_origin(each) or each for each in kinds - {NoneType}] == [kind]:
                    arguments.append((name, parameter))
    return [(name, argument) for name, argument in arguments if "." not in ALL[name].__qualname__]


def _asked(name: str) -> dict[str, Any]:
    """A network, and None for all else that a function asks for: types are checked before."""
    parameters = inspect.signature(ALL[name]).parameters.values()
    asked = {each.name: None for each in parameters if each.default is each.empty}
    return asked | ({"network": NETWORK} if "network" in asked else {})


@pytest.mark.parametrize(("name", "parameter"), _arguments_of(Literal))
def test_what_is_no_choice_is_refused_with_all_that_are(name: str, parameter: str) -> None:
    with pytest.raises(InputError, match=f"`{parameter}` must be one of .*; found 'nonesuch'"):
        ALL[name](**_asked(name) | {parameter: "nonesuch"})


@pytest.mark.parametrize(("name", "parameter"), _arguments_of(bool))
def test_what_is_neither_true_nor_false_is_refused(name: str, parameter: str) -> None:
    with pytest.raises(InputError, match=f"`{parameter}` must be True or False; found 'no'"):
        ALL[name](**_asked(name) | {parameter: "no"})


def test_exceptions_are_functions() -> None:
    assert {name for name, _ in NONE_WILL_DO} <= ALL.keys()


@pytest.mark.parametrize("rng", ["x", -1])
@pytest.mark.parametrize("name", taking("rng"))
def test_what_makes_no_generator_is_refused_in_words(name: str, rng: object) -> None:
    with pytest.raises(InputError, match="`rng` must be a whole number of at least 0, a Generator"):
        call_with(name, rng=rng)


@pytest.mark.parametrize(("name", "parameter", "value"), COUNTED)
def test_what_is_no_count_is_refused_in_words(name: str, parameter: str, value: object) -> None:
    message = rf"`{parameter}` must be a whole number at least \d.*; found {value!r}\."
    with pytest.raises(InputError, match=message):
        call_with(name, **{parameter: value})


@pytest.mark.parametrize(("name", "parameter", "value"), LEVELS)
def test_what_is_no_level_is_refused_in_words(name: str, parameter: str, value: object) -> None:
    message = rf"`{parameter}` must be a finite number above 0 and .*; found {value!r}\."
    with pytest.raises(InputError, match=message):
        call_with(name, **{parameter: value})

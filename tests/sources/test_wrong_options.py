"""Every function and class with a choice, a flag, a number or a generator, given something else."""

import inspect
import math
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest

from netinnov._typing import Is
from netinnov.errors import InputError
from public_functions import ALL, call_with, public_objects, taking

ALIASES = {
    alias: kind
    for module, names in sorted(sys.modules.items())
    if module.startswith("netinnov.")
    for alias, kind in vars(names).items()
    if get_origin(kind) in (Literal, Annotated)
}
"""All closed choices and ranges of the package, by the names that annotations have for them."""

MADE: dict[str, Callable[..., Any]] = {
    path.removeprefix("netinnov."): value
    for path, value in public_objects()
    if inspect.isclass(value) and hasattr(value.__init__, "_suggests")
}
FUNCTIONS = {name: each for name, each in ALL.items() if "." not in each.__qualname__} | MADE


def _arguments_of(kind: Any) -> Iterator[tuple[str, str, Any]]:
    """Functions, classes, and their arguments that are of a kind of type, or may be None."""
    for name, function in FUNCTIONS.items():
        made = function.__init__ if inspect.isclass(function) else function
        known = {**ALIASES, **inspect.unwrap(made).__globals__}
        for parameter in (each for each in made.__annotations__ if each != "return"):
            with suppress(NameError, TypeError):  # of other packages, for type checkers only
                annotation = eval(str(made.__annotations__[parameter]), known)
                union = get_origin(annotation) in (Union, UnionType)
                kinds = {*get_args(annotation)} if union else {annotation}
                if [get_origin(each) or each for each in kinds - {NoneType}] == [kind]:
                    yield name, parameter, (kinds - {NoneType}).pop()


NUMBERS = [
    (name, parameter, limits)
    for name, parameter, kind in _arguments_of(Annotated)
    for limits in kind.__metadata__
    if isinstance(limits, Is)
]


@pytest.mark.parametrize(("name", "parameter", "limits"), NUMBERS)
def test_numbers(name: str, parameter: str, limits: Is) -> None:
    kind = "whole" if limits.whole else "finite"
    low, high = (limits.low - (not limits.above), limits.high + (not limits.below))
    for value in ("3", math.nan, low, high, *([2.5, True] if limits.whole else [])):
        message = rf"`{parameter}` must be a {kind} number.*; found {re.escape(repr(value))}\."
        with pytest.raises(InputError, match=message):
            FUNCTIONS[name](**{parameter: value})


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("community.two_mode_communities", "restarts"),
        ("panels.evaluate_openings", "confidence"),
        ("panels.evaluate_openings", "permutations"),
        ("panels.measure_panel", "confidence"),
        ("panels.measure_panel", "resamples"),
        ("planning.shapley_value", "orders"),
        ("scenarios.similar_places", "n"),
    ],
)
def test_numbers_that_another_function_uses(name: str, parameter: str) -> None:
    with pytest.raises(InputError, match=f"`{parameter}` must be a .* number .*; found -1[.]"):
        call_with(name, **{parameter: -1})


@pytest.mark.parametrize(("name", "parameter", "_"), [*_arguments_of(Literal)])
def test_what_is_no_choice_is_refused_with_all_that_are(name: str, parameter: str, _: Any) -> None:
    with pytest.raises(InputError, match=f"`{parameter}` must be one of .*; found 'nonesuch'"):
        FUNCTIONS[name](**{parameter: "nonesuch"})


@pytest.mark.parametrize(("name", "parameter", "_"), [*_arguments_of(bool)])
def test_what_is_neither_true_nor_false_is_refused(name: str, parameter: str, _: Any) -> None:
    with pytest.raises(InputError, match=f"`{parameter}` must be True or False; found 'no'"):
        FUNCTIONS[name](**{parameter: "no"})


@pytest.mark.parametrize("name", taking("rng"))
def test_what_makes_no_generator_is_refused_in_words(name: str) -> None:
    for rng in ("x", -1):
        words = "`rng` must be a whole number of at least 0, a Generator"
        with pytest.raises(InputError, match=words):
            call_with(name, rng=rng)

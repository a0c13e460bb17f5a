"""Every function with a generator, a count or a level, given something else."""

from __future__ import annotations

import math
from itertools import product

import pytest

from netinnov.errors import InputError
from public_functions import ALL, call_with, taking

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

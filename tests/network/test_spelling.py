"""Names that may be of one place: which pairs are told of, and which are two places."""

from __future__ import annotations

import random
import runpy
from pathlib import Path

import pandas as pd
import pytest

from netinnov._network.spelling import near_twins
from netinnov.geocoding._name_keys import cities_of


def pairs(names, *, uses=None, **columns) -> list[tuple[str, str]]:
    known = {"lon": float("nan"), "lat": float("nan"), "parent": None} | columns
    places = pd.DataFrame(known, index=names).astype({"lon": float, "lat": float, "parent": "str"})
    return near_twins(places, uses, cities_of(names))


@pytest.mark.parametrize(
    ("theirs", "kept"),
    [
        ("POTSDAM", "Potsdam"),
        ("New  York", "NewYork"),
        ("杭州市", "杭州"),
        ("Munchen", "Munich"),  # München of GeoNames, without its dots
        ("MUENCHEN, DE", "MUNICH, DE"),
        ("Wien", "Vienna"),
        ("上海", "Shanghai"),
        ("Postdam", "Potsdam"),  # swapped
        ("NOTTINGHAN, UK", "NOTTINGHAM, UK"),  # changed
        ("Duisbur", "Duisburg"),  # less
        ("Barcellona", "Barcelona"),  # more
        ("Новосибирс", "Новосибирск"),
        ("Hanghzou", "Hangzhou"),  # no word of Chinese
    ],
)
def test_names_that_may_be_of_one_place_are_told_of_the_one_used_more_last(theirs, kept):
    assert pairs(["Elsewhere", theirs, kept], uses={kept: 2, theirs: 1}) == [(theirs, kept)]
    assert pairs([theirs, kept], uses={kept: 1, theirs: 2}) == [(kept, theirs)]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("湖州", "苏州"),  # a hanzi is no letter
        ("金华区", "金华市"),
        ("江阴市", "澄江市"),  # names of one city, once: two units
        ("Huzhou", "Quzhou"),
        ("Quzhuo", "Quzhou"),
        ("Freiberg", "Freiburg"),  # two cities of GeoNames
        ("Gambia", "Zambia"),
        ("MUENCHEN, DE", "MUNICH, US"),
        ("York", "Cork"),  # four letters
        ("Bern", "Berne, XX"),
        ("US001", "US002"),
        ("Park 1", "Park 11"),
        ("Zone A", "Zone B"),  # of the word that differs
        ("DE212", "DE213"),
        ("North Bank", "South Bank"),
        ("ひろしま", "ひろしな"),
    ],
)
def test_names_of_two_places_are_not_told_of(a, b):
    assert pairs([a, b]) == []


def test_a_jurisdiction_that_is_nobodys_place_may_be_a_slip_in_chinese_too():
    assert pairs(["Quzhou", "Quzhuo"], uses={"Quzhou": 3, "Quzhuo": 0}) == [("Quzhuo", "Quzhou")]


def test_names_far_apart_or_one_inside_the_other_are_two_places():
    names = ["Aurora", "Aurore"]
    assert pairs(names) == [("Aurore", "Aurora")]
    # A tenth of a degree of latitude is 11 km.
    assert pairs(names, lon=[5.0, 5.0], lat=[50.0, 50.1]) == [("Aurore", "Aurora")]
    assert pairs(names, lon=[5.0, 5.0], lat=[50.0, 51.0]) == []
    assert pairs(["Linz", "LINZ"], lon=[5.0, 5.0], lat=[50.0, 51.0]) == []
    assert pairs(names, parent=[None, "Aurora"]) == []


def test_names_that_a_letter_numbers_are_not_told_of():
    assert pairs([f"Station{letter}" for letter in "ABCDEFG"]) == []
    assert len(pairs([f"Station{letter}" for letter in "AB"])) == 1
    assert pairs([f"Town{a}{b}" for a in "AB" for b in "ABCDEFGH"]) == []


def test_the_likeliest_come_first():
    uses = {"Potsdam": 9, "Postdam": 1, "Kaltern": 5, "Kalterm": 4, "Munich": 1, "Munchen": 1}
    found = pairs([*uses], uses=uses)
    assert found == [("Munchen", "Munich"), ("Postdam", "Potsdam"), ("Kalterm", "Kaltern")]


@pytest.mark.slow
def test_each_of_many_names_is_compared_with_few():
    """All pairs of 20,000 names would be 200 million."""
    draw = random.Random(1)
    names = {"".join(draw.choices("abcdefghij", k=12)) for _ in range(20_000)}
    slip = "Barcelona", "Barselona"
    found = pairs([*sorted(names), *slip, *(f"region {k:05d}" for k in range(20_000))])
    by_hand = {tuple(sorted(pair)) for pair in found} - {slip}
    assert slip in found or slip[::-1] in found
    assert all(sum(x != y for x, y in zip(*pair, strict=False)) for pair in by_hand)
    assert len(found) < 100


@pytest.mark.slow
def test_the_names_of_cities_are_those_of_geonames():
    script = Path(__file__).parents[2] / "data" / "make_city_names.py"
    assert runpy.run_path(str(script))["main"](["--check"]) == 0

"""Places like one of them, by hand on a small table of places."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist

import netinnov as ni
from netinnov.errors import InputError
from netinnov.scenarios import similar_places


@cache
def towns() -> ni.MultilayerNetwork:
    """Strengths: host 8, a 4, b 2, c 16, d 8, home 3 (with host 1 and with d 2)."""
    names = ["home", "host", "a", "b", "c", "d", "empty", "district"]
    places = pd.DataFrame({"lon": [0, 2, 5, 4, 2.5, None, 2, 2], "lat": 0.0}, index=names)
    places["population"] = [1.0, 8, 4, 8, 8, None, 8, 8]
    places["province"] = ["east", "west", "west", "west", "east", None, "west", "west"]
    places["growth"] = [-1.0, 0, 1, 2, 3, 0, 0, 0]
    places["parent"] = [None] * 7 + ["a"]
    nodes = pd.DataFrame({"place": [*names[:6], "district", None]}, index=[*names[:6], "a1", "x"])
    # a1 counts for a, which contains the district.
    ends = [("home", "host", 1.0), ("home", "d", 2.0), ("host", "x", 7.0), ("a", "x", 3.0)]
    ends += [("a1", "x", 1.0), ("b", "x", 2.0), ("c", "x", 16.0), ("d", "x", 6.0), ("a", "a", 99.0)]
    links = pd.DataFrame(ends, columns=["source", "target", "weight"])
    return ni.build_network(nodes, links, places)


def test_strength_by_hand() -> None:
    # By |log|: d is equal, a is half, c twice (in the order of places), home 3/8, b a quarter. No
    # district (another level), no place without nodes.
    assert similar_places(towns(), "host", n=9, by=["strength"]) == ["d", "a", "c", "home", "b"]
    assert similar_places(towns(), "host", n=2, by=["strength"]) == ["d", "a"]


@pytest.mark.parametrize(
    ("quantity", "nearest"), [("share_of_origin", ["c", "b"]), ("amount", ["b", "c"])]
)
def test_in_layers_of_shares_strength_is_what_arrives(quantity, nearest) -> None:
    # At a arrive 60 and leave 40, at b 40 and 60, at c 60 and 140 (two origins of 100 in it).
    rows = [("a", "x", 40), ("b", "x", 60), ("c", "x", 140), ("x", "a", 60), ("x", "b", 40)]
    rows += [("x", "c", 60)]
    links = pd.DataFrame(rows, columns=["source", "target", "weight"])
    if quantity == "share_of_origin":
        links["weight"] *= 100 / links.groupby("source")["weight"].transform("sum")
    names = list("abcx")
    network = ni.build_network(
        pd.DataFrame({"place": names}, names), links,
        directed=["links"], layers={"links": {"quantity": quantity}},
    )  # fmt: skip
    assert [each for each in similar_places(network, "a", n=3, by=["strength"]) if each != "x"] == (
        nearest
    )


def test_the_nearest_come_first_and_what_is_not_known_is_left_out() -> None:
    # From host at 2 degrees: c is half a degree away, home and b two, a three; d is nowhere.
    assert similar_places(towns(), "host", n=9, by=["distance"]) == ["c", "home", "b", "a"]
    minutes = pd.DataFrame(1.0, list("abcd"), list("abcd")).rename({"d": "host"}, axis=0)
    minutes.loc["host"] = [1, 3, 2, 9]
    there = towns().with_distances(minutes.rename({"d": "host"}, axis=1), unit="min")
    assert similar_places(there, "host", n=9, by=["distance"]) == ["a", "c", "b"]


def test_categories_are_exact_and_columns_below_zero_no_logarithms() -> None:
    # c is in another province. Growth 0, 1, 2: 0 counts half of 1.
    assert similar_places(towns(), "host", n=9, by=("province", "growth")) == ["a", "b"]
    # The value of home is -1: differences as they are.
    assert similar_places(towns(), "home", n=3, by=["growth"]) == ["host", "d", "a"]


def test_likeness_is_the_standardised_distance_of_logarithms() -> None:
    rng = np.random.default_rng(1)
    names = [f"p{at}" for at in range(12)]
    table = pd.DataFrame(rng.lognormal(size=(12, 2)), names, ["population", "area"])
    table["province"] = ["west", "east"] * 6
    links = pd.DataFrame({"source": names, "target": [*names[1:], names[0]]})
    network = ni.build_network(pd.DataFrame({"place": names}, names), links, table)
    logs = np.log(table[["population", "area"]].to_numpy())
    apart = pd.Series(cdist(logs[:1], logs, "seuclidean", V=logs.var(axis=0))[0], names)
    expected = apart.sort_values().index[1:]
    assert similar_places(network, "p0", n=99, by=["population", "area"]) == [*expected]
    # Scaled over all, also where a category leaves few.
    west = [name for name in expected if table.loc[name, "province"] == "west"]
    assert similar_places(network, "p0", n=99, by=["area", "province", "population"]) == west


@pytest.mark.parametrize(
    ("place", "options", "words"),
    [
        ("d", {"by": ["population", "province"]}, "'d' has no population and no province"),
        ("host", {"by": ["strenght"]}, "did you mean 'strength'"),
        ("host", {"by": "strength"}, "sequence of names"),
        ("host", {"n": 0}, "`n` must be a whole number at least 1"),
        ("nowhere", {}, "`place`: 1 of 1 names"),
    ],
)
def test_what_cannot_be_compared_is_refused(place, options, words: str) -> None:
    with pytest.raises(InputError, match=words):
        similar_places(towns(), place, **({"n": 3, "by": ["strength"]} | options))


def test_there_may_be_none() -> None:
    one = towns().select(nodes=["host", "x"])
    assert similar_places(one, "host", n=3, by=["strength"]) == []

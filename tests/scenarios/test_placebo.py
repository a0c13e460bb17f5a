"""Placebo hosts: like the real one, by hand on a small table of places."""

from collections import Counter
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from test_scenarios import at_park

import netinnov as ni
from netinnov.errors import InputError
from netinnov.scenarios import (
    DirectLinks,
    MatchedPlacebo,
    NoChange,
    ReverseEnclave,
    apply_scenario,
    placebo,
    placebo_candidates,
)

PARK = ReverseEnclave("home", "host", 2, 0.5)


@cache
def towns() -> ni.MultilayerNetwork:
    """Strengths: host 8, a 4, b 2, c 16, d 8; home is linked to host (1) and to d (2)."""
    names = ["home", "host", "a", "b", "c", "d", "empty", "district"]
    places = pd.DataFrame({"lon": [0, 2, 2, 4, 2, None, 2, 2], "lat": 0.0}, index=names)
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
    table = placebo_candidates(towns(), PARK, match=["strength"])
    # Real first, then by |log|: d is equal, a is half, c twice (in the order of places), b a
    # quarter. No district (another level), no place without nodes.
    assert table.index.tolist() == ["host", "d", "a", "c", "b"]
    assert table["strength"].tolist() == [8, 8, 4, 16, 2]
    # Logs to base 2: 3 3 2 4 1, mean 2.6, variance (2 * .16 + .36 + 1.96 + 2.56) / 5 = 1.04.
    assert table["gap"].tolist() == pytest.approx(np.array([0, 0, 1, 1, 2]) / np.sqrt(1.04))


def test_in_layers_of_shares_strength_is_what_arrives() -> None:
    links = [("home", "host", 60.0), ("home", "a", 40.0), ("host", "a", 100.0), ("a", "host", 30.0),
             ("a", "home", 70.0)]  # fmt: skip
    nodes = pd.DataFrame({"place": ["home", "host", "a"]}, index=["home", "host", "a"])
    for quantity, strengths in (
        ("share_of_origin", {"host": 60 + 30, "a": 40 + 100}),
        ("amount", {"host": 60 + 30 + 100, "a": 40 + 100 + 30 + 70}),
    ):
        table = pd.DataFrame(links, columns=["source", "target", "weight"])
        network = ni.build_network(
            nodes, table, directed=["links"], layers={"links": {"quantity": quantity}}
        )
        found = placebo_candidates(network, PARK, match=["strength"])
        assert found["strength"].to_dict() == strengths


def test_distance_and_population_leave_out_what_is_not_known() -> None:
    table = placebo_candidates(towns(), PARK, match=["distance", "population"])
    # d has neither; from home host, a and c are two degrees away, b four.
    assert table.index[:2].tolist() == ["host", "c"]
    table = table.loc[["host", "a", "b", "c"]]
    assert table["distance"].tolist() == pytest.approx(
        [222.390, 222.390, 444.780, 222.390], abs=1e-3
    )
    # Logs to base 2, but for a constant. Distance 1 1 2 1: sd sqrt(3) / 4. Population 3 2 3 3.
    assert table["gap"].tolist() == pytest.approx([0, 4 / np.sqrt(3), 4 / np.sqrt(3), 0])


def test_categories_are_exact_and_columns_below_zero_no_logarithms() -> None:
    table = placebo_candidates(towns(), PARK, match=("province", "growth"))
    assert table.index.tolist() == ["host", "a", "b"]
    # Growth 0, 1, 2, and 3 of c in another province, which counts for the standard deviation: with
    # zeros and no negative one among them, so 0 counts half of 1.
    logs = np.log([0.5, 1, 2, 3])
    assert table["gap"].tolist() == pytest.approx((np.abs(logs - logs[0]) / logs.std())[:3])
    other = DirectLinks("host", "home", 2)
    table = placebo_candidates(towns(), other, match=["growth"])
    # The real value is -1: differences as they are, 1 2 3 4.
    values = np.array([-1, 0, 1, 2, 3])
    assert table.index.tolist() == ["home", "d", "a", "b", "c"]
    assert table["gap"].tolist() == pytest.approx((values + 1) / values.std())


def test_ties_with_the_place_that_stays() -> None:
    table = placebo_candidates(towns(), PARK, match=["tie"])
    assert table["tie"].to_dict() == {"host": 1, "d": 2, "a": 0, "b": 0, "c": 0}
    # Zeros count half the smallest, 1/2: as far from 1 as 2 is, so in the order of places.
    assert table.index.tolist() == ["host", "a", "b", "c", "d"]


@pytest.mark.slow
def test_the_placebo_is_drawn_among_the_nearest() -> None:
    network = towns()

    def hosts(nearest: int, draws: int) -> Counter[str]:
        options = {"match": ["strength"], "nearest": nearest}
        return Counter(placebo(network, PARK, **options, rng=at).host for at in range(draws))

    drawn = hosts(3, 90)
    assert drawn.keys() == {"d", "a", "c"}
    assert stats.chisquare(list(drawn.values())).pvalue > 1e-3
    assert hosts(1, 3).keys() == {"d"}
    assert hosts(99, 30).keys() == {"a", "b", "c", "d"}
    assert placebo(network, PARK, rng=7) == placebo(network, PARK, rng=7)


@pytest.mark.parametrize(
    ("scenario", "options", "words"),
    [
        (ReverseEnclave("home", "d", 1, 0), {"match": ["population", "province"]},
         "'d' has no population and no province"),
        (PARK, {"match": ["strenght"]}, "did you mean 'strength'"),
        (PARK, {"match": "strength"}, "sequence of names"),
        (PARK, {"nearest": 0}, "`nearest` must be a whole number at least 1"),
        (NoChange(), {}, "`scenario` must be"),
        (ReverseEnclave("home", "nowhere", 1, 0), {}, "`host` must be a place"),
    ],
)  # fmt: skip
def test_what_cannot_be_matched_is_refused(scenario, options, words: str) -> None:
    with pytest.raises(InputError, match=words):
        placebo(towns(), scenario, **options)


def test_there_may_be_none() -> None:
    two = towns().select(nodes=["home", "host"])
    with pytest.raises(InputError, match=r"no place can stand in for the host .*Match on less"):
        placebo(two, PARK, match=["strength"])


def test_a_placebo_in_each_replicate() -> None:
    network = towns()
    scenario = MatchedPlacebo(PARK, match=["strength"], nearest=2)
    hosts = Counter()
    for seed in range(15):
        after = apply_scenario(network, scenario, rng=seed)
        assert after.equals(apply_scenario(network, scenario, rng=seed))
        hosts[after.nodes["place"].iloc[-1]] += 1
        assert at_park(after, after.nodes.index[-1])
    assert hosts.keys() == {"d", "a"}
    # The links are drawn as at the real host.
    one = MatchedPlacebo(PARK, match=["strength"], nearest=1)
    by_hand = apply_scenario(network, ReverseEnclave("home", "d", 2, 0.5), rng=3)
    assert apply_scenario(network, one, rng=3).equals(by_hand)


def test_two_of_a_category_are_as_near_as_they_are_among_all() -> None:
    population = {"home": 3e5, "o": 1e6, "x": 1_000_001, "y": 5e6, "z": 1e5}
    places = pd.DataFrame({"population": pd.Series(population)}).assign(province=list("baabb"))
    nodes = pd.DataFrame({"place": places.index}, index=places.index)
    links = pd.DataFrame({"source": list("oxyz"), "target": "home"})
    network = ni.build_network(nodes, links, places)
    twin = ReverseEnclave("home", "o", 1, 0.5)
    for match in (["population"], ["population", "province"]):
        table = placebo_candidates(network, twin, match=match)
        logs = np.log([1e6, 1_000_001, 5e6, 1e5])
        assert table.loc["x", "gap"] == pytest.approx((logs[1] - logs[0]) / logs.std())
    assert placebo(network, twin, match=["population", "province"], nearest=1).host == "x"

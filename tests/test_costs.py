"""What scenarios cost: sums by hand, rivals of equal cost, and where one overtakes the other."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import netinnov as ni
from netinnov.errors import InputError
from netinnov.scenarios import (
    Amounts,
    Combined,
    DirectLinks,
    ForwardEnclave,
    MatchedPlacebo,
    NoChange,
    Prices,
    RandomEnds,
    ReverseEnclave,
    TalentAttraction,
    apply_scenario,
    break_even_border,
    break_even_prices,
    equal_cost,
)
from netinnov.scenarios._prices import Priced

DEGREE = 111.195080
"""Kilometres of a degree of the equator: 6371.0088 pi / 180."""

PRICES = Prices(park=20, link=2, pipeline_km=0.1)
PARK = ReverseEnclave("home", "host", 10, 0.4)


def two_cities() -> ni.MultilayerNetwork:
    """Home and host one degree apart, and far; nowhere has no coordinates."""
    names = ["home", "host", "far", "nowhere"]
    places = pd.DataFrame({"lon": [0, 1, 3, None], "lat": [0, 0, 0, None]}, index=names)
    links = pd.DataFrame({"source": ["home", "host", "home"], "target": ["far", "far", "nowhere"]})
    return ni.build_network(pd.DataFrame({"place": names}, index=names), links, places)


@pytest.mark.parametrize(
    ("scenario", "parks", "links", "pipelines"),
    [
        (NoChange(), 0, 0, 0),
        (PARK, 1, 6, 4),
        (dataclasses.replace(PARK, funding="new"), 1, 6, 4),
        (ForwardEnclave("home", "host", 10, 0.4), 1, 6, 4),
        (TalentAttraction("home", "host", 10, 0.4), 0, 6, 4),
        (DirectLinks("home", "host", 10), 0, 0, 10),
        (RandomEnds(DirectLinks("home", "host", 10)), 0, 0, 10),
        (MatchedPlacebo(PARK), 1, 6, 4),
        (Combined([PARK, DirectLinks("home", "host", 3)]), 1, 6, 7),
    ],
)
def test_costs_by_hand(scenario, parks: int, links: int, pipelines: int) -> None:
    network = two_cities()
    amounts = scenario.amounts(network)
    assert isinstance(amounts, Amounts)
    assert amounts == pytest.approx((parks, links, pipelines * DEGREE))
    expected = 20 * parks + 2 * links + 0.1 * pipelines * DEGREE
    assert scenario.cost(PRICES, network) == pytest.approx(expected)
    assert scenario.cost(Prices(park=20, link=2, pipeline_km=0)) == 20 * parks + 2 * links


def test_distances_are_asked_for_only_where_they_count() -> None:
    with pytest.raises(InputError, match=r"give the network, cost\(prices, network\)"):
        PARK.cost(PRICES)
    no_pipeline = dataclasses.replace(PARK, pipeline_share=0)
    assert no_pipeline.cost(PRICES) == 20 + 2 * 10
    assert math.isnan(PARK.amounts().pipeline_km)
    lost = dataclasses.replace(PARK, host="nowhere")
    with pytest.raises(InputError, match="no `lon` and `lat` for 'nowhere'"):
        lost.cost(PRICES, two_cities())
    with pytest.raises(InputError, match="did you mean 'host'"):
        dataclasses.replace(PARK, host="hosts").cost(PRICES, two_cities())
    with pytest.raises(InputError, match="`prices` must be Prices"):
        PARK.cost(3)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no cost"):
        Combined([lambda network, _: network]).cost(PRICES, two_cities())


@pytest.mark.parametrize("wrong", [-1, float("nan"), float("inf"), "cheap"])
def test_prices_check_themselves(wrong) -> None:
    with pytest.raises(InputError, match="`link`"):
        Prices(park=1, link=wrong, pipeline_km=1)
    with pytest.raises(InputError, match="three times 0"):
        Prices(park=0, link=0, pipeline_km=0)


def test_equal_cost_by_hand() -> None:
    network = two_cities()
    # The park costs 20 + 6 * 2 + 4 * 11.1195 = 76.478; a direct link costs 11.1195.
    direct = equal_cost(PARK, DirectLinks("home", "host", 1, "new"), network, PRICES)
    assert direct == DirectLinks("home", "host", 6, "new")
    # Of n ties 0.4 n are pipelines: 10 cost 56.478, 12 (7 and 5) 69.598, 13 (8 and 5) 71.598,
    # 14 (8 and 6) 82.717.
    talent = equal_cost(PARK, TalentAttraction("home", "host", 50, 0.4), network, PRICES)
    assert talent.size == 13
    assert equal_cost(PARK, ForwardEnclave("home", "host", 1, 0.4), network, PRICES).size == 10
    assert equal_cost(PARK, PARK, network, PRICES) == PARK


def test_a_budget_may_pay_for_nothing_or_for_anything() -> None:
    network = two_cities()
    with pytest.raises(InputError, match=r"budget of 11\.\d+ does not pay .* of size 1"):
        equal_cost(DirectLinks("home", "host", 1), PARK, network, PRICES)
    free = Prices(park=1, link=0, pipeline_km=0)
    with pytest.raises(InputError, match="cost nothing, so no size"):
        equal_cost(PARK, PARK, network, free)
    with pytest.raises(InputError, match="which have a size"):
        equal_cost(PARK, NoChange(), network, PRICES)
    with pytest.raises(InputError, match="does not say what it needs"):
        equal_cost(lambda network, _: network, PARK, network, PRICES)


@given(
    size=st.integers(1, 200),
    share=st.floats(0, 1),
    kept=st.floats(0, 1),
    park=st.floats(0, 1e3),
    link=st.floats(0.01, 10),
    km=st.floats(0.001, 10),
)
def test_one_more_link_would_be_too_much(size, share, kept, park, link, km) -> None:
    network, prices = two_cities(), Prices(park=park, link=link, pipeline_km=km)
    scenario = ReverseEnclave("home", "host", size, share)
    budget = scenario.cost(prices, network)
    assert equal_cost(scenario, scenario, network, prices).size >= size
    for rival in (DirectLinks("home", "host", 1), TalentAttraction("home", "host", 1, kept)):
        try:
            found = equal_cost(scenario, rival, network, prices)
        except InputError:
            assert rival.cost(prices, network) > budget
            continue
        more = dataclasses.replace(found, size=found.size + 1)
        assert found.cost(prices, network) <= budget * (1 + 1e-9)
        assert more.cost(prices, network) > budget


def test_break_even_prices_by_hand() -> None:
    network, direct = two_cities(), DirectLinks("home", "host", 10)
    table = break_even_prices(PARK, direct, network, PRICES, effects=(2, 1))
    # 2 * 10 D k = p + 6 l + 4 D k: p = 16 D k - 6 l, so with k = 0.1 and l = 2
    assert table["break_even"].tolist() == pytest.approx(
        [16 * DEGREE * 0.1 - 12, (16 * DEGREE * 0.1 - 20) / 6, (20 + 12) / (16 * DEGREE)]
    )
    assert table["better"].tolist() == ["below", "below", "above"]
    assert (table["ratio"] * table["price"]).tolist() == pytest.approx(table["break_even"].tolist())
    # Effect per cost is the same there.
    for name, price in table["break_even"].items():
        at = dataclasses.replace(PRICES, **{name: price})
        assert 2 / PARK.cost(at, network) == pytest.approx(1 / direct.cost(at, network))


def test_some_prices_never_decide() -> None:
    network = two_cities()
    same = break_even_prices(PARK, PARK, network, PRICES, effects=(1, 1))
    assert same["better"].tolist() == ["same"] * 3
    assert same["break_even"].isna().all()
    twice = break_even_prices(PARK, PARK, network, PRICES, effects=(2, 1))
    assert twice["better"].tolist() == ["always"] * 3
    half = break_even_prices(PARK, PARK, network, PRICES, effects=(1, 2))
    assert half["better"].tolist() == ["never"] * 3
    for wrong in ((1,), (1, 0), (1, float("nan"))):
        with pytest.raises(InputError, match="effects"):
            break_even_prices(PARK, PARK, network, PRICES, effects=wrong)


def bridge() -> ni.MultilayerNetwork:
    """Three firms at home, two at host 1,000 km away, all without links but one each."""
    names = ["h1", "h2", "h3", "o1", "o2", "x"]
    nodes = pd.DataFrame({"place": ["home"] * 3 + ["host"] * 2 + ["far"]}, index=names)
    links = pd.DataFrame({"source": ["h1", "h2", "h3", "o1"], "target": ["h2", "h3", "x", "o2"]})
    places = pd.DataFrame({"lon": [0.0, 9.0, -9.0], "lat": 0.0}, index=["home", "host", "far"])
    return ni.build_network(nodes, links, places)


def test_the_border_at_which_the_enclave_overtakes() -> None:
    network = bridge()

    def measure(changed, *, frictions, nodes) -> float:
        assert nodes == list(network.nodes.index)
        park = changed.n_nodes > network.n_nodes
        return 1.0 if park else 3.0 - 0.8 * frictions.border

    park, direct = ReverseEnclave("home", "host", 2, 0.5, "new"), DirectLinks("home", "host", 2)
    found = break_even_border(network, park, direct, measure=measure, replicates=3, rng=1)
    assert found.border == pytest.approx(2.5, abs=2e-3)  # 3 - 0.8 b = 1
    assert (found.low, found.high) == pytest.approx((2.5, 2.5))
    assert found.share == 1
    assert found.curve.loc[0.0].tolist() == [1, 3, -2, 0]
    assert found.to_frame().shape == (1, 4)
    never = break_even_border(network, direct, direct, measure=measure, replicates=2, rng=1)
    assert math.isnan(never.border)
    assert math.isnan(never.low)
    assert never.share == 0
    first = break_even_border(network, park, direct, measure=measure, low=5, replicates=2, rng=1)
    assert first.border == 5


def test_an_enclave_saves_what_grows_with_distance_and_border() -> None:
    # Two direct links, or a park with one pipeline and one local link, between unlinked sides. At
    # no friction the direct way is shorter; the park's long way crosses no border, so with
    # border_by_distance the enclave is ahead in the end, and one number is met on the way.
    network = bridge()
    park = ReverseEnclave("home", "host", 2, 0.5, "new")
    direct = DirectLinks("home", "host", 2, "new")
    options = {"friction": "border_by_distance", "high": 20.0, "replicates": 6, "rng": 1}
    found = break_even_border(network, park, direct, **options)
    lead = found.curve["difference"]
    assert lead.iloc[0] < 0 < lead.iloc[-1]
    assert 0 < found.border < 20

    def difference(value: float) -> float:
        frictions = ni.Frictions(border_by_distance=value)
        nodes = list(network.nodes.index)
        totals = []
        for seed in np.random.SeedSequence(1).spawn(6):
            seeds = [np.random.SeedSequence(1, spawn_key=seed.spawn_key) for _ in range(2)]
            totals.append(
                [
                    ni.connectivity.global_efficiency(
                        apply_scenario(network, scenario, rng=each),
                        frictions=frictions,
                        nodes=nodes,
                    )
                    for scenario, each in zip((park, direct), seeds, strict=True)
                ]
            )
        mean = np.mean(totals, axis=0)
        return float(mean[0] - mean[1])

    assert difference(found.border - 2e-3) <= 0 < difference(found.border + 2e-3)
    for workers in (1, 2):
        again = break_even_border(network, park, direct, executor=workers, **options)
        pd.testing.assert_frame_equal(again.curve, found.curve)
        assert again.border == found.border


@pytest.mark.parametrize(
    "wrong",
    [
        {"friction": "distance"},
        {"low": -1},
        {"high": 0},
        {"steps": 0},
        {"replicates": 0},
        {"tolerance": 0},
    ],
)
def test_border_options_are_checked(wrong) -> None:
    with pytest.raises(InputError, match=next(iter(wrong))):
        break_even_border(bridge(), PARK, PARK, **wrong)


def test_what_has_a_cost_must_say_what_it_needs() -> None:
    class Silent(Priced):
        pass

    with pytest.raises(TypeError, match="abstract"):
        Silent()  # type: ignore[abstract]

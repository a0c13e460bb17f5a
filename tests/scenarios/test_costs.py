"""What scenarios cost: sums by hand, rivals of equal cost, and where one overtakes the other."""

import dataclasses
import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from scipy import stats

import netinnov as ni
from netinnov.errors import InputError
from netinnov.scenarios import (
    Combined,
    DirectLinks,
    ForwardEnclave,
    NoChange,
    Prices,
    RandomEnds,
    ReverseEnclave,
    TalentAttraction,
    break_even_prices,
    equal_cost,
)
from netinnov.scenarios._pair_draws import expected_sums

DEGREE = 111.195080
"""Kilometres of a degree of the equator: 6371.0088 pi / 180."""

PRICES = Prices(park=20, link=2, pipeline=0.1)
PARK = ReverseEnclave("home", "host", 10, 0.4)


def two_cities() -> ni.MultilayerNetwork:
    """Home and host one degree apart, and far, their neighbour; nowhere has no coordinates."""
    names = ["home", "host", "far", "nowhere"]
    places = pd.DataFrame({"lon": [0, 1, 3, None], "lat": [0, 0, 0, None]}, index=names)
    links = pd.DataFrame({"source": ["home", "host", "nowhere"], "target": ["far", "far", "far"]})
    return ni.build_network(pd.DataFrame({"place": names}, index=names), links, places)


@pytest.mark.parametrize(
    ("scenario", "parks", "links", "degrees"),
    [
        (NoChange(), 0, 0, 0),
        # Of 6 links that embed, 3 to host and 3 to far, 2 degrees from host; 4 to home.
        (PARK, 1, 3, 3 * 2 + 4 * 1),
        (dataclasses.replace(PARK, funding="new"), 1, 3, 10),
        # 3 to home, 3 to far, 3 degrees from home; 4 to host.
        (ForwardEnclave("home", "host", 10, 0.4), 1, 3, 3 * 3 + 4 * 1),
        # 6 new ones at home; 4 times the one tie of host, with far.
        (TalentAttraction("home", "host", 10, 0.4), 0, 6, 4 * 3),
        # To host and to far in turn.
        (DirectLinks("home", "host", 10), 0, 0, 5 * 1 + 5 * 3),
        (RandomEnds(DirectLinks("home", "host", 10)), 0, 0, 20),
        (Combined([PARK, DirectLinks("home", "host", 3)]), 1, 3, 10 + 2 * 1 + 3),
    ],
)
def test_costs_by_hand(scenario, parks: int, links: int, degrees: int) -> None:
    network = two_cities()
    amounts = scenario.amounts(network)
    assert amounts == pytest.approx((parks, links, degrees * DEGREE))
    expected = 20 * parks + 2 * links + 0.1 * degrees * DEGREE
    assert scenario.cost(PRICES, network) == pytest.approx(expected)
    free = Prices(park=20, link=2, pipeline=0)
    assert scenario.cost(free, network) == 20 * parks + 2 * links
    unknown = network.select(nodes=["home", "host", "far"])
    unknown = ni.build_network(unknown.nodes, unknown.links)
    assert scenario.cost(free, unknown) == 20 * parks + 2 * links


def star(*, tie: float) -> ni.MultilayerNetwork:
    """Host 1 degree east of home, its neighbours a, b and c 1, 2 and 3 degrees east of it."""
    names = ["home", "host", "a", "b", "c"]
    places = pd.DataFrame({"lon": [0, 1, 2, 3, 4], "lat": 0}, index=names)
    links = pd.DataFrame({"source": ["host"] * 3 + ["home"] * 3, "target": list("abcabc")})
    links["weight"] = [tie, 1, 1, 1, 1, 1]
    return ni.build_network(pd.DataFrame({"place": names}, index=names), links, places)


def test_kilometres_are_expected_under_the_rule_by_which_ends_are_drawn() -> None:
    network = star(tie=2)
    # After host, two of a (pull 2), b and c (1 each): a is one of them with probability
    # 1/2 + 2 * 1/4 * 2/3 = 5/6, b and c with 7/12 each. From host 1, 2 and 3 degrees, from home 2,
    # 3 and 4.
    park = ReverseEnclave("home", "host", 3, 0)
    assert park.amounts(network) == pytest.approx((1, 1, (5 / 6 + 7 / 12 * 5) * DEGREE))
    direct = DirectLinks("home", "host", 3)
    expected = 1 + 5 / 6 * 2 + 7 / 12 * 7
    assert direct.amounts(network) == pytest.approx((0, 0, expected * DEGREE))
    # Of its ties host's talents keep two.
    talent = TalentAttraction("home", "host", 2, 1)
    assert talent.amounts(network) == pytest.approx((0, 0, (expected - 1) * DEGREE))
    # Uniform: each of the three with 2/3. All of them, and host again: no chance is left.
    even = dataclasses.replace(park, attachment=0)
    assert even.amounts(network).pipeline == pytest.approx(2 / 3 * 6 * DEGREE)
    whole = dataclasses.replace(park, size=5)
    assert whole.amounts(network) == pytest.approx((1, 2, 6 * DEGREE))


@pytest.mark.slow
@pytest.mark.parametrize("attachment", [0.5, 1.5])
@pytest.mark.parametrize(
    "make",
    [
        lambda **terms: ReverseEnclave("home", "host", 4, 0.25, "new", **terms),
        lambda **terms: ForwardEnclave("home", "host", 4, 0.25, "new", **terms),
        lambda **terms: DirectLinks("home", "host", 3, "new", **terms),
        lambda **terms: TalentAttraction("home", "host", 4, 0.5, "new", **terms),
    ],
)
def test_the_cost_is_the_mean_over_placements(make, attachment: float) -> None:
    # What the placements cost is read from the networks that they give: links that were not there
    # before, each with the places of its ends.
    network, scenario = star(tie=5), make(attachment=attachment)
    lon = network.places["lon"].to_dict()
    before = network.links.set_index(["source", "target"])["weight"].to_dict()
    needed = []
    for rng in np.random.default_rng(1).spawn(30):
        changed = scenario(network, rng)
        at = {node: lon[place] for node, place in changed.nodes["place"].items()}
        after = zip(*(changed.links[name] for name in ("source", "target", "weight")), strict=True)
        more = {(i, j): weight - before.get((i, j), 0) for i, j, weight in after}
        # The tie that talents keep is one link.
        counts = [
            (1 if add == 5 else add, abs(at[i] - at[j])) for (i, j), add in more.items() if add > 0
        ]
        needed.append([sum(n for n, far in counts if far == 0), sum(n * far for n, far in counts)])
    error = np.std(needed, axis=0) / 30**0.5
    _, *expected = scenario.amounts(network)
    expected[1] /= DEGREE
    assert (np.abs(np.mean(needed, axis=0) - expected) <= 4 * error + 1e-6).all()


def test_expectations_are_those_of_all_orders() -> None:
    rng = np.random.default_rng(3)
    for n, power in ((2, 1), (4, 1), (5, 3), (6, 9)):
        pull, values = rng.random(n) ** power, rng.random((2, n))
        for k in range(n + 1):
            chances = np.zeros(n)
            for order in itertools.permutations(range(n)):  # of all, so that nothing cancels
                turn = pull[list(order)]
                left = np.cumsum(turn[::-1])[::-1]
                chances[list(order[:k])] += np.prod(turn / left)
            assert expected_sums(pull, values, k) == pytest.approx(values @ chances, abs=1e-11)


@pytest.mark.parametrize(
    ("sizes", "k", "odds"), [((3, 4), 2, 5.0), ((50, 100), 60, 0.01), ((400, 600), 500, 2.0)]
)
def test_expectations_of_two_classes_are_those_of_wallenius(sizes, k: int, odds: float) -> None:
    first = np.repeat([1.0, 0.0], sizes)
    mean = stats.nchypergeom_wallenius(sum(sizes), sizes[0], k, odds).mean()
    assert expected_sums(odds**first, first[None], k) == pytest.approx([mean], rel=1e-9)


def test_those_without_pull_come_last_and_one_without_bound_first() -> None:
    pull = np.array([0.0, 1.0, np.inf, 0.0])
    for k, chances in enumerate(([0, 0, 0, 0], [0, 0, 1, 0], [0, 1, 1, 0], [0.5, 1, 1, 0.5])):
        assert expected_sums(pull, np.eye(4), k).tolist() == chances
    # What cannot be drawn need not be known.
    assert expected_sums(pull, np.array([[np.nan, 1.0, 0.0, np.nan]]), 2).tolist() == [1]
    assert np.isnan(expected_sums(pull, np.array([[np.nan, 1.0, 0.0, np.nan]]), 3)[0])


def test_inside_a_city_links_are_local_wherever_they_lead() -> None:
    # Two districts of host, without coordinates, and a firm of home that stands in one of them.
    places = pd.DataFrame(
        [(0, 0, None), (1, 0, None), (None, None, "host"), (None, None, "host")],
        index=["home", "host", "east", "west"], columns=["lon", "lat", "parent"],
    )  # fmt: skip
    where = {"place": ["home", "home", "east", "west", "west"]}
    where["jurisdiction"] = ["home", "home", "host", "host", "home"]
    nodes = pd.DataFrame(where, index=["h1", "h2", "e", "w", "o"])
    links = pd.DataFrame({"source": ["h1", "h2", "e", "w"], "target": ["e", "w", "w", "o"]})
    network = ni.build_network(nodes, links, places)
    assert PARK.amounts(network) == pytest.approx((1, 6, 4 * DEGREE))
    assert DirectLinks("home", "host", 3).amounts(network) == pytest.approx((0, 0, 3 * DEGREE))
    forward = ForwardEnclave("home", "host", 10, 0.4)
    assert forward.amounts(network) == pytest.approx((1, 6, 4 * DEGREE))
    # Ties of host that are kept lead to its districts: from home as far as host.
    talent = TalentAttraction("home", "host", 4, 0.5)
    assert talent.amounts(network) == pytest.approx((0, 2, 2 * DEGREE))


def test_distances_are_asked_for_only_where_they_count() -> None:
    assert TalentAttraction("home", "host", 5, 0).cost(PRICES, two_cities()) == 2 * 5
    # Of three links two embed, in host and in far; those with nowhere are not among them.
    assert dataclasses.replace(PARK, size=3).cost(PRICES, two_cities()) > 0
    with pytest.raises(InputError, match="without `lon` and `lat`: 'nowhere'"):
        ReverseEnclave("home", "far", 5, 0).cost(PRICES, two_cities())
    no_place = two_cities().with_nodes(pd.DataFrame(index=["lost"]))
    no_place = no_place.with_links(pd.DataFrame({"source": ["lost"], "target": ["host"]}))
    with pytest.raises(InputError, match="distance has a price"):
        PARK.cost(PRICES, no_place)
    lost = dataclasses.replace(PARK, host="nowhere")
    with pytest.raises(InputError, match="without `lon` and `lat`: 'nowhere'"):
        lost.cost(PRICES, two_cities())
    with pytest.raises(InputError, match="did you mean 'host'"):
        dataclasses.replace(PARK, host="hosts").cost(PRICES, two_cities())
    with pytest.raises(InputError, match=r"`prices` must be .*found 3; write Prices\("):
        PARK.cost(3, two_cities())
    with pytest.raises(InputError, match="found <lambda>, which does not say what it needs"):
        Combined([lambda network, _: network]).cost(PRICES, two_cities())


@pytest.mark.parametrize("wrong", [-1, float("nan"), float("inf"), "cheap"])
def test_prices_check_themselves(wrong) -> None:
    with pytest.raises(InputError, match="`link`"):
        Prices(park=1, link=wrong, pipeline=1)
    with pytest.raises(InputError, match="three times 0"):
        Prices(park=0, link=0, pipeline=0)


def test_equal_cost_by_hand() -> None:
    network = two_cities()
    # The park costs 20 + 3 * 2 + 10 * 11.1195 = 137.195; direct links cost 11.1195 and 33.3585 in
    # turn, 6 of them 133.434.
    direct = equal_cost(network, PARK, DirectLinks("home", "host", 1, "new"), prices=PRICES)
    assert direct == DirectLinks("home", "host", 6, "new")
    # Of n ties 0.4 n are kept, at 33.3585: 8 (5 and 3) cost 110.076, 9 (5 and 4) 143.434.
    talent = equal_cost(network, PARK, TalentAttraction("home", "host", 50, 0.4), prices=PRICES)
    assert talent.size == 8
    # 9 are 4 to host, 3 to home, 2 to far: 20 + 3 * 2 + (4 + 2 * 3) * 11.1195, the budget.
    forward = ForwardEnclave("home", "host", 1, 0.4)
    assert equal_cost(network, PARK, forward, prices=PRICES).size == 9
    assert equal_cost(network, PARK, PARK, prices=PRICES) == PARK


def test_a_budget_may_pay_for_nothing_or_for_anything() -> None:
    network = two_cities()
    with pytest.raises(InputError, match=r"budget of 11\.\d+ does not pay .* of size 1"):
        equal_cost(network, DirectLinks("home", "host", 1), PARK, prices=PRICES)
    free = Prices(park=1, link=0, pipeline=0)
    # Without money: one mover keeps 0.4 ties, which is none; two keep one, for 33.3585.
    for_far = Prices(park=0, link=0, pipeline=0.1)
    local, talent = (TalentAttraction("home", "host", 9, kept) for kept in (0, 0.4))
    assert equal_cost(network, local, talent, prices=for_far).size == 1
    with pytest.raises(InputError, match="links of this ReverseEnclave cost 1, within the budget"):
        equal_cost(network, PARK, PARK, prices=free)
    with pytest.raises(InputError, match=r"`rival` must be of the type .*; found NoChange"):
        equal_cost(network, PARK, NoChange(), prices=PRICES)
    with pytest.raises(InputError, match="does not say what it needs"):
        equal_cost(network, lambda network, _: network, PARK, prices=PRICES)


@given(
    size=st.integers(1, 200),
    share=st.floats(0, 1),
    kept=st.floats(0, 1),
    park=st.floats(0, 1e3),
    link=st.floats(0.01, 10),
    km=st.floats(0.001, 10),
)
def test_one_more_link_would_be_too_much(size, share, kept, park, link, km) -> None:
    network, prices = two_cities(), Prices(park=park, link=link, pipeline=km)
    scenario = ReverseEnclave("home", "host", size, share)
    budget = scenario.cost(prices, network)
    assert equal_cost(network, scenario, scenario, prices=prices).size >= size
    for rival in (DirectLinks("home", "host", 1), TalentAttraction("home", "host", 1, kept)):
        try:
            found = equal_cost(network, scenario, rival, prices=prices)
        except InputError:
            # Or it is so cheap that a million would not use the budget up.
            most = dataclasses.replace(rival, size=1_000_000).cost(prices, network)
            assert rival.cost(prices, network) > budget or most <= budget
            continue
        more = dataclasses.replace(found, size=found.size + 1)
        assert found.cost(prices, network) <= budget * (1 + 1e-9)
        assert more.cost(prices, network) > budget


def test_break_even_prices_by_hand() -> None:
    network, direct = two_cities(), DirectLinks("home", "host", 10)
    table = break_even_prices(network, PARK, direct, prices=PRICES, effects=(2, 1))
    # 2 * 20 D k = p + 3 l + 10 D k: p = 30 D k - 3 l, so with k = 0.1 and l = 2
    assert table["break_even"].tolist() == pytest.approx(
        [30 * DEGREE * 0.1 - 6, (30 * DEGREE * 0.1 - 20) / 3, (20 + 6) / (30 * DEGREE)]
    )
    assert table["better"].tolist() == ["below", "below", "above"]
    # Effect per cost is the same there.
    for name, price in table["break_even"].items():
        at = dataclasses.replace(PRICES, **{name: price})
        assert 2 / PARK.cost(at, network) == pytest.approx(1 / direct.cost(at, network))


@pytest.mark.parametrize(
    ("rival", "effects", "better"),
    [
        (PARK, (1, 1), "same"),
        (PARK, (2, 1), "always"),
        (PARK, (1, 2), "never"),
        (DirectLinks("home", "host", 10), (-1, 2), "never"),
        (DirectLinks("home", "host", 10), (0, 2), "never"),
        (DirectLinks("home", "host", 10), (2, -1), "always"),
        (DirectLinks("home", "host", 10), (-1, -2), "neither"),
    ],
)
def test_some_prices_never_decide(rival, effects, better: str) -> None:
    table = break_even_prices(two_cities(), PARK, rival, prices=PRICES, effects=effects)
    assert table["better"].tolist() == [better] * 3
    assert table["break_even"].isna().all()
    assert table["price"].tolist() == [20, 2, 0.1]


@pytest.mark.parametrize("wrong", [(1,), (1, "much"), (1, float("nan"))])
def test_effects_are_two_numbers(wrong) -> None:
    with pytest.raises(InputError, match="effects"):
        break_even_prices(two_cities(), PARK, PARK, prices=PRICES, effects=wrong)


def test_prices_can_break_even_without_distances() -> None:
    # Kilometres cost nothing: of 10 links 3 are local, of the talents' 10 ties 6.
    known = two_cities()
    unknown = ni.build_network(known.nodes, known.links)
    prices = Prices(park=20, link=2, pipeline=0)
    talent = TalentAttraction("home", "host", 10, 0.4)
    table = break_even_prices(unknown, PARK, talent, prices=prices, effects=(3, 1))
    # 3 * 6 l = p + 3 l: p = 15 l.
    assert table["break_even"].tolist()[:2] == pytest.approx([30, 20 / 15])
    assert table["better"].tolist() == ["below", "above", "unknown"]
    assert math.isnan(table.loc["pipeline", "break_even"])
    with pytest.raises(InputError, match="distance has a price"):
        break_even_prices(unknown, PARK, talent, prices=PRICES, effects=(3, 1))
    # Where they are known, their price has a break-even too.
    table = break_even_prices(known, PARK, talent, prices=prices, effects=(1, 1))
    # 12 + 12 D k = 26 + 10 D k
    assert table.loc["pipeline", "break_even"] == pytest.approx(7 / DEGREE)

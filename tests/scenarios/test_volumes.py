"""Scenarios that move a volume of flows, by hand and by their invariances."""

from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import netinnov as ni
from netinnov import centrality, connectivity
from netinnov.errors import InputError
from netinnov.experiments import compare_scenarios, contrasts
from netinnov.scenarios import (
    Combined,
    DirectLinks,
    ForwardEnclave,
    NoChange,
    Prices,
    RandomEnds,
    ReverseEnclave,
    TalentAttraction,
    apply_scenario,
    equal_cost,
)

PLACES = pd.DataFrame({"lon": [0.0, 1.0, 2.0, 3.0], "lat": 0.0}, index=list("abcd"))
KM = 111.19492664455873  # of a degree at the equator, on a sphere of radius 6371.0088 km
FLOWS = [("a", "b", 2.0), ("a", "c", 6.0), ("b", "c", 3.0), ("b", "d", 1.0)]

PARK = ReverseEnclave("a", "b", volume_share=0.5, pipeline_share=0.25)


def cities(
    flows: Any = FLOWS, directed: bool = False, events: int | None = 10**12, **columns: Any
) -> ni.MultilayerNetwork:
    """Four cities; with so many events that no link is too small, or without a number of them."""
    links = pd.DataFrame(flows, columns=["source", "target", "weight"]).assign(**columns)
    nodes = pd.DataFrame({"place": list("abcd")}, index=list("abcd"))
    record = {"directed": directed, "events": events}
    return ni.build_network(nodes, links, PLACES, layers={"links": record})


def weights(network: ni.MultilayerNetwork) -> dict[tuple[str, str], float]:
    rows = network.links.groupby(["source", "target"])["weight"].sum()
    return {(a[-3:], b[-3:]): float(weight) for (a, b), weight in rows.items()}


def test_a_share_of_home_is_moved_in_proportion_to_the_weights() -> None:
    # Home's strength is 8, so 4 are moved and its links keep one half. 1 leads home. Of the other
    # 3 the host has 4 of 8 parts (its ties outside home, 3 + 1), c has 3 and d has 1.
    after = weights(apply_scenario(cities(), PARK, rng=1))
    assert after == pytest.approx({
        ("a", "b"): 1.0, ("a", "c"): 3.0, ("b", "c"): 3.0, ("b", "d"): 1.0, ("a", "a@b"): 1.0,
        ("b", "a@b"): 1.5, ("c", "a@b"): 1.125, ("d", "a@b"): 0.375,
    })  # fmt: skip


def test_a_volume_is_the_share_in_weight_and_nothing_is_drawn() -> None:
    park = ReverseEnclave("a", "b", volume=4.0, pipeline_share=0.25)
    first = apply_scenario(cities(), park, rng=1)
    assert first.equals(apply_scenario(cities(), PARK, rng=2))


def test_in_a_directed_layer_both_ways_split_the_weight() -> None:
    # a > b 4; b > c 1, c > b 2. 2 of home's 4 are moved, half of that home: a sends all it has,
    # so that all leads from a to the park. The host's ties outside home are 3: it gets 1/2 of the
    # other 1, c the same; b has 6 of 7 units coming in, and c 1 of 3 in its tie with b.
    network = cities([("a", "b", 4.0), ("b", "c", 1.0), ("c", "b", 2.0)], directed=True)
    park = ReverseEnclave("a", "b", volume=2.0, pipeline_share=0.5)
    after = weights(apply_scenario(network, park))
    assert after == pytest.approx({
        ("a", "b"): 2.0, ("b", "c"): 1.0, ("c", "b"): 2.0, ("a", "a@b"): 1.0,
        ("a@b", "b"): 0.5 * 6 / 7, ("b", "a@b"): 0.5 * 1 / 7, ("a@b", "c"): 0.5 * 1 / 3,
        ("c", "a@b"): 0.5 * 2 / 3,
    })  # fmt: skip


def test_every_period_gives_the_same_share() -> None:
    flows = [("a", "b", 2.0), ("a", "b", 6.0), ("b", "c", 3.0)]
    network = cities(flows, period=[2019, 2020, 2020])
    after = apply_scenario(network, ReverseEnclave("a", "b", volume_share=0.25, pipeline_share=0))
    rows = after.links
    of_home = rows[rows["source"].eq("a") & rows["target"].eq("b")]
    assert of_home.set_index("period")["weight"].to_dict() == {2019: 1.5, 2020: 4.5}


def test_a_share_of_one_takes_all_links_of_home() -> None:
    park = ReverseEnclave("a", "b", volume_share=1, pipeline_share=0.5)
    after = weights(apply_scenario(cities(), park))
    assert [pair for pair in after if "a" in pair] == [("a", "a@b")]
    assert sum(after.values()) == pytest.approx(12)


def test_direct_links_share_the_volume_among_host_and_its_neighbours() -> None:
    # The host gets 2 of 4, c 3/8 and d 1/8 of it; a-b and a-c keep one half.
    after = weights(apply_scenario(cities(), DirectLinks("a", "b", volume_share=0.5)))
    assert after == pytest.approx({
        ("a", "b"): 1.0 + 2.0, ("a", "c"): 3.0 + 1.5, ("a", "d"): 0.5, ("b", "c"): 3.0,
        ("b", "d"): 1.0,
    })  # fmt: skip


def test_nodes_in_places_share_the_volume_by_their_strength() -> None:
    nodes = pd.DataFrame({"place": list("aabbc")}, index=["a1", "a2", "b1", "b2", "c"])
    links = pd.DataFrame(
        [("a1", "c", 1.0), ("a2", "c", 3.0), ("b1", "c", 1.0), ("b2", "c", 4.0)],
        columns=["source", "target", "weight"],
    )
    network = ni.build_network(nodes, links, PLACES, layers={"links": {"events": 90}})
    park = ReverseEnclave("a", "b", volume=2.0, pipeline_share=0.5, funding="new")
    after = apply_scenario(network, park).links
    new = after[after["target"].eq("enclave:a@b")].set_index("source")["weight"].to_dict()
    assert new == pytest.approx({"a1": 0.25, "a2": 0.75, "b1": 0.2, "b2": 0.8})


@pytest.mark.slow
@given(
    st.lists(st.integers(1, 10**6), min_size=4, max_size=4),
    st.floats(0.01, 1),
    st.sampled_from([0.0, 1.0]) | st.floats(0.01, 0.99),  # less is lost in the other weights
    st.floats(0, 3),
    st.booleans(),
    st.sampled_from([ReverseEnclave, ForwardEnclave, DirectLinks]),
)
def test_the_total_is_kept_and_the_unit_does_not_matter(
    sizes: list[int], share: float, pipeline: float, power: float, directed: bool, kind: Any
) -> None:
    flows = [(a, b, float(size)) for (a, b, _), size in zip(FLOWS, sizes, strict=True)]
    more = {} if kind is DirectLinks else {"pipeline_share": pipeline}
    scenario = kind("a", "b", volume_share=share, attachment=power, **more)
    network = cities(flows, directed)
    for change in (scenario, RandomEnds(scenario)):
        after = apply_scenario(network, change, rng=1)
        assert after.links["weight"].sum() == pytest.approx(sum(sizes))
        small = [(a, b, size / 1024) for a, b, size in flows]
        scaled = apply_scenario(cities(small, directed), change, rng=1)
        assert 1024 * scaled.links["weight"].to_numpy() == pytest.approx(
            after.links["weight"].to_numpy()
        )


def test_a_volume_goes_to_as_many_of_the_largest_as_make_a_link() -> None:
    # The smallest weight is 1. Of 4 one leads home; of the other 3 the host has 4 parts, c 3 and
    # d 1, which would be 0.375: host and c share them, 4 to 3. Home's links keep one half.
    after = weights(apply_scenario(cities(events=None), PARK))
    assert after == pytest.approx({
        ("a", "b"): 1.0, ("a", "c"): 3.0, ("b", "c"): 3.0, ("b", "d"): 1.0, ("a", "a@b"): 1.0,
        ("b", "a@b"): 12 / 7, ("c", "a@b"): 9 / 7,
    })  # fmt: skip
    # Of 6 of home's 8, 2 are left: 0.5 of a-b would be, so it goes wholly and a-c keeps 2 of 6.
    more = ReverseEnclave("a", "b", volume_share=0.75, pipeline_share=0.5)
    left = weights(apply_scenario(cities(events=None), more))
    assert {pair: w for pair, w in left.items() if "a" in pair} == pytest.approx(
        {("a", "c"): 2.0, ("a", "a@b"): 3.0}
    )


def test_links_of_one_weight_give_alike_whatever_their_order() -> None:
    # Of strength 12 a fifth is asked for; none of the links of weight 1 is taken for the others.
    ends = [("b", 3.0), ("c", 2.0), *((place, 1.0) for place in "defghij")]
    left = []
    for rows in (ends, ends[::-1]):
        links = pd.DataFrame([("a", *row) for row in rows], columns=["source", "target", "weight"])
        ids = ["a", *(place for place, _ in rows)]
        network = ni.build_network(pd.DataFrame({"place": ids}, index=ids), links)
        park = ReverseEnclave("a", "b", volume_share=0.2, pipeline_share=0.5)
        after = weights(apply_scenario(network, park, rng=1))
        left.append({end: after["a", end] for end, _ in ends})
    assert left[0] == pytest.approx({end: 0.8 * weight for end, weight in ends})
    assert left[1] == pytest.approx(left[0])


def test_equal_neighbours_get_alike_whatever_their_order() -> None:
    # Of 7 for the host its four equal neighbours would get 7 / 8 each, or three of them one each.
    got = []
    for ends in ("cdef", "fedc"):
        rows = [("a", "g", 10.0), *(("b", end, 1.0) for end in ends), ("a", "b", 1.0)]
        ids = ["a", "b", *ends, "g"]
        links = pd.DataFrame(rows, columns=["source", "target", "weight"])
        network = ni.build_network(pd.DataFrame({"place": ids}, index=ids), links)
        park = ReverseEnclave("a", "b", volume=8.0, pipeline_share=0.125, funding="new")
        after = weights(apply_scenario(network, park, rng=1))
        got.append({pair: weight for pair, weight in after.items() if "a@b" in pair})
    assert got[0] == pytest.approx({("a", "a@b"): 1.0, ("b", "a@b"): 7.0})
    assert got[1] == pytest.approx(got[0])


def test_what_a_removed_link_has_left_is_moved_too() -> None:
    # 1 of home's 2.75 is asked for. Alike, a-b would keep 0.8, less than the smallest weight of 1:
    # it goes wholly, which pays for all, and the park gets its 1.25.
    flows = [("a", "b", 1.25), ("a", "c", 1.5), ("b", "c", 1.0), ("b", "d", 1.0)]
    park = ReverseEnclave("a", "b", volume=1.0, pipeline_share=1.0)
    after = weights(apply_scenario(cities(flows, events=None), park))
    home = {pair: weight for pair, weight in after.items() if "a" in pair}
    assert home == pytest.approx({("a", "c"): 1.5, ("a", "a@b"): 1.25})


@given(
    st.lists(st.integers(1, 1000), min_size=4, max_size=4),
    st.floats(0.01, 1),
    st.sampled_from([0.0, 0.25, 1.0]),
    st.booleans(),
    st.sampled_from(["new", "reallocated"]),
    st.sampled_from([ReverseEnclave, ForwardEnclave, DirectLinks]),
)
def test_no_link_is_below_the_smallest_and_the_total_is_kept(
    sizes: list[int], share: float, pipeline: float, directed: bool, funding: Any, kind: Any
) -> None:
    flows = [(a, b, float(size)) for (a, b, _), size in zip(FLOWS, sizes, strict=True)]
    more = {} if kind is DirectLinks else {"pipeline_share": pipeline}
    scenario = kind("a", "b", volume_share=share, funding=funding, **more)
    network = cities(flows, directed, events=None)
    asked = share * (sizes[0] + sizes[1])
    parts = [pipeline, 1 - pipeline] if more else [1.0]
    if asked * min(each for each in parts if each) < min(sizes) * (1 - 1e-9):
        # What links of home give wholly may be a little more than was asked for, and enough.
        with suppress(InputError):
            apply_scenario(network, scenario, rng=1)
        return
    after = apply_scenario(network, scenario, rng=1)
    assert after.links["weight"].min() >= min(sizes) * (1 - 1e-9)
    total = after.links["weight"].sum()
    if funding == "reallocated":
        assert total == pytest.approx(sum(sizes))
        lost = weights(network)[("a", "c")] - weights(after).get(("a", "c"), 0.0)
        assert lost >= -1e-9 or kind is DirectLinks  # which may lead to c
    else:
        assert total == pytest.approx(sum(sizes) + asked)


@pytest.mark.parametrize("funding", ["new", "reallocated"])
@pytest.mark.parametrize("kind", [ReverseEnclave, ForwardEnclave, DirectLinks])
def test_a_vanishing_volume_is_refused(kind: Any, funding: Any) -> None:
    more = {} if kind is DirectLinks else {"pipeline_share": 0.5}
    tiny = kind("a", "b", volume_share=1e-9, funding=funding, **more)
    with pytest.raises(InputError, match="at least 1, the smallest weight in layer 'links'"):
        apply_scenario(cities(events=None), tiny)
    with pytest.raises(InputError, match=r"at least 0\.5, the weight of one event in layer"):
        apply_scenario(cities(events=24), tiny)


@pytest.mark.parametrize("funding", ["new", "reallocated"])
def test_the_effect_vanishes_with_the_volume(funding: Any) -> None:
    # By weight a link of next to no weight is none, and no jump leads to the park.
    def rank(share: float | None) -> float:
        options = {"volume_share": share, "pipeline_share": 0.5, "funding": funding}
        park = ReverseEnclave("a", "d", **options) if share else NoChange()
        return centrality.pagerank(apply_scenario(cities(), park), nodes=list("abcd"))["a"]

    assert abs(rank(0.1) / rank(None) - 1) > 1e-3
    assert abs(rank(1e-9) / rank(None) - 1) < 1e-6


def test_random_ends_have_the_same_weights_elsewhere() -> None:
    new = ReverseEnclave("a", "b", volume=8.0, pipeline_share=0.25, funding="new")

    def of_park(change: Any, seed: int) -> dict[str, float]:
        links = apply_scenario(cities(), change, rng=seed).links
        rows = links[links["target"].eq("enclave:a@b")]
        return dict(zip(rows["source"], rows["weight"], strict=True))

    real = of_park(new, 1)
    drawn = [of_park(RandomEnds(new), seed) for seed in range(20)]
    assert all(sorted(each.values()) == pytest.approx(sorted(real.values())) for each in drawn)
    assert len({each["a"] for each in drawn}) > 1


def test_a_volume_costs_its_weight_and_kilometres() -> None:
    # 4 of home's 8: 1.5 stay at the host, 1 goes home and 1.125 to c, a degree away each, and
    # 0.375 to d, two degrees away.
    prices = Prices(park=10, link=2, pipeline=0.1)
    cost = 10 + 2 * 1.5 + 0.1 * KM * (1 + 1.125 + 0.375 * 2)
    assert PARK.cost(prices, cities()) == pytest.approx(cost)
    assert PARK.cost(Prices(park=10, link=2, pipeline=0), cities()) == pytest.approx(13)


@pytest.mark.parametrize("sized", [{"volume": 1.0}, {"volume_share": 0.1}])
@pytest.mark.parametrize("kind", [ReverseEnclave, ForwardEnclave, DirectLinks])
def test_a_rival_of_the_same_cost_costs_exactly_the_same(kind: Any, sized: Any) -> None:
    prices = Prices(park=10, link=2, pipeline=0.1)
    more = {} if kind is DirectLinks else {"pipeline_share": 0.5}
    rival = equal_cost(cities(), PARK, kind("a", "c", **sized, **more), prices=prices)
    assert [getattr(rival, name) is None for name in ("size", *sized)] == [True, False]
    assert rival.cost(prices, cities()) == pytest.approx(PARK.cost(prices, cities()))


def test_a_budget_below_a_park_buys_no_volume() -> None:
    prices = Prices(park=1000, link=2, pipeline=0.1)
    links = DirectLinks("a", "b", volume=1)
    with pytest.raises(InputError, match="does not pay for a ReverseEnclave, whose park"):
        equal_cost(cities(), links, PARK, prices=prices)
    with pytest.raises(InputError, match="costs nothing, so no volume"):
        equal_cost(cities(), PARK, links, prices=Prices(park=1, link=0, pipeline=0))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "found none of them"),
        ({"size": 2, "volume": 1.0}, "found size and volume"),
        ({"volume_share": 1.5}, "`volume_share` must be .* at most 1"),
    ],
)
def test_one_of_size_volume_and_share_is_given(options: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        ReverseEnclave("a", "b", pipeline_share=0.5, **options)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(InputError, match="`pipeline_share` must be given"):
        ReverseEnclave("a", "b", 4)
    with pytest.raises(InputError, match=r"give one of `size` .* found none of them"):
        ReverseEnclave("a", "b")
    with pytest.raises(InputError, match="`size` must be a whole number"):
        TalentAttraction("a", "b", None, 0.5)
    with pytest.raises(InputError, match=r"9 is asked for, 'a' has 8 in layer 'links'"):
        apply_scenario(cities(), DirectLinks("a", "b", volume=9.0))


MANY_PARK = ReverseEnclave("p0", "p1", volume_share=0.3, pipeline_share=0.5)


def flows_of_many() -> ni.MultilayerNetwork:
    rng = np.random.default_rng(5)
    names = [f"p{at}" for at in range(9)]
    links = [(a, b, float(rng.pareto(1) + 0.1)) for a in names for b in names if a < b]
    nodes = pd.DataFrame({"place": names}, index=names)
    return ni.build_network(nodes, pd.DataFrame(links, columns=["source", "target", "weight"]))


def efficiency_of(network: ni.MultilayerNetwork, *, nodes: list[str] | None = None) -> float:
    nodes = nodes or [f"p{at}" for at in range(9)]
    return connectivity.global_efficiency(network, distance="inverse", nodes=nodes)


def test_a_volume_is_measured_once(tmp_path: Path) -> None:
    network, links = flows_of_many(), DirectLinks("p0", "p1", volume_share=0.3)
    scenarios = {"park": MANY_PARK, "links": links}
    compare = partial(
        compare_scenarios, network, scenarios=scenarios, measures={"efficiency": efficiency_of},
        replicates=3, checkpoint=tmp_path / "kept", rng=1, progress=False,
    )  # fmt: skip
    result = compare()
    row = result.effects(full=True).set_index("scenario").loc["park"]
    start = efficiency_of(network)
    mine = efficiency_of(apply_scenario(network, MANY_PARK)) - start
    assert row["difference"] == pytest.approx(mine)
    assert row["percent"] == pytest.approx(100 * mine / start)
    assert row["replicates"] == 1
    assert contrasts(result, of="park")["replicates"].tolist() == [1]
    assert compare().replicates.equals(result.replicates)


def test_several_volumes_in_turn_draw_nothing_either() -> None:
    both = Combined([PARK, DirectLinks("c", "d", volume=1.0)])
    result = compare_scenarios(
        cities(), scenarios={"both": both, "by chance": RandomEnds(PARK)}, replicates=4, rng=1,
        measures={"strength": centrality.overlapping_strength}, progress=False,
    )  # fmt: skip
    numbers = result.effects(full=True).groupby("scenario")["replicates"].max().to_dict()
    assert numbers == {"both": 1, "by chance": 4}

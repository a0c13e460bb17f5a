"""Rivals of a reverse enclave: what each adds and takes, worked by hand, and what all conserve."""

import dataclasses
import pickle
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings, strategies as st
from scipy import stats
from test_scenarios import actors, at_park, cities, rows

import netinnov as ni
from netinnov.errors import InputError
from netinnov.scenarios import (
    Combined,
    DirectLinks,
    ForwardEnclave,
    NoChange,
    RandomEnds,
    ReverseEnclave,
    TalentAttraction,
    apply_scenario,
    remove_enclaves,
)
from rich_networks import rich_networks

SETTINGS = [
    ReverseEnclave("home", "host", 4, 0.5),
    ForwardEnclave("home", "host", 4, 0.5),
    TalentAttraction("home", "host", 4, 0.5),
    DirectLinks("home", "host", 4),
    RandomEnds(ReverseEnclave("home", "host", 4, 0.5)),
    RandomEnds(ForwardEnclave("home", "host", 4, 0.5)),
    RandomEnds(DirectLinks("home", "host", 4)),
]
BRANCH = "enclave:host@home"
MOVERS = "talent:host>home"


def funded(scenario, funding: str):
    """The scenario, or the one in it, with another funding."""
    if isinstance(scenario, RandomEnds):
        return RandomEnds(funded(scenario.scenario, funding))
    return dataclasses.replace(scenario, funding=funding)


def n_new(scenario) -> int:
    """Links that are neither there before nor moved from host."""
    inner = scenario.scenario if isinstance(scenario, RandomEnds) else scenario
    kept = round(inner.kept_share * inner.size) if isinstance(inner, TalentAttraction) else 0
    return inner.size - kept


def name_of(scenario) -> str:
    inner = getattr(scenario, "scenario", None)
    return type(scenario).__name__ + (f"({type(inner).__name__})" if inner else "")


@pytest.mark.parametrize("scenario", SETTINGS, ids=name_of)
def test_the_same_links_are_placed_however_they_are_paid_for(scenario) -> None:
    before = actors()
    for seed in range(4):
        ends = []
        for funding in ("reallocated", "new"):
            after = apply_scenario(before, funded(scenario, funding), rng=seed)
            node = after.nodes.index[-1] if after.n_nodes > before.n_nodes else None
            ends.append({(s, t) for s, t, _ in rows(after) if node in (s, t)})
        assert ends[0] == ends[1]


def test_a_forward_enclave_is_a_branch_of_host_at_home() -> None:
    before = cities()
    scenario = ForwardEnclave("home", "host", 4, 0.25, funding="new")
    after = apply_scenario(before, scenario, rng=1)
    row = after.nodes.loc[BRANCH]
    assert (row["kind"], row["place"], row["jurisdiction"]) == ("park", "home", "host")
    # Home first, then its one neighbour outside host, then home again; one pipeline. Median 2.5.
    assert at_park(after, BRANCH) == {"home": 5.0, "far": 2.5, "host": 2.5}
    rank = pd.Series({"host": 2, "home": 1})
    found = ni.linkages.find_enclaves(after, rank=rank)
    assert found["direction"].tolist() == ["forward"]


def test_on_actors_a_forward_enclave_embeds_in_home() -> None:
    after = apply_scenario(actors(), ForwardEnclave("home", "host", 4, 0.5, "new"), rng=1)
    # Two at home, two at host; o3 has no strength and comes last.
    assert at_park(after, BRANCH) == {"h1": 3, "h2": 3, "o1": 3, "o2": 3}


def test_a_branch_must_stand_outside_its_own_jurisdiction() -> None:
    places = pd.DataFrame({"parent": {"home": "host", "host": None}})
    nodes = pd.DataFrame({"place": ["home", "host"]}, index=["h", "o"])
    links = pd.DataFrame({"source": ["h"], "target": ["o"]})
    network = ni.build_network(nodes, links, places)
    with pytest.raises(InputError, match=r"`home` must lie outside `host`; 'home' is inside"):
        apply_scenario(network, ForwardEnclave("home", "host", 1, 0.5))


def test_movers_take_ties_of_host_with_them() -> None:
    before = cities()
    for seed in range(8):
        after = apply_scenario(before, TalentAttraction("home", "host", 3, 2 / 3, "new"), rng=seed)
        row = after.nodes.loc[MOVERS]
        assert (row["kind"], row["place"], row["jurisdiction"]) == ("talent", "home", "home")
        # Host's two ties that do not lead home go with the movers, who tie once to home.
        assert at_park(after, MOVERS) == {"far": 3.0, "near": 1.0, "home": 2.5}
        assert rows(before) - rows(after) == {("host", "far", 3.0), ("host", "near", 1.0)}
    with pytest.raises(InputError, match=r"leave 3 ties of 'host' behind .* there are 2"):
        apply_scenario(before, TalentAttraction("home", "host", 3, 1.0))


def test_only_ties_of_talents_go_where_there_are_talents() -> None:
    nodes = pd.DataFrame(
        {"place": ["home", "host", "host", "far"], "kind": ["firm", "talent", "firm", "firm"]},
        index=["h", "t", "o", "x"],
    )
    links = pd.DataFrame({"source": ["h", "t", "o"], "target": ["x", "x", "x"]})
    network = ni.build_network(nodes, links)
    for seed in range(5):
        after = apply_scenario(network, TalentAttraction("home", "host", 1, 1.0), rng=seed)
        assert at_park(after, MOVERS).keys() == {"x"}
        assert not any("t" in (s, t) for s, t, _ in rows(after))


def test_a_tie_that_is_kept_keeps_its_direction_periods_and_attributes() -> None:
    before = cities(directed=True)
    links = before.links.assign(period=2001, note="x")
    links = pd.concat([links, links.assign(period=2002)])
    before = before.replace_links(links)
    after = apply_scenario(before, TalentAttraction("home", "host", 2, 1.0), rng=1)
    mine = after.links[after.links["source"] == MOVERS]
    assert mine["target"].tolist() == ["far", "far", "near", "near"]
    assert mine["period"].tolist() == [2001, 2002] * 2
    assert mine["weight"].tolist() == [3, 3, 1, 1]
    assert mine["note"].tolist() == ["x"] * 4
    assert len(after.links) == len(before.links)


def test_ties_are_kept_in_proportion_to_weight() -> None:
    # Host's ties: far 3, near 1.
    scenario = TalentAttraction("home", "host", 1, 1.0, "new")
    drawn = [at_park(apply_scenario(cities(), scenario, rng=seed), MOVERS) for seed in range(120)]
    assert stats.binomtest(sum("far" in ends for ends in drawn), 120, 3 / 4).pvalue > 1e-3


def test_direct_links_join_home_to_the_neighbourhood_of_host() -> None:
    before = cities()
    scenario = DirectLinks("home", "host", 3, "new")
    after = apply_scenario(before, scenario, rng=1)
    assert after.nodes.index.equals(before.nodes.index)
    # Median 2.5 on top of home-host 5 and home-far 2; near is new.
    new = {("home", "host", 7.5), ("home", "far", 4.5), ("home", "near", 2.5)}
    assert rows(after) - rows(before) == new


def test_direct_links_join_actors_of_home_and_host_alike() -> None:
    # Both at home, and o1 and o2: which is joined to which is a matter of chance.
    joined: Counter[frozenset[tuple[str, str]]] = Counter()
    before, scenario = actors(), DirectLinks("home", "host", 2, "new", attachment=5.0)
    for seed in range(100):
        after = apply_scenario(before, scenario, rng=seed)
        joined[frozenset((s, t) for s, t, _ in rows(after) - rows(before))] += 1
    straight, crossed = {("h1", "o1"), ("h2", "o2")}, {("h1", "o2"), ("h2", "o1")}
    assert joined.keys() == {frozenset(straight), frozenset(crossed)}
    assert stats.binomtest(joined[frozenset(straight)], 100, 1 / 2).pvalue > 1e-3


@pytest.mark.slow
def test_direct_links_point_as_both_ends_are_used_to() -> None:
    # h only sends, o only receives: always forth. Then h sends 1 of 2: 3/4.
    names = ["h", "o", "x"]
    nodes = pd.DataFrame({"place": ["home", "host", "far"]}, index=names)
    scenario = DirectLinks("home", "host", 1, "new", layer="links")
    for back, chance in (((), 1.0), ((("x", "h"),), 3 / 4)):
        links = pd.DataFrame([("h", "x"), ("x", "o"), *back], columns=["source", "target"])
        network = ni.build_network(nodes, links, directed=["links"])
        forth = sum(
            ("h", "o", 1.0) in rows(apply_scenario(network, scenario, rng=seed))
            for seed in range(100)
        )
        assert forth == 100 if chance == 1 else stats.binomtest(forth, 100, chance).pvalue > 1e-3


@pytest.mark.slow
def test_random_ends_are_anywhere() -> None:
    before = actors()
    park = RandomEnds(ReverseEnclave("home", "host", 1, 0.5, "new"))
    ends = Counter(
        end for seed in range(140) for end in at_park(apply_scenario(before, park, rng=seed))
    )
    assert ends.keys() == set(before.nodes.index)
    assert stats.chisquare(list(ends.values())).pvalue > 1e-3
    direct = RandomEnds(DirectLinks("home", "host", 1, "new", layer="links"))
    pairs = Counter()
    for seed in range(210):
        after = apply_scenario(before, direct, rng=seed)
        ((source, target, _),) = rows(after) - rows(before)
        pairs[source, target] += 1
    assert len(pairs) == 21
    assert stats.chisquare(list(pairs.values())).pvalue > 1e-3


def test_combined_scenarios_follow_one_another() -> None:
    park, links = ReverseEnclave("home", "host", 2, 0.5, "new"), DirectLinks("home", "host", 1)
    both = Combined([park, links])
    assert both.scenarios == (park, links)
    assert both == Combined((park, links))
    before = actors()
    rng = np.random.default_rng(4)
    by_hand = apply_scenario(apply_scenario(before, park, rng=rng), links, rng=rng)
    assert apply_scenario(before, both, rng=4).equals(by_hand)
    mixed = Combined([lambda network, _: network, park])
    assert apply_scenario(before, mixed, rng=4).equals(apply_scenario(before, park, rng=4))
    for wrong in ([], "park", park, [park, "park"], [ReverseEnclave]):
        with pytest.raises(InputError, match="`scenarios"):
            Combined(wrong)


@pytest.mark.parametrize(
    ("make", "change", "words"),
    [
        (SETTINGS[1], {"pipeline_share": 2}, "`pipeline_share`"),
        (SETTINGS[2], {"kept_share": -1}, "`kept_share`"),
        (SETTINGS[2], {"funding": "stolen"}, "'reallocated', 'new'"),
        (SETTINGS[3], {"size": 0}, "`size`"),
        (SETTINGS[3], {"host": "home"}, "must differ"),
        (SETTINGS[4], {"scenario": NoChange()}, "`scenario` must be"),
    ],
)
def test_rivals_check_themselves(make, change, words: str) -> None:
    with pytest.raises(InputError, match=words):
        dataclasses.replace(make, **change)


def test_rivals_are_values_and_functions() -> None:
    for scenario in [*SETTINGS, Combined(SETTINGS[:2])]:
        twin = pickle.loads(pickle.dumps(scenario))
        assert twin == scenario
        assert hash(twin) == hash(scenario)
        assert callable(scenario)
    with pytest.raises(dataclasses.FrozenInstanceError):
        SETTINGS[0].size = 3
    with pytest.raises(InputError, match=r"`scenario` must be .*; found the class Rev.*; write"):
        apply_scenario(actors(), ReverseEnclave)


def test_removing_enclaves_by_hand() -> None:
    before = actors()
    with_both = apply_scenario(before, ReverseEnclave("home", "host", 2, 0.5, "new"), rng=1)
    with_both = apply_scenario(with_both, ForwardEnclave("home", "host", 2, 0.5, "new"), rng=1)
    assert remove_enclaves(before) is before
    assert rows(remove_enclaves(with_both)) == rows(before)
    assert remove_enclaves(with_both, kinds=["firm"]) is with_both
    kept = remove_enclaves(with_both, keep_nodes=True)
    assert kept.nodes.equals(with_both.nodes)
    assert rows(kept) == rows(before)
    with pytest.raises(InputError, match="kinds"):
        remove_enclaves(with_both, kinds=["Park"])


def network_with_sides(network: ni.MultilayerNetwork) -> tuple[str, str]:
    """Two places, none inside the other, in which nodes stand."""
    code = network.storage.place_codes
    used = [str(p) for p in network.places.index[np.unique(code[code >= 0])]]
    flat = [p for p in used if pd.isna(network.places.at[p, "parent"])]
    assume(len(flat) > 1 and network.places["parent"].isna().all())
    return flat[0], flat[1]


def too_few(network, scenario, home: str, layer: str, funding: str) -> bool:
    """Whether home has fewer links than are reallocated, or there are ties to keep."""
    links = network.select(layers=[layer]).links.query("source != target")
    ends = links[["source", "target"]]
    at_home = ends.isin(network.nodes.index[network.nodes["place"] == home]).any(axis=1)
    home_pairs = len(ends[at_home].drop_duplicates())
    kept = scenario.size - n_new(scenario) if isinstance(scenario, TalentAttraction) else 0
    return (funding == "reallocated" and home_pairs < n_new(scenario)) or kept > 0


# Not many random networks have links at two places.
@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(network=rich_networks(min_nodes=3, min_links=4), seed=st.integers(0, 2**32), data=st.data())
def test_invariants_on_random_networks(network, seed, data) -> None:
    home, host = network_with_sides(network)
    amounts = network.layer_table.query("quantity == 'amount'").index  # shares are refused
    pairs = network.links.query("source != target")
    pairs = pairs[pairs["layer"].isin(amounts)]
    assume(len(pairs))
    layer = data.draw(st.sampled_from(sorted(set(pairs["layer"]))))
    share = data.draw(st.floats(0, 1))
    attachment = data.draw(st.sampled_from([0.0, 0.5, 1.0, 1.5]))
    size = data.draw(st.integers(1, 3))
    options = {"attachment": attachment, "layer": layer}
    with_share = (ReverseEnclave, ForwardEnclave, TalentAttraction)
    scenarios = [kind(home, host, size, share, **options) for kind in with_share]
    direct = DirectLinks(home, host, size, **options)
    scenario = data.draw(st.sampled_from([*scenarios, direct, RandomEnds(direct)]))
    copy = pickle.loads(pickle.dumps(network))
    weights = network.links.groupby("layer")["weight"].sum()
    for funding in ("new", "reallocated"):
        try:
            after = apply_scenario(network, funded(scenario, funding), rng=seed)
        except InputError:
            assert too_few(network, scenario, home, layer, funding)
            continue
        assert network.equals(copy)
        assert after.equals(apply_scenario(network, funded(scenario, funding), rng=seed))
        assert after.nodes.index[: network.n_nodes].equals(network.nodes.index)
        n_added = not isinstance(scenario, (DirectLinks, RandomEnds))
        assert after.n_nodes - network.n_nodes == n_added
        found = after.links.groupby("layer")["weight"].sum().reindex(weights.index)
        pd.testing.assert_series_equal(found.drop(layer), weights.drop(layer))
        loops = after.links.query("source == target")
        assert len(loops) == len(network.links.query("source == target"))
        if funding == "reallocated":
            assert found[layer] == weights[layer]
        else:
            adjacency = network.select(layers=[layer]).adjacency(layer).toarray()
            np.fill_diagonal(adjacency, 0)
            if layer not in network.directed:
                adjacency = np.triu(adjacency)
            median = np.median(adjacency[adjacency > 0])
            assert found[layer] == pytest.approx(weights[layer] + median * n_new(scenario))

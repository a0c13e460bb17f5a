"""What a reverse enclave does to a network: worked by hand, conserved exactly, drawn as stated."""

import dataclasses
from collections import Counter
from functools import cache, lru_cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import netinnov as ni
from netinnov.errors import InputError
from netinnov.scenarios import DirectLinks, NoChange, RandomEnds, ReverseEnclave, apply_scenario

PARK = "enclave:home@host"


def park(size: int = 4, pipeline_share: float = 0.5, **options) -> ReverseEnclave:
    return ReverseEnclave("home", "host", size, pipeline_share, **options)


@cache
def actors(*, directed: bool = False) -> ni.MultilayerNetwork:
    """Firms h* at home, o* in a district of host, x* elsewhere; strength of o1, o2, o3: 1, 3, 0."""
    names = ["h1", "h2", "o1", "o2", "o3", "x1", "x2"]
    where = ["home", "mill", "host", "park road", "host", "far", "far"]
    nodes = pd.DataFrame({"place": where, "kind": "firm", "staff": 10}, index=names)
    ends = [("h1", "h2", 1.0), ("h1", "x1", 2.0), ("h2", "x1", 4.0), ("h2", "x2", 8.0)]
    ends += [("o1", "x1", 1.0), ("o2", "x2", 3.0), ("x1", "x2", 64.0), ("h1", "h1", 99.0)]
    links = pd.DataFrame(ends, columns=["source", "target", "weight"])
    parents = {"home": None, "mill": "home", "host": None, "park road": "host", "far": None}
    places = pd.DataFrame({"parent": parents})
    return ni.build_network(nodes, links, places, directed=["links"] if directed else [])


@cache
def cities(*, directed: bool = False) -> ni.MultilayerNetwork:
    """Places: host is tied to far (3), near (1) and home (5); home also to far (2)."""
    names = ["home", "host", "far", "near", "alone"]
    rows = [
        ("host", "far", 3.0),
        ("host", "near", 1.0),
        ("home", "host", 5.0),
        ("home", "far", 2.0),
    ]
    nodes = pd.DataFrame({"place": names, "kind": "place"}, index=names)
    links = pd.DataFrame(rows, columns=["source", "target", "weight"])
    return ni.build_network(nodes, links, directed=["links"] if directed else [])


def at_park(network: ni.MultilayerNetwork, name: str = PARK) -> dict[str, float]:
    """Weight of the park's links, by their other end."""
    index, links = network.storage.node_names, network.storage.link_rows()
    if name not in index:
        return {}
    ends: Counter[str] = Counter()
    for one, other in ((links.source, links.target), (links.target, links.source)):
        at = one == index.get_loc(name)
        for end, weight in zip(index[other[at]], links.weight[at].tolist(), strict=True):
            ends[end] += weight
    return dict(ends)


@lru_cache(maxsize=10)
def rows(network: ni.MultilayerNetwork) -> set[tuple[str, str, float]]:
    links = network.links
    columns = (links[column].tolist() for column in ("source", "target", "weight"))
    return set(zip(*columns, strict=True))


def test_the_park_is_one_node_at_host_that_belongs_to_home() -> None:
    before = actors()
    after = apply_scenario(before, park(), rng=1)
    assert list(after.nodes.index) == [*before.nodes.index, PARK]
    row = after.nodes.loc[PARK]
    assert (row["kind"], row["place"], row["jurisdiction"]) == ("park", "host", "home")
    assert pd.isna(row["staff"])
    pd.testing.assert_frame_equal(after.places, before.places)
    # The same node as the public way adds.
    table = pd.DataFrame({"kind": "park", "place": "host", "jurisdiction": "home"}, index=[PARK])
    pd.testing.assert_frame_equal(after.nodes, before.with_nodes(table).nodes)
    same = before.with_nodes(table).replace_links(after.links)
    assert same.equals(after)


def test_a_second_park_gets_a_number() -> None:
    network = actors()
    for name in (PARK, f"{PARK}:2", f"{PARK}:3"):
        network = apply_scenario(network, park(1), rng=1)
        assert network.nodes.index[-1] == name


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("size", [1, 3, 4])
@pytest.mark.parametrize("share", [0, 0.5, 1])
def test_reallocated_links_move_and_nothing_else_does(seed: int, size: int, share: float) -> None:
    before = actors()
    after = apply_scenario(before, park(size, share), rng=seed)
    gone, new = rows(before) - rows(after), rows(after) - rows(before)
    assert len(gone) == size
    assert all({"h1", "h2"} & {source, target} for source, target, _ in gone)
    assert all(source != target for source, target, _ in gone)
    assert all(PARK in (source, target) for source, target, _ in new)
    assert after.links["weight"].sum() == before.links["weight"].sum()
    # Two ends at home, three at host: parallel links appear only where there are more links.
    n_pipelines = round(share * size)
    assert len(new) == min(n_pipelines, 2) + min(size - n_pipelines, 3)
    if len(new) == size:
        assert after.n_links == before.n_links
        assert Counter(w for *_, w in gone) == Counter(w for *_, w in new)


@pytest.mark.parametrize("seed", range(4))
def test_new_links_come_on_top_with_the_median_weight(seed: int) -> None:
    before = actors()
    after = apply_scenario(before, park(4, 0.5, funding="new"), rng=seed)
    assert rows(before) < rows(after)
    assert after.n_links == before.n_links + 4
    # Weights without the self-link: 1, 1, 2, 3, 4, 8, 64.
    assert set(at_park(after).values()) == {3.0}


@pytest.mark.parametrize(
    ("size", "share", "pipelines"),
    [(4, 0, 0), (4, 1, 4), (5, 0.5, 2), (3, 0.5, 2), (4, 0.4, 2), (2, 0.25, 1), (1, 0.4, 1)],
)
def test_the_share_of_pipelines_is_rounded_and_one_link_leads_home(
    size: int, share: float, pipelines: int
) -> None:
    ends = at_park(apply_scenario(actors(), park(size, share, funding="new"), rng=3))
    assert sum(w for end, w in ends.items() if end in ("h1", "h2")) == 3 * pipelines
    assert sum(w for end, w in ends.items() if end in ("o1", "o2", "o3")) == 3 * (size - pipelines)


def test_nodes_without_strength_come_last_and_rounds_start_anew() -> None:
    for seed in range(10):
        network = apply_scenario(actors(), park(2, 0, funding="new"), rng=seed)
        assert at_park(network) == {"o1": 3, "o2": 3}
        network = apply_scenario(actors(), park(3, 0, funding="new"), rng=seed)
        assert at_park(network) == {"o1": 3, "o2": 3, "o3": 3}
        network = apply_scenario(actors(), park(5, 0, funding="new"), rng=seed)
        assert at_park(network) == {"o1": 6, "o2": 6, "o3": 3}
        assert network.n_links == actors().n_links + 3
    uniform = park(1, 0, funding="new", attachment=0)
    drawn = {
        end for seed in range(40) for end in at_park(apply_scenario(actors(), uniform, rng=seed))
    }
    assert drawn == {"o1", "o2", "o3"}


def test_on_places_the_park_shares_the_neighbourhood_of_host() -> None:
    network = cities()

    def ends(size: int, share: float, seed: int = 0) -> dict[str, float]:
        return at_park(apply_scenario(network, park(size, share, funding="new"), rng=seed))

    # The median of 1, 2, 3, 5 is 2.5. Host itself comes first, home is no neighbour to embed in.
    assert ends(1, 0) == {"host": 2.5}
    assert ends(3, 0) == {"host": 2.5, "far": 2.5, "near": 2.5}
    assert ends(4, 0) == {"host": 5, "far": 2.5, "near": 2.5}
    assert ends(4, 0.75) == {"host": 2.5, "home": 7.5}
    second = [next(iter(ends(2, 0, seed).keys() - {"host"})) for seed in range(200)]
    assert stats.binomtest(second.count("far"), 200, 3 / 4).pvalue > 1e-3


def test_on_places_a_second_park_still_shares_the_neighbourhood() -> None:
    # Now two nodes stand in host, but one of them belongs to home.
    network = apply_scenario(cities(), park(3, 0, funding="new"), rng=1)
    network = apply_scenario(network, park(5, 0.2, funding="new"), rng=1)
    assert at_park(network, f"{PARK}:2").keys() == {"home", "host", "far", "near", PARK}


def test_home_inside_host_is_no_host_node() -> None:
    places = pd.DataFrame({"parent": {"home": "host", "host": None}})
    nodes = pd.DataFrame({"place": ["home", "host", "host"]}, index=["h", "o1", "o2"])
    links = pd.DataFrame({"source": ["h", "h"], "target": ["o1", "o2"]})
    network = ni.build_network(nodes, links, places)
    for seed in range(5):
        after = apply_scenario(network, park(4, 0, funding="new"), rng=seed)
        assert at_park(after) == {"o1": 2, "o2": 2}


def test_the_layer_is_the_one_with_the_most_links_or_as_told() -> None:
    names = ["home", "host", "far"]
    nodes = pd.DataFrame({"place": names}, index=names)
    ends = [("b", "home", "far"), ("b", "host", "far"), ("a", "home", "host"), ("a", "host", "far")]
    ends += [("c", "home", "host"), *(("c", name, name) for name in names)]  # self-links: no count
    links = pd.DataFrame(ends, columns=["layer", "source", "target"])
    network = ni.build_network(nodes, links)

    def grown(scenario: ReverseEnclave) -> list[str]:
        after = apply_scenario(network, scenario, rng=1).links
        return after.loc[after["target"] == PARK, "layer"].unique().tolist()

    assert grown(park(1, 0)) == ["a"]
    assert grown(park(1, 0, layer="b")) == ["b"]
    with pytest.raises(InputError, match="did you mean"):
        apply_scenario(network, park(1, 0, layer="A"))


def test_other_layers_periods_and_attributes_stay() -> None:
    before = actors()
    links = before.links.assign(
        layer="deals", period=pd.array([2001, None] * 4, dtype="Int64"), note="x"
    )
    again = links[links["source"] == "h1"].assign(period=2002)
    other = links.assign(layer="other")[:3]
    before = before.replace_links(pd.concat([links, again, other]))
    after = apply_scenario(before, park(4, 0.5, layer="deals"), rng=1)
    new = after.links[after.links["target"] == PARK]
    assert new["period"].isna().all()
    assert new["note"].isna().all()
    assert after.n_links == before.n_links
    # A pair moves with all its periods: none is left in part, and the weights add up.
    kept = after.links[after.links["target"] != PARK]
    columns = ["layer", "source", "target"]
    merged = before.links.merge(kept[columns].drop_duplicates(), on=columns)
    pd.testing.assert_frame_equal(kept.reset_index(drop=True), merged)
    assert after.links["weight"].sum() == before.links["weight"].sum()
    pd.testing.assert_frame_equal(
        after.select(layers=["other"]).links, before.select(layers=["other"]).links
    )


def test_a_directed_link_points_as_its_end_is_pointed_at() -> None:
    # o1 only receives, o2 only sends; h1 receives 1 of 4.
    names = ["h1", "o1", "o2", "x"]
    nodes = pd.DataFrame({"place": ["home", "host", "host", "far"]}, index=names)
    links = pd.DataFrame(
        [("x", "o1", 1.0), ("o2", "x", 1.0), ("h1", "x", 3.0), ("x", "h1", 1.0)],
        columns=["source", "target", "weight"],
    )
    network = ni.build_network(nodes, links, directed=["links"])
    towards = 0
    for seed in range(200):
        after = apply_scenario(network, park(3, 1 / 3, funding="new"), rng=seed)
        new = {(s, t) for s, t, _ in rows(after) - rows(network)}
        assert {(PARK, "o1"), ("o2", PARK)} < new
        towards += (PARK, "h1") in new
        assert len(new) == 3
    assert stats.binomtest(towards, 200, 1 / 4).pvalue > 1e-3


def test_on_directed_places_a_shared_tie_keeps_its_direction() -> None:
    before = cities(directed=True)  # host sends to far and near
    for seed in range(5):
        after = apply_scenario(before, park(3, 0, funding="new"), rng=seed)
        new = {(s, t) for s, t, _ in rows(after) - rows(before)}
        assert {(PARK, "far"), (PARK, "near")} < new


@pytest.mark.slow
@pytest.mark.parametrize(("attachment", "share"), [(0, 1 / 2), (1, 3 / 4), (1.5, 27**0.5)])
def test_the_exponent_says_how_strongly_strength_attracts(attachment: float, share: float) -> None:
    # o1 has strength 1, o2 has 3; o3 is taken out. 3^1.5 : 1 is sqrt(27) : 1.
    share = share / (1 + share) if share > 1 else share
    network = actors()
    network = network.select(nodes=[node for node in network.nodes.index if node != "o3"])
    scenario = park(1, 0, funding="new", attachment=attachment)
    hits = sum("o2" in at_park(apply_scenario(network, scenario, rng=seed)) for seed in range(400))
    assert stats.binomtest(hits, 400, share).pvalue > 1e-3


def test_links_are_taken_uniformly() -> None:
    # The four links of home have weights 1, 2, 4, 8.
    network, scenario = actors(), park(1, 0)
    drawn = [at_park(apply_scenario(network, scenario, rng=seed)) for seed in range(200)]
    taken = Counter(weight for ends in drawn for weight in ends.values())
    assert taken.keys() == {1, 2, 4, 8}
    assert stats.chisquare(list(taken.values())).pvalue > 1e-3


def test_a_generator_moves_on_and_a_seed_does_not() -> None:
    rng = np.random.default_rng(1)
    drawn = [apply_scenario(actors(), park(1, 0.0, attachment=0.0), rng=rng) for _ in range(12)]
    assert len({frozenset(rows(network)) for network in drawn}) > 1
    seed = np.random.SeedSequence(7)
    one, two = (apply_scenario(actors(), park(), rng=seed) for _ in range(2))
    assert one.equals(two)


def test_no_change_and_functions_are_scenarios_too() -> None:
    network = actors()
    assert apply_scenario(network, NoChange()) is network

    def two_parks(network, rng):
        once = apply_scenario(network, park(1), rng=rng)
        return apply_scenario(once, park(1), rng=rng)

    after = apply_scenario(network, two_parks, rng=5)
    assert after.n_nodes == network.n_nodes + 2
    assert after.equals(apply_scenario(network, two_parks, rng=5))
    with pytest.raises(InputError, match=r"<lambda> must return a Multilayer.*; found NoneType"):
        apply_scenario(network, lambda *_: None)
    with pytest.raises(InputError, match="found 'enclave'"):
        apply_scenario(network, "enclave")


def test_home_may_stand_anywhere_in_the_table() -> None:
    before = cities()
    turned = before.select(nodes=["far", "near", "host"]).with_nodes(before.nodes[:1])
    turned = turned.with_links(before.links[before.links["source"] == "home"])
    assert turned.nodes.index[-1] == "home"
    after = apply_scenario(turned, park(2, 0), rng=1)
    assert sorted(at_park(after).values()) == [2, 5]  # both links of home


def test_too_few_links_to_reallocate() -> None:
    with pytest.raises(InputError, match=r"5 are asked for, 'home' has 4 in layer 'links'.*new"):
        apply_scenario(actors(), park(5))


@pytest.mark.parametrize(
    ("home", "host", "words"),
    [
        ("hom", "host", r"`home`.*'hom' is not one \(did you mean 'home'\?\)"),
        ("home", "Host", r"`host`.*did you mean 'host'"),
        ("home", "nowhere at all", "`host`.*is not one"),
        ("home", "mill", "'mill' is inside 'home'"),
        ("empty", "host", "`home` must have nodes"),
        ("home", "empty", "`host` must have nodes"),
    ],
)
def test_places_that_cannot_be_home_or_host(home: str, host: str, words: str) -> None:
    before = actors()
    places = pd.concat([before.places, pd.DataFrame({"parent": [None]}, index=["empty"])])
    network = ni.build_network(before.nodes, before.links, places.rename_axis("place"))
    with pytest.raises(InputError, match=words):
        apply_scenario(network, ReverseEnclave(home, host, 1, 0.5))


def test_a_network_without_links_has_no_room() -> None:
    network = actors().select(nodes=["h2", "o1"])
    with pytest.raises(InputError, match="there are none"):
        apply_scenario(network, park(1, funding="new"))
    only_self = actors().select(nodes=["h1", "o1"])
    with pytest.raises(InputError, match="no links between nodes"):
        apply_scenario(only_self, park(1, funding="new"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"host": "home"}, "must differ"),
        ({"host": 7}, "`host` must be .* found 7; write the id of a place"),
        ({"home": None}, "`home` must be .* found None; write the id of a place"),
    ],
)
def test_an_enclave_checks_itself(change, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        dataclasses.replace(park(), **change)


def test_layers_of_shares_of_an_origin_are_refused() -> None:
    links = [("a", "b", 60.0), ("a", "c", 40.0), ("b", "a", 100.0), ("c", "a", 100.0)]
    table = pd.DataFrame(links, columns=["source", "target", "weight"])
    table["layer"] = "shares"
    records = {"shares": {"quantity": "share_of_origin"}}
    nodes = pd.DataFrame({"place": list("abc")}, index=list("abc"))
    network = ni.build_network(nodes, table, directed=["shares"], layers=records)
    park = ReverseEnclave("a", "b", 1, 0.5)
    for scenario in (park, DirectLinks("a", "b", 1), RandomEnds(park)):
        with pytest.raises(InputError, match=r"'shares' holds shares.*of flows"):
            apply_scenario(network, scenario, rng=1)
    flows = table.assign(layer="moves")
    both = ni.build_network(nodes, pd.concat([table, flows]), directed=["moves"], layers=records)
    assert apply_scenario(both, ReverseEnclave("a", "b", 1, 0.5, layer="moves"), rng=1).n_nodes == 4

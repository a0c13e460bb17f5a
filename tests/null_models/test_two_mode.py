"""Two-mode layers: random ones keep margins; pairs that meet more often than chance."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import netinnov as ni
from netinnov.errors import InputError
from netinnov.null_models import curveball, validated_projection


def two_mode(seed=0, members=40, events=25, m=160, turned=False, **more):
    rng = np.random.default_rng(seed)
    firms, parks = [f"f{i}" for i in range(members)], [f"p{i}" for i in range(events)]
    nodes = pd.DataFrame({"node": firms + parks, "kind": ["firm"] * members + ["park"] * events})
    ends = ["source", "target"][:: -1 if turned else 1]
    links = pd.DataFrame({ends[0]: rng.choice(firms, m), ends[1]: rng.choice(parks, m)})
    links = links.drop_duplicates()
    links["weight"] = rng.lognormal(size=len(links))
    return ni.build_network(nodes, links, **more)


@pytest.mark.parametrize("directed", [(), ("links",)])
@pytest.mark.parametrize("turned", [False, True])
def test_margins_and_weights_stay_and_no_link_joins_one_kind(directed, turned):
    network = two_mode(turned=turned, directed=directed)
    drawn = curveball(network, rng=1)
    for direction in ("in", "out"):
        before = ni.centrality.degree(network, direction=direction)
        pd.testing.assert_frame_equal(ni.centrality.degree(drawn, direction=direction), before)
    old, new = network.adjacency("links"), drawn.adjacency("links")
    np.testing.assert_array_equal(np.sort(old.data), np.sort(new.data))
    kind = network.nodes["kind"]
    assert all(kind[a] != kind[b] for a, b in drawn.links[["source", "target"]].to_numpy())
    assert not drawn.equals(network)


def test_a_weight_stays_with_the_end_of_the_kind_that_does_not_trade():
    network = two_mode()  # parks are fewer, so parks trade, and firms keep their strengths
    drawn = curveball(network, rng=2)
    strengths = [ni.centrality.strength(of)["links"] for of in (network, drawn)]
    firm = network.nodes["kind"] == "firm"
    np.testing.assert_allclose(strengths[0][firm], strengths[1][firm])
    assert (strengths[0][~firm] - strengths[1][~firm]).abs().max() > 0.1
    weights = [
        {node: Counter(part["weight"]) for node, part in of.links.groupby("source")}
        for of in (network, drawn)
    ]
    assert weights[0] == weights[1]


def test_the_same_rng_gives_the_same_network():
    network = two_mode()
    assert curveball(network, rng=3).equals(curveball(network, rng=3))
    assert not curveball(network, rng=3).equals(curveball(network, rng=4))
    assert curveball(network, trials=0, rng=3).equals(network)


@pytest.mark.parametrize(
    ("kinds", "links", "directed", "words"),
    [
        (["a", "a", "b"], [("x", "y")], (), "'a' and 'a'"),
        (["a", "b", "c"], [("x", "y"), ("y", "z")], (), "'a' and 'b', 'b' and 'c'"),
        (["a", None, "b"], [("x", "y")], (), "no kind and 'a'"),
        (["a", "b", "b"], [("x", "y"), ("z", "x")], ("links",), "both ways"),
    ],
)
def test_what_is_not_two_mode_is_refused(kinds, links, directed, words):
    nodes = pd.DataFrame({"node": list("xyz"), "kind": pd.array(kinds, dtype="str")})
    table = pd.DataFrame(links, columns=["source", "target"])
    with pytest.raises(InputError, match=words):
        curveball(ni.build_network(nodes, table, directed=directed))


def test_a_side_of_several_kinds_is_named():
    network = two_mode()
    nodes = network.nodes
    nodes.loc["f0":"f9", "kind"] = "university"
    mixed = ni.build_network(nodes, network.links)
    with pytest.raises(InputError, match="name the kinds of one side"):
        curveball(mixed, rng=6)
    expected = curveball(network, rng=6).links
    for through in ("park", ["firm", "university"]):
        pd.testing.assert_frame_equal(curveball(mixed, through=through, rng=6).links, expected)
    with pytest.raises(InputError, match="joins nodes of 'firm' with others"):
        curveball(mixed, through="firm", rng=6)


def of_table(table):
    members = [f"m{i}" for i in range(len(table))]
    events = [f"e{i}" for i in range(table.shape[1])]
    i, j = np.nonzero(table)
    kinds = ["m"] * len(members) + ["e"] * len(events)
    links = pd.DataFrame({"source": np.array(members)[i], "target": np.array(events)[j]})
    return ni.build_network(pd.DataFrame({"node": members + events, "kind": kinds}), links)


@pytest.fixture
def table():
    drawn = np.random.default_rng(0).random((10, 8)) < 0.45
    drawn[:, 0] = drawn[0] = True
    return drawn


@pytest.mark.parametrize("onto", ["m", "e"])
def test_hypergeometric_against_scipy(table, onto):
    found = validated_projection(of_table(table), layer="links", onto=onto, alpha=1)
    table = table if onto == "m" else table.T
    assert len(found) == len(table) * (len(table) - 1) // 2  # all meet in the first event
    k = table.sum(axis=1)
    for row in found.itertuples():
        i, j = int(row.source[1:]), int(row.target[1:])
        common = int((table[i] & table[j]).sum())
        assert row.weight == common
        expected = stats.hypergeom.sf(common - 1, table.shape[1], k[i], k[j])
        assert row.p == pytest.approx(expected, rel=1e-9)
    np.testing.assert_allclose(found["p_corrected"], stats.false_discovery_control(found["p"]))


def test_planted_partners_are_found_and_the_table_makes_links():
    rng = np.random.default_rng(1)
    table = rng.random((30, 200)) < 0.05
    table[1] = table[0] = rng.random(200) < 0.1
    network = of_table(table)
    found = validated_projection(network, layer="links", onto="m")
    assert found[["source", "target"]].to_numpy().tolist() == [["m0", "m1"]]
    more = network.with_links(found.assign(layer="partners"))
    assert more.adjacency("partners")[0, 1] == table[0].sum()


def test_events_in_which_several_kinds_meet(table):
    network = of_table(table)
    nodes = network.nodes
    nodes["kind"] = nodes["kind"].replace("m", "n").where(nodes.index != "m1", "m")
    mixed = ni.build_network(nodes, network.links)
    expected = validated_projection(network, layer="links", onto="m", alpha=1)
    found = validated_projection(mixed, layer="links", onto=["m", "n"], alpha=1)
    pd.testing.assert_frame_equal(found, expected)
    with pytest.raises(InputError, match="not in the network"):
        validated_projection(network, layer="links", onto="firm")

"""Cooperation around a park: who is there, who brokers, what fails without one."""

import networkx as nx
import pandas as pd
import pytest

import netinnov as ni
from netinnov.datasets import load_quzhou, load_yrd_enclaves
from netinnov.errors import InputError
from netinnov.mechanisms.cooperation import brokerage_table, outages, park_network, park_sides

PARK = "quzhou_haichuang"


@pytest.fixture(scope="module")
def quzhou() -> ni.MultilayerNetwork:
    return load_quzhou()


@pytest.fixture(scope="module")
def delta() -> ni.MultilayerNetwork:
    return load_yrd_enclaves()


@pytest.fixture
def toy() -> ni.MultilayerNetwork:
    """Host actors x, y and home actors h, g around park p; u says nothing of itself.

    x > p, y > p, u > p, p > h, p > g in `flow`; x > h and g > h in `rule`.
    """
    nodes = pd.DataFrame({"node": list("xyhgpuz")})
    nodes["kind"] = ["firm", "firm", "government", "firm", "park", "firm", "firm"]
    nodes["place"] = ["host", "inner", "home", "home", "host", None, "far"]
    nodes["jurisdiction"] = ["host", "inner", "home", "home", "home", None, "far"]
    links = pd.DataFrame({"source": list("xyuppxgz"), "target": list("ppphghhh")})
    links["layer"] = ["flow"] * 5 + ["rule"] * 3
    places = pd.DataFrame(
        {"place": ["host", "inner", "home", "far"], "parent": [None, "host", None, None]}
    )
    return ni.build_network(nodes, links, places, ["flow", "rule"])


def test_the_park_with_its_direct_partners_is_the_bundled_case(quzhou, delta):
    around = park_network(delta, PARK)
    assert (around.n_nodes, around.n_links, len(around.layers)) == (14, 20, 9)
    # Facts of the data's description: links at the site itself, by layer.
    links = around.links
    at_park = links[(links["source"] == PARK) | (links["target"] == PARK)]
    assert at_park["layer"].value_counts().to_dict() == {
        "policy": 3, "tenancy": 3, "hosting": 2, "funding": 2, "operation": 2,
        "ownership": 1, "research": 1, "talent": 1, "production": 1,
    }  # fmt: skip
    pd.testing.assert_frame_equal(around.links, quzhou.links)
    assert around.nodes.index.tolist() == quzhou.nodes.index.tolist()
    assert park_network(around, PARK).n_links == 20


def test_sides_follow_jurisdictions_through_the_places_around(quzhou):
    by_jurisdiction = park_sides(quzhou, PARK)
    assert by_jurisdiction.value_counts().to_dict() == {"home": 7, "host": 7}
    # Hangzhou holds Yuhang, the host; the operator is Quzhou's and stands in Hangzhou.
    by_place = park_sides(quzhou, PARK, by="place")
    assert by_jurisdiction[["gov_hangzhou", "quhai_invest", PARK]].tolist() == [
        "host", "home", "home",
    ]  # fmt: skip
    assert by_place[["gov_hangzhou", "quhai_invest", PARK]].tolist() == ["host"] * 3


def test_sides_name_what_is_neither_and_what_is_both():
    nodes = pd.DataFrame(
        {
            "kind": "firm",
            "place": ["b", "city", "far", None],
            "jurisdiction": ["a", "city", "far", None],
        },
        index=["p", "c", "f", "u"],
    )
    places = pd.DataFrame(
        {"place": ["a", "b", "city", "far"], "parent": ["city", "city", None, None]}
    )
    links = pd.DataFrame({"source": ["c"], "target": ["p"]})
    sides = park_sides(ni.build_network(nodes, links, places), "p")
    assert sides[["p", "c", "f"]].tolist() == ["home", "both", "other"]
    assert pd.isna(sides["u"])


def test_roles_by_hand(toy):
    # Two-paths through p with known ends: x>p>h is closed by x>h; open: x>g, y>h, y>g.
    table = brokerage_table(toy, "p")
    assert table.loc["p", ["liaison", "homeward", "outward"]].tolist() == [3, 3, 0]
    assert table.loc["p", ["itinerant", "gatekeeper", "representative"]].tolist() == [0, 0, 0]
    assert table["homeward"].drop(["p", "u"]).eq(0).all()
    assert table.loc["u", ["liaison", "homeward"]].isna().all()
    # p > g > h is closed by p > h, so g brokers nothing.
    assert table.loc["g", "coordinator"] == 0
    with_home = brokerage_table(toy, "p", park_side="home")
    assert with_home.loc["p", ["gatekeeper", "liaison", "homeward"]].tolist() == [3, 0, 3]
    with_host = brokerage_table(toy, "p", park_side="host")
    assert with_host.loc["p", ["representative", "liaison", "homeward"]].tolist() == [3, 0, 3]


def test_without_direction_each_pair_counts_twice(toy):
    # Open pairs at p: x-y (one group), x-g, y-h, y-g (across); x-h and g-h are linked.
    roles = brokerage_table(ni.build.symmetrize(toy), "p").loc["p"]
    assert roles[["itinerant", "liaison", "homeward", "outward"]].tolist() == [2, 6, 3, 3]


def test_layers_by_themselves_close_no_pair_of_another(toy):
    # In `flow` alone x > h is not linked: four pairs; `rule` has no path through p.
    table = brokerage_table(toy, "p", by_layer=True)
    assert table.loc[("flow", "p"), "liaison"] == 4
    assert table.loc[("rule", "p"), "liaison"] == 0


def test_outages_by_hand(toy):
    lost = outages(toy, "p")
    # Without p: x - h - g stay together, y and u alone. Across: y-h, y-g lost (x-h, x-g stay).
    assert lost.loc["p", ["links", "parts", "isolated", "pairs_lost"]].tolist() == [5, 3, 2, 2]
    # Directed: x>h stays by the rule; x>g, y>h, y>g went through p.
    assert lost.loc["p", ["homeward_lost", "outward_lost"]].tolist() == [3, 0]
    assert lost.loc["p", ["layers_lost", "single_point"]].tolist() == ["flow", True]
    # h takes the layer `rule` with it, since z is no partner of p.
    assert lost.loc["h", ["layers_lost", "articulation"]].tolist() == ["rule", False]
    assert lost["articulation"].sum() == 1


def test_outages_agree_with_networkx(delta):
    for park in (PARK, "xianning_wuhan", "jiashan_hongqiao"):
        around = park_network(delta, park)
        links = around.links
        arcs = nx.DiGraph(list(zip(links["source"], links["target"], strict=True)))
        graph = arcs.to_undirected()
        side = park_sides(around, park)
        lost = outages(delta, park)
        assert set(lost.index[lost["articulation"]]) == set(nx.articulation_points(graph))
        for node in around.nodes.index:
            rest = graph.subgraph(set(graph) - {node})
            assert lost.loc[node, "parts"] == nx.number_connected_components(rest)
            assert lost.loc[node, "isolated"] == nx.number_of_isolates(rest)
            fewer = arcs.subgraph(set(arcs) - {node})
            homeward = sum(
                nx.has_path(arcs, a, b) and not nx.has_path(fewer, a, b)
                for a in fewer
                for b in fewer
                if side[a] == "host" and side[b] == "home"
            )
            assert lost.loc[node, "homeward_lost"] == homeward


@pytest.mark.parametrize(
    ("park", "words"),
    [
        ("P", "`park`: 1 of 1 names .*did you mean 'p'"),
        ("g", "`park` must stand outside its jurisdiction"),
        ("u", r"must have a place .* and a jurisdiction"),
    ],
)
def test_what_is_no_park_is_refused(toy, park, words):
    with pytest.raises(InputError, match=words):
        park_network(toy, park)


def test_a_link_of_several_periods_is_stated_once():
    nodes = {"place": "H", "jurisdiction": ["P", "H"], "kind": ["park", "firm"]}
    links = {"source": "x", "target": "a", "period": [2001, 2002], "status": "stated"}
    tables = pd.DataFrame(nodes, index=["x", "a"]), pd.DataFrame(links)
    table = ni.mechanisms.cooperation.cooperation_table(ni.build_network(*tables))
    assert table.loc["x", ["links", "stated"]].tolist() == [1, 1]

"""Nodes into groups and layers into one: hand values, dense algebra, conserved totals."""

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import netinnov as ni
from netinnov.errors import InputError
from strategies import Tables, bare, dense, networks


def entries(network: ni.MultilayerNetwork) -> dict[tuple[str, str, str], float]:
    links = network.links
    keys = zip(links["layer"], links["source"], links["target"], strict=True)
    return dict(zip(keys, links["weight"], strict=True))


def test_places(small: ni.MultilayerNetwork) -> None:
    # P = {a, b}, Q = {c, d}, R = {e}. coop: a-b 2 stays in P, a-c 4 and b-c 1 join P and Q.
    # flow: a>c 1, c>a 3; c>d 2 and d>d 5 stay in Q.
    found = ni.aggregate(small)
    assert list(found.nodes.index) == ["P", "Q", "R"]
    assert found.layers == ("coop", "flow")
    assert found.directed == frozenset({"flow"})
    assert entries(found) == {
        ("coop", "P", "P"): 2.0, ("coop", "P", "Q"): 5.0, ("flow", "P", "Q"): 1.0,
        ("flow", "Q", "P"): 3.0, ("flow", "Q", "Q"): 7.0,
    }  # fmt: skip
    pd.testing.assert_frame_equal(found.places, small.places)
    assert found.nodes["place"].tolist() == ["P", "Q", "R"]
    assert found.nodes["jurisdiction"].tolist() == ["P", "Q", "R"]
    assert found.nodes["kind"].tolist() == ["place"] * 3
    assert found.nodes["members"].tolist() == [2, 2, 1]


def test_links_inside_a_group_can_be_dropped(small: ni.MultilayerNetwork) -> None:
    found = ni.aggregate(small, drop_internal=True)
    assert list(found.nodes.index) == ["P", "Q", "R"]
    assert entries(found) == {
        ("coop", "P", "Q"): 5.0,
        ("flow", "P", "Q"): 1.0,
        ("flow", "Q", "P"): 3.0,
    }


def test_whole_numbers_with_a_gap_name_their_groups_without_decimals() -> None:
    nodes = pd.DataFrame({"founded": [2001, 2001, None], "share": [0.5, 1.0, 0.5]}, list("abc"))
    network = ni.build_network(nodes, pd.DataFrame({"source": ["a"], "target": ["b"]}))
    with pytest.warns(UserWarning, match="1 of 3 nodes have no founded"):
        assert ni.aggregate(network, by="founded").nodes.index.tolist() == ["2001"]
    assert ni.aggregate(network, by="share").nodes.index.tolist() == ["0.5", "1.0"]


def test_nodes_without_a_group_are_left_out_with_one_warning() -> None:
    tables = bare(
        {"l": [("a", "b", 1), ("b", "c", 2), ("a", "d", 4)], "m": [("c", "d", 8)]},
        "abcd",
        place=["P", "Q", None, None],
    )
    network = ni.build_network(*tables)
    with pytest.warns(UserWarning, match=r"\b2\b") as caught:
        found = ni.aggregate(network)
    assert len(caught) == 1
    assert list(found.nodes.index) == ["P", "Q"]
    assert entries(found) == {("l", "P", "Q"): 1.0}


@given(networks(missing=False), st.sampled_from(["place", "jurisdiction", "kind"]))
def test_aggregate_agrees_with_dense_algebra(tables: Tables, by: str) -> None:
    network = ni.build_network(*tables)
    groups = network.nodes[by].tolist()
    found = ni.aggregate(network, by=by)
    labels = list(found.nodes.index)
    if by == "kind":
        assert labels == sorted(set(groups))
    else:
        assert labels == [place for place in network.places.index if place in groups]
    assert found.nodes["members"].tolist() == [groups.count(label) for label in labels]
    member = np.array([[float(group == label) for label in labels] for group in groups])
    for layer, matrix in dense(tables).items():
        # Undirected: each link once, so the upper triangle, folded back after grouping.
        once = matrix if layer in tables.directed else np.triu(matrix)
        grouped = member.T @ once @ member
        if layer not in tables.directed:
            grouped = grouped + grouped.T - np.diag(np.diag(grouped))
        np.testing.assert_array_equal(found.adjacency(layer).toarray(), grouped)
    apart = ni.aggregate(network, by=by, drop_internal=True)
    assert list(apart.nodes.index) == labels
    links = found.links
    links = links[links["source"] != links["target"]].reset_index(drop=True)
    columns = ["layer", "source", "target", "weight"]
    pd.testing.assert_frame_equal(apart.links[columns], links[columns])


@pytest.mark.slow
@given(networks(), st.sampled_from(["place", "jurisdiction", "kind"]))
def test_totals_of_layers_and_periods_are_conserved(tables: Tables, by: str) -> None:
    network = ni.build_network(*tables)
    grouped = network.nodes[by].notna()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore" if not grouped.all() else "error", UserWarning)
        found = ni.aggregate(network, by=by)
    members = grouped.index[grouped]
    ends = network.links[["source", "target"]]
    before = network.links[ends.isin(members).all(axis=1)]
    by_period = "period" in found.links.columns
    assert by_period == ("period" in before.columns and before["period"].notna().any())
    again = ni.MultilayerNetwork(
        found.nodes, found.links, places=found.places, directed=found.directed
    )
    assert found.equals(again)
    for keys in [["layer"], ["layer", "period"]][: 1 + by_period]:
        pd.testing.assert_series_equal(
            found.links.groupby(keys, dropna=False)["weight"].sum(),
            before.groupby(keys, dropna=False)["weight"].sum(),
        )


@pytest.mark.parametrize("weights", [{"coop": 1.0, "flwo": 1.0}, {"coop": -1.0, "flow": 1.0}])
def test_flatten_refuses_impossible_weights(
    small: ni.MultilayerNetwork, weights: dict[str, float]
) -> None:
    with pytest.raises(ValueError, match=r"flwo|weight"):
        ni.flatten(small, weights=weights)


@given(networks(), st.lists(st.sampled_from([0.25, 1.0, 3.0]), min_size=4, max_size=4))
def test_flatten_agrees_with_dense_algebra(tables: Tables, factors: list[float]) -> None:
    network = ni.build_network(*tables)
    weights = dict(zip(network.layers, factors, strict=False))
    matrices = dense(tables)
    n = network.n_nodes
    for chosen in (None, weights):
        found = ni.flatten(network, weights=chosen)
        total = sum(
            ((chosen or {}).get(layer, 1.0) * matrix for layer, matrix in matrices.items()),
            start=np.zeros((n, n)),
        )
        if not matrices:
            assert found.layers == ()
            continue
        assert found.layers == ("all",)
        assert bool(found.directed) == bool(tables.directed)
        np.testing.assert_array_equal(found.adjacency("all").toarray(), total)


# --------------------------------------------------------------------------------------------------
# levels by name


@pytest.fixture
def three_levels() -> ni.MultilayerNetwork:
    # zhejiang holds hangzhou and quzhou; hangzhou holds yuhang. Nodes lie at all three, and abroad.
    places = pd.DataFrame(
        {
            "parent": [None, "zhejiang", "zhejiang", "hangzhou", None],
            "level": ["province", "city", "city", "district", None],
        },
        index=["zhejiang", "hangzhou", "quzhou", "yuhang", "abroad"],
    )
    nodes = pd.DataFrame({"place": ["yuhang", "hangzhou", "quzhou", "zhejiang", "abroad"]})
    nodes.index = list("abcde")
    links = pd.DataFrame({"source": list("aabb"), "target": list("bccd")})
    return ni.build_network(nodes, links, places)


def test_a_named_level_brings_nodes_of_all_levels_to_one(three_levels):
    cities = ni.aggregate(three_levels, level="city")
    # The province lies in no city, and stays; so does what has no level.
    assert cities.nodes["members"].to_dict() == {
        "zhejiang": 1, "hangzhou": 2, "quzhou": 1, "abroad": 1
    }  # fmt: skip
    assert entries(cities) == {
        ("links", "hangzhou", "hangzhou"): 1,
        ("links", "hangzhou", "quzhou"): 2,
        ("links", "zhejiang", "hangzhou"): 1,
    }
    provinces = ni.aggregate(three_levels, level="province")
    assert provinces.nodes["members"].to_dict() == {"zhejiang": 4, "abroad": 1}
    assert ni.aggregate(three_levels, level="district").equals(ni.aggregate(three_levels))
    # Steps take each node as far: the city's own node ends in the province.
    assert ni.aggregate(three_levels, level=1).nodes["members"].to_dict() == {
        "zhejiang": 3, "hangzhou": 1, "abroad": 1
    }  # fmt: skip


@pytest.mark.parametrize(
    ("level", "words"),
    [
        ("citty", "no place is of level 'citty' .did you mean 'city'"),
        ("county", "there are 'province', 'city', 'district'"),
    ],
)
def test_levels_that_no_place_has(three_levels, level, words):
    with pytest.raises(InputError, match=words):
        ni.aggregate(three_levels, level=level)


def test_a_named_level_needs_the_column(three_levels):
    bare = ni.build_network(
        three_levels.nodes, three_levels.links, three_levels.places.drop(columns="level")
    )
    with pytest.raises(InputError, match="needs a column `level` of the places"):
        ni.aggregate(bare, level="city")


# --------------------------------------------------------------------------------------------------
# shares of each origin's total


def network_of_shares(*more: str) -> ni.MultilayerNetwork:
    links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "a"], "weight": [0.25, 0.5]})
    layers = [links.assign(layer=layer) for layer in ("flows", *more)]
    return ni.build_network(
        pd.DataFrame(index=["a", "b"]), pd.concat(layers), directed=["flows"],
        layers={"flows": {"quantity": "share_of_origin", "modelled": True}},
    )  # fmt: skip


def test_a_flattened_layer_of_shares_stays_one():
    flat = ni.flatten(network_of_shares())
    assert flat.directed == {"all"}
    record = flat.layer_table.loc["all"]
    assert record["quantity"] == "share_of_origin"
    assert record["modelled"]
    assert ni.flatten(flat).equals(flat)
    with pytest.raises(InputError, match="shares of each origin's total"):
        ni.centrality.strength(flat)
    assert ni.centrality.strength(flat, direction="in").squeeze().tolist() == [0.5, 0.25]


def test_shares_are_not_added_to_other_layers():
    network = network_of_shares("trade")
    with pytest.raises(InputError, match="a sum over layers has no meaning"):
        ni.flatten(network)
    trade = ni.flatten(network, weights={"flows": 0}).layer_table.loc["all"]
    assert trade[["quantity", "modelled"]].tolist() == ["amount", False]
    flows = ni.flatten(network, weights={"trade": 0}).layer_table.loc["all"]
    assert flows[["quantity", "modelled"]].tolist() == ["share_of_origin", True]


@pytest.fixture
def shares() -> ni.MultilayerNetwork:
    """Of 100 who leave a 25 go to c, of 10 who leave b 5 go to c, all 8 who leave c go to a."""
    nodes = pd.DataFrame(
        {"place": ["P", "P", "Q"], "leavers": [100, 10, 8]}, index=["a", "b", "c"]
    )  # fmt: skip
    links = pd.DataFrame({"source": [*"abc"], "target": [*"cca"], "weight": [0.25, 0.5, 1.0]})
    record = {"directed": True, "quantity": "share_of_origin", "unit": "share"}
    return ni.build_network(nodes, links, layers={"links": record})


def test_shares_of_several_origins_are_not_added_up(shares: ni.MultilayerNetwork) -> None:
    with pytest.raises(InputError, match=r"joins 2 origins, e.g. 'a', 'b'. Give `events`"):
        ni.aggregate(shares)
    # One origin a group: shares of one total, which stay shares.
    one = ni.aggregate(shares.select(nodes=["a", "c"]))
    assert entries(one) == {("links", "P", "Q"): 0.25, ("links", "Q", "P"): 1.0}
    assert one.layer_table.loc["links", "quantity"] == "share_of_origin"


def test_shares_become_amounts_where_the_events_of_each_origin_are_known(
    shares: ni.MultilayerNetwork,
) -> None:
    joined = ni.aggregate(shares, events="leavers")
    assert entries(joined) == {("links", "P", "Q"): 25.0 + 5.0, ("links", "Q", "P"): 8.0}
    record = joined.layer_table.loc["links"]
    assert record[["quantity", "events"]].tolist() == ["amount", 38]
    assert pd.isna(record["unit"])
    events = pd.Series({"c": 8, "b": 10, "a": 100})  # in any order
    assert ni.aggregate(shares, events=events).equals(joined)


def test_shares_with_events_are_added_to_other_layers(shares: ni.MultilayerNetwork) -> None:
    trade = pd.DataFrame({"source": ["a"], "target": ["c"], "layer": ["trade"], "weight": [3.0]})
    flat = ni.flatten(shares.with_links(trade, directed=["trade"]), events="leavers")
    assert entries(flat) == {
        ("all", "a", "c"): 25.0 + 3.0, ("all", "b", "c"): 5.0, ("all", "c", "a"): 8.0
    }  # fmt: skip
    assert flat.layer_table.loc["all", "quantity"] == "amount"


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ("leaver", "did you mean 'leavers'"),
        (pd.Series({"a": 1.0, "c": 1.0}), "1 of 3 are not: 'b': nan"),
        (pd.Series({"a": 1.0, "b": 0.0, "c": 1.0}), "1 of 3 are not: 'b': 0"),
        (pd.Series({"a": 1.0, "z": 1.0}), "'z'"),
        (pd.Series([1, 2], index=["a", "a"]), "an id stands in it twice"),
    ],
)
def test_events_that_do_not_fit_are_refused(
    shares: ni.MultilayerNetwork, events: Any, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        ni.aggregate(shares, events=events)


def test_events_need_shares() -> None:
    plain = ni.build_network(*bare({"x": [("a", "b", 1.0)]}, "ab"))
    for change in (ni.aggregate, ni.flatten):
        with pytest.raises(InputError, match="no layer has it"):
            change(plain, events=pd.Series({"a": 1.0}))

"""The network itself: canonical order, sums, periods, selections, equality, summaries, pickles."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from scipy import sparse

import netinnov as ni
from netinnov.errors import InputError
from netinnov.network import split_periods
from strategies import Tables, bare, dense, networks


def rows(links: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    """Rows of the named columns as plain tuples, missing values as None."""
    chosen = links[list(columns or links.columns)]
    return [
        tuple(None if pd.isna(value) else value for value in row)
        for row in chosen.itertuples(index=False)
    ]


def test_nodes_have_their_columns_in_the_order_given(small: ni.MultilayerNetwork) -> None:
    nodes = small.nodes
    assert nodes.index.name == "node"
    assert list(nodes.index) == ["a", "b", "c", "d", "e"]
    assert list(nodes.columns) == ["kind", "place", "jurisdiction"]
    assert nodes.index.dtype == "str"
    assert all(nodes[column].dtype == "str" for column in nodes.columns)
    assert small.n_nodes == 5


def test_links_are_summed_put_in_node_order_and_sorted(small: ni.MultilayerNetwork) -> None:
    # coop: b-a and a-b are one undirected link of weight 2. flow keeps its directions.
    assert list(small.links.columns) == ["layer", "source", "target", "weight"]
    assert rows(small.links) == [
        ("coop", "a", "b", 2.0),
        ("coop", "a", "c", 4.0),
        ("coop", "b", "c", 1.0),
        ("flow", "a", "c", 1.0),
        ("flow", "c", "a", 3.0),
        ("flow", "c", "d", 2.0),
        ("flow", "d", "d", 5.0),
    ]
    assert small.links["weight"].dtype == np.float64
    assert small.layers == ("coop", "flow")
    assert small.directed == frozenset({"flow"})


def test_adjacency_against_matrices_by_hand(small: ni.MultilayerNetwork) -> None:
    coop = [[0, 2, 4, 0, 0], [2, 0, 1, 0, 0], [4, 1, 0, 0, 0], [0] * 5, [0] * 5]
    flow = [[0, 0, 1, 0, 0], [0] * 5, [3, 0, 0, 2, 0], [0, 0, 0, 5, 0], [0] * 5]
    for layer, matrix in (("coop", coop), ("flow", flow)):
        found = small.adjacency(layer)
        assert isinstance(found, sparse.csr_array)
        assert found.dtype == np.float64
        assert found.has_sorted_indices
        np.testing.assert_array_equal(found.toarray(), matrix)
        assert found.nnz == np.count_nonzero(matrix)


@given(networks())
def test_the_network_is_what_a_plain_loop_builds(tables: Tables) -> None:
    network = ni.build_network(*tables)
    matrices = dense(tables)
    assert network.layers == tuple(matrices)
    assert list(network.nodes.index) == tables.nodes["node"].tolist()
    for layer, matrix in matrices.items():
        found = network.adjacency(layer)
        np.testing.assert_array_equal(found.toarray(), matrix)
        assert found.nnz == np.count_nonzero(matrix)
    pairs = 0
    for layer, matrix in matrices.items():
        kept = matrix if layer in tables.directed else np.triu(matrix)
        pairs += np.count_nonzero(kept)
    assert network.n_links == pairs

    order = {node: i for i, node in enumerate(tables.nodes["node"])}
    sums: dict[tuple[object, ...], float] = {}
    for row in tables.links.itertuples():
        i, j = order[row.source], order[row.target]
        if row.layer not in tables.directed and i > j:
            i, j = j, i
        # Rows without a period come first among those of their pair.
        period = -np.inf if pd.isna(row.period) else row.period
        sums[row.layer, i, j, period] = sums.get((row.layer, i, j, period), 0.0) + row.weight
    names = tables.nodes["node"].tolist()
    expected = [
        (layer, names[i], names[j], weight, None if period == -np.inf else period)
        for (layer, i, j, period), weight in sorted(sums.items())
    ]
    if all(period is None for *_, period in expected):
        assert "period" not in network.links.columns
        expected = [row[:4] for row in expected]
    else:
        assert network.links["period"].dtype == "Int64"
    assert rows(network.links) == expected


@pytest.mark.slow
@given(networks(), st.data())
def test_what_a_verb_returns_is_rebuilt_from_its_own_tables(
    tables: Tables, data: st.DataObject
) -> None:
    # Verbs work on codes; what they return must be what the constructor would have made.
    network = ni.build_network(*tables)
    ids = list(network.nodes.index)
    chosen = data.draw(st.lists(st.sampled_from(ids), unique=True, min_size=1))
    layers = [layer for layer in network.layers if data.draw(st.booleans())]
    results = {
        "itself": network,
        "layers": network.select(layers=layers),
        "nodes": network.select(nodes=chosen),
        "flatten": ni.flatten(network),
        "with_links": network.with_links(network.links.iloc[::-1]),
        "with_nodes": network.with_nodes(pd.DataFrame({"node": ["nobody"]})),
        "replace_links": network.replace_links(network.links.iloc[1:]),
    }
    if "period" in network.links.columns:
        results["periods"] = network.select(periods=[2019])
    for verb, found in results.items():
        again = ni.MultilayerNetwork(
            found.nodes, found.links, places=found.places, directed=found.directed
        )
        assert found.equals(again), verb
        assert found.layers == tuple(sorted(set(found.links["layer"]))), verb
        assert found.directed <= set(found.layers), verb


def test_periods_are_rows_of_links_and_sums_of_adjacency() -> None:
    links = pd.DataFrame(
        {
            "source": ["a", "b", "a", "a", "b"],
            "target": ["b", "a", "b", "b", "c"],
            "weight": [1.0, 2.0, 4.0, 8.0, 16.0],
            "period": [2020, 2020, 2019, None, 2019],
        }
    )
    network = ni.build_network(pd.DataFrame({"node": list("abc")}), links)
    assert rows(network.links) == [
        ("links", "a", "b", 8.0, None),
        ("links", "a", "b", 4.0, 2019),
        ("links", "a", "b", 3.0, 2020),
        ("links", "b", "c", 16.0, 2019),
    ]
    assert network.links["period"].dtype == "Int64"
    assert network.n_links == 2
    assert network.adjacency("links").toarray().tolist() == [[0, 15, 0], [15, 0, 16], [0, 16, 0]]

    parts = split_periods(network)
    assert list(parts) == [2019, 2020]
    assert all(type(period) is int for period in parts)
    assert rows(parts[2019].links, "source", "target", "weight") == [
        ("a", "b", 4.0),
        ("b", "c", 16.0),
    ]
    assert rows(parts[2020].links, "source", "target", "weight") == [("a", "b", 3.0)]
    for part in parts.values():
        pd.testing.assert_frame_equal(part.nodes, network.nodes)
    assert parts[2019].equals(network.select(periods=[2019]))
    assert network.select(periods=[2019, 2020]).n_links == 2


@given(networks())
def test_splitting_by_period_loses_no_dated_weight(tables: Tables) -> None:
    network = ni.build_network(*tables)
    dated = tables.links[tables.links["period"].notna()]
    if dated.empty:
        with pytest.raises(ValueError, match="period"):
            split_periods(network)
        return
    parts = split_periods(network)
    assert list(parts) == sorted(set(dated["period"]))
    total = sum(part.links["weight"].sum() for part in parts.values())
    assert total == dated["weight"].sum()
    for period, part in parts.items():
        assert set(part.links["period"]) == {period}
        assert part.directed == network.directed & set(part.layers)


def test_attributes_survive_where_parallel_rows_agree() -> None:
    nodes = pd.DataFrame({"node": ["a", "b", "c"], "size": [1, 2, 3], "note": ["x", None, "z"]})
    links = pd.DataFrame(
        {
            "source": ["a", "b", "a", "b"],
            "target": ["b", "a", "c", "c"],
            "type": ["patent", "patent", "paper", None],
            "value": [1.0, 2.0, 3.0, 4.0],
        }
    )
    network = ni.build_network(nodes, links)
    assert network.nodes["size"].tolist() == [1, 2, 3]
    assert network.nodes["note"].isna().tolist() == [False, True, False]
    # a-b: type agrees, value does not.
    assert rows(network.links, "source", "target", "weight", "type", "value") == [
        ("a", "b", 2.0, "patent", None),
        ("a", "c", 1.0, "paper", 3.0),
        ("b", "c", 1.0, None, 4.0),
    ]


def test_the_jurisdiction_is_the_place_unless_given() -> None:
    nodes = pd.DataFrame(
        {
            "node": list("abcd"),
            "place": ["P", "P", None, None],
            "jurisdiction": [None, "Q", "Q", None],
        }
    )
    network = ni.build_network(nodes, pd.DataFrame({"source": ["a"], "target": ["b"]}))
    found = network.nodes["jurisdiction"]
    assert rows(found.to_frame()) == [("P",), ("Q",), ("Q",), (None,)]
    without = ni.build_network(
        nodes.drop(columns="jurisdiction"), pd.DataFrame({"source": ["a"], "target": ["b"]})
    )
    assert rows(without.nodes, "place", "jurisdiction") == [
        ("P", "P"),
        ("P", "P"),
        (None, None),
        (None, None),
    ]


def test_places_are_made_from_the_nodes_when_not_given() -> None:
    nodes = pd.DataFrame(
        {"node": list("abc"), "place": ["P", "R", "P"], "jurisdiction": ["P", "Q", None]}
    )
    network = ni.build_network(nodes, pd.DataFrame({"source": ["a"], "target": ["b"]}))
    places = network.places
    assert set(places.index) == {"P", "Q", "R"}
    assert places.index.name == "place"
    assert list(places.columns) == ["lon", "lat", "population", "parent"]
    assert places.isna().all(axis=None)
    assert all(places[column].dtype == np.float64 for column in ("lon", "lat", "population"))
    assert places["parent"].dtype == "str"


def test_places_keep_their_order_and_attributes() -> None:
    nodes = pd.DataFrame({"node": ["a"], "place": ["Yuhang"]})
    places = pd.DataFrame(
        {
            "population": [1, 12],
            "area": [1.5, 16.8],
            "parent": ["Hangzhou", None],
            "lat": [30.4, 30.3],
            "lon": [119.9, 120.2],
        },
        index=pd.Index(["Yuhang", "Hangzhou"], name="place"),
    )
    network = ni.build_network(nodes, pd.DataFrame({"source": ["a"], "target": ["a"]}), places)
    assert list(network.places.index) == ["Yuhang", "Hangzhou"]
    assert list(network.places.columns) == ["lon", "lat", "population", "parent", "area"]
    assert rows(network.places) == [
        (119.9, 30.4, 1.0, "Hangzhou", 1.5),
        (120.2, 30.3, 12.0, None, 16.8),
    ]


def test_select_layers_kinds_and_nodes(small: ni.MultilayerNetwork) -> None:
    coop = small.select(layers=["coop"])
    assert coop.layers == ("coop",)
    assert coop.directed == frozenset()
    assert list(coop.nodes.index) == list(small.nodes.index)
    assert rows(coop.links) == rows(small.links)[:3]

    firms = small.select(kinds=("firm", "park"))
    assert list(firms.nodes.index) == ["a", "b", "e"]
    assert rows(firms.links) == [("coop", "a", "b", 2.0)]

    # The order of the network holds, not the order of the request.
    some = small.select(nodes=["d", "c", "a"])
    assert list(some.nodes.index) == ["a", "c", "d"]
    assert rows(some.links) == [
        ("coop", "a", "c", 4.0),
        ("flow", "a", "c", 1.0),
        ("flow", "c", "a", 3.0),
        ("flow", "c", "d", 2.0),
        ("flow", "d", "d", 5.0),
    ]
    assert small.select().equals(small)
    both = small.select(layers=["flow"], nodes=["c", "d"])
    assert rows(both.links) == [("flow", "c", "d", 2.0), ("flow", "d", "d", 5.0)]


def test_select_places_takes_what_lies_in_them() -> None:
    # q is a district of P, r one of q; s has no place.
    places = pd.DataFrame({"parent": [None, "P", "q", None]}, index=["P", "q", "r", "T"])
    nodes = pd.DataFrame({"place": ["P", "q", "r", "T", None]}, index=list("abcde"))
    links = pd.DataFrame({"source": ["a", "a", "c"], "target": ["c", "d", "e"]})
    network = ni.MultilayerNetwork(nodes, links, places=places)
    part = network.select(places=["P"])
    assert part.nodes.index.tolist() == ["a", "b", "c"]
    assert part.links[["source", "target"]].values.tolist() == [["a", "c"]]
    assert part.places.equals(network.places)
    assert network.select(places=["q"]).nodes.index.tolist() == ["b", "c"]
    assert network.select(places=["T", "r"]).nodes.index.tolist() == ["c", "d"]
    with pytest.raises(ni.errors.InputError, match="'Q'"):
        network.select(places=["Q"])


@pytest.mark.parametrize(
    "options", [{"layers": ["flwo"]}, {"kinds": ["frim"]}, {"nodes": ["a", "zz"]}]
)
def test_select_refuses_what_is_not_there(
    small: ni.MultilayerNetwork, options: dict[str, list[str]]
) -> None:
    (wrong,) = set(*options.values()) - {"a"}
    with pytest.raises(ValueError, match=wrong):
        small.select(**options)


def test_many_names_of_which_some_are_unknown_or_missing() -> None:
    names = [f"n{i}" for i in range(21)]
    network = ni.build_network(pd.DataFrame({"source": names[:-1], "target": names[1:]}))
    missing = pd.Series([*names[:20], None], dtype="string")
    none = network.select(nodes=[])
    for held, asked, n in ((none, names, 21), (network, missing, 1), (network, ["z", *names], 1)):
        with pytest.raises(InputError, match=f"{n} of 2. names are not in the network: "):
            held.select(nodes=asked)
    with pytest.raises(InputError, match="names are not in the network: 'z'"):
        network.select(nodes=np.array(["z"]))


def test_with_links_takes_new_directed_layers(small: ni.MultilayerNetwork) -> None:
    links = pd.DataFrame({"source": ["b"], "target": ["a"], "layer": "moves"})
    larger = small.with_links(links, directed=["moves"])
    assert larger.directed == {*small.directed, "moves"}
    moves = larger.links[larger.links["layer"] == "moves"]
    assert rows(moves, "source", "target") == [("b", "a")]
    with pytest.raises(InputError, match="`directed`: 1 of 1 names are not in the new layers"):
        small.with_links(links, directed=["coop"])


@given(networks(), st.data())
def test_with_links_is_building_from_all_rows(tables: Tables, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(tables.links)))
    first, second = tables.links.iloc[:cut], tables.links.iloc[cut:]
    directed = tuple(layer for layer in tables.directed if layer in set(first["layer"]))
    # A layer is directed or not from its first link on; leave out rows that would start one.
    second = second[second["layer"].isin(directed) | ~second["layer"].isin(tables.directed)]
    whole = tables._replace(links=pd.concat([first, second]), directed=directed)
    part = tables._replace(links=first, directed=directed)
    assert ni.build_network(*part).with_links(second).equals(ni.build_network(*whole))


def test_with_nodes_adds(small: ni.MultilayerNetwork) -> None:
    added = pd.DataFrame({"node": ["f", "g"], "kind": ["park", "firm"], "place": ["P", "Q"]})
    larger = small.with_nodes(added)
    assert list(larger.nodes.index) == ["a", "b", "c", "d", "e", "f", "g"]
    assert rows(larger.nodes)[-2:] == [("park", "P", "P"), ("firm", "Q", "Q")]
    pd.testing.assert_frame_equal(larger.links, small.links)
    assert small.n_nodes == 5
    assert larger.select(nodes=list("abcde")).equals(small)


def test_with_nodes_refuses_a_node_that_is_there(small: ni.MultilayerNetwork) -> None:
    with pytest.raises(ni.TableError, match="duplicate"):
        small.with_nodes(pd.DataFrame({"node": ["a"], "place": ["P"], "kind": ["firm"]}))


def test_replace_links_replaces(small: ni.MultilayerNetwork) -> None:
    links = pd.DataFrame({"layer": ["flow"], "source": ["e"], "target": ["a"], "weight": [7.0]})
    found = small.replace_links(links)
    assert rows(found.links) == [("flow", "e", "a", 7.0)]
    assert found.directed == frozenset({"flow"})
    pd.testing.assert_frame_equal(found.nodes, small.nodes)
    assert small.replace_links(small.links).equals(small)


@pytest.mark.parametrize("verb", ["with_links", "replace_links"])
def test_links_to_unknown_nodes_are_refused(small: ni.MultilayerNetwork, verb: str) -> None:
    links = pd.DataFrame({"layer": ["flow"], "source": ["e"], "target": ["zz"], "weight": [7.0]})
    with pytest.raises(ni.TableError, match="zz") as caught:
        getattr(small, verb)(links)
    assert rows(caught.value.problems, "row", "column") == [(0, "target")]


def test_equals_sees_every_part(small: ni.MultilayerNetwork, small_tables: Tables) -> None:
    nodes, links, places, directed = small_tables
    assert small.equals(ni.build_network(nodes, links, places, directed))
    heavier = links.assign(weight=links["weight"] * 2)
    dated = links.assign(period=2020)
    others = [
        ni.build_network(nodes.iloc[::-1], links, places, directed),
        ni.build_network(nodes.assign(kind="firm"), links, places, directed),
        ni.build_network(nodes.assign(jurisdiction="P"), links, places, directed),
        ni.build_network(nodes.assign(size=1.0), links, places, directed),
        ni.build_network(nodes, links.iloc[1:], places, directed),
        ni.build_network(nodes, heavier, places, directed),
        ni.build_network(nodes, dated, places, directed),
        ni.build_network(nodes, links.assign(note="x"), places, directed),
        ni.build_network(nodes, links.replace({"layer": {"coop": "co"}}), places, directed),
        ni.build_network(nodes, links, places.assign(population=0.5), directed),
        ni.build_network(nodes, links, places.assign(area=0.5), directed),
        ni.build_network(nodes, links, places),
        ni.build_network(nodes, links, None, directed),
    ]
    for other in others:
        assert not small.equals(other)
        assert not other.equals(small)
    assert not small.equals("a network")


def test_repr_says_what_is_inside(small: ni.MultilayerNetwork) -> None:
    text = repr(small)
    for word in ("MultilayerNetwork", "5", "7", "coop", "flow"):
        assert word in text


def test_html_says_which_layers_are_directed_and_modelled() -> None:
    tables = bare({"x": [("a", "b", 2.0)], "y": [("b", "a", 1.0)]}, "ab")[:2]
    network = ni.build_network(*tables, layers={"x": {"modelled": True}, "y": {"directed": True}})
    html = network._repr_html_()
    assert "<th>weight</th><th>directed</th><th>modelled</th>" in html
    assert "<td>x</td><td>1</td><td>2</td><td>no</td><td>yes</td>" in html
    assert "<td>y</td><td>1</td><td>1</td><td>yes</td><td>no</td>" in html


def test_html_escapes_what_comes_from_data() -> None:
    wicked = "<script>alert('x')</script>"
    nodes = pd.DataFrame({"node": ["<b>", "&"], "kind": [wicked] * 2, "place": [wicked] * 2})
    links = pd.DataFrame({"layer": [wicked, "a&b"], "source": ["<b>", "&"], "target": ["&", "<b>"]})
    html = ni.build_network(nodes, links)._repr_html_()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "a&b" not in html
    assert "a&amp;b" in html


@given(networks())
def test_a_pickle_comes_back_equal(tables: Tables) -> None:
    network = ni.build_network(*tables)
    again = pickle.loads(pickle.dumps(network))
    assert again.equals(network)
    assert network.equals(again)
    assert repr(again) == repr(network)
    for layer in network.layers:
        np.testing.assert_array_equal(
            again.adjacency(layer).toarray(), network.adjacency(layer).toarray()
        )

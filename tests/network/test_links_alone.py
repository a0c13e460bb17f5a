"""A network from links alone: headers that people use, matrices, and the guards of files."""

import networkx as nx
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, strategies as st

import netinnov as ni
from netinnov.errors import InputError

COLUMNS = ["layer", "source", "target", "weight"]
LINKS = pd.DataFrame({"from": ["a", "b", "d"], "to": ["b", "c", "a"], "weight": [1.0, 2.0, 3.0]})


def rows(network: ni.MultilayerNetwork) -> list[tuple[object, ...]]:
    return list(network.links[COLUMNS].itertuples(index=False, name=None))


# Ends of undirected links are in the order of the nodes: d, the last to appear, is second.
EXPECTED = [("links", "a", "b", 1.0), ("links", "a", "d", 3.0), ("links", "b", "c", 2.0)]


@pytest.mark.parametrize(
    "headers",
    [
        ("source", "target", "weight"),
        ("from", "to", "weight"),
        ("From", "To", "Value"),
        ("origin", "destination", "trips"),
        ("起点", "终点", "权重"),
    ],
)
def test_headers_are_those_of_files(headers, tmp_path):
    links = LINKS.set_axis(headers, axis=1)
    network = ni.build_network(links)
    assert list(network) == ["a", "b", "c", "d"]
    assert rows(network) == EXPECTED
    links.to_csv(tmp_path / "links.csv", index=False)
    of_file = ni.read_network(tmp_path / "links.csv").links
    assert of_file["weight"].sum() == network.links["weight"].sum()


@pytest.mark.parametrize(
    "links",
    [
        [("a", "b", 1.0), ("b", "c", 2.0), ("d", "a", 3.0)],
        LINKS.set_index(["from", "to"]),
        LINKS.groupby(["from", "to"])["weight"].sum(),
        pl.from_pandas(LINKS),
        LINKS.astype({"from": "category"}),
    ],
    ids=["pairs", "index", "groups", "Polars", "category"],
)
def test_links_come_in_many_forms(links):
    assert rows(ni.build_network(links)) == EXPECTED


def test_links_are_named_as_an_argument_or_come_first():
    assert ni.build_network(links=LINKS).equals(ni.build_network(LINKS))


def test_layers_and_directions():
    network = ni.build_network({"x": LINKS, "y": LINKS[:1]}, directed=["y"])
    assert (network.layers, network.directed) == (("x", "y"), {"y"})
    assert ni.build_network(LINKS, directed=True).directed == {"links"}
    assert ni.build_network(LINKS, directed=True).links["source"].tolist() == ["a", "b", "d"]
    assert ni.build_network(LINKS.assign(layer=["x", "y", "y"]), directed=["y"]).directed == {"y"}


def test_a_node_lies_in_the_place_of_its_name():
    places = pd.DataFrame({"place": ["a", "b", "z"], "lon": [1.0, 2.0, 3.0], "lat": 0.0})
    network = ni.build_network(LINKS, places=places)
    assert network.nodes["place"].dropna().to_dict() == {"a": "a", "b": "b"}
    assert network.places["lon"].tolist() == [1.0, 2.0, 3.0]


@given(st.integers(2, 6), st.data())
def test_a_matrix_is_the_same_as_its_list(n, data):
    cells = st.lists(st.integers(0, 3), min_size=n * n, max_size=n * n)
    numbers = np.array(data.draw(cells), float).reshape(n, n)
    names = [f"n{at}" for at in range(n)]
    matrix = pd.DataFrame(numbers, names, names)
    if not numbers.any():
        return
    network = ni.build_network(matrix, directed=True)
    assert np.array_equal(network.adjacency("links").toarray(), numbers)
    both = matrix + matrix.T
    undirected = ni.build_network(both, directed=False)
    assert np.array_equal(undirected.adjacency("links").toarray(), both)


def test_a_symmetric_matrix_has_no_direction_and_that_is_said():
    matrix = nx.to_pandas_adjacency(nx.path_graph(["a", "b", "c"]))
    with pytest.warns(UserWarning, match="the matrix is symmetric, so its links have no direction"):
        network = ni.build_network(matrix)
    assert network.directed == frozenset()
    assert network.links["weight"].tolist() == [1.0, 1.0]
    assert ni.build_network(matrix, directed=True).links["weight"].tolist() == [1.0] * 4
    assert ni.build_network(matrix, directed=["links"]).directed == {"links"}
    matrix.loc["a", "b"] = 5.0
    assert ni.build_network(matrix).directed == {"links"}


@pytest.mark.parametrize(
    ("links", "error", "words"),
    [
        (pd.concat([LINKS, pd.DataFrame([("Total", "a", 9.0)], columns=LINKS.columns)]),
         InputError, "without totals; it has 'Total'"),
        (LINKS.assign(origin="x"), InputError, "'from' and 'origin' may each be 'source'"),
        (LINKS.rename(columns={"to": "x"}), ni.TableError, "column 'target': missing column"),
        (pd.concat([LINKS, LINKS], axis=1), InputError, "must have each column once"),
        (LINKS.assign(weight=-1), ni.TableError, "weight is not above 0"),
        (LINKS.assign(to=None), ni.TableError, "empty id"),
        (LINKS.assign(to=[1, "b", 2]), ni.TableError, "mixed id types"),
        (pd.DataFrame(np.eye(3), list("abc"), list("abd")), InputError, "must be a square matrix"),
        (pd.DataFrame(np.eye(2), pd.Index(["a", "b"], name="to"), ["a", "b"]),
         InputError, "corner of the matrix, 'to'.* matrix.T or rename_axis"),
        ("links.csv", InputError, r"netinnov.read_network\(path\) reads a file"),
        (np.eye(3), InputError, r"netinnov.io.from_scipy\(matrix, nodes=names\)"),
        (nx.path_graph(3), InputError, r"netinnov.io.from_networkx\(graph\)"),
        (None, InputError, "the columns 'source' and 'target'"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_links_is_refused_with_what_to_do(links, error, words):
    with pytest.raises(error, match=words):
        ni.build_network(links)


def test_no_links_are_a_network_without_nodes():
    empty = ni.build_network(pd.DataFrame(columns=["source", "target"]))
    assert (len(empty), empty.layers) == (0, ())
    assert len(ni.io.from_scipy(np.zeros((2, 2)))) == 2


def test_numbers_that_are_not_read_as_weights_are_named():
    links = LINKS.rename(columns={"weight": "kilos"})
    with pytest.warns(UserWarning, match="each row counts 1; numbers are in 'kilos'"):
        assert ni.build_network(links).links["weight"].tolist() == [1.0, 1.0, 1.0]

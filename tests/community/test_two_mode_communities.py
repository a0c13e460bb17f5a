"""Barber's communities of two-mode layers, against hand, enumeration and other programs."""

from itertools import product

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.community import bipartite_modularity, two_mode_communities
from netinnov.errors import InputError


def two_mode(table: np.ndarray, **options: object) -> ni.MultilayerNetwork:
    """Firms f0, f1, ... (rows) and parks p0, p1, ... (columns)."""
    firms, parks = (
        [f"{letter}{i}" for i in range(n)] for letter, n in zip("fp", table.shape, strict=True)
    )
    nodes = pd.DataFrame({"kind": ["firm"] * len(firms) + ["park"] * len(parks)}, [*firms, *parks])
    row, column = np.nonzero(table)
    links = {"source": np.take(firms, row), "target": np.take(parks, column)}
    links["weight"] = table[row, column].astype(float)
    return ni.build_network(nodes, pd.DataFrame(links), **options)


def southern_women() -> ni.MultilayerNetwork:
    graph = nx.davis_southern_women_graph()
    women = [node for node, side in graph.nodes(data="bipartite") if side == 0]
    events = [node for node in graph if node not in set(women)]
    return two_mode(nx.bipartite.biadjacency_matrix(graph, women, events).toarray())


def test_modularity_by_hand() -> None:
    # m = 4, strengths 2, 1, 1 of firms and 3, 1 of parks. {f0, f1, p0}: links 2 of 4, expected
    # 3 x 3 / 16; {f2, p1}: 0 of 4 inside, expected 1 x 1 / 16.
    network = two_mode(np.array([[1, 1], [1, 0], [1, 0]]))
    groups = {"f0": "a", "f1": "a", "p0": "a", "f2": "b", "p1": "b"}
    found = bipartite_modularity(network, groups, layer="links")
    assert found == pytest.approx(2 / 4 - 9 / 16 - 1 / 16, abs=1e-15)
    halved = bipartite_modularity(network, groups, layer="links", resolution=0.5)
    assert halved == pytest.approx(2 / 4 - 10 / 32, abs=1e-15)
    one = bipartite_modularity(network, dict.fromkeys(network.nodes.index, 0), layer="links")
    assert one == pytest.approx(0, abs=1e-15)


def test_modularity_is_that_of_arcs_from_side_to_side_in_networkx() -> None:
    # Leicht and Newman's modularity of a directed graph is Barber's if all arcs run one way.
    network = southern_women()
    rng = np.random.default_rng(1)
    labels = pd.Series(rng.integers(0, 4, network.n_nodes), network.nodes.index)
    graph = nx.DiGraph(list(network.links[["source", "target"]].itertuples(index=False)))
    groups = [set(labels.index[labels == label]) & set(graph) for label in range(4)]
    expected = nx.community.modularity(graph, groups)
    found = bipartite_modularity(network, labels, layer="links")
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("seed", range(0, 8, 3))
def test_the_search_comes_near_the_best_of_all_partitions(seed: int) -> None:
    table = np.random.default_rng(seed).integers(0, 4, (3, 3))
    network = two_mode(table)
    found = two_mode_communities(network, layer="links", rng=0)
    excess = (table - np.outer(table.sum(1), table.sum(0)) / table.sum()) / table.sum()
    labels = np.array(list(product(range(3), repeat=6)))
    same = labels[:, :3, None] == labels[:, None, 3:]
    best = (same * excess).sum(axis=(1, 2)).max()
    assert best - 0.02 < found.quality < best + 1e-12
    again = bipartite_modularity(network, found, layer="links")
    assert again == pytest.approx(found.quality, abs=1e-12)


def test_order_of_nodes_and_direction_do_not_change_the_communities() -> None:
    network = southern_women()
    found = two_mode_communities(network, layer="links", restarts=20, rng=1)
    turned = ni.build_network(
        network.nodes.iloc[::-1],
        network.links.rename(columns={"source": "target", "target": "source"}),
        directed=["links"],
    )
    other = two_mode_communities(turned, layer="links", restarts=30, rng=2)
    assert other.membership.index.tolist() == turned.nodes.index.tolist()
    assert other.quality == pytest.approx(found.quality, abs=1e-12)
    assert ni.community.compare_partitions(found, other).nmi == pytest.approx(1)


def test_nodes_without_a_link_are_in_no_community() -> None:
    network = two_mode(np.array([[1, 0, 0], [0, 1, 0], [0, 0, 0]]))
    found = two_mode_communities(network, layer="links", rng=0)
    assert found.membership.isna().tolist() == [False, False, True, False, False, True]
    assert found.quality == pytest.approx(0.5)
    assert found.membership.name == "community"


def test_layers_and_labels_that_do_not_fit_are_refused() -> None:
    network = two_mode(np.array([[1, 1], [1, 0]]))
    inside = network.with_links(pd.DataFrame({"source": ["f0"], "target": ["f1"]}))
    with pytest.raises(InputError, match="two-mode layer joins two kinds"):
        two_mode_communities(inside, layer="links")
    with pytest.raises(InputError, match=r"every node with a link in layer 'links'; 1 are missing"):
        bipartite_modularity(network, {"f0": 0, "f1": 0, "p0": 1}, layer="links")


def test_southern_women_form_four_groups() -> None:
    # 0.34554 in four groups is the best of 200 runs each of scikit-network's Louvain and Leiden.
    network = southern_women()
    found = two_mode_communities(network, layer="links", restarts=30, rng=1)
    assert found.quality == pytest.approx(0.345537, abs=1e-6)
    assert found.n_communities == 4
    again = two_mode_communities(network, layer="links", restarts=30, rng=1)
    pd.testing.assert_series_equal(again.membership, found.membership)

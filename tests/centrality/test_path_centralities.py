"""Closeness, harmonic centrality and betweenness against hand values and enumeration."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import netinnov as ni
from netinnov import centrality
from strategies import Tables, bare, dense, hop_lengths, networks

DISTANCES = ("unit", "inverse")
OPTIONS = st.tuples(
    st.sampled_from(DISTANCES),
    st.sampled_from([0.0, 0.25, 1.0, 3.0]),
    st.sampled_from([None, (1.0, 0.0, 0.0), (0.5, 0.25, 0.125)]),
)


def frictions(values: tuple[float, float, float] | None) -> ni.Frictions | None:
    return None if values is None else ni.Frictions(*values)


def lengths(
    tables: Tables, distance: str, switch_cost: float, values: tuple[float, ...] | None
) -> np.ndarray:
    costs = values or (0.0, 0.0, 0.0)
    return hop_lengths(tables, distance=distance, switch_cost=switch_cost, frictions=costs)


def link_lengths(
    tables: Tables, distance: str, values: tuple[float, ...] | None
) -> dict[tuple[int, int, int], float]:
    """Length of each link (layer, source, target), from networks of that link alone."""
    found = {}
    for x, (layer, matrix) in enumerate(dense(tables).items()):
        for i, j in zip(*np.nonzero(matrix), strict=True):
            if i != j:
                ids = tables.nodes["node"].tolist()
                row = {"layer": layer, "source": ids[i], "target": ids[j], "weight": matrix[i, j]}
                alone = tables._replace(links=pd.DataFrame([row]), directed=(layer,))
                found[x, int(i), int(j)] = lengths(alone, distance, 0.0, values)[i, j]
    return found


def enumerated_betweenness(
    n: int, links: dict[tuple[int, int, int], float], switch_cost: float
) -> np.ndarray:
    """All paths that visit no node twice, written out; those of least cost share a pair.

    A path is a sequence of nodes with the layers of its links; without a cost of changes the
    layers do not tell paths apart.
    """
    leaving: list[list[tuple[int, int, float]]] = [[] for _ in range(n)]
    for (x, i, j), length in links.items():
        leaving[i].append((j, x, length))
    total = np.zeros(n)
    for source in range(n):
        found: list[dict[tuple[tuple[int, int], ...], float]] = [{} for _ in range(n)]
        stack = [(((source, -1),), 0.0)]
        while stack:
            trail, cost = stack.pop()
            at, layer = trail[-1]
            if len(trail) > 1:
                key = trail if switch_cost > 0 else tuple((node, 0) for node, _ in trail)
                found[at][key] = min(cost, found[at].get(key, np.inf))
            for j, x, length in leaving[at]:
                if j not in [node for node, _ in trail]:
                    change = switch_cost * (layer not in (-1, x))
                    stack.append(((*trail, (j, x)), cost + length + change))
        for paths in found:
            least = min(paths.values(), default=0.0)
            shortest = [key for key, cost in paths.items() if cost <= least * (1 + 1e-10)]
            for key in shortest:
                for node, _ in key[1:-1]:
                    total[node] += 1 / len(shortest)
    return total / ((n - 1) * (n - 2))


def test_networks_without_links_or_nodes() -> None:
    pair = {"x": [("a", "a")]}
    for tables in (bare({}, "abc"), bare(pair, "abc"), bare({}, [])):
        network = ni.build_network(*tables)
        for distance in DISTANCES:
            for cost in (0.0, 1.0):
                options = {"distance": distance, "switch_cost": cost}
                for name in ("closeness", "harmonic", "betweenness"):
                    found = getattr(centrality, f"{name}_centrality")(network, **options)
                    assert found.tolist() == [0.0] * network.n_nodes


@given(networks(missing=False), OPTIONS, st.data())
def test_closeness_and_harmonic_agree_with_floyd_and_warshall(
    tables: Tables, options: tuple, data: st.DataObject
) -> None:
    distance, switch_cost, values = options
    network = ni.build_network(*tables)
    n = network.n_nodes
    ids = network.nodes.index.tolist()
    nodes = data.draw(st.none() | st.lists(st.sampled_from(ids), unique=True))
    chosen = np.ones(n, bool) if nodes is None else np.isin(ids, nodes)
    d = lengths(tables, distance, switch_cost, values)
    expected = {"closeness": np.full(n, np.nan), "harmonic": np.full(n, np.nan)}
    for i in np.flatnonzero(chosen):
        others = chosen & (np.arange(n) != i)
        near = others & np.isfinite(d[i])
        r, size = near.sum(), others.sum()
        expected["closeness"][i] = r / d[i, near].sum() * r / size if r else 0.0
        expected["harmonic"][i] = (1 / d[i, near]).sum() / size if size else np.nan
    for name, column in expected.items():
        found = getattr(centrality, f"{name}_centrality")(
            network,
            distance=distance,
            switch_cost=switch_cost,
            frictions=frictions(values),
            nodes=nodes,
        )
        np.testing.assert_allclose(found, column, rtol=1e-9, atol=1e-14, err_msg=name)


@pytest.mark.slow
def test_the_search_from_many_sources_agrees_with_one_search_a_source() -> None:
    # More sources than fit in one round of the search, and paths that are long.
    n = 1100
    rng = np.random.default_rng(5)
    graph = nx.path_graph(n, create_using=nx.DiGraph)
    graph.add_edges_from(rng.integers(0, n, (300, 2)).tolist())
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    links = pd.DataFrame(list(graph.edges), columns=["source", "target"]).astype(str)
    table = pd.DataFrame({"node": [str(i) for i in range(n)]})
    network = ni.build_network(table, links.assign(layer="l"), directed=["l"])
    harmonic, closeness = np.zeros(n), np.zeros(n)
    for i, found in nx.all_pairs_shortest_path_length(graph):
        steps = [step for j, step in found.items() if j != i]
        if steps:
            harmonic[i] = sum(1 / step for step in steps) / (n - 1)
            closeness[i] = len(steps) ** 2 / sum(steps) / (n - 1)
    np.testing.assert_allclose(centrality.harmonic_centrality(network), harmonic, rtol=1e-12)
    np.testing.assert_allclose(centrality.closeness_centrality(network), closeness, rtol=1e-12)


@pytest.mark.slow
def test_a_pair_linked_in_two_layers_doubles_paths_only_with_a_cost_of_changes() -> None:
    # a to d by way of b or of c; a-b and b-d are linked in x and y, a-c and c-d in x only.
    # Sequences of nodes: two, half for b. Sequences of links with changes: by b in x, by b in y,
    # by c in x, so 2/3 for b; a change at b costs more. b and c to each other: by a, twice x for
    # c and once y... c-a is in x only, so c-a-b is x x (x y costs a change), and so is c-d-b.
    rows = [("a", "b"), ("b", "d")]
    layers = {"x": [*rows, ("a", "c"), ("c", "d")], "y": rows}
    network = ni.build_network(*bare(layers, "abcd"))
    free = centrality.betweenness_centrality(network)
    assert free.tolist() == pytest.approx([1 / 6] * 4)
    costly = centrality.betweenness_centrality(network, switch_cost=1.0)
    assert costly.tolist() == pytest.approx([1 / 6, 2 * (2 / 3) / 6, 2 * (1 / 3) / 6, 1 / 6])


@given(networks(max_nodes=6, min_nodes=3, max_layers=3, missing=False), OPTIONS)
def test_betweenness_agrees_with_an_enumeration_of_paths(tables: Tables, options: tuple) -> None:
    distance, switch_cost, values = options
    network = ni.build_network(*tables)
    links = link_lengths(tables, distance, values)
    if len(network.layers) < 2:
        switch_cost = 0.0  # all layers of the enumeration are one
    expected = enumerated_betweenness(network.n_nodes, links, switch_cost)
    found = centrality.betweenness_centrality(
        network, distance=distance, switch_cost=options[1], frictions=frictions(values)
    )
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_equal_lengths_are_equal_in_spite_of_rounding() -> None:
    # 1/0.1 + 1/0.7 and 1/0.7 + 1/0.1 by way of b and c, and 0.1 + 0.2 against 0.3 in three links.
    weights = [1 / 0.1, 1 / 0.2, 1 / 0.3]
    layers = {"l": [("a", "b", weights[0]), ("b", "d", weights[1]),
                    ("a", "c", 2 * weights[2]), ("c", "d", 2 * weights[2])]}  # fmt: skip
    assert 0.1 + 0.2 != 0.15 + 0.15
    network = ni.build_network(*bare(layers, "abcd"))
    found = centrality.betweenness_centrality(network, distance="inverse")
    assert found[["b", "c"]].tolist() == pytest.approx([1 / 6, 1 / 6])


@pytest.mark.parametrize("unit", [1e-200, 1e200])
def test_the_unit_of_weights_is_free(unit: float) -> None:
    # Lengths: a-b-c is 2, a-c directly 3, c-d 1: b on a-c and a-d, c on a-d and b-d, both ways.
    rows = [("a", "b", unit), ("b", "c", unit), ("a", "c", unit / 3), ("c", "d", unit)]
    network = ni.build_network(*bare({"l": rows}, "abcd"))
    found = centrality.betweenness_centrality(network, distance="inverse")
    assert found.tolist() == pytest.approx([0, 4 / 6, 4 / 6, 0])


def test_lengths_that_cannot_be_told_apart_are_refused() -> None:
    # From d all others lie at 1e9 up to 1e-24 of it.
    rows = [("a", "b", 1e15), ("b", "c", 1e15), ("a", "c", 3e14), ("c", "d", 1e-9)]
    network = ni.build_network(*bare({"l": rows}, "abcd"))
    with pytest.raises(ValueError, match="within a factor of 1e10 of one another"):
        centrality.betweenness_centrality(network, distance="inverse")

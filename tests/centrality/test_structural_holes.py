"""Structural holes against hand values, networkx, igraph and dense algebra."""

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import netinnov as ni
from netinnov import centrality
from netinnov.kernels.brokerage import SEARCH
from strategies import Tables, bare, dense, networks


def ties(tables: Tables, weighted: bool) -> np.ndarray:
    """a_ij + a_ji of the flattened network, self-links left out; dense."""
    n = len(tables.nodes)
    matrices = [full * (1 - np.eye(n)) for full in dense(tables).values()]
    total = sum(matrices, np.zeros((n, n)))
    total = total if weighted else (total > 0).astype(float)
    return total + total.T


def by_formula(s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Constraint and effective size, a term at a time as they are written."""
    n = len(s)
    constraint, size = np.full(n, np.nan), np.full(n, np.nan)
    p = s / np.where(s.sum(axis=1) > 0, s.sum(axis=1), 1)[:, None]
    m = s / np.where(s.max(axis=1, initial=0) > 0, s.max(axis=1, initial=0), 1)[:, None]
    for i in range(n):
        neighbours = np.flatnonzero(s[i])
        if neighbours.size:
            constraint[i] = size[i] = 0.0
        for j in neighbours:
            others = [q for q in range(n) if q not in (i, j)]
            constraint[i] += (p[i, j] + sum(p[i, q] * p[q, j] for q in others)) ** 2
            size[i] += 1 - sum(p[i, q] * m[j, q] for q in others)
    return constraint, size


def test_layers_of_shares_are_not_summed() -> None:
    layers = {"x": [("a", "b", 0.5)], "y": [("a", "b")]}
    network = ni.build_network(*bare(layers, "abc"), {"x": {"quantity": "share_of_origin"}})
    for measure in (centrality.constraint, centrality.effective_size):
        with pytest.raises(ValueError, match=f"{measure.__name__} has no meaning"):
            measure(network)
        assert measure(network, weighted=False).tolist()[:2] == [1.0, 1.0]


@given(networks(), st.booleans())
def test_both_agree_with_their_formulas(tables: Tables, weighted: bool) -> None:
    network = ni.build_network(*tables)
    constraint, size = by_formula(ties(tables, weighted))
    found = centrality.constraint(network, weighted=weighted)
    np.testing.assert_allclose(found, constraint, rtol=1e-12)
    found = centrality.effective_size(network, weighted=weighted)
    np.testing.assert_allclose(found, size, rtol=1e-12, atol=1e-14)


def test_hubs_with_many_more_links_than_their_neighbours() -> None:
    # Rows long enough that the kernels search in them instead of reading them.
    graph = nx.barabasi_albert_graph(60 * SEARCH, 2, seed=6)
    graph.add_edges_from((0, i) for i in range(1, 50 * SEARCH))
    rows = [(str(i), str(j), 1.0 + (i + j) % 3) for i, j in graph.edges]
    network = ni.build_network(*bare({"l": rows}, [str(i) for i in graph]))
    peer = igraph.Graph(n=len(graph), edges=list(graph.edges))
    expected = peer.constraint(weights=[w for *_, w in rows])
    np.testing.assert_allclose(centrality.constraint(network), expected, rtol=1e-12)
    found = centrality.effective_size(network, weighted=False)
    np.testing.assert_allclose(found, list(nx.effective_size(graph).values()), rtol=1e-12)


@pytest.mark.parametrize("directed", [True, False])
def test_few_links_by_products_and_many_by_kernels_agree(monkeypatch, directed):
    rng = np.random.default_rng(5)
    ends = rng.integers(0, 25, (2, 120)).astype(str)
    links = pd.DataFrame({"source": ends[0], "target": ends[1], "weight": rng.lognormal(size=120)})
    network = ni.build_network(links, directed=["links"] if directed else [])
    groups = {node: int(node) % 3 for node in network.nodes.index}

    def measured():
        return [
            ni.centrality.brokerage(network, groups=groups).to_numpy(),
            ni.centrality.constraint(network).to_numpy(),
            ni.centrality.effective_size(network, weighted=False).to_numpy(),
            ni.centrality.core_number(network).to_numpy(),
        ]

    few = measured()
    monkeypatch.setattr("netinnov.centrality._brokerage.MANY_PATHS", 0)
    monkeypatch.setattr("netinnov.centrality._counts.MANY", 0)
    many = measured()
    assert few[0].sum() > 0
    for one, other in zip(few, many, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)

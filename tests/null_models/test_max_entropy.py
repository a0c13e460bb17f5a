"""Ensembles of expected degrees: against their equations, published values and NEMtropy."""

import json
import warnings

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import netinnov as ni
from netinnov.errors import InputError
from netinnov.null_models import MaxEntropy, max_entropy
from netinnov.null_models._max_entropy import ensembles_of
from netinnov.null_models._prepared import prepared_null
from strategies import networks


def from_matrix(matrix, *, directed=False, kinds=None):
    n = len(matrix)
    ids = [f"n{i}" for i in range(n)]
    i, j = np.nonzero(matrix if directed else np.triu(matrix))
    ends = {"source": [ids[x] for x in i], "target": [ids[x] for x in j]}
    links = pd.DataFrame({**ends, "weight": np.asarray(matrix, float)[i, j]})
    nodes = pd.DataFrame({"node": ids, **({"kind": kinds} if kinds else {})})
    return ni.build_network(nodes, links, directed=("links",) if directed else ())


def probabilities(network):
    probability = np.zeros((network.n_nodes, network.n_nodes))
    for found in ensembles_of(network, "links"):
        sides = found.rows, found.columns
        classes = [np.repeat(np.arange(side.sizes.size), side.sizes) for side in sides]
        nodes = np.ix_(*(side.nodes for side in sides))
        probability[nodes] += found.probability[np.ix_(*classes)]
    if found.one_mode:
        np.fill_diagonal(probability, 0)
    return probability


def karate():
    return from_matrix(nx.to_numpy_array(nx.karate_club_graph(), weight=None))


@given(networks(periods=False, missing=False))
def test_expected_degrees_are_the_observed_ones(tables):
    network = ni.build_network(*tables)
    for layer in network.layers:
        one = network.select(layers=[layer])
        one = one.replace_links(one.links.assign(layer="links"))
        if layer in network.directed:
            one = ni.build_network(one.nodes, one.links, one.places, directed=["links"])
        expected = probabilities(one)
        out = ni.centrality.degree(one, direction="out")["links"]
        into = ni.centrality.degree(one, direction="in")["links"]
        rows, columns = expected.sum(axis=1), expected.sum(axis=0)
        kinds = one.nodes["kind"]
        ends = one.links[["source", "target"]].to_numpy()
        crossing = {tuple(sorted((kinds[a], kinds[b]))) for a, b in ends}
        if len(crossing) == 1 and len(set(*crossing)) == 2 and "links" not in one.directed:
            rows = columns = rows + columns  # two-mode: each pair stands once
        np.testing.assert_allclose(rows, out, atol=1e-8)
        np.testing.assert_allclose(columns, into, atol=1e-8)


def test_karate_club_against_nemtropy_values(shared):
    cases = json.loads((shared / "reference/cases.json").read_text("utf-8"))["extra"]
    (case,) = [case for case in cases if case["name"] == "ubcm_karate"]
    x = np.array(case["expected"]["x"])
    expected = np.outer(x, x) / (1 + np.outer(x, x))
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(probabilities(karate()), expected, atol=1e-8)


def test_two_mode_table_of_the_r_package_backbone():
    # tests of zpneal/backbone: BiCM of a 3 x 3 table, to three digits.
    matrix = np.zeros((6, 6))
    matrix[:3, 3:] = [[0, 0, 1], [0, 1, 0], [1, 0, 1]]
    found = probabilities(from_matrix(matrix + matrix.T, kinds=["a"] * 3 + ["b"] * 3))
    found = found if found[:3, 3:].any() else found.T
    expected = [[0.216, 0.216, 0.568], [0.216, 0.216, 0.568], [0.568, 0.568, 0.863]]
    np.testing.assert_allclose(found[:3, 3:], expected, atol=5e-4)


@pytest.mark.slow
def test_directed_against_nemtropy():
    nemtropy = pytest.importorskip("NEMtropy")
    rng = np.random.default_rng(0)
    matrix = (rng.random((30, 30)) < 0.5 * rng.random((30, 1))).astype(int)
    np.fill_diagonal(matrix, 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = nemtropy.DirectedGraph(matrix)
        peer.solve_tool(model="dcm_exp", method="newton", initial_guess="random", tol=1e-12)
    expected = np.outer(peer.x, peer.y) / (1 + np.outer(peer.x, peer.y))
    expected[matrix.sum(axis=1) == 0] = 0
    expected[:, matrix.sum(axis=0) == 0] = 0
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(
        probabilities(from_matrix(matrix, directed=True)), expected, atol=1e-6
    )


def test_degrees_at_the_edge_of_what_is_possible():
    # Of a star there is one graph: probabilities are 1 and 0.
    star = nx.to_numpy_array(nx.star_graph(4))
    np.testing.assert_allclose(probabilities(from_matrix(star)), star, atol=1e-8)
    assert max_entropy(from_matrix(star), rng=1).equals(from_matrix(star))


@pytest.mark.slow
@pytest.mark.parametrize("directed", [False, True])
def test_draws_link_each_pair_with_its_probability(directed):
    rng = np.random.default_rng(1)
    matrix = (rng.random((8, 8)) < 0.4).astype(int)
    matrix = matrix if directed else np.triu(matrix, 1) + np.triu(matrix, 1).T
    np.fill_diagonal(matrix, 0)
    network = from_matrix(matrix, directed=directed)
    draws, ready = 500, prepared_null(MaxEntropy(), network, rng)
    share = sum(ready.draw(rng).adjacency("links").toarray() for _ in range(draws))
    expected = probabilities(network)
    error = np.sqrt(expected * (1 - expected) / draws)
    assert (np.abs(share / draws - expected) <= 4.5 * error + 1e-9).all()


def test_self_links_and_other_layers_stay_and_weights_are_one():
    ends = {"source": list("aabca"), "target": list("abcac"), "layer": list("xxxxy")}
    links = pd.DataFrame({**ends, "weight": [5.0, 2, 3, 4, 6]})
    network = ni.build_network(pd.DataFrame(index=list("abc")), links)
    table = max_entropy(network, layers=["x"], rng=2).links
    assert table[table["layer"] == "y"]["weight"].tolist() == [6]
    loop = (table["layer"] == "x") & (table["source"] == table["target"])
    assert table[loop]["weight"].tolist() == [5]
    assert (table[(table["layer"] == "x") & ~loop]["weight"] == 1).all()


def test_too_many_classes_are_refused(monkeypatch):
    monkeypatch.setattr("netinnov.null_models._max_entropy._MOST_PAIRS", 3)
    with pytest.raises(InputError, match="classes of nodes of different degrees"):
        max_entropy(karate())


def test_a_two_mode_layer_that_runs_both_ways_stays_two_mode():
    rng = np.random.default_rng(4)
    firms, parks = [f"f{i}" for i in range(6)], [f"p{i}" for i in range(4)]
    nodes = pd.DataFrame({"kind": ["firm"] * 6 + ["park"] * 4}, index=firms + parks)
    pairs = [(f, p) for f in firms for p in parks if rng.random() < 0.4]
    pairs += [(p, f) for f in firms for p in parks if rng.random() < 0.6]
    links = pd.DataFrame(pairs, columns=["source", "target"]).assign(layer="x")
    links["weight"] = rng.integers(1, 6, len(links)).astype(float)
    network = ni.build_network(nodes, links, directed=["x"])
    kind, draws = network.nodes["kind"], 100
    total = np.zeros((10, 10))
    ready = prepared_null(MaxEntropy(), network, rng)
    for _ in range(draws):
        drawn = ready.draw(rng)
        ends = drawn.links[["source", "target"]].apply(lambda names: names.map(kind))
        assert (ends["source"] != ends["target"]).all()
        total += (drawn.adjacency("x") > 0).toarray() if "x" in drawn.layers else 0
    observed = (network.adjacency("x") > 0).toarray()
    # Sums of independent draws: sd of a degree is at most sqrt(6 / 4 / 100).
    for axis in (0, 1):
        expected = observed.sum(axis)
        np.testing.assert_allclose(total.sum(axis) / draws, expected, atol=5 * (6 / 400) ** 0.5)

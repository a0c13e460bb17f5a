"""Ensembles of expected degrees: against their equations, published values and NEMtropy."""

from __future__ import annotations

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
from netinnov.null_models._expected_degrees import ensembles
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
    return expectations(network, None)[0]


def expectations(network, weights):
    """Probability of each link, and the mean of its weight where it is there."""
    probability, mean = np.zeros((2, network.n_nodes, network.n_nodes))
    for found in ensembles(network, "links", None, weights):
        row = np.repeat(np.arange(len(found.row_begin) - 1), np.diff(found.row_begin))
        column = np.repeat(np.arange(len(found.column_begin) - 1), np.diff(found.column_begin))
        ends, classes = np.ix_(found.rows, found.columns), np.ix_(row, column)
        probability[ends] += found.probability[classes]
        if found.mean is not None:
            mean[ends] += found.mean[classes]
    if found.one_mode:
        np.fill_diagonal(probability, 0)
    return probability, mean


def weighted(n, *, directed=False, whole=True, seed=0):
    rng = np.random.default_rng(seed)
    weight = rng.geometric(0.3, (n, n)) if whole else rng.lognormal(0, 1, (n, n))
    matrix = (rng.random((n, n)) < 0.3) * weight
    np.fill_diagonal(matrix, 0)
    return matrix if directed else np.triu(matrix) + np.triu(matrix).T


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
    links = pd.DataFrame(
        {
            "source": list("aabca"),
            "target": list("abcac"),
            "layer": list("xxxxy"),
            "weight": [5.0, 2, 3, 4, 6],
        }
    )
    network = ni.build_network(pd.DataFrame(index=list("abc")), links)
    table = max_entropy(network, layers=["x"], rng=2).links
    assert table[table["layer"] == "y"]["weight"].tolist() == [6]
    loop = (table["layer"] == "x") & (table["source"] == table["target"])
    assert table[loop]["weight"].tolist() == [5]
    assert (table[(table["layer"] == "x") & ~loop]["weight"] == 1).all()


@pytest.mark.parametrize("weights", ["geometric", "exponential"])
@pytest.mark.parametrize("directed", [False, True])
def test_expected_strengths_are_the_observed_ones_too(weights, directed):
    matrix = weighted(40, directed=directed, whole=weights == "geometric")
    matrix[3, :] = matrix[:, 3] = 0  # nobody is linked with the fourth
    probability, mean = expectations(from_matrix(matrix, directed=directed), weights)
    for axis in (0, 1):
        np.testing.assert_allclose(probability.sum(axis), (matrix > 0).sum(axis), atol=1e-6)
        np.testing.assert_allclose((probability * mean).sum(axis), matrix.sum(axis), atol=1e-6)


@pytest.mark.parametrize("weights", ["geometric", "exponential"])
@given(tables=networks(periods=False, missing=False, max_layers=1, min_links=1))
def test_strengths_of_any_layer_are_met_or_refused(weights, tables):
    links = tables.links.assign(weight=np.ceil(tables.links["weight"]), layer="links")
    directed = ["links"] if tables.directed else []
    network = ni.build_network(tables.nodes, links, tables.places, directed=directed)
    matrix = network.adjacency("links").toarray()
    np.fill_diagonal(matrix, 0)
    try:
        probability, mean = expectations(network, weights)
    except InputError:
        # Only where the degrees allow no other links: then the strengths may be out of reach.
        certain = probabilities(network)
        assert (np.abs(certain - 0.5) > 0.5 - 1e-6).sum() > len(matrix)
        return
    if not np.allclose(probability.sum(), (matrix > 0).sum()):
        matrix = np.triu(matrix)  # two-mode: each pair stands once
    total = (probability * mean).sum(0) + (probability * mean).sum(1)
    np.testing.assert_allclose(total, matrix.sum(0) + matrix.sum(1), rtol=1e-6, atol=1e-9)


def test_two_mode_strengths():
    matrix = np.zeros((7, 7))
    matrix[:3, 3:] = [[1, 4, 0, 2], [0, 3, 1, 0], [5, 0, 0, 1]]
    network = from_matrix(matrix + matrix.T, kinds=["a"] * 3 + ["b"] * 4)
    for weights in ("geometric", "exponential"):
        probability, mean = expectations(network, weights)
        assert not probability[:3, :3].any()
        assert not probability[3:, 3:].any()
        expected = (probability * mean)[:3, 3:]
        np.testing.assert_allclose(expected.sum(1), matrix[:3, 3:].sum(1), atol=1e-6)
        np.testing.assert_allclose(expected.sum(0), matrix[:3, 3:].sum(0), atol=1e-6)


def test_geometric_weights_by_enumeration():
    # Two nodes a, b, and c linked with neither otherwise: one pair of nodes of degrees and
    # strengths (1, 3) has only links of certainty, and a weight of mean 3: w >= 1 with ratio 2/3.
    matrix = np.array([[0, 3], [3, 0]])
    probability, mean = expectations(from_matrix(matrix), "geometric")
    assert probability[0, 1] == pytest.approx(1, abs=1e-9)
    w = np.arange(1, 400)
    assert mean[0, 1] == pytest.approx((w * (1 / 3) * (2 / 3) ** (w - 1)).sum())


def test_where_all_weights_are_one_strengths_add_nothing():
    network = karate()
    probability, mean = expectations(network, "geometric")
    np.testing.assert_allclose(probability, probabilities(network), atol=1e-8)
    assert (mean == 1).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "directed"), [("ecm_exp", False), ("decm_exp", True), ("crema", False)]
)
def test_strengths_against_nemtropy(model, directed):
    nemtropy = pytest.importorskip("NEMtropy")
    matrix = weighted(20, directed=directed, whole=model != "crema", seed=3)
    guess = "strengths_minor" if model == "crema" else "random"
    options = {"method": "newton", "initial_guess": guess, "tol": 1e-10, "max_steps": 1000}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = (nemtropy.DirectedGraph if directed else nemtropy.UndirectedGraph)(matrix)
        peer.solve_tool(model=model, adjacency="cm_exp", **options)
    off = ~np.eye(20, dtype=bool)
    weights = "exponential" if model == "crema" else "geometric"
    probability, mean = expectations(from_matrix(matrix, directed=directed), weights)
    if model == "crema":
        np.testing.assert_allclose(mean[off], 1 / np.add.outer(peer.beta, peer.beta)[off], 1e-5)
        return
    x, y = (peer.x, peer.x), (peer.y, peer.y)
    if directed:
        x, y = (peer.x, peer.y), (peer.b_out, peer.b_in)
    ratio = np.outer(*y)
    odds = np.outer(*x) * ratio
    np.testing.assert_allclose(probability[off], (odds / (1 - ratio + odds))[off], atol=1e-6)
    np.testing.assert_allclose(mean[off], (1 / (1 - ratio))[off], 1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("weights", ["geometric", "exponential"])
def test_draws_have_the_strengths_on_average(weights):
    matrix = weighted(8, whole=weights == "geometric", seed=1)
    network = from_matrix(matrix)
    rng = np.random.default_rng(2)
    draws = 300
    tables = np.stack(
        [
            max_entropy(network, preserve=("degree", "strength"), rng=rng)
            .adjacency("links")
            .toarray()
            for _ in range(draws)
        ]
    )
    if weights == "geometric":
        assert (tables % 1 == 0).all()
    error = tables.std(axis=0) / np.sqrt(draws)
    probability, mean = expectations(network, weights)
    assert (np.abs(tables.mean(axis=0) - probability * mean) <= 4.5 * error + 1e-9).all()
    # Of a geometric weight w the variance is mean (mean - 1), of an exponential one mean^2.
    i, j = np.unravel_index(np.argmax(probability), probability.shape)
    there = tables[:, i, j][tables[:, i, j] > 0]
    spread = mean[i, j] * (mean[i, j] - 1) if weights == "geometric" else mean[i, j] ** 2
    assert there.var() == pytest.approx(spread, rel=0.35)


def test_what_cannot_be_drawn_is_refused():
    network = from_matrix(weighted(6, whole=False))
    with pytest.raises(InputError, match="whole numbers from 1"):
        max_entropy(network, preserve=["degree", "strength"], weights="geometric")
    with pytest.raises(InputError, match="read only if"):
        max_entropy(network, weights="geometric")
    with pytest.raises(InputError, match="must be one of 'geometric', 'exponential'"):
        max_entropy(network, preserve=["strength"], weights="normal")
    with pytest.raises(InputError, match="sequence of 'degree' and 'strength'"):
        max_entropy(network, preserve="strength")
    for preserve in (["degree", "strengths"], [["degree"]], [5]):
        with pytest.raises(InputError, match="sequence of 'degree' and 'strength'"):
            max_entropy(network, preserve=preserve)
    links = pd.DataFrame(
        {"source": list("abc"), "target": list("bcd"), "weight": [1e-300, 1e300, 1]}
    )
    far_apart = ni.build_network(pd.DataFrame(index=list("abcd")), links)
    with pytest.raises(InputError, match="expected strengths of layer 'links' are met to"):
        max_entropy(far_apart, preserve=["strength"])


@pytest.mark.parametrize("preserve", [["degree"], ["strength"]])
def test_too_many_classes_are_refused(monkeypatch, preserve):
    monkeypatch.setattr("netinnov.null_models._expected_degrees._MOST_PAIRS", 3)
    with pytest.raises(InputError, match="classes of nodes that differ in what is kept"):
        max_entropy(from_matrix(weighted(6, whole=False)), preserve=preserve)


@pytest.mark.parametrize("preserve", [["degree"], ["degree", "strength"]])
def test_a_two_mode_layer_that_runs_both_ways_stays_two_mode(preserve):
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
    ready = prepared_null(MaxEntropy(preserve), network, rng)
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

"""Indices of networks of places: hand values, independent formulas, invariances, real flows."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from pandas.testing import assert_series_equal

import netinnov as ni
from netinnov.errors import InputError
from netinnov.polycentricity import (
    dominance_index,
    entropy_index,
    functional,
    green,
    link_symmetry,
    node_symmetry,
    relative_strength,
)
from strategies import bare, dense, networks

DIRECTED = bare({"t": [("a", "b", 3.0), ("b", "a", 1.0), ("b", "c", 2.0)]}, "abc", directed="t")
MEASURES = {
    "functional": functional,
    "functional_weighted": lambda n: functional(n, weighted=True),
    "functional_in": lambda n: functional(n, direction="in"),
    "entropy_index": entropy_index,
    "entropy_index_nodes": lambda n: entropy_index(n, of="nodes"),
    "dominance_index": dominance_index,
    "dominance_index_in": lambda n: dominance_index(n, direction="in"),
    "node_symmetry": node_symmetry,
    "relative_strength": relative_strength,
    "link_symmetry": link_symmetry,
}


def network(layers, nodes, **more):
    return ni.build_network(*bare(layers, nodes, **more))


def flat(tables):
    """Summed weights between different nodes; an undirected layer next to a directed one: both."""
    total = sum(dense(tables).values(), np.zeros((len(tables.nodes),) * 2))
    return total * (1 - np.eye(len(total)))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        # Degrees 2, 1, 1, 0: sd 1/sqrt 2 over 1; 2 of 6 pairs.
        (functional(network({"x": [("a", "b"), ("a", "c")]}, "abcd")), (1 - math.sqrt(0.5)) / 3),
        # Sample sd: sqrt(2/3) over sqrt 2.
        (
            functional(network({"x": [("a", "b"), ("a", "c")]}, "abcd"), ddof=1),
            (1 - math.sqrt(1 / 3)) / 3,
        ),
        # Mean of a complete layer, 1, and of one link among three: degrees 1, 1, 0.
        (
            functional(
                network({"x": [("a", "b"), ("a", "c"), ("b", "c")], "y": [("a", "b")]}, "abc")
            ),
            (1 + (1 - 2 * math.sqrt(2) / 3) / 3) / 2,
        ),
        # A layer of nothing but a self-link is left out of the mean.
        (functional(network({"x": [("a", "b")], "y": [("a", "a")]}, "ab")), 1.0),
        # Directed: 3 of 6 pairs; degrees 2, 3, 1, or in-degrees 1, 1, 1.
        (functional(ni.build_network(*DIRECTED)), green([2, 3, 1]) / 2),
        (functional(ni.build_network(*DIRECTED), direction="in"), 0.5),
        (functional(ni.build_network(*DIRECTED), weighted=True), green([4, 6, 2]) / 2),
        (
            functional(ni.build_network(*DIRECTED), weighted=True, direction="out"),
            green([3, 3, 0]) / 2,
        ),
        # Shares 1/2, 1/6, 1/3 of 6 possible links.
        (
            entropy_index(ni.build_network(*DIRECTED)),
            (math.log(2) / 2 + math.log(6) / 6 + math.log(3) / 3) / math.log(6),
        ),
        # Totals 4, 6, 2 of 12.
        (
            entropy_index(ni.build_network(*DIRECTED), of="nodes"),
            (math.log(3) / 3 + math.log(2) / 2 + math.log(6) / 6) / math.log(3),
        ),
        (entropy_index(network({"x": [("a", "b")]}, "abc")), 0.0),
        (entropy_index(network({"x": [("a", "b"), ("a", "c"), ("b", "c")]}, "abc")), 1.0),
    ],
)
def test_numbers_worked_by_hand(found, expected):
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_series_worked_by_hand():
    found = ni.build_network(*DIRECTED)
    assert dominance_index(found).tolist() == [1.0, 2.0, 0.4]  # 4 / 4, 6 / 3, 2 / 5
    assert dominance_index(found, direction="in").tolist() == [0.4, 2.0, 1.0]  # of 1, 3, 2
    assert dominance_index(found, direction="out").tolist() == [2.0, 2.0, 0.0]  # of 3, 3, 0
    assert node_symmetry(found).tolist() == [-0.5, 0.0, 1.0]
    assert relative_strength(found).to_dict() == {
        ("a", "b"): 1 / 2,
        ("b", "a"): 1 / 6,
        ("b", "c"): 1 / 3,
    }
    # f = 3/4: entropy 2 - 3/4 log2 3 bits.
    assert link_symmetry(found).to_dict() == pytest.approx(
        {("a", "b"): 2 - 0.75 * math.log2(3), ("b", "c"): 0.0}
    )


def test_an_undirected_link_beside_a_directed_layer_counts_twice():
    both = network({"d": [("a", "b", 2.0)], "u": [("a", "b", 1.0)]}, "ab", directed="d")
    assert relative_strength(both).to_dict() == {("a", "b"): 0.75, ("b", "a"): 0.25}
    assert node_symmetry(both).tolist() == [-0.5, 0.5]


def test_only_one_place_has_flow():
    # Only where others have none at all: a self-link does not count, so in-flow into a is from b.
    one_way = network({"d": [("b", "a", 2.0)]}, "abc", directed="d")
    assert dominance_index(one_way, direction="in").tolist() == [math.inf, 0.0, 0.0]


def test_what_is_undefined_is_nan():
    nothing = network({"x": [("a", "a")]}, "ab")
    assert math.isnan(functional(nothing))
    assert math.isnan(entropy_index(nothing))
    assert math.isnan(entropy_index(nothing, of="nodes"))
    assert dominance_index(nothing).isna().all()
    assert node_symmetry(nothing).isna().all()
    assert len(relative_strength(nothing)) == len(link_symmetry(nothing)) == 0
    assert node_symmetry(network({"x": [("a", "b")]}, "abc")).tolist()[:2] == [0.0, 0.0]
    assert math.isnan(node_symmetry(network({"x": [("a", "b")]}, "abc"))["c"])
    single = ni.build_network(pd.DataFrame(index=["a"]), pd.DataFrame(columns=["source", "target"]))
    assert math.isnan(functional(single))
    assert math.isnan(entropy_index(single, of="nodes"))
    assert dominance_index(single).isna().all()
    assert math.isnan(entropy_index(network({"x": [("a", "b")]}, "ab")))  # one possible link


def check_equal(found, expected):
    if isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True)
    else:
        assert_series_equal(found, expected, rtol=1e-9, atol=1e-12)


@given(networks(min_nodes=2, directed=True))
def test_indices_of_matrices(tables):
    found = ni.build_network(*tables)
    flows = flat(tables)
    n = len(flows)
    into, out = flows.sum(axis=0), flows.sum(axis=1)
    expected = np.array(
        [
            (into + out)[i] / np.delete(into + out, i).mean()
            if np.delete(into + out, i).any()
            else math.nan
            for i in range(n)
        ]
    )
    assert dominance_index(found).to_numpy() == pytest.approx(expected, nan_ok=True)
    share = flows[flows > 0] / flows.sum() if flows.any() else np.array([])
    entropy = -(share * np.log(share)).sum() / math.log(n * (n - 1)) if flows.any() else math.nan
    assert entropy_index(found) == pytest.approx(entropy, nan_ok=True, abs=1e-12)
    assert sorted(relative_strength(found)) == pytest.approx(sorted(share))
    with np.errstate(invalid="ignore"):
        assert node_symmetry(found).to_numpy() == pytest.approx(
            (into - out) / (into + out), nan_ok=True
        )
    balance = {
        (i, j): flows[i, j] / (flows[i, j] + flows[j, i])
        for i in range(n)
        for j in range(i + 1, n)
        if flows[i, j] + flows[j, i]
    }
    nodes = tables.nodes["node"]
    bits = {
        (nodes[i], nodes[j]): -sum(p * math.log2(p) for p in (f, 1 - f) if p > 0)
        for (i, j), f in balance.items()
    }
    assert link_symmetry(found).to_dict() == pytest.approx(bits, abs=1e-12)
    parts = []
    for matrix in dense(tables).values():
        linked = (matrix > 0) * (1 - np.eye(n))
        if linked.any():
            degree = linked.sum(axis=0) + linked.sum(axis=1)
            evenness = 1 - degree.std() / (degree.max() / 2)
            parts.append(evenness * linked.sum() / (n * (n - 1)))
    assert functional(found) == pytest.approx(
        np.mean(parts) if parts else math.nan, nan_ok=True, abs=1e-12
    )


@given(tables=networks(), data=st.data())
def test_relabelling_permutes_the_result(tables, data):
    order = data.draw(st.permutations(range(len(tables.nodes))))
    nodes = tables.nodes.iloc[order].reset_index(drop=True)
    before, after = ni.build_network(*tables), ni.build_network(*tables._replace(nodes=nodes))
    for name, measure in MEASURES.items():
        expected = measure(before)
        if isinstance(expected, pd.Series) and expected.index.nlevels == 1:
            expected = expected.reindex(after.nodes.index)
        elif isinstance(expected, pd.Series):  # pairs stand in node order, so turn round as well
            assert sorted(measure(after)) == pytest.approx(sorted(expected)), name
            continue
        check_equal(measure(after), expected)


@pytest.mark.parametrize(
    "call",
    [
        lambda n: entropy_index(n),
        lambda n: entropy_index(n, of="nodes"),
        lambda n: functional(n, weighted=True),
        lambda n: dominance_index(n),
        lambda n: dominance_index(n, direction="out"),
        node_symmetry,
        link_symmetry,
        relative_strength,
    ],
)
def test_shares_of_origins_are_refused(call):
    tables = bare({"flow": [("a", "b", 1.0)]}, "ab", directed=["flow"])
    shares = ni.build_network(*tables, {"flow": {"quantity": "share_of_origin"}})
    with pytest.raises(InputError, match="shares of each origin's total"):
        call(shares)

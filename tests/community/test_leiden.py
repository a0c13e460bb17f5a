"""Multislice modularity and its maximisation: by hand, by brute force, against other programs."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings, strategies as st
from pandas.testing import assert_frame_equal
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from netinnov import build_network
from netinnov.community import Partition, _leiden_search, leiden, modularity
from netinnov.errors import InputError
from netinnov.sources import read_multiplex
from strategies import Tables, bare, dense, networks, supra_matrix

DATA = (Path(__file__).parents[2] / "../shared/data").resolve()
options = st.fixed_dictionaries(
    {
        "resolution": st.sampled_from([0.0, 0.5, 1.0, 2.5]),
        "coupling": st.sampled_from([0.0, 0.25, 1.0, 8.0]),
        "presence": st.sampled_from(["linked", "all"]),
    }
)


def pair_terms(tables: Tables, resolution: float, coupling: float, presence: str) -> Any:
    """The summand of Q for each two states, 2 mu, and the states (layer, node), by definition."""
    matrices = {x: a * (1 - np.eye(len(a))) for x, a in dense(tables).items()}
    supra, states = supra_matrix(matrices, coupling, presence)
    terms = supra.copy()
    blocks = list(matrices.values())
    for row, (x, i) in enumerate(states):
        for column, (y, j) in enumerate(states):
            if x == y and blocks[x].sum() > 0:
                a = blocks[x]
                terms[row, column] -= resolution * a[i].sum() * a[:, j].sum() / a.sum()
    return terms, supra.sum(), states


def reference(tables: Tables, labels: dict[tuple[int, int], Any], **given: Any) -> float:
    terms, total, states = pair_terms(tables, **given)
    q = 0.0
    for row, s in enumerate(states):
        for column, t in enumerate(states):
            if labels[s] == labels[t]:
                q += terms[row, column]
    return q / total if total > 0 else float("nan")


def set_partitions(n: int) -> list[list[int]]:
    """All partitions of n things, as labels that grow from 0."""
    found = [[0]]
    for _ in range(n - 1):
        found = [[*one, c] for one in found for c in range(max(one) + 2)]
    return found


def by_state(network: Any, partition: Partition) -> dict[tuple[int, int], float]:
    table = partition.membership.to_numpy()
    return {(x, i): table[i, x] for i, x in np.argwhere(~np.isnan(table))}


def real(name: str) -> Any:
    path = DATA / "multiplex_benchmarks" / name
    if not path.exists():
        pytest.skip("needs the folder of data beside the checkout")
    return build_network(*read_multiplex(path))


@given(networks(max_nodes=7, max_layers=3), options, st.data())
def test_modularity_is_the_double_sum(tables: Tables, given: dict[str, Any], data: Any) -> None:
    network = build_network(*tables)
    n, n_layers = network.n_nodes, len(network.layers)
    drawn = data.draw(st.lists(st.integers(0, 3), min_size=n * n_layers, max_size=n * n_layers))
    codes = np.array(drawn, int).reshape(n, n_layers)
    membership = pd.DataFrame(codes, network.nodes.index, list(network.layers))
    labels = {(x, i): codes[i, x] for i in range(n) for x in range(n_layers)}
    expected = reference(tables, labels, **given)
    found = modularity(network, membership, **given)
    assert found == pytest.approx(expected, abs=1e-12, nan_ok=True)
    # Other labels, other orders of rows and columns: the same partition.
    names = {0: "x", 1: ("a", 1), 2: 2.5, 3: frozenset({1})}
    other = membership.map(names.get).iloc[::-1, ::-1]
    assert modularity(network, other, **given) == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_presence_changes_modularity(shared: Path) -> None:
    # One partition of AUCS; values of leidenalg ("linked") and of the closed form.
    cases = json.loads((shared / "reference" / "cases.json").read_text("utf-8"))["cases"]
    (case,) = [case for case in cases if case["name"] == "mucha_Q_aucs_present_g1_w1"]
    network, labels = real("aucs.mpx"), case["arguments"]["membership"]
    values = [
        modularity(network, labels, coupling=coupling, presence=presence)
        for coupling, presence in [(1, "all"), (1, "linked"), (0, "all"), (0, "linked")]
    ]
    assert values == pytest.approx([0.736494, 0.658110, 0.477239, 0.477239], abs=1e-6)


def test_series_mapping_and_partition_are_taken() -> None:
    network = build_network(*bare({"x": [("a", "b"), ("c", "d")]}, "abcd"))
    labels = {"d": "B", "c": "B", "b": "A", "a": "A", "elsewhere": "C"}
    expected = modularity(network, labels)
    assert expected == 0.5
    assert modularity(network, pd.Series(labels)) == expected
    assert modularity(network, pd.Series(labels, dtype="category")) == expected
    assert modularity(network, leiden(network, rng=1)) == expected


def test_states_without_a_label_are_refused() -> None:
    network = build_network(*bare({"x": [("a", "b")], "y": [("b", "c")]}, "abcd"))
    for membership in (
        {"a": 1, "b": None, "c": 1},
        pd.DataFrame({"x": [1, 1, None], "y": [None, None, 1.0]}, ["a", "b", "c"]),
        pd.DataFrame({"x": [1, 1, 1]}, ["a", "b", "c"]),
    ):
        with pytest.raises(InputError, match=r"must have a label for every node.*'b' in 'y'"):
            modularity(network, membership)
    # d has no link, so it needs a label only where every node is present.
    labels = {"a": 1, "b": 1, "c": 1}
    assert modularity(network, labels) <= 1
    with pytest.raises(InputError, match="'d' in 'x'"):
        modularity(network, labels, presence="all")
    with pytest.raises(InputError, match="name each node once"):
        modularity(network, pd.Series([1, 1, 1, 1], ["a", "b", "c", "a"]))
    with pytest.raises(InputError, match="found list"):
        modularity(network, [1, 1, 1])


def test_without_weight_modularity_is_undefined() -> None:
    network = build_network(*bare({"x": [("a", "a")]}, "ab"))
    assert np.isnan(modularity(network, {"a": 0, "b": 1}, presence="all"))
    assert np.isnan(leiden(network).quality)
    empty = build_network(pd.DataFrame({"node": ["a"]}), pd.DataFrame({"source": [], "target": []}))
    for presence in ("all", "linked"):
        found = leiden(empty, presence=presence, rng=1)
        assert np.isnan(found.quality)
        assert found.membership.shape == (1, 0)


@given(networks(max_nodes=6, max_layers=3, min_links=1), options)
def test_leiden_finds_the_best_of_all_partitions(tables: Tables, given: dict[str, Any]) -> None:
    terms, total, states = pair_terms(tables, **given)
    assume(2 <= len(states) <= 7)
    assume(total > 0)
    best = -np.inf
    for labels in set_partitions(len(states)):
        same = np.equal.outer(labels, labels)
        best = max(best, terms[same].sum() / total)
    found = leiden(build_network(*tables), rng=1, **given)
    assert found.quality == pytest.approx(best, abs=1e-12)


@given(networks(max_nodes=10), options)
def test_no_move_and_no_union_is_better(tables: Tables, given: dict[str, Any]) -> None:
    network = build_network(*tables)
    terms, total, states = pair_terms(tables, **given)
    assume(total > 0)
    partition = leiden(network, restarts=1, rng=3, **given)
    of_state = by_state(network, partition)
    assert set(of_state) == set(states)
    labels = np.array([of_state[s] for s in states], int)
    assert partition.n_communities == len(set(labels))
    assert sorted(set(labels)) == list(range(labels.max() + 1))
    inside = np.eye(labels.max() + 2)[labels]

    def quality(member: np.ndarray) -> float:
        return float(np.einsum("sc,st,tc->", member, terms, member)) / total

    assert partition.quality == pytest.approx(quality(inside), abs=1e-12)
    assert modularity(network, partition, **given) == partition.quality
    for state in range(len(states)):
        for c in range(labels.max() + 2):
            moved = inside.copy()
            moved[state] = np.eye(labels.max() + 2)[c]
            assert quality(moved) <= partition.quality + 1e-9
    for c in range(labels.max() + 1):
        for d in range(c):
            joined = inside.copy()
            joined[:, d] += joined[:, c]
            joined[:, c] = 0
            assert quality(joined) <= partition.quality + 1e-9


@given(networks(), options)
def test_communities_are_connected(tables: Tables, given: dict[str, Any]) -> None:
    network = build_network(*tables)
    supra, states = supra_matrix(dense(tables), given["coupling"], given["presence"])
    of_state = by_state(network, leiden(network, restarts=1, rng=5, **given))
    labels = np.array([of_state[s] for s in states], int)
    for c in set(labels):
        inside = supra[np.ix_(labels == c, labels == c)]
        assert connected_components(sparse.csr_array(inside), directed=False)[0] == 1


def test_labels_go_by_size_and_then_by_first_node() -> None:
    pairs = [("c", "d"), ("a", "e"), ("f", "g"), ("g", "h"), ("f", "h")]
    network = build_network(*bare({"x": pairs}, "abcdefgh"))
    labels = leiden(network, rng=1).membership["x"]
    expected = {"f": 0, "g": 0, "h": 0, "a": 1, "e": 1, "c": 2, "d": 2}
    assert labels.dropna().to_dict() == expected
    assert labels.isna().to_dict() == {node: node == "b" for node in "abcdefgh"}


@pytest.mark.slow
def test_the_same_rng_gives_the_same_partition_with_any_number_of_workers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = real("aucs.mpx")
    found = []
    for count in (1, 2, 7):
        for name in ("cpu_count", "process_cpu_count"):  # the second since Python 3.13
            monkeypatch.setattr(os, name, lambda count=count: count, raising=False)
        found.append(leiden(network, coupling=0.3, restarts=3, rng=11))
    for other in found[1:]:
        assert_frame_equal(other.membership, found[0].membership)
        assert other.quality == found[0].quality
    again = leiden(network, coupling=0.3, restarts=3, rng=np.random.default_rng(11))
    assert_frame_equal(again.membership, found[0].membership)


@pytest.mark.slow
@settings(max_examples=3)
@given(networks(max_nodes=8, min_layers=2), options)
def test_large_networks_are_searched_the_same_way(tables: Tables, given: dict[str, Any]) -> None:
    # What only networks of many links go through, on small ones: still a local optimum of Q.
    network = build_network(*tables)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_leiden_search, "WORK", 0)
        large = leiden(network, rng=2, **given)
    small = leiden(network, rng=2, **given)
    assume(not np.isnan(small.quality))
    assert large.quality <= small.quality + 1e-9
    assert modularity(network, large, **given) == large.quality


def test_partition_as_a_long_table() -> None:
    network = build_network(*bare({"x": [("a", "b")], "y": [("b", "c")]}, "abcd"))
    table = leiden(network, coupling=0.0, rng=1).to_frame()
    assert table.columns.tolist() == ["node", "layer", "community"]
    rows = [("a", "x", 0), ("b", "x", 0), ("b", "y", 1), ("c", "y", 1)]
    assert list(table.itertuples(index=False, name=None)) == rows
    one = Partition(pd.Series([0.0, 0.0, np.nan], ["a", "b", "c"]), 1.0)
    assert one.n_communities == 1
    assert one.to_frame()["community"].tolist() == [0, 0]


def test_one_layer_reaches_igraph_on_the_karate_club() -> None:
    networkx = pytest.importorskip("networkx")
    edges = [(str(i), str(j)) for i, j in networkx.karate_club_graph().edges()]
    network = build_network(*bare({"x": edges}, [str(i) for i in range(34)]))
    # The known maximum of modularity of the unweighted club (Brandes et al. 2008).
    found = leiden(network, restarts=5, rng=1)
    assert found.quality == pytest.approx(0.4197896, abs=1e-6)
    same = networkx.community.modularity(
        networkx.Graph(edges), found.to_frame().groupby("community")["node"].agg(set).tolist()
    )
    assert found.quality == pytest.approx(same, abs=1e-12)

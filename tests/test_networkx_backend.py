"""networkx hands five functions to this package: its numbers, its nodes, and its own tests pass."""

import importlib.metadata
import math
import os
import subprocess
import sys

import networkx as nx
import pytest

(ENTRY,) = importlib.metadata.entry_points(group="networkx.backends", name="netinnov")
backend = ENTRY.load()
NAMES = [0, "a", 2.5, (1, 2), frozenset("x"), "0", -1]  # ids of any type; two alike as text
PAIRS = [(0, 1, 2), (0, 2, 1), (1, 2, 5), (2, 3, 1), (3, 4, 3), (1, 3, 2)]  # two are alone
TESTS = ["test_structuralholes", "test_efficiency", "test_core"]
PAGES = [f"networkx.algorithms.tests.{name}" for name in TESTS]
PAGES.append("networkx.algorithms.centrality.tests.test_harmonic_centrality")


@pytest.fixture(autouse=True)
def _silent(monkeypatch):
    # That a converted graph is kept is a warning of networkx.
    monkeypatch.setattr(nx.config, "warnings_to_ignore", {"cache"})


def drawn(kind):
    graph = kind()
    graph.add_nodes_from(NAMES)
    graph.add_weighted_edges_from((NAMES[a], NAMES[b], weight) for a, b, weight in PAIRS)
    return graph


def both(name, graph, **asked):
    """What the backend says and what networkx says."""
    function = getattr(nx, name)
    return [function(graph, **asked, backend=one) for one in ("netinnov", "networkx")]


CALLS = [
    ("constraint", {}),
    ("constraint", {"weight": "weight"}),
    ("constraint", {"nodes": NAMES[:3]}),
    ("effective_size", {}),
    ("effective_size", {"nodes": NAMES[:3]}),
    ("effective_size", {"nodes": NAMES[:3], "weight": "weight"}),
    ("harmonic_centrality", {}),
    ("harmonic_centrality", {"distance": "weight"}),
    ("harmonic_centrality", {"nbunch": NAMES[1:4]}),
    ("harmonic_centrality", {"nbunch": [], "sources": NAMES}),
    ("harmonic_centrality", {"sources": [0, "a", "nobody"]}),
    ("harmonic_centrality", {"nbunch": "a", "sources": NAMES[2:], "distance": "weight"}),
    ("core_number", {}),
    ("global_efficiency", {}),
]


@pytest.mark.parametrize("kind", [nx.Graph, nx.DiGraph, nx.MultiGraph, nx.MultiDiGraph])
@pytest.mark.parametrize(("name", "asked"), CALLS)
def test_numbers_are_those_of_networkx(name, asked, kind):
    graph = drawn(kind)
    many, holes = graph.is_multigraph(), name in ("constraint", "effective_size")
    if many and (holes or "distance" in asked):
        assert backend.can_run(name, (graph,), asked) == "parallel edges have no single weight"
    elif not (name == "global_efficiency" and graph.is_directed()) and not (
        name == "core_number" and many
    ):
        ours, theirs = both(name, graph, **asked)
        assert ours == pytest.approx(theirs, nan_ok=True)
        assert type(ours) is type(theirs)
        if isinstance(ours, dict):
            assert {*map(type, ours.values())} <= {int, float}


@pytest.mark.parametrize("name", ["constraint", "effective_size", "harmonic_centrality"])
def test_a_graph_that_is_kept_with_weights_has_none_for_a_later_call(name):
    graph = drawn(nx.Graph)
    attribute = "distance" if name.startswith("harmonic") else "weight"
    getattr(nx, name)(graph, **{attribute: "weight"}, backend="netinnov")
    ours, theirs = both(name, graph)
    assert ours == pytest.approx(theirs, nan_ok=True)


def test_a_pair_linked_both_ways_counts_twice_in_cores():
    graph = nx.DiGraph([(1, 2), (2, 1), (2, 3), (2, 4), (3, 4), (4, 3)])
    assert both("core_number", graph) == [{1: 2, 2: 2, 3: 2, 4: 2}] * 2


def test_weighted_effective_size_is_the_same_by_name_and_for_all():
    # By hand (docs/disagreements.md): b spends 1/5 on a, 4/5 on c, and 2 - 4/5 - 1/5 x 1/4 = 1.15.
    graph = nx.Graph()
    graph.add_weighted_edges_from([("a", "b", 1), ("a", "c", 1), ("b", "c", 4)])
    for asked in ({}, {"nodes": ["b"]}):
        sizes = nx.effective_size(graph, weight="weight", **asked, backend="netinnov")
        assert sizes["b"] == pytest.approx(1.15)


def test_a_node_with_links_in_only_has_a_size_by_name_too():
    graph = nx.DiGraph([("a", "b"), ("c", "b")])
    for name, value in (("constraint", 0.5), ("effective_size", 2.0)):
        assert getattr(nx, name)(graph, nodes=["b"], backend="netinnov") == {"b": value}
        assert getattr(nx, name)(graph, backend="networkx")["b"] == value
        # Here networkx has another answer for the node by its name.
        assert math.isnan(getattr(nx, name)(graph, nodes=["b"], backend="networkx")["b"])


def test_what_has_another_meaning_is_left_to_networkx():
    loops = nx.Graph([("a", "b"), ("a", "a")])
    for name in ("constraint", "effective_size"):
        reason = backend.can_run(name, (loops,), {})
        assert reason == "networkx counts self-loops of nodes with neighbours"
    alone = nx.Graph([("a", "a")])
    assert backend.can_run("constraint", (alone,), {}) is True
    assert "self-loops" in backend.can_run("constraint", (alone, ["a"]), {})
    by_function = {"distance": lambda *_: 1}
    assert "attribute" in backend.can_run("harmonic_centrality", (loops,), by_function)
    assert backend.can_run("pagerank", (loops,), {}) is False
    with pytest.raises(nx.NetworkXNotImplemented, match="Input graph has self loops"):
        nx.core_number(loops, backend="netinnov")


@pytest.mark.parametrize("weight", [0, -1, math.inf, math.nan, "3", None])
def test_weights_that_no_network_has_are_left_to_networkx(weight):
    graph = nx.Graph([("a", "b")])
    graph["a"]["b"]["weight"] = weight
    with pytest.raises(NotImplementedError):
        nx.harmonic_centrality(graph, distance="weight", backend="netinnov")


@pytest.mark.parametrize("kind", [nx.Graph, nx.DiGraph])
def test_graphs_without_edges(kind):
    for graph in (kind(), nx.empty_graph(2, create_using=kind)):
        for name in ("constraint", "effective_size"):
            found = getattr(nx, name)(graph, backend="netinnov")
            assert found.keys() == {*graph}
            assert all(map(math.isnan, found.values()))
        assert nx.harmonic_centrality(graph, backend="netinnov") == dict.fromkeys(graph, 0)
        assert nx.core_number(graph, backend="netinnov") == dict.fromkeys(graph, 0)
    assert nx.global_efficiency(nx.Graph(), backend="netinnov") == 0


def test_networkx_loads_nothing_heavy_of_this_package():
    code = "import networkx, sys; print({'pandas', 'scipy', 'numba', 'numpy'} & {*sys.modules})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


@pytest.mark.slow
def test_tests_of_networkx_pass(tmp_path):
    settings = {"NETWORKX_TEST_BACKEND": "netinnov", "NETWORKX_FALLBACK_TO_NX": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--pyargs", *PAGES]
    run = subprocess.run(
        command, cwd=tmp_path, env=os.environ | settings, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout[-2000:]

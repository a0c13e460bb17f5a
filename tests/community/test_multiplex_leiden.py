"""Leiden with one community a node: the sum of the modularities of the layers."""

from itertools import product
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import netinnov as ni
from netinnov.community import multiplex_leiden
from netinnov.sources import read_multiplex
from strategies import Tables, bare, dense, networks

DATA = (Path(__file__).parents[2] / "../shared/data/multiplex_benchmarks").resolve()


def summed_modularity(tables: Tables, labels: dict[str, object], resolution: float = 1.0) -> float:
    """The definition, term by term."""
    same = np.array([[labels[i] == labels[j] for j in labels] for i in labels])
    quality = 0.0
    for matrix in dense(tables).values():
        weight = matrix * (1 - np.eye(len(matrix)))
        total = weight.sum()
        if total > 0:
            expected = np.outer(weight.sum(axis=1), weight.sum(axis=0)) / total
            quality += float(((weight - resolution * expected) * same).sum()) / total
    return quality


def cliques(**more: object) -> Tables:
    """Two triangles in each of two layers, joined by one link."""
    links = [("a", "b"), ("a", "c"), ("b", "c"), ("d", "e"), ("d", "f"), ("e", "f"), ("c", "d")]
    return bare({"x": links, "y": links[:6]}, "abcdef", **more)


def test_layers_have_the_same_say_whatever_their_weight() -> None:
    # Multiplied by 1000, a layer of `leiden` would outweigh the other; here nothing changes.
    tables = cliques()
    heavy = tables.links.assign(
        weight=tables.links["weight"] * np.where(tables.links["layer"] == "x", 1000.0, 1.0)
    )
    one = multiplex_leiden(ni.build_network(*tables), rng=0)
    other = multiplex_leiden(ni.build_network(*tables._replace(links=heavy)), rng=0)
    pd.testing.assert_series_equal(one.membership, other.membership)
    assert one.quality == pytest.approx(other.quality, rel=1e-14)


@settings(deadline=None)
@given(tables=networks(), resolution=st.sampled_from([0.5, 1.0, 1.7]))
def test_quality_is_the_definition_and_no_single_move_raises_it(
    tables: Tables, resolution: float
) -> None:
    network = ni.build_network(*tables)
    found = multiplex_leiden(network, resolution=resolution, restarts=2, rng=3)
    linked = network.storage.presence("linked").any(axis=0)
    np.testing.assert_array_equal(found.membership.notna(), linked)
    if not linked.any():
        assert np.isnan(found.quality)
        return
    labels = {node: node if np.isnan(label) else label for node, label in found.membership.items()}
    assert found.quality == pytest.approx(summed_modularity(tables, labels, resolution), abs=1e-12)
    for node, label in product(network.nodes.index[linked], {*labels.values(), "new"}):
        moved = labels | {node: label}
        assert summed_modularity(tables, moved, resolution) <= found.quality + 1e-10


@pytest.mark.parametrize("directed", [(), ("x",)])
@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 6))]
)
def test_restarts_find_the_best_of_all_partitions_of_six_nodes(
    seed: int, directed: tuple[str, ...]
) -> None:
    rng = np.random.default_rng(seed)
    ends = rng.integers(6, size=(14, 2))
    links: dict[str, list[tuple[str, ...]]] = {"x": [], "y": []}
    for k, (i, j) in enumerate(ends):
        links["xy"[k % 2]].append(("abcdef"[i], "abcdef"[j]))
    tables = bare(links, "abcdef", directed=directed)
    network = ni.build_network(*tables)
    # Each partition once: a label is at most one above those before it.
    best = max(
        summed_modularity(tables, dict(zip("abcdef", labels, strict=True)))
        for labels in product(*(range(k + 1) for k in range(6)))
        if all(label <= max((-1, *labels[:k])) + 1 for k, label in enumerate(labels))
    )
    found = multiplex_leiden(network, restarts=20, rng=1)
    labels = dict(found.membership.fillna(9).items())
    assert found.quality == pytest.approx(summed_modularity(tables, labels), abs=1e-12)
    assert found.quality == pytest.approx(best, abs=1e-12)


def is_connected(network: ni.MultilayerNetwork, membership: pd.Series) -> bool:
    """Whether each community is, in the layers together."""
    graph = nx.Graph(
        [(i, j) for i, j in network.links[["source", "target"]].itertuples(index=False)]
    )
    parts = [graph.subgraph(part.index) for _, part in membership.dropna().groupby(membership)]
    return all(nx.is_connected(part) for part in parts)


@settings(deadline=None)
@given(tables=networks())
def test_communities_are_connected(tables: Tables) -> None:
    network = ni.build_network(*tables)
    assert is_connected(network, multiplex_leiden(network, restarts=2, rng=3).membership)


def test_nodes_without_links_have_no_community() -> None:
    tables = bare({"x": [("a", "b"), ("c", "c")], "loops": [("d", "d")]}, "abcd")
    found = multiplex_leiden(ni.build_network(*tables), rng=0)
    np.testing.assert_array_equal(found.membership, [0.0, 0.0, np.nan, np.nan])
    assert found.quality == 0.0
    nothing = multiplex_leiden(ni.build_network(*bare({"x": [("a", "a")]}, "ab")), rng=0)
    assert nothing.membership.isna().all()
    assert np.isnan(nothing.quality)
    assert nothing.n_communities == 0


def test_resolution_runs_from_one_community_to_single_nodes() -> None:
    network = ni.build_network(*cliques())
    assert multiplex_leiden(network, resolution=0.0, rng=0).n_communities == 1
    assert multiplex_leiden(network, resolution=100.0, rng=0).n_communities == 6


@pytest.mark.skipif(not DATA.is_dir(), reason="needs the folder of data beside the checkout")
def test_airlines_of_europe() -> None:
    # 37 layers. The mean of 20 runs of leidenalg (n_iterations=-1) is 4.0436, the best 4.1091.
    network = ni.build_network(*read_multiplex(DATA / "AirEu2013Ext.json"))
    found = multiplex_leiden(network, rng=1)
    assert found.quality > 4.0436
    assert found.membership.isna().sum() == (~network.storage.presence("linked").any(axis=0)).sum()

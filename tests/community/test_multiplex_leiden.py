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


@pytest.mark.skipif(not DATA.is_dir(), reason="needs the folder of data beside the checkout")
def test_airlines_of_europe() -> None:
    # 37 layers. The mean of 20 runs of leidenalg (n_iterations=-1) is 4.0436, the best 4.1091.
    network = ni.build_network(*read_multiplex(DATA / "AirEu2013Ext.json"))
    found = multiplex_leiden(network, rng=1)
    assert found.quality > 4.0436
    assert found.membership.isna().sum() == (~network.storage.presence("linked").any(axis=0)).sum()

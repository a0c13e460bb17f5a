"""Writing and reading a folder of tables, against the tables of pandas."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from netinnov import MultilayerNetwork, build_network
from netinnov.io import read_network, write_network

N_NODES, N_LINKS = 5_000, 50_000


@pytest.fixture(scope="module")
def network() -> MultilayerNetwork:
    rng = np.random.default_rng(1)
    ids = np.array([f"机构 {i:05d}" for i in range(N_NODES)])
    nodes = pd.DataFrame({"node": ids, "kind": "firm", "name": ids, "staff": np.arange(N_NODES)})
    links = pd.DataFrame(
        {
            "source": ids[rng.integers(0, N_NODES, N_LINKS)],
            "target": ids[rng.integers(0, N_NODES, N_LINKS)],
            "layer": np.array(["a", "b"])[rng.integers(0, 2, N_LINKS)],
            "weight": rng.random(N_LINKS) + 0.1,
            "period": rng.integers(2015, 2025, N_LINKS),
        }
    )
    return build_network(nodes, links, directed=["a"])


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_there_and_back(in_turns, network, tmp_path, format):
    def ours() -> MultilayerNetwork:
        folder = tmp_path / "network"
        shutil.rmtree(folder, ignore_errors=True)
        write_network(network, folder, format=format)
        return read_network(folder)

    def with_pandas() -> MultilayerNetwork:
        path: Path = tmp_path / "links.csv"
        network.links.to_csv(path, index=False)
        return build_network(network.nodes, pd.read_csv(path), directed=network.directed)

    assert ours().equals(network)
    in_turns({f"folder ({format})": ours, "the links through pandas": with_pandas}, rounds=3)

"""Communities of Infomap, against Infomap itself."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import netinnov as ni
from netinnov.community import compare_partitions, infomap
from netinnov.io import write_infomap
from strategies import Tables, bare, networks

engine = pytest.importorskip("infomap")

SHARED = (Path(__file__).parents[2] / "../shared").resolve()


def triangles() -> list[tuple[str, str]]:
    return [("a", "b"), ("a", "c"), ("b", "c"), ("d", "e"), ("d", "f"), ("e", "f"), ("c", "d")]


def test_codelength_of_one_layer_by_hand() -> None:
    # Two triangles and a link: 14 ends of links. Flow of a node: strength / 14. A step leaves a
    # triangle with 1/14. Index: 1/7 x H(1/2, 1/2); each triangle with its exit: 8/14 of all.
    found = infomap(ni.build_network(*bare({"x": triangles()}, "abcdef")), rng=1)
    inside = -sum(share * np.log2(share) for share in (2 / 8, 2 / 8, 3 / 8, 1 / 8))
    assert found.quality == pytest.approx(1 / 7 + 2 * 8 / 14 * inside, rel=1e-12)
    assert found.membership["x"].tolist() == [0, 0, 0, 1, 1, 1]


def test_reference_of_aucs() -> None:
    # infomap 2.16.0, two levels, relax rate 0.15, best of 50 trials with seed 42.
    file = SHARED / "reference/data/aucs_links.csv"
    if not file.is_file():
        pytest.skip("needs the folder of reference cases beside the checkout")
    links = pd.read_csv(file, dtype={"source": str, "target": str})
    nodes = pd.DataFrame(index=sorted({*links["source"], *links["target"]}))
    found = infomap(ni.build_network(nodes, links), restarts=50, rng=42)
    assert found.quality <= 4.871240544000869 + 1e-6
    assert found.n_communities == 14


@given(tables=networks(min_links=1, min_layers=2))
def test_states_are_those_with_a_link_and_the_codelength_is_that_of_the_file(
    tables: Tables, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # `write_infomap` keeps self-links, which no measure counts, and one layer as a layer.
    links = tables.links[tables.links["source"] != tables.links["target"]]
    tables = tables._replace(
        links=links, directed=tuple(set(tables.directed) & set(links["layer"]))
    )
    network = ni.build_network(*tables)
    found = infomap(network, restarts=2, rng=1)
    np.testing.assert_array_equal(found.membership.notna(), network.storage.presence("linked").T)
    if len(network.layers) < 2:
        assert np.isnan(found.quality) == (not len(links))
        return
    numbered = ni.build_network(
        pd.DataFrame({"node": [f"n{i}" for i in range(network.n_nodes)]}),
        network.links.assign(
            layer=[f"l{network.layers.index(name)}" for name in network.links["layer"]],
            source=[f"n{i}" for i in network.nodes.index.get_indexer(network.links["source"])],
            target=[f"n{i}" for i in network.nodes.index.get_indexer(network.links["target"])],
        ),
        directed=[f"l{network.layers.index(name)}" for name in network.directed],
    )
    path = tmp_path_factory.mktemp("infomap") / "network.net"
    write_infomap(numbered, path)
    seed = int(np.random.default_rng(1).integers(1, 2**31))
    options = engine.Options(
        two_level=True,
        flow_model="directed" if network.directed else "undirected",
        multilayer_relax_rate=0.15,
        num_trials=2,
        num_threads=1,
        seed=seed,
    )
    result = engine.run(str(path), options=options)
    assert found.quality == pytest.approx(result.codelength, abs=1e-9)
    assert found.n_communities == result.num_top_modules


def test_relax_rate_mixes_the_layers() -> None:
    # Other triangles in y: kept apart at rate 0, lost where each step is in any layer.
    other = [("a", "d"), ("a", "e"), ("d", "e"), ("b", "c"), ("b", "f"), ("c", "f")]
    network = ni.build_network(*bare({"x": triangles(), "y": other}, "abcdef"))
    apart = infomap(network, relax_rate=0.0, rng=1)
    assert apart.n_communities == 4
    for layer, second in {"x": "def", "y": "bcf"}.items():
        triangles_of_layer = {node: node in second for node in "abcdef"}
        assert compare_partitions(apart.membership[layer], triangles_of_layer).nmi == 1
    assert infomap(network, relax_rate=1.0, rng=1).n_communities < 4


def test_without_the_package_the_message_is_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "infomap", None)
    network = ni.build_network(*bare({"x": triangles()}, "abcdef"))
    with pytest.raises(ImportError, match=r"pip install 'netinnov\[infomap\]'"):
        infomap(network)

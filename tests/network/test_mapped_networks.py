"""Networks in Arrow files: equal when read, mapped by several processes, refused when damaged."""

from __future__ import annotations

import json
import os
import pickle
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import netinnov as ni
from netinnov._network.storage import Storage
from netinnov.centrality import degree
from netinnov.errors import InputError
from netinnov.io import read_network, write_network
from netinnov.io._arrow_links import arrow_file
from network_folders import renew_hashes
from rich_networks import rich_networks
from strategies import Tables, networks

FILES = ("nodes.arrow", "places.arrow", "layers.arrow", "layer_0.arrow", "layer_1.arrow")


@pytest.fixture
def folder(small: ni.MultilayerNetwork, tmp_path: Path) -> Path:
    write_network(small, tmp_path / "small", format="arrow")
    return tmp_path / "small"


def same_arrays(one: ni.MultilayerNetwork, other: ni.MultilayerNetwork) -> bool:
    return all(
        np.array_equal(a, b) and a.dtype == b.dtype
        for layer in one.layers
        for read in (Storage.block, Storage.csr, Storage.simple_csr)
        for a, b in zip(read(one.storage, layer), read(other.storage, layer), strict=True)
    )


@given(tables=networks())
def test_a_mapped_network_is_the_one_that_was_written(tables: Tables) -> None:
    network = ni.build_network(*tables)
    with tempfile.TemporaryDirectory() as parent:
        write_network(network, Path(parent, "one"), format="arrow")
        again = read_network(Path(parent, "one"), mmap=True)
        assert again.equals(network)
        assert same_arrays(again, network)


@given(network=rich_networks())
def test_periods_and_attributes_come_back_beside_the_arrays(network: ni.MultilayerNetwork) -> None:
    with tempfile.TemporaryDirectory() as parent:
        write_network(network, Path(parent, "one"), format="arrow")
        assert read_network(Path(parent, "one"), mmap=True).equals(network)


def test_the_files_of_one_network_are_the_same_each_time(
    small: ni.MultilayerNetwork, folder: Path, tmp_path: Path
) -> None:
    write_network(small, tmp_path / "again", format="arrow")
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_a_mapped_network_cannot_be_written_to_and_gives_new_ones(
    small: ni.MultilayerNetwork, folder: Path
) -> None:
    mapped = read_network(folder, mmap=True)
    for layer in mapped.layers:
        assert not mapped.adjacency(layer).data.flags.writeable
    other = mapped.select(layers=mapped.layers[:1])
    assert pickle.loads(pickle.dumps(other)).equals(small.select(layers=small.layers[:1]))


def test_another_process_maps_the_files_it_is_named(
    small: ni.MultilayerNetwork, folder: Path
) -> None:
    mapped = read_network(folder, mmap=True)
    sent = pickle.dumps(mapped)
    assert str(folder.name).encode() in sent
    assert mapped.storage.block(mapped.layers[0]).data.tobytes() not in sent
    again = pickle.loads(sent)
    assert again.equals(small)
    assert same_arrays(again, small)


def test_a_folder_written_anew_is_not_taken_for_the_one_that_was_sent(
    small: ni.MultilayerNetwork, folder: Path
) -> None:
    sent = pickle.dumps(read_network(folder, mmap=True))
    for path in folder.iterdir():
        path.unlink()
    write_network(small.select(layers=small.layers[:1]), folder, format="arrow")
    with pytest.raises(InputError, match="must hold the network that was sent"):
        pickle.loads(sent)


@pytest.mark.slow
def test_workers_of_a_pool_read_the_mapped_network(folder: Path) -> None:
    mapped = read_network(folder, mmap=True)
    with ProcessPoolExecutor(2) as pool:
        results = list(pool.map(degree, [mapped] * 4))
    for result in results:
        pd.testing.assert_frame_equal(result, degree(mapped))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("mmap", [False, True])
@pytest.mark.parametrize("step", [31, pytest.param(1, marks=pytest.mark.slow)])
def test_a_file_cut_off_anywhere_is_named(step: int, name: str, mmap: bool, folder: Path) -> None:
    path = folder / name
    # Cuts in the function that opens all of these files, and some by way of the network. With a
    # step of 31 they are at all places of the words of 8 bytes of which a file is made.
    for size in reversed(range(0, path.stat().st_size, step)):
        os.truncate(path, size)
        with pytest.raises(InputError, match=name.replace(".", r"\.")):
            arrow_file(path, mmap=mmap)
        if size % 620 == 0:
            with pytest.raises(InputError, match=name.replace(".", r"\.")):
                read_network(folder, mmap=mmap)
    path.unlink()
    with pytest.raises(InputError, match=name.replace(".", r"\.")):
        read_network(folder, mmap=mmap)


def test_a_file_of_other_arrays_is_refused(folder: Path) -> None:
    (folder / "layer_0.arrow").write_bytes((folder / "nodes.arrow").read_bytes())
    renew_hashes(folder)
    with pytest.raises(InputError, match=r"layer_0\.arrow must hold one list block_indptr"):
        read_network(folder)


def test_arrays_that_lead_out_of_the_nodes_are_refused(
    small: ni.MultilayerNetwork, folder: Path
) -> None:
    path = folder / "layer_0.arrow"
    indices = small.storage.block(small.layers[0]).indices
    whole = path.read_bytes()
    assert whole.count(indices.tobytes()) >= 1
    path.write_bytes(whole.replace(indices.tobytes(), (indices + np.int32(1000)).tobytes()))
    renew_hashes(folder)
    with pytest.raises(InputError, match=r"layer_0\.arrow must hold"):
        read_network(folder, mmap=True)


def test_links_and_arrays_of_two_networks_are_refused(
    small: ni.MultilayerNetwork, tmp_path: Path
) -> None:
    # The second network has as many links of as much weight in each layer as the first.
    links = small.links.assign(period=2020)
    other = links.assign(
        weight=links.groupby("layer")["weight"].transform(lambda w: w.to_numpy()[::-1])
    )
    for name, table in (("one", links), ("two", other)):
        network = ni.build_network(small.nodes, table, small.places, small.directed)
        write_network(network, tmp_path / name, format="arrow")
    one, two = (tmp_path / name / "layer_0.arrow" for name in ("one", "two"))
    assert one.read_bytes() != two.read_bytes()
    one.write_bytes(two.read_bytes())
    with pytest.raises(InputError, match=r"layer_0\.arrow must be the file that write_network"):
        read_network(one.parent)


@pytest.mark.parametrize("arrays", [5, [5], [{}], [{"layer": "a", "file": "b", "blocks": []}]])
def test_arrays_that_are_none_are_told(arrays: object, folder: Path) -> None:
    about = json.loads((folder / "network.json").read_text())
    (folder / "network.json").write_text(json.dumps(about | {"arrays": arrays}))
    with pytest.raises(InputError, match=r"network\.json must be as write_network wrote it"):
        read_network(folder)


def test_tables_cannot_be_mapped(small: ni.MultilayerNetwork, tmp_path: Path) -> None:
    write_network(small, tmp_path / "csv")
    with pytest.raises(InputError, match='`mmap` needs a folder written with format="arrow"'):
        read_network(tmp_path / "csv", mmap=True)


def test_nothing_is_left_of_a_write_that_fails(
    small: ni.MultilayerNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from netinnov.io import _arrow_links

    write, written = _arrow_links.write_arrow, []

    def full(path: Path, columns: object) -> None:
        if written:
            raise OSError(28, "No space left on device")
        written.append(path)
        write(path, columns)

    monkeypatch.setattr(_arrow_links, "write_arrow", full)
    with pytest.raises(InputError, match="No space left on device"):
        write_network(small, tmp_path / "out", format="arrow")
    assert written
    assert list(tmp_path.iterdir()) == []

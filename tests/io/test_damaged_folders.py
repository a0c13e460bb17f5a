"""Folders of networks with damaged bytes: each is refused in words or gives the network it was."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.errors import InputError
from netinnov.io import read_network, write_network
from netinnov.sources import read_tables
from network_folders import renew_hashes

FORMATS = ("csv", "parquet")


@pytest.fixture(scope="module")
def network() -> ni.MultilayerNetwork:
    """Two layers, one directed, periods, and a column of each kind."""
    nodes = pd.DataFrame(
        {
            "place": ["q", "h", "h", "s"],
            "name": ["衢州", 'say "NA", twice', "two\nlines", None],
            "staff": pd.array([5, None, 7, 8], "Int64"),
            "public": [True, False, False, True],
            "stage": pd.Categorical(["seed", "growth", None, "seed"]),
        },
        index=["007", "b", "c", "d"],
    )
    places = pd.DataFrame({"lon": [118.9, 120.2, None], "lat": [29.0, 30.3, None]}, list("qhs"))
    links = pd.DataFrame(
        {
            "source": ["007", "007", "b", "d", "c", "c"],
            "target": ["b", "b", "c", "007", "007", "c"],
            "layer": ["x", "x", "x", "y", "y", "y"],
            "weight": [1.0, 2.0, 4.0, 8.0, 0.5, 3.0],
            "period": pd.array([2015, 2016, 2016, 2016, None, 2015], "Int64"),
            "note": ["a", None, "b", "c", "d", "e"],
        }
    )
    return ni.build_network(nodes, links, places, directed=["y"])


def damaged(data: bytes, rng: np.random.Generator) -> bytes:
    """The same with a flipped bit, another byte, or a part cut off, lost or repeated."""
    at = int(rng.integers(len(data)))
    end = at + int(rng.integers(1, 40))
    kind = rng.choice(["bit", "byte", "cut", "lost", "twice"], p=[0.4, 0.2, 0.1, 0.15, 0.15])
    if kind in ("bit", "byte"):
        new = data[at] ^ (1 << int(rng.integers(8))) if kind == "bit" else int(rng.integers(256))
        return data[:at] + bytes([new]) + data[at + 1 :]
    if kind == "cut":
        return data[:at]
    return data[:at] + (data[end:] if kind == "lost" else data[at:end] + data[at:])


def network_or_error(read: Any, folder: Path) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # what the reader of tables says
            return read(folder)
    except InputError as error:
        return str(error)


def check_damaged(
    network: ni.MultilayerNetwork, folder: Path, format: str, hashed: bool, rng: np.random.Generator
) -> None:
    """Damage one file of a folder, read it in all ways, and make it whole again."""
    path = rng.choice(sorted(folder.iterdir()))
    whole = path.read_bytes()
    path.write_bytes(damaged(whole, rng))
    if not hashed and path.name != "network.json":
        renew_hashes(folder)
    readers = [read_network]
    if not hashed:
        readers.append(lambda folder: ni.build_network(*read_tables(folder)))
    try:
        for read in readers:
            answer = network_or_error(read, folder)
            if hashed and path.name != "network.json":
                named = isinstance(answer, str) and path.name in answer
                assert named or network.equals(answer)
    finally:
        path.write_bytes(whole)
        renew_hashes(folder)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("hashed", [True, False])
@pytest.mark.parametrize("n", [12, pytest.param(300, marks=pytest.mark.slow)])
def test_damaged_bytes_are_refused_in_words(network, tmp_path, format, hashed, n):
    write_network(network, folder := tmp_path / "one", format=format)
    for seed in range(n):
        check_damaged(network, folder, format, hashed, np.random.default_rng(seed))
    assert read_network(folder).equals(network)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("key", ['"format"', '"tables"', "netinnov network"])
def test_a_network_json_without_one_of_its_keys_is_no_other_network(network, tmp_path, format, key):
    """Without its format it was read as plain tables, which have other types."""
    write_network(network, folder := tmp_path / "one", format=format)
    path = folder / "network.json"
    path.write_text(path.read_text(encoding="utf-8").replace(key, key.upper()), encoding="utf-8")
    with pytest.raises(InputError, match=r"network\.json must be as write_network wrote it"):
        ni.read_network(folder)
    if format == "csv" and key == '"tables"':
        with pytest.warns(UserWarning, match=r"network\.json was changed, damaged or removed"):
            read_tables(folder)


def test_lists_in_cells_of_parquet_are_refused(tmp_path):
    pd.DataFrame({"node": ["a", "b"], "fields": [[1, 2], []]}).to_parquet(
        tmp_path / "nodes.parquet"
    )
    pd.DataFrame({"source": ["a"], "target": ["b"]}).to_parquet(tmp_path / "links.parquet")
    with pytest.raises(InputError, match=r"one value in each cell; column 'fields' holds list<"):
        ni.read_network(tmp_path)

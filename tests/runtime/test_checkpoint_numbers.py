"""Checkpoints by number: null comparisons that end early go on to the same."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.errors import InputError
from netinnov.null_models import Rewire, compare_with_null
from planted import Counting


@pytest.fixture(scope="module")
def network() -> ni.MultilayerNetwork:
    ids = [f"n{i:02}" for i in range(12)]
    nodes = pd.DataFrame({"kind": list("ab") * 6}, index=ids)
    links = pd.DataFrame({"source": ids, "target": ids[1:] + ids[:1], "weight": range(1, 13)})
    return ni.build_network(nodes, links)


def strength(network, *, w: Any = 1.0, nodes: int = 3) -> float:
    return float(np.sum(w) * network.adjacency("links").toarray()[:nodes, :6].sum())


def two(network) -> pd.Series:
    return pd.Series(network.adjacency("links").toarray()[:, :4].sum(axis=1), network.nodes.index)


def compare(network, measure=None, **options) -> pd.DataFrame:
    options = {"replicates": 30, "rng": 1, "executor": 1, "progress": False, **options}
    return compare_with_null(network, measure=measure or Counting(two), **options).to_frame()


def batches(folder: Path) -> list[Path]:
    return sorted(folder.glob("batch-*.npz"))


def heavier(network, rng, *, more: float):
    weight = network.links["weight"] + more + rng.random()
    return network.replace_links(network.links.assign(weight=weight))


def test_what_is_there_is_not_measured_again(network, tmp_path) -> None:
    expected = compare(network)
    for calls in (31, 1, 1):  # the network as observed is measured each time
        counting = Counting(two)
        found = compare(network, counting, checkpoint=tmp_path)
        pd.testing.assert_frame_equal(found, expected)
        assert counting.calls == calls
    more = Counting(two)
    pd.testing.assert_frame_equal(
        compare(network, more, replicates=40, checkpoint=tmp_path), compare(network, replicates=40)
    )
    assert more.calls == 11
    fewer = compare(network, replicates=7, checkpoint=tmp_path)
    pd.testing.assert_frame_equal(fewer, compare(network, replicates=7))


def test_arrays_networks_and_layers_belong_to_the_comparison(network, tmp_path) -> None:
    def tried(w):
        measure = partial(strength, w=w)
        return compare(network, measure, replicates=2, checkpoint=tmp_path)

    tried(np.array([1.0]))
    tried(np.array([1.0]))
    with pytest.raises(InputError, match="'measure' was partial"):
        tried(np.array([2.0]))
    with pytest.raises(InputError, match="other nodes, places or links"):
        compare(network.replace_links(network.links.iloc[1:]), checkpoint=tmp_path)
    other = network.with_links(network.links.assign(layer="other"))
    compare(other, checkpoint=tmp_path / "a", null=Rewire(layers=["other"]))
    compare(other, checkpoint=tmp_path / "a", null=Rewire(layers=("other",)))
    with pytest.raises(InputError, match=r"layers=\('other',\).*, is .*layers=\('links',\)"):
        compare(other, checkpoint=tmp_path / "a", null=Rewire(layers=["links"]))


@pytest.mark.usefixtures("one_item_a_batch")
def test_a_file_that_was_damaged_is_named_and_measured_again(network, tmp_path) -> None:
    expected = compare(network, checkpoint=tmp_path)
    last = max(batches(tmp_path), key=lambda path: path.stat().st_mtime_ns)
    whole = last.read_bytes()
    # Cut short, empty, other bytes; and any byte of it turned, which the sums of zip see.
    rng = np.random.default_rng(1)
    turned = [
        whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :]
        for at in rng.choice(len(whole), 10, replace=False)
    ]
    for damaged in (whole[:-30], whole[:50], b"", b"nonsense"):
        last.write_bytes(damaged)
        with pytest.raises(InputError, match=rf"{last.name} .*cannot be read.*Delete it"):
            compare(network, checkpoint=tmp_path)
    for damaged in turned:
        last.write_bytes(damaged)
        try:
            found = compare(network, checkpoint=tmp_path)
        except InputError:
            continue
        pd.testing.assert_frame_equal(found, expected)  # a byte that nobody reads
    last.unlink()
    counting = Counting(two)
    pd.testing.assert_frame_equal(compare(network, counting, checkpoint=tmp_path), expected)
    assert counting.calls == 2


def test_folders_of_other_functions_are_refused(network, tmp_path) -> None:
    compare(network, checkpoint=tmp_path, replicates=2)
    with pytest.raises(InputError, match="'function' was compare_with_null, is compare_scenarios"):
        ni.compare_scenarios(
            network, scenarios={"x": partial(heavier, more=1)}, measures={"m": strength}, rng=1,
            replicates=2, progress=False, checkpoint=tmp_path,
        )  # fmt: skip
    (tmp_path / "checkpoint.json").write_text('{"entropy": 3}')
    with pytest.raises(InputError, match="not of a checkpoint"):
        compare(network, checkpoint=tmp_path, rng=None)

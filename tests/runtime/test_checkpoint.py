"""Checkpoints: a run that ends early goes on to the numbers of one that did not."""

import json
import runpy
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov._runtime.parallel import run
from netinnov.errors import InputError
from netinnov.experiments import compare_scenarios
from netinnov.scenarios import NoChange, ReverseEnclave
from planted import Counting

SCRIPT = """
import signal, sys, time
# A job in the background may inherit that Ctrl-C is ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
import numpy as np, pandas as pd
import netinnov as ni
from netinnov.experiments import compare_scenarios

def shuffled(network, rng):
    return network.replace_links(network.links.assign(weight=rng.random(3) + 0.1))

def slow(network):
    time.sleep(float(sys.argv[2]))
    return float(network.adjacency("links").sum())

def strength(network):
    return pd.Series(network.adjacency("links").sum(axis=0), network.nodes.index)

nodes = pd.DataFrame({"place": list("abcd")}, index=list("abcd"))
links = pd.DataFrame({"source": list("abc"), "target": list("bcd")})
result = compare_scenarios(
    ni.build_network(nodes, links),
    scenarios={"x": shuffled, "y": shuffled},
    measures={"total": slow, "strength": strength},
    replicates=60,
    rng=None if sys.argv[4] == "none" else int(sys.argv[4]),
    executor=2,
    progress=False,
    checkpoint=None if sys.argv[1] == "none" else sys.argv[1],
)
result.replicates.to_parquet(sys.argv[3])
"""


@pytest.fixture(scope="module")
def network() -> ni.MultilayerNetwork:
    nodes = pd.DataFrame({"place": list("abcd")}, index=list("abcd"))
    links = pd.DataFrame({"source": list("abc"), "target": list("bcd")})
    return ni.build_network(nodes, links)


def shuffled(network, rng):
    return network.replace_links(network.links.assign(weight=rng.random(3) + 0.1))


def total(network) -> float:
    return float(network.adjacency("links").sum())


def strength(network) -> pd.Series:
    return pd.Series(network.adjacency("links").sum(axis=0), network.nodes.index)


def compare(network, measure=None, **options) -> pd.DataFrame:
    options = {
        "scenarios": {"x": shuffled, "none": NoChange()},
        "measures": {"total": measure or Counting(total), "strength": strength},
        "replicates": 40,
        "rng": 1,
        "executor": 1,
        "progress": False,
    } | options
    return compare_scenarios(network, **options).replicates


def batches(folder: Path) -> list[Path]:
    return sorted(folder.glob("batch-*.npz"))


@pytest.mark.parametrize(
    "how", [signal.SIGKILL, pytest.param(signal.SIGINT, marks=pytest.mark.slow)]
)
def test_a_killed_run_goes_on_to_the_same_table(tmp_path, monkeypatch, how) -> None:
    script, folder = tmp_path / "study.py", tmp_path / "kept"
    script.write_text(SCRIPT)

    def arguments(folder, pause, table, seed) -> list[str]:
        return [str(script), str(folder), pause, str(tmp_path / table), seed]

    command = [sys.executable, *arguments(folder, "0.02", "never.parquet", "5")]
    running = subprocess.Popen(command, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 120
    while len(batches(folder)) < 5 and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    running.send_signal(how)
    running.communicate()
    assert running.returncode != 0
    assert not (tmp_path / "never.parquet").exists()
    kept = {path.name: path.stat().st_mtime_ns for path in batches(folder)}
    assert 5 <= len(kept) < 60
    # The seed is not given again: it is taken from the folder.
    for of in ((folder, "0", "resumed.parquet", "none"), ("none", "0", "straight.parquet", "5")):
        monkeypatch.setattr(sys, "argv", arguments(*of))
        runpy.run_path(str(script), run_name="__main__")
    for path in batches(folder):
        assert kept.get(path.name, path.stat().st_mtime_ns) == path.stat().st_mtime_ns
    resumed, whole = (
        pd.read_parquet(tmp_path / f"{name}.parquet") for name in ("resumed", "straight")
    )
    pd.testing.assert_frame_equal(resumed, whole)
    assert len(whole) == (1 + 60 + 60) * 5


@pytest.mark.slow
def test_what_is_there_is_not_measured_again(network, tmp_path) -> None:
    plain, kept = Counting(total), Counting(total)
    expected = compare(network, plain)
    pd.testing.assert_frame_equal(compare(network, kept, checkpoint=tmp_path / "a"), expected)
    assert kept.calls == plain.calls == 1 + 40 + 1
    again = Counting(total)
    pd.testing.assert_frame_equal(compare(network, again, checkpoint=tmp_path / "a"), expected)
    assert again.calls == 0


def test_more_replicates_are_added_and_fewer_are_a_part(network, tmp_path) -> None:
    compare(network, replicates=10, checkpoint=tmp_path)
    counting = Counting(total)
    table = compare(network, counting, replicates=25, checkpoint=tmp_path)
    assert counting.calls == 15
    pd.testing.assert_frame_equal(table, compare(network, replicates=25))
    none = Counting(total)
    fewer = compare(network, none, replicates=5, checkpoint=tmp_path)
    assert none.calls == 0
    pd.testing.assert_frame_equal(fewer, compare(network, replicates=5))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("executor", "error"), [(1, ZeroDivisionError("in the middle")), (2, KeyboardInterrupt())]
)
def test_ctrl_c_and_errors_leave_what_was_done(network, tmp_path, executor, error) -> None:
    with pytest.raises(type(error)):
        compare(network, Counting(total, 20, error), executor=executor, checkpoint=tmp_path)
    assert not list(tmp_path.glob(".*"))
    counting = Counting(total)
    table = compare(network, counting, executor=executor, checkpoint=tmp_path)
    # Batches are single replicates here; of those that ran one is lost.
    assert counting.calls <= 42 - 19
    pd.testing.assert_frame_equal(table, compare(network))


@pytest.mark.slow
def test_no_rng_takes_up_the_stored_entropy(network, tmp_path) -> None:
    first = compare(network, rng=None, checkpoint=tmp_path)
    pd.testing.assert_frame_equal(compare(network, rng=None, checkpoint=tmp_path), first)
    entropy = json.loads((tmp_path / "checkpoint.json").read_text())["entropy"]["entropy"]
    pd.testing.assert_frame_equal(compare(network, rng=entropy), first)
    other = compare(network, rng=None, checkpoint=tmp_path / "other")
    assert not other["value"].equals(first["value"])


@pytest.mark.parametrize(
    "rng",
    [
        lambda: 3,
        lambda: np.random.SeedSequence([3, 2**70], spawn_key=(4,), n_children_spawned=2),
        lambda: np.random.SeedSequence(3, pool_size=8),
        lambda: np.random.default_rng(9).spawn(2)[1],
    ],
)
def test_every_rng_is_stored_and_taken_up(network, tmp_path, rng) -> None:
    compare(network, rng=rng(), replicates=5, checkpoint=tmp_path)
    resumed = compare(network, rng=None, replicates=9, checkpoint=tmp_path)
    pd.testing.assert_frame_equal(resumed, compare(network, rng=rng(), replicates=9))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rng": 2}, "'entropy' was 1, is 2"),
        (
            {"scenarios": {"z": shuffled}},
            "'z' was nothing, is shuffled.*'x' was shuffled, is nothing",
        ),
        ({"measures": {"total": total}}, "'strength' was strength, is nothing"),
        ({"scenarios": {"x": strength, "none": NoChange()}}, "'x' was shuffled, is strength"),
        ({"baseline": shuffled}, r"'baseline' was NoChange\(\), is shuffled"),
    ],
)
def test_another_experiment_is_refused_and_told_why(network, tmp_path, change, words) -> None:
    compare(network, checkpoint=tmp_path, replicates=2)
    with pytest.raises(InputError, match=f"of another experiment: .*{words}"):
        compare(network, checkpoint=tmp_path, replicates=2, **change)


def test_parameters_of_scenarios_and_measures_belong_to_the_experiment(tmp_path, network) -> None:
    def tried(size, distance):
        return {
            "scenarios": {"x": ReverseEnclave("a", "d", size, 0.5, funding="new")},
            "measures": {"e": partial(ni.connectivity.global_efficiency, distance=distance)},
            "checkpoint": tmp_path,
        }

    compare(network, **tried(2, "unit"))
    compare(network, **tried(2, "unit"))
    with pytest.raises(InputError, match=r"size=2.*size=4.*'unit'.*'inverse'"):
        compare(network, **tried(4, "inverse"))


def test_another_network_or_version_is_refused(network, tmp_path, monkeypatch) -> None:
    compare(network, checkpoint=tmp_path, replicates=2)
    heavier = network.replace_links(network.links.assign(weight=2.0))
    with pytest.raises(InputError, match="the network has other nodes, places or links"):
        compare(heavier, checkpoint=tmp_path, replicates=2)
    monkeypatch.setattr("netinnov._runtime.checkpoint.__version__", "99")
    with pytest.raises(InputError, match=r"'netinnov' was .*, is 99"):
        compare(network, checkpoint=tmp_path, replicates=2)


def test_a_file_is_refused(network, tmp_path) -> None:
    compare(network, checkpoint=tmp_path, replicates=2)
    with pytest.raises(InputError, match="must be a folder"):
        compare(network, checkpoint=batches(tmp_path)[0])


@pytest.fixture(scope="module")
def kept(network, tmp_path_factory) -> tuple[ni.MultilayerNetwork, Path]:
    folder = tmp_path_factory.mktemp("kept")
    compare(network, checkpoint=folder, replicates=2)
    return network, folder


def saved(change: Callable[[dict[str, Any]], object]) -> Any:
    """A whole file with other arrays in it."""

    def rewrite(path: Path) -> None:
        with np.load(path) as batch:
            arrays = dict(batch)
        change(arrays)
        np.savez(path, **arrays)

    return rewrite


@pytest.mark.parametrize(
    "damage", [lambda path: path.write_text("hello"), saved(lambda arrays: arrays.pop("value_0"))]
)
def test_a_batch_that_is_not_as_it_was_written_is_refused(network, tmp_path, damage) -> None:
    compare(network, checkpoint=tmp_path, replicates=2)
    batch = batches(tmp_path)[0]
    damage(batch)
    words = rf"{batch.name} .*Delete it, or the folder of the checkpoint"
    with pytest.raises(InputError, match=words):
        compare(network, checkpoint=tmp_path, replicates=2)


# Arrays of a batch of one item: grown (true or false), the measure `total` (a number) and the
# measure `strength` (a number for each of 4 nodes).
FORGED = {
    "no keys": lambda arrays: arrays.pop("key"),
    "keys are numbers": lambda arrays: arrays.update(key=np.array([1])),
    "keys are bytes": lambda arrays: arrays.update(key=arrays["key"].astype("S")),
    "one key alone": lambda arrays: arrays.update(key=arrays["key"][0]),
    "keys in a square": lambda arrays: arrays.update(key=arrays["key"][None]),
    "more keys than rows": lambda arrays: arrays.update(key=np.repeat(arrays["key"], 2)),
    "a measure is missing": lambda arrays: arrays.pop("value_2"),
    "rows without an axis": lambda arrays: arrays.update(value_1=np.array(2.0)),
    "no row": lambda arrays: arrays.update(value_1=np.empty((0, 1))),
    "five nodes": lambda arrays: arrays.update(value_2=np.ones((1, 1, 5))),
    "one axis more": lambda arrays: arrays.update(value_2=np.ones((1, 1, 4, 1))),
    "two items": lambda arrays: arrays.update(value_1=np.ones((1, 2))),
    "grown is a number": lambda arrays: arrays.update(value_0=np.ones((1, 1))),
    "a measure is complex": lambda arrays: arrays.update(value_1=np.ones((1, 1), complex)),
    "a measure is a date": lambda arrays: arrays.update(value_1=np.ones((1, 1), "M8[s]")),
    "a measure is a record": lambda arrays: arrays.update(value_1=np.ones((1, 1), "f8,f8")),
}


@pytest.mark.parametrize("change", FORGED.values(), ids=FORGED)
def test_a_batch_with_arrays_of_another_kind_or_shape_is_refused(kept, tmp_path, change) -> None:
    network, folder = kept
    shutil.copytree(folder, tmp_path / "forged")
    batch = batches(tmp_path / "forged")[0]
    saved(change)(batch)
    with pytest.raises(
        InputError, match=rf"^the file .*{batch.name} of the checkpoint (cannot|hol)"
    ):
        compare(network, checkpoint=tmp_path / "forged", replicates=2)


def test_a_batch_that_unpacks_to_more_than_it_holds_is_refused(kept, tmp_path) -> None:
    network, folder = kept
    shutil.copytree(folder, tmp_path / "packed")
    batch = batches(tmp_path / "packed")[0]
    with np.load(batch) as whole:
        np.savez_compressed(batch, **dict(whole))
    with pytest.raises(
        InputError, match=rf"{batch.name} of the checkpoint cannot be read .*packed"
    ):
        compare(network, checkpoint=tmp_path / "packed", replicates=2)


def test_batches_of_another_experiment_are_no_part_of_this_one(network, tmp_path) -> None:
    mine, other = tmp_path / "mine", tmp_path / "other"
    compare(network, checkpoint=mine, replicates=2)
    compare(network, checkpoint=other, replicates=2, rng=2)
    for path in batches(mine):
        path.unlink()
    for path in batches(other):
        shutil.copy(path, mine)
    pd.testing.assert_frame_equal(
        compare(network, checkpoint=mine, replicates=2), compare(network, replicates=2)
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: "[" * 100_000, "cannot be read"),
        (lambda text: "[]", "not of a checkpoint"),
        (lambda text: text.replace('"entropy": 1', '"entropy": -1'), "not of a checkpoint"),
        (lambda text: text.replace('"spawn_key": [],', ""), "not of a checkpoint"),
    ],
)
def test_a_damaged_manifest_is_told_in_words(network, tmp_path, change, words) -> None:
    compare(network, checkpoint=tmp_path, replicates=1)
    path = tmp_path / "checkpoint.json"
    path.write_text(change(path.read_text()))
    for rng in (1, None):
        with pytest.raises(InputError, match=words):
            compare(network, checkpoint=tmp_path, replicates=1, rng=rng)


def test_a_fickle_measure_is_refused_as_without_a_checkpoint(network, tmp_path) -> None:
    def fickle(changed):
        return strength(changed) if total(changed) > 4 else 1.0

    for checkpoint in (None, tmp_path):
        with pytest.raises(InputError, match=r"'fickle'.*both"):
            compare(network, measures={"fickle": fickle}, checkpoint=checkpoint, replicates=30)


def test_batches_that_run_at_a_failure_are_saved_too() -> None:
    def task(item: int) -> int:
        time.sleep(0.3 if item else 0.05)
        if not item:
            raise ZeroDivisionError
        return item

    saved: list[int] = []
    with pytest.raises(ZeroDivisionError):
        run(task, range(9), executor=2, progress=False, save=lambda items, _: saved.extend(items))
    assert 1 in saved

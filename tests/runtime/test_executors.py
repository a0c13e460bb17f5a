"""Where an experiment runs: the same numbers everywhere, and an executor may die."""

from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

import pandas as pd
import pytest

import netinnov as ni
from netinnov.connectivity import global_efficiency
from netinnov.experiments import compare_scenarios
from netinnov.scenarios import ReverseEnclave


def strength(network) -> pd.Series:
    return pd.Series(network.adjacency("links").sum(axis=0), network.nodes.index)


def efficiency(network, *, nodes) -> float:
    return global_efficiency(network, nodes=nodes)


class Dying(Executor):
    """Runs some batches and then refuses to take or give any more."""

    def __init__(self, batches: int) -> None:
        self.left = batches

    def submit(self, fn, /, *args, **kwargs) -> Future[Any]:
        future: Future[Any] = Future()
        self.left -= 1
        if self.left < 0:
            future.set_exception(ConnectionError("the cluster is gone"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


@pytest.fixture(scope="module")
def cities() -> ni.MultilayerNetwork:
    names = ["home", "host", "near", "far", "off"]
    nodes = pd.DataFrame({"place": names}, index=names)
    ends = [("home", "near"), ("host", "near"), ("host", "far"), ("far", "off"), ("home", "off")]
    return ni.build_network(nodes, pd.DataFrame(ends, columns=["source", "target"]))


def compare(network, executor=1, measure=efficiency, **options) -> pd.DataFrame:
    return compare_scenarios(
        network,
        scenarios={
            "new": ReverseEnclave("home", "host", 3, 0.4, funding="new"),
            "moved": ReverseEnclave("home", "host", 1, 0),
        },
        measures={"efficiency": measure, "strength": strength},
        executor=executor,
        **{"replicates": 60, "rng": 4, "progress": False} | options,
    ).replicates


@pytest.mark.slow
def test_threads_and_processes_give_the_same_numbers(cities, processes, tmp_path) -> None:
    expected = compare(cities, replicates=20)
    with ThreadPoolExecutor(3) as threads:
        for number, executor in enumerate((None, 2, threads, processes)):
            pd.testing.assert_frame_equal(compare(cities, executor, replicates=20), expected)
            kept = tmp_path / str(number)
            found = compare(cities, executor, replicates=20, checkpoint=kept)
            pd.testing.assert_frame_equal(found, expected)


@pytest.mark.slow
def test_a_cluster_gives_the_same_numbers(cities, tmp_path) -> None:
    distributed = pytest.importorskip("distributed")
    expected = compare(cities)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=tmp_path
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        executor = client.get_executor()
        for _ in range(3):  # one right after the other: the data of each stay until it ends
            pd.testing.assert_frame_equal(compare(cities, executor), expected)
        kept = compare(cities, executor, checkpoint=tmp_path / "kept")
        pd.testing.assert_frame_equal(kept, expected)


@pytest.mark.slow
@pytest.mark.usefixtures("one_item_a_batch")
def test_an_executor_that_dies_can_be_replaced(cities, tmp_path) -> None:
    with pytest.raises(ConnectionError, match="the cluster is gone"):
        compare(cities, Dying(30), checkpoint=tmp_path)
    assert len(list(tmp_path.glob("batch-*"))) == 30
    pd.testing.assert_frame_equal(compare(cities, 2, checkpoint=tmp_path), compare(cities))

"""What it costs to send replicates to threads, processes and a cluster."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from multiprocessing import get_context
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov._runtime import parallel
from netinnov.connectivity import global_efficiency
from netinnov.experiments import compare_scenarios
from netinnov.scenarios import ReverseEnclave


def wait_for(item: int, *, seconds: float) -> int:
    time.sleep(seconds)
    return item


def cluster(stack: ExitStack, folder):
    """An executor of two processes of dask.distributed."""
    distributed = pytest.importorskip("distributed", reason="pip install 'netinnov[distributed]'")
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    local = distributed.LocalCluster(local_directory=folder, **options)
    return stack.enter_context(distributed.Client(stack.enter_context(local))).get_executor()


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("where", ["threads", "processes", "cluster"])
def test_overhead_of_a_replicate(in_turns, where, tmp_path):
    """Two workers that wait: what takes longer than waiting is overhead."""
    n, seconds = (1000, 0.002) if in_turns.measured else (20, 0)
    with ExitStack() as stack:
        executor = {
            "threads": lambda: stack.enter_context(ThreadPoolExecutor(2)),
            "processes": lambda: stack.enter_context(
                ProcessPoolExecutor(2, mp_context=get_context("spawn"))
            ),
            "cluster": lambda: cluster(stack, tmp_path),
        }[where]()

        def work(batches):
            with patch.object(parallel, "BATCHES", batches):
                done = parallel.run(
                    partial(wait_for, seconds=seconds), range(n), executor=executor, progress=False
                )
            assert done == list(range(n))

        found = in_turns(
            {"in batches": lambda: work(parallel.BATCHES), "one by one": lambda: work(10**9)},
            rounds=5,
            clock=True,
        )
    for name, wall in found.items():
        print(f"{where}, {name}: {1000 * (2 * wall / n - seconds):.2f} ms of overhead a replicate")


def made_network(n: int):
    rng = np.random.default_rng(1)
    names = [f"p{i}" for i in range(n)]
    ends = rng.choice(names, (10 * n, 2))
    return ni.build_network(
        pd.DataFrame({"place": names}, index=names),
        pd.DataFrame(ends[ends[:, 0] != ends[:, 1]], columns=["source", "target"]),
    )


def compared(network, executor, replicates: int) -> pd.DataFrame:
    return compare_scenarios(
        network,
        scenarios={"new": ReverseEnclave("p0", "p1", 5, 0.4, funding="new")},
        measures={"efficiency": global_efficiency},
        replicates=replicates,
        executor=executor,
        rng=4,
        progress=False,
    ).replicates


def test_small_networks(in_turns):
    """Python does most of the work: two threads wait for each other, two processes do not."""
    network, n = made_network(100), 1000 if in_turns.measured else 2
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        executors = {"as many threads as help": None, "two threads": 2, "two processes": pool}
        calls = {name: partial(compared, network, each, n) for name, each in executors.items()}
        one, *others = (call() for call in calls.values())
        for other in others:
            pd.testing.assert_frame_equal(other, one)
        in_turns(calls, rounds=3, clock=True, floors={"two threads": 1.2})


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_replicates_on_a_cluster(in_turns, tmp_path):
    network, n = (made_network(300), 300) if in_turns.measured else (made_network(20), 2)
    with ExitStack() as stack:
        executor = cluster(stack, tmp_path)
        pd.testing.assert_frame_equal(compared(network, executor, n), compared(network, 2, n))
        in_turns(
            {
                "two processes of a cluster": lambda: compared(network, executor, n),
                "threads": lambda: compared(network, 2, n),
            },
            rounds=3,
            clock=True,
        )

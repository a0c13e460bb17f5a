"""What it costs to send replicates to a cluster instead of to threads."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.connectivity import global_efficiency
from netinnov.experiments import compare_scenarios
from netinnov.scenarios import ReverseEnclave


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_replicates_on_a_cluster(in_turns, tmp_path):
    distributed = pytest.importorskip("distributed", reason="pip install 'netinnov[distributed]'")
    rng = np.random.default_rng(1)
    n = 300 if in_turns.measured else 20
    names = [f"p{i}" for i in range(n)]
    ends = rng.choice(names, (10 * n, 2))
    network = ni.build_network(
        pd.DataFrame({"place": names}, index=names),
        pd.DataFrame(ends[ends[:, 0] != ends[:, 1]], columns=["source", "target"]),
    )

    def compare(executor):
        return compare_scenarios(
            network,
            scenarios={"new": ReverseEnclave("p0", "p1", 5, 0.4, funding="new")},
            measures={"efficiency": global_efficiency},
            replicates=300 if in_turns.measured else 2,
            executor=executor,
            rng=4,
            progress=False,
        ).replicates

    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=tmp_path
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        executor = client.get_executor()
        pd.testing.assert_frame_equal(compare(executor), compare(2))
        in_turns(
            {
                "two processes of a cluster": lambda: compare(executor),
                "threads": lambda: compare(2),
            },
            rounds=3,
        )

"""Planted truth: intervals cover a known effect, and p is uniform where there is none."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy import stats

import netinnov as ni
from netinnov.experiments import compare_scenarios
from netinnov.network import network_of_rows

RUNS = 400
REPLICATES = 40


def system(seed: int) -> ni.MultilayerNetwork:
    """Twenty places in a random connected network."""
    graph = nx.connected_watts_strogatz_graph(20, 4, 0.3, seed=seed)
    links = pd.DataFrame([(f"n{a}", f"n{b}") for a, b in graph.edges], columns=["source", "target"])
    names = [f"n{at}" for at in range(20)]
    return ni.build_network(pd.DataFrame({"place": names}, index=names), links)


@dataclass(frozen=True)
class Stronger:
    """Makes a random link of a place stronger, by a gamma distributed weight."""

    place: str
    mean: float
    shape: float

    def __call__(self, network, rng):
        rows = network.storage.link_rows()
        at = network.storage.nodes.index.get_loc(self.place)
        mine = np.flatnonzero((rows.source == at) | (rows.target == at))
        added = rows.weight.copy()
        added[rng.choice(mine)] += rng.gamma(self.shape, self.mean / self.shape)
        return network_of_rows(
            network.storage.node_table(), network.storage.places,
            network.layers,
            rows._replace(weight=added), network.storage.records,
        )  # fmt: skip


def total(network) -> float:
    return float(network.storage.link_rows().weight.sum())


@pytest.mark.slow
def test_intervals_cover_a_planted_effect_and_p_is_uniform_without_one() -> None:
    covered = received = 0
    p = []
    for run in range(RUNS):

        def anywhere(network, rng):
            return Stronger("n1", rng.uniform(1, 3), 1e6)

        # The real place is one of those that could have been chosen: nothing is special.
        usual = Stronger("n0", np.random.default_rng(run).uniform(1, 3), 1e6)
        result = compare_scenarios(
            system(run),
            scenarios={"planted": Stronger("n0", 2.0, 4), "usual": usual},
            measures={"total": total, "strength": ni.centrality.overlapping_strength},
            placebo={"usual": anywhere},
            monotone=[],
            replicates=REPLICATES,
            rng=run,
            executor=1,
            progress=False,
        )
        table = result.effects(full=True)
        planted = table[table["scenario"] == "planted"]
        for_all = planted[planted["measure"] == "total"].iloc[0]
        covered += for_all["mc_low"] <= 2 <= for_all["mc_high"]
        for_one = planted[planted["node"] == "n0"].iloc[0]
        received += for_one["mc_low"] <= 2 <= for_one["mc_high"]
        tested = table[(table["scenario"] == "usual") & (table["measure"] == "total")].iloc[0]
        # All places are different, and one leaves its turn to the real one.
        assert tested["placebo_n"] == REPLICATES - 1
        p.append(tested["placebo_p"])
    assert 0.915 * RUNS <= covered <= 0.98 * RUNS
    assert 0.915 * RUNS <= received <= 0.98 * RUNS
    # Of 39 placebos: p is 2/40, 4/40, ... 1, each as likely as another; spread over its step.
    smooth = np.array(p) - np.random.default_rng(1).uniform(0, 2 / 40, RUNS)
    assert stats.kstest(smooth, "uniform").pvalue > 1e-3


@pytest.mark.slow
def test_a_planted_special_place_is_found() -> None:
    def anywhere(network, rng):
        return Stronger("n1", rng.uniform(1, 3), 4)

    result = compare_scenarios(
        system(1),
        scenarios={"special": Stronger("n0", 12.0, 4)},
        measures={"total": total},
        placebo=anywhere,
        monotone=[],
        replicates=100,
        rng=1,
        progress=False,
    )
    assert result.effects(full=True)["placebo_p"].tolist() == [0.02]

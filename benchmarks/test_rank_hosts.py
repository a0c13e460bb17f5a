"""Hosts for a park of a home of the bundled case: 40 hosts, 400 placements each."""

from __future__ import annotations

from functools import partial
from time import process_time

import netinnov as ni
from netinnov.centrality import harmonic_centrality

SECONDS = 2.0


def test_hosts_of_the_bundled_case_are_ranked_quickly(benchmark):
    network = ni.datasets.load_yrd_enclaves()
    provinces = ["Shanghai", "Jiangsu", "Zhejiang", "Anhui"]
    kept = network.places["province"].isin(provinces)
    kept &= network.places["level"].isin(["municipality", "prefecture"])
    delta = list(kept.index[kept])
    cities = ni.aggregate(network.select(places=delta), level=1)
    access = partial(harmonic_centrality, frictions=ni.Frictions(border=0.5, distance=1.0))
    park = ni.ReverseEnclave("quzhou", "hangzhou", size=4, pipeline_share=0.25)
    ask = {"home": "quzhou", "scenario": park, "measure": access, "rng": 1, "executor": 1}
    ni.planning.rank_hosts(cities, replicates=1, **ask)  # compiles

    def measure():
        begin = process_time()
        ranking = ni.planning.rank_hosts(cities, **ask)
        return ranking, process_time() - begin

    ranking, seconds = benchmark.pedantic(measure, rounds=1)
    print(f"\n{len(ranking)} hosts in {seconds:.2f} s of processor time")
    assert len(ranking) == 40
    if not benchmark.disabled:
        assert seconds <= SECONDS

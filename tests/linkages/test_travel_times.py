"""Journeys with changes, from direct connections."""

from __future__ import annotations

from itertools import permutations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from netinnov.datasets import load_yrd_enclaves, load_yrd_rail
from netinnov.linkages import travel_times


@pytest.mark.parametrize("transfer", [0, 25.0])
def test_all_simple_paths_are_compared(transfer):
    rng = np.random.default_rng(4)
    pairs = [pair for pair in permutations("abcde", 2) if rng.random() < 0.4]
    direct = pd.DataFrame(pairs, columns=["origin", "destination"])
    direct["distance"] = rng.integers(0, 90, len(pairs)).astype(float)
    graph = nx.from_pandas_edgelist(direct, "origin", "destination", "distance", nx.DiGraph)
    least = travel_times(direct.sample(frac=1, random_state=1), transfer=transfer)
    for a, b in permutations("abcde", 2):
        times = [
            nx.path_weight(graph, path, "distance") + (len(path) - 2) * transfer
            for path in nx.all_simple_paths(graph, a, b)
        ]
        if times:
            assert least.loc[a, b] == min(times)
        else:
            assert np.isnan(least.loc[a, b])
    assert (np.diag(least) == 0).all()


def test_trains_of_the_delta():
    minutes = load_yrd_rail().dropna(subset="minutes")
    direct = minutes.set_index(["origin", "destination"])["minutes"]
    # Spot checks against the timetable of that day.
    assert direct["quzhou", "hangzhou"] == 66
    assert direct["jinhua", "hangzhou"] == 43
    assert direct["jiaxing", "shanghai"] == 27
    cities = sorted({*minutes["origin"], *minutes["destination"]})
    assert (len(minutes), len(cities)) == (605, 29)
    assert set(cities) <= set(load_yrd_enclaves().places.index)
    times = travel_times(minutes, transfer=30)
    assert times.index.tolist() == cities
    known = times.stack()
    assert (known.loc[list(direct.index)].to_numpy() <= direct.to_numpy()).all()
    through = times.to_numpy()[:, :, None] + times.to_numpy()[None] + 30
    assert (times.to_numpy()[:, None] <= through.transpose(0, 2, 1).min(axis=1)[:, None]).all()

"""What if a line opens: changed distances as a scenario."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.centrality import harmonic_centrality
from netinnov.connectivity import Frictions
from netinnov.datasets import load_yrd_enclaves, load_yrd_rail_minutes
from netinnov.errors import InputError
from netinnov.linkages import travel_times
from netinnov.scenarios import ChangedDistances, apply_scenario

PLACES = list("abc")
MINUTES = pd.DataFrame([[0, 60, 90], [60, 0, np.nan], [80, 50, 0]], PLACES, PLACES)


def network():
    nodes = pd.DataFrame({"place": PLACES}, index=PLACES)
    links = pd.DataFrame({"source": list("ab"), "target": list("bc")})
    return ni.build_network(nodes, links, distances=MINUTES, distance_unit="min")


def test_both_directions_change_unless_both_are_given():
    after = apply_scenario(network(), ChangedDistances({("a", "c"): 30, ("b", "c"): 10}))
    expected = MINUTES.copy()
    expected.loc["a", "c"] = expected.loc["c", "a"] = 30.0
    expected.loc["b", "c"] = expected.loc["c", "b"] = 10.0
    assert after.equals(network().with_distances(expected, unit="min"))
    one_way = apply_scenario(network(), ChangedDistances({("a", "c"): 30, ("c", "a"): 45}))
    known = one_way.distances.set_index(["origin", "destination"])["distance"]
    assert (known["a", "c"], known["c", "a"]) == (30, 45)


def test_the_effect_of_a_line_by_hand():
    frictions = Frictions(distance=1, per=60)

    def near_a(net):
        return harmonic_centrality(net, frictions=frictions)["a"]

    found = ni.compare_scenarios(
        network(),
        scenarios={"line": ChangedDistances({("a", "b"): 30})},
        measures={"near a": near_a},
        replicates=2,
        rng=1,
        progress=False,
    )
    # Links a - b and b - c; the latter is known one way, 50 minutes.
    before = (1 / (1 + 1) + 1 / (2 + 1 + 50 / 60)) / 2
    after = (1 / (1 + 0.5) + 1 / (2 + 0.5 + 50 / 60)) / 2
    row = found.effects().iloc[0]
    assert row["baseline"] == pytest.approx(before)
    assert row["median"] == pytest.approx(after - before)


def test_trains_of_the_delta():
    times = travel_times(load_yrd_rail_minutes(), transfer=30)
    before = load_yrd_enclaves().with_distances(times, unit="min")
    after = apply_scenario(before, ChangedDistances({("quzhou", "hangzhou"): 41}))
    changed = before.distances["distance"] != after.distances["distance"]
    pairs = before.distances.loc[changed, ["origin", "destination"]].to_numpy().tolist()
    assert sorted(pairs) == [["hangzhou", "quzhou"], ["quzhou", "hangzhou"]]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "changes"),
        ({"ab": 3}, r"pairs of different places .* found 'ab'"),
        ({("a", "a"): 3}, "pairs of different places"),
        ({("a", "b"): -3}, "at least 0"),
    ],
)
def test_what_cannot_be_changed(changes, words):
    with pytest.raises(InputError, match=words):
        ChangedDistances(changes)


def test_a_network_without_a_table_and_unknown_places_are_refused():
    line = ChangedDistances({("a", "b"): 3})
    with pytest.raises(InputError, match="with_distances"):
        apply_scenario(network().with_distances(None), line)
    with pytest.raises(InputError, match="'x'"):
        apply_scenario(network(), ChangedDistances({("a", "x"): 3}))

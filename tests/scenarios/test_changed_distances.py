"""What if a line opens: changed distances as a scenario."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.centrality import harmonic_centrality
from netinnov.connectivity import Frictions
from netinnov.errors import InputError
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
    # Links a - b and b - c; the latter is known one way, 50 minutes.
    line = ChangedDistances({("a", "b"): 30})
    for net, first in ((network(), 1), (apply_scenario(network(), line), 0.5)):
        access = harmonic_centrality(net, frictions=Frictions(distance=1, per=60))["a"]
        assert access == pytest.approx((1 / (1 + first) + 1 / (2 + first + 50 / 60)) / 2)


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

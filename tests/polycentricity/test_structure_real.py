"""Polycentricity of a real network of places: the offices of a firm."""

import numpy as np
import pytest

import netinnov as ni
from netinnov.polycentricity import gini, profile
from netinnov.sources import read_multiplex


@pytest.fixture(scope="module")
def offices(shared):
    path = shared / "data/multiplex_benchmarks/Lazega-Law-Firm.paj"
    if not path.is_file():
        pytest.skip("needs the data of the law firm beside the checkout")
    return ni.aggregate(ni.build_network(*read_multiplex(path)), by="office")


@pytest.fixture(scope="module")
def indices(offices):
    return profile(offices, direction="in", null=None, resamples=50, rng=1, progress=False)


def test_a_law_firm_has_no_centre(offices, indices):
    # Ties between offices, over advice, co-work and friendship, counted by hand: Boston is named
    # 79 + 15 + 89 + 38 + 48 + 3 times, Hartford 72 + 5 + 81 + 11 + 29 times, Providence 15 + 6 +
    # 28 + 6 + 2 times.
    got = {"Boston": 272.0, "Hartford": 198.0, "Providence": 57.0}
    table = indices
    assert table.loc["primacy", "value"] == pytest.approx(272 / 527, rel=1e-12)
    assert table.loc["gini", "value"] == pytest.approx(gini(list(got.values())), rel=1e-12)
    # Inflow over the mean of the others, the largest of three: 272 * 2 / 255.
    assert table.loc["dominance_index", "value"] == pytest.approx(544 / 255, rel=1e-12)
    # Logarithms of 272 / 198 and 198 / 57: the largest is one deviation above the median.
    assert table.loc["n_centres", "value"] == 0
    # Three places are too few for a core.
    assert np.isnan(table.loc["core_share", "value"])
    strength = ni.centrality.strength(offices, direction="in").sum(axis=1)
    assert strength.to_dict() == got

"""Modularity against random networks: by hand, in planted and random networks, and what follows."""

import math
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

from netinnov.null_models import MaxEntropy, Rewire
from netinnov.polycentricity import modularity_test, profile
from study_cases import STARS, network_of

QUICK = {"replicates": 19, "restarts": 1, "rng": 1, "progress": False}


def drawn(links):
    """A null model that always gives these links."""

    frame = pd.DataFrame(links, columns=["source", "target", "weight"])

    @lru_cache(maxsize=1)
    def replaced(network):
        return network.replace_links(frame.assign(layer="links"))

    return lambda network, rng: replaced(network)


WHEEL = [(a, b, 1.0) for k, a in enumerate("abcdwxyz") for b in "abcdwxyz"[k + 1 :]]
"""All pairs linked alike: no modularity above 0."""
PAIRS = [("a", "b", 1.0), ("c", "d", 1.0), ("w", "x", 1.0), ("y", "z", 1.0)]
"""Four pairs: modularity 1 - 4 / 16 = 0.75."""


@pytest.fixture(scope="module")
def stars():
    return network_of(STARS)


def test_modularity_and_p_by_hand(stars):
    # The stars are two communities with half of the ends each, 48 of 50 links inside: 0.46.
    clear = modularity_test(stars, null=drawn(WHEEL), **QUICK)
    assert clear.modularity == pytest.approx(0.96 - 0.5)
    assert clear.null_mean == pytest.approx(0, abs=1e-12)
    # No one of 19 networks has as much.
    assert clear.p == pytest.approx(1 / 20)
    assert not clear.by_chance
    assert clear.untested is None
    # 7 of the 28 links of the wheel are those of the stars, but with other weights.
    assert clear.moved == 1
    poor = modularity_test(stars, null=drawn(PAIRS), **QUICK)
    assert (poor.null_mean, poor.p) == (pytest.approx(0.75), 1.0)
    assert poor.by_chance
    assert poor.to_frame()["null_low"].tolist() == [pytest.approx(0.75)]


def test_equal_modularity_counts_as_chance(stars):
    # The same two stars under other names: equal but for rounding.
    names = dict(zip("abcdwxyz", "bacdwyxz", strict=True))
    other = [(names[a], names[b], float(weight)) for a, b, weight in STARS]
    assert modularity_test(stars, null=drawn(other), **QUICK).p == 1


def test_a_null_model_that_moves_nothing_tests_nothing(stars):
    # Whoever wins the toss in a star, its links stay what they are.
    star = network_of([("a", b, 1.0) for b in "bcdef"])
    found = modularity_test(star, **QUICK)
    assert found.moved == 0
    assert math.isnan(found.p)
    assert not found.by_chance
    assert found.untested == "the null model moves 0 % of the links only"
    assert modularity_test(stars, null=lambda network, rng: network, **QUICK).moved == 0


def test_what_is_modelled_is_not_tested():
    model = network_of(STARS, layer="model", modelled=["model"])
    found = modularity_test(model, null=drawn(PAIRS), **QUICK)
    assert found.untested == "model is modelled: a test would only repeat the model"
    assert (math.isnan(found.p), found.modularity) == (True, pytest.approx(0.46))


@pytest.mark.slow
def test_random_networks_are_rarely_beyond_chance():
    # Draws of the null model: P(p <= 0.05) is at most 0.05, so that of 80 tests 4 are expected,
    # and 11 or more have a chance of 0.2 % (binomial). A search with less effort in the random
    # networks than in the tested one would find far more.
    base = network_of([(f"{a:02}", f"{b:02}") for a in range(14) for b in (a + 1, a + 3, a + 6)
                       if b < 14])  # fmt: skip
    small = 0
    for seed in range(80):
        random = Rewire(trials=40)(base, np.random.default_rng(seed))
        small += modularity_test(random, **QUICK | {"rng": 1000 + seed}).p <= 0.05
    assert small <= 10


def test_random_networks_without_a_link_are_left_out() -> None:
    # Each of six pairs is linked with probability 1/3: one network in eleven has no link.
    pairs = network_of([("a", "b", 1.0), ("c", "d", 1.0)])
    test = modularity_test(pairs, null=MaxEntropy(), rng=1, progress=False)
    assert test.untested is None
    assert 60 < test.replicates < 99
    assert 0.5 < test.moved < 0.8  # two links in three are of other pairs
    options = {"replicates": 99, "resamples": 0, "leave_one_out": False, "rng": 1}
    table = profile(pairs, indices=["dominance_index"], null=MaxEntropy(), **options)
    assert table.loc["dominance_index", "untested"] != "the null model draws no links"

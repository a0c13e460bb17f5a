"""Time to reach a place: laws known by hand, draws that never arrive, and the bundled case."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy import stats

import netinnov as ni
from netinnov.datasets import load_yrd_enclaves
from netinnov.errors import InputError
from netinnov.mechanisms.diffusion import (
    expected_steps,
    reach_table,
    simple_contagion,
    time_to_reach,
)
from netinnov.scenarios import remove_enclaves


def path(n: int) -> ni.MultilayerNetwork:
    names = [f"n{i}" for i in range(n)]
    links = pd.DataFrame({"source": names[:-1], "target": names[1:]})
    return ni.build_network(pd.DataFrame(index=names), links)


def test_a_path_takes_a_sum_of_geometric_waits():
    # Two links: negative binomial, P(T <= t) = P(Binomial(t, r) >= 2).
    times = time_to_reach(path(3), seeds=["n0"], targets=["n2"], rate=0.3, replicates=4000, rng=1)
    for step in (2, 4, 7, 12):
        expected = stats.binom.sf(1, step, 0.3)
        assert (times <= step).mean() == pytest.approx(expected, abs=0.035)


def test_first_half_and_all_of_the_targets():
    links = pd.DataFrame({"source": ["s"] * 4, "target": list("abcd")})
    star = ni.build_network(pd.DataFrame(index=list("sabcd")), links)
    options = {"seeds": ["s"], "targets": list("abcd"), "rate": 0.5, "replicates": 3000, "rng": 2}
    # Of four waits of chance 1/2: first in step 1 with 15/16, second with 11/16, last with 1/16.
    for of, share in (("first", 15 / 16), ("half", 11 / 16), ("all", 1 / 16)):
        times = time_to_reach(star, of=of, **options)
        assert (times == 1).mean() == pytest.approx(share, abs=0.035)
        assert times.notna().all()


def test_draws_agree_with_the_steps_of_single_contagions():
    graph = nx.watts_strogatz_graph(40, 4, 0.1, seed=1)
    names = [str(i) for i in graph]
    links = pd.DataFrame([(str(i), str(j)) for i, j in graph.edges], columns=["source", "target"])
    network = ni.build_network(pd.DataFrame(index=names), links)
    times = time_to_reach(network, seeds=["0"], targets=["20"], rate=0.3, replicates=1500, rng=3)
    rng = np.random.default_rng(4)
    single = [simple_contagion(network, seeds=["0"], rate=0.3, rng=rng)["20"] for _ in range(500)]
    assert stats.ks_2samp(times, single).pvalue > 1e-3


def test_what_is_not_reached_is_missing():
    network = path(6)
    options = {"seeds": ["n0"], "targets": ["n5"], "rate": 0.5, "replicates": 400}
    cut = time_to_reach(network, horizon=7, rng=5, **options)
    whole = time_to_reach(network, rng=5, **options)
    assert cut.max() <= 7
    # The same draws, cut.
    np.testing.assert_array_equal(cut, whole.where(whole <= 7))
    alone = ni.build_network(pd.DataFrame(index=["n0", "n5"]), pd.DataFrame(
        {"source": ["n0"], "target": ["n0"]}))  # fmt: skip
    assert time_to_reach(alone, rng=1, **options).isna().all()


def test_a_seed_among_the_targets_takes_no_time():
    times = time_to_reach(
        path(3), seeds=["n0"], targets=["n0", "n2"], rate=0.1, replicates=5, rng=1
    )
    assert (times == 0).all()


def test_places_stand_for_the_nodes_in_them():
    nodes = pd.DataFrame({"place": ["city", "district", "home"]}, index=["a", "b", "c"])
    places = pd.DataFrame({"place": ["city", "district", "home"], "parent": [None, "city", None]})
    links = pd.DataFrame({"source": ["b"], "target": ["c"]})
    network = ni.build_network(nodes, links, places)
    times = time_to_reach(network, seeds="city", targets="home", rate=1.0, replicates=2, rng=1)
    assert times.tolist() == [1, 1]


def test_the_table_by_hand():
    times = {"with": pd.Series([1.0, 3.0, 5.0, 9.0]), "without": pd.Series([2.0, None, None, None])}
    table = reach_table(times, horizon=8)
    assert table.loc["with", ["draws", "reached", "median"]].tolist() == [4, 0.75, 3]
    assert table.loc["with", "mean_within"] == (1 + 3 + 5 + 8) / 4
    assert table.loc["without", ["reached", "median"]].tolist() == [0.25, np.inf]
    assert table.loc["without", "mean_within"] == (2 + 3 * 8) / 4
    # Clopper and Pearson for 1 of 4: beta quantiles.
    bounds = stats.beta.ppf(0.025, 1, 4), stats.beta.ppf(0.975, 2, 3)
    assert table.loc["without", ["reached_low", "reached_high"]].tolist() == pytest.approx(bounds)


def test_intervals_of_the_median_hold_it():
    # Geometric waits of chance 0.2: median 4 (1 - 0.8^3 = 0.49, 1 - 0.8^4 = 0.59).
    rng = np.random.default_rng(6)
    draws = {f"t{k}": pd.Series(rng.geometric(0.2, 50).astype(float)) for k in range(200)}
    table = reach_table(draws, horizon=99)
    held = (table["median_low"] <= 4) & (table["median_high"] >= 4)
    assert held.mean() > 0.93


def test_expected_steps_are_restricted_means():
    found = expected_steps(path(4), seeds=["n0"], rate=0.5, horizon=3, replicates=4000, rng=7)
    # n1: 1, 2, 3+ with 1/2, 1/4, 1/4: mean 1.75. n2: 2 with 1/4, else 3. n3: 3 always.
    assert found.tolist() == pytest.approx([0, 1.75, 2.75, 3], abs=0.06)


def test_the_bundled_case_with_and_without_its_enclaves():
    delta = load_yrd_enclaves()
    stated = delta.select(layers=[layer for layer in delta.layers if layer != "gravity_modelled"])
    options = {"seeds": ["gov_hangzhou"], "targets": "quzhou", "rate": 0.5, "horizon": 50}
    with_parks = time_to_reach(stated, rng=1, replicates=200, **options)
    rest = remove_enclaves(stated, kinds=["park"], keep_nodes=True)
    without = time_to_reach(rest, rng=1, replicates=200, **options)
    # The stated policy of Hangzhou for the government of Quzhou is a direct link in both.
    assert with_parks.notna().all()
    assert without.notna().all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda n: time_to_reach(n, seeds=["n0"], targets=["z"], rate=0.1), "`targets`: 1 of 1"),
        (lambda n: time_to_reach(n, seeds=["n0"], targets="n1", rate=0.1), "must be a place or"),
        (lambda n: time_to_reach(n, seeds=[], targets=["n1"], rate=0.1), "at least one node"),
        (lambda n: reach_table(pd.Series([-1.0]), horizon=5), "steps of 0 or more"),
        (lambda n: reach_table({}, horizon=5), "`times` must hold at least one Series"),
    ],
)
def test_impossible_arguments_are_refused(call, words):
    with pytest.raises(InputError, match=words):
        call(path(3))

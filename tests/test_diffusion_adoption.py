"""Tests of adoption: brute force, laws under shuffling, and the physicians of four cities."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.errors import InputError
from netinnov.mechanisms.diffusion import (
    adoption_test,
    expected_steps,
    order_test,
    simple_contagion,
)


def random_case(seed: int, n: int = 30):
    rng = np.random.default_rng(seed)
    names = [f"n{i}" for i in range(n)]
    graph = nx.gnp_random_graph(n, 0.15, seed=seed, directed=True)
    links = pd.DataFrame(
        [(names[i], names[j]) for i, j in graph.edges], columns=["source", "target"]
    )
    network = ni.build_network(pd.DataFrame(index=names), links, directed=["links"])
    dates = pd.Series(rng.integers(1, 8, n).astype(float), names)
    dates[dates > 6] = np.inf
    dates.iloc[:4] = np.nan
    strata = pd.Series(rng.integers(0, 3, n), names)
    return network, graph, dates, strata


def excess_by_loops(graph, dates, strata, share):
    values = dates.to_numpy()
    known = [i for i in graph if not np.isnan(values[i])]

    def exposure(node, date):
        contacts = [k for k in graph.predecessors(node) if k in known]
        heard = sum(values[k] < date for k in contacts)
        return heard / max(len(contacts), 1) if share else heard

    differences = []
    for i in known:
        if not np.isfinite(values[i]):
            continue
        risk = [
            j for j in known
            if strata.iloc[j] == strata.iloc[i] and values[j] >= values[i]
        ]  # fmt: skip
        if len(risk) > 1:
            mean = np.mean([exposure(j, values[i]) for j in risk])
            differences.append(exposure(i, values[i]) - mean)
    return np.mean(differences), len(differences)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("exposure", ["number", "share"])
def test_the_excess_is_as_defined(seed, exposure):
    network, graph, dates, strata = random_case(seed)
    found = adoption_test(
        network, dates, strata=strata, exposure=exposure, permutations=19, rng=1
    ).loc["together"]
    expected, adopters = excess_by_loops(graph, dates, strata, exposure == "share")
    assert found["excess"] == pytest.approx(expected)
    assert found["adopters"] == adopters
    assert found["at_exposed"] - found["at_risk"] == pytest.approx(expected)


@pytest.mark.slow
def test_p_values_are_uniform_where_dates_are_chance():
    network, _, dates, strata = random_case(5)
    rng = np.random.default_rng(3)
    found = []
    for _ in range(120):
        shuffled = dates.copy()
        for group in strata.unique():
            at = (strata == group) & dates.notna()
            shuffled[at] = rng.permutation(dates[at])
        table = adoption_test(network, shuffled, strata=strata, permutations=39, rng=rng)
        found.append(table.loc["together", "p_more"])
    # Exact test: P(p <= a) = a for a on the grid of 1/40; standard error 0.05 at most.
    for level in (0.1, 0.25, 0.5):
        assert np.mean(np.array(found) <= level + 1e-9) == pytest.approx(level, abs=0.15)


def test_a_planted_contagion_is_found_and_a_common_course_is_not():
    graph = nx.random_regular_graph(4, 150, seed=2)
    names = [str(i) for i in graph]
    links = pd.DataFrame([(str(i), str(j)) for i, j in graph.edges], columns=["source", "target"])
    network = ni.build_network(pd.DataFrame(index=names), links)
    spread = simple_contagion(network, seeds=["0", "1"], rate=0.15, horizon=12, rng=1)
    planted = adoption_test(network, spread.fillna(np.inf), permutations=199, rng=1)
    assert planted.loc["together", "p_more"] == 1 / 200
    rng = np.random.default_rng(2)
    chance = []
    for _ in range(9):
        common = pd.Series(rng.permutation(spread.fillna(np.inf)), names)
        found = adoption_test(network, common, permutations=99, rng=rng)
        chance.append(found.loc["together", "p"])
    assert np.median(chance) > 0.1


def test_groups_of_different_speed_are_no_contagion():
    # Two cliques, one all early, one all late: shuffled within them nothing can be seen.
    graph = nx.disjoint_union(nx.complete_graph(12), nx.complete_graph(12))
    names = [str(i) for i in graph]
    links = pd.DataFrame([(str(i), str(j)) for i, j in graph.edges], columns=["source", "target"])
    network = ni.build_network(pd.DataFrame({"city": [i // 12 for i in graph]}, index=names), links)
    dates = pd.Series([float(i % 6 + 10 * (i // 12)) for i in graph], names)
    without = adoption_test(network, dates, permutations=199, rng=1).loc["together"]
    within = adoption_test(network, dates, strata="city", permutations=199, rng=1).loc["together"]
    assert without["p_more"] < 0.05
    assert within["excess"] == pytest.approx(0)
    assert within["p"] == 1


def test_layers_are_tested_apart_and_together():
    network, _, dates, _ = random_case(1)
    links = network.links[["source", "target"]]
    layers = links.assign(layer=["x", "y"] * (len(links) // 2) + ["x"] * (len(links) % 2))
    network = ni.build_network(network.nodes, layers, directed=["x", "y"])
    table = adoption_test(network, dates, permutations=9, rng=1)
    assert table.index.tolist() == ["x", "y", "together"]
    # Exposures in numbers add up over layers that share no pair.
    assert table["excess"].iloc[:2].sum() == pytest.approx(table["excess"].iloc[2])


def test_concordance_by_hand():
    steps = pd.Series({"s": 0.0, "a": 1.0, "b": 2.0, "c": 2.0, "d": 5.0, "e": 9.0})
    dates = {"s": 1, "a": 3, "b": 2, "c": 4, "d": np.inf, "e": None}
    found = order_test(steps, dates, permutations=99, rng=1).iloc[0]
    # a-b wrong; a-c, a-d, b-d, c-d right; b-c tie: 4.5 of 6. The seed and e stay out.
    assert found[["nodes", "pairs", "concordance"]].tolist() == [4, 6, 0.75]
    strata = pd.Series({"s": 0, "a": 0, "b": 0, "c": 1, "d": 1, "e": 1})
    apart = order_test(steps, dates, strata=strata, permutations=99, rng=1).iloc[0]
    assert apart[["pairs", "concordance"]].tolist() == [2, 0.5]


def test_nodes_that_are_never_reached_tie_after_all_others():
    steps = pd.Series({"a": 1.0, "b": np.inf, "c": np.inf})
    found = order_test(steps, {"a": 1, "b": 2, "c": 3}, permutations=9, rng=1).iloc[0]
    assert found[["pairs", "concordance"]].tolist() == pytest.approx([3, 2.5 / 3])


def test_many_models_share_their_shuffles():
    rng = np.random.default_rng(4)
    names = [f"n{i}" for i in range(40)]
    dates = pd.Series(rng.permutation(40).astype(float), names)
    models = pd.DataFrame(rng.random((40, 5)) + 1, names)
    models[0] = dates + rng.normal(0, 8, 40) + 50
    table = order_test(models, dates, permutations=399, rng=1)
    for column in models:
        alone = order_test(models[column], dates, permutations=399, rng=1).iloc[0]
        kept = ["concordance", "mean", "sd", "z", "p", "p_more"]
        assert table.loc[column, kept].tolist() == pytest.approx(alone[kept].tolist())
        assert table.loc[column, "p_any"] >= alone["p_any"]
    assert table.loc[0, "p_any"] == 1 / 400  # the planted order stands out among five
    # Westfall and Young's single step: no row's p_any is below its own share of large z.
    assert (table["p_any"].drop(0) > 0.05).all()


def test_no_pair_gives_no_concordance():
    found = order_test(pd.Series({"a": 1.0, "b": 2.0}), {"a": 3, "b": 3}, permutations=9, rng=1)
    found = found.iloc[0]
    assert found["pairs"] == 0
    assert found[["concordance", "z", "p", "p_more"]].isna().all()


TWICE = pd.Series([1.0, 2.0], ["n5", "n5"])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda n, d: adoption_test(n, d, exposure="all"), "`exposure` must be one of"),
        (lambda n, d: adoption_test(n, {}), "at least one node"),
        (lambda n, d: adoption_test(n, d, strata="city"), "`strata` must be a column"),
        (lambda n, d: adoption_test(n, d, strata=pd.Series({"n5": 1})), "must give a group"),
        (lambda n, d: adoption_test(n, d, permutations=0), "`permutations`"),
        (lambda n, d: adoption_test(n, TWICE), "`dates` must have one value a node; .* for 'n5'"),
        (lambda n, d: adoption_test(n, d, strata=TWICE), "`strata` must have one value a node"),
        (lambda n, d: order_test(TWICE, d), "`steps` must have one value a node"),
        (lambda n, d: order_test(pd.Series({"n5": 1.0}), {}), "at least one node"),
        (lambda n, d: order_test(pd.Series({"n0": "x"}), d), "`steps` must hold numbers"),
    ],
)
def test_impossible_arguments_are_refused(call, words):
    network, _, dates, _ = random_case(0)
    with pytest.raises(InputError, match=words):
        call(network, dates)


def test_physicians_adopt_no_more_by_contacts_than_by_their_citys_time_course(shared):
    folder = shared / "data/multiplex_benchmarks"
    nodes = pd.read_csv(folder / "ckm_physicians_nodes.csv").rename(columns={"id": "node"})
    # A table of who names whom: advice goes from the named to those who name.
    ties = pd.read_csv(folder / "ckm_physicians_edges.csv").rename(
        columns={"relation": "layer", "source": "target", "target": "source"}
    )
    network = ni.build_network(nodes, ties, directed=sorted(set(ties["layer"])))
    code = network.nodes["adoption date"].astype(float)
    dates = code.mask(code == 18, np.inf).mask(code > 18)
    assert (np.isfinite(dates).sum(), np.isinf(dates).sum(), dates.isna().sum()) == (109, 16, 121)
    city = network.nodes["city"]
    table = adoption_test(network, dates, strata=city, permutations=499, rng=1)
    assert table.index.tolist() == ["advice", "discussion", "friendship", "together"]
    assert (table["p"] > 0.05).all()
    first = dates.groupby(city).transform("min")
    seeds = list(dates.index[dates == first])
    steps = expected_steps(network, seeds=seeds, rate=0.2, horizon=17, replicates=200, rng=1)
    found = order_test(steps, dates, strata=city, permutations=499, rng=1).iloc[0]
    assert 0.4 < found["concordance"] < 0.6

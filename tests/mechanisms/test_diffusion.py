"""Diffusion: against plain loops and exact limits; time to reach a place by laws known by hand."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from scipy import stats

import netinnov as ni
from netinnov.errors import InputError
from netinnov.mechanisms.diffusion import (
    complex_contagion,
    expected_steps,
    reach_table,
    simple_contagion,
    time_to_reach,
)
from strategies import Tables, networks


def network_of(graph: nx.Graph, **more) -> ni.MultilayerNetwork:
    nodes = pd.DataFrame(index=[str(node) for node in graph])
    links = pd.DataFrame([(str(i), str(j)) for i, j in graph.edges], columns=["source", "target"])
    directed = ["links"] if graph.is_directed() else []
    return ni.build_network(nodes, links, directed=directed)


def joined(network: ni.MultilayerNetwork) -> np.ndarray:
    """Who influences whom, over all layers."""
    whole = np.zeros((network.n_nodes,) * 2, bool)
    for layer in network.layers:
        whole |= network.adjacency(layer).toarray() > 0
    np.fill_diagonal(whole, False)
    return whole


def adopt(network: ni.MultilayerNetwork, seeds: list[int], threshold: float) -> np.ndarray:
    """The definition, all nodes in every step."""
    whole = joined(network)
    into = whole.sum(axis=0)
    step = np.full(network.n_nodes, np.nan)
    step[seeds] = 0
    for now in range(1, network.n_nodes + 1):
        heard = whole[~np.isnan(step)].sum(axis=0)
        new = np.isnan(step) & (into > 0) & (heard >= (threshold - 1e-12) * into)
        if not new.any():
            break
        step[new] = now
    return step


@pytest.mark.slow
@given(tables=networks(), data=st.data(), threshold=st.sampled_from([0.1, 1 / 3, 0.5, 2 / 3, 1.0]))
def test_adoption_is_as_defined(tables: Tables, data: st.DataObject, threshold: float):
    network = ni.build_network(*tables)
    if network.n_nodes == 0:
        return
    seeds = data.draw(st.lists(st.integers(0, network.n_nodes - 1), unique=True))
    names = [network.nodes.index[seed] for seed in seeds]
    found = complex_contagion(network, seeds=names, threshold=threshold)
    np.testing.assert_array_equal(found.to_numpy(), adopt(network, seeds, threshold))


@pytest.mark.slow
@given(tables=networks(), data=st.data())
def test_sure_contacts_walk_shortest_paths(tables: Tables, data: st.DataObject):
    network = ni.build_network(*tables)
    if network.n_nodes == 0:
        return
    seed = data.draw(st.sampled_from(list(network.nodes.index)))
    graph = nx.from_numpy_array(joined(network), create_using=nx.DiGraph)
    start = network.nodes.index.get_loc(seed)
    lengths = nx.single_source_shortest_path_length(graph, start)
    found = simple_contagion(network, seeds=[seed], rate=1.0)
    expected = [lengths.get(i, np.nan) for i in range(network.n_nodes)]
    np.testing.assert_array_equal(found.to_numpy(), expected)


def test_a_third_of_three_is_enough_for_a_third():
    star = network_of(nx.star_graph(3))
    # 1/3 is not a binary fraction: one neighbour of three must do.
    assert complex_contagion(star, seeds=["1"], threshold=1 / 3)["0"] == 1
    assert complex_contagion(star, seeds=["1"], threshold=0.34).isna()["0"]


def test_thresholds_of_each_node():
    path = network_of(nx.path_graph(4))
    easy = pd.Series({"0": 1.0, "1": 0.5, "2": 1.0, "3": 0.1})
    found = complex_contagion(path, seeds=["0"], threshold=easy)
    assert found.tolist()[:2] == [0, 1]
    assert found.isna().tolist() == [False, False, True, True]


def test_direction_is_the_way_of_influence():
    arcs = network_of(nx.DiGraph([(0, 1), (1, 2)]))
    assert complex_contagion(arcs, seeds=["0"], threshold=1.0).tolist() == [0, 1, 2]
    assert complex_contagion(arcs, seeds=["2"], threshold=0.1).isna().sum() == 2
    assert simple_contagion(arcs, seeds=["2"], rate=1.0).isna().sum() == 2


def pairs(count: int, layers: tuple[str, ...] = ("links",)) -> ni.MultilayerNetwork:
    """Many pairs, each of them a trial of its own: seeds a0, a1, ... and others b0, b1, ..."""
    ends = {"source": [f"a{i}" for i in range(count)], "target": [f"b{i}" for i in range(count)]}
    links = pd.concat([pd.DataFrame(ends).assign(layer=layer) for layer in layers])
    return ni.build_network(pd.DataFrame(index=[*ends["source"], *ends["target"]]), links)


def trials(network: ni.MultilayerNetwork, **options) -> np.ndarray:
    half = network.n_nodes // 2
    seeds = list(network.nodes.index[:half])
    return simple_contagion(network, seeds=seeds, **options).to_numpy()[half:]


def test_a_link_passes_after_a_geometric_time():
    times = trials(pairs(20_000), rate=0.25, rng=5)
    # Mean 1 / rate, variance (1 - rate) / rate^2: standard error 0.025.
    assert times.mean() == pytest.approx(4.0, abs=0.1)
    assert (times == 1).mean() == pytest.approx(0.25, abs=0.012)


def test_layers_pass_by_themselves():
    network = pairs(20_000, layers=("x", "y"))
    # 1 - 0.5 * 0.8 = 0.6; a layer that is not named passes nothing. Standard error 0.0035.
    both = trials(network, rate={"x": 0.5, "y": 0.2}, rng=6)
    assert (both == 1).mean() == pytest.approx(0.6, abs=0.014)
    one = trials(network, rate={"y": 0.2}, rng=6)
    assert (one == 1).mean() == pytest.approx(0.2, abs=0.012)
    assert np.isnan(trials(network, rate={"x": 0.0}, rng=6)).all()


def test_a_horizon_ends_it():
    path = network_of(nx.path_graph(5))
    found = simple_contagion(path, seeds=["0"], rate=1.0, horizon=2)
    assert found.tolist()[:3] == [0, 1, 2]
    assert found.isna().sum() == 2
    assert simple_contagion(path, seeds=["0"], rate=1.0, horizon=0).notna().sum() == 1


def test_a_complete_graph_is_a_chain_of_counts():
    # The number reached is a Markov chain: i + Binomial(n - i, 1 - (1 - r)^i), solved exactly.
    n, rate, first, draws, last = 60, 0.004, 3, 300, 25
    network = network_of(nx.complete_graph(n))
    rng = np.random.default_rng(8)
    counts = np.zeros((draws, last + 1))
    seeds = [str(i) for i in range(first)]
    for k in range(draws):
        reached = simple_contagion(network, seeds=seeds, rate=rate, horizon=last, rng=rng)
        counts[k] = (reached.to_numpy()[:, None] <= np.arange(last + 1)).sum(axis=0)
    chain = np.zeros((n + 1, n + 1))
    for i in range(1, n + 1):
        chain[i, i:] = stats.binom.pmf(np.arange(n - i + 1), n - i, 1 - (1 - rate) ** i)
    law = np.zeros(n + 1)
    law[first] = 1
    for step in range(last + 1):
        mean = law @ np.arange(n + 1)
        error = np.sqrt(max(law @ np.arange(n + 1) ** 2 - mean**2, 0) / draws)
        assert abs(counts[:, step].mean() - mean) <= 4.5 * error + 1e-9
        law = law @ chain


def test_a_path_takes_a_sum_of_geometric_waits():
    # Two links: negative binomial, P(T <= t) = P(Binomial(t, r) >= 2).
    path = network_of(nx.path_graph(3))
    times = time_to_reach(path, seeds=["0"], targets=["2"], rate=0.3, replicates=4000, rng=1)
    for step in (2, 4, 7, 12):
        expected = stats.binom.sf(1, step, 0.3)
        assert (times <= step).mean() == pytest.approx(expected, abs=0.035)


@pytest.mark.slow
def test_first_half_and_all_of_the_targets():
    links = pd.DataFrame({"source": ["s"] * 4, "target": list("abcd")})
    star = ni.build_network(pd.DataFrame(index=list("sabcd")), links)
    options = {"seeds": ["s"], "targets": list("abcd"), "rate": 0.5, "replicates": 3000, "rng": 2}
    # Of four waits of chance 1/2: first in step 1 with 15/16, second with 11/16, last with 1/16.
    for of, share in (("first", 15 / 16), ("half", 11 / 16), ("all", 1 / 16)):
        times = time_to_reach(star, of=of, **options)
        assert (times == 1).mean() == pytest.approx(share, abs=0.035)
        assert times.notna().all()


def test_what_is_not_reached_is_missing():
    network = network_of(nx.path_graph(6))
    options = {"seeds": ["0"], "targets": ["5"], "rate": 0.5, "replicates": 400}
    cut = time_to_reach(network, horizon=7, rng=5, **options)
    whole = time_to_reach(network, rng=5, **options)
    assert cut.max() <= 7
    # The same draws, cut.
    np.testing.assert_array_equal(cut, whole.where(whole <= 7))
    parts = network_of(nx.disjoint_union(nx.path_graph(3), nx.path_graph(3)))
    assert time_to_reach(parts, rng=1, **options).isna().all()
    # A seed among the targets takes no time.
    assert (time_to_reach(parts, rng=1, **options | {"targets": ["0", "5"]}) == 0).all()


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


def test_expected_steps_are_restricted_means():
    path = network_of(nx.path_graph(4))
    found = expected_steps(path, seeds=["0"], rate=0.5, horizon=3, replicates=4000, rng=7)
    # 1: steps 1, 2, 3+ with 1/2, 1/4, 1/4: mean 1.75. 2: 2 with 1/4, else 3. 3: 3 always.
    assert found.tolist() == pytest.approx([0, 1.75, 2.75, 3], abs=0.06)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda n: time_to_reach(n, seeds=["0"], targets=["z"], rate=0.1), "`targets`: 1 of 1"),
        (lambda n: time_to_reach(n, seeds=["0"], targets="1", rate=0.1), "must be a place or"),
        (lambda n: time_to_reach(n, seeds=[], targets=["1"], rate=0.1), "at least one node"),
        (lambda n: reach_table(pd.Series([-1.0]), horizon=5), "steps of 0 or more"),
        (lambda n: reach_table({}, horizon=5), "`times` must hold at least one Series"),
        (lambda n: simple_contagion(n, seeds=["0"], rate=1.1), "`rate` .* at most 1; found 1.1"),
        (lambda n: simple_contagion(n, seeds=["0"], rate={"z": 0.1}), "`rate`: 1 of 1 names"),
        (lambda n: complex_contagion(n, seeds=["0"], threshold=0.0), "`threshold` .* above 0"),
        (lambda n: complex_contagion(n, seeds=["0"], threshold=pd.Series({"0": 2.0, "1": 0.5})),
         "`threshold` must be above 0 and at most 1 for each node; found .'0': 2.0"),
        (lambda n: complex_contagion(n, seeds=["0"], threshold=pd.Series([0.5] * 3, ["0", "0",
         "1"])), "`threshold` must have one value a node; found several for '0'"),
    ],
)  # fmt: skip
def test_impossible_arguments_are_refused(call, words):
    with pytest.raises(InputError, match=words):
        call(network_of(nx.path_graph(2)))

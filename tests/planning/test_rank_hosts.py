"""Hosts for a park of one home, ranked over the same random draws."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.centrality import harmonic_centrality, overlapping_strength
from netinnov.errors import InputError
from netinnov.planning import rank_hosts
from netinnov.scenarios import DirectLinks, ForwardEnclave

COLUMNS = ["median", "low", "high", "regret", "rank", "rank_low", "rank_high", "distance"]
TREE = [("h", "a"), ("a", "b"), ("b", "c"), ("b", "d")]


def network_of(rows, order="habcd", **options) -> ni.MultilayerNetwork:
    names = list(order)
    places = pd.DataFrame({"lon": [float(ord(name)) for name in names], "lat": 0.0}, index=names)
    columns = ["source", "target", "weight", "layer"][: len(rows[0])]
    links = pd.DataFrame(rows, columns=columns)
    return ni.build_network(pd.DataFrame({"place": names}, index=names), links, places, **options)


def park(host: str = "a", **options) -> ni.ReverseEnclave:
    return ni.ReverseEnclave("h", host, **{"size": 2, "pipeline_share": 0.5} | options)


def drawn(seed: int, *, directed: bool = False) -> ni.MultilayerNetwork:
    """Twelve places in two layers with different weights, some pairs linked in both."""
    rng = np.random.default_rng(seed)
    names = "habcdefgijkl"
    rows = [
        (a, b, float(rng.integers(1, 5)), layer)
        for layer, share in (("x", 0.25), ("y", 0.15))
        for at, a in enumerate(names)
        for b in names[at + 1 :]
        if a != b and rng.random() < share
    ]
    rows += [("h", "a", 1.0, "x"), ("h", "b", 2.0, "x"), ("c", "h", 2.0, "x"), ("l", "k", 1.0, "x")]
    return network_of(rows, names, directed=["x"] if directed else [])


def test_the_best_host_is_the_one_worked_out_by_hand():
    # A pipeline to h and a link to the host itself, two more links. Before, h is 1, 2, 3, 3 from
    # a, b, c, d: access (1 + 1/2 + 2/3) / 4 = 13/24. By the park h is 2 from its host.
    # Host b: nothing is nearer, as h was 2 from it. Host c: 1 + 1/2 + 1/2 + 1/3, so 14/24.
    ranking = rank_hosts(network_of(TREE), home="h", scenario=park(funding="new"), rng=1)
    assert list(ranking.columns) == COLUMNS
    assert ranking.index.tolist() == ["c", "d", "a", "b"]
    assert ranking["rank"].tolist() == [1.5, 1.5, 3.5, 3.5]
    for column in ("median", "low", "high"):
        assert ranking[column].tolist() == pytest.approx([100 / 13, 100 / 13, 0, 0])
    # All draws are the same, so that each pair is told apart or ties for sure.
    assert ranking["rank_low"].tolist() == [1, 1, 3, 3]
    assert ranking["rank_high"].tolist() == [2, 2, 4, 4]
    assert ranking["regret"].tolist() == pytest.approx([0, 0, 100 / 13, 100 / 13])


def test_a_host_that_takes_a_link_away_may_lower_access():
    # h has one link, to a, and gives it for a pipeline; the park's other end is the host.
    ranking = rank_hosts(network_of(TREE[1:] + TREE[:1]), home="h", rng=1, replicates=3,
                         scenario=park(size=1, pipeline_share=0))  # fmt: skip
    assert ranking["median"].tolist() == [-100.0] * 4  # no link leads home: h is cut off
    assert ranking["rank"].tolist() == [2.5] * 4
    assert ranking["rank_low"].tolist() == [1] * 4
    assert ranking["rank_high"].tolist() == [4] * 4
    assert ranking["regret"].tolist() == [0] * 4


def cut(network, rng):
    """Without about one link in eight."""
    links = network.links
    return network.replace_links(links[rng.random(len(links)) > 0.125])


def cut_off(network, rng):
    """Home has no link to give up."""
    links = network.links
    return network.replace_links(links[(links["source"] != "h") & (links["target"] != "h")])


def changes_of(network, trials, measure, options):
    """In per cent by `compare_scenarios`: replicate and host; resample, placement and host."""
    result = ni.compare_scenarios(
        network, scenarios=trials, measures={"a": measure}, progress=False, **options
    )

    def per_cent(table):
        own = table[table["node"] == "h"].assign(scenario=lambda x: x["scenario"].astype(str))
        wide = own.pivot(index="replicate", columns="scenario", values="value")
        before = wide["baseline"].iloc[0]
        return 100 * (wide[[*trials]] - before).to_numpy() / before

    in_data = None
    if result.resamples is not None:
        in_data = [per_cent(part) for _, part in result.resamples.groupby("resample")]
    return per_cent(result.replicates), in_data


def ranks_by_definition(units, confidence):
    """Of each host the regret, and the smallest and the largest rank, pair by pair."""
    n_units, n = units.shape
    regret = [np.mean([max(row) - row[i] for row in units]) for i in range(n)]
    ranks = []
    for i in range(n):
        pairs = {j: units[:, j] - units[:, i] for j in range(n)}
        pairs = {j: np.where(abs(x) < 1e-10, 0, x) for j, x in pairs.items()}
        mean = {j: x.mean() for j, x in pairs.items()}
        spread = {j: np.sqrt(((x - x.mean()) ** 2).sum() / (n_units - 1)) for j, x in pairs.items()}
        varied = [j for j in range(n) if spread[j] > 1e-10]
        largest = [
            max([abs(pairs[j][r] - mean[j]) / spread[j] for j in varied], default=0)
            for r in range(n_units)
        ]
        c = np.quantile(largest, confidence)
        better = sum(mean[j] > max(c * spread[j], 1e-10) for j in range(n))
        worse = sum(mean[j] < -max(c * spread[j], 1e-10) for j in range(n))
        ranks.append((1 + better, n - worse))
    return regret, ranks


@pytest.mark.parametrize("resample", [None, cut])
@pytest.mark.parametrize("slow", [False, True])
def test_ranks_and_regret_are_those_of_the_definition(resample, slow):
    network = drawn(6)
    hosts = list("abcdefgijkl")
    trials = {host: park(host, size=3, funding="new", layer="x") for host in hosts}
    measure = harmonic_centrality
    if slow:  # any other function is measured placement by placement

        def measure(network, nodes):
            return harmonic_centrality(network, nodes=nodes)

    ask = {"resample": resample, "resamples": 12, "placements": 4, "replicates": 40, "rng": 3}
    ranking = rank_hosts(
        network, home="h", hosts=hosts, scenario=trials["a"], measure=measure, confidence=0.5, **ask
    ).loc[hosts]
    placed, in_data = changes_of(network, trials, harmonic_centrality, ask)
    units = placed if in_data is None else np.array([part.mean(axis=0) for part in in_data])
    regret, ranks = ranks_by_definition(units, 0.5)
    assert ranking["median"].to_numpy() == pytest.approx(np.median(placed, axis=0))
    assert ranking["regret"].to_numpy() == pytest.approx(regret, abs=1e-9)
    assert list(zip(ranking["rank_low"], ranking["rank_high"], strict=True)) == ranks
    assert any(last - first < 10 for first, last in ranks)
    draws = placed
    if in_data is not None:
        draws = np.concatenate(in_data)
        draws = draws + np.median(placed, axis=0) - np.median(draws, axis=0)
    low, high = np.quantile(draws, [0.25, 0.75], axis=0)
    assert ranking["low"].to_numpy() == pytest.approx(low)
    assert ranking["high"].to_numpy() == pytest.approx(high)


def test_resamples_in_which_a_host_cannot_have_the_park_are_left_out_and_counted():
    network = network_of([*TREE, ("h", "c")])
    trial = park(size=2)  # paid with both links of home

    def sometimes(network, rng):
        return cut_off(network, rng) if rng.random() < 0.5 else network

    ask = {"resample": sometimes, "resamples": 10, "placements": 2, "rng": 1}
    with pytest.warns(UserWarning, match=r"of 20 placements in resamples are left out"):
        ranking = rank_hosts(network, home="h", scenario=trial, **ask)
    assert ranking.notna().all(axis=None)


def test_nothing_is_ranked_where_home_has_no_access_before():
    network = network_of([("h", "a"), ("a", "b"), ("b", "c")], "habc", directed=["links"])
    isolated = ni.build_network(
        network.nodes, network.links.query("source != 'h'"), network.places, directed=True
    )
    ranking = rank_hosts(isolated, home="h", scenario=park(funding="new"), rng=1)
    assert ranking.drop(columns="distance").isna().all(axis=None)


@pytest.mark.slow
@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("distance", ["unit", "inverse"])
@pytest.mark.parametrize("funding", ["reallocated", "new"])
@pytest.mark.parametrize("kind", [ni.ReverseEnclave, ForwardEnclave])
def test_changes_are_those_of_compare_scenarios(directed, distance, funding, kind):
    network = drawn(3, directed=directed)
    frictions = ni.Frictions(border=0.5, distance=2.0)
    measure = partial(harmonic_centrality, distance=distance, frictions=frictions)
    trial = kind("h", "e", 3, 0.4, funding, layer="x")
    ranking = rank_hosts(network, home="h", scenario=trial, measure=measure, replicates=20, rng=7)
    result = ni.compare_scenarios(
        network, scenarios={"e": trial}, measures={"a": measure}, replicates=20, rng=7
    )
    effects = result.effects(full=True).query("node == 'h'").iloc[0]
    expected = 100 * effects[["median", "low", "high"]] / effects["baseline"]
    assert ranking.loc["e", ["median", "low", "high"]].tolist() == pytest.approx(expected.tolist())


@pytest.mark.parametrize("funding", ["new", "reallocated"])
def test_a_host_at_an_unknown_distance_comes_last_without_a_rank(funding):
    # Nobody knows where a is: without kilometres its links would look short.
    network = network_of(TREE)
    places = network.places
    places.loc["a", ["lon", "lat"]] = np.nan
    network = ni.build_network(network.nodes, network.links, places)
    ask = partial(rank_hosts, network, home="h", scenario=park(size=1, funding=funding), rng=1)
    far = partial(harmonic_centrality, frictions=ni.Frictions(distance=1.0))
    with pytest.warns(UserWarning, match="2 linked pairs of nodes .* distance is unknown"):
        ranking = ask(measure=far)
    assert ranking.index[-1] == "a"
    assert ranking.loc["a"].isna().all()
    assert ranking.drop("a").notna().all(axis=None)
    assert ranking["rank"].sum() == 1 + 2 + 3
    assert ranking["rank_high"].max() == 3
    # Another host ranks as it does among those alone.
    few = ask(measure=far, hosts=["b", "c"])
    values = ["median", "low", "high", "distance"]
    pd.testing.assert_frame_equal(ranking.loc[few.index, values], few[values])
    # Without kilometres a host is ranked wherever it is.
    border = partial(harmonic_centrality, frictions=ni.Frictions(border=1.0))
    assert ask(measure=border)["rank"].notna().all()
    assert ask(hosts=["a"], measure=far)["median"].isna().all()


def test_any_measure_and_scenario_can_rank():
    network = drawn(4)
    links = DirectLinks("h", "a", 2, funding="new")
    ask = partial(rank_hosts, network, home="h", scenario=links, replicates=3, rng=1)
    of_node = ask(measure=overlapping_strength)

    def of_home(changed):
        return float(overlapping_strength(changed)["h"])

    pd.testing.assert_frame_equal(of_node, ask(measure=of_home))
    assert (of_node["median"] > 0).all()


def test_inputs_are_untouched_and_hosts_are_the_linked_places():
    network = network_of(TREE, "habcdz")
    before = network.links
    ranking = rank_hosts(network, home="h", rng=1)
    assert sorted(ranking.index) == list("abcd")  # z has no link
    pd.testing.assert_frame_equal(network.links, before)
    # One degree of longitude at the equator.
    assert ranking.loc["a", "distance"] == pytest.approx(7 * 6371.0088 * np.pi / 180, rel=1e-4)


def test_flows_move_a_volume_and_are_placed_once():
    rows = [(a, b, weight) for (a, b), weight in zip(
        [("h", "a"), ("h", "b"), ("a", "b"), ("a", "c"), ("b", "c"), ("h", "c")],
        [8, 5, 9, 4, 6, 2], strict=True)]  # fmt: skip
    ranking = rank_hosts(network_of(rows, "habc"), home="h", rng=1)
    assert (ranking["low"] == ranking["high"]).all()
    # Each link of h keeps its share, so that all lengths grow alike whatever the host.
    assert ranking["rank"].tolist() == [2.0] * 3
    assert (ranking["median"] < 0).all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"hosts": ["a", "a"]}, "`hosts` must be places, each named once"),
        ({"hosts": ["h"]}, "must differ"),
        ({"scenario": park("a").__call__}, "`scenario` must be of the type ReverseEnclave"),
        ({"scenario": ni.ReverseEnclave("b", "a", 1, 0.5)}, "must have the home of the ranking"),
        ({"scenario": park(size=9)}, "reallocated funding takes the new links from home"),
        ({"resample": "links"}, "`resample` must be a function of a network and a Generator"),
        ({"resample": cut, "replicates": 5}, "at least `placements`, 20"),
        ({"resample": cut_off, "scenario": park(size=1)}, "park in two resamples or more"),
        ({"measure": lambda network, nodes: np.nan}, "`measure` must be a finite number at home"),
    ],
)
def test_bad_input_is_named(options, words):
    with pytest.raises(InputError, match=words):
        rank_hosts(network_of(TREE), **{"home": "h", "rng": 1} | options)

"""Rewired networks keep what they must, and nothing else happens to them."""

import pickle
from collections import Counter
from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from scipy import stats

import netinnov as ni
from netinnov.errors import InputError
from netinnov.null_models import Rewire, rewire
from netinnov.null_models._prepared import prepared_null
from netinnov.null_models._rewiring import seed_words
from realisations import assert_uniform, graphs_alike
from state_spaces import mixing_label
from strategies import great_circle, networks


def pairs(network, layer):
    links = network.links[network.links["layer"] == layer]
    return list(zip(links["source"], links["target"], strict=True))


def mixing_counts(network, layer, column):
    values = network.nodes[column].fillna("none").to_dict()
    ends = [(values[a], values[b]) for a, b in pairs(network, layer)]
    return Counter(ends if layer in network.directed else [tuple(sorted(pair)) for pair in ends])


def city_network(seed=0, n=300, m=900, directed=()):
    rng = np.random.default_rng(seed)
    places = pd.DataFrame({"place": [f"p{i}" for i in range(30)]})
    places["lon"], places["lat"] = rng.uniform(0, 20, 30), rng.uniform(40, 60, 30)
    nodes = pd.DataFrame({"node": [f"n{i}" for i in range(n)]})
    nodes["kind"] = rng.choice(["firm", "park", "talent"], n)
    nodes["place"] = rng.choice(places["place"], n)
    source, target = nodes["node"].to_numpy()[rng.integers(0, n, (2, m))]
    links = pd.DataFrame({"source": source, "target": target, "layer": rng.choice(["x", "y"], m)})
    links["weight"] = rng.lognormal(size=m)
    return ni.build_network(nodes, links, places, directed=directed)


def lengths(network, layer):
    where = network.nodes.join(network.places[["lon", "lat"]], on="place")
    ends = [pair for pair in pairs(network, layer) if pair[0] != pair[1]]
    one, two = (where.loc[list(side), ["lon", "lat"]] for side in zip(*ends, strict=True))
    return great_circle(one.to_numpy().T, two.to_numpy().T)


@given(networks(), st.sampled_from([("degree",), ("kind",), ("place",), ("kind", "place")]))
def test_degrees_weights_classes_and_self_links_stay(tables, preserve):
    network = ni.build_network(*tables)
    rewired = rewire(network, preserve=preserve, rng=1)
    assert rewired.layers == network.layers
    assert rewired.directed == network.directed
    assert rewired.nodes.equals(network.nodes)
    for direction in ("in", "out"):
        before = ni.centrality.degree(network, direction=direction)
        pd.testing.assert_frame_equal(ni.centrality.degree(rewired, direction=direction), before)
    for layer in network.layers:
        old, new = network.adjacency(layer), rewired.adjacency(layer)
        np.testing.assert_array_equal(old.diagonal(), new.diagonal())
        np.testing.assert_array_equal(np.sort(old.data), np.sort(new.data))
        both = network.select(layers=[layer])
        summed = both.replace_links(both.links.drop(columns="period", errors="ignore"))
        for column in set(preserve) - {"degree"}:
            found = mixing_counts(rewired, layer, column)
            assert found == mixing_counts(summed, layer, column)


@pytest.mark.parametrize("directed", [(), ("x",)])
def test_links_in_each_bin_stay(directed):
    network = city_network(directed=directed)
    edges = [0.0, 100.0, 500.0, 1000.0]
    rewired = rewire(network, preserve=("distance",), bins=edges, rng=2)

    def counts(of, layer):
        km = lengths(of, layer)
        inside = np.histogram(km, edges)[0].tolist()
        return [*inside, km.size - sum(inside)]

    for layer in network.layers:
        assert counts(rewired, layer) == counts(network, layer)
        assert set(pairs(rewired, layer)) != set(pairs(network, layer))


def test_default_bins_are_deciles_and_all_links_of_one_length_are_one_bin():
    places = pd.DataFrame({"place": ["p", "q"], "lon": [0.0, 10.0], "lat": 0.0})
    ids = [f"n{i}" for i in range(8)]
    nodes = pd.DataFrame({"node": ids, "place": ["p"] * 4 + ["q"] * 4})
    links = pd.DataFrame({"source": ids[:4], "target": ids[4:]})
    network = ni.build_network(nodes, links, places)
    rewired = rewire(network, preserve=("distance",), rng=3)
    assert not rewired.equals(network)
    place = nodes.set_index("node")["place"]
    assert all(place[a] != place[b] for a, b in pairs(rewired, "links"))


def test_all_pairs_of_places_whose_distance_is_unknown_are_counted_whether_linked_or_not():
    # A path from A to E: the table knows its four links, and none of the other six pairs.
    places = list("ABCDE")
    path = pd.DataFrame({"source": places[:-1], "target": places[1:]})
    nodes = pd.DataFrame({"node": places, "place": places})
    table = pd.DataFrame({"origin": places[:-1], "destination": places[1:], "distance": 1.0})
    options = {"distances": table, "distance_unit": "min"}
    undirected = ni.build_network(nodes, path, pd.DataFrame({"place": places}), **options)
    for bins in (None, [0, 5]):
        with pytest.raises(InputError, match="6 are unknown: A - C, A - D, A - E, B - D, B - E"):
            rewire(undirected, preserve=("distance",), bins=bins, rng=1)
    # From A, B, C and D to B, C, D and E lead 16 pairs: 3 inside a place, 4 in the table.
    arrows = ni.build_network(
        nodes, path, pd.DataFrame({"place": places}), directed=["links"], **options
    )
    with pytest.raises(InputError, match="9 are unknown"):
        rewire(arrows, preserve=("distance",), rng=1)
    bare = ni.build_network(nodes, path, pd.DataFrame({"place": places, "lon": 0.0, "lat": np.nan}))
    with pytest.raises(InputError, match=r"5 have none, e\.g\. 'A'"):
        rewire(bare, preserve=("distance",), bins=[0, 5], rng=1)


@pytest.mark.slow
def test_expected_distance_keeps_the_mean_of_a_larger_network():
    network = city_network(n=200, m=600)
    edges = np.array([0.0, 300.0, 800.0, 3000.0])

    def counts(of):
        return np.histogram(lengths(of, "x"), edges)[0]

    rng, null = np.random.default_rng(4), Rewire(["distance_expected"], layers=["x"], bins=edges)
    ready = prepared_null(null, network, rng)
    drawn = np.array([counts(ready.draw(rng)) for _ in range(60)])
    error = drawn.std(axis=0, ddof=1) / np.sqrt(len(drawn))
    assert (np.abs(drawn.mean(axis=0) - counts(network)) < 4 * error + 1.5).all()
    assert drawn.std(axis=0).min() > 1  # the constraint is soft


@pytest.mark.slow
def test_strengths_come_back():
    network = city_network(n=100, m=900, directed=("y",))
    loose, tight = rewire(network, rng=5), rewire(network, preserve=("strength",), rng=5)
    for direction in ("in", "out"):
        goal = ni.centrality.strength(network, direction=direction)
        for layer in network.layers:
            errors = [
                (ni.centrality.strength(of, direction=direction) - goal)[layer].abs().sum()
                / goal[layer].sum()
                for of in (loose, tight)
            ]
            assert errors[1] < min(0.1, errors[0] / 3)
            old, new = (np.sort(of.adjacency(layer).data) for of in (network, tight))
            np.testing.assert_array_equal(old, new)


PATH, CYCLE = [(0, 1), (1, 2), (2, 3)], [(0, 1), (1, 2), (2, 0)]
# With these kinds a pair of classes has three links, and another has two.
JOINED = [(0, 2), (1, 3), (1, 2), (2, 4), (3, 5)]
ONE_ZONE = [0.0, 30_000.0]


def weighted(links, kinds="", *, directed=False):
    nodes = pd.DataFrame({"node": [f"n{i}" for i in range(1 + max(map(max, links)))]})
    nodes["kind"] = list(kinds) or None
    nodes["place"] = nodes["node"]
    table = pd.DataFrame(links, columns=["source", "target"]).map("n{}".format)
    table["weight"] = np.arange(1.0, len(links) + 1)
    places = nodes[["place"]].assign(lon=np.arange(len(nodes)), lat=0.0)
    return ni.build_network(nodes, table, places, directed=["links"] if directed else ())


def weighted_graphs(links, graphs, label):
    """Each way to deal the weights 1, 2, ... over each graph, those of a label over its own."""
    weights = range(1, len(links) + 1)

    def dealt(graph, order):
        return Counter((label(link), weight) for link, weight in zip(graph, order, strict=True))

    return {
        frozenset(zip(graph, order, strict=True))
        for graph in graphs
        for order in permutations(weights)
        if dealt(graph, order) == dealt(links, weights)
    }


@pytest.mark.parametrize(
    ("links", "kinds", "options", "directed", "number"),
    [
        (PATH, "", {}, False, 2 * 6),
        (PATH, "", {"trials": 0}, False, 6),
        (PATH, "", {"preserve": ("distance",), "bins": ONE_ZONE}, False, 2 * 6),
        (CYCLE, "", {"trials": 60}, True, 2 * 6),
        # If 0 is linked to 2, two ways remain to link 4 and 5 to 2 and 3; if to 3, one.
        (JOINED, "AABBCC", {"preserve": ("kind",)}, False, 3 * 6 * 2),
        (JOINED, "AABBCC", {"preserve": ("kind",), "trials": 0}, False, 6 * 2),
        ([(2, 0), *JOINED[1:]], "AABBCC", {"preserve": ("kind",), "trials": 60}, True, 3 * 2 * 2),
    ],
)
def test_every_graph_with_every_dealing_of_its_weights_is_equally_likely(
    links, kinds, options, directed, number
):
    network = weighted(links, kinds, directed=directed)
    label = mixing_label(kinds or "A" * network.n_nodes, directed)
    graphs = graphs_alike(network.n_nodes, links, directed=directed, label=label)
    graphs = [links] if options.get("trials") == 0 else map(sorted, graphs)
    possible = weighted_graphs(links, graphs, label)
    assert len(possible) == number
    rng = np.random.default_rng(11)
    ready = prepared_null(Rewire(**{"trials": 20} | options), network, rng)
    chain = ready.chains["links"]
    drawn = Counter()
    for words in seed_words(rng, 20 * len(possible)):
        state = chain.advance(chain.start, round(ready.trials * chain.size), words)
        ends = np.column_stack(state.links[:2])
        ends = ends if directed else np.sort(ends, axis=1)
        links_of = map(tuple, ends.tolist())
        drawn[frozenset(zip(links_of, state.weight.astype(int).tolist(), strict=True))] += 1
    assert_uniform(drawn, possible)


def test_weights_are_mixed_where_links_hardly_move():
    # All pairs but one are linked: few exchanges are possible, and weights are dealt all the same.
    links = [*combinations(range(12), 2)][1:]
    network = weighted(links)
    after = rewire(network, rng=1)
    both = network.links.merge(after.links, on=["source", "target"])
    assert len(both) > 60
    assert abs(both["weight_x"].corr(both["weight_y"])) < 0.4  # 3 standard errors
    assert sorted(after.links["weight"]) == sorted(network.links["weight"])


def test_strengths_that_are_preserved_leave_no_weights_to_deal():
    network = city_network(n=100, m=900, directed=("y",))
    assert rewire(network, preserve=("strength",), trials=0, rng=5).equals(network)


def test_the_same_rng_gives_the_same_network_whatever_the_threads(monkeypatch):
    network = city_network()
    first = rewire(network, rng=7)
    monkeypatch.setattr("netinnov._runtime.threads._WORTH_THREADS", 1)
    assert rewire(network, rng=7).equals(first)
    assert not rewire(network, rng=8).equals(first)
    assert rewire(pickle.loads(pickle.dumps(network)), rng=7).equals(first)


@pytest.mark.slow
def test_layers_move_by_themselves():
    # A square is one of three with its degrees; in two layers all nine pairs are equally likely.
    square = pd.DataFrame({"source": list("abca"), "target": list("bcdd")})
    links = pd.concat([square.assign(layer=layer) for layer in "xy"])
    network = ni.build_network(pd.DataFrame(index=list("abcd")), links)
    rng = np.random.default_rng(6)
    table = [rewire(network, rng=rng).links for _ in range(270)]
    of_a = [links[links["source"] == "a"].groupby("layer")["target"] for links in table]
    drawn = Counter(tuple("".join(sorted(ends)) for _, ends in layers) for layers in of_a)
    assert len(drawn) == 9
    assert stats.chisquare([*drawn.values()]).pvalue > 1e-3


def test_other_layers_keep_their_periods_and_attributes():
    links = pd.DataFrame({"source": list("aabb"), "target": list("bcdd"), "layer": list("xxyy")})
    links["period"], links["note"] = [1, 2, 1, 2], list("mnop")
    network = ni.build_network(pd.DataFrame(index=list("abcd")), links)
    table = rewire(network, layers=["x"], rng=9).links
    kept = table[table["layer"] == "y"]
    assert kept[["period", "note"]].to_numpy().tolist() == [[1, "o"], [2, "p"]]
    assert table.loc[table["layer"] == "x", "period"].isna().all()
    assert "period" not in rewire(network, rng=9).links


def test_no_trials_and_no_links_change_nothing():
    network = city_network()
    network = network.replace_links(network.links.assign(weight=2.0))
    assert rewire(network, trials=0, rng=1).equals(network)
    empty = network.select(nodes=["n0"])
    assert rewire(empty, rng=1).n_links == empty.n_links


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"preserve": ("degrees",)}, "sequence of 'degree', 'kind'"),
        ({"preserve": "kind"}, "must be a sequence"),
        ({"preserve": ("distance", "distance_expected")}, "not both"),
        ({"bins": [0, 1]}, "read only if"),
        ({"preserve": ("distance",), "bins": [3, 1]}, "rising edges"),
        ({"layers": ["z"]}, "not in the network"),
        ({"trials": -1}, "`trials` must be"),
    ],
)
def test_wrong_options_say_what_is_right(options, words):
    with pytest.raises(InputError, match=words):
        rewire(city_network(), **options)

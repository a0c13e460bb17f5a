"""Centres by each rule on small networks worked by hand, their support, and real flows."""

import re
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from pandas.testing import assert_frame_equal

import netinnov as ni
from netinnov.errors import InputError
from netinnov.experiments import ResampledLinks
from strategies import bare, counted, networks

# As few random networks as can decide whether communities are by chance.
resampled = ResampledLinks()
detect_centres = partial(ni.polycentricity.detect_centres, replicates=19)

# Two groups around a and x, joined by a weak link. Strengths: a 26, b 10, c 8, d 8, e 1;
# x 26, y 10, z 8, w 8, v 1.
TWO = {
    "t": [*[("a", "b", 9.0), ("a", "c", 8.0), ("a", "d", 7.0), ("b", "d", 1.0)], *[("x", "y", 9.0),
     ("x", "z", 8.0), ("x", "w", 7.0), ("y", "w", 1.0)], *[("a", "x", 2.0), ("e", "v", 1.0)]],
}  # fmt: skip


def network(layers, nodes, **more):
    return counted(layers, nodes, **more)


@pytest.fixture(scope="module")
def two():
    return network(TWO, "abcdexyzwvo")


def centres(found):
    return found.index[found["centre"]].tolist()


def test_the_table(two):
    found = detect_centres(two, resamples=5, rng=1)
    columns = ["centre", "centrality", "community", "role", "support", "rule"]
    assert found.columns.tolist() == columns
    # Centres first, and the strongest of them; ties in node order.
    assert found.index.tolist() == list("axbycdzwevo")
    assert found["centrality"].tolist() == [26, 26, 10, 10, 8, 8, 8, 8, 1, 1, 0]
    assert found["community"].isna().tolist() == [False] * 10 + [True]
    assert found["role"].isna().tolist() == [False] * 10 + [True]
    assert found["support"].between(0, 1).all()
    assert not found.loc["o", "centre"]


def test_no_half_of_a_pair_is_a_hub():
    # The pair e, v has 11 each of the 122 of all strength, more than b and c; e has a third link
    # that is weak, so it is the stronger half, but its community has two places only.
    strong = [*TWO["t"][:-1], ("e", "v", 10.0), ("e", "a", 0.5)]
    found = detect_centres(network({"t": strong}, "abcdexyzwv"), null=None, resamples=0, rng=1)
    labels = found["community"]
    assert (labels == labels["e"]).sum() == 2
    assert found.loc["e", "centrality"] > found.loc["v", "centrality"] > 9
    assert centres(found) == ["a", "x"]


def test_hubs_hold_a_least_share_of_all_strength():
    # A chain u - v - w of weight 1 beside the two groups of 51 each: v has 2 of 106 = 1.9 %.
    chain = [*TWO["t"][:-1], ("u", "v", 1.0), ("v", "w2", 1.0)]
    nodes = [*"abcdxyzwuv", "w2"]
    found = network({"t": chain}, nodes)
    options = {"null": None, "resamples": 0, "rng": 1}
    table = detect_centres(found, **options)
    assert table["centrality"].sum() == 108
    assert table.loc["v", "centrality"] == 2
    assert centres(table) == ["a", "x"]
    assert centres(detect_centres(found, minimum_share=2 / 108, **options)) == ["a", "x", "v"]
    assert centres(detect_centres(found, minimum_share=0.0186, **options)) == ["a", "x"]
    # Places without strength are not counted among those of which there are many.
    many = network({"t": chain}, [*nodes, *map(str, range(400))])
    assert centres(detect_centres(many, **options)) == ["a", "x"]
    # The groups hold 26 of 108 = 24 % each.
    assert centres(detect_centres(found, minimum_share=0.25, **options)) == []
    # Other rules have no least share.
    assert centres(detect_centres(found, rule="top", share=1.0, minimum_share=1, **options))


def test_the_least_share_of_a_hub_falls_with_the_number_of_places():
    # Thirty stars of eight places: a hub holds 7 of 420 = 1.7 %, above 2 / 240 = 0.8 %.
    hubs = [f"h{star}" for star in range(30)]
    links = [(hub, f"{hub}-{leaf}", 1.0) for hub in hubs for leaf in range(7)]
    found = network({"t": links}, dict.fromkeys(end for link in links for end in link[:2]))
    options = {"null": None, "resamples": 0, "restarts": 2, "rng": 1}
    assert centres(detect_centres(found, **options)) == hubs
    assert centres(detect_centres(found, minimum_share=0.02, **options)) == []


def test_top_takes_a_share_of_the_places_with_flow(two):
    assert centres(detect_centres(two, rule="top", share=0.2, resamples=0)) == ["a", "x"]
    assert centres(detect_centres(two, rule="top", share=0.21, resamples=0)) == ["a", "x", "b"]
    everybody = detect_centres(two, rule="top", share=1.0, resamples=0)
    assert sorted(centres(everybody)) == sorted("abcdexyzwv")


def test_head_tail_is_above_the_mean():
    star = [("a", leaf, weight) for leaf, weight in zip("bcdefg", [20, 8, 2, 1, 1, 1], strict=True)]
    found = network({"t": star}, "abcdefg")
    # Strengths 33, 20, 8, 2, 1, 1, 1: mean 9.43; above it 33 and 20, mean 26.5.
    assert centres(detect_centres(found, rule="head_tail", resamples=0)) == ["a", "b"]
    # All equal: nobody is above the mean.
    equal = network({"t": [("a", "b"), ("c", "d")]}, "abcd")
    assert centres(detect_centres(equal, rule="head_tail", resamples=0)) == []


def test_z_of_a_star():
    # Inside one community: the hub of n leaves has z = sqrt(n), since the leaves are all alike.
    for n, hub in ((6, []), (7, ["h"])):
        star = network(
            {"t": [("h", f"l{i}") for i in range(n)]}, ["h", *[f"l{i}" for i in range(n)]]
        )
        found = detect_centres(star, rule="z", resolution=0.0, resamples=0)
        assert centres(found) == hub


def test_dominant_flows_of_nystuen_and_dacey():
    # Largest flows: a to b (smaller), b to a (larger), c to a, d to b; so a is independent and
    # is followed. e sends most to f, its only partner, and f is the smaller: e is a centre, too.
    rows = [("a", "b", 5.0), ("b", "a", 4.0), ("c", "a", 3.0), ("d", "b", 2.0), ("e", "f", 2.0)]
    found = network({"t": [*rows, ("f", "e", 1.0)]}, "abcdefg", directed="t")
    assert centres(detect_centres(found, rule="dominant_flow", resamples=0)) == ["a", "e"]


@pytest.mark.parametrize("rule", ["hubs", "top", "head_tail", "core", "z", "dominant_flow"])
def test_no_links_no_centres(rule):
    links = pd.DataFrame(columns=["source", "target"])
    empty = ni.build_network(pd.DataFrame(index=["a", "b"]), links)
    found = detect_centres(empty, rule=rule, resamples=3, rng=1)
    assert not found["centre"].any()
    assert found["community"].isna().all()
    loops = network({"t": [("a", "a")]}, "ab")
    assert not detect_centres(loops, rule=rule, resamples=3, rng=1)["centre"].any()


@pytest.mark.slow
@given(networks(periods=False))
def test_centres_have_flow_and_every_rule_works(tables):
    found = ni.build_network(*tables)
    for rule in ("hubs", "top", "head_tail", "core", "z", "dominant_flow"):
        table = detect_centres(found, rule=rule, resamples=0, restarts=1, rng=1)
        assert (table.loc[table["centre"], "centrality"] > 0).all()


@pytest.mark.slow
def test_support_is_the_share_of_draws():
    # Counts 6 and 3 of two separate pairs; the first pair leads where its Poisson draw is larger
    # or, by node order, equal: P(X >= Y) by summation.
    from scipy import stats

    found = network({"t": [("a", "b", 6.0), ("c", "d", 3.0)]}, "abcd")
    table = detect_centres(found, rule="top", share=0.25, resamples=400, rng=1, executor=1)
    k = np.arange(60)
    x, y = stats.poisson.pmf(k, 6), stats.poisson.pmf(k, 3)
    leads = (x * np.cumsum(y)).sum() - x[0] * y[0]  # nobody is a centre without flow
    assert table.loc["a", "support"] == pytest.approx(leads, abs=0.05)


def seen(network, events):
    """The network with a known number of events behind each layer."""
    records = network.layer_table.assign(events=events)
    return ni.build_network(network.nodes, network.links, network.places, layers=records)


def test_a_resampling_of_the_user(two):
    def without_weak(network, rng):
        return network.replace_links(network.links[network.links["weight"] > 1])

    found = detect_centres(two, null=None, resamples=4, resample=without_weak, rng=1)
    assert found.loc["e", "support"] == 0
    assert found.loc["a", "support"] == found.loc["x", "support"] == 1


def test_draws_of_a_given_number_of_events():
    # 8 units of weight stand for 800 events: each of 6 has 600, sd sqrt(600), in units of 1/100.
    ids = [f"n{i}" for i in range(2001)]
    rows = [*((i, j, 6.0) for i, j in pairwise(ids)), ("x", "y", 4000.0)]
    found = network({"t": rows}, [*ids, "x", "y"])
    links = resampled(seen(found, 800 * 2000), np.random.default_rng(1)).links
    draws = links.loc[links["source"] != "x", "weight"]
    assert np.mean(draws) == pytest.approx(6, abs=0.03)
    assert np.std(draws) == pytest.approx(np.sqrt(600) / 100, rel=0.06)


def test_draws_of_shares_keep_the_sum_of_each_origin():
    rows = [("a", "b", 60.0), ("a", "c", 40.0), ("b", "a", 90.0), ("c", "c", 5.0)]
    layer = "x"
    records = {layer: {"quantity": "share_of_origin"}}
    found = ni.build_network(*bare({layer: rows}, "abc", directed=[layer]), records)
    rng = np.random.default_rng(1)
    known = seen(found, 50)
    draws = [resampled(known, rng).adjacency(layer).toarray() for _ in range(500)]
    assert np.allclose([draw.sum(axis=1) for draw in draws], [100, 90, 5])
    # Binomial: 50 x 0.6 x 0.4 events of 2 % each.
    assert np.var([draw[0, 1] for draw in draws]) == pytest.approx(12 * 4, rel=0.2)
    with pytest.raises(InputError, match="are not whole numbers, so that nobody knows how many"):
        resampled(found, rng)


def test_periods_are_summed_before_the_draw():
    links = pd.DataFrame({"source": "a", "target": "b", "weight": 5000.0, "period": [2019, 2020]})
    records = {"links": {"unit": "trips"}}
    found = ni.build_network(pd.DataFrame(index=["a", "b"]), links, layers=records)
    drawn = resampled(found, np.random.default_rng(1)).links
    assert len(drawn) == 1
    assert drawn["weight"].iloc[0] == pytest.approx(10_000, rel=0.05)


def test_the_same_rng_gives_the_same_table_with_any_executor(two):
    options = {"resamples": 8, "restarts": 1, "rng": 7}
    one = detect_centres(two, executor=1, **options)
    assert_frame_equal(one, detect_centres(two, executor=2, **options))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"null": "degree"}, "`null` must be a null model"),
        ({"resample": lambda network, rng: 5}, "`resample` must return a MultilayerNetwork"),
        ({"resample": lambda n, rng: n.select(nodes=["a"])}, "the same nodes in the same order"),
    ],
)
def test_bad_options(two, options, words):
    with pytest.raises(InputError, match=words):
        detect_centres(two, **({"resamples": 2} | options))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("weight", "unit", "why"),
    [
        (2.0, "trips", None),
        (2.0, "co-authored papers", None),
        (2.0, "人次", None),
        (2.5, "trips", "the weights of layer 't' are not whole numbers"),
        (2.0, None, "nothing says what the weights of layer 't' count"),
        (2.0, "points", "the unit of layer 't', 'points', is not one of events"),
        (2.0, "rating (0-5)", "is not one of events"),
        (2.0, "万元", "is not one of events"),
        (2.0, "passengers per day", "is not one of events"),
    ],
)
def test_scores_money_and_shares_are_no_events(weight, unit, why):
    record = {} if unit is None else {"unit": unit}
    tables = bare({"t": [("a", "b", weight), ("b", "c", 4.0)]}, "abc")
    network = ni.build_network(*tables, {"t": record})
    options = {"rng": 1, "resamples": 9, "progress": False}
    assert detect_centres(network, **options)["support"].notna().all() == (why is None)
    if why is not None and unit is not None:
        with pytest.raises(InputError, match=re.escape(why)):
            resampled(network, np.random.default_rng(1))
    if why is not None:  # whoever knows how many there are says so
        assert detect_centres(seen(network, 40), **options)["support"].notna().all()

"""Profiles and sensitivity: values of the single functions, intervals, nulls, leave-one-out."""

import math
from functools import cache

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov import polycentricity as pc
from netinnov.errors import InputError
from netinnov.network import with_rows
from netinnov.polycentricity import detect_centres, profile, sensitivity
from strategies import bare, counted, great_circle

PLACES = pd.DataFrame(
    {
        "place": list("abcdef"),
        "lon": [0.0, 1.0, 2.0, 0.0, 1.0, 5.0],
        "lat": [0.0, 0.0, 0.5, 1.0, 2.0, 2.0],
        "population": [90.0, 50.0, 30.0, 20.0, 10.0, 5.0],
    }
)
ROWS = [
    *[("a", "b", 30.0), ("b", "a", 20.0), ("a", "c", 12.0), ("c", "a", 9.0), ("b", "c", 8.0)],
    *[("d", "a", 6.0), ("e", "d", 5.0), ("d", "e", 4.0), ("e", "f", 2.0), ("f", "a", 3.0)],
]


@pytest.fixture(scope="module")
def region():
    where = {"place": list("abcdef"), "places": PLACES}
    return counted({"trips": ROWS}, "abcdef", directed=["trips"], **where)


def kilometres(network):
    points = network.places[["lon", "lat"]].to_numpy()
    return great_circle(points[:, None].T, points[None].T).T


def shuffled(network, rng):
    """Weights permuted over the links."""
    rows = network.storage.link_rows()
    return with_rows(network, rows._replace(weight=rng.permutation(rows.weight)))


def test_values_are_those_of_the_functions(region):
    found = profile(region, resamples=0, null=None, leave_one_out=False, rng=1)["value"]
    strength = ni.centrality.overlapping_strength(region)
    flow = pc.link_symmetry(region)
    one_way = region.adjacency("trips").toarray()
    both = pd.DataFrame(one_way + one_way.T, region.nodes.index, region.nodes.index)
    pair_flow = [both.loc[i, j] for i, j in flow.index]
    core = pc.core_periphery(region)
    centres = detect_centres(region, resamples=0, rng=1)
    expected = {
        "rank_size": pc.rank_size(strength).slope,
        "rank_size_top": pc.rank_size(strength, top=(2, 3, 4)).slope,
        "primacy": pc.primacy(strength),
        "dominance_index": pc.dominance_index(region).max(),
        "gini": pc.gini(strength),
        "herfindahl": pc.herfindahl(strength),
        "theil": pc.theil(strength),
        "effective_number": pc.effective_number(strength),
        "entropy_index_nodes": pc.entropy_index(region, of="nodes"),
        "green": pc.green(strength),
        "urban_centrality_index": pc.urban_centrality_index(strength, kilometres(region)),
        "functional": pc.functional(region),
        "functional_weighted": pc.functional(region, weighted=True),
        "entropy_index": pc.entropy_index(region),
        "link_symmetry": np.average(flow, weights=pair_flow),
        "node_symmetry": np.average(pc.node_symmetry(region).abs(), weights=strength),
        "core_periphery": core.quality,
        "core_share": core.coreness.mean(),
        "n_centres": centres["centre"].sum(),
    }
    assert list(expected) == found.index.tolist()
    assert found.to_dict() == pytest.approx(expected)


def test_sizes_are_morphology(region):
    options = {"resamples": 3, "null": shuffled, "replicates": 3, "restarts": 1, "rng": 1}
    sizes = pd.Series([90, 50, 30, 20, 10, 5], list("abcdef"))
    found = profile(region, sizes=sizes[::-1], **options)
    assert found.loc["size_rank_size", "value"] == pc.rank_size(sizes).slope
    assert found.loc["size_gini", "value"] == pc.gini(sizes)
    expected = pc.urban_centrality_index(sizes.to_numpy(), kilometres(region))
    assert found.loc["size_urban_centrality_index", "value"] == pytest.approx(expected)
    # Sizes are no flows: nothing to draw again.
    of_size = found[found["of"] == "size"]
    assert of_size[["low", "high", "null_mean", "p"]].isna().all(axis=None)
    without = [pc.gini(sizes.drop(place)) for place in "abcdef"]
    ends = of_size.loc["size_gini", ["low_without_one", "high_without_one"]].tolist()
    assert ends == pytest.approx([min(without), max(without)])
    for wrong in (sizes[:3], sizes - 7, sizes.mask(sizes < 9), {"a": 1}):
        with pytest.raises(InputError, match=r"`sizes` must|values must be finite"):
            profile(region, sizes=wrong, null=None)


@pytest.mark.slow
def test_shares_of_origins_leave_out_what_needs_outflows():
    layer = "x"
    rows = [("a", "b", 60.0), ("a", "c", 40.0), ("b", "a", 99.5), ("c", "a", 100.0)]
    records = {layer: {"quantity": "share_of_origin"}}
    shares = ni.build_network(*bare({layer: rows}, "abc", directed=[layer]), records)
    with pytest.raises(InputError, match="shares of each origin's total"):
        profile(shares)
    found = profile(shares, direction="in", null=None, rng=1)
    assert found.loc[["entropy_index", "link_symmetry", "node_symmetry"], "value"].isna().all()
    assert found.loc["green", "value"] == pytest.approx(pc.green([199.5, 60, 40]))
    assert found["low"].isna().all()  # no number of events
    records[layer]["events"] = 50
    known = ni.build_network(*bare({layer: rows}, "abc", directed=[layer]), records)
    counted = profile(known, direction="in", null=None, resamples=9, rng=1)
    assert counted.loc["green", "low"] > 0


def test_a_network_without_links_is_nan():
    empty = counted({"x": [("a", "a")]}, "abc")
    found = profile(empty, resamples=2, null=None, rng=1)
    assert found.drop(index="n_centres")["value"].isna().all()
    assert found.loc["n_centres", "value"] == 0


@pytest.mark.slow
def test_the_interval_of_a_share_of_two():
    # Two separate pairs with 600 and 400 events; primacy is half of the larger share. Its sd is
    # sqrt(0.6 x 0.4 / 1000) / 2 = 0.0077, and 1.96 of them lie on each side.
    pairs = counted({"x": [("a", "b", 600.0), ("c", "d", 400.0)]}, "abcd")
    found = profile(pairs, indices=["primacy"], resamples=500, null=None, rng=1, executor=1)
    half = 1.96 * math.sqrt(0.24 / 1000) / 2
    assert found.loc["primacy", "value"] == pytest.approx(0.3)
    assert found.loc["primacy", "high"] - 0.3 == pytest.approx(half, rel=0.15)
    assert 0.3 - found.loc["primacy", "low"] == pytest.approx(half, rel=0.15)
    assert abs(found.loc["primacy", "bias"]) < 0.001


def test_thinned_links_show_as_bias():
    # Every link of weight 1 is lost in a share 1/e of the draws, and the density with it.
    complete = [(a, b) for a in "abcdefgh" for b in "abcdefgh" if a < b]
    found = profile(
        counted({"x": complete}, "abcdefgh"),
        indices=["functional"],
        resamples=100,
        null=None,
        rng=1,
    )
    assert found.loc["functional", "value"] == 1
    assert found.loc["functional", "bias"] < -1 / math.e


def test_leaving_out_one_place_by_hand(region):
    names = ["gini", "functional", "core_periphery", "urban_centrality_index"]
    found = profile(region, indices=names, resamples=0, null=None, rng=1)
    by_place = {}
    for place in "abcdef":
        rest = region.select(nodes=[node for node in "abcdef" if node != place])
        strength = ni.centrality.overlapping_strength(rest)
        kept = region.places.index != place
        km = kilometres(region)[np.ix_(kept, kept)]
        by_place[place] = {
            "gini": pc.gini(strength),
            "functional": pc.functional(rest),
            "core_periphery": pc.core_periphery(rest).quality,
            "urban_centrality_index": pc.urban_centrality_index(strength, km),
        }
    table = pd.DataFrame(by_place).T
    assert found["low_without_one"].to_dict() == pytest.approx(table.min().to_dict())
    assert found["high_without_one"].to_dict() == pytest.approx(table.max().to_dict())
    most = (table - found["value"]).abs().idxmax()
    assert found["most_influential"].to_dict() == most.to_dict()


PAIRS = {
    ends: counted({"x": [(*ends[:2], 1.0), (*ends[2:], 1.0)]}, "abcd") for ends in ("abcd", "acbd")
}


@cache
def two_pairs(value, ends="abcd"):
    """Two linked pairs, whose primacy is 0.25 + 0.02 `value`; no links if that is NaN."""
    network, weight = PAIRS[ends], 0.5 + 0.04 * value
    links = network.links.assign(weight=[weight, 1 - weight])
    return network.replace_links(links[links["weight"] > 0])


def position(value, draws):
    """Where the primacy lies among those of random networks."""
    drawn = (two_pairs(each, "acbd") for each in draws)
    options = {"resamples": 0, "leave_one_out": False, "executor": 1, "progress": False}
    options |= {"null": lambda *_: next(drawn), "replicates": len(draws)}
    return profile(two_pairs(value), indices=["primacy"], rng=1, **options).loc["primacy"]


def test_position_among_draws():
    draws = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9])
    # As high as 9 of 9: 2 (0 + 1) / 10 from above; sd of 1..9 with ddof 1 is sqrt 7.5.
    found = position(10.0, draws)
    assert found.p == pytest.approx(0.2)
    assert found.z == pytest.approx(5 / math.sqrt(7.5))
    ends = [(each - 0.25) / 0.02 for each in (found.null_low, found.null_mean, found.null_high)]
    assert ends == pytest.approx([1.2, 5, 8.8])
    assert position(5.0, draws).p == 1
    assert position(1.0, draws).p == pytest.approx(2 * 2 / 10)
    # Rounding is no difference, nor is the noise of sums in another order, whose sd is above 1e-12
    # of the mean.
    noise = 1e-9 * np.array([1.0, -1, 1, -1, 1, -1, 1, -1, 2])
    for fixed in (position(0.3, np.full(9, 0.1 + 0.2)), position(5 + 2.5e-9, 5 + noise)):
        assert fixed[["z", "p"]].isna().all()
        assert fixed.untested == "all random networks have the observed value"
    # Beyond draws that are all equal: no z, but 2 (0 + 1) / 10.
    beyond = position(4.0, np.full(9, 3.0))
    assert math.isnan(beyond.z)
    assert beyond.p == pytest.approx(0.2)
    assert pd.isna(beyond.untested)
    assert math.isnan(position(math.nan, draws).p)
    assert math.isnan(position(1.0, [1.0, math.nan]).p)


def test_what_the_null_fixes_has_no_z(region):
    options = {"resamples": 0, "leave_one_out": False, "restarts": 1, "rng": 1}
    found = profile(region, null=shuffled, replicates=30, **options)
    fixed = ["functional", "entropy_index", "core_periphery", "core_share"]
    assert found.loc[fixed, "z"].isna().all()
    assert found.loc[fixed, "p"].isna().all()
    assert (found.loc[fixed, "untested"] == "all random networks have the observed value").all()
    assert pd.isna(found.loc["gini", "untested"])
    assert found.loc["gini", "z"] != 0
    assert 0 < found.loc["gini", "p"] <= 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"indices": ["ginni"]}, r"`indices`.*did you mean 'gini'"),
        ({"null": lambda network, rng: None}, "`null` must give a MultilayerNetwork"),
        ({"null": ["degree"]}, "`null` must be a null model such as Rewire"),
    ],
)
def test_bad_options(region, options, words):
    with pytest.raises(InputError, match=words):
        profile(region, **({"resamples": 1, "replicates": 1} | options))


def test_every_specification_by_hand(region):
    names = ["gini", "functional"]
    found = sensitivity(region, rules=["all", "core"], tops=[None, 3], indices=names, rng=1)
    strength = ni.centrality.overlapping_strength(region)
    system = found[~found["index"].isin(["centre", "n_centres"])]
    system = system.set_index(["index", "rule", system["top"].fillna(0)])["value"].sort_index()
    top = strength.nlargest(3).index.tolist()
    assert system["gini", "all", 0] == pytest.approx(pc.gini(strength))
    assert system["gini", "all", 3] == pytest.approx(pc.gini(strength[top]))
    three = region.select(nodes=top)
    assert system["functional", "all", 3] == pytest.approx(pc.functional(three))
    places = found[found["index"] == "centre"]
    core = pc.core_periphery(region).coreness
    core[strength < strength[strength > 0].mean()] = 0  # less than an even share
    assert found.set_index("index").loc["n_centres", "value"] == core.sum()
    assert places["rule"].unique().tolist() == ["core"]
    assert places["value"].tolist() == core.tolist()
    assert places["agreement"].tolist() == core.tolist()  # one rule
    # A core smaller than 3 has no row for it.
    rows = found[(found["rule"] == "core") & (found["index"] == "gini")]
    assert len(rows) == 1 + (core.sum() >= 3)
    assert rows["n"].iloc[0] == core.sum()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rules": "hubs"}, r"write \['hubs'\]"),
        ({"rules": ["best"]}, "`rules`: 1 of 1 names"),
        ({"tops": [1]}, "`tops` must be a whole number at least 2; found 1"),
    ],
)
def test_bad_options_of_sensitivity(region, options, words):
    with pytest.raises(InputError, match=words):
        sensitivity(region, **options)


@pytest.mark.slow
@pytest.mark.parametrize("events", [30_000, 210])
def test_intervals_cover_the_truth(events):
    # Flows by a gravity rule among 15 places; 60 samples. With a chance of 95 % each, fewer than 51
    # of 60 intervals hold the truth once in 1,300 times, and with one of 90 % once in 10.
    rng = np.random.default_rng(0)
    ids = [f"p{k}" for k in range(15)]
    size, point = 1 / np.arange(1, 16), rng.random((15, 2))
    apart = np.sqrt(((point[:, None] - point) ** 2).sum(axis=-1)) + 0.1
    upper = np.triu_indices(15, 1)
    mean = (size[:, None] * size / apart)[upper]
    mean *= events / mean.sum()
    names = ["gini", "primacy", "theil", "effective_number", "herfindahl"]
    of_links = ["functional", "functional_weighted", "entropy_index"]

    def region(weight):
        ends = zip(*(np.take(ids, end) for end in upper), weight, strict=True)
        return counted({"x": [row for row in ends if row[2] > 0]}, ids)

    options = {"indices": [*names, *of_links], "null": None, "leave_one_out": False, "executor": 1}
    truth = profile(region(mean), resamples=0, **options)["value"]
    held = shown = pd.Series(0, [*names, *of_links])
    samples = 60 if events == 30_000 else 20
    for sample in range(samples):
        drawn = region(rng.poisson(mean).astype(float))
        found = profile(drawn, resamples=120, rng=sample, **options)
        shown = shown + found["low"].notna()
        held = held + ((found["low"] <= truth) & (truth <= found["high"]))
    if events == 30_000:
        assert shown[names].min() == 60
        assert held[names].min() >= 51
    else:
        # Without the rule on bias none would hold the truth: links of few events are lost.
        assert shown[of_links].max() <= 3
        assert (held[names] / shown[names]).min() >= 0.8

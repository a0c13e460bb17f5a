"""Event studies and differences in differences: by hand, by dense regressions, as planted."""

import sys
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import netinnov as ni
from netinnov.errors import InputError
from netinnov.linkages._residuals import poisson
from netinnov.panels import difference_in_differences, enclave_openings, event_study
from netinnov.panels._event_study import _joint_p

pytest.importorskip("pyfixest", reason="needs pyfixest, of the extra econometrics")

FIRST = 2000
OPENINGS = (2, 4, 6)


def staggered(g, e):
    """Early enclaves have the larger effect, and one that grows: what misleads two-way effects."""
    return np.where(g == 2, 0.9 + 0.1 * e, np.where(g == 4, 0.4, 0.1))


def made_up(rng, *, effect, n=16, n_periods=8, n_treated=40, noise=0.0, level=20.0, trend=0.0,
            uneven=0.6, walk=0.0):  # fmt: skip
    """Synthetic ties with effects of places in periods and of pairs; without noise exact."""
    i, j = np.triu_indices(n, 1)
    treated = rng.choice(i.size, n_treated, replace=False)
    opened = np.full(i.size, 99)
    opened[treated] = rng.choice(OPENINGS, n_treated)
    e = np.arange(n_periods) - opened[:, None]
    effects = np.where(e >= 0, effect(opened[:, None], e), 0.0)
    place = rng.normal(0, 0.5, (n, 1)) + rng.normal(0, 0.15, (n, n_periods)).cumsum(axis=1)
    pair = np.log(level) + rng.normal(0, uneven, (i.size, 1))
    mean = np.exp(pair + place[i] + place[j] + effects)
    if walk:
        mean *= np.exp(rng.normal(0, walk, mean.shape).cumsum(axis=1))
    mean *= np.exp(trend * np.where(opened < 99, 1, 0)[:, None] * np.arange(n_periods))
    y = mean
    if noise:
        y = rng.poisson(mean * rng.gamma(1 / noise**2, noise**2, mean.shape)).astype(float)
    names = np.array([f"p{k:02d}" for k in range(n)])
    row, when = np.nonzero(y > 0)
    links = pd.DataFrame({"source": names[i[row]], "target": names[j[row]], "weight": y[row, when]})
    openings = pd.DataFrame({"home": names[i], "host": names[j], "opened": FIRST + opened})
    network = ni.build_network(pd.DataFrame(index=names), links.assign(period=FIRST + when))
    truth = effects[treated][e[treated] >= 0].mean()
    times = sorted({int(value) for value in e[treated].ravel()})
    by_time = {k: effects[treated][e[treated] == k].mean() for k in times}
    return network, openings.iloc[treated].reset_index(drop=True), truth, by_time


def dense(network, openings, columns, *, effects="place_period"):
    """Coefficients of given dummies and their leave-one-pair-out variance, with all dummies.

    ``columns`` gives a number from 0 for the cell of a pair (by its names) and period, or -1.
    """
    links, names = network.links, list(network.nodes.index)
    periods = range(links["period"].min(), links["period"].max() + 1)
    rows = [(*ends, t) for ends in combinations(names, 2) for t in periods]
    table = pd.DataFrame(rows, columns=["source", "target", "period"])
    ties = links.set_index([*table])["weight"].reindex(pd.MultiIndex.from_frame(table))
    observed = ties.fillna(0.0).to_numpy()
    cell = np.array([columns(*row) for row in rows])
    pair, when = table["source"] + table["target"], table["period"].astype(str)
    fixed = pd.get_dummies(when)
    if effects == "place_period":
        ends = (pd.get_dummies(table[end] + when, dtype=float) for end in ("source", "target"))
        fixed = next(ends).add(next(ends), fill_value=0.0)
    k = cell.max() + 1
    parts = np.ones((len(table), 1)), cell[:, None] == np.arange(k), fixed, pd.get_dummies(pair)
    x = np.hstack([np.asarray(part, float) for part in parts])
    # The cells come early, so what goes are fixed effects.
    rank = [0, *(np.linalg.matrix_rank(x[:, : at + 1]) for at in range(x.shape[1]))]
    x = x[:, np.diff(rank) > 0]
    beta, _, mean, _, converged = poisson(x, observed)
    assert converged
    root = np.sqrt(mean)
    a = x * root[:, None]
    z = a @ beta + (observed - mean) / root
    moves = [
        (np.linalg.lstsq(a[pair != name], z[pair != name], rcond=1e-9)[0] - beta)[1 : k + 1]
        for name in pair.unique()
    ]
    n = len(moves)
    return beta[1 : k + 1], (n - 1) / n * (np.array(moves).T @ np.array(moves))


def linked(rows, names="abcd", **options):
    links = pd.DataFrame(rows, columns=["source", "target", "weight", "period"])
    return ni.build_network(pd.DataFrame(index=list(names)), links, **options)


def parks(*rows, columns=("home", "host", "opened")):
    return pd.DataFrame(list(rows), columns=list(columns))


TWO_BY_TWO = [
    ("a", "b", 10, 1), ("a", "b", 48, 2),
    ("a", "c", 20, 1), ("a", "c", 30, 2),
    ("b", "c", 30, 1), ("b", "c", 70, 2),
]  # fmt: skip


def test_a_ratio_of_ratios():
    # Controls together 50, then 100: twice. The pair with the enclave: 4.8 times.
    network, opening = linked(TWO_BY_TWO, "abc"), parks(("a", "b", 2))
    options = {"layer": "links", "openings": opening, "effects": "period"}
    study = event_study(network, **options)
    assert study.average.estimate == pytest.approx(np.log(4.8 / 2), abs=1e-8)
    assert study.average.factor == pytest.approx(2.4)
    assert study.to_frame()["event_time"].tolist() == [-1, 0]
    assert study.to_frame()["estimate"].tolist() == pytest.approx([0, np.log(2.4)], abs=1e-8)
    assert np.isnan(study.pre_trend_p)
    found = difference_in_differences(network, **options)
    assert found.average.estimate == pytest.approx(np.log(2.4), abs=1e-8)
    assert found.to_frame()["estimate"].tolist() == pytest.approx([np.log(2.4)], abs=1e-8)
    assert found.sample.n_controls == 2


def test_all_periods_before_are_the_base_of_differences():
    rows = [*TWO_BY_TWO, ("a", "b", 14, 0), ("a", "c", 20, 0), ("b", "c", 30, 0)]
    network, opening = linked(rows, "abc"), parks(("a", "b", 2))
    options = {"layer": "links", "openings": opening, "effects": "period"}
    # Poisson with effects of pairs and periods meets all margins of the table; the control's
    # periods 0 and 1 are alike, so the base of the pair is the mean of 14 and 10.
    found = difference_in_differences(network, **options)
    assert found.average.factor == pytest.approx((48 / 12) / (100 / 50))
    study = event_study(network, **options)
    assert np.exp(study.estimates["estimate"]).tolist() == pytest.approx([1.4, 1, 2.4])


@pytest.mark.parametrize("effects", ["place_period", "period"])
def test_dense_regressions_agree(effects):
    rng = np.random.default_rng(4)
    network, openings, *_ = made_up(rng, effect=staggered, n=7, n_periods=7, n_treated=7, noise=0.3)
    when = {frozenset((row.home, row.host)): row.opened - FIRST for row in openings.itertuples()}
    cohorts = sorted(set(when.values()))
    label = {}

    def cell(a, b, t):
        g = when.get(frozenset((a, b)))
        if g is None or g > 6 or t - FIRST == g - 1:
            return -1
        return label.setdefault((g, t - FIRST - g), len(label))

    beta, variance = dense(network, openings, cell, effects=effects)
    assert len(cohorts) > 1
    study = event_study(network, layer="links", openings=openings, effects=effects)
    cells = study.cells.set_index(["cohort", "event_time"])
    order = [label[g - FIRST, e] for g, e in cells.index]
    np.testing.assert_allclose(cells["estimate"], beta[order], atol=1e-6)
    alone = cells["n_treated"] == 1  # without its pair a cell has no estimate
    expected = np.sqrt(np.diag(variance))[order]
    np.testing.assert_allclose(cells["standard_error"][~alone], expected[~alone], rtol=1e-4)
    assert (~alone).any()


def test_ties_that_are_alike_both_ways_give_the_same_directed_or_not():
    rng = np.random.default_rng(5)
    network, openings, *_ = made_up(rng, effect=staggered, n=9, n_treated=10, noise=0.3)
    links = network.links
    back = links.rename(columns={"source": "target", "target": "source"})
    both = ni.build_network(network.nodes, pd.concat([links, back]), directed=["links"])
    one, two = (difference_in_differences(each, layer="links", openings=openings)
                for each in (network, both))  # fmt: skip
    numbers = ["estimate", "standard_error"]
    pd.testing.assert_frame_equal(one.cells[numbers], two.cells[numbers], rtol=1e-4)
    assert two.sample.n_clusters == one.sample.n_clusters
    assert two.sample.n_pairs == 9 * 8


def test_staggered_effects_are_found():
    # Ties are what is expected, without noise: the estimate must be the truth to the last digits.
    rng = np.random.default_rng(1)
    network, openings, truth, by_time = made_up(rng, effect=staggered)
    options = {"layer": "links", "openings": openings}
    study = event_study(network, **options)
    assert study.average.estimate == pytest.approx(truth, abs=1e-6)
    found = study.estimates.set_index("event_time")["estimate"]
    assert found.to_dict() == pytest.approx(by_time, abs=1e-6)
    assert difference_in_differences(network, **options).average.estimate == pytest.approx(
        truth, abs=1e-6
    )
    assert found[found.index < -1].abs().max() < 1e-6


@pytest.mark.slow
def test_intervals_cover_planted_effects():
    covered, rejected = [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        network, openings, truth, _ = made_up(rng, effect=staggered, noise=0.5)
        options = {"layer": "links", "openings": openings}
        study = event_study(network, **options)
        covered.append(study.average.low <= truth <= study.average.high)
        rejected.append(study.pre_trend_p < 0.05)
    # 95 % and 5 % of 60 within three standard errors.
    assert np.mean(covered) >= 0.866
    assert np.mean(rejected) <= 0.134


def test_estimates_before_the_opening_are_tested_by_the_largest_t():
    # Against the distribution function of the multivariate t in scipy.
    correlation = np.array([[1.0, 0.8, 0.5], [0.8, 1.0, 0.7], [0.5, 0.7, 1.0]])
    error = np.array([0.1, 0.2, 3.0])
    estimate = np.array([0.05, 0.44, -1.0])  # t = 0.5, 2.2, -0.33
    variance = correlation * np.outer(error, error)
    law = stats.multivariate_t(shape=correlation, df=12, seed=1)
    assert _joint_p(estimate, variance, 12) == pytest.approx(
        1 - law.cdf(np.full(3, 2.2), lower_limit=np.full(3, -2.2)), abs=0.006
    )
    assert np.isnan(_joint_p(estimate[:0], variance[:0, :0], 12))
    assert np.isnan(_joint_p(estimate, 0 * variance, 12))


@pytest.mark.slow
def test_a_few_strong_pairs_with_trends_of_their_own_keep_the_level():
    rejected = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        network, openings, *_ = made_up(
            rng, effect=lambda g, e: 0 * g * e, noise=0.2, uneven=2.0, walk=0.2, n_treated=30
        )
        rejected.append(event_study(network, layer="links", openings=openings).pre_trend_p < 0.05)
    assert np.mean(rejected) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 40)


def test_a_trend_before_the_opening_is_seen():
    rng = np.random.default_rng(3)
    network, openings, *_ = made_up(rng, effect=lambda g, e: 0 * g * e, noise=0.3, trend=0.25)
    study = event_study(network, layer="links", openings=openings)
    assert study.pre_trend_p < 0.001
    assert (study.estimates.loc[study.estimates["event_time"] < -1, "estimate"] < 0).all()


def test_forward_and_reverse_enclaves_are_set_against_each_other():
    rng = np.random.default_rng(6)
    network, openings, *_ = made_up(rng, effect=lambda g, e: 0 * g * e, n=12, n_treated=24)
    direction = pd.Series(["reverse", "forward"] * 12)
    links = network.links
    key = {
        frozenset((row.home, row.host)): (row.opened, kind)
        for row, kind in zip(openings.itertuples(), direction, strict=True)
    }
    for row in links.itertuples():
        opened, kind = key.get(frozenset((row.source, row.target)), (9999, ""))
        if row.period >= opened:
            links.loc[row.Index, "weight"] *= np.exp(0.8 if kind == "reverse" else 0.2)
    network = ni.build_network(network.nodes, links)
    study = event_study(
        network, layer="links", openings=openings.assign(direction=direction), by="direction"
    )
    found = study.groups["estimate"]
    assert found.to_dict() == pytest.approx(
        {"forward": 0.2, "reverse": 0.8, "forward - reverse": -0.6}, abs=1e-6
    )
    frame = study.to_frame()
    assert list(frame.columns[:2]) == ["group", "event_time"]
    after = frame[(frame["event_time"] >= 0) & (frame["group"] == "reverse")]
    assert after["estimate"].tolist() == pytest.approx([0.8] * len(after), abs=1e-6)
    counted = frame[frame["event_time"] == -1].set_index("group")["n_treated"]
    assert counted.to_dict() == {"forward": 12, "reverse": 12}


def test_who_is_in_the_sample():
    rng = np.random.default_rng(7)
    network, openings, *_ = made_up(rng, effect=staggered, n=10, n_treated=14)
    nodes = pd.concat([network.nodes, pd.DataFrame(index=["alone"])])
    network = ni.build_network(nodes, network.links)
    late = parks(("p00", "alone", 2003))  # dated, never linked
    old = openings.iloc[:2].assign(opened=FIRST - 3)
    undated = openings.iloc[2:3].assign(opened=np.nan)
    after = openings.iloc[3:4].assign(opened=FIRST + 50)
    given = pd.concat([old, undated, after, openings.iloc[4:], openings.iloc[4:6], late])
    sample = event_study(network, layer="links", openings=given).sample
    assert sample.n_pairs == 55
    assert sample.n_never_linked == 10
    assert sample.n_before == 2
    assert sample.n_undated == 1
    assert sample.n_treated == 10
    assert sample.n_controls == 45 - 2 - 1 - 10
    assert sample.n_clusters == 42


def test_the_first_of_several_enclaves_counts_and_districts_stand_for_their_city():
    rows = [(a, b, w, t) for a, b, w, t in TWO_BY_TWO]
    places = pd.DataFrame({"parent": {"a": None, "b": None, "c": None, "yuhang": "b"}})
    nodes = pd.DataFrame({"place": list("abc")}, index=list("abc"))
    links = pd.DataFrame(rows, columns=["source", "target", "weight", "period"])
    network = ni.build_network(nodes, links, places)
    given = parks(("a", "yuhang", 2), ("b", "a", 5), ("a", "a", 1))
    found = difference_in_differences(network, layer="links", openings=given, effects="period")
    assert found.average.factor == pytest.approx(2.4)


def test_cells_without_a_tie_have_no_estimate():
    rng = np.random.default_rng(8)
    network, openings, *_ = made_up(rng, effect=staggered, n=10, n_treated=14)
    links = network.links
    treated = {
        frozenset(row)
        for row in openings.loc[openings["opened"] == 2004, ["home", "host"]].to_numpy()
    }
    gone = np.array([frozenset(row) in treated for row in links[["source", "target"]].to_numpy()])
    gone &= links["period"] == 2006
    network = ni.build_network(network.nodes, links[~gone])
    with pytest.warns(UserWarning, match=r"in 1 of 21 cells all ties are 0"):
        study = event_study(network, layer="links", openings=openings)
    lost = study.cells[study.cells["estimate"].isna()]
    assert lost[["cohort", "event_time"]].to_numpy().tolist() == [[2004, 2]]
    assert study.sample.n_separated == len(treated)
    assert np.isnan(study.average.estimate)
    assert np.isnan(study.estimates.set_index("event_time").loc[2, "estimate"])
    # Another cohort's event time 3 needs nothing of it.
    assert study.estimates.set_index("event_time").loc[-3:-1, "estimate"].notna().all()


def test_names_and_order_do_not_matter():
    rng = np.random.default_rng(9)
    network, openings, *_ = made_up(rng, effect=staggered, n=9, n_treated=10, noise=0.3)
    before = event_study(network, layer="links", openings=openings)
    names = dict(zip(network.nodes.index, rng.permutation(network.nodes.index), strict=True))
    links = network.links.sample(frac=1, random_state=1)
    links[["source", "target"]] = links[["target", "source"]].map(names.get).to_numpy()
    moved = openings.sample(frac=1, random_state=2)
    moved[["home", "host"]] = moved[["host", "home"]].map(names.get).to_numpy()
    kept = moved.copy()
    after = event_study(ni.build_network(network.nodes, links), layer="links", openings=moved)
    pd.testing.assert_frame_equal(moved, kept)
    pd.testing.assert_frame_equal(before.estimates, after.estimates, rtol=1e-6, atol=1e-7)
    scaled = links.assign(weight=links["weight"] * 7)
    same = event_study(ni.build_network(network.nodes, scaled), layer="links", openings=moved)
    pd.testing.assert_frame_equal(before.estimates, same.estimates, rtol=1e-5, atol=1e-6)


def test_another_reference_leaves_differences_between_periods():
    rng = np.random.default_rng(10)
    network, openings, *_ = made_up(rng, effect=lambda g, e: 0.5 + 0 * g * e, noise=0.2)
    openings = openings.assign(opened=FIRST + 4)  # one cohort
    one = event_study(network, layer="links", openings=openings).estimates
    two = event_study(network, layer="links", openings=openings, reference=-3).estimates
    shift = one["estimate"] - two["estimate"]
    np.testing.assert_allclose(shift, shift[0], atol=1e-6)
    assert two.loc[two["event_time"] == -3, "estimate"].tolist() == [0.0]


def test_chosen_periods_count_as_one_step_each():
    rng = np.random.default_rng(11)
    network, openings, *_ = made_up(rng, effect=staggered)
    study = event_study(network, layer="links", openings=openings, periods=[2000, 2003, 2005, 2007])
    assert study.estimates["event_time"].tolist() == [-3, -2, -1, 0, 1, 2]
    assert sorted(study.cells["cohort"].unique()) == [2003, 2005, 2007]  # 2002 opens before 2003


def test_openings_of_a_network():
    nodes = pd.DataFrame(
        {
            "place": ["hangzhou", "quzhou", "quzhou", "hangzhou"],
            "jurisdiction": ["quzhou", "hangzhou", "quzhou", "quzhou"],
            "opened": [2016, 2019, 2000, None],
        },
        index=list("abcd"),
    )
    network = ni.build_network(nodes, pd.DataFrame({"source": ["a"], "target": ["b"]}))
    found = enclave_openings(network, rank=pd.Series({"hangzhou": 12.0, "quzhou": 2.0}))
    assert found["direction"].tolist() == ["reverse", "forward", "reverse"]
    assert found["opened"].tolist()[:2] == [2016, 2019]
    assert found["opened"].isna().tolist() == [False, False, True]
    network = ni.build_network(nodes.drop(columns="opened"), network.links)
    with pytest.raises(InputError, match=r"`nodes` must have the columns \['opened'\]"):
        enclave_openings(network, rank=pd.Series({"hangzhou": 1.0}))


GOOD = parks(("a", "b", 2))
KINDS = parks(("a", "b", 2, "x"), ("b", "a", 2, "y"), columns=(*GOOD.columns, "kind"))
ALL = parks(("a", "b", 2), ("a", "c", 2), ("b", "c", 2))
NONE_INSIDE = "no linked pair has an enclave that opened inside"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"openings": [1]}, "`openings` must be of the type DataFrame"),
        ({"openings": GOOD.drop(columns="opened")}, r"must have the columns \['opened'\]"),
        ({"openings": GOOD, "by": "direction"}, r"must have the columns \['direction'\]"),
        ({"openings": parks(("a", "z", 2))}, "1 values of 'host' are neither nodes .* 'z';"),
        ({"openings": parks(("a", "b", "soon"))}, "'opened' must be whole numbers"),
        ({"openings": parks(("a", "b", 2.5))}, r"found \[2.5\]"),
        ({"openings": parks(("a", "b", None))}, NONE_INSIDE),
        ({"openings": parks(("a", "a", 2))}, NONE_INSIDE),
        ({"openings": parks(("a", "b", 9))}, NONE_INSIDE),
        ({"openings": parks(("a", "b", 1))}, NONE_INSIDE),
        ({"openings": ALL}, "must be pairs without an enclave"),
        ({"openings": GOOD, "effects": "place_period"}, "cannot be told apart from the fixed"),
        ({"openings": GOOD, "reference": 0}, "must be a whole number at most -1; found 0"),
        ({"openings": GOOD, "layer": "link"}, "did you mean 'links'"),
        ({"openings": GOOD, "periods": [1]}, NONE_INSIDE),
        ({"openings": GOOD, "periods": [1, 2, 3]}, r"1 of 3 have none: \[3\]"),
        ({"openings": KINDS, "by": "kind"}, "first openings of .a. and .b. are of two values"),
        ({"openings": GOOD.assign(kind=None), "by": "kind"}, "'kind'; 1 have none: 'a' and 'b'"),
        ({"openings": GOOD, "by": ["kind"]}, r"must have the columns \[\['kind'\]\]"),
    ],
)
def test_impossible_input_is_refused(options, words):
    network = linked(TWO_BY_TWO, "abc")
    with pytest.raises(InputError, match=words):
        event_study(network, **{"layer": "links", "effects": "period", **options})


def test_panels_that_cannot_be():
    timeless = linked(TWO_BY_TWO, "abc").links.drop(columns="period")
    network = ni.build_network(pd.DataFrame(index=list("abc")), timeless)
    with pytest.raises(InputError, match="layer 'links' must have links with a period"):
        event_study(network, layer="links", openings=GOOD)
    gap = linked([*TWO_BY_TWO, ("a", "b", 1, 5)], "abc")
    with pytest.raises(InputError, match=r"2 of 5 have none: \[3, 4\]"):
        difference_in_differences(gap, layer="links", openings=GOOD)
    before = linked([row for row in TWO_BY_TWO if row[:2] != ("a", "b") or row[3] == 2], "abc")
    with pytest.raises(InputError, match="is 0 before, or after, it opens"):
        event_study(before, layer="links", openings=GOOD, effects="period")


def test_without_pyfixest_the_message_is_a_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyfixest", None)
    with pytest.raises(ImportError, match=r"pip install 'netinnov\[econometrics\]'"):
        event_study(linked(TWO_BY_TWO, "abc"), layer="links", openings=GOOD, effects="period")


def test_links_without_a_period_are_said_to_be_left_out():
    links = linked(TWO_BY_TWO, "abc").links
    more = pd.concat([links, links.iloc[:1].assign(period=pd.NA)])
    network = ni.build_network(pd.DataFrame(index=list("abc")), more)
    with pytest.warns(UserWarning, match="1 links of layer 'links' have no period"):
        found = event_study(network, layer="links", openings=GOOD, effects="period")
    assert found.average.factor == pytest.approx(2.4)

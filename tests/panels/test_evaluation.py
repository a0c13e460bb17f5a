"""Openings evaluated on places: against weights by finite differences, by hand, by simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kstest, norm

import netinnov as ni
from netinnov.centrality import harmonic_centrality
from netinnov.errors import InputError
from netinnov.manuscript import to_table
from netinnov.panels import enclave_openings, evaluate_openings, measure_panel
from netinnov.plotting import plot_event_study

PERIODS = np.arange(2001, 2008)
NEVER = np.inf


def made(seed, n=60, *, effect=0.5, cohorts=(2003, 2004, 2006)):
    rng = np.random.default_rng(seed)
    opened = rng.choice([NEVER, *cohorts], n)
    outcome = rng.normal(size=(n, 1)) + 0.2 * np.arange(PERIODS.size)
    outcome = outcome + 0.5 * rng.normal(size=(n, PERIODS.size))
    since = PERIODS - opened[:, None]
    outcome += np.where(since >= 0, effect + 0.2 * np.where(since >= 0, since, 0), 0)
    return outcome, opened


def tables(outcome, opened, **columns):
    names = [f"p{i:03}" for i in range(len(opened))]
    wide = pd.DataFrame(outcome, pd.Index(names, name="place"), PERIODS[: outcome.shape[1]])
    panel = wide.melt(ignore_index=False, var_name="period", value_name="y").reset_index()
    when = pd.Series(opened).replace(NEVER, np.nan).astype("Int64")
    return panel, pd.DataFrame({"place": names, "opened": when, **columns})


def evaluated(outcome, opened, *, columns=None, **options):
    panel, openings = tables(outcome, opened, **(columns or {}))
    return evaluate_openings(panel, outcome="y", openings=openings, **{"rng": 1} | options)


def plain_cells(outcome, opened, weight, controls, anticipation, mine=None):
    """ATT(g, t) in loops over places; a place counts as often as its weight says."""
    cells = {}
    mine = np.ones(len(opened), bool) if mine is None else mine
    for g in sorted(set(opened[mine & np.isfinite(opened)])):
        for at, t in enumerate(PERIODS[1:], 1):
            if not (g - anticipation > PERIODS).any():
                continue
            base = np.flatnonzero(g - anticipation > PERIODS)[-1] if t >= g else at - 1
            sums = {"treated": [0.0, 0.0], "control": [0.0, 0.0]}
            for i, when in enumerate(opened):
                role = None
                if when == g and mine[i]:
                    role = "treated"
                elif when != g and (
                    when == NEVER or (controls == "not_yet" and when > t + anticipation)
                ):
                    role = "control"
                if role:
                    sums[role][0] += weight[i] * (outcome[i, at] - outcome[i, base])
                    sums[role][1] += weight[i]
            (a, n), (b, m) = sums["treated"], sums["control"]
            if m:
                cells[g, t] = a / n - b / m
    return cells


def plain_sums(outcome, opened, weight, controls, anticipation, mine=None):
    """Every aggregation of the paper, by its formula."""
    cells = plain_cells(outcome, opened, weight, controls, anticipation, mine)
    mine = np.ones(len(opened), bool) if mine is None else mine
    size = {g: weight[(opened == g) & mine].sum() for g, _ in cells}

    def mean(of, by):
        return sum(x * size[k] for k, x in zip(by, of, strict=True)) / sum(size[k] for k in by)

    def part(keep):
        chosen = [key for key in cells if keep(*key)]
        return mean([cells[key] for key in chosen], [g for g, _ in chosen])

    events = sorted({t - g for g, t in cells})
    since = sorted({t for g, t in cells if t >= g})
    groups = {g: np.mean([x for (h, t), x in cells.items() if h == g and t >= g]) for g in size}
    found = {("average", 0): part(lambda g, t: t >= g)}
    found |= {("cells", key): x for key, x in cells.items()}
    found |= {("dynamic", e): part(lambda g, t, e=e: t - g == e) for e in events}
    found |= {("calendar", c): part(lambda g, t, c=c: t == c and t >= g) for c in since}
    found |= {("groups", g): x for g, x in groups.items()}
    found["overall", "dynamic"] = np.mean([found["dynamic", e] for e in events if e >= 0])
    found["overall", "calendar"] = np.mean([found["calendar", c] for c in since])
    found["overall", "groups"] = mean(list(groups.values()), list(groups))
    return found


def by_finite_differences(outcome, opened, *rules):
    """Estimates and their slopes in the weight of each place: n times it is its influence."""
    n, step = len(opened), 1e-5
    estimates = plain_sums(outcome, opened, np.ones(n), *rules)
    slopes = {key: np.empty(n) for key in estimates}
    for i in range(n):
        more, less = (
            plain_sums(outcome, opened, np.ones(n) + sign * step * (np.arange(n) == i), *rules)
            for sign in (1, -1)
        )
        for key, slope in slopes.items():
            slope[i] = (more[key] - less[key]) / (2 * step)
    return estimates, slopes


def found_sums(result, by=None):
    keys = {"cells": ["cohort", "period"], "dynamic": "event_time", "groups": "cohort"}
    values = {("average", 0): result.average.iloc[0]}
    for name, key in (keys | {"calendar": "period"}).items():
        for at, row in getattr(result, name).set_index(key).iterrows():
            values[name, at] = row
    return values | {("overall", name): row for name, row in result.overall.iterrows()}


@pytest.mark.parametrize("controls", ["never", "not_yet"])
@pytest.mark.parametrize("anticipation", [0, 1])
def test_estimates_and_errors_are_those_of_the_definition(controls, anticipation):
    outcome, opened = made(3, 24)
    result = evaluated(outcome, opened, controls=controls, anticipation=anticipation)
    estimates, slopes = by_finite_differences(outcome, opened, controls, anticipation)
    found = found_sums(result)
    assert found.keys() == estimates.keys()
    for key, row in found.items():
        assert row["estimate"] == pytest.approx(estimates[key], abs=1e-10), key
        assert row["standard_error"] == pytest.approx(np.linalg.norm(slopes[key]), rel=1e-6)
        half = norm.ppf(0.975) * row["standard_error"]
        assert (row["low"], row["high"]) == pytest.approx(
            (row["estimate"] - half, row["estimate"] + half)
        )
    average = result.average.iloc[0]
    z = abs(average["estimate"] / average["standard_error"])
    assert average["p"] == pytest.approx(2 * norm.sf(z))


def test_two_groups_and_two_periods_are_the_difference_of_differences():
    """1, 2 -> 4, 7 against 0, 1, 2 -> 1, 3, 2: 4 less 1."""
    outcome = np.array([[1.0, 4], [2, 7], [0, 1], [1, 3], [2, 2]])
    opened = np.array([2002.0, 2002, NEVER, NEVER, NEVER])
    row = evaluated(outcome, opened).average.iloc[0]
    assert row["estimate"] == pytest.approx(3)
    error = np.sqrt(
        ((3 - 4) ** 2 + (5 - 4) ** 2) / 4 + ((1 - 1) ** 2 + (2 - 1) ** 2 + (0 - 1) ** 2) / 9
    )
    assert row["standard_error"] == pytest.approx(error)


def test_order_of_rows_level_and_scale_of_the_outcome():
    outcome, opened = made(5)
    result = evaluated(outcome, opened)
    panel, openings = tables(7 + 3 * outcome, opened)
    panel, openings = (each.sample(frac=1, random_state=2) for each in (panel, openings))
    other = evaluate_openings(panel, outcome="y", openings=openings, rng=1)
    numbers = ["estimate", "standard_error", "band_low", "band_high"]
    np.testing.assert_allclose(3 * result.dynamic[numbers], other.dynamic[numbers], rtol=1e-9)
    assert other.pre_trend_p == pytest.approx(result.pre_trend_p, rel=1e-6)
    assert other.breakdown == pytest.approx(result.breakdown)


def test_places_that_open_at_once_or_after_the_panel():
    outcome, opened = made(7)
    early, late = opened.copy(), opened.copy()
    early[:3], late[:3] = [2001, 1999, 2001], [2030, 2031, 2040]
    kept = np.arange(60) >= 3
    result = evaluated(outcome, early)
    assert result.left_out == 3
    expected = evaluated(outcome[kept], opened[kept])
    pd.testing.assert_frame_equal(result.average, expected.average)
    opened[:3] = NEVER
    pd.testing.assert_frame_equal(evaluated(outcome, late).cells, evaluated(outcome, opened).cells)


def test_groups_against_the_same_controls_and_their_difference():
    outcome, opened = made(11, 30, cohorts=(2003, 2005))
    rng = np.random.default_rng(1)
    direction = rng.choice(["reverse", "forward"], 30)
    result = evaluated(outcome, opened, by="direction", columns={"direction": direction})
    slopes = []
    for name in ("forward", "reverse"):
        rules = ("not_yet", 0, direction == name)
        estimates, slope = by_finite_differences(outcome, opened, *rules)
        slopes.append(slope["average", 0])
        row = result.average.set_index("direction").loc[name]
        assert row["estimate"] == pytest.approx(estimates["average", 0])
        assert row["standard_error"] == pytest.approx(np.linalg.norm(slopes[-1]), rel=1e-6)
    difference = result.difference.iloc[0]
    assert difference[["first", "second"]].tolist() == ["forward", "reverse"]
    one, two = result.average["estimate"]
    assert difference["estimate"] == pytest.approx(one - two)
    joint = np.linalg.norm(slopes[0] - slopes[1])
    assert difference["standard_error"] == pytest.approx(joint, rel=1e-6)


def pairs_network(n, pairs, weights=None):
    names = [f"p{i:03}" for i in range(n)]
    links = pd.DataFrame(
        {"source": [names[a] for a, _ in pairs], "target": [names[b] for _, b in pairs]}
    )
    if weights is not None:
        links["weight"] = weights
    return ni.build_network(pd.DataFrame({"place": names}, index=names), links)


def test_exposed_places_are_no_controls_and_their_change_is_the_spillover():
    """Each of 20 places that open has a neighbour, which takes half of its effect."""
    rng = np.random.default_rng(2)
    n = 80
    opened = np.full(n, NEVER)
    opened[:20] = np.repeat([2003.0, 2005], 10)
    pairs = [(i, 20 + i) for i in range(20)] + [(a, a + 1) for a in range(40, 79)]
    outcome = rng.normal(size=(n, 1)) + 0.1 * rng.normal(size=(n, PERIODS.size))
    treated = opened[:, None] <= PERIODS
    outcome += treated
    outcome[20:40] += 0.5 * treated[:20]
    plain = evaluated(outcome, opened)
    result = evaluated(outcome, opened, network=pairs_network(n, pairs))
    assert plain.spillover is None
    assert plain.average["estimate"].iloc[0] < 0.9  # a third of the controls rose too
    assert result.average["estimate"].iloc[0] == pytest.approx(1, abs=0.1)
    assert result.spillover.average["estimate"].iloc[0] == pytest.approx(0.5, abs=0.1)
    assert result.cells["n_controls"].min() >= 40
    # What is left is the estimate without the neighbours.
    alone = np.r_[0:20, 40:80]
    clean = evaluated(outcome[alone], opened[alone], controls="never")
    never = evaluated(outcome, opened, controls="never", network=pairs_network(n, pairs))
    cells = ["estimate", "standard_error"]
    after = never.cells["period"] >= never.cells["cohort"]
    exposed_by_then = (never.cells["period"] >= 2005) & after
    np.testing.assert_allclose(
        never.cells.loc[exposed_by_then, cells], clean.cells.loc[exposed_by_then, cells]
    )


def test_the_share_of_links_decides_who_is_exposed():
    opened = np.array([2003.0, NEVER, NEVER, NEVER, NEVER])
    outcome = np.random.default_rng(0).normal(size=(5, PERIODS.size))
    pairs, weights = [(0, 1), (1, 2), (0, 3), (3, 4)], [1.0, 3.0, 3.0, 1.0]
    network = pairs_network(5, pairs, weights)
    controls = {
        clean: evaluated(outcome, opened, network=network, clean=clean).cells["n_controls"].iloc[-1]
        for clean in (0.0, 0.25, 0.5, 0.75)
    }
    # Shares of 1: 1 / 4, of 3: 3 / 4; a share as large as `clean` is clean.
    assert controls == {0.0: 2, 0.25: 3, 0.5: 3, 0.75: 4}
    with pytest.raises(
        InputError, match=r"no controls .* 1 places .* 0 are never exposed \(`clean`=0\)"
    ):
        evaluated(outcome[:2], opened[:2], network=pairs_network(2, [(0, 1)]))


def test_modelled_layers_self_links_and_links_outside_the_panel():
    opened = np.array([2003.0, NEVER, NEVER])
    outcome = np.random.default_rng(0).normal(size=(3, PERIODS.size))
    names = ["p000", "p001", "p002", "elsewhere"]
    links = pd.DataFrame(
        {
            "source": ["p000", "p001", "p001", "p002"],
            "target": ["p001", "p001", "elsewhere", "p000"],
            "layer": ["seen", "seen", "seen", "model"],
            "weight": [1.0, 9.0, 3.0, 5.0],
        }
    )
    network = ni.build_network(
        pd.DataFrame({"place": names}, index=names), links, layers={"model": {"modelled": True}}
    )
    for clean, n_controls in ((0.2, 1), (0.25, 2)):  # 1 of 4; 9 inside and 5 modelled do not count
        result = evaluated(outcome, opened, network=network, clean=clean)
        assert result.cells["n_controls"].iloc[-1] == n_controls


def test_networks_that_expose_nobody():
    outcome, opened = made(2)
    plain = evaluated(outcome, opened)
    links = pd.DataFrame({"source": ["p000"], "target": ["p001"], "layer": "model"})
    nodes = pairs_network(60, [(0, 1)]).nodes
    model = ni.build_network(nodes, links, layers={"model": {"modelled": True}})
    for network in (model, ni.build_network(nodes, links.iloc[:0])):
        result = evaluated(outcome, opened, network=network)
        pd.testing.assert_frame_equal(result.cells, plain.cells)
        assert result.spillover is None
    elsewhere = ni.build_network(
        pd.DataFrame({"place": ["x", "y"]}, index=["x", "y"]), links.iloc[:0]
    )
    with pytest.raises(InputError, match=r"places of the network's nodes; none is: .* 'x', 'y'"):
        evaluated(outcome, opened, network=elsewhere)


def test_links_of_all_periods_count_whichever_way_they_are_listed():
    outcome, opened = made(3)
    pairs = [(i, (7 * i + 1) % 60) for i in range(60)]
    one = pairs_network(60, pairs, np.arange(1, 61.0))
    links = one.links[["source", "target", "weight"]]
    halves = [links.assign(weight=links["weight"] / 2, period=year) for year in (2001, 2005)]
    halves[1][["source", "target"]] = halves[1][["target", "source"]].to_numpy()
    names = [f"p{i:03}" for i in range(60)]
    nodes = pd.DataFrame({"place": names}, index=[f"firm {name}" for name in names])
    ends = pd.concat(halves).assign(source=lambda t: "firm " + t["source"])
    ends["target"] = "firm " + ends["target"]
    two = ni.build_network(nodes, ends, directed=["links"])
    results = [evaluated(outcome, opened, network=each, clean=0.4) for each in (one, two)]
    assert (
        results[0].cells["n_controls"].min() < evaluated(outcome, opened).cells["n_controls"].min()
    )
    pd.testing.assert_frame_equal(results[0].cells, results[1].cells)


@pytest.mark.slow
def test_intervals_bands_and_permutations_hold_what_they_say():
    """Without an effect, 150 panels: coverage of intervals, of bands, and p of permutations."""
    inside, band, p = [], [], []
    for seed in range(150):
        outcome, opened = made(seed, 60, effect=0)
        since = PERIODS - opened[:, None]
        outcome -= np.where(since >= 0, 0.2 * np.where(since >= 0, since, 0), 0)
        result = evaluated(outcome, opened, permutations=49, rng=seed)
        row = result.average.iloc[0]
        inside.append(row["low"] <= 0 <= row["high"])
        dynamic = result.dynamic
        band.append(((dynamic["band_low"] <= 0) & (dynamic["band_high"] >= 0)).all())
        p.append(result.permutation_p)
    assert 0.90 < np.mean(inside) < 0.98
    assert 0.86 < np.mean(band) < 0.99
    assert kstest(np.array(p) - 0.01, "uniform").pvalue > 0.001
    assert np.mean(np.array(p) <= 0.1) == pytest.approx(0.1, abs=0.06)


@pytest.mark.slow
def test_the_wald_test_needs_larger_cohorts_than_bands_do():
    shares = {}
    for size in (4, 40):
        opened = np.repeat([2003.0, 2004.0, 2006.0, NEVER], [size, size, size, 3 * size + 40])
        wald, band = [], []
        for seed in range(150):
            outcome = np.random.default_rng(seed).normal(size=(opened.size, PERIODS.size))
            result = evaluated(outcome, opened)
            before = result.dynamic[result.dynamic["event_time"] < 0]
            wald.append(result.pre_trend_p < 0.05)
            band.append((before["band_low"].gt(0) | before["band_high"].lt(0)).any())
        shares[size] = np.mean(wald), np.mean(band)
    assert shares[4][0] > 2 * shares[4][1]
    assert max(shares[40]) < 0.12, shares


def test_permutations_of_a_small_panel_by_enumeration():
    """One of six places opens: the largest of six changes has p of about 1 / 6."""
    outcome = np.zeros((6, 2))
    outcome[:, 1] = [9, 1, 2, 3, 2, 1]
    opened = np.array([2002.0, *[NEVER] * 5])
    result = evaluated(outcome, opened, permutations=599)
    assert result.permutation_p == pytest.approx(1 / 6, abs=0.05)
    again = evaluated(outcome, opened, permutations=599)
    assert again.permutation_p == result.permutation_p
    assert np.isnan(evaluated(outcome, opened).permutation_p)


def test_dates_that_leave_no_controls_are_no_draws():
    """If the centre of the star opened, all others would be exposed: 3 dates count, and not 4."""
    outcome = np.zeros((4, 2))
    outcome[1, 1] = 5
    opened = np.array([NEVER, 2002, NEVER, NEVER])
    star = pairs_network(4, [(0, 1), (0, 2), (0, 3)])
    result = evaluated(outcome, opened, network=star, permutations=599)
    assert result.permutation_p == pytest.approx(1 / 3, abs=0.04)


def test_matched_permutations_stay_within_quartiles():
    """The place that opens is alone in its quartile but for one: p is a half at least."""
    outcome = np.zeros((8, 2))
    outcome[:, 1] = [9, 1, 2, 3, 2, 1, 0, 1]
    opened = np.array([2002.0, *[NEVER] * 7])
    panel, openings = tables(outcome, opened)
    panel["size"] = panel["place"].str[1:].astype(int)
    options = {"outcome": "y", "openings": openings, "permutations": 199, "rng": 1}
    matched = evaluate_openings(panel, match="size", **options)
    assert matched.permutation_p == pytest.approx(0.5, abs=0.12)
    assert evaluate_openings(panel, **options).permutation_p < 0.2


def test_the_worst_change_before_that_the_sign_survives():
    """A change of 0.1 before, 2 in each of two periods after, no noise: 2 / (0.1 x 1.5)."""
    outcome = np.zeros((8, 4))
    outcome[:4] = [0, 0.1, 2.1, 2.1]
    opened = np.array([2003.0] * 4 + [NEVER] * 4)
    result = evaluated(outcome, opened)
    assert result.breakdown == pytest.approx(2 / (0.1 * 1.5))
    noisy = outcome + 10 * np.random.default_rng(0).normal(size=outcome.shape)
    assert evaluated(noisy, opened).breakdown == 0


def test_bad_tables_are_refused():
    panel, openings = tables(*made(1, 12))
    options = {"outcome": "y", "openings": openings}
    for table, words in (
        (panel.drop(index=3), "every place must be in every period .* 1 are not"),
        (pd.concat([panel, panel.head(1)]), "one row a place and period; not so rows 0, 84"),
        (panel.assign(y=panel["y"].where(panel.index != 5)), "1 have not, e.g. row 5"),
        (panel.drop(columns="y"), r"columns \['y'\]"),
        (panel.head(0), "a row for each place and period; it has none"),
        (panel.assign(measure="access", node="a", value=1), "`outcome`: .* not in the panel: 'y'"),
        (panel.assign(period=panel["period"] + 0.5), "a whole period"),
    ):
        with pytest.raises(InputError, match=words):
            evaluate_openings(table, **options)
    with pytest.raises(InputError, match="must open after 2001 and by 2007; none does"):
        evaluate_openings(panel, outcome="y", openings=openings.assign(opened=pd.NA))
    with pytest.raises(InputError, match=r"`openings` must have the columns \['way'\]"):
        evaluate_openings(panel, by="way", **options)
    with pytest.raises(InputError, match=r"`panel` must have the columns \['size'\]"):
        evaluate_openings(panel, match="size", **options)
    with pytest.raises(InputError, match="`match` must be numbers in the first period; 'size'"):
        evaluate_openings(panel.assign(size="large"), match="size", **options)
    for name in ("outcome", "by", "match"):
        with pytest.raises(InputError, match=r"must have the columns \[\['y'\]\]"):
            evaluate_openings(panel, **options | {name: ["y"]})
    with pytest.raises(InputError, match="each column once; twice or more: 'opened'"):
        evaluate_openings(panel, outcome="y", openings=openings[["place", "opened", "opened"]])
    with pytest.raises(InputError, match=r"after 2001 \+ 6 \(`anticipation`\) and by 2007; none"):
        evaluate_openings(panel, anticipation=6, **options)
    with pytest.raises(InputError, match=r"0 places that never open 0 are never exposed"):
        evaluate_openings(panel, outcome="y", openings=openings.assign(opened=2003))
    early = openings.assign(way=np.where(openings["opened"].isin([2003]), "early", "late"))
    with pytest.raises(InputError, match="of way 'early': a place must open after 2001"):
        evaluate_openings(panel, outcome="y", openings=early, by="way", anticipation=2)
    with pytest.raises(InputError, match=r"`by` must not be the name of .* rename 'cohort'"):
        evaluate_openings(panel, outcome="y", openings=early.assign(cohort=1), by="cohort")
    half = openings.assign(way=["a", *[None] * 11])
    with pytest.raises(InputError, match="each place that opens must have a 'way'"):
        evaluate_openings(panel, outcome="y", openings=half, by="way")


def test_of_a_place_twice_the_earliest_opening_counts():
    outcome, opened = made(2)
    panel, openings = tables(outcome, opened, kind="park")
    later = openings.assign(opened=2007, kind="office").dropna()
    later = later[later["place"].isin(openings.dropna()["place"])]
    unknown = openings.assign(opened=pd.NA, kind="office")
    one = evaluate_openings(panel, outcome="y", openings=openings, by="kind", rng=1)
    many = pd.concat([unknown, later, openings])
    two = evaluate_openings(panel, outcome="y", openings=many, by="kind", rng=1)
    pd.testing.assert_frame_equal(one.cells, two.cells)
    both = pd.concat([openings, openings.assign(kind="office")])
    with pytest.raises(InputError, match=r"first openings of 'p.*' are of two values of 'kind'"):
        evaluate_openings(panel, outcome="y", openings=both, by="kind")


def test_openings_of_places_outside_the_panel_are_counted():
    outcome, opened = made(2)
    panel, openings = tables(outcome, opened)
    more = pd.DataFrame({"place": ["Quzhuo", "Quzhuo", "Hangzhou"], "opened": [2004, 2005, None]})
    more = pd.concat([openings, more.astype({"opened": "Int64"})])
    result = evaluate_openings(panel, outcome="y", openings=more, rng=1)
    assert result.elsewhere == 1
    pd.testing.assert_frame_equal(result.cells, evaluated(outcome, opened).cells)


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.astype({"place": "category"}),
        lambda table: table.assign(place=table["place"].str[1:].astype(int) + 100),
        lambda table: table.convert_dtypes(dtype_backend="pyarrow"),
        lambda table: table.convert_dtypes(),
        lambda table: table.set_axis([0] * len(table)).sample(frac=1, random_state=1),
    ],
    ids=["category", "number", "arrow", "nullable", "index"],
)
def test_types_and_labels_of_the_tables_do_not_matter(change):
    outcome, opened = made(4)
    panel, openings = tables(outcome, opened, way=["reverse", "forward"] * 30)
    options = {"outcome": "y", "by": "way", "rng": 1}
    one = evaluate_openings(panel, openings=openings, **options)
    two = evaluate_openings(change(panel), openings=change(openings), **options)
    for name in ("average", "dynamic", "difference"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name), check_dtype=False)


def test_periods_that_the_panel_lacks_are_no_periods():
    outcome, opened = made(4)
    panel, openings = tables(outcome, opened)
    kept = panel[~panel["period"].isin([2002, 2005])]
    result = evaluate_openings(kept, outcome="y", openings=openings, rng=1)
    # By hand: 2003 against its last period before, 2001.
    change = outcome[:, 2] - outcome[:, 0]
    expected = change[opened == 2003].mean() - change[opened > 2003].mean()
    cells = result.cells.set_index(["cohort", "period"])
    assert cells.loc[(2003, 2003), "estimate"] == pytest.approx(expected)
    assert sorted(cells.index.unique("period")) == [2003, 2004, 2006, 2007]


def test_classes_of_a_dose_are_groups():
    outcome, opened = made(6)
    parks = np.random.default_rng(1).integers(1, 12, 60)
    number = pd.array(np.where(np.isinf(opened), 0, parks), "Int64")
    number[number == 0] = pd.NA
    dose = evaluated(outcome, opened, by="parks", columns={"parks": number})
    assert dose.average["parks"].tolist() == sorted(set(parks[np.isfinite(opened)]))  # 2 before 10
    several = np.where(parks > 1, "two or more", "one park")
    few = evaluated(outcome, opened, by="parks", columns={"parks": several})
    one = dose.average.set_index("parks").loc[1]
    pd.testing.assert_series_equal(
        one, few.average.set_index("parks").loc["one park"], check_names=False
    )
    assert few.difference.loc[0, ["first", "second"]].tolist() == ["one park", "two or more"]


def test_did_the_place_become_more_central():
    """Home b opens a park in the hub in 2003 that links it; e has one whose date nobody knows."""
    cities = ["hub", "a", "b", "c", "d", "e"]
    where = [*cities, "hub", "hub"], [*cities, "b", "e"], [None] * 6 + [2003, None]
    nodes = pd.DataFrame(dict(zip(["place", "jurisdiction", "opened"], where, strict=True)))
    nodes.index = [f"city {name}" for name in cities] + ["park b", "park e"]
    pairs = [("city hub", "city a"), ("city b", "city c"), ("city d", "city e")]
    links = pd.DataFrame(pairs * 5, columns=["source", "target"])
    links["period"] = np.repeat(range(2001, 2006), 3)
    more = pd.DataFrame({"source": "city hub", "target": "city b", "period": [2003, 2004, 2005]})
    network = ni.build_network(nodes, pd.concat([links, more]))
    openings = enclave_openings(network, rank=pd.Series({"hub": 9.0, "b": 1.0, "e": 1.0}))
    measures = {"access": harmonic_centrality, "links": lambda part: part.n_links}
    central = measure_panel(ni.aggregate(network), measures=measures, progress=False)
    result = evaluate_openings(central, outcome="access", openings=openings, by="direction")
    # b reaches 1 of 5 at 1, then c, hub at 1 and a at 2; of the controls hub, a, c and d hub and a
    # gain a mean of 1.5 / 5 (b at 1, c at 2; 2 and 3: 1 / 2 + 1 / 3), c hub and a (1 / 2 + 1 / 3).
    gain = (2.5 - 1) / 5 - np.mean([1 + 1 / 2, 1 / 2 + 1 / 3, 1 / 2 + 1 / 3, 0]) / 5
    assert result.average[["direction", "estimate"]].to_numpy().tolist() == [
        ["reverse", pytest.approx(gain)]
    ]
    assert result.left_out == 1  # e: not before, and not never


def test_results_are_drawn_and_written():
    outcome, opened = made(2)
    way = np.where(np.arange(60) % 2, "reverse", "forward")
    found = evaluated(outcome, opened, by="way", columns={"way": way})
    one = evaluated(outcome, opened)
    ax = plot_event_study(one)
    assert ax.get_ylabel() == "effect"
    assert len(ax.collections) == 1  # bands
    assert plot_event_study(found).get_legend() is not None
    pd.testing.assert_frame_equal(one.to_frame(), one.dynamic)
    assert len(to_table(one)) == len(one.dynamic)

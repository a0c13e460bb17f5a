"""Effects: Monte Carlo error apart from the spread, placebos, and no test where none is due."""

import math
import re
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import netinnov as ni
from netinnov.connectivity import global_efficiency
from netinnov.errors import InputError
from netinnov.experiments import ExperimentResult, PairSums, compare_scenarios
from netinnov.scenarios import (
    Combined,
    MatchedPlacebo,
    NoChange,
    RandomEnds,
    ReverseEnclave,
    apply_scenario,
)
from planted import Plus, weight, weights


def hosts_of(result: ExperimentResult) -> list[str]:
    return [re.search(r"host='(\w+)'", site).group(1) for site in result.sites["placebo"]]


@pytest.fixture(scope="module")
def pair() -> ni.MultilayerNetwork:
    nodes = pd.DataFrame({"place": ["a", "b"]}, index=["a", "b"])
    return ni.build_network(
        nodes, pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [10.0]})
    )


@dataclass(frozen=True)
class Site:
    """Has an effect of its own, and a scatter of placements."""

    effect: float
    sd: float = 0.0
    place: int = 0

    def __call__(self, network, rng):
        return Plus(self.effect, self.sd)(network, rng)


def anywhere(*sites: Site):
    return lambda _, rng: sites[rng.integers(len(sites))]


def compare(network, scenarios, **options) -> ExperimentResult:
    options = {
        "measures": {"weight": weight}, "baseline": Plus(0), "replicates": 19, "rng": 1,
        "executor": 1, "progress": False,
    } | options  # fmt: skip
    return compare_scenarios(network, scenarios=scenarios, **options)


def test_the_confidence_interval_is_students(pair) -> None:
    result = compare(pair, {"x": Plus(1, 0.5)}, replicates=12)
    (row,) = result.effects(full=True).to_dict("records")
    values = result.replicates.query("scenario == 'x'")["value"] - 10
    interval = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert (row["mc_low"], row["mc_high"]) == pytest.approx(tuple(interval))
    # Apart from it the spread over placements, which does not shrink with more replicates.
    assert (row["low"], row["high"]) == pytest.approx(tuple(values.quantile([0.025, 0.975])))
    (still,) = compare(pair, {"x": Plus(1)}).effects(full=True).to_dict("records")
    assert still["mc_low"] == still["mc_high"] == pytest.approx(1)
    (single,) = compare(pair, {"x": Plus(1)}, replicates=1).effects(full=True).to_dict("records")
    assert math.isnan(single["mc_low"])


def test_the_placebo_p_is_a_rank(pair) -> None:
    def climbing(network, rng):
        """The numbers 0.5, 1.5, ... 18.5, one a replicate."""
        climbing.next += 1
        return Plus(climbing.next - 0.5)(network, rng)

    for effect, above in ((3, 16), (9.2, 10), (25, 0), (-1, 19)):
        climbing.next = 0
        result = compare(pair, {"x": Plus(effect)}, placebo=climbing)
        (row,) = result.effects(full=True).to_dict("records")
        smaller = min(above, 19 - above)
        assert row["placebo_p"] == pytest.approx(min(1, 2 * (smaller + 1) / 20))
        assert row["corrected_p"] == row["placebo_p"]
        assert row["placebo_n"] == 19
        assert row["placebo_median"] == pytest.approx(9.5)
        # Positions 18 x 0.025 = 0.45 and 17.55 from 0.5.
        assert (row["placebo_low"], row["placebo_high"]) == pytest.approx((0.95, 18.05))
        assert pd.isna(row["why_no_p"])


def test_replicates_of_one_placebo_count_once(pair) -> None:
    sites = [Site(-2, 0.1), Site(0, 0.1), Site(1, 0.1), Site(2, 0.1)]
    result = compare(pair, {"x": Plus(5, 0.1)}, placebo=anywhere(*sites), replicates=100)
    (row,) = result.effects(full=True).to_dict("records")
    assert set(result.sites["placebo"]) == set(map(repr, sites))
    assert row["placebo_n"] == 4
    assert row["placebo_p"] == pytest.approx(2 / 5)
    values = result.replicates.query("scenario == 'placebo'")["value"].to_numpy() - 10
    means = pd.Series(values).groupby(np.array(result.sites["placebo"])).mean()
    assert row["placebo_median"] == pytest.approx(means.median())


def matched_experiment(matched, replicates, rng=2, **options) -> ExperimentResult:
    cities = ni.datasets.make_city_system(n_cities=12, rng=1)
    return compare_scenarios(
        cities, scenarios={"park": matched.scenario}, placebo=matched, replicates=replicates,
        measures={"efficiency": partial(global_efficiency, distance="inverse")}, rng=rng,
        progress=False, **options,
    )  # fmt: skip


@pytest.fixture
def distant() -> ReverseEnclave:
    home, host = ni.datasets.make_city_system(n_cities=12, rng=1).places.index[[-1, 0]]
    return ReverseEnclave(home, host, 6, 0.5, funding="new")


@pytest.mark.slow
def test_matched_placebos_are_the_scenario_itself_elsewhere(distant) -> None:
    result = matched_experiment(MatchedPlacebo(distant, nearest=4), 40)
    (row,) = result.effects(full=True).to_dict("records")
    assert row["placebo_n"] == 4
    assert row["placebo_p"] >= 2 / 5
    cities = ni.datasets.make_city_system(n_cities=12, rng=1)
    values = result.replicates.query("scenario == 'placebo'")["value"]
    for seed, site, value in zip(
        np.random.SeedSequence(2).spawn(40), hosts_of(result), values, strict=True
    ):
        # The links are drawn as at the real host.
        after = apply_scenario(cities, replace(distant, host=site), rng=seed)
        nodes = list(cities.nodes.index)
        assert value == global_efficiency(after, distance="inverse", nodes=nodes)


@pytest.mark.slow
def test_the_places_of_matched_placebos_are_taken_in_turn(distant) -> None:
    matched = MatchedPlacebo(distant, nearest=5)
    hosts = hosts_of(matched_experiment(matched, 12))
    assert len(set(hosts[:5])) == len(set(hosts[5:10])) == 5
    assert hosts[:5] != hosts[5:10]
    assert len(set(hosts[10:])) == 2
    # The first stay if there are more, on any executor, and another rng gives another order.
    more = hosts_of(matched_experiment(matched, 23, executor=1))
    assert more[:12] == hosts
    others = {tuple(hosts_of(matched_experiment(matched, 5, rng))) for rng in range(4)}
    assert len(others) > 2


def test_different_placebos_may_have_the_same_effect(pair) -> None:
    idle = [Site(0, place=place) for place in range(4)]
    result = compare(pair, {"x": Plus(5)}, placebo=anywhere(*idle))
    assert result.effects(full=True)["placebo_p"].tolist() == [2 / 5]
    alone = compare(pair, {"x": Plus(5)}, placebo=anywhere(idle[0])).effects(full=True)
    assert "always the same" in alone["why_no_p"][0]


def test_each_scenario_can_have_its_own_placebo(pair) -> None:
    result = compare(
        pair,
        {"x": Plus(5), "y": Plus(5), "z": Plus(5)},
        placebo={"x": Plus(5, 1), "y": Plus(0, 1)},
        measures={"w": weights},
    )
    table = result.effects(full=True)
    assert set(table["scenario"]) == {"x", "y", "z"}
    p = table.set_index(["scenario", "node"])["placebo_p"]
    assert p["y", "a"] == p["y", "b"] == pytest.approx(2 / 20)
    assert p["x", "a"] > 2 / 20
    assert p["z"].isna().all()
    assert table["why_no_p"].tolist()[4:] == ["no placebo"] * 2
    names = result.replicates["scenario"].cat.categories.tolist()
    assert names == ["baseline", "x", "y", "z", "placebo of x", "placebo of y"]


def test_the_table_of_effects_has_the_median_and_few_columns_unless_all_are_asked_for(pair) -> None:
    result = compare(pair, {"x": Plus(5)}, placebo=Plus(1))
    short, full = result.effects(), result.effects(full=True)
    assert "median" in short
    assert len(short.columns) == 13 < len(full.columns)
    pd.testing.assert_frame_equal(short, full[short.columns])


def test_p_values_are_corrected_over_the_whole_table(pair) -> None:
    result = compare(pair, {"x": Plus(5), "y": Plus(0.2)}, placebo=Plus(0, 1),
                     measures={"w": weights, "one": weight})  # fmt: skip
    by_fdr = result.effects(correction="fdr")
    p = by_fdr["placebo_p"].to_numpy()
    assert by_fdr["corrected_p"].to_numpy() == pytest.approx(stats.false_discovery_control(p))
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    holm = result.effects()["corrected_p"].to_numpy()
    assert holm[order] == pytest.approx(np.minimum(steps, 1))
    with pytest.raises(InputError, match="`correction`"):
        result.effects(correction="none")


def park(funding: str) -> ReverseEnclave:
    return ReverseEnclave("home", "host", 2, 0.5, funding=funding)


@pytest.fixture(scope="module")
def cities() -> ni.MultilayerNetwork:
    names = ["home", "host", "near", "far", "off"]
    nodes = pd.DataFrame({"place": names}, index=names)
    ends = [("home", "near"), ("host", "near"), ("host", "far"), ("far", "off"), ("home", "off")]
    return ni.build_network(nodes, pd.DataFrame(ends, columns=["source", "target"]))


def test_rounding_has_no_sign_and_no_rank(pair) -> None:
    result = compare(pair, {"x": Plus(0, 4e-15)}, placebo=Plus(0, 4e-15))
    values = result.replicates.query("scenario == 'x'")["value"]
    (row,) = result.effects(full=True).to_dict("records")
    assert (values < 10).any()
    assert (values > 10).any()
    assert row["median"] == row["low"] == row["high"] == 0
    assert math.isnan(row["same_sign"])
    assert math.isnan(row["placebo_p"])
    assert row["why_no_p"] == "the placebo is always the same: a rank needs several"
    # A change that is more than rounding keeps its sign.
    (row,) = compare(pair, {"x": Plus(1e-9)}).effects(full=True).to_dict("records")
    assert row["median"] == pytest.approx(1e-9, rel=1e-5)
    assert row["same_sign"] == 1


def test_rounding_is_no_spread_and_parts_no_ties(pair) -> None:
    # All placements and placebos change the weight by 8, but for the last digits.
    sites = anywhere(*(Site(8, 1e-12, place) for place in range(5)))
    result = compare(pair, {"x": Plus(8, 1e-12)}, placebo=sites)
    values = result.replicates.query("scenario != 'baseline'")["value"]
    assert values.nunique() > 10
    (row,) = result.effects(full=True).to_dict("records")
    assert row["spread"] == row["mc_error"] == 0
    assert math.isnan(row["standardised"])
    assert row["placebo_p"] == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scenario", "placebo", "tested"),
    [
        (park("new"), RandomEnds(park("new")), True),
        (park("new"), RandomEnds(park("reallocated")), False),
        (Combined([park("new")]), RandomEnds(park("reallocated")), False),
        (park("reallocated"), RandomEnds(park("reallocated")), True),
    ],
)
def test_new_links_are_not_tested_against_none(cities, scenario, placebo, tested) -> None:
    measures = {
        "ours": partial(global_efficiency, distance="unit"),
        "parts": PairSums("home", "host"),
        "free": lambda network, nodes: global_efficiency(network, nodes=nodes),
    }
    result = compare(
        cities, {"x": scenario}, placebo=placebo, measures=measures, baseline=NoChange()
    )
    table = result.effects(full=True).set_index("measure")
    assert "one way only" not in str(table.loc["free", "why_no_p"])
    for name in ("ours", "parts", "parts: home-host"):
        if tested:
            assert "one way only" not in str(table.loc[name, "why_no_p"])
        else:
            assert "one way only" in table.loc[name, "why_no_p"]
            assert math.isnan(table.loc[name, "placebo_p"])
            assert math.isnan(table.loc[name, "corrected_p"])
    assert table["placebo_low"].notna().all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"placebo": "elsewhere"}, "`placebo` must be a scenario"),
        ({"placebo": {"y": Plus(1)}}, "`placebo`: 1 of 1 names"),
        ({"placebo": {"x": NoChange()}}, "no change is not a placebo"),
        ({"placebo": Plus(1), "scenarios": {"placebo": Plus(1)}}, "cannot be called 'placebo'"),
    ],
)
def test_wrong_placebos_are_refused(pair, options, words) -> None:
    options = {"scenarios": {"x": Plus(1)}} | options
    with pytest.raises(InputError, match=words):
        compare(pair, **options)

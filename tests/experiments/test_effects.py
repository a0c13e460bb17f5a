"""Effects: Monte Carlo error apart from the spread, and what is rounding."""

import math

import pandas as pd
import pytest
from scipy import stats

import netinnov as ni
from netinnov.experiments import ExperimentResult, compare_scenarios
from planted import Plus, weight


@pytest.fixture(scope="module")
def pair() -> ni.MultilayerNetwork:
    nodes = pd.DataFrame({"place": ["a", "b"]}, index=["a", "b"])
    return ni.build_network(
        nodes, pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [10.0]})
    )


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


def test_the_table_of_effects_has_the_median_and_few_columns_unless_all_are_asked_for(pair) -> None:
    result = compare(pair, {"x": Plus(5)})
    short, full = result.effects(), result.effects(full=True)
    assert "median" in short
    assert len(short.columns) == 10 < len(full.columns)
    pd.testing.assert_frame_equal(short, full[short.columns])


def test_rounding_has_no_sign(pair) -> None:
    result = compare(pair, {"x": Plus(0, 4e-15)})
    values = result.replicates.query("scenario == 'x'")["value"]
    (row,) = result.effects(full=True).to_dict("records")
    assert (values < 10).any()
    assert (values > 10).any()
    assert row["median"] == row["low"] == row["high"] == 0
    assert math.isnan(row["same_sign"])
    # A change that is more than rounding keeps its sign.
    (row,) = compare(pair, {"x": Plus(1e-9)}).effects(full=True).to_dict("records")
    assert row["median"] == pytest.approx(1e-9, rel=1e-5)
    assert row["same_sign"] == 1


def test_rounding_is_no_spread(pair) -> None:
    # All placements change the weight by 8, but for the last digits.
    result = compare(pair, {"x": Plus(8, 1e-12)})
    values = result.replicates.query("scenario != 'baseline'")["value"]
    assert values.nunique() > 10
    (row,) = result.effects(full=True).to_dict("records")
    assert row["spread"] == row["mc_error"] == 0
    assert math.isnan(row["standardised"])

"""How many replicates an experiment needs, for its precision and to find a sign."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import netinnov as ni
from netinnov.errors import InputError
from netinnov.experiments import ExperimentResult, compare_scenarios, replicates_needed
from netinnov.scenarios import NoChange
from planted import Plus, weight


@pytest.fixture(scope="module")
def pair() -> ni.MultilayerNetwork:
    nodes = pd.DataFrame({"place": ["a", "b"]}, index=["a", "b"])
    return ni.build_network(nodes, pd.DataFrame({"source": ["a"], "target": ["b"], "weight": 10.0}))


def test_replicates_needed_is_the_least_that_is_narrow_enough(pair) -> None:
    pilot = compare_scenarios(
        pair, scenarios={"x": Plus(0.4, 2.0), "still": Plus(1), "nothing": NoChange()},
        measures={"w": weight}, replicates=30, rng=1, progress=False,
    )  # fmt: skip
    table = replicates_needed(pilot, precision=0.2).set_index("scenario")
    sd = pilot.replicates.query("scenario == 'x'")["value"].std()
    assert table.loc["x", "spread"] == pytest.approx(sd)
    assert table.loc["x", "half_width"] == pytest.approx(0.2 * sd)

    def width(n):
        return stats.t.ppf(0.975, n - 1) * sd / math.sqrt(n)

    n = table.loc["x", "replicates"]
    assert width(n) <= 0.2 * sd < width(n - 1)
    effect = abs(pilot.effects(full=True).loc[0, "difference"])

    def power(n):
        bound, shift = stats.t.ppf(0.975, n - 1), math.sqrt(n) * effect / sd
        return 1 - stats.nct.cdf(bound, n - 1, shift) + stats.nct.cdf(-bound, n - 1, shift)

    n = table.loc["x", "replicates_for_sign"]
    assert power(n - 1) < 0.8 <= power(n)
    assert table.loc["still", ["replicates", "replicates_for_sign"]].tolist() == [1, 1]
    assert pd.isna(table.loc["nothing", "replicates"])
    assert table["replicates_for_sign"].isna().tolist() == [False, False, True]
    no_effect = compare_scenarios(pair, scenarios={"x": Plus(0)}, measures={"w": weight},
                                  replicates=3, progress=False)  # fmt: skip
    assert replicates_needed(no_effect, precision=1)["replicates_for_sign"].isna().all()
    strict = replicates_needed(pilot, precision=0.2, confidence=0.99).set_index("scenario")
    assert strict.loc["x", "replicates"] > table.loc["x", "replicates"]
    sure = replicates_needed(pilot, precision=0.2, power=0.95).set_index("scenario")
    assert sure.loc["x", "replicates_for_sign"] > table.loc["x", "replicates_for_sign"]


def test_the_half_width_is_reached_in_a_larger_run(pair) -> None:
    def run(n, rng):
        return compare_scenarios(pair, scenarios={"x": Plus(1, 2.0)}, measures={"w": weight},
                                 replicates=n, rng=rng, progress=False)  # fmt: skip

    (asked,) = replicates_needed(run(60, 1), precision=0.25).to_dict("records")
    (row,) = run(asked["replicates"], 2).effects(full=True).to_dict("records")
    assert (row["mc_high"] - row["mc_low"]) / 2 == pytest.approx(asked["half_width"], rel=0.3)


def test_power_of_what_cannot_be_known() -> None:
    rows = pd.DataFrame(
        [("baseline", 0, 0.0), ("x", 0, 1.0), ("x", 1, -1.0)],
        columns=["scenario", "replicate", "value"],
    )
    pilot = ExperimentResult(rows.assign(measure="m", node=None))
    assert pd.isna(replicates_needed(pilot, precision=1)["replicates_for_sign"][0])
    for options in (
        {"precision": 0},
        {"precision": 1, "confidence": 1},
        {"precision": 1, "power": 0},
    ):
        with pytest.raises(InputError, match=r"precision|confidence|power"):
            replicates_needed(pilot, **options)


def test_the_sign_is_found_as_often_as_asked_for() -> None:
    # Effect half a standard deviation; published n for a two-sided t-test with power 0.8: 34.
    values = [0.5 - 1, 0.5, 0.5 + 1]
    rows = [("baseline", 0, 0.0), *(("x", at, value) for at, value in enumerate(values))]
    table = pd.DataFrame(rows, columns=["scenario", "replicate", "value"])
    pilot = ExperimentResult(table.assign(measure="m", node=None))
    n = replicates_needed(pilot, precision=1)["replicates_for_sign"][0]
    assert n == 34
    draws = np.random.default_rng(1).normal(0.5, 1, (4_000, n))
    p = stats.ttest_1samp(draws, 0, axis=1).pvalue
    assert (p < 0.05).mean() == pytest.approx(0.8, abs=4 * (0.16 / 4_000) ** 0.5)


def test_very_many_replicates() -> None:
    values = [1e-3 - 1, 1e-3, 1e-3 + 1]
    rows = [("baseline", 0, 0.0), *(("x", at, value) for at, value in enumerate(values))]
    table = pd.DataFrame(rows, columns=["scenario", "replicate", "value"])
    pilot = ExperimentResult(table.assign(measure="m", node=None))
    n = replicates_needed(pilot, precision=1)["replicates_for_sign"][0]
    normal = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) ** 2 * 1e6
    assert n == pytest.approx(normal, rel=1e-5)

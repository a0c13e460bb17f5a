"""Shapes of dose and effect: what was planted is found exactly, and intervals hold it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from netinnov.experiments import DoseResponse, ExperimentResult
from netinnov.experiments._dose_shapes import curves, fitted, lack_of_fit

DOSES = np.arange(1.0, 13)

PLANTED = {
    # Shape: effect of a dose, then bend (or turn, or half), slope and plateau by hand.
    "saturation": (lambda dose: 2 * np.minimum(dose, 6.37), 6.37, 2, 12.74),
    "threshold": (lambda dose: 3 * np.maximum(dose - 4.41, 0), 4.41, 3, 0),
    "michaelis_menten": (lambda dose: 20 * dose / (3 + dose), 3, 20 / 3, 20),
    "exponential": (lambda dose: 15 * (1 - 2 ** (-dose / 2.5)), 2.5, 6 * math.log(2), 15),
    "peak": (lambda dose: 10 - (dose - 7.3) ** 2 / 5, 7.3, 0.4 * 6.3, 10),
    "line": (lambda dose: 1.5 * dose, math.nan, 1.5, math.nan),
}

BENDING = [shape for shape in PLANTED if shape != "line"]


def response(doses: np.ndarray, values: np.ndarray) -> DoseResponse:
    """A response whose differences are given, dose x replicate."""
    names = [f"{dose:.12g}" for dose in doses]
    n = values.shape[1]
    table = pd.DataFrame(index=pd.MultiIndex.from_product([["baseline", *names], range(n)]))
    table = table.rename_axis(["scenario", "replicate"]).reset_index()
    table = table.assign(measure=pd.Categorical(["w"] * len(table)), node=None)
    result = ExperimentResult(table.assign(value=np.concatenate([np.zeros(n), values.ravel()])))
    return DoseResponse(
        result, pd.DataFrame({"dose": doses}, index=pd.Index(names, name="scenario"))
    )


@pytest.mark.parametrize("shape", PLANTED)
@pytest.mark.parametrize("sign", [1, -1])
def test_what_is_planted_without_noise_is_found(shape, sign) -> None:
    effect, *truth = PLANTED[shape]
    found = response(DOSES, sign * effect(DOSES)[:, None] + np.zeros(3))
    assert found.shapes("w").index[0] == shape
    fit = found.fit("w", shape="best", resamples=20, rng=1)
    expected = [truth[0], sign * truth[1], sign * truth[2]]
    for end in ("", "_low", "_high"):
        values = fit[[f"break{end}", f"slope{end}", f"plateau{end}"]].tolist()
        assert values == pytest.approx(expected, rel=1e-6, abs=1e-9, nan_ok=True)
    assert fit["r_squared"] == pytest.approx(1)
    assert fit["poor"] == 0


@pytest.mark.parametrize("shape", BENDING)
def test_noise_that_all_doses_share_moves_no_bend(shape) -> None:
    effect, bend, slope, plateau = PLANTED[shape]
    noise = np.random.default_rng(1).standard_normal(30)
    fit = response(DOSES, effect(DOSES)[:, None] + noise).fit("w", shape=shape, rng=1)
    for end in ("", "_low", "_high"):
        assert fit[f"break{end}"] == pytest.approx(bend, rel=1e-9)
        assert fit[f"slope{end}"] == pytest.approx(slope, rel=1e-9)
    assert fit["plateau"] == pytest.approx(plateau + noise.mean())
    assert fit["plateau_low"] < plateau + noise.mean() < fit["plateau_high"]


@pytest.mark.parametrize("shape", BENDING)
def test_no_bend_of_a_fine_grid_is_better(shape) -> None:
    # An independent search: 20,000 bends, each by a linear regression.
    effect, *_ = PLANTED[shape]
    rng = np.random.default_rng(1)
    doses = np.sort(rng.uniform(0, 12, 9))
    means = effect(doses) + 2 * rng.standard_normal((20, 9))
    fits = fitted(means, doses, shape)
    width = np.ptp(doses)
    ends = (0.01 * width, 10 * width) if shape in ("michaelis_menten", "exponential") else (
        doses[0], doses[-1])  # fmt: skip
    curve = np.stack(list(curves(doses, np.linspace(*ends, 20_000)[1:-1], shape)))
    x, y = (table - table.mean(axis=1, keepdims=True) for table in (curve, means))
    explained = (x @ y.T) ** 2 / (x**2).sum(axis=1, keepdims=True)
    least = (y**2).sum(axis=1) - explained.max(axis=0)
    assert (fits.error <= least * (1 + 1e-9)).all()
    assert fits.error == pytest.approx(least, rel=1e-3)


@pytest.mark.parametrize("shape", ["michaelis_menten", "exponential"])
def test_curves_are_those_of_scipy(shape) -> None:
    def curve(dose, level, whole, half):
        part = dose / (half + dose) if shape == "michaelis_menten" else 1 - 2 ** (-dose / half)
        return level + whole * part

    means = PLANTED[shape][0](DOSES) + 0.3 * np.random.default_rng(1).standard_normal((10, 12))
    fits = fitted(means, DOSES, shape)
    for row, half, plateau in zip(means, fits.bend, fits.plateau, strict=True):
        found, _ = optimize.curve_fit(curve, DOSES, row, p0=[0, 15, 3], ftol=1e-14, xtol=1e-14)
        assert half == pytest.approx(found[2], rel=1e-6)
        assert plateau == pytest.approx(found[0] + found[1], rel=1e-6)


@pytest.mark.parametrize("shape", PLANTED)
def test_units_of_dose_and_effect_do_not_matter(shape) -> None:
    noise = np.random.default_rng(1).standard_normal((12, 20))
    values = PLANTED[shape][0](DOSES)[:, None] + noise
    fit = response(DOSES, values).fit("w", shape=shape, resamples=30, rng=1)
    for dose, effect in ((1000, 1), (1e-3, 1), (1, 1e6), (1, -1e-6), (0.37, 8.1)):
        other = response(dose * DOSES, effect * values).fit("w", shape=shape, resamples=30, rng=1)
        for name, unit in (("break", dose), ("slope", effect / dose), ("plateau", effect)):
            names = [name, f"{name}_low", f"{name}_high"]
            back = (other[names] / unit).tolist()
            # Turned round, the lower end is the upper one.
            back = [back[0], *sorted(back[1:])]
            assert back == pytest.approx(fit[names].tolist(), rel=1e-7, nan_ok=True)
        same = ["gain", "at_edge", "support", "r_squared", "lack_of_fit_p", "poor"]
        assert other[same].tolist() == pytest.approx(fit[same].tolist(), rel=1e-6, nan_ok=True)


@pytest.mark.parametrize(
    ("shape", "bend", "held"), [("saturation", 1.6, (1, 2)), ("threshold", 11.2, (11, 12))]
)
def test_one_dose_on_the_part_that_is_not_flat_leaves_the_bend_open(shape, bend, held) -> None:
    # 1.6, 2, 2, ...: flat from 2 with the slope 0.6, or from 1.6 with the slope 1, is all the same.
    past = np.minimum if shape == "saturation" else np.maximum
    values = past(DOSES, bend)[:, None] + np.zeros(3)
    fit = response(DOSES, values).fit("w", shape=shape, resamples=20, rng=1)
    assert fit["break"] == pytest.approx(2 if shape == "saturation" else 11)
    assert (fit["break_low"], fit["break_high"]) == held
    assert fit["at_edge"] == 1
    assert fit["plateau"] == pytest.approx(bend)


@pytest.mark.slow
@pytest.mark.parametrize("shape", PLANTED)
@pytest.mark.parametrize("sd", [1, 0.05])
def test_intervals_cover_the_truth(shape, sd) -> None:
    effect, *truth = PLANTED[shape]
    covered = np.zeros(3)
    for seed in range(100):
        # Each second effect falls where the others rise.
        sign = -1 if seed % 2 else 1
        noise = sd * np.random.default_rng(seed).standard_normal((12, 25))
        found = response(DOSES, sign * effect(DOSES)[:, None] + noise)
        fit = found.fit("w", shape=shape, resamples=200, rng=seed)
        signs = {"break": 1, "slope": sign, "plateau": sign}
        covered += [
            fit[f"{name}_low"] <= factor * value <= fit[f"{name}_high"]
            for (name, factor), value in zip(signs.items(), truth, strict=True)
        ]
    # Percentiles of 25 replicates are a little narrow: 93 % and three standard errors (8).
    known = np.isfinite(truth)
    assert (covered[known] >= 85).all(), covered
    assert (covered[~known] == 0).all()


def test_an_inverted_u_is_not_called_a_line_without_slope() -> None:
    doses = np.linspace(0, 1, 8)
    noise = 0.05 * np.random.default_rng(1).standard_normal((8, 20))
    found = response(doses, 4 * (doses * (1 - doses))[:, None] + noise)
    best = found.fit("w", shape="best", rng=1)
    assert best.name == "peak"
    assert best["break_low"] <= 0.5 <= best["break_high"]
    assert best["plateau"] == pytest.approx(1, abs=0.05)
    assert best["r_squared"] > 0.99
    assert best["lack_of_fit_p"] > 0.05
    assert (best["poor"], best["support"], best["at_edge"]) == (0, 1, 0)
    line = found.fit("w", shape="line", rng=1)
    assert (line["poor"], line["support"]) == (1, 0)
    assert line["r_squared"] < 0.1
    assert line["lack_of_fit_p"] < 1e-6
    assert found.shapes("w")["poor"].tolist() == [0, 1, 1, 1, 1, 1]


def test_where_no_shape_fits_the_best_one_says_so() -> None:
    # A share of pipelines: nothing at either end, high between, and not a parabola. With seven
    # doses the criterion alone would take the line.
    doses = np.array([0, 0.1, 0.25, 0.5, 0.75, 0.9, 1])
    mean = np.array([0, 0.109, 0.13, 0.125, 0.11, 0.07, 0])
    noise = 0.01 * np.random.default_rng(1).standard_normal((7, 20))
    noise[[0, -1]] = 0
    found = response(doses, mean[:, None] + noise)
    assert found.shapes("w")["aicc"].idxmin() == "line"
    best = found.fit("w", shape="best", rng=1)
    assert (best.name, best["poor"], best["support"]) == ("peak", 1, 1)
    assert 0.8 < best["r_squared"] < 0.9
    assert best["lack_of_fit_p"] < 0.001
    # Without any chance in the replicates all that is left is real.
    certain = response(doses, np.repeat(mean[:, None], 2, axis=1)).fit("w", shape="line", rng=1)
    assert math.isnan(certain["lack_of_fit_p"])
    assert certain["poor"] == 1


def test_no_effect_and_noise_alone_are_no_poor_fit() -> None:
    doses = np.arange(1.0, 11)
    noise = np.random.default_rng(1).standard_normal((10, 30))
    fit = response(doses, noise).fit("w", shape="line", rng=1)
    assert fit["r_squared"] < 0.5
    assert (fit["lack_of_fit_p"] > 0.05, fit["poor"]) == (True, 0)
    none = response(doses, np.zeros((10, 30))).fit("w", shape="line", rng=1)
    assert none[["r_squared", "lack_of_fit_p"]].isna().all()
    assert none["poor"] == 0


def test_lack_of_fit_of_three_doses_is_a_paired_t_test() -> None:
    # All that a line cannot follow is the contrast 1, -2, 1: one number a replicate.
    rng = np.random.default_rng(1)
    change = rng.standard_normal((3, 12)) + rng.standard_normal(12) + [[0], [0.6], [0]]
    expected = stats.ttest_1samp(np.array([1, -2, 1]) @ change, 0).pvalue
    assert lack_of_fit(change, np.array([1.0, 2, 3]), "line") == pytest.approx(expected)
    # A parabola leaves nothing of three doses.
    inside = np.array([[0.0], [1], [0]]) + 0.1 * rng.standard_normal((3, 12))
    assert math.isnan(lack_of_fit(inside, np.array([1.0, 2, 3]), "peak"))


SHAPES = {
    "line": lambda dose: dose,
    "saturation": lambda dose: np.minimum(dose, 5.3),
    "threshold": lambda dose: np.maximum(dose, 5.3),
    "michaelis_menten": lambda dose: 12 * dose / (3 + dose),
    "exponential": lambda dose: 8 * (1 - 2 ** (-dose / 2)),
    "peak": lambda dose: -0.2 * (dose - 6.2) ** 2,
}


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("shared", [False, True])
def test_lack_of_fit_keeps_its_level(shape, shared) -> None:
    doses = np.arange(1.0, 11)
    refused = 0
    for seed in range(400):
        noise = np.random.default_rng(seed).standard_normal((10, 40))
        noise = 0.5 * noise.cumsum(axis=0) if shared else noise
        refused += lack_of_fit(SHAPES[shape](doses)[:, None] + noise, doses, shape) < 0.05
    # 5 % of 400 and three standard errors; the test may refuse too seldom.
    assert 2 <= refused <= 33

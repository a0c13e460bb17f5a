"""Convergence statistics: by hand, on a known process, against statsmodels' formula, on patents."""

import gzip

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from scipy import io, stats

from netinnov.errors import InputError
from netinnov.mechanisms.convergence import beta_convergence, sigma_convergence
from netinnov.polycentricity import theil


def test_spreads_by_hand():
    panel = pd.DataFrame({2000: [1.0, 4.0], 2010: [2.0, 2.0], 2020: [3.0, np.nan]})
    # ln 4 / 2; mean 2.5, deviations 1.5.
    assert sigma_convergence(panel).tolist()[:2] == pytest.approx([np.log(2), 0])
    assert sigma_convergence(panel, spread="cv").tolist()[:2] == pytest.approx([0.6, 0])
    assert sigma_convergence(panel, spread="theil")[2000] == pytest.approx(theil([1.0, 4.0]))
    assert sigma_convergence(panel).isna().tolist() == [False, False, True]


def test_a_gap_that_halves_in_ten_years():
    # ln y_T = ln y_0 / 2 + c without noise: slope -(1 - 1/2) / 10, half-life 10.
    first = np.array([1.0, 2.0, 5.0, 9.0])
    panel = pd.DataFrame({2000: first, 2010: 3 * np.sqrt(first)})
    found = beta_convergence(panel)
    assert found.slope == pytest.approx(-0.05)
    assert found.half_life == pytest.approx(10)
    assert found.speed == pytest.approx(np.log(2) / 10)
    assert found.r_squared == pytest.approx(1)
    assert (found.n, found.periods) == (4, 10.0)
    assert beta_convergence(panel, periods=5).half_life == pytest.approx(5)


def test_without_convergence_the_half_life_is_infinite():
    first = np.array([1.0, 2.0, 5.0])
    found = beta_convergence(pd.DataFrame({0: first, 1: first**1.5}))
    assert found.slope == pytest.approx(0.5)
    assert found.half_life == np.inf


def test_the_slope_and_its_error_are_those_of_least_squares():
    rng = np.random.default_rng(1)
    x = rng.normal(size=60)
    growth = 0.02 - 0.03 * x + rng.normal(scale=0.01 * (1 + np.abs(x)))
    panel = pd.DataFrame({0: np.exp(x), 1: np.exp(x + growth)})
    found = beta_convergence(panel)
    line = stats.linregress(x, growth)
    assert found.slope == pytest.approx(line.slope)
    assert found.r_squared == pytest.approx(line.rvalue**2)
    # HC3 by matrices: (X'X)^-1 X' diag(e^2 / (1 - h)^2) X (X'X)^-1.
    design = np.column_stack([np.ones(60), x])
    inverse = np.linalg.inv(design.T @ design)
    residual = growth - design @ (inverse @ design.T @ growth)
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    middle = (design * ((residual / (1 - leverage)) ** 2)[:, None]).T @ design
    assert found.standard_error == pytest.approx(np.sqrt((inverse @ middle @ inverse)[1, 1]))


def test_intervals_cover_the_truth():
    rng = np.random.default_rng(2)
    covered = 0
    for _ in range(200):
        x = rng.normal(size=30)
        growth = -0.02 * x + rng.normal(scale=0.05, size=30)
        found = beta_convergence(pd.DataFrame({0: np.exp(x), 1: np.exp(x + growth)}))
        covered += found.low <= -0.02 <= found.high
    # 95 % of 200 within three standard errors.
    assert 0.9 <= covered / 200 <= 0.997


@given(
    first=st.lists(st.floats(0.1, 100), min_size=3, max_size=8, unique=True),
    factor=st.floats(0.1, 10),
)
def test_units_do_not_matter(first, factor):
    panel = pd.DataFrame({0: first, 10: np.array(first) ** 0.7 * np.arange(1, len(first) + 1)})
    a, b = beta_convergence(panel), beta_convergence(panel * factor)
    assert a.slope == pytest.approx(b.slope, rel=1e-6, abs=1e-9)
    for spread in ("log_sd", "cv", "theil"):
        np.testing.assert_allclose(
            sigma_convergence(panel, spread=spread),
            sigma_convergence(panel * factor, spread=spread),
            rtol=1e-6, atol=1e-9,
        )  # fmt: skip


def test_too_few_regions_are_undefined():
    panel = pd.DataFrame({0: [1.0, 2.0], 1: [2.0, 3.0]})
    assert np.isnan(beta_convergence(panel).slope)
    alike = pd.DataFrame({0: [1.0] * 4, 1: [1.0, 2.0, 3.0, 4.0]})
    assert np.isnan(beta_convergence(alike).slope)
    assert beta_convergence(alike).to_frame().shape == (1, 10)


@pytest.mark.parametrize("factor", [1.7, 2])
def test_regions_that_all_grow_alike_neither_converge_nor_diverge(factor):
    first = np.array([1.0, 2.0, 4.0, 7.0, 9.0])
    fit = beta_convergence(pd.DataFrame({0: first, 10: factor * first}))
    assert (fit.slope, fit.speed, fit.half_life) == (0, 0, np.inf)
    assert np.isnan([fit.p, fit.r_squared]).all()


def test_the_inequality_of_equal_regions_is_not_negative():
    equal = pd.DataFrame([[0.1, 0.7, 3.3]] * 3)
    for spread in ("log_sd", "cv", "theil"):
        assert sigma_convergence(equal, spread=spread).between(0, 1e-15).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: sigma_convergence(pd.DataFrame({0: [0.0]})),
         r"above 0 or missing; 1 values .*0 at \(0, 0\)\."),
        (lambda: beta_convergence(pd.DataFrame({0: [1.0]})), "two periods or more; found 1"),
        (lambda: beta_convergence(pd.DataFrame({"a": [1.0], "b": [1.0]})), "`periods` is needed"),
        (lambda: beta_convergence(pd.DataFrame({1: [1.0], 0: [1.0]})),
         "last column of `panel` must be a later period than the first; found 1 to 0"),
        (lambda: sigma_convergence(pd.DataFrame({0: ["x"]})), "`panel` must hold numbers"),
    ],
)  # fmt: skip
def test_impossible_input_is_refused(call, words):
    with pytest.raises(InputError, match=words):
        call()


def test_patents_of_metropolitan_areas_2000_to_2012(shared):
    folder = shared / "data/city_technology_patents"
    total = {}
    for year in (2000, 2012):
        with gzip.open(folder / f"MA_tec_anno_{year}.mtx.gz") as stream:
            total[year] = np.asarray(io.mmread(stream, spmatrix=False).sum(axis=1)).ravel()
    panel = pd.DataFrame(total)
    panel = panel[(panel > 0).all(axis=1)]
    found, spread = beta_convergence(panel), sigma_convergence(panel)
    assert found.n == len(panel) > 1000
    line = stats.linregress(np.log(panel[2000]), np.log(panel[2012] / panel[2000]) / 12)
    assert found.slope == pytest.approx(line.slope)
    assert found.slope == pytest.approx(-0.0200, abs=5e-5)
    assert spread[2000] == pytest.approx(np.log(panel[2000]).std(ddof=0))
    assert spread.round(3).tolist() == [2.079, 2.113]

"""Bounded cobwebs: maps iterated here, bifurcations in closed form, known exponents."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from netinnov.errors import InputError
from netinnov.mechanisms.cobweb import (
    ArctanSupply,
    BoundedCobweb,
    CoupledBoundedCobweb,
    CoupledCobweb,
    attractor_map,
)
from netinnov.mechanisms.cobweb._bounded_supply import exponent_of, periods_of


def iterate(a, b, steepness, beta, x, periods):
    """Hommes' map of the expected price, written out again, with the prices it gives."""
    expected = []
    for _ in range(periods):
        expected.append(x)
        x = (1 - beta) * x + beta * (a - math.atan(steepness * x)) / b
    return np.array(expected), (a - np.arctan(steepness * np.array(expected))) / b


def test_simulated_prices_are_those_of_the_map():
    market = BoundedCobweb(0.25, ArctanSupply(4.8), demand_intercept=0.8, adaptation=0.3)
    expected, prices = iterate(0.8, 0.25, 4.8, 0.3, 1.2, 40)
    found = market.simulate(start=1.2, periods=40)
    # Price 0 equals what was expected, so that the expectation of period 1 is the start.
    np.testing.assert_allclose(found[1:], prices, atol=1e-9)
    assert found[0] == expected[0]


def test_rest_root_and_flip_of_200_markets():
    rng = np.random.default_rng(4)
    for _ in range(200):
        make = ArctanSupply
        curve = make(rng.uniform(0.5, 6), *rng.uniform(0.2, 2, 3))
        b, a = rng.uniform(0.2, 2), rng.uniform(-2, 5)
        market = BoundedCobweb(b, curve, demand_intercept=a, adaptation=rng.uniform(0.1, 1))
        rest = market.price()
        assert a - b * rest == pytest.approx(float(curve.quantity(rest)), abs=1e-9)
        step = 1e-5
        slope = float(curve.quantity(rest + step) - curve.quantity(rest - step)) / (2 * step)
        beta = market.adaptation
        assert market.root() == pytest.approx(1 - beta * (1 + slope / b), abs=1e-6)
        # At the critical adaptation the root is -1.
        critical = market.critical_adaptation()
        assert 1 - critical * (1 + slope / b) == pytest.approx(-1, abs=1e-6)
        if critical < 0.98:
            for factor, stable in ((0.99, True), (1.01, False)):
                near = BoundedCobweb(b, curve, a, adaptation=critical * factor)
                assert near.is_stable() is stable


def test_past_the_flip_a_cycle_of_two_is_born():
    # Hommes' curve with a = 0: rest 0, slope 4.8; the flip is at 2 / (1 + 4.8 / 0.25) = 0.0990.
    for beta, period in ((0.097, 1), (0.101, 2)):
        market = BoundedCobweb(0.25, ArctanSupply(4.8), demand_intercept=0.0, adaptation=beta)
        end = market.attractor(start=0.3, settle=6000)
        assert end.period == period
        assert end.ending == ("rest" if period == 1 else "cycle")
        assert end.lyapunov < 0


def test_a_cycle_of_two_repeats_under_the_map():
    market = BoundedCobweb(0.25, ArctanSupply(4.8), demand_intercept=0.0, adaptation=0.3)
    end = market.attractor(start=1.0)
    assert end.period == 2
    expected, prices = iterate(0.0, 0.25, 4.8, 0.3, 1.0, 4000)
    np.testing.assert_allclose(np.sort(prices[-2:]), end.prices, atol=1e-9)
    slope = 1 - 0.3 * (1 + 4.8 / (1 + (4.8 * expected[-2:]) ** 2) / 0.25)
    assert end.lyapunov == pytest.approx(np.log(np.abs(slope)).mean(), abs=1e-6)


def test_periods_double_into_chaos_and_halve_again_as_adaptation_grows():
    # Hommes (1991): infinitely many doublings, and halvings, along the weight of expectations.
    market = BoundedCobweb(0.25, ArctanSupply(4.8), demand_intercept=0.8)
    table = attractor_map(market, adaptation=np.linspace(0.05, 1, 191))
    endings = table["ending"].tolist()
    assert endings[0] == "rest"
    assert "chaos" in endings
    assert table["period"].iloc[-1] == 2
    first = table["adaptation"][table["period"] == 2].iloc[0]
    assert first == pytest.approx(market.critical_adaptation(), abs=0.006)
    assert (table["period"] == 4).any()
    # What a cell says is what its market does by itself, also from another start and for as long.
    options = {"start": 3.0, "settle": 500, "periods": 700}
    for row in attractor_map(market, adaptation=[0.3, 1.0], **options).to_dict("records"):
        end = replace(market, adaptation=row["adaptation"]).attractor(**options)
        assert (row["ending"], row["period"]) == (end.ending, end.period)
        assert row["lyapunov"] == pytest.approx(end.lyapunov)
    for k in (20, 60, 190):
        row = table.iloc[k]
        one = BoundedCobweb(0.25, ArctanSupply(4.8), 0.8, adaptation=row["adaptation"])
        end = one.attractor(start=one.price() + 0.01 * np.pi / 0.25)
        assert end.ending == row["ending"]
        if row["ending"] != "chaos":
            assert end.period == row["period"]
            assert end.lyapunov == pytest.approx(row["lyapunov"], abs=1e-3)


def test_chaos_by_two_paths_that_part():
    market = BoundedCobweb(0.25, ArctanSupply(4.8), demand_intercept=0.8, adaptation=0.5)
    end = market.attractor(start=1.0, periods=20000)
    assert end.ending == "chaos"
    assert end.prices.shape == (512,)
    # Mean growth of a distance of 1e-10 over 20 steps, from 500 points of the orbit.
    expected, _ = iterate(0.8, 0.25, 4.8, 0.5, 1.0, 12000)
    grown = []
    for x in expected[2000::20]:
        y = x + 1e-10
        for _ in range(12):
            x, y = (0.5 * z + 0.5 * (0.8 - math.atan(4.8 * z)) / 0.25 for z in (x, y))
        if x != y:
            grown.append(math.log(abs(x - y) / 1e-10) / 12)
    assert end.lyapunov == pytest.approx(np.mean(grown), abs=0.06)


def test_exponents_of_maps_that_are_known():
    # The logistic map 4 x (1 - x): ln 2. Period 2 at r = 3.2: ln |4 + 2 r - r^2| / 2 = ln 0.16 / 2.
    def orbit(r, x, periods):
        states = []
        for _ in range(periods):
            states.append(x)
            x = r * x * (1 - x)
        return np.array(states)[:, None]

    states = orbit(4.0, 0.3, 60000)
    found = exponent_of(states, lambda x: np.array([[4 - 8 * x[0]]]))
    assert found == pytest.approx(math.log(2), abs=5e-3)
    states = orbit(3.2, 0.3, 3000)[1000:]
    found = exponent_of(states, lambda x: np.array([[3.2 - 6.4 * x[0]]]))
    assert found == pytest.approx(math.log(0.16) / 2, abs=1e-9)
    assert periods_of(states[:, None]) == 2
    assert periods_of(orbit(3.5, 0.3, 3000)[1000:, None]) == 4
    assert periods_of(orbit(3.9, 0.3, 3000)[1000:, None]) == 0
    # A linear map in two dimensions: the larger modulus.
    turn = np.array([[0.5, 0.2], [0.0, -0.9]])
    assert exponent_of(np.zeros((4000, 2)), lambda x: turn) == pytest.approx(
        math.log(0.9), abs=1e-3
    )


def test_curves_stay_within_their_bounds_and_rise():
    prices = np.linspace(-30, 30, 500)
    for curve in (ArctanSupply(2.0, 1.0, 3.0, 0.5), ArctanSupply(0.3, -1.0, 0.0, 2.0)):
        low, high = curve.bounds()
        quantity = curve.quantity(prices)
        assert low <= quantity.min() < quantity.max() <= high
        assert (np.diff(quantity) >= 0).all()
        steepest = float(curve.slope(curve.centre))
        assert curve.slope(prices).max() <= steepest
        assert steepest == pytest.approx(curve.height * curve.steepness)


# Several regions.


def regions_of(n, *, steepness=0.8, mobility=0.15, adaptation=1.0, a=None):
    return CoupledBoundedCobweb(
        [1.0] * n, [ArctanSupply(steepness)] * n, mobility=mobility,
        demand_intercept=[0.0] * n if a is None else a, adaptation=adaptation,
    )  # fmt: skip


def test_regions_near_rest_are_the_linear_model():
    rng = np.random.default_rng(6)
    for _ in range(60):
        n = int(rng.integers(2, 6))
        m = rng.uniform(0, 0.2, (n, n))
        curves = [ArctanSupply(rng.uniform(0.1, 0.5), *rng.uniform(0.5, 2, 3)) for _ in range(n)]
        model = CoupledBoundedCobweb(
            rng.uniform(0.5, 2, n), curves, mobility=m + m.T, demand_intercept=rng.uniform(0, 5, n),
            adaptation=0.7, saturation=0.8,
        )  # fmt: skip
        rest = model.price()
        still = model.simulate(start=rest, periods=5)
        np.testing.assert_allclose(still, np.tile(rest, (6, 1)), atol=1e-8)
        near = model.linear()
        push = 1e-5 * rng.normal(size=n)
        moved = model.simulate(start=rest + push, periods=6) - rest
        priced = CoupledCobweb(
            near.demand_slope, near.supply_slope, mobility=near.mobility, adaptation=0.7,
            demand_intercept=np.zeros(n), supply_intercept=np.zeros(n),
        )  # fmt: skip
        np.testing.assert_allclose(moved, priced.simulate(start=push, periods=6), atol=1e-8)


def test_a_gap_that_would_explode_becomes_a_cycle():
    # Linear: total -0.8, gap -1.1. Bounded: the gap alternates, the total is at rest.
    model = regions_of(2)
    end = model.attractor(start=[0.1, 0.0])
    assert (end.ending, end.period) == ("cycle", 2)
    np.testing.assert_allclose(end.prices.sum(axis=1), 0, atol=1e-9)
    # The amplitude x solves x = S(x) + m w tanh(2x / w), since the price of an expectation x is -x.
    x = abs(end.prices[0, 0])
    assert x == pytest.approx(math.atan(0.8 * x) + 0.15 * math.tanh(2 * x), abs=1e-9)


def test_without_mobility_regions_are_markets_of_their_own():
    model = regions_of(2, steepness=4.8, mobility=0, adaptation=0.3, a=[0.1, 0.2])
    both = model.simulate(start=[0.5, -0.5], periods=50)
    for k, (a, start) in enumerate(((0.1, 0.5), (0.2, -0.5))):
        alone = BoundedCobweb(1.0, ArctanSupply(4.8), demand_intercept=a, adaptation=0.3)
        np.testing.assert_allclose(both[:, k], alone.simulate(start=start, periods=50), atol=1e-9)


def test_relabelling_regions_permutes_their_paths():
    rng = np.random.default_rng(9)
    m = rng.uniform(0, 0.3, (4, 4))
    curves = [ArctanSupply(s) for s in rng.uniform(0.5, 3, 4)]
    b, a, start, order = (
        rng.uniform(0.5, 1, 4),
        rng.normal(size=4),
        rng.normal(size=4),
        [2, 0, 3, 1],
    )
    one = CoupledBoundedCobweb(b, curves, mobility=m + m.T, demand_intercept=a)
    two = CoupledBoundedCobweb(
        b[order], [curves[k] for k in order], mobility=(m + m.T)[np.ix_(order, order)],
        demand_intercept=a[order],
    )  # fmt: skip
    np.testing.assert_allclose(two.price(), one.price()[order], atol=1e-12)
    path = one.simulate(start=start, periods=12)
    np.testing.assert_allclose(
        two.simulate(start=start[order], periods=12), path[:, order], atol=1e-6
    )


def test_the_exponent_of_equal_markets_is_that_of_one():
    one = BoundedCobweb(0.25, ArctanSupply(4.8), demand_intercept=0.8, adaptation=0.2)
    two = CoupledBoundedCobweb(
        [0.25] * 2, [ArctanSupply(4.8)] * 2, mobility=0, demand_intercept=[0.8] * 2, adaptation=0.2
    )
    alone, both = one.attractor(start=1.0), two.attractor(start=[1.0, 1.0])
    assert both.period == alone.period
    assert both.lyapunov == pytest.approx(alone.lyapunov, abs=1e-3)
    assert both.to_frame()["highest"].iloc[0] == pytest.approx(alone.prices.max())


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ArctanSupply(-1.0), "`steepness` must be a finite number above 0; found -1.0"),
        (lambda: ArctanSupply(1.0, height=0), "`height` must be .*above 0; found 0"),
        (lambda: BoundedCobweb(0, ArctanSupply(1), 1.0), "`demand_slope` must be .*above 0"),
        (lambda: BoundedCobweb(1, np.arctan, 1.0), "`supply` must be a curve such as"),
        (lambda: BoundedCobweb(1, ArctanSupply(1), 1.0, adaptation=2), "`adaptation` .*at most 1"),
        (lambda: BoundedCobweb(1, ArctanSupply(1), 1.0).attractor(start=0, periods=5), "`periods`"),
        (
            lambda: regions_of(2, mobility=-1),
            "`mobility` must be a finite number at least 0; found -1",
        ),
        (lambda: regions_of(2, mobility=[[0, 1], [2, 0]]), "`mobility` must be symmetric"),
        (
            lambda: CoupledBoundedCobweb(
                [1, 1], [ArctanSupply(1)], mobility=0, demand_intercept=[0, 0]
            ),
            "`supply` must be 2 curves",
        ),
        (
            lambda: CoupledBoundedCobweb(
                [1], [ArctanSupply(1)], mobility=0, demand_intercept=[0], saturation=0
            ),
            "`saturation` must be .*above 0",
        ),
        (
            lambda: attractor_map(BoundedCobweb(1, ArctanSupply(1), 1.0), adaptation=[0.5, 1.5]),
            "`adaptation` must be at least 1e-09 and at most 1; found .1.5.",
        ),
        (
            lambda: attractor_map(BoundedCobweb(1, ArctanSupply(1), 1.0), points=5000),
            "`points` must be at most `periods`",
        ),
    ],
)
def test_faults_are_named(make, words):
    with pytest.raises(InputError, match=words):
        make()


def test_regions_have_names_in_tables_of_prices():
    curves = [ArctanSupply(0.8)] * 2
    options = {"mobility": 0.15, "demand_intercept": pd.Series({"杭州": 0.2, "衢州": 0.1})}
    model = CoupledBoundedCobweb([1, 1], curves, regions=["衢州", "杭州"], **options)
    assert model.demand_intercept.tolist() == [0.1, 0.2]
    table = model.to_frame(model.simulate(start=[0.1, 0.0], periods=3))
    assert table.columns.tolist() == ["衢州", "杭州"]

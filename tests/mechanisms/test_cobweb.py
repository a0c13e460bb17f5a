"""Cobwebs: roots against simulation, two regions by hand, eigenvalues against numpy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from netinnov.errors import InputError
from netinnov.mechanisms.cobweb import Cobweb, CoupledCobweb, critical_enclave, enclave_effect

slopes = st.floats(0.1, 3.0)
adaptations = st.floats(0.05, 1.0)


def test_a_naive_cobweb_by_hand():
    # Rest: (10 - 1) / 1.8 = 5. From 6: supply 1 + 0.8 * 6 = 5.8, price 10 - 5.8 = 4.2; from 4.2:
    # supply 4.36, price 5.64.
    market = Cobweb(1.0, 0.8, demand_intercept=10, supply_intercept=1)
    assert market.price() == 5
    np.testing.assert_allclose(market.simulate(start=6, periods=2), [6, 4.2, 5.64])


def test_stability_ends_where_slopes_are_equal_in_the_naive_case():
    # Ezekiel: converges if supply is flatter than demand, cycles for ever if as steep.
    assert Cobweb(1.0, 0.99).is_stable()
    assert not Cobweb(1.0, 1.0).is_stable()
    cycle = Cobweb(1.0, 1.0, demand_intercept=10, supply_intercept=0).simulate(start=6, periods=4)
    assert cycle.tolist() == [6, 4, 6, 4, 6]


@given(b=slopes, d=slopes, beta=adaptations)
def test_adaptive_expectations_widen_stability(b, d, beta):
    market = Cobweb(b, d, adaptation=beta)
    limit = 2 / beta - 1  # Nerlove
    if abs(d / b - limit) > 1e-9:
        assert market.is_stable() == (d / b < limit)


@given(b=slopes, d=slopes, beta=adaptations, start=st.floats(-5, 15))
def test_prices_go_as_the_root_says(b, d, beta, start):
    market = Cobweb(b, d, demand_intercept=9.0, supply_intercept=1.0, adaptation=beta)
    prices = market.simulate(start=start, periods=12)
    away = prices[1:] - market.price()
    # The first price answers to the start alone; from then on the root rules.
    assert away[0] == pytest.approx(-d / b * (start - market.price()))
    np.testing.assert_allclose(away[1:], market.root() * away[:-1], atol=1e-7 * np.abs(away).max())


@st.composite
def systems(draw):
    n = draw(st.integers(1, 5))
    b, d = (draw(st.lists(slopes, min_size=n, max_size=n)) for _ in range(2))
    m = np.array(draw(st.lists(st.floats(0, 1), min_size=n * n, max_size=n * n))).reshape(n, n)
    return b, d, m + m.T, draw(adaptations)


@given(system=systems())
def test_roots_are_eigenvalues_of_the_map(system):
    b, d, m, beta = system
    laplacian = np.diag((m - np.diag(np.diag(m))).sum(axis=1)) - (m - np.diag(np.diag(m)))
    matrix = np.diag(1 / np.array(b)) @ (np.diag(d) + laplacian)
    expected = 1 - beta - beta * np.linalg.eigvals(matrix).real
    found = CoupledCobweb(b, d, mobility=m, adaptation=beta)
    np.testing.assert_allclose(found.roots(), np.sort(expected), atol=1e-8)
    assert found.is_stable() == (np.abs(expected).max() < 1)


@given(b=slopes, d=slopes, beta=adaptations)
def test_without_mobility_regions_are_markets_of_their_own(b, d, beta):
    one = Cobweb(b, d, demand_intercept=9.0, supply_intercept=1.0, adaptation=beta)
    two = CoupledCobweb(
        [b, b], [d, d], mobility=0, demand_intercept=[9, 9], supply_intercept=[1, 1],
        adaptation=beta,
    )  # fmt: skip
    alone = one.simulate(start=4, periods=8)
    both = two.simulate(start=[4, 4], periods=8)
    np.testing.assert_allclose(both, np.column_stack([alone, alone]))
    np.testing.assert_allclose(two.roots(), [one.root()] * 2, rtol=1e-7, atol=1e-12)


SLOWLY_ADAPTED = {
    "Cobweb": lambda beta: Cobweb(1, 0.5, adaptation=beta),
    "CoupledCobweb": lambda beta: CoupledCobweb([1, 1], [0.5, 0.5], mobility=0.1, adaptation=beta),
}


@pytest.mark.parametrize("make", SLOWLY_ADAPTED.values(), ids=SLOWLY_ADAPTED.keys())
@pytest.mark.parametrize("beta", [0.0, 1e-320, 1e-17, 9e-10])
def test_an_adaptation_that_rounding_loses_is_refused(make, beta):
    # The root 1 - beta (1 + d / b) would be rounded to 1, and the market taken for unstable.
    with pytest.raises(InputError, match=r"`adaptation` must be .*at least 1e-09 and at most 1"):
        make(beta)


def test_the_slowest_adaptation_settles_and_its_thresholds_are_those_by_hand():
    market = Cobweb(1, 0.5, demand_intercept=3, supply_intercept=0, adaptation=1e-9)
    assert market.is_stable()
    assert market.simulate(start=2, periods=2) == pytest.approx([2, 2, 2])
    regions = CoupledCobweb(
        [1, 1], [0.5, 0.5], mobility=0.1, demand_intercept=[3, 3], supply_intercept=[0, 0],
        adaptation=1e-9,
    )  # fmt: skip
    assert regions.is_stable()
    assert regions.price() == pytest.approx([2, 2])
    # Two equal regions: ((2 / beta - 1) b - d) / 2, the answers of both to the gap.
    limit = (2e9 - 1 - 0.5) / 2
    assert regions.critical_mobility() == pytest.approx(limit, rel=1e-6)
    assert critical_enclave(regions, 0, 1) == pytest.approx(limit - 0.1, rel=1e-6)
    factors = regions.modes()["critical_factor"].tolist()
    assert factors == pytest.approx([2e9 / 0.7, 2e9 / 0.5], rel=1e-6)
    assert enclave_effect(regions, 0, 1, strength=0.1)["effect"].tolist() == ["leaves", "leaves"]
    assert np.isfinite(regions.simulate(start=[1, 2], periods=3)).all()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Cobweb(-1.0, 0.8), "`demand_slope` must be a finite number above 0; found -1.0"),
        (lambda: Cobweb(1.0, -0.1), "`supply_slope` must be a finite number at least 0"),
        (lambda: Cobweb(1.0, 0.8, adaptation=1.1), "`adaptation` .* at most 1; found 1.1"),
        (lambda: Cobweb(1.0, 0.8).price(), "found none for demand and supply"),
        (lambda: Cobweb(1.0, 0.8, demand_intercept=1).simulate(start=1, periods=2), "for supply"),
        (lambda: CoupledCobweb([1, -1], [1, 1], mobility=0),
         r"`demand_slope` must be above 0.*\[1"),
        (lambda: CoupledCobweb([1, 1], [1], mobility=0), "`supply_slope` must be 2 numbers"),
        (lambda: CoupledCobweb([1, 1], [1, 1], mobility=-0.1),
         "`mobility` must be .*at least 0; found -0.1"),
        (lambda: CoupledCobweb([1, 1], [1, 1], mobility=np.eye(3)), "a 2 x 2 matrix"),
        (lambda: CoupledCobweb([1, 1], [1, 1], mobility=[[0, 1], [2, 0]]),
         r"symmetric; found 1 at \(0, 1\) and 2 at \(1, 0\)"),
    ],
)  # fmt: skip
def test_parameters_out_of_range_are_named(make, words):
    with pytest.raises(InputError, match=words):
        make()

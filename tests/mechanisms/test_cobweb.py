"""Cobwebs: by hand, roots against simulation, modes and thresholds of coupled regions."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import netinnov as ni
from netinnov.errors import InputError
from netinnov.mechanisms.cobweb import (
    Cobweb,
    CoupledCobweb,
    critical_enclave,
    enclave_effect,
    with_enclave,
)

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


@given(b=slopes, d=slopes, beta=adaptations, start=st.floats(-5, 15))
def test_prices_go_as_the_root_says(b, d, beta, start):
    market = Cobweb(b, d, demand_intercept=9.0, supply_intercept=1.0, adaptation=beta)
    limit = 2 / beta - 1  # Nerlove: adaptive expectations widen stability
    if abs(d / b - limit) > 1e-9:
        assert market.is_stable() == (d / b < limit)
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


def random_model(rng, *, regions=None, share=0.9, intercepts=True):
    """Slopes below the naive limit, so that regions settle by themselves."""
    n = int(rng.integers(2, 7)) if regions is None else regions
    b = rng.uniform(0.5, 2.0, n)
    m = rng.uniform(0, 0.2, (n, n)) * (rng.random((n, n)) < 0.8)
    a, c = rng.uniform(5, 9, n), rng.uniform(0, 2, n)
    given = {"demand_intercept": a, "supply_intercept": c} if intercepts else {}
    beta = rng.uniform(0.2, 1.0)
    return CoupledCobweb(
        b, b * rng.uniform(0.1, share, n), mobility=m + m.T, adaptation=beta, **given
    )


def test_two_equal_regions_have_a_total_and_a_gap_by_hand():
    # Roots -d/b = -0.8 and -(d + 2m)/b = -1.1, directions (1, 1) and (1, -1). Naive, all answers
    # times s: -s 1.1 = -1 at s = 1/1.1.
    table = CoupledCobweb([1, 1], [0.8, 0.8], mobility=0.15, regions=["q", "h"]).modes()
    assert table["kind"].tolist() == ["gap", "total"]
    assert table["first"].tolist() == [True, False]
    np.testing.assert_allclose(table["root"], [-1.1, -0.8])
    np.testing.assert_allclose(table["critical_factor"], [1 / 1.1, 1 / 0.8])
    np.testing.assert_allclose(table["damping"], np.log([1.1, 0.8]))
    np.testing.assert_allclose(table["common"], [0, 1], atol=1e-15)
    np.testing.assert_allclose(table[["price_q", "price_h"]], [[1, -1], [1, 1]], atol=1e-12)
    assert table["period"].tolist() == [2, 2]


def test_adaptive_expectations_can_make_a_mode_monotone():
    # 1 - 0.2 (1 + 0.8) = 0.64 and 1 - 0.2 (1 + 1.1) = 0.58: no alternation.
    table = CoupledCobweb([1, 1], [0.8, 0.8], mobility=0.15, adaptation=0.2).modes()
    np.testing.assert_allclose(table["root"], [0.58, 0.64])
    assert np.isinf(table["period"]).all()
    # (2 - beta) / (beta l), l = 1.1 and 0.8
    np.testing.assert_allclose(table["critical_factor"], [1.8 / 0.22, 1.8 / 0.16])


def test_each_mode_of_30_models_moves_as_its_root_says():
    rng = np.random.default_rng(1)
    for _ in range(30):
        model = random_model(rng)
        table, rest = model.modes(), model.price()
        np.testing.assert_allclose(np.sort(table["root"]), model.roots(), atol=1e-12)
        assert table["common"].sum() == pytest.approx(1)
        row = table.iloc[int(rng.integers(len(table)))]
        vector = row.filter(like="price_").to_numpy(np.float64)
        # In the mode expectations are along the vector: the price that follows is -B^-1 K e.
        answer = (1 - model.adaptation - row["root"]) / model.adaptation
        prices = (
            model.simulate(start=rest - answer * vector, expected=rest + vector, periods=8) - rest
        )
        scale = row["root"] ** np.arange(9)
        np.testing.assert_allclose(prices, -answer * np.outer(scale, vector), atol=1e-6)


@pytest.mark.parametrize("beta", [1.0, 0.7, 0.3])
def test_at_its_critical_factor_a_mode_keeps_its_size(beta):
    b, d, m = [1, 2, 1, 1], np.full(4, 0.4), 0.2
    factor = CoupledCobweb(b, d, mobility=m, adaptation=beta).modes()["critical_factor"].iloc[0]
    for s, stable in ((factor * (1 - 1e-6), True), (factor * (1 + 1e-6), False)):
        assert CoupledCobweb(b, s * d, mobility=s * m, adaptation=beta).is_stable() is stable


def test_critical_mobility_of_30_systems_is_where_the_radius_is_one():
    rng = np.random.default_rng(8)
    for _ in range(30):
        model = random_model(rng, intercepts=False)
        if not model.mobility.any():
            continue
        found = model.critical_mobility()
        pattern = model.mobility / model.mobility.max()
        at = CoupledCobweb(
            model.demand_slope, model.supply_slope, mobility=found * pattern,
            adaptation=model.adaptation,
        )  # fmt: skip
        assert at.spectral_radius() == pytest.approx(1, abs=1e-6)
        assert at.roots()[0] == pytest.approx(-1, abs=1e-9)


def test_critical_mobility_at_the_ends():
    assert CoupledCobweb([1, 1], [1.2, 0.5], mobility=0.1).critical_mobility() == 0
    assert CoupledCobweb([1], [0.5], mobility=0).critical_mobility() == np.inf


def test_mobility_can_be_a_network_of_places():
    links = pd.DataFrame({"source": list("qqhh"), "target": list("hhsh")})
    links["layer"], links["weight"] = ["rail", *["talent"] * 3], [0.02, 0.03, 0.1, 5.0]
    network = ni.build_network(pd.DataFrame(index=["q", "h", "s"]), links)
    model = CoupledCobweb(
        pd.Series({"s": 3.0, "h": 2.0, "q": 1.0}), [0.5, 0.6, 0.7], mobility=network
    )
    # Layers add up, the self-link of h is left out, the Series is put in the order of the nodes.
    assert model.regions == ("q", "h", "s")
    assert model.demand_slope.tolist() == [1, 2, 3]
    np.testing.assert_allclose(model.mobility, [[0, 0.05, 0], [0.05, 0, 0.1], [0, 0.1, 0]])
    directed = ni.build_network(pd.DataFrame(index=["q", "h", "s"]), links, directed=["talent"])
    with pytest.raises(InputError, match="without directed layers; found"):
        CoupledCobweb([1] * 3, [0.5] * 3, mobility=directed)


def test_tables_networks_and_starts_are_put_in_the_order_of_the_regions():
    slopes = pd.Series({"q": 1.0, "h": 2.0, "s": 3.0})
    m = pd.DataFrame([[0, 0.1, 0.2], [0.1, 0, 0.3], [0.2, 0.3, 0]], list("shq"), list("shq"))
    model = CoupledCobweb(slopes, slopes[::-1] / 2, mobility=m)
    assert model.regions == ("q", "h", "s")
    assert model.supply_slope.tolist() == [0.5, 1, 1.5]
    np.testing.assert_allclose(model.mobility, [[0, 0.3, 0.2], [0.3, 0, 0.1], [0.2, 0.1, 0]])
    wrong = "`mobility` must have one entry for each region, 'q', 'h'"
    with pytest.raises(InputError, match=wrong):
        CoupledCobweb(slopes, slopes, mobility=m.rename(index={"q": "x"}))
    links = pd.DataFrame({"source": ["q", "h"], "target": ["h", "s"], "weight": [0.1, 0.3]})
    network = ni.build_network(pd.DataFrame(index=["q", "h", "s"]), links)
    levels = {"demand_intercept": [9] * 3, "supply_intercept": [0] * 3, "mobility": network}
    model = CoupledCobweb([1] * 3, [0.5] * 3, regions=list("shq"), **levels)
    np.testing.assert_allclose(model.mobility, [[0, 0.3, 0], [0.3, 0, 0.1], [0, 0.1, 0]])
    start = pd.Series({"q": 1.0, "h": 2.0, "s": 3.0})
    path = model.simulate(start=start, periods=2, expected=start[::-1])
    assert dict(zip(model.regions, path[0], strict=True)) == {"s": 3.0, "h": 2.0, "q": 1.0}
    np.testing.assert_allclose(path, model.simulate(start=[3, 2, 1], periods=2))
    # Other names than those of the nodes: in the order of the nodes.
    named = CoupledCobweb([1] * 3, [0.5] * 3, mobility=network, regions=["衢州", "杭州", "上海"])
    np.testing.assert_allclose(named.mobility, [[0, 0.1, 0], [0.1, 0, 0.3], [0, 0.3, 0]])


def test_an_enclave_of_two_equal_regions_by_hand():
    # b = 1, d = 0.8, m = 0.05: roots -0.8 and -(d + 2m) = -0.9, with it -(d + 2m + 2s) = -1.1.
    model = CoupledCobweb([1, 1], [0.8, 0.8], mobility=0.05, regions=["home", "host"])
    linked = with_enclave(model, "home", "host", strength=0.1)
    np.testing.assert_allclose(linked.roots(), [-1.1, -0.8], atol=1e-9)
    table = enclave_effect(model, "home", "host", strength=0.1)
    assert table["effect"].tolist() == ["excites", "leaves"]
    assert table["kind"].tolist() == ["gap", "total"]
    np.testing.assert_allclose(table["root_with"], [-1.1, -0.8], atol=1e-9)
    assert table["change"].iloc[0] == pytest.approx(0.2)


def test_thresholds_of_enclaves_are_where_the_radius_is_one():
    # Of two equal regions (b - d) / 2 - m; 0 where they do not settle without it.
    assert critical_enclave(MODEL, "home", "host") == pytest.approx(0.05)
    assert critical_enclave(CoupledCobweb([1, 1], [0.8, 0.8], mobility=0.2), 0, 1) == 0
    rng = np.random.default_rng(13)
    seen = 0
    for _ in range(40):
        model = random_model(rng, intercepts=False)
        found = critical_enclave(model, 0, 1)
        if found == 0:
            assert not model.is_stable()
            continue
        at = with_enclave(model, 0, 1, strength=found)
        assert at.spectral_radius() == pytest.approx(1, abs=1e-6)
        assert with_enclave(model, 0, 1, strength=0.99 * found).is_stable()
        seen += 1
    assert seen > 20


def test_an_enclave_leaves_a_mode_without_a_gap_between_home_and_host():
    # In a triangle of equal regions the mode (1, 1, -2) has no gap between 0 and 1.
    model = CoupledCobweb(
        [1] * 3, [0.4] * 3, mobility=[[0, 0.1, 0.05], [0.1, 0, 0.05], [0.05, 0.05, 0]]
    )
    table = enclave_effect(model, 0, 1, strength=0.05)
    assert table["effect"].tolist() == ["excites", "leaves", "leaves"]
    np.testing.assert_allclose(table["home_host_gap"], [2, 0, 0], atol=1e-9)


MODEL = CoupledCobweb([1, 1], [0.8, 0.8], mobility=0.05, regions=["home", "host"])


@pytest.mark.parametrize(
    ("make", "words"),
    [
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
        (lambda: with_enclave(MODEL, "home", "hosts", strength=1), "`host` must be .*mean 'host'"),
        (lambda: with_enclave(MODEL, "home", "home", strength=1), "`host` must not be the home"),
        (lambda: CoupledCobweb([1, 1], [1, 1], mobility=0, regions=["a", "a"]),
         "2 different names"),
        (lambda: CoupledCobweb(pd.Series({"a": 1.0, "c": 1.0}), [1, 1], mobility=0, regions=["a",
         "b"]), "one entry for each region, 'a', 'b'; found 'a', 'c'"),
    ],
)  # fmt: skip
def test_faults_are_named(make, words):
    with pytest.raises(InputError, match=words):
        make()

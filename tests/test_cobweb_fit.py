"""Cobwebs estimated from panels: exact without shocks of supply, sure on simulated ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.errors import InputError
from netinnov.mechanisms.cobweb import CobwebFit, CoupledCobweb, fit, simulate_panel
from netinnov.mechanisms.cobweb._panel import backward, expectations, forward


def truth(n=30, *, d=0.7, m=0.2, b=1.0, beta=1.0):
    return CoupledCobweb(
        [b] * n, [d] * n, mobility=m / n, adaptation=beta,
        demand_intercept=np.linspace(8, 12, n), supply_intercept=np.linspace(1, 0, n),
    )  # fmt: skip


def test_a_simulated_panel_is_the_model_without_shocks():
    model = truth(3)
    quiet = simulate_panel(model, periods=4, demand_sd=0, supply_sd=0)
    np.testing.assert_allclose(quiet["price"], np.tile(model.price(), 4))
    assert quiet["period"].tolist() == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3
    noisy = simulate_panel(model, periods=200, supply_sd=0, rng=1)
    # Without shocks of supply quantities are what expected prices say; demand always holds.
    wide = {name: noisy.pivot(index="period", columns="region", values=name) for name in
            ("price", "quantity", "expected")}  # fmt: skip
    supply = np.linspace(1, 0, 3) + wide["expected"] @ model._answers().T
    np.testing.assert_allclose(wide["quantity"], supply, atol=1e-9)
    shocks = wide["quantity"] + wide["price"] - np.linspace(8, 12, 3)
    assert shocks.to_numpy().std() == pytest.approx(1, abs=0.1)
    np.testing.assert_allclose(wide["expected"].iloc[1:], wide["price"].iloc[:-1])


def test_expectations_and_their_derivative_by_hand():
    # beta 0.5, prices 4, 8, 6: expected 4, then 4 + 0.5 (8 - 4) = 6.
    expected, bent = expectations(np.array([[4.0, 8.0, 6.0]]), 0.5)
    assert expected.tolist() == [[4, 6]]
    up, down = (expectations(np.array([[4.0, 8.0, 6.0, 5.0]]), 0.5 + x)[0] for x in (1e-6, -1e-6))
    _, bent = expectations(np.array([[4.0, 8.0, 6.0, 5.0]]), 0.5)
    np.testing.assert_allclose(bent, (up - down) / 2e-6, atol=1e-6)


def test_orthogonal_deviations_by_hand():
    # 1, 2, 6, 3: forward, second: sqrt(2/3) (2 - 4.5), third: sqrt(1/2) (6 - 3); backward, second:
    # sqrt(1/2) (2 - 1), third: sqrt(2/3) (6 - 1.5).
    x = np.array([[1.0, 2.0, 6.0, 3.0]])
    np.testing.assert_allclose(forward(x), [[-2.5 * np.sqrt(2 / 3), 3 * np.sqrt(0.5)]])
    np.testing.assert_allclose(backward(x), [[np.sqrt(0.5), 4.5 * np.sqrt(2 / 3)]])
    np.testing.assert_allclose(forward(x + 5), forward(x))


@pytest.mark.parametrize("demand", ["recursive", "instrument"])
@pytest.mark.parametrize("beta", [1.0, 0.6])
def test_supply_without_shocks_is_found_exactly(demand, beta):
    model = truth(6, beta=beta)
    # The first expectation is the first price: the panel starts at rest, without `settle`.
    panel = simulate_panel(model, periods=60, supply_sd=0, settle=0, rng=3)
    rest = pd.DataFrame({"region": range(6), "period": -1, "price": model.price()})
    rest["quantity"] = np.linspace(8, 12, 6) - model.price()
    panel = pd.concat([rest, panel])
    found = fit(panel, adaptation=None if beta < 1 else 1.0, demand=demand)
    assert found.supply_slope == pytest.approx(0.7, abs=1e-6)
    assert found.mobility == pytest.approx(0.2 / 6, abs=1e-6)
    assert found.adaptation == pytest.approx(beta, abs=1e-6)


def test_demand_without_shocks_is_found_exactly():
    model = truth(6)
    found = fit(simulate_panel(model, periods=60, demand_sd=0, rng=3), adaptation=1.0)
    assert found.demand_slope == pytest.approx(1.0, abs=1e-9)
    np.testing.assert_allclose(found.intercepts["demand"], np.linspace(8, 12, 6), atol=1e-8)


def test_one_region_alone_is_the_instrumental_variable_of_its_transformed_series():
    panel = simulate_panel(truth(1, m=0), periods=80, rng=5)
    found = fit(panel, mobility=None, adaptation=1.0, cluster="period")
    p, q = panel["price"].to_numpy(), panel["quantity"].to_numpy()
    lag, q, p = p[None, :-1], q[None, 1:], p[None, 1:]
    z = backward(lag)
    assert found.supply_slope == pytest.approx((z * forward(q)).sum() / (z * forward(lag)).sum())
    z = backward(q)
    assert found.demand_slope == pytest.approx(-(z * forward(q)).sum() / (z * forward(p)).sum())
    assert found.mobility == 0
    assert (
        found.root_total
        == found.root_gap
        == pytest.approx(-found.supply_slope / found.demand_slope)
    )


def test_the_fit_says_whether_regions_are_stable():
    calm = fit(simulate_panel(truth(d=0.4), periods=60, rng=1), adaptation=1.0)
    assert calm.verdict == "stable"
    assert calm.intervals.loc["spectral_radius", "high"] < 1
    near = fit(simulate_panel(truth(d=0.78), periods=40, rng=1), adaptation=1.0)
    assert near.verdict == "undecided"
    assert isinstance(near, CobwebFit)
    table = near.to_frame()
    assert table.columns.tolist() == ["estimate", "standard_error", "low", "high"]
    assert (table["low"] <= table["estimate"]).all()
    assert (table["estimate"] <= table["high"]).all()
    assert near.spectral_radius == pytest.approx(near.model().spectral_radius())
    assert near.n_regions == 30
    assert near.n_periods == 39


def test_regions_that_explode_are_called_unstable():
    # From rest, with small shocks, for 12 periods: -1.3 to the power 12 is 23.
    n, rng = 30, np.random.default_rng(2)
    price, rows = np.full(n, 5.0), []
    for t in range(14):
        quantity = -1.5 + 1.3 * price + 0.1 * rng.normal(size=n)
        price = 10 - quantity + 0.1 * rng.normal(size=n)
        rows += [(k, t, price[k], quantity[k]) for k in range(n)]
    panel = pd.DataFrame(rows, columns=["region", "period", "price", "quantity"])
    found = fit(panel, adaptation=1.0, mobility=None)
    assert found.supply_slope == pytest.approx(1.3, abs=0.05)
    assert found.verdict == "unstable"


def test_a_correlation_of_shocks_biases_the_recursive_demand_and_the_fit_says_so():
    panel = simulate_panel(truth(), periods=60, correlation=0.6, rng=4)
    biased = fit(panel, adaptation=1.0)
    sound = fit(panel, adaptation=1.0, demand="instrument")
    # By hand: cov(p, q) / var(q) = -(1 - cov(u, v) / var(q)) with b = 1.
    spread = panel.groupby("region")["quantity"].var().mean()
    assert biased.demand_slope == pytest.approx(1 / (1 - 0.6 / spread), rel=0.03)
    assert biased.demand_slope > 1.1
    assert sound.demand_slope == pytest.approx(1.0, abs=0.1)
    assert biased.simultaneity_p == sound.simultaneity_p < 1e-6
    assert sound.instrument_f > 100
    fine = fit(simulate_panel(truth(), periods=60, rng=4), adaptation=1.0)
    assert fine.simultaneity_p > 0.01
    assert fine.serial_demand_p > 0.01
    assert fine.serial_supply_p > 0.01


def test_shocks_that_last_are_seen_in_the_residuals():
    panel = simulate_panel(truth(), periods=60, rng=4)
    rng, lasting = np.random.default_rng(1), np.zeros(30)
    moved = panel.copy()
    for t in range(60):
        lasting = 0.7 * lasting + rng.normal(size=30)
        moved.loc[moved["period"] == t, "price"] += 2 * lasting
    assert fit(moved, adaptation=1.0).serial_demand_p < 1e-4


def test_order_names_and_units_of_the_panel_do_not_matter():
    panel = simulate_panel(truth(8), periods=40, rng=6)
    one = fit(panel, adaptation=1.0)
    shuffled = panel.sample(frac=1, random_state=1).rename(
        columns={"price": "wage", "region": "city"}
    )
    shuffled["city"] = shuffled["city"].map("city {}".format)
    shuffled["period"] = 1990 + 2 * shuffled["period"]
    two = fit(shuffled, price="wage", region="city", adaptation=1.0)
    columns = ["estimate", "standard_error"]
    np.testing.assert_allclose(two.to_frame()[columns], one.to_frame()[columns], rtol=1e-8)
    scaled = fit(panel.assign(quantity=10 * panel["quantity"]), adaptation=1.0)
    for name in ("demand_slope", "supply_slope", "mobility"):
        assert getattr(scaled, name) == pytest.approx(10 * getattr(one, name))
    assert scaled.spectral_radius == pytest.approx(one.spectral_radius)


def test_the_pattern_of_mobility_can_be_a_network():
    names = ["q", "h", "s", "n"]
    links = pd.DataFrame(
        {"source": ["q", "h", "s"], "target": ["h", "s", "n"], "weight": [1, 2, 1]}
    )
    network = ni.build_network(pd.DataFrame(index=names), links)
    m = 0.08 * network.adjacency("links").toarray()
    model = CoupledCobweb(
        [1] * 4, [0.5] * 4, mobility=m, demand_intercept=[9] * 4, supply_intercept=[1] * 4,
        regions=names,
    )  # fmt: skip
    panel = simulate_panel(model, periods=400, rng=8)
    found = fit(panel.iloc[::-1], mobility=network, adaptation=1.0, cluster="period")
    assert found.intercepts.index.tolist() == names
    assert found.mobility == pytest.approx(0.08, abs=0.03)
    assert found.model().regions == tuple(names)
    low, high = found.intervals.loc["mobility"]
    assert low < 0.08 < high


def test_the_bootstrap_follows_its_generator_and_is_near_the_robust_errors():
    panel = simulate_panel(truth(), periods=40, rng=9)
    for cluster in ("region", "period"):
        found = [
            fit(panel, adaptation=1.0, cluster=cluster, resamples=300, rng=seed)
            for seed in (1, 1, 2)
        ]
        pd.testing.assert_frame_equal(found[0].to_frame(), found[1].to_frame())
        assert not found[0].intervals.equals(found[2].intervals)
        robust = fit(panel, adaptation=1.0, cluster=cluster)
        names = ["demand_slope", "supply_slope", "mobility"]
        ratio = found[0].standard_errors[names] / robust.standard_errors[names]
        assert ratio.between(0.7, 1.4).all()
        assert found[0].demand_slope == robust.demand_slope


def test_adaptation_above_one_is_put_to_one():
    panels = (simulate_panel(truth(), periods=30, rng=seed) for seed in range(20))
    found = next(one for one in map(fit, panels) if one.at_bound)
    assert found.adaptation == 1
    assert found.intervals.loc["adaptation", "high"] == 1
    assert found.intervals.loc["adaptation", "low"] < 1


def test_the_panel_is_not_changed():
    panel = simulate_panel(truth(5), periods=30, rng=1)
    before = panel.copy()
    fit(panel, adaptation=1.0)
    pd.testing.assert_frame_equal(panel, before)


PANEL = simulate_panel(truth(4), periods=20, rng=1)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: fit([1, 2]), "`panel` must be a DataFrame; found list"),
        (lambda: fit(PANEL.drop(columns="price")), "lacks .'price'."),
        (lambda: fit(PANEL.assign(price="a")), "'price' must hold numbers"),
        (lambda: fit(PANEL.drop(index=5)), r"1 pairs .* lack a finite 'price', e.g. \[\[1, 1\]\]"),
        (lambda: fit(pd.concat([PANEL, PANEL.iloc[:2]])), "repeated are 2, e.g."),
        (lambda: fit(PANEL[PANEL["period"] != 7]), "equal steps.*these they do not: .6"),
        (
            lambda: fit(PANEL[PANEL["period"] < 10]),
            "at least 14 periods with `burn_in` 5; found 10",
        ),
        (
            lambda: fit(PANEL.assign(region=PANEL["region"].where(PANEL["region"] > 0))),
            "20 rows lack",
        ),
        (lambda: fit(PANEL[PANEL["region"] == 1]), "at least two regions .*cluster='period'"),
        (lambda: fit(PANEL.assign(price=1.0)), "the price must change over time"),
        (lambda: fit(PANEL, mobility=0), "`mobility` must have a pair above 0, or be None"),
        (lambda: fit(PANEL, mobility=np.ones((2, 2))), "`mobility` must be a number or a 4 x 4"),
        (lambda: fit(PANEL, mobility=-1), "`mobility` must be a finite number at least 0"),
        (lambda: fit(PANEL, adaptation=1.2), "`adaptation` .*at most 1; found 1.2"),
        (lambda: fit(PANEL, demand="ols"), "`demand` must be one of 'recursive', 'instrument'"),
        (lambda: fit(PANEL, cluster="city"), "`cluster` must be one of"),
        (lambda: fit(PANEL, level=1), "`level` must be .* below 1"),
        (lambda: fit(PANEL, resamples=1.5), "`resamples` must be a whole number"),
        (
            lambda: simulate_panel(
                CoupledCobweb([1], [2], mobility=0, demand_intercept=[1], supply_intercept=[0]),
                periods=5,
            ),
            "`model` must be stable.* spectral radius of 2",
        ),
        (lambda: simulate_panel(truth(3), periods=5, correlation=2), "`correlation`"),
    ],
)
def test_faults_are_named(make, words):
    with pytest.raises(InputError, match=words):
        make()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("beta", "d", "demand", "correlation", "cluster", "regions", "periods"),
    [
        (1.0, 0.7, "recursive", 0.0, "region", 30, 40),
        (0.6, 1.2, "recursive", 0.0, "region", 30, 40),
        (1.0, 0.7, "instrument", 0.5, "region", 30, 40),
        (1.0, 0.7, "recursive", 0.0, "period", 4, 80),
    ],
)
def test_intervals_hold_the_truth_as_often_as_they_say(
    beta, d, demand, correlation, cluster, regions, periods
):
    # 400 panels: 95 % with a standard error of 1.1 points.
    model = truth(regions, d=d, beta=beta)
    rng = np.random.default_rng(20)
    values = {"demand_slope": 1.0, "supply_slope": d, "mobility": 0.2 / regions}
    if beta < 1:
        values["adaptation"] = beta
    values["spectral_radius"] = model.spectral_radius()
    held = pd.Series(0, list(values))
    for _ in range(400):
        panel = simulate_panel(model, periods=periods, correlation=correlation, rng=rng)
        found = fit(
            panel, adaptation=None if beta < 1 else 1.0, demand=demand, cluster=cluster
        ).intervals
        held += [found.loc[k, "low"] <= x <= found.loc[k, "high"] for k, x in values.items()]
    assert (held / 400).between(0.915, 0.98).all(), held / 400

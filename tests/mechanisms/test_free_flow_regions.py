"""Free flow between n regions: the short run, movement, rest points and their stability."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from scipy.special import softmax

from netinnov import build_network
from netinnov.errors import InputError
from netinnov.mechanisms.free_flow import (
    CorePeriphery,
    FootlooseEntrepreneur,
    Logit,
    LogitMigration,
    Replicator,
    trade_freeness,
)

CORE, FOOTLOOSE = CorePeriphery(5, 0.4), FootlooseEntrepreneur(3, 0.4)
both = pytest.mark.parametrize("model", [CORE, FOOTLOOSE], ids=["cp", "fe"])
seeds = st.integers(0, 2**32 - 1)


def basins_of(table: pd.DataFrame) -> np.ndarray:
    """Shares of the starts of two regions that end at each stable rest point."""
    return np.diff(np.unique([0.0, *table.loc[~table["stable"], "share"], 1.0]))


def ring(n: int) -> np.ndarray:
    steps = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    return np.minimum(steps, n - steps)


def plane(seed: int, n: int = 6) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    points = rng.random((n, 2))
    names = list("abcdefghijkl")[:n]
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    free = trade_freeness(pd.DataFrame(distances, names, names), decay=rng.uniform(0.5, 6))
    return free, rng.dirichlet(np.ones(n))


def core_periphery_wages(sigma, mu, trade, people, immobile):
    """Wages by the fixed point of the equations as Fujita, Krugman and Venables write them."""
    wages = np.ones(len(people))
    for _ in range(100_000):
        prices = (trade @ (people * wages ** (1 - sigma))) ** (1 / (1 - sigma))
        incomes = mu * people * wages + (1 - mu) * immobile
        new = (trade @ (incomes * prices ** (sigma - 1))) ** (1 / sigma)
        if np.abs(new - wages).max() < 1e-15:
            break
        wages = new
    return wages, prices


@given(seed=seeds, sigma=st.floats(1.2, 12), mu=st.floats(0.05, 0.95))
@settings(max_examples=10, deadline=None)
def test_core_periphery_wages_solve_the_equations_of_the_model(seed, sigma, mu):
    free, people = plane(seed)
    immobile = np.random.default_rng(seed + 1).dirichlet(np.ones(6))
    wages, prices = core_periphery_wages(sigma, mu, free.to_numpy(), people, immobile)
    real = CorePeriphery(sigma, mu).attraction(people, freeness=free, immobile=immobile)
    np.testing.assert_allclose(real, wages * prices**-mu, rtol=1e-10)


@given(seed=seeds, sigma=st.floats(1.6, 12), mu=st.floats(0.05, 0.55))
@settings(max_examples=10, deadline=None)
def test_entrepreneurs_wages_solve_the_linear_system(seed, sigma, mu):
    free, people = plane(seed)
    trade, a, b = free.to_numpy(), mu / (sigma - 1), mu / sigma
    market = trade / (trade @ people)
    wages = np.linalg.solve(np.eye(6) - b * market * people, b * market @ np.full(6, 1 / 6))
    utility = np.log(wages) + a * np.log(trade @ people)
    found = FootlooseEntrepreneur(sigma, mu).attraction(people, freeness=free)
    np.testing.assert_allclose(found, utility, atol=1e-11)


def test_entrepreneurs_wages_are_the_same_by_factors_where_rounds_do_not_suffice(monkeypatch):
    free, people = plane(2)
    expected = FOOTLOOSE.attraction(people, freeness=free)
    monkeypatch.setattr("netinnov.mechanisms.free_flow._footloose._MOST", 1)
    pd.testing.assert_series_equal(FOOTLOOSE.attraction(people, freeness=free), expected)


@both
def test_two_regions_of_a_matrix_are_the_two_of_the_closed_forms(model):
    for enclave in (0.0, 0.3):
        enclaves = {(0, 1): enclave}
        v = model.attraction([0.3, 0.7], freeness=0.2, enclaves=enclaves)
        gap = model.gap(0.3, freeness=0.2, enclave=enclave)
        assert v[0] - v[1] == pytest.approx(gap, abs=1e-11)


@both
@given(seed=seeds)
@settings(max_examples=6, deadline=None)
def test_relabelling_regions_permutes_the_result(model, seed):
    free, people = plane(seed)
    start = pd.Series(people, free.index)
    order = np.random.default_rng(seed).permutation(6)
    moved = free.iloc[order, order]
    enclaves = {("a", "c"): 0.4, ("b", "f"): 0.9}
    one = model.simulate(start, freeness=free, enclaves=enclaves, steps=30)
    # A Series is read by its labels: the same start, in whatever order.
    other = model.simulate(start, freeness=moved, enclaves=enclaves, steps=30)
    pd.testing.assert_frame_equal(one[list(moved)], other, rtol=1e-9, atol=1e-12)
    assert (start.to_numpy() == people).all()


@both
@pytest.mark.parametrize("rule", [Replicator(0.3), Logit(4.0, 0.3), Logit(4.0, 0.3, 0.2)])
@pytest.mark.parametrize("enclaves", [None, {("a", "b"): 0.5}])
def test_jacobians_are_the_slopes_of_the_movement(model, rule, enclaves):
    free, people = plane(5)
    phi, still, reach, _ = model._space(free, None, enclaves)
    attraction, slope = model._attraction(phi, still, reach), model._slope(phi, still, reach)

    def velocity(x):
        v = attraction(x[None, :])[0]
        if isinstance(rule, Logit):
            return rule.move(x, v) - x
        return rule.mobility * x * (v - x @ v)

    jacobian = rule.jacobian(people, attraction(people[None, :])[0], slope(people))
    h = 1e-6
    for direction in np.eye(6) - 1 / 6:  # moves that keep the sum
        numeric = (velocity(people + h * direction) - velocity(people - h * direction)) / (2 * h)
        np.testing.assert_allclose(jacobian @ direction, numeric, atol=3e-7)


@both
@pytest.mark.parametrize("n", [2, 8])
def test_modes_of_the_even_split_are_its_jacobian(model, n):
    free = trade_freeness(ring(n), decay=0.7)
    phi, still, reach, _ = model._space(free, None, None)
    even = np.full(n, 1 / n)
    slope = model._slope(phi, still, reach)(even)
    # Utilities are logarithms in one model and levels in the other.
    level = model._attraction(phi, still, reach)(even[None, :])[0, 0] if model is CORE else 1.0
    projector = np.eye(n) - 1 / n
    exact = np.sort(np.linalg.eigvals(projector @ slope @ projector).real)
    exact = np.delete(exact, np.argmin(np.abs(exact)))
    found = np.sort(model.modes(free)["slope"].to_numpy() * level)
    np.testing.assert_allclose(found, exact, atol=1e-9)


@both
def test_modes_turn_where_the_break_point_says(model):
    for step, stable in ((-1e-6, True), (1e-6, False)):
        phi = model.break_point() + step
        assert model.modes(phi)["stable"].tolist() == [stable]
    n = 7
    phi = FootlooseEntrepreneur(3, 0.4, regions=n).break_point()
    for step, stable in ((-1e-6, True), (1e-6, False)):
        equidistant = np.full((n, n), phi + step) + (1 - phi - step) * np.eye(n)
        modes = FootlooseEntrepreneur(3, 0.4, regions=n).modes(equidistant)
        assert modes["stable"].tolist() == [stable] * (n - 1)


@both
def test_rest_points_of_two_regions_are_those_of_the_closed_form(model):
    phi = (model.sustain_point() + model.break_point()) / 2
    exact = model.equilibria(phi)
    table = model.rest_points(freeness=phi, restarts=120, rng=1, dynamics=Replicator(5.0))
    table = table.sort_values(0, ignore_index=True)
    np.testing.assert_allclose(table[0], exact["share"], atol=1e-8)
    assert table["stable"].tolist() == exact["stable"].tolist()
    basins = basins_of(exact)
    stable = table[table["stable"]]
    assert ((stable["low"] <= basins) & (basins <= stable["high"])).all()
    assert stable["basin"].sum() == pytest.approx(1)


@both
def test_stable_rest_points_draw_and_unstable_ones_repel(model):
    phi = trade_freeness(ring(4), decay=-np.log(model.break_point()) / 1.3)
    table = model.rest_points(freeness=phi, restarts=12, rng=0, dynamics=Replicator(5.0))
    assert 0 < table["stable"].sum() < len(table)
    rng = np.random.default_rng(0)
    for row in table.to_dict("records"):
        if abs(row["leading"]) < 2e-2:
            continue
        point = np.array([row[i] for i in range(4)])
        farther = []
        for _ in range(2):
            x = point + 1e-4 * rng.random(4)
            x = x / x.sum()
            path = model.simulate(x, freeness=phi, steps=300, dynamics=Replicator(20.0))
            farther.append(np.abs(path.iloc[-1] - point).max() > np.abs(x - point).max())
        assert any(farther) != row["stable"], row


def test_a_symmetric_system_has_its_basins_of_one_size():
    free = np.full((3, 3), 0.25) + 0.75 * np.eye(3)
    table = CORE.rest_points(freeness=free, restarts=40, rng=4, dynamics=Replicator(5.0))
    stable = table[table["stable"]]
    assert len(stable) == 3
    assert ((stable["low"] < 1 / 3) & (stable["high"] > 1 / 3)).all()
    again = CORE.rest_points(freeness=free, restarts=40, rng=4, dynamics=Replicator(5.0))
    pd.testing.assert_frame_equal(table, again)


@pytest.mark.parametrize(
    "network", [ring(9) == 1, np.diag(np.ones(6), 1) + np.diag(np.ones(6), -1)]
)
@pytest.mark.parametrize("cost", [0.0, 0.8])
def test_logit_modes_over_a_network_are_its_jacobian(network, cost):
    # A path has ends of lower degree: the even split is a rest point there, too.
    n = len(network)
    model = LogitMigration(1.5, 6.0, congestion=0.5, spillover=2.0, border=0.3, moving_cost=cost)
    effects, _ = model._effects(network, None, None)
    even = np.full(n, 1 / n)
    jacobian = Logit(1.5, 1.0, cost).jacobian(even, effects @ even, effects)
    projector = np.eye(n) - 1 / n
    exact = np.sort(np.linalg.eigvals(projector @ jacobian @ projector).real)
    exact = np.delete(exact, np.argmin(np.abs(exact)))
    np.testing.assert_allclose(np.sort(model.modes(network)["rate"]), exact, atol=1e-9)
    for step, stable in ((-1e-6, True), (1e-6, False)):
        changed = LogitMigration(1.5, model.break_point(network) + step, 0.5, 2.0, 0.3, 0, cost)
        assert bool(changed.modes(network)["stable"].all()) == stable


def test_logit_over_a_network_ends_where_its_modes_say():
    network = ring(8) == 1
    point = LogitMigration(1.0, 1.0, spillover=1.0).break_point(network)
    start = np.full(8, 1 / 8) + 1e-3 * np.cos(np.arange(8))
    start /= start.sum()
    for factor, even in ((0.9, True), (1.1, False)):
        model = LogitMigration(1.0, factor * point, spillover=1.0)
        end = model.simulate(start, network=network, steps=3000).iloc[-1]
        assert (np.abs(end - 1 / 8).max() < 1e-4) == even


def test_a_network_of_places_gives_names_and_neighbours():
    nodes = pd.DataFrame({"node": ["a", "b", "c", "d"]})
    links = pd.DataFrame(
        {"source": ["a", "b", "c", "d"], "target": ["b", "c", "d", "a"], "layer": "ties"}
    )
    network = build_network(nodes, links)
    model = LogitMigration(1.0, 3.0, spillover=1.0)
    path = model.simulate([0.4, 0.3, 0.2, 0.1], network=network, steps=5)
    assert list(path) == ["a", "b", "c", "d"]
    square = pd.DataFrame(ring(4) == 1, list("abcd"), list("abcd"))
    pd.testing.assert_frame_equal(
        path, model.simulate([0.4, 0.3, 0.2, 0.1], network=square, steps=5), check_names=False
    )
    assert model.modes(network)["w"].round(9).tolist() == [0, 0, -1]


def test_where_choices_jump_there_may_be_no_rest_point():
    freeness = pd.DataFrame([[1, 0.3, 0.2], [0.3, 1, 0.4], [0.2, 0.4, 1]], list("abc"), list("abc"))
    model = FootlooseEntrepreneur(5.0, 0.4)
    table = model.rest_points(freeness=freeness, dynamics=Logit(1e4), restarts=10, rng=0)
    assert list(table) == [*"abc", "leading", "stable", "basin", "low", "high"]
    assert (table.dtypes.drop("stable") == float).all()
    assert table["basin"].sum() <= 1


def test_rest_points_of_logit_are_those_of_its_equation():
    for other in ({}, {"enclave": 0.2}, {"moving_cost": 0.7}, {"enclave": 0.2, "moving_cost": 0.7}):
        model = LogitMigration(1.3, 4.0, congestion=0.2, spillover=0.5, border=0.5, **other)
        exact = model.equilibria()
        table = model.rest_points(restarts=200, rng=2).sort_values(0, ignore_index=True)
        np.testing.assert_allclose(table[0], exact["share"], atol=1e-9)
        assert table["stable"].tolist() == exact["stable"].tolist()
        basins = basins_of(exact)
        stable = table[table["stable"]]
        assert ((stable["low"] <= basins) & (basins <= stable["high"])).all()


def test_a_border_is_felt_between_jurisdictions_only():
    ratio = np.array([[1, 1, 0.5, 0.5], [1, 1, 0.5, 0.5], [0.5, 0.5, 1, 1], [0.5, 0.5, 1, 1]])
    # Spillovers of a ring of four regions, two in each jurisdiction, are halved across the border:
    # one step by the definition, x + mobility (choice - x).
    x, weights = np.array([0.4, 0.3, 0.2, 0.1]), (ring(4) == 1) / 2 * ratio
    expected = x + 0.3 * (softmax(1.4 * (3 * x + 2 * weights @ x)) - x)
    options = {"network": ring(4) == 1, "jurisdictions": ["x", "x", "y", "y"]}
    logit = LogitMigration(1.4, 3.0, spillover=2.0, border=0.5)
    path = logit.simulate(x, **options, steps=1, mobility=0.3)
    np.testing.assert_allclose(path.iloc[1], expected)
    # Rest points are states that no step changes.
    points = logit.rest_points(**options, enclaves={(0, 3): 0.2}, restarts=20, mobility=1.0, rng=1)
    for state in points[[0, 1, 2, 3]].to_numpy():
        after = logit.simulate(state, **options, enclaves={(0, 3): 0.2}, steps=1)
        np.testing.assert_allclose(after.iloc[1], state, atol=1e-9)


@pytest.mark.parametrize("model", [CORE, FootlooseEntrepreneur(sigma=5, mu=0.4)])
def test_rest_points_with_immobile_shares_and_enclaves_are_where_all_earn_the_same(model):
    free = trade_freeness(ring(3), decay=1.2)
    options = {"freeness": free, "immobile": [0.5, 0.3, 0.2], "enclaves": {(2, 0): 0.3}}
    points = model.rest_points(**options, restarts=20, rng=1)
    assert points["stable"].any()
    for state in points.loc[points["stable"], [0, 1, 2]].to_numpy():
        earned = model.attraction(state, **options)
        np.testing.assert_allclose(earned[state > 1e-9], earned.max(), atol=1e-8)
        path = model.simulate(state, **options, steps=1)
        np.testing.assert_allclose(path.iloc[1], state, atol=1e-9)


NAMES = ["high", "low"]
DISTANCES = np.array([[0.0, 1.0], [1.0, 0.0]])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: trade_freeness(np.ones((2, 3)), decay=1),
         r"`distances` must be a square .*\(2, 3\)"),
        (lambda: trade_freeness([[0, 1], [2, 0]], decay=1),
         r"`distances` must be symmetric.* 1 and 2 at \[0, 1\]"),
        (lambda: trade_freeness(-DISTANCES, decay=1), r"`distances` must be at least 0; found -1"),
        (lambda: trade_freeness(DISTANCES + 1, decay=1), r"`distances` must be 0 with itself"),
        (lambda: trade_freeness([[0, np.inf], [np.inf, 0]], decay=1), "finite numbers; found inf"),
        (lambda: CORE.attraction([0.5, 0.5], freeness=0.0), "`freeness` must be above 0 .*found 0"),
        (lambda: CORE.attraction([0.5, 0.5], freeness=DISTANCES + 0.5), "`freeness` must be above"),
        (lambda: CORE.attraction([0.5, 0.6], freeness=0.3), r"`shares` must add up to 1; found"),
        (lambda: CORE.simulate([1.5, -0.5], freeness=0.3), r"`start` must be at least 0; .*-0\.5"),
        (lambda: CORE.simulate([1.0], freeness=0.3), "`start` must have one entry for each of 2"),
        (lambda: CORE.simulate(pd.Series([0.5, 0.5], ["a", "b"]), freeness=0.3),
         "`start` must have one entry for each region"),
        (lambda: CORE.simulate([0.5, 0.5], freeness=0.3, enclaves={(0, 5): 0.1}),
         "`enclaves` must join two different regions"),
        (lambda: CORE.simulate([0.5, 0.5], freeness=0.3, enclaves={(0, 1): 1.1}),
         r"`enclaves\[\(0, 1\)\]` must .* at most 1; found 1.1"),
        (lambda: CORE.rest_points(freeness=pd.DataFrame(np.eye(2) / 2 + 0.5, NAMES, NAMES)),
         r"cannot be called as other columns of rest points: \['low', 'high'\]"),
        (lambda: LogitMigration(1.0, 1.0).simulate([0.5, 0.5], jurisdictions=["a"]),
         "`jurisdictions` must name that of each of 2 regions"),
        (lambda: Replicator(-0.1), "`mobility` must be a finite number above 0; found -0.1"),
        (lambda: CORE.modes([[1, 0.5, 0.1], [0.5, 1, 0.5], [0.1, 0.5, 1]]),
         "`freeness` must have rows of one sum"),
        (lambda: LogitMigration(1.0, 1.0).modes([[0, 1, 0], [1, 0, 0], [0, 0, 0]]),
         "`network` must link every region.*1 have no link"),
        (lambda: LogitMigration(1.0, 1.0, enclave=0.2).simulate([0.4, 0.3, 0.3], network=ring(3)),
         "`enclaves` must say which"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_with_its_value_and_bound(make, words):
    with pytest.raises(InputError, match=words):
        make()

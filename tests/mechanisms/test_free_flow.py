"""Free flow: closed forms against numerics, the short run and the movement of n regions."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from scipy import optimize

from netinnov.errors import InputError
from netinnov.mechanisms.free_flow import (
    CorePeriphery,
    FootlooseEntrepreneur,
    LogitMigration,
    trade_freeness,
)

# 200 points each, inside the region without a black hole.
SIGMAS = np.linspace(1.5, 9.0, 20)
CORE_PERIPHERY = [
    CorePeriphery(sigma, mu)
    for sigma in SIGMAS
    for mu in np.linspace(0.05, 0.95 * min((sigma - 1) / sigma, 0.95), 10)
]
FOOTLOOSE = [
    FootlooseEntrepreneur(sigma, mu)
    for sigma in SIGMAS
    for mu in np.linspace(0.05, 0.95 * min(sigma - 1, 1), 10)
]
both = pytest.mark.parametrize("models", [CORE_PERIPHERY, FOOTLOOSE], ids=["cp", "fe"])


def slope_at_the_even_split(model, phi, h=1e-4):
    # The gap is odd about 1/2, so a central difference has an error of h^2.
    return (model.gap(0.5 + h, freeness=phi) - model.gap(0.5 - h, freeness=phi)) / (2 * h)


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


@both
def test_break_points_are_where_the_even_split_turns_unstable(models):
    # The slope changes its sign between phi - 1e-6 and phi + 1e-6.
    assert len(models) == 200
    for model in models:
        phi = model.break_point()
        slopes = slope_at_the_even_split(model, np.array([phi - 1e-6, phi + 1e-6]))
        assert slopes[0] < 0 < slopes[1], model


@both
def test_sustain_points_are_where_a_core_begins_to_hold(models):
    for model in models:
        phi = model.sustain_point()
        assert 0 < phi < model.break_point()
        step = min(1e-6, 1e-6 * phi)
        gaps = model.gap(1.0, freeness=np.array([phi - step, phi + step]))
        assert gaps[0] < 0 < gaps[1], model


@pytest.mark.parametrize("share", [0.0, 0.5, 0.77])
@pytest.mark.parametrize("phi", [0.05, 0.9])
def test_wages_solve_the_equations_of_the_model(share, phi):
    model = CorePeriphery(4.0, 0.4)
    trade, people = np.array([[1, phi], [phi, 1]]), np.array([share, 1 - share])
    wages, prices = core_periphery_wages(4.0, 0.4, trade, people, np.full(2, 0.5))
    real = wages * prices**-0.4
    assert model.gap(share, freeness=phi) == pytest.approx(real[0] - real[1], abs=1e-12)


def test_break_point_of_several_regions_by_their_wages():
    # n equidistant regions: w = b M (L + diag(h) w), M_rs = phi_rs / sum_k phi_ks h_k; the even
    # split loses its stability where moving from one region to another begins to pay.
    def pays(sigma, mu, n, phi, step=1e-6):
        a, b = mu / (sigma - 1), mu / sigma
        trade = np.full((n, n), phi) + (1 - phi) * np.eye(n)
        people = np.full(n, 1 / n)
        people[0] += step
        people[1] -= step
        m = trade / (trade @ people)
        wages = np.linalg.solve(np.eye(n) - b * m * people, b * m @ np.full(n, 1 / n))
        utility = np.log(wages) + a * np.log(trade @ people)
        return (utility[0] - utility[1]) / step

    for sigma, mu, n in [(5, 0.4, 2), (5, 0.4, 3), (3, 0.4, 7), (4, 0.3, 20)]:
        phi = FootlooseEntrepreneur(sigma, mu, regions=n).break_point()
        numeric = optimize.brentq(lambda value: pays(sigma, mu, n, value), phi * 0.9, phi * 1.1)  # noqa: B023
        assert numeric == pytest.approx(phi, abs=1e-6)


@both
def test_five_rest_points_between_the_two_points_and_three_or_one_outside(models):
    for model in models[::13]:
        low, high = model.sustain_point(), model.break_point()
        if low < 1e-8:
            continue
        for phi, stable in [
            (low * 0.9, [True]),
            ((low + high) / 2, [True, False, True, False, True]),
            (min(high * 1.05, 0.999), [True, False, True]),
        ]:
            table = model.equilibria(phi)
            assert table["stable"].tolist() == stable, (model, phi)
            assert np.allclose(table["share"] + table["share"][::-1].to_numpy(), 1)
            inside = table[table["share"].between(0, 1, inclusive="neither")]
            assert np.abs(model.gap(inside["share"].to_numpy(), freeness=phi)).max() < 1e-9


def test_a_black_hole_has_no_points_and_still_a_gap():
    model = CorePeriphery(2.0, 0.6)  # rho = 0.5
    for point in (model.break_point, model.sustain_point):
        with pytest.raises(InputError, match=r"mu must be below .* = 0.5; found 0.6.*black hole"):
            point()
    assert model.equilibria(0.3)["stable"].tolist() == [True, False, True]
    with pytest.raises(InputError, match=r"`mu` must be below sigma - 1 = 0\.5; found 0\.6"):
        FootlooseEntrepreneur(1.5, 0.6)


@given(
    share=st.floats(0, 1), phi=st.floats(0.01, 1), model=st.sampled_from(CORE_PERIPHERY + FOOTLOOSE)
)
def test_the_gap_is_odd_about_the_even_split(share, phi, model):
    gap = model.gap(share, freeness=phi)
    assert model.gap(1 - share, freeness=phi) == pytest.approx(-gap, abs=1e-9)
    assert model.gap(0.5, freeness=phi) == pytest.approx(0, abs=1e-12)
    if phi == 1:
        assert gap == pytest.approx(0, abs=1e-12)


@given(pull=st.floats(0.1, 40), sensitivity=st.floats(0.1, 5))
def test_logit_rest_points_solve_their_equation(pull, sensitivity):
    model = LogitMigration(sensitivity, pull / sensitivity)
    table = model.equilibria()
    x = table["share"].to_numpy()
    choice = 1 / (1 + np.exp(-pull * (2 * x - 1)))
    np.testing.assert_allclose(choice, x, atol=1e-12)
    slope = 2 * pull * x * (1 - x) - 1
    clear = np.abs(slope) > 1e-9
    assert (table["stable"].to_numpy() == (slope < 0))[clear].all()
    assert len(table) == (3 if pull > 2 else 1)
    assert model.break_point() * sensitivity == pytest.approx(2)


def test_where_the_branches_meet_the_even_split_still_attracts() -> None:
    # theta A = 2: dx/dt = choice(x) - x = -(2 x - 1)^3 / 6 + ..., which falls through 0.
    for theta in (1.0, 0.3, 7.0):
        found = LogitMigration(theta, 2 / theta).equilibria()
        assert found.to_numpy().tolist() == [[0.5, True]]
        beyond = LogitMigration(theta, 2.1 / theta).equilibria()
        assert beyond["stable"].tolist() == [True, False, True]


CORE, FOOTLOOSE = CorePeriphery(5, 0.4), FootlooseEntrepreneur(3, 0.4)
either = pytest.mark.parametrize("model", [CORE, FOOTLOOSE], ids=["cp", "fe"])
seeds = st.integers(0, 2**32 - 1)


def plane(seed: int, n: int = 6) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    points = rng.random((n, 2))
    names = list("abcdefghijkl")[:n]
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    free = trade_freeness(pd.DataFrame(distances, names, names), decay=rng.uniform(0.5, 6))
    return free, rng.dirichlet(np.ones(n))


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


@either
def test_two_regions_of_a_matrix_are_the_two_of_the_closed_forms(model):
    for enclave in (0.0, 0.3):
        enclaves = {(0, 1): enclave}
        v = model.attraction([0.3, 0.7], freeness=0.2, enclaves=enclaves)
        gap = model.gap(0.3, freeness=0.2, enclave=enclave)
        assert v[0] - v[1] == pytest.approx(gap, abs=1e-11)


@either
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


DISTANCES = np.array([[0.0, 1.0], [1.0, 0.0]])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: FootlooseEntrepreneur(5, 0.4, regions=3).sustain_point(), "is for two regions"),
        (lambda: CorePeriphery(5, 0.4).gap(1.2, freeness=0.5), "`share` must be between 0 and 1"),
        (lambda: CorePeriphery(5, 0.4).gap(0.2, freeness=0.0), "`freeness` must be above 0"),
        (lambda: trade_freeness(np.ones((2, 3)), decay=1),
         r"`distances` must be a square .*\(2, 3\)"),
        (lambda: trade_freeness([[0, 1], [2, 0]], decay=1),
         r"`distances` must be symmetric; found 1 at \(0, 1\) and 2"),
        (lambda: trade_freeness(-DISTANCES, decay=1), r"`distances` must be at least 0; found -1"),
        (lambda: trade_freeness(DISTANCES + 1, decay=1), r"`distances` must be 0 with itself"),
        (lambda: trade_freeness([[0, np.inf], [np.inf, 0]], decay=1), "finite numbers; found inf"),
        (lambda: CORE.attraction([0.5, 0.5], freeness=0.0), "`freeness` must be above 0 .*found 0"),
        (lambda: CORE.attraction([0.5, 0.6], freeness=0.3), r"`shares` must add up to 1; found"),
        (lambda: CORE.simulate([1.5, -0.5], freeness=0.3), r"`start` must be at least 0; .*-0\.5"),
        (lambda: CORE.simulate([1.0], freeness=0.3), "`start` must have one entry for each of 2"),
        (lambda: CORE.simulate(pd.Series([0.5, 0.5], ["a", "b"]), freeness=0.3),
         "`start` must have one entry for each region"),
        (lambda: CORE.simulate([0.5, 0.5], freeness=0.3, enclaves={(0, 5): 0.1}),
         "`enclaves` must join two different regions"),
        (lambda: CORE.simulate([0.5, 0.5], freeness=0.3, enclaves={(0, 1): 1.1}),
         r"`enclaves\[\(0, 1\)\]` must .* at most 1; found 1.1"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_with_its_value_and_bound(make, words):
    with pytest.raises(InputError, match=words):
        make()

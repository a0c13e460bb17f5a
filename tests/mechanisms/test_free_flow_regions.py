"""Free flow between n regions: the short run, movement, rest points and their stability."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from scipy.special import softmax

from netinnov.errors import InputError
from netinnov.mechanisms.free_flow import (
    CorePeriphery,
    FootlooseEntrepreneur,
    Logit,
    Replicator,
    trade_freeness,
)

CORE, FOOTLOOSE = CorePeriphery(5, 0.4), FootlooseEntrepreneur(3, 0.4)
both = pytest.mark.parametrize("model", [CORE, FOOTLOOSE], ids=["cp", "fe"])
seeds = st.integers(0, 2**32 - 1)


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
def test_an_even_split_of_n_regions_ends_where_the_break_point_says(model):
    # Of equidistant regions; a mode has z = (1 - phi) / (1 + (n - 1) phi), the same at all n.
    n = 5
    two = model.break_point()
    z = (1 - two) / (1 + two)
    point = (1 - z) / (1 + (n - 1) * z)
    if model is FOOTLOOSE:
        assert FootlooseEntrepreneur(3, 0.4, regions=n).break_point() == pytest.approx(point)
    start = 1 / n + 1e-3 * np.array([1, -1, 0, 0, 0])
    for factor, even in ((0.9, True), (1.1, False)):
        free = np.full((n, n), factor * point) + (1 - factor * point) * np.eye(n)
        path = model.simulate(start, freeness=free, steps=200, dynamics=Replicator(5.0))
        end = path.iloc[-1].to_numpy()
        assert (np.abs(end - 1 / n).max() < np.abs(start - 1 / n).max()) == even


def test_logit_moves_by_its_choice():
    free, people = plane(3)
    earned = CORE.attraction(people, freeness=free).to_numpy()
    path = CORE.simulate(people, freeness=free, steps=1, dynamics=Logit(4.0, 0.3))
    np.testing.assert_allclose(path.iloc[1], people + 0.3 * (softmax(4 * earned) - people))


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
        (lambda: Replicator(-0.1), "`mobility` must be a finite number above 0; found -0.1"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_with_its_value_and_bound(make, words):
    with pytest.raises(InputError, match=words):
        make()

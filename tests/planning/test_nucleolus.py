"""Who would leave, the core, and the nucleolus: by hand, by linear programmes, by coopgame."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from scipy.optimize import linprog

from games import AIRPORT, GLOVES, KINDS, MAJORITY, draw_game, games, size
from netinnov.errors import InputError
from netinnov.planning import (
    Game,
    core_range,
    excess,
    in_core,
    least_core,
    nucleolus,
    per_capita_nucleolus,
)
from netinnov.planning._nucleolus import excess_levels, prove

COSTS = {coalition: -value for coalition, value in AIRPORT.items()}
BOTH = pytest.mark.parametrize("solution", [nucleolus, per_capita_nucleolus])


def rows(game: Game) -> np.ndarray:
    """A row a coalition, from nobody to all: 1 for its members."""
    return np.arange(game.values.size)[:, None] >> np.arange(len(game.players)) & 1


def test_excesses_by_hand_are_the_largest_first() -> None:
    found = excess(GLOVES, {"l": 0.5, "x": 0.5, "y": 0.0})
    assert found.to_dict() == {
        frozenset("ly"): 0.5, frozenset("lx"): 0.0, frozenset("y"): 0.0, frozenset("l"): -0.5,
        frozenset("x"): -0.5, frozenset("xy"): -0.5,
    }  # fmt: skip
    assert found.is_monotonic_decreasing
    # Equal excesses in the order of the masks.
    assert list(found.index[1:3]) == [frozenset("lx"), frozenset("y")]


@pytest.mark.parametrize(
    ("allocation", "expected"),
    [
        ({"l": 1, "x": 0, "y": 0}, True),
        ({"l": 1 - 5e-10, "x": 0, "y": 5e-10}, True),
        ({"l": 0.9, "x": 0, "y": 0.1}, False),
        ({"l": 1, "x": 1, "y": 0}, False),
        ({"l": 0.9, "x": 0, "y": 0}, False),
    ],
)
def test_the_core_of_gloves_is_one_point(allocation: dict[str, float], expected: bool) -> None:
    assert in_core(GLOVES, allocation) is expected
    assert in_core(GLOVES, pd.Series(allocation)[::-1]) is expected


def test_least_core_by_hand() -> None:
    assert least_core(MAJORITY) == pytest.approx(1 / 3)
    # c may get less than alone: e = 4 with 3, 3, -4 (10 - 6, 0 + 4).
    assert least_core(Game(["a", "b", "c"], [0, 0, 0, 10, 0, 0, 0, 2])) == pytest.approx(4)
    assert least_core(Game(["a", "b"], [0, 1, 2, 6])) == pytest.approx(-1.5)
    assert least_core(Game(["a"], [0, 5])) == -math.inf
    assert least_core(GLOVES) == 0


@settings(max_examples=60, deadline=None)
@given(game=games(least=2, most=6), raised=st.floats(-1, 1))
def test_the_core_is_empty_where_the_linear_programme_says_so(game: Game, raised: float) -> None:
    values = game.values.copy()
    values[-1] += raised * size(game)
    game = Game(game.players, values)
    inside = rows(game)[1:-1]
    found = linprog(
        np.ones(len(game.players)), A_ub=-inside, b_ub=-game.values[1:-1], bounds=(None, None)
    )
    # The least that satisfies all others, against what there is.
    if abs(found.fun - game.values[-1]) > 1e-6 * size(game):
        assert (least_core(game) <= 0) == (found.fun <= game.values[-1])


def test_the_range_of_the_core_by_hand() -> None:
    np.testing.assert_allclose(core_range(GLOVES), [[1, 1], [0, 0], [0, 0]], atol=1e-12)
    assert core_range(MAJORITY).isna().all(axis=None)
    assert core_range(Game(["a"], [0, 3])).to_numpy().tolist() == [[3, 3]]


@settings(max_examples=15, deadline=None)
@given(game=games(least=2, most=4))
def test_the_range_of_the_core_is_that_of_all_constraints(game: Game) -> None:
    constraints = {"A_ub": -rows(game)[1:-1], "b_ub": -game.values[1:-1]}
    constraints |= {"A_eq": [np.ones(len(game.players))], "b_eq": [game.values[-1]]}
    for player, (low, high) in zip(game.players, core_range(game).to_numpy(), strict=True):
        cost = np.array([other == player for other in game.players], float)
        for sign, end in ((1, low), (-1, high)):
            found = linprog(sign * cost, bounds=(None, None), **constraints)
            if math.isnan(end):
                assert not found.success
            else:
                assert sign * found.fun == pytest.approx(end, abs=1e-6 * size(game))


@pytest.mark.parametrize(
    ("allocation", "words"),
    [
        ({"l": 1, "x": 0}, "one number for each player, 'l', 'x', 'y'; found 'l', 'x'"),
        ({"l": 1, "x": 0, "y": 0, "z": 0}, "found 'l', 'x', 'y', 'z'"),
        ({"l": 1, "x": 0, "y": math.nan}, "finite numbers; found .*nan"),
    ],
)
def test_an_allocation_that_is_none_is_refused(allocation: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        excess(GLOVES, allocation)
    with pytest.raises(InputError, match=words):
        in_core(GLOVES, allocation)


def test_nucleolus_of_an_airport() -> None:
    # Littlechild: the first pays min(1/2, 2/3, 3/3), the next min of what is left, and so on.
    assert nucleolus(COSTS).to_dict() == pytest.approx({"p": -0.5, "q": -0.75, "r": -1.75})


@BOTH
def test_one_player_gets_all(solution: Any) -> None:
    assert solution(Game(["a"], [0, -3])).to_dict() == {"a": -3}


def test_nobody_gets_less_than_alone() -> None:
    # With a pair that could have 10 of 2, c would pay 4 if it had to: Maschler, Peleg, Shapley.
    game = Game(["a", "b", "c"], [0, 0, 0, 10, 0, 0, 0, 2])
    assert nucleolus(game).tolist() == pytest.approx([1, 1, 0], abs=1e-12)


def test_per_capita_excesses_weigh_large_coalitions_less() -> None:
    # The pairs that must be satisfied: v(ab) = 6 of 6. With c at 0 the excess of {a, b} is 0 in
    # both; else e = 6 - (6 - x_c) = x_c against -x_c of c itself: c gets 0 in both. Add a pair's
    # worth: v = 9 of all: c at x, ab at 9 - x. 6 - (9 - x) = -x gives 1.5; per capita
    # (x - 3) / 2 = -x gives 1.
    game = Game(["a", "b", "c"], [0, 0, 0, 6, 0, 0, 0, 9])
    assert nucleolus(game)["c"] == pytest.approx(1.5)
    assert per_capita_nucleolus(game)["c"] == pytest.approx(1.0)


@BOTH
@given(game=games(least=2, most=6))
def test_a_nucleolus_lies_in_the_core_if_there_is_one(solution: Any, game: Game) -> None:
    allocation = solution(game)
    assert allocation.sum() == pytest.approx(game.values[-1], abs=1e-11 * size(game))
    alone = game.values[1 << np.arange(len(game.players))]
    assert (allocation.to_numpy() >= alone - 1e-11 * size(game)).all()
    assert in_core(game, allocation) == (least_core(game) <= 1e-9 * size(game))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("solution", [nucleolus, per_capita_nucleolus])
def test_coalitions_with_the_largest_excesses_are_balanced(kind: str, solution: Any) -> None:
    # Kohlberg (1971), from the allocation alone.
    game = draw_game(kind, 4, 4)
    inside = rows(game)[1:-1].astype(float)
    payoffs, near = solution(game).to_numpy(), 1e-9 * size(game)
    gaps = game.values[1:-1] - inside @ payoffs
    alone = inside[(inside.sum(axis=1) == 1) & (np.abs(gaps) <= near)]
    gaps = gaps / inside.sum(axis=1) if solution is per_capita_nucleolus else gaps
    for level in np.unique(gaps.round(8)):
        largest = inside[gaps >= level - 1e-7 * size(game)]
        # Weights that sum to 1 at each player, above 0 on the largest.
        columns = np.vstack([largest, alone]).T
        least = np.append(np.ones(len(largest)), np.zeros(len(alone)))
        bounds = [(1e-6 * each, None) for each in least]
        found = linprog(0 * least, A_eq=columns, b_eq=np.ones(4), bounds=bounds)
        assert found.success


@pytest.mark.parametrize("off", [[1e-6, -1e-6, 0], [1e-6, 0, 0], [0.4, -0.4, 0]])
def test_another_allocation_is_not_proven(off: list[float]) -> None:
    gains = MAJORITY.values
    solution = excess_levels(gains, per_capita=False, rational=True)
    prove(gains, np.full(3, 1 / 3), *solution, per_capita=False)
    with pytest.raises(ArithmeticError, match="leaves the nucleolus of this game unproven"):
        prove(gains, 1 / 3 + np.array(off), *solution, per_capita=False)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [4, 9])
def test_solutions_agree_with_coopgame(kind: str, n: int) -> None:
    coopgame = pytest.importorskip("coopgame")
    game = draw_game(kind, n, n)
    other = coopgame.Game(game.values[1:].tolist())
    near = 1e-9 * np.abs(game.values).max()
    peers = {nucleolus: coopgame.nucleolus, per_capita_nucleolus: coopgame.per_capita_nucleolus}
    for solution, peer in peers.items():
        found = solution(game)
        np.testing.assert_allclose(found, peer(other)["allocation"], rtol=0, atol=near)
    expected = coopgame.least_core(other, "preimputation")["epsilon"]
    assert least_core(game) == pytest.approx(expected, abs=near)


@pytest.mark.parametrize("kind", ["normal", "links_inside", "weighted_majority"])
@pytest.mark.parametrize("noise", [1e-13, 1e-10, 1e-7])
def test_values_that_are_nearly_equal_are_told_apart(kind: str, noise: float) -> None:
    # Against the nucleolus in fractions.
    coopgame = pytest.importorskip("coopgame")
    game = draw_game(kind, 4, 1)
    values = game.values + noise * np.random.default_rng(1).normal(size=16)
    values[0] = 0
    exact = coopgame.nucleolus_exact([Fraction(float(value)) for value in values[1:]])
    expected = [float(share) for share in exact["allocation"]]
    found = nucleolus(Game(game.players, values))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-11 * size(game))


@pytest.mark.parametrize("factor", [1e-200, 1e200])
def test_the_unit_of_values_does_not_matter(factor: float) -> None:
    game = draw_game("superadditive", 6, 2)
    scaled = Game(game.players, factor * game.values)
    np.testing.assert_allclose(nucleolus(scaled) / factor, nucleolus(game), rtol=1e-11)
    assert least_core(scaled) / factor == pytest.approx(least_core(game), rel=1e-11)


@BOTH
def test_a_game_in_which_all_achieve_less_has_no_nucleolus(solution: Any) -> None:
    words = "no nucleolus: .* all together achieve 1 and the players alone 5"
    with pytest.raises(InputError, match=words):
        solution(Game(["a", "b"], [0, 2, 3, 1]))

"""Who would leave: excesses, the core and its range, the least core."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from scipy.optimize import linprog

from games import GLOVES, games
from netinnov.errors import InputError
from netinnov.planning import (
    Game,
    core_range,
    excess,
    in_core,
    least_core,
)

MAJORITY = Game(["a", "b", "c"], [0, 0, 0, 1, 0, 1, 1, 1])


def size(game: Game) -> float:
    return max(1.0, float(np.abs(game.values).max()))


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
    inside = rows(game)[1:-1]
    for player, (low, high) in zip(game.players, core_range(game).to_numpy(), strict=True):
        cost = np.array([other == player for other in game.players], float)
        for sign, end in ((1, low), (-1, high)):
            found = linprog(
                sign * cost,
                A_ub=-inside,
                b_ub=-game.values[1:-1],
                A_eq=[np.ones(len(game.players))],
                b_eq=[game.values[-1]],
                bounds=(None, None),
            )
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

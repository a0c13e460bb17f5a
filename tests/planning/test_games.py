"""Values of cooperative games: axioms, classical games, another program, bad input."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from games import AIRPORT, GLOVES, KINDS, as_mapping, by_all_orders, close, draw_game, games
from netinnov.errors import InputError
from netinnov.planning import Game, banzhaf_value, shapley_value


def test_shapley_value_of_an_airport() -> None:
    # Each runway metre is shared by those who need it: 1/3, 1/3 + 1/2, 1/3 + 1/2 + 1.
    found = shapley_value(AIRPORT)
    assert found.to_dict() == pytest.approx({"p": 1 / 3, "q": 5 / 6, "r": 11 / 6})
    assert list(found.index) == ["p", "q", "r"]
    assert found.name == "shapley_value"


def test_banzhaf_value_by_hand() -> None:
    # Of the four coalitions of the others l turns three, x only that of l without y.
    assert banzhaf_value(GLOVES).to_dict() == {"l": 0.75, "x": 0.25, "y": 0.25}


@settings(max_examples=40, deadline=None)
@given(games(most=5))
def test_shapley_value_is_the_mean_over_all_orders(game: Game) -> None:
    close(shapley_value(game), by_all_orders(game), game)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [2, 9])
def test_values_agree_with_coopgame(kind: str, n: int) -> None:
    coopgame = pytest.importorskip("coopgame")
    game = draw_game(kind, n, n)
    other = coopgame.Game(game.values[1:].tolist())
    close(shapley_value(game), coopgame.shapley(other), game)
    close(banzhaf_value(game), coopgame.banzhaf(other), game)


def test_sampled_orders_lie_within_their_standard_error() -> None:
    # Five standard errors: one false alarm in a million.
    game = draw_game("convex", 8, 3)
    value = shapley_value(game, orders=400, rng=1)
    off = (value - shapley_value(game)).abs() / pd.Series(value.attrs["standard_error"])
    assert (off < 5).all()
    assert value.sum() == pytest.approx(game.values[-1])


def test_standard_errors_are_those_of_a_mean() -> None:
    # Gloves: l adds 1 unless first (variance 2/9), x only after l and before y (5/36).
    errors = shapley_value(GLOVES, orders=20_000, rng=2).attrs["standard_error"]
    assert list(errors) == ["l", "x", "y"]
    expected = np.sqrt(np.array([2 / 9, 5 / 36, 5 / 36]) / 20_000)
    np.testing.assert_allclose(list(errors.values()), expected, rtol=0.05)


def test_a_function_is_asked_once_for_each_coalition() -> None:
    asked: list[frozenset[int]] = []

    def worth(coalition: frozenset[int]) -> float:
        asked.append(coalition)
        return float(len(coalition) ** 2)

    found = shapley_value(worth, players=range(30), orders=20, rng=1)
    assert len(asked) == len(set(asked)) <= 20 * 30
    assert found.sum() == pytest.approx(900)


def test_the_shapley_value_is_exact_to_24_players_and_sampled_beyond() -> None:
    names = [f"n{k:02d}" for k in range(30)]
    # A weight of each, and a pair that needs both: k, and 1/2 more for the two of the pair.
    pair = {"n00", "n01"}

    def worth(coalition: frozenset[str]) -> float:
        return sum(int(name[1:]) for name in coalition) + float(pair <= coalition)

    exact = shapley_value(worth, players=names[:5])
    assert exact.to_dict() == pytest.approx(
        {"n00": 0.5, "n01": 1.5, "n02": 2.0, "n03": 3.0, "n04": 4.0}
    )
    assert not exact.attrs
    many = shapley_value(worth, players=names, rng=1)
    assert many.name == "shapley_value"
    assert many["n07"] == pytest.approx(7)
    assert abs(many["n00"] - 0.5) < 5 * many.attrs["standard_error"]["n00"]
    assert many.sum() == pytest.approx(sum(range(30)) + 1)


def test_a_mapping_is_a_game_of_its_players_sorted() -> None:
    assert list(shapley_value(dict(reversed(AIRPORT.items()))).index) == ["p", "q", "r"]
    assert shapley_value({frozenset(): 0, frozenset({7}): 3}).to_dict() == {7: 3}


def test_a_game_keeps_its_values() -> None:
    values = np.array([0.0, 1.0, 2.0, 6.0])
    game = Game(["a", "b"], values)
    values[3] = 0
    assert game.value(["b", "a"]) == 6
    assert game.value([]) == 0
    assert repr(game) == "<Game of 2 players, 4 coalitions>"
    with pytest.raises(ValueError, match="read-only"):
        game.values[0] = 1


@pytest.mark.parametrize(
    ("players", "values", "words"),
    [
        (["a", "b"], [0, 1, 2], r"each of the 2\*\*2 = 4 coalitions, the empty one first; found 3"),
        (["a", "b"], [[0, 1], [2, 3]], "found 2 x 2"),
        (["a"], [0, math.nan], r"must be a finite number; found \{a\}: nan"),
        (["a"], [1, 2], "empty coalition must have the value 0; found 1. Subtract"),
        (["a", "a"], [0, 1, 2, 3], "each player must be there once; found 'a' twice"),
        ([], [0], "at least one player; found none"),
        (range(25), [0],
         "takes at most 24 players; found 25; shapley_value.. takes a function for more"),
    ],
)  # fmt: skip
def test_a_game_that_is_none_is_refused(players: Any, values: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Game(players, values)


@pytest.mark.parametrize(
    ("game", "options", "words"),
    [
        (
            as_mapping({"": 0, "a": 1, "b": 1}),
            {},
            r"each of the 4 .*; 1 are missing: \{a, b\}; add",
        ),
        ({"a": 1}, {}, r"keys of `game` must be frozensets of players, .*; found 'a'"),
        (GLOVES, {"players": ["l"]}, "this game names its own players"),
        (len, {}, "`players` must name all players"),
        (lambda _: math.nan, {"players": ["a", "b"]}, "finite"),
    ],
)
def test_what_has_no_shapley_value_is_refused(game: Any, options: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        shapley_value(game, **options)


def test_nobody_unknown_is_in_a_coalition() -> None:
    with pytest.raises(InputError, match="players of the game, 'a', 'b'; found 'c'"):
        Game(["a", "b"], [0, 1, 2, 3]).value(["a", "c"])

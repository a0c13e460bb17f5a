"""Games of many kinds, and their values by the plainest sums."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from netinnov.planning import Game

__all__ = ["AIRPORT", "GLOVES", "KINDS", "as_mapping", "by_all_orders", "close", "games"]

Values = np.ndarray


def as_mapping(values: dict[str, float]) -> dict[frozenset[str], float]:
    """A game written as {"ab": 1.0}: players are letters, the empty text is nobody."""
    return {frozenset(letters): value for letters, value in values.items()}


AIRPORT = as_mapping({"": 0, "p": 1, "q": 2, "r": 3, "pq": 2, "pr": 3, "qr": 3, "pqr": 3})
GLOVES = as_mapping({"": 0, "l": 0, "x": 0, "y": 0, "lx": 1, "ly": 1, "xy": 0, "lxy": 1})
MAJORITY = Game(["a", "b", "c"], [0, 0, 0, 1, 0, 1, 1, 1])


def size(game: Game) -> float:
    return max(1.0, float(np.abs(game.values).max()))


def close(found: Any, expected: Any, game: Game) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12 * size(game))


def by_all_orders(game: Game) -> pd.Series:
    """The Shapley value as it is defined: what each adds, over all orders."""
    total = dict.fromkeys(game.players, 0.0)
    orders = list(permutations(game.players))
    for order in orders:
        for k, player in enumerate(order):
            total[player] += game.value(order[: k + 1]) - game.value(order[:k])
    return pd.Series(total) / len(orders)


def sizes(n: int) -> Values:
    return np.array([mask.bit_count() for mask in range(1 << n)])


def members(n: int) -> Values:
    """A row a coalition: which players it has."""
    return np.arange(1 << n)[:, None] >> np.arange(n) & 1


def normal(n: int, rng: np.random.Generator) -> Values:
    return rng.normal(size=1 << n)


def superadditive(n: int, rng: np.random.Generator) -> Values:
    values = np.zeros(1 << n)
    for mask in range(1, 1 << n):
        part = (mask - 1) & mask
        best = rng.random()
        while part:
            best = max(best, values[part] + values[mask ^ part])
            part = (part - 1) & mask
        values[mask] = best
    return values


def convex(n: int, rng: np.random.Generator) -> Values:
    return np.asarray((members(n) @ rng.random(n)) ** 2)


def weighted_majority(n: int, rng: np.random.Generator) -> Values:
    votes = rng.integers(1, 10, n)
    return np.asarray(members(n) @ votes > votes.sum() / 2, float)


def bankruptcy(n: int, rng: np.random.Generator) -> Values:
    owed = rng.integers(1, 100, n).astype(float)
    estate = rng.uniform(0.2, 0.9) * owed.sum()
    return np.maximum(0.0, estate - (1 - members(n)) @ owed)


def whole_numbers(n: int, rng: np.random.Generator) -> Values:
    return rng.integers(0, 5, 1 << n).astype(float)


def additive(n: int, rng: np.random.Generator) -> Values:
    return np.asarray(members(n) @ rng.normal(size=n))


def airport(n: int, rng: np.random.Generator) -> Values:
    return -np.asarray((members(n) * rng.integers(1, 20, n)).max(axis=1), float)


def links_inside(n: int, rng: np.random.Generator) -> Values:
    weights = np.triu(rng.integers(0, 4, (n, n)), 1)
    rows = members(n)
    return np.einsum("si,ij,sj->s", rows, weights, rows).astype(float)


KINDS: dict[str, Callable[[int, np.random.Generator], Values]] = {
    "additive": additive, "airport": airport, "bankruptcy": bankruptcy, "convex": convex,
    "links_inside": links_inside, "normal": normal, "superadditive": superadditive,
    "weighted_majority": weighted_majority, "whole_numbers": whole_numbers,
}  # fmt: skip
"""Values of 2**n coalitions of n players, drawn; that of the empty one is to be set to 0."""


def draw_game(kind: str, n: int, seed: int) -> Game:
    """A game of a kind."""
    rng = np.random.default_rng(seed)
    values = KINDS[kind](n, rng)
    values[0] = 0.0
    if kind in {"normal", "whole_numbers"} and n > 1:  # little more than the players have alone
        values[-1] = values[1 << np.arange(n)].sum() + rng.integers(0, 4)
    return Game([f"p{i}" for i in range(n)], values)


@st.composite
def games(draw: st.DrawFn, *, least: int = 1, most: int = 6) -> Game:
    """Any kind of game of a few players."""
    kind: Any = draw(st.sampled_from(sorted(KINDS)))
    return draw_game(kind, draw(st.integers(least, most)), draw(st.integers(0, 2**32 - 1)))

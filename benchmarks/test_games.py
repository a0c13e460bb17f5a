"""Games of coalitions against coopgame, and those played on networks against each network alone."""

from __future__ import annotations

from time import process_time

import numpy as np
import pandas as pd
import pytest

from netinnov import build_network, centrality
from netinnov.planning import Game, cooperation_game, nucleolus, per_capita_nucleolus, shapley_value

TYPES = range(1, 6)
"""Kinds of random games of Benedek, Fliege and Nguyen (2021)."""


def compare(in_turns, solution, peer, kind, players, least, rounds):
    """Three games of a kind, solved by both; the solutions must agree."""
    coopgame = pytest.importorskip("coopgame")
    others = [coopgame.Game.bnf(kind, players, seed) for seed in range(3)]
    games = [Game(range(players), [0.0, *other.values()]) for other in others]
    solve = getattr(coopgame, peer)
    calls = {
        solution.__name__: lambda: [solution(game) for game in games],
        "coopgame": lambda: [solve(other) for other in others],
    }
    for game, other in zip(games, others, strict=True):
        found = solve(other)
        expected = found["allocation"] if isinstance(found, dict) else found
        near = 1e-9 * np.abs(game.values).max()
        np.testing.assert_allclose(solution(game), expected, rtol=0, atol=near)
    in_turns(calls, rounds, floors={"coopgame": least})


@pytest.mark.parametrize("kind", TYPES)
def test_shapley_value_of_20_players(in_turns, kind):
    compare(in_turns, shapley_value, "shapley", kind, 20, least=10, rounds=3)


@pytest.mark.parametrize("kind", TYPES)
def test_nucleolus_of_18_players(in_turns, kind):
    compare(in_turns, nucleolus, "nucleolus", kind, 18, least=3, rounds=3)


@pytest.mark.parametrize("kind", TYPES)
def test_per_capita_nucleolus(in_turns, kind):
    # 12 players, as 16 take coopgame up to 20 s a game.
    compare(in_turns, per_capita_nucleolus, "per_capita_nucleolus", kind, 12, 10, rounds=1)


def system(n_players, n_places=300):
    """Places in hub-and-spoke order, further links between places of the players."""
    rng = np.random.default_rng(1)
    names = np.array([f"place {i}" for i in range(n_places)])
    owner = np.array([f"city {i % 30}" for i in range(n_places)])
    pairs = np.column_stack([np.arange(1, n_places), rng.integers(0, np.arange(1, n_places))])
    pairs = np.vstack([pairs, rng.integers(0, n_places, (3 * n_places, 2))])
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    nodes = pd.DataFrame({"place": names, "jurisdiction": owner}, names)
    players = [f"city {i}" for i in range(n_players)]
    ends = rng.choice(names[np.isin(owner, players)], (10 * n_players, 2))
    links = pd.DataFrame(names[pairs], columns=["source", "target"])
    further = pd.DataFrame(ends, columns=["source", "target"]).query("source != target")
    return build_network(nodes, links), players, further


def test_cooperation_game_of_6_players(in_turns):
    network, players, links = system(6)
    owner = network.nodes["jurisdiction"]
    nodes = network.nodes.index.tolist()

    def access(changed, coalition):
        return centrality.harmonic_centrality(changed, nodes=nodes)[owner.isin(coalition)].sum()

    options = {"players": players, "links": links}
    calls = {
        "all coalitions": lambda: cooperation_game(network, **options),
        "each network": lambda: cooperation_game(network, objective=access, **options),
    }
    fast, slow = (call().values for call in calls.values())
    np.testing.assert_allclose(fast, slow, rtol=1e-9)
    in_turns(calls, 3, floors={"each network": 5}, checked=True)


def test_cooperation_game_of_12_players(benchmark):
    # From 4,096 networks of 300 places to their shares.
    network, players, links = system(12)

    def measure():
        start = process_time()
        nucleolus(cooperation_game(network, players=players, links=links))
        return process_time() - start

    measure()
    seconds = benchmark.pedantic(measure, rounds=1)
    print(f"12 players, 300 places: {seconds:.2f} s of processor time")
    if not benchmark.disabled:
        assert seconds <= 10

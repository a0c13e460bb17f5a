"""Forms of cooperation as games: joint park, entrusted management, results booked at the host."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from netinnov._typing import Floats
from netinnov.planning import Game, myerson_value, owen_value, shapley_value, share_benefits

OWN = "each keeps its own"
SEPARATE = "each bargains for itself"
JOINT = "joint park"
ENTRUSTED = "entrusted management"
BOOKED = "results booked at the host"

PLAYERS = ("home", "host", "others", "operator")

_COLUMNS = (
    *("approach", "form", "player", "share", "low", "high"),
    *("in_core", "largest_excess", "objector", "alone", "alone_gain"),
)


def forms_of(
    gains: Mapping[str, Floats], unilateral: Collection[str], booked_share: float, confidence: float
) -> pd.DataFrame:
    alone_gains = {name: gains[name][:, 0].mean() for name in unilateral}
    alone = max(alone_gains, key=lambda name: alone_gains[name], default="")
    alone = alone if alone and alone_gains[alone] > 0 else ""
    rules = _rules(booked_share)
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    rows = []
    for name, gained in gains.items():
        if name in unilateral:
            continue
        without = gains[alone][:, [0]] if alone else np.zeros((len(gained), 1))
        numbers = np.hstack([gained, without])
        game = _game(numbers.mean(axis=0))
        for form, rule in rules.items():
            shares = numbers @ rule
            mean = pd.Series(shares.mean(axis=0), list(PLAYERS))
            shared = share_benefits(game, rules={form: lambda _, mean=mean: mean})  # type: ignore[misc]
            low, high = np.quantile(shares, tails, axis=0)
            part = shared.rename(columns={"rule": "form"}).assign(low=low, high=high)
            rows.append(part.assign(approach=name, alone=alone, alone_gain=without.mean()))
    table = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=list(_COLUMNS))
    return table[list(_COLUMNS)]


def _game(numbers: Floats) -> Game:
    """Three-player game: a coalition sums its members' gains; the operator gains nothing."""
    home, host, others, alone = numbers
    both, mine = home + host, [0.0, alone, 0.0]
    return Game(PLAYERS, np.array([*mine, both, *mine, both + others] * 2))


def _rules(booked_share: float) -> dict[str, Floats]:
    """Shares of the players for a unit of each number of the game: all forms are linear in them."""
    own = np.zeros((4, 4))
    own[[0, 1, 2], [0, 1, 2]] = 1.0
    booked = own.copy()
    booked[0, :2] = 1.0 - booked_share, booked_share
    home, host, others, operator = PLAYERS
    unions = [[home, host], [others], [operator]]
    through = [(operator, player) for player in PLAYERS[:3]]
    units = [_game(unit) for unit in np.eye(4)]
    return {
        OWN: own,
        SEPARATE: np.array([shapley_value(unit) for unit in units]),
        JOINT: np.array([owen_value(unit, unions=unions) for unit in units]),
        ENTRUSTED: np.array([myerson_value(unit, links=through) for unit in units]),
        BOOKED: booked,
    }

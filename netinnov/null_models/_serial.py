"""The serial test: the network at a random position of one reversible chain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.null_models._curveball import Trades
from netinnov.null_models._prepared import NullModel, Prepared, PreparedChain
from netinnov.null_models._rewire import RewiringChains

Seeds = Sequence[np.random.SeedSequence]


def check_chain(ready: Prepared, null: NullModel) -> PreparedChain:
    """Refuse null models that are not reversible chains."""
    msg = ""
    if not isinstance(ready, RewiringChains | Trades):
        name = getattr(null, "__name__", type(null).__name__)
        msg = f"found {name}"
    elif any(chain.strength for chain in ready.plan.chains.values()):
        msg = "found Rewire that preserves 'strength', which it reaches by annealing"
    if msg:
        raise InputError(
            "a serial test needs a null model that is a reversible Markov chain, Rewire() without "
            f"'strength' or Curveball(); {msg}. Take method='independent'."
        )
    return cast(PreparedChain, ready)


def walks(seeds: Seeds, rng: np.random.Generator) -> list[Seeds]:
    """Seeds of the steps from the network to one end of the chain, and to the other."""
    place = int(rng.integers(len(seeds) + 1))
    return [seeds[:place], seeds[place:]]


@dataclass(frozen=True, slots=True)
class Walk:
    """Steps of a chain away from the observed network, each of them measured.

    A reversible chain has the same law in both directions.
    """

    chain: PreparedChain
    measure: Callable[[MultilayerNetwork], list[Floats]]

    def __call__(self, seeds: Seeds) -> list[list[Floats]]:
        states = self.chain.start()
        rows = []
        for seed in seeds:
            states = self.chain.advance(states, np.random.default_rng(seed))
            rows.append(self.measure(self.chain.network_of(states)))
        return rows

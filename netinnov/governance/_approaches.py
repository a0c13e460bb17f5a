"""The spatial governance approaches of Hu and Zhang as scenarios that the same budget pays for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from netinnov._arguments import check_mapping, check_names
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios import (
    Amounts,
    DirectLinks,
    ForwardEnclave,
    NoChange,
    Prices,
    ReverseEnclave,
    Scenario,
    TalentAttraction,
    equal_cost,
)
from netinnov.scenarios._prices import Priced, check_scenario

_KINDS: dict[str, tuple[Any, str]] = {
    "competition for talent": (TalentAttraction, "{:.0%} of ties are kept"),
    "park of the core at home": (ForwardEnclave, "{:.0%} of links lead to the host"),
    "corridor": (DirectLinks, "{:.0%} of the border between the two is gone"),
    "merger": (NoChange, "the whole border between the two is gone; a merger has no price here"),
    "reverse enclave": (ReverseEnclave, "{:.0%} of links lead home"),
}
"""What is built, and what is assumed of it."""

APPROACHES = tuple(_KINDS)
"""Names of the approaches, as sentences use them."""


@dataclass(frozen=True, slots=True)
class Shares:
    """What is assumed of the approaches: shares from 0 to 1."""

    pipeline: float
    kept: float
    corridor: float


@dataclass(frozen=True, slots=True)
class Approach:
    """One approach: what is built, and how much of the border between home and host it removes."""

    scenario: Scenario
    size: float
    cost: float
    border_relief: float = 0.0
    unilateral: bool = False
    assumed: str = ""


@dataclass(frozen=True, slots=True)
class _Budget(Priced):
    """Anything that costs the whole budget."""

    budget: float

    def cost(self, prices: Prices, network: MultilayerNetwork | None = None) -> float:
        """The budget, whatever the prices."""
        del prices, network
        return self.budget

    def _needs(self, network: MultilayerNetwork | None, kilometres: bool) -> Amounts:
        del network, kilometres
        return Amounts(math.nan, math.nan, math.nan)


def approaches_of(
    approaches: Sequence[str] | Mapping[str, Scenario] | None,
    network: MultilayerNetwork,
    home: str,
    host: str,
    budget: float,
    prices: Prices,
    shares: Shares,
) -> dict[str, Approach]:
    """The approaches asked for, each as large as the budget pays for."""
    if isinstance(approaches, Mapping):
        check_mapping("approaches", approaches, "from a name to a scenario", filled=True)
        return {
            str(name): _own_scenario(str(name), scenario, network, budget, prices)
            for name, scenario in approaches.items()
        }
    names = APPROACHES if approaches is None else approaches
    chosen = dict.fromkeys(check_names("approaches", names, APPROACHES, of="the approaches"))
    if not chosen:
        raise InputError("`approaches` must name one approach or more; found none.")
    return {name: _named(name, network, home, host, budget, prices, shares) for name in chosen}


def _own_scenario(
    name: str, scenario: Any, network: MultilayerNetwork, budget: float, prices: Prices
) -> Approach:
    check_scenario(f"approaches[{name!r}]", scenario)
    if not isinstance(scenario, Priced):
        return Approach(scenario, math.nan, math.nan, assumed="a function, without a cost")
    priced: Any = scenario
    cost = priced.cost(prices, network)
    if cost > budget * (1 + 1e-9):
        msg = f"approaches[{name!r}] costs {cost:g}, above the `budget` of {budget:g}; make it "
        raise InputError(f"{msg}smaller, so that all are compared at the same cost.")
    unilateral = isinstance(scenario, TalentAttraction)
    return Approach(priced, getattr(priced, "size", math.nan), cost, 0.0, unilateral)


def _named(
    name: str,
    network: MultilayerNetwork,
    home: str,
    host: str,
    budget: float,
    prices: Prices,
    shares: Shares,
) -> Approach:
    kind, text = _KINDS[name]
    if kind is NoChange:
        return Approach(NoChange(), 0, math.nan, 1.0, assumed=text)
    relief, unilateral = shares.corridor * (kind is DirectLinks), kind is TalentAttraction
    share = shares.kept if unilateral else shares.pipeline
    options = () if kind is DirectLinks else (share,)
    scenario: Any = kind(home, host, 1, *options, funding="new")
    scenario = equal_cost(network, _Budget(budget), scenario, prices=prices)
    if unilateral:
        scenario = replace(scenario, size=_most_movers(scenario, network))
    cost, assumed = scenario.cost(prices, network), text.format(*options, relief)
    return Approach(scenario, scenario.size, cost, relief, unilateral, assumed)


def _most_movers(scenario: TalentAttraction, network: MultilayerNetwork) -> int:
    """The size at which movers keep no more ties than host has."""
    ties, _, _ = scenario._ties_of_talents(scenario._scene(network))
    size = scenario.size
    while size > 1 and round(scenario.kept_share * size) > len(ties.weight):
        size -= 1
    return size

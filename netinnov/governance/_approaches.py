"""The spatial governance approaches of Hu and Zhang as scenarios of one cost, or as many links."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from netinnov._runtime.arguments import as_whole, check_names
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios import (
    DirectLinks,
    ForwardEnclave,
    NoChange,
    Prices,
    ReverseEnclave,
    Scenario,
    TalentAttraction,
)
from netinnov.scenarios._equal_cost import largest_within

_KINDS: dict[str, tuple[Any, str]] = {
    "competition for talent": (TalentAttraction, "{kept_share:.0f} % of ties are kept"),
    "park of the core at home": (
        ForwardEnclave,
        "{pipeline_share:.0f} % of links lead to the host",
    ),
    "corridor": (DirectLinks, "{corridor_relief:.0f} % of the border between the two is gone"),
    "merger": (NoChange, "the whole border between the two is gone; a merger has no price here"),
    "reverse enclave": (ReverseEnclave, "{pipeline_share:.0f} % of links lead home"),
}

APPROACHES = tuple(_KINDS)


@dataclass(frozen=True, slots=True)
class Approach:
    scenario: Scenario
    size: float
    cost: float
    border_relief: float = 0.0
    unilateral: bool = False
    assumed: str = ""


def approaches_of(
    approaches: Sequence[str] | None,
    network: MultilayerNetwork,
    home: str,
    host: str,
    budget: float,
    prices: Prices | None,
    shares: Mapping[str, float],
) -> dict[str, Approach]:
    names = APPROACHES if approaches is None else approaches
    chosen = dict.fromkeys(check_names("approaches", names, APPROACHES, of="the approaches"))
    if not chosen:
        raise InputError("`approaches` must name one approach or more; found none.")
    return {name: _named(name, network, home, host, budget, prices, shares) for name in chosen}


def _named(
    name: str,
    network: MultilayerNetwork,
    home: str,
    host: str,
    budget: float,
    prices: Prices | None,
    shares: Mapping[str, float],
) -> Approach:
    kind, text = _KINDS[name]
    assumed, unilateral = (
        text.format(**{name: 100 * share for name, share in shares.items()}),
        kind is TalentAttraction,
    )
    if kind is NoChange:
        return Approach(NoChange(), 0, math.nan, 1.0, assumed=assumed)
    of_kind = {field.name for field in fields(kind)}
    options = {name: share for name, share in shares.items() if name in of_kind}
    size = as_whole("budget", budget, low=1) if prices is None else 1
    scenario: Any = kind(home, host, size=size, funding="new", **options)
    if prices is not None:
        scenario = largest_within(network, scenario, budget, prices)
    if unilateral:
        # Movers keep no more ties than host has.
        ties, _, _ = scenario._ties_of_talents(scenario._scene(network))
        size = scenario.size
        if not len(ties.weight) and (kept := round(scenario.kept_share * size)):
            raise scenario._too_few(kept, 0)
        while size > 1 and round(scenario.kept_share * size) > len(ties.weight):
            size -= 1
        scenario = replace(scenario, size=size)
    relief = shares["corridor_relief"] if kind is DirectLinks else 0.0
    cost = math.nan if prices is None else scenario.cost(prices, network)
    return Approach(scenario, scenario.size, cost, relief, unilateral, assumed)

"""Rivals of an enclave: random ends, several at once, nothing; and those that a study can name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, TypeAlias, TypeVar, cast, get_args

from numpy.random import Generator

from netinnov._runtime import arguments
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios import _prices
from netinnov.scenarios._direct_links import DirectLinks
from netinnov.scenarios._enclave import ForwardEnclave, ReverseEnclave
from netinnov.scenarios._prices import Amounts, Priced, Scenario
from netinnov.scenarios._talent_attraction import TalentAttraction


@dataclass(frozen=True, slots=True)
class NoChange(Priced):
    """The network as it is."""

    _draws_nothing = True

    def __call__(self, network: MultilayerNetwork, _rng: Generator, /) -> MultilayerNetwork:
        return network

    def _needs(self, network: MultilayerNetwork) -> Amounts:
        del network
        return Amounts(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class RandomEnds(Priced):
    """The links of a scenario at random ends: the effect of its links wherever they lead.

    Parameters
    ----------
    scenario : ReverseEnclave, ForwardEnclave or DirectLinks
        Its number of links, weights of a volume, funding, cost and park are kept. The park's links
        lead to nodes drawn uniformly from the whole network; direct links join two of these.

    Examples
    --------
    >>> RandomEnds(DirectLinks("quzhou", "hangzhou", size=10)).scenario.size
    10
    """

    scenario: ReverseEnclave | ForwardEnclave | DirectLinks

    def __post_init__(self) -> None:
        arguments.check_type("scenario", self.scenario, ReverseEnclave, ForwardEnclave, DirectLinks)

    def __call__(self, network: MultilayerNetwork, rng: Generator, /) -> MultilayerNetwork:
        return self.scenario._place(network, rng, random_ends=True)

    def _needs(self, network: MultilayerNetwork) -> Amounts:
        return self.scenario.amounts(network)


@dataclass(frozen=True, slots=True)
class Combined(Priced):
    """Several scenarios, one after the other.

    Parameters
    ----------
    scenarios : sequence of scenarios
        One or more, also functions. Each starts from the result of the one before it, so links
        that one adds at home can be reallocated by the next. The cost is the sum of the costs in
        the original network; a function has none.

    Raises
    ------
    InputError
        The sequence is empty, or a member is not a scenario.

    Examples
    --------
    >>> links, more = DirectLinks("quzhou", "hangzhou", 10), DirectLinks("quzhou", "ningbo", 5)
    >>> len(Combined([links, more]).scenarios)
    2
    """

    scenarios: Sequence[Scenario]

    def __post_init__(self) -> None:
        parts = arguments.as_list("scenarios", self.scenarios, "scenarios")
        if not parts:
            raise InputError("`scenarios` must hold one scenario or more; found none.")
        for at, part in enumerate(parts):
            _prices.check_scenario(f"scenarios[{at}]", part)
        object.__setattr__(self, "scenarios", tuple(parts))

    def __call__(self, network: MultilayerNetwork, rng: Generator, /) -> MultilayerNetwork:
        for scenario in self.scenarios:
            network = scenario(network, rng)
        return network

    @property
    def _draws_nothing(self) -> bool:
        return all(map(_prices.draws_nothing, self.scenarios))

    def _needs(self, network: MultilayerNetwork) -> Amounts:
        parts = [_prices.check_priced(scenario).amounts(network) for scenario in self.scenarios]
        return Amounts(*(float(sum(column)) for column in zip(*parts, strict=True)))


Between: TypeAlias = ReverseEnclave | ForwardEnclave | TalentAttraction | DirectLinks
BETWEEN: tuple[type, ...] = get_args(Between)
Same = TypeVar("Same", ReverseEnclave, ForwardEnclave, TalentAttraction, DirectLinks)


def _like(rival: type[Priced], enclave: ReverseEnclave) -> Priced:
    names = [each.name for each in fields(cast(Any, rival))]
    return rival(**{name: getattr(enclave, name) for name in names})


# Rivals that a study can name in ``[experiment] rivals``: each made from the enclave that it is
# compared with.
RIVALS: dict[str, Callable[[ReverseEnclave], Priced]] = {
    "direct links": partial(_like, DirectLinks),
    "random ends": RandomEnds,
    "forward enclave": partial(_like, ForwardEnclave),
}

"""Prices of a park, a local link and a pipeline, and what a scenario needs of each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.random import Generator

from netinnov._runtime.arguments import check_callable, check_number, check_type, examples, shown
from netinnov._runtime.public import ARGUMENT_CHECKS
from netinnov._typing import Amount
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, check_network

Funding: TypeAlias = Literal["reallocated", "new"]
Scenario: TypeAlias = Callable[[MultilayerNetwork, Generator], MultilayerNetwork]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Prices of what scenarios pay for, in one unit of money.

    Parameters
    ----------
    park : float
        Price of a park of any size. All prices are at least 0, one of them above.
    link : float
        Of a local link: both ends are in home, or both in host (including places inside them).
    pipeline : float
        Of each unit of distance (kilometre, or the unit of ``network.distances``) of any other
        link: from the place of one end to that of the other, the mean of both directions, all nodes
        in home or host at one point.

    Raises
    ------
    InputError
        A price is negative or not finite, or all are 0.

    Examples
    --------
    >>> Prices(park=50, link=1, pipeline=0.02)
    Prices(park=50, link=1, pipeline=0.02)
    """

    park: Amount
    link: Amount
    pipeline: Amount

    def __post_init__(self) -> None:
        if not any((self.park, self.link, self.pipeline)):
            raise InputError("one price at least must be above 0; found three times 0.")


class Amounts(NamedTuple):
    park: float
    link: float
    pipeline: float  # NaN where a distance over which a link may lead is unknown


class Priced(ABC):
    __slots__ = ()

    @property
    def _draws_nothing(self) -> bool:
        return False

    def amounts(self, network: MultilayerNetwork) -> Amounts:
        """Count parks, local links and the length of all other links.

        Parameters
        ----------
        network : MultilayerNetwork
            Where the links would be made.

        Returns
        -------
        Amounts
            ``park``, ``link`` (local links) and ``pipeline`` (length of the others; NaN if one may
            be unknown), as expected before the links are drawn; of a volume its weight.
        """
        check_network(network)
        return self._needs(network)

    @abstractmethod
    def _needs(self, network: MultilayerNetwork) -> Amounts: ...

    def cost(self, prices: Prices, network: MultilayerNetwork) -> float:
        """Add up what the scenario needs, at these prices.

        Parameters
        ----------
        prices : Prices
            Of a park, a local link and a unit of distance; of a volume, for a unit of weight.
        network : MultilayerNetwork
            Where the links would be made.

        Returns
        -------
        float
            What is expected before the ends are drawn, whoever pays.

        Raises
        ------
        InputError
            Distance has a price, and a distance is unknown.
        """
        check_prices(prices)
        needed = needed_at(prices, self, network)
        total = needed.park * prices.park + needed.link * prices.link
        return float(total + (needed.pipeline * prices.pipeline if prices.pipeline else 0.0))


def needed_at(prices: Prices, scenario: object, network: MultilayerNetwork) -> Amounts:
    needed = check_priced(scenario).amounts(network)
    if prices.pipeline and np.isnan(needed.pipeline):
        without = ""
        if network.distances is None:
            lon, lat = network.storage.place_table.points
            unknown = network.storage.place_names[np.isnan(lon + lat)[:-1]]
            without = f"without `lon` and `lat`: {examples(unknown) or 'nodes without a place'}; "
        raise InputError(
            "distance has a price, and a distance over which links may lead is unknown; "
            f"{without}complete the table of places, or of distances, or set `pipeline` to 0."
        )
    return needed


def check_priced(scenario: object) -> Priced:
    if not isinstance(scenario, Priced):
        msg = "a cost needs a ReverseEnclave, one of its rivals or NoChange"
        name = getattr(scenario, "__name__", shown(scenario))
        raise InputError(f"{msg}; found {name}, which does not say what it needs.")
    return scenario


ARGUMENT_CHECKS[Priced] = lambda _, value, __: check_priced(value)


def cost_of(scenario: object, prices: Prices, network: MultilayerNetwork) -> float | None:
    cost = getattr(scenario, "cost", None)
    if not callable(cost):
        return None
    total: Any = cost(prices, network)
    check_number(f"the cost of {type(scenario).__name__}", total, low=0)
    return float(total)


def draws_nothing(scenario: object) -> bool:
    return isinstance(scenario, Priced) and scenario._draws_nothing


def check_prices(prices: object) -> None:
    check_type("prices", prices, Prices)


def check_scenario(name: str, change: object) -> None:
    expected = "a ReverseEnclave, one of its rivals, or a function of a network and a Generator"
    check_callable(name, change, expected, made=True)

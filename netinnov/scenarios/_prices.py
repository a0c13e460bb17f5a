"""Prices of a park, a local link and a pipeline, and what a scenario needs of each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from netinnov._runtime.arguments import check_callable, check_flag, check_number, check_type
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, check_network

Funding: TypeAlias = Literal["reallocated", "new"]
Change: TypeAlias = Callable[[MultilayerNetwork, np.random.Generator], MultilayerNetwork]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Prices of what scenarios pay for, in one unit of money.

    Parameters
    ----------
    park : float
        Price of a park of any size.
    link : float
        Of a local link: both ends are in home, or both in host (including places inside them).
    pipeline_km : float
        Of each kilometre of any other link, whichever scenario makes it: as the crow flies from
        the place of one end to that of the other, all nodes in home or host at one point.

    Raises
    ------
    InputError
        A price is negative or not finite, or all are 0.

    Examples
    --------
    >>> Prices(park=50, link=1, pipeline_km=0.02)
    Prices(park=50, link=1, pipeline_km=0.02)
    """

    park: float
    link: float
    pipeline_km: float

    def __post_init__(self) -> None:
        for name in self.__slots__:
            check_number(name, getattr(self, name), low=0)
        if not any(getattr(self, name) for name in self.__slots__):
            raise InputError("one price at least must be above 0; found three times 0.")


class Amounts(NamedTuple):
    """How much a scenario needs of what has a price.

    Attributes
    ----------
    park : float
        Parks.
    link : float
        Local links, with both ends in home or both in host.
    pipeline_km : float
        Kilometres of the others.
    """

    park: float
    link: float
    pipeline_km: float


class Priced(ABC):
    __slots__ = ()

    @property
    def _draws_nothing(self) -> bool:
        return False

    def amounts(
        self, network: MultilayerNetwork | None = None, *, kilometres: bool = True
    ) -> Amounts:
        """Count parks, local links and kilometres of all other links.

        Parameters
        ----------
        network : MultilayerNetwork, optional
            Determines where the links can lead, and how far. None: the links that embed a park
            count as local, as they are where its place has several nodes.
        kilometres : bool
            False: they are not computed, so that no coordinates are needed.

        Returns
        -------
        Amounts
            Expected amounts, before the links are drawn. NaN are kilometres that are not computed,
            and, without a network, what depends on it.

        Raises
        ------
        InputError
            A place to which a link may lead has no coordinates; and as in `apply_scenario`, if
            home or host is unknown or has no nodes.

        Notes
        -----
        Where ends are drawn, the amounts are exact expectations, computed without drawing; one
        placement may need more or less. Parallel new links count separately. Of a volume its
        weight is counted in place of links: see `cost`.
        """
        if network is not None:
            check_network(network)
        check_flag("kilometres", kilometres)
        return self._needs(network, kilometres)

    @abstractmethod
    def _needs(self, network: MultilayerNetwork | None, kilometres: bool) -> Amounts:
        """Amounts of this scenario, in a network that is one."""

    def cost(self, prices: Prices, network: MultilayerNetwork | None = None) -> float:
        """Add up what the scenario needs, at these prices.

        Parameters
        ----------
        prices : Prices
            Of a park, a local link and a kilometre of pipeline.
        network : MultilayerNetwork, optional
            Determines where the links can lead and how far: needed if kilometres have a price.

        Returns
        -------
        float
            In the unit of the prices.

        Raises
        ------
        InputError
            Kilometres have a price, and there is no network, or a place has no coordinates.

        Notes
        -----
        One rule for all scenarios: a link inside home or inside host is local, any other is paid
        by its length, as a pipeline. So on a network of places the link of a park to the host's
        own node is local, and one to a neighbour of the host costs the kilometres from the host
        to it, as a direct link to that neighbour costs those from home. The cost is what is
        expected before the ends are drawn, see `amounts`. Links cost the same whether they are
        new or reallocated: funding determines who pays, not how much.

        Where a scenario moves a volume, prices are those of a unit of weight: `link` of each unit
        of the weight of local links, `pipeline_km` of each unit on each kilometre of the others.
        """
        check_prices(prices)
        needed = self.amounts(network, kilometres=prices.pipeline_km > 0)
        total = needed.park * prices.park + (needed.link * prices.link if prices.link else 0.0)
        if np.isnan(total):
            raise InputError(
                "the cost of a share of home's strength, or of links between named nodes, depends "
                "on the network: give it, cost(prices, network)."
            )
        if prices.pipeline_km == 0:
            return float(total)
        if np.isnan(needed.pipeline_km):
            raise InputError(
                "the cost of links to other places needs their length: give the network, "
                "cost(prices, network), or set the price `pipeline_km` to 0."
            )
        return float(total + needed.pipeline_km * prices.pipeline_km)


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
    mend = "Prices(park=..., link=..., pipeline_km=...)"
    check_type("prices", prices, Prices, mend=mend)


def check_scenario(name: str, change: object) -> None:
    expected = "a ReverseEnclave, one of its rivals, or a function of a network and a Generator"
    check_callable(name, change, expected, made=True)

"""Prices of a park, a local link and a pipeline, and what a scenario needs of each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from netinnov._arguments import check_choice, check_number
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios._sites import kilometres

__all__ = ["Amounts", "Change", "Funding", "Prices", "Priced", "check_terms", "needs"]

Funding: TypeAlias = Literal["reallocated", "new"]
Change: TypeAlias = Callable[[MultilayerNetwork, np.random.Generator], MultilayerNetwork]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What scenarios pay for, in any one unit of money.

    Parameters
    ----------
    park : float
        Of a park, whatever its size.
    link : float
        Of a link inside one place, between a park and its surroundings or a mover and new partners.
    pipeline_km : float
        Of each kilometre of a link between home and host.

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
        Local links.
    pipeline_km : float
        Kilometres of links between home and host.
    """

    park: float
    link: float
    pipeline_km: float


class Priced(ABC):
    """A change of a network that says what it needs, and so has a cost."""

    __slots__ = ()

    @abstractmethod
    def amounts(self, network: MultilayerNetwork | None = None) -> Amounts:
        """Count parks, local links and kilometres of pipelines.

        Parameters
        ----------
        network : MultilayerNetwork, optional
            Its table of places says how far home and host are apart.

        Returns
        -------
        Amounts
            Kilometres are NaN without a network, unless there is no pipeline.

        Raises
        ------
        InputError
            Home or host has no coordinates.
        """

    def cost(self, prices: Prices, network: MultilayerNetwork | None = None) -> float:
        """Add up what the scenario needs, at these prices.

        Parameters
        ----------
        prices : Prices
            Of a park, a local link and a kilometre of pipeline.
        network : MultilayerNetwork, optional
            Its table of places says how far home and host are apart: needed if there are
            pipelines and they have a price.

        Returns
        -------
        float
            In the unit of the prices.

        Raises
        ------
        InputError
            The distance is needed, and there is no network or home or host has no coordinates.

        Notes
        -----
        Every pipeline counts the great circle from home to host. Links cost the same whether they
        are new or reallocated: funding says who pays, the cost says how much.
        """
        given: object = prices
        if not isinstance(given, Prices):
            raise InputError(
                f"`prices` must be Prices(park=, link=, pipeline_km=); found {given!r}."
            )
        needed = self.amounts(network if prices.pipeline_km > 0 else None)
        total = needed.park * prices.park + needed.link * prices.link
        if prices.pipeline_km == 0:
            return float(total)
        if np.isnan(needed.pipeline_km):
            raise InputError(
                "the cost of pipelines needs the distance from home to host: give the network, "
                "cost(prices, network), or set the price `pipeline_km` to 0."
            )
        return float(total + needed.pipeline_km * prices.pipeline_km)


def needs(
    scenario: Any, network: MultilayerNetwork | None, *, parks: int, links: int, pipelines: int
) -> Amounts:
    """Give the amounts of a scenario whose pipelines lead from its home to its host."""
    if pipelines == 0:
        return Amounts(parks, links, 0.0)
    if network is None:
        return Amounts(parks, links, float("nan"))
    return Amounts(parks, links, pipelines * kilometres(network, scenario.home, scenario.host))


def check_terms(scenario: Any, *shares: str) -> None:
    """Check what all scenarios between a home and a host have in common, and some shares."""
    for name in ("home", "host"):
        place: object = getattr(scenario, name)
        if not isinstance(place, str):
            raise InputError(f"`{name}` must be the id of a place; found {place!r}.")
    if scenario.home == scenario.host:
        msg = f"`home` and `host` must differ; both are {scenario.home!r}. A park at home is none."
        raise InputError(msg)
    check_number("size", scenario.size, low=1)
    if not isinstance(scenario.size, Integral):
        raise InputError(f"`size` must be a whole number of links; found {scenario.size!r}.")
    for name in shares:
        check_number(name, getattr(scenario, name), low=0, high=1)
    check_number("attachment", scenario.attachment, low=0)
    check_choice("funding", scenario.funding, Funding)

"""Rivals of the same cost, and the prices at which one overtakes the other."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from netinnov._arguments import check_number
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios._enclave import ForwardEnclave, ReverseEnclave
from netinnov.scenarios._prices import Priced, Prices
from netinnov.scenarios._rivals import DirectLinks, TalentAttraction

__all__ = ["break_even_prices", "equal_cost"]

Sized = TypeVar("Sized", ReverseEnclave, ForwardEnclave, TalentAttraction, DirectLinks)

_LARGEST = 2**40
"""A rival that can be so large within its budget costs nothing a link."""


def equal_cost(scenario: Priced, rival: Sized, network: MultilayerNetwork, prices: Prices) -> Sized:
    """Give a rival the size that a scenario's cost can pay.

    Parameters
    ----------
    scenario : ReverseEnclave or any other with a cost
        What it costs is the budget.
    rival : ReverseEnclave, ForwardEnclave, TalentAttraction or DirectLinks
        Its own size is no matter.
    network : MultilayerNetwork
        Says how far home and host are apart.
    prices : Prices
        Of a park, a local link and a kilometre of pipeline.

    Returns
    -------
    ReverseEnclave, ForwardEnclave, TalentAttraction or DirectLinks
        The rival with the largest size whose cost is not above the budget. What is left over is
        less than one more link costs.

    Raises
    ------
    InputError
        The budget does not pay for a rival of size 1, or its links cost nothing, so that any size
        would do.

    Examples
    --------
    >>> import pandas as pd
    >>> import netinnov as ni
    >>> places = pd.DataFrame({"lon": [0, 1], "lat": 0.0}, index=["home", "host"])  # 111.2 km
    >>> nodes = pd.DataFrame({"place": ["home", "host"]}, index=["a", "b"])
    >>> network = ni.build_network(nodes, pd.DataFrame({"source": ["a"], "target": ["b"]}), places)
    >>> park = ReverseEnclave("home", "host", size=10, pipeline_share=0.4)
    >>> prices = Prices(park=20, link=1, pipeline_km=0.1)
    >>> equal_cost(park, DirectLinks("home", "host", 1), network, prices).size  # 70.5 / 11.1
    6
    """
    sized: object = rival
    if not isinstance(sized, (ReverseEnclave, ForwardEnclave, TalentAttraction, DirectLinks)):
        msg = "`rival` must be a ReverseEnclave, ForwardEnclave, TalentAttraction or DirectLinks"
        raise InputError(f"{msg}, which have a size; found {rival!r}.")
    budget = _cost(scenario, network, prices)
    affordable = budget * (1 + 1e-12)

    def costs(size: int) -> float:
        return dataclasses.replace(rival, size=size).cost(prices, network)

    if costs(1) > affordable:
        raise InputError(
            f"the budget of {budget:g} does not pay for a {type(rival).__name__} of size 1, "
            f"which costs {costs(1):g}. Choose a larger scenario or other prices."
        )
    low, high = 1, 2
    while costs(high) <= affordable:
        low, high = high, 2 * high
        if high > _LARGEST:
            msg = f"links of this {type(rival).__name__} cost nothing, so no size has the same cost"
            raise InputError(f"{msg}: give prices to `link` and `pipeline_km`.")
    # The cost never falls with size, as each of its two counts of links never does.
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if costs(middle) <= affordable else (low, middle)
    return dataclasses.replace(rival, size=low)


def break_even_prices(
    scenario: Priced,
    rival: Priced,
    network: MultilayerNetwork,
    prices: Prices,
    *,
    effects: Sequence[float],
) -> pd.DataFrame:
    """Find the price at which two scenarios have the same effect per cost, for each price.

    Parameters
    ----------
    scenario, rival : ReverseEnclave or any other with a cost
        To be compared.
    network : MultilayerNetwork
        Says how far home and host are apart.
    prices : Prices
        Of a park, a local link and a kilometre of pipeline: while one is varied the others stay.
    effects : sequence of two float
        Effect of the scenario and of the rival, in one unit, both above 0.

    Returns
    -------
    DataFrame
        Index ``park``, ``link`` and ``pipeline_km``; columns

        - ``price``: as given,
        - ``break_even``: the price, 0 or more, at which both have the same effect per cost; NaN
          if there is none,
        - ``ratio``: ``break_even / price``, NaN if the price is 0,
        - ``better``: where the scenario has more effect per cost: ``above`` or ``below`` the
          break-even price, ``always``, ``never``, or ``same`` at all prices.

    Raises
    ------
    InputError
        An effect is not above 0, or a scenario has no cost or no distance.

    Notes
    -----
    Effect per cost is the same where e1 c2 = e2 c1, and costs are linear in each price. Only
    ratios of prices count: all three multiplied by one number change nothing but the first two
    columns.

    Examples
    --------
    >>> import pandas as pd
    >>> import netinnov as ni
    >>> places = pd.DataFrame({"lon": [0, 1], "lat": 0.0}, index=["home", "host"])  # 111.2 km
    >>> nodes = pd.DataFrame({"place": ["home", "host"]}, index=["a", "b"])
    >>> network = ni.build_network(nodes, pd.DataFrame({"source": ["a"], "target": ["b"]}), places)
    >>> park, links = ReverseEnclave("home", "host", 10, 0), DirectLinks("home", "host", 10)
    >>> prices = Prices(park=20, link=1, pipeline_km=0.1)
    >>> table = break_even_prices(park, links, network, prices, effects=(1, 1))
    >>> table["break_even"].round(2).tolist()  # 1,112 km at 0.1 less 10 links is 101.2
    [101.2, 9.12, 0.03]
    """
    values: list[Any] = list(effects)
    if len(values) != 2:
        raise InputError(f"`effects` must hold two numbers; found {effects!r}.")
    for value in values:
        check_number("effects", value, low=0, above=True)
    mine, other = (np.array(_priced(each).amounts(network)) for each in (scenario, rival))
    given = np.array([prices.park, prices.link, prices.pipeline_km], np.float64)
    slope = values[0] * other - values[1] * mine
    # Rounding leaves a trace above or below 0 where both are alike.
    trace = 1e-12 * (values[0] * other + values[1] * mine)
    slope = np.where(np.abs(slope) <= trace, 0.0, slope)
    rows = []
    for at in range(3):
        rest = float(slope @ given - slope[at] * given[at])
        rest = 0.0 if abs(rest) <= trace @ given else rest
        where = -rest / slope[at] + 0.0 if slope[at] else math.nan
        if where >= 0:
            rows.append((given[at], where, "above" if slope[at] > 0 else "below"))
        else:
            better = "always" if rest > 0 else "never" if rest < 0 else "same"
            rows.append((given[at], math.nan, better))
    names = pd.Index(["park", "link", "pipeline_km"], name="of")
    table = pd.DataFrame(rows, names, columns=["price", "break_even", "better"])
    table.insert(2, "ratio", table["break_even"] / table["price"].where(table["price"] > 0))
    return table


def _priced(scenario: object) -> Priced:
    if not isinstance(scenario, Priced):
        msg = "a cost needs a ReverseEnclave, one of its rivals or NoChange"
        raise InputError(f"{msg}; found {scenario!r}, which does not say what it needs.")
    return scenario


def _cost(scenario: object, network: MultilayerNetwork, prices: Prices) -> float:
    return _priced(scenario).cost(prices, network)

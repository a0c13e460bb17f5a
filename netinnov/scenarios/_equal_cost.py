"""Rivals of the same cost, and the prices at which one overtakes the other."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from netinnov._runtime.arguments import as_list, check_number, check_type, limit_of
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios import _prices
from netinnov.scenarios._prices import Priced, Prices
from netinnov.scenarios._rivals import BETWEEN, Same


def equal_cost(
    network: MultilayerNetwork, scenario: Priced, rival: Same, *, prices: Prices
) -> Same:
    """Resize a rival to the cost of a scenario.

    Parameters
    ----------
    network : MultilayerNetwork
        Where the links would be made.
    scenario : ReverseEnclave or any other with a cost
        Its cost is the budget.
    rival : ReverseEnclave, ForwardEnclave, TalentAttraction or DirectLinks
        Its own size or volume is ignored.
    prices : Prices
        Of a park, a local link and a unit of distance of any other.

    Returns
    -------
    same type as rival
        The rival with the largest size whose cost, as expected before links are drawn, is not above
        the budget. One that moves a volume, or a share of home's strength, costs exactly as much.

    Raises
    ------
    InputError
        The budget does not pay for a rival of size 1, or for any size, as links cost too little.

    Examples
    --------
    >>> places = pd.DataFrame({"lon": [0, 1], "lat": 0.0}, index=["home", "host"])  # 111.2 km
    >>> nodes = pd.DataFrame({"place": ["home", "host"]}, index=["a", "b"])
    >>> network = ni.build_network(nodes, pd.DataFrame({"source": ["a"], "target": ["b"]}), places)
    >>> park = ni.ReverseEnclave("home", "host", size=10, pipeline_share=0.4)
    >>> prices, links = Prices(park=20, link=1, pipeline=0.1), ni.scenarios.DirectLinks
    >>> equal_cost(network, park, links("home", "host", 1), prices=prices).size  # 70.5 / 11.1
    6
    """
    check_type("rival", rival, *BETWEEN)
    budget = _prices.cost_of(scenario, prices, network)
    if budget is None:
        budget = scenario.cost(prices, network)
    return largest_within(network, rival, budget, prices)


def largest_within(network: MultilayerNetwork, rival: Same, budget: float, prices: Prices) -> Same:
    size: object = rival.size
    if size is None:
        return _of_volume(network, rival, budget, prices)
    affordable = budget * (1 + 1e-9)  # expectations are rounded

    @cache
    def costs(size: int) -> float:
        return dataclasses.replace(rival, size=size).cost(prices, network)

    def excess(size: float) -> float:
        return costs(int(size)) - affordable or -1.0  # affordable

    # The cost never falls with size, as a larger scenario draws the same ends and then some more,
    # and is nearly a line: the first size above the budget is found in few steps.
    most = limit_of("size")
    if costs(1) > affordable:
        raise InputError(
            f"the budget of {budget:g} does not pay for a {type(rival).__name__} of size 1, "
            f"which costs {costs(1):g}. Choose a larger scenario or other prices."
        )
    if costs(most) <= affordable:
        raise InputError(
            f"{most:,} links of this {type(rival).__name__} cost {costs(most):g}, within the "
            f"budget of {budget:g}, so no size has the same cost: "
            "give higher prices to `link` and `pipeline`."
        )
    first_above = round(brentq(excess, 1, most, xtol=0.25))
    return dataclasses.replace(rival, size=first_above - 1)


def _of_volume(network: MultilayerNetwork, rival: Any, budget: float, prices: Prices) -> Any:
    one = dataclasses.replace(rival, volume=1.0, volume_share=None)
    whole = one.cost(prices, network)
    park = one.amounts(network).park * prices.park
    if whole <= park:
        raise InputError(
            f"a volume of this {type(rival).__name__} costs nothing, so no volume has the same "
            "cost: give prices to `link` and `pipeline`."
        )
    if budget <= park:
        raise InputError(
            f"the budget of {budget:g} does not pay for a {type(rival).__name__}, whose park costs "
            f"{park:g}. Choose a larger scenario or other prices."
        )
    volume = (budget - park) / (whole - park)
    if rival.volume_share is None:
        return dataclasses.replace(rival, volume=volume)
    # Of new funding, so that more than the whole strength of home is not an error here.
    whole_of_home = dataclasses.replace(rival, volume_share=1.0, funding="new")
    share = volume / whole_of_home._total(whole_of_home._scene(network))
    return dataclasses.replace(rival, volume_share=share)


def break_even_prices(
    network: MultilayerNetwork,
    scenario: Priced,
    rival: Priced,
    *,
    prices: Prices,
    effects: Sequence[float],
) -> pd.DataFrame:
    """Find the price at which two scenarios have the same effect per cost, for each price.

    Parameters
    ----------
    network, scenario, rival, prices
        As in `equal_cost`; while one price is varied the others stay.
    effects : sequence of two float
        Effect of the scenario and of the rival, in one unit, larger being better.

    Returns
    -------
    DataFrame
        Index ``park``, ``link`` and ``pipeline``; columns

        - ``price``: as given,
        - ``break_even``: the price at which both have the same effect per cost; NaN: none,
        - ``better``: where the scenario has more effect per cost: ``above`` or ``below`` the
          break-even price, ``always``, ``never``, ``same`` at all prices, ``neither`` if no effect
          is above 0, ``unknown`` for distances that cost nothing and are not known.

    Raises
    ------
    InputError
        An effect is not a number, or a scenario has no cost or no distance.

    Examples
    --------
    >>> places = pd.DataFrame({"lon": [0, 1], "lat": 0.0}, index=["home", "host"])  # 111.2 km
    >>> nodes = pd.DataFrame({"place": ["home", "host"]}, index=["a", "b"])
    >>> network = ni.build_network(nodes, pd.DataFrame({"source": ["a"], "target": ["b"]}), places)
    >>> park = ni.ReverseEnclave("home", "host", 10, 0)
    >>> links = ni.scenarios.DirectLinks("home", "host", 10)
    >>> prices = Prices(park=20, link=1, pipeline=0.1)
    >>> table = break_even_prices(network, park, links, prices=prices, effects=(1, 1))
    >>> table["break_even"].round(2).tolist()  # 1,112 km at 0.1 less 10 links is 101.2
    [101.2, 9.12, 0.03]
    """
    _prices.check_prices(prices)
    values = as_list("effects", effects, "numbers")
    if len(values) != 2:
        raise InputError(f"`effects` must hold two numbers; found {effects!r}.")
    for value in values:
        check_number("effects", value)
    both = (_prices.needed_at(prices, each, network) for each in (scenario, rival))
    needs, rival_needs = map(np.array, both)
    current = np.array([prices.park, prices.link, prices.pipeline], np.float64)
    known = not np.isnan(needs[2] + rival_needs[2])
    if not known:  # and they cost nothing
        needs[2] = rival_needs[2] = 0.0
    slope = values[0] * rival_needs - values[1] * needs
    # Rounding leaves a small value where both are equal.
    trace = 1e-12 * (values[0] * rival_needs + values[1] * needs)
    slope = np.where(np.abs(slope) <= trace, 0.0, slope)
    rows: list[tuple[float, float, str]] = []
    for at in range(3):
        rest = float(slope @ current - slope[at] * current[at])
        rest = 0.0 if abs(rest) <= trace @ current else rest
        break_even = -rest / slope[at] + 0.0 if slope[at] else math.nan
        where = math.nan
        better = "always" if rest > 0 else "never" if rest < 0 else "same"
        if min(values) <= 0:
            better = "always" if values[0] > 0 else "never" if values[1] > 0 else "neither"
        elif at == 2 and not known:
            better = "unknown"
        elif break_even >= 0:
            where = break_even
            better = "above" if slope[at] > 0 else "below"
        rows.append((current[at], where, better))
    names = pd.Index(["park", "link", "pipeline"], name="of", dtype="str")
    table = pd.DataFrame(rows, names, columns=["price", "break_even", "better"])
    return table.astype({"better": "str"})

"""The border friction at which a scenario overtakes its rival."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from netinnov._arguments import as_whole, check_callable, check_number
from netinnov._checkpoint import seed_of_run
from netinnov._display import Tabled
from netinnov._parallel import run
from netinnov._typing import Floats, Rng
from netinnov.connectivity import Frictions, global_efficiency
from netinnov.network import MultilayerNetwork
from netinnov.scenarios._apply_scenario import Scenario, apply_scenario
from netinnov.scenarios._prices import check_scenario

Friction: TypeAlias = Literal["border", "border_by_distance"]
Ahead: TypeAlias = Literal["above", "below", "between", "always", "never"]


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class BreakEvenBorder(Tabled):
    """The border friction at which a scenario overtakes its rival.

    Attributes
    ----------
    border : float
        Where the mean over replicates of scenario minus rival turns from 0 or less to more. The
        lowest friction tried, if the scenario is ahead there; NaN if it never is.
    until : float
        Where it turns to 0 or less again, NaN if it does not up to the highest friction tried.
    ahead : {"above", "below", "between", "always", "never"}
        Where the scenario is ahead: above `border`, below `until` (from the lowest friction on),
        between the two, at all frictions tried or at none.
    low, high : float
        2.5 and 97.5 % of the replicates' own break-even borders, by straight lines between the
        frictions tried: how much depends on the placement. NaN if none has one.
    share : float
        Share of the replicates that have one; at the lowest friction if ahead there.
    curve : DataFrame
        Index ``border``, the frictions tried; columns ``scenario``, ``rival`` and ``difference``,
        means over replicates, and ``ahead``, the share of replicates in which the scenario is.
    """

    border: float
    until: float
    ahead: Ahead
    low: float
    high: float
    share: float
    curve: pd.DataFrame


def break_even_border(
    network: MultilayerNetwork,
    scenario: Scenario,
    rival: Scenario,
    *,
    measure: Callable[..., float] = global_efficiency,
    friction: Friction = "border",
    low: float = 0.0,
    high: float = 10.0,
    steps: int = 10,
    replicates: int = 20,
    tolerance: float = 1e-3,
    rng: Rng = None,
    executor: Executor | int | None = None,
    progress: bool = True,
) -> BreakEvenBorder:
    """Find the border friction at which a scenario overtakes its rival.

    Parameters
    ----------
    network : MultilayerNetwork
        Where both start; values are those of its nodes.
    scenario, rival : scenarios
        Of the same cost, see `equal_cost`.
    measure : function
        Takes a network and the keywords ``frictions`` and ``nodes``, and gives a number, the larger
        the better.
    friction : {"border", "border_by_distance"}
        The part of `Frictions` that is varied; the others are 0.
    low, high : float
        Range of the friction.
    steps : int
        Parts of the range whose ends are tried before the bisection.
    replicates : int
        Random placements of both.
    tolerance : float
        Half the width at which the bisection stops, above 0.
    rng, executor, progress
        As in `experiments.compare_scenarios`; the bar is shown while the range is tried.

    Returns
    -------
    BreakEvenBorder

    Raises
    ------
    InputError
        A parameter is out of its range.

    Notes
    -----
    Replicate r of both scenarios and of all frictions starts from the same random numbers, so the
    difference is a smooth function of the friction and bisection finds its root. Of several
    stretches in which the scenario is ahead the first is given; two roots that lie between
    neighbouring frictions of the curve are missed.

    A link between the park and its home crosses no border, but one between the park and its host
    does. So with ``friction="border"`` an enclave can only save crossings that its rival makes
    twice; with ``"border_by_distance"`` the long way crosses no border and the crossing is short.

    Examples
    --------
    >>> import netinnov as ni
    >>> cities = ni.datasets.make_city_system(n_cities=8, rng=1)
    >>> home, host = cities.places.index[[-1, 0]]
    >>> park = ni.ReverseEnclave(home, host, 6, 0.5)
    >>> links = ni.scenarios.DirectLinks(home, host, 6)
    >>> result = break_even_border(cities, park, links, replicates=2, rng=1)
    >>> result.curve.index[[0, -1]].tolist()
    [0.0, 10.0]
    """
    for name, change in (("scenario", scenario), ("rival", rival)):
        check_scenario(name, change)
    check_callable("measure", measure, "a function of a network, frictions and nodes")
    check_number("low", low, low=0)
    check_number("high", high, low=low, above=True)
    steps = as_whole("steps", steps, low=1)
    replicates = as_whole("replicates", replicates, low=1)
    check_number("tolerance", tolerance, low=0, above=True)
    seeds = seed_of_run(rng)[1].spawn(replicates)

    def values(frictions: Floats, *, shown: bool = False) -> Floats:
        task = partial(_measured_pair, network, (scenario, rival), measure, friction)
        items = [(seed, frictions) for seed in seeds]
        return np.stack(run(task, items, executor=executor, progress=shown))

    grid = np.linspace(low, high, steps + 1)
    measured = values(grid, shown=progress)  # replicate x scenario or rival x friction
    lead = measured[:, 0] - measured[:, 1]
    mean = measured.mean(axis=0)
    columns = {"scenario": mean[0], "rival": mean[1], "difference": mean[0] - mean[1]}
    curve = pd.DataFrame(columns, pd.Index(grid, name="border"))
    curve["ahead"] = (lead > 0).mean(axis=0)
    own = np.array([_crossing(grid, each) for each in lead])
    known = own[~np.isnan(own)]
    a, b = np.quantile(known, [0.025, 0.975]) if len(known) else (math.nan, math.nan)

    def root(at: int) -> float:
        """Halve the part of the grid in which the mean turns."""
        begin, end = grid[at], grid[at + 1]
        while end - begin > 2 * tolerance:
            middle = (begin + end) / 2
            at_middle = values(np.array([middle]))
            turned = ((at_middle[:, 0] - at_middle[:, 1]).mean() > 0) != ahead[at]
            begin, end = (begin, middle) if turned else (middle, end)
        return float(begin + end) / 2

    ahead = lead.mean(axis=0) > 0
    turns = np.flatnonzero(ahead[1:] != ahead[:-1]).tolist()
    if ahead[0]:
        where: Ahead = "below" if turns else "always"
        border, until = float(grid[0]), root(turns[0]) if turns else math.nan
    else:
        where = "never" if not turns else "above" if len(turns) == 1 else "between"
        border = root(turns[0]) if turns else math.nan
        until = root(turns[1]) if where == "between" else math.nan
    share = len(known) / replicates
    return BreakEvenBorder(border, until, where, float(a), float(b), share, curve)


def _measured_pair(
    network: MultilayerNetwork,
    pair: tuple[Scenario, Scenario],
    measure: Callable[..., float],
    friction: Friction,
    item: tuple[np.random.SeedSequence, Floats],
) -> Floats:
    """Measure both scenarios under each friction, for one seed."""
    seed, frictions = item
    nodes = list(network.storage.nodes.index)
    values = np.empty((2, len(frictions)))
    for row, scenario in enumerate(pair):
        # A scenario that spawns from its generator changes the seed itself, so it gets a copy.
        fresh = np.random.SeedSequence(seed.entropy, spawn_key=seed.spawn_key)
        changed = apply_scenario(network, scenario, rng=fresh)
        for at, value in enumerate(frictions.tolist()):
            borders = Frictions(**{friction: value})
            values[row, at] = measure(changed, frictions=borders, nodes=nodes)
    return values


def _crossing(grid: Floats, lead: Floats) -> float:
    """Interpolate where the scenario overtakes first; NaN if it never does."""
    ahead = np.flatnonzero(lead > 0)
    if not len(ahead):
        return math.nan
    at = int(ahead[0])
    if at == 0:
        return float(grid[0])
    part = -lead[at - 1] / (lead[at] - lead[at - 1])
    return float(grid[at - 1] + part * (grid[at] - grid[at - 1]))

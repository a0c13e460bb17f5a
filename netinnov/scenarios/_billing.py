"""What links need before they are drawn: expected local links and kilometres."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from netinnov._geography import great_circle
from netinnov._typing import Codes, Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios._pair_draws import Positions
from netinnov.scenarios._park_ends import Sides

__all__ = ["Drawn", "billed", "expected_sums"]

_STEP = 0.125
"""Of the trapezoid rule over the logarithm of time: its error falls as exp(-pi^2 / step)."""

_NEVER = 1e-18
"""A chance that is left out at both ends of the integral."""


class Drawn(NamedTuple):
    """Links with one end at a scenario's park, or at home, and the other drawn."""

    node: Positions | Codes
    """Candidates for the other end."""
    pull: Floats
    """As of `Ends`."""
    wanted: int
    """How many are drawn."""


def billed(
    network: MultilayerNetwork,
    home: str,
    host: str,
    stand: Sides,
    drawn: Sequence[Drawn],
    *,
    at_host: bool,
    kilometres: bool,
) -> tuple[float, float]:
    """Give the expected local links and kilometres of links that start at host or at home.

    What stands in home or host, or in a place inside it, counts as at that one point: a link
    inside it is local. Kilometres are NaN if they are not asked for.
    """
    places = network._places
    here = places.index.get_loc(host if at_host else home)
    there = places.index.get_loc(home if at_host else host)
    assert isinstance(here, int)  # as ids are unique
    assert isinstance(there, int)
    mine, other = (stand.host, stand.home) if at_host else (stand.home, stand.host)
    at = np.where(other, there, network._place_codes)
    local = km = 0.0
    for node, pull, count in drawn:
        if not count:
            continue
        inside, where = mine[node], at[node]
        if not kilometres:
            local += float(expected_sums(pull, inside[None].astype(np.float64), count)[0])
            continue
        far = np.where(inside, 0.0, _from(network, here, where))
        sums = expected_sums(pull, np.stack([inside, far]), count)
        if np.isnan(sums[1]):
            _refuse(network, here, where[~inside])
        local, km = local + float(sums[0]), km + float(sums[1])
    return local, km if kilometres else float("nan")


def expected_sums(pull: Floats, values: npt.NDArray[np.float64], k: int) -> Floats:
    """Give the expected sums of values (rows) of candidates (columns) over k that `draw` draws.

    Exact but for rounding; NaN only if a candidate that may be drawn has NaN.
    """
    values = np.asarray(values, np.float64)
    rounds, left = divmod(k, len(pull))
    sums = np.zeros(len(values))
    if rounds:
        sums += rounds * values.sum(axis=1)
    for group in (np.isinf(pull), (pull > 0) & np.isfinite(pull), pull == 0):  # in this order
        n = int(group.sum())
        drawn = min(left, n)
        left -= drawn
        if not drawn:
            continue
        weight, some = pull[group], values[:, group]
        if drawn == n or (weight == weight[0]).all():
            sums += drawn / n * some.sum(axis=1)
        else:
            sums += _in_turn(weight, some, drawn)
    return sums


def _in_turn(pull: Floats, values: Floats, k: int) -> Floats:
    """Expected sums over k candidates drawn one by one, in proportion to pull among those left.

    Of exponential waiting times with rates `pull` the first k are such a draw, so candidate i is
    in it with probability E[number of others that came before i < k]: the integral over time of
    its density times the distribution of a sum of independent indicators, built up one candidate
    at a time. O(n k) for each of some hundred points in time.
    """
    rate = pull / pull.max()
    last = np.sort(rate)[-k]  # by then k have come
    start, end = np.log(_NEVER / len(rate)), np.log(-np.log(_NEVER) / last)
    time = np.exp(np.arange(start, end + _STEP, _STEP))
    came = np.zeros((k, len(time)))  # probability that m have come
    came[0] = 1
    missing = np.zeros((len(values), k, len(time)))  # that, and i has not, times its value and rate
    for each, value in zip(rate, values.T, strict=True):
        yet, gone = np.exp(-each * time), -np.expm1(-each * time)
        more = (value * each)[:, None, None] * came + missing
        more *= yet
        more[:, 1:] += gone * missing[:, :-1]
        missing = more
        shifted = gone * came[:-1]
        came = yet * came
        came[1:] += shifted
    result: Floats = (missing.sum(axis=1) * time).sum(axis=1) * _STEP
    return result


def _from(network: MultilayerNetwork, here: int, where: Codes) -> Floats:
    """Kilometres from one place to others; NaN where they are not known."""
    lon, lat = (network._places[name].to_numpy(np.float64) for name in ("lon", "lat"))
    known = where >= 0
    km: Floats = np.asarray(great_circle(lon[here], lat[here], lon[where], lat[where]), np.float64)
    return np.where(known, km, np.nan)


def _refuse(network: MultilayerNetwork, here: int, where: Codes) -> None:
    places = network._places
    used = np.unique(np.append(where[where >= 0], here))
    table = places.iloc[used]
    unknown = [str(name) for name in table.index[table[["lon", "lat"]].isna().any(axis=1)]]
    parts = []
    if unknown:
        some = " and ".join(map(repr, unknown[:5])) + (", ..." if len(unknown) > 5 else "")
        parts.append(f"the table of places has no `lon` and `lat` for {some}")
    if lost := int((where < 0).sum()):
        parts.append(f"{lost} of the nodes that can be linked have no place")
    raise InputError(
        f"kilometres from {places.index[here]!r} need coordinates: {', and '.join(parts)}."
    )

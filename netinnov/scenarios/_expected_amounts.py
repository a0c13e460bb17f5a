"""Expected numbers of local links and of kilometres, before links are drawn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._arguments import examples
from netinnov._geography import great_circle
from netinnov._typing import Codes, Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios._pair_draws import Draws, shares
from netinnov.scenarios._park_ends import Side

__all__ = ["expected_links", "expected_sums"]

_STEP = 0.125
"""Of the trapezoid rule over the logarithm of time: its error falls as exp(-pi^2 / step)."""

_NEVER = 1e-18
"""A chance that is left out at both ends of the integral."""


def expected_links(
    network: MultilayerNetwork,
    start: Side,
    other: Side,
    draws: Draws,
    *,
    kilometres: bool,
    volume: bool = False,
) -> tuple[float, float]:
    """Give the expected number of local links, and the expected kilometres of all others.

    Of a `volume` it is the weight of local links, and weight times kilometres of all others. Links
    start in one place; the nodes located in it, or in the other place, count as at that one point,
    so a link inside it is local. Kilometres are NaN if they are not asked for.
    """
    origin, across = network.storage.places.index.get_indexer(pd.Index([start.place, other.place]))
    place = np.where(other.nodes, across, network.storage.place_codes)
    local = km = 0.0
    sums_of = _shared_sums if volume else expected_sums
    for (node, pull, _), count in draws:
        if not count:
            continue
        inside, destination = start.nodes[node], place[node]
        if not kilometres:
            local += float(sums_of(pull, inside[None].astype(np.float64), count)[0])
            continue
        lon, lat = (network.storage.places[name].to_numpy(np.float64) for name in ("lon", "lat"))
        length = great_circle(lon[origin], lat[origin], lon[destination], lat[destination])
        length = np.where(inside, 0.0, np.where(destination >= 0, length, np.nan))
        sums = sums_of(pull, np.stack([inside, length]), count)
        if np.isnan(sums[1]):
            raise _no_coordinates(network, int(origin), destination[~inside])
        local, km = local + float(sums[0]), km + float(sums[1])
    return local, km if kilometres else float("nan")


def _shared_sums(pull: Floats, values: npt.NDArray[np.float64], volume: float) -> Floats:
    """Give the sums of values (rows) of candidates (columns), weighted by what each gets."""
    weight = volume * shares(pull)
    summed: Floats = np.where(weight > 0, values * weight, 0.0).sum(axis=1)
    return summed


def expected_sums(pull: Floats, values: npt.NDArray[np.float64], count: float) -> Floats:
    """Give the expected sums of values (rows) of candidates (columns) over those that are drawn.

    `count` is the number of draws. Exact but for rounding; NaN only if a candidate that may be
    drawn has NaN.
    """
    values = np.asarray(values, np.float64)
    rounds, left = divmod(int(count), len(pull))
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
        yet, arrived = np.exp(-each * time), -np.expm1(-each * time)
        more = (value * each)[:, None, None] * came + missing
        more *= yet
        more[:, 1:] += arrived * missing[:, :-1]
        missing = more
        shifted = arrived * came[:-1]
        came = yet * came
        came[1:] += shifted
    result: Floats = (missing.sum(axis=1) * time).sum(axis=1) * _STEP
    return result


def _no_coordinates(network: MultilayerNetwork, origin: int, destination: Codes) -> InputError:
    places = network.storage.places
    used = np.unique(np.append(destination[destination >= 0], origin))
    table = places.iloc[used]
    unknown = [str(name) for name in table.index[table[["lon", "lat"]].isna().any(axis=1)]]
    parts = []
    if unknown:
        parts.append(f"the table of places has no `lon` and `lat` for {examples(unknown)}")
    if n_unplaced := int((destination < 0).sum()):
        parts.append(f"{n_unplaced} of the nodes that can be linked have no place")
    return InputError(
        f"kilometres from {places.index[origin]!r} need coordinates: {', and '.join(parts)}."
    )

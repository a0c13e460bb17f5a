"""Expected numbers of local links and length of all others, before links are drawn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._network.distances import between
from netinnov._typing import Floats
from netinnov.kernels.weighted_draws import arrivals_among_first
from netinnov.network import MultilayerNetwork
from netinnov.scenarios._pair_draws import Draws, Side, shares

_NODES = 16  # of the Gauss-Legendre rule in each panel of log time
_PANEL = 2.0  # widest panel of log time
_PANEL_BY_DRAWS = 4.0  # the same, times 1 / sqrt(number of draws)
_NEVER = 1e-18  # probability cut off at both ends of the integral


def expected_links(
    network: MultilayerNetwork,
    start: Side,
    other: Side,
    draws: Draws,
    *,
    volume: bool = False,
) -> tuple[float, float]:
    """Expected number (or weight) of local links, and length of all others (or NaN)."""
    origin, across = network.storage.place_names.get_indexer(pd.Index([start.place, other.place]))
    place = np.where(other.nodes, across, network.storage.place_codes)
    local = far = 0.0
    sums_of = _shared_sums if volume else expected_sums
    for (node, pull, _), count in draws:
        if not count:
            continue
        inside, destination = start.nodes[node], place[node]
        length = np.where(inside, 0.0, between(network.storage, origin, destination))
        sums = sums_of(pull, np.stack([inside, length]), count)
        local, far = local + float(sums[0]), far + float(sums[1])
    return local, far


def _shared_sums(pull: Floats, values: npt.NDArray[np.float64], volume: float) -> Floats:
    weight = volume * shares(pull)
    summed: Floats = np.where(weight > 0, values * weight, 0.0).sum(axis=1)
    return summed


def expected_sums(pull: Floats, values: npt.NDArray[np.float64], count: float) -> Floats:
    """Expected row sums of `values` over `count` draws of candidates (columns), exactly."""
    values = np.asarray(values, np.float64)
    rounds, left = divmod(int(count), len(pull))
    sums = np.zeros(len(values))
    if rounds:
        sums += rounds * values.sum(axis=1)
    for group in (np.isinf(pull), (pull > 0) & np.isfinite(pull), pull == 0):  # in this order
        n = int(group.sum())
        k = min(left, n)
        left -= k
        if not k:
            continue
        weight, some = pull[group], values[:, group]
        if k == n or (weight == weight[0]).all():
            sums += k / n * some.sum(axis=1)
        else:
            sums += _in_turn(weight, some, k)
    return sums


def _in_turn(pull: Floats, values: Floats, k: int) -> Floats:
    """Integral over exponential waiting times: i is drawn if fewer than k others come before it."""
    rate = pull / pull.max()
    last = np.sort(rate)[-k]  # by then k have come
    width = min(_PANEL, _PANEL_BY_DRAWS / k**0.5)
    start, end = np.log(_NEVER / len(rate)), np.log(-np.log(_NEVER) / last)
    edges = np.arange(start, end + width, width)
    come = np.array([-np.expm1(-rate * time).sum() for time in np.exp(edges)])  # expected number
    tail = k - come + k * np.log(come / k)  # Chernoff's bound, on both sides
    all_wait = np.flatnonzero((come < k) & (tail + np.log(come) < np.log(_NEVER)))[-1]
    none_waits = np.append(np.flatnonzero((come > k) & (tail < np.log(_NEVER))), len(edges) - 1)[0]
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    middles = edges[all_wait:none_waits] + width / 2
    time = np.exp(np.add.outer(middles, width / 2 * nodes)).ravel()
    step = np.tile(width / 2 * weights, len(middles)) * time
    before = values @ -np.expm1(-rate * np.exp(edges[all_wait]))
    rates = arrivals_among_first(rate, np.ascontiguousarray(values), time, k)
    result: Floats = before + rates @ step
    return result

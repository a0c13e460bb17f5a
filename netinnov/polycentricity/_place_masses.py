"""Masses of places after distance: place effects of a Poisson gravity fit of their flows."""

from __future__ import annotations

import numpy as np

from netinnov._typing import Floats, Integers

_BINS = 8  # of equally many pairs by distance, each with a factor of its own
_ROUNDS = 200  # of the fit at most
_SURE = 1e-6  # largest change of a logarithm of a mass at which the fit ends
_NEAR = 1e-3  # the same of a fit that begins with that of the observed flows
_STEP = 1.0  # largest change of the exponent of distance in a round


def place_masses(flows: Floats, distances: Floats, start: Floats | None = None) -> Floats:
    """Masses a of the origins of flows that are Poisson with means a_i b_j f(d_ij), 0 without flow.

    f is a power of distance times a factor for each eighth of the pairs by distance: steep, flat,
    or neither, it needs no form. Masses are told up to a factor; `start`: masses to begin with.
    Flows inside a place are left out.
    """
    # Products of masses have no unit to overflow in.
    flow = flows / (flows.max(initial=0.0) or 1.0)
    np.fill_diagonal(flow, 0.0)
    log, bins = _of_distance(distances)
    n_bins = int(bins.max()) + 1
    sent = flow.sum(axis=1)
    received = flow.sum(axis=0)
    in_bin = _sums(bins, flow, n_bins)
    by_log = float((flow * log).sum())
    mass: Floats = sent if start is None else np.where(sent > 0, start, 0.0)
    pull: Floats = received if start is None else np.where(received > 0, start, 0.0)
    enough = _SURE if start is None else _NEAR
    exponent = 0.0
    for _ in range(_ROUNDS):
        mean = np.exp(exponent * log)
        mean *= mass[:, None]
        mean *= pull
        np.fill_diagonal(mean, 0.0)
        mean *= _ratio(in_bin, _sums(bins, mean, n_bins))[bins]
        step = _towards(by_log, mean, log, bins, n_bins)
        exponent += step
        before = mass
        mass = mass * _ratio(sent, mean.sum(axis=1))
        # The means of the masses that have just changed.
        pull = pull * _ratio(received, _ratio(mass, before) @ mean)
        moved = np.abs(np.log(_ratio(mass, before)[before > 0])).max(initial=0.0)
        if moved + abs(step) < enough:
            break
    return mass


def _of_distance(distances: Floats) -> tuple[Floats, Integers]:
    """Logarithms of distances, 0 on average, and numbers of bins of equally many pairs."""
    lengths = distances[~np.eye(len(distances), dtype=bool)]
    cuts = np.unique(np.quantile(lengths, np.linspace(0, 1, _BINS + 1)[1:-1]))
    some = lengths[lengths > 0]
    # Two places at one point are half as far apart as the next ones.
    nearest = some.min() / 2 if some.size else 1.0
    log = np.log(np.maximum(distances, nearest))
    log -= np.log(np.maximum(lengths, nearest)).mean()
    return log, np.searchsorted(cuts, distances, side="right")


def _towards(by_log: float, mean: Floats, log: Floats, bins: Integers, n_bins: int) -> float:
    """A step of Newton's method for the exponent, bins having their own factors."""
    total, first, second = (_sums(bins, mean * log**power, n_bins) for power in (0, 1, 2))
    spread = float((second - first * _ratio(first, total)).sum())
    if spread <= 1e-9 * float(second.sum()):
        return 0.0  # distances in a bin are alike
    return float(np.clip((by_log - first.sum()) / spread, -_STEP, _STEP))


def _sums(codes: Integers, values: Floats, n: int) -> Floats:
    return np.asarray(np.bincount(codes.ravel(), values.ravel(), n), np.float64)


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros(part.size), where=whole > 0)

"""Bootstrap resamples of flows, event by event."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from netinnov._runtime.arguments import check_callable
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, with_rows
from netinnov.null_models._null_statistics import CONSTANT
from netinnov.null_models._prepared import Prepared

Change: TypeAlias = Callable[[MultilayerNetwork, np.random.Generator], MultilayerNetwork]

MOST_EVENTS = 2**53  # above, not every count is a float, and numpy draws no Poisson numbers
_MOST_BIAS = 1 / 4  # of the width of a 95 % interval; beyond, coverage is too low

# Units of what is measured, scored, paid, shared or rounded to thousands, not counted
_WORDS = """
yuan rmb cny usd eur euro dollar gbp pound yen jpy money price cost value gdp percent cent
percentage share ratio rate proportion probability correlation score point scale rating rank grade
level index indices intensity strength weight similarity ordinal likert frequency distance km
kilometre kilometer metre meter m m2 ha hectare t ton tonne kg h hour min minute day week month year
kwh mwh k hundred thousand million billion trillion per
"""
_NO_COUNT = re.compile(
    r"^\W*\d|[%‰$€£¥²/元万千亿率分]|指数|强度|等级|权重|公里|平方|小时"
    rf"|\b(?:{'|'.join(_WORDS.split())})(?:e?s)?\b",
    re.IGNORECASE,
)


class NoEvents(NamedTuple):
    layer: str
    whole: bool
    unit: str | None

    def why(self, shown: Callable[[str], str] = repr) -> str:
        layer = shown(self.layer)
        if not self.whole:
            return f"the weights of layer {layer} are not whole numbers"
        if self.unit is None:
            return f"nothing says what the weights of layer {layer} count"
        return f"the unit of layer {layer}, {shown(self.unit)}, is not one of events"


def without_events(network: MultilayerNetwork, *, asked: bool = False) -> NoEvents | None:
    """The first layer whose number of events is neither recorded nor counted by its weights.

    Whole weights count events if their unit is a thing that is counted (scores and money are not),
    or without a unit if someone asks for resamples of them.
    """
    for layer in network.layers:
        if (record := network.storage.records[layer]).events is None:
            weight = network.storage.block(layer).data
            unit = record.unit
            whole = bool(((weight == np.rint(weight)) & (weight <= MOST_EVENTS)).all())
            whole &= not network.storage.holds_shares(layer)
            if not whole or (not asked if unit is None else _NO_COUNT.search(unit)):
                return NoEvents(layer, whole, unit)
    return None


def resampled(network: MultilayerNetwork, rng: np.random.Generator) -> MultilayerNetwork:
    """Poisson bootstrap of the events behind each link.

    Where the number of events of a layer is recorded, its weights are first put in events; in a
    layer of shares those of each total, whose sum stays (multinomial). A link without events is
    dropped.
    """
    if unknown := without_events(network, asked=True):
        raise InputError(
            f"{unknown.why()}, so that nobody knows how many events to resample; give `events`, "
            "or a `unit` that is counted, in the table of layers."
        )
    rows = network.storage.link_rows()._replace(period=None, attributes=None)
    directed = np.array([layer in network.directed for layer in network.layers], bool)
    rows = rows.canonical(directed)
    weight = np.empty_like(rows.weight)
    for x, layer in enumerate(network.layers):
        in_layer = rows.layer == x
        observed = rows.weight[in_layer]
        number = network.storage.records[layer].events
        if number is None:
            weight[in_layer] = rng.poisson(observed)
        elif network.storage.holds_shares(layer):
            of_origin = network.storage.records[layer].of_origin
            ends = (rows.source if of_origin else rows.target)[in_layer]
            weight[in_layer] = _within_totals(observed, ends, number, rng)
        else:
            unit = observed.sum() / number
            weight[in_layer] = rng.poisson(observed / unit) * unit
    return with_rows(network, rows._replace(weight=weight).where(weight > 0))


class Interval(NamedTuple):
    low: float
    high: float
    bias: float


def interval(
    value: float, draws: Floats, possible: tuple[float, float], *, confidence: float = 0.95
) -> Interval:
    """Quantiles of the draws less twice their bias, within what can be; none where it is large.

    The draws are off from the value as the value is from what is behind the flows.
    """
    draws = draws[np.isfinite(draws)]
    if not draws.size:
        return Interval(math.nan, math.nan, math.nan)
    ends = [(1 - confidence) / 2, (1 + confidence) / 2]
    low, high, least, middle, most = np.quantile(draws, [*ends, 0.025, 0.5, 0.975])
    bias = float(middle - value)
    off = min(abs(bias), abs(draws.mean() - value))  # a count that hardly varies has no median bias
    if off > max(_MOST_BIAS * (most - least), CONSTANT * abs(value)):
        return Interval(math.nan, math.nan, bias)
    low = min(low - 2 * bias, value)
    high = max(high - 2 * bias, value)
    low, high = np.clip([low, high], *possible)
    return Interval(float(low), float(high), bias)


def _within_totals(
    observed: Floats, ends: np.ndarray, number: int, rng: np.random.Generator
) -> Floats:
    """Shares of the total of each end from `number` events of its own."""
    drawn = np.empty_like(observed)
    order = np.argsort(ends, kind="stable")
    start = np.flatnonzero(np.diff(ends[order], prepend=-1))
    for at in np.split(order, start[1:]):
        share = observed[at]
        total = math.fsum(share)
        drawn[at] = rng.multinomial(int(number), share / total) * (total / number)
    return drawn


def changed(
    network: MultilayerNetwork, change: Change, rng: np.random.Generator, subject: str
) -> MultilayerNetwork:
    check_callable(subject, change, "a function of a network and rng that gives a network")
    changed_network: object = change(network, rng)
    if not isinstance(changed_network, MultilayerNetwork):
        kind = type(changed_network).__name__
        raise InputError(f"`{subject}` must return a MultilayerNetwork; found {kind}.")
    if not changed_network.storage.node_names.equals(network.storage.node_names):
        raise InputError(
            f"`{subject}` must return a network of the same nodes in the same order; found others,"
            f" {changed_network.n_nodes} in place of {network.n_nodes}."
        )
    return changed_network


def drawn_from(
    null: Prepared, network: MultilayerNetwork, rng: np.random.Generator
) -> MultilayerNetwork:
    return changed(network, lambda _, each: null.draw(each), rng, "null")

"""Bootstrap resamples of flows, event by event."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple, TypeAlias

import numpy as np

from netinnov._arguments import check_callable, check_names, check_number
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, with_rows
from netinnov.null_models._prepared import Prepared

Events: TypeAlias = int | Mapping[str, int] | None
Change: TypeAlias = Callable[[MultilayerNetwork, np.random.Generator], MultilayerNetwork]


MOST_EVENTS = 2**53
"""Above it not every count is a float, and Poisson draws have no numbers."""


def check_events(network: MultilayerNetwork, events: Events) -> None:
    """Refuse numbers of events that are none, and layers that the network has not."""
    if isinstance(events, Mapping):
        check_names("events", events, network.layers)
        for layer, number in events.items():
            check_number(f"events[{layer!r}]", number, low=1, high=MOST_EVENTS)
    elif events is not None:
        check_number("events", events, low=1, high=MOST_EVENTS)


def says_events(network: MultilayerNetwork, events: Events) -> bool:
    """Whether the number of events behind each layer is known: given, or the weights count them."""
    return all(
        _number(network, layer, events) is not None or _are_counts(network, layer)
        for layer in network.layers
    )


def resampled(
    network: MultilayerNetwork, rng: np.random.Generator, *, events: Events = None
) -> MultilayerNetwork:
    """Resample each link's number of events around the number observed.

    A count is drawn from the Poisson distribution with the observed count as its mean, which is
    the bootstrap of events. Other weights, and those of a layer whose number of events is given or
    in its record, are first put in events: all weights of the layer together stand for them; in a
    layer of shares of each origin's total, the weights of each origin do, and their sum stays
    (multinomial). A link of which no event is drawn is gone.
    """
    rows = network.storage.link_rows()._replace(period=None, attributes=None)
    directed = np.array([layer in network.directed for layer in network.layers], bool)
    rows = rows.canonical(directed)
    weight = np.empty_like(rows.weight)
    for x, layer in enumerate(network.layers):
        in_layer = rows.layer == x
        observed, number = rows.weight[in_layer], _number(network, layer, events)
        if number is None and not _are_counts(network, layer):
            msg = f"the weights of layer {layer!r} are not counts of events; give their number as"
            msg += " `events`, here or in the table of layers, or build the network from counts."
            raise InputError(msg)
        if number is None:
            weight[in_layer] = rng.poisson(observed)
        elif network.storage.holds_shares(layer):
            weight[in_layer] = _within_origins(observed, rows.source[in_layer], number, rng)
        else:
            unit = observed.sum() / number
            weight[in_layer] = rng.poisson(observed / unit) * unit
    return with_rows(network, rows._replace(weight=weight).where(weight > 0))


class Interval(NamedTuple):
    """Ends of an interval, and by how much the median of the draws is above the value."""

    low: float
    high: float
    bias: float


def interval(
    value: float, draws: Floats, possible: tuple[float, float], *, confidence: float = 0.95
) -> Interval:
    """Quantiles of the draws less their bias, which must not carry them out of what can be."""
    draws = draws[np.isfinite(draws)]
    if not draws.size:
        return Interval(math.nan, math.nan, math.nan)
    low, middle, high = np.quantile(draws, [(1 - confidence) / 2, 0.5, (1 + confidence) / 2])
    bias = float(middle - value)
    low, high = np.clip([low - bias, high - bias], *possible)
    return Interval(float(low), float(high), bias)


def _number(network: MultilayerNetwork, layer: str, events: Events) -> int | None:
    """The number of events behind a layer, as given or as its record says."""
    number = events.get(layer) if isinstance(events, Mapping) else events
    return network.storage.records[layer].events if number is None else number


def _are_counts(network: MultilayerNetwork, layer: str) -> bool:
    weight = network.storage.block(layer).data
    whole = bool(((weight == np.rint(weight)) & (weight <= 2.0**53)).all())
    return whole and not network.storage.holds_shares(layer)


def _within_origins(
    observed: Floats, source: np.ndarray, number: int, rng: np.random.Generator
) -> Floats:
    """Shares of each origin drawn from `number` events of its own; rows stand origin by origin."""
    drawn = np.empty_like(observed)
    start = np.flatnonzero(np.diff(source, prepend=-1))
    for first, last in zip(start, [*start[1:], source.size], strict=True):
        share = observed[first:last]
        total = math.fsum(share)
        drawn[first:last] = rng.multinomial(int(number), share / total) * (total / number)
    return drawn


def change_of(resample: Change | None, events: Events) -> Change:
    """What resamples: the function of the user, or `resampled`."""
    return partial(resampled, events=events) if resample is None else resample


def changed(
    network: MultilayerNetwork, change: Change, rng: np.random.Generator, subject: str
) -> MultilayerNetwork:
    """Apply a function of the user, which must keep the nodes and their order."""
    check_callable(subject, change, "a function of a network and rng that gives a network")
    changed_network: object = change(network, rng)
    if not isinstance(changed_network, MultilayerNetwork):
        kind = type(changed_network).__name__
        raise InputError(f"`{subject}` must return a MultilayerNetwork; found {kind}.")
    if not changed_network.storage.nodes.index.equals(network.storage.nodes.index):
        msg = f"`{subject}` must return a network of the same nodes in the same order; found"
        counts = f"{changed_network.n_nodes} nodes in place of {network.n_nodes}"
        raise InputError(f"{msg} {counts}, or others.")
    return changed_network


def drawn_from(
    null: Prepared, network: MultilayerNetwork, rng: np.random.Generator
) -> MultilayerNetwork:
    """A draw from the null model, with the nodes of the network."""
    return changed(network, lambda _, each: null.draw(each), rng, "null")

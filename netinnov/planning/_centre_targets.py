"""What a plan of centres has to reach, and how that is measured."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy

from netinnov._arguments import check_choice, check_number
from netinnov.centrality._counts import counts
from netinnov.network import MultilayerNetwork
from netinnov.polycentricity import detect_centres, effective_number
from netinnov.polycentricity._centre_rules import CentreRule
from netinnov.polycentricity._resampled_flows import Events, resampled, says_events


@dataclass(frozen=True, slots=True)
class EffectiveNumber:
    """A target: at least so many effective centres.

    Parameters
    ----------
    at_least : float
        Effective number of places by strength over all layers, above 0.
    order : float
        See `polycentricity.effective_number`.

    Examples
    --------
    >>> EffectiveNumber(at_least=5)
    EffectiveNumber(at_least=5, order=1)
    """

    at_least: float
    order: float = 1

    def __post_init__(self) -> None:
        check_number("at_least", self.at_least, low=0, above=True)
        check_number("order", self.order, low=0)


@dataclass(frozen=True, slots=True)
class CentreSupport:
    """A target: a place is a centre in at least this share of resampled flows.

    Parameters
    ----------
    place : str
        A node of the network.
    at_least : float
        Share of resamples, above 0 and at most 1.
    rule : {"hubs", "top", "head_tail", "core", "z", "dominant_flow"}
        What makes a place a centre, see `polycentricity.detect_centres`.

    Examples
    --------
    >>> CentreSupport("quzhou", at_least=0.8, rule="top").rule
    'top'
    """

    place: str
    at_least: float = 0.8
    rule: CentreRule = "hubs"

    def __post_init__(self) -> None:
        check_number("at_least", self.at_least, low=0, high=1, above=True)
        check_choice("rule", self.rule, CentreRule)


@dataclass(frozen=True)
class Measure:
    """What a target measures of a network."""

    target: EffectiveNumber | CentreSupport
    n: int
    resamples: int
    events: Events
    seed: np.random.SeedSequence

    def __call__(self, network: MultilayerNetwork) -> float:
        if isinstance(self.target, EffectiveNumber):
            totals = counts(network, "total", weighted=True).sum(axis=1)[: self.n]
            return effective_number(totals, order=self.target.order)
        table = detect_centres(
            network,
            rule=self.target.rule,
            resamples=self.resamples,
            events=self.events,
            rng=self._fresh(),
            executor=1,
            progress=False,
        )
        return float(table["support"][self.target.place])

    def interval(
        self, network: MultilayerNetwork, value: float, confidence: float
    ) -> tuple[float, float]:
        """Interval of the value; NaN where the number of events is unknown."""
        if isinstance(self.target, CentreSupport):
            test = scipy.stats.binomtest(round(value * self.resamples), self.resamples)
            around = test.proportion_ci(confidence, method="wilson")
            return float(around.low), float(around.high)
        if not says_events(network, self.events):
            return math.nan, math.nan
        rng = self._fresh()
        drawn = [self(resampled(network, rng, events=self.events)) for _ in range(self.resamples)]
        low, high = np.nanquantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2])
        return float(low), float(high)

    def _fresh(self) -> np.random.Generator:
        key = np.random.SeedSequence(self.seed.entropy, spawn_key=(2**32 - 2,))
        return np.random.default_rng(key)

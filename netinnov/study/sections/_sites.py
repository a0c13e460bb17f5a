"""Which enclaves to build next: a plan with a bound, plans at random and resampled links."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from netinnov.connectivity import global_efficiency
from netinnov.experiments import ResampledLinks
from netinnov.planning import SitingPlan, site_enclaves, siting_stability
from netinnov.plotting import plot_sites
from netinnov.polycentricity._resampled_flows import Change
from netinnov.study._candidate_parks import (
    PIPELINE_SHARE,
    PLACEMENTS,
    Candidates,
    SitingPart,
    candidates_of,
)
from netinnov.study._context import Context, Result
from netinnov.study._experiment import measures_of
from netinnov.study._facts import Fact, KeyFigure, Layer, Picture, Place, Table
from netinnov.study._language import pairs_of
from netinnov.study._structure_plan import plan as structure_of

MANY = 300  # places from which on it is said beforehand how long the search takes
PLACEBOS = 200  # plans drawn at random
FRESH = 40  # placements that a plan was not chosen on, on which it is valued again
RESAMPLES = 20  # of the links
ROUNDING = 1e-9  # relative difference of two values that is none
LEAST = 1e-4  # relative rise from which on a plan, or the rest of one, matters
GAINS = ["gain_alone", "gain_in_plan"]


class Siting(Result):
    candidates: Candidates
    plan: SitingPlan
    fresh: pd.Series  # its values on placements that it was not chosen on
    shares: pd.Series | None  # of resamples that choose a site
    resamples: int

    @property
    def chosen(self) -> pd.DataFrame:
        return self.candidates.pairs.loc[list(self.plan.sites)]

    @property
    def located(self) -> pd.Series[bool]:  # of a site, whether both ends have coordinates
        return self.chosen.isin(self.context.points.index).all(axis=1)

    @property
    def rounding(self) -> float:
        return ROUNDING * max(abs(self.plan.value), abs(self.plan.baseline))

    @property
    def least(self) -> float:
        return max(LEAST * abs(self.plan.baseline), self.rounding)

    @property
    def useful(self) -> int:
        """How many of the chosen sites, in order of choice, are worth about as much as all."""
        built = len(self.plan.sites)
        values = self.plan.steps["value"].to_numpy()[::-1]
        if self.plan.steps["leaves"].notna().any():  # swapped
            return built
        return built - int(np.cumprod(values[1:] >= self.plan.value - self.least).sum())

    @property
    def helps(self) -> bool:
        return bool(self.plan.sites) and self.plan.value - self.plan.baseline > self.least

    def rise(self, value: float) -> float:
        change = value - self.plan.baseline
        return change / self.plan.baseline if abs(change) > self.rounding else 0.0

    @property
    def ties(self) -> list[str]:
        """Candidates that alone do as much as a chosen one."""
        alone = self.plan.candidates["gain_alone"]
        chosen = alone[list(self.plan.sites)][lambda x: x > self.rounding].to_numpy()
        others = alone.drop(list(self.plan.sites))
        alike = np.abs(others.to_numpy()[:, None] - chosen) <= self.rounding
        return list(others.index[alike.any(axis=1)])


OPTIONS = SitingPart
CHECK = candidates_of


def compute(context: Context) -> Siting:
    candidates = context.once(candidates_of)
    cities = context.cities
    parks = candidates.parks
    objective = partial(global_efficiency, **context.once(measures_of).paths)
    every: Any = {"candidates": parks, "k": candidates.k, "objective": objective}
    every["rng"] = context.seed
    resample = resample_of(context)
    if cities.n_nodes > MANY:
        _announce(context, every, 0 if resample is None else RESAMPLES)
    drawn: Any = {"placebos": PLACEBOS, "replicates": PLACEMENTS}
    plan = site_enclaves(cities, method="exchange", **drawn, **every)
    shares = None
    resamples = 0
    if resample is not None and plan.sites:
        options: Any = {"resamples": RESAMPLES, "progress": context.progress}
        stability = siting_stability(cities, resample=resample, **options, **every)
        resamples = int(stability["resamples"].iloc[0])
        shares = stability["share"] if resamples else None
    every["candidates"] = {site: parks[site] for site in plan.sites}
    every["k"] = len(plan.sites)
    generators = np.random.default_rng(context.seed).spawn(FRESH if plan.sites else 0)
    fresh = [site_enclaves(cities, **every | {"rng": rng}).value for rng in generators]
    values = pd.Series(fresh, name="fresh", dtype=np.float64)
    return Siting(context, candidates, plan, values, shares, resamples)


def _announce(context: Context, every: Mapping[str, Any], resamples: int) -> None:
    n = len(every["candidates"])
    k = every["k"]
    cities = context.cities
    few = dict(list(every["candidates"].items())[:1])
    site_enclaves(cities, **{**every, "candidates": few, "k": 1})  # compiles kernels
    start = time.perf_counter()
    site_enclaves(cities, **every)
    greedy = k * n - k * (k - 1) / 2
    seconds = time.perf_counter() - start  # networks looked at
    looks = PLACEMENTS * (greedy + k * (n - k) + k * PLACEBOS) + FRESH * k
    total = seconds * (looks / greedy + resamples + bool(resamples))
    took = f"{total / 60:,.0f} minutes" if total > 90 else f"{total:.0f} s"
    context.say(
        f"{n:,} candidates among {cities.n_nodes:,} places take about {took} "
        f"here, by a part of {seconds:.1f} s"
    )


def resample_of(context: Context) -> Change | None:
    structure = context.once(structure_of)
    if structure is None or not structure.resamples:
        return None
    if structure.participation is None:
        return ResampledLinks(layers=context.observed(context.cities))
    every_layer = structure.network.layers == context.cities.layers
    return structure.resample if every_layer else None


def facts(result: Siting) -> Mapping[str, Fact]:
    plan = result.plan
    candidates = result.candidates
    context = result.context
    part = context.settings(SitingPart)
    pairs = candidates.pairs
    shares = [] if result.shares is None else result.shares[list(plan.sites)].tolist()
    built = len(plan.sites)
    mean = float(result.fresh.mean())
    layer = candidates.layer
    structure = context.once(structure_of)
    events = structure is not None and structure.participation is not None
    return {
        "n": len(pairs),
        "chosen": built,
        "idle": built - result.useful,
        "sites": pairs_of(result.chosen.head(result.useful)),
        "helps": result.helps,
        "least": LEAST,
        "unlocated": pairs_of(result.chosen[~result.located]),
        "ties": pairs_of(pairs.loc[result.ties]),
        "size": part.size,
        "pipelines": max(1, round(PIPELINE_SHARE * part.size)),
        "homes_named": bool(part.homes),
        "n_homes": pairs["home"].nunique(),
        "hosts": [*map(Place, pairs["host"].unique())],
        "hosts_tied": candidates.tied,
        "by_weight": context.once(measures_of).distance == "inverse",
        "layer": Layer(layer),
        "layer_modelled": layer in context.modelled,
        "modelled": [*map(Layer, context.modelled)],
        "placements": PLACEMENTS,
        "gain": result.rise(mean),
        "fresh": len(result.fresh),
        "random": len(plan.placebo),
        "as_good": int((plan.placebo >= mean * (1 - 1e-12)).sum()),
        "resamples": result.resamples,
        "events": events,
        "share_low": min(shares, default=0.0),
        "share_high": max(shares, default=0.0),
    }


def key_figures(result: Siting, known: Any) -> Iterator[KeyFigure]:
    if known["helps"]:
        low, high = (result.rise(end) for end in result.fresh.quantile([0.025, 0.975]))
        yield KeyFigure("gain", known["gain"], low, high, form="change")
        yield KeyFigure("as_good", known["as_good"], of=known["random"])


def draw(result: Siting) -> Iterator[Picture]:
    if not (result.helps and result.located.any()):
        return
    context = result.context
    pairs = result.candidates.pairs
    at = context.points.reindex(pd.unique(pairs.to_numpy().ravel())).dropna()
    frame = context.maps.detail_with(at, at.loc[at.index.isin(result.chosen.stack())])
    said: Any = {"pairs": pairs, "places": context.cities.places, "shares": result.shares}
    yield context.on_map("siting", frame, plot_sites, result.plan, **said)


def tables(result: Siting) -> Iterator[Table]:
    plan = result.plan
    modelled = result.context.modelled
    table = plan.to_frame()
    gains = table[GAINS].where(table[GAINS].abs() > result.rounding, 0.0)
    every = result.candidates.pairs.map(result.context.names.__getitem__)
    every = every.join([table[["chosen", "order"]], 100 / plan.baseline * gains])
    if result.shares is not None:
        every["share_of_resamples"] = result.shares
    view = every.loc[list(plan.sites)].reset_index(drop=True).drop(columns=["chosen", "order"])
    view = view.assign(**result.chosen.reset_index(drop=True), **view[GAINS] / 100)
    yield Table("siting_candidates", every, view, on_page=result.helps, modelled=modelled)
    known = pd.DataFrame({"today": [plan.baseline], "bound": [plan.bound]})
    yield Table("siting_values", pd.concat([plan.placebo, result.fresh, known], axis=1))

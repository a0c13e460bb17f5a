"""Which enclaves to build next: a plan with a bound, plans at random and resampled links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from netinnov._paths import path_costs
from netinnov.experiments import ResampledLinks
from netinnov.planning import SitingPlan, site_enclaves, siting_stability
from netinnov.planning._objectives import Objective, access_objective
from netinnov.plotting import plot_sites
from netinnov.plotting._frame import map_height
from netinnov.plotting._style import new_figure
from netinnov.polycentricity._resampled_flows import Change
from netinnov.study._context import Context
from netinnov.study._section import (
    Fact,
    Form,
    KeyFigure,
    Layer,
    Picture,
    Place,
    Result,
    Table,
    Term,
    with_modelled,
)
from netinnov.study._structure_plan import plan as structure_of
from netinnov.study.sections._candidate_sites import (
    Candidates,
    SitingPart,
    candidates_of,
    pairs_of,
)

PLACEBOS = 200  # plans drawn at random
FRESH = 40  # placements that a plan was not chosen on, on which it is valued again
ROUNDING = 1e-9  # relative difference of two values that is none
GAINS = ["gain_alone", "gain_in_plan"]


@dataclass(frozen=True, slots=True, eq=False)
class Siting(Result):
    """A plan, its values on fresh placements, and shares of resamples (None: not resampled)."""

    candidates: Candidates
    plan: SitingPlan
    fresh: pd.Series
    stability: pd.DataFrame | None

    @property
    def chosen(self) -> pd.DataFrame:
        """Home and host of the chosen sites, in order of choice."""
        return self.candidates.pairs.loc[list(self.plan.sites)]

    @property
    def rounding(self) -> float:
        return ROUNDING * max(abs(self.plan.value), abs(self.plan.baseline))

    @property
    def helps(self) -> bool:
        return bool(self.plan.sites) and self.plan.value - self.plan.baseline > self.rounding

    @property
    def form(self) -> Form:
        """Of rises: relative, or as they are where today's value is 0."""
        return "change" if self.plan.baseline else "number"

    def rise(self, value: float) -> float:
        baseline = self.plan.baseline
        change = value - baseline if abs(value - baseline) > self.rounding else 0.0
        return change / abs(baseline) if baseline else change

    @property
    def ties(self) -> list[str]:
        """Candidates that alone do as much as a chosen one."""
        alone = self.plan.candidates["gain_alone"]
        chosen = alone[list(self.plan.sites)].to_numpy()
        others = alone.drop(list(self.plan.sites))
        alike = np.abs(others.to_numpy()[:, None] - chosen) <= self.rounding
        return list(others.index[alike.any(axis=1)])


OPTIONS, CHECK = SitingPart, candidates_of


def compute(context: Context) -> Siting:
    candidates = context.once(candidates_of)
    part, cities = candidates.part, context.cities
    objective = _objective(context, candidates)
    every: dict[str, Any] = {
        "candidates": candidates.scenarios,
        "k": candidates.k,
        "budget": part.budget,
        "prices": candidates.prices,
        "objective": objective,
        "rng": context.seed,
    }
    plan = site_enclaves(
        cities,
        method="exchange",
        placebos=PLACEBOS,
        replicates=candidates.maker.placements,
        **every,
    )
    stability, resample = None, resample_of(context)
    if resample is not None and part.resamples and plan.sites:
        options: Any = {"resamples": part.resamples, "progress": context.progress}
        stability = siting_stability(cities, resample=resample, **options, **every)
        stability = stability if stability["resamples"].any() else None
    fresh = _fresh(context, candidates, objective, plan)
    return Siting(context, candidates, plan, fresh, stability)


def _objective(context: Context, candidates: Candidates) -> Objective:
    called, measures = candidates.part.objective, context.measures
    if called == "effective_number":
        return called
    homes = {home: SimpleNamespace(home=home) for home in candidates.pairs["home"]}
    costs = path_costs(measures.distance or "unit", 0.0, measures.frictions)
    return access_objective(called, context.cities, homes, costs)


def resample_of(context: Context) -> Change | None:
    """How the links of the places are resampled; None: they are not."""
    structure = context.once(structure_of)
    if structure is None or not structure.resamples:
        return None
    if structure.participation is None:
        return ResampledLinks(layers=context.observed(context.cities))
    every_layer = structure.network.layers == context.cities.layers
    return structure.resample if every_layer else None


def _fresh(
    context: Context, candidates: Candidates, objective: Objective, plan: SitingPlan
) -> pd.Series:
    sites = {site: candidates.scenarios[site] for site in plan.sites}
    values = [plan.value]
    if sites and candidates.maker.parks:
        fixed: Any = {"candidates": sites, "k": len(sites), "objective": objective}
        generators = np.random.default_rng(context.seed).spawn(FRESH)
        values = [site_enclaves(context.cities, rng=rng, **fixed).value for rng in generators]
    return pd.Series(values, name="fresh")


def facts(result: Siting) -> Mapping[str, Fact]:
    plan, candidates, context = result.plan, result.candidates, result.context
    part, pairs, stability = candidates.part, candidates.pairs, result.stability
    shares = pd.Series(0.0, pairs.index) if stability is None else stability["share"]
    of_sites = shares[list(plan.sites)]
    as_good = int((plan.placebo >= result.fresh.mean() * (1 - 1e-12)).sum())
    return {
        "sites": pairs_of(result.chosen),
        "n": len(pairs),
        "unpriced": candidates.unpriced,
        "chosen": len(plan.sites),
        "parks": candidates.maker.parks,
        "size": part.size,
        "pipeline_share": part.pipeline_share,
        "placements": candidates.maker.placements,
        "objective": Term(f"objective_{part.objective}"),
        "of_paths": part.objective != "effective_number",
        "by_weight": context.measures.distance == "inverse",
        "layer": Layer(candidates.maker.layer),
        "layer_modelled": candidates.maker.layer in context.modelled,
        "modelled": [Layer(layer) for layer in result.modelled_layers],
        "gain": result.rise(float(result.fresh.mean())),
        "fresh": len(result.fresh),
        "helps": result.helps,
        "random": len(plan.placebo),
        "as_good": as_good,
        "beats_chance": as_good < 0.05 * len(plan.placebo),
        "ties": pairs_of(pairs.loc[result.ties]),
        "cost": None if np.isnan(plan.cost) else plan.cost,
        "budget": part.budget,
        "homes_by": candidates.homes_by,
        "n_homes": pairs["home"].nunique(),
        "hosts": [Place(host) for host in pairs["host"].unique()],
        "hosts_tied": candidates.tied,
        "resamples": 0 if stability is None else int(stability["resamples"].iloc[0]),
        "share_low": float(of_sites.min()) if len(of_sites) else 0.0,
        "share_high": float(of_sites.max()) if len(of_sites) else 0.0,
        "settled": bool(of_sites.mean() >= 0.5),
    }


def key_figures(result: Siting) -> Iterator[KeyFigure]:
    known: Any = facts(result)
    if known["helps"]:
        low, high = (result.rise(end) for end in result.fresh.quantile([0.025, 0.975]))
        ends: Any = {"low": low, "high": high} if known["fresh"] > 1 else {}
        yield KeyFigure("gain", known["gain"], **ends, form=result.form)
        yield KeyFigure("as_good", known["as_good"], of=known["random"])


def draw(result: Siting) -> Iterator[Picture]:
    if not result.helps:
        return
    places, pairs = result.context.cities.places, result.candidates.pairs
    at = places[["lon", "lat"]].reindex(pd.unique(pairs.to_numpy().ravel())).dropna()
    if set(result.chosen.to_numpy().ravel()) <= set(at.index):
        yield Picture("siting", partial(_map, result, at), on_page=True)


def _map(result: Siting, at: pd.DataFrame) -> Figure:
    frame = result.maps.detail_with(at, at.loc[pd.unique(result.chosen.to_numpy().ravel())])
    figure = new_figure(height=map_height(frame))
    plot_sites(
        result.plan,
        pairs=result.candidates.pairs,
        places=result.context.cities.places,
        shares=None if result.stability is None else result.stability["share"],
        names=result.drawn_names,
        extent=frame,
        basemap=result.maps.below,
        ax=figure.add_subplot(),
    )
    return figure


def tables(result: Siting) -> Iterator[Table]:
    plan, modelled = result.plan, result.modelled_layers
    table, names = plan.to_frame(), result.candidates.pairs.map(result.names.__getitem__)
    scale = 100 / abs(plan.baseline) if plan.baseline else 1.0
    every = names.join(table[["chosen", "order"]]).join(scale * table[GAINS])
    if result.stability is not None:
        every["share_of_resamples"] = result.stability["share"]
    if table["cost"].notna().all():
        every["cost"] = table["cost"]
    chosen = every[every["chosen"]].sort_values("order", kind="stable").drop(columns="chosen")
    view = chosen.drop(columns="order").assign(**result.chosen)
    view[GAINS] /= 100 if plan.baseline else 1
    yield Table(
        "sites",
        with_modelled(chosen, modelled),
        view.reset_index(drop=True),
        on_page=result.helps,
        rows=10,
        places=("home", "host"),
        forms={**dict.fromkeys(GAINS, result.form), "share_of_resamples": "percent"},
        modelled=modelled,
    )
    yield Table("siting_candidates", with_modelled(every, modelled), modelled=modelled)
    today = pd.Series([plan.baseline], name="today")
    bound = pd.Series([plan.bound], name="bound")
    yield Table("siting_values", pd.concat([plan.placebo, result.fresh, today, bound], axis=1))

"""What least has to be built so that the region has as many centres as it wants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from netinnov.centrality._counts import total_strength
from netinnov.planning import CentrePlan, EffectiveNumber, plan_centres
from netinnov.polycentricity import effective_number
from netinnov.study import _candidate_parks
from netinnov.study._candidate_parks import Candidates, SitingPart, candidates_of
from netinnov.study._context import Context, Result
from netinnov.study._facts import Fact, KeyFigure, Part, Table
from netinnov.study._language import pairs_of
from netinnov.study._measures import linked_layers

RESAMPLES = 100  # of the links, for the intervals in the file


class PlanPart(Part, part="plan", optional=True):
    effective_number: Annotated[float, Field(gt=0)] | None = None


class Plan(Result):
    siting: Candidates
    modelled: tuple[str, ...]  # layers looked at, where none is observed
    plan: CentrePlan


OPTIONS = PlanPart
CHECK = candidates_of


def compute(context: Context) -> Plan:
    part = context.settings(PlanPart)
    siting = context.once(candidates_of)
    cities = context.cities
    linked = linked_layers(cities)
    observed = [layer for layer in linked if layer not in context.modelled]
    network = cities.select(layers=observed or linked)
    parks = _candidate_parks.parks_in(network, siting.pairs, context.settings(SitingPart).size)
    today = effective_number(total_strength(network, context.direction))
    more = today + min(1.0, (cities.n_nodes - today) / 2)
    plan = plan_centres(
        network,
        target=EffectiveNumber(part.effective_number or more, context.direction),
        candidates=parks,
        replicates=_candidate_parks.PLACEMENTS,
        resamples=RESAMPLES,
        rng=context.seed,
    )
    if context.loaded.joint_events:  # links cannot be resampled one by one
        plan = replace(plan, steps=plan.steps.assign(low=np.nan, high=np.nan))
    return Plan(context, siting, () if observed else tuple(linked), plan)


def facts(result: Plan) -> Mapping[str, Fact]:
    plan = result.plan
    siting = result.siting
    before = plan.baseline
    asked = float(plan.target.at_least)
    enough = (n for n in range(3, 16) if f"{before:.{n}g}" != f"{asked:.{n}g}")
    return {
        "before": before,
        "asked": asked,
        "ends_digits": next(enough, 3),
        "after": plan.value,
        "reached": plan.reached,
        "exact": plan.exact,
        "candidates": len(siting.pairs),
        "plan_modelled": bool(result.modelled),
        "plan_sites": pairs_of(siting.pairs.loc[list(plan.sites)]),
    }


def key_figures(result: Plan, known: Any) -> Iterator[KeyFigure]:
    yield KeyFigure("before", float(result.plan.baseline), digits=known["ends_digits"])
    if result.plan.sites and result.plan.reached:
        yield KeyFigure("after", float(result.plan.value), digits=known["ends_digits"])


def tables(result: Plan) -> Iterator[Table]:
    steps = result.plan.to_frame().rename(columns={"name": "site"}).drop(columns="cost")
    ends = result.siting.pairs.reindex(steps["site"]).reset_index(drop=True)
    names = ends.apply(lambda end: end.map(result.context.names))
    steps.insert(0, "step", (names["home"] + " at " + names["host"]).fillna("today"))
    yield Table("plan_steps", steps, modelled=result.modelled)

"""What to build at least cost so that the region has the centres that it wants."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ClassVar

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from pydantic import Field, model_validator

from netinnov.centrality import strength
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.planning import (
    CentrePlan,
    CentreSupport,
    EffectiveNumber,
    plan_centres,
    site_enclaves,
)
from netinnov.plotting import plot_plan_map
from netinnov.plotting._frame import map_height
from netinnov.plotting._style import DOUBLE, larger, new_figure
from netinnov.polycentricity import effective_number
from netinnov.polycentricity._centre_rules import CentreRule
from netinnov.polycentricity._resampled_flows import NoEvents, without_events
from netinnov.scenarios import Prices, Scenario
from netinnov.study._context import Context
from netinnov.study._measures import linked_layers
from netinnov.study._section import (
    Fact,
    Form,
    KeyFigure,
    Layer,
    Part,
    Picture,
    Place,
    Result,
    Table,
    with_modelled,
)
from netinnov.study._words import number
from netinnov.study.sections import _candidate_sites
from netinnov.study.sections._candidate_sites import candidates_of, maker_of
from netinnov.study.sections._sites import pairs_of


class PlanPart(Part, part="plan", optional=True):
    example: ClassVar[str] = """\
[plan]                        # planning: the cheapest candidates of [siting] after which a target
                              # holds, at its prices; without prices as few as possible
# effective_number = 10.0     # target: strength as spread as over so many equal places; without
                              # a target one more than today, or half of what is missing to all
                              # places if that is less
# place = "quzhou"            # or: this place is a centre in a share of resampled links
share = 0.8                   # this share of them
rule = "top"                  # what makes a place a centre, as in [structure]; "hubs" takes long
candidates = 12               # that are looked at, those that do most for the target by themselves;
                              # of up to 12 every set is tried
resamples = 50                # default 100; of the links, for intervals and for the target of a
                              # place
"""

    effective_number: Annotated[float, Field(gt=0)] | None = None
    place: str | None = None
    share: Annotated[float, Field(gt=0, le=1)] = 0.8
    rule: CentreRule = "top"
    candidates: Annotated[int, Field(ge=1)] = 12
    resamples: Annotated[int, Field(ge=1, le=1_000_000)] = 100

    @model_validator(mode="after")
    def _has_one_target(self) -> PlanPart:
        if self.effective_number is not None and self.place is not None:
            raise ValueError("give effective_number or place, one target")
        return self


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A target in the observed layers, and what could be built there."""

    part: PlanPart
    target: EffectiveNumber | CentreSupport
    network: MultilayerNetwork
    form: _candidate_sites.Form
    pairs: pd.DataFrame
    scenarios: dict[str, Scenario]
    prices: Prices | None
    replicates: int
    modelled: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Plan(Result):
    """The cheapest candidates after which a target holds, or those that come nearest."""

    task: Task
    plan: CentrePlan

    @property
    def looked(self) -> int:
        return min(len(self.task.scenarios), self.task.part.candidates)

    @property
    def digits(self) -> int:
        """Significant digits with which no value below the target is written as the target."""
        asked, scale = self.plan.target.at_least, 100 if self.of_place else 1
        values = (self.plan.baseline, self.plan.value)
        others = [scale * each for each in values if not math.isclose(each, asked, rel_tol=1e-9)]
        for digits in range(3, 12):
            written = number(scale * asked, digits=digits)
            if all(number(value, digits=digits) != written for value in others):
                return digits
        return 12

    @property
    def of_place(self) -> bool:
        """Whether the target is the share of resamples in which a place is a centre."""
        return isinstance(self.plan.target, CentreSupport)

    @property
    def changed(self) -> pd.DataFrame:
        """The places whose strength changes, the largest change first."""
        places = self.plan.places[self.plan.places["change"] != 0]
        return places.sort_values("change", ascending=False, kind="stable")

    def called(self, site: str) -> str:
        home, host = self.task.pairs.loc[site]
        return f"{self.names[home]} at {self.names[host]}"


def task_of(context: Context) -> Task:
    """The target and the candidates; refuses what cannot be planned."""
    part, siting, cities = context.settings(PlanPart), context.once(candidates_of), context.cities
    linked = linked_layers(cities)
    observed = [layer for layer in linked if layer not in context.modelled]
    layers = observed or linked
    network, own, pairs = cities.select(layers=layers), siting.part, siting.pairs
    asked = own.layer if own.layer in layers else None
    maker = maker_of(own.model_copy(update={"layer": asked}), context, network)
    target: EffectiveNumber | CentreSupport
    if part.place is not None:
        pairs = _pairs_with(part.place, context, pairs)
        if unknown := without_events(network, None):
            raise InputError(
                "plan.place needs links whose weights count events, such as projects or firms: "
                f"{unknown.why()}. Set `unit` or `events` in [layers], or choose "
                "plan.effective_number."
            )
        target = CentreSupport(part.place, part.share, part.rule)
    elif part.effective_number is not None:
        n = cities.n_nodes
        if part.effective_number > n:
            raise InputError(
                f"plan.effective_number must be at most the number of places of the report, {n:,}: "
                f"so many are reached if all are equally strong; found {part.effective_number:g}."
            )
        target = EffectiveNumber(part.effective_number)
    else:
        today = effective_number(strength(network).sum(axis=1))  # as `plan_centres` has it
        target = EffectiveNumber(today + min(1.0, (cities.n_nodes - today) / 2))
    ends = zip(pairs.index, pairs.to_numpy(), strict=True)
    scenarios = {site: maker.scenario(home, host) for site, (home, host) in ends}
    if part.place is not None:
        rng = np.random.default_rng(context.seed)
        built = (scenario(network, rng) for scenario in scenarios.values())
        if any(without_events(each, None) for each in built):
            raise InputError(
                "plan.place needs links whose weights count events, and what could be built makes "
                "weights that are no whole numbers. Choose plan.effective_number."
            )
    modelled = () if observed else tuple(layers)
    drawn, prices = own.placements if maker.form == "enclave" else 1, siting.prices
    return Task(part, target, network, maker.form, pairs, scenarios, prices, drawn, modelled)


def _pairs_with(place: str, context: Context, pairs: pd.DataFrame) -> pd.DataFrame:
    context.check_place("plan.place", place)
    own = pairs[(pairs == place).any(axis=1)]
    if len(own):
        return own
    hosts = [host for host in pairs["host"].unique() if host != place]
    sites = pd.Index([f"{place}@{host}" for host in hosts], dtype="str", name="site")
    return pd.DataFrame({"home": place, "host": hosts}, index=sites, dtype="str")


OPTIONS, CHECK = PlanPart, task_of


def compute(context: Context) -> Plan:
    task = context.once(task_of)
    scenarios, part = task.scenarios, task.part
    every: dict[str, Any] = {"prices": task.prices, "rng": context.seed}
    if len(scenarios) > part.candidates:
        alone = site_enclaves(
            task.network,
            candidates=scenarios,
            k=1,
            objective="effective_number",
            replicates=task.replicates,
            **every,
        ).to_frame()
        worth = alone["gain_alone"] / (alone["cost"] if task.prices is not None else 1.0)
        best = worth.sort_values(ascending=False, kind="stable").index[: part.candidates]
        scenarios = {site: scenarios[site] for site in scenarios if site in set(best)}
    plan = plan_centres(
        task.network,
        target=task.target,
        candidates=scenarios,
        replicates=1 if part.place is not None else task.replicates,
        resamples=part.resamples,
        **every,
    )
    return Plan(context, task, plan)


def facts(result: Plan) -> Mapping[str, Fact]:
    plan, task, steps = result.plan, result.task, result.plan.steps
    low, changed = steps["low"], result.changed["change"]
    grown = changed[np.isclose(changed, changed.max())] if len(changed) else changed
    scale = 100 if result.of_place else 1
    unknown = without_events(task.network, None)
    target = plan.target.place if isinstance(plan.target, CentreSupport) else None
    return {
        "plan_sites": pairs_of(task.pairs.loc[list(plan.sites)]),
        "built": len(plan.sites),
        "plan_parks": task.form == "enclave",
        "place": "" if target is None else Place(target),
        "asked": scale * plan.target.at_least,
        "before": scale * plan.baseline,
        "after": scale * plan.value,
        "digits": str(result.digits),
        "reached": plan.reached,
        "exact": plan.exact,
        "priced": task.prices is not None,
        "plan_cost": plan.cost,
        "candidates": len(task.scenarios),
        "looked": result.looked,
        "plan_modelled": bool(task.modelled),
        "plan_resamples": task.part.resamples,
        "interval": "all" if low.notna().all() else "today" if low.notna().iloc[0] else "none",
        "no_events": "" if unknown is None else _no_events(unknown),
        "no_events_layer": "" if unknown is None else Layer(unknown.layer),
        "n_changed": len(changed),
        "grown": [Place(place) for place in grown.index],
        "growth": float(changed.max()) if len(changed) else 0.0,
    }


def _no_events(unknown: NoEvents) -> str:
    if not unknown.whole:
        return "not_whole"
    return "no_unit" if unknown.unit is None else "no_count"


def key_figures(result: Plan) -> Iterator[KeyFigure]:
    steps, scale = result.plan.steps, 100 if result.of_place else 1
    form: Form = "percent" if result.of_place else "number"
    for name, at in (("before", 0), ("after", -1)):
        row = steps.iloc[at]
        low, high = float(row["low"]), float(row["high"])
        value = number(scale * row["value"], digits=result.digits) + " %" * result.of_place
        if name == "before" or len(steps) > 1:
            yield KeyFigure(name, value, low, high, form=form)


def draw(result: Plan) -> Iterator[Picture]:
    plan, task = result.plan, result.task
    if not plan.sites:
        return
    at = task.network.places[["lon", "lat"]].reindex(plan.places.index).dropna()
    ends = pd.unique(task.pairs.loc[list(plan.sites)].to_numpy().ravel())
    if set(ends) <= set(at.index):
        yield Picture("plan_map", partial(_maps, result, at, at.loc[ends]), on_page=True)


def _maps(result: Plan, at: pd.DataFrame, ends: pd.DataFrame) -> Figure:
    frame, one_above = result.maps.detail_with(at, ends), larger() > 1
    height = min(map_height(frame, width=0.5 * DOUBLE + 60), 110)
    figure = new_figure(height=2 * height if one_above else height)
    rows = (2, 1) if one_above else (1, 2)
    for ax, proposed in zip(figure.subplots(*rows), (False, True), strict=True):
        plot_plan_map(
            result.plan,
            pairs=result.task.pairs,
            places=result.task.network.places,
            proposed=proposed,
            names=result.drawn_names,
            labels=8,
            extent=frame,
            basemap=result.maps.below,
            ax=ax,
        )
    return figure


def tables(result: Plan) -> Iterator[Table]:
    plan, modelled = result.plan, result.task.modelled
    steps = plan.to_frame().rename(columns={"name": "site"})
    ends = result.task.pairs.reindex(steps["site"])[["home", "host"]].reset_index(drop=True)
    view = pd.concat([ends, steps[["value", "low", "high", "cost"]]], axis=1)
    steps.insert(0, "step", steps["site"].map(result.called, na_action="ignore").fillna("today"))
    forms: dict[str, Form] = dict.fromkeys(("value", "low", "high"), "percent")
    yield Table(
        "plan_steps",
        with_modelled(steps, modelled),
        view,
        on_page=True,
        places=("home", "host"),
        forms=forms if result.of_place else {},
        modelled=modelled,
    )
    places = result.changed if len(plan.sites) else plan.places
    places = places.rename_axis("place")
    places.insert(0, "name", [result.names[place] for place in places.index])
    for when in ("before", "after"):
        total = plan.places[f"strength_{when}"].sum()
        places[f"share_{when}"] = places[f"strength_{when}"] / total
    yield Table("plan_places", with_modelled(places, modelled), modelled=modelled)

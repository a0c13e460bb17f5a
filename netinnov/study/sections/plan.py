"""Plan: what to build at least cost so that the region has the centres that it wants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
import pandas as pd
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
from netinnov.planning._plan_centres import short_of
from netinnov.plotting import plot_plan_map
from netinnov.plotting._frame import map_height
from netinnov.plotting._style import DOUBLE, new_figure
from netinnov.polycentricity import effective_number
from netinnov.polycentricity._centre_rules import CentreRule
from netinnov.polycentricity._resampled_flows import without_events
from netinnov.scenarios import Prices, Scenario
from netinnov.study._context import Context
from netinnov.study._measures import linked_layers
from netinnov.study._section import Part, Picture, Result, Sentence, Table, with_modelled
from netinnov.study._words import counted, joined, name, number, percent, some, uncapitalised
from netinnov.study.sections._candidate_sites import Form, candidates_of, maker_of

HEADING = "Plan: centres at least cost"


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
    form: Form
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
    counted: bool

    @property
    def looked(self) -> int:
        return min(len(self.task.scenarios), self.task.part.candidates)

    @property
    def subject(self) -> str:
        """What the target measures, at the head of a sentence."""
        if isinstance(self.plan.target, CentreSupport):
            return (
                f"The share of resamples in which {self.name(self.plan.target.place)} is a centre"
            )
        return "The effective number of places (by strength)"

    def unit(self, value: float) -> str:
        """How values of what the target measures are written."""
        return (percent if isinstance(self.plan.target, CentreSupport) else number)(value)

    def written(self, *numbers: float) -> list[str]:
        """The target and values, none of which seems to reach it that does not."""
        share = isinstance(self.plan.target, CentreSupport)

        def text(value: float, more: int) -> str:
            if not more:
                return self.unit(value)
            if share:
                return f"{100 * value:.{more}f} %"
            return f"{value:,.{more}f}" if value >= 1000 else number(value, digits=3 + more)

        return short_of(numbers, text)

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


OPTIONS, CHECK = PlanPart, task_of


def _pairs_with(place: str, context: Context, pairs: pd.DataFrame) -> pd.DataFrame:
    context.check_place("plan.place", place)
    own = pairs[(pairs == place).any(axis=1)]
    if len(own):
        return own
    hosts = [host for host in pairs["host"].unique() if host != place]
    sites = pd.Index([f"{place}@{host}" for host in hosts], dtype="str", name="site")
    return pd.DataFrame({"home": place, "host": hosts}, index=sites, dtype="str")


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
    return Plan(context, task, plan, bool(plan.steps["low"].notna().all()))


def offer(result: Plan) -> Iterator[Sentence]:
    plan, task, subject, source = result.plan, result.task, result.subject, ("plan_steps",)
    asked, before, value = result.written(plan.target.at_least, plan.baseline, plan.value)
    if plan.reached and not plan.sites:
        text = f"{subject} is {before} already; the target is {asked}, so nothing has to be built."
        yield Sentence(text, source)
        return
    wording = "an enclave of {} in {}" if task.form == "enclave" else "a link of {} with {}"
    sites = [wording.format(*map(result.name, task.pairs.loc[site])) for site in plan.sites]
    built = some(sites, len(sites), most=4)
    if task.prices is not None:
        built += f" at a cost of {number(plan.cost)} (at prices that are assumed)"
    candidates = counted(result.looked, "candidate")
    if plan.reached:
        less = "cheaper" if task.prices is not None else "smaller"
        sure = f"a {less} set may exist, as not all were tried"
        if plan.exact:
            sure = f"no {less} set of the {candidates} reaches it"
        text = f"To raise {uncapitalised(subject)} from {before} to {asked} or more, build "
        text += f"{built}: it is {value} then, and {sure}."
    else:
        best = "the most that any set of them reaches"
        best = best if plan.exact else "the most that was found"
        close = value == before and plan.value > plan.baseline
        text = f"{subject} cannot be raised from {before} to {asked} with {candidates} of "
        text += f"[siting]: {best} is {'hardly more than today' if close else value}, with "
        text += f"{built if plan.sites else 'nothing built'}."
    yield Sentence(text, source)
    text = "A calculation on the network as it is, not a forecast: what is built is linked at "
    yield Sentence(f"{text}once, and nobody reacts.", source)


def tell(result: Plan) -> Iterator[Sentence]:
    plan, task, unit, n = result.plan, result.task, result.unit, len(result.task.scenarios)
    per = "for their cost " if task.prices is not None else ""
    text = f"Of {counted(n, 'candidate')} the {result.looked} that do most {per}by themselves were "
    if result.looked == n:
        text = f"All {counted(n, 'candidate')} of [siting] were "
    tried = "every set of them was tried" if plan.exact else "they were added one by one"
    text += f"looked at; {tried}"
    if n == 1:
        text = "The one candidate of [siting] was looked at"
    text += f". Strength is that of the {'modelled' if task.modelled else 'observed'} layers."
    yield Sentence(text, ("plan_steps",))
    if len(plan.steps) > 1:
        unknown = without_events(task.network, None)
        why = unknown.why(name) if unknown else "resampling shifts the value too far"
        text = f"There is no interval: {why}."
        if pd.notna(plan.steps["low"].iloc[0]):
            text = "Only today's value has an interval: what is built makes weights that are not "
            text += "whole numbers, or a value that resampling shifts too far."
        if result.counted:
            low, high = plan.steps["low"].map(unit), plan.steps["high"].map(unit)
            text = f"With links resampled {task.part.resamples:,} times, those that are built "
            last, first = (
                " to ".join(dict.fromkeys([low.iloc[at], high.iloc[at]])) for at in (-1, 0)
            )
            text += f"among them, the value after the last step is {last} (95 %), today's {first}."
            text += " Intervals are corrected for the bias of the resamples."
        yield Sentence(text, ("plan_steps",))
    changed = result.changed["change"]
    if len(changed):
        gains = [f"{result.name(place)} (+{number(x)})" for place, x in changed.head(3).items()]
        most = f"most in {joined(gains)}"
        if np.isclose(changed, changed.iloc[0]).all():
            most = f"by +{number(changed.iloc[0])}{' each' * (len(changed) > 1)}"
        text = f"Strength changes in {counted(len(changed), 'place')}, {most}; no place loses, as "
        yield Sentence(f"{text}what is built is new.", ("plan_places",))


def draw(result: Plan) -> Iterator[Picture]:
    plan, task = result.plan, result.task
    if not plan.sites:
        return
    places = task.network.places
    at = places[["lon", "lat"]].reindex(plan.places.index).dropna()
    ends = pd.unique(task.pairs.loc[list(plan.sites)].to_numpy().ravel())
    if not set(ends) <= set(at.index):
        return
    frame = result.maps.detail_with(at, at.loc[ends])
    figure = new_figure(height=min(map_height(frame, width=0.5 * DOUBLE + 60), 110))
    for ax, proposed in zip(figure.subplots(1, 2), (False, True), strict=True):
        plot_plan_map(
            plan,
            pairs=task.pairs,
            places=places,
            proposed=proposed,
            names=result.drawn_names,
            labels=8,
            extent=frame,
            basemap=result.maps.below,
            ax=ax,
        )
    layers = "modelled" if task.modelled else "observed"
    caption = f"Strength of places in the {layers} layers today and with what the plan builds: "
    caption += "areas of circles, on one scale. Places that change are dark; an arrow leads from "
    caption += "home to host."
    alt = "Two maps with circles of places, the right one with arrows for what is built."
    yield Picture("plan_map", figure, caption, ("plan_places",), alt=alt)


def tables(result: Plan) -> Iterator[Table]:
    plan, modelled = result.plan, result.task.modelled
    steps = plan.to_frame().rename(columns={"name": "site"})
    steps.insert(0, "step", steps["site"].map(result.called, na_action="ignore").fillna("today"))
    caption = "The path to the target: its value after each step, with the interval over resampled "
    caption += "links (95 %), and the total cost."
    frame = with_modelled(steps, modelled)
    yield Table("plan_steps", frame, caption, modelled=modelled, whole=True)
    places = result.changed if len(plan.sites) else plan.places
    places = places.rename_axis("place")
    places.insert(0, "name", [result.names[place] for place in places.index])
    for when in ("before", "after"):
        total = plan.places[f"strength_{when}"].sum()
        places[f"share_{when}"] = places[f"strength_{when}"] / total
    frame = with_modelled(places, modelled)
    caption = "What the plan changes for each place: strength, and share of all strength."
    formats = {"share_before": percent, "share_after": percent}
    yield Table("plan_places", frame, caption, modelled=modelled, formats=formats)

"""Plan: what to build at least cost so that the region has the centres that it wants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import pandas as pd
from pydantic import Field, model_validator

from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.planning import (
    CentrePlan,
    CentreSupport,
    EffectiveNumber,
    plan_centres,
    site_enclaves,
)
from netinnov.plotting import DOUBLE, map_height, new_figure, plot_plan_map, plot_plan_path
from netinnov.polycentricity import effective_number
from netinnov.polycentricity._centre_rules import CentreRule
from netinnov.polycentricity._resampled_flows import says_events
from netinnov.scenarios import Prices, Scenario
from netinnov.study._context import Context
from netinnov.study._measures import linked_layers, strength_together
from netinnov.study._section import Part, Picture, Result, Sentence, Table, with_modelled
from netinnov.study._words import (
    counted,
    joined,
    number,
    percent,
    phrase,
    plain,
    some,
    uncapitalised,
)
from netinnov.study.sections._candidate_sites import candidates_of, maker_of
from netinnov.study.sections._siting_part import Form

HEADING = "Plan: centres at least cost"


class PlanPart(Part):
    """What has to hold, and among how many candidates."""

    part: ClassVar[str] = "plan"
    optional: ClassVar[bool] = True
    example: ClassVar[str] = """\
[plan]                        # planning: the cheapest candidates of [siting] after which a target
                              # holds, at its prices; without prices as few as possible
# effective_number = 10.0     # target: strength as spread as over so many equal places; without
                              # a target one more than today
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


OPTIONS = PlanPart


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
    def of_place(self) -> bool:
        """Whether the target is that a place is a centre."""
        return isinstance(self.plan.target, CentreSupport)

    @property
    def changed(self) -> pd.DataFrame:
        """The places whose strength changes, the largest change first."""
        places = self.plan.places[self.plan.places["change"] != 0]
        return places.sort_values("change", ascending=False, kind="stable")


def task_of(context: Context) -> Task:
    """The target and the candidates; refuses what cannot be planned."""
    part = context.options(PlanPart) or PlanPart()
    siting = context.once(candidates_of)
    cities = context.cities
    linked = linked_layers(cities)
    observed = [layer for layer in linked if layer not in context.modelled]
    layers = observed or linked
    network = cities.select(layers=layers)
    own = siting.part
    asked = own.layer if own.layer in layers else None
    maker = maker_of(own.model_copy(update={"layer": asked}), context, network)
    pairs = siting.pairs
    if part.place is not None:
        pairs = _pairs_with(part.place, context, pairs)
        if not says_events(network, None):
            raise InputError(
                "plan.place needs links whose weights count events, such as projects or firms: "
                "the weights of this study are no whole numbers. Choose plan.effective_number."
            )
    scenarios = {
        site: maker.scenario(home, host)
        for site, (home, host) in zip(pairs.index, pairs.to_numpy(), strict=True)
    }
    modelled = () if observed else tuple(layers)
    target: EffectiveNumber | CentreSupport
    if part.place is not None:
        target = CentreSupport(part.place, part.share, part.rule)
    elif part.effective_number is not None:
        target = EffectiveNumber(part.effective_number)
    else:
        target = EffectiveNumber(1 + effective_number(strength_together(network, ())))
    replicates = own.placements if maker.form == "enclave" else 1
    return Task(
        part, target, network, maker.form, pairs, scenarios, siting.prices, replicates, modelled
    )


CHECK = task_of


def _pairs_with(place: str, context: Context, pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs of home and host in which a place is one of both."""
    context.check_place("plan.place", place)
    own = pairs[(pairs == place).any(axis=1)]
    if len(own):
        return own
    hosts = [host for host in pairs["host"].unique() if host != place]
    sites = pd.Index([f"{place}@{host}" for host in hosts], dtype="str", name="site")
    return pd.DataFrame({"home": place, "host": hosts}, index=sites, dtype="str")


def compute(context: Context) -> Plan | None:
    task = context.once(task_of)
    scenarios = task.scenarios
    if len(scenarios) > task.part.candidates:
        alone = site_enclaves(
            task.network,
            candidates=scenarios,
            k=1,
            objective="effective_number",
            replicates=task.replicates,
            prices=task.prices,
            rng=context.seed,
        ).to_frame()
        worth = alone["gain_alone"] / (alone["cost"] if task.prices is not None else 1.0)
        best = worth.sort_values(ascending=False, kind="stable").index[: task.part.candidates]
        scenarios = {site: scenarios[site] for site in scenarios if site in set(best)}
    plan = plan_centres(
        task.network,
        target=task.target,
        candidates=scenarios,
        prices=task.prices,
        replicates=1 if task.part.place is not None else task.replicates,
        resamples=task.part.resamples,
        rng=context.seed,
    )
    known = bool(plan.steps["low"].notna().all())
    return Plan(context, task, plan, known)


def offer(result: Plan) -> Iterator[Sentence]:
    plan = result.plan
    subject, unit = _words(result)
    asked = unit(plan.target.at_least)
    source = ("plan_steps",)
    looked = min(len(result.task.scenarios), result.task.part.candidates)
    built = some([_site(result, site) for site in plan.sites], len(plan.sites), most=4)
    if plan.reached and not plan.sites:
        yield Sentence(
            phrase(
                "{} is {} already; the target is {}, so nothing has to be built.",
                subject,
                unit(plan.baseline),
                asked,
            ),
            source,
        )
        return
    if plan.reached:
        least = "no cheaper set" if result.task.prices is not None else "no smaller set"
        sure = (
            f"{least} of the {counted(looked, 'candidate')} reaches it"
            if plan.exact
            else f"a {least.split()[1]} set may exist, as not all were tried"
        )
        text: str = phrase(
            "To raise {} from {} to {} or more, build {}{}: it is {} then, and {}.",
            uncapitalised(subject),
            unit(plan.baseline),
            asked,
            built,
            _cost(result),
            unit(plan.value),
            sure,
        )
    else:
        best = "the most that any set of them reaches"
        best = best if plan.exact else "the most that was found"
        close = unit(plan.value) == unit(plan.baseline) and plan.value > plan.baseline
        text = phrase(
            "{} cannot be raised from {} to {} with {} of [siting]: {} is {}{}.",
            subject,
            unit(plan.baseline),
            asked,
            counted(looked, "candidate"),
            best,
            "hardly more than today" if close else unit(plan.value),
            phrase(", with {}{}", built, _cost(result)) if plan.sites else ", with nothing built",
        )
    yield Sentence(text, source)
    yield Sentence(
        "A calculation on the network as it is, not a forecast: what is built is linked at once, "
        "and nobody reacts.",
        source,
    )


def _words(result: Plan) -> tuple[Any, Any]:
    """What the target measures, at the head of a sentence, and how its values are written."""
    target = result.plan.target
    if isinstance(target, CentreSupport):
        place = result.name(target.place)
        return phrase("The share of resamples in which {} is a centre", place), percent
    return "The effective number of places (by strength)", number


def _site(result: Plan, site: str) -> Any:
    home, host = result.task.pairs.loc[site]
    names = (result.name(place) for place in (home, host))
    built = "an enclave of {} in {}" if result.task.form == "enclave" else "a link of {} with {}"
    return phrase(built, *names)


def _cost(result: Plan) -> str:
    if result.task.prices is None:
        return ""
    return f" at a cost of {number(result.plan.cost)} (at prices that are assumed)"


def tell(result: Plan) -> Iterator[Sentence]:
    plan, task = result.plan, result.task
    _, unit = _words(result)
    looked = min(len(task.scenarios), task.part.candidates)
    text = f"Of {counted(len(task.scenarios), 'candidate')} "
    per = "for their cost " if task.prices is not None else ""
    text += f"the {looked} that do most {per}by themselves were looked at; "
    if looked == len(task.scenarios):
        text = f"All {counted(looked, 'candidate')} of [siting] were looked at; "
    text += "every set of them was tried." if plan.exact else "they were added one by one."
    text += f" Strength is that of the {'modelled' if task.modelled else 'observed'} layers."
    yield Sentence(text, ("plan_steps",))
    last = plan.steps.iloc[-1]
    if len(plan.steps) > 1 and result.counted:
        yield Sentence(
            f"With links resampled {task.part.resamples:,} times, those that are built among them, "
            f"the value after the last step is {unit(last['low'])} to {unit(last['high'])} (95 %), "
            f"today's {unit(plan.steps['low'].iloc[0])} to {unit(plan.steps['high'].iloc[0])}.",
            ("plan_steps",),
        )
    elif len(plan.steps) > 1:
        yield Sentence(
            "There is no interval: the weights are not whole numbers, so the number of events that "
            "they count is not known.",
            ("plan_steps",),
        )
    changed = result.changed
    if len(changed):
        gains = [
            phrase("{} (+{})", result.name(place), number(change))
            for place, change in changed["change"].head(3).items()
        ]
        yield Sentence(
            phrase(
                "Strength changes in {}, most in {}; no place loses, as what is built is new.",
                counted(len(changed), "place"),
                joined(gains),
            ),
            ("plan_places",),
        )


def draw(result: Plan) -> Iterator[Picture]:
    plan, task = result.plan, result.task
    if not plan.sites:
        return
    subject = plain(_words(result)[0])
    label = uncapitalised(subject) if result.of_place else "effective number of places"
    known = {site: f"{home} at {host}" for site, home, host in _named(result, plan.steps["name"])}
    figure = new_figure(width=DOUBLE * 0.7, height=24 + 9 * len(plan.steps))
    plot_plan_path(plan, names=known, label=label, ax=figure.subplots())
    caption = "The path to the target: value after each step, and the total cost."
    alt = "A row for each step with its value and interval, and a dashed line at the target."
    yield Picture("plan_path", figure, caption, ("plan_steps",), alt=alt)
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
    steps = plan.to_frame()
    called = [
        "today" if pd.isna(site) else f"{home} at {host}"
        for site, home, host in _named(result, steps["name"])
    ]
    steps.insert(0, "step", called)
    yield Table(
        "plan_steps",
        with_modelled(steps.rename(columns={"name": "site"}), modelled),
        "The path to the target: its value after each step, with the interval over resampled links "
        "(95 %), and the total cost.",
        modelled=modelled,
        whole=True,
    )
    places = result.changed if len(plan.sites) else plan.places
    places = places.assign(name=[result.names[place] for place in places.index]).rename_axis(
        "place"
    )
    total = plan.places[["strength_before", "strength_after"]].sum()
    for when in ("before", "after"):
        places[f"share_{when}"] = places[f"strength_{when}"] / total[f"strength_{when}"]
    yield Table(
        "plan_places",
        with_modelled(places[["name", *places.columns.drop("name")]], modelled),
        "What the plan changes for each place: strength, and share of all strength.",
        modelled=modelled,
        formats={"share_before": percent, "share_after": percent},
    )


def _named(result: Plan, sites: pd.Series) -> Iterator[tuple[Any, str, str]]:
    for site in sites:
        if pd.isna(site):
            yield site, "", ""
            continue
        home, host = result.task.pairs.loc[site]
        yield site, result.names[home], result.names[host]

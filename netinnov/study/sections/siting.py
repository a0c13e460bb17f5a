"""Siting: which enclaves to build next, with a bound, plans at random and resampled links."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from netinnov.experiments import ResampledLinks
from netinnov.planning import ParetoPlans, SitingPlan, pareto_plans, site_enclaves, siting_stability
from netinnov.planning._site_enclaves import prepared, seed_of
from netinnov.plotting import plot_pareto, plot_plan_value, plot_sites
from netinnov.plotting._style import DOUBLE, SINGLE, new_figure
from netinnov.polycentricity._resampled_flows import Change
from netinnov.study._context import Context
from netinnov.study._section import Picture, Result, Sentence, Table, with_modelled
from netinnov.study._structure_plan import plan as structure_of
from netinnov.study._words import (
    are,
    counted,
    joined,
    number,
    out_of,
    percent,
    signed_percent,
    some,
)
from netinnov.study.sections._candidate_sites import Candidates, SitingPart, candidates_of

HEADING = "Siting: which enclaves to build next"
OPTIONS = SitingPart
CHECK = candidates_of
FRESH = 40  # placements that a plan was not chosen on, on which it is valued again
ROUNDING = 1e-9  # relative difference of two values that is none
WEIGHTS = 5  # weights of the two objectives that are tried for plans between them
FEW = 20  # resamples below which shares are told as numbers of them
OBJECTIVES: dict[str, str] = {
    "efficiency": "global efficiency",
    "home_access": "the mean access of the homes",
    "worst_access": "the access of the place with least",
    "equity": "equity of access (1 \N{MINUS SIGN} Gini)",
    "effective_number": "the effective number of places",
}
FORMATS = {
    "share_of_resamples": percent,
    "gain_alone": signed_percent,
    "gain_in_plan": signed_percent,
}


@dataclass(frozen=True, slots=True, eq=False)
class Siting(Result):
    """A plan of enclaves, its value on other placements, and what else was found.

    `fresh` are values of the plan on placements that it was not chosen on; `stability` is None
    where links cannot be resampled, for the reason in `no_resamples`.
    """

    candidates: Candidates
    plan: SitingPlan
    fresh: pd.Series
    stability: pd.DataFrame | None
    no_resamples: str
    resampled: str
    front: ParetoPlans | None

    @property
    def part(self) -> SitingPart:
        return self.candidates.part

    @property
    def label(self) -> str:
        return OBJECTIVES[self.part.objective]

    @property
    def chosen(self) -> pd.DataFrame:
        """Home and host of the chosen sites, in order of choice."""
        return self.candidates.pairs.loc[list(self.plan.sites)]

    @property
    def drawn(self) -> bool:
        """Whether placements differ."""
        return self.candidates.maker.form == "enclave"

    @property
    def built(self) -> str:
        return "enclaves" if self.drawn else "direct links"

    @property
    def rounding(self) -> float:
        """A difference between two values that is none."""
        return ROUNDING * max(abs(self.plan.value), abs(self.plan.baseline))

    @property
    def helps(self) -> bool:
        return self.plan.value - self.plan.baseline > self.rounding

    @property
    def random_share(self) -> float:
        """Share of the plans at random at least as good as the plan on fresh placements."""
        return float((self.plan.placebo >= self.fresh.mean() * (1 - 1e-12)).mean())

    def site(self, site: str) -> str:
        home, host = map(self.name, self.candidates.pairs.loc[site])
        return f"{home} {'in' if self.drawn else 'with'} {host}"

    def rise(self, value: float) -> str:
        """A value as a change from today: in per cent, or as it is where today's is 0."""
        baseline = self.plan.baseline
        change = value - baseline if abs(value - baseline) > self.rounding else 0.0
        if not baseline:
            return number(change)
        return f"{number(100 * change / abs(baseline), digits=2)} %"

    def range(self, values: pd.Series) -> str:
        """The middle 95 % of values."""
        ends = [self.rise(float(values.quantile(q))) for q in (0.025, 0.975)]
        return " to ".join(dict.fromkeys(ends))


def compute(context: Context) -> Siting:
    candidates = context.once(candidates_of)
    part, maker, cities = candidates.part, candidates.maker, context.cities
    homes = list(candidates.pairs["home"].unique())
    objective = maker.objective(part.objective, homes)
    every: dict[str, Any] = {"k": candidates.k, "budget": candidates.budget}
    every |= {"prices": candidates.prices, "rng": context.seed}
    every |= {"candidates": candidates.scenarios}
    replicates = part.placements if maker.form == "enclave" else 1
    plan = site_enclaves(
        cities,
        objective=objective,
        method=part.method,
        placebos=part.placebos,
        replicates=replicates,
        **every,
    )
    resample, why = resample_of(context)
    stability = front = None
    if resample is not None and part.resamples and plan.sites:
        stability = siting_stability(
            cities,
            objective=objective,
            resample=resample,
            resamples=part.resamples,
            progress=context.progress,
            **every,
        )
    if part.against != "none":
        both = {str(each): maker.objective(each, homes) for each in (part.objective, part.against)}
        front = pareto_plans(
            cities, objectives=both, weights=WEIGHTS, replicates=replicates, **every
        )
    structure = context.once(structure_of)
    resampled = "flows" if structure is None else structure.resampled
    why = why if part.resamples else "none were asked for"
    fresh = _fresh(context, candidates, objective, plan)
    return Siting(context, candidates, plan, fresh, stability, why, resampled, front)


def resample_of(context: Context) -> tuple[Change | None, str]:
    """How the links of the places are resampled, or why they are not."""
    structure = context.once(structure_of)
    if structure is None:
        return None, "the sections on structure, which say how links are resampled, are left out"
    why = next((each.why for each in structure.left_out if each.result == "intervals"), "")
    if why:
        return None, why
    if structure.participation is None:
        return ResampledLinks(layers=context.observed(context.cities)), ""
    if structure.network.layers != context.cities.layers:
        return None, "only some of the layers are made of events"
    return structure.resample, ""


def _fresh(context: Context, candidates: Candidates, objective: Any, plan: SitingPlan) -> pd.Series:
    sites = {site: candidates.scenarios[site] for site in plan.sites}
    if not sites or candidates.maker.form == "link":
        return pd.Series([plan.value], name="fresh")
    siting = prepared(
        context.cities,
        candidates=sites,
        k=len(sites),
        budget=None,
        prices=None,
        objective=objective,
        monotone=None,
        submodular=None,
        replicates=FRESH,
        seed=seed_of(np.random.default_rng(context.seed).spawn(1)[0]),
    )
    *rest, last = range(len(sites))
    at = np.array([last])
    values = [float(each.values(tuple(rest), at)[0]) for each in siting.values.replicates]
    return pd.Series(values, name="fresh")


def offer(result: Siting) -> Iterator[Sentence]:
    plan, label, source = result.plan, result.label, ("sites", "siting")
    n, best = len(result.candidates.pairs), len(plan.sites)
    if not plan.sites:
        text = f"Of {counted(n, 'candidate')} none raises {label} within the budget: nothing is "
        yield Sentence(f"{text}built.", source)
        return
    could = f"{n:,} {result.built} that could be built"
    if not result.helps:
        alone = int((plan.to_frame()["gain_alone"] > result.rounding).sum())
        text = f"None of the {could} raises {label}, so there is no plan."
        if n == 1:
            text = f"The one {result.built[:-1]} that could be built does not raise {label}, so "
            text += "there is no plan."
        if alone:
            text = f"Of the {could} {alone:,} {'raises' if alone == 1 else 'raise'} {label} alone, "
            text += f"but the best {best} that were found do not together."
        yield Sentence(text, source)
        return
    text = f"Of {could}, the best that was found is {result.site(plan.sites[0])}. It raises "
    if best > 1:
        text = f"Of {could}, the best {best} that were found are "
        text += f"{joined([*map(result.site, plan.sites)])}. Together they raise "
    text += f"{label} by "
    text += f"{result.rise(float(result.fresh.mean()))}"
    if len(result.fresh) > 1:
        text += f" ({result.range(result.fresh)} in 95 % of {len(result.fresh)} placements that it "
        text += "was not chosen on)"
    yield Sentence(f"{text}.{_ties(result)}", source)
    yield Sentence(_bound(result), ("siting",))
    if len(plan.placebo):
        share = result.random_share
        as_good = round(share * len(plan.placebo))
        do = f"{as_good:,} {'does' if as_good == 1 else 'do'}" if as_good else "none does"
        size = "that cost no more" if result.part.budget else f"of {best}"
        verdict = "better than" if share < 0.05 else "not clearly better than"
        text = f"The plan is {verdict} chance: of {len(plan.placebo):,} plans {size} drawn at "
        text += f"random from the same candidates {do} as well; 95 % of them gain "
        yield Sentence(f"{text}{result.range(plan.placebo)}.", ("siting_values",))
    text = "Caution: this is a calculation on the network as it is, not a forecast: only the new "
    text += "links change it, nobody reacts, and another objective gives another plan."
    if result.modelled_layers:
        layer = result.context.mark(result.candidates.maker.layer)
        text += f" Modelled layers are in the network, and links are placed in {layer}."
    yield Sentence(text, ("siting",))


def _ties(result: Siting) -> str:
    """Candidates that do as much as a chosen one: of its home, or in the plan too."""
    gains, pairs = result.plan.to_frame(), result.candidates.pairs
    alone, in_plan = gains["gain_alone"], gains["gain_in_plan"]
    chosen, tied = list(result.plan.sites), pd.Series(False, pairs.index)
    for site in chosen:
        like = (pairs["home"] == pairs.at[site, "home"]) | (len(chosen) == 1)
        like |= (in_plan - in_plan[site]).abs() <= result.rounding
        tied |= like & ((alone - alone[site]).abs() <= result.rounding)
    as_good = [result.site(site) for site in pairs.index[tied] if site not in chosen]
    if not as_good:
        return ""
    does = "does" if len(as_good) == 1 else "do"
    text = f" {some(as_good, len(as_good))} {does} exactly as much alone"
    return f"{text}: only the order of the data decided between them."


def _bound(result: Siting) -> str:
    plan, part = result.plan, result.part
    limit = "within this budget" if part.budget else f"of {len(plan.sites)}"
    if math.isnan(plan.bound):
        text = f"How much better another plan {limit} could be is not known: more of these "
        return f"{text}candidates can lower this objective, so that no bound holds."
    if plan.gap == 0:
        return f"No plan {limit} can be better."
    text = f"No plan {limit} can raise it by more than {result.rise(plan.bound)}"
    if result.drawn:
        text += f" on the {counted(part.placements, 'placement')} that were tried, where this one "
        text += f"reaches {result.rise(plan.value)}"
    text += f". That bound is what all {len(result.candidates.pairs):,} candidates together would "
    text += "do, so it is loose: how much of the difference another plan could gain is not known."
    return text


def tell(result: Siting) -> Iterator[Sentence]:
    plan, how = result.plan, "How sites were chosen"
    for note in result.candidates.notes:
        yield Sentence(note, ("siting_candidates",), how)
    if not plan.sites or not result.helps:
        return
    if result.candidates.prices is not None:
        text = f"The plan costs {number(plan.cost)}, at prices that are assumed"
        text += f"; the budget is {number(result.part.budget)}." if result.part.budget else "."
        yield Sentence(text, ("sites",), how)
    gains = plan.to_frame()["gain_in_plan"].loc[list(plan.sites)].items()
    rises = [(result.site(str(site)), result.rise(plan.baseline + gain)) for site, gain in gains]
    parts = [f"{site} ({rise})" for site, rise in rises]
    text = f"Without it the plan would lose, in order of choice: {joined(parts)}."
    yield Sentence(text, ("sites",), "What each adds")
    yield Sentence(_stability(result), ("sites",), "Would it change with other data")
    if result.front is not None:
        yield Sentence(_front(result, result.front), ("siting_pareto",), "Two objectives")


def _stability(result: Siting) -> str:
    if result.stability is None:
        return f"Links were not resampled: {result.no_resamples}."
    times, chosen = int(result.stability["resamples"].iloc[0]), list(result.plan.sites)
    if not times:
        return "No resample of the links could be planned for."
    shares, shown = result.stability["share"], out_of(times) if times <= FEW else percent
    parts = joined([f"{result.site(site)} in {shown(shares[site])}" for site in chosen])
    resampled = "the observed links" if result.modelled_layers else "the links"
    if result.resampled == "events":
        resampled = "events, such as projects,"
    again = " and placements drawn again" if result.drawn else ""
    text = f"With {resampled} resampled {times:,} times{again}, a greedy plan chooses {parts}."
    if often := int((shares.drop(chosen) >= 0.5).sum()):
        text += f" {counted(often, 'other candidate')} {are(often)} in half of those plans or more."
    if float(shares[chosen].mean()) < 0.5:
        text += " Which sites are best is not settled by these data: many plans are nearly as good."
    return text


def _front(result: Siting, front: ParetoPlans) -> str:
    first, second = front.baseline.index
    text = f"Between {OBJECTIVES[first]} and {OBJECTIVES[second]} there "
    if len(front.plans) == 1:
        text += "is nothing to choose: one plan is best for both"
        text += "" if front.exact else ", among those that were found"
        sites = front.plans["sites"].iloc[0]
        if set(sites) != set(result.plan.sites):
            text += f", and it is not the one above: {joined([*map(result.site, sites)])}"
        return f"{text}."
    gains = []
    for best in (first, second):
        row, parts = front.plans.loc[front.plans[best].idxmax()], []
        for called, before in front.baseline.items():
            change = float(row[called]) - float(before)
            share = number(100 * change / abs(before), digits=2) if before else number(change)
            parts.append(f"{'+' if change > 0 else ''}{share}{' %' if before else ''}")
        gains.append(" and ".join(parts))
    kind = "no other plan" if front.exact else "no other plan that was found"
    text += f"are {len(front.plans)} plans that {kind} beats in both. Best for the first: "
    return f"{text}{gains[0]}; best for the second: {gains[1]}."


def draw(result: Siting) -> Iterator[Picture]:
    if not result.helps:
        return
    plan, pairs, label = result.plan, result.candidates.pairs, result.label
    places = result.context.cities.places
    at = places[["lon", "lat"]].reindex(pd.unique(pairs.to_numpy().ravel())).dropna()
    ends = pd.unique(result.chosen.to_numpy().ravel())
    on_map = bool(plan.sites) and set(ends) <= set(at.index)
    figure = new_figure(width=DOUBLE if on_map else SINGLE, height=120 if on_map else 75)
    if on_map:
        left, right = figure.subplots(1, 2, width_ratios=[2.1, 1])
        plot_sites(
            plan,
            pairs=pairs,
            places=places,
            shares=None if result.stability is None else result.stability["share"],
            names=result.drawn_names,
            extent=result.maps.detail_with(at, at.loc[ends]),
            basemap=result.maps.below,
            ax=left,
        )
    else:
        right = figure.subplots()
    plot_plan_value(plan, fresh=result.fresh, label=label, ax=right)
    caption = f"what the plan does for {label}, beside plans drawn at random from the same "
    caption += "candidates, and the bound."
    alt = "a histogram of plans at random with lines at today, the plan and the bound."
    if on_map:
        caption = f"Left: the chosen {result.built}. Right: {caption}"
        alt = f"a map with arrows from homes to hosts, and {alt}"
        if result.stability is not None:
            caption += " In per cent: resamples of the links in which the site is chosen."
    if result.modelled_layers:
        caption += f" Modelled: {', '.join(map(str, result.modelled_layers))}."
    caption, alt = (text[0].upper() + text[1:] for text in (caption, alt))
    yield Picture("siting", figure, caption, ("sites", "siting_values"), alt=alt)
    if result.front is not None and len(result.front.plans) > 1:
        figure = new_figure(width=SINGLE, height=75)
        plot_pareto(result.front, plan=plan.sites, labels=OBJECTIVES, ax=figure.subplots())
        caption = "Plans that no other plan that was found beats in both objectives."
        alt = "Points of plans that fall from left to right, and a cross for today below them."
        yield Picture("siting_pareto", figure, caption, ("siting_pareto",), "Two objectives", alt)


def tables(result: Siting) -> Iterator[Table]:
    plan, maker, modelled = result.plan, result.candidates.maker, result.modelled_layers
    seen: dict[str, Any] = {"modelled": modelled, "whole": True, "on_page": result.helps}
    table, names = plan.to_frame(), result.candidates.pairs.map(result.names.__getitem__)
    scale = 100 / abs(plan.baseline) if plan.baseline else 1.0
    every = table[[]].rename_axis("site").join(names).join(table[["chosen", "order"]])
    every = every.assign(**{gain: scale * table[gain] for gain in ("gain_alone", "gain_in_plan")})
    if result.stability is not None:
        every["share_of_resamples"] = result.stability["share"]
    if table["cost"].notna().all():
        every["cost"] = table["cost"]
    chosen = every[every["chosen"]].sort_values("order", kind="stable").drop(columns="chosen")
    caption = f"The chosen {result.built} in order of choice: rise of {result.label} by each alone "
    caption += "and in the plan (what the plan loses without it), per cent of today, and share of "
    caption += "resamples that choose it."
    yield Table("sites", with_modelled(chosen, modelled), caption, **seen, formats=FORMATS)
    frame, caption = with_modelled(every, modelled), f"All {result.built} that could be built, "
    caption += "chosen or not."
    yield Table("siting_candidates", frame, caption, modelled=modelled, on_page=False)
    random = pd.concat([plan.placebo, result.fresh], axis=1)
    caption = "Values of plans at random (placebo), and of the plan on fresh placements: "
    yield Table("siting_values", random, f"{caption}{result.label}.", on_page=False)
    if result.front is not None:
        front, called = result.front.to_frame(), names["home"] + " at " + names["host"]
        front["sites"] = ["; ".join(called[list(sites)]) for sites in front["sites"]]
        caption = "Plans that no other plan that was found beats in both objectives."
        yield Table("siting_pareto", with_modelled(front, modelled), caption, **seen)
    settings = {
        **{key.replace("_", " "): value for key, value in result.part.model_dump().items()},
        "form used": maker.form,
        "layer used": result.context.mark(maker.layer),
        "length of links used": maker.distance,
        "candidates": len(every),
        "value today": plan.baseline,
        "value of the plan": plan.value,
        "value of the plan, fresh placements": float(result.fresh.mean()),
        "bound": plan.bound,
        "gap": plan.gap,
        "plans at random at least as good": result.random_share,
        "cost": plan.cost,
    }
    frame = pd.DataFrame(list(settings.items()), columns=["setting", "value"]).astype("str")
    yield Table("siting", frame, "How the sites were chosen, and the bound.", on_page=False)


def explain(result: Siting) -> Iterator[Sentence]:
    text = f"A plan of {result.built} is searched for one by one, each the best addition, and then "
    text += "by swaps; it need not be the best of all."
    if result.drawn:
        text += " It is chosen on a few random placements, and the best of many looks better on "
        text += "those than it is: so its gain is told on fresh placements."
    yield Sentence(text)

"""Siting: which enclaves to build next, with a bound, plans at random and resampled links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from netinnov.experiments import ResampledLinks
from netinnov.planning import (
    ParetoPlans,
    SitingPlan,
    pareto_plans,
    site_enclaves,
    siting_stability,
)
from netinnov.planning._site_enclaves import prepared, seed_of
from netinnov.plotting import DOUBLE, SINGLE, new_figure, plot_pareto, plot_plan_value, plot_sites
from netinnov.polycentricity._resampled_flows import Change
from netinnov.study._context import Context
from netinnov.study._section import Picture, Result, Table, with_modelled
from netinnov.study._structure_plan import plan as structure_of
from netinnov.study._words import percent, signed_percent, uncapitalised
from netinnov.study.sections._candidate_sites import Candidates, candidates_of
from netinnov.study.sections._siting_part import SitingPart
from netinnov.study.sections._siting_text import (
    OBJECTIVES,
    explain as explain,
    offer as offer,
    tell as tell,
)

HEADING = "Siting: which enclaves to build next"
OPTIONS = SitingPart
CHECK = candidates_of

FRESH = 40
"""Placements that a plan was not chosen on, on which it is valued again."""

ROUNDING = 1e-9
"""Relative difference of two values that is none."""

WEIGHTS = 5
"""Weights of the two objectives that are tried for plans between them."""


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
        """The settings."""
        return self.candidates.part

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
        """What can be built, in words."""
        return "enclaves" if self.drawn else "direct links"

    @property
    def helps(self) -> bool:
        """Whether the plan is better than today, beyond rounding."""
        return self.plan.value - self.plan.baseline > self._rounding

    @property
    def alone(self) -> int:
        """How many candidates are better than today by themselves, beyond rounding."""
        return int((self.plan.to_frame()["gain_alone"] > self._rounding).sum())

    @property
    def _rounding(self) -> float:
        return ROUNDING * max(abs(self.plan.value), abs(self.plan.baseline))

    @property
    def random_share(self) -> float:
        """Share of the plans at random at least as good as the plan on fresh placements."""
        return float((self.plan.placebo >= self.fresh.mean() * (1 - 1e-12)).mean())


def compute(context: Context) -> Siting | None:
    candidates = context.once(candidates_of)
    part, maker, cities = candidates.part, candidates.maker, context.cities
    homes = list(candidates.pairs["home"].unique())
    objective = maker.objective(part.objective, homes)
    replicates = part.placements if maker.form == "enclave" else 1
    plan = site_enclaves(
        cities,
        objective=objective,
        method=part.method,
        placebos=part.placebos,
        replicates=replicates,
        rng=context.seed,
        **candidates.limit,
    )
    resample, why = resample_of(context)
    stability = None
    if resample is not None and part.resamples and plan.sites:
        stability = siting_stability(
            cities,
            objective=objective,
            resample=resample,
            resamples=part.resamples,
            rng=context.seed,
            progress=context.progress,
            **candidates.limit,
        )
    structure = context.once(structure_of)
    front = None
    if part.against != "none":
        front = pareto_plans(
            cities,
            objectives={
                called: maker.objective(called, homes) for called in (part.objective, part.against)
            },
            weights=WEIGHTS,
            replicates=replicates,
            rng=context.seed,
            **candidates.limit,
        )
    return Siting(
        context,
        candidates,
        plan,
        _fresh(context, candidates, objective, plan),
        stability,
        why if part.resamples else "none were asked for",
        "flows" if structure is None else structure.resampled,
        front,
    )


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
    """Values of the plan, one a placement, on placements that it was not chosen on."""
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


def draw(result: Siting) -> Iterator[Picture]:
    if not result.helps:
        return
    plan, pairs, label = result.plan, result.candidates.pairs, OBJECTIVES[result.part.objective]
    ends = pd.unique(pairs.to_numpy().ravel())
    places = result.context.cities.places
    at = places[["lon", "lat"]].reindex(ends).dropna()
    on_map = bool(plan.sites) and set(result.chosen.to_numpy().ravel()) <= set(at.index)
    figure = new_figure(width=DOUBLE if on_map else SINGLE, height=120 if on_map else 75)
    if on_map:
        left, right = figure.subplots(1, 2, width_ratios=[2.1, 1])
        plot_sites(
            plan,
            pairs=pairs,
            places=places,
            shares=None if result.stability is None else result.stability["share"],
            names=result.drawn_names,
            extent=result.maps.detail_with(at, at.loc[pd.unique(result.chosen.to_numpy().ravel())]),
            basemap=result.maps.below,
            ax=left,
        )
    else:
        right = figure.subplots()
    plot_plan_value(plan, fresh=result.fresh, label=label, ax=right)
    caption = f"What the plan does for {label}, beside plans drawn at random from the same "
    caption += "candidates, and the bound."
    if on_map:
        caption = f"Left: the chosen {result.built}. Right: {uncapitalised(caption)}"
        if result.stability is not None:
            caption += " In per cent: resamples of the links in which the site is chosen."
    if result.modelled_layers:
        caption += f" Modelled: {', '.join(map(str, result.modelled_layers))}."
    alt = "A map with arrows from homes to hosts, and " * on_map
    alt += "a histogram of plans at random with lines at today, the plan and the bound."
    yield Picture(
        "siting", figure, caption, ("sites", "siting_values"), alt=alt[0].upper() + alt[1:]
    )
    if result.front is not None and len(result.front.plans) > 1:
        figure = new_figure(width=SINGLE, height=75)
        called: dict[str, str] = dict(OBJECTIVES.items())
        plot_pareto(result.front, plan=plan.sites, labels=called, ax=figure.subplots())
        caption = "Plans that no other plan that was found beats in both objectives."
        alt = "Points of plans that fall from left to right, and a cross for today below them."
        yield Picture("siting_pareto", figure, caption, ("siting_pareto",), "Two objectives", alt)


def tables(result: Siting) -> Iterator[Table]:
    plan, modelled = result.plan, result.modelled_layers
    every = _candidates(result)
    chosen = every[every["chosen"]].sort_values("order", kind="stable").drop(columns="chosen")
    label = OBJECTIVES[result.part.objective]
    yield Table(
        "sites",
        with_modelled(chosen, modelled),
        f"The chosen {result.built} in order of choice: rise of {label} by each alone and in the "
        "plan (what the plan loses without it), per cent of today, and share of resamples that "
        "choose it.",
        modelled=modelled,
        whole=True,
        on_page=result.helps,
        formats=FORMATS,
    )
    yield Table(
        "siting_candidates",
        with_modelled(every, modelled),
        f"All {result.built} that could be built, chosen or not.",
        modelled=modelled,
        on_page=False,
    )
    random = pd.concat([plan.placebo, result.fresh], axis=1)
    caption = f"Values of plans at random (placebo), and of the plan on fresh placements: {label}."
    yield Table("siting_values", random, caption, on_page=False)
    if result.front is not None:
        front = result.front.to_frame()
        front["sites"] = ["; ".join(_called(result, sites)) for sites in front["sites"]]
        yield Table(
            "siting_pareto",
            with_modelled(front, modelled),
            "Plans that no other plan that was found beats in both objectives.",
            modelled=modelled,
            whole=True,
            on_page=result.helps,
        )
    settings = {
        **{key.replace("_", " "): value for key, value in result.part.model_dump().items()},
        "form used": result.candidates.maker.form,
        "layer used": result.context.mark(result.candidates.maker.layer),
        "length of links used": result.candidates.maker.distance,
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


def _candidates(result: Siting) -> pd.DataFrame:
    plan = result.plan
    table = plan.to_frame()
    names = result.candidates.pairs.map(lambda place: result.names[place])
    scale = 100 / abs(plan.baseline) if plan.baseline else 1.0
    frame = pd.DataFrame(
        {
            "home": names["home"],
            "host": names["host"],
            "chosen": table["chosen"],
            "order": table["order"],
            "gain_alone": scale * table["gain_alone"],
            "gain_in_plan": scale * table["gain_in_plan"],
        },
        index=table.index.rename("site"),
    )
    if result.stability is not None:
        frame["share_of_resamples"] = result.stability["share"]
    if table["cost"].notna().all():
        frame["cost"] = table["cost"]
    return frame


def _called(result: Siting, sites: tuple[str, ...]) -> list[str]:
    pairs = result.candidates.pairs.loc[list(sites)]
    called = pairs.map(lambda place: result.names[place])
    return [f"{home} at {host}" for home, host in called.itertuples(index=False)]


FORMATS = {
    "share_of_resamples": percent,
    "gain_alone": signed_percent,
    "gain_in_plan": signed_percent,
}

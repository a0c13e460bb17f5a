"""Which enclaves to build next: a plan with a bound, plans at random and resampled links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from netinnov.experiments import ResampledLinks
from netinnov.planning import ParetoPlans, SitingPlan, pareto_plans, site_enclaves, siting_stability
from netinnov.planning._site_enclaves import prepared, seed_of
from netinnov.plotting import plot_pareto, plot_plan_value, plot_sites
from netinnov.plotting._frame import map_height
from netinnov.plotting._style import SINGLE, new_figure
from netinnov.polycentricity._resampled_flows import Change
from netinnov.study._context import Context
from netinnov.study._language import words
from netinnov.study._section import (
    Fact,
    Form,
    KeyFigure,
    Layer,
    Pair,
    Picture,
    Place,
    Result,
    Table,
    Term,
    with_modelled,
)
from netinnov.study._structure_plan import MOST_PLACES, plan as structure_of
from netinnov.study.sections._candidate_sites import Candidates, SitingPart, candidates_of

FRESH = 40  # placements that a plan was not chosen on, on which it is valued again
ROUNDING = 1e-9  # relative difference of two values that is none
WEIGHTS = 5  # weights of the two objectives that are tried for plans between them
GAINS = ("gain_alone", "gain_in_plan")
NoResamples = Literal[  # why links were not resampled
    "", "not_asked", "structure_off", "all_modelled", "too_large", "not_countable"
]


@dataclass(frozen=True, slots=True, eq=False)
class Siting(Result):
    """A plan of enclaves, its value on other placements, and what else was found.

    `fresh` are values of the plan on placements that it was not chosen on; `stability` is None
    where links are not resampled, for the reason in `no_resamples`.
    """

    candidates: Candidates
    plan: SitingPlan
    fresh: pd.Series
    stability: pd.DataFrame | None
    no_resamples: NoResamples
    front: ParetoPlans | None

    @property
    def part(self) -> SitingPart:
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

    @property
    def form(self) -> Form:
        """Of rises: relative, or as they are where today's value is 0."""
        return "change" if self.plan.baseline else "number"

    def rise(self, value: float) -> float:
        """A value less today's, relative to it unless that is 0."""
        baseline = self.plan.baseline
        change = value - baseline if abs(value - baseline) > self.rounding else 0.0
        return change / abs(baseline) if baseline else change

    @property
    def ties(self) -> list[str]:
        """Candidates that do as much as a chosen one: of its home, or in the plan too."""
        gains, pairs = self.plan.to_frame(), self.candidates.pairs
        alone, in_plan = gains["gain_alone"], gains["gain_in_plan"]
        chosen, tied = list(self.plan.sites), pd.Series(False, pairs.index)
        for site in chosen:
            like = (pairs["home"] == pairs.at[site, "home"]) | (len(chosen) == 1)
            like |= (in_plan - in_plan[site]).abs() <= self.rounding
            tied |= like & ((alone - alone[site]).abs() <= self.rounding)
        return [str(site) for site in pairs.index[tied] if site not in chosen]


OPTIONS, CHECK = SitingPart, candidates_of


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
    why = why if part.resamples else "not_asked"
    fresh = _fresh(context, candidates, objective, plan)
    return Siting(context, candidates, plan, fresh, stability, why, front)


def resample_of(context: Context) -> tuple[Change | None, NoResamples]:
    """How the links of the places are resampled, or why they are not."""
    structure = context.once(structure_of)
    if structure is None:
        return None, "structure_off"
    if structure.modelled:
        return None, "all_modelled"
    if not structure.options.resamples:
        return None, "not_asked"
    if context.cities.n_nodes > MOST_PLACES:
        return None, "too_large"
    if "intervals" in structure.left_out:
        return None, "not_countable"
    if structure.participation is None:
        return ResampledLinks(layers=context.observed(context.cities)), ""
    if structure.network.layers != context.cities.layers:
        return None, "not_countable"  # only some of the layers are made of events
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


def pairs_of(table: pd.DataFrame) -> list[Pair]:
    """Home and host of each row."""
    return [Pair(*ends) for ends in zip(table["home"], table["host"], strict=True)]


def facts(result: Siting) -> Mapping[str, Fact]:
    plan, part, maker = result.plan, result.part, result.candidates.maker
    rule, pairs = result.candidates.rule, result.candidates.pairs
    low, high = (result.rise(float(result.fresh.quantile(q))) for q in (0.025, 0.975))
    return {
        "sites": pairs_of(result.chosen),
        "n": len(pairs),
        "chosen": len(plan.sites),
        "parks": result.drawn,
        "size": part.size,
        "pipeline_share": part.pipeline_share,
        "volume_share": part.volume_share,
        "placements": part.placements,
        "objective": Term(f"objective_{part.objective}"),
        "layer": Layer(maker.layer),
        "layer_modelled": maker.layer in result.context.modelled,
        "modelled": [Layer(layer) for layer in result.modelled_layers],
        "form": result.form,
        "gain": result.rise(float(result.fresh.mean())),
        "gain_low": low,
        "gain_high": high,
        "fresh": len(result.fresh),
        "helps": bool(plan.sites) and result.helps,
        "alone": int((plan.to_frame()["gain_alone"] > result.rounding).sum()),
        "bounded": not np.isnan(plan.bound),
        "bound": result.rise(plan.bound) if not np.isnan(plan.bound) else 0.0,
        "best_possible": plan.gap == 0,
        "random": len(plan.placebo),
        "as_good": round(result.random_share * len(plan.placebo)) if len(plan.placebo) else 0,
        "beats_chance": bool(len(plan.placebo)) and result.random_share < 0.05,
        "ties": pairs_of(pairs.loc[result.ties]),
        "priced_sites": not np.isnan(plan.cost),
        "cost": plan.cost,
        "budget": part.budget or 0.0,
        "homes_rule": rule.how,
        "homes_by": rule.by or "",
        "no_gdp": isinstance(rule.by, Term) and rule.by == "harmonic_centrality",
        "n_homes": pairs["home"].nunique(),
        "eligible": rule.eligible,
        "hosts_named": result.candidates.tied is None,
        "strongest": [Place(host) for host in pairs["host"].unique()],
        "hosts_tied": result.candidates.tied or 0,
        "dense": maker.dense,
        "blind": maker.dense and maker.distance == "unit",
        **_resampled(result),
        **_front(result),
    }


def _resampled(result: Siting) -> dict[str, Fact]:
    """How often resamples choose the sites, and whether data settle the choice."""
    table, chosen = result.stability, list(result.plan.sites)
    times = 0 if table is None or not len(table) else int(table["resamples"].iloc[0])
    shares = table["share"] if table is not None and times else pd.Series(0.0, chosen)
    return {
        "no_resamples": result.no_resamples,
        "resamples": times,
        "share_low": float(shares[chosen].min()) if chosen else 0.0,
        "share_high": float(shares[chosen].max()) if chosen else 0.0,
        "often": int((shares.drop(chosen) >= 0.5).sum()),
        "settled": bool(chosen) and float(shares[chosen].mean()) >= 0.5,
    }


def _front(result: Siting) -> dict[str, Fact]:
    """Plans between two objectives; `other`: the only one, where it is not the plan."""
    front, other = result.front, list[Pair]()
    if front is None:
        return {"front": 0, "front_exact": False, "against": "", "other": other}
    sites = list(front.plans["sites"].iloc[0]) if len(front.plans) == 1 else []
    if sites and set(sites) != set(result.plan.sites):
        other = pairs_of(result.candidates.pairs.loc[sites])
    against = Term(f"objective_{result.part.against}")
    known: dict[str, Fact] = {"front": len(front.plans), "front_exact": front.exact}
    return known | {"against": against, "other": other}


def key_figures(result: Siting) -> Iterator[KeyFigure]:
    known = facts(result)
    if not known["helps"]:
        return
    ends: dict[str, Any] = {"low": known["gain_low"], "high": known["gain_high"]}
    ends = ends if len(result.fresh) > 1 else {}
    yield KeyFigure("gain", known["gain"], **ends, form=result.form)
    if known["random"]:
        yield KeyFigure("as_good", known["as_good"], of=len(result.plan.placebo))


def draw(result: Siting) -> Iterator[Picture]:
    if not result.plan.sites or not result.helps:
        return
    places, pairs = result.context.cities.places, result.candidates.pairs
    at = places[["lon", "lat"]].reindex(pd.unique(pairs.to_numpy().ravel())).dropna()
    on_map = set(pd.unique(result.chosen.to_numpy().ravel())) <= set(at.index)
    if on_map:
        yield Picture("siting", partial(_map, result, at), on_page=True)
    yield Picture("siting_values", partial(_values, result), on_page=not on_map)
    if result.front is not None and len(result.front.plans) > 1:
        yield Picture("siting_pareto", partial(_pareto, result))


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


def _values(result: Siting) -> Figure:
    figure = new_figure(width=SINGLE, height=75)
    label = _label(result.part.objective)
    plot_plan_value(result.plan, fresh=result.fresh, label=label, ax=figure.add_subplot())
    return figure


def _pareto(result: Siting) -> Figure:
    assert result.front is not None
    figure = new_figure(width=SINGLE, height=75)
    labels = {each: _label(str(each)) for each in result.front.baseline.index}
    plot_pareto(result.front, plan=result.plan.sites, labels=labels, ax=figure.add_subplot())
    return figure


def _label(objective: str) -> str:
    return words("en", "terms")[f"objective_{objective}"]


def tables(result: Siting) -> Iterator[Table]:
    plan, maker, modelled = result.plan, result.candidates.maker, result.modelled_layers
    table, names = plan.to_frame(), result.candidates.pairs.map(result.names.__getitem__)
    scale = 100 / abs(plan.baseline) if plan.baseline else 1.0
    every = table[[]].rename_axis("site").join(names).join(table[["chosen", "order"]])
    every = every.assign(**{gain: scale * table[gain] for gain in GAINS})
    if result.stability is not None:
        every["share_of_resamples"] = result.stability["share"]
    if table["cost"].notna().all():
        every["cost"] = table["cost"]
    chosen = every[every["chosen"]].sort_values("order", kind="stable").drop(columns="chosen")
    view = chosen.drop(columns="order").assign(**result.chosen)
    view = view.assign(**{gain: chosen[gain] / (100 if plan.baseline else 1) for gain in GAINS})
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
    yield Table("siting_values", pd.concat([plan.placebo, result.fresh], axis=1))
    if result.front is not None:
        front, called = result.front.to_frame(), names["home"] + " at " + names["host"]
        front["sites"] = ["; ".join(called[list(sites)]) for sites in front["sites"]]
        yield Table("siting_pareto", with_modelled(front, modelled), modelled=modelled)
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
    yield Table("siting", frame)

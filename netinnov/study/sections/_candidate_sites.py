"""The enclaves that a plan can choose from: homes, hosts, what would be built, and settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Annotated, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from netinnov._paths import path_costs
from netinnov._typing import Distance
from netinnov.centrality import harmonic_centrality, strength
from netinnov.connectivity import Frictions
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.planning._objectives import Objective, access_objective
from netinnov.planning._site_enclaves import limit_of_plans
from netinnov.scenarios import NewLinks, Prices, ReverseEnclave, Scenario
from netinnov.scenarios._pair_draws import layer_with_pairs, least_weight
from netinnov.study._context import Context
from netinnov.study._measures import DENSE, linked_share
from netinnov.study._places import check_column
from netinnov.study._section import Part
from netinnov.study._words import as_much, counted, has, joined, name, percent
from netinnov.study.sections._enclave_choice import PricesPart, check_linked, choose, layer_for

USUAL = 5  # enclaves of a plan, where nothing says how many
SitingObjective = Literal["efficiency", "home_access", "worst_access", "equity", "effective_number"]
Form = Literal["enclave", "link"]


class SitingPart(Part, part="siting", optional=True):
    example: ClassVar[str] = """\
[siting]                      # planning: which enclaves to build next, and whether they are better
                              # than others drawn at random
# k = 5                       # how many; left out, and without a budget: 5, or all if fewer
# budget = 80.0               # or what they may cost together, at the prices below
objective = "efficiency"      # what they should raise: "efficiency", "home_access" (of the homes),
                              # "worst_access" (of the place with least), "equity" (1 - Gini of
                              # access) or "effective_number" (of places, by strength)
against = "equity"            # a second objective, for plans between the two; "none": only one
# homes = ["quzhou"]          # whose enclaves; left out: places below the median of `below`
# below = "gdp_per_head"      # column of the places; left out: gdp_per_head, or gdp / population,
                              # where the places have them, else access in the network
# hosts = ["shanghai"]        # where; left out: the strongest of the other places
most_homes = 20               # homes at most, those with the least first
most_hosts = 3                # default 5; hosts at most, the strongest first
# form = "enclave"            # "enclave": a park at the host, with links of the median weight;
                              # "link": weight between home and host; left out: enclaves, but
                              # links where half of the pairs of places are linked already
size = 4                      # links of an enclave
pipeline_share = 0.25         # share of them that lead home
volume_share = 0.1            # weight of a direct link, as a share of home's strength
# layer = "gravity_modelled"  # where links are placed; left out: layer of most links
method = "exchange"           # "greedy", or followed by swaps ("exchange")
placements = 5                # random placements of each enclave, over which a plan is valued
placebos = 200                # plans drawn at random, to compare with
resamples = 20                # of the links: how often each site is chosen then; 0: none

[siting.prices]               # left out: those of the experiment
park = 10.0                   # of a park, whatever its size
link = 1.0                    # of a link inside home or inside host
pipeline_km = 0.01            # of each kilometre of any other link
"""

    k: Annotated[int, Field(ge=1)] | None = None
    budget: Annotated[float, Field(gt=0)] | None = None
    objective: SitingObjective = "efficiency"
    against: SitingObjective | Literal["none"] = "equity"
    homes: list[str] = Field(default_factory=list)
    below: str | None = None
    hosts: list[str] = Field(default_factory=list)
    most_homes: Annotated[int, Field(ge=1)] = 20
    most_hosts: Annotated[int, Field(ge=1)] = 5
    form: Form | None = None
    size: Annotated[int, Field(ge=1)] = 4
    pipeline_share: Annotated[float, Field(ge=0, le=1)] = 0.25
    volume_share: Annotated[float, Field(gt=0)] = 0.1
    layer: str | None = None
    method: Literal["greedy", "exchange"] = "exchange"
    placements: Annotated[int, Field(ge=1)] = 5
    placebos: Annotated[int, Field(ge=0)] = 200
    resamples: Annotated[int, Field(ge=0)] = 20
    prices: PricesPart | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> SitingPart:
        if self.k is not None and self.budget is not None:
            raise ValueError("give k (how many) or budget (what they may cost), not both")
        if self.against == self.objective:
            msg = f'against must be another objective than {self.objective!r}, or "none"'
            raise ValueError(msg)
        if self.homes and self.below is not None:
            raise ValueError("give homes, or the column that they lie below the median of")
        return self


@dataclass(frozen=True, slots=True, eq=False)
class Maker:
    part: SitingPart
    network: MultilayerNetwork
    form: Form
    layer: str
    distance: Distance
    frictions: Frictions
    dense: bool

    def scenario(self, home: str, host: str) -> Scenario:
        part, layer = self.part, self.layer
        if self.form == "enclave":
            share = part.pipeline_share
            return ReverseEnclave(home, host, part.size, share, funding="new", layer=layer)
        pairs = [(home, host), (host, home)][: 2 if layer in self.network.directed else 1]
        own = float(strength(self.network)[layer][home])
        linked = layer_with_pairs(self.network, layer)[1]
        weight = part.volume_share * own if own > 0 else float(np.median(linked.weight))
        least = least_weight(self.network, layer, linked)
        return NewLinks(pairs, weight=max(weight / len(pairs), least), layer=layer)

    def objective(self, called: SitingObjective, homes: Sequence[str]) -> Objective:
        if called == "effective_number":
            return called
        places = self.network.storage.nodes.index
        parks = {
            home: ReverseEnclave(home, places[places != home][0], 1, 1.0, funding="new")
            for home in homes
        }
        costs = path_costs(self.distance, 0.0, self.frictions)
        return access_objective(called, self.network, parks, costs)


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    part: SitingPart
    maker: Maker
    pairs: pd.DataFrame
    scenarios: dict[str, Scenario]
    k: int | None
    budget: float | None
    prices: Prices | None
    notes: tuple[str, ...]


def maker_of(part: SitingPart, context: Context, network: MultilayerNetwork) -> Maker:
    layer, options = layer_for(network, part.layer), context.measures
    layer_with_pairs(network, layer)
    share, differ = linked_share(network)
    dense = share >= DENSE and differ
    form: Form = part.form or ("link" if dense else "enclave")
    distance: Distance = options.distance or "unit"
    return Maker(part, network, form, layer, distance, options.frictions, dense)


def candidates_of(context: Context) -> Candidates:
    part, cities = context.settings(SitingPart), context.cities
    check_linked(context, "siting")
    maker = maker_of(part, context, cities)
    homes, why = _homes(part, context, maker)
    hosts, where = _hosts(part, context, homes)
    pairs = [(home, host) for home, host in product(homes, hosts) if home != host]
    if not pairs:
        raise InputError(
            "[siting] finds no pair of a home and another place as host; name siting.homes and "
            "siting.hosts, two different places of the report."
        )
    sites = pd.Index([f"{home}@{host}" for home, host in pairs], dtype="str", name="site")
    table = pd.DataFrame(pairs, sites, ["home", "host"], dtype="str")
    scenarios = {site: maker.scenario(*pair) for site, pair in zip(sites, pairs, strict=True)}
    try:
        scenarios[sites[0]](cities, np.random.default_rng(context.seed))
    except InputError as error:
        error.add_note(f"In the candidate {sites[0]!r} of [siting].")
        raise
    own = part.prices
    if own is None and (experiment := context.once(choose)) is not None:
        own = experiment.part.prices
    prices = None if own is None else Prices(**own.model_dump())
    if part.k is not None and part.k > len(scenarios):
        raise InputError(
            f"siting.k must be at most the number of candidates, {len(scenarios):,}; found "
            f"{part.k}. Choose fewer, or more homes and hosts."
        )
    if part.budget is not None and prices is None:
        raise InputError("siting.budget needs prices: give [siting.prices].")
    k = None if part.budget is not None else part.k or min(USUAL, len(scenarios))
    try:
        limit_of_plans(cities, scenarios, k, part.budget, prices)
    except InputError as error:
        raise InputError(f"[siting] no plan can be paid for: {error}") from None
    notes = (why, where, *_of_form(maker, part))
    return Candidates(part, maker, table, scenarios, k, part.budget, prices, notes)


def _named(context: Context, setting: str, places: list[str]) -> tuple[list[str], str]:
    for place in places:
        context.check_place(f"each of siting.{setting}", place)
    places = list(dict.fromkeys(places))
    return places, f"The {setting} are named in [siting]: {len(places):,}."


def _homes(part: SitingPart, context: Context, maker: Maker) -> tuple[list[str], str]:
    places = list(context.cities.storage.nodes.index)
    if part.homes:
        return _named(context, "homes", part.homes)
    values, called, more = _wealth(part, context, maker)
    known = values.dropna()
    if known.nunique() < 2:
        raise InputError(
            f"[siting] takes as homes the places below the median of {called}, and there are none: "
            "no two places have different values. Name the homes with siting.homes."
        )
    # In a tie half of the places or more may have the least, which then is the median.
    below = known[(known < known.median()) | (known == known.min())].sort_values(kind="stable")
    chosen = [place for place in places if place in set(below.index[: part.most_homes])]
    tied = known.min() == known.median()
    text = f"Homes are the places {'with the least' if tied else 'below the median of'} {called}"
    count = f": {len(chosen):,} of {len(places):,}"
    if len(chosen) < len(below):
        n, of_all = f"{len(chosen):,}", f"of {len(below):,}"
        count = f", the first {n} {of_all}" if tied else f", the {n} with the least {of_all}"
    return chosen, f"{text}{count}.{more}"


def _wealth(part: SitingPart, context: Context, maker: Maker) -> tuple[pd.Series, str, str]:
    cities, places = context.cities, context.cities.storage.places

    def numbers(column: str) -> pd.Series:
        values = pd.to_numeric(places[column], errors="coerce").reindex(
            cities.storage.nodes["place"]
        )
        if not values.notna().any():
            msg = f"[siting] finds no number in the column {column!r} of the places; name the "
            raise InputError(f"{msg}homes with siting.homes, or another column with siting.below.")
        return values.set_axis(cities.storage.nodes.index).astype("float64")

    if part.below is not None:
        check_column("siting.below", part.below, places.columns)
        return numbers(part.below), part.below, ""
    if "gdp_per_head" in places:
        return numbers("gdp_per_head"), "GDP per head", ""
    if {"gdp", "population"} <= {*places.columns}:
        gdp, people = numbers("gdp"), numbers("population")
        return gdp / people.where(people > 0), "GDP per head", ""
    access = harmonic_centrality(cities, distance=maker.distance, frictions=maker.frictions)
    more = " The places have no GDP per head (a column gdp_per_head, or gdp and population)."
    return access, "access (harmonic closeness)", more


def _hosts(part: SitingPart, context: Context, homes: Sequence[str]) -> tuple[list[str], str]:
    if part.hosts:
        return _named(context, "hosts", part.hosts)
    totals = strength(context.cities).sum(axis=1)
    others = totals[~totals.index.isin(homes) & (totals > 0)]
    ranked = others.sort_values(ascending=False, kind="stable")
    strongest = ranked.index[: part.most_hosts]
    called = joined([name(context.names[place]) for place in strongest]) or "none"
    text = f"Hosts are the {len(strongest)} other places with most strength: {called}."
    if len(strongest) < 2:
        text = f"The only host is {called}."
    if more := as_much(ranked, ranked.head(part.most_hosts)) if len(ranked) else 0:
        text += f" {counted(more, 'other place')} {has(more)} as much as the last of them."
    return list(strongest), text


def _of_form(maker: Maker, part: SitingPart) -> list[str]:
    text = f"A candidate is a direct link of home and host with {percent(part.volume_share)} of "
    notes = [f"{text}home's strength in {maker.layer}."]
    if maker.form == "enclave":
        text = f"A candidate is an enclave with {counted(part.size, 'new link')} of the "
        text += f"median weight, {percent(part.pipeline_share)} of them to home, whose ends are "
        notes = [f"{text}drawn in {counted(part.placements, 'placement')}."]
    elif maker.dense:
        text = "Half of the pairs of places or more are linked already, so that a park makes "
        notes.append(f"{text}hardly any path shorter: what is built is weight between the two.")
    if maker.dense and maker.distance == "unit":
        text = 'With [measures] distance = "unit" access counts links, whatever their weight: in '
        notes.append(f'{text}such a network distance = "inverse" sees what is built.')
    return notes

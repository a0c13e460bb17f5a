"""The enclaves that a plan can choose from: homes, hosts, what would be built, and settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Annotated, ClassVar, Literal, NamedTuple

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
from netinnov.scenarios._open_size import movable_layer
from netinnov.scenarios._pair_draws import layer_with_pairs, least_weight
from netinnov.study._context import Context
from netinnov.study._measures import DENSE, linked_share
from netinnov.study._places import check_column
from netinnov.study._section import Name, Part, Term
from netinnov.study._words import as_much
from netinnov.study.sections._enclave_choice import PricesPart, check_linked

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

[siting.prices]               # left out: a plan has as many sites, whatever they cost
park = 10.0                   # an assumption, in any unit of money: of a park, whatever its size
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


class Rule(NamedTuple):
    """How homes were chosen, of which `eligible` come into question."""

    how: Literal["named", "below", "least"]  # below the median, or in a tie with the least
    by: Term | Name | None = None
    eligible: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """`tied`: other places as strong as the last host; None: hosts are named."""

    part: SitingPart
    maker: Maker
    pairs: pd.DataFrame
    scenarios: dict[str, Scenario]
    k: int | None
    budget: float | None
    prices: Prices | None
    rule: Rule
    tied: int | None


def maker_of(part: SitingPart, context: Context, network: MultilayerNetwork) -> Maker:
    layer, options = movable_layer(network, part.layer), context.measures
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
    homes, rule = _homes(part, context, maker)
    hosts, tied = _hosts(part, context, homes)
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
    prices = None if part.prices is None else Prices(**part.prices.model_dump())
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
    return Candidates(part, maker, table, scenarios, k, part.budget, prices, rule, tied)


def _named(context: Context, setting: str, places: list[str]) -> list[str]:
    for place in places:
        context.check_place(f"each of siting.{setting}", place)
    return list(dict.fromkeys(places))


def _homes(part: SitingPart, context: Context, maker: Maker) -> tuple[list[str], Rule]:
    places = list(context.cities.storage.nodes.index)
    if part.homes:
        return _named(context, "homes", part.homes), Rule("named")
    values, by = _wealth(part, context, maker)
    known = values.dropna()
    if known.nunique() < 2:
        called = {"gdp_per_head": "GDP per head", "harmonic_centrality": "access"}.get(by, by)
        raise InputError(
            f"[siting] takes as homes the places below the median of {called}, and there are none: "
            "no two places have different values. Name the homes with siting.homes."
        )
    # In a tie half of the places or more may have the least, which then is the median.
    below = known[(known < known.median()) | (known == known.min())].sort_values(kind="stable")
    chosen = [place for place in places if place in set(below.index[: part.most_homes])]
    return chosen, Rule("least" if known.min() == known.median() else "below", by, len(below))


def _wealth(part: SitingPart, context: Context, maker: Maker) -> tuple[pd.Series, Term | Name]:
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
        return numbers(part.below), Name(part.below)
    if "gdp_per_head" in places:
        return numbers("gdp_per_head"), Term("gdp_per_head")
    if {"gdp", "population"} <= {*places.columns}:
        gdp, people = numbers("gdp"), numbers("population")
        return gdp / people.where(people > 0), Term("gdp_per_head")
    access = harmonic_centrality(cities, distance=maker.distance, frictions=maker.frictions)
    return access, Term("harmonic_centrality")


def _hosts(
    part: SitingPart, context: Context, homes: Sequence[str]
) -> tuple[list[str], int | None]:
    if part.hosts:
        return _named(context, "hosts", part.hosts), None
    totals = strength(context.cities).sum(axis=1)
    others = totals[~totals.index.isin(homes) & (totals > 0)]
    ranked = others.sort_values(ascending=False, kind="stable")
    tied = as_much(ranked, ranked.head(part.most_hosts)) if len(ranked) else 0
    return list(ranked.index[: part.most_hosts]), tied

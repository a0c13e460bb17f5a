"""The enclaves that a plan can choose from: homes, hosts, what would be built, and settings."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from typing import Annotated, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from netinnov.centrality import harmonic_centrality, strength
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.planning._site_enclaves import limit_of_plans
from netinnov.scenarios import NewLinks, Prices, ReverseEnclave, Scenario
from netinnov.scenarios._open_size import movable_layer
from netinnov.scenarios._pair_draws import layer_with_pairs, least_weight
from netinnov.scenarios._prices import cost_of
from netinnov.study._context import Context
from netinnov.study._measures import DENSE, linked_share
from netinnov.study._section import Pair, Part, Term
from netinnov.study._words import as_much
from netinnov.study.sections._enclave_choice import PricesPart, check_linked

USUAL = 5  # enclaves of a plan, where nothing says how many
MOST_HOMES = 20
PLACEMENTS = 5  # random ones of each park, over which a plan is valued
VOLUME_SHARE = 0.1  # weight of a direct link, as a share of home's strength


class SitingPart(Part, part="siting", optional=True):
    example: ClassVar[str] = """\
[siting]                      # planning: which enclaves to build next, and whether they are better
                              # than others drawn at random; direct links instead, of a tenth of
                              # home's strength, where half of the pairs of places are linked
# k = 5                       # how many; left out, and without a budget: 5, or all if fewer
# budget = 80.0               # or what they may cost together, at the prices below
objective = "efficiency"      # what they should raise: "efficiency", "home_access" (of the homes),
                              # "worst_access" (of the place with least), "equity" (1 - Gini of
                              # access) or "effective_number" (of places, by strength)
# homes = ["quzhou"]          # whose enclaves; left out: at most 20 places below the median of GDP
                              # per head (gdp_per_head, or gdp and population, of the places), or
                              # else of access in the network
# hosts = ["shanghai"]        # where; left out: the strongest of the other places
most_hosts = 3                # default 5; so many of them
size = 4                      # links of an enclave
pipeline_share = 0.25         # share of them that lead home
# layer = "gravity_modelled"  # where links are placed; left out: layer of most links
resamples = 20                # of the links: how often each site is chosen then; 0: none

[siting.prices]               # left out: a plan has as many sites, whatever they cost
park = 10.0                   # an assumption, in any unit of money: of a park, whatever its size
link = 1.0                    # of a link inside home or inside host
pipeline_km = 0.01            # of each kilometre of any other link
"""

    k: Annotated[int, Field(ge=1)] | None = None
    budget: Annotated[float, Field(gt=0)] | None = None
    objective: Literal[
        "efficiency", "home_access", "worst_access", "equity", "effective_number"
    ] = "efficiency"
    homes: list[str] = Field(default_factory=list)
    hosts: list[str] = Field(default_factory=list)
    most_hosts: Annotated[int, Field(ge=1)] = 5
    size: Annotated[int, Field(ge=1)] = 4
    pipeline_share: Annotated[float, Field(ge=0, le=1)] = 0.25
    layer: str | None = None
    resamples: Annotated[int, Field(ge=0)] = 20
    prices: PricesPart | None = None

    @model_validator(mode="after")
    def _has_one_limit(self) -> SitingPart:
        if self.k is not None and self.budget is not None:
            raise ValueError("give k (how many) or budget (what they may cost), not both")
        return self


@dataclass(frozen=True, slots=True, eq=False)
class Maker:
    """What is built: parks, or direct links where a park would hardly shorten a path."""

    part: SitingPart
    network: MultilayerNetwork
    layer: str
    parks: bool

    @property
    def placements(self) -> int:
        return PLACEMENTS if self.parks else 1

    def scenario(self, home: str, host: str) -> Scenario:
        part, layer = self.part, self.layer
        if self.parks:
            share = part.pipeline_share
            return ReverseEnclave(home, host, part.size, share, funding="new", layer=layer)
        pairs = [(home, host), (host, home)][: 2 if layer in self.network.directed else 1]
        own = float(strength(self.network)[layer][home])
        linked = layer_with_pairs(self.network, layer)[1]
        weight = VOLUME_SHARE * own if own > 0 else float(np.median(linked.weight))
        least = least_weight(self.network, layer, linked)
        return NewLinks(pairs, weight=max(weight / len(pairs), least), layer=layer)


def maker_of(part: SitingPart, network: MultilayerNetwork, layer: str | None) -> Maker:
    layer = movable_layer(network, layer)
    layer_with_pairs(network, layer)
    share, differ = linked_share(network)
    return Maker(part, network, layer, parks=share < DENSE or not differ)


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    part: SitingPart
    maker: Maker
    pairs: pd.DataFrame
    scenarios: dict[str, Scenario]
    k: int | None
    prices: Prices | None
    homes_by: Term | None  # None: homes are named
    tied: int  # other places as strong as the last host
    unpriced: int  # candidates left out, as places have no coordinates


def candidates_of(context: Context) -> Candidates:
    part, cities = context.settings(SitingPart), context.cities
    check_linked(context, "siting")
    maker = maker_of(part, cities, part.layer)
    for setting, places in (("homes", part.homes), ("hosts", part.hosts)):
        for place in places:
            context.check_place(f"each of siting.{setting}", place)
    homes, by = (part.homes, None) if part.homes else _homes(context)
    hosts, tied = (part.hosts, 0) if part.hosts else _hosts(context, part.most_hosts, homes)
    pairs = [(home, host) for home, host in dict.fromkeys(product(homes, hosts)) if home != host]
    if not pairs:
        raise InputError(
            "[siting] finds no pair of a home and another place as host; name siting.homes and "
            "siting.hosts, two different places of the report."
        )
    sites = pd.Index([f"{home}@{host}" for home, host in pairs], dtype="str", name="site")
    table = pd.DataFrame(pairs, sites, ["home", "host"], dtype="str")
    scenarios = {site: maker.scenario(*pair) for site, pair in zip(sites, pairs, strict=True)}
    prices = None if part.prices is None else Prices(**part.prices.model_dump())
    if prices is not None and (priced := _priced(cities, scenarios, prices)):
        table, scenarios = table.loc[priced], {site: scenarios[site] for site in priced}
    k = None if part.budget is not None else part.k or min(USUAL, len(scenarios))
    try:
        scenarios[table.index[0]](cities, np.random.default_rng(context.seed))
        limit_of_plans(cities, scenarios, k, part.budget, prices)
    except InputError as error:
        raise InputError(f"[siting] cannot plan sites such as {table.index[0]}: {error}") from None
    unpriced = len(pairs) - len(table)
    return Candidates(part, maker, table, scenarios, k, prices, by, tied, unpriced)


def _priced(
    network: MultilayerNetwork, scenarios: dict[str, Scenario], prices: Prices
) -> list[str]:
    """Sites whose cost is known; others lead to places without coordinates."""
    priced = []
    for site, scenario in scenarios.items():
        with suppress(InputError):
            cost_of(scenario, prices, network)
            priced.append(site)
    return priced


def pairs_of(table: pd.DataFrame) -> list[Pair]:
    return [Pair(*ends) for ends in zip(table["home"], table["host"], strict=True)]


def _homes(context: Context) -> tuple[list[str], Term]:
    """Places below the median of GDP per head, or of access; in a tie those with the least."""
    nodes, places = context.cities.storage.nodes, context.cities.storage.places
    columns = places.reindex(columns=["gdp_per_head", "gdp", "population"])
    numbers = columns.apply(pd.to_numeric, errors="coerce").reindex(nodes["place"])
    numbers = numbers.set_axis(nodes.index).astype("float64")
    by, values = Term("gdp_per_head"), numbers["gdp_per_head"].dropna()
    if values.empty:
        people = numbers["population"]
        values = (numbers["gdp"] / people.where(people > 0)).dropna()
    if values.empty:
        by = Term("harmonic_centrality")
        values = harmonic_centrality(context.cities, **context.measures.paths).dropna()
    if values.nunique() < 2:
        raise InputError(
            "[siting] takes as homes the places below the median of GDP per head or access, and "
            "no two places have different values. Name the homes with siting.homes."
        )
    below = values[(values < values.median()) | (values == values.min())]
    least = set(below.sort_values(kind="stable").index[:MOST_HOMES])
    return [place for place in nodes.index if place in least], by


def _hosts(context: Context, most: int, homes: Sequence[str]) -> tuple[list[str], int]:
    totals = strength(context.cities).sum(axis=1)
    others = totals[~totals.index.isin(homes) & (totals > 0)]
    ranked = others.sort_values(ascending=False, kind="stable")
    return list(ranked.index[:most]), as_much(ranked, ranked.head(most)) if len(ranked) else 0

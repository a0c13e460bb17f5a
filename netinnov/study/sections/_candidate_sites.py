"""The enclaves that a plan can choose from: homes, hosts, and what would be built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from netinnov._paths import path_costs
from netinnov._typing import Distance
from netinnov.centrality import harmonic_centrality, strength
from netinnov.connectivity import Frictions
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.planning._objectives import Objective, access_objective
from netinnov.planning._site_enclaves import limit_of_plans
from netinnov.scenarios import NewLinks, Prices, ReverseEnclave, Scenario
from netinnov.scenarios._pair_draws import layer_with_pairs
from netinnov.study._context import Context
from netinnov.study._measures import DENSE, linked_share
from netinnov.study._places import check_column
from netinnov.study._words import counted, joined, name, percent, phrase
from netinnov.study.sections._enclave_choice import choose, layer_for
from netinnov.study.sections._siting_part import Form, SitingObjective, SitingPart

USUAL = 5
"""Enclaves of a plan, where nothing says how many."""


@dataclass(frozen=True, slots=True, eq=False)
class Maker:
    """Makes candidates in a network of places."""

    part: SitingPart
    network: MultilayerNetwork
    form: Form
    layer: str
    distance: Distance
    frictions: Frictions
    dense: bool

    def scenario(self, home: str, host: str) -> Scenario:
        """The enclave, or the link, of a home and a host."""
        part = self.part
        if self.form == "enclave":
            return ReverseEnclave(
                home, host, part.size, part.pipeline_share, funding="new", layer=self.layer
            )
        ways = [(home, host), (host, home)]
        pairs = ways if self.layer in self.network.directed else ways[:1]
        own = float(strength(self.network)[self.layer][home])
        usual = float(np.median(layer_with_pairs(self.network, self.layer)[1].weight))
        weight = part.volume_share * own if own > 0 else usual
        return NewLinks(pairs, weight=weight / len(pairs), layer=self.layer)

    def objective(self, called: SitingObjective, homes: Sequence[str]) -> Objective:
        """What plans should raise, with the lengths and frictions of the study."""
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
    """What can be built (`scenarios`, of the `pairs` of home and host), and the limit of a plan."""

    part: SitingPart
    maker: Maker
    pairs: pd.DataFrame
    scenarios: dict[str, Scenario]
    k: int | None
    budget: float | None
    prices: Prices | None
    notes: tuple[str, ...]

    @property
    def limit(self) -> dict[str, Any]:
        """Arguments of every search."""
        limits = {"k": self.k, "budget": self.budget, "prices": self.prices}
        return {"candidates": self.scenarios, **limits}


def maker_of(part: SitingPart, context: Context, network: MultilayerNetwork) -> Maker:
    """Settle what is built, where, and how long links are."""
    layer = layer_for(network, part.layer)
    layer_with_pairs(network, layer)
    share, differ = linked_share(network)
    dense = share >= DENSE and differ
    form: Form = part.form or ("link" if dense else "enclave")
    options = context.measures
    distance: Distance = options.distance or "unit"
    return Maker(part, network, form, layer, distance, options.frictions, dense)


def candidates_of(context: Context) -> Candidates:
    """Homes, hosts and the enclaves between them; refuses what cannot be planned."""
    part = context.options(SitingPart) or SitingPart()
    cities = context.cities
    if not cities.layers or not cities.n_links:
        raise InputError("[siting] needs links between places; there are none. Leave it out.")
    maker = maker_of(part, context, cities)
    homes, why = _homes(part, context, maker)
    hosts, where = _hosts(part, context, homes)
    pairs = [(home, host) for home, host in product(homes, hosts) if home != host]
    if not pairs:
        raise InputError(
            "[siting] finds no pair of a home and another place as host; name siting.homes and "
            "siting.hosts, two different places of the report."
        )
    table = pd.DataFrame(pairs, columns=["home", "host"], dtype="str")
    table.index = pd.Index([f"{home}@{host}" for home, host in pairs], dtype="str", name="site")
    scenarios = {site: maker.scenario(*pair) for site, pair in zip(table.index, pairs, strict=True)}
    for site, scenario in list(scenarios.items())[:1]:
        try:
            scenario(cities, np.random.default_rng(context.seed))
        except InputError as error:
            error.add_note(f"In the candidate {site!r} of [siting].")
            raise
    prices = prices_of(part, context)
    k, budget = _limit(part, cities, scenarios, prices)
    notes = (why, where, *_of_form(maker, part))
    return Candidates(part, maker, table, scenarios, k, budget, prices, notes)


def prices_of(part: SitingPart, context: Context) -> Prices | None:
    """Prices of the part, or those of the experiment."""
    prices = part.prices
    if prices is None:
        experiment = context.once(choose)
        prices = None if experiment is None else experiment.part.prices  # type: ignore[assignment]
    return None if prices is None else Prices(**prices.model_dump())


def _limit(
    part: SitingPart,
    cities: MultilayerNetwork,
    scenarios: dict[str, Scenario],
    prices: Prices | None,
) -> tuple[int | None, float | None]:
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
    return k, part.budget


def _homes(part: SitingPart, context: Context, maker: Maker) -> tuple[list[str], str]:
    """The homes, and a sentence on who they are."""
    places = list(context.cities.storage.nodes.index)
    if part.homes:
        for home in part.homes:
            context.check_place("each of siting.homes", home)
        homes = list(dict.fromkeys(part.homes))
        return homes, f"The homes are named in [siting]: {len(homes):,}."
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
    text = f"Homes are the places below the median of {called}"
    if len(chosen) < len(below):
        text += f", the {len(chosen):,} with the least of {len(below):,}"
    else:
        text += f": {len(chosen):,} of {len(places):,}"
    return chosen, f"{text}.{more}"


def _wealth(part: SitingPart, context: Context, maker: Maker) -> tuple[pd.Series, str, str]:
    """What homes have little of, its name, and why it is not GDP per head."""
    cities = context.cities
    places = cities.storage.places
    if part.below is not None:
        check_column("siting.below", part.below, places.columns)
        return _numbers(cities, places[part.below]), part.below, ""
    if "gdp_per_head" in places:
        return _numbers(cities, places["gdp_per_head"]), "GDP per head", ""
    if {"gdp", "population"} <= {*places.columns}:
        gdp, people = (_numbers(cities, places[column]) for column in ("gdp", "population"))
        return gdp / people.where(people > 0), "GDP per head", ""
    access = harmonic_centrality(cities, distance=maker.distance, frictions=maker.frictions)
    more = " The places have no GDP per head (a column gdp_per_head, or gdp and population)."
    return access, "access (harmonic closeness)", more


def _numbers(cities: MultilayerNetwork, column: pd.Series) -> pd.Series:
    values = pd.to_numeric(column, errors="coerce").reindex(cities.storage.nodes["place"])
    if not values.notna().any():
        msg = f"[siting] finds no number in the column {column.name!r} of the places; name the "
        raise InputError(f"{msg}homes with siting.homes, or another column with siting.below.")
    return values.set_axis(cities.storage.nodes.index).astype("float64")


def _hosts(part: SitingPart, context: Context, homes: Sequence[str]) -> tuple[list[str], str]:
    """The hosts, and a sentence on who they are."""
    cities = context.cities
    if part.hosts:
        for host in part.hosts:
            context.check_place("each of siting.hosts", host)
        hosts = list(dict.fromkeys(part.hosts))
        return hosts, f"The hosts are named in [siting]: {len(hosts):,}."
    totals = strength(cities).sum(axis=1)
    others = totals[~totals.index.isin(homes) & (totals > 0)]
    strongest = others.sort_values(ascending=False, kind="stable").index[: part.most_hosts]
    called = [name(context.names[place]) for place in strongest]
    if len(called) < 2:
        return list(strongest), phrase("The only host is {}.", joined(called or ["none"]))
    text = "Hosts are the {} other places with most strength: {}."
    return list(strongest), phrase(text, len(called), joined(called))


def _of_form(maker: Maker, part: SitingPart) -> list[str]:
    """What is built, and why it is links where nearly all is linked."""
    notes = []
    if maker.form == "enclave":
        notes.append(
            f"A candidate is a reverse enclave with {counted(part.size, 'new link')} of the median "
            f"weight, {percent(part.pipeline_share)} of them to home, whose ends are drawn in "
            f"{counted(part.placements, 'placement')}."
        )
    else:
        notes.append(
            f"A candidate is a direct link of home and host with {percent(part.volume_share)} of "
            f"home's strength in {maker.layer}."
        )
    if maker.dense and maker.form == "link":
        notes.append(
            "Half of the pairs of places or more are linked already, so that a park makes hardly "
            "any path shorter: what is built is weight between the two."
        )
    if maker.dense and maker.distance == "unit":
        notes.append(
            'With [measures] distance = "unit" access counts links, whatever their weight: in such '
            'a network distance = "inverse" sees what is built.'
        )
    return notes

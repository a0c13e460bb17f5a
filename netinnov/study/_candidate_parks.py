"""Pairs of a home and a host, and what could be built for them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import product
from typing import Annotated, NamedTuple

import numpy as np
import pandas as pd
from pydantic import Field

from netinnov.centrality import harmonic_centrality
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.planning._site_enclaves import limit_of_plans
from netinnov.scenarios import ReverseEnclave, Scenario
from netinnov.scenarios._open_size import movable_layer
from netinnov.study._context import Context
from netinnov.study._experiment import check_linked, measures_of
from netinnov.study._facts import Part
from netinnov.study._language import as_much
from netinnov.study._measures import strength_together

USUAL = 5  # enclaves of a plan, where nothing says how many
MOST_HOMES = 20
MOST_HOSTS = 3
PIPELINE_SHARE = 0.25  # of the links of a park
PLACEMENTS = 5  # random ones of each park, over which a plan is valued


class SitingPart(Part, part="siting", optional=True):
    k: Annotated[int, Field(ge=1)] | None = None
    homes: list[str] = Field(default_factory=list)
    hosts: list[str] = Field(default_factory=list)
    size: Annotated[int, Field(ge=1)] = 4


def parks_in(network: MultilayerNetwork, pairs: pd.DataFrame, size: int) -> dict[str, Scenario]:
    park = partial(ReverseEnclave, funding="new", layer=movable_layer(network, None))
    ends = pairs.itertuples()
    return {site: park(home, host, size, PIPELINE_SHARE) for site, home, host in ends}


class Candidates(NamedTuple):
    pairs: pd.DataFrame
    layer: str
    parks: dict[str, Scenario]
    k: int
    tied: int  # other places as strong as the last host


def candidates_of(context: Context) -> Candidates:
    part = context.settings(SitingPart)
    cities = context.cities
    check_linked(context, "siting")
    context.check_places("siting.homes", part.homes)
    context.check_places("siting.hosts", part.hosts)
    homes = part.homes or _homes(context)
    hosts, tied = (part.hosts, 0) if part.hosts else _hosts(context, homes)
    pairs = [(home, host) for home, host in dict.fromkeys(product(homes, hosts)) if home != host]
    if not pairs:
        raise InputError(
            "[siting] finds no pair of a home and another place as host; name siting.homes and "
            "siting.hosts, two different places of the report."
        )
    sites = pd.Index([f"{home}@{host}" for home, host in pairs], dtype="str", name="site")
    table = pd.DataFrame(pairs, sites, ["home", "host"], dtype="str")
    parks = parks_in(cities, table, part.size)
    k = part.k or min(USUAL, len(pairs))
    try:
        parks[sites[0]](cities, np.random.default_rng(context.seed))
        limit_of_plans(cities, parks, k, None, None)
    except InputError as error:
        raise InputError(f"[siting] cannot plan sites such as {sites[0]}: {error}") from None
    return Candidates(table, movable_layer(cities, None), parks, k, tied)


def _homes(context: Context) -> list[str]:
    """Places below the median of access; in a tie those with the least."""
    access = harmonic_centrality(context.cities, **context.once(measures_of).paths)
    if access.nunique() < 2:
        raise InputError(
            "[siting] takes as homes the places below the median of access, and no two places "
            "have different values. Name the homes with siting.homes."
        )
    below = access[(access < access.median()) | (access == access.min())]
    least = set(below.sort_values(kind="stable").index[:MOST_HOMES])
    return [place for place in access.index if place in least]


def _hosts(context: Context, homes: Sequence[str]) -> tuple[list[str], int]:
    totals = strength_together(context.cities, context.direction)
    others = totals[~totals.index.isin(homes) & (totals > 0)]
    ranked = others.sort_values(ascending=False, kind="stable")
    tied = as_much(ranked, ranked.head(MOST_HOSTS)) if len(ranked) else 0
    return list(ranked.index[:MOST_HOSTS]), tied

"""The network of places: nodes in the places kept, added up at the level of the study."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, NamedTuple

import numpy as np
import pandas as pd
from pydantic import Field

from netinnov._network.columns import as_text
from netinnov._network.hierarchy import only_country, units
from netinnov._runtime.arguments import check_names
from netinnov.build import aggregate
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.study._section import Part


class PlacesPart(Part, part="places"):
    level: Annotated[int, Field(ge=0)] = 0
    keep: dict[str, Annotated[list[str], Field(min_length=1)]] = Field(default_factory=dict)


class PlaceLevel(NamedTuple):
    inside: MultilayerNetwork  # the nodes in the places kept
    cities: MultilayerNetwork  # one node a place
    coverage: pd.DataFrame  # nodes and links that are left after each step


def aggregate_to_places(network: MultilayerNetwork, part: PlacesPart) -> PlaceLevel:
    """Keep the nodes in the places asked for, and add them up to these places."""
    places = network.storage.places
    at = units(network.storage.place_codes, places, part.level)
    if not (at >= 0).any():
        msg = "the report is about places, and no node has one; give the nodes a column `place`."
        raise InputError(msg)
    whole = only_country(at, places)
    below = (at >= 0) & ~whole
    kept = below & _wanted(places, part.keep)[at]
    if not kept.any():
        raise InputError("[places.keep] leaves no place that has nodes; loosen it.")
    inside, left = network, [("as built", network.n_nodes, network.n_links)]
    steps = [("with a place", at >= 0), ("in the places kept", kept)]
    if whole.any():
        steps.insert(1, ("below a country", below))
    for name, stay in steps:
        if not stay.all():
            inside = network.select(nodes=list(network.storage.nodes.index[stay]))
        left.append((name, inside.n_nodes, inside.n_links))
    if network.n_links and not inside.n_links:
        among = " among those of [places.keep]" if part.keep else ""
        msg = f"none of the {network.n_links:,} links joins two nodes that have a place{among}, so "
        raise InputError(f"{msg}there is nothing to report.")
    coverage = pd.DataFrame(left, columns=["part", "nodes", "links"])
    return PlaceLevel(inside, aggregate(inside, by="place", level=part.level), coverage)


def _wanted(places: pd.DataFrame, keep: Mapping[str, list[str]]) -> np.ndarray:
    table = places.reset_index()
    wanted = np.ones(len(table), bool)
    check_names("[places.keep]", list(keep), table.columns.tolist(), of="the columns of the places")
    for column, values in keep.items():
        texts = as_text(table[column])[0]  # a number as a person writes it: 1, not 1.0
        known = texts.dropna().unique().tolist()
        check_names(f"[places.keep] {column}", values, known, of="the places")
        wanted &= texts.isin(values).to_numpy(bool)
    return wanted

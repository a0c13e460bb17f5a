"""The network of places: nodes in the places kept, added up at the level of the study."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Annotated, ClassVar, NamedTuple

import numpy as np
import pandas as pd
from pydantic import Field

from netinnov._arguments import did_you_mean, examples
from netinnov._columns import as_text
from netinnov._hierarchy import only_country, units
from netinnov.build import aggregate
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.study._measures import linked_layers
from netinnov.study._section import Part
from netinnov.study._words import are, counted

SHOWN = 3  # values of a column that a note names


class PlacesPart(Part, part="places"):
    example: ClassVar[str] = """\
[places]
level = 1                     # default 0; steps up in places.parent: 1 brings districts to their
                              # city

[places.keep]                 # only places (at that level) with these values; leave out for all
province = ["Shanghai", "Jiangsu", "Zhejiang", "Anhui"]
level = ["municipality", "prefecture"]
"""

    level: Annotated[int, Field(ge=0)] = 0
    keep: dict[str, Annotated[list[str], Field(min_length=1)]] = Field(default_factory=dict)


class PlaceLevel(NamedTuple):
    inside: MultilayerNetwork
    cities: MultilayerNetwork
    coverage: pd.DataFrame
    notes: tuple[str, ...]


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
    steps = [("with a place", "without a place", at >= 0)]
    if whole.any():
        steps.append(("below a country", "of which only the country is known", below))
    steps.append(("in the places kept", _chosen(part.keep), kept))
    for name, _, stay in steps:
        if not stay.all():
            inside = network.select(nodes=list(network.storage.nodes.index[stay]))
        left.append((name, inside.n_nodes, inside.n_links))
    if network.n_links and not inside.n_links:
        among = " among those of [places.keep]" if part.keep else ""
        msg = f"none of the {network.n_links:,} links joins two nodes that have a place{among}, so "
        raise InputError(f"{msg}there is nothing to report.")
    notes = tuple(
        _left_out(before[1] - after[1], before[2] - after[2], why)
        for (before, after), (_, why, _) in zip(pairwise(left), steps, strict=True)
        if before[1] != after[1]
    )
    coverage = pd.DataFrame(left, columns=["part", "nodes", "links"])
    cities = aggregate(inside, by="place", level=part.level)
    return PlaceLevel(inside, cities, coverage, (*notes, *_not_used(network, cities)))


def check_column(
    setting: str, column: str, columns: Iterable[str], *, of: str = "the places"
) -> None:
    if column not in columns:
        hint = f"{did_you_mean(column, columns)}; there are {', '.join(map(str, columns))}"
        raise InputError(f"{setting} must be a column of {of}; {column!r} is not one{hint}.")


def _not_used(network: MultilayerNetwork, cities: MultilayerNetwork) -> Iterator[str]:
    places = cities.storage.places.reindex(cities.storage.nodes["place"])
    unknown = int(places[["lon", "lat"]].isna().any(axis=1).sum())
    if unknown == cities.n_nodes:
        yield "no place has coordinates, so there are no maps and no distances."
    elif unknown:
        text = (
            f"{unknown:,} of {counted(cities.n_nodes, 'place')} {'has' if unknown == 1 else 'have'}"
        )
        yield f"{text} no coordinates, so that no map shows them and no distance counts them."
    linked = linked_layers(cities)
    if network.layers and (empty := [layer for layer in network.layers if layer not in linked]):
        yield f"no link joins two places in {counted(len(empty), 'layer')}: {examples(empty)}."


def _chosen(keep: Mapping[str, list[str]]) -> str:
    values = "; ".join(
        f"{column}: {', '.join(values[:SHOWN])}"
        + f" and {len(values) - SHOWN:,} more" * (len(values) > SHOWN)
        for column, values in keep.items()
    )
    return f"outside the places chosen ({values})"


def _left_out(nodes: int, links: int, why: str) -> str:
    text = f"{counted(nodes, 'node')} {why}"
    alone = f", {'not' if nodes == 1 else 'none of them'} linked to any other,"
    text += f" and {counted(links, 'linked pair')}" if links else alone
    return f"{text} {are(nodes + links)} left out (tables/coverage.csv)."


def _wanted(places: pd.DataFrame, keep: Mapping[str, list[str]]) -> np.ndarray:
    table = places.reset_index()
    wanted = np.ones(len(table), bool)
    for column, values in keep.items():
        check_column("each key of [places.keep]", column, table.columns)
        texts = as_text(table[column])[0]  # a number as a person writes it: 1, not 1.0
        known = texts.dropna().unique().tolist()
        if unknown := [value for value in values if value not in known]:
            shown = ", ".join(f"{value!r}{did_you_mean(value, known)}" for value in unknown[:5])
            raise InputError(f"[places.keep] no place has {column} = {shown}.")
        wanted &= texts.isin(values).to_numpy(bool)
    return wanted

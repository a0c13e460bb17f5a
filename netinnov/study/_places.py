"""The network of places: nodes in the places kept, added up; and the frame of all maps."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple, cast

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from netinnov._network.columns import as_text
from netinnov._network.hierarchy import only_country, units
from netinnov._runtime.arguments import check_names
from netinnov.build import aggregate
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.plotting._frame import LEAST_SIDE, dense_frame, frame_of
from netinnov.study._section import Part

Frame = tuple[float, float, float, float]


class PlacesPart(Part, part="places"):
    level: Annotated[int, Field(ge=0)] = 0
    keep: dict[str, Annotated[list[str], Field(min_length=1)]] = Field(default_factory=dict)


class PlaceLevel(NamedTuple):
    inside: MultilayerNetwork  # the nodes in the places kept
    cities: MultilayerNetwork  # one node a place
    coverage: pd.DataFrame  # nodes and links that are left after each step


def aggregate_to_places(network: MultilayerNetwork, part: PlacesPart) -> PlaceLevel:
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


class MapsPart(Part, part="maps"):
    basemap: str = "land"
    extent: Annotated[list[float], Field(min_length=4, max_length=4)] | None = None

    @model_validator(mode="after")
    def _is_a_frame(self) -> MapsPart:
        if self.extent is not None:
            west, east, south, north = self.extent
            on_earth = west >= -180 and east <= 360 and south >= -90 and north <= 90
            if not on_earth or min(east - west, north - south) < LEAST_SIDE:
                msg = "extent must be [west, east, south, north] in degrees, west < east and "
                msg += f"south < north, at least {LEAST_SIDE} (about 1 km) apart"
                raise ValueError(f"{msg}; found {self.extent}")
        return self

    def relative_to(self, folder: Path) -> MapsPart:
        if self.basemap in ("land", "none"):
            return self
        return self.model_copy(update={"basemap": str(folder / self.basemap)})

    @property
    def below(self) -> Any:
        return None if self.basemap == "none" else self.basemap

    def frames(self, located: pd.DataFrame) -> tuple[Frame, Frame | None]:
        if self.extent is not None:
            return cast("Frame", tuple(self.extent)), None
        return frame_of(located), dense_frame(located)

    def detail_with(self, located: pd.DataFrame, needed: pd.DataFrame) -> Frame:
        whole, dense = self.frames(located)
        if dense is None:
            return whole
        west, east, south, north = dense
        inside = needed["lon"].between(west, east) & needed["lat"].between(south, north)
        return dense if inside.all() else whole

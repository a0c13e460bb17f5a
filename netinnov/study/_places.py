"""The network of places: nodes in the places kept, added up; and the frame of all maps."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple, cast

import numpy as np
import pandas as pd
from pydantic import Field, field_validator, model_validator

from netinnov._network.columns import as_text
from netinnov._network.hierarchy import only_country, units
from netinnov._network.spelling import near_twins
from netinnov._runtime.arguments import check_names, examples
from netinnov.build import aggregate
from netinnov.errors import InputError
from netinnov.geocoding._name_keys import cities_of
from netinnov.network import MultilayerNetwork
from netinnov.plotting._frame import LEAST_SIDE, dense_frame, frame_of
from netinnov.study._facts import Part

NAMED = 10  # pairs of names that may be of one place
NAMES = ["kind", "name", "name_en", "name_zh"]  # of which joined places have several
Frame = tuple[float, float, float, float]


class PlacesPart(Part, part="places"):
    level: Annotated[int, Field(ge=0)] = 0
    same: dict[str, str] = Field(default_factory=dict)
    keep: dict[str, Annotated[list[str], Field(min_length=1)]] = Field(default_factory=dict)

    @field_validator("same")
    @classmethod
    def _ends_at_once(cls, same: dict[str, str]) -> dict[str, str]:
        if twice := sorted(same.keys() & {*same.values()}):
            raise ValueError(f"a name that is kept cannot be joined itself; found {twice[0]!r}")
        return same


class PlaceLevel(NamedTuple):
    inside: MultilayerNetwork  # the nodes in the places kept
    cities: MultilayerNetwork  # one node a place
    coverage: pd.DataFrame  # nodes and links that are left after each step


def alike(nodes: pd.DataFrame, places: pd.DataFrame) -> list[str]:
    """What is said of names that may be of one place, with the setting that joins them."""
    uses = dict.fromkeys(nodes["jurisdiction"].dropna(), 0)
    uses |= nodes["place"].value_counts().to_dict()
    pairs = near_twins(places, uses, cities_of(places.index))
    same = dict[str, str]()
    for theirs, kept in pairs:
        if len(same) < NAMED and not {theirs, kept} & same.keys() and theirs not in same.values():
            same[theirs] = kept
    line = json.dumps(same, ensure_ascii=False, separators=(", ", " = "))
    line = line.replace("  ", " \\u0020")  # blanks of the page are joined
    if not pairs:
        return []
    return [
        "pairs of names that may be of one place (they differ by case, blanks, an ending such as "
        f"市 or one letter, or are names of one city): {len(pairs):,}. Where they are, "
        f"same = {line} in [places] joins them."
    ]


def join_places(
    network: MultilayerNetwork, same: Mapping[str, str], read: Collection[str] = ()
) -> tuple[MultilayerNetwork, list[str]]:
    """The network with some places, and nodes that are such by their ids, under other names.

    `read` are names that the reader may have joined. Second, what is said of that.
    """
    if not same:
        return network, []
    places = network.places
    nodes = network.nodes
    links = network.links
    asked = [name for name in same if name in places.index or name not in read]
    check_names("[places] same", [*asked, *same.values()], [*places.index], of="the places")
    is_place = (nodes["place"] == nodes.index).to_dict()
    moved = {a: b for a, b in same.items() if is_place.get(a) and is_place.get(b, True)}
    links[["source", "target"]] = links[["source", "target"]].replace(moved)
    columns = ["place", "jurisdiction"]
    nodes[columns] = nodes[columns].replace(same)
    places["parent"] = places["parent"].replace(same)
    told: dict[str, None] = {}
    places, nodes = (_joined(*each, told) for each in ((places, same), (nodes, moved)))
    places["parent"] = places["parent"].mask(places["parent"] == places.index)
    flags: Any = {"directed": network.directed, "layers": network.layer_table}
    if (far := network.distances) is not None:
        ends = ["origin", "destination"]
        far = far.iloc[np.argsort(far[ends].isin([*same]).any(axis=1), kind="stable")]
        far = far.assign(**far[ends].replace(same)).drop_duplicates(ends)
        flags["distances"] = far
        flags["distance_unit"] = network.distance_unit
    shown = examples(same.items(), lambda pair: f"{pair[0]!r} and {pair[1]!r}")
    notes = [f"places joined, as [places] same says: {len(same)} ({shown})."]
    if told:
        msg = f"where joined places differ, the name kept counts: {len(told)} ({examples(told)})."
        notes.append(msg)
    return MultilayerNetwork(nodes, links, places=places, **flags), notes


def _joined(table: pd.DataFrame, same: Mapping[str, str], told: dict[str, None]) -> pd.DataFrame:
    """One row a name, with the values of the row that had it where there are any."""
    ids = table.index.to_series().replace(same)
    rows = table.set_axis(pd.Index(ids, name=table.index.name))
    groups = rows.iloc[np.argsort(ids != table.index, kind="stable")].groupby(level=0)
    kept = groups.first()
    several = groups.nunique().drop(columns=NAMES, errors="ignore") > 1
    at = np.argwhere(several.to_numpy())
    told |= dict.fromkeys(f"{several.columns[j]} of {kept.index[i]}" for i, j in at)
    return kept.loc[ids.unique()]


def aggregate_to_places(network: MultilayerNetwork, part: PlacesPart) -> PlaceLevel:
    places = network.storage.places
    at = units(network.storage.place_codes, places, part.level)
    if not (at >= 0).any():
        msg = "the report is about places, and no node has one; give the nodes a column `place`."
        raise InputError(msg)
    below = (at >= 0) & ~(whole := only_country(at, places))
    kept = below & _wanted(places, part.keep)[at]
    if not kept.any():
        raise InputError("[places.keep] leaves no place that has nodes; loosen it.")
    inside = network
    left = [("as built", network.n_nodes, network.n_links)]
    steps = [("with a place", at >= 0), ("in the places kept", kept)]
    if whole.any():
        steps.insert(1, ("below a country", below))
    for name, stay in steps:
        if not stay.all():
            inside = network.select(nodes=list(network.storage.node_names[stay]))
        left.append((name, inside.n_nodes, inside.n_links))
    if network.n_links and not inside.n_links:
        among = " among those of [places.keep]" if part.keep else ""
        raise InputError(
            f"none of the {network.n_links:,} links joins two nodes that have a place{among}, so "
            "there is nothing to report: complete the column 'place' of the nodes. (Where events "
            "link their members, a configuration says so with `project` in [data].)"
        )
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
                raise ValueError(
                    "extent must be [west, east, south, north] in degrees, west < east and "
                    f"south < north, at least {LEAST_SIDE} (about 1 km) apart; "
                    f"found {self.extent}"
                )
        return self

    @property
    def files(self) -> dict[str, Path]:
        return {} if self.basemap in ("land", "none") else {"basemap": Path(self.basemap)}

    def _in_folder(self, folder: Path) -> MapsPart:
        return self.model_copy(update={name: str(folder / x) for name, x in self.files.items()})

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

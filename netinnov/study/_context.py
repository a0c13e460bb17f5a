"""What the sections of a study share: data, options, and results that several of them need."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Self, TypeVar, dataclass_transform

import pandas as pd

from netinnov._network.columns import display_names
from netinnov._runtime.arguments import check_names
from netinnov._typing import Direction
from netinnov.network import MultilayerNetwork
from netinnov.plotting._fonts import place_names
from netinnov.study._facts import Part, Picture
from netinnov.study._language import Language, LanguageName, words
from netinnov.study._loaded_data import Loaded, load
from netinnov.study._measures import MeasuresPart
from netinnov.study._places import Frame, MapsPart, PlaceLevel, aggregate_to_places
from netinnov.study._settings import Configuration

OF_PANEL = ("panel.", "openings.")  # begin [columns] that are of the tables of [evaluation]
HAN = "[\u3400-\u9fff]"
P = TypeVar("P", bound=Part)
R = TypeVar("R")


@dataclass(eq=False)
class Context:
    """Everything that a section may read; nothing in it changes."""

    configuration: Configuration
    loaded: Loaded  # the network as built
    progress: bool = field(default=False, kw_only=True)  # show bars
    say: Callable[[str], None] = field(default=lambda _: None, kw_only=True)  # told what takes long
    code: LanguageName = field(default="en", kw_only=True)  # of what is drawn and told
    command: str = field(default="", kw_only=True)  # of this call, in figures for print; "": none
    executor: Executor | None = field(default=None, kw_only=True)  # draws figures
    _results: dict[Callable[[Context], object], Any] = field(default_factory=dict, kw_only=True)

    @classmethod
    def of(cls, settings: Configuration, **options: Any) -> Self:
        own = settings.columns.items()
        columns = {key: ours for key, ours in own if not key.startswith(OF_PANEL)}
        loaded = load(settings.data, settings.layers, columns, settings.places.same)
        return cls(settings, loaded, **options)

    def in_language(self, code: LanguageName) -> Context:
        return replace(self, code=code)

    @cached_property
    def language(self) -> Language:
        layers = {}
        storage = self.network.storage
        labels = (self.names.get(node, str(node)) for node in storage.node_names)
        names = display_names(storage.nodes, labels).to_dict() | self.names
        if self.code == "zh":
            tables = [each.assign(id=each.index) for each in (storage.nodes, storage.places)]
            for column, wanted in (("id", HAN), ("name", HAN), ("name_zh", ".")):
                for table in (each for each in tables if column in each):
                    texts = table[column].dropna().astype("str").str.strip()
                    names |= texts[texts.str.contains(wanted)].to_dict()
            own = self.configuration.layers.items()
            layers = {layer: part.name_zh for layer, part in own if part.name_zh}
            layers = words("zh", "layers") | layers
            if (incidence := self.loaded.incidence) is not None:
                layer = incidence.projection.layer
                if re.search(HAN, said := layers.get(layer, layer)):
                    layers[f"co_{layer}"] = f"共同{said}"
        ways = self.direction if self.cities.directed else None
        return Language(self.code, names, layers, self.modelled, self.network.distance_unit, ways)

    @property
    def network(self) -> MultilayerNetwork:
        return self.loaded.network

    @property
    def files(self) -> set[Path]:
        """All that was read: of the network, and what other parts name."""
        parts = (part for _, part in self.configuration if isinstance(part, Part))
        named = (path for part in parts if part.part != "data" for path in part.files.values())
        return {*self.loaded.files, *named}

    @property
    def level(self) -> PlaceLevel:
        return self.once(_places)

    @property
    def inside(self) -> MultilayerNetwork:
        return self.level.inside

    @property
    def cities(self) -> MultilayerNetwork:
        return self.level.cities

    @cached_property
    def points(self) -> pd.DataFrame:
        storage = self.cities.storage
        return storage.places[["lon", "lat"]].reindex(storage.node_names).dropna()

    @cached_property
    def modelled(self) -> tuple[str, ...]:
        table = self.network.layer_table
        return tuple(table.index[table["modelled"]])

    @cached_property
    def measures(self) -> MeasuresPart:
        return self.configuration.measures.settled(self.cities)

    @property
    def direction(self) -> Direction:
        """What strengths and degrees of the whole study count in directed layers."""
        return getattr(getattr(self.configuration, "structure", None), "direction", "total")

    @property
    def seed(self) -> int:
        return self.configuration.seed

    @property
    def maps(self) -> MapsPart:
        return self.configuration.maps

    def options(self, kind: type[P]) -> P | None:
        return getattr(self.configuration, kind.part, None)

    def settings(self, kind: type[P]) -> P:
        return self.options(kind) or kind()

    def once(self, compute: Callable[[Context], R]) -> R:
        if compute not in self._results:
            self._results[compute] = compute(self)
        return self._results[compute]

    def observed(self, network: MultilayerNetwork) -> list[str]:
        return [layer for layer in network.layers if layer not in self.modelled]

    @cached_property
    def names(self) -> dict[Any, str]:
        return display_names(self.network.storage.places).to_dict()

    @cached_property
    def drawn_names(self) -> pd.Series[str]:
        places = self.network.storage.places
        if self.code == "zh":
            places = places.assign(name_zh=places.index.map(self.language.places))
        return place_names(places, chinese=self.code == "zh")

    def on_map(self, name: str, frame: Frame, plot: Any, *of: Any, **more: Any) -> Picture:
        front = more.pop("front", False)
        more["names"] = self.drawn_names
        more["extent"] = frame
        more["basemap"] = self.maps.below
        return Picture(name, partial(plot, *of, **more), on_page=True, front=front)

    def check_places(self, setting: str, places: Sequence[str]) -> None:
        of = f"the places of the report, at level {self.configuration.places.level}"
        check_names(setting, places, list(self.cities.storage.node_names), of=of)

    def populations(self, network: MultilayerNetwork) -> pd.Series | None:
        """Population of the place of each node; None unless all are known and one is above 0."""
        nodes = network.storage.nodes
        people = network.storage.places["population"].reindex(nodes["place"])
        known = people.notna().all() and (people > 0).any()
        return people.set_axis(nodes.index) if known else None


def _places(context: Context) -> PlaceLevel:
    return aggregate_to_places(context.network, context.configuration.places)


@dataclass_transform(frozen_default=True, eq_default=False)
@dataclass(frozen=True, eq=False)
class Result:
    """What a section computes; its subclasses become frozen dataclasses as well."""

    context: Context

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True, eq=False)(cls)

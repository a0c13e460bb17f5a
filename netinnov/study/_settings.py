"""The settings of a study, without those of its sections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from netinnov.study._facts import Part
from netinnov.study._loaded_data import BUNDLED, DataPart, LayerPart
from netinnov.study._measures import MeasuresPart
from netinnov.study._places import MapsPart, PlacesPart


class Configuration(Part):
    """All settings of a run; the settings of the sections are fields of their own."""

    title: str = "Innovation network"
    seed: Annotated[int, Field(ge=0)] = 1
    language: Literal["en", "zh", "en,zh", "zh,en"] = "en"
    data: DataPart
    columns: dict[str, str] = Field(default_factory=dict)
    layers: dict[str, LayerPart] = Field(default_factory=dict)
    places: PlacesPart = PlacesPart()
    measures: MeasuresPart = MeasuresPart()
    maps: MapsPart = MapsPart()
    of_sections: ClassVar[Mapping[str, type[Part]]] = {}

    @model_validator(mode="before")
    @classmethod
    def _prepared(cls, settings: Any) -> Any:
        """Drop parts that are false, and add parts that only the bundled enclaves ask for."""
        if not isinstance(settings, dict):
            return settings
        known = cls.of_sections
        data = settings.get("data")
        if isinstance(data, dict) and data.get("source") == BUNDLED[0]:
            for name, kind in known.items():
                needs = any(field.is_required() for field in kind.model_fields.values())
                settings = settings if needs or not kind.optional else {name: {}} | settings
        return settings | {name: None for name in known if settings.get(name) is False}

    @model_validator(mode="after")
    def _bundled_tables_are_known(self) -> Self:
        for part in ("layers", "columns"):
            if self.data.source in BUNDLED and getattr(self, part):
                raise ValueError(
                    f"`{part}` is for tables of your own; leave it out with {self.data.source!r}"
                )
        return self

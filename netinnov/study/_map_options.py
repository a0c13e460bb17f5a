"""What all maps of a study have in common: what lies below them, and their frame."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, cast

import pandas as pd
from pydantic import Field, model_validator

from netinnov.plotting._frame import LEAST_SIDE, dense_frame, frame_of
from netinnov.study._section import Part

Frame = tuple[float, float, float, float]


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

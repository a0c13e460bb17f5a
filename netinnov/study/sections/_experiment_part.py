"""The settings of an experiment."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, field_validator, model_validator

from netinnov._arguments import did_you_mean
from netinnov.scenarios import RIVALS
from netinnov.scenarios._prices import Funding
from netinnov.study._section import Part
from netinnov.study._words import joined


class PricesPart(Part):
    """What rivals of the same cost are paid by."""

    part: ClassVar[str] = "experiment.prices"
    example: ClassVar[str] = ""

    park: Annotated[float, Field(ge=0)]
    link: Annotated[float, Field(ge=0)]
    pipeline_km: Annotated[float, Field(ge=0)]

    @model_validator(mode="after")
    def _costs_something(self) -> PricesPart:
        if not (self.park or self.link or self.pipeline_km):
            raise ValueError("one price at least must be above 0")
        return self


class ExperimentPart(Part):
    """The enclave to be tried."""

    part: ClassVar[str] = "experiment"
    example: ClassVar[str] = """\
[experiment]                  # experiment = false: none
home = "quzhou"               # default: left out; whose park it is
host = "hangzhou"             # where it stands; both left out: as most enclaves in the data
size = 4                      # default: left out; links of the park
# volume = 12.5               # or this weight, moved in proportion to the weights: for flows
# volume_share = 0.1          # or this share of home's strength; without any of the three a tenth:
                              # of it where the weights of the layer differ, else of home's links
pipeline_share = 0.25         # share of them that lead home
funding = ["reallocated", "new"]   # home gives up as many links, or they come on top
attachment = 1.0              # 0: ends drawn uniformly, 1: in proportion to strength
layer = "gravity_modelled"    # where links are placed and taken; left out: layer of most links
replicates = 100              # default 200; placements drawn
rivals = ["direct links", "random ends", "forward enclave"] # default ["direct links", "random
                              # ends"]; links without a park, as many to places anywhere, or of a
                              # park that the host runs at home; []: none
placebos = 10                 # other hosts for the same park, so many of those most like the real
                              # one; left out: all places that could have been chosen; 0: none
match = ["strength", "distance"]   # what they are like in; also "tie", "population" or a column of
                              # the places; left out: strength and, where known, distance

[experiment.prices]           # rivals cost as much as the park, at these prices, an assumption in
                              # any unit of money; left out: as many links, whatever they cost
park = 10.0                   # of a park, whatever its size
link = 1.0                    # of a link inside home or inside host
pipeline_km = 0.01            # of each kilometre of any other link
"""

    home: Annotated[str, Field(min_length=1)] = ""
    host: Annotated[str, Field(min_length=1)] = ""
    size: Annotated[int, Field(ge=1)] | None = None
    volume: Annotated[float, Field(gt=0)] | None = None
    volume_share: Annotated[float, Field(gt=0)] | None = None
    pipeline_share: Annotated[float, Field(ge=0, le=1)] = 0.25
    funding: list[Funding] = Field(default=["reallocated", "new"], min_length=1)
    attachment: Annotated[float, Field(ge=0)] = 1.0
    layer: str | None = None
    replicates: Annotated[int, Field(ge=1, le=1_000_000)] = 200
    rivals: list[str] = Field(default=["direct links", "random ends"])
    placebos: Annotated[int, Field(ge=0)] | None = None
    match: Annotated[list[str], Field(min_length=1)] | None = None
    prices: PricesPart | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> ExperimentPart:
        if bool(self.home) != bool(self.host):
            missing = "host" if self.home else "home"
            raise ValueError(f"{missing} is missing; give home and host, or neither")
        sizes = {name: getattr(self, name) for name in ("size", "volume", "volume_share")}
        named = [name for name, value in sizes.items() if value is not None]
        if len(named) > 1:
            raise ValueError(f"give one of size, volume and volume_share; found {joined(named)}")
        if self.volume_share and self.volume_share > 1 and "reallocated" in self.funding:
            raise ValueError("volume_share must be at most 1 where home gives it up")
        return self

    @field_validator("rivals")
    @classmethod
    def _are_known(cls, rivals: list[str]) -> list[str]:
        for rival in rivals:
            if rival not in RIVALS:
                listed = ", ".join(map(repr, RIVALS))
                msg = f"each must be one of {listed}; found {rival!r}{did_you_mean(rival, RIVALS)}"
                raise ValueError(msg)
        return rivals

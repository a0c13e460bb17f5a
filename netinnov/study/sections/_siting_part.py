"""The settings of siting: which enclaves could be built, how many, and what they are for."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from netinnov.study._section import Part
from netinnov.study.sections._experiment_part import PricesPart

SitingObjective = Literal["efficiency", "home_access", "worst_access", "equity", "effective_number"]
Form = Literal["enclave", "link"]


class SitingPrices(PricesPart):
    """What enclaves and links cost."""

    part: ClassVar[str] = "siting.prices"


class SitingPart(Part):
    """Which enclaves could be built, how many, and what they are for."""

    part: ClassVar[str] = "siting"
    optional: ClassVar[bool] = True
    example: ClassVar[str] = """\
[siting]                      # planning: which enclaves to build next, and whether they are better
                              # than others drawn at random
# k = 5                       # how many; left out, and without a budget: 5, or all if fewer
# budget = 80.0               # or what they may cost together, at the prices below
objective = "efficiency"      # what they should raise: "efficiency", "home_access" (of the homes),
                              # "worst_access" (of the place with least), "equity" (1 - Gini of
                              # access) or "effective_number" (of places, by strength)
against = "equity"            # a second objective, for plans between the two; "none": only one
# homes = ["quzhou"]          # whose enclaves; left out: places below the median of `below`
# below = "gdp_per_head"      # column of the places; left out: gdp_per_head, or gdp / population,
                              # where the places have them, else access in the network
# hosts = ["shanghai"]        # where; left out: the strongest of the other places
most_homes = 20               # homes at most, those with the least first
most_hosts = 3                # default 5; hosts at most, the strongest first
# form = "enclave"            # "enclave": a park at the host, with links of the median weight;
                              # "link": weight between home and host; left out: enclaves, but
                              # links where half of the pairs of places are linked already
size = 4                      # links of an enclave
pipeline_share = 0.25         # share of them that lead home
volume_share = 0.1            # weight of a direct link, as a share of home's strength
# layer = "gravity_modelled"  # where links are placed; left out: layer of most links
method = "exchange"           # "greedy", or followed by swaps ("exchange")
placements = 5                # random placements of each enclave, over which a plan is valued
placebos = 200                # plans drawn at random, to compare with
resamples = 20                # of the links: how often each site is chosen then; 0: none

[siting.prices]               # left out: those of the experiment
park = 10.0                   # of a park, whatever its size
link = 1.0                    # of a link inside home or inside host
pipeline_km = 0.01            # of each kilometre of any other link
"""

    k: Annotated[int, Field(ge=1)] | None = None
    budget: Annotated[float, Field(gt=0)] | None = None
    objective: SitingObjective = "efficiency"
    against: SitingObjective | Literal["none"] = "equity"
    homes: list[str] = Field(default_factory=list)
    below: str | None = None
    hosts: list[str] = Field(default_factory=list)
    most_homes: Annotated[int, Field(ge=1)] = 20
    most_hosts: Annotated[int, Field(ge=1)] = 5
    form: Form | None = None
    size: Annotated[int, Field(ge=1)] = 4
    pipeline_share: Annotated[float, Field(ge=0, le=1)] = 0.25
    volume_share: Annotated[float, Field(gt=0)] = 0.1
    layer: str | None = None
    method: Literal["greedy", "exchange"] = "exchange"
    placements: Annotated[int, Field(ge=1)] = 5
    placebos: Annotated[int, Field(ge=0)] = 200
    resamples: Annotated[int, Field(ge=0)] = 20
    prices: SitingPrices | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> SitingPart:
        if self.k is not None and self.budget is not None:
            raise ValueError("give k (how many) or budget (what they may cost), not both")
        if self.against == self.objective:
            msg = f'against must be another objective than {self.objective!r}, or "none"'
            raise ValueError(msg)
        if self.homes and self.below is not None:
            raise ValueError("give homes, or the column that they lie below the median of")
        return self

"""What a run is asked to do: one TOML file, checked before any work."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from netinnov._arguments import as_path, did_you_mean, limit_of, shown
from netinnov._layer_table import Quantity
from netinnov._opening import decoded, read_bytes
from netinnov._typing import Distance, Presence
from netinnov.errors import InputError
from netinnov.polycentricity._centre_rules import CentreRule

__all__ = [
    "EXAMPLE",
    "Configuration",
    "DataPart",
    "ExperimentPart",
    "MeasuresPart",
    "MechanismsPart",
    "PricesPart",
    "PlacesPart",
    "StructurePart",
    "read_configuration",
]

EXAMPLE = """\
# A study for `netinnov run CONFIG.toml --out FOLDER`. Everything but [data] may be left out.
# This one is the bundled case: reverse enclaves of the Yangtze River Delta.

title = "Reverse innovation enclaves in the Yangtze River Delta"
seed = 1                      # the same seed gives the same numbers

[data]
source = "yrd"                # "yrd" (bundled), "cordis" or "tables"
# path = "cordis"             # relative to the folder of this file
                              # cordis: folder or zip with organization.csv and project.csv
                              # tables: folder with nodes.csv, links.csv and, if any, places.csv
# weighting = "count"         # cordis: "count", "newman" or "full"
# clean = false               # tables: true sets faulty rows aside and lists them in the report

# [layers.gravity]            # what is true of a layer of the tables, or of CORDIS
# modelled = true             # modelled, not observed: no p-value is given, and the report says so
# directed = false            # whether its links have a direction
# quantity = "amount"         # what its weights are: "amount" or "share_of_origin"
# unit = "commuters"          # of its weights

[places]
level = 1                     # steps up in places.parent: 1 brings districts to their city

[places.keep]                 # only places (at that level) with these values; leave out for all
province = ["Shanghai", "Jiangsu", "Zhejiang", "Anhui"]
level = ["municipality", "prefecture"]

[measures]
coupling = 1.0                # weight between the copies of a place in two layers (PageRank)
damping = 0.85                # chance to go along a link rather than jump anywhere (PageRank)
presence = "linked"           # a place is in the layers where it has a link (PageRank); "all": in
                              # every layer, which evens out ranks where layers have few links
distance = "unit"             # length of a link: "unit" (1) or "inverse" (1 / weight)
border = 0.5                  # added to a link between two jurisdictions
kilometres = 1.0              # added for each 1,000 km between two places

[structure]                   # centres, communities, likeness of layers, brokers; for none write
                              # structure = false at the top, below the seed, in place of this part
rule = "hubs"                 # what makes a place a centre: "hubs" (strongest of its community, or
                              # in the core and half as strong), "top" (tenth with most strength),
                              # "head_tail" (above the mean), "core", "z" (z of 2.5 or more in its
                              # community) or "dominant_flow" (its largest flow to a smaller place)
resolution = 1.0              # of communities: a larger one gives more and smaller ones
restarts = 1                  # searches for communities and the core: more for large networks
resamples = 100               # flows drawn anew, for intervals; 0: none, as where one event makes
                              # several links (projects, co-authored papers), which stay together
replicates = 100              # random networks to compare with; 0: none, for the same reason
most_places = 1000            # with more places nothing is drawn, as it would take long

[experiment]                  # leave out for no experiment
home = "quzhou"               # whose park it is
host = "hangzhou"             # where it stands
size = 4                      # links of the park
pipeline_share = 0.25         # share of them that lead home
funding = ["reallocated", "new"]   # home gives up as many links, or they come on top
attachment = 1.0              # 0: ends drawn uniformly, 1: in proportion to strength
layer = "gravity_modelled"    # where links are placed and taken; left out: layer of most links
replicates = 100              # placements drawn
rivals = ["direct links", "random ends", "forward enclave"]   # links without a park, as many to
                              # places anywhere, or of a park that the host runs at home; []: none
placebos = 10                 # other hosts for the same park, those most like the real one; 0: none
match = ["strength", "distance"]   # what they are like in; also "tie", "population" or a column of
                              # the places; left out: strength and, where known, distance

[experiment.prices]           # rivals cost as much as the park, at these prices, an assumption in
                              # any unit of money; left out: as many links, whatever they cost
park = 10.0                   # of a park, whatever its size
link = 1.0                    # of a link inside home or inside host
pipeline_km = 0.01            # of each kilometre of any other link

[mechanisms]                  # models of how it works, the park and diffusion; for none write
                              # mechanisms = false at the top, below the seed, in place of this part
sigma = 5.0                   # free flow: elasticity of substitution, above 1
mu = 0.4                      # share of demand for what the mobile make, below (sigma - 1) / sigma
enclave = 0.1                 # share of the host's varieties that home reaches by its enclave
demand_slope = 1.0            # cobweb: how much less is wanted at a price that is higher by 1
supply_slope = 0.8            # how much more is offered a period later
adaptation = 1.0              # how far expectations move to the last price; 1: all the way
mobility = 0.05               # supply that moves between two regions for a gap of prices of 1
link = 0.03                   # what the link of an enclave adds to that
park = "quzhou_haichuang"     # whose partners are shown; left out: the park with the most links
rate = 0.1                    # diffusion: chance that a link passes an innovation on in a step
horizon = 60                  # steps
draws = 500                   # how often diffusion is tried
"""

SOURCES = {
    "path": ("cordis", "tables"),
    "weighting": ("cordis",),
    "clean": ("tables",),
}
"""Settings of [data] that mean something for some sources only."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    @model_validator(mode="after")
    def _counts_are_limited(self) -> Self:
        for name, value in self:
            whole = isinstance(value, int) and not isinstance(value, bool)
            if whole and name != "seed" and value > limit_of(name):
                msg = f"`{name}` must be at most {limit_of(name):,}; found {shown(value)}"
                raise ValueError(msg)
        return self


class DataPart(_Part):
    """Which tables to read."""

    source: Literal["yrd", "cordis", "tables"]
    path: Annotated[Path | None, Field(strict=False)] = None
    weighting: Literal["count", "newman", "full"] = "count"
    clean: bool = False

    @field_validator("path")
    @classmethod
    def _is_a_path(cls, path: Path | None) -> Path | None:
        return None if path is None else as_path("path", path)

    @model_validator(mode="after")
    def _fits_its_source(self) -> DataPart:
        if self.source in SOURCES["path"] and self.path is None:
            raise ValueError(f"source = {self.source!r} needs `path`")
        for name in sorted(self.model_fields_set & SOURCES.keys()):
            if self.source not in SOURCES[name] and getattr(self, name) is not None:
                fit = " or ".join(map(repr, SOURCES[name]))
                msg = f"`{name}` is for source = {fit}; leave it out with {self.source!r}"
                raise ValueError(msg)
        return self


class LayerPart(_Part):
    """What is true of a layer."""

    directed: bool | None = None
    modelled: bool | None = None
    quantity: Quantity | None = None
    unit: str | None = None


class PlacesPart(_Part):
    """At which level places are looked at, and which of them."""

    level: Annotated[int, Field(ge=0)] = 0
    keep: dict[str, Annotated[list[str], Field(min_length=1)]] = {}


class MeasuresPart(_Part):
    """Options of the measures."""

    coupling: Annotated[float, Field(ge=0)] = 1.0
    damping: Annotated[float, Field(ge=0, lt=1)] = 0.85
    presence: Presence = "all"
    distance: Distance = "unit"
    border: Annotated[float, Field(ge=0)] = 0.0
    kilometres: Annotated[float, Field(ge=0)] = 0.0


class StructurePart(_Part):
    """How centres and communities are looked for, and how often flows are drawn."""

    rule: CentreRule = "hubs"
    resolution: Annotated[float, Field(ge=0)] = 1.0
    restarts: Annotated[int, Field(ge=1)] = 3
    resamples: Annotated[int, Field(ge=0, le=1_000_000)] = 200
    replicates: Annotated[int, Field(ge=0, le=1_000_000)] = 200
    most_places: Annotated[int, Field(ge=0)] = 1000


class PricesPart(_Part):
    """What rivals of the same cost are paid by."""

    park: Annotated[float, Field(ge=0)]
    link: Annotated[float, Field(ge=0)]
    pipeline_km: Annotated[float, Field(ge=0)]

    @model_validator(mode="after")
    def _costs_something(self) -> PricesPart:
        if not (self.park or self.link or self.pipeline_km):
            raise ValueError("one price at least must be above 0")
        return self


class ExperimentPart(_Part):
    """The enclave to be tried."""

    home: str
    host: str
    size: Annotated[int, Field(ge=1)]
    pipeline_share: Annotated[float, Field(ge=0, le=1)]
    funding: Annotated[list[Literal["reallocated", "new"]], Field(min_length=1)] = [
        "reallocated",
        "new",
    ]
    attachment: Annotated[float, Field(ge=0)] = 1.0
    layer: str | None = None
    replicates: Annotated[int, Field(ge=1, le=1_000_000)] = 200
    rivals: list[Literal["direct links", "random ends", "forward enclave"]] = [
        "direct links",
        "random ends",
    ]
    placebos: Annotated[int, Field(ge=0)] = 10
    match: Annotated[list[str], Field(min_length=1)] | None = None
    prices: PricesPart | None = None


class MechanismsPart(_Part):
    """Parameters of the models; defaults are examples, not estimates."""

    sigma: Annotated[float, Field(gt=1, le=1000)] = 5.0
    mu: Annotated[float, Field(ge=0.001, lt=1)] = 0.4
    enclave: Annotated[float, Field(ge=0, lt=1)] = 0.1
    demand_slope: Annotated[float, Field(ge=1e-6, le=1e6)] = 1.0
    supply_slope: Annotated[float, Field(ge=1e-6, le=1e6)] = 0.8
    adaptation: Annotated[float, Field(gt=0, le=1)] = 1.0
    mobility: Annotated[float, Field(ge=0, le=1e6)] = 0.05
    link: Annotated[float, Field(ge=0, le=1e6)] = 0.03
    park: str | None = None
    rate: Annotated[float, Field(gt=0, le=1)] = 0.1
    horizon: Annotated[int, Field(ge=1)] = 60
    draws: Annotated[int, Field(ge=1, le=1_000_000)] = 500

    @model_validator(mode="after")
    def _has_no_black_hole(self) -> MechanismsPart:
        if (limit := (self.sigma - 1) / self.sigma) <= self.mu:
            msg = (
                f"mu must be below (sigma - 1) / sigma, here {limit:.4g}, or the mobile gather in "
            )
            raise ValueError(f"{msg}one region however dear trade is; found {self.mu:g}")
        return self


class Configuration(_Part):
    """All settings of a run."""

    title: str = "Innovation network"
    seed: Annotated[int, Field(ge=0)] = 1
    data: DataPart
    layers: dict[str, LayerPart] = {}
    places: PlacesPart = PlacesPart()
    measures: MeasuresPart = MeasuresPart()
    structure: StructurePart | None = StructurePart()
    experiment: ExperimentPart | None = None
    mechanisms: MechanismsPart | None = MechanismsPart()

    @field_validator("structure", "mechanisms", mode="before")
    @classmethod
    def _may_be_off(cls, given: object) -> object:
        return None if given is False else given

    @model_validator(mode="after")
    def _layers_are_not_bundled(self) -> Configuration:
        if self.layers and self.data.source == "yrd":
            raise ValueError(
                "`layers` is for source = 'cordis' or 'tables'; leave it out with 'yrd'"
            )
        return self


PARTS: dict[str, type[_Part]] = {
    "data": DataPart,
    "layers": LayerPart,
    "places": PlacesPart,
    "measures": MeasuresPart,
    "structure": StructurePart,
    "experiment": ExperimentPart,
    "experiment.prices": PricesPart,
    "mechanisms": MechanismsPart,
}


def read_configuration(path: str | os.PathLike[str] | None = None) -> Configuration:
    """Read and check a configuration.

    Parameters
    ----------
    path : path, optional
        A TOML file as `EXAMPLE`; paths in it are relative to its folder. None: the bundled case.

    Returns
    -------
    Configuration

    Raises
    ------
    InputError
        If the file cannot be read or a setting is wrong: one line for each.

    Examples
    --------
    >>> read_configuration().data.source
    'yrd'
    """
    if path is None:
        return Configuration.model_validate(tomllib.loads(EXAMPLE))
    path = as_path("path", path)
    settings = _parsed(path, decoded(path, read_bytes(path)))
    try:
        configuration = Configuration.model_validate(settings)
    except ValidationError as error:
        lines = "\n".join(f"- {_said(fault)}" for fault in error.errors())
        n = error.error_count()
        msg = f"{path} has {n} wrong setting{'s' * (n != 1)}:\n{lines}\n"
        raise InputError(msg + "`netinnov run --example` prints a commented one.") from None
    if configuration.data.path is None:
        return configuration
    data = {"path": path.resolve().parent / configuration.data.path}
    return configuration.model_copy(update={"data": configuration.data.model_copy(update=data)})


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise InputError(f"{path} is not valid TOML: {why}.") from None


def _said(fault: Any) -> str:
    """One fault in plain words: where, what must hold, what was found."""
    where = [str(part) for part in fault["loc"]]
    name, kind = ".".join(where), fault["type"]
    if kind == "missing":
        return f"{name} is missing."
    if kind == "extra_forbidden":
        part = where[0] if where[0] == "layers" else ".".join(where[:-1])
        model = PARTS.get(part, Configuration) if len(where) > 1 else Configuration
        known = [*model.model_fields]
        return f"{name} is no setting{did_you_mean(where[-1], known)}; known: {', '.join(known)}."
    message = fault["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    if kind == "value_error":
        return f"{name}: {message}."
    if kind in ("model_type", "dict_type"):
        message = f"a section, [{name}]"
    elif kind == "path_type":
        message = "text"
    found = shown(fault["input"])
    if message == fault["msg"]:  # a sentence of its own
        return f"{name}: {message[0].lower()}{message[1:]}; found {found}."
    return f"{name} must be {message}; found {found}."

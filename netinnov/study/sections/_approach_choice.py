"""Between whom governance approaches are compared, at what cost, and which of them can be."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar, NamedTuple

from pydantic import Field, model_validator

from netinnov._geography import great_circle
from netinnov.errors import InputError
from netinnov.governance._approaches import APPROACHES, Shares, approaches_of
from netinnov.scenarios import Prices, ReverseEnclave, apply_scenario
from netinnov.study._context import Context
from netinnov.study._measures import DENSE
from netinnov.study._places import check_column
from netinnov.study._section import Part
from netinnov.study._words import are, counted, percent
from netinnov.study.sections._enclave_choice import choose, layer_for, most_frequent

LINKS = 10
"""Links that the budget pays for, where nothing says what the park costs."""


class GovernancePart(Part):
    """Between whom approaches are compared, at what cost, and which borders are counted."""

    part: ClassVar[str] = "governance"
    optional: ClassVar[bool] = True
    example: ClassVar[str] = """\
[governance]                  # planning: links across borders, and approaches at equal cost
groups = ["jurisdiction", "kind", "province"] # default ["jurisdiction", "kind"]; columns of the
                              # nodes or places, whose borders links cross
# home = "quzhou"             # of the approaches; home and host left out: those of the experiment,
# host = "hangzhou"           # or of most enclaves
# budget = 20.0               # what each approach may cost; left out: as the park of the
                              # experiment, at its prices, or 10 links where it has none
# layer = "gravity_modelled"  # where links are placed; left out: that of the experiment, or the
                              # layer of most links
border = 1.0                  # assumed: added to a link across jurisdictions, where [measures] has
                              # a border of 0, so that a corridor or a merger can remove something
corridor = 0.5                # assumed: share of the border between the two that a corridor takes
booked = 0.5                  # assumed: share of home's gain that is booked at the host
kept = 0.5                    # assumed: share of their ties that movers keep
replicates = 100              # random networks that borders are compared with; 0: none
placements = 30               # drawn of each approach
"""

    groups: list[str] = Field(default_factory=lambda: ["jurisdiction", "kind"])
    home: str | None = None
    host: str | None = None
    budget: Annotated[float, Field(gt=0)] | None = None
    layer: str | None = None
    border: Annotated[float, Field(ge=0)] = 1.0
    corridor: Annotated[float, Field(ge=0, le=1)] = 0.5
    booked: Annotated[float, Field(ge=0, le=1)] = 0.5
    kept: Annotated[float, Field(ge=0, le=1)] = 0.5
    replicates: Annotated[int, Field(ge=0)] = 100
    placements: Annotated[int, Field(ge=1)] = 30

    @model_validator(mode="after")
    def _is_a_pair(self) -> GovernancePart:
        if (self.home is None) != (self.host is None):
            missing = "home" if self.home is None else "host"
            raise ValueError(f"{missing} is missing; give home and host, or neither")
        return self


class ApproachChoice(NamedTuple):
    """Between whom, in which layer and at what cost approaches are compared."""

    home: str
    host: str
    layer: str
    budget: float
    prices: Prices
    pipeline_share: float
    assumed_prices: bool
    why_not: str
    """Why approaches are not compared; empty if they are."""
    approaches: tuple[str, ...] = ()
    left_out: Mapping[str, str] = MappingProxyType({})
    """Why single approaches are left out."""


def pair_of(context: Context) -> ApproachChoice:
    """Home, host, layer and budget, checked before anything is measured."""
    part = context.options(GovernancePart) or GovernancePart()
    cities = context.cities
    nodes, places = context.inside.storage.nodes, context.inside.storage.places
    columns = [*nodes.columns, *places.columns]
    for column in part.groups:
        check_column("each of governance.groups", column, columns, of="the nodes or places")
    experiment = context.once(choose)
    home, host = part.home, part.host
    if home is None or host is None:
        if experiment is not None:
            home, host = experiment.part.home, experiment.part.host
        elif pair := most_frequent(context):
            home, host = pair[:2]
        else:
            raise InputError(
                "[governance] compares approaches between a home and a host: the data have no "
                "enclave that would name them. Set governance.home and governance.host to two "
                "places of the report, or leave [governance] out."
            )
    context.check_place("governance.home", home)
    context.check_place("governance.host", host)
    if home == host:
        raise InputError(f"governance.host must not be the home; found {host!r} for both.")
    if not cities.layers:
        raise InputError("[governance] needs links between places; there are none. Leave it out.")
    asked = part.layer or (experiment.layer if experiment is not None else None)
    layer = layer_for(cities, asked)
    choice = _priced(context, part, home, host, layer)
    return choice if choice.why_not else _tried(context, part, choice)


def _why_not(context: Context, layer: str) -> str:
    """Why links that are counted and paid by the kilometre cannot be compared in a layer."""
    cities = context.cities
    n = cities.n_nodes
    linked = len(cities.storage.simple_csr(layer).indices) / max(n * (n - 1), 1)
    if linked >= DENSE:
        return (
            f"in {context.mark(layer)} {percent(linked)} of all pairs are linked, so that a few "
            "more links change no path. Name a sparser layer with governance.layer"
        )
    places = cities.storage.places.reindex(cities.storage.nodes["place"])
    if bare := int(places[["lon", "lat"]].isna().any(axis=1).sum()):
        return (
            f"links are paid by the kilometre, and {counted(bare, 'place')} {are(bare)} without "
            "lon and lat. Give them in the table of places"
        )
    return ""


def _priced(
    context: Context, part: GovernancePart, home: str, host: str, layer: str
) -> ApproachChoice:
    """With budget and prices: those of the experiment, or a link between the two costs 1."""
    why = _why_not(context, layer)
    experiment = context.once(choose)
    prices_of_experiment = experiment.part.prices if experiment is not None else None
    share = experiment.part.pipeline_share if experiment is not None else 0.5
    size = experiment.part.size if experiment is not None else None
    if prices_of_experiment is None or why:
        places = context.cities.storage.places.loc[[home, host]]
        at_home, at_host = places[["lon", "lat"]].to_numpy()
        between = float(great_circle(*at_home, *at_host))
        prices = Prices(park=0.0, link=1.0, pipeline_km=1 / between if between > 0 else 1.0)
        budget = part.budget or float(size or LINKS)
        return ApproachChoice(home, host, layer, budget, prices, share, True, why)
    prices = Prices(**prices_of_experiment.model_dump())
    if part.budget is not None:
        return ApproachChoice(home, host, layer, part.budget, prices, share, False, why)
    park = ReverseEnclave(home, host, size or LINKS, share, funding="new", layer=layer)
    budget = park.cost(prices, context.cities)
    return ApproachChoice(home, host, layer, budget, prices, share, False, why)


def _tried(context: Context, part: GovernancePart, choice: ApproachChoice) -> ApproachChoice:
    """Leaves out what cannot be paid or placed, before anything is measured.

    Refused if nothing but the merger is left, unless home and host were only chosen from the data.
    """
    network = context.cities.select(layers=[choice.layer])
    shares = Shares(choice.pipeline_share, part.kept, part.corridor)
    ends = (choice.home, choice.host, choice.budget, choice.prices, shares)
    kept, left_out = [], {}
    for label in APPROACHES:
        try:
            (approach,) = approaches_of([label], network, *ends).values()
            apply_scenario(network, approach.scenario, rng=context.seed)
        except InputError as error:
            left_out[label] = str(error)
        else:
            kept.append(label)
    choice = choice._replace(approaches=tuple(kept), left_out=left_out)
    if len(kept) > 1:
        return choice
    why = f"none but the merger can be paid or placed. {next(iter(left_out.values()))}"
    if part.home is None:
        return choice._replace(why_not=why.rstrip("."))
    msg = f"[governance] of the approaches {why} In a study these are governance.home, host, layer "
    raise InputError(f"{msg}and budget.")

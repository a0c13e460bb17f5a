"""How far links cross borders, and approaches of governance side by side."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, cast

import pandas as pd
from matplotlib.figure import Figure
from pydantic import Field, model_validator

from netinnov.connectivity import Frictions
from netinnov.errors import InputError
from netinnov.governance import ApproachComparison, compare_approaches
from netinnov.governance._approaches import APPROACHES, approaches_of
from netinnov.governance._forms import OWN
from netinnov.plotting import plot_approaches
from netinnov.plotting._style import larger, new_figure
from netinnov.scenarios import Prices, ReverseEnclave, apply_scenario
from netinnov.scenarios._open_size import movable_layer
from netinnov.study._context import Context
from netinnov.study._measures import DENSE
from netinnov.study._places import check_column
from netinnov.study._section import (
    Fact,
    Form,
    KeyFigure,
    Layer,
    Part,
    Picture,
    Place,
    Result,
    Table,
    Term,
)
from netinnov.study.sections._borders import NoNull, border_facts, border_shares
from netinnov.study.sections._enclave_choice import (
    PricesPart,
    check_linked,
    choose,
    enclave_called,
    most_frequent,
)
from netinnov.study.sections._sharing import members_of
from netinnov.study.sections._trials import MIRROR

LINKS = 10  # links of each approach, where nothing says how large the park is
NOTHING = 1e-9  # changes up to this count as none
SHOWN = ("home_access", "host_access", "efficiency", "access_gini", "effective_number")


class GovernancePart(Part, part="governance", optional=True):
    example: ClassVar[str] = """\
[governance]                  # planning: links across borders, and approaches side by side
groups = ["jurisdiction", "kind", "province"] # default ["jurisdiction", "kind"]; columns of the
                              # nodes or places, whose borders links cross
# home = "quzhou"             # of the approaches; home and host left out: those of the experiment,
# host = "hangzhou"           # or of most enclaves
# budget = 20.0               # what each approach may cost at the prices below; without prices the
                              # links of each; left out: as the park of the experiment, or 10
# layer = "gravity_modelled"  # where links are placed; left out: that of the experiment, or the
                              # layer of most links
border = 1.0                  # assumed: added to a link across jurisdictions, where [measures] has
                              # a border of 0, so that a corridor or a merger can remove something
corridor = 0.5                # assumed: share of the border between the two that a corridor takes
booked = 0.5                  # assumed: share of home's gain that is booked at the host
kept = 0.5                    # assumed: share of their ties that movers keep
replicates = 100              # random networks that borders are compared with; 0: none
placements = 30               # drawn of each approach

[governance.prices]           # left out: approaches have as many links, whatever they cost
park = 10.0                   # an assumption, in any unit of money: of a park, whatever its size
link = 1.0                    # of a link inside home or inside host
pipeline_km = 0.01            # of each kilometre of any other link
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
    prices: PricesPart | None = None

    @model_validator(mode="after")
    def _is_a_pair(self) -> GovernancePart:
        if (self.home is None) != (self.host is None):
            missing = "home" if self.home is None else "host"
            raise ValueError(f"{missing} is missing; give home and host, or neither")
        return self


class WhyNot(NamedTuple):
    """Why approaches are not compared."""

    code: Literal["dense", "no_coordinates", "none_placed"]
    share: float = 0.0  # of all pairs that are linked
    places: int = 0  # without coordinates


class ApproachChoice(NamedTuple):
    """Between whom, in which layer and at what cost approaches are compared."""

    home: str
    host: str
    layer: str
    budget: float
    prices: Prices | None  # without them each approach has as many links as the budget says
    pipeline_share: float
    why_not: WhyNot | None
    approaches: tuple[str, ...] = ()
    left_out: Mapping[str, str] = MappingProxyType({})  # why single approaches are left out


def pair_of(context: Context) -> ApproachChoice:
    """Home, host, layer and budget, checked before anything is measured."""
    part, cities = context.settings(GovernancePart), context.cities
    nodes, places = context.inside.storage.nodes, context.inside.storage.places
    for column in part.groups:
        columns = [*nodes.columns, *places.columns]
        check_column("each of governance.groups", column, columns, of="the nodes or places")
    experiment, home, host = context.once(choose), part.home, part.host
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
    check_linked(context, "governance")
    layer = movable_layer(
        cities, part.layer or (experiment.layer if experiment is not None else None)
    )
    choice = _priced(context, part, home, host, layer)
    return choice if choice.why_not is not None else _tried(context, part, choice)


def _why_not(context: Context, layer: str) -> WhyNot | None:
    cities, n = context.cities, context.cities.n_nodes
    linked = len(cities.storage.simple_csr(layer).indices) / max(n * (n - 1), 1)
    if linked >= DENSE:
        return WhyNot("dense", share=linked)
    prices = context.settings(GovernancePart).prices
    places = cities.storage.places.reindex(cities.storage.nodes["place"])
    by_kilometre = prices is not None and prices.pipeline_km > 0
    if by_kilometre and (bare := int(places[["lon", "lat"]].isna().any(axis=1).sum())):
        return WhyNot("no_coordinates", places=bare)
    return None


def _priced(
    context: Context, part: GovernancePart, home: str, host: str, layer: str
) -> ApproachChoice:
    why, experiment = _why_not(context, layer), context.once(choose)
    share, size = 0.5, LINKS
    if experiment is not None:
        share, size = experiment.part.pipeline_share, experiment.part.size or LINKS
    prices, budget = None, part.budget or float(size)
    if (own := part.prices) is not None and why is None:
        prices = Prices(**own.model_dump())
        park = ReverseEnclave(home, host, size, share, funding="new", layer=layer)
        budget = part.budget or park.cost(prices, context.cities)
    return ApproachChoice(home, host, layer, budget, prices, share, why)


def _tried(context: Context, part: GovernancePart, choice: ApproachChoice) -> ApproachChoice:
    """Drop what cannot be paid or placed; refuse if only the merger is left."""
    network = context.cities.select(layers=[choice.layer])
    shares = {"pipeline_share": choice.pipeline_share, "kept_share": part.kept}
    shares["corridor_relief"] = part.corridor
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
    if part.home is None:
        return choice._replace(why_not=WhyNot("none_placed"))
    why = f"none but the merger can be paid or placed. {next(iter(left_out.values()))}"
    msg = f"[governance] of the approaches {why} In a study these are governance.home, host, layer "
    raise InputError(f"{msg}and budget.")


@dataclass(frozen=True, slots=True, eq=False)
class Governance(Result):
    """Shares of links across borders, and approaches between a home and a host."""

    part: GovernancePart
    choice: ApproachChoice
    shares: pd.DataFrame
    no_null: NoNull
    comparison: ApproachComparison | None


OPTIONS, CHECK = GovernancePart, pair_of


def compute(context: Context) -> Governance:
    part, choice = context.settings(GovernancePart), context.once(pair_of)
    shares, why = border_shares(context, part.groups, part.replicates)
    border, comparison = context.measures.border or part.border, None
    if choice.why_not is None:
        comparison = compare_approaches(
            context.cities.select(layers=[choice.layer]),
            approaches=choice.approaches,
            home=choice.home,
            host=choice.host,
            budget=choice.budget,
            prices=choice.prices,
            frictions=Frictions(border=border, distance=context.measures.kilometres),
            pipeline_share=choice.pipeline_share,
            kept_share=part.kept,
            corridor_relief=part.corridor,
            booked_share=part.booked,
            replicates=part.placements,
            rng=context.seed,
        )
        called = enclave_called(context, choice.home, choice.host)
        if called != "reverse enclave":  # where home does not rank below the host
            names = {"reverse enclave": called, "park of the core at home": MIRROR}
            left = {
                names.get(label, label): why_left for label, why_left in choice.left_out.items()
            }
            choice, comparison = choice._replace(left_out=left), _renamed(comparison, names)
    return Governance(context, part, choice, shares, why, comparison)


def _renamed(comparison: ApproachComparison, names: dict[str, str]) -> ApproachComparison:
    effects, forms = (
        table.assign(approach=table["approach"].replace(names)) if len(table) else table
        for table in (comparison.effects, comparison.forms)
    )
    approaches = comparison.approaches.rename(index=names)
    return replace(comparison, approaches=approaches, effects=effects, forms=forms)


def comparable(comparison: ApproachComparison) -> list[str]:
    """Approaches of one cost, or of as many links; a merger has neither."""
    table = comparison.approaches
    return [str(name) for name in table.index[table["cost"].notna() | (table["size"] > 0)]]


def _terms(names: Iterable[object]) -> list[Term]:
    return [Term(name) for name in names]


def facts(result: Governance) -> Mapping[str, Fact]:
    choice, why = result.choice, result.choice.why_not
    known: dict[str, Fact] = {
        "home": Place(choice.home),
        "host": Place(choice.host),
        "compared": result.comparison is not None,
        "why_not": "" if why is None else why.code,
        "why_share": 0.0 if why is None else why.share,
        "why_places": 0 if why is None else why.places,
        "approach_layer": Layer(choice.layer),
        "by_links": choice.prices is None,
        "budget": float(choice.budget),
        "border": float(result.context.measures.border or result.part.border),
        "border_assumed": not result.context.measures.border,
        "left_out": _terms(choice.left_out),
        **border_facts(result.context, result.shares, result.no_null),
    }
    prices = {} if choice.prices is None else asdict(choice.prices)
    for each in ("park", "link", "pipeline_km"):
        known[f"price_{each}"] = float(prices.get(each, 0.0))
    if result.comparison is not None:
        known |= _approaches(result.comparison)
    return known


def _approaches(comparison: ApproachComparison) -> dict[str, Fact]:
    names = comparable(comparison)
    effects = comparison.effects.set_index(["measure", "approach"])
    change, before = effects["difference"], effects["baseline"]

    def most(measure: str) -> list[Term]:
        """Approaches that raise a measure most; none if none does."""
        of = change[measure][names]
        least = NOTHING * max(1.0, abs(float(before[measure].iloc[0])))
        return _terms(of.index[(of >= of.max() - least) & (of.max() > least)])

    def leaves(end: str) -> list[Term]:
        of = change[f"{end}_excess"][names]
        return _terms(of.index[of > NOTHING])

    return {
        "n_approaches": len(names),
        "tried": _terms(names),
        "unpriced": _terms(name for name in comparison.approaches.index if name not in names),
        "best_home": most("home_access"),
        "best_host": most("host_access"),
        "home_leaves": leaves("home"),
        "host_leaves": leaves("host"),
        **_booked(comparison.forms[comparison.forms["approach"].isin(names)]),
    }


def _booked(forms: pd.DataFrame) -> dict[str, Fact]:
    """From which share of its gain booked at the host home would do better alone.

    By the approach with the host by which home itself gains most.
    """
    nothing: dict[str, Fact] = {"alone": "", "booked_by": "", "booked_from": 0.0}
    own = forms[(forms["form"] == OWN) & (forms["player"] == "home")]
    if own.empty or not own["alone"].iloc[0]:
        return nothing
    best: Any = own.iloc[int(own["share"].argmax())]
    if not best["share"] > max(best["alone_gain"], NOTHING):
        return nothing
    limit = float(1 - best["alone_gain"] / best["share"])
    return {"alone": Term(best["alone"]), "booked_by": Term(best["approach"]), "booked_from": limit}


def key_figures(result: Governance) -> Iterator[KeyFigure]:
    comparison = result.comparison
    if comparison is None:
        return
    effects = comparison.effects.set_index(["measure", "approach"])
    known = _approaches(comparison)
    for end in ("home", "host"):
        best: Any = known[f"best_{end}"]
        if not best or known["n_approaches"] == 1:
            continue
        row: Any = effects.loc[(f"{end}_access", str(best[0]))]
        scale, form = (abs(row["baseline"]) or 1.0), "change" if row["baseline"] else "number"
        value, low, high = (float(row[each]) / scale for each in ("difference", "low", "high"))
        ends: Any = {} if math.isclose(low, high) else {"low": low, "high": high}
        yield KeyFigure(f"best_{end}", value, **ends, form=cast("Form", form))


def draw(result: Governance) -> Iterator[Picture]:
    if result.comparison is not None:
        yield Picture("approaches", partial(_figure, result.comparison), on_page=True)


def _figure(comparison: ApproachComparison) -> Figure:
    chosen = ("home_access", "host_access", "efficiency") if larger() > 1 else None
    figure = new_figure(height=24 + 9.5 * len(comparison.approaches))
    plot_approaches(comparison, measures=chosen, ax=figure.add_subplot())
    return figure


def tables(result: Governance) -> Iterator[Table]:
    layer, compared = result.choice.layer, result.comparison
    if compared is not None:
        modelled = (layer,) if layer in result.context.modelled else ()
        frame = compared.approaches.reset_index()
        forms: Any = dict.fromkeys(SHOWN, "change")
        yield Table(
            "approaches", frame, _view(compared), on_page=True, terms=("approach",),
            forms=forms, modelled=modelled,
        )  # fmt: skip
        yield Table("approach_effects", compared.to_frame(), modelled=modelled)
        if not compared.forms.empty:
            by_form = compared.forms.assign(objector=compared.forms["objector"].map(members_of))
            yield Table("approach_forms", by_form, modelled=modelled)
    if not result.shares.empty:
        yield Table("cross_border", result.shares)


def _view(compared: ApproachComparison) -> pd.DataFrame:
    effects = compared.effects[compared.effects["measure"].isin(SHOWN)]
    before = effects["baseline"].abs()
    change = effects.assign(change=effects["difference"] / before.where(before > 0))
    wide = change.pivot(index="approach", columns="measure", values="change")[list(SHOWN)]
    return compared.approaches[["size", "cost"]].join(wide).reset_index()

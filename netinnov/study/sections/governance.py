"""Governance: how far links cross borders, and approaches side by side."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, NamedTuple

import pandas as pd
from pydantic import Field, model_validator

from netinnov.connectivity import Frictions
from netinnov.errors import InputError
from netinnov.governance import ApproachComparison, compare_approaches, cross_border_shares
from netinnov.governance._approach_words import comparable_names
from netinnov.governance._approaches import APPROACHES, approaches_of
from netinnov.null_models import Rewire
from netinnov.plotting import plot_approaches
from netinnov.scenarios import Prices, ReverseEnclave, apply_scenario
from netinnov.study._context import Context
from netinnov.study._measures import DENSE, linked_layers
from netinnov.study._places import check_column
from netinnov.study._section import Part, Picture, Result, Sentence, Table
from netinnov.study._words import are, counted, joined, name, number, percent
from netinnov.study.sections._enclave_choice import (
    ExperimentPart,
    check_linked,
    choose,
    enclave_called,
    layer_for,
    most_frequent,
)
from netinnov.study.sections._trials import MIRROR
from netinnov.study.sections._village_contract import members_of

HEADING = "Governance across borders"
MOST_LINKS = 100_000  # links above which borders are not compared with random networks: too long
LINKS = 10  # links of each approach, where nothing says how large the park is
AT_COST, BORDERS = "Approaches side by side", "Links across borders"


class GovernancePart(Part, part="governance", optional=True):
    example: ClassVar[str] = """\
[governance]                  # planning: links across borders, and approaches side by side
groups = ["jurisdiction", "kind", "province"] # default ["jurisdiction", "kind"]; columns of the
                              # nodes or places, whose borders links cross
# home = "quzhou"             # of the approaches; home and host left out: those of the experiment,
# host = "hangzhou"           # or of most enclaves
# budget = 20.0               # what each approach may cost at [experiment.prices]; without prices
                              # the links of each; left out: as the park of the experiment, or 10
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
    prices: Prices | None  # without them each approach has as many links as the budget says
    pipeline_share: float
    why_not: str  # why approaches are not compared; empty if they are
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
    layer = layer_for(cities, part.layer or (experiment.layer if experiment is not None else None))
    choice = _priced(context, part, home, host, layer)
    return choice if choice.why_not else _tried(context, part, choice)


OPTIONS, CHECK = GovernancePart, pair_of


def _why_not(context: Context, layer: str) -> str:
    cities, n = context.cities, context.cities.n_nodes
    linked = len(cities.storage.simple_csr(layer).indices) / max(n * (n - 1), 1)
    if linked >= DENSE:
        text = f"in {context.mark(layer)} {percent(linked)} of all pairs are linked, so that a few "
        text += "more links make hardly any path of fewer steps"
        return f"{text}. Name a sparser layer with governance.layer"
    prices = context.settings(ExperimentPart).prices
    places = cities.storage.places.reindex(cities.storage.nodes["place"])
    by_kilometre = prices is not None and prices.pipeline_km > 0
    if by_kilometre and (bare := int(places[["lon", "lat"]].isna().any(axis=1).sum())):
        text = f"links are paid by the kilometre, and {counted(bare, 'place')} {are(bare)} without "
        return f"{text}lon and lat. Give them in the table of places"
    return ""


def _priced(
    context: Context, part: GovernancePart, home: str, host: str, layer: str
) -> ApproachChoice:
    why, experiment = _why_not(context, layer), context.once(choose)
    share, size = 0.5, LINKS
    if experiment is not None:
        share, size = experiment.part.pipeline_share, experiment.part.size or LINKS
    prices, budget = None, part.budget or float(size)
    if (own := context.settings(ExperimentPart).prices) is not None and not why:
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
    why = f"none but the merger can be paid or placed. {next(iter(left_out.values()))}"
    if part.home is None:
        return choice._replace(why_not=why.rstrip("."))
    msg = f"[governance] of the approaches {why} In a study these are governance.home, host, layer "
    raise InputError(f"{msg}and budget.")


@dataclass(frozen=True, slots=True, eq=False)
class Governance(Result):
    """Shares of links across borders, and approaches between a home and a host."""

    part: GovernancePart
    choice: ApproachChoice
    shares: pd.DataFrame
    no_null: str
    comparison: ApproachComparison | None

    @property
    def by_links(self) -> bool:
        """Whether approaches have as many links, as nothing has a price."""
        return self.choice.prices is None


def compute(context: Context) -> Governance:
    part, choice = context.settings(GovernancePart), context.once(pair_of)
    shares, why = _shares(context, part)
    border, comparison = context.measures.border or part.border, None
    if not choice.why_not:
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


def _shares(context: Context, part: GovernancePart) -> tuple[pd.DataFrame, str]:
    observed = [layer for layer in linked_layers(context.inside) if layer not in context.modelled]
    if not observed or not part.groups:
        return pd.DataFrame(), "no layer is observed" if part.groups else ""
    network, why = context.inside.select(layers=observed), ""
    if context.loaded.joint_events or context.loaded.incidence is not None:
        why = "one event makes several links at once, which rewiring link by link would tear apart"
    elif network.n_links > MOST_LINKS:
        why = f"it would take long for more than {MOST_LINKS:,} links"
    elif not part.replicates:
        why = "none was asked for"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        table = cross_border_shares(
            network,
            groups=part.groups,
            null=None if why else Rewire(),
            replicates=part.replicates or 1,
            rng=context.seed,
            progress=context.progress,
        )
    if any("the null model moved" in str(each.message) for each in caught):
        why = "hardly any link can be rewired"
        table[["null_mean", "z", "p"]] = math.nan
    return table.dropna(subset="share").reset_index(drop=True), why


def offer(result: Governance) -> Iterator[Sentence]:
    if result.comparison is None:
        sources = () if result.shares.empty else ("cross_border",)
        yield Sentence(f"Approaches are not compared: {result.choice.why_not}.", sources)
        return
    names = comparable_names(result.comparison.approaches)
    if len(names) < 2:
        text = f"Only '{names[0]}' could be tried: a merger has no price to compare it by."
        yield Sentence(text, ("approaches",))
        return
    effects = result.comparison.effects.set_index(["measure", "approach"])["difference"]
    at_home, at_host = (str(effects[f"{end}_access"][names].idxmax()) for end in ("home", "host"))
    home, host = result.name(result.choice.home), result.name(result.choice.host)
    text = f"{home} gains most access by '{at_home}', {host} by '{at_host}'"
    if at_home == at_host:
        text = f"Both {home} and {host} gain most access by '{at_home}'"
    amount = (
        f"with {number(result.choice.budget)} links each" if result.by_links else "of equal cost"
    )
    yield Sentence(f"{text}, of {len(names)} approaches {amount}.", ("approaches",))


def tell(result: Governance) -> Iterator[Sentence]:
    choice, comparison = result.choice, result.comparison
    if comparison is not None:
        text = f"No prices are given, so each approach has {number(choice.budget)} links, whatever "
        text += "they would cost ([experiment.prices] gives prices)"
        if (prices := choice.prices) is not None:
            text = f"Each approach costs at most {number(choice.budget)} (a park "
            text += f"{number(prices.park)}, a local link {number(prices.link)}, a kilometre "
            text += f"{number(prices.pipeline_km)})"
        layer, measures = name(result.context.mark(choice.layer)), result.context.measures
        text += f"; its links are placed in {layer}, and all is measured there alone, in steps, "
        border = number(measures.border or result.part.border)
        text += f"with {border} added to each link between two jurisdictions"
        text += "" if measures.border else " (assumed)"
        text += ". A merger has no price, and is not compared with the others."
        yield Sentence(text, ("approaches",), AT_COST)
        forms = () if comparison.forms.empty else ("approach_forms",)
        for sentence in comparison.sentences(names=result.names):
            yield Sentence(sentence, ("approaches", "approach_effects", *forms), AT_COST)
        for approach, why in choice.left_out.items():
            yield Sentence(f"Left out is '{approach}': {why}", ("approaches",), AT_COST)
    table, source = result.shares, ("cross_border",)
    if table.empty:
        return
    says_something = False
    for group, part in table.groupby("group", sort=False):
        low, high = float(part["share"].min()), float(part["share"].max())
        if low == high and low in (0, 1):
            crossing = "every link crosses" if low else "no link crosses"
            text = f"By {name(group)} {crossing} a border, so it says nothing."
            yield Sentence(text, source, BORDERS)
            continue
        says_something = True
        share = f"between {percent(low)} and {percent(high)} of a layer's"
        if percent(low) == percent(high):
            share = f"{percent(low)} of the"
        text = f"By {name(group)}, {share} weight crosses a border."
        for word, z in (("More", 1), ("Less", -1)):
            clear = part[(part["p"] <= 0.05) & (z * part["z"] > 0)]
            if len(clear):
                text += f" {word} than in random networks with the same degrees: "
                text += f"{joined([name(layer) for layer in clear['layer']])}."
        yield Sentence(text, source, BORDERS)
    if says_something and (result.no_null or table["p"].notna().any()):
        text = "p is two-sided and not corrected for the many comparisons; small layers can hardly "
        text += "differ from chance."
        if result.no_null:
            text = f"The shares are not compared with random networks: {result.no_null}."
        yield Sentence(text, source, BORDERS)
    if left := int(table.groupby("group")["left_out"].sum().max()):
        blocks = map(result.context.inside.storage.block, table["layer"].unique())
        loops = sum(int((block.sources == block.indices).sum()) for block in blocks)
        reasons = [f"{loops:,} from a node to itself"] if loops else []
        reasons += [f"{left - loops:,} with an end that has no value"] if left > loops else []
        text = f"{counted(left, 'link')} {are(left)} left out: {joined(reasons)}."
        yield Sentence(text, source, BORDERS)


def draw(result: Governance) -> Iterator[Picture]:
    if result.comparison is None:
        return
    figure = plot_approaches(result.comparison).figure.canvas.figure
    amount = "as many links" if result.by_links else "equal cost"
    caption = f"What each approach changes with {amount}: mean and interval over placements of its "
    caption += "links."
    alt = "A table of small intervals: a row for each approach, a column for each measure."
    yield Picture("approaches", figure, caption, ("approach_effects",), AT_COST, alt)


def tables(result: Governance) -> Iterator[Table]:
    layer, compared = result.choice.layer, result.comparison
    if compared is not None:
        modelled = (layer,) if layer in result.context.modelled else ()
        seen: dict[str, Any] = {"modelled": modelled, "topic": AT_COST}
        caption = "Approaches: links, cost, and what is assumed."
        yield Table("approaches", compared.approaches.reset_index(), caption, **seen)
        caption = "Each measure before and after each approach, with interval over placements."
        yield Table("approach_effects", compared.to_frame(), caption, on_page=False, **seen)
        if not compared.forms.empty:
            forms = compared.forms.assign(objector=compared.forms["objector"].map(members_of))
            caption = "Who gets how much of the gain in access in each form of cooperation, and "
            caption += "who would leave."
            view = _forms(forms)
            yield Table("approach_forms", forms, caption, view=view, whole=True, **seen)
    if not result.shares.empty:
        caption = "Share of the weight of each layer that crosses a border, beside random networks."
        formats = {"share": percent, "null_mean": percent}
        yield Table("cross_border", result.shares, caption, topic=BORDERS, formats=formats)


def _forms(forms: pd.DataFrame) -> pd.DataFrame:
    by = ["approach", "form"]
    shares = forms.pivot(index=by, columns="player", values="share")
    first = forms.drop_duplicates(by)
    view = shares[["home", "host", "others", "operator"]].loc[pd.MultiIndex.from_frame(first[by])]
    leaves = first["objector"].replace("", "nobody").to_numpy()
    return view.assign(**{"would leave": leaves}).reset_index()

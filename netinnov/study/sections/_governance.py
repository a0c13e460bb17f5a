"""Approaches of governance between a home and a host, side by side with as many links."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from netinnov.connectivity import Frictions
from netinnov.errors import InputError
from netinnov.governance import ApproachComparison, compare_approaches
from netinnov.governance._approaches import APPROACHES
from netinnov.plotting import plot_approaches
from netinnov.scenarios._open_size import movable_layer
from netinnov.study._context import Context, Result
from netinnov.study._experiment import MIRROR, check_linked, choose, enclave_called
from netinnov.study._facts import Fact, KeyFigure, Layer, Pair, Part, Picture, Place, Table, Term

BORDER = 1.0  # assumed where [measures] has none, so that a corridor can remove something
LINKS = 10  # links of each approach, where nothing says how large the park is
PLACEMENTS = 30  # of each approach
NOTHING = 1e-9  # changes up to this count as none
SHOWN = ["home_access", "host_access", "efficiency", "access_gini", "effective_number"]


class GovernancePart(Part, part="governance", optional=True):
    home: str | None = None
    host: str | None = None
    layer: str | None = None


class Choice(NamedTuple):
    home: str
    host: str
    layer: str
    budget: int  # links of each approach
    pipeline_share: float
    frictions: Frictions


def choice_of(context: Context) -> Choice:
    part = context.settings(GovernancePart)
    cities = context.cities
    experiment = context.once(choose)
    home = part.home
    host = part.host
    layer = part.layer
    share = 0.5
    size = LINKS
    if experiment is not None:
        own = experiment.part
        home = home or own.home
        host = host or own.host
        layer = layer or experiment.layer
        share = own.pipeline_share
        size = own.size or LINKS
    if home is None or host is None:
        raise InputError(
            "[governance] compares approaches between a home and a host, and the experiment has "
            "none. Set governance.home and governance.host to two places of the report, or leave "
            "[governance] out."
        )
    context.check_places("governance.home", [home])
    context.check_places("governance.host", [host])
    if home == host:
        raise InputError(f"governance.host must not be the home; found {host!r} for both.")
    check_linked(context, "governance")
    frictions = context.measures.frictions(context.measures.border or BORDER)
    return Choice(home, host, movable_layer(cities, layer), size, share, frictions)


class Governance(Result):
    choice: Choice
    comparison: ApproachComparison
    left_out: list[str]  # approaches that cannot be placed


OPTIONS = GovernancePart
CHECK = choice_of


def compute(context: Context) -> Governance:
    choice = context.once(choice_of)
    network = context.cities.select(layers=[choice.layer])
    options = choice._asdict() | {"rng": context.seed}
    options.pop("layer")
    compare = partial(compare_approaches, network, **options)
    possible = []
    for approach in APPROACHES:
        with suppress(InputError):
            compare(approaches=[approach], replicates=1)
            possible.append(approach)
    comparison = compare(approaches=possible, replicates=PLACEMENTS)
    called = enclave_called(context, choice.home, choice.host)
    names = {}
    if called != "reverse enclave":  # where home does not rank below the host
        names = {"reverse enclave": called, "park of the core at home": MIRROR}
        effects = comparison.effects.replace({"approach": names})
        approaches = comparison.approaches.rename(index=names)
        comparison = replace(comparison, approaches=approaches, effects=effects)
    left_out = [names.get(each, each) for each in APPROACHES if each not in possible]
    return Governance(context, choice, comparison, left_out)


def facts(result: Governance) -> Mapping[str, Fact]:
    choice = result.choice
    comparison = result.comparison
    # A merger has no links of its own, and is compared with nothing.
    built = comparison.approaches["size"].gt(0)
    pair = Pair(choice.home, choice.host)
    points = result.context.points.index
    tabled = result.context.cities.storage.place_table.distances is not None
    bare = [] if tabled else [x for x in (pair.home, pair.host) if x not in points]
    left_out = [*map(Term, [*built.index[~built], *result.left_out])]
    change = comparison.effects.pivot(index="approach", columns="measure", values="difference")
    change = change.reindex(built.index)
    unbuilt_for: list[Place] = []
    known: dict[str, Fact] = {
        "home": pair.home,
        "host": pair.host,
        "size": choice.budget,
        "approach_layer": Layer(choice.layer),
        "n_approaches": int(built.sum()),
        "border": choice.frictions.border,
        "longer": choice.frictions.distance,
        "longer_per": f"{choice.frictions.per:,g} {result.context.cities.distance_unit}",
        "border_assumed": not result.context.measures.border,
        "bare_ends": bare,
        "not_compared": left_out,
        "unbuilt": [],
    }
    for end, place in (("home", pair.home), ("host", pair.host)):
        gain = change[f"{end}_access"]
        most = gain[built].max()
        best = built & (gain >= most - NOTHING) & (most > NOTHING)
        known[f"best_{end}"] = [*map(Term, built.index[best])]
        if (more := ~built & (gain > max(most, 0) + NOTHING)).any():
            known["unbuilt"] = [*map(Term, built.index[more])]
            unbuilt_for.append(place)
    return known | {"unbuilt_for": unbuilt_for}


def key_figures(result: Governance, known: Any) -> Iterator[KeyFigure]:
    effects: Any = result.comparison.effects.set_index(["measure", "approach"])
    for end in ("home", "host"):
        for best in known[f"best_{end}"][:1]:
            row = effects.loc[(f"{end}_access", str(best))]
            if row["baseline"]:
                change = row[["difference", "low", "high"]] / abs(row["baseline"])
                value, *ends = change.astype(float)
                low, high = (None, None) if math.isclose(*ends) else ends
                yield KeyFigure(f"best_{end}", value, low, high, form="change")


def draw(result: Governance) -> Iterator[Picture]:
    plot = partial(plot_approaches, result.comparison, measures=SHOWN[:3])
    yield Picture("approaches", plot, on_page=True)


def tables(result: Governance) -> Iterator[Table]:
    compared = result.comparison
    layer = result.choice.layer
    modelled = (layer,) if layer in result.context.modelled else ()
    # It counts links both ways, and a page has one kind of effective number.
    shown = SHOWN if result.context.direction == "total" else SHOWN[:-1]
    effects = compared.effects[compared.effects["measure"].isin(shown)]
    before = effects["baseline"].abs()
    change = effects.assign(change=effects["difference"] / before.where(before > 0))
    wide = change.pivot(index="approach", columns="measure", values="change")[shown]
    view = compared.approaches[["size"]].join(wide).reset_index()
    approaches = compared.approaches.reset_index()
    yield Table("approaches", approaches, view, on_page=True, modelled=modelled)
    yield Table("approach_effects", compared.to_frame(), modelled=modelled)

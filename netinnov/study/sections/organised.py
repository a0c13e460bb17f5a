"""How the network is organised: communities, layers, brokers, and what places specialise in."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from netinnov import plotting
from netinnov.plotting._style import DOUBLE, larger, new_figure
from netinnov.study._context import Context
from netinnov.study._section import (
    Fact,
    KeyFigure,
    Layer,
    Name,
    Part,
    Picture,
    Place,
    Result,
    Table,
    Term,
    mark_layers,
    with_modelled,
)
from netinnov.study._structure_plan import StructurePart
from netinnov.study._words import as_much, digits_apart
from netinnov.study.sections import _organisation as of, enclaves

DRAWN = 4  # communities, or roles, from which they are drawn; with fewer the text says it all
SHOWN = 20  # layers whose names have room in a figure
ROWS = 15
NAMED = 3
NOTHING = 1e-9  # of Krugman's index
ROLES = ("coordinator", "itinerant", "gatekeeper", "representative", "liaison")


class SpecialisationPart(Part, part="specialisation", optional=True):
    example: ClassVar[str] = """\
[specialisation]              # mix of layers of each place, and convergence; no settings
"""


OPTIONS = (StructurePart, SpecialisationPart)


@dataclass(frozen=True, slots=True, eq=False)
class Organised(Result):
    """None for what the settings leave out, or the data do not allow."""

    communities: of.Communities | None
    similarity: of.Similarity | None
    brokers: pd.DataFrame | None
    specialisation: of.Specialisation | None


def compute(context: Context) -> Organised | None:
    wanted = context.options(SpecialisationPart) is not None
    parts = (
        context.once(of.communities),
        context.once(of.similarity),
        context.once(of.brokers),
        context.once(of.specialisation) if wanted else None,
    )
    return None if all(part is None for part in parts) else Organised(context, *parts)


def facts(result: Organised) -> Mapping[str, Fact]:
    parts = (_communities(result), _layers(result), _brokers(result), _specialised(result))
    return {key: fact for part in parts for key, fact in part.items()}


def _communities(result: Organised) -> dict[str, Fact]:
    groups = result.communities
    if groups is None:
        return {"n_communities": 0}
    test, table, plan = groups.detection.test, groups.table, groups.detection.plan
    by_layer = groups.cohesion["inside"].drop("together").dropna().sort_values(kind="stable")
    ends = [by_layer.index[-1], by_layer.index[0]] if len(by_layer) > 1 else []
    places = groups.detection.table
    roles = places["role"].dropna().value_counts().sort_index()
    hubs = places[places["role"].isin(["R5", "R6", "R7"])].sort_values("z", ascending=False)
    flows, flow = groups.flows[groups.flows["source"] != groups.flows["target"]], None
    weights = flows["weight"].sort_values(ascending=False)
    if 1 < len(table) < DRAWN and len(flows) and not as_much(weights, weights.head(1)):
        flow = flows.loc[weights.index[0]]
    return {
        "n_communities": len(table),
        "all_modelled": bool(plan.modelled),
        "around": [Place(each) for each in groups.strongest],
        "members": [int(each) for each in table["places"]],
        "shares": [float(each) for each in table["strength_share"]],
        "inside": float(groups.cohesion["inside"]["together"]),
        "tested": test.untested is None,
        "untested": Term(plan.null.code)
        if plan.null.model is None
        else Term("why_null_moves_little"),
        "by_chance": test.by_chance,
        "replicates": test.replicates,
        "p": test.p,
        "inside_layers": [Layer(layer) for layer in ends],
        "inside_shares": [float(by_layer[layer]) for layer in ends],
        "directed": bool(plan.network.directed),
        "flow_from": None if flow is None else Place(groups.strongest[flow["source"]]),
        "flow_to": None if flow is None else Place(groups.strongest[flow["target"]]),
        "flow_share": math.nan if flow is None else float(flow["share"]),
        "roles": [Term(role) for role in roles.index] if len(table) > 1 else [],
        "in_roles": [int(n) for n in roles],
        "hubs": [Place(each) for each in hubs.index],
    }


def _layers(result: Organised) -> dict[str, Fact]:
    """The most similar pair of layers, and the median of all pairs."""
    known: dict[str, Fact] = {"layers": 0}
    if result.similarity is None:
        return known
    for key in ("overlap", "correlation"):
        table: pd.DataFrame = getattr(result.similarity, key)
        x, y = np.triu_indices(len(table), 1)
        pairs = table.to_numpy(float)[x, y]
        known |= {"layers": len(table), key: math.nan, f"{key}_layers": []}
        if not np.isnan(pairs).all():
            best = int(np.nanargmax(pairs))
            known[key] = float(pairs[best])
            known[f"{key}_median"] = float(np.nanmedian(pairs))
            known[f"{key}_layers"] = [Layer(table.index[at]) for at in (x[best], y[best])]
            known[f"{key}_digits"] = digits_apart(float(pairs[best]), 1.0)
    return known


def _brokers(result: Organised) -> dict[str, Fact]:
    table, names = result.brokers, result.context.actors
    if table is None:
        return {"n_brokers": None}
    together, mine = table["together"], table[table["enclave"].astype(bool)]
    across = list(ROLES[1:])
    paths = int(table[across].to_numpy().sum())
    roles = [role for role in ROLES if mine[role].any()]
    return {
        "n_brokers": len(table),
        "broker_pairs": int(together.sum()),
        "top": [Name(names[node]) for node in table.index[:NAMED]],
        "top_pairs": [int(n) for n in together.head(NAMED)],
        "tied": as_much(together, together.head(NAMED)) if len(table) else 0,
        "all_layers": not result.modelled_layers,
        "has_enclaves": bool(len(result.context.once(enclaves.compute).table)),
        "enclave_brokers": len(mine),
        "enclave_roles": [Term(f"role_{role}") for role in roles],
        "enclave_pairs": [int(mine[role].sum()) for role in roles],
        "across": int(mine[across].to_numpy().sum()) / paths if paths else math.nan,
    }


def _specialised(result: Organised) -> dict[str, Fact]:
    groups = result.specialisation
    known: dict[str, Fact] = {"specialised": None, "first_period": None}
    if groups is not None and groups.table is not None:
        well_linked = groups.table[groups.table["links"] >= groups.table["links"].quantile(0.5)]
        rows = well_linked.sort_values("krugman_index", ascending=False, kind="stable").head(NAMED)
        rows = rows[rows["krugman_index"] > NOTHING]
        known |= {
            "specialised": [Place(each) for each in rows.index],
            "krugman": [float(each) for each in rows["krugman_index"]],
            "most_in": [Layer(each) for each in rows["most_special_in"]],
        }
    if groups is not None and groups.spread is not None:
        first, last = (float(groups.spread["log_sd"].iloc[at]) for at in (0, -1))
        stays = math.isclose(first, last, abs_tol=1e-12)
        known |= {
            "first_period": str(groups.spread.index[0]),
            "last_period": str(groups.spread.index[-1]),
            "first_spread": first,
            "last_spread": last,
            "spread_digits": digits_apart(first, last),
            "spread_places": int(groups.spread["places"].iloc[0]),
            "trend": 0 if stays else 1 if last > first else -1,
        }
    return known


def key_figures(result: Organised) -> Iterator[KeyFigure]:
    known = facts(result)
    if (groups := result.communities) is not None:
        yield KeyFigure("communities", len(groups.table))
        test = groups.detection.test
        digits = digits_apart(test.modularity, test.null_low, test.null_high)
        yield KeyFigure("modularity", test.modularity, test.null_low, test.null_high, digits=digits)
        yield KeyFigure("inside", known["inside"], form="percent")
    if known["layers"]:
        yield KeyFigure("overlap", known.get("overlap_median"), form="percent")
    if known["n_brokers"] is not None:
        yield KeyFigure("brokers", known["n_brokers"])
        if known["has_enclaves"] and known["across"] == known["across"]:
            yield KeyFigure("across", known["across"], form="percent")


def draw(result: Organised) -> Iterator[Picture]:
    communities, layers, special = result.communities, result.similarity, result.specialisation
    drawn = {
        "layer_similarity": (_similarity, layers is not None and len(layers.overlap) <= SHOWN),
        "community_flows": (_flows, communities is not None and len(communities.table) >= DRAWN),
        "roles": (
            _roles,
            communities is not None and communities.detection.table["role"].nunique() >= DRAWN,
        ),
        "specialisation": (_quotients, special is not None and special.quotients is not None),
    }
    wanted = [(name, draw) for name, (draw, some) in drawn.items() if some]
    for at, (name, draw) in enumerate(wanted):
        yield Picture(name, partial(draw, result), on_page=at == 0)


def _similarity(result: Organised) -> Figure:
    groups: of.Similarity = result.similarity  # type: ignore[assignment]
    write = result.context.language.layer
    both = [
        (groups.overlap, "share of linked pairs in common"),
        (groups.correlation, "rank correlation of numbers of links"),
    ]
    both = both if len(groups.overlap) <= SHOWN / 2 and larger() == 1 else both[:1]
    figure = new_figure(width=DOUBLE, height=82 if larger() > 1 or len(both) > 1 else 160)
    axes = figure.subplots(1, len(both), squeeze=False).ravel()
    for ax, (table, label) in zip(axes, both, strict=True):
        named = table.rename(index=write, columns=write)
        plotting.plot_layer_similarity(named, label=label, ax=ax)
    return figure


def _flows(result: Organised) -> Figure:
    own = result.communities.detection  # type: ignore[union-attr]
    figure = new_figure(width=DOUBLE, height=110)
    membership, ax = own.table["community"].astype(object).dropna(), figure.add_subplot()
    plotting.plot_community_flows(own.plan.network, membership, names=result.drawn_names, ax=ax)
    return figure


def _roles(result: Organised) -> Figure:
    table = result.communities.detection.table  # type: ignore[union-attr]
    figure = new_figure(width=DOUBLE, height=100)
    plotting.plot_roles(table, names=result.drawn_names, ax=figure.add_subplot())
    return figure


def _quotients(result: Organised) -> Figure:
    table: pd.DataFrame = result.specialisation.quotients  # type: ignore[assignment, union-attr]
    figure = new_figure(height=26 + 5.2 * min(len(table), ROWS))
    named = table.rename(columns=result.context.language.layer)
    ax = figure.add_subplot()
    plotting.plot_location_quotients(named, names=result.drawn_names, top=ROWS, ax=ax)
    return figure


def tables(result: Organised) -> Iterator[Table]:
    if result.communities is not None:
        yield from _of_communities(result.communities)
    if result.similarity is not None:
        for name in ("overlap", "correlation"):
            frame = mark_layers(
                getattr(result.similarity, name), result.modelled_layers, columns=True
            )
            yield Table(f"layer_{name}", frame, modelled=result.modelled_layers)
    if result.brokers is not None:
        names = result.brokers.index.map(result.context.actors)
        view = result.brokers.reset_index(drop=True).assign(name=names)
        view = view[["name", "jurisdiction", "enclave", *ROLES, "together"]]
        frame = result.brokers
        yield Table("brokerage", frame, view, on_page=True, places=("jurisdiction",))
    if (groups := result.specialisation) is not None:
        parts = {
            "specialisation": groups.table,
            "location_quotients": groups.quotients,
            "convergence": groups.spread,
            "strength_by_period": groups.strength,
        }
        yield from (Table(name, part) for name, part in parts.items() if part is not None)


def _of_communities(groups: of.Communities) -> Iterator[Table]:
    plan = groups.detection.plan
    both = (*plan.modelled, *plan.modelled_beside)
    view = groups.table[["places", "strength_share", "inside"]]
    view.insert(0, "strongest", groups.strongest)
    yield Table(
        "communities",
        with_modelled(groups.table, plan.modelled, always=True),
        view.reset_index(drop=True),
        on_page=len(view) > 1,
        places=("strongest",),
        forms={"strength_share": "percent", "inside": "percent"},
        modelled=plan.modelled,
    )
    frame = mark_layers(groups.cohesion, both)
    frame = frame if len(frame) > 2 else frame.iloc[1:]  # one layer is all of them
    yield Table("communities_by_layer", frame, modelled=both)
    frame = with_modelled(groups.flows, plan.modelled, always=True)
    yield Table("community_flows", frame, modelled=plan.modelled)

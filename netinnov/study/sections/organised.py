"""How the network is organised: communities, layers, brokers, and what places specialise in."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from netinnov import centrality, plotting
from netinnov._hierarchy import units
from netinnov.build import flatten
from netinnov.mechanisms.agglomeration import krugman_index, location_quotient
from netinnov.network import MultilayerNetwork
from netinnov.plotting._style import DOUBLE, larger, new_figure
from netinnov.study._context import Context
from netinnov.study._section import (
    Fact,
    KeyFigure,
    Layer,
    Picture,
    Place,
    Result,
    Table,
    Term,
    mark_layers,
    with_modelled,
)
from netinnov.study._structure_plan import StructurePart, plan
from netinnov.study._words import as_much, digits_apart
from netinnov.study.sections import enclaves
from netinnov.study.sections._centre_detection import Detection, detect

DRAWN = 4  # communities from which the weight between them is drawn
SHOWN = 20  # layers whose names have room in a figure
NAMED = 3
NOTHING = 1e-9  # of Krugman's index
ROLES = ("coordinator", "itinerant", "gatekeeper", "representative", "liaison")
OPTIONS = StructurePart


@dataclass(frozen=True, slots=True, eq=False)
class Organised(Result):
    """Communities, with the id of the strongest place of each, and what the data allow beside."""

    detection: Detection
    communities: pd.DataFrame
    strongest: pd.Series
    flows: pd.DataFrame
    overlap: pd.DataFrame
    brokers: pd.DataFrame | None
    specialisation: pd.DataFrame | None

    @property
    def inside(self) -> float:
        """Share of the weight of all links that stays in a community."""
        stays = self.flows["source"] == self.flows["target"]
        return float(self.flows.loc[stays, "share"].sum())


def compute(context: Context) -> Organised | None:
    detected = context.once(detect)
    if detected is None:
        return None
    flows = community_flows(detected.plan.network, detected.table["community"])
    ranked = detected.table.sort_values("centrality", ascending=False, kind="stable")
    groups = communities(flows, ranked)
    strongest = ranked.index.to_series().groupby(ranked["community"]).first().reindex(groups.index)
    overlap = centrality.layer_overlap(detected.plan.cities)
    beside = context.once(brokers), context.once(specialisation)
    return Organised(context, detected, groups, strongest, flows, overlap, *beside)


def communities(flows: pd.DataFrame, ranked: pd.DataFrame) -> pd.DataFrame:
    """Communities, the strongest first, from the weight between them and places by strength."""
    both = flows.loc[flows["source"] != flows["target"]]
    inner = flows.loc[flows["source"] == flows["target"]].set_index("source")["weight"]
    ends = (both.groupby(end)["weight"].sum() for end in ("source", "target"))
    between = next(ends).add(next(ends), fill_value=0.0)
    by = ranked.dropna(subset="community").groupby("community")
    strength = by["centrality"].sum()
    inside = 2 * inner.reindex(strength.index, fill_value=0.0)
    outside = between.reindex(strength.index, fill_value=0.0)
    table = pd.DataFrame(
        {
            "places": by.size(),
            "strongest": by["name"].first(),
            "centres": ranked.loc[ranked["centre"]].groupby("community")["name"].agg("; ".join),
            "strength": strength,
            "strength_share": strength / strength.sum(),
            "inside": inside / (inside + outside),
        }
    ).rename_axis("community")
    return table.sort_values("strength", ascending=False, kind="stable")


def community_flows(network: MultilayerNetwork, labels: pd.Series) -> pd.DataFrame:
    """Weight inside and between communities."""
    flat = flatten(network)
    links = flat.links
    links = links.loc[links["source"] != links["target"]]
    source, target = (labels.reindex(links[e]).to_numpy(np.int64) for e in ("source", "target"))
    if not flat.directed:
        source, target = np.minimum(source, target), np.maximum(source, target)
    frame = pd.DataFrame({"source": source, "target": target, "weight": links["weight"]})
    flows = frame.groupby(["source", "target"])["weight"].sum().reset_index()
    return flows.assign(share=flows["weight"] / flows["weight"].sum())


def brokers(context: Context) -> pd.DataFrame | None:
    """Nodes of the observed layers between two others, most pairs first, by role and together."""
    observed = context.observed(context.inside)
    if context.once(plan) is None or not observed:
        return None
    inside = context.inside.select(layers=observed)
    known_enclaves = context.once(enclaves.compute).table["node"]
    places = inside.storage.places
    code = units(inside.storage.jurisdiction_codes, places, context.configuration.places.level)
    if not (code >= 0).all():
        inside = inside.select(nodes=list(inside.storage.nodes.index[code >= 0]))
        code = code[code >= 0]
    nodes = inside.storage.nodes
    jurisdiction = pd.Series(places.index.take(code), nodes.index)
    counts = centrality.brokerage(inside, groups=jurisdiction)
    table = nodes[[column for column in ("name", "kind") if column in nodes]].assign(
        jurisdiction=jurisdiction,
        enclave=nodes.index.isin(known_enclaves),
        **{str(role): counts[role] for role in counts},
        together=counts.sum(axis=1),
    )
    table = table.loc[table["together"] > 0].sort_values("together", ascending=False, kind="stable")
    return table.rename_axis("node")


def specialisation(context: Context) -> pd.DataFrame | None:
    """Krugman index of each place, and the observed layer where it has most beyond its share."""
    cities = context.cities.select(layers=context.observed(context.cities))
    counts = centrality.degree(cities)
    counts = counts.loc[counts.sum(axis=1) > 0, counts.sum() > 0]
    if context.once(plan) is None or counts.shape[1] < 2:
        return None
    quotient = location_quotient(counts)
    table = pd.DataFrame(
        {
            "links": counts.sum(axis=1),
            "krugman_index": krugman_index(counts),
            "most_special_in": quotient.idxmax(axis=1),
            "quotient": quotient.max(axis=1),
        }
    )
    return table.sort_values("links", ascending=False, kind="stable")


def facts(result: Organised) -> Mapping[str, Fact]:
    plan, test = result.detection.plan, result.detection.test
    return {
        "n_communities": len(result.communities),
        "all_modelled": bool(plan.modelled),
        "around": [Place(each) for each in result.strongest],
        "tested": test.untested is None,
        "untested": Term(plan.null.code if plan.null.model is None else "why_null_moves_little"),
        "by_chance": test.by_chance,
        "replicates": test.replicates,
        "p": test.p,
        **_layers(result.overlap),
        **_brokers(result),
        **_specialised(result.specialisation),
    }


def _layers(overlap: pd.DataFrame) -> dict[str, Fact]:
    """The most similar pair of layers, and the median of all pairs."""
    if len(overlap) < 2:
        return {"layers": 1, "overlap": math.nan, "overlap_median": math.nan, "overlap_layers": []}
    x, y = np.triu_indices(len(overlap), 1)
    pairs = overlap.to_numpy(float)[x, y]
    best = int(np.nanargmax(pairs))
    return {
        "layers": len(overlap),
        "overlap": float(pairs[best]),
        "overlap_median": float(np.nanmedian(pairs)),
        "overlap_layers": [Layer(overlap.index[at]) for at in (x[best], y[best])],
    }


def _brokers(result: Organised) -> dict[str, Fact]:
    table = result.brokers
    if table is None:
        return {"n_brokers": None}
    together, mine = table["together"], table[table["enclave"].astype(bool)]
    across = list(ROLES[1:])
    paths = int(table[across].to_numpy().sum())
    return {
        "n_brokers": len(table),
        "top": [Place(node) for node in table.index[:NAMED]],
        "top_pairs": [int(n) for n in together.head(NAMED)],
        "tied": as_much(together, together.head(NAMED)) if len(table) else 0,
        "all_layers": not result.modelled_layers,
        "enclave_brokers": len(mine),
        "across": int(mine[across].to_numpy().sum()) / paths if paths else math.nan,
    }


def _specialised(table: pd.DataFrame | None) -> dict[str, Fact]:
    if table is None:
        return {"specialised": None, "krugman": [], "most_in": []}
    well_linked = table[table["links"] >= table["links"].quantile(0.5)]
    rows = well_linked.sort_values("krugman_index", ascending=False, kind="stable").head(NAMED)
    rows = rows[rows["krugman_index"] > NOTHING]
    return {
        "specialised": [Place(each) for each in rows.index],
        "krugman": [float(each) for each in rows["krugman_index"]],
        "most_in": [Layer(each) for each in rows["most_special_in"]],
    }


def key_figures(result: Organised) -> Iterator[KeyFigure]:
    known, test = facts(result), result.detection.test
    yield KeyFigure("communities", known["n_communities"])
    digits = digits_apart(test.modularity, test.null_low, test.null_high)
    yield KeyFigure("modularity", test.modularity, test.null_low, test.null_high, digits=digits)
    yield KeyFigure("inside", result.inside, form="percent")
    if len(result.overlap) > 1:
        yield KeyFigure("overlap", known["overlap_median"], form="percent")
    if known["n_brokers"] is not None:
        yield KeyFigure("brokers", known["n_brokers"])
        if known["enclave_brokers"]:
            yield KeyFigure("across", known["across"], form="percent")


def draw(result: Organised) -> Iterator[Picture]:
    similar = 2 <= len(result.overlap) <= SHOWN
    if similar:
        yield Picture("layer_similarity", partial(_similarity, result), on_page=True)
    if len(result.communities) >= DRAWN:
        yield Picture("community_flows", partial(_flows, result), on_page=not similar)


def _similarity(result: Organised) -> Figure:
    write = result.context.language.layer
    figure = new_figure(width=DOUBLE, height=82 if larger() > 1 else 160)
    named, ax = result.overlap.rename(index=write, columns=write), figure.add_subplot()
    plotting.plot_layer_similarity(named, label="share of linked pairs in common", ax=ax)
    return figure


def _flows(result: Organised) -> Figure:
    own = result.detection
    figure = new_figure(width=DOUBLE, height=110)
    membership, ax = own.table["community"].astype(object).dropna(), figure.add_subplot()
    plotting.plot_community_flows(own.plan.network, membership, names=result.drawn_names, ax=ax)
    return figure


def tables(result: Organised) -> Iterator[Table]:
    plan, modelled = result.detection.plan, result.detection.plan.modelled
    view = result.communities[["places", "strength_share", "inside"]]
    view.insert(0, "strongest", result.strongest)
    yield Table(
        "communities",
        with_modelled(result.communities, modelled, always=True),
        view.reset_index(drop=True),
        on_page=len(view) > 1,
        places=("strongest",),
        forms={"strength_share": "percent", "inside": "percent"},
        modelled=modelled,
    )
    frame = with_modelled(result.flows, modelled, always=True)
    yield Table("community_flows", frame, modelled=modelled)
    if len(plan.cities.layers) > 1:
        correlation = centrality.layer_correlation(plan.cities, method="spearman", presence="all")
        for name, frame in (("layer_overlap", result.overlap), ("layer_correlation", correlation)):
            marked = mark_layers(frame, result.modelled_layers, columns=True)
            yield Table(name, marked, modelled=result.modelled_layers)
    if result.brokers is not None:
        view = result.brokers.rename_axis("name").drop(columns="name", errors="ignore")
        view = view.reset_index()[["name", "jurisdiction", "enclave", *ROLES, "together"]]
        at = ("name", "jurisdiction")
        yield Table("brokerage", result.brokers, view, on_page=True, places=at)
    if result.specialisation is not None:
        yield Table("specialisation", result.specialisation)

"""How the network is organised: communities, layers, brokers, and what places specialise in."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from netinnov import centrality, plotting
from netinnov._network.hierarchy import units
from netinnov._network.matrices import flat_matrix
from netinnov.mechanisms.agglomeration import krugman_index, location_quotient
from netinnov.study import _enclave_list
from netinnov.study._context import Context, Result
from netinnov.study._facts import Fact, KeyFigure, Layer, Picture, Place, Table, Term
from netinnov.study._language import as_much
from netinnov.study._structure_plan import Detection, StructurePart, detect

SHOWN = 20  # layers whose names have room in a figure
NAMED = 3
NOTHING = 1e-9  # of Krugman's index
ROLES = ("coordinator", "itinerant", "gatekeeper", "representative", "liaison")
OPTIONS = StructurePart


class Organised(Result):
    detection: Detection
    communities: pd.DataFrame  # with the id of the strongest place of each
    inside: float  # share of the weight of all links that stays in a community
    overlap: pd.DataFrame
    brokers: pd.DataFrame | None
    specialisation: pd.DataFrame | None


def compute(context: Context) -> Organised | None:
    detected = context.once(detect)
    if detected is None:
        return None
    overlap = centrality.layer_overlap(detected.plan.cities)
    beside = brokers(context), specialisation(context)
    return Organised(context, detected, *communities(detected), overlap, *beside)


def communities(detected: Detection) -> tuple[pd.DataFrame, float]:
    network = detected.plan.network
    ranked = detected.table
    ranked = ranked.sort_values("centrality", ascending=False, kind="stable")
    member = pd.get_dummies(ranked["community"].reindex(network.storage.node_names), dtype=float)
    flows = member.T.to_numpy() @ (flat_matrix(network) @ member.to_numpy())
    inner = np.diagonal(flows)
    ends = flows.sum(axis=0) + flows.sum(axis=1)
    by = ranked.assign(strongest=ranked.index).groupby("community")
    centres = ranked[ranked["centre"]].groupby("community")["name"].agg("; ".join)
    columns = {"places": by.size(), "strongest": by["strongest"].first(), "centres": centres}
    table = pd.DataFrame(columns | {"strength": by["centrality"].sum()}).rename_axis("community")
    table["strength_share"] = table["strength"] / table["strength"].sum()
    table["inside"] = pd.Series(inner / (ends - inner), member.columns)
    table = table.sort_values("strength", ascending=False, kind="stable")
    return table, float(inner.sum() / flows.sum())


def brokers(context: Context) -> pd.DataFrame | None:
    """Nodes of the observed layers between two others, most pairs first, by role and together.

    None where none could be one, as no node has links both in and out.
    """
    observed = context.observed(context.inside)
    if not observed:
        return None
    storage = context.inside.storage
    level = context.configuration.places.level
    code = units(storage.jurisdiction_codes, storage.places, level)
    jurisdiction = pd.Series(storage.places.index.take(code), storage.node_names)
    network = context.inside.select(layers=observed)
    into, out = (centrality.degree(network, direction=way).any(axis=1) for way in ("in", "out"))
    if not (into & out).any():
        return None
    counts = centrality.brokerage(network, groups=jurisdiction)
    table = storage.nodes.filter(["name", "kind"]).assign(
        jurisdiction=jurisdiction,
        enclave=storage.node_names.isin(context.once(_enclave_list.compute).counted["node"]),
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
    if counts.shape[1] < 2:
        return None
    quotient = location_quotient(counts)
    columns = {
        "links": counts.sum(axis=1),
        "krugman_index": krugman_index(counts),
        "most_special_in": quotient.idxmax(axis=1),
        "quotient": quotient.max(axis=1),
    }
    return pd.DataFrame(columns).sort_values("links", ascending=False, kind="stable")


def facts(result: Organised) -> Mapping[str, Fact]:
    plan = result.detection.plan
    test = result.detection.test
    n = len(result.overlap)
    several = result.communities[result.communities["places"] > 1]  # one place is no community
    pairs = result.overlap.to_numpy(float)[np.triu_indices(n, 1)]
    why = plan.null_code if plan.null is None else "why_null_moves_little"
    return {
        "n_communities": len(several),
        "n_alone": len(result.communities) - len(several),
        "inside": result.inside,
        "around": [*map(Place, several["strongest"])],
        "all_modelled": bool(plan.modelled),
        "by_chance": test.by_chance,
        "barely": test.modularity <= test.null_high,  # one-sided p, two-sided interval
        "p": test.p,
        "tested": test.untested is None,
        "untested": Term(why),
        "replicates": test.replicates,
        "layers": n,
        "error": 2 * math.sqrt(test.p * (1 - test.p) / max(test.replicates, 1)),
        "overlap": float(np.nanmedian(pairs)) if n > 1 else math.nan,
        **_brokers(result),
        **_specialised(result.specialisation),
    }


def _brokers(result: Organised) -> dict[str, Fact]:
    table = result.brokers
    if table is None:
        return {"n_brokers": None}
    mine = table["enclave"].astype(bool)
    across = table[list(ROLES[1:])].sum(axis=1)
    share = float(across[mine].sum() / across.sum()) if across.any() else math.nan
    return {
        "n_brokers": len(table),
        "enclave_brokers": int(mine.sum()),
        "all_layers": not result.context.modelled,
        "across": share,
    }


def _specialised(table: pd.DataFrame | None) -> dict[str, Fact]:
    if table is None:
        return {"specialised": None, "as_special": 0, "krugman": [], "most_in": []}
    ranked = table[(table["links"] >= table["links"].median()) & (table["krugman_index"] > NOTHING)]
    ranked = ranked.sort_values("krugman_index", ascending=False, kind="stable")
    rows = ranked.head(NAMED)
    index = ranked["krugman_index"]
    return {
        "specialised": [*map(Place, rows.index)],
        "as_special": as_much(index, index.head(NAMED)) if len(index) else 0,
        "krugman": rows["krugman_index"].tolist(),
        "most_in": [*map(Layer, rows["most_special_in"])],
    }


def key_figures(result: Organised, known: Any) -> Iterator[KeyFigure]:
    test = result.detection.test
    if known["n_communities"] > 1:
        yield KeyFigure("communities", known["n_communities"])
    yield KeyFigure("modularity", test.modularity, test.null_low, test.null_high, digits=3)
    yield KeyFigure("inside", result.inside, form="percent")
    if len(result.overlap) > 1:
        yield KeyFigure("overlap", known["overlap"], form="percent")
    if known["n_brokers"] is not None:
        yield KeyFigure("brokers", known["n_brokers"])
        if known["enclave_brokers"]:
            yield KeyFigure("across", known["across"], form="percent")


def draw(result: Organised) -> Iterator[Picture]:
    if 2 <= len(result.overlap) <= SHOWN:
        write = result.context.language.layer
        label = "share of linked pairs in common"
        named = result.overlap.rename(index=write, columns=write)
        plot = partial(plotting.plot_layer_similarity, named, label=label)
        yield Picture("layer_similarity", plot, on_page=True)


def tables(result: Organised) -> Iterator[Table]:
    groups = result.communities
    modelled = result.detection.plan.modelled
    named = groups.assign(strongest=groups["strongest"].map(result.context.names).astype("str"))
    view = groups[["strongest", "places", "strength_share", "inside"]].reset_index(drop=True)
    divided = bool((groups["places"] > 1).sum() > 1)
    yield Table("communities", named, view, on_page=divided, modelled=modelled)
    if len(result.overlap) > 1:
        yield Table("layer_overlap", result.overlap, modelled=result.context.modelled)
    if result.brokers is not None:
        view = result.brokers.rename_axis("name").drop(columns="name", errors="ignore")
        view = view.reset_index()[["name", "jurisdiction", "enclave", *ROLES, "together"]]
        yield Table("brokerage", result.brokers, view, on_page=True)
    if result.specialisation is not None:
        yield Table("specialisation", result.specialisation)

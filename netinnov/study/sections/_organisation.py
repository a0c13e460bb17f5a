"""How places and nodes hang together: communities, layers, brokers, and specialisation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from netinnov import centrality
from netinnov._hierarchy import units
from netinnov.build import flatten
from netinnov.mechanisms.agglomeration import krugman_index, location_quotient
from netinnov.mechanisms.convergence import Spread, sigma_convergence
from netinnov.network import MultilayerNetwork, split_periods
from netinnov.study._context import Context
from netinnov.study._structure_plan import plan
from netinnov.study.sections import enclaves
from netinnov.study.sections._centre_detection import Detection, detect

FEWEST = 10  # places with links in every period below which their spread is not followed


@dataclass(frozen=True, slots=True, eq=False)
class Communities:
    """Communities, the strongest first, links between them, and the cohesion of layers.

    `strongest` is the id of the strongest place of each. `cohesion` has the weight of the links,
    the share of it inside communities, and their modularity: of the layers together and of each.
    """

    detection: Detection
    table: pd.DataFrame
    strongest: pd.Series
    flows: pd.DataFrame
    cohesion: pd.DataFrame


def communities(context: Context) -> Communities | None:
    own = context.once(detect)
    if own is None:
        return None
    labels, cities, network = own.table["community"], own.plan.cities, own.plan.network
    member = list(labels.index[labels.notna()])
    parts = {"together": flatten(network)}
    parts |= {each: cities.select(layers=[each], nodes=member) for each in cities.layers}
    rows = [_cohesion(part, labels, own.plan.options.resolution) for part in parts.values()]
    cohesion = pd.DataFrame(rows, pd.Index([*parts], name="layer"))
    flows = _flows(network, labels)
    table = _table(flows, own.table)
    ranked = own.table.sort_values("centrality", ascending=False, kind="stable")
    strongest = ranked.index.to_series().groupby(ranked["community"]).first().reindex(table.index)
    return Communities(own, table, strongest, flows, cohesion)


def _table(flows: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    both = flows.loc[flows["source"] != flows["target"]]
    inner = flows.loc[flows["source"] == flows["target"]].set_index("source")["weight"]
    ends = (both.groupby(end)["weight"].sum() for end in ("source", "target"))
    between = next(ends).add(next(ends), fill_value=0.0)
    ranked = places.sort_values("centrality", ascending=False, kind="stable")
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


def _flows(network: MultilayerNetwork, labels: pd.Series) -> pd.DataFrame:
    flat = flatten(network)
    links = flat.links
    links = links.loc[links["source"] != links["target"]]
    source, target = (labels.reindex(links[e]).to_numpy(np.int64) for e in ("source", "target"))
    if not flat.directed:
        source, target = np.minimum(source, target), np.maximum(source, target)
    frame = pd.DataFrame({"source": source, "target": target, "weight": links["weight"]})
    flows = frame.groupby(["source", "target"])["weight"].sum().reset_index()
    return flows.assign(share=flows["weight"] / flows["weight"].sum())


def _cohesion(network: MultilayerNetwork, labels: pd.Series, resolution: float) -> dict[str, float]:
    from netinnov.community import modularity

    label, links = labels.dropna().astype("int64"), network.links
    links = links.loc[links["source"] != links["target"]]
    same = label.reindex(links["source"]).to_numpy() == label.reindex(links["target"]).to_numpy()
    weight, inside = (float(part["weight"].sum()) for part in (links, links.loc[same]))
    quality = modularity(network, label, resolution=resolution) if weight else np.nan
    return {
        "weight": weight,
        "inside": inside / weight if weight else np.nan,
        "modularity": quality,
    }


@dataclass(frozen=True, slots=True, eq=False)
class Similarity:
    """Two square tables over layers: linked pairs in common, and rank correlation of degrees."""

    overlap: pd.DataFrame
    correlation: pd.DataFrame


def similarity(context: Context) -> Similarity | None:
    structure = context.once(plan)
    if structure is None or len(structure.cities.layers) < 2:
        return None
    overlap = centrality.layer_overlap(structure.cities)
    correlation = centrality.layer_correlation(structure.cities, method="spearman", presence="all")
    return Similarity(overlap, correlation)


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


@dataclass(frozen=True, slots=True, eq=False)
class Specialisation:
    """Krugman index and location quotients by place; spread and strength by period.

    Tables are None where there is a single layer, or fewer than two periods.
    """

    table: pd.DataFrame | None
    quotients: pd.DataFrame | None
    spread: pd.DataFrame | None
    strength: pd.DataFrame | None


def specialisation(context: Context) -> Specialisation | None:
    cities = context.cities.select(layers=context.observed(context.cities))
    table, quotients = _quotients(cities)
    spread, strength = _spread(cities)
    if table is None and spread is None:
        return None
    return Specialisation(table, quotients, spread, strength)


def _quotients(cities: MultilayerNetwork) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    """None for one layer, which says nothing of specialisation."""
    counts = centrality.degree(cities)
    counts = counts.loc[counts.sum(axis=1) > 0, counts.sum() > 0]
    if counts.shape[1] < 2:
        return None, None
    quotient = location_quotient(counts)
    table = pd.DataFrame(
        {
            "links": counts.sum(axis=1),
            "krugman_index": krugman_index(counts),
            "most_special_in": quotient.idxmax(axis=1),
            "quotient": quotient.max(axis=1),
        }
    ).sort_values("links", ascending=False, kind="stable")
    return table, quotient.loc[table.index]


def _spread(cities: MultilayerNetwork) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    if not cities.layers or cities.storage.link_rows().period is None:
        return None, None
    periods = split_periods(cities).items()
    strength = pd.DataFrame({at: centrality.overlapping_strength(one) for at, one in periods})
    positive = strength[(strength > 0).all(axis=1)]
    if len(periods) < 2 or len(positive) < FEWEST:
        return None, None
    spreads: tuple[Spread, ...] = ("log_sd", "theil")
    table = pd.DataFrame({spread: sigma_convergence(positive, spread=spread) for spread in spreads})
    return table.rename_axis("period").assign(places=len(positive)), positive

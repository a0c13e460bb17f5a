"""How places and nodes hang together: communities, brokers, and what places specialise in."""

from __future__ import annotations

import numpy as np
import pandas as pd

from netinnov import centrality
from netinnov._hierarchy import units
from netinnov.build import flatten
from netinnov.mechanisms.agglomeration import krugman_index, location_quotient
from netinnov.network import MultilayerNetwork
from netinnov.study._context import Context
from netinnov.study._structure_plan import plan
from netinnov.study.sections import enclaves


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

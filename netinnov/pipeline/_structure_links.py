"""Links inside and between communities, the likeness of layers, and who stands between others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from netinnov import centrality
from netinnov._tables import codes_of
from netinnov.build import flatten
from netinnov.network import MultilayerNetwork

__all__ = ["brokers", "communities", "likeness"]


def communities(
    cities: MultilayerNetwork,
    network: MultilayerNetwork,
    centres: pd.DataFrame,
    resolution: float,
) -> dict[str, pd.DataFrame]:
    """Communities, links between them, and how far each layer keeps to them.

    Parameters
    ----------
    cities : MultilayerNetwork
        All layers.
    network : MultilayerNetwork
        Those that the communities were found in.
    centres : DataFrame
        Places with ``community``, ``centre``, ``name`` and ``centrality``.
    resolution : float
        That they were found with.

    Returns
    -------
    dict of str to DataFrame
        ``communities``, ``community_flows`` and ``communities_by_layer``.
    """
    labels = centres["community"]
    flows = _flows(network, labels)
    both = flows.loc[flows["source"] != flows["target"]]
    inner = flows.loc[flows["source"] == flows["target"]].set_index("source")["weight"]
    between = (
        both.groupby("source")["weight"]
        .sum()
        .add(both.groupby("target")["weight"].sum(), fill_value=0.0)
    )
    ranked = centres.sort_values("centrality", ascending=False, kind="stable")
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
    return {
        "communities": table.sort_values("strength", ascending=False, kind="stable"),
        "community_flows": flows.assign(share=flows["weight"] / flows["weight"].sum()),
        "communities_by_layer": _by_layer(cities, network, labels, resolution),
    }


def likeness(cities: MultilayerNetwork) -> dict[str, pd.DataFrame]:
    """Linked pairs that two layers share, and correlation of the degrees of places."""
    if len(cities.layers) < 2:
        return {}
    return {
        "layer_overlap": centrality.layer_overlap(cities),
        "layer_correlation": centrality.layer_correlation(
            cities, method="spearman", presence="all"
        ),
    }


def brokers(inside: MultilayerNetwork, level: int, enclaves: pd.Series) -> pd.DataFrame:
    """Nodes that stand between others, by jurisdiction at the level of analysis."""
    places, code = inside._places, inside._jurisdiction_codes
    parent = codes_of(places["parent"], places.index)
    for _ in range(min(level, len(places))):
        code = np.where((code >= 0) & (parent[code] >= 0), parent[code], code)
    known = inside
    if not (code >= 0).all():
        known = inside.select(nodes=list(inside._nodes.index[code >= 0]))
        code = code[code >= 0]
    nodes = known._nodes
    whose = pd.Series(places.index.take(code), nodes.index)
    counts = centrality.brokerage(known, groups=whose)
    about = nodes[[name for name in ("name", "kind") if name in nodes]]
    table = about.assign(
        jurisdiction=whose,
        enclave=nodes.index.isin(enclaves),
        **{str(kind): counts[kind] for kind in counts},
        together=counts.sum(axis=1),
    )
    table = table.loc[table["together"] > 0].sort_values("together", ascending=False, kind="stable")
    return table.rename_axis("node")


def _flows(network: MultilayerNetwork, labels: pd.Series) -> pd.DataFrame:
    """Weight between every two communities; of an undirected network each pair once."""
    flat = flatten(network)
    links = flat.links
    links = links.loc[links["source"] != links["target"]]
    source = labels.reindex(links["source"]).to_numpy(np.int64)
    target = labels.reindex(links["target"]).to_numpy(np.int64)
    if not flat.directed:
        source, target = np.minimum(source, target), np.maximum(source, target)
    frame = pd.DataFrame({"source": source, "target": target, "weight": links["weight"]})
    return frame.groupby(["source", "target"])["weight"].sum().reset_index()


def _by_layer(
    cities: MultilayerNetwork, network: MultilayerNetwork, labels: pd.Series, resolution: float
) -> pd.DataFrame:
    """Share of the weight inside communities and modularity: all layers together, and each."""
    from netinnov.community import modularity

    member = list(labels.index[labels.notna()])
    label = labels.dropna().astype("int64")
    parts = {"together": flatten(network)}
    parts |= {layer: cities.select(layers=[layer], nodes=member) for layer in cities.layers}
    rows = {}
    for part, found in parts.items():
        links = found.links
        links = links.loc[links["source"] != links["target"]]
        same = (
            label.reindex(links["source"]).to_numpy() == label.reindex(links["target"]).to_numpy()
        )
        weight = float(links["weight"].sum())
        within = float(links.loc[same, "weight"].sum())
        rows[part] = {
            "weight": weight,
            "inside": within / weight if weight else np.nan,
            "modularity": modularity(found, label, resolution=resolution) if weight else np.nan,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("layer")

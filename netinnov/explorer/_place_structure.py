"""Communities, roles and centres of the places: computed, or as a study found them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from netinnov.build import flatten
from netinnov.errors import InputError
from netinnov.explorer._payload import rounded
from netinnov.network import MultilayerNetwork
from netinnov.polycentricity import detect_centres, sensitivity

RULES = ("hubs", "top", "head_tail", "core", "z", "dominant_flow")
RESAMPLES = ((100, 100), (300, 50))  # (largest number of places, resamples); no bootstrap beyond
MANY = 1_000  # places above which rules are not compared: each needs a community and core search


def compute_structure(
    network: MultilayerNetwork, *, resample: bool
) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Centres with support, and rules by place; None without links or in layers of shares."""
    n = network.n_nodes
    if not any(network.storage.simple_csr(layer).indices.size for layer in network.layers):
        return None
    draws = next((draws for most, draws in RESAMPLES if n <= most), 0) if resample else 0
    options: dict[str, Any] = {"rng": 1, "restarts": 3, "progress": False}
    try:
        flat = flatten(network)
        centres = detect_centres(flat, null=None, resamples=draws, **options)
        if n > MANY:
            return centres, pd.DataFrame(index=centres.index)
        long = sensitivity(flat, rules=RULES, tops=[None], indices=["gini"], **options)
    except InputError:
        return None
    long = long[long["node"].notna()]
    by_rule = long.pivot(index="node", columns="rule", values="value")
    return centres, by_rule.reindex(index=network.storage.nodes.index, columns=list(RULES))


def structure_payload(
    network: MultilayerNetwork, centres: pd.DataFrame, by_rule: pd.DataFrame
) -> dict[str, Any]:
    nodes = network.storage.nodes.index
    centres, by_rule = centres.reindex(nodes), by_rule.reindex(nodes)
    rules = [rule for rule in RULES if rule in by_rule and by_rule[rule].notna().any()]
    return {
        "community": [None if pd.isna(label) else int(label) for label in centres["community"]],
        "centre": [bool(value) for value in centres["centre"].fillna(False)],
        "support": rounded(centres["support"].to_numpy("float64"), 4),
        "rule": str(centres["rule"].dropna().iloc[0]) if "rule" in centres else "hubs",
        "rules": {rule: [int(value) for value in by_rule[rule].fillna(0)] for rule in rules},
    }

"""Enclaves in the data: the sites, who they are linked with, and the pairs of home and host."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd

from netinnov._network.columns import as_text, display_names
from netinnov.explorer._place_network import Gazetteer
from netinnov.linkages._enclaves import UNKNOWN, ranking
from netinnov.network import MultilayerNetwork

MOST = 500  # sites that the page lists, and partners of each
PARTNERS = 12

# Node columns that the page shows of a site.
SAID = (*("name_zh", "type", "opened", "announced"), *("confidence", "as_of", "source_url", "note"))


def parks_of(
    network: MultilayerNetwork, places: Gazetteer, *, level: int | str | None, rank: str | None
) -> list[dict[str, Any]]:
    nodes = network.storage.nodes
    table = ranking(network, rank=rank, level=level).find(network)
    is_park = table["node"].map(nodes["kind"]).eq("park")
    table = table[is_park] if is_park.any() else table
    at = {name: position for position, name in enumerate(places.ids)}
    table = table[table["home"].isin(at) & table["host"].isin(at)].head(MOST)
    names = display_names(nodes)
    about = nodes.filter(SAID).reindex(table["node"])
    texts = {str(column): as_text(about[column])[0] for column in about}
    partners = _partners(network, table["node"], names)
    parks: list[dict[str, Any]] = []
    ends = (table[column].astype("str") for column in ("node", "home", "host", "direction"))
    for row, (node, home, host, direction) in enumerate(zip(*ends, strict=True)):
        park: dict[str, Any] = {"name": names.loc[node], "home": at[home], "host": at[host]}
        park["direction"] = None if direction == UNKNOWN else direction
        park["partners"] = partners.get(node, [])
        said = ((name, text.iloc[row]) for name, text in texts.items())
        park.update((name, text) for name, text in said if isinstance(text, str) and text.strip())
        parks.append(park)
    return parks


def _partners(network: MultilayerNetwork, parks: pd.Series, names: pd.Series) -> dict[str, Any]:
    links = network.links[["layer", "source", "target"]]
    both = pd.concat([links, links.rename(columns={"source": "target", "target": "source"})])
    both = both[both["source"].isin(parks) & (both["source"] != both["target"])].drop_duplicates()
    both = both.assign(name=both["target"].map(names))
    parts = both.groupby("source", sort=False)[["name", "layer"]]
    return {str(park): part.head(PARTNERS).to_numpy().tolist() for park, part in parts}


def enclave_pairs(parks: list[dict[str, Any]]) -> list[dict[str, int]]:
    if not parks:
        return []
    pairs = pd.DataFrame(parks)[["home", "host"]].value_counts(sort=False).reset_index(name="count")
    pairs = pairs.sort_values(["count", "home", "host"], ascending=[False, True, True])
    return [{str(name): int(n) for name, n in row.items()} for row in pairs.to_dict("records")]


def suggested_pairs(parks: list[dict[str, Any]], places: Gazetteer, n: int) -> list[list[int]]:
    def largest(position: int) -> int:
        around, best = position, position
        while around >= 0:
            best = around if around < n else best
            around = int(places.parent[around])
        return best

    ends = ([largest(park[end]) for park in parks] for end in ("home", "host"))
    counts = Counter((home, host) for home, host in zip(*ends, strict=True) if home != host)
    suggested: dict[int, list[int]] = {}
    for (home, host), _ in counts.most_common():
        suggested.setdefault(home, [home, host])
    return list(suggested.values())

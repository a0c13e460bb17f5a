"""Print every number of paper.md in the order of the text: ``python paper/paper_numbers.py``."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from pathlib import Path

import networkx as nx

import netinnov as ni

PARK = ("quzhou", "hangzhou")
DRAWS = 2100


def of_data():
    """Sizes of the two bundled cases."""
    delta = ni.datasets.load_yrd_enclaves()
    kinds = delta.nodes["kind"].value_counts()
    sites = int(delta.nodes["type"].notna().sum())
    yield "sites", sites
    yield "actors", len(delta.nodes) - sites - kinds["place"]
    yield "links that sources state", len(delta.links.query("layer != 'gravity_modelled'"))
    research = ni.datasets.load_research_cities()
    two_mode = ni.datasets.load_research_cities(projects="nodes")
    kinds = two_mode.nodes["kind"].value_counts()
    yield "organisations", len(two_mode.nodes) - kinds["project"]
    yield "projects", kinds["project"]
    yield "cities", len(research.nodes)


def of_swaps():
    """How often swaps of networkx give one of the graphs with five degrees, and ours give it."""
    graph = nx.Graph([(0, 1), (0, 2), (0, 4), (4, 1), (4, 3), (2, 3)])
    network = ni.io.from_networkx(nx.relabel_nodes(graph, str))

    def swapped(seed):
        return nx.double_edge_swap(graph.copy(), nswap=20, max_tries=10_000, seed=seed).edges

    def rewired(seed):
        links = ni.null_models.rewire(network, rng=seed).links
        return zip(links["source"].astype(int), links["target"].astype(int), strict=True)

    theirs, ours = (
        Counter(frozenset(map(frozenset, draw(seed))) for seed in range(DRAWS))
        for draw in (swapped, rewired)
    )
    often, times = theirs.most_common(1)[0]
    yield "graphs of these degrees", len(theirs)
    yield "draws", DRAWS
    yield "the graph that networkx draws most often, per cent", round(100 * times / DRAWS)
    yield "each graph of a fair draw, per cent", round(100 / len(theirs))
    yield "the same graph in netinnov, per cent", round(100 * ours[often] / DRAWS)


def of_enclave():
    """What one more park would change in the network of the report, with its settings and draws."""
    delta = ni.datasets.load_yrd_enclaves()
    provinces, levels = ["Shanghai", "Jiangsu", "Zhejiang", "Anhui"], ["municipality", "prefecture"]
    inside = delta.places["province"].isin(provinces) & delta.places["level"].isin(levels)
    cities = ni.aggregate(delta.select(places=list(inside.index[inside])), level=1)
    options = {"size": 4, "pipeline_share": 0.25}
    park = ni.ReverseEnclave(*PARK, **options, funding="new")
    moved = ni.ReverseEnclave(*PARK, **options, funding="reallocated")
    frictions = ni.Frictions(border=0.5, distance=1.0)
    result = ni.compare_scenarios(
        cities,
        scenarios={"new": park, "moved": moved},
        measures={"access": partial(ni.centrality.harmonic_centrality, frictions=frictions)},
        replicates=100,
        rng=1,
        progress=False,
    )
    effects = result.effects(full=True).query("node == @PARK[0]").set_index("scenario")
    per_cent = (100 * effects["median"] / effects["baseline"]).round(1)
    yield "placements", 100
    yield "park with new links, per cent", per_cent["new"]
    yield "park with links moved, per cent", -per_cent["moved"]


def of_publications():
    """What the page of published numbers says of itself; its script and a test hold it."""
    text = (Path(__file__).parents[1] / "docs" / "published_numbers.md").read_text("utf-8")
    yield from zip(
        ("published numbers", "publications"), map(int, re.findall(r"\d+", text)[:2]), strict=True
    )


def numbers():
    """All of them, by what they are."""
    return {**dict(of_data()), **dict(of_swaps()), **dict(of_enclave()), **dict(of_publications())}


if __name__ == "__main__":
    for name, value in numbers().items():
        print(f"{name}: {value:,}")

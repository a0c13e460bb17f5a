"""Statements of studies of real data, computed again by networkx and by hand."""

from __future__ import annotations

import math
import warnings

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from netinnov import study
from netinnov.study._context import Context
from netinnov.study._data import load
from netinnov.study._places import aggregate_to_places
from netinnov.study.sections import (
    CENTRES,
    COMMUNITIES,
    MULTICENTRIC,
    PROFILE,
    centres,
    communities,
    multicentric,
    profile,
)
from netinnov.study.sections._centres_text import RULES
from study_cases import text_of

PROJECTS = {"layer": "participation", "through": "project"}
SOURCES = {
    "interreg": (
        "interreg_keep_1420/keep_closed_1420_Partnership.csv",
        {"source": "keep", "project": PROJECTS},
        2,
    ),
    "europe": ("", {"source": "europe", "project": PROJECTS}, 1),
    "lawyers": ("multiplex_benchmarks/Lazega-Law-Firm.paj", {"source": "multiplex"}, 0),
}


@pytest.fixture(scope="module", params=SOURCES)
def context(request):
    path, data, level = SOURCES[request.param]
    if path:
        path = request.getfixturevalue("shared") / "data" / path
        if not path.exists():
            pytest.skip("needs the data beside the checkout")
        data = data | {"path": str(path)}
    few = {"resamples": 4, "replicates": 20, "restarts": 1, "most_places": 300}
    configuration = study.configure(
        {
            "data": data,
            "places": {"level": level},
            "structure": few,
        }
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        loaded = load(configuration.data)
        level = aggregate_to_places(loaded.network, configuration.places)
    return Context(configuration, loaded, level)


@pytest.fixture(scope="module")
def graph(context):
    """The places and the summed weights between them, as networkx has them."""
    links = context.cities.links
    links = links[links["source"] != links["target"]]
    made = nx.DiGraph() if context.cities.directed else nx.Graph()
    made.add_nodes_from(context.cities.nodes.index)
    for source, target, weight in links[["source", "target", "weight"]].itertuples(index=False):
        before = made.get_edge_data(source, target, {"weight": 0.0})["weight"]
        made.add_edge(source, target, weight=before + weight)
    return made


@pytest.fixture(scope="module")
def strength(graph):
    return pd.Series(dict(graph.degree(weight="weight")))


def test_the_largest_place_and_how_many_equal_ones_there_would_be(context, strength):
    share = strength[strength > 0] / strength.sum()
    result = context.once(profile.compute)
    assert result.value("primacy") == pytest.approx(share.max())
    equal = math.exp(-(share * np.log(share)).sum())
    assert result.value("effective_number") == pytest.approx(equal)
    text = text_of(PROFILE.offer(result)) + text_of(MULTICENTRIC.tell(
        context.once(multicentric.compute)))  # fmt: skip
    # Whatever the digits, what is said is what is true to within its last one.
    said = float(text.split("as if ")[1].split(" ")[0])
    assert said == pytest.approx(equal, rel=0.05)
    assert f"The largest place holds {100 * share.max():.0f} % of all strength" in text


def test_efficiency_and_modularity(context, graph):
    n = len(graph)
    lengths = dict(nx.all_pairs_shortest_path_length(graph))
    total = sum(1 / d for of in lengths.values() for d in of.values() if d)
    main = context.once(multicentric.compute).main
    assert main.global_efficiency == pytest.approx(total / (n * (n - 1)))
    found = context.once(centres.compute)
    groups = found.table.dropna(subset="community").groupby("community")
    parts = [set(part.index) for _, part in groups]
    value = nx.community.modularity(graph.subgraph(set().union(*parts)), parts, weight="weight")
    assert found.test.modularity == pytest.approx(value)
    assert context.once(communities.compute).together.modularity == pytest.approx(value)
    said = text_of(COMMUNITIES.offer(context.once(communities.compute)))
    assert float(said.split("(modularity ")[1].split(",")[0]) == pytest.approx(value, rel=0.06)


def test_centres_by_the_rules(context, graph, strength):
    found = context.once(centres.compute)
    rules, names = found.rules, list(graph)
    by = {rule: set(rules.index[rules[rule] == 1]) for rule in found.asked}
    assert by["head_tail"] == set(strength.index[strength > strength[strength > 0].mean()])
    n_top = math.ceil(0.1 * (strength > 0).sum() - 1e-9)
    largest = strength.sort_values(ascending=False, kind="stable").index[:n_top]
    assert by["top"] == set(largest)
    order = {node: (-strength[node], at) for at, node in enumerate(names)}
    largest_flow = {}
    for node in names:
        weight = {end: graph[node][end]["weight"] for end in names if graph.has_edge(node, end)}
        if weight:
            largest_flow[node] = max(weight, key=lambda end: weight[end])
    followed = {end for node, end in largest_flow.items() if order[end] < order[node]}
    independent = {node for node, end in largest_flow.items() if order[node] < order[end]}
    assert by["dominant_flow"] == followed & independent
    if "hubs" in by:
        hubs = set()
        for _, part in found.table.dropna(subset="community").groupby("community"):
            members = sorted(part.index, key=lambda node: order[node])
            near = {node for node in members if 2 * strength[node] >= strength[members[0]]}
            hubs |= ({members[0]} | (near & by["core"])) if len(members) >= 3 else set()
        assert by["hubs"] == {node for node in hubs if strength[node] >= 0.02 * strength.sum()}
    count = sum(rules[rule] for rule in found.asked)
    assert (rules["agreement"] * len(found.asked)).tolist() == pytest.approx(count.tolist())
    most = int((count > len(found.asked) / 2).sum())
    text = text_of(CENTRES.offer(found))
    assert f"{most or 'none'} of {len(rules)} places" in text
    assert f"more than half of {len(found.asked)} rules" in text
    assert {*found.asked} <= {*RULES}

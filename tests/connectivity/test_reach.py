"""Reach of nodes and places against hand values and networkx."""

import math
from typing import Any

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import netinnov as ni
from netinnov import connectivity
from strategies import Tables, bare, networks


def graph_of(tables: Tables) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from(tables.nodes["node"])
    rows = zip(*(tables.links[c] for c in ("layer", "source", "target")), strict=True)
    for layer, source, target in rows:
        graph.add_edge(source, target)
        if layer not in tables.directed:
            graph.add_edge(target, source)
    return graph


def test_reach_from_more_sources_than_one_search_takes() -> None:
    # A ring of 1,300: two batches and a part; 2 steps nodes within `steps`.
    names = [f"n{i}" for i in range(1300)]
    links = pd.DataFrame({"source": names, "target": names[1:] + names[:1]})
    network = ni.build_network(pd.DataFrame(index=names), links)
    assert (connectivity.reach(network, steps=3) == 6).all()
    assert (connectivity.reach(network, steps=650) == 1299).all()


@given(networks(), st.integers(1, 5), st.sampled_from([None, "talent", "firm", "park"]))
def test_reach_agrees_with_networkx(tables: Tables, steps: int, kind: str | None) -> None:
    network = ni.build_network(*tables)
    kinds = tables.nodes.set_index("node")["kind"]
    if kind is not None and not kinds.eq(kind).any():
        return
    graph = graph_of(tables)
    expected = [
        sum(
            j != i and (kind is None or kinds[j] == kind)
            for j in nx.single_source_shortest_path_length(graph, i, cutoff=steps)
        )
        for i in tables.nodes["node"]
    ]
    assert connectivity.reach(network, steps=steps, kind=kind).tolist() == expected


def test_an_enclave_counts_where_it_stands() -> None:
    # The park p of P stands in Q, so the link of a and p leaves P and opens Q to it.
    nodes = {"place": ["P", "Q", "Q"], "jurisdiction": ["P", "P", "Q"]}
    network = ni.build_network(*bare({"l": [("a", "p"), ("p", "u")]}, "apu", **nodes))
    found = connectivity.external_reach(network, place="P")
    assert (found.pairs, found.direct, found.through_others) == (2, 0.5, 0.5)


def test_a_place_without_nodes_or_links_has_no_shares() -> None:
    places = pd.DataFrame({"place": ["P", "Q", "R"]})
    tables = bare({"l": [("a", "b")]}, "abc", place=["P", "P", "Q"], places=places)
    network = ni.build_network(*tables)
    for place, nodes in {"P": 2, "Q": 1, "R": 0}.items():
        found = connectivity.external_reach(network, place=place)
        assert (found.nodes, found.gatekeepers, found.reached, found.pairs) == (nodes, 0, 0, 0)
        assert math.isnan(found.direct)
        assert math.isnan(found.through_gatekeepers)
        assert math.isnan(found.through_others)
    with pytest.raises(ValueError, match=r"place.*'S'"):
        connectivity.external_reach(network, place="S")
    with pytest.raises(ValueError, match="steps"):
        connectivity.external_reach(network, place="P", steps=0)


@given(networks(), st.integers(1, 4), st.data())
def test_external_reach_agrees_with_networkx(
    tables: Tables, steps: int, data: st.DataObject
) -> None:
    assert tables.places is not None
    places = tables.places["place"].tolist()
    place = data.draw(st.sampled_from(places))
    parent = [None, *[data.draw(st.sampled_from([None, p])) for p in places[:-1]]]
    tables = tables._replace(places=tables.places.assign(parent=pd.array(parent, dtype="str")))
    around = dict(zip(places, parent, strict=True))

    def in_place(where: Any) -> bool:
        while isinstance(where, str) and where != place:
            where = around[where]
        return isinstance(where, str)

    graph = graph_of(tables)
    members = {n for n, p in zip(tables.nodes["node"], tables.nodes["place"], strict=True)
               if in_place(p)}  # fmt: skip
    every, direct, alone, reached = 0, 0, 0, set()
    for i in members:
        bare_graph = graph.subgraph(set(graph) - (members - {i}))
        far = set(nx.single_source_shortest_path_length(graph, i, cutoff=steps)) - members
        own = set(nx.single_source_shortest_path_length(bare_graph, i, cutoff=steps)) - members
        linked = set(graph[i]) - members
        every, direct, alone = every + len(far), direct + len(linked), alone + len(own)
        reached |= far
    found = connectivity.external_reach(ni.build_network(*tables), place=place, steps=steps)
    assert (found.nodes, found.pairs, found.reached) == (len(members), every, len(reached))
    assert found.gatekeepers == sum(bool(set(graph[i]) - members) for i in members)
    shares = (found.direct, found.through_gatekeepers, found.through_others)
    expected = (direct, every - alone, alone - direct)
    expected = tuple(count / every if every else math.nan for count in expected)
    assert shares == pytest.approx(expected, nan_ok=True)

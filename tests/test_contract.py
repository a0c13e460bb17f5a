"""Every public measure through the same invariances.

A new measure is one more entry of `MEASURES`, with a variant for each of its options: its shape,
and what it says about scaled weights and about a node that no link touches.
"""

from __future__ import annotations

import inspect
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import netinnov as ni
from netinnov import centrality, connectivity
from strategies import ODD_NAMES, Tables, networks

Result = Any


def unchanged(result: Result, network: ni.MultilayerNetwork) -> Result:
    return result


def with_zeros(result: Result, network: ni.MultilayerNetwork) -> Result:
    return result.reindex(network.nodes.index, fill_value=0)


def with_zeros_if_any(result: Result, network: ni.MultilayerNetwork) -> Result:
    return with_nan(result, network) if result.isna().all() else with_zeros(result, network)


def with_nan(result: Result, network: ni.MultilayerNetwork) -> Result:
    return result.reindex(network.nodes.index)


def over_more_pairs(result: float, network: ni.MultilayerNetwork) -> float:
    # A mean over n (n - 1) pairs becomes one over (n + 1) n, and the new pairs add nothing.
    n = network.n_nodes - 1
    return result * (n - 1) / (n + 1) if n > 1 else 0.0


def over_more_others(result: pd.Series, network: ni.MultilayerNetwork) -> pd.Series:
    n = network.n_nodes - 1
    return (result * (n - 1) / n).reindex(network.nodes.index).fillna(0.0)


def over_more_nodes(result: float, network: ni.MultilayerNetwork) -> float:
    return result * (network.n_nodes - 1) / network.n_nodes


def never(result: Result, network: ni.MultilayerNetwork) -> Result:
    return result.notna() if isinstance(result, pd.DataFrame | pd.Series) else True


def needs_two_layers_and_a_link(result: Result, network: ni.MultilayerNetwork) -> Result:
    linked = centrality.overlapping_degree(network) > 0
    return linked & (len(network.layers) > 1)


def needs_a_layer(result: Result, network: ni.MultilayerNetwork) -> Result:
    return pd.Series(bool(network.layers), network.nodes.index)


def needs_a_link(result: Result, network: ni.MultilayerNetwork) -> Result:
    return pd.Series(centrality.degree(network).to_numpy().any(), network.nodes.index)


def needs_two_nodes(result: Result, network: ni.MultilayerNetwork) -> Result:
    return np.full(np.shape(result), network.n_nodes > 1)


@dataclass(frozen=True)
class Measure:
    """One measure with fixed options, and what must hold for it.

    ``scale``: power of the factor by which the result grows when all weights grow, with the
    options that ``scaled`` gives (others on the scale of a weight grow, of a length shrink).
    ``isolate``: the result after a node without links is added, from the result before.
    ``defined``: True exactly where the value exists.
    """

    function: Callable[..., Result]
    shape: str
    isolate: Callable[[Result, ni.MultilayerNetwork], Result]
    options: dict[str, Any] = field(default_factory=dict)
    scale: float = 0.0
    scaled: Callable[[float], dict[str, Any]] = lambda factor: {}
    defined: Callable[[Result, ni.MultilayerNetwork], Result] = never
    networkx: Callable[[nx.DiGraph, bool], Any] | None = None
    tolerance: float = 1e-12

    def __call__(self, network: ni.MultilayerNetwork, **more: Any) -> Result:
        return self.function(network, **{**self.options, **more})


def arcs(graph: nx.DiGraph, directed: bool) -> nx.Graph:
    return graph if directed else graph.to_undirected()


def total_degree(weight: str | None) -> Callable[[nx.DiGraph, bool], dict[str, float]]:
    return lambda graph, directed: dict(arcs(graph, directed).degree(weight=weight))


def inverse_lengths(weight: str) -> Callable[[nx.DiGraph, bool], dict[str, float]]:
    def of_each_node(graph: nx.DiGraph, directed: bool) -> dict[str, float]:
        others = len(graph) - 1
        lengths = nx.all_pairs_dijkstra_path_length(graph, weight=weight)
        return {
            i: sum(1 / d for j, d in reached.items() if j != i) / others if others else np.nan
            for i, reached in lengths
        }

    return of_each_node


def mean_inverse_length(weight: str) -> Callable[[nx.DiGraph, bool], float]:
    return lambda graph, directed: np.mean(list(inverse_lengths(weight)(graph, directed).values()))


def page_ranks(graph: nx.DiGraph, directed: bool) -> dict[str, float]:
    return nx.pagerank(graph, tol=1e-13, max_iter=10_000)


def largest_part(graph: nx.DiGraph, directed: bool) -> float:
    return max(map(len, nx.weakly_connected_components(graph))) / len(graph)


def counts(
    function: Callable[..., Result], shape: str, weight: str | None, **options: Any
) -> Measure:
    return Measure(
        function,
        shape,
        isolate=with_zeros,
        options=options,
        scale=0.0 if weight is None else 1.0,
        networkx=total_degree(weight) if options.get("direction", "total") == "total" else None,
    )


def participation(weighted: bool) -> Measure:
    return Measure(
        centrality.participation_coefficient,
        "node",
        isolate=with_nan,
        options={"weighted": weighted},
        defined=needs_two_layers_and_a_link,
        networkx=lambda graph, directed: dict.fromkeys(graph, np.nan),
    )


def pagerank(presence: str, coupling: float) -> Measure:
    return Measure(
        centrality.pagerank,
        "node",
        isolate=with_zeros_if_any,
        options={"presence": presence, "coupling": coupling},
        scaled=lambda factor: {"coupling": factor * coupling},
        defined=needs_a_layer if presence == "all" else needs_a_link,
        networkx=page_ranks if presence == "all" else None,
        tolerance=1e-8,
    )


def paths(
    function: Callable[..., Result],
    distance: str,
    switch_cost: float = 0.0,
    frictions: tuple[float, float, float] | None = None,
) -> Measure:
    def options(factor: float = 1.0) -> dict[str, Any]:
        length = 1 / factor if distance == "inverse" else 1.0
        parts = None if frictions is None else ni.Frictions(*(length * f for f in frictions))
        return {"switch_cost": length * switch_cost, "frictions": parts}

    is_number = function is connectivity.global_efficiency
    oracle = mean_inverse_length if is_number else inverse_lengths
    return Measure(
        function,
        "number" if is_number else "node",
        isolate=over_more_pairs if is_number else over_more_others,
        options={"distance": distance, **options()},
        scale=1.0 if distance == "inverse" else 0.0,
        scaled=options,
        defined=needs_two_nodes,
        networkx=oracle(distance) if frictions is None else None,
    )


def all_paths(function: Callable[..., Result]) -> list[Measure]:
    return [
        paths(function, "unit"),
        paths(function, "inverse"),
        paths(function, "unit", switch_cost=1.5),
        paths(function, "inverse", switch_cost=0.5),
        paths(function, "unit", 0.0, (0.5, 0.25, 0.125)),
        paths(function, "inverse", 1.0, (2.0, 0.0, 0.5)),
    ]


MEASURES = {
    "degree": [
        counts(centrality.degree, "node and layer", None),
        counts(centrality.degree, "node and layer", None, direction="in"),
        counts(centrality.degree, "node and layer", None, direction="out"),
    ],
    "strength": [
        counts(centrality.strength, "node and layer", "weight"),
        counts(centrality.strength, "node and layer", "weight", direction="in"),
        counts(centrality.strength, "node and layer", "weight", direction="out"),
    ],
    "overlapping_degree": [counts(centrality.overlapping_degree, "node", None)],
    "overlapping_strength": [counts(centrality.overlapping_strength, "node", "weight")],
    "participation_coefficient": [participation(weighted=False), participation(weighted=True)],
    "pagerank": [
        pagerank("all", 1.0),
        pagerank("linked", 1.0),
        pagerank("linked", 5.0),
        pagerank("all", 0.0),
        pagerank("linked", 0.0),
    ],
    "harmonic_centrality": all_paths(centrality.harmonic_centrality),
    "global_efficiency": all_paths(connectivity.global_efficiency),
    "largest_component": [
        Measure(
            connectivity.largest_component,
            "number",
            isolate=over_more_nodes,
            networkx=largest_part,
        )
    ],
}
every_measure = pytest.mark.parametrize("measures", MEASURES.values(), ids=MEASURES.keys())
few = settings(max_examples=15)

# Frictions need a place, a jurisdiction and coordinates at every end.
some_tables = networks(missing=False)


def agree(found: Result, expected: Result, measure: Measure, tolerance: float) -> None:
    """Equal up to rounding, NaN where NaN, the same labels in the same order."""
    if isinstance(expected, pd.DataFrame):
        pd.testing.assert_frame_equal(
            found,
            expected,
            check_dtype=False,
            rtol=tolerance,
            atol=tolerance,
            obj=str(measure.options),
        )
    elif isinstance(expected, pd.Series):
        pd.testing.assert_series_equal(
            found,
            expected,
            check_dtype=False,
            rtol=tolerance,
            atol=tolerance,
            obj=str(measure.options),
        )
    else:
        close = pytest.approx(expected, rel=tolerance, abs=tolerance, nan_ok=True)
        assert found == close, measure.options


def test_every_public_measure_is_sent_through() -> None:
    # `Frictions` is a parameter; all else these modules export is a measure of a network.
    public = {*centrality.__all__, *connectivity.__all__} - {"Frictions"}
    assert public == set(MEASURES)
    for name, measures in MEASURES.items():
        assert {measure.function.__name__ for measure in measures} == {name}


@every_measure
def test_only_the_network_is_positional(measures: list[Measure]) -> None:
    first, *others = inspect.signature(measures[0].function).parameters.values()
    assert first.name == "network"
    assert all(parameter.kind is parameter.KEYWORD_ONLY for parameter in others)


@every_measure
@few
@given(tables=some_tables)
def test_the_shape_is_the_one_the_design_gives(measures: list[Measure], tables: Tables) -> None:
    network = ni.build_network(*tables)
    for measure in measures:
        result = measure(network)
        if measure.shape == "number":
            assert type(result) is float
            continue
        pd.testing.assert_index_equal(result.index, network.nodes.index)
        if measure.shape == "node":
            assert isinstance(result, pd.Series)
            assert result.name == measure.function.__name__
        else:
            assert isinstance(result, pd.DataFrame)
            assert tuple(result.columns) == network.layers


@every_measure
@few
@given(tables=some_tables)
def test_undefined_is_nan_and_only_undefined(measures: list[Measure], tables: Tables) -> None:
    network = ni.build_network(*tables)
    for measure in measures:
        result = measure(network)
        defined = measure.defined(result, network)
        np.testing.assert_array_equal(~np.isnan(np.asarray(result, dtype=float)), defined)
        assert not np.isinf(np.asarray(result, dtype=float)).any()


@every_measure
@few
@given(tables=some_tables, data=st.data())
def test_relabelling_permutes_the_result(
    measures: list[Measure], tables: Tables, data: st.DataObject
) -> None:
    old = tables.nodes["node"].tolist()
    new = dict(zip(old, data.draw(distinct_names(len(old))), strict=True))
    order = data.draw(st.permutations(range(len(old))))
    nodes = tables.nodes.assign(node=tables.nodes["node"].map(new)).iloc[list(order)]
    links = tables.links.assign(
        source=tables.links["source"].map(new).astype("str"),
        target=tables.links["target"].map(new).astype("str"),
    )
    network = ni.build_network(*tables)
    renamed = ni.build_network(*tables._replace(nodes=nodes, links=links))
    for measure in measures:
        before = measure(network)
        if measure.shape != "number":
            before = before.rename(index=new).reindex(renamed.nodes.index)
        agree(measure(renamed), before, measure, measure.tolerance)


@every_measure
@few
@given(tables=some_tables, data=st.data())
def test_renamed_layers_permute_the_columns(
    measures: list[Measure], tables: Tables, data: st.DataObject
) -> None:
    old = sorted(set(tables.links["layer"]))
    new = dict(zip(old, data.draw(distinct_names(len(old))), strict=True))
    links = tables.links.assign(layer=tables.links["layer"].map(new).astype("str"))
    directed = tuple(new[layer] for layer in tables.directed)
    network = ni.build_network(*tables)
    renamed = ni.build_network(*tables._replace(links=links, directed=directed))
    for measure in measures:
        before = measure(network)
        if measure.shape == "node and layer":
            before = before.rename(columns=new)[list(renamed.layers)]
        agree(measure(renamed), before, measure, measure.tolerance)


@every_measure
@few
@given(tables=some_tables, data=st.data())
def test_the_order_of_rows_and_ends_does_not_matter(
    measures: list[Measure], tables: Tables, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(tables.links))))
    other = tables.links.iloc[list(order)]
    undirected = ~other["layer"].isin(tables.directed)
    turned = other[["target", "source"]].set_axis(["source", "target"], axis=1)
    other = other.assign(
        source=other["source"].where(~undirected, turned["source"]),
        target=other["target"].where(~undirected, turned["target"]),
    )
    network = ni.build_network(*tables)
    same = ni.build_network(*tables._replace(links=other))
    for measure in measures:
        agree(measure(same), measure(network), measure, measure.tolerance)


@every_measure
@few
@given(tables=some_tables)
def test_a_link_split_in_two_is_one_link(measures: list[Measure], tables: Tables) -> None:
    half = tables.links.assign(weight=tables.links["weight"] / 2)
    later = half.assign(period=pd.array([1999] * len(half), dtype="Int64"))
    network = ni.build_network(*tables)
    twice = ni.build_network(*tables._replace(links=pd.concat([half, half], ignore_index=True)))
    dated = ni.build_network(*tables._replace(links=pd.concat([half, later], ignore_index=True)))
    for measure in measures:
        before = measure(network)
        agree(measure(twice), before, measure, measure.tolerance)
        agree(measure(dated), before, measure, measure.tolerance)


@every_measure
@few
@given(tables=some_tables, factor=st.sampled_from([0.5, 4.0, 3.0]))
def test_scaled_weights_have_the_stated_effect(
    measures: list[Measure], tables: Tables, factor: float
) -> None:
    scaled = tables.links.assign(weight=factor * tables.links["weight"])
    network = ni.build_network(*tables)
    larger = ni.build_network(*tables._replace(links=scaled))
    for measure in measures:
        expected = measure(network) * factor**measure.scale
        agree(measure(larger, **measure.scaled(factor)), expected, measure, measure.tolerance)


@every_measure
@few
@given(tables=networks(missing=False, min_links=1))
def test_an_added_isolate_has_the_stated_effect(measures: list[Measure], tables: Tables) -> None:
    network = ni.build_network(*tables)
    larger = network.with_nodes(tables.nodes.iloc[[0]].assign(node="nobody"))
    for measure in measures:
        before, found = measure(network), measure(larger)
        expected = measure.isolate(before, larger)
        if measure.options.get("presence") == "all":
            # The isolate is reached by jumps of its own; the others keep their proportions.
            assert found["nobody"] > 0
            found, expected = found.drop("nobody") / (1 - found["nobody"]), before
        agree(found, expected, measure, measure.tolerance)


@every_measure
@few
@given(tables=networks(missing=False, max_layers=1, min_links=1))
def test_one_layer_equals_networkx(measures: list[Measure], tables: Tables) -> None:
    graph = nx.DiGraph()
    graph.add_nodes_from(tables.nodes["node"])
    for row in tables.links.itertuples():
        ends = [(row.source, row.target), (row.target, row.source)]
        for i, j in ends[: 1 if tables.directed else 2]:
            if i != j:
                weight = graph.get_edge_data(i, j, {"weight": 0.0})["weight"] + row.weight
                graph.add_edge(i, j, weight=weight, unit=1.0, inverse=1 / weight)
    network = ni.build_network(*tables)
    assert any(measure.networkx for measure in measures)
    for measure in measures:
        if measure.networkx is None:
            continue
        expected = measure.networkx(graph, bool(tables.directed))
        found = measure(network)
        if measure.shape == "node and layer":
            found = found[network.layers[0]]
        if isinstance(expected, dict):
            found = found.to_dict()
        close = pytest.approx(expected, rel=measure.tolerance, abs=1e-8, nan_ok=True)
        assert found == close, measure.options


@every_measure
@few
@given(tables=some_tables)
def test_inputs_stay_untouched(measures: list[Measure], tables: Tables) -> None:
    copies = [frame.copy(deep=True) for frame in tables[:3]]
    network = ni.build_network(*tables)
    stored = pickle.dumps(network)
    fresh = pickle.loads(stored)
    for measure in measures:
        result = measure(network)
        if measure.shape != "number":
            result.iloc[:] = -1  # no result shares memory with the network or the next result
        agree(measure(network), measure(fresh), measure, 0.0)
    assert network.equals(pickle.loads(stored))
    assert pickle.dumps(network) == stored
    for frame, copy in zip(tables[:3], copies, strict=True):
        pd.testing.assert_frame_equal(frame, copy)


@every_measure
@few
@given(tables=some_tables)
def test_the_same_call_gives_the_same_answer(measures: list[Measure], tables: Tables) -> None:
    network, twin = ni.build_network(*tables), ni.build_network(*tables)
    for measure in measures:
        seeded = "rng" in inspect.signature(measure.function).parameters
        options = {"rng": 7} if seeded else {}
        first = measure(network, **options)
        agree(measure(network, **options), first, measure, 0.0)
        agree(measure(twin, **options), first, measure, 0.0)


def distinct_names(count: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(ODD_NAMES), min_size=count, max_size=count, unique=True)

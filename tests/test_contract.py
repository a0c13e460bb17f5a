"""Every public measure through the same invariances: all meet the same networks.

A new measure is one more entry of `MEASURES` in a file `contract_*.py`, with a variant for each of
its options: its shape, and what it says about scaled weights and about a node without links.
"""

import inspect
import pickle
from collections.abc import Iterator
from contextlib import contextmanager

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import contract_centrality
import contract_connectivity
import contract_given_nodes as given_nodes
import contract_topology
import netinnov as ni
from contract_measure import Measure, Result
from netinnov import centrality, connectivity, topology
from strategies import ODD_NAMES, Tables, networks

MEASURES = {
    **contract_centrality.MEASURES,
    **contract_connectivity.MEASURES,
    **contract_topology.MEASURES,
}

GIVEN_NODES = {
    "access", "added_link_gain", "effective_resistance", "external_reach", "robustness_curve",
}  # fmt: skip
"""Measures that are asked about nodes by their ids: those of `contract_given_nodes.py`."""

ALL = [measure for measures in MEASURES.values() for measure in measures]

# Frictions need a place, a jurisdiction and coordinates at every end.
some_tables = networks(missing=False)


def agree(found: Result, expected: Result, measure: Measure, tolerance: float) -> None:
    """Equal up to rounding, NaN where NaN, the same labels in the same order."""
    if isinstance(expected, pd.DataFrame | pd.Series):
        kind = "frame" if isinstance(expected, pd.DataFrame) else "series"
        same = getattr(pd.testing, f"assert_{kind}_equal")
        options = {"rtol": tolerance, "atol": tolerance, "obj": str(measure.options)}
        same(found, expected, check_dtype=False, **options)
    else:
        close = pytest.approx(expected, rel=tolerance, abs=tolerance, nan_ok=True)
        assert found == close, measure.options


def those_for(network: ni.MultilayerNetwork) -> Iterator[Measure]:
    return (measure for measure in ALL if measure.applies(network))


@contextmanager
def told_of(measure: Measure) -> Iterator[None]:
    """Name the measure at which something fails."""
    try:
        yield
    except Exception as error:
        error.add_note(f"{measure.function.__name__} with {measure.options}")
        raise


def by_ends(pairs: pd.Series, network: ni.MultilayerNetwork) -> pd.Series:
    """Pairs in an order that does not depend on the order of the nodes."""
    ends = [tuple(pair) if network.directed else tuple(sorted(pair)) for pair in pairs.index]
    order = sorted(range(len(ends)), key=lambda k: ends[k])
    index = pd.MultiIndex.from_tuples([ends[k] for k in order], names=["source", "target"])
    return pd.Series(pairs.to_numpy()[order], index, name=pairs.name)


def test_every_public_measure_is_sent_through() -> None:
    # `Frictions` is a parameter, `ExternalReach` a result, `describe` a table of
    # measures; the order of the nodes decides between parts and paths of one size. All else is a
    # measure of a network.
    others = {"ExternalReach", "Frictions", "components", "describe", "shortest_path"}
    others |= {"potential"}  # of places: links do not count
    public = {*centrality.__all__, *connectivity.__all__, *topology.__all__} - others
    assert public == {*MEASURES, *GIVEN_NODES}
    for name, measures in MEASURES.items():
        assert {measure.function.__name__ for measure in measures} == {name}


@pytest.mark.parametrize("measures", MEASURES.values(), ids=MEASURES.keys())
def test_only_the_network_is_positional(measures: list[Measure]) -> None:
    first, *others = inspect.signature(measures[0].function).parameters.values()
    assert first.name == "network"
    assert all(parameter.kind is parameter.KEYWORD_ONLY for parameter in others)


def check_shape(result: Result, measure: Measure, network: ni.MultilayerNetwork) -> None:
    if measure.shape == "number":
        assert type(result) is float
        return
    is_table = measure.shape in {"node and layer", "node and column", "layers"}
    assert isinstance(result, pd.DataFrame if is_table else pd.Series)
    if not is_table:
        assert result.name == measure.function.__name__
    if measure.shape.startswith("node"):
        pd.testing.assert_index_equal(result.index, network.nodes.index)
    if measure.shape.startswith("layer"):
        assert tuple(result.index) == network.layers
    if measure.shape in {"layers", "node and layer"}:
        assert tuple(result.columns) == network.layers
    if measure.shape == "pair":
        assert result.index.nlevels == 2
        assert set(result.index.get_level_values(0)) <= set(network.nodes.index)
    if measure.shape == "curve":
        assert result.index.dtype.kind == "i"


def check_undefined(result: Result, measure: Measure, network: ni.MultilayerNetwork) -> None:
    values = np.asarray(result, dtype=float)
    if measure.defined is not None:
        np.testing.assert_array_equal(~np.isnan(values), measure.defined(result, network))
    assert measure.infinite or not np.isinf(values).any()


def overwrite(result: Result) -> None:
    result.iloc[:] = -1
    result.index.names = ["renamed"] * result.index.nlevels
    if isinstance(result, pd.DataFrame):
        result.columns.names = ["renamed"] * result.columns.nlevels


@pytest.mark.slow
@given(tables=some_tables)
def test_the_answer_has_its_shape_is_undefined_where_stated_and_changes_nothing(
    tables: Tables,
) -> None:
    copies = [frame.copy(deep=True) for frame in tables[:3]]
    network, twin = ni.build_network(*tables), ni.build_network(*tables)
    stored = pickle.dumps(network)
    for measure in those_for(network):
        with told_of(measure):
            seeded = "rng" in inspect.signature(measure.function).parameters
            options = {"rng": 7} if seeded else {}
            result = measure(network, **options)
            check_shape(result, measure, network)
            check_undefined(result, measure, network)
            if measure.shape != "number":
                overwrite(result)  # no result shares memory with the network or the next result
            agree(measure(network, **options), measure(twin, **options), measure, 0.0)
    ids = tables.nodes["node"].tolist()
    for asked in given_nodes.asked_of(network):
        np.testing.assert_array_equal(asked.values(network, ids), asked.values(twin, ids))
    assert network.equals(pickle.loads(stored))
    assert pickle.dumps(network) == stored
    for frame, copy in zip(tables[:3], copies, strict=True):
        pd.testing.assert_frame_equal(frame, copy)


@pytest.mark.slow
@given(tables=some_tables, data=st.data())
def test_names_and_the_order_of_rows_and_ends_do_not_matter(
    tables: Tables, data: st.DataObject
) -> None:
    node, layer = (
        dict(zip(old, data.draw(distinct_names(len(old))), strict=True))
        for old in (tables.nodes["node"].tolist(), sorted(set(tables.links["layer"])))
    )
    nodes, links = (
        table.iloc[data.draw(st.permutations(range(len(table))))] for table in tables[:2]
    )
    ends = [links[end].map(node).astype("str") for end in ("source", "target")]
    arrows = links["layer"].isin(tables.directed)
    source, target = (
        mine.where(arrows, other) for mine, other in zip(ends, ends[::-1], strict=True)
    )
    renamed = tables._replace(
        nodes=nodes.assign(node=nodes["node"].map(node)),
        links=links.assign(
            source=source, target=target, layer=links["layer"].map(layer).astype("str")
        ),
        directed=tuple(layer[name] for name in tables.directed),
    )
    network, other = ni.build_network(*tables), ni.build_network(*renamed)
    for measure in those_for(network):
        with told_of(measure):
            before, after = measure(network), measure(other)
            if measure.shape.startswith("node"):
                before = before.rename(index=node).reindex(other.nodes.index)
            if measure.shape == "pair":
                before = before.rename(index=node)
                before, after = (by_ends(pairs, network) for pairs in (before, after))
            if measure.shape in {"node and layer", "layers"}:
                before = before.rename(columns=layer)[list(other.layers)]
                before.columns = before.columns.astype("str")  # pandas 3.0: none are of no type
            if measure.shape.startswith("layer"):
                before = before.rename(index=layer).loc[list(other.layers)]
                before.index = before.index.astype("str")
            agree(after, before, measure, measure.tolerance)
    for asked in given_nodes.asked_of(network):
        given_nodes.agree(asked.values(other, [*node.values()]), asked.values(network, [*node]))


@pytest.mark.slow
@given(tables=some_tables)
def test_a_link_split_in_three_is_one_link(tables: Tables) -> None:
    half, quarter = (
        tables.links.assign(weight=tables.links["weight"] * part) for part in (0.5, 0.25)
    )
    later = quarter.assign(period=pd.array([1999] * len(quarter), dtype="Int64"))
    network = ni.build_network(*tables)
    parts = pd.concat([half, quarter, later], ignore_index=True)
    split = ni.build_network(*tables._replace(links=parts))
    for measure in those_for(network):
        with told_of(measure):
            agree(measure(split), measure(network), measure, measure.tolerance)
    ids = tables.nodes["node"].tolist()
    for asked in given_nodes.asked_of(network):
        given_nodes.agree(asked.values(split, ids), asked.values(network, ids))


@pytest.mark.slow
@given(tables=some_tables, factor=st.sampled_from([0.5, 4.0, 3.0]))
def test_scaled_weights_have_the_stated_effect(tables: Tables, factor: float) -> None:
    scaled = tables.links.assign(weight=factor * tables.links["weight"])
    network = ni.build_network(*tables)
    larger = ni.build_network(*tables._replace(links=scaled))
    for measure in those_for(network):
        with told_of(measure):
            expected = measure(network) * factor**measure.scale
            agree(measure(larger, **measure.scaled(factor)), expected, measure, measure.tolerance)
    ids = tables.nodes["node"].tolist()
    for asked in given_nodes.asked_of(network):
        expected = asked.values(network, ids) * factor**asked.scale
        given_nodes.agree(asked.values(larger, ids, factor), expected)


@pytest.mark.slow
@given(tables=networks(missing=False, min_links=1))
def test_an_added_isolate_has_the_stated_effect(tables: Tables) -> None:
    network = ni.build_network(*tables)
    larger = network.with_nodes(tables.nodes.iloc[[0]].assign(node="nobody"))
    for measure in those_for(network):
        with told_of(measure):
            before, found = measure(network), measure(larger)
            expected = measure.isolate(before, larger)
            if measure.shares:
                assert found["nobody"] > 0
                found = found / (1 - found["nobody"])
            if measure.shape.startswith("node"):
                found = found.loc[expected.index]
            agree(found, expected, measure, measure.tolerance)
    # In a place that is asked about it would be one node more.
    nowhere = tables.nodes.iloc[[0]].assign(node="nobody", place=None, jurisdiction=None)
    larger, ids = network.with_nodes(nowhere), tables.nodes["node"].tolist()
    for asked in given_nodes.asked_of(network):
        before, after = asked.values(network, ids), asked.values(larger, ids)
        if asked is given_nodes.MEASURES["robustness_curve"]:
            # Shares of one node more, of which at least one stays until the others have left.
            after = after * (len(ids) + 1) / len(ids)
        given_nodes.agree(after, before)


@given(tables=networks(missing=False, min_links=1))
def test_self_links_do_not_count_among_given_nodes(tables: Tables) -> None:
    ids = tables.nodes["node"].tolist()
    loops = pd.DataFrame(
        {"layer": tables.links["layer"][0], "source": ids, "target": ids, "weight": 5.0}
    )
    without = tables.links[tables.links["source"] != tables.links["target"]]
    directed = [name for name in tables.directed if (without["layer"] == name).any()]
    network = ni.build_network(*tables._replace(links=without, directed=directed))
    links = pd.concat([tables.links, loops])
    looped = ni.build_network(*tables._replace(links=links))
    for asked in given_nodes.asked_of(looped):
        given_nodes.agree(asked.values(looped, ids), asked.values(network, ids))


@pytest.mark.slow
@given(tables=networks(missing=False, max_layers=1, min_links=1))
def test_one_layer_equals_networkx(tables: Tables) -> None:
    graph = nx.DiGraph()
    graph.add_nodes_from(tables.nodes["node"])
    for row in tables.links.itertuples():
        ends = [(row.source, row.target), (row.target, row.source)]
        for i, j in ends[: 1 if tables.directed else 2]:
            if i != j:
                weight = graph.get_edge_data(i, j, {"weight": 0.0})["weight"] + row.weight
                graph.add_edge(i, j, weight=weight, unit=1.0, inverse=1 / weight)
    network = ni.build_network(*tables)
    for measure in those_for(network):
        with told_of(measure):
            if measure.networkx is None:
                continue
            expected = measure.networkx(graph, bool(tables.directed))
            found = measure(network)
            if measure.shape == "node and layer":
                found = found[network.layers[0]]
            if isinstance(expected, dict):
                found = (
                    found.to_dict("index") if isinstance(found, pd.DataFrame) else found.to_dict()
                )
            close = pytest.approx(expected, rel=measure.tolerance, abs=1e-8, nan_ok=True)
            assert found == close, measure.options


def distinct_names(count: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(ODD_NAMES), min_size=count, max_size=count, unique=True)

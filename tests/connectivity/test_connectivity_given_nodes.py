"""Measures of connectivity that are asked about nodes by their ids, through the invariances."""

import pickle
from collections.abc import Callable
from dataclasses import astuple
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from hypothesis import given, strategies as st

import netinnov as ni
from netinnov import connectivity
from strategies import ODD_NAMES, Tables, networks


class Asked(NamedTuple):
    """A measure, and its values for some ids in an order that does not depend on the network."""

    values: Callable[[ni.MultilayerNetwork, list[str], float], np.ndarray]
    scale: float = 0.0
    directed: bool | None = None


def accessed(distance: Any, switch_cost: float = 0.0, border: float = 0.0) -> Callable[..., Any]:
    def values(network: ni.MultilayerNetwork, ids: list[str], factor: float = 1.0) -> np.ndarray:
        length = 1 / factor if distance == "inverse" else 1.0
        found = connectivity.access(
            network,
            origin=ids[::2],
            distance=distance,
            switch_cost=length * switch_cost,
            frictions=ni.Frictions(border=length * border),
        )
        return found[ids].to_numpy()

    return values


def resisted(network: ni.MultilayerNetwork, ids: list[str], factor: float = 1.0) -> np.ndarray:
    pairs = [(i, j) for i in ids[:4] for j in ids]
    return connectivity.effective_resistance(network, pairs=pairs).to_numpy()


def attacked(network: ni.MultilayerNetwork, ids: list[str], factor: float = 1.0) -> np.ndarray:
    others = [node for node in network.nodes.index if node not in ids]
    return connectivity.robustness_curve(network, order=[*others, *ids]).to_numpy()[len(others) :]


def reached(network: ni.MultilayerNetwork, ids: list[str], factor: float = 1.0) -> np.ndarray:
    found = connectivity.external_reach(network, place=network.places.index[0])
    return np.array(astuple(found)[1:], dtype=float)


MEASURES = {
    "access": Asked(accessed("unit")),
    "access_inverse": Asked(accessed("inverse"), scale=-1.0),
    "access_switch": Asked(accessed("inverse", 0.5, 1.0), scale=-1.0),
    "effective_resistance": Asked(resisted, scale=-1.0, directed=False),
    "robustness_curve": Asked(attacked),
    "external_reach": Asked(reached),
}


def tables_for(data: st.DataObject, **options: Any) -> Tables:
    """All measures meet the same networks, of which half have no directed layer."""
    directed = data.draw(st.sampled_from([None, False]))
    return data.draw(networks(missing=False, directed=directed, **options))


def those_for(network: ni.MultilayerNetwork) -> list[Asked]:
    return [one for one in MEASURES.values() if one.directed is not False or not network.directed]


def agree(found: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


@given(data=st.data())
def test_names_and_the_order_of_rows_and_ends_do_not_matter(data: st.DataObject) -> None:
    tables = tables_for(data)
    old = tables.nodes["node"].tolist()
    names = st.lists(st.sampled_from(ODD_NAMES), min_size=len(old), max_size=len(old), unique=True)
    new = dict(zip(old, data.draw(names), strict=True))
    order = data.draw(st.permutations(range(len(old))))
    nodes = tables.nodes.assign(node=tables.nodes["node"].map(new)).iloc[list(order)]
    links = tables.links.iloc[data.draw(st.permutations(range(len(tables.links))))]
    ends = [links[end].map(new).astype("str") for end in ("source", "target")]
    arrows = links["layer"].isin(tables.directed)
    source, target = (
        mine.where(arrows, other) for mine, other in zip(ends, ends[::-1], strict=True)
    )
    links = links.assign(source=source, target=target)
    network = ni.build_network(*tables)
    renamed = ni.build_network(*tables._replace(nodes=nodes, links=links))
    for asked in those_for(network):
        before = asked.values(network, old, 1.0)
        agree(asked.values(renamed, [new[node] for node in old], 1.0), before)


@given(data=st.data())
def test_a_link_split_in_two_is_one_link(data: st.DataObject) -> None:
    tables = tables_for(data)
    ids = tables.nodes["node"].tolist()
    half = tables.links.assign(weight=tables.links["weight"] / 2)
    network = ni.build_network(*tables)
    twice = ni.build_network(*tables._replace(links=pd.concat([half, half], ignore_index=True)))
    for asked in those_for(network):
        agree(asked.values(twice, ids, 1.0), asked.values(network, ids, 1.0))


@given(data=st.data(), factor=st.sampled_from([0.5, 4.0, 3.0]))
def test_scaled_weights_have_the_stated_effect(data: st.DataObject, factor: float) -> None:
    tables = tables_for(data)
    ids = tables.nodes["node"].tolist()
    scaled = tables.links.assign(weight=factor * tables.links["weight"])
    network, larger = ni.build_network(*tables), ni.build_network(*tables._replace(links=scaled))
    for asked in those_for(network):
        before = asked.values(network, ids, 1.0) * factor**asked.scale
        agree(asked.values(larger, ids, factor), before)


@given(data=st.data())
def test_self_links_change_nothing(data: st.DataObject) -> None:
    tables = tables_for(data, min_links=1)
    ids = tables.nodes["node"].tolist()
    layer = tables.links["layer"][0]
    loops = pd.DataFrame({"layer": layer, "source": ids, "target": ids, "weight": 5.0})
    without = tables.links[tables.links["source"] != tables.links["target"]]
    directed = [name for name in tables.directed if (without["layer"] == name).any()]
    network = ni.build_network(*tables._replace(links=without, directed=directed))
    linked = tables._replace(links=pd.concat([tables.links, loops], ignore_index=True))
    looped = ni.build_network(*linked)
    for asked in those_for(looped):
        agree(asked.values(looped, ids, 1.0), asked.values(network, ids, 1.0))


@given(data=st.data())
def test_an_added_isolate_leaves_the_others(data: st.DataObject) -> None:
    tables = tables_for(data)
    ids = tables.nodes["node"].tolist()
    network = ni.build_network(*tables)
    # In a place that is asked about it would be one node more.
    nowhere = tables.nodes.iloc[[0]].assign(node="nobody", place=None, jurisdiction=None)
    larger = network.with_nodes(nowhere)
    for asked in those_for(network):
        before, after = asked.values(network, ids, 1.0), asked.values(larger, ids, 1.0)
        if asked is MEASURES["robustness_curve"]:
            # Shares of one node more, of which at least one stays until the others have left.
            after = after * (len(ids) + 1) / len(ids)
        agree(after, before)


@given(data=st.data())
def test_inputs_stay_untouched_and_answers_the_same(data: st.DataObject) -> None:
    tables = tables_for(data)
    ids = tables.nodes["node"].tolist()
    network = ni.build_network(*tables)
    stored = pickle.dumps(network)
    for asked in those_for(network):
        first = asked.values(network, ids, 1.0)
        np.testing.assert_array_equal(asked.values(pickle.loads(stored), ids, 1.0), first)
        np.testing.assert_array_equal(asked.values(network, ids, 1.0), first)
    assert pickle.dumps(network) == stored
    assert ids == tables.nodes["node"].tolist()

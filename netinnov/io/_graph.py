"""A network as one graph of another program: nodes, links and plain attributes."""

from __future__ import annotations

import json
import warnings
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from netinnov._network.columns import own_names
from netinnov._runtime.arguments import examples, shown
from netinnov.errors import InputError, shortened
from netinnov.io._attributes import Column, columns_of
from netinnov.network import MultilayerNetwork

# Readers of networkx hand attributes on as keywords, which these names are already.
KEYWORDS_OF_NODES = frozenset({"self", "node_for_adding"})
KEYWORDS_OF_LINKS = frozenset({"self", "u_for_edge", "v_for_edge", "key"})
Attributes = pd.DataFrame | Mapping[str, Any] | None
Twins = dict[int, int]  # a visible character that is never markup, in place of another

PICTURES = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
NO_TEXT = dict.fromkeys([*range(0xD800, 0xE000), 0xFFFE, 0xFFFF], 0xFFFD)
XML: Twins = {k: v for k, v in PICTURES.items() if k not in b"\t\n\r\x7f"} | NO_TEXT
LINE: Twins = PICTURES | NO_TEXT
# For quoted labels in formats that have no escapes
LABEL: Twins = LINE | {ord('"'): ord("＂"), ord("\\"): ord("＼")}


class Graph(NamedTuple):
    """One graph; in a network of mixed directions an undirected link is two arcs."""

    directed: bool
    nodes: list[str]
    node_columns: list[Column]  # kind, place, jurisdiction and attributes
    source: list[int]
    target: list[int]
    link_columns: list[Column]  # layer, weight, period if any link has one, and attributes
    about: dict[str, str]  # attributes of the graph as JSON, enough to rebuild the network


def is_mixed(network: MultilayerNetwork) -> bool:
    return 0 < len(network.directed) < len(network.layers)


def one_graph(
    network: MultilayerNetwork,
    *,
    node_names: Collection[str] = (),
    link_names: Collection[str] = (),
    coordinates: bool = False,
    two_arcs: bool = True,
) -> Graph:
    """Attributes whose name the format takes (lower case) get trailing underscores."""
    rows = network.storage.link_rows()
    links = network.links.drop(columns=["source", "target"])
    at = np.arange(rows.layer.size)
    source, target = rows.source, rows.target
    if two_arcs and is_mixed(network):
        both_ways = np.array([layer not in network.directed for layer in network.layers])
        back = np.flatnonzero(both_ways[rows.layer] & (source != target))
        at = np.append(at, back)
        source, target = np.append(source, target[back]), np.append(target, source[back])
    nodes, places = network.nodes, network.places
    if coordinates:
        for name in ("lon", "lat"):
            if name not in nodes and places[name].notna().any():
                known = np.append(places[name].to_numpy(), np.nan)
                nodes[name] = known[network.storage.place_codes]
    node_columns = _renamed(columns_of(nodes), node_names)
    link_columns = _renamed(columns_of(links), link_names)
    place_columns = columns_of(places.reset_index())
    tables = {"nodes": node_columns, "links": link_columns, "places": place_columns}
    about = {
        "directed_layers": sorted(network.directed),
        "layers": {
            layer: {name: value for name, value in record._asdict().items() if value is not None}
            for layer, record in network.storage.records.items()
        },
        "places": {column.name: column.values for column in place_columns},
        "column_types": {
            table: {column.name: column.record for column in columns}
            for table, columns in tables.items()
        },
    }
    if at.size > len(links):
        link_columns = [column.at(at.tolist()) for column in link_columns]
    ids, ends = nodes.index.tolist(), (source.tolist(), target.tolist())
    write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    texts = {name: write(value) for name, value in about.items()}
    return Graph(bool(network.directed), ids, node_columns, *ends, link_columns, texts)


def relations(graph: Graph) -> list[str]:
    """Layer, and period if any: a name that is unique among the links of a pair."""
    column = {column.name: column.values for column in graph.link_columns}
    if "period" not in column:
        return column["layer"]
    pairs = list(zip(column["layer"], column["period"], strict=True))
    names: dict[tuple[str, int | None], str] = {}
    taken = set()
    for layer, period in sorted(set(pairs), key=lambda pair: (pair[1] is not None, pair)):
        name = layer if period is None else f"{layer} {period}"
        while name in taken:  # a layer may be called "papers 2015"
            name += "_"
        names[layer, period] = name
        taken.add(name)
    return [names[relation] for relation in pairs]


def with_twins(graph: Graph, twins: Twins, format: str) -> Graph:
    columns = (*graph.node_columns, *graph.link_columns)
    texts = [*graph.nodes, *(column.name for column in columns)]
    texts += [v for column in columns if column.kind == "text" for v in column.values]
    layers = next(column.values for column in graph.link_columns if column.name == "layer")
    written = legible(texts, twins, format, stacklevel=5, nodes=graph.nodes, layers=layers)

    def twin(column: Column) -> Column:
        values = [written[v] for v in column.values] if column.kind == "text" else column.values
        return column._replace(name=written[column.name], values=values)

    return graph._replace(
        nodes=[written[node] for node in graph.nodes],
        node_columns=[twin(column) for column in graph.node_columns],
        link_columns=[twin(column) for column in graph.link_columns],
        about={name: text.translate(twins) for name, text in graph.about.items()},
    )


def legible(
    texts: Iterable[str | None],
    twins: Twins,
    format: str,
    *,
    stacklevel: int = 4,
    **distinct: Iterable[str],
) -> dict[str | None, Any]:
    """What is written for each text; ``distinct`` must not become alike."""
    written: dict[Any, Any] = {text: text.translate(twins) if text else text for text in texts}
    for kind, group in distinct.items():
        first: dict[str, str] = {}
        for text in dict.fromkeys(group):
            if (other := first.setdefault(written[text], text)) != text:
                msg = f"{format} must tell all {kind} apart, but cannot hold some characters of "
                alike = f"{other!r} and {text!r}, which would become one; rename one of them."
                raise InputError(msg + alike)
    if odd := sorted((text for text in written if text != written[text]), key=len):
        msg = f"{format} cannot hold some characters of {len(odd)} texts; visible twins stand for "
        msg += f"them: {examples(odd, lambda text: f'{text!r} as {written[text]!r}')}."
        warnings.warn(shortened(msg), UserWarning, stacklevel=stacklevel)
    return written


def _renamed(columns: list[Column], taken: Collection[str]) -> list[Column]:
    names = [column.name for column in columns]
    own = own_names(names, [name for name in names if name.casefold() in taken])
    return [
        column
        if name == column.name
        else column._replace(name=name, record=column.record | {"name": column.name})
        for name, column in zip(own, columns, strict=True)
    ]


def with_attributes(network: MultilayerNetwork, attributes: Attributes) -> MultilayerNetwork:
    if attributes is None:
        return network
    nodes = network.storage.nodes
    added: dict[str, pd.Series] = {}
    for name, column in _columns(attributes):
        if name in nodes or name in added:
            msg = f"`attributes`: the nodes have a column {name!r} already; choose another name."
            raise InputError(msg)
        unknown = column.index.difference(nodes.index)
        if not column.index.is_unique or len(unknown):
            msg = f"`attributes`: index of {name!r} must be ids of nodes, each once; not in the "
            raise InputError(f"{msg}network: {examples(unknown) or 'none'}.")
        added[name] = column.reindex(nodes.index)
    table = pd.concat([nodes, pd.DataFrame(added, index=nodes.index)], axis=1)
    return MultilayerNetwork._of(replace(network.storage, _nodes=table, memo={}))


def _columns(attributes: Any) -> list[tuple[str, pd.Series]]:
    if isinstance(attributes, pd.DataFrame):
        return [(str(name), column) for name, column in attributes.items()]
    if not isinstance(attributes, Mapping):
        msg = "`attributes` must be a DataFrame with a row for each node, or a mapping from names "
        raise InputError(f"{msg}to Series over the nodes; found {shown(attributes)}.")
    columns = []
    for name, value in attributes.items():
        held = getattr(value, "membership", value)  # of a Partition
        if isinstance(held, pd.Series):
            own = [(str(name), held)]
        elif isinstance(held, pd.DataFrame):
            one = held.shape[1] == 1
            own = [(str(name) if one else f"{name} {x}", column) for x, column in held.items()]
        else:
            msg = f"`attributes`: {name!r} must be a Series over the nodes, a DataFrame nodes x "
            raise InputError(f"{msg}layers or a Partition; found {shown(value)}.")
        # Communities are numbered, also where some nodes have none
        columns += [(n, each if held is value else each.convert_dtypes()) for n, each in own]
    return columns

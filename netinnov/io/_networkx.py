"""Networks and graphs of networkx."""

from __future__ import annotations

import json
import warnings
from ast import literal_eval
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from netinnov._network.columns import own_names
from netinnov._runtime.arguments import as_list, examples, shown
from netinnov._runtime.opening import columns_of_rows
from netinnov.errors import InputError
from netinnov.io import _graph
from netinnov.io._graph import MISFITS, Attributes, Column, Graph, Record
from netinnov.network import MultilayerNetwork, with_rows

if TYPE_CHECKING:
    import networkx as nx


IDS = "networkx_id"  # column with ids that were not text, as Python writes them


def to_networkx(
    network: MultilayerNetwork, *, collapse_periods: bool = False, attributes: Attributes = None
) -> nx.MultiGraph:
    """One graph of networkx with all layers, nodes and attributes.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    collapse_periods : bool
        One link for a pair in a layer, its weights summed over the periods.
    attributes : DataFrame or mapping, optional
        Results for the nodes, as in `write_graphml`.

    Returns
    -------
    MultiGraph or MultiDiGraph
        Directed if any layer is; an undirected link of a network with mixed directions is then
        two arcs (a self-link one). The key of a link is its layer, and its period if it has one,
        as in "papers 2015". Links have the attributes ``layer``, ``weight``,
        ``period`` and their own; nodes ``kind``, ``place``, ``jurisdiction`` and their own. What
        is missing is not there. Nodes that came by `from_networkx` have the ids that they had:
        ``networkx.set_node_attributes(graph, dict(converted.nodes.data()))`` brings results back.

    Notes
    -----
    All attributes are text, numbers or truth values, as every writer of networkx takes them: times
    are ISO 8601, lists JSON. The graph's own attributes are JSON: ``directed_layers`` names the
    layers with a direction, ``layers`` has the row of each in the table of layers; ``places``,
    ``distances`` (the columns of `MultilayerNetwork.distances`, and their ``unit``) and
    ``column_types`` are for `from_networkx`.

    Examples
    --------
    >>> links = pd.DataFrame({"source": "a", "target": "b", "layer": ["patents", "papers"]})
    >>> graph = to_networkx(ni.build_network(links))
    >>> sorted(graph["a"]["b"])
    ['papers', 'patents']
    """
    if collapse_periods:
        network = with_rows(network, network.storage.link_rows()._replace(period=None))
    graph = _graph.one_graph(_graph.with_attributes(network, attributes))
    for column in [column for column in graph.node_columns if column.name == IDS]:
        ids = [*map(_id_before, column.values, graph.nodes)]
        if len(set(ids)) == len(ids):
            kept = [each for each in graph.node_columns if each is not column]
            graph = graph._replace(nodes=ids, node_columns=kept)
    return multigraph(graph)


def _id_before(written: Any, name: str) -> Any:
    with suppress(*MISFITS, MemoryError):
        value = literal_eval(written)
        hash(value)
        return value
    return name


def from_networkx(graph: nx.Graph) -> MultilayerNetwork:
    """A network from any graph of networkx.

    Parameters
    ----------
    graph : Graph, DiGraph, MultiGraph or MultiDiGraph
        Ids of nodes that are not text become it; numbers and tuples are kept in the column
        ``networkx_id``, from which `to_networkx` gives them back. Of the attributes of nodes
        ``kind``, ``place`` and ``jurisdiction`` are used, of the links' ``layer`` (otherwise: the
        key if that is text, or "links"), ``weight`` (1 where there is none) and ``period``; all
        others are kept.

    Returns
    -------
    MultilayerNetwork
        Nodes in the order of the graph. An equal network if the graph came from `to_networkx`.

    Raises
    ------
    InputError
        If attributes of the graph that `to_networkx` writes are there in another form, an arc of an
        undirected layer has no equal arc back, or two ids are one as text, such as 7 and "7".
    TableError
        If nodes and links do not make a network.

    Warns
    -----
    UserWarning
        If ids became text.

    Notes
    -----
    Which layers have a direction is named by the graph's attribute ``directed_layers`` (a list);
    without it, all have one if the graph is directed. The two arcs of an undirected layer become
    one link again, with the attributes of the arc in node order. The attribute ``layers`` (a
    mapping from a layer to its record) says what else is true of a layer, such as ``modelled``.

    Examples
    --------
    >>> import networkx as nx
    >>> from_networkx(nx.florentine_families_graph())
    MultilayerNetwork: 15 nodes, 20 links in 1 layer (links)
    """
    import networkx as nx

    value: object = graph
    if not isinstance(value, nx.Graph):
        raise InputError(
            f"`graph` must be a graph of networkx; found {shown(graph)}; a table goes to "
            "build_network()."
        )
    texts: dict[Any, str] = {node: str(node) for node in graph}
    names = pd.Index(texts.values())
    if (twice := names[names.duplicated()].unique()).size:
        raise InputError(
            f"ids of nodes must differ as text; several are {examples(twice)}; rename them by "
            "networkx.relabel_nodes."
        )
    if other := [node for node in texts if not isinstance(node, str)]:
        warnings.warn(
            f"{len(other)} ids of nodes became text, e.g. {other[0]!r} became "
            f"{str(other[0])!r}; to_networkx() gives the old ones back.",
            UserWarning,
            stacklevel=3,
        )
        plain = {node: node.item() if isinstance(node, np.generic) else node for node in other}
        graph = nx.relabel_nodes(graph, texts)
        nx.set_node_attributes(graph, {texts[node]: repr(plain[node]) for node in other}, IDS)
    return network_of_graph(graph)


def network_of_graph(graph: nx.Graph, name: str = "the graph") -> MultilayerNetwork:
    try:
        types: Mapping[str, Mapping[str, Record]] = _about(graph, "column_types") or {}
        places = None
        far = dict[str, Any]()
        if types and (held := _about(graph, "distances")) is not None:
            far = {"distance_unit": held["unit"], "distances": pd.DataFrame(held)}
        if types and (held := _about(graph, "places")) is not None:
            known = types["places"]
            columns = {key: _as_before(column, known[key]) for key, column in held.items()}
            places = pd.DataFrame(columns)
        attributes = [data for _, data in graph.nodes(data=True)]
        nodes = _table(name, attributes, types.get("nodes", {}), ["node"])
        links = _links(name, graph, types.get("links", {}))
        layers = set(links["layer"].dropna().map(str))
        listed = _about(graph, "directed_layers")
        if listed is None:
            listed = layers if graph.is_directed() else ()
        named = set(map(str, as_list("directed_layers", listed)))
        records = {
            layer: {key: value for key, value in row.items() if key != "directed"}
            for layer, row in (_about(graph, "layers") or {}).items()
            if layer in layers
        }
    except (AttributeError, *MISFITS) as error:
        raise InputError(
            "graph.graph['column_types'], ['places'], ['distances'], ['directed_layers'] and "
            f"['layers'] must be as to_networkx writes them; found {type(error).__name__}: "
            f"{error}. Delete them to have types and directions guessed."
        ) from None
    if named and not graph.is_directed():
        msg = "the graph is undirected, but graph.graph['directed_layers'] names layers with a "
        mend = "delete it if the directions are to go."
        raise InputError(f"{msg}direction: {examples(sorted(named))}; {mend}")
    nodes.insert(0, "node", pd.Series(list(graph.nodes), dtype=object))
    directed = named & layers
    if directed < layers and graph.is_directed():
        links = _without_ways_back(links, list(graph.nodes), directed)
    about: Any = {"places": places, "directed": sorted(directed), "layers": records}
    return MultilayerNetwork(nodes, links, **about, **far)


def multigraph(graph: Graph) -> nx.MultiGraph:
    import networkx as nx

    kind = nx.MultiDiGraph if graph.directed else nx.MultiGraph
    converted = kind(**graph.about)
    converted.add_nodes_from(zip(graph.nodes, _dicts(graph.node_columns), strict=True))
    ends = ([graph.nodes[at] for at in side] for side in (graph.source, graph.target))
    links = zip(*ends, _graph.relations(graph), _dicts(graph.link_columns), strict=True)
    converted.add_edges_from(links)
    return converted


def _dicts(columns: list[Column]) -> list[dict[str, Any]]:
    names = [column.name for column in columns]
    return [
        {name: value for name, value in zip(names, row, strict=True) if value is not None}
        for row in zip(*(column.values for column in columns), strict=True)
    ]


def _about(graph: nx.Graph, name: str) -> Any:
    value = graph.graph.get(name)
    return json.loads(value) if isinstance(value, str) else value


def _table(
    about: str, rows: list[dict[Any, Any]], types: Mapping[str, Record], taken: Sequence[str]
) -> pd.DataFrame:
    held = columns_of_rows(about, rows, types)
    labels = [str(types.get(name, {}).get("name", name)) for name in held]
    columns = {
        label: _as_before(values, types.get(name))
        for (name, values), label in zip(held.items(), own_names(labels, taken), strict=True)
    }
    return pd.DataFrame(columns, index=range(len(rows)))


def _as_before(values: Sequence[Any], record: Record | None) -> pd.Series:
    if record is not None:
        values = [None if isinstance(v, float) and v != v else v for v in values]
        with suppress(*MISFITS):
            return _graph.restored(values, record)
    return pd.Series(values, dtype=None if any(v is not None for v in values) else object)


def _links(name: str, graph: nx.Graph, types: Mapping[str, Record]) -> pd.DataFrame:
    keyed = {"keys": True} if graph.is_multigraph() else {}
    rows: list[tuple[Any, ...]] = list(graph.edges(data=True, **keyed))
    table = _table(name, [row[-1] for row in rows], types, ["source", "target"])
    if "layer" not in table:
        named = bool(keyed) and all(isinstance(row[2], str) for row in rows)
        keys = [row[2] for row in rows] if named else "links"
        table["layer"] = pd.Series(keys, table.index, dtype="str")
    if "weight" in table:
        table["weight"] = pd.Series([row[-1].get("weight", 1.0) for row in rows])
    for at, end in enumerate(("source", "target")):
        table.insert(at, end, pd.Series([row[at] for row in rows], dtype=object))
    return table


def _without_ways_back(links: pd.DataFrame, nodes: list[Any], directed: set[str]) -> pd.DataFrame:
    """Undirected links once; their two arcs must be equal."""
    position = {node: at for at, node in enumerate(nodes)}
    source, target = (links[end].map(position).to_numpy() for end in ("source", "target"))
    two_way = (links["layer"].notna() & ~links["layer"].map(str).isin(directed)).to_numpy()
    arcs = links.reindex(columns=["layer", "weight", "period"])
    arcs["low"] = np.minimum(source, target)
    arcs["high"] = np.maximum(source, target)
    keys = ["low", "high", "layer", "weight", "period"]
    arcs["way"] = np.sign(target - source)
    balance = arcs[two_way].groupby(keys, dropna=False)["way"].sum()
    if len(unequal := balance.index[balance != 0]):
        odd = examples(unequal, lambda x: f"{nodes[x[0]]!r} and {nodes[x[1]]!r} in {x[2]!r}")
        raise InputError(
            "a link of a layer that graph.graph['directed_layers'] does not name must be two "
            f"arcs of equal weight; {len(unequal)} are not: {odd}. Name the layer, or add the "
            "arc."
        )
    return links[~two_way | (source <= target)]

"""A network from links alone, a table or a square matrix of them: the nodes are their ends."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from netinnov._network import flow_matrix
from netinnov._network.columns import as_text, is_blank, refuse_repeated
from netinnov._network.file_rows import GivenTable
from netinnov._network.headers import our_names, unweighted
from netinnov._runtime.arguments import shown
from netinnov._runtime.dataframes import as_pandas
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, how_to_convert

Directed = bool | Collection[str] | None
TABLE = "the table"
SHEET = 10_000  # nodes of a table in which somebody may have added up rows
HEADERS = ("source", "target", "weight")


class Part(NamedTuple):
    links: pd.DataFrame
    names: pd.Index
    directed: bool = False
    note: str = ""


def network_of_links(table: Any, directed: Directed, **more: Any) -> MultilayerNetwork:
    of_layers = table if isinstance(table, Mapping) else {"links": table}
    parts = {str(layer): _part(each, str(layer), directed) for layer, each in of_layers.items()}
    network = network_of_parts(parts, directed, None, **more)
    if 0 < len(network) <= SHEET:
        flow_matrix.without_totals(network.links, network.storage.node_names.to_series(), TABLE)
    return network


def network_of_parts(
    parts: Mapping[str, Part],
    directed: Directed,
    nodes: Any = None,
    places: Any = None,
    **more: Any,
) -> MultilayerNetwork:
    """Nodes in order of appearance; where a place has the name of a node, it lies there."""
    if nodes is None:
        names = chain.from_iterable(part.names for part in parts.values())
        nodes = pd.DataFrame(index=pd.Index(dict.fromkeys(names), dtype="str", name="node"))
        if isinstance(places := as_pandas(places), pd.DataFrame):
            ids = as_text(places.get("place", places.index.to_series()))[0]
            nodes["place"] = nodes.index.to_series().where(nodes.index.isin(ids))
    for text in filter(None, (part.note for part in parts.values())):
        warnings.warn(text, UserWarning, stacklevel=5)
    if directed is None:
        directed = [layer for layer, part in parts.items() if part.directed and len(part.links)]
    links: Any = {layer: part.links for layer, part in parts.items()}
    links = links["links"] if [*links] == ["links"] else links
    return MultilayerNetwork(nodes, links, places=places, directed=directed, **more)


def part_of_matrix(flows: pd.DataFrame, names: pd.Index, layer: str, directed: Directed) -> Part:
    """Flows with a direction, but where another is asked or the matrix is symmetric."""
    if directed is True or (isinstance(directed, Collection) and layer in [*directed]):
        return Part(flows, names)
    links, why = flow_matrix.undirected(flows, names)
    if directed is not None or not why:
        return Part(links, names, directed is None)
    return Part(
        links,
        names,
        note=(
            f"{TABLE}: {why}, so its links have no direction and each pair is one link. Say "
            "directed=False if that is so, directed=True if not."
        ),
    )


def _part(table: Any, layer: str, directed: Directed) -> Part:
    frame = as_pandas(table)
    if isinstance(frame, pd.Series) and frame.index.nlevels == 2:  # of groupby(...).sum()
        frame = frame.rename("weight").reset_index()
    if isinstance(frame, list) and {*map(np.size, frame)} in ({2}, {3}):
        frame = pd.DataFrame(frame).rename(columns=dict(enumerate(HEADERS)))
    if not isinstance(frame, pd.DataFrame):
        mend = how_to_convert(table) or "give one with the columns 'source' and 'target'"
        raise InputError(f"links must be a table of pandas; found {shown(table)}; {mend}.")
    frame = frame.set_axis(frame.columns.map(str), axis=1)
    flow_table = GivenTable(TABLE, frame, "", [])
    refuse_repeated(TABLE, frame.columns)
    if (matrix := flow_matrix.as_matrix(flow_table)) is not None:
        flows, names = flow_matrix.flows_of_matrix(flow_table, *matrix, None)
        return part_of_matrix(flows, names, layer, directed)
    if any(level is not None for level in frame.index.names):
        frame = frame.reset_index()
    links = frame.rename(columns=our_names(TABLE, "links", [*frame.columns], {}))
    ends = [as_text(links[end])[0] for end in HEADERS[:2] if end in links]
    text = pd.Series(np.ravel(ends, order="F"), dtype="str").str.strip()
    note = "" if "weight" in links or len(ends) < 2 else "".join(unweighted(TABLE, links))
    return Part(links, pd.Index(text[~is_blank(text)].unique()), note=note)

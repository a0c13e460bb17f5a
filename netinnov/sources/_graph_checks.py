"""What networkx drops from files of graphs without a word: refused, read after all, or said."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd

from netinnov._network.columns import misspelt, refuse_repeated
from netinnov._network.headers import unsaid_weights
from netinnov._network.synonyms import key_of
from netinnov._runtime.opening import check_table, columns_of_rows, ending_of
from netinnov.errors import InputError
from netinnov.sources._complete_rows import say, say_unlisted

GRAPHML = "{http://graphml.graphdrawing.org/xmlns"
WRITTEN = {"graphml": "GraphML", "gexf": "GEXF"}
DIRECTIONS = ("directed", "undirected", "mutual")
GML = ("node", "edge", "directed", "multigraph")
TAGS = ("graph", "node", "edge", "key", "data", "default", "nodes", "edges", "attributes")
NEEDED = {"node": ["id"], "edge": ["source", "target"], "attvalue": ["for", "value"]}
CHILDREN = {"nodes": "node", "edges": "edge", "attributes": "attribute", "attvalues": "attvalue"}
OURS = ("layer", "weight", "period")


def checked_xml(path: Path, data: bytes) -> bytes:
    """GraphML or GEXF of one graph, in which each node and edge stands once."""
    root = ET.fromstring(data)
    kind = ending_of(path)[1:]
    space, _, name = root.tag.rpartition("}")
    if name != kind:
        raise InputError(f"{path} must be {WRITTEN[kind]}, in a <{kind}>; it begins with <{name}>.")
    held: dict[str, list[ET.Element]] = defaultdict(list)
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        held[tag].append(element)
        if (small := tag.casefold()) in TAGS:
            odd = [
                each
                for each in (tag, *element.keys())
                if each[0] != "{" and each != each.casefold()
            ]
            if odd:
                raise InputError(
                    f"{path}: XML of <{small}> must be in small letters; found {odd[0]!r}."
                )
    for tag, names in NEEDED.items():
        lacking = [name for each in held[tag] for name in names if each.get(name) is None]
        if lacking:
            raise InputError(f"{path}: each <{tag}> must have the attribute {lacking[0]!r}.")
    for tag, child in CHILDREN.items():
        others = [each.tag for of in held[tag] for each in of if not each.tag.endswith(child)]
        if others:
            raise InputError(f"{path}: <{tag}> must hold <{child}>; it holds <{others[0]}>.")
    groups = [each for each in held["node"] if each.get("yfiles.foldertype") == "group"]
    inner = [each for group in groups for each in group if each.tag.endswith("graph")]
    if (n := len(held["graph"]) - len(inner)) != 1:
        raise InputError(f"{path} must hold one graph; it has {n}. Give each a file of its own.")
    ways = [each.get("edgedefault", each.get("defaultedgetype")) for each in held["graph"]]
    if not {*ways} <= ({*DIRECTIONS} if kind == "graphml" else {*DIRECTIONS, None}):
        raise InputError(
            f"{path}: edges must be directed or undirected by default; found {ways[0]!r}."
        )
    nodes: list[Any] = [each.get("id") for each in held["node"]]
    refuse_repeated(str(path), pd.Index(nodes), "node")
    edges = [tuple(map(each.get, ("source", "target", "id"))) for each in held["edge"]]
    refuse_repeated(str(path), pd.Index([edge for edge in edges if edge[2]]), "edge with an id")
    keys = [(each.get("for"), each.get("attr.name")) for each in held["key"]]
    keys += [(of.get("class"), each.get("title")) for of in held["attributes"] for each in of]
    refuse_repeated(str(path), pd.Index([key for key in keys if key[1]]), "attribute")
    ends: list[Any] = [end for edge in edges for end in edge[:2]]
    say_unlisted(path.name, ends, {*nodes})
    if kind == "gexf" or space == GRAPHML:
        return data
    for element in root.iter():  # networkx sees no element of another namespace
        element.tag = GRAPHML + "}" + element.tag.rpartition("}")[2]
    return ET.tostring(root)


def check_gml(path: Path, graph: Any, data: bytes) -> None:
    """Keys of GML are known in small letters only; the direction stands once, above the nodes."""
    for name in graph.graph:
        if name != name.casefold() in GML or misspelt(name, "directed"):
            known = name.casefold() if name.casefold() in GML else "directed"
            raise InputError(f"{path}: GML has {known!r} in small letters; found {name!r}.")
    head = re.split(rb"\b(?:node|edge)\s*\[", data)[0]
    if len(re.findall(rb"\bdirected\s", head)) > 1:
        raise InputError(f"{path} must say once whether it is directed; it says it twice or more.")


def name_attributes(file: str, graph: Any, columns: Mapping[str, str]) -> Sequence[str]:
    """Take up defaults and names of ours in any case; tell of links without a weight or twice."""
    nodes = [data for _, data in graph.nodes(data=True)]
    rows = [data for *_, data in graph.edges(data=True)]
    for listed, kind in ((nodes, "node"), (rows, "edge")):
        default = graph.graph.get(f"{kind}_default", {})
        check_table(file, len(listed), len(default))
        for data in listed:
            data.update(default | data)
    names = [*dict.fromkeys(str(name) for data in rows for name in data)]
    usual = {
        name: key_of(name) for name in names if key_of(name) in OURS and key_of(name) not in names
    }
    asked = {key.removeprefix("links."): ours for key, ours in columns.items()}
    ours = {name: asked.get(name, usual.get(name, name)) for name in names}
    refuse_repeated(file, pd.Index(ours.values()), "attribute of links")
    for data in rows:
        held = {ours[str(name)]: value for name, value in data.items()}
        data.clear()
        data.update(held)
    held = columns_of_rows(file, rows, ["weight"])
    say(unsaid_weights(file, pd.DataFrame(held, range(len(rows)))))
    if again := len(rows) - len({*map(repr, graph.edges(data=True))}):
        say([f"{file}: links that repeat an earlier one, each counts: {again:,}."])
    return names

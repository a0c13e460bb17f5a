"""Attributes of files with names of ours: they stay attributes, under a name with an underscore."""

import gzip
import json

import networkx as nx
import pytest

import netinnov as ni
from netinnov.errors import TableError

# One directed link from b to a of weight 2 in the layer w, whose attributes have names of ours.
MPX = """#TYPE multiplex
#LAYERS
w,DIRECTED
#ACTOR ATTRIBUTES
node,STRING
#EDGE ATTRIBUTES
weight,NUMERIC
source,STRING
target,STRING
layer,STRING
source_,NUMERIC
#ACTORS
a,x
b,y
#EDGES
b,a,w,2,S,T,L,5
"""
PAJEK = """*Vertices 2
1 "a" node x
2 "b" node y
*Arcs :1 "w"
2 1 2 source S target T weight 7 source_ 5
"""
MWNETS = json.dumps(
    {
        "nodes": {
            "from": [{"ID": "a", "node": "x"}, {"ID": "b", "node": "y"}],
            "to": [{"ID": "a"}, {"ID": "b"}],
            "at": [{"ID": "w"}],
        },
        "links": [
            {"from": 2, "to": 1, "at": 1, "w": 2, "weight": 7}
            | {"source": "S", "target": "T", "layer": "L", "source_": 5}
        ],
    }
)


def graph_of_networkx() -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from([("a", {"node": "x"}), ("b", {"node": "y"})])
    more = {"source": "S", "target": "T", "source_": 5}
    graph.add_edge("b", "a", layer="w", weight=2, **more)
    return graph


def read_file(folder, ending):
    path = folder / f"network.{ending}"
    texts = {"mpx": MPX, "net": PAJEK, "json": MWNETS}
    if ending in texts:
        path.write_text(texts[ending])
        return ni.build_network(*ni.sources.read_multiplex(path, directed=True))
    writers = {"graphml": nx.write_graphml, "gexf": nx.write_gexf, "gml": nx.write_gml}
    writers[ending](graph_of_networkx(), path)
    return ni.read_network(path)


@pytest.mark.parametrize("ending", ["mpx", "net", "json", "graphml", "gexf"])
def test_attributes_with_names_of_ours_change_neither_ends_nor_weights_nor_ids(tmp_path, ending):
    network = read_file(tmp_path, ending)
    assert network.nodes.index.tolist() == ["a", "b"]
    assert network.nodes["node_"].tolist() == ["x", "y"]
    link = network.links.iloc[0]
    assert link[["layer", "source", "target", "weight"]].tolist() == ["w", "b", "a", 2.0]
    assert link[["target_", "source_", "source__"]].tolist() == ["T", 5, "S"]
    others = {"mpx": {"layer_": "L"}, "net": {"weight_": 7}, "json": {"layer_": "L", "weight_": 7}}
    for name, value in others.get(ending, {}).items():
        assert link[name] == value


def test_the_weight_of_another_attribute_leaves_one_called_weight(tmp_path):
    path = tmp_path / "network.mpx"
    path.write_text(MPX.replace("source_,NUMERIC", "size,NUMERIC"))
    links = ni.sources.read_multiplex(path, weight="size").links
    assert links[["weight", "weight_"]].to_numpy().tolist() == [[5.0, 2.0]]


@pytest.mark.parametrize("ending", ["graphml", "gexf", "gml", "graphml.gz"])
def test_a_weight_that_is_not_a_number_is_refused_as_in_a_table(tmp_path, ending):
    graph = nx.Graph([("a", "b", {"weight": 2.0}), ("b", "c", {"weight": float("nan")})])
    path = tmp_path / f"network.{ending}"
    if ending == "graphml.gz":
        with gzip.open(path, "wb") as stream:
            nx.write_graphml(graph, stream)
    else:
        {"graphml": nx.write_graphml, "gexf": nx.write_gexf, "gml": nx.write_gml}[ending](
            graph, path
        )
    with pytest.raises(TableError, match="weight") as caught:
        ni.read_network(path)
    assert caught.value.problems[["column", "row"]].to_numpy().tolist() == [["weight", 1]]


GRAPHML = """<?xml version="1.0" encoding="UTF-8"?>
<graphml{about}>
  <key id="d0" for="edge" attr.name="weight" attr.type="double"/>
  <graph edgedefault="directed"><node id="a"/><node id="b"/>
    <edge source="b" target="a"><data key="d0">2.5</data></edge>
  </graph>
</graphml>
"""


@pytest.mark.parametrize(
    "about",
    [
        "",
        ' xmlns="http://graphml.graphdrawing.org/xmlns"',
        ' xmlns="http://graphml.graphdrawing.org/xmlns/1.0rc"',
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"',
        " version='1.0'",
    ],
)
def test_graphml_is_read_whatever_its_namespace(tmp_path, about):
    encoding = "utf-16" if "schemaLocation" in about else "utf-8"
    path = tmp_path / "network.graphml"
    text = GRAPHML.format(about=about).replace("UTF-8", encoding)
    path.write_bytes(text.encode(encoding))
    network = ni.read_network(path)
    assert network.links.to_numpy().tolist() == [["links", "b", "a", 2.5]]
    assert network.directed == {"links"}


@pytest.mark.parametrize("root", ["svg", "graph"])
def test_xml_that_is_not_graphml_is_refused(tmp_path, root):
    path = tmp_path / "network.graphml"
    path.write_text(f"<{root}><node id='a'/></{root}>")
    with pytest.raises(ni.errors.InputError, match=rf"must be GraphML.*<{root}>"):
        ni.read_network(path)

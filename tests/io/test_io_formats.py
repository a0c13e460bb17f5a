"""Files for other programs, read by those programs: GraphML, GEXF, Pajek, muxViz, Infomap."""

import contextlib
import csv
import json
import re
import tempfile
import warnings
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import igraph as ig
import infomap
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, strategies as st

from netinnov import MultilayerNetwork, build_network, read_network
from netinnov.errors import InputError
from netinnov.io import (
    from_networkx,
    to_igraph,
    to_networkx,
    write_gexf,
    write_graphml,
    write_infomap,
    write_muxviz,
    write_pajek,
)
from netinnov.sources import read_multiplex
from rich_networks import any_text, rich_networks
from strategies import networks

WRITERS = {
    "graphml": write_graphml,
    "gexf": write_gexf,
    "net": write_pajek,
    "muxviz": write_muxviz,
    "infomap": write_infomap,
}


@contextlib.contextmanager
def written(network: MultilayerNetwork, ending: str, **options: Any) -> Iterator[Path]:
    """The path of a file (or folder) that the writer of the ending made; twins are no fault."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "(Pajek|muxViz|Infomap) cannot hold", UserWarning)
        path = Path(folder, f"graph.{ending}")
        WRITERS[ending](network, path, **options)
        yield path


def twin(text: str) -> str:
    """What stands for a text in a label between quotation marks on one line."""
    pictures = {"\n": "␊", "\t": "␉", "\r": "␍", '"': "＂", "\\": "＼"}
    return "".join(pictures.get(c, c) for c in text)


def links_of(graph: nx.Graph, **names: str) -> Counter[tuple[Any, ...]]:
    """Ends and all attributes of the links."""
    found: Counter[tuple[Any, ...]] = Counter()
    for u, v, data in graph.edges(data=True):
        ends = (u, v) if graph.is_directed() else tuple(sorted((u, v)))
        held = {names.get(name, name): value for name, value in data.items()}
        found[ends, tuple(sorted((name, repr(value)) for name, value in held.items()))] += 1
    return found


@pytest.mark.slow
@given(network=rich_networks())
def test_graphml_comes_back_through_networkx(network):
    with written(network, "graphml") as path:
        graph = nx.read_graphml(path)
    assert list(graph) == network.nodes.index.tolist()
    assert links_of(graph, key_="key") == links_of(to_networkx(network))
    assert from_networkx(graph).equals(network)


def relation_of(edge: ig.Edge) -> tuple[Any, ...]:
    """What is unique to a link: its ends, layer and period (-1 where it has none)."""
    period = edge.attributes().get("period")
    ends = edge.tuple if edge.graph.is_directed() else tuple(sorted(edge.tuple))
    return (*ends, edge["layer"], -1 if period is None or np.isnan(period) else int(period))


@given(network=rich_networks())
def test_graphml_is_the_same_in_igraph(network):
    with written(network, "graphml") as path:
        graph = ig.Graph.Read_GraphML(str(path))
    # igraph does not resolve an ampersand in an attribute of XML.
    ids = [name.replace("&#38;", "&") for name in graph.vs["id"]]
    assert ids == network.nodes.index.tolist()
    direct = to_igraph(network)
    assert graph.is_directed() == direct.is_directed()
    assert graph["directed_layers"] == direct["directed_layers"]
    edges, expected = (sorted(one.es, key=relation_of) for one in (graph, direct))
    assert [relation_of(edge) for edge in edges] == [relation_of(edge) for edge in expected]
    # igraph has no missing text (""), truth value (False) or whole number (a float, NaN).
    gone = {str: "", bool: False, float: None, int: None}
    for read, made, names in (
        (list(graph.vs), list(direct.vs), {"id": "id_", "name_": "name"}),
        (edges, expected, {"key": "key_"}),
    ):
        for name in {name for item in made for name in item.attribute_names()} - {"name"}:
            values = [item.attributes().get(names.get(name, name)) for item in read]
            wanted = [item[name] for item in made]
            kind = next((type(v) for v in wanted if v is not None), None)
            for one, other in zip(values, wanted, strict=True):
                if other is None:
                    assert kind is None or one == gone[kind] or np.isnan(one)
                else:
                    assert one == (float(other) if kind is int else other)


@given(
    ids=st.lists(any_text.filter(str.strip), min_size=2, max_size=6, unique=True),
    column=any_text.filter(str.strip),
    notes=st.lists(any_text, min_size=6, max_size=6),
)
def test_any_text_that_xml_can_hold_comes_back(ids, column, notes):
    forbidden = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
    ids, (column,), notes = (
        [forbidden.sub("-", text) for text in t] for t in (ids, [column], notes)
    )
    ids = list(dict.fromkeys(text.strip() for text in ids))  # blanks at the ends do not count
    nodes = pd.DataFrame({f"my {column}": notes[: len(ids)]}, index=ids)
    links = pd.DataFrame({"source": ids[0], "target": ids[-1:], "layer": ids[:1]})
    network = MultilayerNetwork(nodes, links, directed=[ids[0]])
    with written(network, "graphml") as path:
        assert from_networkx(nx.read_graphml(path)).equals(network)
    with written(network, "gexf") as path:
        assert list(nx.read_gexf(path)) == ids


@pytest.mark.parametrize("ending", ["graphml", "gexf"])
def test_a_control_character_is_written_as_its_picture(ending, tmp_path):
    nodes = pd.DataFrame({"name": ["b\x07ll", "\ufffe\x7f"]}, index=["a\x00", "b"])
    network = MultilayerNetwork(nodes, pd.DataFrame({"source": ["b"], "target": ["b"]}))
    with pytest.warns(
        UserWarning, match=r"of 3 texts; visible twins.*'a\\x00' as 'a␀', .*'b\\x07ll'"
    ):
        WRITERS[ending](network, tmp_path / "graph")
    graph = (nx.read_graphml if ending == "graphml" else nx.read_gexf)(tmp_path / "graph")
    assert list(graph) == ["a␀", "b"]
    assert graph.nodes["a␀"]["name"] == "b␇ll"
    assert graph.nodes["b"]["name"] == "\ufffd\x7f"  # delete is a character of XML


@pytest.mark.parametrize(
    ("ending", "ids"),
    [
        ("graphml", ["a\x01", "a␁"]),
        ("gexf", ["a\x01", "a␁"]),
        ("net", ['say "hi"', "say ＂hi＂"]),
        ("muxviz", ["\\", "＼"]),
        ("infomap", ["a\nb", "a␊b"]),
    ],
)
def test_names_that_would_become_one_are_refused(ending, ids, tmp_path):
    links = pd.DataFrame({"source": ids[:1], "target": ids[1:]})
    network = MultilayerNetwork(pd.DataFrame(index=ids), links)
    with pytest.raises(
        InputError, match=r"must tell all nodes and layers apart.*rename one of them"
    ):
        WRITERS[ending](network, tmp_path / f"graph.{ending}")
    assert list(tmp_path.iterdir()) == []


GEXF = "{http://gexf.net/1.3}"


@given(network=rich_networks())
def test_gexf_keeps_parallel_edges_apart_and_holds_the_layers(network):
    with written(network, "gexf") as path:
        root = ET.parse(path).getroot()
    # Gephi merges parallel edges of one kind.
    kinds = Counter(
        (edge.get("source"), edge.get("target"), edge.get("kind"))
        for edge in root.iter(f"{GEXF}edge")
    )
    assert max(kinds.values(), default=1) == 1
    description = root.findtext(f".//{GEXF}description", "")
    records = json.loads(re.findall("^layers: (.*)", description, re.MULTILINE)[0])
    assert tuple(records) == network.layers
    assert {layer for layer, record in records.items() if record["directed"]} == network.directed
    modelled = network.layer_table["modelled"].to_dict()
    assert {layer: record["modelled"] for layer, record in records.items()} == modelled


@given(network=rich_networks())
def test_gexf_is_the_same_in_networkx(network):
    with written(network, "gexf") as path, warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always", UserWarning)
        graph = nx.read_gexf(path)
        again = read_network(path)
    # For control characters a reader puts signs, and says so.
    assume(not any("control characters" in str(each.message) for each in notes))
    assert again.equals(network)
    direct = to_networkx(network)
    for *_, link in graph.edges(data=True):  # a link is there in its period
        assert link.pop("start", None) == link.pop("end", None) == link.get("period")
    assert graph.graph.get("mode", "static") == (
        "dynamic" if network.links.get("period", pd.Series()).notna().any() else "static"
    )
    assert list(graph) == list(direct)
    assert links_of(graph, key_="key") == links_of(direct)
    assert graph.is_directed() == (bool(network.directed))
    where = network.places[["lon", "lat"]].reindex(network.nodes["place"]).to_numpy()
    for (node, data), (lon, lat) in zip(graph.nodes(data=True), where, strict=True):
        assert data.pop("label") == node
        for title, value in (("lon", lon), ("lat", lat)):
            assert data.pop(title, None) == (None if np.isnan(value) else value)
        names = {"id_": "id", "label_": "label"}
        assert {names.get(name, name): value for name, value in data.items()} == direct.nodes[node]


@pytest.mark.slow
@given(network=rich_networks(min_links=1, max_layers=1, periods=False))
def test_a_network_of_one_layer_is_the_same_in_networkx_and_igraph(network):
    with written(network, "net") as path:
        with_nx, with_ig = nx.read_pajek(path), ig.Graph.Read_Pajek(str(path))
    ids = [twin(node) for node in network.nodes.index]
    assert list(with_nx) == with_ig.vs["name"] == ids
    directed = bool(network.directed)
    assert with_nx.is_directed() == with_ig.is_directed() == directed
    direct = to_networkx(network)
    order = tuple if directed else sorted
    expected = Counter(
        (*order((twin(u), twin(v))), data["weight"], twin(data["layer"]))
        for u, v, data in direct.edges(data=True)
    )
    assert expected == Counter(
        (*order((u, v)), data["weight"], data["layer"]) for u, v, data in with_nx.edges(data=True)
    )
    assert expected == Counter(
        (*order((ids[a], ids[b])), weight, layer)
        for (a, b), weight, layer in zip(
            with_ig.get_edgelist(), with_ig.es["weight"], with_ig.es["layer"], strict=True
        )
    )
    for place, node in enumerate(direct):
        for name, value in direct.nodes[node].items():
            text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
            name = {"id": "id_", "name": "name_"}.get(name, name)
            assert with_nx.nodes[ids[place]][name] == twin(text)
            assert with_ig.vs[place][name] == twin(text)


def read_relations(path: Path) -> tuple[list[str], dict[str, tuple[str, Counter[Any]]]]:
    """Labels of the vertices; the relations: arcs or edges, and their lines (Pajek's manual)."""
    labels: list[str] = []
    relations: dict[str, tuple[str, Counter[Any]]] = {}
    section, lines = "", Counter[Any]()
    for line in path.read_text(encoding="utf-8-sig").split("\n")[:-1]:
        if line.startswith("*"):
            head = re.fullmatch(r'(\*\w+)(?: :\d+ "([^"]*)"| .*)?', line)
            assert head is not None
            section, name = head[1], head[2]
            if section in ("*Arcs", "*Edges"):
                lines = Counter()
                relations[name or ""] = (section, lines)
        elif section == "*Vertices":
            found = re.match(r'(\d+) "([^"]*)" ', line)
            assert found is not None
            assert int(found[1]) == len(labels) + 1
            labels.append(found[2])
        elif section in ("*Arcs", "*Edges"):
            source, target, weight = line.split(" ", 3)[:3]
            lines[labels[int(source) - 1], labels[int(target) - 1], float(weight)] += 1
    return labels, relations


@given(network=rich_networks(min_layers=2))
def test_each_layer_is_a_relation_of_pajek(network):
    with written(network, "net") as path:
        labels, relations = read_relations(path)
    assert labels == [twin(node) for node in network.nodes.index]
    links = network.links
    if "period" not in links:
        links["period"] = pd.NA
    expected = {}
    for (layer, period), group in links.groupby(["layer", "period"], dropna=False):
        name = twin(layer) if pd.isna(period) else f"{twin(layer)} {period}"
        ends = zip(
            group["source"].map(twin), group["target"].map(twin), group["weight"], strict=True
        )
        expected[name] = ("*Arcs" if layer in network.directed else "*Edges", Counter(ends))
    if len(expected) <= 1:  # without its name, for networkx and igraph
        expected = {"": next(iter(expected.values()), ("*Edges", Counter()))}
    assert relations == expected


def test_our_reader_reads_what_our_writers_write(small, tmp_path):
    period = [2015, 2016, None, 2015, 2015, 2017, 2015]
    network = build_network(
        small.nodes, small.links.assign(period=period), small.places, small.directed
    )
    write_pajek(network, tmp_path / "small.net")
    again = build_network(*read_multiplex(tmp_path / "small.net"))
    assert again.directed == {"flow"}
    assert again.links.equals(network.links)
    assert again.nodes["jurisdiction"].equals(network.nodes["jurisdiction"])
    write_muxviz(network, tmp_path / "small")
    edges = tmp_path / "small" / "network_multiplex.edges"
    again = build_network(*read_multiplex(edges, directed=["flow"]))
    assert again.links.equals(small.links)


def test_pajek_says_what_it_cannot_hold(tmp_path):
    network = MultilayerNetwork(
        pd.DataFrame(index=['say "hi"', "a\nb"]),
        pd.DataFrame({"source": ["a\nb"], "target": ["a\nb"]}),
    )
    with pytest.warns(
        UserWarning, match=r"of 2 texts; .*'a\\nb' as 'a␊b', 'say \"hi\"' as 'say ＂hi＂'"
    ):
        write_pajek(network, tmp_path / "odd.net")
    assert list(nx.read_pajek(tmp_path / "odd.net")) == ["say ＂hi＂", "a␊b"]


def read_table(path: Path, sep: str) -> list[list[str]]:
    """As R's read.table with a separator: fields may be in quotation marks."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream, delimiter=sep, strict=True))


def numbers(path: Path, width: int) -> np.ndarray:
    return np.array(path.read_text().split(), np.float64).reshape(-1, width)


@given(network=rich_networks())
def test_muxviz_gets_the_same_network(network):
    with written(network, "muxviz") as folder:
        config = read_table(folder / "config.txt", ";")
        layers = read_table(folder / "network_layers.txt", " ")
        head, *nodes = read_table(folder / "network_nodes.txt", " ")
        multiplex = numbers(folder / "network_multiplex.edges", 4)
        single = [numbers(folder / file, 3) for file, *_ in config]
    assert [label for _, label, _ in config] == [twin(layer) for layer in network.layers]
    assert {layout for *_, layout in config} <= {"network_nodes.txt"}
    assert layers == [
        ["layerID", "layerLabel"],
        *([str(x), twin(layer)] for x, layer in enumerate(network.layers, start=1)),
    ]
    assert [row[:2] for row in nodes] == [
        [str(i), twin(node)] for i, node in enumerate(network.nodes.index, start=1)
    ]
    where = network.places.reindex(network.nodes["place"])[["lon", "lat"]].to_numpy()
    if np.isnan(where).any():
        assert head == ["nodeID", "nodeLabel"]
    else:
        assert head == ["nodeID", "nodeLabel", "nodeLong", "nodeLat"]
        assert [list(map(float, row[2:])) for row in nodes] == where.tolist()
    n = network.n_nodes
    for x, (layer, rows) in enumerate(zip(network.layers, single, strict=True), start=1):
        assert np.array_equal(rows, multiplex[multiplex[:, 0] == x][:, 1:])
        matrix = np.zeros((n, n))
        for source, target, weight in rows:
            matrix[int(source) - 1, int(target) - 1] += weight
        expected = network.adjacency(layer).toarray()
        if not network.directed:
            expected = np.triu(expected)  # each undirected link once
        assert np.array_equal(matrix, expected)


@given(tables=networks(min_links=1))
def test_infomap_reads_the_same_network(tables):
    network = build_network(*tables)
    with written(network, "infomap") as path:
        # At a relax rate of 0 Infomap links no layers, and turns weights into shares of each node.
        options = infomap.Options(
            directed=bool(network.directed), multilayer_relax_rate=0.0, silent=True, num_trials=1
        )
        result = infomap.run(str(path), options=options)
    names = {"\n": "␊", "\t": "␉"}
    expected = [node.translate(str.maketrans(names)) for node in network.nodes.index]
    assert [result.names[i] for i in sorted(result.names)] == expected
    state = {
        node.state_id: (node.layer_id - 1, node.node_id - 1) for node in result.nodes(states=True)
    }
    found = np.zeros((len(network.layers), network.n_nodes, network.n_nodes))
    for source, target, share in result.links():
        (x, i), (y, j) = state[source], state[target]
        found[x, i, j] += share * (x == y)
    for x, layer in enumerate(network.layers):
        matrix = network.adjacency(layer).toarray()
        strength = matrix.sum(axis=1, keepdims=True)
        shares = np.divide(matrix, strength, out=np.zeros_like(matrix), where=strength > 0)
        # From a state that is linked to itself only, Infomap goes on in another layer.
        itself = np.diag(shares) == 1
        assert found[x][~itself] == pytest.approx(shares[~itself])


@pytest.mark.parametrize("ending", ["graphml", "gexf", "net", "infomap"])
def test_an_older_file_stays_until_the_new_one_is_complete(ending, small, tmp_path, monkeypatch):
    path = tmp_path / f"graph.{ending}"
    path.write_text("older")

    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("netinnov._runtime.atomic.check_interrupted", lambda: full(path))
        with pytest.raises(InputError, match="cannot be written: No space left on device"):
            WRITERS[ending](small, path)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["older"]
    WRITERS[ending](small, path)
    assert path.read_text() != "older"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("ending", list(WRITERS))
def test_a_network_without_links_is_written(ending):
    network = MultilayerNetwork(
        pd.DataFrame(index=["a", "b"]), pd.DataFrame({"source": [], "target": []}, dtype="str")
    )
    with written(network, ending) as path:
        assert path.exists()
        if ending == "graphml":
            assert from_networkx(nx.read_graphml(path)).equals(network)


def test_a_description_by_others_does_no_harm_to_a_gexf(tmp_path):
    nx.write_gexf(nx.path_graph(["a", "b"]), path := tmp_path / "x.gexf")
    text = path.read_text().replace("</meta>", "<description>layers: {</description></meta>")
    path.write_text(text)
    assert read_network(path).n_links == 1

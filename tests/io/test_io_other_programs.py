"""Results in the files of other programs, and maps for QGIS."""

import json
import sys

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.community import Partition
from netinnov.errors import InputError
from netinnov.io import from_networkx, write_geo, write_gexf, write_graphml, write_pajek

WRITERS = {"graphml": write_graphml, "gexf": write_gexf, "net": write_pajek, "gpkg": write_geo}


@pytest.fixture
def network() -> ni.MultilayerNetwork:
    """Places q and h on the map, s not; layer y directed, with periods; "007" and NA are names."""
    nodes = pd.DataFrame(
        {
            "place": ["q", "h", "h", "s"],
            "name": ["衢州", 'say "NA", twice', "NA", None],
            "Name": ["1", "02", None, "4"],
            "staff": pd.array([5, None, 7, 8], "Int64"),
            "public": [True, False, False, True],
        },
        index=["007", "b", "c", "d"],
    )
    places = pd.DataFrame(
        {"lon": [118.9, 120.2, None], "lat": [29.0, 30.3, None]}, index=["q", "h", "s"]
    )
    links = pd.DataFrame(
        {
            "source": ["007", "007", "b", "d", "c", "c"],
            "target": ["b", "b", "c", "007", "007", "c"],
            "layer": ["x", "x", "x", "y", "y", "y"],
            "weight": [1.0, 2.0, 4.0, 8.0, 0.5, 3.0],
            "period": pd.array([2015, 2016, 2016, 2016, None, 2015], "Int64"),
        }
    )
    return ni.build_network(nodes, links, places, directed=["y"])


RESULTS = {
    "pagerank": pd.Series([0.4, 0.3, 0.2, 0.1], index=["007", "b", "c", "d"]),
    "community": Partition(pd.Series([1.0, 0.0, np.nan], index=["b", "007", "c"]), 0.5),
    "degree": pd.DataFrame({"x": [1, 2, 1, 0], "y": [2, 0, 1, 1]}, index=["007", "b", "c", "d"]),
}


def read_nodes(path):
    """The nodes of a file as dicts by their id."""
    if path.suffix == ".gpkg":
        geopandas = pytest.importorskip("geopandas")
        frame = geopandas.read_file(path, layer="nodes").set_index("node")
        return {node: row.dropna().to_dict() for node, row in frame.iterrows()}
    if path.suffix == ".net":
        graph = nx.read_pajek(path)
    else:
        graph = {".graphml": nx.read_graphml, ".gexf": nx.read_gexf}[path.suffix](path)
    return {node: dict(data) for node, data in graph.nodes(data=True)}


@pytest.mark.parametrize("ending", list(WRITERS))
def test_results_are_columns_of_the_nodes(network, tmp_path, ending):
    path = tmp_path / f"out.{ending}"
    one = network
    if ending == "net":  # networkx reads one relation
        nodes, links = network.nodes.drop(columns=["name", "Name"]), network.links
        one = ni.build_network(nodes, links[links["layer"] == "x"].drop(columns="period"))
    WRITERS[ending](one, path, attributes=RESULTS)
    nodes = read_nodes(path)
    assert float(nodes["007"]["pagerank"]) == 0.4
    assert int(nodes["b"]["community"]) == 1
    assert "community" not in nodes["c"]
    assert "community" not in nodes["d"]  # the result does not name it
    assert [int(nodes[node]["degree y"]) for node in ("007", "b")] == [2, 0]


def test_results_survive_a_round_trip(network, tmp_path):
    centres = pd.DataFrame({"centre": [True, False], "support": [0.9, 0.1]}, index=["b", "c"])
    write_graphml(network, tmp_path / "n.graphml", attributes=centres)
    nodes = from_networkx(nx.read_graphml(tmp_path / "n.graphml")).nodes
    assert nodes["support"].tolist()[1:3] == [0.9, 0.1]
    assert nodes["centre"].tolist()[1:3] == [True, False]
    assert nodes["centre"].isna().tolist() == [True, False, False, True]
    assert list(network.nodes.columns) == [
        "kind", "place", "jurisdiction", "name", "Name", "staff", "public",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"kind": RESULTS["pagerank"]}, "have a column 'kind' already"),
        ({"z": pd.Series({"zz": 1})}, "not in the network: 'zz'"),
        ({"z": pd.Series([1, 2], index=["b", "b"])}, "ids of nodes, each once"),
        ({"z": 3}, "'z' must be a Series over the nodes"),
        ([1], "`attributes` must be a mapping from names to Series"),
    ],
)
@pytest.mark.parametrize("ending", list(WRITERS))
def test_bad_results(network, tmp_path, attributes, message, ending):
    with pytest.raises(InputError, match=message):
        WRITERS[ending](network, tmp_path / f"out.{ending}", attributes=attributes)
    assert not list(tmp_path.iterdir())


def test_periods_are_the_time_of_gephi(network, tmp_path):
    write_gexf(network, tmp_path / "n.gexf")
    text = (tmp_path / "n.gexf").read_text(encoding="utf-8")
    assert 'mode="dynamic" timeformat="double"' in text
    graph = nx.read_gexf(tmp_path / "n.gexf")
    times = {(s, t, d.get("start"), d.get("end")) for s, t, d in graph.edges(data=True)}
    assert ("007", "b", 2015.0, 2015.0) in times
    assert ("007", "b", 2016.0, 2016.0) in times
    assert ("c", "007", None, None) in times  # always there
    write_gexf(network.select(layers=["x"]).select(nodes=["b", "c"]), tmp_path / "m.gexf")
    static = network.replace_links(network.links.drop(columns="period"), directed=[])
    write_gexf(static, tmp_path / "s.gexf")
    assert 'mode="static"' in (tmp_path / "s.gexf").read_text(encoding="utf-8")


def test_geopackage_holds_points_and_lines(network, tmp_path):
    geopandas = pytest.importorskip("geopandas")
    path = tmp_path / "n.gpkg"
    write_geo(network, path)
    nodes, places, links = (
        geopandas.read_file(path, layer=name) for name in ("nodes", "places", "links")
    )
    assert nodes.crs.to_epsg() == 4326
    assert nodes["node"].tolist() == network.nodes.index.tolist()
    assert [None if p is None else (p.x, p.y) for p in nodes.geometry] == [
        (118.9, 29.0), (120.2, 30.3), (120.2, 30.3), None,
    ]  # fmt: skip
    # SQLite does not tell name from Name.
    assert nodes["name"].tolist()[:2] == ["衢州", 'say "NA", twice']
    assert nodes["Name_"].tolist()[1] == "02"
    assert nodes["public"].tolist() == [True, False, False, True]
    assert places["place"].tolist() == ["q", "h", "s"]
    assert links["weight"].tolist() == network.links["weight"].tolist()
    assert links["period"].isna().tolist() == network.links["period"].isna().tolist()
    shapes = [None if line is None else line.wkt for line in links.geometry]
    ends = list(zip(links["source"], links["target"], strict=True))
    assert shapes[ends.index(("007", "b"))] == "LINESTRING (118.9 29, 120.2 30.3)"
    assert shapes[ends.index(("c", "007"))] == "LINESTRING (120.2 30.3, 118.9 29)"
    assert shapes[ends.index(("b", "c"))] is None  # within Hangzhou
    assert shapes[ends.index(("d", "007"))] is None  # d is not on the map


def test_geojson_tells_nodes_and_links_apart(network, tmp_path):
    pytest.importorskip("geopandas")
    path = tmp_path / "n.geojson"
    write_geo(network, path)
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    said = [feature["properties"]["feature"] for feature in features]
    assert said == ["node"] * 4 + ["link"] * len(network.links)
    assert features[0]["geometry"] == {"type": "Point", "coordinates": [118.9, 29.0]}
    assert features[3]["geometry"] is None
    first = path.read_bytes()
    write_geo(network, path)
    assert path.read_bytes() == first


def test_maps_need_coordinates_and_a_known_ending(network, tmp_path):
    with pytest.raises(InputError, match=r"must end in \.gpkg"):
        write_geo(network, tmp_path / "n.shp")
    bare = ni.build_network(network.nodes.drop(columns="place"), network.links, directed=["y"])
    with pytest.raises(InputError, match="no node has one"):
        write_geo(bare, tmp_path / "n.gpkg")


def test_a_missing_package_says_how_to_install_it(network, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "geopandas", None)
    with pytest.raises(ImportError, match=r"write_geo needs geopandas.*netinnov\[maps\]"):
        write_geo(network, tmp_path / "n.gpkg")

"""Texts and numbers of files: no half characters, no control characters, no numbers of Python's."""

import json
import re

import pytest

import netinnov as ni
from netinnov.errors import InputError

GML = 'graph [ node [ id 0 label "a" ] node [ id 1 label "b" ] edge [ source 0 target 1 ] ]'
NET = "*Vertices 2\n1 a\n2 b\n*Arcs\n1 2 1\n"
MPX = "#TYPE multiplex\n#EDGE ATTRIBUTES\nweight, NUMERIC\nyear, NUMERIC\n#EDGES\na,b,l,1,2020\n"
MWNETS = {"nodes": {way: [{"ID": "x"}, {"ID": "y"}] for way in "ab"}, "links": [{"a": 1, "b": 2}]}


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_half_characters_are_refused(write):
    with pytest.raises(InputError, match=r"x\.gml cannot be read: .*surrogates not allowed"):
        ni.read_network(write("x.gml", GML.replace('"a"', '"a&#xD800;"')))
    path = write("x.csv", b"source,target,weight\nb,c,4\n+2AA-x,b,3\n")
    with pytest.raises(InputError, match=r"must be utf-7; line 3 has half a character, '\\ud800'"):
        ni.read_network(path, encoding="utf-7")


@pytest.mark.parametrize("name", ["flows.csv", "x.gml", "x.net"])
def test_signs_stand_for_control_characters_and_this_is_said(write, name):
    flows = "source,target,weight\na\x07,b,3\nb,a\x07,4\n"
    text = {
        "flows.csv": flows,
        "x.gml": GML.replace('"a"', '"a&#7;"'),
        "x.net": NET.replace("a", "a\x07"),
    }[name]
    with pytest.warns(UserWarning, match=re.escape(r"signs stand: 1 ('a\x07' as 'a␇').")):
        network = ni.read_network(write(name, text))
    assert sorted(network) == ["a␇", "b"]


def test_layers_and_places_with_control_characters_stay_together(write, tmp_path):
    write("nodes.csv", "node,place\nx,p\x0b\ny,q\n")
    write("places.csv", "place,lon,lat\np\x0b,1,2\nq,3,4\n")
    write("links.csv", "source,target,layer\nx,y,l\x01\n")
    write("layers.csv", "layer,directed\nl\x01,true\n")
    with pytest.warns(UserWarning, match="signs stand: 2"):
        network = ni.read_network(tmp_path)
    assert network.nodes["place"].tolist() == ["p␋", "q"]
    assert network.places.loc["p␋", "lon"] == 1
    assert network.directed == {"l␁"}


@pytest.mark.parametrize("number", ["1_000", "１２", "infinity", "nan", "1e400", "٣"])
def test_numbers_that_python_alone_takes_are_refused(write, number):
    for name, text in (
        ("weight.net", NET.replace("1 2 1\n", f"1 2 {number}\n")),
        ("matrix.net", f"*Vertices 2\n*Matrix\n0 {number}\n0 0\n"),
        ("vector.net", f"{NET}*Vector size\n*Vertices 2\n1\n{number}\n"),
        ("vertex.net", NET.replace("1 2 1\n", f"1 {number} 1\n")),
        ("weight.mpx", MPX.replace(",1,", f",{number},")),
        ("year.mpx", MPX.replace("2020", number)),
        ("x.edges", f"1 a b {number}\n"),
    ):
        with pytest.raises(InputError, match=f"must be a (whole )?number.*found '{number}'"):
            ni.read_network(write(name, text))


@pytest.mark.parametrize("number", ["1e3", "+1000", "1000.", " 1000", "1.0E+3"])
def test_numbers_of_every_program_are_read(write, number):
    network = ni.read_network(write("x.net", NET.replace("1 2 1\n", f"1 2 {number}\n")))
    assert network.links["weight"].tolist() == [1000]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"links": [{"a": True, "b": 2}]}, "link 1, 'a' must be a number from 1 to 2; found True"),
        ({"nodes": {way: [{"ID": True}, {"ID": "y"}] for way in "ab"}}, "not True"),
        ({"nodes": {way: [{"ID": None}, {"ID": "y"}] for way in "ab"}}, "not None"),
    ],
)
def test_true_is_no_node(write, change, words):
    with pytest.raises(InputError, match=words):
        ni.read_network(write("x.json", json.dumps(MWNETS | change)))


@pytest.mark.parametrize("value", [True, "12o.2"])
def test_coordinates_of_nodes_are_numbers(write, value):
    nodes = [{"ID": "x", "lon": value, "lat": 1}, {"ID": "y", "lon": "NA", "lat": "NA"}]
    path = write("x.json", json.dumps(MWNETS | {"nodes": {"a": nodes, "b": nodes}}))
    with pytest.raises(InputError, match=f"'lon': 1 x coordinate is not a number .*{value}"):
        ni.read_network(path)


def test_an_object_of_json_names_a_key_once(write):
    text = json.dumps(MWNETS).replace('"b": 2', '"b": 2, "b": 1')
    with pytest.raises(InputError, match="must be JSON; an object names 'b' twice"):
        ni.read_network(write("x.json", text))


def points(crs, spot):
    feature = {"geometry": {"type": "Point", "coordinates": spot}, "properties": {"place": "p"}}
    about = {"type": "name", "properties": {"name": crs}}
    return json.dumps({"type": "FeatureCollection", "crs": about, "features": [feature]})


@pytest.mark.parametrize(
    ("crs", "spot", "words"),
    [
        ("EPSG:4326", [True, 2], r"coordinates must be numbers; found \[True, 2\]"),
        ("EPSG:4326", ["1", 2], "coordinates must be numbers"),
        ("EPSG:4326", [float("nan"), 2], "coordinates must be numbers"),
        ("EPSG:14326", [1, 2], "must be in degrees"),
        ("urn:ogc:def:crs:EPSG::94326", [1, 2], "must be in degrees"),
        ("EPSG:4326", [1, 2], ""),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", [1, 2], ""),
        ("http://www.opengis.net/def/crs/EPSG/0/4490", [1, 2], ""),
    ],
)
def test_points_are_numbers_in_degrees(write, tmp_path, crs, spot, words):
    write("nodes.csv", "node,place\nx,p\ny,p\n")
    write("links.csv", "source,target\nx,y\n")
    write("places.geojson", points(crs, spot))
    if words:
        with pytest.raises(InputError, match=words):
            ni.read_network(tmp_path)
    else:
        assert ni.read_network(tmp_path).places.loc["p", ["lon", "lat"]].tolist() == [1, 2]

"""Files of other programs: tiny ones worked by hand, and the standard networks as published."""

import gzip
import json
import warnings
from pathlib import Path

import pandas as pd
import pytest

from netinnov import build_network
from netinnov.errors import InputError
from netinnov.sources import read_multiplex


@pytest.fixture
def write(tmp_path):
    def write(text: str | bytes, name: str) -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def rows(tables):
    return tables.links[["layer", "source", "target", "weight"]].to_numpy().tolist()


def test_edges_alone(write):
    tables = read_multiplex(write("1 2 1 3\n1 2 4 1.5\n\n2\t1\t4\t1\n", "x.edges"))
    assert rows(tables) == [["1", "2", "1", 3.0], ["1", "2", "4", 1.5], ["2", "1", "4", 1.0]]
    assert tables.nodes.index.tolist() == ["2", "1", "4"]
    assert tables.directed == ()
    assert tables.places is None


def test_edges_with_labels_coordinates_and_attributes(write):
    write("layerID layerLabel\n1 by air\n2 by rail\n", "x_layers.txt")
    write(
        "nodeID nodeLabel nodeLong nodeLat hub code\n"
        '1 "New York" -74 40.7 yes 007\n2 杭州 120.2 30.3 "" 012\n3 Q NA NA no 1\n',
        "x_nodes.txt",
    )
    tables = read_multiplex(write("1 1 2 3\n2 1 3 1\n", "x_multiplex.edges"))
    assert rows(tables) == [["by air", "New York", "杭州", 3.0], ["by rail", "New York", "Q", 1.0]]
    nodes = tables.nodes
    assert nodes["place"].fillna("?").tolist() == ["New York", "杭州", "?"]
    assert nodes["hub"].fillna("?").tolist() == ["yes", "?", "no"]
    assert nodes["code"].tolist() == ["007", "012", "1"]  # zeros are not lost
    assert tables.places.loc["杭州"].tolist() == [120.2, 30.3]
    assert build_network(*tables).n_links == 2


def test_extended_edges_and_no_weights(write):
    wide = read_multiplex(write("a x b x 2\na y c y 1\n", "wide.edges"))
    assert rows(wide) == [["x", "a", "b", 2.0], ["y", "a", "c", 1.0]]
    bare = read_multiplex(write("x a b\ny a c\n", "bare.edges"))
    assert rows(bare) == [["x", "a", "b", 1.0], ["y", "a", "c", 1.0]]
    with pytest.raises(InputError, match=r"wide.edges, line 2: links must lie within a layer"):
        read_multiplex(write("a x b x 2\na x b y 1\n", "wide.edges"))


@pytest.mark.parametrize(
    ("text", "directed", "links"),
    [
        ("x a b 1\nx b c 1\n", False, 2),  # no link is returned
        ("x a b 2\nx b a 2\ny b c 1\ny c b 1\nx d d 1\n", False, 3),  # each is, so each counts once
        ("x a b 1\nx b a 1\nx b c 1\n", True, 3),  # some are
        ("x a b 1\nx b a 2\n", True, 2),  # returned with another weight
    ],
)
def test_direction_is_guessed_where_the_file_does_not_say(write, text, directed, links):
    tables = read_multiplex(write(text, "x.edges"))
    assert (tables.directed != ()) is directed
    assert len(tables.links) == links
    assert len(tables.directed) in (0, tables.links["layer"].nunique())


def test_direction_may_be_said(write):
    path = write("x a b 1\nx b a 1\ny b c 1\n", "x.edges")
    assert read_multiplex(path).directed == ("x", "y")
    assert read_multiplex(path, directed=["x"]).directed == ("x",)
    tables = read_multiplex(path, directed=False)
    assert (tables.directed, len(tables.links)) == ((), 2)  # all links of x stand both ways
    with pytest.raises(InputError, match=r"`directed`: 1 of 1 names are not in the network: 'z'"):
        read_multiplex(path, directed=["z"])
    with pytest.warns(UserWarning, match=r"in 1 rows more, the first between 'b' and 'a' in 'x'"):
        tables = read_multiplex(write("x a b 1\nx b a 1\nx b c 1\n", "y.edges"), directed=False)
    assert build_network(*tables).links["weight"].tolist() == [2.0, 1.0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", r"x.edges is empty"),
        ("# nothing\n", r"x.edges has no line"),
        (
            "1,1,2,1\n",
            r"line 1 must have 4 fields: layer, node, node, weight; it has 1 and ends in",
        ),
        ("1 1 2 1\n1 1 3", r"line 2 must have 4 fields: .* it has 3 and ends in column 'node'"),
        ("1 1 2 1\n1 1 3 0\n", r"line 2, column 'weight': it must be a number above 0; found '0'"),
        ("1 1 2 one\n", r"line 1, column 'weight': .* found 'one'"),
        ("1 1 2 1\n".encode("utf-16"), r"x.edges must be UTF-8; line 1 has the byte 0xff"),
    ],
)
def test_edges_that_cannot_be_read(write, text, words):
    with pytest.raises(InputError, match=words):
        read_multiplex(write(text, "x.edges"))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (
            "nodes",
            "nodeID nodeLabel\n1 a\n",
            r"x.edges, line 1, column 'node': '2' must be in x_no",
        ),
        ("nodes", "id label\n1 a\n", r"x_nodes.txt, line 1 must name the columns nodeID and nodeL"),
        ("nodes", "nodeID nodeLabel\n1 a\n2", r"x_nodes.txt, line 3 must have 2 fields: nodeID"),
        ("nodes", "nodeID nodeLabel\n1 a\n1 b\n", r"each nodeID once; twice or more: '1'"),
        ("nodes", "nodeID nodeLabel\n", r"x_nodes.txt must have rows below its header"),
        ("layers", "layerID layerLabel\n2 a\n", r"x.edges, line 1, column 'layer': '1' must be in"),
        ("layers", "layerID layerLabel\n1 a\n2 a\n", r"each layer a label of its own"),
        ("layers", "", r"x_layers.txt is empty"),
    ],
)
def test_labels_that_cannot_be_read(write, name, text, words):
    write(text, f"x_{name}.txt")
    with pytest.raises(InputError, match=words):
        read_multiplex(write("1 1 2 1\n", "x.edges"))


MPX = """-- a comment
#TYPE multiplex
#LAYERS
work,UNDIRECTED
advice,DIRECTED,LOOPS

#ACTOR ATTRIBUTES
group,STRING
age,NUMERIC
#NODE ATTRIBUTES
work,room,STRING
#EDGE ATTRIBUTES
advice,rank,NUMERIC
since,STRING
#ACTORS
U2,7,31
U1,NA,NA
U4,G,
#VERTICES
U2,work,B12
#EDGES
U1,U2,work,01
U2,U1,work,01
U1,U3,advice,2,02
U3,U1,advice,1.5,
U4,U2,work,03
"""


def test_multinet(write):
    with (
        pytest.warns(UserWarning, match=r"in 1 rows more, .* 'U2' and 'U1' .* counted once"),
        pytest.warns(UserWarning, match=r"nodes that links alone name: 1 \('U3'\)"),
        pytest.warns(UserWarning, match=r"no column was read as the weight.* 'since', 'rank'"),
    ):
        tables = read_multiplex(write(MPX, "x.mpx"))
    assert rows(tables) == [
        *[["work", "U1", "U2", 1.0], ["advice", "U1", "U3", 1.0], ["advice", "U3", "U1", 1.0]],
        ["work", "U4", "U2", 1.0],
    ]
    assert tables.directed == ("advice",)
    nodes = tables.nodes
    assert nodes.index.tolist() == ["U2", "U1", "U4", "U3"]  # U3 only has edges
    assert nodes["group"].fillna("?").tolist() == ["7", "NA", "G", "?"]  # text, as it says
    assert nodes["age"].fillna(-1).tolist() == [31, -1, -1, -1]
    assert nodes.columns.tolist() == ["group", "age"]  # a room is of an actor in one layer
    assert tables.links["rank"].fillna(-1).tolist() == [-1, 2, 1.5, -1]
    assert tables.links["since"].fillna("?").tolist() == ["01", "02", "?", "03"]
    assert build_network(*tables).n_links == 4


def test_an_attribute_may_be_the_weight(write):
    text = MPX.replace("U2,U1,work,01\n", "").replace("1.5,\n", "1.5,0\n")
    path = write(text.replace("U1,NA,NA", "U1,NA,NA\nU3,,"), "x.mpx")
    with pytest.warns(UserWarning, match="links without a weight, each counts 1: 2 of 4"):
        assert read_multiplex(path, weight="rank").links["weight"].tolist() == [1.0, 2.0, 1.5, 1.0]
    path = write(text, "x.mpx")
    with pytest.raises(InputError, match=r"`weight`: .* not in the attributes of links: 'range'"):
        read_multiplex(path, weight="range")
    with pytest.raises(InputError, match=r"x.mpx, line 24, column 'weight': .* found '0'"):
        read_multiplex(path, weight="since")


def test_multilayer_type_and_edges_only(write):
    text = "#TYPE\nmultilayer\n#LAYERS\nx,x,DIRECTED\nx,y,DIRECTED\ny,y,UNDIRECTED\n#EDGES\n"
    tables = read_multiplex(write(text + "a,x,b,x\na,y,c,y\n", "x.mpx"))
    assert rows(tables) == [["x", "a", "b", 1.0], ["y", "a", "c", 1.0]]
    assert tables.directed == ("x",)
    with pytest.raises(InputError, match=r"line 8: .* leads from 'x' to 'y'"):
        read_multiplex(write(text + "a,x,b,y\n", "x.mpx"))
    assert rows(read_multiplex(write("a,b,x\n", "y.mpx"))) == [["x", "a", "b", 1.0]]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("#EDGES", "#LINKS", r"x.mpx, line 21: a section must be one of #VERSION"),
        (MPX[MPX.index("#EDGES") :], "", r"#EDGES with lines; it ends in line 21 without"),
        (
            "U1,U2,work,01",
            "U1;U2;work;01",
            r"line 22 must have 3 fields: actor, actor, layer; it h",
        ),
        ("work,01\nU2", "work\nU2", r"line 22 must have 4 fields: actor, actor, layer, since"),
        ("U4,U2,work", "U4,U2,wrok", r"line 26, column 'layer': .* \(work, advice\); found 'wrok'"),
        ("advice,2,", "advice,two,", r"line 24, column 'rank' must be a number; found 'two'"),
        ("U2,7,31", "U2,7", r"line 16 must have 3 fields: actor, group, age; it has 2"),
        ("U1,NA,NA", "U2,8,32", r"line 17, column 'actor': 'U2' stands there twice"),
        ("work,UNDIRECTED", "work", r"line 4 must have 2 fields: layer, direction; it has 1"),
        ("group,STRING", "group", r"line 8 must have 2 fields: attribute, type"),
        ("since,STRING", "since", r"line 14 must have 3 fields: layer, attribute, type"),
    ],
)
def test_multinet_files_that_cannot_be_read(write, old, new, words):
    assert old in MPX
    with pytest.raises(InputError, match=words):
        read_multiplex(write(MPX.replace(old, new), "x.mpx"))


PAJEK = """% a comment
*Network two relations
*Vertices 4
1 "New York" 0.1 0.2 0.5 box ic Red
2 b 0.1 0.2 ellipse "kind" "firm" "lon" "1.5" "lat" "2"
3
*Arcs :1 "ad vice"
1 2 2.5 w 3 "since" "2015"
1: 2 1
*Edges :2 "work"
1 4 1 l "a label"
*Arcs
2: 3 4 7
*Edgeslist
1 2 3
*Matrix :3
0 0 0 0
0 0 4 0
0 0 0 0
0 0 0 0
*Partition city.clu
% 1-Boston; 2-Hartford, CT
*Vertices 4
1
2
0
1
*Partition level
*Vertices 4
3
2
1
1
*Vector age.vec
*Vertices 4
1.5
999999998
2
3
*Permutation x
*Vertices 4
1
2
3
4
"""


def test_pajek(write):
    with pytest.warns(UserWarning, match="x.paj: links without") as said:
        tables = read_multiplex(write(PAJEK.replace("\n", "\r\n"), "x.paj"))
    assert [str(each.message).splitlines() for each in said] == [
        [
            "x.paj: links without a weight, each counts 1: 3 of 8.",
            "x.paj: vertices without a line, called by their numbers: 1 of 4 (4).",
            "x.paj: layers of arcs in which each edge is two: 'work'.",
        ]
    ]
    assert sorted(rows(tables)) == [
        ["3", "b", "3", 4.0],
        ["ad vice", "New York", "b", 2.5],
        ["ad vice", "b", "New York", 1.0],
        ["links", "New York", "3", 1.0],
        ["links", "New York", "b", 1.0],
        ["work", "3", "4", 7.0],  # an arc makes the layer directed,
        ["work", "4", "New York", 1.0],  # in which an edge is two
        ["work", "New York", "4", 1.0],
    ]
    assert tables.directed == ("3", "ad vice", "work")
    nodes = tables.nodes
    assert nodes.index.tolist() == ["New York", "b", "3", "4"]
    assert nodes["kind"].fillna("?").tolist() == ["?", "firm", "?", "?"]
    assert nodes["city"].fillna("?").tolist() == ["Boston", "Hartford, CT", "?", "Boston"]
    assert nodes["level"].tolist() == [3, 2, 1, 1]
    assert nodes["age"].fillna(-1).tolist() == [1.5, -1, 2, 3]
    assert "ic" not in nodes
    assert tables.places.loc["b"].tolist() == [1.5, 2.0]
    assert tables.links["since"].dropna().tolist() == [2015]
    assert build_network(*tables).n_links == 8


def test_coordinates_of_pajek_are_attributes_and_no_places(write):
    vertices = '*Vertices 4\n1 "a" 120.1 30.2 0.5 box\n2 "b" -0.5 51\n3 "c"\n4 "d" 7\n'
    tables = read_multiplex(write(vertices + "*Arcs\n1 2\n", "x.net"))
    assert tables.nodes["x"].fillna(-1).tolist() == [120.1, -0.5, -1, -1]
    assert tables.nodes["y"].fillna(-1).tolist() == [30.2, 51, -1, -1]
    assert tables.places is None
    own = vertices.replace("box", "box x left")
    nodes = read_multiplex(write(own + "*Arcs\n1 2\n", "x.net")).nodes
    assert nodes["x"].fillna("?").tolist() == ["left", "?", "?", "?"]
    assert nodes["x_"].fillna(-1).tolist() == [120.1, -0.5, -1, -1]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (PAJEK, "*Network x\n", r"must hold a network; none of its 2 lines is '\*Vertices n'"),
        ("*Vertices 4\n1 ", "*Vertices|4\n1 ", r"line 3: '\*Vertices\|4' is not a section"),
        ("*Vertices 4\n1 ", "*Vertices\n1 ", r"line 3: the number of vertices must follow"),
        ("1 2 2.5", "1 5 2.5", r"line 8, column 'to': a vertex must be .* 1 to 4; found '5'"),
        ("1 2 2.5", "1 2 -2.5", r"line 8, column 'weight': .* found '-2.5'"),
        ("1: 2 1\n", "1: 2\n", r"line 9 must have 3 fields: from, to, weight; it has 1"),
        ('"work"', '"wor', r"line 10: a quotation mark is not closed"),
        ("0 0 4 0", "0 0 4", r"line 18 must have 4 numbers, one a vertex; it has 3"),
        ("0 0 4 0\n", "", r"line 16: a matrix must have 4 rows, one a vertex; it has 3"),
        ("1\n2\n0\n1\n", "1\n2\n0\n", r"'\*Partition city.clu' must have 4 values, .* it has 3"),
        ("1.5\n", "old\n", r"line 36: a value of '\*Vector age.vec' must be a number; found 'old'"),
        ("% a comment\n", "1 2\n", r"line 1: a Pajek file must begin with a line such as"),
        ("*Partition level", "*Vertices 4", r"line 28: a file must hold one network"),
        ("*Vertices 4\n1\n2\n3\n4\n", "", r"line 40: the values of '\*Permutation x' must"),
    ],
)
def test_pajek_files_that_cannot_be_read(write, old, new, words):
    assert old in PAJEK
    with pytest.raises(InputError, match=words):
        read_multiplex(write(PAJEK.replace(old, new), "x.paj"))


def test_relations_must_follow_the_vertices(write):
    with pytest.raises(InputError, match=r"line 1: a line '\*Vertices n' must stand before"):
        read_multiplex(write("*Arcs\n1 2\n", "x.net"))
    with pytest.raises(InputError, match=r"x.net must have links; none of its 4 lines is one"):
        read_multiplex(write("*Vertices 2\n*Arcs\n*Edges\n", "x.net"))


MWNETS = {
    "nodes": {
        "A": [{"ID": "x", "lon": 1.5, "lat": 2, "city": "X"}, {"ID": "y", "lon": 3, "lat": 4}],
        "B": [{"ID": "x"}, {"ID": "y"}],
        "R": [{"ID": "air"}, {"ID": "rail"}],
    },
    "links": [{"A": 1, "B": 2, "R": 1, "w": 2, "seats": 5}, {"A": 2, "B": 1, "R": 2}],
}


def test_mwnets(write):
    with pytest.warns(UserWarning, match="links without a weight, each counts 1: 1 of 2"):
        tables = read_multiplex(write(json.dumps(MWNETS), "x.json"))
    assert rows(tables) == [["air", "x", "y", 2.0], ["rail", "y", "x", 1.0]]
    assert tables.links["seats"].fillna(-1).tolist() == [5, -1]
    assert tables.nodes["place"].tolist() == ["x", "y"]
    assert tables.places.loc["x"].tolist() == [1.5, 2.0]
    assert build_network(*tables).n_links == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"links": [{"A": 1, "B": 3, "R": 1}]},
            r"link 1, 'B' must be a number from 1 to 2; found 3",
        ),
        ({"links": [{"A": 1, "R": 1}]}, r"link 1, 'B' must be a number .* found None"),
        ({"nodes": []}, r"must be MWnets JSON, with 'nodes'"),
        ({"nodes": {"A": [{"ID": 1}], "B": [{"ID": 2}]}}, r"two ways with the same nodes, .* 'A' "),
        (
            {"nodes": {w: [{"ID": 1}] * 2 for w in "AB"}, "links": [{"A": 1, "B": 2}]},
            r"ID of 'A' o",
        ),
    ],
)
def test_mwnets_that_cannot_be_read(write, change, words):
    with pytest.raises(InputError, match=words):
        read_multiplex(write(json.dumps(MWNETS | change), "x.json"))


def test_the_ending_tells_the_format(write, tmp_path):
    with pytest.raises(InputError, match=r"x.txt must end in .edges, .mpx, .net, .paj, .json; ren"):
        read_multiplex(write("1 1 2 1\n", "x.txt"))
    plain = read_multiplex(write("1 1 2 1\n", "x.edges"))
    packed = read_multiplex(write(gzip.compress(b"1 1 2 1\n"), "x.edges.gz"))
    pd.testing.assert_frame_equal(plain.links, packed.links)
    with pytest.raises(InputError, match=r"must be a file; there is none"):
        read_multiplex(tmp_path / "y.edges")
    with pytest.raises(InputError, match=r"x.edges.gz cannot be read: .*get it again"):
        read_multiplex(write(gzip.compress(b"1 1 2 1\n")[:-9], "x.edges.gz"))


@pytest.fixture(scope="module")
def benchmarks(shared: Path) -> Path:
    folder = shared / "data" / "multiplex_benchmarks"
    if not folder.is_dir():
        pytest.skip("needs the multiplex benchmarks")
    return folder


def sizes(network):
    return {layer: network.select(layers=[layer]).n_links for layer in network.layers}


def test_aucs_in_three_formats(benchmarks):
    mpx, edges, mwnets = (
        build_network(*read_multiplex(benchmarks / name))
        for name in ("aucs.mpx", "CS-Aarhus_multiplex.edges", "CSaarhus.json")
    )
    # Magnani, Micenkova and Rossi (2013): 61 employees, 5 relations, 620 links.
    assert (mpx.n_nodes, mpx.n_links) == (61, 620)
    assert sizes(mpx) == {"lunch": 193, "facebook": 124, "coauthor": 21, "leisure": 88, "work": 194}
    assert mpx.directed == frozenset()
    assert edges.equals(mwnets)
    # The actors of the .mpx stand in another order and have attributes.
    bare = build_network(pd.DataFrame(index=edges.nodes.index), mpx.links)
    assert bare.equals(edges)
    assert mpx.nodes["group"].value_counts()["NA"] == 6
    assert set(mpx.nodes["role"]) >= {"PhD", "Phd (visiting)", "Professor"}


@pytest.mark.parametrize(
    ("name", "n_nodes", "links", "directed"),
    [
        # README of the data: published sizes; arcs of the relations that have a direction.
        ("Lazega-Law-Firm.paj", 71, {"advice": 892, "friendship": 575, "co-work": 1104}, 3),
        ("Vickers.json", 29, {"get_on_with": 361, "best_friends": 181, "work_with": 198}, 3),
        (
            "bankwiring.mpx",
            14,
            {
                "horseplay": 28,
                "arguments": 19,
                "friendship": 13,
                "antagonist": 19,
                "help": 24,
                "job_trading": 7,
            },
            2,
        ),
        ("tailorshop.mpx", 39, {"KAPFTS1": 158, "KAPFTS2": 223, "KAPFTI1": 76, "KAPFTI2": 95}, 0),
    ],
)
def test_standard_networks(benchmarks, name, n_nodes, links, directed):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "bankwiring.mpx: no column was read as the weight")
        network = build_network(*read_multiplex(benchmarks / name))
    assert network.n_nodes == n_nodes
    assert sizes(network) == links
    assert len(network.directed) == directed

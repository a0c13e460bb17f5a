"""Tables as users have them: workbooks, points, encodings, delimiters, headers in other words."""

import datetime as dt
import json
import re
import zipfile

import igraph as ig
import networkx as nx
import openpyxl
import pandas as pd
import pytest

import netinnov as ni
from netinnov.errors import InputError, TableError
from netinnov.sources import read_origin_destination
from study_cases import context_at
from workbooks import write_workbook

NODES = [
    ["节点", "类型", "城市", "归属"],
    ["haichuang", "park", "杭州", "衢州"],
    ["lab", "institute", "杭州", "杭州"],
    ["mill", "firm", "衢州", "衢州"],
]
LINKS = [
    ["起点", "终点", "图层", "权重", "年份"],
    ["haichuang", "lab", "研发", 2.5, 2016],
    ["haichuang", "mill", "资金", 1, 2017],
]
PLACES = [
    ["地点", "经度", "纬度", "人口"],
    ["杭州", 120.16, 30.25, 11936010],
    ["衢州", 118.87, 28.94, 2276184],
]
LAYERS = [["图层", "有向", "单位"], ["研发", "否", "项目"], ["资金", "是", "万元"]]


def expected() -> ni.MultilayerNetwork:
    """The network of the tables above, from frames with our names."""
    nodes, links, places = (
        pd.DataFrame(rows[1:], columns=header)
        for rows, header in (
            (NODES, ["node", "kind", "place", "jurisdiction"]),
            (LINKS, ["source", "target", "layer", "weight", "period"]),
            (PLACES, ["place", "lon", "lat", "population"]),
        )
    )
    layers = {"研发": {"unit": "项目"}, "资金": {"unit": "万元", "directed": True}}
    return ni.build_network(nodes, links, places, layers=layers)


def text_of(rows, mark=","):
    return "".join(mark.join(map(str, row)) + "\n" for row in rows)


@pytest.fixture
def chinese(tmp_path):
    """A folder of text files with Chinese headers and names."""
    tables = {"nodes": NODES, "links": LINKS, "places": PLACES, "layers": LAYERS}
    for name, rows in tables.items():
        (tmp_path / f"{name}.csv").write_text(text_of(rows), encoding="utf-8")
    return tmp_path


def test_a_workbook_with_chinese_headers_is_a_network(tmp_path):
    kinds = {"park": "园区", "institute": "研究院", "firm": "企业"}
    nodes = [[kinds.get(cell, cell) for cell in row] for row in NODES]
    sheets = {"节点": nodes, "Links": LINKS, "places": PLACES, "图层": LAYERS, "Sheet5": []}
    path = write_workbook(tmp_path / "delta.xlsx", sheets)
    assert ni.read_network(path).equals(expected())
    (tmp_path / "alone").mkdir()
    path.rename(tmp_path / "alone" / "delta.xlsx")
    assert ni.read_network(tmp_path / "alone").equals(expected())


def test_ids_of_cells_are_what_they_show(tmp_path):
    """A number is 7 and not 7.0, a text 007 stays, NA is a name, a blank is missing."""
    nodes = [["id", "place", "code"], [7, "NA", "007"], [8, None, "010"]]
    path = write_workbook(tmp_path / "n.xlsx", {"nodes": nodes, "links": [["from", "to"], [7, 8]]})
    network = ni.read_network(path)
    assert network.nodes.index.tolist() == ["7", "8"]
    assert network.nodes["place"].tolist()[0] == "NA"
    assert network.nodes["place"].isna().tolist() == [False, True]
    assert network.nodes["code"].tolist() == ["007", "010"]


def test_rows_are_those_of_the_sheet(tmp_path):
    """Two rows above the header and one between: the fault stands in row 6."""
    links = [[], [], ["from", "to", "权重"], ["a", "b", 1], [], ["a", "b", "viel"]]
    path = write_workbook(tmp_path / "n.xlsx", {"nodes": [["id"], ["a"], ["b"]], "links": links})
    with pytest.raises(TableError, match=r"column '权重': 1 x weight is not a .*row 6: 'viel'"):
        ni.read_network(path)


def test_a_workbook_with_one_sheet_is_a_table_of_flows(tmp_path):
    path = write_workbook(
        tmp_path / "f.xlsx", {"Sheet1": [["出发地", "目的地", "人次"], ["衢州", "杭州", 12]]}
    )
    network = ni.read_network(path)
    assert network.adjacency("flow")[[0], [1]].tolist() == [12.0]
    matrix = [[None, "a", "b"], ["a", None, 3], ["b", 4.5, None]]
    path = write_workbook(tmp_path / "m.xlsx", {"Sheet1": matrix, "Sheet2": []})
    links = ni.read_network(path).links
    assert links["weight"].tolist() == [3.0, 4.5]


@pytest.mark.parametrize(
    ("sheets", "words"),
    [
        ({"nodes": [["id"], ["a"]], "ties": [["from"]]}, "hold links; it has the sheets nodes, t"),
        ({"a": [["x"], [1]], "b": [["y"], [2]]}, "one sheet with a table; it has a, b"),
        ({"nodes": [["id"]], "节点": [["id"]], "links": [["from"]]}, "sheets nodes and 节点; keep"),
        ({"nodes": [["id", "id"], [1, 2]], "links": [["from"]]}, "row 1 names 'id' twice"),
    ],
)
def test_workbooks_that_make_no_network(tmp_path, sheets, words):
    with pytest.raises(InputError, match=words):
        ni.read_network(write_workbook(tmp_path / "n.xlsx", sheets))


@pytest.mark.slow
def test_rows_below_the_last_of_a_sheet_are_not_lost(tmp_path):
    path = write_workbook(tmp_path / "n.xlsx", {"nodes": [["id"], ["a"]], "links": [["from"]]})
    with zipfile.ZipFile(path) as book, zipfile.ZipFile(tmp_path / "far.xlsx", "w") as far:
        for name in book.namelist():
            far.writestr(name, re.sub(rb'r="(A?)2"', rb'r="\g<1>2000000"', book.read(name)))
    with pytest.raises(InputError, match="sheet nodes has more than 1048576 rows"):
        ni.read_network(tmp_path / "far.xlsx")


@pytest.mark.parametrize("data", [b"", b"PK", b"no workbook at all"])
def test_workbooks_that_are_damaged(tmp_path, data):
    (tmp_path / "n.xlsx").write_bytes(data)
    with pytest.raises(InputError, match=r"n.xlsx cannot be read: "):
        ni.read_network(tmp_path / "n.xlsx")


@pytest.fixture
def book(tmp_path):
    """A workbook of openpyxl, and where to save it."""
    return openpyxl.Workbook(), tmp_path / "book.xlsx"


def test_cells_are_what_excel_shows(book):
    """Numbers, truth values, dates, times, faults of formulas, and texts that cells share."""
    workbook, path = book
    sheet = workbook.active
    sheet.title, links = "nodes", workbook.create_sheet("links")
    sheet.append(["node", "whole", "part", "true", "day", "hour", "fault", "money"])
    day = dt.datetime(2016, 2, 29, 12, 30)
    sheet.append(["a", 7.0, 0.1, True, day, dt.time(6, 45), "#N/A", 3])
    sheet.append(["b", 2**40, -1e-9, False, dt.date(1900, 1, 1), dt.time(0, 0), None, 4.5])
    sheet["H2"].number_format = sheet["H3"].number_format = '#,##0.00 "days";[Red]-#,##0 "h"'
    for row in (["source", "target"], ["a", "b"]):
        links.append(row)
    workbook.save(path)
    with pytest.warns(UserWarning, match="cells with an error, read as empty: row 2: #N/A"):
        nodes = ni.read_network(path).nodes
    assert nodes["fault"].isna().all()
    cells = nodes[["whole", "part", "true", "day", "hour", "money"]].astype(object)
    first = [7, 0.1, True, "2016-02-29 12:30:00", "06:45:00", 3.0]
    assert cells.loc["a"].tolist() == first
    second = [2**40, -1e-9, False, "1900-01-01 00:00:00", "00:00:00", 4.5]
    assert cells.loc["b"].tolist() == second


def test_points_are_places(chinese):
    geopandas = pytest.importorskip("geopandas")
    (chinese / "places.csv").unlink()
    table = pd.DataFrame({"地点": ["杭州", "衢州"], "人口": [11936010, 2276184]})
    points = geopandas.points_from_xy([120.16, 118.87], [30.25, 28.94], crs=4326)
    geopandas.GeoDataFrame(table, geometry=points).to_file(chinese / "places.geojson")
    places = ni.read_network(chinese).places
    columns = ["lon", "lat", "population"]
    pd.testing.assert_frame_equal(places[columns], expected().places[columns], rtol=1e-9)


POINT = {"type": "Point", "coordinates": [120.16, 30.25]}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"type": "FeatureCollection"}, "must be GeoJSON with `features`"),
        ({"features": [5]}, "must be GeoJSON with `features`"),
        ({"features": [{"properties": {"place": "a"}, "geometry": None}]}, "holds no geometry"),
        (
            {"features": [{"properties": {"place": "a"}, "geometry": {"type": "Polygon"}}]},
            "must hold points; it holds Polygon",
        ),
        (
            {"features": [{"properties": {}, "geometry": POINT | {"coordinates": ["x", {}]}}]},
            "places.geojson cannot be read",
        ),
        (
            {"features": [{"properties": {"place": "\ud800"}, "geometry": POINT}]},
            "surrogates not allowed",
        ),
        (
            {"crs": {"type": "name", "properties": {"name": "EPSG:3857"}}, "features": []},
            "must be in degrees .* it says 'EPSG:3857'",
        ),
    ],
)
def test_what_is_no_layer_of_points_is_refused(chinese, content, words):
    (chinese / "places.csv").unlink()
    (chinese / "places.geojson").write_text(json.dumps(content))
    with pytest.raises(InputError, match=words):
        ni.read_network(chinese)


@pytest.mark.parametrize(("encoding", "called"), [("gbk", "GB18030"), ("utf-16", "UTF-16")])
def test_other_encodings_are_found_and_said(chinese, encoding, called):
    path = chinese / "nodes.csv"
    path.write_text(path.read_text(encoding="utf-8"), encoding=encoding)
    with pytest.warns(UserWarning, match=rf"nodes.csv: read as {called}\."):
        network = ni.read_network(chinese)
    assert network.equals(expected())


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Orléans,Besançon,Nîmes,Béziers", "latin-1"),
        ("Köln,Düsseldorf,Lübeck,Gießen", "cp1252"),
        ("臺北,高雄,新竹,嘉義", "big5"),
        ("東京,横浜,ひたち,アオモリ", "shift-jis"),
        ("1–2–3,1996–1–2", "cp1252"),  # four bytes are a rare hanzi
        ("ئۈرۈمچى,㐀", "gb18030"),  # and nothing else says that it is Chinese
    ],
)
def test_no_other_encoding_is_taken_for_chinese(tmp_path, text, encoding):
    (tmp_path / "nodes.csv").write_bytes(
        ("id\n" + "\n".join(text.split(",")) + "\n").encode(encoding)
    )
    ends = ",".join(text.split(",")[:2])
    (tmp_path / "links.csv").write_bytes(f"from,to\n{ends}\n".encode(encoding))
    with pytest.raises(InputError, match=r"must be UTF-8; line 2 .*gb18030' or 'cp1252"):
        ni.read_network(tmp_path)
    network = ni.read_network(tmp_path, encoding=encoding)
    assert network.nodes.index.tolist() == text.split(",")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"id,city\na,A\x00\nb,B\n", "must be UTF-8; line 2 has NUL characters"),
        ("id,city\na,A\n".encode("utf-16")[:-1], "must be UTF-16; line"),
        ("id,city\na,A\n".encode("utf-16-le")[:-1], "must be UTF-8; line 1 has NUL characters"),
    ],
)
def test_damaged_text_is_refused(tmp_path, data, words):
    (tmp_path / "nodes.csv").write_bytes(data)
    (tmp_path / "links.csv").write_text("from,to\n")
    with pytest.raises(InputError, match=words):
        ni.read_network(tmp_path)


@pytest.mark.parametrize("mark", [";", "\t", "|"])
@pytest.mark.parametrize("hint", [False, True])
def test_delimiters_are_found(chinese, mark, hint):
    for name, rows in (("nodes", NODES), ("links", LINKS), ("places", PLACES)):
        first = f"sep={mark}\n" if hint else ""
        (chinese / f"{name}.csv").write_text(first + text_of(rows, mark), encoding="utf-8")
    assert ni.read_network(chinese).equals(expected())


def test_a_decimal_comma_is_read_between_semicolons(chinese):
    (chinese / "places.csv").write_text(text_of(PLACES, ";").replace(".", ","), encoding="utf-8")
    assert ni.read_network(chinese).equals(expected())
    (chinese / "f.csv").write_text("from;to;flow\na;b;1,5\nb;a;2\n")
    assert read_origin_destination(chinese / "f.csv").links["weight"].tolist() == [1.5, 2.0]
    (chinese / "f.csv").write_text(";a;b\na;;1,5\nb;0,25;\n")
    assert read_origin_destination(chinese / "f.csv").links["weight"].tolist() == [1.5, 0.25]


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (("1,234", "2"), r"'1,234' \(line 2, column 'flow'\), in which the comma may stand"),
        (("1,5", "2.5"), r"'1,5' \(line 2, column 'flow'\) and '2.5' \(line 3, column 'flow'\)"),
        (("1.234,5", "2"), r"are none: line 2, column 'flow'"),
        (("1,234,567", "2"), r"are none: line 2, column 'flow'"),
    ],
)
def test_numbers_with_commas_are_never_read_wrongly(tmp_path, weights, words):
    path = tmp_path / "f.csv"
    path.write_text(f"from;to;flow\na;b;{weights[0]}\nb;a;{weights[1]}\n")
    with pytest.raises(InputError, match=words):
        read_origin_destination(path)


THREE_DIGITS = ["1.200", "3.400", "12.000", "950"]


def links_of(folder, weights, mark=";", header="from{0}to{0}flow"):
    path = folder / "f.csv"
    ends = zip("abcd", "bcda", weights, strict=False)
    rows = [mark.join(row) for row in ends]
    path.write_text("\n".join([header.format(mark), *rows]) + "\n")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_points_that_may_stand_after_thousands_are_asked_for(tmp_path, mark):
    path = links_of(tmp_path, THREE_DIGITS, mark)
    words = (
        r"'1.200' \(line 2, column 'flow'\), in which the point may .*3 numbers.*decimal='.' or "
    )
    for read in (read_origin_destination, ni.read_network):
        with pytest.raises(InputError, match=words):
            read(path)
        said = {mark: read(path, decimal=mark).links["weight"].tolist() for mark in ".,"}
        assert said == {".": [1.2, 3.4, 12.0, 950.0], ",": [1200.0, 3400.0, 12000.0, 950.0]}
    matrix = tmp_path / "m.csv"
    matrix.write_text(";a;b\na;;1.200\nb;3.400;\n".replace(";", mark))
    with pytest.raises(InputError, match="the point may stand before decimals or after thousands"):
        read_origin_destination(matrix)
    assert read_origin_destination(matrix, decimal=",").links["weight"].tolist() == [1200, 3400]


@pytest.mark.parametrize(
    "weights",
    [
        ("1.200", "0.125"),  # no thousands begin with 0
        ("1.200", "3.4"),
        ("1.200", "3.400", "12500"),  # its thousands have no mark
    ],
)
def test_points_that_stand_before_decimals_are_read(tmp_path, weights):
    links = read_origin_destination(links_of(tmp_path, weights)).links
    assert links["weight"].tolist() == [float(text) for text in weights]


def test_weights_people_and_attributes_of_tables_are_asked_for(tmp_path):
    (tmp_path / "nodes.csv").write_text("id;place;staff\na;P;10\nb;Q;20\n")
    (tmp_path / "links.csv").write_text("from;to;weight\na;b;3\n")
    places = tmp_path / "places.csv"
    # Coordinates are no thousands, so that the point of this file stands before decimals.
    places.write_text("place;lon;lat;population\nP;120.123;30.245;1.200\nQ;119.123;29.245;3.400\n")
    assert ni.read_network(tmp_path).places["population"].tolist() == [1.2, 3.4]
    for column in ("population", "gdp"):
        places.write_text(f"place;{column}\nP;1.200\nQ;3.400\n")
        with pytest.raises(
            InputError, match=rf"places.csv has '1.200' \(line 2, column '{column}'"
        ):
            ni.read_network(tmp_path)
        read = ni.read_network(tmp_path, decimal=",")
        assert read.places[column].tolist() == [1200, 3400]
        network = context_at(data={"path": tmp_path, "decimal": ","}).network
        assert network.places[column].tolist() == [1200, 3400]
    places.write_text("place;code\nP;1.200\nQ;x.400\n")  # text
    assert ni.read_network(tmp_path).places["code"].tolist() == ["1.200", "x.400"]


def test_all_other_headers_are_told_by_columns(chinese):
    text = (chinese / "links.csv").read_text(encoding="utf-8").replace("权重", "Mio. EUR")
    (chinese / "links.csv").write_text(text, encoding="utf-8")
    text = (chinese / "nodes.csv").read_text(encoding="utf-8").replace("城市", "Ort")
    (chinese / "nodes.csv").write_text(text, encoding="utf-8")
    columns = {"Mio. EUR": "weight", "nodes.Ort": "place"}
    assert ni.read_network(chinese, columns=columns).equals(expected())
    with pytest.raises(InputError, match=r"no table has the header 'Orte' \(did you mean 'Ort'"):
        ni.read_network(chinese, columns={"Orte": "place"})
    with pytest.raises(InputError, match=r"'Ort' and '归属' would both be 'place'|both"):
        ni.read_network(chinese, columns={"Ort": "place", "归属": "place"})


@pytest.mark.parametrize(
    ("header", "both"),
    [
        ("from,to,origin", "'from' and 'origin'"),
        ("起点,to,From", "'起点' and 'From'"),
        ("source,destination,origin", "'source' and 'origin'"),
    ],
)
def test_two_candidates_for_one_column_are_both_named(tmp_path, header, both):
    width = header.count(",") + 1
    (tmp_path / "links.csv").write_text(f"{header}\n{','.join(['a', 'b', '1', '2'][:width])}\n")
    (tmp_path / "nodes.csv").write_text("id\na\nb\n")
    with pytest.raises(InputError, match=rf"the columns {both} may each be .*columns="):
        ni.read_network(tmp_path)
    flows = tmp_path / "f.csv"
    (tmp_path / "links.csv").rename(flows)
    with pytest.raises(InputError, match=rf"the columns {both} may each be"):
        ni.read_network(flows)


def test_nodes_with_coordinates_are_places_of_their_own(tmp_path):
    (tmp_path / "nodes.csv").write_text(
        "城市,经度,纬度,人口\n杭州,120.16,30.25,11936010\n衢州,118.87,28.94,2276184\n",
        encoding="utf-8",
    )
    (tmp_path / "links.csv").write_text("起点,终点\n杭州,衢州\n", encoding="utf-8")
    network = ni.read_network(tmp_path)
    assert network.nodes["place"].tolist() == ["杭州", "衢州"]
    assert network.places["lon"].tolist() == [120.16, 118.87]
    assert network.places["population"].tolist() == [11936010, 2276184]


def test_edges_of_gephi_have_a_direction_and_no_layer_of_that_name(tmp_path):
    (tmp_path / "nodes.csv").write_text("Id,Label,timeset\n1,Hangzhou,\n2,Quzhou,\n")
    (tmp_path / "edges.csv").write_text(
        "Source,Target,Type,Id,Label,timeset,Weight\n2,1,Directed,0,,,3.5\n"
    )
    network = ni.read_network(tmp_path)
    assert network.layers == ("links",)
    assert network.directed == {"links"}
    assert network.nodes["name"].tolist() == ["Hangzhou", "Quzhou"]
    assert network.links[["source", "weight"]].values.tolist() == [["2", 3.5]]


def test_gml_of_igraph_has_numbers_in_place_of_labels(tmp_path):
    graph = ig.Graph([(0, 1), (1, 2)])
    graph.es["weight"] = [2.5, 1.0]
    graph.write_gml(str(tmp_path / "g.gml"))
    assert ni.read_network(tmp_path / "g.gml").links["weight"].tolist() == [2.5, 1.0]
    graph.vs["name"] = ["a", "b", "c"]
    graph.write_gml(str(tmp_path / "named.gml"))
    nodes = ni.read_network(tmp_path / "named.gml").nodes
    assert nodes.index.tolist() == ["0", "1", "2"]
    assert nodes["name"].tolist() == ["a", "b", "c"]
    nx.write_gml(nx.path_graph(["a", "b"]), tmp_path / "labelled.gml")
    assert ni.read_network(tmp_path / "labelled.gml").nodes.index.tolist() == ["a", "b"]


def test_parallel_edges_of_a_graph_are_no_layers(tmp_path):
    graph = nx.MultiGraph()
    graph.add_edge("a", "b", key="e0", weight=1.0)
    graph.add_edge("a", "b", key="e1", weight=2.0)
    graph.add_node("a", Longitude=120.0, Latitude=30.0)
    graph.add_node("b", Longitude=121.0, Latitude=31.0)
    nx.write_graphml(graph, tmp_path / "g.graphml")
    network = ni.read_network(tmp_path / "g.graphml")
    assert network.layers == ("links",)
    assert network.links["weight"].tolist() == [3.0]
    assert network.places["lat"].tolist() == [30.0, 31.0]


def test_an_encoding_is_refused_for_other_formats(tmp_path):
    (tmp_path / "two.net").write_text('*Vertices 2\n1 "a"\n2 "b"\n*Edges\n1 2 3\n')
    with pytest.raises(InputError, match=r"is for tables of your own .*two.net is 'multiplex'"):
        ni.read_network(tmp_path / "two.net", encoding="gbk")


def test_an_attribute_of_another_format_is_the_place_if_columns_says_so(tmp_path):
    """Lawyers a and b, of two offices."""
    (tmp_path / "firm.mpx").write_text(
        "#TYPE multiplex\n#ACTOR ATTRIBUTES\noffice,STRING\n#LAYERS\nadvice,UNDIRECTED\n"
        "#ACTORS\na,Boston\nb,Hartford\n#EDGES\na,b,advice\n"
    )
    network = ni.read_network(tmp_path / "firm.mpx", columns={"office": "place"})
    assert network.nodes["place"].tolist() == ["Boston", "Hartford"]
    with pytest.raises(InputError, match=r"no table has the header 'ofice' .*'office'"):
        ni.read_network(tmp_path / "firm.mpx", columns={"ofice": "place"})


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        (["funding", "funding", "fundng"], ("fundng", "funding")),
        (["funding", "funding", "Funding"], ("Funding", "funding")),
        (["合作研发", "合作研发", "合作研究"], ("合作研究", "合作研发")),
        (["wave1", "wave1", "wave2"], None),
    ],
)
def test_a_layer_used_once_and_spelt_almost_as_another_is_pointed_out(tmp_path, layers, said):
    (tmp_path / "nodes.csv").write_text("id\na\nb\nc\n")
    ends = ["a,b", "b,c", "a,c"]
    rows = [f"{end},{layer}" for end, layer in zip(ends, layers, strict=False)]
    (tmp_path / "links.csv").write_text("\n".join(["from,to,layer", *rows]), encoding="utf-8")
    if said is None:
        assert set(ni.read_network(tmp_path).layers) == set(layers)
        return
    with pytest.warns(UserWarning, match=f"the layer {said[0]!r} has one row .* {said[1]!r}"):
        ni.read_network(tmp_path)


def test_a_column_that_may_be_meant_is_named_as_in_the_file(tmp_path):
    """Two rows of one city cannot be two nodes: ids are missing."""
    (tmp_path / "nodes.csv").write_text("city,lat\nA,1\nA,3\n")
    (tmp_path / "links.csv").write_text("from,to\nA,A\n")
    with pytest.raises(TableError, match=r"missing column, found 'city' .*; there are city, lat;"):
        ni.read_network(tmp_path)

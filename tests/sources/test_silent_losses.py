"""What a file loses, doubles or leaves unsaid is refused or said: nothing changes in silence."""

import re
import zipfile

import openpyxl
import pytest
from typer.testing import CliRunner

import netinnov as ni
from netinnov.cli import app
from netinnov.errors import InputError
from workbooks import write_workbook

MPX = (
    "#TYPE multiplex\n#LAYERS\nl, DIRECTED\n#EDGE ATTRIBUTES\nweight, NUMERIC\n#ACTORS\na\nb\n"
    "#EDGES\na,b,l,3\nb,a,l,2\n"
)
NET = '*Vertices 3\n1 "a"\n2 "b"\n3 "c"\n*Arcs\n1 2 5\n2 3 4\n'
GRAPHML = (
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    '<key id="w" for="edge" attr.name="weight" attr.type="double"/>'
    '<graph edgedefault="directed"><node id="a"/><node id="b"/>'
    '<edge source="a" target="b"><data key="w">5</data></edge>'
    '<edge source="b" target="a"><data key="w">2</data></edge></graph></graphml>'
)
GEXF = (
    '<gexf xmlns="http://gexf.net/1.3" version="1.3"><graph defaultedgetype="directed">'
    '<nodes><node id="a"/><node id="b"/></nodes>'
    '<edges><edge id="0" source="a" target="b" weight="3"/></edges></graph></gexf>'
)
GML = (
    'graph [ directed 1 node [ id 0 label "a" ] node [ id 1 label "b" ] '
    "edge [ source 0 target 1 weight 3 ] ]"
)
NODE, EDGE = '<node id="a"/>', '<edge source="b" target="a"><data key="w">2</data></edge>'
FOLDER = {
    "nodes.csv": "node\na\nb\nc\n",
    "links.csv": "source,target,layer,weight\na,b,x,2\nb,c,y,1\n",
    "layers.csv": "layer,directed\nx,true\ny,true\n",
}


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def folder(write, tmp_path):
    for name, text in FOLDER.items():
        write(name, text)
    return tmp_path


def commands(path):
    """What `info` and `check` say of a file, and how they end."""
    results = [CliRunner().invoke(app, [command, str(path)]) for command in ("info", "check")]
    return [(result.exit_code, result.output) for result in results]


def test_layers_cut_after_their_header_are_refused(write, folder):
    write("layers.csv", "layer,directed\n")
    with pytest.raises(InputError, match=r"layers\.csv must have rows below its header"):
        ni.read_network(folder)
    assert [code for code, _ in commands(folder)] == [1, 1]


def test_a_layer_without_a_row_is_named(write, folder):
    write("layers.csv", "layer,directed\nx,true\n")
    words = "layers.csv: layers without a row, taken as undirected amounts: 'y'."
    with pytest.warns(UserWarning, match=re.escape(words)):
        assert ni.read_network(folder).directed == {"x"}
    for code, said in commands(folder):
        assert (code, words in said) == (0, True)


def test_rows_that_repeat_an_earlier_one_are_counted(write, folder):
    write("links.csv", FOLDER["links.csv"] + "a,b,x,2\na,b,x,3\nb,c,y,1\n")
    words = "links.csv: rows that repeat an earlier one, each counts: 2 (line 4, line 6)."
    with pytest.warns(UserWarning, match=re.escape(words)):
        assert ni.read_network(folder).links["weight"].tolist() == [7, 2]
    for code, said in commands(folder):
        assert (code, words in said) == (0, True)
    flows = write("flows.csv", "origin,destination,trips\na,b,2\na,b,2\nb,a,1\n")
    with pytest.warns(UserWarning, match=r"each counts: 1 \(line 3\)"):
        assert ni.read_network(flows).links["weight"].tolist() == [4, 1]


def test_links_that_are_lost_are_said(write, folder):
    write("links.csv", "source,target,layer,weight\n")
    (folder / "layers.csv").unlink()
    with pytest.warns(UserWarning, match="there are no links"):
        ni.read_network(folder)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("l, DIRECTED\n", "", "must name layers below #LAYERS; there are none"),
        ("weight,", "strength,", "no column was read as the weight.* numbers are in 'strength'"),
        ("#ACTORS\na\nb\n", "#ACTORS\na\n", r"nodes that links alone name: 1 \('b'\)"),
        ("b,a,l,2\n", "b,a,l,2\nb,a,l,2\n", "stand in 1 rows more.* added up"),
    ],
)
def test_multinet(write, old, new, words):
    path = write("x.mpx", MPX.replace(old, new))
    said = " ".join(text for _, text in commands(path))
    assert re.search(words, said.replace("\n", " "))


def test_the_weight_of_multinet_is_known_in_any_case_and_by_columns(write):
    for name in ("WEIGHT", "Weight"):
        network = ni.read_network(write("x.mpx", MPX.replace("weight", name)))
        assert network.links["weight"].tolist() == [3, 2]
    path = write("x.mpx", MPX.replace("weight", "strength"))
    network = ni.read_network(path, columns={"strength": "weight"})
    assert network.links["weight"].tolist() == [3, 2]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('2 "b"\n', "", r"vertices without a line, called by their numbers: 1 of 3 \(2\)"),
        ('2 "b"\n', '2 "b"\n2 "c"\n', "line 4: the vertex 2 stands there twice"),
        ('2 "b"', "2 New York", "'York' has no value. Is a name with blanks not in quotation"),
        ("1 2 5\n", "1 2\n", "links without a weight, each counts 1: 1 of 2"),
        ("1 2 5\n", "1 2 5 7\n", "line 6: after the fixed fields .* '7' has no value"),
    ],
)
def test_pajek(write, old, new, words):
    path = write("x.net", NET.replace(old, new))
    assert all(re.search(words, said) for _, said in commands(path))


def test_times_of_pajek_are_attributes(write):
    network = ni.read_network(
        write("x.net", NET.replace('"b"', '"b" [1-3]').replace("4\n", "4 [2]\n"))
    )
    assert network.nodes.loc["b", "time"] == "[1-3]"
    assert network.links["time"].fillna("").tolist() == ["", "[2]"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            GRAPHML.replace("</graphml>", '<graph edgedefault="directed"/></graphml>'),
            "one graph; it has 2",
        ),
        (
            GRAPHML.replace(
                NODE, f'<node id="a"><graph edgedefault="directed">{NODE}</graph></node>'
            ),
            "it has 2",
        ),
        (GRAPHML.replace(NODE, NODE * 2), "each node once; twice or more: 'a'"),
        (
            GRAPHML.replace("<edge", '<edge id="e"').replace(
                'source="b" target="a"', 'source="a" target="b"'
            ),
            "each edge with an id once",
        ),
        (GRAPHML.replace("edgedefault", "EdgeDefault"), "in small letters; found 'EdgeDefault'"),
        (GRAPHML.replace('"directed"', '"Directed"'), "by default; found 'Directed'"),
        (GRAPHML.replace(' edgedefault="directed"', ""), "by default; found None"),
        (
            GRAPHML.replace("<edge source", "<Edge source").replace("</edge>", "</Edge>"),
            "in small letters; found 'Edge'",
        ),
        (
            GRAPHML.replace(
                "<graph ", '<key id="v" for="edge" attr.name="weight" attr.type="int"/><graph '
            ),
            "each attribute once",
        ),
        (
            GRAPHML.replace('<edge source="b"', "<edge"),
            "each <edge> must have the attribute 'source'",
        ),
    ],
)
def test_graphml_that_networkx_would_read_in_part_is_refused(write, text, words):
    with pytest.raises(InputError, match=words):
        ni.read_network(write("x.graphml", text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GRAPHML.replace(NODE, ""), r"nodes that links alone name: 1 \('a'\)"),
        (GRAPHML.replace(EDGE, EDGE * 2), "links that repeat an earlier one, each counts: 1"),
        (
            GRAPHML.replace('<data key="w">2</data>', ""),
            "links without a weight, each counts 1: 1 of 2",
        ),
        (
            GRAPHML.replace('name="weight"', 'name="value"'),
            "no column was read as the weight.* 'value'",
        ),
    ],
)
def test_what_graphml_leaves_unsaid_is_said(write, text, words):
    path = write("x.graphml", text)
    assert all(re.search(words, said) for _, said in commands(path))


def test_attributes_of_graphml_have_defaults_any_case_and_names_by_columns(write):
    path = write("x.graphml", GRAPHML.replace('"weight"', '"Weight"'))
    assert ni.read_network(path).links["weight"].tolist() == [5, 2]
    default = GRAPHML.replace('"double"/>', '"double"><default>7</default></key>')
    path = write("x.graphml", default.replace('<data key="w">2</data>', ""))
    assert ni.read_network(path).links["weight"].tolist() == [5, 7]
    path = write("x.graphml", GRAPHML.replace('"weight"', '"value"'))
    assert ni.read_network(path, columns={"value": "weight"}).links["weight"].tolist() == [5, 2]
    with pytest.raises(InputError, match="no table has the header 'valeu'"):
        ni.read_network(path, columns={"valeu": "weight"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GEXF.replace('<node id="a"/>', '<node id="a"/>' * 2), "each node once"),
        (GEXF.replace("</gexf>", "<graph/></gexf>"), "one graph; it has 2"),
        (GEXF.replace("<edge id", "<edgo id"), "<edges> must hold <edge>; it holds .*edgo"),
        (GEXF.replace("weight=", "Weight="), "in small letters; found 'Weight'"),
        (GEXF.replace('"directed"', '"DIRECTED"'), "by default; found 'DIRECTED'"),
        (
            GEXF.replace('weight="3"/>', 'weight="3"/><edge id="0" source="a" target="b"/>'),
            "each edge with an id once",
        ),
    ],
)
def test_gexf_that_networkx_would_read_in_part_is_refused(write, text, words):
    with pytest.raises(InputError, match=words):
        ni.read_network(write("x.gexf", text))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("directed 1", "Directed 1", "'directed' in small letters; found 'Directed'"),
        ("edge [", "Edge [", "'edge' in small letters; found 'Edge'"),
        ("directed 1", "dircted 1", "'directed' in small letters; found 'dircted'"),
        ("directed 1", "directed 0 directed 0", "must say once whether it is directed"),
    ],
)
def test_gml_that_networkx_would_read_in_part_is_refused(write, old, new, words):
    with pytest.raises(InputError, match=words):
        ni.read_network(write("x.gml", GML.replace(old, new)))


def test_the_weight_of_gml_is_known_in_any_case(write):
    network = ni.read_network(write("x.gml", GML.replace("weight", "Weight")))
    assert network.links["weight"].tolist() == [3]


def test_rows_and_cells_of_a_workbook_that_stand_twice_are_refused(tmp_path):
    rows = [["source", "target", "weight"], ["a", "b", 3], ["b", "c", 4]]
    path = write_workbook(tmp_path / "n.xlsx", {"flows": rows})
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    for old, new in (('r="3"', 'r="2"'), ('"B2"', '"A2"'), ('"C3"', '"A3"')):
        with zipfile.ZipFile(path, "w") as book:
            for name, text in parts.items():
                book.writestr(name, text.replace(old, new))
        with pytest.raises(InputError, match=r"sheet flows: row [23] or a cell of it stands there"):
            ni.read_network(path)


def test_what_cells_do_not_show_is_said(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title, links = "nodes", book.create_sheet("links")
    for row in (["node", "staff"], ["a", 1], ["b", "#N/A"], ["c", 3]):
        sheet.append(row)
    for row in (["source", "target", "note"], ["a", "b", "x"], ["b", "c", None]):
        links.append(row)
    links.merge_cells("C2:C3")
    book.create_sheet("empty").sheet_state = "hidden"
    links.sheet_state = "hidden"
    book.save(tmp_path / "n.xlsx")
    for _, said in commands(tmp_path / "n.xlsx"):
        assert "sheet nodes: cells with an error, read as empty: row 3: #N/A." in said
        assert "sheet links: merged cells, of which the first alone has the value: C2:C3." in said
        assert "sheet links: the sheet is hidden" in said
        assert "sheet empty" not in said


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ("place,lo,lat\np,1,2\nq,3,4\n", "rows with one of lon and lat alone, .*: 2"),
        ("place,lon,lat\np,1,\nq,3,4\n", "rows with one of lon and lat alone, .*: 1"),
        ("place,lon,lat,\np,1,2,7\nq,3,4,8\n", "places.csv: columns without a name: column 4"),
    ],
)
def test_coordinates_and_columns_of_which_half_is_lost_are_said(write, tmp_path, places, words):
    write("nodes.csv", "node,place\na,p\nb,q\n")
    write("links.csv", "source,target\na,b\n")
    write("places.csv", places)
    assert all(re.search(words, said) for _, said in commands(tmp_path))


def test_columns_of_lists_that_may_be_meant_are_named(write):
    path = write("participations.csv", "member,event,plac\nm,e,P\nn,e,Q\n")
    with pytest.raises(InputError, match=r"has 'plac': is it 'place'\?"):
        ni.read_network(path)


def test_labels_of_muxviz_are_not_taken_for_something_else(write):
    write("x_layers.txt", "layerID layeLabel\n1 trade\n")
    with pytest.raises(InputError, match="must name the columns layerID and layerLabel"):
        ni.read_network(write("x.edges", "1 a b 2\n"))


def test_a_relation_of_arcs_and_edges_is_said(write):
    path = write("x.net", NET + "*Edges\n1 3 2\n")
    with pytest.warns(UserWarning, match="layers of arcs in which each edge is two: 'links'"):
        assert ni.read_network(path).n_links == 4


def test_a_value_of_gexf_that_is_lost_is_refused(write):
    held = '<attributes class="node"><attribute id="0" title="kind" type="string"/></attributes>'
    text = GEXF.replace("<nodes>", f"{held}<nodes>")
    value = '<node id="a"><attvalues><attvalue for="0" vlue="firm"/></attvalues></node>'
    with pytest.raises(InputError, match="each <attvalue> must have the attribute 'value'"):
        ni.read_network(write("x.gexf", text.replace('<node id="a"/>', value)))

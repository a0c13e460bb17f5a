"""Files that were damaged, made to do harm, or are no files: each is refused in words."""

import gzip
import io
import json
import os
import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import netinnov as ni
from netinnov import sources
from netinnov._runtime import opening
from netinnov.errors import InputError
from netinnov.geocoding import geocode
from netinnov.linkages import project
from netinnov.sources._any_table import features_of
from netinnov.sources._read_network import read
from netinnov.study import read_configuration
from workbooks import write_workbook

NODES = "node,place\na,p\nb,q\n"
LINKS = "source,target,layer\na,b,flow\n"


@pytest.fixture
def folder(tmp_path):
    """A folder of tables with one directed layer."""
    (tmp_path / "nodes.csv").write_text(NODES)
    (tmp_path / "links.csv").write_text(LINKS)
    (tmp_path / "network.json").write_text('{"directed": ["flow"]}')
    return tmp_path


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", "must be a file; it is a folder"),
        ("gone", "must be a file; there is none"),
        ("links.csv", "must be a graph in a file .graphml or .gexf or .gml"),
    ],
)
def test_a_path_that_cannot_be_a_graph_is_refused(folder, name, fault):
    """A study with source = "graph" met a KeyError of its ending."""
    with pytest.raises(InputError, match=fault):
        read(folder / name, source="graph")


@pytest.mark.parametrize("name", ["network.json", "places.csv"])
def test_a_broken_link_is_not_taken_for_a_missing_file(folder, name):
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(folder / "gone")
    with pytest.raises(InputError, match=f"{name} must be a file; it is a link that leads nowhere"):
        read(folder)


def test_names_of_files_are_known_in_capital_letters(folder):
    (folder / "Places.csv").write_text("place,population\np,1\nq,2\n")
    tables = read(folder).tables
    assert tables.directed == ("flow",)
    assert tables.places is not None
    assert tables.places["population"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("name", "reader"),
    [
        ("flows.csv", sources.read_origin_destination),
        ("net.edges", sources.read_multiplex),
        ("inventors.tsv", sources.read_patentsview),
        ("cordis.zip", sources.read_cordis),
        ("study.toml", read_configuration),
        ("cities.txt", lambda path: geocode(["a"], path)),
    ],
)
def test_a_fifo_is_refused_before_it_is_opened(tmp_path, name, reader):
    os.mkfifo(tmp_path / name)
    with pytest.raises(InputError, match=r"a pipe, socket or device|neither"):
        reader(tmp_path / name)


def test_a_nul_in_a_path_is_refused(tmp_path):
    with pytest.raises(InputError, match="must be the path of a file"):
        sources.read_origin_destination("a\0b.csv")
    (tmp_path / "study.toml").write_text('[data]\nsource = "tables"\npath = "a\\u0000b"\n')
    with pytest.raises(InputError, match=r"data.path.*must be the path of a file"):
        read_configuration(tmp_path / "study.toml")


@pytest.fixture
def low_limit(monkeypatch):
    """A limit of 1 MiB, so that a small file exceeds it."""
    monkeypatch.setenv("NETINNOV_FILE_GIB", str(2**-10))


TOO_MUCH = r"would take \S+ GiB of memory or more.*NETINNOV_FILE_GIB="


def test_a_gzip_that_unpacks_to_a_thousand_times_its_size_is_refused(folder, low_limit):
    (folder / "nodes.csv").unlink()
    (folder / "nodes.csv.gz").write_bytes(gzip.compress(NODES.encode() + b"\n" * 1_000_000))
    with pytest.raises(InputError, match=f"nodes.csv.gz {TOO_MUCH}"):
        read(folder)


@pytest.mark.parametrize(
    "values",
    [
        np.zeros(50_000, np.int64),
        ["x" * 1_000] * 5_000,
        pa.array(["x" * 1_000] * 5_000).dictionary_encode(),
        pa.array(["x"] * 40_000).dictionary_encode(),
    ],
)
def test_a_parquet_of_one_value_many_times_is_refused(folder, low_limit, values):
    (folder / "nodes.csv").unlink()
    pq.write_table(pa.table({"node": pa.array(values)}), folder / "nodes.parquet")
    assert (folder / "nodes.parquet").stat().st_size < 50_000
    with pytest.raises(InputError, match=f"nodes.parquet {TOO_MUCH}"):
        read(folder)


ODD = [pa.array([b"xyz"] * 2, pa.binary(3))]
if hasattr(pa, "json_"):  # since pyarrow 19
    ODD += [pa.array(["x"] * 2, pa.string_view()), pa.json_().wrap_array(pa.array(["1"] * 2))]


@pytest.mark.parametrize("values", ODD)
def test_a_parquet_whose_values_may_unpack_to_any_length_is_refused(folder, values):
    """The file may hold a value once that reading repeats in each row."""
    (folder / "nodes.csv").unlink()
    pq.write_table(pa.table({"node": ["a", "b"], "odd": values}), folder / "nodes.parquet")
    with pytest.raises(InputError, match="one value in each cell; column 'odd' holds"):
        read(folder)


def test_a_parquet_that_names_a_column_twice_is_refused_in_words(tmp_path):
    columns = [pa.array(["a"]), pa.array(["b"]), pa.array(["c"])]
    table = pa.Table.from_arrays(columns, names=["source", "target", "target"])
    pq.write_table(table, tmp_path / "f.parquet")
    with pytest.raises(InputError, match="must name each column once; it names 'target' twice"):
        ni.read_network(tmp_path / "f.parquet")


def test_a_workbook_that_unpacks_without_end_is_refused(tmp_path, low_limit):
    write_workbook(tmp_path / "f.xlsx", {"one": []}, data="")
    with zipfile.ZipFile(tmp_path / "f.xlsx", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/other.xml", " " * 1_000_000)
    with pytest.raises(InputError, match=TOO_MUCH):
        ni.read_network(tmp_path / "f.xlsx")


@pytest.mark.parametrize("name", ["g.graphml", "g.gexf"])
def test_entities_which_grow_without_bound_are_refused(tmp_path, name):
    entities = "".join(f'<!ENTITY x{k} "{f"&x{k - 1};" * 10}">' for k in range(1, 10))
    text = f'<!DOCTYPE a [<!ENTITY x0 "{"y" * 100}">{entities}]><graphml>&x9;</graphml>'
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=f"{name} cannot be read"):
        ni.read_network(tmp_path / name)


def test_the_pairs_of_one_event_are_limited(tmp_path, monkeypatch):
    """Of a work with 300,000 institutions 700 GB were asked for."""
    monkeypatch.setenv("NETINNOV_FILE_GIB", "1")
    held = [{"id": f"I{k}"} for k in range(9_001)]
    work = {"id": "W1", "authorships": [{"author": {"id": "A1"}, "institutions": held}]}
    (tmp_path / "works.jsonl").write_text(json.dumps(work))
    with pytest.raises(InputError, match=rf"work W1 with 9,001 members: links of pairs {TOO_MUCH}"):
        ni.read_network(tmp_path / "works.jsonl")
    nodes = pd.DataFrame({"node": ["fair", *(f"i{k}" for k in range(9_001))]})
    nodes["kind"] = ["event"] + ["firm"] * 9_001
    seats = pd.DataFrame({"source": nodes["node"][1:], "target": "fair", "layer": "seat"})
    with pytest.raises(InputError, match=r"pairs of members.*the largest event 9,001 members"):
        project(ni.build_network(nodes, seats), layer="seat", through="event")


def test_inventors_times_assignees_of_one_patent_are_limited(tmp_path, monkeypatch):
    """Of 1 MB a hundred million links were made: only the pairs of inventors were counted."""
    monkeypatch.setenv("NETINNOV_FILE_GIB", "1")
    (tmp_path / "inventors.tsv").write_text(
        "patent_id\tinventor_id\n" + "".join(f"1\t{k}\n" for k in range(500))
    )
    (tmp_path / "assignees.tsv").write_text(
        "patent_id\tassignee_id\n" + "".join(f"1\t{k}\n" for k in range(4_000))
    )
    with pytest.raises(InputError, match=rf"patent 1 with 4,500 members: links .* {TOO_MUCH}"):
        ni.read_network(tmp_path)


def test_a_layer_for_each_link_is_refused():
    n = 20_001
    links = pd.DataFrame(
        {"source": "a", "target": "b", "layer": [f"contract {k}" for k in range(n)]}
    )
    with pytest.raises(InputError, match="at most 20,000 layers; it has 20,001"):
        ni.build_network(pd.DataFrame({"node": ["a", "b"]}), links)


def test_the_limit_can_be_raised(tmp_path, low_limit, monkeypatch):
    (tmp_path / "f.csv.gz").write_bytes(gzip.compress(b"from,to\n" + b"a,b\n" * 100_000))
    monkeypatch.setenv("NETINNOV_FILE_GIB", "0.1")
    with pytest.warns(UserWarning, match="rows that repeat an earlier one, each counts: 99,999"):
        assert ni.read_network(tmp_path / "f.csv.gz").links["weight"].tolist() == [100_000]
    monkeypatch.setenv("NETINNOV_FILE_GIB", "much")
    with pytest.raises(InputError, match="NETINNOV_FILE_GIB must be a number of GiB above 0"):
        ni.read_network(tmp_path / "f.csv.gz")


SPARSE = range(200)  # rows, each with an attribute of its own
GRAPHML = '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{}<graph edgedefault="directed">'
KEYS = "".join(f'<key id="k{k}" for="node" attr.name="k{k}"/>' for k in SPARSE)
DATA = "".join(f'<node id="n{k}"><data key="k{k}">1</data></node>' for k in SPARSE)
FEATURES = [
    {"properties": {"place": f"p{k}", f"k{k}": 1}, "geometry": {"type": "Point"}} for k in SPARSE
]
WIDE = {
    "arcs.net": "*Vertices 2\n*Arcs\n" + "".join(f"1 2 1 k{k} v\n" for k in SPARSE),
    "vertices.net": "*Vertices 200\n" + "".join(f"{k + 1} n{k} k{k} v\n" for k in SPARSE),
    "g.graphml": GRAPHML.format(KEYS) + DATA + "</graph></graphml>",
    "g.gml": "graph [" + "".join(f"node [ id {k} label {k} k{k} 1 ]\n" for k in SPARSE) + "]",
    "x.mpx": "#EDGE ATTRIBUTES\n"
    + "".join(f"l{k},k{k},STRING\n" for k in SPARSE)
    + "#EDGES\n"
    + "".join(f"a,b,l{k},v\n" for k in SPARSE),
    "mw.json": json.dumps(
        {
            "nodes": {way: [{"ID": "a"}] for way in "xy"},
            "links": [{"x": 1, "y": 1, f"k{k}": 1} for k in SPARSE],
        }
    ),
    "flows.csv": ",".join(f"k{k}" for k in SPARSE) + "\n" * 2,
}


@pytest.mark.parametrize("name", WIDE)
def test_rows_times_columns_are_counted_before_a_table_is_made(tmp_path, monkeypatch, name):
    """Of 1 MB with 15,000 attributes 225 million cells were made."""
    monkeypatch.setenv("NETINNOV_FILE_GIB", str(2**-7))
    (tmp_path / name).write_text(WIDE[name])
    with pytest.raises(InputError, match=rf"{name} {TOO_MUCH}"):
        ni.read_network(tmp_path / name)


def test_properties_of_features_are_counted_before_a_table_is_made(folder, monkeypatch):
    monkeypatch.setenv("NETINNOV_FILE_GIB", str(2**-7))
    text = json.dumps({"type": "FeatureCollection", "features": FEATURES})
    (folder / "places.geojson").write_text(text)
    with pytest.raises(InputError, match=rf"places.geojson {TOO_MUCH}"):
        read(folder)


def test_a_shared_string_counts_in_each_cell_that_shows_it(tmp_path, monkeypatch):
    pytest.importorskip("openpyxl")
    rows = [["source", "target"], *([["x" * 30_000, "b"]] * 300)]
    pd.DataFrame(rows).to_excel(tmp_path / "f.xlsx", header=False, index=False)
    monkeypatch.setenv("NETINNOV_FILE_GIB", "0.02")
    assert (tmp_path / "f.xlsx").stat().st_size < 20_000
    with pytest.raises(InputError, match=rf"f.xlsx {TOO_MUCH}"):
        ni.read_network(tmp_path / "f.xlsx")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_that_unpacks_blocks_of_any_size_is_refused(tmp_path, method):
    with zipfile.ZipFile(tmp_path / "f.zip", "w", method) as archive:
        archive.writestr("organization.csv", "projectID;organisationID\n1;2\n")
    with pytest.raises(InputError, match=r"f.zip must be packed as usual.*organization.csv"):
        ni.read_network(tmp_path / "f.zip")


def test_the_ceiling_is_a_quarter_of_the_least_that_limits_the_process(tmp_path, monkeypatch):
    """8 MiB of version 2, in a group above; 4 MiB of version 1; 2 MiB of addresses."""
    resource = pytest.importorskip("resource")

    def ceiling():
        with pytest.raises(InputError, match="a quarter of the memory") as caught:
            opening.check_made("f", 2**60)
        return float(str(caught.value).split("file may take ")[1].split()[0]) * 2**10

    monkeypatch.delenv("NETINNOV_FILE_GIB", raising=False)
    for at, (told, file, limit) in enumerate(
        [
            ("0::/a/b", "a/memory.max", 8 * 2**20),
            ("4:cpu,memory:/a", "memory/a/memory.limit_in_bytes", 4 * 2**20),
        ]
    ):
        path = tmp_path / str(at) / file
        path.parent.mkdir(parents=True)
        path.write_text(f"{limit}\n")
        (tmp_path / f"told{at}").write_text(f"{told}\n")
        monkeypatch.setattr(opening, "TOLD", tmp_path / f"told{at}")
        monkeypatch.setattr(opening, "GROUPS", tmp_path / str(at))
        assert ceiling() == pytest.approx(limit / 4 / 2**20, rel=0.01)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (2 * 2**20, -1))
    assert ceiling() == pytest.approx(0.5, rel=0.01)


VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{}</SrcDataSource>'
    '<GeometryField encoding="PointFromColumns" x="lon" y="lat"/></OGRVRTLayer></OGRVRTDataSource>'
)
PIPELINE = '{{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read {}"}}'


@pytest.mark.parametrize("content", [VRT, PIPELINE])
@pytest.mark.parametrize("ending", ["geojson", "gpkg", "shp"])
def test_a_layer_that_names_another_file_reads_nothing_of_it(folder, ending, content):
    secret = folder / "secret.csv"
    secret.write_text("place,lon,lat\nsecret,1,2\n")
    path = folder / f"places.{ending}"
    path.write_text(content.format(secret))
    if ending == "geojson":
        with pytest.raises(InputError, match=r"places\.geojson.* must be (Geo)?JSON"):
            read(folder)
    else:
        assert read(folder).tables.places is None
    with pytest.raises(InputError, match=r"must be (Geo)?JSON"):
        features_of(path)


@pytest.mark.parametrize("cut", [1, 4, 10, 30, 40])
def test_a_zip_without_its_first_bytes_is_refused(tmp_path, cut):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("organization.csv", "projectID;organisationID\n1;2\n")
        archive.writestr("project.csv", "id;startDate\n1;2015-01-01\n")
    (tmp_path / "cordis.zip").write_bytes(whole.getvalue()[cut:])
    with pytest.raises(InputError, match="if it is damaged or cut off, get it again"):
        read(tmp_path / "cordis.zip")
    with pytest.raises(InputError):
        sources.read_cordis(tmp_path / "cordis.zip")


DEEP = "[" * 20_000 + "]" * 20_000


@pytest.mark.parametrize(
    ("value", "words"), [(DEEP, "nested too deeply"), ("9" * 5_000, "not valid TOML")]
)
def test_toml_that_python_cannot_hold_is_refused(tmp_path, value, words):
    (tmp_path / "study.toml").write_text(f"seed = {value}\n")
    with pytest.raises(InputError, match=words):
        read_configuration(tmp_path / "study.toml")


def test_parquet_with_names_that_are_not_utf8_is_refused(folder):
    (folder / "nodes.csv").unlink()
    path = folder / "nodes.parquet"
    pq.write_table(pa.table({"node": ["a", "b"], "wordy_name": ["x", "y"]}), path)
    path.write_bytes(path.read_bytes().replace(b"wordy_name", b"wordy\xff\xfename"[:10]))
    with pytest.raises(InputError, match=r"nodes.parquet cannot be read"):
        read(folder)


@pytest.mark.parametrize("name", ["nodes.csv", "flows.csv"])
def test_a_field_of_the_header_beyond_the_reader_is_refused(folder, name):
    (folder / name).write_text(f"node,{'x' * 200_000}\na,b\n")
    with pytest.raises(InputError, match="field larger than field limit"):
        read(folder / name if name == "flows.csv" else folder)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "*Vertices 10000000\n*Arcs\n1 2\n",
            r"x.net would take \S+ GiB of memory or more \(10,000,000 rows of 3 columns\)",
        ),
        (f"*Vertices {'9' * 5000}\n*Arcs\n1 2\n", "number of vertices must follow"),
        (f"*Vertices 2\n*Arcs\n1 {'9' * 5000}\n", "a vertex must be a whole number from 1 to 2"),
        ("*Vertices 2\n*Arcs\n1 2\n*Partition k\n*Vertices 2\n1\ninf\n", "must be"),
    ],
)
def test_numbers_of_pajek_that_nothing_can_hold_are_refused(tmp_path, monkeypatch, text, words):
    monkeypatch.setenv("NETINNOV_FILE_GIB", "1")
    (tmp_path / "x.net").write_text(text)
    with pytest.raises(InputError, match=words):
        sources.read_multiplex(tmp_path / "x.net")

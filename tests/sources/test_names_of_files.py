"""A name is a name: no reader takes it for a pattern, a variable, an address or a home folder."""

import gzip
import json
import zipfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest

import netinnov as ni
from netinnov import geocoding, sources, study
from netinnov.datasets._register import read_register
from netinnov.study._loaded_data import load
from workbooks import write_workbook

NAMES = ("[1]", "a*b?", "~", "file:", '-x $HOME {a,b} it\'s "#" %41')
# What these would be as a pattern, or as an address
DECOYS = ("1", "aXbY", '-x $HOME {a,b} it\'s "#" A')


def table(who):
    return f"source,target,weight\n{who},other,1\n{who},third,2\n"


def graph(who):
    return (
        f'graph [ node [ id 1 label "{who}" ] node [ id 2 label "b" ] edge [ source 1 target 2 ] ]'
    )


def graphml(who):
    return (
        '<graphml><graph edgedefault="undirected">'
        f'<node id="{who}"/><node id="b"/><edge source="{who}" target="b"/></graph></graphml>'
    )


def gexf(who):
    return (
        '<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2"><graph><nodes>'
        f'<node id="{who}" label="{who}"/><node id="b" label="b"/></nodes>'
        f'<edges><edge id="0" source="{who}" target="b"/></edges></graph></gexf>'
    )


def work(who):
    institutions = [{"id": f"https://openalex.org/I{each}"} for each in (who, "b")]
    authors = [
        {"author": {"id": f"https://openalex.org/A{at}"}, "institutions": [each]}
        for at, each in enumerate(institutions)
    ]
    return (
        json.dumps(
            {"id": "https://openalex.org/W1", "publication_year": 2020, "authorships": authors}
        )
        + "\n"
    )


def inventors(who):
    return f"patent_id\tinventor_id\n1\t{who}\n1\tb\n"


def mwnets(who):
    nodes = [{"ID": who}, {"ID": "b"}]
    return json.dumps({"nodes": {"x": nodes, "y": nodes}, "links": [{"x": 1, "y": 2}]})


@cache
def written(who, form):
    network = ni.build_network(pd.DataFrame({"source": [who], "target": ["b"]}))
    with TemporaryDirectory() as folder:
        ni.io.write_network(network, Path(folder, "new"), format=form)
        return {path.name: path.read_bytes() for path in Path(folder, "new").iterdir()}


def write_text(make):
    return lambda path, who: path.write_text(make(who), encoding="utf-8")


def write_packed(make):
    return lambda path, who: path.write_bytes(gzip.compress(make(who).encode()))


def write_zip(members):
    def write(path, who):
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in members(who).items():
                archive.writestr(name, text)

    return write


def write_folder(members):
    def write(path, who):
        path.mkdir(parents=True)
        for name, text in members(who).items():
            (path / name).parent.mkdir(exist_ok=True)
            (path / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    return write


def write_edges(path, who):
    path.write_text("1 1 2 1\n", encoding="utf-8")
    path.with_name(f"{path.stem}_nodes.txt").write_text(f"nodeID nodeLabel\n1 {who}\n2 b\n")


def book(path, who):
    write_workbook(path, {"flows": [["source", "target", "weight"], [who, "b", 1]]})


def parquet(path, who):
    pd.DataFrame({"source": [who], "target": ["b"], "weight": [1.0]}).to_parquet(path)


def tables(who):
    return {"nodes.csv": f"node\n{who}\nb\n", "links.csv": f"source,target\n{who},b\n"}


def cordis(who):
    head = "projectID;organisationID;name;activityType;city;country\n"
    return {
        "organization.csv": f"{head}1;{who};A;PRC;B;FR\n1;8;A;PRC;B;FR\n",
        "project.csv": "id;startDate\n1;2016-01-01\n",
    }


def lists(who):
    return {
        "branches.csv": f"firm,place\n{who},H\n{who},Q\n",
        "seats.csv": f"firm,place\n{who},Q\n",
        "distances.csv": "origin,destination,km\nH,Q,5\n",
        "places.csv": "place,lon,lat\nH,1,2\nQ,1,3\n",
    }


def configuration(path, who):
    (path.parent / f"{path.stem}.csv").write_text(table(who), encoding="utf-8")
    (path.parent / f"{path.stem} p.csv").write_text(f"place,lon,lat\n{who},1,1\nother,2,2\n")
    (path.parent / f"{path.stem} d.csv").write_text(f"origin,destination,km\n{who},other,7\n")
    named = {"path": f"{path.stem}.csv", "places": f"{path.stem} p.csv"}
    named["distances"] = f"{path.stem} d.csv"
    lines = [f"{name} = {json.dumps(value)}" for name, value in named.items()]
    path.write_text("\n".join(["[data]", 'source = "flows"', *lines]), encoding="utf-8")


def of_study(path):
    read = load(study.read_configuration(path).data, {}, {}, {}).network
    return [*read.nodes.index, *read.distances["origin"]]


def nodes(path):
    return ni.read_network(path).nodes.index


def of(source):
    return lambda path: ni.read_network(path, source=source).nodes.index


def gazetteer(path, who):
    text = f"code,name,country_code,latitude,longitude\n{who},mine,CN,1,2\n"
    path.write_text(text, encoding="utf-8")


def cities(path):
    return geocoding.geocode(["mine"], path)["code"]


def register(path, who):
    write_folder(lambda _: {f"{name}.csv": f"{who}\n1\n" for name in REGISTER})(path, who)


REGISTER = [*read_register().tables]
READERS = {
    "flows .csv": (".csv", write_text(table), nodes),
    "flows .csv.gz": (".csv.gz", write_packed(table), nodes),
    "flows .parquet": (".parquet", parquet, nodes),
    "flows .xlsx": (".xlsx", book, nodes),
    "tables": ("", write_folder(tables), nodes),
    "read_tables": ("", write_folder(tables), lambda path: sources.read_tables(path).nodes["node"]),
    "lists": ("", write_folder(lists), nodes),
    "gml": (".gml", write_text(graph), nodes),
    "graphml": (".graphml", write_text(graphml), nodes),
    "gexf": (".gexf", write_text(gexf), nodes),
    "edges": (".edges", write_edges, nodes),
    "mpx": (".mpx", write_text(lambda who: f"#TYPE multiplex\n#EDGES\n{who},b,x\n"), nodes),
    "net": (".net", write_text(lambda who: f'*Vertices 2\n1 "{who}"\n2 "b"\n*Edges\n1 2\n'), nodes),
    "mwnets": (".json", write_text(mwnets), nodes),
    "cordis": ("", write_folder(cordis), nodes),
    "cordis .zip": (".zip", write_zip(cordis), nodes),
    "openalex": (".jsonl", write_text(work), nodes),
    "openalex .gz": (".jsonl.gz", write_packed(work), nodes),
    "openalex folder": (
        "",
        write_folder(lambda who: {"works/part_0.gz": gzip.compress(work(who).encode())}),
        nodes,
    ),
    "patentsview": (".tsv", write_text(inventors), of("patentsview")),
    "patentsview folder": ("", write_folder(lambda who: {"g_inventor.tsv": inventors(who)}), nodes),
    "patentsview .zip": (".zip", write_zip(lambda who: {"a.tsv": inventors(who)}), nodes),
    "a written network": (
        "",
        write_folder(lambda who: written(who, "csv")),
        lambda path: ni.io.read_network(path).nodes.index,
    ),
    "a written network .parquet": ("", write_folder(lambda who: written(who, "parquet")), nodes),
    "a configuration": (".toml", configuration, of_study),
    "a gazetteer": (".csv", gazetteer, cities),
    "the register": ("", register, lambda path: read_register(Path(path)).tables["parks"]),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_name_is_a_name_in_every_reader(tmp_path, monkeypatch, reader):
    ending, write, read = READERS[reader]
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    home.mkdir()
    for at, name in enumerate(NAMES):
        root = tmp_path / str(at)
        for folder in (root / name, *(root / decoy for decoy in DECOYS)):
            folder.mkdir(parents=True)
            write(folder / f"{name}{ending}", "mine" if folder.name == name else "decoy")
        for decoy in DECOYS:
            write(root / name / f"{decoy}{ending}", "decoy")
        write(home / f"{name}{ending}", "decoy")
        monkeypatch.chdir(root)  # the name stands first, where a shell looks for a home folder
        found = [str(each) for each in read(f"{name}/{name}{ending}")]
        assert any("mine" in each for each in found), name
        assert not any("decoy" in each for each in found), name

"""Distances beside a user's tables: long or square, in files, sheets and studies."""

from __future__ import annotations

import pytest

import netinnov as ni
from netinnov import study
from netinnov.errors import InputError
from netinnov.io import write_network
from netinnov.sources import read_tables
from study_cases import context_at
from workbooks import write_workbook

NODES = [["node", "place"], ["lab", "杭州"], ["firm", "衢州"], ["park", "宁波"]]
LINKS = [["source", "target"], ["lab", "firm"], ["firm", "park"]]
LONG = [["杭州", "衢州", 66], ["衢州", "杭州", 60], ["杭州", "宁波", 50]]
SQUARE = [
    ["min", "杭州", "衢州", "宁波"],
    ["杭州", 0, 66, 50],
    ["衢州", 60, 0, ""],
    ["宁波", "", "", 0],
]
KNOWN = {("杭州", "衢州"): 66.0, ("衢州", "杭州"): 60.0, ("杭州", "宁波"): 50.0}


def written(folder, tables):
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        text = "\n".join(",".join(map(str, row)) for row in rows)
        (folder / f"{name}.csv").write_text(text + "\n", "utf-8")
    return folder


def known(network):
    table = network.distances
    return dict(
        zip(zip(table["origin"], table["destination"], strict=True), table["distance"], strict=True)
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "rows", "unit"),
    [
        ("distances", [["origin", "destination", "minutes"], *LONG], "min"),
        ("minutes", [["from", "to", "distance"], *LONG], "min"),
        ("时间", [["起点", "终点", "数值"], *LONG], "min"),
        ("距离", [["起点", "终点", "公里"], *LONG], "km"),
        ("Distances", [["A", "B", "Hours"], *LONG], "h"),
        ("distances", SQUARE, "min"),
    ],
)
def test_long_and_square_tables_and_their_unit(tmp_path, name, rows, unit):
    folder = written(tmp_path / "data", {"nodes": NODES, "links": LINKS, name: rows})
    network = ni.read_network(folder)
    assert (known(network), network.distance_unit) == (KNOWN, unit)
    write_workbook(tmp_path / "book.xlsx", {"nodes": NODES, "links": LINKS, name: rows})
    assert ni.read_network(tmp_path / "book.xlsx").equals(network)


def test_headers_of_their_own_and_a_unit_that_nothing_says(tmp_path):
    rows = [["von", "nach", "Dauer"], *LONG]
    folder = written(tmp_path / "data", {"nodes": NODES, "links": LINKS, "distances": rows})
    columns = {"von": "origin", "nach": "destination", "Dauer": "distance"}
    with pytest.warns(UserWarning, match="nothing says the unit of the distances"):
        network = ni.read_network(folder, columns=columns)
    assert (known(network), network.distance_unit) == (KNOWN, "units")


def test_places_that_the_other_tables_have_not_are_left_out_and_counted(tmp_path):
    rows = [["origin", "destination", "minutes"], *LONG, ["杭州", "上海", 45], ["南京", "上海", 70]]
    folder = written(tmp_path / "data", {"nodes": NODES, "links": LINKS, "distances": rows})
    with pytest.warns(UserWarning, match="have not are left out: 2 .'上海', '南京'"):
        network = ni.read_network(folder)
    assert known(network) == KNOWN


def test_bad_distances_are_refused_in_words(tmp_path):
    for rows, words in (
        (
            [["origin", "destination", "minutes"], ["杭州", "衢州", "x"]],
            "must be numbers, or empty where unknown; found 'x'",
        ),
        ([["origin", "destination", "minutes"], ["杭州", "衢州", -3]], "at least 0"),
        ([["origin", "destination", "minutes"], *LONG, *LONG[:1]], "more than once: 杭州 - 衢州"),
        ([["origin"], ["杭州"]], "columns origin, destination and distance, or a row and a column"),
        (
            [["起点", "终点", "时间（小时）"], *LONG],
            "a column a place; it has 起点, 终点, 时间（小时）",
        ),
        (
            [["from", "to", "min"], ["Ningbo", "Quzhou", 60]],
            "none of its 1 rows does. They have no 'Ningbo', 'Quzhou'",
        ),
    ):
        folder = written(tmp_path / "data", {"nodes": NODES, "links": LINKS, "distances": rows})
        with pytest.raises(InputError, match=words):
            ni.read_network(folder)


def test_lists_of_branches_and_of_participations_have_them_too(tmp_path):
    distances = [["origin", "destination", "minutes"], *LONG]
    branches = [["firm", "place"], ["a", "杭州"], ["b", "宁波"]]
    seats = [["firm", "place"], ["a", "衢州"], ["b", "杭州"]]
    tables = {"branches": branches, "seats": seats, "distances": distances}
    network = ni.read_network(written(tmp_path / "branches", tables))
    assert (known(network), network.distance_unit) == (KNOWN, "min")
    rows = [
        ["member", "event", "place"],
        ["a", "e", "杭州"],
        ["b", "e", "衢州"],
        ["c", "e", "宁波"],
    ]
    tables = {"participations": rows, "distances": distances}
    network = ni.read_network(written(tmp_path / "members", tables))
    assert (known(network), network.distance_unit) == (KNOWN, "min")


def test_a_written_folder_is_read_as_tables_too(tmp_path):
    folder = written(tmp_path / "data", {"nodes": NODES, "links": LINKS, "minutes": SQUARE})
    network = ni.read_network(folder)
    write_network(network, tmp_path / "network")
    assert ni.build_network(*read_tables(tmp_path / "network")).equals(network)
    assert ni.read_network(tmp_path / "network").equals(network)


def test_a_study_names_them_with_their_unit(tmp_path):
    folder = written(tmp_path / "data", {"nodes": NODES, "links": LINKS})
    extra = tmp_path / "rail.csv"
    extra.write_text("from,to,t\n杭州,衢州,66\n衢州,杭州,60\n杭州,宁波,50\n", "utf-8")
    data = {"path": str(folder), "distances": str(extra), "distance_unit": "min"}
    loaded = context_at(data=data, columns={"t": "distance"}).loaded
    assert (known(loaded.network), loaded.network.distance_unit) == (KNOWN, "min")
    assert extra in loaded.files
    assert not any("nothing says the unit" in each for each in loaded.notes)


def test_a_study_finds_them_beside_its_configuration(tmp_path):
    settings = tmp_path / "study.toml"
    settings.write_text('[data]\npath = "data"\ndistances = "minutes.csv"\n')
    assert study.read_configuration(settings).data.distances == tmp_path / "minutes.csv"


def test_flows_between_places_and_nodes_without_places_take_them_too(tmp_path):
    trips = [["origin", "destination", "trips"], ["杭州", "衢州", 5], ["宁波", "衢州", 2]]
    flows = written(tmp_path, {"flows": trips})
    written(tmp_path, {"minutes": [["origin", "destination", "minutes"], *LONG]})
    data = {"path": str(flows / "flows.csv"), "distances": str(tmp_path / "minutes.csv")}
    network = context_at(data=data).network
    assert (known(network), network.distance_unit) == (KNOWN, "min")
    tables = {"nodes": [["node"], ["杭州"], ["衢州"], ["宁波"]], "minutes": SQUARE}
    folder = written(
        tmp_path / "data", tables | {"links": [["source", "target"], ["杭州", "衢州"]]}
    )
    network = context_at(data={"path": str(folder)}).network
    assert (known(network), network.distance_unit) == (KNOWN, "min")

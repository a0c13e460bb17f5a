"""A check says what a report will hold, and refuses what a run refuses."""

import re
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

import netinnov as ni
from netinnov import study
from netinnov.cli import app
from netinnov.explorer._html_page import MARK
from netinnov.study._contents import contents
from netinnov.study._experiment import settled
from netinnov.study.sections import centres, data, enclaves, experiment, periods
from study_cases import (
    LINKS,
    NODES,
    PARK,
    PLACES,
    context_at,
    context_of,
    facts_of,
    network_of,
    parks,
    said,
    tables_of,
    text_in,
)


def call(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def tables(tmp_path, monkeypatch):
    """Three labs in three places, in a folder of their own that is the working directory's."""
    monkeypatch.chdir(tmp_path)
    folder = Path("tables")
    folder.mkdir()
    (folder / "nodes.csv").write_text("node,place\na,P\nb,Q\nc,R\n")
    (folder / "links.csv").write_text("source,target\na,b\nb,c\n")
    return folder


def lines_of(context):
    return dict(line.split(": ", 1) for line in contents(context))


FAR = "origin,destination,distance\n"


@pytest.mark.parametrize(
    ("name", "text", "words", "by_info"),
    [
        ("distances", f"{FAR}P,Q,-1\n", "`distances` must be finite and at least 0", True),
        ("distances", f"{FAR}P,Q,inf\n", "`distances` must be finite and at least 0", True),
        ("distances", f"{FAR}P,Q,far\n", "distances must be numbers", True),
        ("distances", f"{FAR}P,Q,3\nP,Q,4\n", "has a pair of places more than once", True),
        ("links", "source,target,weight\na,b,1e308\nb,c,1\n", "must be at most 1e+300", False),
        ("links", "source,target,layer\na,b,node\n", "a layer cannot be called 'node'", False),
        ("layers", "layer,quantity\nlinks,share_of_origin\n", "shares of each origin", False),
        ("nodes", "node,place\na,P\nb,\nc,R\n", "none of the 2 links joins two nodes", False),
        ("nodes", "node,jurisdiction\na,P\nb,\nc,R\n", "a jurisdiction and no place", False),
        ("links", "source,target\na,x\n", "end is not a node", True),
    ],
)
def test_a_check_refuses_what_the_other_commands_refuse_in_their_words(
    tables, name, text, words, by_info
):
    (tables / f"{name}.csv").write_text(text)
    Path("study.toml").write_text('[data]\nsource = "tables"\npath = "tables"\n')
    result = call("check", "tables")
    assert (result.exit_code, result.stdout) == (1, "")
    assert words in " ".join(result.stderr.split())
    others = [("check", "study.toml"), ("run", "tables", "--quiet"), ("explore", "tables")]
    for arguments in others + [("info", "tables")] * by_info:
        assert (again := call(*arguments)).exit_code == 1
        assert again.stderr == result.stderr
    assert not Path("results").exists()


def test_rows_that_are_left_out_are_noted_as_a_run_notes_them(tmp_path):
    flows = tmp_path / "flows.csv"
    flows.write_text("source,target,weight\na,b,1\nb,c,\nc,a,2\n")
    result = call("check", flows)
    told = "Rows left out, without a number: 1 (line 3)"
    assert result.exit_code == 0
    assert told.casefold() in result.stdout.casefold()
    notes = text_in(data, context_at(data={"source": "flows", "path": flows})).notes
    assert told.casefold() in " ".join(notes).casefold()


def test_python_and_the_command_say_the_same_lines(tables):
    Path("study.toml").write_text('seed = 2\n[data]\nsource = "tables"\npath = "tables"\n')
    told = study.check(study.read_configuration("study.toml"))
    lines = call("check", "study.toml").stdout.splitlines()
    assert lines[0] == "No problems."
    assert [line.removeprefix("Note: ") for line in lines[1:]] == list(told)
    assert call("check", "tables").stdout.splitlines() == lines
    names = ["nodes", "links", "layers", "periods", "enclaves", "length of a link", "null model"]
    assert [line.split(":")[0] for line in told[:9]] == [*names, "experiment", "not used"]


def test_what_no_part_of_a_report_reads_is_named_by_file_and_column(tables):
    nodes = "node,place,opened,founded,area,Bemerkung\na,P,2001,1,5,x\nb,Q,,2,6,y\nc,R,,3,7,z\n"
    (tables / "nodes.csv").write_text(nodes)
    (tables / "links.csv").write_text("source,target,source_url\na,b,u\nb,c,u\n")
    (tables / "places.csv").write_text("place,tier\nP,1\nQ,1\nR,2\n")
    (tables / "prices.csv").write_text("a,b\n1,2\n")
    (tables / "readme.md").write_text("notes")
    assert "\nnot used: nodes.csv: founded, area, Bemerkung; places.csv: tier; prices.csv\n" in (
        call("check", "tables").stdout
    )
    settings = '[data]\nsource = "tables"\npath = "tables"\n[places]\nkeep = {tier = ["1"]}\n'
    Path("study.toml").write_text(settings)
    assert "\nnot used: nodes.csv: founded, area, Bemerkung; prices.csv\n" in (
        call("check", "study.toml").stdout
    )


def test_sheets_and_columns_of_a_workbook_that_are_not_read_are_named(tmp_path):
    book = Workbook()
    book.active.title = "节点"
    sheets = {"节点": [["节点", "城市", "备注"], ["a", "P", "x"], ["b", "Q", "y"]]}
    sheets |= {"联系": [["起点", "终点"], ["a", "b"]], "说明": [["作者"], ["甲"]]}
    for name, rows in sheets.items():
        sheet = book.active if name == "节点" else book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.create_sheet("empty")
    book.save(tmp_path / "data.xlsx")
    told = call("check", tmp_path / "data.xlsx").stdout
    assert "\nnot used: 节点: 备注; 说明\n" in told


def test_columns_of_flows_and_of_their_places_are_named(tmp_path):
    (tmp_path / "flows.csv").write_text("source,target,trips,mode\na,b,1,rail\nb,a,2,road\n")
    (tmp_path / "towns.csv").write_text("place,lon,lat,mayor\na,1,50,x\nb,2,50,y\n")
    flows = {"source": "flows", "path": tmp_path / "flows.csv"}
    lines = lines_of(context_at(data=flows | {"places": tmp_path / "towns.csv"}))
    assert lines["not used"] == "links: mode; towns.csv: mayor"


@pytest.mark.slow
@pytest.mark.parametrize("code", ["yrd", "europe"])
def test_numbers_of_the_bundled_cases_are_those_of_their_sections(code):
    context = context_at_case(code)
    lines, facts = lines_of(context), facts_of(data, context)
    kept, read = (int(n.replace(",", "")) for n in re.findall(r"[\d,]*\d", lines["nodes"])[:2])
    assert (kept, read) == (facts["members"], facts["read"])
    left = [int(n.replace(",", "")) for n in re.findall(r"[\d,]*\d", lines["nodes"])[2:]]
    assert left == facts["left_nodes"]
    assert read - kept == sum(left)
    answer = text_in(data, context).answer
    assert f" {kept:,} " in answer
    assert f" {read:,} nodes" in answer
    assert all(f" {n:,} " in answer for n in left)
    linked = [int(n.replace(",", "")) for n in re.findall(r"[\d,]*\d", lines["links"])]
    assert linked == [
        facts["pairs"] - sum(facts["lost_links"]),
        facts["pairs"],
        *facts["lost_links"],
    ]
    layers = tables_of(data, context)["layers"].frame
    for name, directed in zip(layers["layer"], layers["directed"], strict=True):
        assert f"{name} ({'directed' if directed else 'undirected'}" in lines["layers"]
    numbers = [int(n) for n in re.findall(r"\d+", lines["enclaves"])]
    known = facts_of(enclaves, context)
    assert set(numbers) == {known["n"], known["among"], known["n"] - known["off_map"]}


def context_at_case(code):
    from netinnov.study._context import Context

    return Context.of(study.read_configuration(case=code))


def test_periods_are_those_that_the_report_compares():
    """In 2001 and 2002 a ring of 24 places, in 2003 one link."""
    ids = [f"p{k:02}" for k in range(24)]
    rows = [(a, b, y) for y in (2001, 2002) for a, b in zip(ids, [*ids[1:], ids[0]], strict=True)]
    links = pd.DataFrame([*rows, ("p00", "p05", 2003)], columns=["source", "target", "period"])
    nodes = pd.DataFrame({"place": ids}, index=ids)
    context = context_of(ni.build_network(nodes, links))
    told = "2001 (24 links), 2002 (24 links), 2003 (1 link, not compared)"
    assert lines_of(context)["periods"] == told
    facts = facts_of(periods, context)
    assert (facts["first"], facts["last"], facts["few"]) == ("2001", "2002", 1)
    assert (facts["links_first"], facts["links_last"]) == (24, 24)


def test_the_null_model_and_the_length_of_a_link_are_those_of_the_page():
    ring = [(f"p{k:02}", f"p{(k * 5 + 1) % 12:02}") for k in range(12)]
    star = [("p00", f"p{k:02}") for k in range(1, 9)]
    context = context_of(network_of([*ring, *star]), measures={"border": 0.5})
    lines = lines_of(context)
    assert lines["length of a link"] == "1, longer by 0.5 across a border"
    assert "A link is longer by 0.5 where it crosses" in said(data, context)
    null = lines["null model"].removeprefix("random networks ")
    assert null == (
        "in which each place keeps its number of links in each layer, "
        "and weights are dealt at random"
    )
    assert f"Random networks, {null}, change" in said(centres, context)
    weighed = context_of(network_of([*ring, *star]), measures={"distance": "inverse"})
    assert lines_of(weighed)["length of a link"] == "1 / weight"
    assert "A link is 1 / weight long." in said(data, weighed)


def test_the_experiment_is_the_one_that_the_report_tries_or_the_reason_for_none():
    context = parks(experiment=PARK)
    assert lines_of(context)["experiment"] == "home P, host Q, layer links"
    facts = facts_of(experiment, context)
    assert (facts["home"], facts["host"], facts["layer"]) == ("P", "Q", "links")
    off = parks(experiment=False)
    assert lines_of(off)["experiment"] == "none, as [experiment] is left out"
    unknown = network_of(LINKS, nodes=NODES.assign(jurisdiction=NODES["place"]), places=PLACES)
    reason = "no enclave known as reverse joins two places; [experiment] may name home and host"
    assert lines_of(context_of(unknown))["experiment"] == f"none, as {reason}"
    assert isinstance(context_of(unknown).once(settled), str)


@pytest.fixture
def scattered():
    """Six parks: three between places with coordinates, one of a host without, two from afar.

    `far` has no node and no coordinates, and lies in nothing; T has a node and no coordinates.
    """
    places = pd.DataFrame({"lon": [0.0, 1, 2, None, None], "lat": [0.0, 0, 0, None, None]})
    places = places.set_axis(pd.Index(["P", "Q", "R", "T", "far"], name="place"))
    ends = [*zip("PPQ", "QQR", strict=True), ("P", "T"), ("far", "Q"), ("far", "R")]
    nodes = pd.DataFrame({"place": list("PQRT"), "jurisdiction": list("PQRT"), "kind": "firm"})
    nodes.index = list("pqrt")
    for k, (home, host) in enumerate(ends):
        nodes.loc[f"park{k}"] = [host, home, "park"]
    links = [("p", "q"), ("q", "r"), ("r", "t"), ("park0", "p"), ("park3", "p"), ("park4", "r")]
    return network_of(links, nodes=nodes, places=places)


def test_one_funnel_tells_the_enclaves_of_check_report_and_explorer(scattered, browser, tmp_path):
    from explorer_pages import opened
    from netinnov.study._explorer_page import _page

    context = context_of(scattered)
    assert lines_of(context)["enclaves"] == "6 (home and host among the places: 4; on the map: 3)"
    facts = facts_of(enclaves, context)
    assert (facts["n"], facts["among"], facts["off_map"]) == (6, 4, 3)
    told = "4 of 6 have home and host among the places of this report or around them"
    assert told in said(enclaves, context)
    assert "6 个中，4 个的两地都在本报告的城市之列" in said(enclaves, context, "zh")
    funnel = tables_of(enclaves, context)["enclave_funnel"].frame.set_index("step")["number"]
    assert funnel[["between", "among", "drawn"]].tolist() == [6, 4, 3]
    file = _page(context, {}).write(tmp_path / "explorer.html")
    assert file.read_text("utf-8").startswith(MARK)
    with opened(browser, file, "#view=parks") as page:
        assert "4 of 6 enclaves in the data" in page.locator("#view-parks").inner_text()
        elsewhere = "Of 6 enclaves in the data 2 are not listed"
        assert elsewhere in page.locator("#view-parks").inner_text()
        assert page.locator("#view-parks li").count() == 4
        page.goto(f"{file.as_uri()}#view=map")
        page.get_by_text("Enclaves on the map: 3, in 2 pairs of places").wait_for()
        page.goto(f"{file.as_uri()}#view=parks&lang=zh")
        page.get_by_text("现有飞地 6 个，此处列出 4 个").wait_for()
        assert page.faults == []

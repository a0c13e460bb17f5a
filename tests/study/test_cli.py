"""The command line: what it says where, exit codes, and that it leaves nothing behind."""

import gzip
import html
import io
import json
import logging
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import zipfile
from dataclasses import replace
from pathlib import Path

import networkx as nx
import pandas as pd
import pytest
from typer.testing import CliRunner

import netinnov as ni
from netinnov import study
from netinnov.cli import app
from netinnov.study import sections
from study_cases import context_at

NODES = "node,kind,place\nlab,institute,P\nfirm,firm,Q\nshop,,R\n"
LINKS = "source,target,layer\nlab,firm,research\nfirm,shop,trade\n"
DATA = '[data]\nsource = "tables"\npath = "tables"\n'
STUDY = f"structure = false\n{DATA}"
PARK = '[experiment]\nhome = "P"\nhost = "Q"\nsize = 1\npipeline_share = 0.5\nreplicates = 2\n'
MPX = "#TYPE multiplex\n#LAYERS\nwork,UNDIRECTED\n#ACTORS\na\nb\nc\n#EDGES\na,b,work\nb,c,work\n"
PROGRAM = "import sys; sys.argv[0] = 'netinnov'; from netinnov.cli import main; main()"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An own folder with sound tables and a configuration; the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "nodes.csv").write_text(NODES)
    (tmp_path / "tables" / "links.csv").write_text(LINKS)
    (tmp_path / "study.toml").write_text(STUDY)
    return tmp_path


@pytest.fixture
def no_figures(monkeypatch):
    plain = [replace(section, draw=lambda result: ()) for section in sections.SECTIONS]
    monkeypatch.setattr(sections, "SECTIONS", plain)


@pytest.fixture
def no_results(monkeypatch):
    """Sections have their settings and nothing to compute."""
    computing(monkeypatch, lambda context: None)


def computing(monkeypatch, compute):
    changed = [replace(section, compute=compute) for section in sections.SECTIONS]
    monkeypatch.setattr(sections, "SECTIONS", changed)


def call(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def everything_in(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def refused(*arguments):
    """The message of a call that must fail in a civil way and leave nothing."""
    before = everything_in(Path())
    steps = ["--quiet"] if arguments[0] == "run" else []
    result = call(*arguments, *steps)
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("netinnov: ")
    assert result.stderr.count("netinnov: ") == 1
    assert "Traceback" not in result.stderr
    assert "fault of netinnov" not in result.stderr
    assert everything_in(Path()) == before
    return result.stderr


def test_version():
    result = call("--version")
    assert (result.exit_code, result.stdout) == (0, f"netinnov {ni.__version__}\n")


def test_explore_writes_a_page_of_a_configuration_a_folder_or_a_case(here):
    result = call("explore", "study.toml", "--title", "Labs & firms")
    assert (result.exit_code, result.stdout) == (0, "The explorer is explorer.html\n")
    page = Path("explorer.html").read_text(encoding="utf-8")
    assert "<title>Labs &amp; firms</title>" in page
    refused = call("explore", "tables", "--case", "yrd")
    assert refused.exit_code == 2
    assert "found it with tables" in " ".join(refused.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    "command", [(), ("run",), ("explore",), ("check",), ("info",), ("convert",)]
)
def test_help(command):
    result = call(*command, "--help")
    assert result.exit_code == 0
    assert "Usage: " in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize(
    "arguments",
    [("chek",), ("check",), ("run", "a", "b"), ("run", "--outt", "x"), ("run", "x", "--example")],
)
def test_usage_errors_exit_with_2(here, arguments):
    before = everything_in(here)
    result = call(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Error" in result.stderr
    assert everything_in(here) == before


def test_the_example_is_printed_and_can_be_run(here):
    result = call("run", "--example")
    assert result.exit_code == 0
    assert result.stdout == study.EXAMPLE
    assert tomllib.loads(result.stdout)["data"]["source"] == "yrd"
    assert everything_in(here) == ["study.toml", "tables", "tables/links.csv", "tables/nodes.csv"]


def test_a_quiet_run_says_where_the_report_is_and_nothing_else(here, no_figures):
    result = call("run", "study.toml", "--out", "out", "--quiet")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"The report is {Path('out/report.html')}\n"
    assert (here / "out" / "report.html").is_file()
    assert [path.name for path in here.iterdir() if path.name.startswith(".")] == []


def test_without_a_terminal_each_step_has_a_line_at_its_begin_and_at_its_end(here, no_figures):
    result = call("run", "study.toml", "--out", "out")
    lines = [line for line in result.stderr.splitlines() if "compiling" not in line]
    assert (result.exit_code, result.stdout.count("\n")) == (0, 1)
    assert lines[0] == "netinnov: reading and checking tables"
    assert re.fullmatch(r"netinnov: reading and checking tables: done in \d+\.\d s", lines[1])
    begun = [line for line in lines if f"{line}: done in " in result.stderr]
    configuration = study.read_configuration("study.toml")
    asked = [
        section
        for section in sections.SECTIONS
        if not section.options or any(getattr(configuration, part.part) for part in section.options)
    ]
    assert len(begun) == 2 + len(asked)
    assert len(lines) == 2 * len(begun) + 1  # and what the network is


@pytest.mark.slow
def test_a_folder_of_tables_is_a_study_with_all_settings_left_as_they_are(here, no_results):
    assert call("run", "tables", "--quiet").stdout.strip().endswith("report.html")
    found = json.loads((here / "results" / "tables" / "manifest.json").read_text())
    left = found["configuration"]
    assert left["data"]["source"] == "tables"
    assert Path(left["data"]["path"]) == here / "tables"
    (here / "study.toml").write_text(DATA)
    call("run", "study.toml", "--quiet")
    asked = json.loads((here / "results" / "study" / "manifest.json").read_text())["configuration"]
    assert left["structure"] == asked["structure"]
    os.chdir("tables")
    assert call("run", ".", "--quiet").exit_code == 0
    assert Path("results/tables/report.html").is_file()


@pytest.mark.slow
def test_without_a_configuration_it_is_the_bundled_case(here, monkeypatch):
    computing(monkeypatch, lambda context: None)
    result = call("run")
    assert result.stdout == f"The report is {Path('results/yrd/report.html')}\n"
    page = (here / "results" / "yrd" / "report.html").read_text(encoding="utf-8")
    assert "Yangtze River Delta" in page


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "data is missing"),
        ('[data]\nsource = "tables"\npath = "nowhere"\n', "must be a folder with nodes.csv"),
        ('[data]\nsource = "cordis"\npath = "tables"\n', "must hold one project.csv"),
        (STUDY + PARK + "layer = 'reserch'\n", "did you mean 'research'?"),
    ],
)
def test_a_wrong_configuration_is_refused(here, text, words):
    (here / "study.toml").write_text(text)
    assert words in refused("run", "study.toml")


def test_places_that_may_be_one_are_told_of_with_the_setting_that_joins_them(here):
    nodes = (
        "node,place,jurisdiction\nlab,杭州,杭州市\nfirm,Q\u3000,\nshop,Q,\nfair,Munich,München\n"
    )
    (here / "tables" / "nodes.csv").write_text(nodes + "inn,Potsdam,Postdam\n")
    result = call("check", "tables")
    assert result.exit_code == 0
    assert "Note: Names of places are read without the blanks around 'Q\\u3000'." in result.stdout
    told = re.search(r"Note: Pairs of names that may .*: 3\. .* (same = {.*}) in", result.stdout)
    same = {"杭州市": "杭州", "München": "Munich", "Postdam": "Potsdam"}
    assert tomllib.loads(told[1])["same"] == same
    with (here / "study.toml").open("a") as stream:
        stream.write(f"[places]\n{told[1]}\n")
    loaded = context_at(here / "study.toml").loaded
    assert loaded.network.places.index.tolist() == ["杭州", "Q", "Munich", "Potsdam"]
    assert loaded.network.nodes["jurisdiction"].tolist() == ["杭州", "Q", "Q", "Munich", "Potsdam"]
    assert "may be of one place" not in call("check", "study.toml").stdout


@pytest.mark.slow
def test_a_check_says_what_a_run_leaves_out_in_the_words_of_the_report(here, no_figures):
    nodes = "node,place\nlab,P\nfirm,Q\nshop,P\nfair,\n"
    links = "source,target,layer\nlab,firm,trade\nlab,shop,talks\nfirm,fair,trade\n"
    (here / "tables" / "nodes.csv").write_text(nodes)
    (here / "tables" / "links.csv").write_text(links)
    (here / "tables" / "places.csv").write_text("place,lon,lat\nP,1,50\nQ,,\n")
    result = call("check", "study.toml")
    assert result.exit_code == 0
    assert "\nnodes: 3 of 4 (1 without a place)\n" in result.stdout
    assert "\nlinks: 2 of 3 (1 of nodes without a place)\n" in result.stdout
    told = [
        "Of the weight added up 50 % lies inside places: measures of places leave it out.",
        "Sums over layers add weights whatever their unit.",
        "1 linked pair of nodes without a place is left out.",
        "1 of 2 places has no coordinates (Q): no map shows them and no distance counts them.",
        "No link joins two places in talks.",
    ]
    notes = [line for line in result.stdout.splitlines() if line.startswith("Note: ")]
    assert [line.removeprefix("Note: ") for line in notes] == told
    assert call("run", "study.toml", "--quiet", "--out", "out").exit_code == 0
    page = html.unescape(re.sub(r"<[^>]+>", "", Path("out/report.html").read_text("utf-8")))
    assert [sentence for sentence in told if sentence not in page] == []
    assert "The data hold 4 nodes" in page
    assert "adds up 3 to 2 places; left out: 1 node without a place." in page
    said = call("check", "tables").stdout
    assert all(f"Note: {sentence}" in said for sentence in told)


def pages_of(folder):
    named = (Path(folder, name).read_text("utf-8") for name in ("report.html", "report.zh.html"))
    return [html.unescape(re.sub(r"<[^>]+>", "", page)) for page in named]


@pytest.mark.slow
def test_a_list_of_branches_and_one_of_seats_make_a_study(here, no_figures):
    """Of 4 branches of firms with a seat 3 are elsewhere: 2 reach up, to the larger P."""
    lists = here / "lists"
    lists.mkdir()
    branches = "企业,城市\n甲,P\n甲,P\n甲,Q\n乙,Q\n丙,Q\n"
    (lists / "分支.csv").write_text(branches, encoding="utf-8")
    (lists / "总部.csv").write_text("企业,总部\n甲,Q\n乙,P\n", encoding="utf-8")
    (lists / "places.csv").write_text("place,population\nP,9\nQ,3\n")
    told = call("check", "lists").stdout
    assert "Note: Some rows or values could not be used as they are:" in told
    assert "分支.csv: branches left out, as their firm has no seat: 1 ('丙')" in told
    assert "\nnodes: 6 of 8 (2 that stand for the places of a list)\n" in told
    result = call("run", "lists", "--quiet", "--language", "en,zh", "--out", "out")
    assert result.exit_code == 0
    english, chinese = pages_of("out")
    assert "6 nodes, of the kinds branch and firm, and 4 linked pairs" in english
    assert "分支.csv: branches left out, as their firm has no seat: 1 ('丙')." in english
    assert "adds up 6 of 8 nodes that were read to 2 places; left out: 2 nodes that" in english
    assert "3 nodes stand in another place than their own, in 2 pairs" in english
    assert "分支.csv：略去企业总部不详的分支：1（“丙”）。" in chinese
    inputs = json.loads(Path("out/manifest.json").read_text("utf-8"))["inputs"]
    assert sorted(inputs) == ["places.csv", "分支.csv", "总部.csv"]
    layers = pd.read_csv("out/tables/layers.csv")  # ownership says the same again
    assert layers[["layer", "weight"]].to_numpy().tolist() == [["branches", 4.0]]
    directions = pd.read_csv("out/tables/enclaves.csv")["direction"]
    assert directions.value_counts().to_dict() == {"reverse": 2, "forward": 1}


@pytest.mark.slow
def test_a_list_of_participations_makes_a_study_of_those_who_meet(here, no_figures):
    text = "member,event,place\na,p,P\nb,p,Q\nc,p,R\na,q,P\nb,q,Q\nc,r,R\nd,s,\n"
    (here / "members.csv").write_text(text)
    configuration = '[data]\nsource = "participations"\npath = "members.csv"\n'
    (here / "lists.toml").write_text(f"{configuration}[structure]\nresamples = 5\nreplicates = 5\n")
    result = call("check", "lists.toml")
    assert result.exit_code == 0
    assert "such neighbours (4 events) are left out" in result.stdout
    assert "\nnodes: 3 of 8 (4 that are events, 1 without a place)\n" in result.stdout
    (here / "participations.csv").write_text(text)
    again = call("check", "participations.csv").stdout
    assert again.splitlines()[1:] == result.stdout.splitlines()[1:]
    result = call("run", "lists.toml", "--quiet", "--language", "en,zh", "--out", "out")
    assert result.exit_code == 0
    english, chinese = pages_of("out")
    assert "The projected data hold 4 nodes and 3 linked pairs in 1 layer" in english
    assert "No place stands out among 3 places" in english
    assert "（4 个事件）" in chinese
    assert "共同参与" in chinese


def test_a_check_says_that_shares_make_no_report(here):
    (here / "shares.csv").write_text(",A,B,C\nA,,60.5,39.5\nB,100,,\nC,50,50,\n")
    said = refused("check", "shares.csv")
    assert "'flow' holds shares" in said
    assert said == refused("run", "shares.csv")


@pytest.mark.parametrize("step", ["_context.load", "write_page"])
def test_ctrl_c_leaves_nothing_and_exits_with_130(here, no_figures, monkeypatch, step):
    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(f"netinnov.study.{step}", interrupt)
    before = everything_in(here)
    result = call("run", "study.toml")
    assert (result.exit_code, result.stdout) == (130, "")
    assert result.stderr.endswith("netinnov: stopped; nothing is left half written.\n")
    assert everything_in(here) == before


def test_too_little_memory_is_no_fault_of_the_program(here, monkeypatch):
    def demand(*arguments):
        raise MemoryError("Unable to allocate 9. TiB")

    computing(monkeypatch, demand)
    assert "not enough memory (Unable to allocate 9. TiB)" in refused("run", "study.toml")


def test_a_fault_of_our_own_is_called_so(here, monkeypatch):
    def break_down(*arguments):
        raise ValueError("cannot reindex")  # what pandas says is no message for a planner

    computing(monkeypatch, break_down)
    before = everything_in(here)
    result = call("run", "study.toml")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "a fault of netinnov itself: ValueError: cannot reindex" in result.stderr
    assert "Please report it" in result.stderr
    assert everything_in(here) == before
    monkeypatch.setenv("NETINNOV_TRACEBACK", "1")
    assert isinstance(call("run", "study.toml").exception, ValueError)
    assert everything_in(here) == before


def test_sound_tables_pass_the_check(here):
    result = call("check", "tables")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "No problems.",
        "nodes: 3",
        "links: 2",
        "layers: research (undirected), trade (undirected)",
        "periods: none",
        "enclaves: 0",
        "length of a link: 1",
        "null model: none (the null model hardly moves a link)",
        "experiment: none, as no enclave known as reverse joins two places; [experiment] may name "
        "home and host",
        "not used: none",
        "Note: Sums over layers add weights whatever their unit.",
        "Note: No place has coordinates: there are no maps and no distances.",
    ]


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".parquet"])
def test_the_check_counts_faults_by_type(here, ending):
    for name in ("nodes", "links"):
        path = here / "tables" / f"{name}.csv"
        table = pd.read_csv(path)
        if name == "links":
            lost = pd.DataFrame({"source": "lab", "target": ["mill"] * 7, "layer": "trade"})
            table = pd.concat([table, lost])
        path.unlink()
        if ending == ".parquet":
            table.to_parquet(path.with_suffix(ending))
        else:
            table.to_csv(here / "tables" / f"{name}{ending}", index=False)
    message = refused("check", "tables")
    assert "the tables have 7 problems of 1 type:" in message
    where = "row 2" if ending == ".parquet" else "line 4"  # the first line is the header
    assert f"links, column 'target': 7 x end is not a node ({where}: 'mill'" in message
    assert "and 2 more" in message
    assert message == refused("run", "tables")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "text", "nodes", "links"),
    [
        ("net.mpx", MPX, 3, 2),
        ("two_multiplex.edges", "1 1 2 1\n2 1 2 3\n", 2, 2),
        ("flows.csv", "origin,destination,flow\na,b,3\nb,a,4\n", 2, 2),
        ("matrix.csv", ",a,b\na,0,3\nb,4,0\n", 2, 2),
    ],
)
def test_all_that_the_package_reads_is_checked_told_and_converted(here, name, text, nodes, links):
    path = here / name
    path.write_text(text)
    result = call("check", path)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"No problems.\nnodes: {nodes}\nlinks: {links}\n")
    result = call("info", path)
    assert (result.exit_code, result.stderr) == (0, "")
    assert re.match(rf"MultilayerNetwork: {nodes} nodes.*, {links} link", result.stdout)
    packed = here / f"{name}.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    if name != "two_multiplex.edges":  # its labels may lie beside it
        assert call("info", packed).stdout == result.stdout
    assert call("convert", path, here / "own", "--to", "csv").exit_code == 0
    assert call("info", here / "own").stdout == result.stdout


def test_other_sources_are_known_by_their_header(here):
    patents = here / "g_inventor_disambiguated.tsv"
    patents.write_text("patent_id\tinventor_id\n1\ta\n1\tb\n")
    with zipfile.ZipFile(here / "packed.zip", "w") as packed:
        packed.write(patents, patents.name)
    (here / "patents").mkdir()
    shutil.copy(patents, here / "patents")
    for path in (patents, "packed.zip", "patents"):
        assert "layer co_inventor: 1 link" in call("info", path).stdout


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("nowhere", "there is no such file or folder"),
        ("tables/links.csv", "name the folder that holds them"),
        ("notes.docx", "a file that ends in '.docx' is none of these"),
        ("broken.zip", "is damaged or cut off"),
        ("broken.csv.gz", "is damaged or cut off"),
        ("empty.csv", "must name its columns in line 1, which is empty"),
    ],
)
def test_what_is_no_network_is_told_what_would_be_one(here, path, words):
    for name in ("notes.docx", "broken.zip", "broken.csv.gz"):
        (here / name).write_text("PK")
    (here / "empty.csv").write_text("")
    assert words in refused("check", path)
    assert words in refused("info", path)
    assert words in refused("convert", path, "out", "--to", "csv")


def test_a_configuration_is_checked_with_its_data_and_is_no_network(here):
    assert "it is a configuration, for `netinnov run study.toml`" in refused("info", "study.toml")
    assert call("check", "study.toml").stdout.startswith("No problems.\n")
    text = (here / "study.toml").read_text(encoding="utf-8")
    (here / "study.toml").write_text(text + "\n[sharing]\n", encoding="utf-8")
    said = refused("check", "study.toml")
    assert "[sharing] needs enclaves" in said
    assert said == refused("run", "study.toml", "--out", "out")


def test_a_table_without_links_is_noted_and_a_folder_without_one_refused(here):
    (here / "tables" / "links.csv").write_text("source,target\n")
    result = call("check", "tables")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "\nlinks: 0\nlayers: none\n" in result.stdout
    assert "Note: 3 of 3 places have no link to another." in result.stdout
    assert call("explore", "tables").exit_code == 0
    (here / "tables" / "links.csv").unlink()
    assert "must hold links.csv" in refused("check", "tables")
    assert "must hold links.csv" in refused("info", "tables")


OWN_WORDS = ["--encoding", "cp1252"] + [
    part
    for pair in ("Ding=node", "Ort=place", "von=source", "nach=target")
    for part in ("--column", pair)
]


def test_headers_and_encoding_are_given_to_each_command(here):
    Path("tables/nodes.csv").write_bytes("Ding,Ort\nä,P\nb,Q\n".encode("cp1252"))
    Path("tables/links.csv").write_bytes("von,nach\nä,b\n".encode("cp1252"))
    assert "\nnodes: 2\nlinks: 1\n" in call("check", "tables", *OWN_WORDS).stdout
    assert "2 nodes in 2 places, 1 link" in call("info", "tables", *OWN_WORDS).stdout
    assert call("convert", "tables", "out", "--to", "csv", *OWN_WORDS).exit_code == 0
    assert "ä" in Path("out/nodes.csv").read_text(encoding="utf-8")
    for arguments in (["tables", "--column", "Ort"], ["study.toml", "--encoding", "cp1252"]):
        result = call("check", *arguments)
        assert result.exit_code == 2
        assert "--column must be THEIRS=OURS" in result.stderr or "in [data]" in result.stderr


@pytest.mark.parametrize(
    ("nodes", "fault"),
    [
        ("node\nlab\nfirm\nshop\n", None),
        ("node,place\nlab,\nfirm,\nshop,\n", None),
        ("node,jurisdiction\nlab,P\nfirm,\nshop,\n", "have a jurisdiction and no place"),
        ("node,place\nlab,P\nfirm,\nshop,\n", "none of the 2 links joins two nodes that have"),
    ],
)
def test_what_check_accepts_a_study_can_load(here, nodes, fault):
    Path("tables/nodes.csv").write_text(nodes)
    if fault is None:
        assert "each node is taken as a place of its own" in call("check", "tables").stdout
        assert call("check", "study.toml").exit_code == 0
    else:
        assert fault in refused("check", "tables")
        assert fault in refused("check", "study.toml")


def test_info_sums_the_network_up(here):
    (here / "tables" / "network.json").write_text('{"directed": ["trade"]}')
    result = call("info", "tables")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "MultilayerNetwork: 3 nodes in 3 places, 2 links in 2 layers (research, trade)",
        "kinds: institute 1, firm 1, none given 1",
        "layer research: 1 link, weight 1, undirected",
        "layer trade: 1 link, weight 1, directed",
    ]


def test_names_that_the_terminal_cannot_write(here, monkeypatch):
    (here / "tables" / "links.csv").write_text("source,target,layer\nlab,firm,杭州😀\n", "utf-8")
    for stream in ("stdout", "stderr"):
        terminal = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
        monkeypatch.setattr(sys, stream, terminal)
    monkeypatch.setattr(sys, "argv", ["netinnov", "info", "tables"])
    # What would stay changed in this process.
    monkeypatch.setattr(logging.getLogger("matplotlib"), "level", logging.WARNING)
    for change in ("listen", "_warn_in_words"):
        monkeypatch.setattr(f"netinnov.cli.{change}", lambda: None)
    with pytest.raises(SystemExit) as end:
        ni.cli.main()
    assert end.value.code == 0
    sys.stdout.flush()
    assert rb"layer \u676d\u5dde\U0001f600: 1 link" in sys.stdout.buffer.getvalue()


def program(*arguments, first="", **options):
    environment = {**os.environ, **options.pop("env", {})}
    command = [sys.executable, "-W", "error", "-c", first + PROGRAM, *map(str, arguments)]
    return subprocess.Popen(command, env=environment, **options)


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of Unix")
@pytest.mark.slow
def test_a_command_works_where_streams_are_closed_and_no_backend_can_draw(here):
    command = f"{shlex.quote(sys.executable)} -W error -m netinnov check study.toml"
    environment = os.environ | {"MPLBACKEND": "nonsense"}
    closed = "0<&- 1>out 2>&-"
    done = subprocess.run(f"{command} {closed}", shell=True, env=environment, check=False)
    assert done.returncode == 0
    assert Path("out").read_text().startswith("No problems.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
@pytest.mark.slow
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_run_that_is_ended_from_outside_leaves_nothing(here, name):
    (here / "study.toml").write_text(STUDY + PARK.replace("replicates = 2", "replicates = 500000"))
    before = everything_in(here)
    number = int(getattr(signal, name))
    # These tests may themselves run under nohup, which their children would inherit.
    heard = f"import signal; signal.signal({number}, signal.SIG_DFL); "
    options = {"stderr": subprocess.PIPE, "text": True}
    run = program("run", "study.toml", "--out", "new/out", first=heard, **options)
    try:
        limit = time.monotonic() + 60
        while not list(here.glob("new/.netinnov-*/*")) and time.monotonic() < limit:
            time.sleep(0.02)
        assert run.poll() is None
        run.send_signal(number)
        assert run.wait(timeout=60) == 128 + number
        assert run.stderr.read().endswith("stopped; nothing is left half written.\n")
    finally:
        run.kill()
        run.stderr.close()
    assert everything_in(here) == before


def test_convert_writes_what_the_reader_of_the_format_finds(here):
    Path("tables/nodes.csv").write_text("node,place\n衢州,q\nb,h\n", encoding="utf-8")
    Path("tables/links.csv").write_text("source,target,weight\n衢州,b,2.5\n", encoding="utf-8")
    assert call("convert", "tables", "network", "--to", "parquet").exit_code == 0
    done = call("convert", "network", "network.graphml", "--to", "graphml")
    assert (done.exit_code, done.stderr) == (0, "")
    graph = nx.read_graphml("network.graphml")
    assert "衢州" in graph
    assert [data["weight"] for _, _, data in graph.edges(data=True)] == [2.5]


def test_convert_refuses_plainly(here):
    refused("convert", "nowhere", "x", "--to", "gexf")
    refused("convert", "tables", "tables", "--to", "csv")
    Path("there.graphml").write_text("mine")
    assert "is there already" in refused("convert", "tables", "there.graphml", "--to", "graphml")
    assert Path("there.graphml").read_text() == "mine"
    assert call("convert", "tables", "x", "--to", "xls").exit_code == 2

"""Partners of Interreg projects: a small file with every quirk, and the real one."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest

from netinnov import aggregate, build_network
from netinnov.errors import InputError
from netinnov.sources import Tables, read_keep

HEADER = (
    "Programme;Acronym;Project Partner;Lead Partner;Street;Postal code;Town;Country;Website;"
    "Department;Legal Status;Country code;NUTS1 (or equivalent);NUTS2 (or equivalent);"
    "NUTS3 (or equivalent)"
)
SPAIN = "ES Spain / ESPAÑA;ES6  / SUR;ES61  / Andalucía;ES617  / Málaga"
AUSTRIA = "AT Austria / ÖSTERREICH;AT1  / OST;AT13  / Wien;AT130  / Wien"
# Project P / ONE: the university twice, under two names, the city and the firm from outside the EU.
# Project P / TWO: the university and the city. Project Q / ONE: another project with that acronym.
ROWS = (
    f"P;ONE;University of Málaga;Yes;Street 1;29001;MÁLAGA;Spain;http://p;Physics;public;{SPAIN}",
    f'P;ONE;"UNIVERSITY OF  MALAGA";No;"Street 1\nback";29001;Malaga;Spain;http://p;;Public;{SPAIN}',
    f"P;ONE;City of Vienna;No;;1010;Vienna;Austria;http://p;;public;{AUSTRIA}",
    "P;ONE;Novi d.o.o.;No;;;Novi Sad;Serbia;http://p;;private;RS  / Serbia;;;",
    f"P;TWO;University of Málaga;Yes;Street 2;;Málaga;Spain;http://p;;public;{SPAIN}",
    f'P;TWO;"City of ""Vienna""";No;;1010;VIENNA;Austria;http://p;"a\nb";n/a;{AUSTRIA}',
    f"Q;ONE;City of Vienna;Yes;;1010;Vienna;AUSTRIA;http://q;;n/a;{AUSTRIA}",
    "Q;ONE;Θεσσαλονίκη;No;;;;Greece;;;n/a;;;;",
)
TEXT = "\r\n".join([HEADER, *ROWS]) + "\r\n"


@pytest.fixture
def write(tmp_path):
    def write(rows=ROWS, header: str = HEADER) -> Path:
        path = tmp_path / "keep.csv"
        text = "\r\n".join([header, *rows]) + "\r\n"
        path.write_bytes(text.encode())
        return path

    return write


UNI, CITY = "university of malaga, malaga, ES", "city of vienna, vienna, AT"
FIRM, GREEK = "novi d o o, novi sad, RS", "θεσσαλονικη, Greece"


def test_partners(write):
    nodes = read_keep(write()).nodes
    assert nodes.index.tolist() == [UNI, CITY, FIRM, GREEK]
    # 'University of Málaga' twice, once in capitals; Street 1 once in each spelling, so the first.
    assert nodes["name"].tolist() == [
        *["University of Málaga", "City of Vienna", "Novi d.o.o.", "Θεσσαλονίκη"],
    ]
    assert nodes["kind"].fillna("?").tolist() == ["public", "public", "private", "?"]
    assert nodes["country"].tolist() == ["ES", "AT", "RS", "Greece"]
    assert nodes["place"].fillna("?").tolist() == ["MÁLAGA, ES", "VIENNA, AT", "NOVI SAD, RS", "?"]
    assert nodes["nuts"].fillna("?").tolist() == ["ES617", "AT130", "?", "?"]
    assert nodes["street"].fillna("?").tolist() == ["Street 1", "?", "?", "?"]
    assert nodes["participations"].tolist() == [2, 3, 1, 1]
    assert nodes["leads"].tolist() == [2, 1, 0, 0]


def test_pairs(write):
    tables = read_keep(write())
    # P / ONE joins the university (once), city and firm; P / TWO university and city; Q / ONE city
    # and the Greek partner.
    assert tables.links.to_numpy().tolist() == [
        ["co_participation", CITY, FIRM, 1.0],
        ["co_participation", CITY, UNI, 2.0],
        ["co_participation", CITY, GREEK, 1.0],
        ["co_participation", FIRM, UNI, 1.0],
    ]
    assert tables.directed == ()
    newman = read_keep(write(), weighting="newman").links["weight"]
    assert newman.tolist() == [0.5, 1.5, 1.0, 0.5]
    assert build_network(*tables).n_links == 4


def test_towns_regions_and_countries(write):
    tables = read_keep(write())
    parent = tables.places["parent"].fillna("").to_dict()
    assert parent == {
        "MÁLAGA, ES": "ES617",
        "VIENNA, AT": "AT130",
        "NOVI SAD, RS": "RS",
        "ES617": "ES61",
        "AT130": "AT13",
        "ES61": "ES6",
        "AT13": "AT1",
        "ES6": "ES",
        "AT1": "AT",
        "ES": "",
        "AT": "",
        "RS": "",
        "Greece": "",
    }
    assert tables.places["level"].value_counts().to_dict() == {
        "town": 3,
        "NUTS 3": 2,
        "NUTS 2": 2,
        "NUTS 1": 2,
        "country": 4,
    }
    assert tables.places.loc["ES617", "name"] == "Málaga"
    assert tables.places.loc["AT", "name"] == "Austria"
    network = build_network(*tables)
    with pytest.warns(UserWarning, match="1 of 4 nodes have no place"):
        regions = aggregate(network, level=1)
    with pytest.warns(UserWarning, match="1 of 4 nodes have no place"):
        countries = aggregate(network, level=4)
    assert set(regions.nodes.index) == {"ES617", "AT130", "RS"}
    assert set(countries.nodes.index) == {"ES", "AT", "RS"}


def test_projects_as_nodes(write):
    tables = read_keep(write(), projects="nodes")
    projects = tables.nodes[tables.nodes["kind"] == "project"]
    assert projects.index.tolist() == ["project:P / ONE", "project:P / TWO", "project:Q / ONE"]
    assert projects["name"].tolist() == ["ONE", "TWO", "ONE"]
    assert projects["programme"].tolist() == ["P", "P", "Q"]
    assert projects["website"].tolist() == ["http://p", "http://p", "http://q"]
    assert set(tables.links["layer"]) == {"participation"}
    assert len(tables.links) == 7  # the university takes part in P / ONE once
    assert build_network(*tables).n_links == 7


def test_ids_survive_other_spellings_and_orders(write):
    spelt = [row.replace("University of Málaga", "university, of MALAGA!") for row in ROWS]
    assert read_keep(write(spelt)).nodes.index.tolist()[0] == UNI
    assert set(read_keep(write(ROWS[::-1])).nodes.index) == {UNI, CITY, FIRM, GREEK}


def test_countries_that_contradict_their_codes(write):
    rows = [
        *ROWS,
        # With a region the code decides, without one the name, and a foreign region is left out.
        f"Q;TWO;A;No;;;Linz;Spain;;;public;{AUSTRIA}",
        "Q;TWO;B;No;;;Turnu Severin;Spain;;;public;RS  / Serbia;;;",
        "Q;TWO;C;No;;;Narva;Serbia;;;public;RS  / Serbia;AT1  / O;AT13  / W;AT130  / W",
        "Q;TWO;D;No;;;Wien;Austria;;;public;;;;",  # no code
    ]
    with pytest.warns(UserWarning, match="some rows or values") as caught:
        nodes = read_keep(write(rows)).nodes
    (message,) = (str(warning.message) for warning in caught)
    assert caught[0].filename == __file__
    # Two fields of the second row and one of the sixth hold line ends: ROWS end in line 11.
    assert "country and code differ, the code is taken if the row has a region" in message
    assert "2 (lines 12 (Spain, AT), 13 (Spain, RS))" in message
    assert "regions left out, of another country: 1 (line 14 ('AT130  / W'))" in message
    assert nodes["country"].tail(4).tolist() == ["AT", "ES", "RS", "AT"]
    assert nodes["nuts"].tail(4).fillna("?").tolist() == ["AT130", "?", "?", "?"]


def test_columns_that_come_and_go(write):
    full = read_keep(write())
    order = [*range(15)][::-1]
    flat = [row.replace("\n", " ").replace('"', "").split(";") for row in ROWS]
    header = HEADER.split(";")
    shuffled = [";".join([*(row[i] for i in order), "x"]) for row in flat]
    again = read_keep(write(shuffled, ";".join([*(header[i] for i in order), "Novelty"])))
    pd.testing.assert_frame_equal(again.links, full.links)
    few = [0, 1, 2, 6, 7]
    bare = read_keep(
        write([";".join(row[i] for i in few) for row in flat], ";".join(header[i] for i in few))
    )
    assert list(bare.nodes.columns) == list(full.nodes.columns)
    assert len(bare.links) == 4
    assert bare.nodes["kind"].isna().all()
    # Countries by name, in the spelling that most rows have.
    assert bare.nodes["country"].tolist() == ["Spain", "Austria", "Serbia", "Greece"]
    assert bare.places["level"].tolist() == ["town"] * 3 + ["country"] * 4
    packed = write().with_name("keep.csv.gz")
    packed.write_bytes(gzip.compress(write().read_bytes()))
    pd.testing.assert_frame_equal(read_keep(packed).nodes, full.nodes)


def test_what_cannot_be_used_is_counted(write):
    rows = [
        *ROWS,
        "P;TWO;TOO;SHORT",
        f"P;;Nobody's project;No;;;X;Spain;;;public;{SPAIN}",
        f"P;TWO;E;No;;;Linz;Austria;;;public;{AUSTRIA.replace('AT130  / Wien', 'AT130')}",
    ]
    with pytest.warns(UserWarning, match="some rows or values") as caught:
        tables = read_keep(write([*rows, ROWS[0]]))
    message = str(caught[0].message)
    assert "rows left out, not as wide as the header: 1 (line 12)" in message
    assert "without programme, acronym or partner: 1 (line 13)" in message
    words = "NUTS3 (or equivalent): values left out, no 'CODE / LABEL': 1 (line 14 ('AT130'))"
    assert words in message
    # The next wider region is known.
    assert tables.places.loc["LINZ, AT", "parent"] == "AT13"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", r"keep.csv is empty"),
        (TEXT[:30], r"must have the columns Programme, Acronym, .*; line 1 lacks 'Project Pa"),
        (TEXT[:100], r"keep.csv must have rows below its header; it has none"),
        (TEXT[:300], r"ends inside the row that starts in line 2, in column 'NUTS1"),
        (TEXT[: TEXT.index("Street 1\nb")], r"ends inside the row that starts in line 3, in"),
        (TEXT[:-4], r"ends inside the row that starts in line 11, in column 'NUTS1"),
        (TEXT[:-2], r"ends in line 11, in column 'NUTS3 \(or equivalent\)', without a line end"),
        (TEXT.replace("Acronym", "Acronyms"), r"lacks 'Acronym' \(did you mean 'Acronyms'\?\)"),
        (TEXT.replace(";", ","), r"must have ';' between its columns; line 1 has ','"),
        (TEXT.replace("\nP;", "\n;").replace("\nQ;", "\n;"), r"Project Partner; none of 8 has"),
        (TEXT.replace("  / ", " "), r"'NUTS3 \(or equivalent\)' must hold 'CODE / LABEL'"),
        (TEXT.encode("utf-16"), r"keep.csv must be UTF-8; line 1 has the byte 0xff as its"),
        (TEXT.encode("cp1252", "replace"), r"must be UTF-8; line 2 has the byte 0xe1 as its char"),
    ],
)
def test_files_that_cannot_be_read(write, data, words):
    path = write()
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    with pytest.raises(InputError, match=words):
        read_keep(path)


def test_arguments_that_do_not_fit(write, tmp_path):
    with pytest.raises(InputError, match="`projects` must be one of 'links', 'nodes'"):
        read_keep(write(), projects="both")
    with pytest.raises(InputError, match="`weighting` must be one of"):
        read_keep(write(), weighting="jaccard")
    with pytest.raises(InputError, match="`weighting` is for pairs"):
        read_keep(write(), projects="nodes", weighting="full")
    with pytest.raises(InputError, match="must be a file; it is a folder"):
        read_keep(tmp_path)
    with pytest.raises(InputError, match="must be a file; there is none"):
        read_keep(tmp_path / "nowhere.csv")


# -- the real table ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def table(shared: Path) -> Path:
    path = shared / "data" / "interreg_keep_1420" / "keep_closed_1420_Partnership.csv"
    if not path.is_file():
        pytest.skip("needs the partners of Interreg projects")
    return path


@pytest.fixture(scope="module")
def partners(table) -> Tables:
    with pytest.warns(UserWarning, match="country and code differ, .*: 23 "):
        return read_keep(table)


def test_the_real_table_is_used_whole(table, partners):
    # README of the data: 8,621 rows of 1,852 projects, 6,989 spellings of names, 810 NUTS 3.
    raw = pd.read_csv(table, sep=";", dtype=str, keep_default_na=False)
    assert len(raw) == 8_621
    assert raw["Project Partner"].nunique() == 6_989
    nodes = partners.nodes
    # Of the rows none is left out; two name a partner that stands in its project already.
    assert nodes["participations"].sum() == 8_619
    assert nodes["leads"].sum() == (raw["Lead Partner"] == "Yes").sum() == 1_891
    assert len(nodes) == 7_062
    assert nodes["place"].isna().sum() == 1  # the row without a town
    assert nodes.index.is_unique
    level = partners.places["level"].value_counts()
    assert level["NUTS 3"] == 809  # one of the 810 is of another country than its only row
    assert level["country"] == 43


@pytest.mark.slow
def test_the_real_table_as_a_network(table, partners):
    network = build_network(*partners)
    with pytest.warns(UserWarning, match="country and code differ"):
        two_mode = build_network(*read_keep(table, projects="nodes"))
    assert (two_mode.nodes["kind"] == "project").sum() == 1_852
    assert (two_mode.n_nodes, two_mode.n_links) == (7_062 + 1_852, 8_619)
    # Pairs counted from the projects' sizes: each of k partners gives k (k - 1) / 2.
    size = two_mode.links.groupby("target").size()
    assert network.links["weight"].sum() == (size * (size - 1) / 2).sum()
    with pytest.warns(UserWarning, match="1 of 7062 nodes have no place|1 of 7,062"):
        countries = aggregate(network, level=4)
    assert countries.n_nodes == 43
    assert {"UK", "EL", "DE"} <= set(countries.nodes.index)


def test_damaged_copies_of_the_real_table(table, tmp_path):
    data = table.read_bytes()
    path = tmp_path / "partners.csv"

    def refused(data: bytes, words: str) -> None:
        path.write_bytes(data)
        with pytest.raises(InputError, match=f"partners.csv.*{words}"):
            read_keep(path)

    refused(b"", "is empty")
    refused(data.decode().encode("cp1252", "replace"), "UTF-8; line 2 has the byte 0xdf")
    refused(data.decode().encode("utf-16"), "UTF-8; line 1 has the byte 0xff")
    refused(data.replace(b";", b"\t"), "';' between its columns; line 1 has '.t'")
    half = data.rfind(b"\n", 0, 500_000)
    refused(data[:half] + data[half:].replace(b";", b"|"), r"15 fields in each row, .* lines \d+")
    # Wherever a row is cut off, within its last field too: far into the file once, then in the
    # first rows, which are read sooner.
    for before in (500_000, 5_000):
        end = data.rfind(b"\r\n", 0, before)
        start = data.rfind(b"\n", 0, end) + 1
        line = data.count(b"\n", 0, start) + 1
        cuts = range(start + 1, end + 1)
        for cut in cuts if before == 5_000 else cuts[-1:]:
            refused(data[:cut], rf"line {line}\b")

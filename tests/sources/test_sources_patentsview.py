"""PatentsView: the official tables, with every quirk, and the slices at hand."""

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from netinnov import build_network
from netinnov.errors import InputError
from netinnov.linkages import project
from netinnov.sources import read_patentsview

# Patents: 1 (2015) of ann and bo, for the firm; D2 (2016) of ann, bo and cy, for firm and ministry;
# RE3 (no date) of cy alone, for a person. Bo moved from Quzhou (twice) to Hangzhou.
INVENTORS = """
patent_id inventor_sequence inventor_id first last location_id
1 0 ann Ann &Zacute;ak hz
1 1 bo Bo _ qz
D2 0 ann Ann "Zak" hz
D2 1 bo Bo Li hz
D2 2 cy Cy O'Neil sf
D2 3 cy Cy O'Neil sf
RE3 0 cy Cy O'Neil _
4 0 bo Bo Li qz
"""
ASSIGNEES = """
patent_id assignee_id individual_first individual_last organization assignee_type location_id
1 F _ _ Solar 3 qz
D2 F _ _ Solar 3 qz
D2 G _ _ Ministry 17 _
RE3 H Hu Wei _ 5 sf
99 Z _ _ Elsewhere 2 sf
"""
LOCATIONS = """
location_id disambig_city disambig_state disambig_country latitude longitude
hz Hangzhou _ CN 30.25 120.17
qz Quzhou _ CN 28.97 118.86
sf Fremont CA US 37.55 -121.99
xx Nowhere _ XX 0 0
"""
PATENTS = "patent_id patent_date\n1 2016-05-01\nD2 2017-01-03\n"
APPLICATIONS = "application_id patent_id filing_date\n10 1 2015-02-28\n20 D2 2016/1/3\n"
TABLES = {
    "g_inventor_disambiguated": INVENTORS,
    "g_assignee_disambiguated": ASSIGNEES,
    "g_location_disambiguated": LOCATIONS,
    "g_patent": PATENTS,
    "g_application": APPLICATIONS,
    "g_cpc_current": "patent_id cpc_group\n1 A61B\n",
}
LONG = {
    "first": "disambig_inventor_name_first",
    "last": "disambig_inventor_name_last",
    "individual_first": "disambig_assignee_individual_name_first",
    "individual_last": "disambig_assignee_individual_name_last",
    "organization": "disambig_assignee_organization",
}


def as_tsv(text: str, *, quoted: bool = True) -> str:
    """A table as PatentsView writes it; ``_`` stands for an empty field."""
    rows = [
        [("" if f == "_" else LONG.get(f, f)) for f in r.split()] for r in text.split("\n") if r
    ]
    if quoted:
        rows = [['"' + f.replace('"', '""') + '"' for f in row] for row in rows]
    return "".join("\t".join(row) + "\n" for row in rows)


@pytest.fixture
def write(tmp_path):
    def write(*, quoted: bool = True, **changed: str | None) -> Path:
        folder = tmp_path / "tables"
        folder.mkdir(exist_ok=True)
        for file in folder.iterdir():
            file.unlink()
        for stem, text in (TABLES | changed).items():
            if text is not None:
                path = folder / f"{stem}.tsv"
                path.write_text(as_tsv(text, quoted=quoted), encoding="utf-8", newline="")
        (folder / "README.md").write_text("left alone")
        return folder

    return write


@pytest.mark.slow
@pytest.mark.parametrize("quoted", [True, False])
def test_inventors_and_assignees(write, quoted):
    nodes = read_patentsview(write(quoted=quoted)).nodes
    assert nodes.index.tolist() == ["ann", "bo", "cy", "assignee:F", "assignee:G", "assignee:H"]
    assert nodes["kind"].tolist() == ["talent"] * 3 + ["firm", "government", "person"]
    assert nodes["place"].fillna("?").tolist() == ["hz", "qz", "sf", "qz", "?", "sf"]
    # "Ann Źak" and 'Ann "Zak"' once each: the first; a name without a last name is one, too.
    assert nodes["name"].tolist() == [
        "Ann Źak",
        "Bo Li",
        "Cy O'Neil",
        "Solar",
        "Ministry",
        "Hu Wei",
    ]
    assert nodes["country"].fillna("?").tolist() == ["CN", "CN", "US", "CN", "?", "US"]
    assert nodes["patents"].tolist() == [2, 3, 2, 2, 1, 1]


@pytest.mark.slow
def test_links_by_year(write):
    tables = read_patentsview(write())
    links = tables.links.fillna({"period": -1, "transboundary": -1})
    assert links.to_numpy().tolist() == [
        ["co_inventor", "ann", "bo", 1.0, 2015, -1],
        ["co_inventor", "ann", "bo", 1.0, 2016, -1],
        ["co_inventor", "ann", "cy", 1.0, 2016, -1],
        ["co_inventor", "bo", "cy", 1.0, 2016, -1],
        # Patent 1: Ann in Hangzhou, the firm in Quzhou, where Bo was.
        ["assignee_inventor", "assignee:F", "ann", 1.0, 2015, 1],
        ["assignee_inventor", "assignee:F", "bo", 1.0, 2015, 0],
        ["assignee_inventor", "assignee:F", "ann", 1.0, 2016, 1],
        ["assignee_inventor", "assignee:G", "ann", 1.0, 2016, -1],
        ["assignee_inventor", "assignee:F", "bo", 1.0, 2016, 1],
        ["assignee_inventor", "assignee:G", "bo", 1.0, 2016, -1],
        ["assignee_inventor", "assignee:F", "cy", 1.0, 2016, 1],
        ["assignee_inventor", "assignee:G", "cy", 1.0, 2016, -1],
        ["assignee_inventor", "assignee:H", "cy", 1.0, -1, -1],  # where Cy was is not known
    ]
    assert tables.directed == ()
    newman = read_patentsview(write(), weighting="newman").links["weight"]
    assert newman.tolist() == [1.0, 0.5, 0.5, 0.5] + [1.0] * 9


def test_places(write):
    places = read_patentsview(write()).places
    assert places.index.tolist() == ["hz", "qz", "sf", "CN", "US"]  # nobody is in xx
    assert places["parent"].fillna("").tolist() == ["CN", "CN", "US", "", ""]
    assert places["name"].tolist() == ["Hangzhou", "Quzhou", "Fremont", "CN", "US"]
    assert places.loc["sf", ["lon", "lat"]].tolist() == [-121.99, 37.55]
    assert places["state"].fillna("").tolist() == ["", "", "CA", "", ""]
    assert places["level"].tolist() == ["location"] * 3 + ["country"] * 2


@pytest.mark.slow
def test_patents_as_nodes(write):
    tables = read_patentsview(write(), patents="nodes")
    patents = tables.nodes[tables.nodes["kind"] == "patent"]
    assert patents.index.tolist() == ["patent:1", "patent:D2", "patent:RE3", "patent:4"]
    assert patents["date"].fillna("?").tolist() == ["2015-02-28", "2016-01-03", "?", "?"]
    assert tables.links["layer"].value_counts().to_dict() == {"invention": 7, "assignment": 4}
    network = build_network(*tables)
    assert network.n_links == 11
    projected = project(network, layer="invention", onto="talent")
    pairs = build_network(*read_patentsview(write())).select(layers=["co_inventor"]).links
    # The years of both are those of the patents.
    assert projected.links["weight"].tolist() == pairs["weight"].tolist() == [1.0] * 4


def test_tables_at_random_give_links_counted_by_joins(tmp_path):
    """Repeated rows and missing values."""
    rng = np.random.default_rng(3)

    def drawn(names, n, missing):
        return np.where(rng.random(n) < missing, "", rng.choice(names, n))

    patents, people = [f"D{k}" for k in range(12)], [f"in{k}" for k in range(9)]
    ids = ("patent_id", "inventor_id", "assignee_id", "location_id")
    inventors, assignees = (
        pd.DataFrame(
            {
                "patent_id": drawn(patents, n, 0.05),
                column: drawn(names, n, 0.05),
                "location_id": drawn(["loc1", "loc2", "loc3"], n, 0.2),
            }
        )
        for column, names, n in (("inventor_id", people, 60), ("assignee_id", ["a", "77"], 30))
    )
    for name, table in (("inventor", inventors), ("assignee", assignees)):
        table.to_csv(tmp_path / f"g_{name}.tsv", sep="\t", index=False)
    with pytest.warns(UserWarning, match="rows left out, without patent_id or"):
        links = read_patentsview(tmp_path).links
    named = [
        table[(table[ids[0]] != "") & (table[column] != "")].drop_duplicates([ids[0], column])
        for table, column in ((inventors, ids[1]), (assignees, ids[2]))
    ]
    both = named[0].merge(named[1], on="patent_id")
    known = (both["location_id_x"] != "") & (both["location_id_y"] != "")
    both["away"] = (both["location_id_x"] != both["location_id_y"]).where(known)
    pairs = both.groupby(["assignee_id", "inventor_id"])
    hired = links[links["layer"] == "assignee_inventor"]
    at = pd.MultiIndex.from_arrays([hired["source"].str[len("assignee:") :], hired["target"]])
    assert len(at) == len(pairs)
    assert hired["weight"].tolist() == pairs.size().reindex(at).tolist()
    away = pairs["away"].sum(min_count=1).astype(float).reindex(at)
    np.testing.assert_array_equal(hired["transboundary"], away)
    met = named[0].merge(named[0], on="patent_id").query("inventor_id_x < inventor_id_y")
    shared = links[links["layer"] == "co_inventor"].astype({"source": "str", "target": "str"})
    counts = met.groupby(["inventor_id_x", "inventor_id_y"]).size()
    assert shared.set_index(["source", "target"])["weight"].to_dict() == counts.to_dict()


def test_only_some_patents(write):
    tables = read_patentsview(write(), only=["1", "RE3", "77"])
    assert tables.nodes.index.tolist() == ["ann", "bo", "cy", "assignee:F", "assignee:H"]
    assert len(tables.links) == 4
    with pytest.raises(InputError, match=r"`only` must hold patents of .*; none of its 1 ids is"):
        read_patentsview(write(), only=["77"])
    with pytest.raises(InputError, match="`only` must be a sequence of ids; found the text '1'"):
        read_patentsview(write(), only="1")


@pytest.mark.slow
def test_tables_that_are_not_there(write):
    # Grants date the patents that no application dates.
    grants = read_patentsview(write(g_application=None)).links["period"]
    assert sorted(set(grants.dropna())) == [2016, 2017]
    bare = read_patentsview(write(**dict.fromkeys([*TABLES][1:])))
    assert "period" not in bare.links
    assert bare.nodes["kind"].unique().tolist() == ["talent"]
    assert bare.places.index.tolist() == ["hz", "qz", "sf"]
    assert bare.places[["lon", "lat"]].isna().all(axis=None)
    assert build_network(*bare).n_links == 3
    nowhere = INVENTORS.replace("hz", "_").replace("qz", "_").replace("sf", "_")
    tables = read_patentsview(
        write(g_inventor_disambiguated=nowhere, g_assignee_disambiguated=None)
    )
    assert tables.places is None
    assert build_network(*tables).n_nodes == 3


@pytest.mark.slow
def test_packed_forms_are_the_same(write, tmp_path):
    full = read_patentsview(write())
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in write().iterdir():
            file.write(path, f"data/{path.name}")
    pd.testing.assert_frame_equal(read_patentsview(archive).links, full.links)
    folder = write()
    for number, path in enumerate(sorted(folder.glob("*.tsv"))):
        if number % 2:
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
        else:
            with zipfile.ZipFile(path.with_name(path.name + ".zip"), "w") as file:
                file.write(path, path.name)
        path.unlink()
    again = read_patentsview(folder)
    pd.testing.assert_frame_equal(again.nodes, full.nodes)
    pd.testing.assert_frame_equal(again.links, full.links)
    pd.testing.assert_frame_equal(again.places, full.places)
    with zipfile.ZipFile(folder / "g_two.tsv.zip", "w") as file:
        file.writestr("a", "")
        file.writestr("b", "")
    with pytest.raises(InputError, match=r"g_two.tsv.zip must hold one table; it holds a, b"):
        read_patentsview(folder)


@pytest.mark.slow
def test_slices_with_assignees_inside(tmp_path):
    text = (
        ",patent_id,inventor_id,inventor_iso2,location_id,assigneeid,time\n"
        "7,100,100-1,CN,aa,381972.0,1983/12/1\n"
        "8,100,100-2,CN,bb,381972.0,1983/12/1\n"
        "9,D7,100-1,CN,aa,,1985/1/15\n"
    )
    path = tmp_path / "CN.csv"
    path.write_text(text)
    tables = read_patentsview(path)
    assert tables.nodes.index.tolist() == ["100-1", "100-2", "assignee:381972"]
    assert tables.links["period"].tolist() == [1983, 1983, 1983]
    assert tables.links["transboundary"].isna().all()  # where the assignee sits is not said
    assert tables.places["parent"].fillna("").tolist() == ["CN", "CN", ""]
    path.write_text(text[:-4])  # the last date ends in "1985/1", which no other fault shows
    with pytest.warns(UserWarning, match=r"CN.csv, time: values left out, .* 1 \('1985/1'\)"):
        read_patentsview(path)
    path.write_text(text[:-11])
    with pytest.raises(InputError, match=r"CN.csv ends in '9.*aa,', without a line end"):
        read_patentsview(path)
    path.write_text(text[:-1])
    assert len(read_patentsview(path).links) == 3
    # Two slices in a folder are read as one.
    (tmp_path / "MORE.csv").write_text(text.replace(",100,", ",200,").replace("D7", "D8"))
    both = read_patentsview(tmp_path)
    assert both.nodes.loc["100-1", "patents"] == 4
    assert both.links["weight"].sum() == 2 * tables.links["weight"].sum()


def test_what_cannot_be_used_is_counted(write):
    folder = write(
        g_inventor_disambiguated=INVENTORS + "5 0 dee\n5 0 _ Dee Doe hz\n5 1 eve Eve Li yy\n",
        g_application=APPLICATIONS + "30 5 soon\n",
        g_location_disambiguated=LOCATIONS.replace("30.25", "130.25"),
    )
    with pytest.warns(UserWarning, match="some rows or values") as caught:
        tables = read_patentsview(folder)
    message = str(caught[0].message)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    for words in (
        "g_inventor_disambiguated.tsv: rows left out, not as wide as the header: 1 (line 10)",
        "rows left out, without patent_id or inventor_id: 1",
        "g_application.tsv, filing_date: values left out, no date such as 2016-01-31: 1 ('soon')",
        "g_location_disambiguated.tsv, latitude: values left out, no number within 90 degrees: 1 (",
        "locations that the table of locations lacks: 1 (yy)",
    ):
        assert words in message
    assert "eve" in tables.nodes.index
    assert tables.places.loc["yy", "level"] == "location"


INVENTOR_FILE = as_tsv(INVENTORS, quoted=False)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", r"g_inventor.tsv is empty"),
        (INVENTOR_FILE[: INVENTOR_FILE.index("1\t0")], r"rows below its header; it has none"),
        (
            INVENTOR_FILE.replace("\t", ","),
            r"g_inventor.tsv must have '\\t' between its columns; l",
        ),
        (INVENTOR_FILE.replace("\t", ";"), r"must have '\\t' between its columns; line 1 has ';'"),
        (
            INVENTOR_FILE.replace("patent_id", "patentid"),
            r"lacks 'patent_id' \(did you mean 'paten",
        ),
        (INVENTOR_FILE[:-1], r"ends in '4.*qz', without a line end"),
        (INVENTOR_FILE.encode("utf-16"), r"g_inventor.tsv must be UTF-8; line 1 has the byte 0xff"),
        (
            INVENTOR_FILE.replace("Li", "Lí").encode("latin-1"),
            r"line 5 has the byte 0xed, which is not",
        ),
        (
            INVENTOR_FILE.replace("\t", "|").replace("|", "\t", 5),
            r"must have 6 fields in each row, as in its header; .*: 8 .lines 2, 3, 4, 5, 6",
        ),
    ],
)
@pytest.mark.parametrize("alone", [True, False])
def test_tables_that_cannot_be_read(tmp_path, data, words, alone):
    path = tmp_path / "g_inventor.tsv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    if not alone and "patentid" in path.read_text(errors="replace")[:99]:
        words = r"must hold a table of inventors, with patent_id and inventor_id; it holds g_inve"
    with pytest.raises(InputError, match=words):
        read_patentsview(path if alone else tmp_path)


def test_arguments_that_do_not_fit(write, tmp_path):
    with pytest.raises(InputError, match="`weighting` is for pairs"):
        read_patentsview(write(), patents="nodes", weighting="full")
    with pytest.raises(InputError, match="nowhere does not exist; give a folder, zip or file"):
        read_patentsview(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"must hold a table of inventors, .* it holds nothing"):
        read_patentsview(tmp_path / "empty")


def test_a_location_that_is_called_as_a_country_is_refused(write):
    """The countries are places above the locations, so that US would be two places."""
    folder = write(
        g_inventor_disambiguated=INVENTORS.replace(" hz", " US"),
        g_location_disambiguated=LOCATIONS.replace("hz ", "US "),
    )
    with pytest.raises(InputError, match="must not be called as a country is; US is both"):
        read_patentsview(folder)

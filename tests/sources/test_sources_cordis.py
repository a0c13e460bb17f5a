"""CORDIS as published: small files with every quirk, worked by hand, and the real sample."""

import gzip
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from netinnov import aggregate, build_network
from netinnov.errors import InputError
from netinnov.linkages import co_participation
from netinnov.sources import Tables, read_cordis

COLUMNS = (
    "projectID",
    "organisationID",
    "name",
    "shortName",
    "activityType",
    "city",
    "country",
    "nutsCode",
    "geolocation",
    "role",
    "ecContribution",
)
# 101 (2015): the university, the firm (as participant and as third party) and the institute.
# 102 (2016): the university and the firm. 103 (2016): the ministry alone. 104 (no start date): the
# firm and the institute.
ROWS = (
    "101;900;UNI WIEN;UW;HES;Wien;AT;AT13;48.21,16.36;coordinator;100000,5",
    "101;901;ACME;;PRC;Paris;FR;FR10;48.86,2.35;participant;200.25",
    "101;901;ACME;;PRC;Paris;FR;FR10;48.86,2.35;thirdParty;50",
    "101;902;DEMOKRITOS;D;REC;ATHINA;EL;EL30;37.98,23.73;participant;",
    "102;900;UNIVERSITAT WIEN;;HES;WIEN;AT;AT13;48.23,16.40;coordinator;0,5",
    "102;901;ACME SA;;PRC;Lyon;FR;;;participant;",
    "103;903;MINISTRY;;PUB;;NA;NA;;coordinator;7",
    "104;901;ACME SA;;PRC;  PARIS ;FR;;;participant;1",
    "104;902;DEMOKRITOS;D;REC;ATHINA;EL;EL30;;participant;",
)
PROJECTS = (
    "101;ONE;The first;2015-03-01;2018-02-28;300000,75;H2020;RIA",
    '102;TWO;"The ""second""; a title";2016-01-01 00:00:00;;1;H2020;RIA',
    "103;THREE;Alone;2016-06-01;2017-06-01;;H2020;CSA",
    '104;FOUR;"Over\ntwo lines";;;;H2020;',
)
PROJECT_HEADER = "id;acronym;title;startDate;endDate;totalCost;frameworkProgramme;fundingScheme"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write the two files and return their folder."""

    def write(
        rows: Sequence[str] = ROWS,
        projects: Sequence[str] = PROJECTS,
        header: str = ";".join(COLUMNS),
        project_header: str = PROJECT_HEADER,
    ) -> Path:
        folder = tmp_path / "csv"
        folder.mkdir(exist_ok=True)
        for stem, lines in {
            "organization": (header, *rows),
            "project": (project_header, *projects),
        }.items():
            text = "\n".join(lines) + "\n"
            (folder / f"{stem}.csv").write_text(text, encoding="utf-8-sig")
        return folder

    return write


def same(a: Tables, b: Tables) -> None:
    pd.testing.assert_frame_equal(a.nodes, b.nodes)
    pd.testing.assert_frame_equal(a.links, b.links)
    pd.testing.assert_frame_equal(a.places, b.places)


def test_organisations(write):
    nodes = read_cordis(write()).nodes
    assert nodes.index.tolist() == ["900", "901", "902", "903"]
    assert nodes.index.name == "node"
    assert nodes["kind"].tolist() == ["university", "firm", "institute", "government"]
    assert nodes["country"].tolist() == ["AT", "FR", "EL", "NA"]
    # 900: both names once, the first stays. 901: "ACME" and "ACME SA" twice each, the first stays;
    # three rows in Paris, in three spellings, and one in Lyon.
    assert nodes["name"].tolist() == ["UNI WIEN", "ACME", "DEMOKRITOS", "MINISTRY"]
    assert nodes["place"].fillna("?").tolist() == ["WIEN, AT", "PARIS, FR", "ATHINA, EL", "NA"]
    assert nodes["short_name"].fillna("?").tolist() == ["UW", "?", "D", "?"]
    assert nodes["nuts"].tolist() == ["AT13", "FR10", "EL30", "NA"]
    # 900: 100000.5 + 0.5; 901: 200.25 + 50 + 1, in two roles of one project; 902: never given.
    assert nodes["contribution"].fillna(-1).tolist() == [100001.0, 251.25, -1.0, 7.0]
    assert nodes["participations"].tolist() == [2, 3, 2, 1]


def test_pairs_by_the_year_their_projects_started(write):
    tables = read_cordis(write())
    # 2015: project 101 joins 900, 901 (once) and 902; 2016: 102 joins 900 and 901, 103 nobody;
    # unknown: 104 joins 901 and 902.
    assert tables.links.fillna({"period": -1}).to_numpy().tolist() == [
        ["co_participation", "900", "901", 1.0, 2015],
        ["co_participation", "900", "902", 1.0, 2015],
        ["co_participation", "901", "902", 1.0, 2015],
        ["co_participation", "900", "901", 1.0, 2016],
        ["co_participation", "901", "902", 1.0, -1],
    ]
    assert tables.links.dtypes.to_dict() == {
        "layer": "str",
        "source": "str",
        "target": "str",
        "weight": np.float64,
        "period": pd.Int64Dtype(),
    }
    assert tables.directed == ()
    newman = read_cordis(write(), weighting="newman").links["weight"]
    assert newman.tolist() == [0.5, 0.5, 0.5, 1.0, 1.0]


def test_cities_and_their_countries(write):
    places = read_cordis(write()).places
    assert places.index.tolist() == [
        *["WIEN, AT", "PARIS, FR", "ATHINA, EL"],
        *["AT", "FR", "EL", "NA"],
    ]
    assert places["name"].tolist() == ["Wien", "Paris", "ATHINA", "AT", "FR", "EL", "NA"]
    assert places["country"].tolist() == ["AT", "FR", "EL", "AT", "FR", "EL", "NA"]
    assert places["parent"].fillna("").tolist() == ["AT", "FR", "EL", "", "", "", ""]
    # Wien: median of 48.21 and 48.23, and of 16.36 and 16.40; the Lyon row says nothing of Paris.
    assert places["lat"].head(3).tolist() == pytest.approx([48.22, 48.86, 37.98])
    assert places["lon"].head(3).tolist() == pytest.approx([16.38, 2.35, 23.73])
    assert places["lon"].tail(4).isna().all()
    assert places["population"].isna().all()
    assert places["level"].tolist() == ["city"] * 3 + ["country"] * 4


def test_an_organisation_without_a_city_lies_in_its_country(write):
    tables = read_cordis(write([*ROWS, "101;904;X;;HES;;FR;;;participant;"]))
    assert tables.nodes["place"].tolist() == ["WIEN, AT", "PARIS, FR", "ATHINA, EL", "NA", "FR"]
    countries = aggregate(build_network(*tables), level=1).nodes["members"]
    assert countries.to_dict() == {"AT": 1, "FR": 2, "EL": 1, "NA": 1}


def test_projects_as_nodes(write):
    tables = read_cordis(write(), projects="nodes")
    nodes = tables.nodes
    assert nodes.index.tolist()[4:] == ["project:101", "project:102", "project:103", "project:104"]
    assert nodes["kind"].tolist()[4:] == ["project"] * 4
    assert nodes["name"].tolist()[4:] == [
        *["The first", 'The "second"; a title', "Alone", "Over\ntwo lines"]
    ]
    assert nodes["start"].tolist()[4:7] == ["2015-03-01", "2016-01-01", "2016-06-01"]
    assert nodes["total_cost"].fillna(-1).tolist()[4:] == [300000.75, 1.0, -1.0, -1.0]
    assert nodes[["place", "country", "participations"]].tail(4).isna().all(axis=None)
    pd.testing.assert_frame_equal(
        nodes.head(4)[[*read_cordis(write()).nodes]], read_cordis(write()).nodes
    )
    ends = (tables.links["source"] + " " + tables.links["target"]).tolist()
    assert ends == [
        *["900 project:101", "901 project:101", "902 project:101", "900 project:102"],
        *["901 project:102", "903 project:103", "901 project:104", "902 project:104"],
    ]
    assert tables.links["period"].fillna(-1).tolist() == [2015] * 3 + [2016] * 3 + [-1] * 2
    assert set(tables.links["weight"]) == {1.0}
    assert set(tables.links["layer"]) == {"participation"}


@pytest.mark.slow
def test_columns_that_come_and_go(write):
    full = read_cordis(write())
    order = [COLUMNS.index(c) for c in (*COLUMNS[::-1],)]
    shuffled = [";".join([*(row.split(";")[i] for i in order), "x"]) for row in ROWS]
    header = ";".join([*(COLUMNS[i] for i in order), "novelty"])
    same(read_cordis(write(shuffled, header=header)), full)

    bare = [COLUMNS.index(c) for c in COLUMNS if c not in ("shortName", "nutsCode", "geolocation")]
    rows = [";".join(row.split(";")[i] for i in bare) for row in ROWS]
    less = read_cordis(write(rows, header=";".join(COLUMNS[i] for i in bare)))
    assert list(less.nodes.columns) == list(full.nodes.columns)
    assert (less.nodes.dtypes == full.nodes.dtypes).all()
    assert less.nodes[["short_name", "nuts"]].isna().all(axis=None)
    assert less.places[["lon", "lat"]].isna().all(axis=None)
    pd.testing.assert_frame_equal(less.links, full.links)

    dates = ["101;2015-03-01", "102;2016-01-01", "103;2016-06-01", "104;"]
    fewer = read_cordis(write(projects=dates, project_header="id;startDate"))
    pd.testing.assert_frame_equal(fewer.links, full.links)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["gz", "zip", "gz in a zip", "other names"])
def test_packed_forms_are_the_same(write, tmp_path, form):
    folder = write()
    full = read_cordis(folder)
    packed = tmp_path / "packed"
    packed.mkdir()
    data = {stem: (folder / f"{stem}.csv").read_bytes() for stem in ("organization", "project")}
    if form == "gz":
        for stem, text in data.items():
            (packed / f"{stem}.csv.gz").write_bytes(gzip.compress(text))
    elif form == "other names":
        for stem, text in data.items():
            (packed / f"{stem.title()}_official_schema.CSV").write_bytes(text)
    else:
        packed = packed / "cordis-h2020projects-csv.zip"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for stem, text in data.items():
                if form == "gz in a zip":
                    archive.writestr(f"{stem}.csv.gz", gzip.compress(text))
                else:
                    archive.writestr(f"csv/{stem}.csv", text)
            archive.writestr("projectPublications.csv", "beside; project.csv goes first")
    same(read_cordis(str(packed) if form == "zip" else packed), full)


def test_what_cannot_be_used_is_counted(write):
    rows = [
        *ROWS,
        "101;920;TOO;SHORT",
        "101;;NOBODY;;PRC;;DE;;;;",
        "999;900;UNI WIEN;;HES;Wien;AT;;;;",
        "102;921;X;;PRC;Bonn;DE;;91.5,7.1;;12,3,4",
    ]
    projects = [*PROJECTS, "105;FIVE;Title;01/02/2016;;;;"]
    with pytest.warns(UserWarning, match="some rows or values") as caught:
        tables = read_cordis(write([*rows, "104;902;LAST;;REC;;EL;;;;"], projects))
    assert len(caught) == 1
    assert caught[0].filename == __file__
    message = str(caught[0].message)
    # The header is line 1, so ROWS are lines 2 to 10.
    for words in (
        "organization.csv: rows left out, not as wide as the header: 1 (line 11)",
        "organization.csv: rows left out, without projectID or organisationID: 1 (line 12)",
        "not in the table of projects: 1 (line 13 ('999'))",
        "organization.csv, ecContribution: values left out, no number such as 1234,5: 1 (line 14 "
        "('12,3,4'))",
        "organization.csv, geolocation: values left out, no 'latitude,longitude': 1 (line 14 "
        "('91.5,7.1'))",
        # PROJECTS take five lines.
        "project.csv, startDate: values left out, no date such as 2016-01-31: 1 (line 7 "
        "('01/02/2016'))",
    ):
        assert words in message
    assert tables.nodes.loc["900", "participations"] == 3
    assert "920" not in tables.nodes.index
    assert np.isnan(tables.nodes.loc["921", "contribution"])
    assert tables.nodes.loc["921", "place"] == "BONN, DE"
    assert np.isnan(tables.places.loc["BONN, DE", "lon"])


def test_unlisted_projects_are_nodes_too(write):
    with pytest.warns(UserWarning, match="not in the table of projects"):
        tables = read_cordis(write(projects=PROJECTS[:3]), projects="nodes")
    assert tables.nodes.index[-1] == "project:104"
    assert tables.nodes.loc["project:104", "kind"] == "project"
    assert tables.links["period"].isna().sum() == 2
    assert build_network(*tables).n_links == 8


def test_files_that_are_not_there(write, tmp_path):
    with pytest.raises(InputError, match="nowhere does not exist"):
        read_cordis(tmp_path / "nowhere")
    folder = write()
    with pytest.raises(InputError, match="must be a folder or a zip"):
        read_cordis(folder / "project.csv")
    (folder / "project.csv").rename(folder / "projekt.csv")
    with pytest.raises(InputError, match=r"must hold one project.csv .* holds organiz"):
        read_cordis(folder)
    (folder / "projekt.csv").rename(folder / "project_a.csv")
    (folder / "project_b.csv").write_text("")
    with pytest.raises(InputError, match=r"one project.csv .* holds project_a.csv, project_b"):
        read_cordis(folder)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", r"project.csv is empty"),
        (b"\xef\xbb\xbf\n", r"project.csv is empty"),
        (b"id;startDate\n", r"rows below its header; it has none"),
        (b"id;startDate\n1;2;3\n", r"must have 2 fields in each row"),
        (b"id,startDate\n1,2016-01-01\n", r"must have ';' between its columns; line 1 has ','"),
        (b"id;start_date\n1;2016-01-01\n", r"lacks 'startDate' \(did you mean 'start_date'\?\)"),
        (b"id;id;startDate\n1;1;2016-01-01\n", r"line 1 names .id. twice"),
        (b"id;startDate;t\n1;;a\n2;;caf\xe9\n", r"UTF-8; line 3 has the byte 0xe9"),
        (b'id;startDate;t\n1;;"a\n2;;b\n3;;c\n', r"row in line 2: .*quotation mark not closed"),
        (b"id;startDate;t\n1;;a\n2;;b\n3;", r"ends inside the row that starts in line 4"),
        (b'id;startDate;t\n1;;"' + b"a" * 140_000, r"row in line 2: field larger"),
        (b"id;startDate\n;2016-01-01\n", r"rows with id; none of 1 has"),
        (b"id;startDate\n1;\n\n2;\n1;\n", r"one row a project; a second one in line 5 \('1'\)"),
        (b"id;startDate\n1;3/2016\n2;?\n", r"not one does: lines 2 \('3/2016'\), 3 \('\?'\)"),
    ],
)
def test_tables_that_cannot_be_read(write, text, words):
    folder = write()
    (folder / "project.csv").write_bytes(text)
    with pytest.raises(InputError, match=words):
        read_cordis(folder)


def test_choices(write):
    with pytest.raises(ValueError, match="`weighting` is for pairs"):
        read_cordis(write(), projects="nodes", weighting="full")


@pytest.mark.slow
def test_the_real_sample_has_its_published_size(cordis, cordis_pairs, cordis_projects):
    tables, two_mode = cordis_pairs, cordis_projects  # a row that is not used would be an error
    # README of the sample: 10,030 projects, 17,428 organisations, 47,973 participations, 286,754
    # distinct pairs, 338,408 with multiplicity, 5,273 participations without a contribution.
    assert len(tables.nodes) == 17_428
    assert tables.nodes["participations"].sum() == 47_973
    assert len(tables.links.drop_duplicates(["source", "target"])) == 286_754
    assert tables.links["weight"].sum() == 338_408
    assert (two_mode.nodes["kind"] == "project").sum() == 10_030
    assert len(two_mode.links) == 47_973
    assert set(tables.links["period"].dropna()) == {2014, 2015, 2016}
    assert "NA" in set(tables.nodes["country"])
    assert {"UK", "EL"} <= set(tables.nodes["country"])

    assert (cordis.n_nodes, cordis.n_links) == (17_428, 286_754)
    with pytest.warns(UserWarning, match="differ only by case, blanks"):
        assert build_network(*two_mode).n_links == 47_973


@pytest.mark.slow
def test_the_real_sample_agrees_with_its_raw_rows(cordis_folder, cordis_pairs):
    raw = pd.read_csv(
        cordis_folder / "h2020_participations.csv.gz", dtype={"pic": str}, keep_default_na=False
    )
    tables = cordis_pairs
    paid = pd.to_numeric(raw["contribution"], errors="coerce").groupby(raw["pic"]).sum(min_count=1)
    pd.testing.assert_series_equal(
        tables.nodes["contribution"], paid.reindex(tables.nodes.index), check_names=False
    )
    country = raw.drop_duplicates("pic").set_index("pic")["country"]
    assert (tables.nodes["country"] == country.reindex(tables.nodes.index)).all()
    newman = read_cordis(cordis_folder, weighting="newman").links
    again = co_participation(raw, member="pic", event="rcn", weighting="newman")
    assert newman["weight"].sum() == pytest.approx(again["weight"].sum())

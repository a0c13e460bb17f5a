"""Readers with DuckDB, in pieces, give what they give in memory: tables, order, types, warnings."""

from __future__ import annotations

import gzip
import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from netinnov import build_network
from netinnov.errors import InputError
from netinnov.sources import _openalex_duckdb, _patentsview_duckdb, read_openalex, read_patentsview


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    """So that each file has several."""
    monkeypatch.setattr(_patentsview_duckdb, "PIECE", 17)
    monkeypatch.setattr(_openalex_duckdb, "PIECE", 17)


def read(reader, path, **options):
    """What a reader returns, and what it warns of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        tables = reader(path, **options)
    assert {each.filename for each in caught} <= {__file__}
    return tables, [str(each.message) for each in caught]


def assert_same(reader, path, *, exact=True, **options):
    expected, said = read(reader, path, **options)
    tables, also_said = read(reader, path, engine="duckdb", memory="200MB", **options)
    assert also_said == said
    assert tables.directed == expected.directed
    codes = ["layer", "source", "target"]
    assert all(isinstance(tables.links[name].dtype, pd.CategoricalDtype) for name in codes)
    links = tables.links.astype(dict.fromkeys(codes, "str"))
    check = {} if exact else {"check_exact": False, "rtol": 1e-12}
    pd.testing.assert_frame_equal(tables.nodes, expected.nodes)
    pd.testing.assert_frame_equal(links, expected.links, **check)
    if expected.places is None:
        assert tables.places is None
    else:
        pd.testing.assert_frame_equal(tables.places, expected.places)
    return expected, tables


def choose(rng, values, n, *, missing=0.0):
    drawn = np.array(values, object)[rng.integers(len(values), size=n)]
    drawn[rng.random(n) < missing] = ""
    return drawn


def write_tsv(path, columns):
    pd.DataFrame(columns).to_csv(path, sep="\t", index=False, quoting=1, lineterminator="\n")


def make_patentsview(folder: Path, seed: int, *, owners_inside: bool = False) -> Path:
    """Tables at random with repeated rows, ties, missing values, and dates that are none."""
    rng = np.random.default_rng(seed)
    folder.mkdir()
    patents = [f"D{i}" for i in range(12)]
    places = [f"loc{i}" for i in range(5)]
    n = 60
    inventors = {
        "patent_id": choose(rng, patents, n, missing=0.05),
        "inventor_id": choose(rng, [f"in{i}" for i in range(9)], n, missing=0.05),
        "disambig_inventor_name_first": choose(rng, ["Ann", "Bo", "&Zacute;"], n, missing=0.3),
        "disambig_inventor_name_last": choose(rng, ["Li", 'O"Neil'], n, missing=0.3),
        "location_id": choose(rng, places, n, missing=0.2),
    }
    if owners_inside:
        inventors["assigneeid"] = choose(rng, ["77.0", "78"], n, missing=0.4)
        inventors["country"] = choose(rng, ["CN", "US"], n, missing=0.4)
        inventors["time"] = choose(rng, ["2003/1/5", "2004/10/7", "soon"], n, missing=0.3)
    write_tsv(folder / "g_inventor.tsv", inventors)
    m = 30
    owners = {
        "patent_id": choose(rng, [*patents, "elsewhere"], m, missing=0.05),
        "assignee_id": choose(rng, ["a", "b", "c", "77"], m, missing=0.05),
        "disambig_assignee_organization": choose(rng, ["Solar", "Wind &amp; Co"], m, missing=0.4),
        "disambig_assignee_individual_name_first": choose(rng, ["Hu"], m, missing=0.5),
        "disambig_assignee_individual_name_last": choose(rng, ["Wei"], m, missing=0.5),
        "assignee_type": choose(rng, ["2", "3.0", "15", "6", "17.0"], m, missing=0.2),
        "location_id": choose(rng, places, m, missing=0.3),
    }
    write_tsv(folder / "g_assignee.tsv", owners)
    dates = choose(rng, ["2010-01-02", "2011-5-6", "2012-13-01"], 20, missing=0.2)
    dates[0] = "2010-01-02"
    write_tsv(
        folder / "g_application.tsv",
        {"patent_id": choose(rng, [*patents, "elsewhere"], 20), "filing_date": dates},
    )
    write_tsv(folder / "g_patent.tsv", {"patent_id": patents, "patent_date": ["2015-06-07"] * 12})
    located = places[: rng.integers(1, 5)]
    write_tsv(
        folder / "g_location.tsv",
        {
            "location_id": located,
            "latitude": [*choose(rng, ["30.5", "95", "x"], len(located) - 1), "-7"],
            "longitude": ["120.25"] * len(located),
            "disambig_city": choose(rng, ["Hangzhou", "Quzhou"], len(located), missing=0.3),
            "disambig_country": choose(rng, ["CN", "US"], len(located), missing=0.5),
        },
    )
    return folder


NODES = {"patents": "nodes"}
slow = pytest.mark.slow


@pytest.mark.parametrize(
    ("options", "seed"),
    [
        *[({}, 1), (NODES, 2)],
        *(pytest.param({}, seed, marks=slow) for seed in (0, 2, 3)),
        *(pytest.param(NODES, seed, marks=slow) for seed in (0, 1, 3)),
    ],
)
def test_patents_at_random_give_the_same_tables(tmp_path, seed, options):
    folder = make_patentsview(tmp_path / "tables", seed, owners_inside=seed % 2 == 1)

    expected, tables = assert_same(read_patentsview, folder, **options)
    assert build_network(*tables).equals(build_network(*expected))
    assert_same(read_patentsview, folder, only=["D1", "D2", "D3", "D8"], **options)


@pytest.mark.parametrize("weighting", ["newman", pytest.param("full", marks=slow)])
def test_sums_of_patents_are_the_same_to_rounding(tmp_path, weighting):
    folder = make_patentsview(tmp_path / "tables", 1)

    assert_same(read_patentsview, folder, weighting=weighting, exact=False)


def test_packed_and_uneven_files_are_the_same(tmp_path):
    text = "patent_id\tinventor_id\n1\ta\n1\tb\textra\n1\tc\n\n2\ta\n2\tc\n" + "3\ta\n3\tb\n" * 9
    (tmp_path / "inventors.tsv.gz").write_bytes(gzip.compress(text.encode("utf-8-sig")))

    assert_same(read_patentsview, tmp_path / "inventors.tsv.gz")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("patent_id\tinventor_id\n1\ta\n2", "ends inside the row that starts in line 3"),
        ("patent_id\tinventor_id\n1\ta\n2\tb", "ends in line 3, .* without a line end"),
        ("patent_id\tinventor_id\n", "must have rows below its header"),
        ("patent_id\tinventor_id\ttime\n1\ta\tnever\n2\ta\tno\n", "not one does: lines 2 "),
        ("patent_id\tinventor_id\n1\ta\n2\t\xff\n".encode("latin-1"), "must be UTF-8; line 3"),
        ("patent_id\tname\n1\ta\n", "lacks 'inventor_id'"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_same_words(tmp_path, text, message):
    path = tmp_path / "inventors.tsv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    said = []
    for options in ({}, {"engine": "duckdb"}):
        with pytest.raises(InputError, match=message) as refused:
            read_patentsview(path, **options)
        said.append(str(refused.value))

    assert said[0] == said[1]


def test_patents_that_are_not_there_are_refused(tmp_path):
    folder = make_patentsview(tmp_path / "tables", 3)

    with pytest.raises(InputError, match="none of its 1 ids is there"):
        read_patentsview(folder, only=["x"], engine="duckdb")


def make_openalex(folder: Path, seed: int, *, flat: bool) -> Path:
    """Works at random: without authors, institutions or a year, and one that stands twice."""
    rng = np.random.default_rng(seed)
    folder.mkdir()
    url = "https://openalex.org/"
    known = [
        {
            "id": f"{url}I{i}",
            "display_name": f"Institution {i}",
            "type": ["education", "company", "funder"][i % 3],
            "country_code": ["CN", "US"][i % 2],
            "geo": {"city": f"City {i // 2}", "geonames_city_id": str(i // 2), "latitude": 30.5},
        }
        for i in range(5)
    ]
    works = []
    for number in rng.integers(40, size=30):
        authors = [
            {
                "author": {"id": f"{url}A{author}"} if author else {},
                "institutions": [{"id": f"{url}I{i}"} for i in rng.integers(7, size=n)],
            }
            for author, n in zip(rng.integers(6, size=3), rng.integers(3, size=3), strict=True)
        ]
        year = int(2015 + number % 6) if number % 5 else None
        works.append({"id": f"{url}W{number}", "publication_year": year, "authorships": authors})
    if not flat:
        text = "".join(json.dumps(each) + "\n" for each in [*works, *known])
        (folder / "all.jsonl.gz").write_bytes(gzip.compress(text.encode()))
        return folder
    rows = [
        {
            "work_id": each["id"],
            "author_id": one["author"].get("id", ""),
            "institution_id": there["id"],
        }
        for each in works
        for one in each["authorships"]
        for there in one["institutions"] or [{"id": ""}]
    ]
    pd.DataFrame(rows).to_csv(folder / "works_authorships.csv", index=False)
    years = pd.DataFrame(works)[["id", "publication_year"]].astype({"publication_year": "Int64"})
    years.to_csv(folder / "works.csv.gz", index=False)
    pd.DataFrame(known).drop(columns="geo").to_csv(folder / "institutions.csv", index=False)
    return folder


@pytest.mark.parametrize(
    "flat", [pytest.param(False, id="lines"), pytest.param(True, id="flat", marks=slow)]
)
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=slow) for seed in (1, 2))])
def test_works_at_random_give_the_same_tables(tmp_path, seed, flat):
    folder = make_openalex(tmp_path / "works", seed, flat=flat)

    assert_same(read_openalex, folder)
    assert_same(read_openalex, folder, works="nodes")
    assert_same(read_openalex, folder, weighting="newman", exact=False)


def test_works_without_institutions_are_refused(tmp_path):
    (tmp_path / "works.jsonl").write_text('{"id": "https://openalex.org/W1", "authorships": []}\n')

    with pytest.raises(InputError, match="must hold works whose authors have institutions"):
        read_openalex(tmp_path, engine="duckdb")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"engine": "polars"}, r"`engine` must be one of 'pandas', 'duckdb'; found 'polars'"),
        ({"memory": "1GB"}, r'`memory` is for engine="duckdb"; leave it out'),
        ({"temp": "."}, r'`temp` is for engine="duckdb"; leave it out'),
        ({"engine": "duckdb", "memory": "much"}, r"`memory` must be an amount with a unit"),
        ({"engine": "duckdb", "temp": "nowhere"}, r"`temp` must be a folder; nowhere is not one"),
    ],
)
def test_options_that_do_not_fit_are_refused(tmp_path, options, message):
    folder = make_patentsview(tmp_path / "tables", 3)

    with pytest.raises(InputError, match=message):
        read_patentsview(folder, **options)


def test_the_folder_for_what_does_not_fit_is_left_empty(tmp_path):
    folder = make_patentsview(tmp_path / "tables", 3)
    (tmp_path / "temp").mkdir()

    read(read_patentsview, folder, engine="duckdb", temp=tmp_path / "temp")

    assert list((tmp_path / "temp").iterdir()) == []

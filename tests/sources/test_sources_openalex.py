"""The reader of OpenAlex, on a sample made by hand after the published schema."""

import gzip
import json
import sys
from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov._runtime import opening
from netinnov.errors import InputError
from netinnov.sources import Tables, read_openalex
from netinnov.sources._database import database

URL = "https://openalex.org/"

# Made by hand: three institutions with coordinates in two cities, one that only a work names.
INSTITUTIONS = [
    {
        "id": f"{URL}{number}",
        "ror": f"https://ror.org/0{number}",
        "display_name": name,
        "type": kind,
        "country_code": "CN",
        "geo": {
            "city": city,
            "geonames_city_id": city_id,
            "country_code": "CN",
            "latitude": lat,
            "longitude": lon,
        },
        "lineage": [f"{URL}{number}"],
        "works_count": 1000,
    }
    for number, name, kind, city, city_id, lat, lon in (
        ("I1", "University of Hangzhou", "education", "Hangzhou", "1808926", 30.2, 120.1),
        ("I2", "Quzhou Institute", "facility", "Quzhou", "1797353", 28.9, 118.9),
        ("I3", "A firm of Hangzhou", "company", "Hangzhou", "1808926", 30.4, 120.3),
    )
]


def work(number: str, year: int | None, *authors: tuple[str, list[str]]) -> dict[str, object]:
    return {
        "id": f"{URL}{number}",
        "doi": None,
        "title": "A work",
        "publication_year": year,
        "authorships": [
            {
                "author_position": "first",
                "author": {"id": f"{URL}{author}", "display_name": "Somebody", "orcid": None},
                "institutions": [
                    {
                        "id": f"{URL}{each}",
                        "display_name": f"Name of {each}",
                        "ror": None,
                        "country_code": "CN",
                        "type": "education",
                        "lineage": [],
                    }
                    for each in there
                ],
            }
            for author, there in authors
        ],
    }


WORKS = [
    work("W1", 2018, ("A1", ["I1"]), ("A2", ["I2"])),
    work("W2", 2019, ("A1", ["I1", "I3"])),
    work("W3", 2020, ("A1", ["I3"]), ("A2", ["I2"]), ("A3", [])),
    work("W4", 2020, ("A1", ["I3"])),
    work("W5", None, ("A3", ["I4"])),
]
FAULTS = r"without an institution: 1 of 9(.|\n)*without a year of publication: 1"


def lines(entries: list[dict[str, object]]) -> str:
    return "".join(json.dumps(entry) + "\n" for entry in entries)


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    """As the snapshot is: folders of gzipped parts."""
    for entity, entries in (("works", WORKS), ("institutions", INSTITUTIONS)):
        folder = tmp_path / "data" / entity / "updated_date=2025-01-01"
        folder.mkdir(parents=True)
        (folder / "part_000.gz").write_bytes(gzip.compress(lines(entries).encode()))
        (folder.parent / "manifest").write_text("{}")
    return tmp_path / "data"


def read(path: Path, **options: str) -> Tables:
    with pytest.warns(UserWarning, match=FAULTS):
        return read_openalex(path, **options)


def test_works_by_hand(snapshot: Path) -> None:
    nodes, links, places, directed, *_ = read(snapshot)
    assert nodes.index.tolist() == ["I1", "I2", "I3", "I4"]
    assert nodes["kind"].tolist() == ["university", "institute", "firm", "university"]
    assert nodes["name"].tolist()[2:] == ["A firm of Hangzhou", "Name of I4"]
    assert nodes["place"].tolist()[:3] == ["Hangzhou, CN", "Quzhou, CN", "Hangzhou, CN"]
    assert nodes["place"]["I4"] == nodes["country"]["I4"]
    assert nodes["works"].tolist() == [2, 2, 3, 1]
    # A1 names I1 in 2018, I1 before I3 in 2019 and I3 in 2020: one move, in 2020.
    rows = links.sort_values(["layer", "period"], kind="stable")
    columns = ["layer", "source", "target", "weight", "period"]
    assert rows[columns].to_numpy().tolist() == [
        ["co_affiliation", "I1", "I3", 1.0, 2019],
        ["co_publication", "I1", "I2", 1.0, 2018],
        ["co_publication", "I1", "I3", 1.0, 2019],
        ["co_publication", "I2", "I3", 1.0, 2020],
        ["mobility", "I1", "I3", 1.0, 2020],
    ]
    assert directed == ("mobility",)
    assert places is not None
    assert places.loc["Hangzhou, CN", ["lon", "lat"]].tolist() == pytest.approx([120.2, 30.3])
    assert places["parent"].tolist()[:2] == ["CN", "CN"]
    network = ni.build_network(nodes, links, places, directed)
    assert ni.aggregate(network.select(nodes=["I1", "I2", "I3"]), level=1).n_nodes == 1


@pytest.mark.slow
def test_works_at_random_give_links_counted_one_by_one(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    drawn = {}
    for number in range(60):
        authors = sorted({f"A{k}" for k in rng.integers(8, size=3)})
        there = [
            (each, [f"I{k}" for k in rng.choice(7, rng.integers(3), False)]) for each in authors
        ]
        drawn[f"W{number}"] = (int(2015 + rng.integers(5)), there)
    entries = [work(number, year, *there) for number, (year, there) in drawn.items()]
    (tmp_path / "all.jsonl").write_text(lines([*entries, *entries[:9]]))  # some stand twice
    counts: Counter[tuple[object, ...]] = Counter()
    named: dict[tuple[str, int], Counter[str]] = {}
    for year, there in drawn.values():
        for a, b in combinations(sorted({each for _, held in there for each in held}), 2):
            counts["co_publication", a, b, year] += 1
        for author, held in there:
            for a, b in combinations(sorted(held), 2):
                counts["co_affiliation", a, b, year] += 1
            named.setdefault((author, year), Counter()).update(held)
    last: dict[str, str] = {}
    for (author, year), held_in_year in sorted(named.items(), key=lambda item: item[0][1]):
        if held_in_year:
            usual = held_in_year.most_common(1)[0][0]  # of equals the first
            if last.setdefault(author, usual) != usual:
                counts["mobility", last[author], usual, year] += 1
            last[author] = usual
    with pytest.warns(UserWarning, match="without an institution"):
        links = read_openalex(tmp_path).links
    ends = links[["layer", "source", "target", "period"]].to_numpy().tolist()
    assert dict(zip(map(tuple, ends), links["weight"], strict=True)) == counts


def test_works_as_nodes(snapshot: Path) -> None:
    nodes, links, *_ = read(snapshot, works="nodes")
    assert nodes["kind"].value_counts()["work"] == 5
    assert set(links["layer"]) == {"authorship"}
    assert len(links) == 2 + 2 + 2 + 1 + 1
    network = ni.build_network(nodes, links)
    flat = ni.linkages.project(network, layer="authorship", through="work")
    with_links = read(snapshot).links
    expected = with_links[with_links["layer"] == "co_publication"]
    assert flat.links["weight"].sum() == expected["weight"].sum()


@pytest.mark.parametrize("indent", [None, 1])
def test_answers_of_the_api_are_read_as_lines_are(tmp_path: Path, indent: int | None) -> None:
    (tmp_path / "a.json").write_text("\ufeff" + json.dumps({"results": WORKS}, indent=indent))
    (tmp_path / "b.json").write_text(json.dumps(INSTITUTIONS, indent=indent))
    (tmp_path / "all.jsonl").write_text(lines([*WORKS, *INSTITUTIONS]))
    tables = read(tmp_path / "all.jsonl")
    (tmp_path / "all.jsonl").unlink()
    for table, same in zip(read(tmp_path)[:3], tables[:3], strict=True):
        pd.testing.assert_frame_equal(table, same)


def test_cities_of_one_name_are_two_places(tmp_path: Path) -> None:
    other = json.loads(json.dumps(INSTITUTIONS))
    other[2]["geo"]["geonames_city_id"] = "99"
    (tmp_path / "all.jsonl").write_text(lines([*other, *WORKS]))
    assert read(tmp_path).nodes["place"].tolist()[:3] == [
        "Hangzhou, CN",
        "Quzhou, CN",
        "Hangzhou, CN (99)",
    ]


@pytest.mark.parametrize("place", ["works", "data/jsonl/works"])
def test_the_snapshot_is_known_by_its_folders(tmp_path: Path, place: str) -> None:
    part = tmp_path / place / "updated_date=2026-06-24" / "part_0000.gz"
    part.parent.mkdir(parents=True)
    part.write_bytes(gzip.compress(lines(WORKS[:2]).encode()))
    assert ni.read_network(tmp_path).n_nodes == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "none has"),
        (lines([WORKS[0] | {"authorships": 5}]), 'all.jsonl".*: Expected ARRAY, but got .*: 5'),
        (lines([work("W1", 2020, ("A1", []))]), "whose authors have institutions; none has"),
    ],
)
def test_files_that_cannot_be_read(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "all.jsonl").write_text(text)
    with pytest.raises(InputError, match=words):
        read_openalex(tmp_path / "all.jsonl")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("5", "must be an object of OpenAlex, .*; found '5'"),
        ("[5]", "must be an object of OpenAlex"),
        ('{"id"', "column 6 must be JSON; .*is the file cut off"),
        ("[" * 100_000, "must be JSON; it is nested too deeply"),
        (json.dumps(work("W9\ud83d", 2020, ("A1", ["I1"]))), "surrogates not allowed"),
    ],
)
@pytest.mark.parametrize("before", [0, 1])
def test_a_line_that_is_no_work_is_named(
    tmp_path: Path, line: str, words: str, before: int
) -> None:
    path = tmp_path / "works.jsonl"
    path.write_text(lines(WORKS[:before]) + "\n" * before + line + "\n" + lines(WORKS))
    with pytest.raises(InputError, match=rf"works.jsonl, line {2 * before + 1},? .*{words}"):
        read_openalex(path)


def test_a_missing_package_is_named(snapshot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(ImportError, match=r"read_openalex needs duckdb.*'netinnov\[bigdata\]'"):
        read_openalex(snapshot)


def test_wrong_paths_and_options(snapshot: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere does not exist"):
        read_openalex(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"must hold JSON lines of OpenAlex .* it holds nothing"):
        read_openalex(tmp_path / "empty")
    with pytest.raises(InputError, match="leave it out with works='nodes'"):
        read_openalex(snapshot, works="nodes", weighting="newman")
    with pytest.raises(InputError, match="`memory` must be an amount with a unit"):
        read_openalex(snapshot, memory="much")


def test_the_database_may_hold_a_quarter_of_the_memory_of_the_process(monkeypatch):
    monkeypatch.setattr(opening, "_memory", lambda: 2**31)
    with database(None, "a test") as data:
        told = data.frame("SELECT current_setting('memory_limit') AS most")
    assert told["most"].tolist() == ["512.0 MiB"]


@pytest.mark.slow
@pytest.mark.parametrize("year", [2018.5, "unknown", 10**400])
def test_a_year_that_is_none_is_missing(tmp_path: Path, year: object) -> None:
    path = tmp_path / "works.jsonl"
    path.write_text(lines([WORKS[0] | {"publication_year": year}]))
    with pytest.warns(UserWarning, match="works without a year of publication: 1"):
        assert "period" not in read_openalex(path).links

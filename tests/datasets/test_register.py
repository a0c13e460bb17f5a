"""The checker of the register of parks: the bundled one passes, and broken copies are named."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from netinnov.cli import app

FACTS = Path(__file__).parents[2] / "data" / "facts"


def call(*arguments):
    return CliRunner().invoke(app, ["check", *map(str, arguments)])


def faults_of(folder):
    return call("--register", folder).stderr.splitlines()[:-1]


def broken(folder, *edits):
    """A copy of the facts with cells changed: table, line of the file, column, value."""
    shutil.copytree(FACTS, folder, dirs_exist_ok=True)
    for table, line, column, value in edits:
        path = folder / f"{table}.csv"
        rows = pd.read_csv(path, dtype="str", keep_default_na=False)
        rows.loc[line - 2, column] = value
        rows.to_csv(path, index=False, lineterminator="\n")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("folder", [[], [FACTS]])
def test_the_register_of_the_package_passes_and_what_is_missing_is_counted(folder):
    result = call("--register", *folder)
    assert (result.exit_code, result.stderr) == (0, "")
    first, parks, links, _, neither = result.stdout.splitlines()
    assert first == "No problems: 121 places, 72 parks, 173 actors, 283 links, 650 rail."
    # The README of the facts: 28 parks with an opening date, 22 with floor area, 11 with
    # investment and 19 with a number of firms, of 72.
    assert parks.startswith("Not stated in the 72 rows of parks.csv: opened 44, announced ")
    assert "floor_area_m2 50, investment_cny 61, firms 53" in parks
    table = pd.read_csv(FACTS / "links.csv")
    assert f"amount {table['amount'].isna().sum()}, since {table['since'].isna().sum()}." in links
    table = pd.read_csv(FACTS / "parks.csv")
    n = table[["opened", "announced"]].isna().all(axis=1).sum()
    assert neither == f"Parks with neither an opening nor an announcement that is dated: {n}."


CASES = [
    ("parks", 2, "host", "yuhan", "host must be an id of places; found 'yuhan'"),
    ("parks", 2, "host", "quzhou", "home must not be host"),
    (
        "parks",
        2,
        "opened",
        "2016-13",
        "opened must be YYYY, YYYY-MM or YYYY-MM-DD; found '2016-13'",
    ),
    ("parks", 2, "opened", "2015-02-29", "opened must be YYYY, YYYY-MM or YYYY-MM-DD"),
    ("parks", 2, "opened", "2011-12", "opened must not be before announced"),
    ("parks", 2, "source_url", "", "source_url must be given"),
    (
        "parks",
        2,
        "source_url",
        "a newspaper",
        "source_url must be as in its schema: pages that were",
    ),
    (
        "parks",
        2,
        "type",
        "enclave",
        "type must be one of reverse_enclave, talent_enclave, platform",
    ),
    ("parks", 2, "confidence", "D", "confidence must be one of A, B, C; found 'D'"),
    ("parks", 2, "confidence", "C", "confidence must be A or B with figures"),
    ("parks", 2, "firms", "1.5", "firms must be a whole number from 0 to 100,000; found '1.5'"),
    ("parks", 2, "floor_area_m2", "large", "floor_area_m2 must be from 1 to 100,000,000"),
    ("parks", 2, "firms_meaning", "", "firms and firms_meaning must be given together"),
    ("parks", 3, "park", "quzhou_haichuang", "park must occur once in places, parks and actors"),
    ("places", 2, "lon", "31.22", "lon must be from 73.4 to 135.1; found '31.22'"),
    ("places", 2, "lat", "", "lat must be given"),
    ("places", 2, "tier", "other", "tier must be what the sites of parks.csv give"),
    ("places", 2, "parent", "nanjing", "(pudong): parent must not have a parent itself"),
    ("actors", 2, "actor", "shanghai", "actor must occur once in places, parks and actors"),
    ("actors", 2, "place", "nowhere", "place must be an id of places; found 'nowhere'"),
    ("links", 2, "target", "nowhere", "target must be an id of actors or parks; found 'nowhere'"),
    ("links", 2, "weight", "two", "weight must be one of 1; found 'two'"),
    ("links", 2, "amount", "5", "amount and unit must be given together"),
    ("rail", 2, "destination", "changzhou", "origin, destination must be given once"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("table", "line", "column", "value", "message"), CASES)
def test_a_broken_rule_is_named_with_its_row(table, line, column, value, message, tmp_path):
    faults = faults_of(broken(tmp_path, (table, line, column, value)))
    named = [each for each in faults if message in each]
    # Of a parent or a key the row that it leads to is named.
    where = (
        f"{table}.csv, line " if value in ("nanjing", "changzhou") else f"{table}.csv, line {line} "
    )
    assert any(each.startswith(where) for each in named), faults


def test_a_site_needs_links_of_its_home_and_host(tmp_path):
    links = pd.read_csv(FACTS / "links.csv", dtype="str", keep_default_na=False)
    of_park = links["target"].eq("quzhou_haichuang") & links["layer"].isin(["ownership", "hosting"])
    links[~of_park].to_csv(broken(tmp_path) / "links.csv", index=False)
    assert faults_of(tmp_path) == [
        f"parks.csv, line 2 (quzhou_haichuang): a link of {layer} must lead to the site"
        for layer in ("hosting", "ownership")
    ]


def test_all_faults_are_listed_at_once_by_file_and_line(tmp_path):
    edits = [
        ("parks", 5, "confidence", "D"),
        ("parks", 3, "opened", "soon"),
        ("places", 4, "lat", "99"),
        ("actors", 9, "source_url", ""),
        ("links", 7, "since", "2020-99"),
    ]
    result = call("--register", broken(tmp_path, *edits))
    assert (result.exit_code, result.stdout) == (1, "")
    *faults, last = result.stderr.splitlines()
    assert last == "netinnov: the register has 5 faults."
    assert [fault.partition(" (")[0] for fault in faults] == [
        "places.csv, line 4",
        "parks.csv, line 3",
        "parks.csv, line 5",
        "actors.csv, line 9",
        "links.csv, line 7",
    ]


def test_the_rules_are_those_of_the_schema(tmp_path):
    package = json.loads((FACTS / "datapackage.json").read_text("utf-8"))
    (field,) = (
        field
        for resource in package["resources"]
        for field in resource["schema"]["fields"]
        if (resource["name"], field["name"]) == ("places", "lat")
    )
    low, high = (field["constraints"][end] for end in ("minimum", "maximum"))
    rows = [("places", line, "lat", str(lat)) for line, lat in enumerate([low, high, high + 1], 4)]
    (fault,) = faults_of(broken(tmp_path, *rows))
    assert f"lat must be from {low:g} to {high:g}; found '{high + 1}'" in fault


def test_what_is_not_a_register_is_refused_in_words(tmp_path):
    assert "places.csv must be a file; there is none" in call("--register", tmp_path).stderr
    (broken(tmp_path) / "links.csv").unlink()
    result = call("--register", tmp_path)
    assert result.exit_code == 1
    assert "links.csv must be a file; there is none" in result.stderr
    shutil.copy(FACTS / "links.csv", tmp_path)
    header = (FACTS / "parks.csv").read_text("utf-8").replace("opened,", "open,", 1)
    (tmp_path / "parks.csv").write_text(header, "utf-8")
    assert "parks.csv: the columns must be park,name_en," in call("--register", tmp_path).stderr


def test_register_stands_alone():
    assert call("--register", "--decimal", ",").exit_code == 2
    assert call().exit_code == 2

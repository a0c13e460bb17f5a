"""Cities of Europe that share research projects: tables, network and what the report says."""

import csv
import runpy
import tomllib
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from numpy.testing import assert_allclose
from typer.testing import CliRunner

import netinnov as ni
from netinnov.cli import app
from netinnov.datasets import load_research_cities
from netinnov.errors import InputError
from netinnov.study import sections

ROOT = Path(__file__).parents[2]
TABLES = ROOT / "netinnov" / "datasets" / "tables"


def rows_of(name: str) -> list[dict[str, str]]:
    with (TABLES / f"research_{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def pairs() -> dict[tuple[str, str, str], float]:
    """Weight of each layer and pair of cities, from the files and by pairs: no matrix."""
    kind = {row["organisation"]: row["kind"] for row in rows_of("organisations")}
    city = {row["organisation"]: row["city"] for row in rows_of("organisations")}
    members = defaultdict(list)
    for row in rows_of("participations"):
        members[row["project"]].append(row["organisation"])
    weights: Counter[tuple[str, str, str]] = Counter()
    for partners in members.values():
        for a, b in combinations(partners, 2):
            if city[a] and city[b]:
                layer = kind[a] if kind[a] == kind[b] else "mixed"
                ends = sorted([city[a], city[b]])
                weights[layer, ends[0], ends[1]] += 1 / (len(partners) - 1)
    return dict(weights)


@pytest.fixture(scope="module")
def large() -> list[str]:
    """The hundred cities with most participations, counted in the files."""
    city = {row["organisation"]: row["city"] for row in rows_of("organisations")}
    count = Counter(city[row["organisation"]] for row in rows_of("participations"))
    del count[""]
    ranked = sorted(count.items(), key=lambda item: (-item[1], item[0]))
    return [name for name, _ in ranked[:100]]


@pytest.fixture(scope="module")
def cities() -> ni.MultilayerNetwork:
    """The network of the cities, read once."""
    return load_research_cities()


def test_the_tables_name_neither_persons_nor_organisations() -> None:
    columns = {
        name: list(rows_of(name)[0]) for name in ("organisations", "projects", "participations")
    }
    assert columns == {
        "organisations": ["organisation", "kind", "country", "city"],
        "projects": ["project", "year"],
        "participations": ["project", "organisation"],
    }
    assert all(row["organisation"][1:].isdecimal() for row in rows_of("organisations"))


def test_the_tables_have_the_size_of_the_source(research_projects) -> None:
    # 17,428 organisations, 10,030 projects and 47,973 participations, 2,195 organisations without a
    # city: as the files of CORDIS count them (tests/sources/test_sources_cordis.py).
    network = research_projects
    kinds = network.nodes["kind"].value_counts()
    assert (kinds.drop("project").sum(), kinds["project"]) == (17_428, 10_030)
    assert network.n_links == 47_973
    without = network.nodes.loc[network.nodes["kind"] != "project", "place"].isna().sum()
    assert 2_195 <= without < 3_000
    assert sum(path.stat().st_size for path in TABLES.glob("research_*")) < 1_500_000


@pytest.mark.slow
def test_weights_are_those_of_all_pairs_of_partners(pairs, cities) -> None:
    links = cities.links.groupby(["layer", "source", "target"])["weight"].sum()
    ends = [[layer, *sorted(pair)] for layer, *pair in links.index]
    links.index = pd.MultiIndex.from_tuples([tuple(each) for each in ends])
    expected = pd.Series(pairs)
    assert_allclose(links.reindex(expected.index), expected, rtol=1e-9)
    assert len(links) == len(expected)


@pytest.mark.slow
def test_cities_are_where_they_are_said_to_be(large, cities) -> None:
    places = cities.places
    assert places.index[places["group"] == "100 most participations"].tolist() == large
    # Coordinates of an atlas, to a tenth of a degree.
    atlas = {"Paris, FR": (2.35, 48.86), "Athens, EL": (23.73, 37.98), "London, UK": (-0.13, 51.51)}
    for city, (lon, lat) in atlas.items():
        assert places.loc[city, ["lon", "lat"]].tolist() == pytest.approx([lon, lat], abs=0.1)
    assert places.loc[large, "parent"].map(places["name"])["Athens, EL"] == "Greece"
    levels = [ni.aggregate(cities, level=level).n_nodes for level in (0, 1)]
    assert levels[0] > 3_000 > 200 > levels[1]


def test_wrong_options() -> None:
    with pytest.raises(InputError, match="`weighting` is for pairs; leave it out"):
        load_research_cities(projects="nodes", weighting="count")


@pytest.mark.slow
def test_the_case_is_run_by_its_name(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    empty = [replace(section, compute=lambda context: None) for section in sections.SECTIONS]
    monkeypatch.setattr(sections, "SECTIONS", empty)
    monkeypatch.setattr("netinnov.study.write_explorer", lambda *_: None)
    call = CliRunner().invoke
    result = call(app, ["run", "--case", "europe", "--quiet"])
    assert result.stdout == f"The report is {Path('results/europe/report.html')}\n"
    example = call(app, ["run", "--case", "europe", "--example"]).stdout
    assert tomllib.loads(example)["data"]["source"] == "europe"
    refused = call(app, ["run", "study.toml", "--case", "europe"])
    assert (refused.exit_code, "without a file" in " ".join(refused.stderr.split())) == (2, True)


@pytest.mark.slow
def test_the_tables_are_those_of_cordis(cordis_folder) -> None:
    main = runpy.run_path(str(ROOT / "data" / "make_research_cities.py"))["main"]
    assert main([str(cordis_folder), "--check"]) == 0

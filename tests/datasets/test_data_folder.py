"""The facts of the folder `data`, and the script that packages them."""

import csv
import runpy
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import netinnov as ni

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "data" / "make_tables.py"
FACTS = ROOT / "data" / "facts"
TABLES = ROOT / "netinnov" / "datasets" / "tables"

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """The script's exit code and what it says on stderr."""
    main = runpy.run_path(str(SCRIPT))["main"]

    def call(*arguments: str | Path) -> tuple[int, str]:
        code = main([str(argument) for argument in arguments])
        return code, capsys.readouterr().err

    return call


@pytest.fixture
def open_package() -> Iterator[Callable[[str], Any]]:
    """Packages of frictionless, which raises the limit of fields in all that reads CSV."""
    limit = csv.field_size_limit()
    from frictionless import Package

    yield Package
    csv.field_size_limit(limit)


def edited(folder: Path, table: str, line: int, column: str, value: str) -> Path:
    """Copy the facts to a folder, with one cell changed."""
    shutil.copytree(FACTS, folder, dirs_exist_ok=True)
    rows = pd.read_csv(folder / table, dtype="str", keep_default_na=False)
    rows.loc[line - 2, column] = value
    rows.to_csv(folder / table, index=False)
    return folder


def test_packaged_tables_are_what_the_facts_give(run: Run) -> None:
    assert run("--check") == (0, "")


def test_check_fails_with_one_message_on_an_edited_or_absent_table(
    run: Run, tmp_path: Path
) -> None:
    shutil.copytree(TABLES, tmp_path, dirs_exist_ok=True)
    (tmp_path / "parks.csv").unlink()
    modelled = tmp_path / "gravity_modelled.csv"
    modelled.write_bytes(modelled.read_bytes().replace(b"shanghai", b"beijing", 1))
    before = modelled.read_bytes()

    assert run("--check", "--tables", tmp_path) == (
        1,
        "packaged tables that the facts no longer give: parks.csv, gravity_modelled.csv; "
        "run python data/make_tables.py\n",
    )
    assert modelled.read_bytes() == before
    assert not (tmp_path / "parks.csv").exists()


def test_the_script_writes_what_check_accepts(run: Run, tmp_path: Path) -> None:
    assert run("--tables", tmp_path / "new")[0] == 0
    assert run("--check", "--tables", tmp_path / "new") == (0, "")
    written = {path.name for path in (tmp_path / "new").iterdir()}
    # The case of Europe is made by make_research_cities.py; settings are written by hand.
    other = {"yrd.toml", "europe.toml", *(path.name for path in TABLES.glob("research_*"))}
    assert written == {path.name for path in TABLES.iterdir()} - other


def test_the_script_refuses_facts_that_break_a_rule(run: Run, tmp_path: Path) -> None:
    facts = edited(tmp_path / "facts", "parks.csv", 2, "host", "quzhou")
    code, said = run("--facts", facts, "--tables", tmp_path / "tables")
    assert code == 1
    assert "parks.csv, line 2 (quzhou_haichuang): home must not be host" in said
    assert not (tmp_path / "tables").exists()


@pytest.mark.slow
def test_the_data_package_is_valid_and_says_what_is_in_it(open_package) -> None:
    package = open_package(str(FACTS / "datapackage.json"))
    report = package.validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])
    sizes = {resource.name: len(resource.read_rows()) for resource in package.resources}
    assert sizes == {"places": 121, "parks": 72, "actors": 173, "links": 283, "rail": 650}
    for resource in package.resources:
        for field in resource.schema.fields:
            assert len(field.description) > 5, (resource.name, field.name)
            number = field.type in ("number", "integer")
            assert ("unit" in field.custom) == (number and field.name != "weight"), field.name
    assert [each["name"] for each in package.licenses] == ["BSD-3-Clause", "CC-BY-4.0"]
    assert package.version == ni.__version__


def test_readme_counts_the_rows_that_are_there() -> None:
    readme = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    for table in ("places", "parks", "actors", "links"):
        n = len(pd.read_csv(FACTS / f"{table}.csv", dtype="str"))
        assert f"| `facts/{table}.csv` | {n} |" in readme


def test_the_table_of_steps_is_what_the_facts_give():
    """Counted here from the tables with pandas, without `find_enclaves`."""
    parks = pd.read_csv(FACTS / "parks.csv").rename(columns={"park": "id"}).assign(kind="park")
    actors = pd.read_csv(FACTS / "actors.csv").rename(
        columns={"actor": "id", "place": "host", "jurisdiction": "home"}
    )
    columns = ["id", "kind", "type", "home", "host"]
    nodes = pd.concat([parks[columns], actors.assign(type=None)[columns]])
    places = pd.read_csv(FACTS / "places.csv", index_col="place")
    parent = places["parent"]
    city = parent.fillna(parent.index.to_series())
    inside = (nodes["host"] == nodes["home"]) | (nodes["host"].map(parent) == nodes["home"])
    outside = nodes[~inside & nodes["host"].notna() & nodes["home"].notna()]
    outside = outside.assign(home=outside["home"].map(city), host=outside["host"].map(city))
    own_pairs = nodes.merge(outside[["id"]], on="id")[["id", "home", "host"]]
    enclaves = outside[outside["home"] != outside["host"]]
    delta = places[
        places["province"].isin(["Shanghai", "Jiangsu", "Zhejiang", "Anhui"])
        & places["level"].isin(["municipality", "prefecture"])
    ].index
    assert len(delta) == 41
    in_delta = enclaves[enclaves["host"].isin(delta)]
    chosen = in_delta[
        in_delta["home"].isin(delta) & in_delta["type"].isin(["reverse_enclave", "talent_enclave"])
    ]
    rows = []
    for part, ends in (
        (outside, own_pairs.set_index("id")),
        *((table, table.set_index("id")) for table in (enclaves, in_delta, chosen)),
    ):
        parks = part[part["kind"] == "park"]
        pairs = ends.loc[parks["id"], ["home", "host"]].drop_duplicates()
        rows.append([len(part), len(parks), len(pairs)])
    text = (ROOT / "data" / "README.md").read_text("utf-8")
    table = text[text.index("| step |") : text.index("The five nodes")]
    said = [
        [int(cell) for cell in line.split("|")[2:5]]
        for line in table.splitlines()
        if line.split("|")[-2:-1] not in ([], [" "], ["---"]) and "step" not in line
    ]
    assert said == rows

"""The register of parks: held against its schema and rules, and what it does not know."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from netinnov._runtime.opening import read_json
from netinnov.datasets._packaged import packaged_tables
from netinnov.sources._delimited import read_delimited

SCHEMA = "datapackage.json"  # all rules of one column, of keys and of references
TABLES = {"places": "place", "parks": "park", "actors": "actor"}  # with ids, unique over all
ENDS = ("source", "target")  # of links: ids of actors or parks, which no schema can say
DATES = ("opened", "announced", "as_of", "since")
FIGURES = ("floor_area_m2", "investment_cny", "firms", "talents", "industrialised_at_home")
TOGETHER = {"parks": ("firms", "firms_meaning"), "links": ("amount", "unit")}
OWNED = ("reverse_enclave", "talent_enclave")  # of other sites a source may not name the owner


class Register(NamedTuple):
    folder: Path
    schemas: dict[str, dict[str, Any]]
    tables: dict[str, pd.DataFrame]  # as text; the index has the lines of the file


def read_register(folder: Path | None = None, *, schema: Path | None = None) -> Register:
    """The tables of a folder, by default those of the package, and the rules of the package."""
    packaged = Path(str(packaged_tables()))
    folder = packaged if folder is None else folder
    resources = read_json(schema or packaged / SCHEMA)["resources"]
    schemas = {each["name"]: each["schema"] for each in resources}
    tables = {name: read_delimited(folder / f"{name}.csv").frame for name in schemas}
    return Register(folder, schemas, tables)


def faults_of(register: Register) -> list[str]:
    """All rows that break a rule, by file, line, id and column."""
    columns = []
    for name, schema in register.schemas.items():
        wanted = [field["name"] for field in schema["fields"]]
        if [*register.tables[name]] != wanted:
            columns.append(f"{name}.csv: the columns must be {','.join(wanted)}")
    if columns:
        return columns
    faults = [*_faults_of_cells(register), *_faults_of_ids(register), *_faults_of_rules(register)]
    order = {name: at for at, name in enumerate(register.tables)}
    return [text for _, _, text in sorted(faults, key=lambda each: (order[each[0]], each[1]))]


def gaps_of(register: Register) -> list[str]:
    """How many rows lack a date or number that no source gave: counted, never filled in."""
    lines = []
    for name, schema in register.schemas.items():
        table = register.tables[name]
        counts = {
            field["name"]: int(table[field["name"]].isna().sum())
            for field in schema["fields"]
            if (field["name"] in DATES or "unit" in field)
            and not field.get("constraints", {}).get("required")
        }
        if counts:
            listed = ", ".join(f"{column} {count}" for column, count in counts.items())
            lines.append(f"Not stated in the {len(table)} rows of {name}.csv: {listed}.")
    parks = register.tables["parks"]
    n = int((parks["opened"].isna() & parks["announced"].isna()).sum())
    return [*lines, f"Parks with neither an opening nor an announcement that is dated: {n}."]


def _rows(
    register: Register, name: str, bad: pd.Series[bool], rule: str, column: str = ""
) -> Iterator[tuple[str, int, str]]:
    table = register.tables[name]
    for line, row in table[bad.to_numpy(bool)].iterrows():
        value = f"; found {row[column]!r}" if column and isinstance(row[column], str) else ""
        yield name, int(str(line)), f"{name}.csv, line {line} ({row.iloc[0]}): {rule}{value}"


def _faults_of_cells(register: Register) -> Iterator[tuple[str, int, str]]:
    for name, schema in register.schemas.items():
        for field in schema["fields"]:
            column = field["name"]
            cells = register.tables[name][column]
            filled = cells.notna()
            for bad, rule in _broken(field, cells):
                yield from _rows(register, name, filled & bad, f"{column} must be {rule}", column)
            if field.get("constraints", {}).get("required"):
                yield from _rows(register, name, ~filled, f"{column} must be given")


def _broken(field: dict[str, Any], cells: pd.Series) -> Iterator[tuple[pd.Series, str]]:
    rules = field.get("constraints", {})
    text = cells.fillna("")
    if "enum" in rules:
        choices = [str(each) for each in rules["enum"]]
        yield ~cells.isin(choices), f"one of {', '.join(choices)}"
    elif field["type"] in ("number", "integer"):
        number = pd.to_numeric(cells, errors="coerce")
        low = rules["minimum"]
        high = rules["maximum"]
        whole = "a whole number " if field["type"] == "integer" else ""
        odd = number.mod(1).ne(0) if whole else number.isna()
        yield odd | ~number.between(low, high), f"{whole}from {low:,.10g} to {high:,.15g}"
    if field["name"] in DATES:
        day = pd.to_datetime((text + "-01-01").str[:10], format="%Y-%m-%d", errors="coerce")
        exists = text.str.fullmatch(r"\d{4}(-\d\d){0,2}") & day.notna()
        yield ~exists, "YYYY, YYYY-MM or YYYY-MM-DD"
    elif "pattern" in rules:
        rule = f"as in its schema: {field['description']}"
        yield ~text.str.fullmatch(rules["pattern"]), rule


def _faults_of_ids(register: Register) -> Iterator[tuple[str, int, str]]:
    tables = register.tables
    ids = pd.concat([tables[name][key] for name, key in TABLES.items()], keys=TABLES)
    twice = ids.duplicated(keep=False) & ids.notna()
    for name, schema in register.schemas.items():
        key = schema.get("primaryKey", [])
        if name in TABLES:
            rule = f"{key} must occur once in places, parks and actors"
            yield from _rows(register, name, twice[name], rule)
        elif key:
            again = tables[name].duplicated(key)
            yield from _rows(register, name, again, f"{', '.join(key)} must be given once")
        references = {
            each["fields"]: each["reference"]["resource"] or name
            for each in schema.get("foreignKeys", ())
        }
        for column, where in references.items():
            bad = tables[name][column].notna() & ~tables[name][column].isin(ids[where])
            yield from _rows(register, name, bad, f"{column} must be an id of {where}", column)
    for column in ENDS:
        bad = ~tables["links"][column].isin([*ids["actors"], *ids["parks"]])
        rule = f"{column} must be an id of actors or parks"
        yield from _rows(register, "links", bad, rule, column)


def _faults_of_rules(register: Register) -> Iterator[tuple[str, int, str]]:
    places, parks, links = (register.tables[name] for name in ("places", "parks", "links"))
    deep = places["parent"].isin(places.loc[places["parent"].notna(), "place"])
    tiers = places["place"].map(expected_tiers(places.drop_duplicates("place"), parks))
    dates = parks[["opened", "announced"]].fillna("")
    early = [  # as far as both are known: "2016" is not before "2016-05"
        first[: len(other)] < other[: len(first)] for first, other in dates.to_numpy()
    ]
    figures = parks[[*FIGURES]].notna().any(axis=1)
    hosted, owned = (
        parks["park"].isin(links.loc[links["layer"] == layer, "target"])
        for layer in ("hosting", "ownership")
    )
    owned |= ~parks["type"].isin(OWNED)
    rules = [
        ("places", deep, "parent must not have a parent itself"),
        ("places", places["tier"] != tiers, "tier must be what the sites of parks.csv give"),
        ("parks", parks["home"] == parks["host"], "home must not be host"),
        ("parks", pd.Series(early, parks.index), "opened must not be before announced"),
        ("parks", figures & (parks["confidence"] == "C"), "confidence must be A or B with figures"),
        ("parks", ~hosted, "a link of hosting must lead to the site"),
        ("parks", ~owned, "a link of ownership must lead to the site"),
        ("links", links["source"] == links["target"], "source must not be target"),
    ]
    for name, (one, other) in TOGETHER.items():
        table = register.tables[name]
        alone = table[one].notna() != table[other].notna()
        rules.append((name, alone, f"{one} and {other} must be given together"))
    for name, bad, rule in rules:
        yield from _rows(register, name, bad, rule)


def expected_tiers(places: pd.DataFrame, parks: pd.DataFrame) -> pd.Series[str]:
    """Role of each place: core hosts more sites than it owns, catching up owns as many."""
    parent = places.set_index("place")["parent"]
    city = parent.fillna(parent.index.to_series())
    sites = parks[parks["type"] != "forward_enclave"]
    own = pd.DataFrame({"hosted": sites["host"], "owned": sites["home"]})
    across = own.apply(lambda ids: ids.map(city))
    across = across[across["hosted"] != across["owned"]]
    tier = pd.Series("other", index=parent.index)
    for counted, is_part in ((across, False), (own, True)):
        n = counted.apply(lambda ids: ids.value_counts()).reindex(parent.index).fillna(0)
        role = pd.Series("other", index=n.index)
        role = role.mask(n["owned"] > 0, "catching_up").mask(n["hosted"] > n["owned"], "core")
        tier = tier.mask(parent.notna() == is_part, role)
    inherits = parent.notna() & (tier == "other")
    return tier.mask(inherits, parent.map(tier))

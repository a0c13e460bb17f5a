"""Do real enclaves stand where a park would give their homes most access? Write the study.

Run ``python examples/siting.py FOLDER DATA``. FOLDER (by default ``siting``) takes
``studies/siting.md``, its tables and its figures; ``docs`` renews those in the repository. DATA is
the folder with ``china_cities`` (by default ``../shared/data`` beside the repository); without it
nothing is written. The text is in ``siting.md`` beside this script. The flows belong to Baidu and
must not be passed on: no flow is written, only what is computed from them.
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from _pages import fill, listed, markdown, missing, new_figure, save, write_tables
from yangtze_delta import DAYS, PROVINCES, read_cities, read_flows

import netinnov as ni
from netinnov.planning import rank_hosts
from netinnov.plotting import plot_flow_map, print_style
from netinnov.scenarios import DirectLinks, similar_places

TYPES = ("reverse_enclave", "talent_enclave")
# What other hosts have in common with the real one; none: every other city.
ALIKE = {
    "population": ("population",),
    "strength": ("strength",),
    "population, province": ("population", "province"),
    "any other city": (),
}
# Share of the travellers of home that more links with the host bring, and who pays for them.
LINKS = {
    "a tenth more": (0.1, "new"),
    "three tenths more": (0.3, "new"),
    "a tenth moved": (0.1, "reallocated"),
}
NEAREST = (5, 10)
MAIN = ("20200109", "a tenth more", "population", 10)


# What is read.


def read_sites(cities):
    """The enclaves with home and host as prefecture-level cities of the delta."""
    network = ni.datasets.load_yrd_enclaves()
    places, nodes = network.places, network.nodes
    sites = nodes[nodes["type"].isin(TYPES)]
    code = pd.Series(cities.index, index=cities["cityname_chn"].replace({"毫州市": "亳州市"}))
    whole = places["parent"].isna() & (places["level"] != "province")
    at = places.loc[whole, "name_zh"].map(code).dropna()

    # A district or county lies in one prefecture, which lies in no other place.
    city = places["parent"].fillna(places.index.to_series())

    table = pd.DataFrame(
        {
            "home": sites["jurisdiction"].map(city).map(at),
            "host": sites["place"].map(city).map(at),
            "confidence": sites["confidence"],
            "opened": pd.to_numeric(sites["opened"].str[:4]),
        }
    )
    table = table[(table["home"] != table["host"]) & table[["home", "host"]].notna().all(axis=1)]
    kinds = nodes[nodes["type"].notna()]
    return table, {"facts": len(kinds), "weak_facts": int((kinds["confidence"] == "C").sum())}


def with_provinces(network):
    """The network with a column of places: the province."""
    places = network.places.assign(province=network.places.index.str[:2])
    return ni.MultilayerNetwork(
        network.nodes, network.links, places=places, layers=network.layer_table
    )


# What is compared.


def others_like(network, pairs, by):
    """For each pair the other cities that could be the host, the most alike first.

    Other real hosts of the same home are left out.
    """
    found = {}
    for home, host in pairs:
        taken = {home, *(b for a, b in pairs if a == home)}
        alike = similar_places(network, host, n=network.n_nodes, by=by)
        found[home, host] = [city for city in alike if city not in taken]
    return found


def rank_among(network, home, host, others, links):
    """The real host among others: its rank, and the comparisons with one of them that it wins."""
    share, funding = LINKS[links]
    more = DirectLinks(home, host, volume_share=share, funding=funding)
    table = rank_hosts(network, home=home, hosts=[host, *others], scenario=more)
    table["rank"] = table["rank"].rank(method="min")  # equal ones share the better rank
    mine, rest = table.loc[host], table["rank"].drop(host)
    return {
        "others": len(rest),
        "rank": mine["rank"],
        "won": ((rest > mine["rank"]) + 0.5 * (rest == mine["rank"])).sum(),
        "change": mine["median"],
        "best": table.index[0],
        "best_change": table["median"].iloc[0],
    }


def compute(data):
    """All results of the study, by name."""
    cities = read_cities(data)
    flows = read_flows(data, cities)
    networks = {day: with_provinces(flows[day, "people"]) for day in DAYS}
    sites, counts = read_sites(cities)
    pairs = list(sites.groupby(["home", "host"]).size().index)
    rows = []
    for day, (name, by) in product(DAYS, ALIKE.items()):
        network = networks[day]
        every = others_like(network, pairs, by)
        for nearest, links in product(NEAREST if by else (len(cities),), LINKS):
            for pair in pairs:
                one = rank_among(network, *pair, every[pair][:nearest], links)
                asked = {"day": day, "links": links, "alike": name, "nearest": nearest}
                rows.append({**asked, "home": pair[0], "host": pair[1], **one})
    each = pd.DataFrame(rows)
    asked = ["day", "links", "alike", "nearest"]
    grouped = each.groupby(asked, sort=False)
    table = pd.DataFrame(
        {
            "pairs": grouped.size(),
            "won": grouped["won"].sum() / grouped["others"].sum(),
            "first": grouped["rank"].agg(lambda rank: (rank == 1).sum()),
        }
    )
    main = grouped.get_group(MAIN).set_index(["home", "host"])
    found = {"cities": cities, "sites": sites, "pairs": pairs, "counts": counts}
    found |= {"specifications": table, "main": main}
    found["subsets"] = subsets(sites, main, cities["name_en"])
    alike = others_like(networks[MAIN[0]], pairs, ALIKE[MAIN[2]])
    found["alike"] = {pair: cities[: MAIN[3]] for pair, cities in alike.items()}
    return found


def subsets(sites, main, names):
    """Comparisons won in the headline, for parts of the pairs."""
    hosts = sites["host"].value_counts().index
    pairs = main.index
    at = pairs.get_level_values("host")
    early = _are_of(sites[sites["opened"] < 2020], pairs)
    parts = {
        "all pairs": np.ones(len(pairs), bool),
        **{f"host {names[host]}": at == host for host in hosts[:2]},
        "all other hosts": ~at.isin(hosts[:2]),
        "with a site of confidence A or B": _are_of(sites[sites["confidence"] != "C"], pairs),
        "with a site known to have opened before 2020": early,
        "no site known to have opened before 2020": ~early,
    }
    rows = {
        name: {"pairs": part.sum(), "won": main.loc[part, "won"].sum() / main["others"][part].sum()}
        for name, part in parts.items()
    }
    return pd.DataFrame(rows).T


def _are_of(sites, pairs):
    return pairs.isin(list(zip(sites["home"], sites["host"], strict=True)))


# Tables of the page.


def table_of_specifications(found):
    """Comparisons won, by what is compared."""
    table, rows = found["specifications"]["won"], []
    for (alike, nearest), some in table.groupby(["alike", "nearest"], sort=False):
        cells = [f"{some[day, links, alike, nearest]:.2f}" for day in DAYS for links in LINKS]
        rows.append([alike, nearest if ALIKE[alike] else "all", *cells])
    head = [f"{day}, {links}" for day in DAYS.values() for links in LINKS]
    return markdown(["alike in", "others", *head], rows)


def table_of_subsets(found):
    """Comparisons won by parts of the pairs."""
    rows = [
        [part, f"{row['pairs']:.0f}", f"{row['won']:.2f}"]
        for part, row in found["subsets"].iterrows()
    ]
    return markdown(["part", "pairs", "won"], rows)


def table_of_pairs(found):
    """Every pair in the headline."""
    names, count = found["cities"]["name_en"], found["sites"].groupby(["home", "host"]).size()
    rows = [
        [
            f"{names[home]}, {names[host]}",
            count[home, host],
            f"{row['rank']:.0f} of {row['others'] + 1}",
            f"{row['change']:+.1f}",
            f"{names[row['best']]} ({row['best_change']:+.1f})",
        ]
        for (home, host), row in found["main"].iterrows()
    ]
    head = ["home, host", "sites", "rank of the host", "change at home, %", "best of them"]
    return markdown(head, rows)


# Figures.


def draw(found, folder):
    """The figures of the page."""
    cities = found["cities"]
    home, host = (found["sites"][name] for name in ("home", "host"))
    nodes = pd.DataFrame({"kind": "place", "place": cities.index}, index=cities.index)
    links = pd.DataFrame({"source": home, "target": host, "layer": "sites", "weight": 1.0})
    places = cities[["lon", "lat"]].assign(name=cities["name_en"])
    network = ni.MultilayerNetwork(nodes, links, places=places, directed=["sites"])
    pairs = pd.DataFrame({"home": home, "host": host, "direction": "reverse"})
    named = len({*home, *host})
    with print_style():
        ax = plot_flow_map(network, layers=(), enclaves=pairs, labels=named)
    save(ax.figure, folder, "siting_map")

    main, names = found["main"], cities["name_en"]
    order = main.sort_values(["rank", "change"], ascending=[False, True]).index
    with print_style():
        figure = new_figure(height=105)
        ax = figure.add_subplot()
        rows, rank = range(len(order)), main.loc[order, "rank"]
        ax.hlines(rows, 1, main.loc[order, "others"] + 1, color="#dddddd", linewidth=4)
        ax.plot(rank, rows, "o", color="#0072b2", markersize=5)
        ax.set_yticks(rows, [f"{names[home]} > {names[host]}" for home, host in order])
        ax.set_xticks(range(1, MAIN[3] + 2))
        ax.set_xlabel("rank of the real host among cities of its size")
    save(figure, folder, "siting_statistics")


# The page.


def numbers_of(found):
    """Everything the template names, as text or as numbers it formats."""
    sites, pairs, cities, main = (found[name] for name in ("sites", "pairs", "cities", "main"))
    names, table = cities["name_en"], found["specifications"]
    hosts = pd.Series([host for _, host in pairs]).value_counts()
    provinces = pd.Series([PROVINCES[home[:2]] for home, _ in pairs]).value_counts()
    size = cities["population"].sort_values(ascending=False)
    larger = sum(size[host] > size[found["alike"][home, host]].max() for home, host in pairs)
    return {
        "n_sites": len(sites),
        "n_pairs": len(pairs),
        "n_homes": sites["home"].nunique(),
        "n_hosts": len(hosts),
        "n_cities": len(cities),
        "hosts": listed(f"{names[host]} ({n})" for host, n in hosts.items()),
        "first_host": names[hosts.index[0]],
        "second_host": names[hosts.index[1]],
        "of_first": hosts.iloc[0],
        "of_two": hosts.iloc[:2].sum(),
        "provinces": listed(f"{name} {n}" for name, n in provinces.items()),
        "same_province": sum(home[:2] == host[:2] for home, host in pairs),
        "weak": int((sites["confidence"] == "C").sum()),
        "early": int((sites["opened"] < 2020).sum()),
        "undated": int(sites["opened"].isna().sum()),
        "nearest": MAIN[3],
        "fewer": NEAREST[0],
        "won": table["won"][MAIN],
        "least": table["won"].min(),
        "most": table["won"].max(),
        "n_specifications": len(table),
        "first": table["first"][MAIN],
        "moved": table["won"][MAIN[0], "a tenth moved", *MAIN[2:]],
        "largest_change": main["change"].max(),
        "least_change": main["change"].min(),
        "larger": larger,
        "ratio": size.iloc[0] / size.iloc[1],
        "subset": found["subsets"].to_dict("index"),
        "table_of_specifications": table_of_specifications(found),
        "table_of_subsets": table_of_subsets(found),
        "table_of_pairs": table_of_pairs(found),
        "n_facts": found["counts"]["facts"],
        "weak_facts": found["counts"]["weak_facts"],
    }


def tables_of(found):
    """Every table, without any flow."""
    names, main = found["cities"]["name_en"], found["main"].reset_index()
    main["pair"] = main["home"].map(names) + " > " + main["host"].map(names)
    main["best"] = main["best"].map(names)
    return {
        "specifications": found["specifications"],
        "pairs": main.set_index("pair")[["others", "rank", "won", "change", "best", "best_change"]],
        "subsets": found["subsets"].rename_axis("part"),
    }


def main(folder="siting", data=Path(__file__).parents[1] / "../shared/data"):
    """Write page, tables and figures below a folder, if the data are there."""
    folder, data = Path(folder), Path(data)
    needed = [f"BaiduNet_out_{day}.csv.gz" for day in DAYS]
    needed += ["cityinfo.csv", "census_city_2010_2020.csv", "yearbook_light.csv"]
    if missing(data / "china_cities", needed):
        print("The flows belong to Baidu and are not shipped; the page of the study says where")
        print("they are, and under which terms.")
        return
    found = compute(data)
    if found["specifications"]["won"].min() <= 0.5:
        raise SystemExit("The text says that all specifications agree on the side: rewrite it.")
    draw(found, folder / "figures")
    write_tables(tables_of(found), folder / "studies/siting")
    fill(Path(__file__).with_suffix(".md"), numbers_of(found), folder / "studies/siting.md")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Which five links would open up the delta most? Plan them, and write the study.

Run ``python examples/next_links.py FOLDER DATA``. FOLDER (by default ``next_links``) takes
``studies/next_links.md``, its tables and its figure; ``docs`` renews those in the repository. DATA
is the folder with ``china_cities`` (by default ``../shared/data`` beside the repository); without
it nothing is written. The text is in ``next_links.md`` beside this script. The flows belong to
Baidu and must not be passed on: no flow is written, only what is computed from them.
"""

from __future__ import annotations

import sys
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from _pages import fill, listed, markdown, missing, save, write_tables
from siting import read_sites
from yangtze_delta import DAYS, read_cities, read_flows

import netinnov as ni
from netinnov.centrality import strength
from netinnov.connectivity import global_efficiency
from netinnov.experiments import ResampledLinks
from netinnov.planning import site_enclaves, siting_stability, space_demand
from netinnov.plotting import plot_flow_map, print_style
from netinnov.scenarios import NewLinks, ReverseEnclave

MAIN = "20200109"
K = 5
SHARE = 0.1
"""Volume of a candidate, as a share of all that leaves or enters home."""

PLACEBOS = 500
RESAMPLES = 20
EVENTS = 1000
"""Travellers assumed behind the flows, for each city: few, so that the resamples differ much."""

EFFICIENCY = partial(global_efficiency, distance="inverse")


def pairs_of(cities):
    """Each home below the median of GDP per head with each host that is not below it."""
    per_head = cities["gdp"] / cities["population"]
    homes = cities.index[per_head < per_head.median()]
    return list(product(homes, cities.index.difference(homes, sort=False)))


def candidates_of(network, pairs):
    """For each pair a direct link, half each way, and a park of the same volume."""
    volume = SHARE * strength(network).sum(axis=1)
    links, parks = {}, {}
    for home, host in pairs:
        both_ways = [(home, host), (host, home)]
        links[f"{home} {host}"] = NewLinks(both_ways, weight=volume[home] / 2)
        parks[f"{home} {host}"] = ReverseEnclave(
            home, host, volume=volume[home], pipeline_share=0.5, funding="new"
        )
    return links, parks


def resampled(network, rng):
    """The flows of other travellers, as many as assumed."""
    (layer,) = network.layers
    counted = ni.build_network(
        network.nodes,
        network.links,
        network.places,
        layers={layer: {"directed": True, "events": EVENTS * network.n_nodes}},
    )
    return network.replace_links(ResampledLinks()(counted, rng).links)


def compute(data):
    """All results of the study, by name."""
    cities = read_cities(data)
    every = read_flows(data, cities)
    network = every[MAIN, "people"]
    pairs = pairs_of(cities)
    links, parks = candidates_of(network, pairs)
    ask = partial(site_enclaves, objective=EFFICIENCY, rng=1)
    plans = {
        method: ask(network, candidates=links, k=K, method=method, placebos=PLACEBOS)
        for method in ("greedy", "exchange")
    }
    other = next(day for day in DAYS if day != MAIN)
    other_links, _ = candidates_of(every[other, "people"], pairs)
    again = ask(every[other, "people"], candidates=other_links, k=K, method="exchange")
    table = siting_stability(
        network,
        candidates=links,
        k=K,
        objective=EFFICIENCY,
        method="exchange",
        resample=resampled,
        resamples=RESAMPLES,
        rng=1,
        progress=False,
    )
    sites, _ = read_sites(cities)
    real = {f"{home} {host}": None for home, host in zip(sites["home"], sites["host"], strict=True)}
    built = [name for name in links if name in real]
    placed = ask(network, candidates={name: links[name] for name in built}, k=len(built))
    drawn = ask(network, candidates=links, k=len(built), placebos=PLACEBOS).placebo
    with_parks = ask(network, candidates=parks, k=K)
    return {
        "cities": cities,
        "links": links,
        "plans": plans,
        "again": again,
        "stability": table,
        "built": built,
        "placed": placed,
        "drawn": drawn,
        "parks": with_parks,
        "space": space_demand(pd.Series([1.0]), ni.datasets.load_yrd_enclaves(), rng=1),
    }


def named(found, name):
    """A candidate in words."""
    home, host = (found["cities"]["name_en"][code] for code in name.split())
    return f"{home} and {host}"


def rise(found, value):
    """A value in per cent above the baseline."""
    baseline = found["placed"].baseline
    return 100 * (value / baseline - 1)


def table_of_plan(found):
    """A row a link of the plan."""
    plan, stability = found["plans"]["exchange"], found["stability"]
    table = plan.to_frame()
    rows = [
        [
            named(found, name),
            f"{rise(found, plan.baseline + table.loc[name, 'gain_alone']):.2f}",
            f"{rise(found, plan.baseline + table.loc[name, 'gain_in_plan']):.2f}",
            f"{stability.loc[name, 'share']:.2f}",
            "yes" if name in found["again"].sites else "no",
        ]
        for name in plan.sites
    ]
    head = ["link", "alone, %", "in the plan, %", "share of resamples", "chosen on the other day"]
    return markdown(head, rows)


def draw(found, folder):
    """A map of the plan."""
    cities, plan = found["cities"], found["plans"]["exchange"]
    ends = [name.split() for name in plan.sites]
    nodes = pd.DataFrame({"kind": "place", "place": cities.index}, index=cities.index)
    links = pd.DataFrame(ends, columns=["source", "target"]).assign(layer="plan", weight=1.0)
    places = cities[["lon", "lat"]].assign(name=cities["name_en"])
    network = ni.MultilayerNetwork(nodes, links, places=places)
    with print_style():
        ax = plot_flow_map(network, labels=len(np.unique(ends)))
    save(ax.figure, folder, "next_links_map")


def numbers_of(found):
    """Everything the template names."""
    plan, greedy = (found["plans"][method] for method in ("exchange", "greedy"))
    placed, drawn, space = found["placed"], found["drawn"], found["space"]
    homes = {name.split()[0] for name in found["links"]}
    low, middle, high = (rise(found, plan.placebo.quantile(q)) for q in (0.025, 0.5, 0.975))
    lowest, usual, highest = (rise(found, drawn.quantile(q)) for q in (0.025, 0.5, 0.975))
    return {
        "k": K,
        "share": 100 * SHARE,
        "n_cities": len(found["cities"]),
        "n_homes": len(homes),
        "n_hosts": len(found["links"]) // len(homes),
        "n_links": len(found["links"]),
        "sites": listed(named(found, name) for name in plan.sites),
        "rise": rise(found, plan.value),
        "greedy": rise(found, greedy.value),
        "most": rise(found, plan.bound),
        "gap": 100 * plan.gap,
        "placebos": PLACEBOS,
        "low": low,
        "middle": middle,
        "high": high,
        "as_good": 100 * plan.placebo_share,
        "resamples": RESAMPLES,
        "events": EVENTS,
        "same": len({*plan.sites} & {*found["again"].sites}),
        "n_built": len(found["built"]),
        "n_chosen": len({*plan.sites} & {*found["built"]}),
        "placed": rise(found, placed.value),
        "lowest": lowest,
        "usual": usual,
        "highest": highest,
        "better": 100 * np.mean(drawn >= placed.value),
        "parks": rise(found, found["parks"].value),
        "floor": space.floor,
        "floor_low": space.low,
        "floor_high": space.high,
        "n_parks": space.n,
        "table_of_plan": table_of_plan(found),
    }


def tables_of(found):
    """The chosen links, and what plans at random reach; no flow."""
    plan = found["plans"]["exchange"]
    table = plan.to_frame()[["chosen", "order"]]
    table["gain_alone_percent"] = rise(found, plan.baseline + plan.to_frame()["gain_alone"])
    table["share_of_resamples"] = found["stability"]["share"]
    table.index = [named(found, name) for name in table.index]
    random = pd.DataFrame(
        {"five": rise(found, plan.placebo), "as many as real pairs": rise(found, found["drawn"])}
    )
    return {
        "candidates": table[table["chosen"] | (table["share_of_resamples"] > 0)].rename_axis(
            "link"
        ),
        "random_plans": random.describe(percentiles=[0.025, 0.5, 0.975]).rename_axis("of"),
    }


def main(folder="next_links", data=Path(__file__).parents[1] / "../shared/data"):
    """Write page, tables and figure below a folder, if the data are there."""
    folder, data = Path(folder), Path(data)
    needed = [f"BaiduNet_out_{day}.csv.gz" for day in DAYS]
    needed += ["cityinfo.csv", "census_city_2010_2020.csv", "yearbook_light.csv"]
    if missing(data / "china_cities", needed):
        print("The flows belong to Baidu and are not shipped; the study of the delta says where")
        print("they are, and under which terms.")
        return
    found = compute(data)
    draw(found, folder / "figures")
    write_tables(tables_of(found), folder / "studies/next_links")
    fill(Path(__file__).with_suffix(".md"), numbers_of(found), folder / "studies/next_links.md")


if __name__ == "__main__":
    main(*sys.argv[1:])

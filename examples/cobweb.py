"""Cobwebs of one region and of several: compute, draw and write the page of the documentation.

Run ``python examples/cobweb.py FOLDER``. FOLDER (by default ``cobweb``) takes
``mechanisms/cobweb.md``, its tables and its figures; ``docs`` renews those in the repository. All
prices are modelled; the one observed input is the bundled table of enclaves. The text is in
``cobweb.md`` beside this script.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from _pages import fill, listed, markdown, new_figure, save, write_tables

import netinnov as ni
from netinnov.datasets import load_yrd_enclaves
from netinnov.linkages import enclaves
from netinnov.mechanisms.cobweb import (
    Cobweb,
    CoupledCobweb,
    critical_enclave,
    enclave_effect,
    with_enclave,
)
from netinnov.plotting import plot_cobweb, plot_stability_map, print_style

B, D, M, LOOSE = 1.0, 0.8, 0.05, 0.15
REST = 5.0
STRENGTH = 0.03


def market(d, adaptation=1.0):
    """One market that rests at the same price whatever its slope of supply."""
    level = 10 - (B + d) * REST
    return Cobweb(B, d, demand_intercept=10, supply_intercept=level, adaptation=adaptation)


def pair(**changes):
    """Home and host, alike."""
    given = {"mobility": M} | changes
    return CoupledCobweb([B, B], [D, D], regions=["home", "host"], **given)


def compute():
    """All that the page says."""
    effect = enclave_effect(pair(), "home", "host", strength=STRENGTH)
    return {"effect": effect, "sites": observed()}


def observed():
    """Cities joined by the observed enclaves, and how strong one may be."""
    case = load_yrd_enclaves()
    parks = case.nodes[case.nodes["type"].isin(["reverse_enclave", "talent_enclave"])]
    places = case.places
    sites = ni.build_network(
        pd.DataFrame({"place": places.index}, places.index), enclaves(parks), places
    )
    cities = ni.aggregate(sites, level=1, drop_internal=True)
    weight = cities.adjacency("links")
    linked = np.flatnonzero(np.asarray(weight.sum(axis=0)).ravel() > 0)
    cities = cities.select(nodes=cities.nodes.index[linked].tolist())
    n = cities.n_nodes
    model = CoupledCobweb(np.full(n, B), np.full(n, D), mobility=cities)
    modes = model.modes()
    first = modes.iloc[0].filter(like="price_").astype(float)
    first.index = [name.removeprefix("price_") for name in first.index]
    names = places["name"].reindex(first.index)
    mobility = np.asarray(model.mobility)
    largest = float(mobility.max())
    joined = mobility[int(first.abs().argmax())] > 0
    against = joined & (first.to_numpy() * first.iloc[int(first.abs().argmax())] < 0)
    return {
        "n": n,
        "sites": int(cities.links["weight"].sum()),
        "critical": model.critical_mobility() / largest,
        "modes": modes,
        "joined": int(joined.sum()),
        "against": int(against.sum()),
        "first": first.rename(names),
        "counts": pd.Series(mobility.sum(axis=1), first.index).rename(names),
    }


# Tables.


def table_of_fates():
    """Slopes and adaptation, root and what becomes of prices."""
    rows = []
    for d, beta in ((0.8, 1.0), (1.0, 1.0), (1.2, 1.0), (1.2, 0.8), (1.2, 0.4)):
        model = market(d, beta)
        root = model.root()
        fate = "settles" if abs(root) < 1 else "cycles" if abs(root) == 1 else "explodes"
        way = "alternates" if root < 0 else "one way"
        rows.append([f"{d:g}", f"{beta:g}", f"{root:.2f}", f"{fate}, {way}"])
    return markdown(["d / b", "beta", "root", "prices"], rows)


def table_of_modes():
    """The example of two regions without and with too much mobility."""
    rows = []
    for mobility in (M, LOOSE):
        table = pair(mobility=mobility).modes()
        for row in table.to_dict("records"):
            direction = f"({row['price_home']:+.0f}, {row['price_host']:+.0f})"
            numbers = [f"{row[key]:.3f}" for key in ("root", "damping", "critical_factor")]
            rows.append([f"{mobility:g}", row["kind"], direction, *numbers])
    head = ["m", "mode", "home, host", "root", "damping", "critical factor"]
    return markdown(head, rows)


def table_of_enclaves(found):
    """Modes before and after."""
    rows = [
        [row["kind"], f"{row['root']:.2f}", f"{row['root_with']:.2f}", row["effect"]]
        for row in found["effect"].to_dict("records")
    ]
    return markdown(["mode", "root without", "root with", "the link"], rows)


# Figures.


def draw(folder):
    """The figures of the page."""
    figure = new_figure(height=78)
    with print_style():
        for ax, d in zip(figure.subplots(1, 3), (0.8, 1.0, 1.2), strict=True):
            plot_cobweb(market(d), start=6, periods=10, ax=ax)
    save(figure, folder, "cobweb_webs")

    points = {f"m = {mobility:g}": (D / B, mobility / B) for mobility in (M, LOOSE)}
    with print_style():
        ax = plot_stability_map(points=points)
    save(ax.figure, folder, "cobweb_stability")

    figure = new_figure(height=68)
    linked = with_enclave(pair(), "home", "host", strength=STRENGTH)
    cases = {"without an enclave": pair(), "with an enclave": linked}
    with print_style():
        for ax, (name, model) in zip(
            figure.subplots(1, 2, sharey=True), cases.items(), strict=True
        ):
            path = after_shock(model, 24)
            path.plot(ax=ax, style="o-", markersize=3, linewidth=0.9)
            ax.set(xlabel="period (modelled)", ylabel="price from its rest")
            ax.set_title(name, fontsize=7)
    save(figure, folder, "cobweb_enclave")


def after_shock(model, periods):
    """Prices as distances from rest, after demand of the host rose by 1 for one period."""
    at_rest = [0.0, 0.0]
    model = replace(model, demand_intercept=at_rest, supply_intercept=at_rest)
    shock = [0.0, 1.0 / model.demand_slope[1]]
    prices = model.simulate(start=shock, expected=at_rest, periods=periods)
    return pd.DataFrame(prices, columns=list(model.regions)).rename_axis("period")


# The page.


def numbers_of(found):
    """Everything the template names."""
    sites = found["sites"]
    first = sites["first"]
    order = first.abs().sort_values(ascending=False, kind="stable").index[:5]
    against = [f"{name} ({first[name]:+.2f})" for name in order]
    response = after_shock(pair(), 2)
    return {
        "b": B,
        "d": D,
        "m": M,
        "loose": LOOSE,
        "threshold": pair().critical_mobility(),
        "strength": STRENGTH,
        "table_of_fates": table_of_fates(),
        "table_of_modes": table_of_modes(),
        "table_of_enclaves": table_of_enclaves(found),
        "limit_both": critical_enclave(pair(), "home", "host"),
        "first_host": response.loc[0, "host"],
        "second_host": response.loc[1, "host"],
        "second_home": response.loc[1, "home"],
        "n_sites": sites["sites"],
        "n_cities": sites["n"],
        "per_site": sites["critical"],
        "lead": order[0],
        "first_mode": listed(against),
        "busiest": sites["counts"].idxmax(),
        "n_against": sites["against"],
        "n_joined": sites["joined"],
        "n_busiest": sites["counts"].max(),
    }


def main(folder="cobweb"):
    """Write page, tables and figures below a folder."""
    folder = Path(folder)
    found = compute()
    draw(folder / "figures")
    modes = found["sites"]["modes"].drop(columns=found["sites"]["modes"].filter(like="price_"))
    tables = {"enclave": found["effect"], "observed_modes": modes}
    write_tables(tables, folder / "mechanisms/cobweb")
    template = Path(__file__).with_suffix(".md")
    fill(template, numbers_of(found), folder / "mechanisms/cobweb.md")


if __name__ == "__main__":
    main(*sys.argv[1:2])

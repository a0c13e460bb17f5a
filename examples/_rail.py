"""Trains a day between cities of the Yangtze River Delta, as a network of two pages."""

from __future__ import annotations

import pandas as pd

import netinnov as ni
from netinnov.datasets import load_yrd_enclaves, load_yrd_rail


def trains_a_day():
    """Directed links with the number of high-speed trains, between cities with coordinates."""
    rail = load_yrd_rail().dropna(subset="trains")
    links = rail.rename(columns={"origin": "source", "destination": "target", "trains": "weight"})
    links = links[["source", "target", "weight"]].assign(layer="trains")
    cities = pd.Index(sorted({*links["source"], *links["target"]}))
    places = load_yrd_enclaves().places.loc[cities].drop(columns="parent")
    nodes = pd.DataFrame({"place": cities}, index=cities)
    layers = {"trains": {"directed": True, "unit": "trains"}}
    return ni.build_network(nodes, links, places, layers=layers)

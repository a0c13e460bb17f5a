"""
Who gains, and how to share it
==============================

Shares of each city under several rules, on the range of divisions that no group would leave (the
core). The system of cities is **made up**; `the page on planning <../planning.html>`_ explains the
game.
"""

import pandas as pd

import netinnov as ni
from netinnov.planning import cooperation_game, core_range, share_benefits
from netinnov.plotting import plot_benefit_shares

system = ni.datasets.make_city_system(mean_flow=3, border=3, n_enclaves=0, rng=1)
network = system.select(layers=["synthetic_flow"])
hub = "synthetic_city_04"
homes = ["synthetic_city_31", "synthetic_city_35", "synthetic_city_36"]
links = pd.DataFrame({"source": homes, "target": hub, "layer": "synthetic_flow"})
game = cooperation_game(network, players=[hub, *homes], links=links)
shares = share_benefits(game, rules=["equal", "shapley", "nucleolus"])
ax = plot_benefit_shares(shares, core=core_range(game))

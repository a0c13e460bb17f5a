"""
Which host, and which enclaves to build next
============================================

Hosts for a park of Quzhou; three parks chosen from twelve, beside plans at random, and the plans
between two objectives. Cities of the Yangtze River Delta; the links between them are **modelled**,
so this is a calculation and not a forecast. `A page <../studies/next_enclaves.html>`_ has more.
"""

from functools import partial

import pandas as pd

import netinnov as ni
from netinnov import planning
from netinnov.plotting import plot_host_ranking, plot_pareto, plot_plan_value, plot_sites

delta = ni.datasets.load_yrd_enclaves()
places = delta.places
whole = places["level"].isin(["prefecture", "municipality"])
cities = places[whole & places["province"].isin(["Shanghai", "Jiangsu", "Zhejiang", "Anhui"])]
network = delta.select(layers=["gravity_modelled"], nodes=list(cities.index))
names = cities["name"]

# %%
# The access of Quzhou if it gave up four of its six modelled links for a park in each of the hosts,
# in the links of all layers and with the frictions of the report. At the right: the ranks among all
# 40 that a host may have, over 400 placements.
every = ni.aggregate(delta.select(places=list(cities.index)), level=1)
frictions = ni.Frictions(border=0.5, distance=1.0)
access = partial(ni.centrality.harmonic_centrality, frictions=frictions)
park = ni.ReverseEnclave("quzhou", "hangzhou", size=4, pipeline_share=0.25)
ranking = planning.rank_hosts(every, home="quzhou", scenario=park, measure=access, rng=1)
ax = plot_host_ranking(ranking, names=names)

# %%
# Three parks together, among four homes and three hosts.
homes = ["quzhou", "huangshan", "suqian", "fuyang_ah"]
hosts = ["shanghai", "hangzhou", "nanjing"]
pairs = pd.DataFrame([(home, host) for home in homes for host in hosts], columns=["home", "host"])
pairs.index = names[pairs["home"]].to_numpy() + " in " + names[pairs["host"]].to_numpy()
candidates = {
    site: ni.ReverseEnclave(home, host, 4, 0.25, funding="new")
    for site, home, host in pairs.itertuples()
}
ask = {"candidates": candidates, "k": 3, "replicates": 5, "rng": 1}
# Black: the plan; hollow: candidates that it leaves.
plan = planning.site_enclaves(network, **ask, objective="home_access", placebos=100)
ax = plot_sites(plan, pairs=pairs, places=network.places, names=names)

# %%
# What the plan does, beside plans at random from the same candidates and the bound on all plans.
ax = plot_plan_value(plan, label="mean access of the homes")

# %%
# Plans that no other beats in both of two objectives.
objectives = {"access of the homes": "home_access", "efficiency": "efficiency"}
front = planning.pareto_plans(network, **ask, objectives=objectives)
ax = plot_pareto(front, plan=plan.sites)

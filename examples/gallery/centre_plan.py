"""
A plan for more centres
=======================

The cheapest links after which a region has as many effective centres as asked for. The system of
cities is **made up**.
"""

import pandas as pd

import netinnov as ni
from netinnov import planning, scenarios
from netinnov.plotting import plot_plan_map

system = ni.datasets.make_city_system(mean_flow=3, border=3, n_enclaves=0, rng=1)
network = system.select(layers=["synthetic_flow"])
strength = ni.centrality.strength(network)["synthetic_flow"]
effective = ni.polycentricity.effective_number(strength)

# Eight small cities could each be linked with one of the four centres of the system.
small = strength.nsmallest(8).index
centres = strength.nlargest(4).index
pairs = pd.DataFrame({"home": small, "host": [*centres, *centres]})
pairs.index = small.str.replace("synthetic_", "")
links = {
    site: scenarios.NewLinks([(home, host), (host, home)], weight=20, layer="synthetic_flow")
    for site, home, host in pairs.itertuples()
}
plan = planning.plan_centres(
    network,
    target=planning.EffectiveNumber(at_least=effective + 1),
    candidates=links,
    resamples=50,
    rng=1,
)

# %%
# The links of the plan, and whose strength they raise.
ax = plot_plan_map(plan, pairs=pairs, places=network.places, basemap=None)

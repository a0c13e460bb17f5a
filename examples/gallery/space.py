"""
Space for firms across borders
==============================

Which home would use how much of whose space at the least distance, with the rent of a host that is
full. The numbers are **made up**; `a page <../studies/space.html>`_ has the parks of the Yangtze
River Delta.
"""

import pandas as pd

from netinnov.planning import allocate_space, space_demand
from netinnov.plotting import plot_space_allocation

parks = pd.DataFrame({"floor_area_m2": [6000, 9000, 4000], "firms": [10, 30, 10]})
firms = pd.Series({"Upstream": 40, "Hillside": 20, "Farshore": 25})
demand = space_demand(firms, parks, rng=1)  # 400 m² for a firm, the median of the parks
space = pd.Series({"Harbour": 10_000, "Capital": 20_000, "Midtown": 12_000})
kilometres = pd.DataFrame(
    {"Harbour": [50, 80, 300], "Capital": [200, 90, 120], "Midtown": [150, 60, 240]},
    index=firms.index,
)
plan = allocate_space(demand.by_home(), space, kilometres)
ax = plot_space_allocation(plan, unit="m²", rent_unit="km")

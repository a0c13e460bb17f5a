"""
Approaches of equal cost
========================

What competition for talent, a park of the core, a corridor and a reverse enclave change where all
cost the same, and what a merger changes, which has no price. The system of cities and the prices
are **made up**; `a page <../studies/governance.html>`_ has the same for Quzhou and Hangzhou.
"""

import netinnov as ni
from netinnov.governance import compare_approaches
from netinnov.plotting import plot_approaches
from netinnov.scenarios import Prices

system = ni.datasets.make_city_system(mean_flow=3, border=3, n_enclaves=0, rng=1)
network = system.select(layers=["synthetic_flow"])
approaches = compare_approaches(
    network,
    home="synthetic_city_31",
    host="synthetic_city_04",
    budget=30,
    prices=Prices(park=5, link=1, pipeline=0.01),
    frictions=ni.Frictions(border=0.5, distance=1.0),
    replicates=30,
    rng=1,
)
ax = plot_approaches(approaches)

"""
Centres and indices of polycentricity
=====================================

Which cities are centres, in what share of resamples, and how many centres indices see. The system
of cities is **made up**, with four centres. A `tutorial <../tutorials/centres.html>`_ explains each
step on real data.
"""

import netinnov as ni
from netinnov.experiments import ResampledLinks
from netinnov.plotting import plot_centres, plot_profile
from netinnov.polycentricity import detect_centres, profile

system = ni.datasets.make_city_system(mean_flow=3, border=3, n_enclaves=0, rng=1)
network = system.select(layers=["synthetic_flow"])
draws = {"resample": ResampledLinks(), "resamples": 20, "rng": 1, "progress": False}

# %%
# Centres are squares, areas are flows, shades and numbers are the share of resamples in which a
# city is again a centre.
centres = detect_centres(network, **draws)
ax = plot_centres(network, centres, basemap=None, label="flow")

# %%
# Each index with its interval and its range without one city; what lies further right speaks for
# more centres. ``null=`` adds what random networks give.
indices = ["rank_size_top", "primacy", "gini", "effective_number", "n_centres"]
ax = plot_profile(profile(network, indices=indices, **draws))

"""
Models of free flow and of prices
=================================

Where two regions converge and diverge, and where prices settle. Models, without data; the pages on
`free flow <../mechanisms/free_flow.html>`_ and on the `cobweb <../mechanisms/cobweb.html>`_ say
what they assume.
"""

import numpy as np

from netinnov.mechanisms.cobweb import Cobweb
from netinnov.mechanisms.free_flow import CorePeriphery, bifurcation_diagram
from netinnov.plotting import plot_bifurcation, plot_cobweb, plot_stability_map

# %%
# Rest points of the share of mobile workers in a region over the freeness of trade, in the model of
# core and periphery. Between break and sustain point there are five.
model = CorePeriphery(sigma=5.0, mu=0.4)
freeness = np.linspace(0.06, 0.18, 121)
ax = plot_bifurcation(bifurcation_diagram(model.equilibria, freeness))

# %%
# The web of a market where supply is flatter than demand, so that prices settle.
market = Cobweb(1.0, 0.8, demand_intercept=10.0, supply_intercept=1.0)
ax = plot_cobweb(market, start=3.0)

# %%
# Slopes and mobility for which the prices of two coupled regions settle.
ax = plot_stability_map()

"""
Enclaves and links on a map
===========================

Parks that stand outside their jurisdiction, and all layers between the cities of the Yangtze River
Delta. Bundled case: facts from public sources; the layer `gravity_modelled` is modelled.
"""

import netinnov as ni
from netinnov.plotting import plot_flow_map

network = ni.datasets.load_yrd_enclaves()
network = network.select(nodes=list(network.nodes["place"].dropna().index))
china = ni.aggregate(network, level=1)  # districts are added up to their city
census = network.places.query("parent.isna()")["population"]  # of cities, not of districts
enclaves = ni.linkages.find_enclaves(network, rank=census)
parks = network.nodes.index[network.nodes["kind"] == "park"]
enclaves = enclaves[enclaves["node"].isin(parks)]

# %%
# An arrow leads from each home to its host, solid to a larger place (reverse), dashed to a smaller
# one (forward), wider for more parks. The frame is the delta; arrows that leave it lead elsewhere.
places = china.places.loc[china.nodes["place"]]
provinces = ["Shanghai", "Jiangsu", "Zhejiang", "Anhui"]
cities = places[places["province"].isin(provinces) & (places["level"] != "province")]
frame = (115.4, 122.6, 27.6, 35.0)  # west, east, south, north
ax = plot_flow_map(china, layers=(), enclaves=enclaves, extent=frame)

# %%
# All layers between the cities of the delta: colour and dash tell them apart, and the modelled one
# is grey and says so.
delta = china.select(nodes=list(cities.index))
ax = plot_flow_map(delta, enclaves=enclaves)

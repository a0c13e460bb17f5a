"""
Effects, doses and links of an enclave
======================================

What a park that nobody has built would change. Its system of cities is **made up**: 40 cities, two
jurisdictions of which are home and host.
"""

import netinnov as ni
from netinnov import scenarios
from netinnov.experiments import compare_scenarios, dose_response, link_changes
from netinnov.plotting import plot_dose_response, plot_effects, plot_link_changes

system = ni.datasets.make_city_system(mean_flow=3, border=3, n_enclaves=0, rng=1)
network = system.select(layers=["synthetic_flow"])
home, host = "synthetic_city_31", "synthetic_city_04"


def access(network):
    """Access of the home, where a link over a border has length 2."""
    frictions = ni.Frictions(border=1)
    return ni.centrality.harmonic_centrality(network, frictions=frictions)[[home]]


def park_of(size):
    """A park of so many new links, half of which lead home."""
    return ni.ReverseEnclave(home, host, int(size), 0.5, funding="new")


# %%
# The mean over random placements with 95 % of them.
park = park_of(8)
result = compare_scenarios(
    network,
    scenarios={
        "reverse enclave": park,
        "its links at random ends": scenarios.RandomEnds(park),
        "direct links": scenarios.DirectLinks(home, host, 8, funding="new"),
    },
    measures={"access": access},
    replicates=50,
    rng=1,
    progress=False,
)
effects = result.effects(full=True).query("node == @home")
ax = plot_effects(effects)

# %%
# Parks of more and more links.
doses = dose_response(
    network,
    make=park_of,
    doses=range(2, 21, 2),
    measures={"access": access},
    replicates=20,
    rng=1,
    progress=False,
)
ax = plot_dose_response(doses, measure="access", node=home, label="links of the park")

# %%
# Links of the park, mean over random placements: what is drawn at random is thin.
after = [scenarios.apply_scenario(network, park, rng=seed) for seed in range(20)]
changes = link_changes(network, after)
ax = plot_link_changes(changes, places=network.places, basemap=None, label="flow")

"""Draw the figures of experiments: effects and placebos, doses, links, a null distribution.

Run ``python examples/experiment_figures.py FOLDER``. FOLDER (by default ``figures``) takes the
figures. The network is that of the study of project enclaves, which is bundled: cities whose
organisations share projects of Horizon 2020. The enclave is one that nobody has built.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import numpy as np
from _pages import save
from project_enclaves import (
    MATCH,
    NEAREST,
    OPTIONS,
    chosen,
    cities_of,
    home_access,
    network_of,
)

import netinnov as ni
from netinnov.datasets import load_research_cities
from netinnov.experiments import compare_scenarios, dose_response, link_changes
from netinnov.null_models import Curveball, compare_with_null
from netinnov.plotting import (
    SINGLE,
    map_height,
    new_figure,
    plot_dose_response,
    plot_effects,
    plot_link_changes,
    plot_null_distribution,
)
from netinnov.scenarios import (
    DirectLinks,
    MatchedPlacebo,
    RandomEnds,
    ReverseEnclave,
    apply_scenario,
)

SIZE, SHARE = 10, 0.5
EUROPE = (-12.0, 36.0, 34.0, 62.0)  # west, east, south, north
DOSES = (2, 5, 10, 15, 20, 30, 40, 50, 60, 80)
PLACEMENTS, REPLICATES, NULLS = 20, 30, 199
QUIET = {"rng": 1, "progress": False}


def efficiency(two_mode, *, kept):
    """Global efficiency of the cities when organisations meet as in this two-mode network."""
    return ni.connectivity.global_efficiency(cities_of(two_mode).select(nodes=list(kept)))


def main(folder="figures"):
    """Draw all figures below a folder."""
    folder = Path(folder)
    two_mode = load_research_cities(projects="nodes")
    cities = cities_of(two_mode)
    kept, table, homes, hosts = chosen(cities)
    network = network_of(cities, kept, homes)
    host = hosts[0]
    # The home that lies farthest from its host.
    at = network.places.loc[[*homes, host], ["lon", "lat"]]
    away = np.hypot(*(at.loc[homes] - at.loc[host]).to_numpy().T)
    home = homes[int(np.argmax(away))]
    names = table["name"]
    # Where a link over a national border is longer by one for each 1,000 km.
    measures = {"access": partial(home_access, home=home, **OPTIONS["far"])}
    park = ReverseEnclave(home, host, SIZE, SHARE)

    effects = compare_scenarios(
        network,
        scenarios={
            "reverse enclave": park,
            "its links at random ends": RandomEnds(park),
            "direct links": DirectLinks(home, host, SIZE),
        },
        measures=measures,
        placebo={"reverse enclave": MatchedPlacebo(park, match=MATCH, nearest=NEAREST)},
        replicates=REPLICATES,
        **QUIET,
    ).effects(full=True)
    figure = new_figure(height=48)
    ax = plot_effects(effects, ax=figure.add_subplot())
    ax.set_yticks(ax.get_yticks(), effects["scenario"])
    ax.set_xlabel(f"change in access of {names[home]}")
    save(figure, folder, "experiment_effects")

    def sized(dose):
        return ReverseEnclave(home, host, int(dose), SHARE)

    doses = dose_response(
        network,
        make=sized,
        doses=DOSES,
        measures=measures,
        placebo=lambda dose: MatchedPlacebo(sized(dose), match=MATCH, nearest=NEAREST),
        replicates=PLACEMENTS,
        **QUIET,
    )
    fit = doses.fit("access", shape="best", rng=1)
    print(doses.shapes("access").round(3), fit.round(5), sep="\n")
    figure = new_figure(width=SINGLE, height=85)
    ax = plot_dose_response(
        doses.to_frame(),
        measure="access",
        fit=fit,
        label=f"links of the park of {names[home]} in {names[host]}",
        ax=figure.add_subplot(),
    )
    ax.set_ylabel(f"change in access of {names[home]}")
    save(figure, folder, "experiment_doses")

    after = [apply_scenario(network, park, rng=number) for number in range(PLACEMENTS)]
    changes = link_changes(network, after)
    figure = new_figure(height=map_height(EUROPE))
    ax = figure.add_subplot()
    plot_link_changes(
        changes,
        places=network.places,
        extent=EUROPE,
        labels=12,
        label="shared projects",
        ax=ax,
    )
    save(figure, folder, "experiment_links")

    found = compare_with_null(
        two_mode,
        measure=partial(efficiency, kept=kept),
        null=Curveball(through="project"),
        replicates=NULLS,
        **QUIET,
    )
    figure = new_figure(width=SINGLE, height=65)
    plot_null_distribution(found, label="efficiency of the cities", ax=figure.add_subplot())
    save(figure, folder, "experiment_null")


if __name__ == "__main__":
    main(*sys.argv[1:])

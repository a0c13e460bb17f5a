"""What if a line opens? Write the page on minutes by rail in the Yangtze River Delta.

Run ``python examples/rail.py FOLDER``. FOLDER (by default ``rail``) takes ``studies/rail.md``, its
tables and its figure; ``docs`` renews those in the repository. All facts are bundled with netinnov.
The text is in ``rail.md`` beside this script.
"""

from __future__ import annotations

import sys
import warnings
from functools import partial
from pathlib import Path

import pandas as pd
from _pages import fill, listed, markdown, new_figure, save, three, write_tables

import netinnov as ni
from netinnov.centrality import harmonic_centrality
from netinnov.connectivity import potential
from netinnov.datasets import load_yrd_enclaves, load_yrd_rail
from netinnov.linkages import travel_times
from netinnov.plotting import plot_flow_map, print_style
from netinnov.scenarios import ChangedDistances

TRANSFER = 30.0  # assumed: minutes of a change of train
REACH = (60, 90, 120)  # minutes
LINE = ("quzhou", "hangzhou")
OPENED = 41.0  # assumed: minutes of the new line
FRICTIONS = ni.Frictions(border=0.5, distance=1.0, per=60.0)  # an hour as long as a link
CLASSES = [0, 30, 60, 90, 120, 180, 360]  # minutes
MOST = 6  # cities in the table of access


def with_line(minutes):
    """The direct trains with the new line in place of what ran between its ends."""
    ends = minutes[["origin", "destination"]].apply(set, axis=1) == set(LINE)
    return minutes.assign(minutes=minutes["minutes"].mask(ends, OPENED))


def cities_by_rail(times):
    """The cities with a station, the stated relations between them, and minutes."""
    case = load_yrd_enclaves()
    stated = [layer for layer in case.layers if not case.layer_table.loc[layer, "modelled"]]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*have no place")
        cities = ni.aggregate(case.select(layers=stated), level=1)
    cities = ni.flatten(cities.select(nodes=list(times.index)))
    places = cities.places.loc[times.index].drop(columns="parent")
    return ni.build_network(
        cities.nodes,
        cities.links,
        places,
        layers=cities.layer_table,
        distances=times,
        distance_unit="min",
    )


def within(network, reach):
    """Millions of people in other cities so many minutes away at most."""
    return potential(network, mass="population", decay="within", scale=reach) / 1e6


def compute():
    """All results of the page."""
    direct = load_yrd_rail().dropna(subset="minutes")
    before, after = (
        travel_times(table, transfer=TRANSFER) for table in (direct, with_line(direct))
    )
    network = cities_by_rail(before)
    later = network.with_distances(after, unit="min")
    reached = pd.DataFrame({minutes: within(network, minutes) for minutes in REACH})
    gained = pd.DataFrame({minutes: within(later, minutes) for minutes in REACH}) - reached
    result = ni.compare_scenarios(
        network,
        scenarios={
            "line": lambda net, _rng: net.with_distances(after, unit="min"),
            "these two cities only": ChangedDistances({LINE: OPENED}),
        },
        measures={"access": partial(harmonic_centrality, frictions=FRICTIONS)},
        replicates=1,  # nothing is drawn
        rng=1,
        progress=False,
    )
    return {
        "direct": direct,
        "before": before,
        "shorter": (before - after > 1e-9).sum().sum(),
        "saved": (before - after).sum(axis=1),
        "network": network,
        "reached": reached,
        "gained": gained,
        "effects": result.effects(),
        "names": network.places["name"],
    }


def draw(found, folder):
    """People within an hour, and minutes from the home of the line."""
    with print_style():
        figure = new_figure(height=80)
        left, right = figure.subplots(1, 2)
        shown = {"layers": [], "labels": 9, "basemap": "land"}
        people = "million people within 60 min"
        plot_flow_map(found["network"], values=found["reached"][60], label=people, ax=left, **shown)
        plot_flow_map(
            found["network"],
            values=pd.cut(found["before"].loc[LINE[0]], CLASSES, right=False),
            label=f"minutes from {found['names'][LINE[0]]}",
            ax=right,
            **shown,
        )
    save(figure, folder, "rail_reach")


def main(folder="rail"):
    """Compute all, and write the page, its tables and its figure."""
    folder, found = Path(folder), compute()
    names, reached, gained = found["names"], found["reached"], found["gained"]
    home, host = (names[place] for place in LINE)
    order = reached[60].sort_values(ascending=False, kind="stable").index
    rank = reached.rank(ascending=False, method="min").loc[LINE[0]].astype(int)
    first = [*order[:8], LINE[0]]
    winners = found["saved"].drop(LINE[0]).sort_values(ascending=False, kind="stable").head(4)
    effects = found["effects"].assign(change=lambda table: table["median"] / table["baseline"])
    changes = effects.pivot(index="node", columns="scenario", values="change")
    changes = changes.sort_values("line", ascending=False, kind="stable")
    values = {
        "home": home,
        "host": host,
        "home_id": LINE[0],
        "host_id": LINE[1],
        "n_direct": len(found["direct"]),
        "n_cities": len(found["before"]),
        "n_pairs": int(found["before"].notna().sum().sum()) - len(found["before"]),
        "n_links": found["network"].n_links,
        "transfer": three(TRANSFER),
        "n_first": three(reached.loc[order[0], 60]),
        "first": names[order[0]],
        "of_home": three(reached.loc[LINE[0], 60]),
        "rank_home": rank[60],
        "old": three(found["before"].loc[LINE]),
        "new": three(OPENED),
        "n_shorter": int(found["shorter"]),
        "winners": listed(names[winners.index]),
        "gain_home": three(gained.loc[LINE[0], 90]),
        "n_gain": int((gained[90] > 1e-9).sum()),
        "n_access": int((changes["line"] > 1e-9).sum()),
        "table_of_reach": markdown(
            ["City", *(f"within {minutes} min" for minutes in REACH)],
            [[names[place], *(three(x) for x in reached.loc[place])] for place in first],
        ),
        "table_of_access": markdown(
            ["City", "the line, journeys computed again", "these two cities only"],
            [
                [names[place], *(f"{100 * row[name]:+.2f} %" for name in changes)]
                for place, row in changes.head(MOST).iterrows()
            ],
        ),
    }
    here = Path(__file__).parent
    fill(here / "rail.md", values, folder / "studies" / "rail.md")
    tables = {
        "reach": reached.set_axis([f"within_{m}" for m in REACH], axis=1).rename_axis("place"),
        "gains": gained.set_axis([f"within_{m}" for m in REACH], axis=1).rename_axis("place"),
        "access": changes,
    }
    write_tables(tables, folder / "studies" / "rail")
    draw(found, folder / "figures")


if __name__ == "__main__":
    main(*sys.argv[1:2])

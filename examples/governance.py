"""Governance across borders: write the page on links that cross them, and approaches.

Run ``python examples/governance.py FOLDER``. FOLDER (by default ``governance``) takes
``studies/governance.md``, its tables and its figure; ``docs`` renews those in the repository. All
facts are bundled with netinnov. The text is in ``governance.md`` beside this script.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
from _pages import fill, markdown, new_figure, save, write_tables

import netinnov as ni
from netinnov.governance import compare_approaches, cross_border_shares
from netinnov.plotting import plot_approaches, print_style
from netinnov.scenarios import Prices, ReverseEnclave

PROVINCES = ["Anhui", "Jiangsu", "Shanghai", "Zhejiang"]
HOME, HOST = "quzhou", "hangzhou"

# Assumed, all of it: prices in any unit of money, frictions in links, and the shares below.
PRICES = Prices(park=10, link=1, pipeline=0.01)
FRICTIONS = ni.Frictions(border=0.5, distance=1.0)
PIPELINE, KEPT, CORRIDOR = 0.25, 0.5, 0.5
LINKS = 4  # of the park whose cost is the budget of all


def compute():
    """All results of the page."""
    delta = ni.datasets.load_yrd_enclaves()
    places = delta.places
    whole = places["level"].isin(["prefecture", "municipality"])
    cities = places[whole & places["province"].isin(PROVINCES)]
    network = delta.select(layers=["gravity_modelled"], nodes=list(cities.index))
    park = ReverseEnclave(HOME, HOST, LINKS, PIPELINE, funding="new")
    comparison = compare_approaches(
        network,
        home=HOME,
        host=HOST,
        budget=park.cost(PRICES, network),
        prices=PRICES,
        frictions=FRICTIONS,
        pipeline_share=PIPELINE,
        kept_share=KEPT,
        corridor_relief=CORRIDOR,
        replicates=100,
        rng=1,
    )
    stated = delta.select(layers=[layer for layer in delta.layers if layer != "gravity_modelled"])
    shares = cross_border_shares(
        stated, groups=["jurisdiction", "province"], replicates=999, rng=1, progress=False
    )
    return {"cities": cities, "comparison": comparison, "shares": shares, "network": network}


def draw(results, folder):
    """What each approach changes."""
    with print_style():
        figure = new_figure(height=72)
        plot_approaches(results["comparison"], ax=figure.add_subplot())
    save(figure, folder, "governance_approaches")


def table_of_changes(results, change, difference):
    """Changes in per cent, and who would be better off alone."""
    names = {"home": results["home"], "host": results["host"]}
    measures = ["home_access", "host_access", "efficiency", "access_gini", "effective_number"]
    rows = []
    for name, approach in results["comparison"].approaches.iterrows():
        leaves = [names[end] for end in names if difference[name, f"{end}_excess"] > 1e-9]
        changes = [f"{change[name, measure]:+.2f} %".replace("-", "−") for measure in measures]
        size = f"{approach['size']:.0f}" if approach["size"] else "none"
        rows.append([name, size, *changes, " and ".join(leaves) or "nobody"])
    head = [f"access of {names['home']}", f"access of {names['host']}", "efficiency"]
    head += ["inequality of access", "effective number of cities"]
    return markdown(["approach", "links", *head, "would leave"], rows)


def table_of_borders(results):
    shares = results["shares"]
    rows = [
        [
            row["layer"],
            row["group"],
            *(f"{row[column]:.0%}".replace("%", " %") for column in ("share", "null_mean")),
            f"{row['p']:.3f}",
        ]
        for _, row in shares.iterrows()
    ]
    return markdown(["layer", "border of", "crosses", "random networks", "p"], rows)


def numbers_of(results):
    """Everything the template names."""
    comparison = results["comparison"]
    effects = comparison.to_frame().set_index(["approach", "measure"])
    priced = comparison.approaches.index[comparison.approaches["cost"].notna()]
    best = {
        end: effects.xs(f"{end}_access", level="measure")["difference"][priced].idxmax()
        for end in ("home", "host")
    }
    approaches = comparison.approaches
    change = 100 * effects["difference"] / effects["baseline"]
    shares = results["shares"].set_index(["layer", "group"])
    below = [
        name
        for name, row in shares.xs("jurisdiction", level="group").iterrows()
        if row["p"] <= 0.05 and row["z"] < 0
    ]
    return {
        "home": results["home"],
        "host": results["host"],
        "budget": f"{approaches.loc['reverse enclave', 'cost']:.1f}",
        "links": LINKS,
        "n_cities": len(results["cities"]),
        "best_home": best["home"],
        "best_host": best["host"],
        "gain": f"{change['reverse enclave', 'home_access']:.2f}",
        "talent_gain": f"{change['competition for talent', 'home_access']:.2f}",
        "talent_loss": f"{-change['competition for talent', 'host_access']:.1f}",
        "table_of_changes": table_of_changes(results, change, effects["difference"]),
        "table_of_borders": table_of_borders(results),
        "n_layers": results["shares"]["layer"].nunique(),
        "below": ", ".join(below) or "none",
        "n_tests": len(results["shares"]),
    }


def tables_of(results):
    """Every table of the page in full."""
    comparison = results["comparison"]
    return {
        "approaches": comparison.approaches,
        "effects": comparison.to_frame().set_index("approach"),
        "borders": results["shares"].set_index("layer"),
    }


def main(folder="governance", _data=None):
    """Write page, tables and figure below a folder; the facts are bundled, DATA is not needed."""
    mpl.use("Agg")
    folder = Path(folder)
    results = compute()
    names = results["cities"]["name"]
    results |= {"home": names[HOME], "host": names[HOST]}
    draw(results, folder / "figures")
    write_tables(tables_of(results), folder / "studies/governance")
    page = folder / "studies/governance.md"
    fill(Path(__file__).with_suffix(".md"), numbers_of(results), page)


if __name__ == "__main__":
    main(*sys.argv[1:])

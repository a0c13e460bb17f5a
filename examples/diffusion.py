"""How an innovation spreads, and how soon it reaches home: write the page of diffusion.

Run ``python examples/diffusion.py FOLDER``. FOLDER (by default ``diffusion``) takes
``mechanisms/diffusion.md``, its tables and its figures; ``docs`` renews those in the repository.
All facts are bundled with netinnov. The text is in ``diffusion.md`` beside this script.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
import networkx as nx
import numpy as np
import pandas as pd
from _pages import fill, markdown, new_figure, save, three, write_tables

import netinnov as ni
from netinnov.datasets import load_yrd_enclaves
from netinnov.mechanisms.diffusion import reach_table, simple_contagion, time_to_reach
from netinnov.plotting import plot_reach, print_style
from netinnov.scenarios import DirectLinks, ReverseEnclave, apply_scenario, remove_enclaves

PARK, HOME, HOST = "quzhou_haichuang", "quzhou", "hangzhou"
RATE, HORIZON, DRAWS = 0.1, 60, 2000
GRAPHS = {"complete": None, "random, 30 neighbours": 30, "random, 4 neighbours": 4}
GROWTH, SHARE, STEPS, RUNS = 0.3, 0.05, 40, 60  # growth = rate x neighbours
N_HOST, N_HOME = 60, 40  # firms of the made-up regions
P_HOST, P_HOME, P_ACROSS = 0.12, 0.06, 0.001  # chances of a link
SIZE, PIPELINE, WORLDS = 12, 0.5, 300  # links of the made-up park, part of them home
OF = {"first": "the first home actor", "half": "half of them"}


# Mean field: what is known in closed form.


def mean_field_of(neighbours, rate):
    """Share reached if every node met the average."""
    x = [SHARE]
    for _ in range(STEPS):
        x.append(x[-1] + (1 - x[-1]) * (1 - (1 - rate) ** (neighbours * x[-1])))
    return np.array(x)


def edge_based_of(neighbours, rate):
    """The limit of large random regular graphs, in steps."""
    w, shares = 1.0, []
    for _ in range(STEPS + 1):
        shares.append(1 - (1 - SHARE) * w**neighbours)
        w -= rate * (w - (1 - SHARE) * w ** (neighbours - 1))
    return np.array(shares)


def regular_graphs():
    """Simulated shares and the two formulas, on graphs whose nodes all have one degree."""
    found = {}
    for name, degree in GRAPHS.items():
        n = 500 if degree is None else 2000
        graph = (
            nx.complete_graph(n) if degree is None else nx.random_regular_graph(degree, n, seed=1)
        )
        links = pd.DataFrame(list(graph.edges), columns=["source", "target"]).astype(str)
        network = ni.build_network(pd.DataFrame(index=[str(i) for i in graph]), links)
        neighbours = n - 1 if degree is None else degree
        rate = GROWTH / neighbours
        rng = np.random.default_rng(2)
        shares = np.zeros((RUNS, STEPS + 1))
        for run in range(RUNS):
            seeds = rng.choice(network.nodes.index.to_numpy(), int(SHARE * n), replace=False)
            steps = simple_contagion(
                network, seeds=list(seeds), rate=rate, horizon=STEPS, rng=rng
            ).to_numpy()
            shares[run] = (steps[:, None] <= np.arange(STEPS + 1)).mean(axis=0)
        low, high = np.quantile(shares, [0.025, 0.975], axis=0)
        field, edges = mean_field_of(neighbours, rate), edge_based_of(neighbours, rate)
        found[name] = pd.DataFrame(
            {"mean": shares.mean(axis=0), "low": low, "high": high, "mean_field": field,
             "edge_based": edges}
        )  # fmt: skip
    return found


def draw_regular_graphs(found, folder):
    with print_style():
        figure = new_figure(width=183, height=62)
        axes = figure.subplots(1, 3, sharey=True)
        for ax, (name, table) in zip(axes, found.items(), strict=True):
            ax.fill_between(table.index, table["low"], table["high"], color="#BBBBBB", linewidth=0)
            ax.plot(table["mean"], color="#222222", linewidth=1.2, label="simulated, 95 % of runs")
            ax.plot(
                table["mean_field"], color="#D55E00", linestyle=(0, (5, 1.6)), label="mean field"
            )
            ax.plot(
                table["edge_based"], color="#0072B2", linestyle=(0, (1.2, 1.2)), linewidth=1.5,
                label="edge-based limit",
            )  # fmt: skip
            ax.set(title=name, xlabel="step", xlim=(0, STEPS), ylim=(0, 1.02))
        axes[0].set_ylabel("share reached")
        axes[2].legend(loc="lower right")
    save(figure, folder, "diffusion_mean_field", dpi=200)


# Time to reach home: the bundled case.


def without(network, nodes):
    """The same nodes, some of them without links."""
    links = network.links
    links = links[~links["source"].isin(nodes) & ~links["target"].isin(nodes)]
    present = sorted(network.directed & set(links["layer"]))
    return ni.build_network(network.nodes, links, network.places, present)


def bundled_case():
    """Stated relations, as they are and with direction ignored; with and without the enclave."""
    delta = load_yrd_enclaves()
    stated = delta.select(layers=[layer for layer in delta.layers if layer != "gravity_modelled"])
    nodes = stated.nodes
    pairs = stated.links[["source", "target"]].assign(layer="relation")
    plain = ni.build_network(nodes, pairs, stated.places)
    native = (nodes["place"] == HOME) & (nodes["jurisdiction"] == HOME) & (nodes["kind"] != "place")
    targets = list(nodes.index[native])
    alone = without(plain, [PARK])
    at_park = plain.links[(plain.links["source"] == PARK) | (plain.links["target"] == PARK)]
    partners = pd.Index([*at_park["source"], *at_park["target"]]).drop(PARK)
    share = float((nodes.loc[partners, "jurisdiction"] == HOME).mean())
    model = ReverseEnclave(
        HOME, HOST, size=len(partners), pipeline_share=share, funding="new", layer="relation"
    )
    cases = {
        "with the park": plain,
        "without it": alone,
        "without any enclave": remove_enclaves(plain, kinds=["park"], keep_nodes=True),
        "with a modelled park instead": apply_scenario(alone, model, rng=1),
        "as directed, with the park": stated,
        "as directed, without it": without(stated, [PARK]),
    }
    cut = simple_contagion(cases["without any enclave"], seeds=[f"gov_{HOST}"], rate=1.0)
    cut = int(cut[targets].isna().sum())
    times = {
        (of, name): time_to_reach(
            network, seeds=[f"gov_{HOST}"], targets=targets, rate=RATE, of=of, horizon=HORIZON,
            replicates=DRAWS, rng=1,
        )
        for of in OF
        for name, network in cases.items()
    }  # fmt: skip
    tables = {of: reach_table({n: t for (o, n), t in times.items() if o == of}, horizon=HORIZON)
              for of in OF}  # fmt: skip
    return {"times": times, "tables": tables, "targets": targets, "share": share,
            "partners": len(partners), "cut": cut}  # fmt: skip


# Time to reach home: a made-up pair of regions, where the links are known.


def two_regions(rng):
    """A dense host and a sparse home with few links between them."""
    names = [f"host_{i}" for i in range(N_HOST)] + [f"home_{i}" for i in range(N_HOME)]
    place = ["host"] * N_HOST + ["home"] * N_HOME
    at_home = np.array(place) == "home"
    chance = np.where(at_home[:, None] & at_home, P_HOME, P_HOST)
    chance = np.where(at_home[:, None] ^ at_home, P_ACROSS, chance)
    linked = np.triu(rng.random(chance.shape) < chance, 1)
    source, target = np.nonzero(linked)
    names = np.array(names)
    links = pd.DataFrame({"source": names[source], "target": names[target], "layer": "contact"})
    nodes = pd.DataFrame({"kind": "firm", "place": place, "jurisdiction": place}, index=names)
    return ni.build_network(nodes, links)


def made_up():
    """One draw of the regions and the first firm; for each scenario, of its links and contagion."""
    park = {"size": SIZE, "pipeline_share": PIPELINE, "layer": "contact"}
    scenarios = {
        "nothing new": None,
        "enclave, links on top": ReverseEnclave("home", "host", funding="new", **park),
        "enclave, links taken from home": ReverseEnclave(
            "home", "host", funding="reallocated", **park
        ),
        "direct links on top": DirectLinks(
            "home", "host", size=SIZE, funding="new", layer="contact"
        ),
    }
    times = {name: [] for name in scenarios}
    for world, rng in enumerate(np.random.default_rng(5).spawn(WORLDS)):
        network = two_regions(rng)
        place = network.nodes["place"]
        home = list(place.index[place == "home"])
        seed = rng.choice(place.index[place == "host"].to_numpy())
        for name, scenario in scenarios.items():
            changed = network if scenario is None else apply_scenario(network, scenario, rng=world)
            step = time_to_reach(
                changed, seeds=[seed], targets=home, rate=RATE, of="half", horizon=HORIZON,
                replicates=1, rng=rng,
            )  # fmt: skip
            times[name].append(step.iloc[0])
    times = {name: pd.Series(values) for name, values in times.items()}
    return {"times": times, "table": reach_table(times, horizon=HORIZON)}


# The page.


def interval(row, name):
    if np.isinf(row[name]):
        return "not reached"
    high = "-" if np.isinf(row[f"{name}_high"]) else three(row[f"{name}_high"])
    return f"{three(row[name])} ({three(row[f'{name}_low'])} to {high})"


def table_of_reach(table):
    rows = [
        [name, *(interval(row, column) for column in ("reached", "median", "mean_within"))]
        for name, row in table.iterrows()
    ]
    head = ["network", "share of draws that arrive", "median step", f"mean step within {HORIZON}"]
    return markdown(head, rows)


def numbers_of(found):
    bundled = found["bundled"]
    half, first = bundled["tables"]["half"], bundled["tables"]["first"]
    made = found["made_up"]["table"]
    off = {
        name: {column: three(np.abs(table[column] - table["mean"]).max()) for column in
               ("mean_field", "edge_based")} | {"inside": three(100 * np.mean(
                   (table["mean_field"] >= table["low"]) & (table["mean_field"] <= table["high"])))}
        for name, table in found["graphs"].items()
    }  # fmt: skip
    return {
        "rate": RATE,
        "horizon": HORIZON,
        "draws": f"{DRAWS:,}",
        "growth": GROWTH,
        "runs": RUNS,
        "seeds_share": f"{100 * SHARE:.0f}",
        "off": dict(zip("abc", off.values(), strict=True)),
        "n_targets": len(bundled["targets"]),
        "n_half": -(-len(bundled["targets"]) // 2),
        "partners": bundled["partners"],
        "home_share": f"{100 * bundled['share']:.0f}",
        "half": {name: three(value) for name, value in half["mean_within"].items()},
        "half_median": {
            key: interval(half.loc[name], "median").split(" (")[0]
            for key, name in (("with", "with the park"), ("without", "without it"))
        },
        "first_with": interval(first.loc["with the park"], "median").split(" (")[0],
        "first_without": interval(first.loc["without it"], "median").split(" (")[0],
        "none_reached": three(100 * half.loc["without any enclave", "reached"]),
        "made": {key: three(made["mean_within"].iloc[i]) for i, key in
                 enumerate(("none", "new", "taken", "direct"))},
        "made_reached": {key: three(100 * made["reached"].iloc[i]) for i, key in
                         enumerate(("none", "new", "taken", "direct"))},
        "worlds": int(made["draws"].iloc[0]),
        "n_host": N_HOST,
        "n_home": N_HOME,
        "p_host": P_HOST,
        "p_home": P_HOME,
        "p_across": P_ACROSS,
        "size": SIZE,
        "pipeline": f"{100 * PIPELINE:.0f}",
        "n_cut": found["bundled"]["cut"],
        "table_of_first": table_of_reach(first),
        "table_of_half": table_of_reach(half),
        "table_of_made_up": table_of_reach(made),
    }  # fmt: skip


def draw(found, folder):
    draw_regular_graphs(found["graphs"], folder)
    times = found["bundled"]["times"]
    shown = ("with the park", "without it", "with a modelled park instead", "without any enclave")
    with print_style():
        ax = plot_reach({name: times["half", name] for name in shown}, horizon=HORIZON)
    save(ax.figure, folder, "diffusion_reach", dpi=200)
    with print_style():
        ax = plot_reach(found["made_up"]["times"], horizon=HORIZON)
    save(ax.figure, folder, "diffusion_regions", dpi=200)


def main(folder="diffusion", _data=None):
    """Write page, tables and figures below a folder; the facts are bundled, DATA is not needed."""
    mpl.use("Agg")
    folder = Path(folder)
    found = {"graphs": regular_graphs(), "bundled": bundled_case(), "made_up": made_up()}
    draw(found, folder / "figures")
    tables = {
        "reach_first": found["bundled"]["tables"]["first"].rename_axis("network"),
        "reach_half": found["bundled"]["tables"]["half"].rename_axis("network"),
        "reach_made_up": found["made_up"]["table"].rename_axis("network"),
    }
    write_tables(tables, folder / "mechanisms/diffusion")
    fill(Path(__file__).with_suffix(".md"), numbers_of(found), folder / "mechanisms/diffusion.md")


if __name__ == "__main__":
    main(*sys.argv[1:])

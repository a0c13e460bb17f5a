"""How often does `detect_centres` find planted centres, and none where there is none?

Run ``python examples/planted_centres.py FOLDER DATA``. FOLDER (by default ``planted_centres``)
takes the page ``planted_centres.md`` and its tables; ``docs`` renews those in the repository. DATA
is the folder with ``multiplex_benchmarks`` (by default ``../shared/data`` beside the repository);
without it nothing is written. The generators are in this script: none is the package's. The text is
in ``planted_centres.md`` beside it.
"""

from __future__ import annotations

import sys
import warnings
from functools import partial
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
from _pages import fill, markdown, missing, write_tables
from _rail import trains_a_day
from scipy import stats

import netinnov as ni
from netinnov.datasets import load_research_cities, load_yrd_enclaves
from netinnov.polycentricity import detect_centres, profile
from netinnov.sources import read_multiplex

DRAWS = 50
INTERVALS = 50  # draws in which an interval of the number of centres is computed
KM = 111.195  # of a degree along the equator
LEVEL = 0.05
RULES = ("head_tail", "core", "dominant_flow")
AIRPORTS = "multiplex_benchmarks/AirEu2013Ext.json"
NAMED = 8  # centres by name


def scattered(rng, n):
    """Places in a square of 400 km."""
    return rng.uniform(0, 400, (n, 2))


def lattice(_, n):
    """Places 60 km apart, seven in a row."""
    at = np.arange(n)
    return np.column_stack([at % 7, at // 7]) * 60.0


def coast(rng, n):
    """Places along a coast of 800 km."""
    return np.column_stack([rng.uniform(0, 800, n), rng.uniform(0, 20, n)])


def decay(far):
    return np.exp(-far / 100)


def flows(rng, *, n=40, k=0, size=1, kernel=decay, layout=scattered, mean=4.0, directed=False):
    """Poisson flows of places with masses 1, k of them `size`, and who these are."""
    at = layout(rng, n)
    mass = np.ones(n)
    large = rng.permutation(n)[:k]
    mass[large] = size
    far = np.hypot(*(at[:, None] - at).transpose(2, 0, 1))
    pairs = ~np.eye(n, dtype=bool) if directed else np.triu(np.ones((n, n), bool), 1)
    expected = np.outer(mass, mass)[pairs] * kernel(far[pairs])
    flow = rng.poisson(mean * expected / expected.mean())
    source, target = np.nonzero(pairs)
    return at, source, target, flow, large


def network_of(drawn, *, by_distance, directed=False):
    """The network, places near the equator, where a degree is the same everywhere."""
    at, source, target, flow, _ = drawn
    ids = np.array([f"p{k:03}" for k in range(len(at))])
    links = pd.DataFrame({"source": ids[source], "target": ids[target], "weight": flow * 1.0})
    places = pd.DataFrame(at / KM, index=ids, columns=["lon", "lat"])
    nodes = pd.DataFrame({"place": ids}, index=ids)
    layers = {"links": {"unit": "trips", "directed": directed}}
    shown = places if by_distance else None
    return ni.build_network(nodes, links[links["weight"] > 0], shown, layers=layers)


def two_mode(rng, *, n=40, k=0, size=1):
    """A projection: 400 events of two to six members, drawn by mass."""
    mass = np.ones(n)
    large = rng.permutation(n)[:k]
    mass[large] = size
    flow = np.zeros((n, n))
    for _ in range(400):
        members = rng.choice(n, rng.integers(2, 7), replace=False, p=mass / mass.sum())
        flow[np.ix_(members, members)] += 1
    source, target = np.triu_indices(n, 1)
    return np.zeros((n, 2)), source, target, flow[source, target], large


def hub_and_spoke(rng, *, n=40, k=0, size=1):
    """Each place sends to one of k hubs, hubs to each other, and a little to everybody."""
    hubs = rng.permutation(n)[:k]
    flow = np.triu(rng.poisson(2.0, (n, n)), 1)
    flow += flow.T
    for place in range(n if k else 0):
        to = hubs[rng.integers(k)]
        if place not in hubs:
            flow[place, to] += rng.poisson(5.0 * size)
    for hub in hubs:
        flow[hub, hubs] += rng.poisson(5.0 * size, k)
    source, target = np.triu_indices(n, 1)
    return np.zeros((n, 2)), source, target, (flow + flow.T)[source, target], hubs


CASES = {
    "the square, exponential decay": {},
    "the square, 1 / distance": {"kernel": lambda far: 1 / np.maximum(far, 1)},
    "the square, no decay": {"kernel": np.ones_like},
    "the square, Gaussian decay": {"kernel": lambda far: np.exp(-((far / 150) ** 2))},
    "the square, 1 / distance squared": {"kernel": lambda far: 1 / np.maximum(far, 1) ** 2},
    "the square, 1 event a pair": {"mean": 1.0},
    "a lattice": {"layout": lattice},
    "a coast": {"layout": coast},
    "directed flows": {"directed": True},
}
OTHERS = {"a projection of events": two_mode, "hub and spoke": hub_and_spoke}
PLANTED = [(0, 1), (1, 8), (3, 8), (5, 8), (3, 3), (3, 2)]


def row(case, draw, k, size, *, by_distance, directed=False):
    """How many centres are found, and how often just the planted ones."""
    numbers, exact = [], []
    for seed in range(DRAWS):
        drawn = draw(np.random.default_rng([seed, k, size]), k=k, size=size)
        network = network_of(drawn, by_distance=by_distance, directed=directed)
        table = detect_centres(network, resamples=0, rng=1)
        chosen = table.index[table["centre"]].tolist()
        numbers.append(len(chosen))
        exact.append(sorted(chosen) == sorted(f"p{at:03}" for at in drawn[-1]))
    known = {"case": case, "distances": "known" if by_distance else "not known"}
    found = {"mean_found": np.mean(numbers), "exact": np.mean(exact), "draws": DRAWS}
    return known | {"planted": k, "mass": size} | found


def intervals():
    """How often the 95 % interval of the number of centres holds the planted number."""
    rows = []
    for k in (0, 1, 3, 5):
        held = []
        for seed in range(INTERVALS):
            drawn = flows(np.random.default_rng([seed, k, 8]), k=k, size=8)
            network = network_of(drawn, by_distance=True)
            options = {"null": None, "leave_one_out": False, "rng": 1, "progress": False}
            table = profile(network, indices=["n_centres"], resamples=100, **options)
            low, high = table.loc["n_centres", ["low", "high"]]
            held.append(low <= k <= high)
        rows.append({"planted": k, "held": np.mean(held), "draws": INTERVALS})
    return pd.DataFrame(rows)


def masses(drawn, n_bins, *, exponential):
    """Masses by a fit of our own: with bins of distance, or with one exponential."""
    at, source, target, flow, _ = drawn
    n = len(at)
    flows_between = np.zeros((n, n))
    flows_between[source, target] = flow
    flows_between += flows_between.T
    far = np.hypot(*(at[:, None] - at).transpose(2, 0, 1))
    off = ~np.eye(n, dtype=bool)
    cuts = np.quantile(far[off], np.linspace(0, 1, n_bins + 1)[1:-1])
    number = np.searchsorted(cuts, far, side="right")
    sent = flows_between.sum(axis=1)
    mass, slope = sent.copy(), 0.0
    for _ in range(200):
        expected = np.where(off, np.outer(mass, mass) * np.exp(-slope * far), 0.0)
        seen, fitted = (np.bincount(number[off], each[off]) for each in (flows_between, expected))
        expected *= (seen / np.maximum(fitted, 1e-300))[number]
        if exponential:
            middle = (expected * far).sum() / expected.sum()
            spread = (expected * (far - middle) ** 2).sum()
            slope += ((expected - flows_between) * far).sum() / spread
        mass *= np.sqrt(sent / np.maximum(expected.sum(axis=1), 1e-300))
    return mass


def standing_out(mass, strength):
    """The rule of the docstring of `detect_centres`, on masses from elsewhere."""
    some = strength >= 0.01 * strength.max()
    above = np.log(mass[some] / np.median(mass[some]))
    n = some.sum()
    deviation = np.median(np.abs(above - np.median(above))) / stats.norm.ppf(0.75)
    limit = stats.norm.isf(LEVEL / n) * (1 + 2.5 / n) * deviation
    chosen = above > max(limit, np.log(1.5))
    return np.flatnonzero(some)[chosen & (strength[some] >= strength[some].mean())]


WAYS = {
    "one exponential of distance": {"n_bins": 1, "exponential": True},
    "ten bins of distance": {"n_bins": 10, "exponential": False},
}
TRIED = ["the square, exponential decay", "the square, 1 / distance", "the square, Gaussian decay"]


def ways():
    """Other ways to a mass, and the other rules: how often just the planted centres are found."""
    rows = []
    for case in TRIED:
        for k, size in PLANTED[:3]:
            of_way = {way: [] for way in (*WAYS, *RULES)}
            for seed in range(DRAWS):
                rng = np.random.default_rng([seed, k, size])
                drawn = flows(rng, k=k, size=size, **CASES[case])
                network = network_of(drawn, by_distance=True)
                strength = ni.centrality.overlapping_strength(network).to_numpy()
                for way, options in WAYS.items():
                    chosen = standing_out(masses(drawn, **options), strength)
                    of_way[way].append(sorted(chosen) == sorted(drawn[-1]))
                for rule in RULES:
                    table = detect_centres(network, rule=rule, resamples=0, restarts=1, rng=1)
                    chosen = table.index[table["centre"]]
                    planted = {f"p{at:03}" for at in drawn[-1]}
                    of_way[rule].append({*chosen} == planted)
            for way, exact in of_way.items():
                rows.append({"way": way, "case": case, "planted": k, "exact": np.mean(exact)})
    return pd.DataFrame(rows)


def families():
    """Marriages of Florentine families (Padgett)."""
    links = pd.DataFrame(nx.florentine_families_graph().edges, columns=["source", "target"])
    return ni.build_network(links)


def delta():
    """The relations between cities that sources state, by cities of the whole case."""
    case = load_yrd_enclaves()
    stated = [layer for layer in case.layers if not case.layer_table.loc[layer, "modelled"]]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*have no place")
        return ni.aggregate(case.select(layers=stated), level=1)


def systems(data):
    """Real networks: how many centres, which, and how many by the other rules."""
    networks = {
        "marriages of Florentine families": families(),
        "routes between European airports, 2013": ni.build_network(
            *read_multiplex(data / AIRPORTS)
        ),
        "research projects between European cities": load_research_cities(),
        "stated relations between Chinese cities": delta(),
        "trains a day in the Yangtze River Delta": trains_a_day(),
    }
    rows = []
    for name, network in networks.items():
        table = detect_centres(network, resamples=0, rng=1)
        chosen = table.index[table["centre"]].tolist()
        listed = network.places["name"].reindex(chosen) if "name" in network.places else chosen
        shown = ", ".join(listed[:NAMED]) + (", ..." if len(chosen) > NAMED else "")
        found = {"system": name, "places": network.n_nodes, "centres": len(chosen), "which": shown}
        for rule in RULES:
            other = detect_centres(network, rule=rule, resamples=0, rng=1)
            found[rule] = int(other["centre"].sum())
        rows.append(found)
    return pd.DataFrame(rows)


def main(folder="planted_centres", data=Path(__file__).parents[1] / "../shared/data"):
    folder, data = Path(folder), Path(data)
    if missing(data, [AIRPORTS]):
        return
    real = systems(data)
    rows = []
    for case, options in CASES.items():
        directed = options.get("directed", False)
        for by_distance in (True, False):
            for k, size in PLANTED:
                draw = partial(flows, **options)
                rows.append(row(case, draw, k, size, by_distance=by_distance, directed=directed))
    for k, size in PLANTED:
        for name, draw in OTHERS.items():
            rows.append(row(name, draw, k, size, by_distance=False))
    table = pd.DataFrame(rows)
    held = intervals()
    tried = ways()
    tables = {"planted": table, "intervals": held, "ways": tried, "systems": real}
    write_tables(tables, folder / "planted_centres")
    head = ["case", "distances", *(f"{k} of {size}" if k else "none" for k, size in PLANTED)]
    lines = []
    for (case, distances), part in table.groupby(["case", "distances"], sort=False):
        cells = [f"{one.exact:.0%} ({one.mean_found:.1f})" for one in part.itertuples()]
        lines.append([case, distances, *cells])
    of_intervals = [f"{one.planted}: {one.held:.0%}" for one in held.itertuples()]
    shares = tried.pivot(index="way", columns=["case", "planted"], values="exact")
    shares = shares.loc[[*WAYS, *RULES]]
    columns = [f"{case}: {k or 'none'}" for case, k in shares.columns]
    others = [[f"`{way}`" if way in RULES else way, *map("{:.0%}".format, cells)]
              for way, cells in zip(shares.index, shares.to_numpy(), strict=True)]  # fmt: skip
    values = {
        "ways": markdown(["way", *columns], others),
        "systems": markdown(
            ["system", "places", "centres", "which", *(f"`{rule}`" for rule in RULES)],
            real.to_numpy().tolist(),
        ),
        "draws": DRAWS,
        "error": f"{np.sqrt(0.8 * 0.2 / DRAWS):.0%}",
        "intervals": INTERVALS,
        "held": ", ".join(of_intervals),
        "table": markdown(head, lines),
    }
    fill(Path(__file__).with_suffix(".md"), values, folder / "planted_centres.md")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Do home and host of real enclaves suit each other better than placebos? Write the study.

Run ``python examples/siting.py FOLDER DATA``. FOLDER (by default ``siting``) takes
``studies/siting.md``, its tables and its figures; ``docs`` renews those in the repository. DATA is
the folder with ``china_cities`` (by default ``../shared/data`` beside the repository); without it
nothing is written. The text is in ``siting.md`` beside this script. The flows belong to Baidu and
must not be passed on: no flow is written, only what is computed from them.
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from _pages import fill, listed, markdown, missing, new_figure, save, write_tables
from yangtze_delta import DAYS, PROVINCES, read_cities, read_flows

import netinnov as ni
from netinnov.centrality import harmonic_centrality, pagerank, strength
from netinnov.connectivity import access
from netinnov.linkages import gravity_residuals
from netinnov.plotting import plot_flow_map, print_style
from netinnov.scenarios import DirectLinks, placebo_candidates

TYPES = ("reverse_enclave", "talent_enclave")
FLOWS = {
    "out": "flow home to host, beyond size and distance",
    "back": "flow host to home, beyond size and distance",
    "out_margins": "flow home to host, beyond the totals of both",
    "back_margins": "flow host to home, beyond the totals of both",
}
PLACES = {
    "inflow": "inflow of the host (in-strength)",
    "pagerank": "PageRank of the host",
    "reach": "access of the host (harmonic centrality)",
}
GAINS = {
    "access": "access that home gains by one more link with the host",
    "efficiency": "efficiency that the delta gains by the same link",
}
STATISTICS = FLOWS | PLACES | GAINS
# What placebo hosts have in common with the real one; a flow is never matched on the tie.
MATCHINGS = {
    "any other city": (),
    "distance": ("distance",),
    "size": ("population",),
    "province": ("province_of_home",),
    "distance, size": ("distance", "population"),
    "distance, size, province": ("distance", "population", "province_of_home"),
    "tie": ("tie",),
    "tie, distance, size": ("tie", "distance", "population"),
    "tie, distance, size, province": ("tie", "distance", "population", "province_of_home"),
}
HEADLINE = {"flows": "distance, size, province", "others": "tie, distance, size, province"}
NEAREST = (5, 10)
MAIN = ("20200109", 5)
CALIPER = 1.0
MAPS = 9999
SIZE_ALIKE = 10


def main_matching(statistic):
    """The matching of the headline."""
    return HEADLINE["flows" if statistic in FLOWS else "others"]


def allowed(statistic, matching):
    """A flow must not be matched on itself."""
    return statistic not in FLOWS or "tie" not in matching


# What is read.


def read_sites(cities):
    """The enclaves with home and host as prefecture-level cities of the delta."""
    network = ni.datasets.load_yrd_enclaves()
    places, nodes = network.places, network.nodes
    sites = nodes[nodes["type"].isin(TYPES)]
    code = pd.Series(cities.index, index=cities["cityname_chn"].replace({"毫州市": "亳州市"}))
    whole = places["parent"].isna() & (places["level"] != "province")
    at = places.loc[whole, "name_zh"].map(code).dropna()

    # A district or county lies in one prefecture, which lies in no other place.
    city = places["parent"].fillna(places.index.to_series())

    table = pd.DataFrame(
        {
            "home": sites["jurisdiction"].map(city).map(at),
            "host": sites["place"].map(city).map(at),
            "confidence": sites["confidence"],
            "opened": pd.to_numeric(sites["opened"].str[:4]),
        }
    )
    table = table[(table["home"] != table["host"]) & table[["home", "host"]].notna().all(axis=1)]
    kinds = nodes[nodes["type"].notna()]
    return table, {"facts": len(kinds), "weak_facts": int((kinds["confidence"] == "C").sum())}


def with_province_of(network, home):
    """The network with a column of places: in the province of home or outside it."""
    places = network.places
    province = places.index.str[:2]
    places["province_of_home"] = np.where(province == home[:2], "same", "other")
    return ni.MultilayerNetwork(
        network.nodes, network.links, places=places, directed=network.directed
    )


# What is compared.


def statistics_of(network):
    """Tables home x host, one for each statistic."""
    nodes, (layer,) = network.nodes.index, network.layers
    found = {}
    for end, method in (("", "ppml"), ("_margins", "ratio")):
        links = gravity_residuals(network, layer=layer, method=method).links
        beyond = links.pivot(index="source", columns="target", values="weight")
        beyond = beyond.reindex(index=nodes, columns=nodes).fillna(0.0)
        found[f"out{end}"], found[f"back{end}"] = beyond, beyond.T
    hosts = {
        "inflow": strength(network, direction="in")[layer],
        "pagerank": pagerank(network),
        "reach": harmonic_centrality(network, distance="inverse"),
    }
    for name, value in hosts.items():
        found[name] = pd.DataFrame(np.tile(value.to_numpy(), (len(nodes), 1)), nodes, nodes)
    return found | added_link(network)


def added_link(network):
    """What home and the delta gain, exactly, by one link more each way between home and a host.

    It is as strong as the strongest link that leaves home. A shortest path takes it once or not.
    """
    nodes, (layer,) = network.nodes.index, network.layers
    shares = network.adjacency(layer).toarray()
    np.fill_diagonal(shares, 0)
    far = np.stack([access(network, origin=[node], distance="inverse") for node in nodes])
    n = len(nodes)
    own, whole = np.zeros((n, n)), np.zeros((n, n))
    others = ~np.eye(n, dtype=bool)
    before = np.where(others, 1 / np.where(others, far, 1), 0)
    for home, host in product(range(n), repeat=2):
        if home == host:
            continue
        more = shares[home].max()
        there, back = 1 / (shares[home, host] + more), 1 / (shares[host, home] + more)
        near = np.minimum(far, far[:, [home]] + there + far[[host]])
        near = np.minimum(near, far[:, [host]] + back + far[[home]])
        gain = np.where(others, 1 / np.where(others, near, 1), 0) - before
        own[home, host], whole[home, host] = gain[home].sum() / (n - 1), gain.sum() / n / (n - 1)
    return {
        name: pd.DataFrame(value, nodes, nodes)
        for name, value in (("access", own), ("efficiency", whole))
    }


def check_added_link(network, gains, home, host):
    """The same gain by the network with the link in it, which must agree."""
    (layer,) = network.layers
    more = network.adjacency(layer).toarray()[network.nodes.index.get_loc(home)].max()
    link = {"layer": layer, "source": [home, host], "target": [host, home], "weight": more}
    after = network.with_links(pd.DataFrame(link))
    change = harmonic_centrality(after, distance="inverse") - harmonic_centrality(
        network, distance="inverse"
    )
    found = (gains["access"].loc[home, host], gains["efficiency"].loc[home, host])
    np.testing.assert_allclose(found, (change[home], change.mean()), rtol=1e-9)


# Placebos and tests.


def candidates_of(network, pairs):
    """For each pair and matching the other cities that could be the host, the most alike first."""
    found = {}
    own = pairs.groupby("home")["host"].agg(set)
    for home in own.index:
        around = with_province_of(network, home)
        for host in sorted(own[home]):
            for name, match in MATCHINGS.items():
                # Matched on population in name only where all others are taken anyway.
                table = placebo_candidates(
                    around, DirectLinks(home, host, 1), match=match or ("population",)
                )
                found[home, host, name] = table.drop(
                    index=sorted(own[home] - {host}), errors="ignore"
                )
    return found


def taken(table, matching, nearest, caliper=None):
    """The placebos of a pair."""
    placebos = table.index[1:]
    if caliper is not None:
        placebos = placebos[(table["gap"].iloc[1:] <= caliper).to_numpy()]
    return placebos if matching in ("any other city", "province") else placebos[:nearest]


def doubled_ranks(values):
    """Twice the number of others that each value beats, ties counted half."""
    return 2 * (values[:, None] > values).sum(axis=1) + (values[:, None] == values).sum(axis=1) - 1


def won(table, pairs, placebos):
    """Comparisons won by the real hosts, a p for each pair, and an exact one for all pairs.

    The reference: in each pair by itself any of its candidates could be the real host.
    """
    chance, score, most, rows = np.ones(1), 0, 0, []
    for home, host in pairs:
        pool = [host, *placebos[home, host]]
        ranks = doubled_ranks(table.loc[home, pool].to_numpy())
        n = len(pool) - 1
        score, most = score + ranks[0], most + 2 * n
        wider = np.zeros(chance.size + 2 * n)
        for rank in ranks:
            wider[rank : rank + chance.size] += chance / (n + 1)
        chance = wider
        at_least, at_most = (ranks >= ranks[0]).mean(), (ranks <= ranks[0]).mean()
        rows.append((n, ranks[0] / (2 * n) if n else np.nan, min(1, 2 * min(at_least, at_most))))
    below, above = chance[: score + 1].sum(), chance[score:].sum()
    cumulated = np.cumsum(chance)
    band = [np.searchsorted(cumulated, level) / most for level in (0.025, 0.975)]
    each = pd.DataFrame(rows, pd.MultiIndex.from_tuples(pairs), ["placebos", "won", "p"])
    return score / most, min(1.0, 2 * min(below, above)), band, each


def hosts_together(table, pairs, alike, rng):
    """P-value if the hosts are replaced as wholes, each by one other city for all its homes.

    A map of hosts to cities is drawn uniformly from those that give each host a city of its own,
    no home its own city, and each host itself or one of the cities alike.
    """
    index, n = table.index, len(table)
    ranks = np.zeros((n, n))
    for at, row in enumerate(table.to_numpy()):
        others = np.arange(n) != at
        ranks[at, others] = doubled_ranks(row[others])
    hosts = sorted({host for _, host in pairs})
    scores = np.zeros((len(hosts), n))
    possible = np.zeros((len(hosts), n), bool)
    for at, host in enumerate(hosts):
        homes = index.get_indexer([a for a, b in pairs if b == host])
        scores[at] = ranks[homes].sum(axis=0)
        possible[at, index.get_indexer([host, *alike[host]])] = True
        possible[at, homes] = False
    drawn = np.column_stack([rng.choice(np.flatnonzero(row), 4 * MAPS) for row in possible])
    apart = np.sort(drawn, axis=1)
    drawn = drawn[(apart[:, 1:] != apart[:, :-1]).all(axis=1)][:MAPS]
    found = scores[np.arange(len(hosts)), drawn].sum(axis=1)
    observed = scores[np.arange(len(hosts)), index.get_indexer(hosts)].sum()
    tails = [1 + (found >= observed).sum(), 1 + (found <= observed).sum()]
    return min(1.0, 2 * min(tails) / (len(found) + 1))


def compute(data):
    """All results of the study, by name."""
    cities = read_cities(data)
    every = read_flows(data, cities)
    flows = {day: every[day, "cities"] for day in DAYS}
    sites, counts = read_sites(cities)
    pairs = list(sites.groupby(["home", "host"]).size().index)
    tables = {day: statistics_of(network) for day, network in flows.items()}
    check_added_link(flows[MAIN[0]], tables[MAIN[0]], *pairs[0])
    candidates = {day: candidates_of(network, sites) for day, network in flows.items()}
    found = {"cities": cities, "sites": sites, "pairs": pairs, "counts": counts}
    found["candidates"] = candidates[MAIN[0]]
    network = flows[MAIN[0]]
    found["stay"] = pd.Series(
        network.adjacency(network.layers[0]).sum(axis=1), network.nodes.index
    )  # of those who leave, in per cent

    rows, each = [], {}
    for day, matching, nearest in product(DAYS, MATCHINGS, NEAREST):
        if matching in ("any other city", "province") and nearest != NEAREST[0]:
            continue
        chosen = {
            pair: taken(candidates[day][(*pair, matching)], matching, nearest) for pair in pairs
        }
        for name in STATISTICS:
            if not allowed(name, matching):
                continue
            share, p, band, of_pairs = won(tables[day][name], pairs, chosen)
            headline = (day, nearest) == MAIN and matching == main_matching(name)
            rows.append((name, day, matching, nearest, share, p, *band, headline))
            if headline:
                each[name] = of_pairs
    columns = ["statistic", "day", "matching", "nearest", "won", "p", "low", "high", "headline"]
    table = pd.DataFrame(rows, columns=columns)
    found["specifications"], found["each"] = table, each

    head = table[table["headline"]].set_index("statistic").loc[list(STATISTICS)]
    rng = np.random.default_rng(1)
    everyone = {host: cities.index.drop(host) for host in sites["host"].unique()}
    log = np.log(cities["population"])
    in_size = {
        host: (log - log[host]).abs().sort_values(kind="stable").index[1 : SIZE_ALIKE + 1]
        for host in everyone
    }
    main = tables[MAIN[0]]
    head["holm"] = holm(head["p"])
    # A model, every person alike: which way it points, and no test.
    people = statistics_of(every[MAIN[0], "people"])
    head["modelled"] = [
        won(people[name], pairs, headline_placebos(found, name))[0] for name in head.index
    ]
    head["together_any"] = [hosts_together(main[name], pairs, everyone, rng) for name in head.index]
    head["together_size"] = [hosts_together(main[name], pairs, in_size, rng) for name in head.index]
    head["together_holm"] = holm(head["together_size"])
    others = table[(table["matching"] != "any other city")].groupby("statistic")["won"]
    head["median"] = others.median()
    head["least"], head["most"] = others.min(), others.max()
    head["same_side"] = others.agg(
        lambda won: (np.sign(won - 0.5) == np.sign(won.median() - 0.5)).mean()
    )
    head["specifications"] = others.size()
    found["head"] = head
    found["subsets"] = subsets(found, main)
    found["near"] = within_caliper(found, main)
    found["balance"] = balance(found)
    return found


def subsets(found, tables):
    """Comparisons won in the headline, for parts of the pairs."""
    sites, pairs = found["sites"], found["pairs"]
    hosts = sites["host"].value_counts()
    known = sites[sites["confidence"] != "C"]
    early = sites[sites["opened"] < 2020]
    parts = {"all pairs": pairs}
    for host in hosts.index[:2]:
        parts[f"host {found['cities'].loc[host, 'name_en']}"] = [x for x in pairs if x[1] == host]
    parts["all other hosts"] = [x for x in pairs if x[1] not in hosts.index[:2]]
    parts["with a site of confidence A or B"] = _pairs_of(known)
    parts["with a site known to have opened before 2020"] = _pairs_of(early)
    parts["no site known to have opened before 2020"] = sorted(set(pairs) - set(_pairs_of(early)))
    rows = {}
    for part, chosen in parts.items():
        row = {"pairs": len(chosen)}
        for name in STATISTICS:
            placebos = headline_placebos(found, name)
            row[name] = won(tables[name], chosen, placebos)[0]
        rows[part] = row
    return pd.DataFrame(rows).T


def _pairs_of(sites):
    return list(sites.groupby(["home", "host"]).size().index)


def headline_placebos(found, statistic, caliper=None):
    """The placebos of each pair in the headline."""
    matching = main_matching(statistic)
    return {
        pair: taken(found["candidates"][(*pair, matching)], matching, MAIN[1], caliper)
        for pair in found["pairs"]
    }


def within_caliper(found, tables):
    """The headline with near placebos only, and the pairs that have any."""
    rows = {}
    for name in STATISTICS:
        placebos = headline_placebos(found, name, CALIPER)
        pairs = [pair for pair in found["pairs"] if len(placebos[pair])]
        share, p, _, each = won(tables[name], pairs, placebos)
        row = {"pairs": len(pairs), "placebos": each["placebos"].mean(), "won": share, "p": p}
        row["shanghai"] = sum(host.startswith("31") for _, host in pairs)
        rows[name] = row
    return pd.DataFrame(rows).T


def balance(found):
    """How far real hosts are from placebos, in standard deviations over all other cities."""
    rows = {}
    for label, matching in {"any": "any other city", **HEADLINE}.items():
        for column in ("tie", "distance", "population"):
            gaps, outside = [], 0
            for pair in found["pairs"]:
                whole = found["candidates"][(*pair, "tie, distance, size")]
                value = np.log(whole[column].clip(lower=whole[column][whole[column] > 0].min() / 2))
                placebos = taken(found["candidates"][(*pair, matching)], matching, MAIN[1])
                gaps.append((value[pair[1]] - value[placebos].mean()) / value.std(ddof=0))
                outside += value[pair[1]] > value[placebos].max()
            rows[label, column] = {"gap": np.mean(gaps), "largest": outside}
    return pd.DataFrame(rows).T


# Tables of the page.


def p_text(value):
    """A p-value in two digits, or what it is below."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def holm(p):
    """P-values corrected for the number of tests that there are (Holm 1979)."""
    order = p.sort_values().dropna()
    return (order * np.arange(len(order), 0, -1)).cummax().clip(upper=1).reindex(p.index)


def table_of_headline(found):
    """A row a statistic."""
    rows = [
        [
            STATISTICS[name],
            f"{row['won']:.2f}",
            f"{row['low']:.2f} to {row['high']:.2f}",
            f"{p_text(row['p'])} ({p_text(row['holm'])})",
            p_text(row["together_any"]),
            f"{p_text(row['together_size'])} ({p_text(row['together_holm'])})",
            f"{row['median']:.2f} ({row['least']:.2f} to {row['most']:.2f})",
            f"{row['same_side']:.0%} of {row['specifications']:.0f}",
            f"{row['modelled']:.2f}",
        ]
        for name, row in found["head"].iterrows()
    ]
    head = [
        "statistic",
        "won",
        "95 % by chance",
        "p, pairs apart (Holm)",
        "p, hosts together, any city",
        "p, hosts together, alike in size (Holm)",
        "median of specifications (range)",
        "on the same side",
        "won, every person alike (a model)",
    ]
    return markdown(head, rows)


def table_of_specifications(found):
    """Won by statistic and matching, both days."""
    table, rows = found["specifications"], []
    for name in STATISTICS:
        for matching in MATCHINGS:
            part = table[(table["statistic"] == name) & (table["matching"] == matching)]
            if part.empty:
                continue
            cells = []
            for day, nearest in product(DAYS, NEAREST):
                one = part[(part["day"] == day) & (part["nearest"] == nearest)]
                cells.append(
                    "-" if one.empty else f"{one['won'].iloc[0]:.2f} ({p_text(one['p'].iloc[0])})"
                )
            rows.append([STATISTICS[name], matching, *cells])
    head = [f"{DAYS[day]}, {nearest} placebos" for day, nearest in product(DAYS, NEAREST)]
    return markdown(["statistic", "placebos matched on", *head], rows)


def table_of_subsets(found):
    """Won by part of the pairs."""
    names = list(STATISTICS)
    rows = [
        [part, f"{row['pairs']:.0f}", *(f"{row[name]:.2f}" for name in names)]
        for part, row in found["subsets"].iterrows()
    ]
    return markdown(["part", "pairs", *(STATISTICS[name] for name in names)], rows)


def table_of_balance(found):
    """How alike real hosts and placebos are."""
    labels = {
        "any": "any other city",
        "flows": f"{MAIN[1]} by {HEADLINE['flows']}",
        "others": f"{MAIN[1]} by {HEADLINE['others']}",
    }
    names = {"tie": "tie", "distance": "distance", "population": "population"}
    rows = [
        [
            label,
            *(
                f"{found['balance'].loc[(key, name), 'gap']:+.2f} "
                f"({found['balance'].loc[(key, name), 'largest']:.0f})"
                for name in names
            ),
        ]
        for key, label in labels.items()
    ]
    return markdown(["placebos", *names], rows)


def table_of_pairs(found):
    """Won by pair in the headline, for three statistics."""
    names = ("out", "out_margins", "inflow", "access")
    cities = found["cities"]["name_en"]
    count = found["sites"].groupby(["home", "host"]).size()
    rows = [
        [
            f"{cities[home]}, {cities[host]}",
            count[home, host],
            *(
                f"{found['each'][name].loc[(home, host), 'won']:.2f} "
                f"({p_text(found['each'][name].loc[(home, host), 'p'])})"
                for name in names
            ),
        ]
        for home, host in found["pairs"]
    ]
    return markdown(["home, host", "sites", *(STATISTICS[name] for name in names)], rows)


def table_of_near(found):
    """The headline within the caliper."""
    rows = [
        [
            STATISTICS[name],
            f"{row['pairs']:.0f}",
            f"{row['shanghai']:.0f}",
            f"{row['placebos']:.1f}",
            f"{row['won']:.2f}",
            p_text(row["p"]),
        ]
        for name, row in found["near"].iterrows()
    ]
    head = [
        "statistic",
        "pairs",
        "of these at Shanghai",
        "placebos a pair",
        "won",
        "p, pairs apart",
    ]
    return markdown(head, rows)


# Figures.


def draw(found, folder):
    """The figures of the page."""
    cities = found["cities"]
    home, host = (found["sites"][name] for name in ("home", "host"))
    nodes = pd.DataFrame({"kind": "place", "place": cities.index}, index=cities.index)
    links = pd.DataFrame({"source": home, "target": host, "layer": "sites", "weight": 1.0})
    places = cities[["lon", "lat"]].assign(name=cities["name_en"])
    network = ni.MultilayerNetwork(nodes, links, places=places, directed=["sites"])
    pairs = pd.DataFrame({"home": home, "host": host, "direction": "reverse"})
    named = len({*home, *host})
    with print_style():
        ax = plot_flow_map(network, layers=(), enclaves=pairs, labels=named)
    save(ax.figure, folder, "siting_map")

    table, rows = found["specifications"], list(STATISTICS)
    with print_style():
        figure = new_figure(height=85)
        ax = figure.add_subplot()
        for at, name in enumerate(rows):
            part = table[(table["statistic"] == name) & (table["matching"] != "any other city")]
            one = found["head"].loc[name]
            ax.hlines(at, one["low"], one["high"], color="#cccccc", linewidth=7, zorder=1)
            rest = part[~part["headline"]]
            ax.plot(rest["won"], [at] * len(rest), "|", color="#555555", markersize=7, zorder=2)
            ax.plot(one["won"], at, "o", color="#0072b2", markersize=5, zorder=3)
            free = table[(table["statistic"] == name) & (table["matching"] == "any other city")]
            ax.plot(free["won"], [at] * len(free), "x", color="#d55e00", markersize=4, zorder=3)
        ax.axvline(0.5, color="#888888", linewidth=0.7, zorder=0)
        ax.set_yticks(range(len(rows)), [STATISTICS[name] for name in rows])
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.set_xlim(0, 1)
        ax.set_xlabel("share of comparisons with placebo hosts that the real host wins")
        marks = [
            ax.plot([], [], "o", color="#0072b2", markersize=5)[0],
            ax.plot([], [], "|", color="#555555", markersize=7)[0],
            ax.plot([], [], "x", color="#d55e00", markersize=4)[0],
            ax.plot([], [], color="#cccccc", linewidth=6)[0],
        ]
        words = [
            "headline",
            "other matchings, numbers, day",
            "any other city",
            "95 % by chance, pairs apart",
        ]
        figure.legend(marks, words, loc="outside upper center", ncols=4)
    save(figure, folder, "siting_statistics")


# The page.


def numbers_of(found):
    """Everything the template names, as text or as numbers it formats."""
    sites, pairs, cities, head = (found[name] for name in ("sites", "pairs", "cities", "head"))
    names = cities["name_en"]
    hosts = pd.Series([host for _, host in pairs]).value_counts()
    homes = sites["home"].nunique()
    provinces = pd.Series([PROVINCES[home[:2]] for home, _ in pairs]).value_counts()
    same = sum(home[:2] == host[:2] for home, host in pairs)
    real = {home: {b for a, b in pairs if a == home} for home, _ in pairs}
    others = set(hosts.index)
    used = [
        placebo in others
        for (home, _), chosen in headline_placebos(found, "access").items()
        for placebo in chosen
        if placebo not in real[home]
    ]
    least = [one["p"].min() for one in found["each"].values()]
    corrected = [holm(one["p"]).min() for one in found["each"].values()]
    size = cities["population"].sort_values(ascending=False)
    return {
        "n_sites": len(sites),
        "n_pairs": len(pairs),
        "n_homes": homes,
        "n_hosts": len(hosts),
        "n_cities": len(cities),
        "hosts": listed(f"{names[host]} ({n})" for host, n in hosts.items()),
        "first_host": names[hosts.index[0]],
        "second_host": names[hosts.index[1]],
        "of_first": hosts.iloc[0],
        "of_two": hosts.iloc[:2].sum(),
        "provinces": listed(f"{name} {n}" for name, n in provinces.items()),
        "same_province": same,
        "weak": int((sites["confidence"] == "C").sum()),
        "early": int((sites["opened"] < 2020).sum()),
        "undated": int(sites["opened"].isna().sum()),
        "nearest": MAIN[1],
        "more_nearest": NEAREST[1],
        "found_least_p": min(least),
        "found_least_holm": min(corrected),
        "won_percent": (100 * head["won"]).round().astype(int).to_dict(),
        "stay_rank": int((found["stay"] > found["stay"][hosts.index[0]]).sum()),
        "ratio": size.iloc[0] / size.iloc[1],
        "real_placebos": 100 * np.mean(used),
        "maps": MAPS,
        "size_alike": SIZE_ALIKE,
        "caliper": CALIPER,
        "n_statistics": len(STATISTICS),
        "n_flow_specifications": int(head["specifications"].iloc[0]),
        "n_other_specifications": int(head["specifications"].iloc[-1]),
        "won": head["won"].map("{:.2f}".format).to_dict(),
        "size_holm": {name: p_text(value) for name, value in head["together_holm"].items()},
        "modelled": head["modelled"].map("{:.2f}".format).to_dict(),
        "size_p": {name: p_text(value) for name, value in head["together_size"].items()},
        "subset": found["subsets"].to_dict("index"),
        "largest": {f"{a}_{b}": int(row["largest"]) for (a, b), row in found["balance"].iterrows()},
        "table_of_headline": table_of_headline(found),
        "table_of_specifications": table_of_specifications(found),
        "table_of_subsets": table_of_subsets(found),
        "table_of_balance": table_of_balance(found),
        "table_of_pairs": table_of_pairs(found),
        "table_of_near": table_of_near(found),
        "n_facts": found["counts"]["facts"],
        "weak_facts": found["counts"]["weak_facts"],
    }


def tables_of(found):
    """Every table, without any flow."""
    names = found["cities"]["name_en"]
    each = pd.concat(found["each"], names=["statistic", "home", "host"]).reset_index()
    each["pair"] = each["home"].map(names) + " > " + each["host"].map(names)
    each = each[["statistic", "pair", "placebos", "won", "p"]].set_index("statistic")
    return {
        "headline": found["head"].drop(columns=["headline"]),
        "specifications": found["specifications"].set_index("statistic"),
        "pairs": each,
        "subsets": found["subsets"].rename_axis("part"),
        "caliper": found["near"].rename_axis("statistic"),
        "balance": found["balance"].rename_axis(index=["placebos", "covariate"]),
    }


def main(folder="siting", data=Path(__file__).parents[1] / "../shared/data"):
    """Write page, tables and figures below a folder, if the data are there."""
    folder, data = Path(folder), Path(data)
    needed = [f"BaiduNet_out_{day}.csv.gz" for day in DAYS]
    needed += ["cityinfo.csv", "census_city_2010_2020.csv", "yearbook_light.csv"]
    if missing(data / "china_cities", needed):
        print("The flows belong to Baidu and are not shipped; the page of the study says where")
        print("they are, and under which terms.")
        return
    found = compute(data)
    draw(found, folder / "figures")
    write_tables(tables_of(found), folder / "studies/siting")
    fill(Path(__file__).with_suffix(".md"), numbers_of(found), folder / "studies/siting.md")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Is the Yangtze River Delta multi-centric? Compute, draw and write the study of the documentation.

Run ``python examples/yangtze_delta.py FOLDER DATA``. FOLDER (by default ``yangtze_delta``) takes
``studies/yangtze_delta.md``, its tables and its figures; ``docs`` renews those in the repository.
DATA is the folder with ``china_cities`` (by default ``../shared/data`` beside the repository);
without it nothing is written. The text is in ``yangtze_delta.md`` beside this script. The flows
belong to Baidu and must not be passed on: no flow is written, only what is computed from them.
"""

from __future__ import annotations

import sys
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from _pages import fill, listed, markdown, missing, new_figure, save, three, write_tables
from _rail import trains_a_day

import netinnov as ni
from netinnov.community import compare_partitions, leiden, stability
from netinnov.linkages import gravity_residuals
from netinnov.null_models import mixing
from netinnov.plotting import plot_centres, plot_profile, plot_rank_size, print_style
from netinnov.polycentricity import borrowed_size, detect_centres, profile, sensitivity

PROVINCES = {"31": "Shanghai", "32": "Jiangsu", "33": "Zhejiang", "34": "Anhui"}
# Cities of one name are told apart by a figure in the table; here by their province.
SPELLING = {
    "Suzhou1": "Suzhou",
    "Suzhou4": "Suzhou (Anhui)",
    "Taizhou2": "Taizhou (Zhejiang)",
    "Taizhou4": "Taizhou (Jiangsu)",
    "Huaian": "Huai'an",
    "Liuan": "Lu'an",
    "Maanshan": "Ma'anshan",
}
DAYS = {"20200109": "9 January", "20200110": "10 January"}
# What is summed at a destination: shares of each origin's leavers, or these times its population.
SCALES = {"cities": "every city alike", "people": "every person alike"}
INDICES = {
    "rank_size": "rank-size slope, all places",
    "rank_size_top": "rank-size slope, mean of the top 2, 3 and 4",
    "primacy": "share of the largest",
    "gini": "Gini",
    "effective_number": "effective number of places",
    "green": "Green's index (ddof = 0)",
    "urban_centrality_index": "urban centrality index",
}
NETWORK_INDICES = {
    "functional": "Green's functional index, degrees",
    "functional_weighted": "the same, strengths",
    "core_share": "share of places in the core",
    "n_centres": "centres by the rule `outliers`",
}
RULES = ("outliers", "head_tail", "core", "dominant_flow")
NULLS = {
    "random": "random destinations",
    "distance": "distance alone",
    "gravity": "size and distance",
}
BANDS = (100, 200, 300, 400, 600)  # kilometres
RADIUS = 6371.0088
EVENTS = 1000  # travellers assumed from each origin: few, so that intervals are too wide
RESAMPLES = 100
REPLICATES = 199
CENTRE_REPLICATES = 49
COMMON = {"direction": "in", "restarts": 3, "rng": 1, "progress": False}
MAIN = ("20200109", "people")


def read_cities(data):
    """Places of the delta with coordinates, census population, and gross domestic product."""
    folder = data / "china_cities"
    cities = pd.read_csv(folder / "cityinfo.csv", dtype={"dzcode": str}).set_index("dzcode")
    cities = cities[cities.index.str[:2].isin(list(PROVINCES))]
    cities = cities.rename(columns={"coord_long": "lon", "coord_lat": "lat"})
    cities["name_en"] = cities["cityname_eng"].replace(SPELLING)
    census = pd.read_csv(folder / "census_city_2010_2020.csv", dtype={"city_code": str})
    census = census[census["city_code"].str.endswith("00")]  # not the counties inside
    census = census.set_index(census["city_code"].str[:4]).reindex(cities.index)
    cities["population"] = census["popu_2020"].astype(float)
    cities["population_2010"] = census["popu_2010"].astype(float)
    product = pd.read_csv(folder / "yearbook_light.csv").set_index("city")["GDP10000"]
    written = cities["cityname_chn"].replace({"毫州市": "亳州市"})
    cities["gdp"] = product.reindex(written).to_numpy(float)
    return cities


def read_flows(data, cities):
    """Networks by day and scale: shares of origin, and shares times population, a model."""
    flows = {}
    for day in DAYS:
        file = data / f"china_cities/BaiduNet_out_{day}.csv.gz"
        shares = ni.build_network(
            *ni.sources.read_origin_destination(
                file, places=cities, name="cityname_chn", aliases={"亳州市": "毫州市"}
            )
        )
        links = shares.links
        links["weight"] *= links["source"].map(cities["population"]) / 100
        links["layer"] = "people_modelled"
        flows[day, "cities"] = shares
        flows[day, "people"] = ni.build_network(
            shares.nodes,
            links,
            shares.places,
            directed=["people_modelled"],
            layers={"people_modelled": {"modelled": True, "unit": "people"}},
        )
    return flows


# Null models: who receives what each origin sends.


def matrix_of(network):
    """Flows as a square array without what stays in a place."""
    flows = network.adjacency(network.layers[0]).toarray()
    np.fill_diagonal(flows, 0)
    return flows


def with_flows(network, flows):
    """The network with other flows between the same places."""
    source, target = np.nonzero(flows)
    nodes = network.nodes.index
    links = {"source": nodes[source], "target": nodes[target], "weight": flows[source, target]}
    return network.replace_links(pd.DataFrame(links).assign(layer=network.layers[0]))


def permuted(values, classes, rng):
    """Each row's values permuted among the destinations of one class, zeros included."""
    result = np.zeros_like(values)
    for row in range(len(values)):
        others = np.delete(np.arange(len(values)), row)
        kind = classes[row, others]
        giver = others[np.lexsort((rng.random(others.size), kind))]
        result[row, others[np.argsort(kind, kind="stable")]] = values[row, giver]
    return result


def shuffled(network, rng, *, classes, expected):
    """Permute flows over expected flows, and keep what leaves each origin."""
    flows = matrix_of(network)
    drawn = permuted(flows / expected, classes, rng) * expected
    return with_flows(network, drawn * (flows.sum(axis=1) / drawn.sum(axis=1))[:, None])


def null_models(network, kilometres):
    """The three null models of a network, and the fit of gravity behind the third."""
    everywhere, equal = np.zeros(kilometres.shape, int), np.ones(kilometres.shape)
    fit = gravity_residuals(network, layer=network.layers[0])
    power = fit.coefficients
    size = network.places["population"].reindex(network.nodes["place"]).to_numpy()
    expected = np.exp(power["intercept"]) * size[:, None] ** power["origin"]
    expected = expected * size ** power["destination"]
    expected = expected * np.where(kilometres > 0, kilometres, 1) ** power["distance"]
    bands = np.digitize(kilometres, BANDS)
    models = {
        "random": partial(shuffled, classes=everywhere, expected=equal),
        "distance": partial(shuffled, classes=bands, expected=equal),
        "gravity": partial(shuffled, classes=everywhere, expected=expected),
    }
    return models, fit


def distances(cities):
    """Great circles in kilometres."""
    lon, lat = np.radians(cities["lon"].to_numpy()), np.radians(cities["lat"].to_numpy())
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half = half + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    return 2 * RADIUS * np.arcsin(np.sqrt(half))


def drawn_again(network, rng):
    """Flows as the assumed number of travellers from each origin might have made them."""
    flows = matrix_of(network)
    for row in flows:
        total = row.sum()
        row[:] = rng.multinomial(EVENTS, row / total) * (total / EVENTS)
    return with_flows(network, flows)


# What is computed.


def inflow(network):
    """What arrives in each place, as a share of all that arrives, in per cent."""
    value = ni.centrality.strength(network, direction="in").iloc[:, 0]
    return 100 * value / value.sum()


def compute(data):
    """All results of the study, by name."""
    cities = read_cities(data)
    flows = read_flows(data, cities)
    kilometres = distances(cities)
    some = flows[MAIN]
    found = {"cities": cities, "flows": flows, "sizes": {}, "profiles": {}, "nulls": {}, "fits": {}}

    plain = {"null": None, "resamples": 0, "leave_one_out": True}
    for name in ("population_2010", "population", "gdp"):
        rows = [f"size_{index}" for index in INDICES]
        table = profile(some, sizes=cities[name], indices=rows, **plain, **COMMON)
        found["sizes"][name] = table.rename(index=lambda row: row.removeprefix("size_"))

    every = [*INDICES, *NETWORK_INDICES]
    random = {}
    for key, network in flows.items():
        found["profiles"][key] = profile(
            network,
            indices=every,
            null=None,
            resamples=RESAMPLES if key == MAIN else 0,
            resample=drawn_again,
            **COMMON,
        )
        random[key], found["fits"][key] = null_models(network, kilometres)
        for name, model in random[key].items():
            # Centres take long to find, and are compared with chance once.
            table = [_against(network, model, list(INDICES), REPLICATES)]
            if key == MAIN:
                table.append(_against(network, model, ["n_centres"], CENTRE_REPLICATES))
            found["nulls"][(*key, name)] = pd.concat(table)
    found["mixing"] = mixing(flows["20200109", "cities"], rng=1).to_frame().iloc[0]

    found["communities"] = {
        key: leiden(network, restarts=20, rng=1) for key, network in flows.items()
    }
    found["stability"] = {
        key: stability(network, rng=1, progress=False) for key, network in flows.items()
    }
    found["centres"] = {
        (*key, rule): detect_centres(network, rule=rule, resamples=0, **COMMON)
        for key, network in flows.items()
        for rule in RULES
    }
    for scale in SCALES:
        key = (MAIN[0], scale)
        found["centres"][(*key, "outliers")] = detect_centres(
            flows[key], resamples=RESAMPLES, resample=drawn_again, **COMMON
        )
    found["sensitivity"] = sensitivity(
        some,
        tops=(None, 4, 5, 10, 20),
        indices=("rank_size", "gini", "green"),
        null=random[MAIN]["distance"],
        replicates=CENTRE_REPLICATES,
        **COMMON,
    )
    found["borrowed"] = {
        key: borrowed_size(network, values=inflow(network)) for key, network in flows.items()
    }
    trains = trains_a_day()
    found["rail"] = trains.places["name"]
    found["trains"] = {
        rule: detect_centres(
            trains, rule=rule, resamples=RESAMPLES if rule == "outliers" else 0, rng=1
        )
        for rule in RULES
    }
    count = profile(trains, indices=["n_centres"], null=None, resamples=RESAMPLES, rng=1)
    found["number_by_trains"] = count.loc["n_centres"]
    return found


def _against(network, model, indices, replicates):
    options = COMMON | {"leave_one_out": False, "resamples": 0}
    with warnings.catch_warnings():
        # The page says that p is conditional on the modelled number of people of each origin.
        warnings.filterwarnings("ignore", "people_modelled is modelled", UserWarning)
        return profile(network, indices=indices, null=model, replicates=replicates, **options)


# Numbers and tables in Markdown.


def with_range(row):
    """A value, and its least and largest without one place."""
    low, high = row["low_without_one"], row["high_without_one"]
    return f"{three(row['value'])} ({three(low)} to {three(high)})"


def table_of_indices(found):
    """Morphological and functional indices side by side."""
    columns = {
        "population 2010": found["sizes"]["population_2010"],
        "population 2020": found["sizes"]["population"],
        "GDP": found["sizes"]["gdp"],
    }
    for (day, scale), table in found["profiles"].items():
        columns[f"inflow, {SCALES[scale]}, {DAYS[day]}"] = table
    rows = [
        [label, *(with_range(table.loc[name]) for table in columns.values())]
        for name, label in INDICES.items()
    ]
    return markdown(["index of values", *columns], rows)


def table_of_networks(found):
    """Indices of the network of flows."""
    columns = {
        f"{SCALES[scale]}, {DAYS[day]}": table for (day, scale), table in found["profiles"].items()
    }
    rows = [
        [label, *(with_range(table.loc[name]) for table in columns.values())]
        for name, label in NETWORK_INDICES.items()
    ]
    return markdown(["index of the network", *columns], rows)


def table_of_nulls(found):
    """Observed values, and mean and p under each null model."""
    rows = []
    for name in (*INDICES, "n_centres"):
        for scale in SCALES:
            tables = {model: found["nulls"][MAIN[0], scale, model] for model in NULLS}
            if name not in tables["random"].index:
                continue
            value = three(tables["random"].loc[name, "value"])
            cells = [
                f"{three(table.loc[name, 'null_mean'])} (p = {table.loc[name, 'p']:.2f})"
                for table in tables.values()
            ]
            rows.append([(INDICES | NETWORK_INDICES)[name], SCALES[scale], value, *cells])
    return markdown(["index", "scale", "observed", *NULLS.values()], rows)


def inside(network, labels):
    """Share of the flow out of each community that stays in it, in per cent."""
    flows = matrix_of(network)
    same = {}
    for label in sorted(labels.unique()):
        at = (labels == label).to_numpy()
        same[label] = 100 * flows[np.ix_(at, at)].sum() / flows[at].sum()
    return same


def communities_of(found, key):
    """Label of each place, the largest community first."""
    return found["communities"][key].membership.iloc[:, 0].astype(int)


def table_of_communities(found):
    """Size, places outside the main province, and share of flow that stays, by community."""
    cities, rows = found["cities"], []
    for scale in SCALES:
        key = (MAIN[0], scale)
        labels = communities_of(found, key)
        stays = inside(found["flows"][key], labels)
        for label, members in labels.groupby(labels):
            provinces = members.index.str[:2].map(PROVINCES).value_counts()
            strongest = inflow(found["flows"][key])[members.index].idxmax()
            rows.append(
                [
                    SCALES[scale],
                    cities.loc[strongest, "name_en"],
                    len(members),
                    ", ".join(f"{name} {n}" for name, n in provinces.items()),
                    f"{stays[label]:.0f} %",
                ]
            )
    head = ["scale", "community around", "places", "by province", "of its flow stays inside"]
    return markdown(head, rows)


def centres_by_rule(found):
    """A row a place, a column a day, scale and rule: whether it is a centre."""
    table = pd.DataFrame({key: one["centre"] for key, one in found["centres"].items()})
    return table.rename_axis(columns=["day", "scale", "rule"]).sort_index(axis=1)


def table_of_rules(found, chosen):
    """Who is a centre by each rule."""
    cities, rows = found["cities"], []
    for rule in RULES:
        names = [cities.loc[node, "name_en"] for node in chosen.index[chosen[(*MAIN, rule)]]]
        shown = ", ".join(names) if len(names) <= 13 else f"{', '.join(names[:8])} and others"
        rows.append([f"`{rule}`", len(names), shown])
    return markdown(["rule", "centres", "places"], rows)


def table_of_trains(found):
    """Who is a centre by the trains of a day, by each rule."""
    rows = []
    for rule, table in found["trains"].items():
        centres = found["rail"][table.index[table["centre"]]]
        rows.append([f"`{rule}`", len(centres), ", ".join(centres)])
    return markdown(["rule", "centres", "places"], rows)


def table_of_centres(found, chosen):
    """How many of the four rules make a place a centre, where at least two do somewhere."""
    count = chosen.T.groupby(level=["day", "scale"]).sum().T
    count = count[count.max(axis=1) >= 2]
    order = count.sum(axis=1).sort_values(ascending=False, kind="stable").index
    support = [found["centres"][MAIN[0], scale, "outliers"]["support"] for scale in SCALES]
    rows = [
        [
            found["cities"].loc[node, "name_en"],
            *(int(count.loc[node, (day, scale)]) for scale in SCALES for day in DAYS),
            *(f"{column[node]:.2f}" for column in support),
        ]
        for node in order
    ]
    head = ["rules out of four", *(f"{SCALES[x]}, {DAYS[d]}" for x in SCALES for d in DAYS)]
    return markdown([*head, *(f"support by `outliers`, {SCALES[scale]}" for scale in SCALES)], rows)


def table_of_sensitivity(table):
    """Slope and Gini by rule and number of places, with their mean under distance alone."""
    table, rows = table[table["index"] != "centre"], []
    for rule in dict.fromkeys(table["rule"]):
        part = table[table["rule"] == rule]
        for n in sorted(part["n"].unique()):
            cells = []
            for name in ("rank_size", "gini", "green"):
                one = part[(part["index"] == name) & (part["n"] == n)].iloc[0]
                cells.append(f"{three(one['value'])} ({three(one['null_mean'])})")
            rows.append([f"`{rule}`", n, *cells])
    return markdown(
        ["rule", "strongest places", "slope (null)", "Gini (null)", "Green (null)"], rows
    )


def table_of_borrowed_size(found):
    """The places furthest above and below what their population predicts."""
    names = found["cities"]["name_en"]
    table = found["borrowed"][MAIN].to_frame()
    other = found["borrowed"]["20200110", "people"].to_frame()
    alike = found["borrowed"][MAIN[0], "cities"].to_frame()
    order = table["studentized"].sort_values(ascending=False, kind="stable").index
    rows = [
        [
            names[node],
            *(
                f"{100 * np.expm1(one.loc[node, 'residual']):+.0f} %"
                for one in (table, other, alike)
            ),
            f"{table.loc[node, 'studentized']:+.1f}",
        ]
        for node in [*order[:5], *order[-5:]]
    ]
    head = ["place", "against expected, 9 January", "10 January", "every city alike, 9 January"]
    return markdown([*head, "studentized residual"], rows)


# Figures.


def draw(found, folder):
    """The figures of the page."""
    names = found["cities"]["name_en"]
    figure = new_figure(width=120, height=105)
    ax = figure.add_subplot()
    population = found["cities"]["population"]
    plot_rank_size(
        (100 * population / population.sum()).rename(names), label="population 2020", ax=ax
    )
    for scale, text in SCALES.items():
        plot_rank_size(
            inflow(found["flows"][MAIN[0], scale]).rename(names), label=f"inflow, {text}", ax=ax
        )
    ax.set_ylabel("share of the delta (%)")
    save(figure, folder, "yangtze_delta_rank_size")

    table = found["profiles"][MAIN].drop(index=["rank_size_top", "functional", "core_share"])
    against = found["nulls"][(*MAIN, "distance")]
    for name in ("null_mean", "null_low", "null_high", "z", "p"):
        table[name] = against[name].reindex(table.index)
    figure = new_figure(height=85)
    plot_profile(table, ax=figure.add_subplot())
    save(figure, folder, "yangtze_delta_profile")

    network = found["flows"][MAIN]
    centres = found["centres"][(*MAIN, "outliers")].assign(centrality=inflow(network).round(2))
    ax = plot_centres(network, centres, names=names)
    save(ax.figure, folder, "yangtze_delta_centres")

    table = found["sensitivity"]
    table = table[table["index"] == "rank_size"]
    with print_style():
        figure = new_figure(width=120, height=75)
        ax = figure.add_subplot()
        markers = dict(zip(("all", *RULES), "os^Dv", strict=True))
        for rule, marker in markers.items():
            part = table[table["rule"] == rule].sort_values("n").drop_duplicates("n")
            (line,) = ax.plot(part["n"], part["value"], marker=marker, label=rule, markersize=4)
            ax.plot(part["n"], part["null_mean"], ":", color=line.get_color(), linewidth=0.7)
        ax.set_xlabel("number of places, the strongest by the rule")
        ax.set_ylabel("rank-size slope")
        ax.set_xscale("log")
        ticks = [2, 5, 10, 20, 41]
        ax.set_xticks(ticks, [str(tick) for tick in ticks])
        ax.minorticks_off()
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=4, borderpad=0)
    save(figure, folder, "yangtze_delta_sensitivity")


# The page.


def numbers_of(found):
    """Everything the template names, as text or as numbers it formats."""
    cities, flows, sizes = found["cities"], found["flows"], found["sizes"]
    names, profiles = cities["name_en"], found["profiles"]
    keys = {scale: (MAIN[0], scale) for scale in SCALES}
    text = {
        "people": profiles[MAIN],
        "other": profiles["20200110", "people"],
        "alike": profiles[keys["cities"]],
        "size": sizes["population"],
        "size_2010": sizes["population_2010"],
        "product": sizes["gdp"],
    }
    values = {name: table["value"].map(three).to_dict() for name, table in text.items()}
    for scale, key in keys.items():
        for model in NULLS:
            table = found["nulls"][(*key, model)]
            values[f"{scale}_{model}"] = table["null_mean"].map(three).to_dict()
            values[f"{scale}_{model}_p"] = table["p"].map("p = {:.2f}".format).to_dict()
            values[f"{scale}_{model}_top"] = table.loc["rank_size_top", "p"]
        leaders = inflow(flows[key]).sort_values(ascending=False, kind="stable").head(6)
        values[f"leaders_{scale}"] = shares_of(leaders, names)
        values[f"first_of_{scale}"] = names[leaders.index[0]]
        if key == MAIN:
            values |= {"five": shares_of(leaders.head(5), names), "largest": leaders.iloc[0]}
            values["fifth"] = leaders.iloc[4]
    random, gravity = (found["nulls"][(*MAIN, name)] for name in ("random", "gravity"))
    values["centres_random"] = random.loc["n_centres", "null_mean"]
    values["centres_gravity"] = gravity.loc["n_centres", "null_mean"]

    chosen = centres_by_rule(found)
    rules, in_main = chosen[MAIN].sum(axis=1), chosen[MAIN].sum()
    near = names[rules.index[rules >= len(RULES) - 1]].tolist()
    values["always"] = listed(names[chosen.index[chosen.all(axis=1)]])
    values |= {"n_by_all": int((rules == len(RULES)).sum()), "near": listed(near)}
    values |= {"n_near": len(near), "fewest_centres": in_main.min(), "most_centres": in_main.max()}
    fragile = profiles[MAIN].loc["n_centres"]
    values["most_without_one"] = three(fragile["high_without_one"])

    slopes = found["sensitivity"]
    slopes = slopes[slopes["index"] == "rank_size"]
    values["slope_low"], values["slope_high"] = map(three, slopes["value"].agg(["min", "max"]))
    values["agreement"] = 100 * slopes["agreement"].iloc[0]
    slopes = slopes.dropna(subset="null_mean").drop_duplicates(["n", "value"])
    for name, part in (("few", slopes[slopes["n"] <= 5]), ("many", slopes[slopes["n"] >= 10])):
        values[f"n_{name}"] = len(part)
        values[f"{name}_flatter"] = (part["value"] > part["null_mean"]).sum()

    labels = {key: communities_of(found, key) for key in flows}
    province = pd.Series(cities.index.str[:2], cities.index)
    values["communities"] = {scale: labels[key].nunique() for scale, key in keys.items()}
    values["ami"] = {x: compare_partitions(labels[key], province).ami for x, key in keys.items()}
    values["days"] = {
        x: compare_partitions(labels[key], labels["20200110", x]).ami for x, key in keys.items()
    }
    values["steady"] = {scale: found["stability"][key].agreement for scale, key in keys.items()}
    by_trains = found["trains"]["outliers"]
    strengths = by_trains["centrality"]
    shares = matrix_of(flows[keys["cities"]])
    stays = shares.sum(axis=1)
    return values | {
        "n": len(cities),
        "anhui": (cities.index.str[:2] == "34").sum(),
        "density": 100 * np.count_nonzero(shares) / (len(cities) * (len(cities) - 1)),
        "least_stay": stays.min(),
        "most_stay": stays.max(),
        "bands": ", ".join(map(str, BANDS)),
        "events": EVENTS,
        "resamples": RESAMPLES,
        "replicates": REPLICATES,
        "least_p": 2 / (REPLICATES + 1),
        "centre_replicates": CENTRE_REPLICATES,
        "least_p_centres": 2 / (CENTRE_REPLICATES + 1),
        "fit": found["borrowed"][MAIN],
        "gravity": found["fits"][MAIN],
        "explained": 100 * found["fits"][MAIN].explained,
        "exchanges": 100 * found["mixing"]["acceptance"],
        "original": 100 * found["mixing"]["overlap"],
        "top_without": three(sizes["population"].loc["rank_size_top", "high_without_one"]),
        "table_of_indices": table_of_indices(found),
        "table_of_networks": table_of_networks(found),
        "table_of_nulls": table_of_nulls(found),
        "table_of_communities": table_of_communities(found),
        "table_of_rules": table_of_rules(found, chosen),
        "table_of_trains": table_of_trains(found),
        "n_rail": len(by_trains),
        "centres_by_trains": listed(found["rail"][by_trains.index[by_trains["centre"]]]),
        "n_by_trains": found["number_by_trains"],
        "least_support": by_trains.loc[by_trains["centre"], "support"].min(),
        "least_sure": found["rail"][by_trains.loc[by_trains["centre"], "support"].idxmin()],
        "share_by_trains": 100 * strengths[by_trains["centre"]].sum() / strengths.sum(),
        "table_of_centres": table_of_centres(found, chosen),
        "table_of_sensitivity": table_of_sensitivity(found["sensitivity"]),
        "table_of_borrowed_size": table_of_borrowed_size(found),
    }


def shares_of(values, names):
    """Names with their shares in per cent."""
    return listed(f"{names[node]} {value:.1f} %" for node, value in values.items())


def tables_of(found):
    """Every table, without any flow."""
    names = found["cities"]["name_en"]
    columns = ["value", "low", "high", "bias", "low_without_one", "high_without_one"]
    sizes = {("", name): table for name, table in found["sizes"].items()}
    flows = {(day, f"inflow_{x}"): table for (day, x), table in found["profiles"].items()}
    indices = pd.concat(sizes | flows, names=["day", "of"])[[*columns, "most_influential"]]
    indices["most_influential"] = indices["most_influential"].map(names)
    nulls = pd.concat(found["nulls"], names=["day", "scale", "null"])
    nulls = nulls[["value", "null_mean", "null_low", "null_high", "z", "p"]]
    centres = centres_by_rule(found).astype(int)
    centres.columns = ["_".join(key) for key in centres.columns]
    for scale in SCALES:
        support = found["centres"][MAIN[0], scale, "outliers"]["support"]
        centres[f"{MAIN[0]}_{scale}_support"] = support
    labels = {"_".join(key): communities_of(found, key) for key in found["flows"]}
    sensitive = found["sensitivity"].assign(node=lambda table: table["node"].map(names))
    borrowed = pd.concat(
        {key: fit.to_frame().rename(names) for key, fit in found["borrowed"].items()},
        names=["day", "scale", "place"],
    )
    return {
        "indices": indices,
        "null_models": nulls,
        "trains": found["trains"]["outliers"].rename(found["rail"]).rename_axis("place"),
        "communities": pd.DataFrame(labels).rename(names).rename_axis("place"),
        "centres": centres.rename(names).rename_axis("place"),
        "sensitivity": sensitive.set_index("index"),
        "borrowed_size": borrowed,
    }


def main(folder="yangtze_delta", data=Path(__file__).parents[1] / "../shared/data"):
    """Write page, tables and figures below a folder, if the data are there."""
    folder, data = Path(folder), Path(data)
    needed = [f"BaiduNet_out_{day}.csv.gz" for day in DAYS]
    needed += ["cityinfo.csv", "census_city_2010_2020.csv", "yearbook_light.csv"]
    if missing(data / "china_cities", needed):
        print("The flows belong to Baidu and are not shipped; the page of the study says where")
        print("they are, and under which terms.")
        return
    found = compute(data)
    with print_style():
        draw(found, folder / "figures")
    write_tables(tables_of(found), folder / "studies/yangtze_delta")
    template = Path(__file__).with_suffix(".md")
    fill(template, numbers_of(found), folder / "studies/yangtze_delta.md")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""What would a reverse enclave do among cities that share research projects? Write the study.

Run ``python examples/project_enclaves.py FOLDER``. FOLDER (by default ``project_enclaves``) takes
``studies/project_enclaves.md``, its tables and its figures; ``docs`` renews those in the
repository. The data are bundled: `netinnov.datasets.load_research_cities`. The text is in
``project_enclaves.md`` beside this script.
"""

from __future__ import annotations

import sys
from functools import cache, partial
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from _pages import fill, listed, markdown, new_figure, save, write_tables

import netinnov as ni
from netinnov.centrality import degree, harmonic_centrality, strength
from netinnov.connectivity import access
from netinnov.datasets import load_research_cities
from netinnov.experiments import (
    PairSums,
    Specification,
    compare_scenarios,
    decompose,
    dose_response,
    specification_curve,
    specification_summary,
)
from netinnov.linkages import project
from netinnov.null_models import curveball
from netinnov.planning import rank_hosts
from netinnov.plotting import plot_effects, plot_flow_map, print_style
from netinnov.polycentricity import theil
from netinnov.scenarios import (
    DirectLinks,
    Prices,
    RandomEnds,
    ReverseEnclave,
    TalentAttraction,
    equal_cost,
    similar_places,
)

LEAST = 5  # organisations of a city of the network
AT_HOME = 20  # and of a home
HOMES = 5
SIZE, SHARE = 40, 0.5
# Any unit: 1,000 km between two cities cost as much as two links inside one, a park as much as ten.
PARK, PIPELINE_KM = 10, 0.002
PRICES = Prices(park=PARK, link=1, pipeline=PIPELINE_KM)
ALIKE = ("strength", "side")
NEAREST = 10
REPLICATES = 22
SPECIFICATION_REPLICATES = 2
NULLS = 19
NULL_REPLICATES = 2
NULL_LENGTHS = ("steps", "far")
NULL_SCENARIOS = ("enclave", "enclave_new", "direct")
DOSE_REPLICATES = 6
DOSES = (5, 10, 20, 40, 60, 80)
LENGTHS = {
    "steps": "steps",
    "border": "steps, and one more for a national border",
    "far": "steps, and one more for each 1,000 km of a link over a national border",
    "weight": "one over the weight of a link",
}
OPTIONS = {
    "steps": {},
    "border": {"frictions": ni.Frictions(border=1)},
    "far": {"frictions": ni.Frictions(border_by_distance=1)},
    "weight": {"distance": "inverse"},
}
SCENARIOS = {
    "enclave": "reverse enclave",
    "random": "its links at random ends",
    "direct": "direct links, same cost",
    "talent": "talent attraction, same cost",
    "enclave_new": "reverse enclave, new money",
    "direct_new": "direct links, same cost, new money",
}
SHOWN = 40  # cities on the map
QUIET = {"rng": 1, "progress": False}


# The networks.


def cities_of(two_mode):
    """Project onto organisations, and add these up to cities; those without a place are left out.

    They are counted on the page.
    """
    together = project(two_mode, layer="participation", through="project")
    located = together.nodes["place"].dropna().index
    return ni.aggregate(together.select(nodes=list(located)))


def network_of(cities, kept, homes):
    """The cities of the study, with nations as jurisdictions, seen from some homes.

    A park belongs to its home, and a border is where jurisdictions differ. So the nation of a home
    bears the name of the home: its park is then at home in all of the nation. The homes must lie in
    different nations.
    """
    cities = cities.select(nodes=list(kept))
    nodes, places = cities.nodes, cities.places
    nation = places["country"].reindex(nodes["place"]).to_numpy()
    named = {places["country"][home]: home for home in homes}
    nodes["jurisdiction"] = [named.get(code, code) for code in nation]
    places = places[places.index.isin([*nodes["place"], *nation])]
    side = np.where(places["country"].isin(list(named)), "at home", "abroad")
    places = places[["name", "lon", "lat", "population", "country", "parent"]].assign(side=side)
    return ni.MultilayerNetwork(nodes, cities.links, places=places)


def chosen(cities):
    """Cities of the study, homes and hosts, by rule."""
    places = cities.places.reindex(cities.nodes["place"])
    known = places["lon"].notna().to_numpy()
    kept = cities.nodes.index[known & (cities.nodes["members"] >= LEAST).to_numpy()]
    within = cities.select(nodes=list(kept))
    table = pd.DataFrame(
        {
            "name": places["name"].reindex(kept),
            "country": places["country"].reindex(kept),
            "organisations": within.nodes["members"],
            "strength": strength(within).iloc[:, 0],
            "degree": degree(within).iloc[:, 0],
        }
    )
    able = table[table["organisations"] >= AT_HOME].sort_values("strength", kind="stable")
    homes = able.drop_duplicates("country").index[:HOMES]
    away = table[~table["country"].isin(table.loc[homes, "country"])]
    hosts = away.sort_values("strength", ascending=False, kind="stable").index[:2]
    return kept, table, list(homes), list(hosts)


# Measures and policies.


def home_access(network, *, home, nodes=None, **options):
    """Harmonic centrality of one city: mean of one over the distance to each other."""
    far = access(network, origin=[home], **options).fillna(np.inf).to_dict()
    return float(np.mean([1 / far[node] for node in nodes or far if node != home]))


def inequality(network, *, nodes):
    """Theil's index of the access of the cities."""
    return theil(harmonic_centrality(network, nodes=nodes)[nodes])


def policies(network, home, host, names=tuple(SCENARIOS)):
    """Some of the scenarios, rivals at the size that the cost of the enclave pays."""
    park = ReverseEnclave(home, host, SIZE, SHARE)
    paid = partial(equal_cost, network, park, prices=PRICES)
    direct = paid(DirectLinks(home, host, 1))
    make = {
        "enclave": lambda: park,
        "random": lambda: RandomEnds(park),
        "direct": lambda: direct,
        "talent": lambda: paid(TalentAttraction(home, host, 2, SHARE)),
        "enclave_new": lambda: ReverseEnclave(home, host, SIZE, SHARE, funding="new"),
        "direct_new": lambda: DirectLinks(home, host, direct.size, funding="new"),
    }
    return {name: make[name]() for name in names}


def experiment(network, home, host):
    """All scenarios and measures for a home."""
    measures = {name: partial(home_access, home=home, **each) for name, each in OPTIONS.items()}
    scenarios = policies(network, home, host)
    # What the others gain is measured as the sum over pairs, and their inequality.
    return compare_scenarios(
        network,
        scenarios=scenarios,
        measures=measures | {"efficiency": PairSums(home, host), "inequality": inequality},
        replicates=REPLICATES,
        **QUIET,
    )


def other_hosts(network, home, host):
    """The host among the cities most like it, by length: a table of `rank_hosts` each."""
    park = policies(network, home, host, ["enclave"])["enclave"]
    hosts = [host, *similar_places(network, host, n=NEAREST, by=ALIKE)]
    ask = partial(rank_hosts, network, home=home, hosts=hosts, scenario=park, rng=1)
    measures = {name: partial(harmonic_centrality, **each) for name, each in OPTIONS.items()}
    tables = {name: ask(measure=each, replicates=REPLICATES) for name, each in measures.items()}
    for table in tables.values():
        table["rank"] = table["rank"].rank(method="min")  # equal ones share the better rank
    return tables


def specifications(networks, homes, hosts):
    """Enclave and direct links over all choices."""

    @cache  # a cost is that of all lengths
    def tried(scenario, home, host, funding, attachment):
        park = ReverseEnclave(home, host, SIZE, SHARE, funding=funding, attachment=attachment)
        if scenario == "enclave":
            return park
        rival = DirectLinks(home, host, 1, funding=funding, attachment=attachment)
        return equal_cost(networks[home], park, rival, prices=PRICES)

    def make(scenario, home, host, length, funding, attachment):
        park = tried(scenario, home, host, funding, attachment)
        measure = partial(home_access, home=home, **OPTIONS[length])
        return Specification(park, measure, network=lambda _: networks[home])

    choices = {
        "scenario": ["enclave", "direct"],
        "home": homes,
        "host": hosts,
        "length": list(LENGTHS),
        "funding": ["reallocated", "new"],
        "attachment": [0, 1],
    }
    curve = specification_curve(
        networks[homes[0]],
        specifications=choices,
        make=make,
        replicates=SPECIFICATION_REPLICATES,
        **QUIET,
    )
    for name in ("median", "low", "high", "difference"):
        curve[name] *= 100 / curve["baseline"]
    return curve


def at_random(two_mode, kept, homes, host, rng):
    """The effects on one network in which organisations meet in other projects, in per cent."""
    cities = cities_of(curveball(two_mode, through="project", rng=rng))
    network = network_of(cities, kept, homes)
    return effects_on(network, homes, host, int(rng.integers(2**31)))


def effects_on(network, homes, host, seed):
    """Change of access by enclave and direct links, in per cent, by home and length."""
    rows = {}
    for home in homes:
        result = compare_scenarios(
            network,
            scenarios=policies(network, home, host, NULL_SCENARIOS),
            measures={
                name: partial(home_access, home=home, **OPTIONS[name]) for name in NULL_LENGTHS
            },
            replicates=NULL_REPLICATES,
            rng=seed,
            progress=False,
        ).effects(full=True)
        change = 100 * result["difference"] / result["baseline"]
        for scenario, length, value in zip(
            result["scenario"], result["measure"], change, strict=True
        ):
            rows[home, scenario, length] = value
    return pd.Series(rows)


def compute():
    """All results of the study, by name."""
    two_mode = load_research_cities(projects="nodes")
    cities = cities_of(two_mode)
    kept, table, homes, hosts = chosen(cities)
    host = hosts[0]
    networks = {home: network_of(cities, kept, [home]) for home in homes}
    found = {"table": table, "homes": homes, "hosts": hosts, "networks": networks}
    found["counts"] = counts_of(two_mode, cities, networks[homes[0]])

    results = {home: experiment(networks[home], home, host) for home in homes}
    effects = pd.concat(
        {home: each.effects(full=True) for home, each in results.items()}, names=["home"]
    )
    found["effects"] = effects.reset_index("home").reset_index(drop=True)
    found["other_hosts"] = {home: other_hosts(networks[home], home, host) for home in homes}
    found["policies"] = {home: policies(networks[home], home, host) for home in homes}

    found["curve"] = specifications(networks, homes, hosts)
    found["doses"] = {
        home: dose_response(
            networks[home],
            make=lambda size, home=home: ReverseEnclave(home, host, int(size), SHARE),
            doses=DOSES,
            measures={
                name: partial(home_access, home=home, **OPTIONS[name]) for name in ("steps", "far")
            },
            replicates=DOSE_REPLICATES,
            **QUIET,
        )
        for home in homes
    }
    found["far_parts"] = far_parts(networks, homes, host, found["policies"])

    together = network_of(cities, kept, homes)
    found["observed"] = effects_on(together, homes, host, 1)
    seeds = np.random.default_rng(1).spawn(NULLS)
    found["nulls"] = pd.DataFrame([at_random(two_mode, kept, homes, host, rng) for rng in seeds])
    return found


def far_parts(networks, homes, host, some):
    """The change of efficiency, long links over borders being dear, as a sum over pairs."""
    home = farthest(networks, homes, host)
    parts = decompose(
        networks[home], some[home]["enclave"], home=home, host=host, rng=1, **OPTIONS["far"]
    )
    return home, parts


def within_two(network, home):
    """Share of the other cities at most two steps from home."""
    far = access(network, origin=[home]).drop(home)
    return float((far <= 2).mean())


def farthest(networks, homes, host):
    """The home that is farthest from the host."""
    far = {
        home: ReverseEnclave(home, host, 2, SHARE).amounts(networks[home]).pipeline
        for home in homes
    }
    return max(homes, key=far.get)


def counts_of(two_mode, cities, network):
    """How much of the data is left at each step."""
    kinds = two_mode.nodes["kind"]
    organisations = two_mode.nodes[kinds != "project"]
    return {
        "isolated": int((degree(network).iloc[:, 0] == 0).sum()),
        "organisations": len(organisations),
        "projects": int((kinds == "project").sum()),
        "participations": two_mode.n_links,
        "no_place": int(organisations["place"].isna().sum()),
        "all_cities": cities.n_nodes,
        "cities": network.n_nodes,
        "links": network.n_links,
        "density": 200 * network.n_links / network.n_nodes / (network.n_nodes - 1),
        "kept": int(network.nodes["members"].sum()),
    }


# Tables of the page.


def of_cities(found):
    """Names of the cities."""
    return found["table"]["name"]


def p_text(value):
    """A p-value in two digits, or what it is below."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def signed(value, digits=1):
    """A change with its sign; what is rounded to zero has none."""
    text = f"{value:+.{digits}f}"
    return f"{0:.{digits}f}" if float(text) == 0 else text


def span(values, digits=1):
    """Median and range."""
    low, high = signed(values.min(), digits), signed(values.max(), digits)
    middle = signed(values.median(), digits)
    return middle if low == high else f"{middle} ({low} to {high})"


def percent(found):
    """Changes in per cent of the baseline: home, scenario, measure."""
    effects = found["effects"]
    change = effects[["home", "scenario", "measure"]].copy()
    for name in ("difference", "low", "high"):
        change[name] = 100 * effects[name] / effects["baseline"]
    return change.assign(same_sign=effects["same_sign"])


def table_of_homes(found):
    """Homes, then hosts, with what rivals can be paid."""
    table, rows = found["table"], []
    for city in [*found["homes"], *found["hosts"]]:
        row = table.loc[city]
        some = found["policies"].get(city)
        cells = ["-"] * 3
        if some:
            pipeline = ReverseEnclave(city, found["hosts"][0], 1, 1)
            km = pipeline.amounts(found["networks"][city]).pipeline
            cells = [f"{km:,.0f}", some["direct"].size, some["talent"].size]
        counts = (f"{row[name]:,.0f}" for name in ("organisations", "strength", "degree"))
        rows.append([f"{row['name']}, {row['country']}", *counts, *cells])
    head = ["city", "organisations", "strength", "linked cities", "km to the first host"]
    return markdown([*head, "direct links", "ties of talents"], rows)


def table_of_effects(found):
    """Median over homes, and range, of the change in per cent."""
    change, rows = percent(found), []
    for name, label in SCENARIOS.items():
        mine = change[change["scenario"] == name]
        cells = [
            span(mine.loc[mine["measure"] == measure, "difference"], digits)
            for measure, digits in [
                *((x, 1) for x in LENGTHS),
                ("efficiency", 3),
                ("inequality", 2),
            ]
        ]
        rows.append([label, *cells])
    head = ["scenario", *(f"access of home: {text}" for text in LENGTHS.values())]
    return markdown([*head, "global efficiency (steps)", "inequality of access (steps)"], rows)


def table_of_hosts(found):
    """The host among others, by home and length."""
    host, rows = found["hosts"][0], []
    for home, by_length in found["other_hosts"].items():
        cells = []
        for table in by_length.values():
            others = table["median"].drop(host)
            band = f"{signed(others.min())} to {signed(others.max())}"
            mine = table.loc[host]
            cells.append(f"{signed(mine['median'])}; {band}; {mine['rank']:.0f}")
        rows.append([of_cities(found)[home], *cells])
    return markdown(["home", *LENGTHS.values()], rows)


def table_of_parts(found):
    """Parts of the change of global efficiency, mean over homes, in millionths."""
    effects, rows = found["effects"], []
    parts = ("home-host", "home-others", "host-others", "others-others")
    for name, label in SCENARIOS.items():
        mine = effects[effects["scenario"] == name].groupby("measure", observed=True)["difference"]
        mean = 1e6 * mine.mean()
        cells = [signed(mean[f"efficiency: {part}"]) for part in parts]
        rows.append([label, *cells, signed(mean["efficiency"])])
    home, far = found["far_parts"]
    cells = [signed(1e6 * far.loc[part, "contribution"]) for part in parts]
    label = f"reverse enclave of {of_cities(found)[home]}, links over borders long"
    rows.append([label, *cells, signed(1e6 * far["contribution"].sum())])
    return markdown(["scenario", *parts, "sum"], rows)


def compared(found):
    """Specifications with the enclave and the direct links side by side, in per cent."""
    choices = ["home", "host", "length", "funding", "attachment"]
    return found["curve"].pivot(index=choices, columns="scenario", values="median").reset_index()


def table_of_specifications(found):
    """Both scenarios by length and funding."""
    table, rows = compared(found), []
    for length, funding in product(LENGTHS, ("reallocated", "new")):
        some = table[(table["length"] == length) & (table["funding"] == funding)]
        ahead = int((some["enclave"] > some["direct"] + 1e-9).sum())
        cells = [span(some["enclave"]), span(some["direct"]), f"{ahead} of {len(some)}"]
        rows.append([LENGTHS[length], funding, *cells])
    head = ["length of a link", "funding", "reverse enclave", "direct links, same cost"]
    return markdown([*head, "enclave ahead"], rows)


def table_of_doses(found):
    """Change of access in per cent by size."""
    rows = []
    for home, doses in found["doses"].items():
        table = doses.to_frame()
        table = table[table["measure"] == "far"].sort_values("dose")
        change = 100 * table["difference"] / table["baseline"]
        rows.append([of_cities(found)[home], *map(signed, change)])
    return markdown(["home", *(f"{dose} links" for dose in DOSES)], rows)


def ranked(found):
    """Observed changes among those of the networks at random."""
    rows = {}
    for key, value in found["observed"].items():
        draws = found["nulls"][key]
        tails = ((draws >= value - 1e-12).sum(), (draws <= value + 1e-12).sum())
        p = min(1.0, 2 * (1 + min(tails)) / (len(draws) + 1))
        rows[key] = (value, draws.mean(), draws.min(), draws.max(), p)
    names = ["observed", "mean", "least", "most", "p"]
    return pd.DataFrame(rows, index=names).T.rename_axis(["home", "scenario", "length"])


def table_of_nulls(found):
    """By home: observed, and mean and range at random."""
    table, rows = ranked(found), []
    for home in found["homes"]:
        cells = []
        for scenario, length in product(NULL_SCENARIOS, NULL_LENGTHS):
            row = table.loc[(home, scenario, length)]
            band = f"{signed(row['least'])} to {signed(row['most'])}"
            cells.append(f"{signed(row['observed'])}; {band}; {p_text(row['p'])}")
        rows.append([of_cities(found)[home], *cells])
    short = {"steps": "steps", "far": "links over borders long"}
    head = [f"{SCENARIOS[a]}: {short[b]}" for a, b in product(NULL_SCENARIOS, NULL_LENGTHS)]
    return markdown(["home", *head], rows)


# Figures.


def draw(found, folder):
    """The figures of the page."""
    homes, host = found["homes"], found["hosts"][0]
    names = of_cities(found)
    change = percent(found)
    rows = change[change["measure"] == "far"].set_index(["scenario", "home"])
    order = list(product(("enclave", "random", "direct", "talent", "enclave_new"), homes))
    table = rows.loc[order].reset_index()
    table["node"] = table["home"]
    table["scenario"] = table["scenario"].map(SCENARIOS)
    table["measure"] = "access of home (%)"
    with print_style():
        figure = new_figure(height=125)
        plot_effects(table, names=names, ax=figure.add_subplot())
    save(figure, folder, "project_enclaves_effects")

    pairs = pd.DataFrame({"home": homes, "host": host, "direction": "reverse"})
    strongest = found["table"]["strength"].nlargest(SHOWN).index
    network = found["networks"][homes[0]].select(nodes=[*strongest.difference(homes), *homes])
    figure = new_figure(height=110)
    options = {"enclaves": pairs, "labels": len(homes) + 1, "extent": (-12, 36, 36, 64)}
    with print_style():
        plot_flow_map(network, layers=(), ax=figure.add_subplot(), **options)
    save(figure, folder, "project_enclaves_map")


# The page.


def numbers_of(found):
    """Everything the template names, as text or as numbers it formats."""
    names, homes, hosts = of_cities(found), found["homes"], found["hosts"]
    change = percent(found).set_index(["scenario", "home", "measure"])["difference"]
    both = compared(found)
    ranks = [by["far"].loc[hosts[0], "rank"] for by in found["other_hosts"].values()]
    real, new = (both[both["funding"] == name] for name in ("reallocated", "new"))
    curve = found["curve"][found["curve"]["funding"] == "reallocated"]
    lines = {name: specification_summary(rows) for name, rows in curve.groupby("scenario")}
    far = farthest(found["networks"], homes, hosts[0])
    gains = [home for home in homes if change["enclave", home, "far"] > 0]
    losses = [home for home in homes if change["enclave", home, "far"] <= 0]
    taken = {home: SIZE / found["table"].loc[home, "degree"] for home in homes}
    nulls = ranked(found)
    moved = nulls[nulls["mean"].abs() > 1e-9]
    return {
        **found["counts"],
        "least": LEAST,
        "at_home": AT_HOME,
        "shown": SHOWN,
        "n_homes": len(homes),
        "homes": listed(names[homes]),
        "host": names[hosts[0]],
        "second": names[hosts[1]],
        "size": SIZE,
        "pipelines": round(SIZE * SHARE),
        "park_price": PARK,
        "per_thousand": 1000 * PIPELINE_KM,
        "taken_least": 100 * min(taken.values()),
        "taken_most": 100 * max(taken.values()),
        "replicates": REPLICATES,
        "dose_replicates": DOSE_REPLICATES,
        "specification_replicates": SPECIFICATION_REPLICATES,
        "null_replicates": NULL_REPLICATES,
        "nulls": NULLS,
        "nearest": NEAREST,
        "least_null_p": 2 / (NULLS + 1),
        "n_minus_one": found["counts"]["cities"] - 1,
        "loss": 1 / 2 / (found["counts"]["cities"] - 1) * SIZE,
        "steps_cost": f"{-change['enclave'].xs('steps', level='measure').median():.1f}",
        "direct_cost": f"{-change['direct'].xs('steps', level='measure').median():.1f}",
        "within": 100 * min(within_two(found["networks"][home], home) for home in homes),
        "direct_new": signed(change["direct_new"].xs("steps", level="measure").median()),
        "talent_weight": span(change["talent"].xs("weight", level="measure"), 0),
        "gains": listed(f"{names[x]} {signed(change['enclave', x, 'far'])} %" for x in gains),
        "losses": listed(f"{names[x]} {signed(change['enclave', x, 'far'])} %" for x in losses),
        "gain_names": listed(names[gains]),
        "loss_names": listed(names[losses]),
        "n_gains": len(gains),
        "random_inequality": signed(change["random"].xs("inequality", level="measure").median(), 2),
        "enclave_inequality": signed(
            change["enclave"].xs("inequality", level="measure").median(), 2
        ),
        "far_home": names[far],
        "far_ranks": listed(f"{rank:.0f}" for rank in ranks),
        "n_hosts": NEAREST + 1,
        "direct_weight": span(change["direct"].xs("weight", level="measure")),
        "enclave_weight": span(change["enclave"].xs("weight", level="measure")),
        "real_median": signed(lines["enclave"]["median"]),
        "real_same": 100 * lines["enclave"]["same_sign"],
        "n_real": int(lines["enclave"]["specifications"]),
        "direct_median": signed(lines["direct"]["median"]),
        "direct_same": 100 * lines["direct"]["same_sign"],
        "n_nothing": int((new["enclave"] < 0.05).sum()),
        "n_new": len(new),
        "real_ahead": 100 * (real["enclave"] > real["direct"] + 1e-9).mean(),
        "n_null_other": len(moved),
        "n_null_same": int((np.sign(moved["mean"]) == np.sign(moved["observed"])).sum()),
        "n_null_chance": len(moved) * 2 / (NULLS + 1),
        "n_null_small": int((nulls["p"] <= 2 / (NULLS + 1) + 1e-9).sum()),
        "n_null_tests": len(nulls),
        "table_of_homes": table_of_homes(found),
        "table_of_effects": table_of_effects(found),
        "table_of_hosts": table_of_hosts(found),
        "table_of_parts": table_of_parts(found),
        "table_of_specifications": table_of_specifications(found),
        "table_of_doses": table_of_doses(found),
        "table_of_nulls": table_of_nulls(found),
    }


def check_words(found):
    """Stop where the data no longer bear out what the text says in words."""
    change = percent(found).set_index(["scenario", "measure"]).sort_index()

    def change_of(scenario, measure):
        return change.loc[(scenario, measure), "difference"]

    by_host = [np.ptp(by["steps"]["median"]) for by in found["other_hosts"].values()]
    says = {
        "every host gives the same change by steps": max(by_host) < 0.05,
        "the enclave leaves inequality as it is, and so do its links at random ends": (
            max(change_of(each, "inequality").abs().max() for each in ("enclave", "random")) < 0.2
        ),
        "with new money the enclave adds nothing by steps": (
            change_of("enclave_new", "steps").abs() < 0.05
        ).all(),
        "some homes gain where links over borders are long, and some lose": (
            change_of("enclave", "far").gt(0).nunique() == 2
        ),
    }
    rises = change.loc[("enclave", "far")].set_index("home")["difference"] > 0
    km = pd.Series(
        {
            home: ReverseEnclave(home, found["hosts"][0], 2, SHARE).amounts(network).pipeline
            for home, network in found["networks"].items()
        }
    )
    says["the homes that gain are the farthest"] = km[rises].min() > km[~rises].max()
    nulls = ranked(found)
    moved = nulls[nulls["mean"].abs() > 1e-9]
    alike = np.sign(moved["mean"]) == np.sign(moved["observed"])
    says["networks at random give effects of the same sign"] = alike.mean() >= 0.9
    for words, holds in says.items():
        if not holds:
            raise SystemExit(f"The text says that {words}, and the numbers do not: rewrite it.")


def tables_of(found):
    """Every table of the page."""
    effects = found["effects"].assign(home=found["effects"]["home"].map(of_cities(found)))
    curve = found["curve"]
    doses = pd.concat(
        {home: each.to_frame().drop(columns=["node"]) for home, each in found["doses"].items()},
        names=["home", None],
    )
    hosts = pd.concat(
        {
            (of_cities(found)[home], length): table.rename(index=of_cities(found))
            for home, by_length in found["other_hosts"].items()
            for length, table in by_length.items()
        },
        names=["home", "length"],
    )
    return {
        "homes": found["table"].loc[[*found["homes"], *found["hosts"]]],
        "hosts": hosts,
        "effects": effects.drop(columns=["node"]).set_index("home"),
        "specifications": curve.set_index("scenario"),
        "doses": doses.droplevel(1),
        "null_models": ranked(found),
    }


def main(folder="project_enclaves"):
    """Write page, tables and figures below a folder."""
    folder = Path(folder)
    found = compute()
    check_words(found)
    draw(found, folder / "figures")
    write_tables(tables_of(found), folder / "studies/project_enclaves")
    template = Path(__file__).with_suffix(".md")
    fill(template, numbers_of(found), folder / "studies/project_enclaves.md")


if __name__ == "__main__":
    main(*sys.argv[1:])

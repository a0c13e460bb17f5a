"""Facts of studies of real data, computed again by networkx and by hand."""

from __future__ import annotations

import gzip
import json
import math
import re
import tomllib
import warnings
from itertools import combinations
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from netinnov import study
from netinnov.study._context import Context
from netinnov.study._loaded_data import load
from netinnov.study._places import aggregate_to_places
from netinnov.study._structure_plan import RULES, detect
from netinnov.study.sections import central, centres, organised
from study_cases import facts_of, figures_of, text_in

pytestmark = pytest.mark.slow  # whole studies

STUDIES = Path(__file__).parents[2] / "examples/studies"
NAMES = [
    "baidu_delta",
    "cordis_countries",
    "eu_air",
    "lazega_offices",
    "patentsview_inventors",
]
FEW = {"resamples": 4, "replicates": 20}


def settings_of(name):
    """A configuration of `examples/studies` with few draws; None where its data are not here."""
    if name == "europe":
        data = {"source": "europe", "project": {"layer": "participation", "through": "project"}}
        return {"data": data, "places": {"level": 1}, "structure": FEW}
    settings = tomllib.loads((STUDIES / f"{name}.toml").read_text(encoding="utf-8"))
    data = settings["data"]
    for key in {"path", "places"} & data.keys():
        data[key] = str((STUDIES / data[key]).resolve())
        if not Path(data[key]).exists():
            return None
    return settings | {"structure": FEW}


@pytest.fixture(scope="module", params=[*NAMES, "europe"])
def context(request):
    settings = settings_of(request.param)
    if settings is None:
        pytest.skip("needs the data beside the checkout")
    configuration = study.configure(settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        loaded = load(configuration.data, configuration.layers, configuration.columns)
        level = aggregate_to_places(loaded.network, configuration.places)
    return Context(configuration, loaded, level)


@pytest.fixture(scope="module")
def graph(context):
    """The places, the summed weights between them and the shortest link, as networkx has them."""
    links = context.cities.links
    links = links[links["source"] != links["target"]]
    made = nx.DiGraph() if context.cities.directed else nx.Graph()
    made.add_nodes_from(context.cities.nodes.index)
    for source, target, weight in links[["source", "target", "weight"]].itertuples(index=False):
        before = made.get_edge_data(source, target, {"weight": 0.0, "length": math.inf})
        length = min(before["length"], 1 / weight if context.measures.distance == "inverse" else 1)
        made.add_edge(source, target, weight=before["weight"] + weight, length=length)
    return made


@pytest.fixture(scope="module")
def strength(graph):
    return pd.Series(dict(graph.degree(weight="weight")))


def test_the_largest_place_and_how_many_equal_ones_there_would_be(context, strength):
    share = strength[strength > 0] / strength.sum()
    result = context.once(centres.compute).profile
    assert result.loc["primacy", "value"] == pytest.approx(share.max())
    equal = math.exp(-(share * np.log(share)).sum())
    assert result.loc["effective_number", "value"] == pytest.approx(equal)
    assert facts_of(centres, context)["effective"] == pytest.approx(equal)
    assert figures_of(centres, context)["primacy"].value == pytest.approx(share.max())
    # Whatever the digits, what is said is what is true to within its last one.
    said = float(text_in(centres, context).answer.split("as if ")[1].split()[0].replace(",", ""))
    assert said == pytest.approx(equal, rel=0.05)


def test_modularity_of_the_communities(context, graph):
    found = context.once(detect)
    groups = found.table.dropna(subset="community").groupby("community")
    parts = [set(part.index) for _, part in groups]
    value = nx.community.modularity(graph.subgraph(set().union(*parts)), parts, weight="weight")
    assert found.test.modularity == pytest.approx(value)
    figures = figures_of(organised, context)
    assert figures["modularity"].value == pytest.approx(value)
    assert figures["communities"].value == len(parts)


def test_centres_by_the_rules(context, graph, strength):
    found = context.once(detect)
    rules, names = found.rules, list(graph)
    by = {rule: set(rules.index[rules[rule] == 1]) for rule in found.asked}
    assert by["head_tail"] == set(strength.index[strength > strength[strength > 0].mean()])
    n_top = math.ceil(0.1 * (strength > 0).sum() - 1e-9)
    largest = strength.sort_values(ascending=False, kind="stable").index[:n_top]
    assert by["top"] == set(largest)
    order = {node: (-strength[node], at) for at, node in enumerate(names)}
    largest_flow = {}
    for node in names:
        weight = {end: graph[node][end]["weight"] for end in names if graph.has_edge(node, end)}
        if weight:
            largest_flow[node] = max(weight, key=lambda end: weight[end])
    followed = {end for node, end in largest_flow.items() if order[end] < order[node]}
    independent = {node for node, end in largest_flow.items() if order[node] < order[end]}
    assert by["dominant_flow"] == followed & independent
    if "hubs" in by:
        hubs = set()
        for _, part in found.table.dropna(subset="community").groupby("community"):
            members = sorted(part.index, key=lambda node: order[node])
            near = {node for node in members if 2 * strength[node] >= strength[members[0]]}
            hubs |= ({members[0]} | (near & by["core"])) if len(members) >= 3 else set()
        least = min(0.02, 2 / (strength > 0).sum()) * strength.sum()
        assert by["hubs"] == {node for node in hubs if strength[node] >= least}
    count = sum(rules[rule] for rule in found.asked)
    assert (rules["agreement"] * len(found.asked)).tolist() == pytest.approx(count.tolist())
    figures, known = figures_of(centres, context), facts_of(centres, context)
    assert figures["by_most"].value == int((count > len(found.asked) / 2).sum())
    assert (known["n_rules"], figures["by_most"].of) == (len(found.asked), len(rules))
    assert known["n_centres"] == figures["centres"].value == len(by[found.rule])
    assert len(by[found.rule]) == found.table["centre"].sum()
    assert {*found.asked} <= {*RULES}


def test_who_has_the_most_strength(context, strength):
    share = (strength / strength.sum()).sort_values(ascending=False)
    known = context.once(central.compute).table["overlapping_strength"]
    assert known.idxmax() == share.index[0]
    assert figures_of(central, context)["strength"].value == pytest.approx(share.iloc[0])


def test_pairs_joined_by_brokers(context):
    result = context.once(organised.brokers)
    inside = context.inside.select(layers=context.observed(context.inside))
    if result is None or inside.n_links > 50_000:
        pytest.skip("no brokers, or too many pairs to count them here")
    at = {node: k for k, node in enumerate(inside.nodes.index)}
    linked = np.zeros((len(at), len(at)), np.float32)
    for layer, source, target in inside.links[["layer", "source", "target"]].itertuples(
        index=False
    ):
        linked[at[source], at[target]] = 1
        if layer not in inside.directed:
            linked[at[target], at[source]] = 1
    np.fill_diagonal(linked, 0)
    two_steps = (linked @ linked) * (1 - linked)
    np.fill_diagonal(two_steps, 0)
    total = int(two_steps.sum(dtype=np.float64))
    assert int(result["together"].sum()) == total


def strength_of(pairs):
    """Shares of all strength, from the weights of pairs of different places."""
    apart = pairs[pairs["a"] != pairs["b"]]
    ends = pd.concat([apart[["a", "weight"]].rename(columns={"a": "b"}), apart[["b", "weight"]]])
    strength = ends.groupby("b")["weight"].sum().sort_values(ascending=False)
    return strength / strength.sum()


def pairs_of(events, member, place, weight):
    """Pairs of the members of each event, with a weight by how many there are."""
    rows = [
        (one[1], other[1], weight(len(group)))
        for _, group in events.groupby(level=0)
        for one, other in combinations(
            group[[member, place]].drop_duplicates(member).itertuples(index=False), 2
        )
    ]
    return pd.DataFrame(rows, columns=["a", "b", "weight"])


def from_the_file(name, folder):
    """Shares of all strength, computed from the raw files of a study by pandas alone."""
    if name == "patentsview_inventors":
        table = pd.read_csv(folder / "patentsview_inventors/CN-A61B.csv", dtype="str")
        # The location that most patents of an inventor have.
        where = table.groupby("inventor_id")["location_id"].agg(lambda at: at.mode().iloc[0])
        table["at"] = table["inventor_id"].map(where)
        return strength_of(
            pairs_of(table.set_index("patent_id"), "inventor_id", "at", lambda n: 1.0)
        )
    if name == "eu_air":
        text = (folder / "multiplex_benchmarks/AirEu2013Ext.json").read_text(encoding="utf-8")
        raw = json.loads(text)
        airport = [node["ID"] for node in raw["nodes"]["airA"]]
        links = {(frozenset((link["airA"], link["airB"])), link["line"]) for link in raw["links"]}
        rows = [[airport[k - 1] for k in sorted(pair)] + [1.0] for pair, _ in links]
        return strength_of(pd.DataFrame(rows, columns=["a", "b", "weight"]))
    if name == "lazega_offices":
        text = (folder / "multiplex_benchmarks/Lazega-Law-Firm.paj").read_text("utf-8")
        arcs = re.findall(r"^ *\d+: *(\d+) +(\d+) ", text.partition("*arcs\n")[2], re.M)
        assert len(arcs) == 2571
        offices = text.partition("*Partition office")[2].partition("*Vertices")[2].split()[1:72]
        return strength_of(
            pd.DataFrame([(offices[int(a) - 1], offices[int(b) - 1], 1.0) for a, b in arcs],
                         columns=["a", "b", "weight"])
        )  # fmt: skip
    with gzip.open(folder / "china_cities/BaiduNet_out_20200109.csv.gz", "rt") as file:
        shares = pd.read_csv(file, index_col=0)
    cities = pd.read_csv(folder / "china_cities/cityinfo.csv")
    settings = settings_of("baidu_delta")
    kept = settings["places"]["keep"]["dzcode"]
    cities = cities[cities["dzcode"].astype(str).isin(kept)].set_index("cityname_chn")
    ours = dict(settings["data"]["aliases"])
    flows = shares.rename(index=ours, columns=ours).reindex(
        index=cities.index, columns=cities.index
    )
    flows = flows.mul(cities["cpop2010"] / 100, axis=0).rename_axis("a").rename_axis("b", axis=1)
    flows = flows.rename(index=cities["cityname_eng"], columns=cities["cityname_eng"])
    return strength_of(flows.stack().rename("weight").reset_index())


@pytest.mark.parametrize(
    "context", ["baidu_delta", "eu_air", "lazega_offices", "patentsview_inventors"], indirect=True
)
def test_strengths_are_those_of_the_raw_file(context, request, shared):
    name = request.node.callspec.params["context"]
    share = from_the_file(name, shared / "data")
    known = context.once(central.compute).table["overlapping_strength"]
    assert context.names[known.idxmax()] == share.index[0]
    assert figures_of(central, context)["strength"].value == pytest.approx(share.iloc[0])
    equal = math.exp(-(share * np.log(share)).sum())
    found = context.once(centres.compute).profile
    assert found.loc["effective_number", "value"] == pytest.approx(equal)

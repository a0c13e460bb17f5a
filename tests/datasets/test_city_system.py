"""What is planted in a made-up system of cities is found again, by simple means of other makes."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.datasets import make_city_system
from netinnov.errors import InputError
from netinnov.linkages import find_enclaves
from strategies import great_circle

SEEDS = [1, 2]


def pairs_of(network: ni.MultilayerNetwork) -> pd.DataFrame:
    """All pairs of cities with flow, expectation, populations, distance, and whether they share."""
    cities = network.nodes[network.nodes["kind"] == "place"]
    i, j = np.triu_indices(len(cities), k=1)
    table = pd.DataFrame({"source": cities.index[i], "target": cities.index[j]})
    places = network.places.loc[cities.index]
    points = list(zip(places["lon"], places["lat"], strict=True))
    table["km"] = [great_circle(points[a], points[b]) for a, b in zip(i, j, strict=True)]
    population = places["population"].to_numpy()
    table["mass"] = population[i] * population[j]
    community = cities["community"].to_numpy()
    table["same"] = community[i] == community[j]
    flows = network.links[network.links["layer"] == "synthetic_flow"]
    table = table.merge(flows[["source", "target", "weight", "expected"]], how="left")
    parks = network.nodes[network.nodes["kind"] == "park"]
    joined = {frozenset(ends) for ends in zip(parks["place"], parks["jurisdiction"], strict=True)}
    ends = zip(table["source"], table["target"], strict=True)
    table["enclave"] = [frozenset(pair) in joined for pair in ends]
    return table.fillna({"weight": 0.0})


def test_flows_are_the_formula():
    # Of what is expected all parameters can be read off: c, border and effect of enclaves.
    network = make_city_system(border=0.7, enclave_effect=3.0, mean_flow=2000.0, rng=1)
    table = pairs_of(network)
    flow = table["mass"] / table["km"] * np.where(table["same"], 1.0, np.exp(-0.7))
    flow *= 2000.0 / flow.mean()
    flow *= np.where(table["enclave"], 3.0, 1.0)
    drawn = table["weight"] > 0  # a pair without a flow has no link
    assert table["expected"][drawn].to_numpy() == pytest.approx(flow[drawn].to_numpy())
    assert table["weight"].sum() == pytest.approx(flow.sum(), rel=0.01)
    assert (table["weight"] % 1 == 0).all()
    assert table["enclave"].sum() == 4


def test_tables_say_what_is_planted_and_that_it_is_made_up():
    network = make_city_system(n_cities=14, n_communities=3, n_centres=5, n_enclaves=2, rng=1)
    assert all(name.startswith("synthetic_") for name in [*network.nodes.index, *network.layers])
    assert all(name.startswith("synthetic_") for name in network.places.index)
    assert not network.directed
    cities = network.nodes[network.nodes["kind"] == "place"]
    assert list(cities.index[:2]) == ["synthetic_city_01", "synthetic_city_02"]
    assert cities["centre"].tolist() == [True] * 5 + [False] * 9
    assert cities["community"].value_counts().tolist() == [5, 5, 4]
    assert cities.loc[cities["centre"], "community"].value_counts().tolist() == [2, 2, 1]
    places = network.places
    assert (places.loc[cities.index, "parent"] == cities["community"]).all()
    people = places.loc[cities.index, "population"]
    assert people[:5].tolist() == [5e6] * 5
    assert sorted(people[5:], reverse=True) == pytest.approx([1e6 / r for r in range(1, 10)])
    regions = places[places["parent"].isna()]
    assert regions["population"].sum() == pytest.approx(people.sum())
    parks = network.nodes[network.nodes["kind"] == "park"]
    assert parks["community"].isna().all()
    assert not parks["centre"].any()
    ties = network.links[network.links["layer"] == "synthetic_enclave"]
    ends = {park: set() for park in parks.index}
    for city, park in zip(ties["source"], ties["target"], strict=True):
        ends[park].add(city)
    assert ends == {park: {row["place"], row["jurisdiction"]} for park, row in parks.iterrows()}


@pytest.mark.parametrize("seed", SEEDS)
def test_communities_are_those_of_modularity(seed):
    # networkx: maximisation of modularity by the Louvain method, on the weighted flows.
    network = make_city_system(rng=seed, n_enclaves=0)
    links = network.links
    graph = nx.from_pandas_edgelist(links, edge_attr="weight")
    found = nx.community.louvain_communities(graph, weight="weight", seed=seed)
    truth = network.nodes["community"]
    planted = [set(part.index) & set(graph) for _, part in truth.groupby(truth)]
    right = sum(max(len(one & other) for other in planted) for one in found)
    assert len(found) == 4
    assert right == len(graph)


def test_enclaves_are_found_and_are_reverse():
    network = make_city_system(n_enclaves=6, rng=4)
    found = find_enclaves(network, rank=network.places["population"])
    assert len(found) == 6
    assert (found["direction"] == "reverse").all()
    community = network.nodes["community"]
    assert (community[found["home"]].to_numpy() != community[found["host"]].to_numpy()).all()
    centre = network.nodes["centre"]
    assert centre[found["host"]].all()
    assert not centre[found["home"]].any()
    assert found["home"].is_unique


def test_same_seed_same_system():
    one, again, other = (make_city_system(rng=seed) for seed in (7, 7, 8))
    assert one.equals(again)
    assert not one.equals(other)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"n_centres": 2.5}, "`n_centres` must be a whole number at least 1 and at most 40"),
        ({"n_communities": 41}, "`n_communities` .* at most 40; found 41"),
        ({"n_enclaves": 37}, "`n_enclaves` .* at most 36; found 37"),
        ({"n_centres": 1, "n_enclaves": 31}, "at most 30, the peripheral cities with a cen"),
    ],
)
def test_systems_that_cannot_be_made(options, words):
    with pytest.raises(InputError, match=words):
        make_city_system(**options, rng=1)

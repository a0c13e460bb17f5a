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
    # Without noise all parameters can be read off: c, exponent, border and effect of enclaves.
    network = make_city_system(
        exponent=1.5, border=0.7, enclave_effect=3.0, mean_flow=50.0, noise=False, rng=1
    )
    table = pairs_of(network)
    flow = table["mass"] / table["km"] ** 1.5 * np.where(table["same"], 1.0, np.exp(-0.7))
    flow *= 50.0 / flow.mean()
    flow *= np.where(table["enclave"], 3.0, 1.0)
    assert table["weight"].to_numpy() == pytest.approx(flow.to_numpy())
    assert table["weight"].tolist() == table["expected"].tolist()
    assert table["enclave"].sum() == 4


def test_tables_say_what_is_planted_and_that_it_is_made_up():
    network = make_city_system(
        n_cities=14, n_communities=3, n_centres=5, n_enclaves=2, advantage=8.0, rng=1
    )
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
    assert people[:5].tolist() == [8e6] * 5
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


def test_communities_lie_where_they_should():
    network = make_city_system(rng=2)
    places = network.places
    cities = places[places["parent"].notna()]
    middle = places.loc[cities["parent"]]
    ends = (cities["lon"], cities["lat"], middle["lon"], middle["lat"])
    km = np.array([great_circle((a, b), (c, d)) for a, b, c, d in zip(*ends, strict=True)])
    assert km[:4] == pytest.approx(np.zeros(4), abs=1e-6)  # the centres
    # On a ring from half of the radius; degrees of longitude are those of a city's own latitude.
    assert 50 * 0.97 < km[4:].min() < km.max() < 100 * 1.03
    # Evenly: of the area of the ring, two fifths lie within 100 sqrt(0.55).
    assert (km[4:] < 100 * np.sqrt(0.55)).mean() == pytest.approx(0.4, abs=0.1)
    around = [
        great_circle((115.0, 30.0), tuple(point))
        for point in places.loc[places["parent"].isna(), ["lon", "lat"]].to_numpy()
    ]
    assert around == pytest.approx([300.0] * 4, rel=0.02)


@pytest.mark.parametrize("seed", SEEDS)
def test_centres_are_the_strongest_cities(seed):
    network = make_city_system(n_centres=4, rng=seed)
    strength = ni.centrality.strength(network)["synthetic_flow"]
    strongest = strength.nlargest(4).index
    assert set(strongest) == set(network.nodes.index[network.nodes["centre"]])


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


@pytest.mark.parametrize("seed", SEEDS)
def test_border_and_enclaves_have_the_effect_that_was_planted(seed):
    # Ratio of sums: flows of pairs of one community to their masses over distance, against those
    # of pairs of two; then the flows of enclaves against what their pair would have without.
    network = make_city_system(border=1.2, enclave_effect=5.0, n_enclaves=8, rng=seed)
    table = pairs_of(network)
    table["pull"] = table["mass"] / table["km"]
    plain = table[~table["enclave"]]
    rate = plain.groupby("same")[["weight", "pull"]].sum()
    rate = rate["weight"] / rate["pull"]
    assert np.log(rate[True] / rate[False]) == pytest.approx(1.2, abs=0.1)
    enclaves = table[table["enclave"]]
    assert len(enclaves) == 8
    effect = enclaves["weight"].sum() / (rate[False] * enclaves["pull"].sum())
    assert effect == pytest.approx(5.0, rel=0.35)


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


def test_same_seed_same_system_and_noise_changes_nothing_else():
    one, again, other = (make_city_system(rng=seed) for seed in (7, 7, 8))
    assert one.equals(again)
    assert not one.equals(other)
    quiet = make_city_system(rng=7, noise=False)
    assert quiet.places.equals(one.places)
    assert quiet.nodes.equals(one.nodes)
    flows = one.links["layer"] == "synthetic_flow"
    assert (one.links.loc[flows, "weight"] % 1 == 0).all()
    table = pairs_of(one)
    assert table["weight"].sum() == pytest.approx(pairs_of(quiet)["weight"].sum(), rel=0.01)


def test_small_systems():
    one = make_city_system(n_cities=2, n_communities=1, n_centres=1, n_enclaves=1, rng=1)
    assert one.n_nodes == 3
    assert ni.aggregate(one.select(kinds=["place"]), level=1).n_nodes == 1
    all_centres = make_city_system(n_cities=4, n_centres=4, n_enclaves=0, rng=1)
    assert "synthetic_enclave" not in all_centres.layers
    regions = ni.aggregate(make_city_system(rng=1), level=1)
    assert regions.n_nodes == 4


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

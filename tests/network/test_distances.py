"""Distances that belong to a network: a table in any unit, or great circles in km."""

from __future__ import annotations

import json
import pickle
from itertools import permutations

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov import MultilayerNetwork
from netinnov.centrality import harmonic_centrality
from netinnov.connectivity import Frictions, access, average_path_length, global_efficiency
from netinnov.errors import InputError
from netinnov.linkages import gravity_residuals, travel_times
from netinnov.null_models import GravityNull, Relocate, Rewire, compare_with_null
from netinnov.polycentricity import profile
from netinnov.scenarios import (
    ChangedDistances,
    DirectLinks,
    NewLinks,
    Prices,
    ReverseEnclave,
    similar_places,
)

PLACES = pd.DataFrame(
    {
        "lon": [120.2, 118.9, 121.5, 120.7],
        "lat": [30.3, 28.9, 29.9, 28.0],
        "population": [9, 2, 8, 6],
    },
    index=["H", "Q", "N", "W"],
)
NODES = pd.DataFrame({"place": list("HQNW") * 2}, index=[f"{p}{k}" for k in "12" for p in "HQNW"])
LINKS = pd.DataFrame(
    {
        "source": ["H1", "Q1", "N1", "W1", "H2", "Q2", "N2", "H1"],
        "target": ["Q1", "N1", "W1", "H2", "N2", "W2", "H1", "W2"],
        "weight": [5.0, 2.0, 3.0, 1.0, 4.0, 1.0, 2.0, 6.0],
    }
)
MINUTES = pd.DataFrame(
    [[0, 60, 50, 130], [66, 0, 120, np.nan], [50, 118, 0, 90], [128, np.nan, 96, 0]],
    index=list("HQNW"),
    columns=list("HQNW"),
    dtype=float,
)


def network(**options):
    return ni.build_network(NODES, LINKS, PLACES, **options)


def great_circles(places):
    """Haversine, by another formula: the angle between vectors on the unit sphere."""
    lon, lat = np.radians(places[["lon", "lat"]].to_numpy().T)
    points = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
    chord = np.linalg.norm(points[:, None] - points[None], axis=-1)
    km = 2 * 6371.0088 * np.arcsin(np.minimum(chord / 2, 1))
    return pd.DataFrame(km, places.index, places.index)


def test_square_and_long_tables_are_one():
    long = MINUTES.rename_axis("origin").reset_index().melt("origin", var_name="destination")
    long = long.rename(columns={"value": "distance"}).sample(frac=1, random_state=1)
    square = network().with_distances(MINUTES.loc[list("WNQH"), list("NQHW")], unit="min")
    assert square.equals(network().with_distances(long, unit="min"))
    assert square.distance_unit == "min"
    known = square.distances.set_index(["origin", "destination"])["distance"]
    assert known["Q", "H"] == 66
    assert len(known) == 10  # 12 ordered pairs, two unknown, and no diagonal
    assert network().distances is None
    assert network().distance_unit == "km"
    assert not square.equals(network())
    assert not square.equals(network().with_distances(MINUTES, unit="s"))
    assert square.with_distances(None).equals(network())


@pytest.mark.parametrize(
    "header",
    [
        ["source", "target", "minutes"],
        ["from", "to", "min"],
        ["Origin", "Destination", "Distance"],
        ["起点", "终点", "分钟"],
    ],
)
def test_long_tables_have_the_headers_of_links(header):
    rows = [["H", "Q", 60.0], ["Q", "H", 66.0]]
    table = pd.DataFrame(rows, columns=header).assign(note="rail")
    for frame in (table, table.set_index(header[:2]), table[table.columns[::-1]]):
        held = network(distances=frame, distance_unit="min").distances
        assert held.to_numpy().tolist() == rows
    times = travel_times(table, transfer=5)
    assert times.loc["Q"].to_dict() == {"H": 66.0, "Q": 0.0}
    rail = ChangedDistances(table)
    assert rail.changes == {("H", "Q"): 60.0, ("Q", "H"): 66.0}
    with pytest.raises(InputError, match="each pair once; twice or more: \\('H', 'Q'\\)"):
        ChangedDistances(pd.concat([table, table]))


def test_a_table_of_other_columns_is_refused_by_the_three_that_it_needs():
    table = pd.DataFrame([["H", "Q", 60.0]], columns=["von", "nach", "Dauer"])
    words = "`{}` must have columns origin, destination, distance.*; it has von, nach, Dauer"
    with pytest.raises(InputError, match=words.format("distances")):
        network().with_distances(table, unit="min")
    with pytest.raises(InputError, match=words.format("changes")):
        ChangedDistances(table)
    with pytest.raises(InputError, match=words.format("direct")):
        travel_times(table, transfer=5)


def test_a_header_and_a_unit_do_not_contradict_each_other():
    table = pd.DataFrame([["H", "Q", 60.0]], columns=["from", "to", "minutes"])
    with pytest.raises(InputError, match="its column 'minutes' says 'min'; found unit='km'"):
        network().with_distances(table)
    assert network().with_distances(table, unit="minutes").distance_unit == "minutes"


def test_places_may_be_called_as_headers_are():
    nodes = pd.DataFrame({"place": list("abh")}, index=["x", "y", "z"])
    links = pd.DataFrame({"source": ["x"], "target": ["y"]})
    square = pd.DataFrame([[0, 1, 2], [1, 0, 3], [2, 3, 0]], list("abh"), list("abh"))
    held = ni.build_network(nodes, links, distances=square).distances
    assert held["distance"].tolist() == [1, 2, 1, 3, 2, 3]


def test_every_operation_carries_them():
    by_rail = network(distances=MINUTES, distance_unit="min")
    enclave = ReverseEnclave("Q", "H", size=1, pipeline_share=0.5)
    others = {
        "select": by_rail.select(places=["H", "Q"]),
        "with_links": by_rail.with_links(LINKS),
        "replace_links": by_rail.replace_links(LINKS),
        "with_nodes": by_rail.with_nodes(pd.DataFrame({"place": ["H"]}, index=["x"])),
        "aggregate": ni.aggregate(by_rail, by="place"),
        "flatten": ni.flatten(by_rail),
        "rewire": ni.rewire(by_rail, rng=1),
        "symmetrize": ni.build.symmetrize(by_rail),
        "scenario": ni.scenarios.apply_scenario(by_rail, enclave, rng=1),
        "relocate": Relocate()(by_rail.with_nodes(_abroad()), np.random.default_rng(1)),
        "pickle": pickle.loads(pickle.dumps(by_rail)),
        "periods": ni.network.split_periods(by_rail.replace_links(LINKS.assign(period=1)))[1],
    }
    for name, other in others.items():
        assert other.distance_unit == "min", name
        pd.testing.assert_frame_equal(other.distances, by_rail.distances)


def test_graphs_and_their_files_carry_them(tmp_path):
    by_rail = network(distances=MINUTES, distance_unit="min")
    graph = ni.io.to_networkx(by_rail)
    assert ni.io.from_networkx(graph).equals(by_rail)
    assert ni.io.from_igraph(ni.io.to_igraph(by_rail)).equals(by_rail)
    assert json.loads(graph.graph["distances"])["unit"] == "min"
    for ending in ("graphml", "gexf"):
        path = tmp_path / f"rail.{ending}"
        getattr(ni.io, f"write_{ending}")(by_rail, path)
        again = ni.read_network(path)
        assert again.distance_unit == "min"
        pd.testing.assert_frame_equal(again.distances, by_rail.distances)


def _abroad():
    return pd.DataFrame({"place": ["H", "N"], "jurisdiction": ["Q", "W"]}, index=["x", "y"])


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (MINUTES.rename(index={"Q": "Qz"}), "not in the table of places: 'Qz'"),
        (MINUTES.replace(60, -1), "at least 0, or missing; 1 are not: H - Q"),
        (MINUTES.replace(60, np.inf), "1 are not: H - Q"),
        (
            MINUTES.astype(object).replace(60, "x"),
            "must be numbers, or empty where unknown; found 'x'",
        ),
        (MINUTES.rename(columns={"Q": "H"}), "pair of places more than once: Q - H"),
        ([[0, 1], [1, 0]], "must be of the type DataFrame"),
        (pd.DataFrame(), "or a row and a column a place; it has none"),
        (pd.DataFrame(columns=["from", "to", "km"]), "must have rows; found an empty table"),
    ],
)
def test_bad_tables_are_refused(table, message):
    with pytest.raises(InputError, match=message):
        network().with_distances(table, unit="min")


def test_a_pair_given_twice_and_a_unit_without_distances_are_refused():
    long = pd.DataFrame({"origin": "H", "destination": "Q", "distance": [1.0, 2.0]})
    with pytest.raises(InputError, match="more than once: H - Q"):
        network().with_distances(long)
    with pytest.raises(InputError, match="there are none"):
        network(distance_unit="min")
    with pytest.raises(InputError, match="must be a text"):
        network(distances=MINUTES, distance_unit="")


def test_direction_and_pairs_known_one_way():
    both = MINUTES.to_numpy().copy()
    both[3, 1] = 200.0  # W to Q only
    table = pd.DataFrame(both, MINUTES.index, MINUTES.columns)
    link = pd.DataFrame({"source": ["Q1", "W1"], "target": ["H1", "Q1"]})
    rules = {"distance": "unit", "frictions": Frictions(distance=1, per=1)}
    plain = ni.build_network(NODES, link, PLACES, distances=table, distance_unit="min")
    assert access(plain, origin=["Q1"], **rules)["H1"] == 1 + 63  # mean of 60 and 66
    assert access(plain, origin=["Q1"], **rules)["W1"] == 1 + 200  # known one way
    arrows = ni.build_network(
        NODES, link, PLACES, directed=["links"], distances=table, distance_unit="min"
    )
    assert access(arrows, origin=["Q1"], **rules)["H1"] == 1 + 66
    assert access(arrows, origin=["W1"], **rules)["Q1"] == 1 + 200


def test_frictions_count_unknown_pairs_and_add_nothing():
    by_rail = network(distances=MINUTES, distance_unit="min")
    frictions = Frictions(distance=1, per=60)
    with pytest.warns(UserWarning, match="1 linked pairs .* whose distance is unknown"):
        length = access(by_rail, origin=["Q2"], frictions=frictions)
    assert length["W2"] == 1.0
    with pytest.raises(InputError, match="per"):
        Frictions(distance=1, per=0)


def test_unknown_pairs_that_are_needed_are_counted_and_named():
    by_rail = ni.aggregate(network(distances=MINUTES, distance_unit="min"), by="place")
    with pytest.raises(InputError, match="1 are unknown: Q - W"):
        gravity_residuals(by_rail, layer="links", method="ppml")
    with pytest.raises(InputError, match="1 are unknown: Q - W"):
        ni.rewire(by_rail, preserve=("degree", "distance"), rng=1)
    with pytest.raises(InputError, match=r"deterrence=None.* Q - W\."):
        GravityNull().fit(by_rail)
    arrows = ni.build_network(
        NODES, LINKS, PLACES, directed=["links"], distances=MINUTES, distance_unit="min"
    )
    with pytest.raises(InputError, match="2 are unknown: Q - W, W - Q"):
        GravityNull().fit(ni.aggregate(arrows, by="place"))


def measured(net):
    """Numbers of functions that read distances, by name."""
    of_places = ni.aggregate(net, by="place")
    far = Frictions(border=0.3, distance=1.5, border_by_distance=0.5)
    prices = Prices(park=5, link=1, pipeline=0.02)
    rng = np.random.default_rng
    abroad = net.with_nodes(_abroad())
    rewired = ni.rewire(of_places, preserve=("degree", "distance"), bins=[0, 150, 400], rng=1)
    enclave = ReverseEnclave("Q", "H", size=2, pipeline_share=0.5)
    moved = Relocate(preserve=("distance",), outside=True)(abroad, rng(3))
    return {
        "efficiency": global_efficiency(net, frictions=far),
        "length": average_path_length(net, distance="inverse", frictions=far, switch_cost=0.5),
        "harmonic": harmonic_centrality(net, frictions=far).to_numpy(),
        "residuals": gravity_residuals(
            of_places, layer="links", method="ppml"
        ).coefficients.to_numpy(),
        "power": GravityNull("power").fit(of_places).to_numpy(),
        "exponential": GravityNull("exponential").fit(of_places).to_numpy(),
        "rewired": rewired.links["weight"].to_numpy(),
        "relocated": pd.factorize(moved.nodes["place"])[0],
        "cost": enclave.cost(prices, net),
        "direct": DirectLinks("Q", "H", size=3).cost(prices, net),
        "pairs": NewLinks([("H1", "W1"), ("Q1", "N2")]).cost(prices, net),
        "similar": net.places.index.get_indexer(
            pd.Index(similar_places(net, "H", n=9, by=["distance"]))
        ),
        "profile": profile(of_places, replicates=0).select_dtypes("number").to_numpy(),
        "hosts": ni.planning.rank_hosts(net, home="Q", scenario=enclave, rng=1)[
            "distance"
        ].to_numpy(),
    }


def test_great_circles_as_a_table_change_nothing():
    plain, table = measured(network()), measured(network().with_distances(great_circles(PLACES)))
    for name, value in plain.items():
        np.testing.assert_allclose(table[name], value, rtol=1e-9, err_msg=name)


def test_an_asymmetric_table_keeps_zones_by_direction():
    """Of a directed layer each link stays in the bin of its own direction."""
    places = pd.DataFrame(index=list("abcdef"))
    rng = np.random.default_rng(5)
    pairs = list(permutations("abcdef", 2))
    table = pd.DataFrame(pairs, columns=["origin", "destination"])
    table["distance"] = rng.integers(1, 4, len(pairs)) * 10.0
    chosen = pd.DataFrame([pairs[k] for k in rng.choice(len(pairs), 14, replace=False)])
    links = chosen.set_axis(["source", "target"], axis=1)
    nodes = pd.DataFrame({"place": places.index}, index=places.index)
    net = MultilayerNetwork(nodes, links, places=places, directed=["links"], distances=table)
    lengths = table.set_index(["origin", "destination"])["distance"]

    def by_bin(links):
        return sorted(lengths.loc[list(zip(links["source"], links["target"], strict=True))])

    null = Rewire(preserve=("degree", "distance"), bins=[0, 15, 25, 35], trials=50)
    moved = [null(net, np.random.default_rng(k)) for k in range(20)]
    assert all(by_bin(each.links) == by_bin(net.links) for each in moved)
    assert any(not each.links.equals(net.links) for each in moved)
    test = compare_with_null(net, measure=lambda n: n.n_links, null=null, replicates=19, rng=1)
    assert test.observed == 14


def test_travel_times_leave_one_row_of_a_profile_undefined():
    """Three places 1 apart from one another, and 10 but for a hub: no such points exist."""
    places = list("abcd")
    table = pd.DataFrame(1.0, places, places)
    table.loc["a", "b"] = table.loc["b", "a"] = 10.0
    nodes = pd.DataFrame({"place": places}, index=places)
    links = pd.DataFrame({"source": list("aab"), "target": list("bcd"), "weight": [3.0, 2, 1]})
    net = MultilayerNetwork(nodes, links, distances=table, distance_unit="min")
    found = profile(net, replicates=0, rng=1)
    row = found.loc["urban_centrality_index"]
    assert np.isnan(row["value"])
    assert row["untested"] == "the distances are not conditionally negative definite"
    others = found.drop(index="urban_centrality_index")
    assert others["value"].notna().all()


def test_a_unit_in_any_words_goes_with_columns_that_name_none():
    links = pd.DataFrame({"source": ["H"], "target": ["Q"]})
    table = pd.DataFrame({"source": ["H"], "target": ["Q"], "distance": [96.0]})
    network = ni.build_network(pd.DataFrame({"place": ["H", "Q"]}, index=["H", "Q"]), links)
    assert network.with_distances(table, unit="分钟").distance_unit == "分钟"

"""Layers of shares of each destination's total: those of each origin's, turned round."""

import json

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.centrality import strength
from netinnov.errors import InputError
from netinnov.plotting import plot_flow_map
from netinnov.polycentricity import dominance_index, functional, profile
from netinnov.scenarios import ReverseEnclave, apply_scenario, similar_places
from netinnov.sources import read_tables

PARK = ReverseEnclave("H", "Q", size=1, pipeline_share=0.5)
# 60 % and 40 % of what reaches a; all that reaches b; 75 % and 25 % of what reaches c.
LINKS = pd.DataFrame(
    [("b", "a", 0.6), ("c", "a", 0.4), ("a", "b", 1.0), ("a", "c", 0.75), ("b", "c", 0.25)],
    columns=["source", "target", "weight"],
)
NODES = pd.DataFrame({"place": list("HQQ"), "arrivals": [10, 20, 40]}, index=list("abc"))
PLACES = pd.DataFrame({"lon": [1.0, 2.0], "lat": [1.0, 2.0]}, index=list("HQ"))


@pytest.fixture
def network():
    record = {"directed": True, "quantity": "share_of_destination", "events": 50}
    return ni.build_network(NODES, LINKS, PLACES, layers={"links": record})


@pytest.fixture
def turned():
    links = LINKS.rename(columns={"source": "target", "target": "source"})
    record = {"directed": True, "quantity": "share_of_origin", "events": 50}
    return ni.build_network(NODES, links, PLACES, layers={"links": record})


def test_their_sums_have_a_meaning_at_the_origins(network):
    assert strength(network, direction="out")["links"].tolist() == [1.75, 0.85, 0.4]
    for direction in ("in", "total"):
        with pytest.raises(
            InputError, match=r"each destination.s total.*`inflow`.*direction='out'"
        ):
            strength(network, direction=direction)
    with pytest.raises(InputError, match="shares of each destination's total"):
        ni.build.symmetrize(network)


def test_measures_are_those_of_shares_of_origins_turned_round(network, turned):
    for measure in (
        dominance_index,
        lambda n, direction: functional(n, weighted=True, direction=direction),
    ):
        np.testing.assert_allclose(
            measure(network, direction="out"), measure(turned, direction="in")
        )
        with pytest.raises(InputError, match="shares of each destination's total"):
            measure(network, direction="in")
    assert network.storage.weight_of_event("links") == turned.storage.weight_of_event("links")
    found = profile(network, direction="out", null=None, resamples=9, rng=1)["value"]
    expected = profile(turned, direction="in", null=None, resamples=9, rng=1)["value"]
    assert found.equals(expected)


def test_places_are_alike_by_what_they_send():
    """a sends 1.75, b 0.85 and c 0.4; the same reaches all."""
    nodes = pd.DataFrame({"place": list("abc")}, index=list("abc"))
    records = {"links": {"directed": True, "quantity": "share_of_destination"}}
    network = ni.build_network(nodes, LINKS, layers=records)
    assert similar_places(network, "c", n=2, by=["strength"]) == ["b", "a"]


def test_resamples_keep_the_total_of_each_destination(network):
    from netinnov.polycentricity._resampled_flows import resampled

    drawn = resampled(network, np.random.default_rng(1)).links
    sums = drawn.groupby("target")["weight"].sum()
    np.testing.assert_allclose(sums, LINKS.groupby("target")["weight"].sum())
    assert set(np.round(drawn["weight"] * 50, 9) % 1) == {0}


def test_totals_are_not_added_up_but_where_they_are_known(network):
    with pytest.raises(InputError, match=r"joins 2 destinations, e.g. 'b', 'c'. Give `events`"):
        ni.aggregate(network)
    amounts = ni.aggregate(network, events="arrivals")
    links = amounts.links.set_index(["source", "target"])["weight"].to_dict()
    # To H: 0.6 + 0.4 of 10. To Q: from H 20 and 0.75 of 40, from Q 0.25 of 40.
    assert links == {("H", "Q"): 20.0 + 30.0, ("Q", "H"): 10.0, ("Q", "Q"): 10.0}
    assert amounts.layer_table["quantity"].tolist() == ["amount"]
    with pytest.raises(InputError, match="each node that flows reach; 1 of 3 are not: 'a'"):
        ni.flatten(network, events=NODES["arrivals"].where(NODES["arrivals"] > 10))
    record = {"directed": True, "quantity": "share_of_origin"}
    both = network.with_links(LINKS.assign(layer="x"), layers={"x": record})
    with pytest.raises(InputError, match=r"layers hold shares of both: select\(\) one kind"):
        ni.flatten(both, events="arrivals")


def test_no_scenario_adds_links_to_them(network):
    with pytest.raises(InputError, match="holds shares of each destination's total"):
        apply_scenario(network, PARK, rng=1)


def test_they_come_back_from_every_format(network, tmp_path):
    ni.io.write_network(network, tmp_path / "folder")
    assert ni.read_network(tmp_path / "folder").equals(network)
    graph = ni.io.to_networkx(network)
    assert json.loads(graph.graph["layers"])["links"]["quantity"] == "share_of_destination"
    assert ni.io.from_networkx(graph).equals(network)


def test_an_old_folder_says_them_by_the_name_of_the_layer(tmp_path):
    (tmp_path / "nodes.csv").write_text("node\na\nb\n")
    (tmp_path / "links.csv").write_text(
        "source,target,layer\na,b,x_modelled_share_of_destination\n"
    )
    record = read_tables(tmp_path).layers.iloc[0]
    assert record.to_dict() == {"modelled": True, "quantity": "share_of_destination"}


def test_circles_of_a_flow_map_are_what_the_origins_send(network, turned):
    sizes = []
    for each in (network, turned):
        ax = plot_flow_map(each, basemap=None)
        sizes.append([c.get_sizes().tolist() for c in ax.collections if hasattr(c, "get_sizes")])
        plt.close("all")
    assert sizes[0] == sizes[1]

"""Links that are named one by one: what they add, and what they cost."""

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.errors import InputError
from netinnov.scenarios import NewLinks, Prices, apply_scenario

PLACES = pd.DataFrame({"lon": [0.0, 1.0], "lat": 0.0}, index=["p", "q"])  # 111.19 km


@pytest.fixture
def network() -> ni.MultilayerNetwork:
    nodes = pd.DataFrame({"place": ["p", "p", "q"]}, index=["a", "b", "c"])
    return ni.build_network(nodes, pd.DataFrame({"source": ["a"], "target": ["b"]}), PLACES)


def test_links_are_added_and_weights_of_a_pair_add_up(network):
    after = apply_scenario(network, NewLinks([("c", "a"), ("b", "a"), ("a", "b")], weight=2.0))
    weights = after.links.set_index(["source", "target"])["weight"]
    assert weights.to_dict() == {("a", "b"): 5.0, ("a", "c"): 2.0}


def test_links_in_one_place_are_local_and_others_are_paid_by_the_kilometre(network):
    links = NewLinks([("a", "b"), ("a", "c"), ("c", "b")])
    park, local, km = links.amounts(network)
    assert (park, local) == (0.0, 1.0)
    assert km == pytest.approx(2 * 6371.0088 * np.pi / 180)
    prices = Prices(park=9, link=3, pipeline=0)
    assert links.cost(prices, network) == 3.0


@pytest.mark.parametrize(
    ("pairs", "message"),
    [([], "found none"), ([("a", "a")], "two different ids"), (["ab"], "pairs of two")],
)
def test_what_is_no_pair_is_refused(pairs, message):
    with pytest.raises(InputError, match=message):
        NewLinks(pairs)


def test_unknown_ids_and_places_without_coordinates_are_named(network):
    with pytest.raises(InputError, match="not in the network: 'z'"):
        apply_scenario(network, NewLinks([("a", "z")]))
    nodes = pd.DataFrame({"place": ["p", "q"]}, index=["a", "b"])
    bare = ni.build_network(nodes, pd.DataFrame({"source": ["a"], "target": ["b"]}))
    with pytest.raises(InputError, match="without `lon` and `lat`: 'p', 'q'"):
        NewLinks([("a", "b")]).cost(Prices(park=1, link=1, pipeline=1), bare)

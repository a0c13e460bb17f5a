"""What a candidate adds to a network, against the network that its scenario gives."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.planning import _placements as placements, site_enclaves
from netinnov.scenarios import ForwardEnclave, NewLinks, ReverseEnclave, apply_scenario

IDS = list("abcdefgh")
SEED = np.random.SeedSequence(7)

PARKS = {
    "of a size": ReverseEnclave("a", "c", 6, 0.5, funding="new"),
    "more links than ends": ReverseEnclave("b", "d", 40, 0.25, funding="new"),
    "of a volume": ReverseEnclave("a", "d", volume=3.0, pipeline_share=0.5, funding="new"),
    "forward": ForwardEnclave("h", "c", 5, 0.4, funding="new"),
    "of one way": ReverseEnclave("a", "c", 3, 1.0, funding="new", layer="trade"),
}


def network_of_places(columns=()):
    rng = np.random.default_rng(3)
    pairs = [*itertools.pairwise(IDS), ("a", "d"), ("c", "f"), ("c", "h")]
    links = pd.DataFrame(pairs, columns=["source", "target"])
    links["weight"], links["layer"] = rng.uniform(1, 5, len(links)), "flow"
    trade = links.assign(layer="trade", weight=1.0)[:5]
    nodes = pd.DataFrame({"place": IDS, **dict(columns)}, index=IDS)
    return ni.build_network(nodes, pd.concat([links, trade]), directed=["trade"])


@pytest.mark.parametrize("name", PARKS)
def test_a_park_is_placed_as_its_scenario_places_it(name):
    network = network_of_places()
    (((placed,),),) = [placements.all_placements(network, {name: PARKS[name]}, 1, SEED)]
    expected = apply_scenario(network, PARKS[name], rng=placements.stream(SEED, 0, 0))
    after = placements.with_placements(network, [placed])
    pd.testing.assert_frame_equal(after.links, expected.links)
    pd.testing.assert_frame_equal(after.nodes, expected.nodes)


def test_the_name_of_a_park_that_is_there_already_gets_a_number():
    network = apply_scenario(network_of_places(), PARKS["of a size"], rng=1)
    found = placements.all_placements(network, {"again": PARKS["of a size"]}, 1, SEED)
    after = placements.with_placements(network, found[0])
    assert list(after.nodes.index[-2:]) == ["enclave:a@c", "enclave:a@c:2"]


@pytest.mark.parametrize("column", [range(8), [True] * 8, list("stuvwxyz")])
def test_columns_of_the_nodes_do_not_hide_that_a_function_only_adds(column):
    # A new node has no value in the column, which then is no longer one of whole numbers.
    network = network_of_places({"members": column})

    def built(before, rng):
        return apply_scenario(before, PARKS["of a size"], rng=rng)

    found = placements.all_placements(network, {"function": built}, 1, SEED)
    assert found is not None
    known = placements.all_placements(network, {"park": PARKS["of a size"]}, 1, SEED)
    after = [placements.with_placements(network, each[0]).links for each in (found, known)]
    pd.testing.assert_frame_equal(*after)


def test_what_a_function_does_to_nodes_is_seen():
    network = network_of_places({"members": range(8)})

    def renumbered(before, _):
        nodes = before.nodes.assign(members=0)
        return ni.build_network(nodes, before.links, directed=["trade"])

    assert placements.all_placements(network, {"function": renumbered}, 1, SEED) is None


def test_plans_for_aggregated_places_have_a_bound():
    # `aggregate` counts the members of each place.
    nodes = pd.DataFrame({"place": IDS}, index=IDS)
    network = ni.build_network(nodes, network_of_places().links, directed=["trade"])
    places = ni.build.aggregate(network, by="place")
    assert "members" in places.nodes
    parks = {name: PARKS[name] for name in ("of a size", "forward")}
    plan = site_enclaves(places, candidates=parks, k=1, objective="efficiency", rng=1)
    assert plan.bound >= plan.value > plan.baseline


def test_weights_of_a_pair_that_is_named_twice_add_up():
    network = network_of_places()
    twice = NewLinks([("a", "c"), ("c", "a"), ("b", "e")], weight=2.0, layer="flow")
    ((placed,),) = placements.all_placements(network, {"links": twice}, 1, SEED)
    expected = apply_scenario(network, twice, rng=1)
    after = placements.with_placements(network, [placed])
    pd.testing.assert_frame_equal(after.links, expected.links)

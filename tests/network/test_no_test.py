"""Where there is no p-value: on modelled layers, and where more links than in placebos decide."""

import math
import re
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov import null_models
from netinnov.centrality import betweenness_centrality
from netinnov.connectivity import global_efficiency
from netinnov.errors import InputError
from netinnov.experiments import Specification, compare_scenarios, specification_curve
from netinnov.scenarios import MatchedPlacebo, RandomEnds, ReverseEnclave

NAMES = [f"c{at}" for at in range(10)]
PARK = ReverseEnclave("c0", "c5", 6, 0.5, funding="new")
WEIGHTED = partial(global_efficiency, distance="inverse")


def system(layer: str = "flow", *, modelled: bool = False) -> ni.MultilayerNetwork:
    ends = [(a, b) for at, a in enumerate(NAMES) for b in NAMES[at + 1 : at + 3]]
    links = pd.DataFrame(ends, columns=["source", "target"])
    links["weight"] = 1.0 + np.arange(len(links)) % 4
    places = pd.DataFrame({"population": 1.0 + np.arange(10)}, index=NAMES)
    nodes = pd.DataFrame({"place": NAMES}, index=NAMES)
    layers = {layer: {"modelled": modelled}}
    return ni.build_network(nodes, links.assign(layer=layer), places, layers=layers)


def matched(scenario) -> MatchedPlacebo:
    return MatchedPlacebo(scenario, match=["population"])


def compared(network, scenario, placebo, **options) -> dict[str, object]:
    options = {"measures": {"e": WEIGHTED}, "replicates": 5} | options
    result = compare_scenarios(
        network, scenarios={"x": scenario}, placebo=placebo, rng=1, progress=False, **options
    )
    (row,) = result.effects(full=True).to_dict("records")
    assert row["placebo_n"] > 1
    assert math.isnan(row["placebo_p"]) == (not pd.isna(row["why_no_p"]))
    assert math.isnan(row["corrected_p"]) == math.isnan(row["placebo_p"])
    return row


# Modelled layers.


def test_only_the_record_of_a_layer_says_that_it_is_modelled() -> None:
    row = compared(system(modelled=True), PARK, matched(PARK))
    assert row["why_no_p"] == "flow is modelled: a test would only repeat the model"
    assert pd.isna(compared(system("flow_modelled"), PARK, matched(PARK))["why_no_p"])


def test_a_network_at_random_is_said_to_be_compared_with_a_model() -> None:
    options = {"measure": global_efficiency, "replicates": 3, "rng": 1, "progress": False}
    network = system(modelled=True)
    for null in (null_models.Rewire(), lambda drawn, rng: ni.rewire(drawn, rng=rng)):
        with pytest.warns(UserWarning, match="^flow is modelled: a test would only repeat"):
            null_models.compare_with_null(network, null=null, **options)
    both = network.with_links(system("seen").links)
    null_models.compare_with_null(both, null=null_models.Rewire(layers=["seen"]), **options)


def curve(network, make, **options) -> pd.DataFrame:
    options = {"specifications": {"size": [3, 6]}, "replicates": 5} | options
    return specification_curve(network, make=make, rng=1, progress=False, **options)


@pytest.mark.slow
def test_specifications_are_refused_a_test_as_experiments_are() -> None:
    def make(size):
        park = replace(PARK, size=size)
        return Specification(park, WEIGHTED, placebo=matched(park))

    def flat(size):
        return replace(make(size), network=ni.flatten)

    assert curve(system(), make)["placebo_p"].notna().all()
    assert curve(system(), flat)["placebo_p"].notna().all()
    for found in (curve(system(modelled=True), make), curve(system(modelled=True), flat)):
        assert found["placebo_p"].isna().all()
        assert found["why_no_p"].str.contains("modelled").all()
    for number in (2.5, 0):
        with pytest.raises(InputError, match="`replicates` must be a whole number"):
            curve(system(), make, replicates=number)


# More links than the placebo.


def jitter(network, rng):
    noise = 1 + 1e-9 * rng.random(len(network.links))
    return network.replace_links(network.links.assign(weight=network.links["weight"] * noise))


def elsewhere(network, rng):
    return replace(PARK, size=2, funding="reallocated", host=NAMES[int(rng.integers(3, 10))])


def by_hand(network, rng):
    return PARK(network, rng)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scenario", "placebo"),
    [
        (PARK, matched(replace(PARK, size=1))),
        (PARK, elsewhere),
        (PARK, jitter),
        (by_hand, matched(replace(PARK, size=2, funding="reallocated"))),
        (by_hand, RandomEnds(replace(PARK, size=1))),
    ],
)
def test_what_adds_more_than_its_placebo_is_not_tested(scenario, placebo) -> None:
    row = compared(system(), scenario, placebo)
    assert "the scenario adds more" in row["why_no_p"]
    assert "one way only" in row["why_no_p"]
    own = {"mine": lambda network, nodes: WEIGHTED(network)}
    free = compared(system(), scenario, placebo, measures=own)
    assert "one way only" not in str(free["why_no_p"])


def test_nor_is_what_adds_less() -> None:
    row = compared(system(), replace(PARK, size=1), matched(PARK))
    assert "the scenario adds fewer links than its placebo does" in row["why_no_p"]


@pytest.mark.slow
@pytest.mark.parametrize("funding", ["new", "reallocated"])
def test_what_adds_as_much_as_its_placebo_is_tested(funding) -> None:
    park = replace(PARK, funding=funding, size=2)

    def same(network, rng):
        return replace(park, host=NAMES[int(rng.integers(3, 9))])

    for scenario, placebo in ((park, matched(park)), (park, same), (park.__call__, matched(park))):
        assert pd.isna(compared(system(), scenario, placebo)["why_no_p"])


def test_measures_that_new_links_move_both_ways_are_tested() -> None:
    few = matched(replace(PARK, size=1))
    rows = effects(system(), PARK, few, measures={"b": betweenness_centrality})
    assert rows["why_no_p"].isna().any()


def effects(network, scenario, placebo, **options) -> pd.DataFrame:
    options = {"replicates": 5, "rng": 1, "progress": False} | options
    return compare_scenarios(
        network, scenarios={"x": scenario}, placebo=placebo, **options
    ).effects(full=True)


# What counts as a link: a pair in a layer, without self-links.


def adding(*links: str):
    """A scenario that adds links, each of a source, a target and a layer of one letter."""
    more = pd.DataFrame([[*link] for link in links], columns=["source", "target", "layer"])
    return lambda network, rng: network.with_links(more)


@pytest.mark.parametrize(
    ("links", "directed", "mine", "theirs", "told"),
    [
        (["abx", "bcx", "cdy"], [], ["bay"], ["bdx"], ""),  # a pair each
        (["abx", "bcx", "cdy"], [], ["bay", "cay"], ["bdx"], "links .*net 2 against 1 "),
        # A pair of layer x is two ways where another layer is directed.
        (["abx", "bcx", "cdy"], ["y"], ["bay"], ["bdx"], "links .*net 1 against 2 "),
        (["abx", "bcx", "cdy"], ["y"], ["bay", "cay"], ["bdx"], ""),
        (["abx"], [], ["bbx", "bdx"], ["bdx"], ""),  # no self-links
        (["abx"], [], ["abx"], ["adx"], "links .*net 0 against 1 "),
        (["abx"], [], ["abx"], ["bbx"], "weight .*net 1 against 0 "),
        ([], [], ["abx", "acx"], ["bdx"], "links .*net 2 against 1 "),
    ],
)
def test_a_pair_counts_once_or_each_way_as_the_baseline_has_it(
    links, directed, mine, theirs, told
) -> None:
    nodes = pd.DataFrame(index=list("abcd"))
    rows = pd.DataFrame([[*link] for link in links], columns=["source", "target", "layer"])
    network = ni.build_network(nodes, rows, directed=directed)
    why = compared(network, adding(*mine), adding(*theirs))["why_no_p"]
    assert re.search(told or "the placebo is always the same", why)

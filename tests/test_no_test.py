"""Where there is no p-value: on modelled layers, and where more links than in placebos decide."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.connectivity import global_efficiency
from netinnov.errors import InputError
from netinnov.experiments import (
    Specification,
    compare_scenarios,
    specification_curve,
    specification_summary,
)
from netinnov.scenarios import MatchedPlacebo, RandomEnds, ReverseEnclave

NAMES = [f"c{at}" for at in range(10)]
PARK = ReverseEnclave("c0", "c5", 6, 0.5, funding="new")
WEIGHTED = partial(global_efficiency, distance="inverse")


def system(layer: str = "flow", **columns) -> ni.MultilayerNetwork:
    ends = [(a, b) for at, a in enumerate(NAMES) for b in NAMES[at + 1 : at + 3]]
    links = pd.DataFrame(ends, columns=["source", "target"])
    links["weight"] = 1.0 + np.arange(len(links)) % 4
    places = pd.DataFrame({"population": 1.0 + np.arange(10)}, index=NAMES)
    nodes = pd.DataFrame({"place": NAMES}, index=NAMES)
    return ni.build_network(nodes, links.assign(layer=layer, **columns), places)


def matched(scenario) -> MatchedPlacebo:
    return MatchedPlacebo(scenario, match=["population"])


def compared(network, scenario, placebo, **options) -> dict[str, object]:
    options = {"measures": {"e": WEIGHTED}, "replicates": 12} | options
    result = compare_scenarios(
        network, scenarios={"x": scenario}, placebo=placebo, rng=1, progress=False, **options
    )
    (row,) = result.effects().to_dict("records")
    assert row["placebo_n"] > 1
    assert math.isnan(row["placebo_p"]) == (not pd.isna(row["why_no_p"]))
    assert math.isnan(row["corrected_p"]) == math.isnan(row["placebo_p"])
    return row


# Modelled layers.


def test_a_layer_is_modelled_if_its_name_or_its_links_say_so() -> None:
    for network in (system("gravity_modelled"), system(status="modelled")):
        layer = network.layers[0]
        row = compared(network, PARK, matched(PARK))
        assert row["why_no_p"] == f"{layer} is modelled: a test would only repeat the model"
    for network in (system("remodelled"), system(status="observed")):
        assert pd.isna(compared(network, PARK, matched(PARK))["why_no_p"])
        named = compared(network, PARK, matched(PARK), modelled=network.layers)
        assert "is modelled" in named["why_no_p"]


def test_nothing_is_tested_on_the_gravity_of_the_bundled_case() -> None:
    with pytest.warns(UserWarning, match="no place"):
        cities = ni.aggregate(ni.datasets.load_yrd_enclaves(), level=1)
    park = ReverseEnclave("quzhou", "hangzhou", 5, 0.4, layer="gravity_modelled")
    row = compared(cities, park, MatchedPlacebo(park, match=["population"]), replicates=6)
    assert row["why_no_p"].startswith("gravity_modelled is modelled")


def curve(network, make, **options) -> pd.DataFrame:
    options = {"specifications": {"size": [3, 6]}, "replicates": 12} | options
    return specification_curve(network, make=make, rng=1, progress=False, **options)


def test_specifications_are_refused_a_test_as_experiments_are() -> None:
    def make(size):
        park = replace(PARK, size=size)
        return Specification(park, WEIGHTED, placebo=matched(park))

    def flat(size):
        return replace(make(size), network=ni.flatten)

    assert curve(system(), make)["placebo_p"].notna().all()
    assert curve(system(), flat)["placebo_p"].notna().all()
    for found in (
        curve(system(), make, modelled=["flow"]),
        curve(system(), flat, modelled=["flow"]),
        curve(system("flow_modelled"), make),
        curve(system("flow_modelled"), flat),
        curve(system(status="modelled"), make),
    ):
        assert found["placebo_p"].isna().all()
        assert found["why_no_p"].str.contains("modelled").all()
    with pytest.raises(InputError, match=r"`modelled`.*did you mean 'flow'"):
        curve(system(), make, modelled=["flows"])
    for number in (2.5, 0):
        with pytest.raises(InputError, match="`replicates` must be a whole number"):
            curve(system(), make, replicates=number)


def test_specifications_know_measures_that_move_one_way_only() -> None:
    def mine(network, nodes):
        return WEIGHTED(network, nodes=nodes)

    def make(size, measure):
        return Specification(replace(PARK, size=size), measure, placebo=matched(PARK))

    choices = {"size": [1, 6], "measure": {"mine": mine, "bound": partial(mine)}}
    free = curve(system(), make, specifications=choices)
    assert free["placebo_p"].notna().all()
    found = curve(system(), make, specifications=choices, monotone=["mine"])
    found = found.set_index(["size", "measure"])
    assert found.loc[6, "placebo_p"].notna().all()
    assert found.loc[1, "why_no_p"].str.contains("one way only").all()
    with pytest.raises(InputError, match=r"`monotone`.*are not in the measures"):
        curve(system(), make, specifications=choices, monotone=["ours"])


# More links than the placebo.


def jitter(network, rng):
    noise = 1 + 1e-9 * rng.random(len(network.links))
    return network.replace_links(network.links.assign(weight=network.links["weight"] * noise))


def elsewhere(network, rng):
    return replace(PARK, size=2, funding="reallocated", host=NAMES[int(rng.integers(3, 10))])


def by_hand(network, rng):
    return PARK(network, rng)


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
@pytest.mark.parametrize("measure", [WEIGHTED, global_efficiency])
def test_what_adds_more_than_its_placebo_is_not_tested(scenario, placebo, measure) -> None:
    row = compared(system(), scenario, placebo, measures={"e": measure})
    assert "the scenario adds more" in row["why_no_p"]
    assert "one way only" in row["why_no_p"]
    free = compared(
        system(), scenario, placebo, measures={"e": lambda network, nodes: measure(network)}
    )
    assert "one way only" not in str(free["why_no_p"])


def test_nor_is_what_adds_less() -> None:
    row = compared(system(), replace(PARK, size=1), matched(PARK))
    assert "the scenario adds fewer links than its placebo does" in row["why_no_p"]


@pytest.mark.parametrize("funding", ["new", "reallocated"])
def test_what_adds_as_much_as_its_placebo_is_tested(funding) -> None:
    park = replace(PARK, funding=funding, size=2)

    def same(network, rng):
        return replace(park, host=NAMES[int(rng.integers(3, 9))])

    for scenario, placebo in ((park, matched(park)), (park, same), (park.__call__, matched(park))):
        assert pd.isna(compared(system(), scenario, placebo)["why_no_p"])


def test_an_effect_of_nothing_has_no_sign() -> None:
    result = compare_scenarios(
        system(),
        scenarios={"same": lambda network, _: network},
        measures={"e": global_efficiency},
        replicates=5,
        progress=False,
    )
    (row,) = result.effects().to_dict("records")
    assert row["difference"] == row["median"] == 0
    assert math.isnan(row["same_sign"])
    summary = specification_summary(pd.DataFrame({"median": [0.0, 0, 0], "standardised": np.nan}))
    assert math.isnan(summary["same_sign"])
    assert summary["specifications"] == 3

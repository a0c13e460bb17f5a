"""The section on space, recomputed by hand, and what it refuses."""

import math

import pandas as pd
import pytest

from netinnov.errors import InputError
from netinnov.study.sections import space
from study_cases import (
    LINKS,
    NODES,
    PLACES,
    context_of,
    figures_of,
    network_of,
    parks,
    plain_text_of,
    said,
    tables_of,
)

DEGREE = math.radians(6371.0088)


def test_space_is_added_up_by_home_and_host_and_allocated_by_distance():
    result = space.compute(parks(space={}))
    stock = result.stock
    # Parks outside their jurisdiction only: `at_home` counts for the floor, not as an enclave.
    assert stock.units.to_dict() == {"P": 8, "S": 10}
    assert stock.capacity.to_dict() == {"Q": 1500, "R": 3000}
    # 1500 / 6 = 250, 3000 / 2 = 1500, 5000 / 50 = 100: the median is 250.
    assert (stock.demand.floor, stock.demand.n) == (250, 3)
    # P needs 2000: Q is a degree away, R two; S needs 2500: R two degrees away, Q three. All of Q
    # goes to P, the rest of P and S to R.
    flows = result.plan.flows
    assert flows.loc["P"].to_dict() == {"Q": 1500, "R": 500}
    assert flows.loc["S"].to_dict() == {"Q": 0, "R": 2500}
    assert result.plan.cost == pytest.approx(DEGREE * (1500 + 2 * 500 + 2 * 2500))
    # All space is used and all demand served: rents are not unique.
    assert not result.plan.rents_unique
    assert stock.demand.by_home().sum() == stock.capacity.sum()
    facts = space.facts(result)
    assert (facts["floor"], facts["floor_n"], facts["unique"]) == (250, 3, False)
    assert facts["distance"] == pytest.approx(7500 * DEGREE / 4500)
    assert (facts["homes"], facts["n_units"], facts["needed"]) == (2, 18, 4500)
    # The park of S at Q has firms and no area.
    assert facts["one_sided"] == 1
    assert "1 enclave states only one of the two numbers" in said(space, result)
    none = network_of(LINKS, nodes=NODES.fillna({"floor_area_m2": 0}), places=PLACES)
    assert space.facts(space.compute(context_of(none, space={})))["one_sided"] == 0


def test_a_rent_is_what_one_more_unit_would_save():
    part = {"floor": 200.0}
    result = space.compute(parks(space=part))
    # P 1600 and S 2000: Q full by P, 100 of P and all of S at R, where 900 are left.
    assert result.rents["rent"].to_dict() == pytest.approx({"Q": DEGREE, "R": 0})
    network = network_of(LINKS, nodes=NODES.replace({1500: 1501}), places=PLACES)
    more = space.compute(context_of(network, space=part))
    assert result.plan.cost - more.plan.cost == pytest.approx(DEGREE)
    facts = space.facts(result)
    assert facts["full"] == ["Q"]
    assert facts["rent"] == pytest.approx(DEGREE)
    assert facts["rent_low"] is None  # the floor is assumed: it has no interval
    said = plain_text_of(space, result)
    assert (
        "Q would be full: one more m² there would bring 1 m² of need 111 km nearer." in said.answer
    )
    assert any("an assumption" in note for note in said.notes)
    assert not any("95 %" in note for note in said.notes)
    flows = tables_of(space, result)["space_flows"].frame.set_index(["home", "host"])
    assert flows.loc[("S", "Q"), "distance"] == pytest.approx(3 * DEGREE)
    # S at Q would cost three degrees and the rent of one, in place of two.
    assert flows.loc[("S", "Q"), "reduced_cost"] == pytest.approx(2 * DEGREE)


def test_space_that_falls_short_is_told_not_refused():
    result = space.compute(parks(space={"floor": 300.0}))
    assert result.plan is None
    # 18 firms need 5400, there are 4500.
    facts = space.facts(result)
    assert (facts["allocated"], facts["missing"], facts["distance"]) == (False, 900, None)
    assert "900 m² too little" in plain_text_of(space, result).answer
    assert {*figures_of(space, result)} == {"needed", "capacity", "floor"}
    assert [*space.draw(result)] == []
    assert "space_flows" not in tables_of(space, result)


def test_a_place_does_not_use_its_own_space_across_a_border():
    places = PLACES.assign(wanted=[4, 4, None, 0], free=[None, 500.0, 600.0, None])
    settings = {"units": "wanted", "area": "free", "floor": 100.0}
    context = context_of(network_of(LINKS, nodes=NODES, places=places), space=settings)
    flows = space.compute(context).plan.flows
    assert flows.loc["Q"].to_dict() == {"Q": 0, "R": 400}
    assert flows.loc["P"].to_dict() == {"Q": 400, "R": 0}
    notes = plain_text_of(space, context).notes
    assert any("the space of every host but its own" in note for note in notes)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"area": "flor_area_m2"}, r"'flor_area_m2' of the enclaves .* has none"),
        ({"units": "stuff"}, r"'stuff' of the enclaves .* name another one with space.units"),
    ],
)
def test_what_space_needs_is_named_before_anything_runs(settings, words):
    with pytest.raises(InputError, match=words):
        space.CHECK(parks(space=settings))


def test_the_floor_of_a_unit_must_be_known():
    nodes = NODES.assign(floor_area_m2=[None, None, None, None, 1500, None, None, None])
    context = context_of(network_of(LINKS, nodes=nodes, places=PLACES), space={})
    with pytest.raises(InputError, match="two parks or more"):
        space.CHECK(context)


def test_amounts_are_whole_and_add_up_and_what_is_left_out_is_said():
    nodes = NODES.assign(firms=[*[None] * 4, 145, *[None] * 3])
    nodes["floor_area_m2"] = [*[None] * 4, 62_500, *[None] * 3]
    nodes.loc["park_2", "jurisdiction"] = "elsewhere"
    places = pd.concat([PLACES, pd.DataFrame({"place": ["elsewhere"], "lon": 1.0, "lat": 1.0})])
    network = network_of(LINKS, nodes=nodes, places=places)
    said = plain_text_of(space, context_of(network, space={"floor": 450.0}))
    assert "(firms: 145) would need about 65,250 m², and 1 host has 62,500." in said.answer
    assert "That is 2,750 m² too little." in said.answer
    assert any("Not counted: 1 enclave whose home or host" in note for note in said.notes)


def test_minutes_of_the_network_are_the_cost_and_the_unit():
    """P 1600 and S 2000: Q full by P, 100 of P and all of S at R, and S to Q is unknown."""
    minutes = pd.DataFrame(
        [("P", "Q", 20.0), ("P", "R", 40.0), ("S", "R", 60.0)],
        columns=["origin", "destination", "distance"],
    )
    network = network_of(LINKS, nodes=NODES, places=PLACES).with_distances(minutes, unit="min")
    result = space.compute(context_of(network, space={"floor": 200.0}))
    facts = space.facts(result)
    assert facts["distance"] == pytest.approx((1500 * 20 + 100 * 40 + 2000 * 60) / 3600)
    assert facts["rent"] == pytest.approx(20)
    text = said(space, result)
    assert "one more m² there would bring 1 m² of need 20 min nearer" in text
    assert "43 min away on average" in text
    assert "km" not in text

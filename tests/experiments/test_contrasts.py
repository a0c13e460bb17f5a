"""Scenarios against their rivals, and the links that they change."""

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.errors import InputError
from netinnov.experiments import contrasts, link_changes
from netinnov.scenarios import DirectLinks, RandomEnds, ReverseEnclave, apply_scenario


@pytest.fixture(scope="module")
def cities():
    return ni.datasets.make_city_system(n_cities=12, n_enclaves=0, rng=1)


ENDS = "synthetic_city_12", "synthetic_city_01"


@pytest.fixture(scope="module")
def result(cities):
    park = ReverseEnclave(*ENDS, 4, 0.5)
    return ni.compare_scenarios(
        cities,
        scenarios={"park": park, "direct": DirectLinks(*ENDS, 4), "random": RandomEnds(park)},
        measures={
            "efficiency": ni.connectivity.global_efficiency,
            "strength": ni.centrality.overlapping_strength,
        },
        replicates=8,
        rng=1,
        progress=False,
    )


def test_a_contrast_is_the_difference_of_replicates_of_one_number(result):
    table = contrasts(result, of="park", against="direct")
    by = result.replicates
    by = by[by["measure"] == "efficiency"].pivot_table(
        index="replicate", columns="scenario", values="value", observed=True
    )
    change = by["park"] - by["direct"]
    row = table[table["measure"] == "efficiency"].iloc[0]
    assert row["difference"] == pytest.approx(change.mean())
    assert row["median"] == pytest.approx(change.median())
    assert row["higher"] == ((change > 0) + 0.5 * (change == 0)).mean()
    assert row["mc_error"] == pytest.approx(change.std() / np.sqrt(8))
    assert row["replicates"] == 8


def test_all_rivals_by_default_and_the_contrast_turns_round(result):
    table = contrasts(result, of="park")
    assert table["rival"].unique().tolist() == ["direct", "random"]
    back = contrasts(result, of="direct", against=["park"])
    forth = table[table["rival"] == "direct"]
    np.testing.assert_allclose(back["difference"], -forth["difference"], atol=1e-15)
    np.testing.assert_allclose(back["higher"], 1 - forth["higher"])
    nodes = forth.loc[forth["measure"] == "strength", "node"]
    assert nodes.tolist() == result.replicates["node"].dropna().unique().tolist()


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({"of": "parc"}, "not in the experiment: .*did you mean"),
        ({"of": "park", "against": ["direkt"]}, "not in the experiment: .*did you mean"),
        ({"of": "park", "against": []}, "must name rivals"),
        ({"of": "park", "against": ["park"]}, "must name rivals of 'park'"),
    ],
)
def test_what_is_no_rival_is_refused(result, names, words):
    with pytest.raises(InputError, match=words):
        contrasts(result, **names)


def test_reallocated_weight_is_moved_not_made(cities):
    park = ReverseEnclave(*ENDS, 4, 0.5, funding="reallocated")
    table = link_changes(cities, apply_scenario(cities, park, rng=3))
    assert table["change"].sum() == pytest.approx(0, abs=1e-9)
    lost = table[table["change"] < 0]
    assert (lost[["source", "target"]] == ENDS[0]).any(axis=1).all()
    gained = table[table["change"] > 0]
    assert (gained["source_new"] | gained["target_new"]).all()
    places = gained["source_place"].where(gained["source_new"], gained["target_place"])
    assert set(places) == {ENDS[1]}


def test_several_placements_are_averaged():
    nodes = pd.DataFrame({"place": list("abc")}, index=list("abc"))
    was = pd.DataFrame({"source": ["b"], "target": ["a"], "weight": [4.0]})
    one = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "weight": [4.0, 3.0]})
    two = pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [1.0]})
    before, first, second = (ni.build_network(nodes, links) for links in (was, one, two))
    table = link_changes(before, [first, second]).set_index(["source", "target"])
    # a-b: 4 and 1 after 4; b-c: 3 and 0 after 0.
    assert table.loc[("a", "b"), ["before", "after", "change"]].tolist() == [4.0, 2.5, -1.5]
    assert table.loc[("b", "c"), ["before", "after", "change"]].tolist() == [0.0, 1.5, 1.5]
    assert table["placements"].tolist() == [0.5, 0.5]


def test_a_directed_layer_keeps_its_directions():
    nodes = pd.DataFrame({"place": list("ab")}, index=list("ab"))
    was = pd.DataFrame({"source": ["b", "b"], "target": ["a", "a"], "layer": ["x", "y"]})
    was["weight"] = [4.0, 1.0]
    now = pd.DataFrame({"source": ["b", "a", "a"], "target": ["a", "b", "b"], "layer": list("xxy")})
    now["weight"] = [1.0, 3.0, 6.0]
    before, after = (ni.build_network(nodes, links, directed=["x"]) for links in (was, now))
    table = link_changes(before, after).set_index(["source", "target", "directed"])
    # x (directed): b to a 4 and then 1, a to b 0 and then 3; y (either way): 1 and then 6.
    assert table["change"].to_dict() == {
        ("a", "b", False): 5.0,
        ("b", "a", True): -3.0,
        ("a", "b", True): 3.0,
    }


def test_no_change_is_an_empty_table(cities):
    assert link_changes(cities, cities).empty


def test_something_else_than_networks_is_refused(cities):
    with pytest.raises(InputError, match="`after` must be a network"):
        link_changes(cities, [])

"""The park between two jurisdictions: its partners, whom it joins, and outages."""

import pandas as pd
import pytest

import netinnov as ni
from netinnov import study
from netinnov.errors import InputError
from netinnov.study.sections import park
from study_cases import CHAIN, THREE, context_of, figures_of, network_of, said, tables_of

PARKED = pd.DataFrame(
    {
        "place": ["P", "Q", "R", "Q", "Q"],
        "jurisdiction": ["P", "Q", "R", "P", None],
        "kind": ["firm", "firm", "firm", "park", "park"],
    },
    index=["a", "b", "c", "park", "lost"],
)
TWO = pd.DataFrame(
    {
        "place": [*"PQR", "Q", "R"],
        "jurisdiction": [*"PQR", "P", "Q"],
        "kind": [*["firm"] * 3, "park", "park"],
    },
    index=["p", "q", "r", "park_1", "park_2"],
)
"""A park of P in Q, and one of Q in R."""
LINKS = [("p", "park_1"), ("park_1", "q"), ("q", "r"), ("park_2", "r")]


@pytest.fixture
def context():
    network = network_of([*CHAIN, ("park", "a"), ("park", "b")], nodes=PARKED)
    return context_of(network, park={})


def test_the_park_with_most_links_is_told(context):
    result = context.once(park.compute)
    known = park.facts(result)
    assert (known["park"], known["parks"], known["partners"]) == ("park", 1, 2)
    assert known["links"] == 3  # with that of both partners
    figures = figures_of(park, result)
    assert figures["partners"].value == 2
    assert figures["single_points"].value == len(result.single_points)
    text = said(park, result)
    assert text.startswith("park is the one park outside its jurisdiction: 2 partners, and 3 links")
    assert tables_of(park, result)["parks"].frame.index.tolist() == ["park"]


def test_links_without_a_direction_have_none_in_the_sentence_on_a_park():
    joined = [*LINKS, ("p", "q")]
    for directed in ((), ("links",)):
        network = network_of(joined, nodes=TWO, directed=directed)
        result = park.compute(context_of(network, park={"park": "park_1"}))
        known = park.facts(result)
        assert (known["homeward"], known["outward"], known["asked"]) == (0, 0, True)
        text = said(park, result)
        assert "It joins no pair of actors of home and host that are not linked directly" in text
        assert ("along the direction of the links" in text) == bool(directed)


def test_of_several_parks_the_one_with_most_links_is_chosen_and_pairs_are_counted_by_direction():
    # p -> park_1 -> q are not linked directly: the park leads from home to host.
    network = network_of(LINKS, nodes=TWO, directed=["links"])
    result = park.compute(context_of(network, park={}))
    known = park.facts(result)
    assert (known["park"], known["parks"]) == ("park_1", 2)
    assert (known["homeward"], known["outward"]) == (0, 1)
    text = said(park, result)
    words = "Of 2 parks outside their jurisdiction park_1 has most links with and among its "
    assert words in text
    assert "of actors that are not linked directly, 0 pairs towards home and 1 pair towards" in text
    assert "In a group of its own the park is their liaison" in text


def test_a_pair_that_the_park_joins_both_ways_is_one_pair():
    result = park.compute(context_of(network_of(LINKS, nodes=TWO), park={"park": "park_1"}))
    assert park.facts(result)["homeward"] == park.facts(result)["outward"] == 1
    assert figures_of(park, result)["pairs"].value == 1
    text = said(park, result)
    assert "joins 1 pair of actors of home and host that is not linked directly" in text
    # A layer with a direction elsewhere gives the links of the park none.
    mixed = [(*pair, 1.0, "ties") for pair in LINKS] + [("r", "r2", 1.0, "flows")]
    nodes = pd.concat([TWO, TWO.loc[["r"]].set_axis(["r2"])])
    network = network_of(mixed, nodes=nodes, directed=["flows"])
    assert not park.facts(park.compute(context_of(network, park={"park": "park_1"})))["directed"]


def test_a_name_in_chinese_stands_on_the_chinese_page():
    nodes = PARKED.assign(name_zh=["甲", None, " ", "园", None])
    network = network_of([*CHAIN, ("park", "a"), ("park", "b")], nodes=nodes)
    result = park.compute(context_of(network, park={}))
    assert "园是唯一位于辖区之外的园区" in said(park, result, "zh")
    assert "park is the one park" in said(park, result)


def test_a_wrong_park_is_told_before_anything_is_computed(tmp_path):
    network = network_of([*CHAIN, ("park", "a"), ("park", "b")], nodes=PARKED)
    ni.io.write_network(network, tmp_path / "tables")
    asked = {"data": {"source": "tables", "path": str(tmp_path / "tables")}, "experiment": False}
    with pytest.raises(InputError, match=r"park\.park.* not in the parks outside"):
        study.check(study.configure({**asked, "park": {"park": "prk"}}))
    study.check(study.configure({**asked, "park": {"park": "park"}}))


def test_without_a_park_nothing_is_said_of_one():
    nodes = pd.DataFrame(THREE, columns=["node", "place"]).set_index("node")
    context = context_of(network_of(CHAIN, nodes=nodes), park={})
    assert context.once(park.compute) is None


def test_a_park_without_a_partner_of_its_home_is_said_to_join_none_for_that_reason():
    columns = {"place": [*"QQP"], "jurisdiction": [*"PQP"], "kind": ["park", "firm", "firm"]}
    nodes = pd.DataFrame(columns, index=["park", "q", "p"])
    result = park.compute(context_of(network_of([("park", "q"), ("p", "q")], nodes=nodes), park={}))
    assert "not linked directly, as no partner is of home" in said(park, result)

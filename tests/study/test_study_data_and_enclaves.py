"""The sections on the data and on the enclaves in them: facts, tables and the map."""

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.study.sections import central, data, enclaves, organised
from study_cases import (
    CHAIN,
    context_of,
    network_of,
    plain_text_of,
    projected,
    said,
    tables_of,
    text_in,
    three,
)

OFF = {"structure": False}
EVIL = "<script>alert('x')</script>"
PLACES = pd.DataFrame({"place": [*"PQR"], "lon": [120.0, 119.0, 121.0], "lat": [30.0, 29.0, 31.0]})


def facts_of(module, network, **settings):
    return module.facts(module.compute(context_of(network, **OFF, **settings)))


def test_the_data_are_counted():
    links = [*CHAIN, ("a", "c", 1, "model")]
    network = three(kind=["firm", "firm", EVIL], links=links, modelled=["model"])
    facts = facts_of(data, network)
    assert (facts["nodes"], facts["pairs"], facts["layers"], facts["places"]) == (3, 3, 2, 3)
    assert facts["kinds"] == ["firm", EVIL]
    assert facts["modelled"] == ["model"]
    result = data.compute(context_of(network, **OFF))
    assert plain_text_of(data, result).answer == (
        f"The data hold 3 nodes, of the kinds firm and {EVIL}, and 3 linked pairs in 2 layers, 1 "
        "modelled."
    )
    assert f"\u2068{EVIL}\u2069" in text_in(data, result).answer  # a name, which a page escapes
    assert "model (modelled) is computed from a model" in said(data, result)
    assert facts_of(data, three())["modelled"] == []
    without = facts_of(data, three(kind=["firm", "firm", None]))
    assert (without["kinds"], without["n_kinds"]) == (["firm"], 2)  # none given is one


def test_links_inside_places_and_each_direction_are_counted_apart():
    # A matrix of commuters has those who stay: 2 of the 5 pairs.
    rows = [("a", "b", 5), ("b", "a", 3), ("a", "c", 1), ("a", "a", 9), ("b", "b", 9)]
    facts = facts_of(data, network_of(rows, directed=["links"]))
    assert (facts["pairs"], facts["within"], facts["directed"]) == (5, 18 / 27, True)
    nodes = pd.DataFrame({"place": ["P", "P", "Q"]}, index=list("abc"))
    one = data.compute(context_of(network_of(CHAIN, nodes=nodes), **OFF))
    told = "Of the weight added up 50 % lies inside places: measures of places leave it out."
    assert told in text_in(data, one).notes
    nowhere = network_of([*CHAIN, ("c", "d", 8)], nodes=nodes.reindex(list("abcd")))
    assert facts_of(data, nowhere)["within"] == 0.5  # what is left out is not in it
    little = network_of([("a", "b", 1), ("b", "c", 999)], nodes=nodes)
    told = "归并的权重中有 0.1% 在城市内部，城市的指标不计入。"
    assert told in text_in(data, context_of(little, **OFF), "zh").notes


def test_periods_that_are_added_up_are_told():
    links = pd.DataFrame({"source": "a", "target": "b", "period": [2000, 2012], "layer": "links"})
    network = ni.build_network(pd.DataFrame({"place": ["a", "b"]}, index=["a", "b"]), links)
    told = text_in(data, context_of(network, **OFF))
    assert "The weights of 2 periods are added up." in told.notes
    assert facts_of(data, three())["periods"] == 0


def test_a_projection_is_told():
    nodes = pd.DataFrame({"kind": ["woman"] * 3 + ["event"], "place": [*"abc", None]}, list("abcx"))
    links = pd.DataFrame({"source": list("abc"), "target": "x", "layer": "attends"})
    before = ni.build_network(nodes, links, pd.DataFrame(index=list("abc")))
    text = plain_text_of(data, projected(before, configuration=OFF, through="event"))
    assert text.answer.startswith("The projected data hold 3 nodes and 3 linked pairs")
    assert text.notes[0].startswith("Links are projected: nodes with a common neighbour in")
    assert "are linked, whatever the weights there, and" in text.notes[0]


def test_places_without_coordinates_and_layers_that_join_no_places_are_told():
    nodes = pd.DataFrame({"place": ["P", "P", "Q", "R"]}, index=list("abcd"))
    links = [("a", "b", 1, "inside"), ("a", "c", 1, "between"), ("c", "d", 1, "between")]
    known = PLACES.assign(lon=[1.0, 2.0, None], lat=[50.0, None, None])
    facts = facts_of(data, network_of(links, nodes=nodes, places=known))
    assert (facts["unlocated"], facts["empty_layers"]) == (["Q", "R"], ["inside"])
    facts = facts_of(data, three(places=PLACES))
    assert (facts["unlocated"], facts["empty_layers"], facts["notes_of_readers"]) == ([], [], [])


def test_a_region_at_a_level_and_what_is_left_out():
    # Two districts of one city, another city outside the province; the district without a parent
    # row of its own stays.
    places = pd.DataFrame(
        {
            "place": ["city", "north", "south", "other", "far"],
            "parent": [None, "city", "city", None, None],
            "province": ["Z", None, None, "Z", "J"],
            "tier": [1, None, None, 2, 1],
        }
    )
    nodes = pd.DataFrame({"place": ["north", "south", "other", "far", None]}, index=list("abcde"))
    links = [("a", "c"), ("b", "c"), ("a", "b"), ("d", "a"), ("e", "c")]
    part = {"level": 1, "keep": {"province": ["Z"], "tier": ["1", "2"]}}
    context = context_of(network_of(links, nodes=nodes, places=places), places=part, **OFF)
    result = data.compute(context)
    assert result.context.level.coverage.values.tolist() == [
        ["as built", 5, 5],
        ["with a place", 4, 4],
        ["in the places kept", 3, 3],
    ]
    facts = data.facts(result)
    assert facts["lost"] == ["not with a place", "not in the places kept"]
    assert (facts["left_nodes"], facts["lost_links"]) == ([1, 1], [1, 1])
    assert (facts["left"], facts["read"]) == (facts["lost"], 5)
    told = "1 linked pair of nodes outside the chosen places is left out."
    assert told in text_in(data, result).notes
    strength = tables_of(central, context)["strength"].frame
    assert strength["links"].to_dict() == {"city": 2.0, "other": 2.0}
    only = context_of(three(), places={"keep": {"place": ["P", "Q"]}}, **OFF)
    assert only.cities.nodes.index.tolist() == ["P", "Q"]


def test_enclaves_are_counted_by_direction_host_and_home():
    places = PLACES.assign(population=[1.0, 5.0, 3.0], name=["Pe", "Qu & Co", EVIL])
    network = three(places=places, jurisdiction=["P", "P", "Q"])  # b of P in Q, c of Q in R
    result = enclaves.compute(context_of(network, **OFF))
    facts = enclaves.facts(result)
    assert (facts["n"], facts["pairs"], facts["reverse"], facts["forward"]) == (2, 2, 1, 1)
    assert facts["ranked_by"] == ["population"]
    assert facts["hosts"] == ["Q", "R"]
    table = tables_of(enclaves, result)["enclaves"]
    assert table.frame["host"].tolist() == ["Q", "R"]
    text = plain_text_of(enclaves, result)
    assert text.notes[1].startswith(f"Most frequent host: Qu & Co and {EVIL}.")
    assert "两地" not in text_in(enclaves, result, "zh").answer


def test_enclaves_are_told_at_the_level_of_the_study():
    # North and south are districts of one city: a is at home there, and b is an enclave of other.
    parents = {"city": None, "north": "city", "south": "city", "other": None}
    places = pd.DataFrame({"place": [*parents], "parent": [*parents.values()]})
    nodes = pd.DataFrame(
        {"place": ["north", "south", "other"], "jurisdiction": ["south", "other", None]},
        index=list("abc"),
    )
    network = network_of([("a", "c"), ("b", "c"), ("a", "b")], nodes=nodes, places=places)
    result = enclaves.compute(context_of(network, places={"level": 1}, **OFF))
    assert result.table[["node", "home", "host"]].values.tolist() == [["b", "other", "city"]]
    facts = enclaves.facts(result)
    assert (facts["n"], facts["pairs"]) == (1, 1)
    assert result.steps[["outside", "between", "pairs"]].tolist() == [2, 1, 1]


def test_parks_are_counted_and_named_before_their_operators():
    """Three nodes of P: a park in R, its operator, and a park in Q; two parks are counted."""
    places = PLACES.assign(population=[1.0, 5.0, 3.0])
    nodes = pd.DataFrame(
        {
            "kind": ["operator", "park", "park", "firm"],
            "place": ["R", "R", "Q", "P"],
            "jurisdiction": ["P", "P", "P", None],
        },
        index=list("abcd"),
    )
    network = network_of([("a", "b"), ("c", "d"), ("b", "d")], nodes=nodes, places=places)
    result = enclaves.compute(context_of(network, **OFF))
    assert result.table["node"].tolist() == ["b", "c", "a"]
    facts = enclaves.facts(result)
    assert (facts["n"], facts["reverse"], facts["parks"]) == (2, 2, True)
    assert facts["homes"] == ["P"]
    table = tables_of(enclaves, result)["enclave_funnel"].frame.set_index("step")["number"]
    assert tables_of(enclaves, result)["enclaves"].view["name"].tolist() == ["b", "c", "a"]
    assert "2 of these parks are reverse" in text_in(enclaves, result).answer
    assert organised.brokers(result.context)["enclave"].to_dict() == {"b": True, "d": False}
    steps = {"outside": 3, "parks": 2, "between": 2, "pairs": 2, "reverse": 2}
    assert table.to_dict() == steps | {"among": 2, "drawn": 2}


def test_a_direction_that_is_not_known_and_a_tie_are_counted_and_neither_is_reverse():
    places = PLACES.assign(population=[1.0, 1.0, np.nan])
    at = {"place": ["Q", "R", "P"], "jurisdiction": ["P", "P", None]}
    nodes = pd.DataFrame(at, index=list("abc"))
    network = network_of([("a", "b"), ("c", "b")], nodes=nodes, places=places)
    result = enclaves.compute(context_of(network, **OFF))  # both links are of enclaves: no rank
    facts = enclaves.facts(result)
    assert [facts[word] for word in ("reverse", "forward", "level", "unknown")] == [0, 0, 1, 1]
    view = tables_of(enclaves, result)["enclaves"].view
    assert view["direction"].tolist() == ["level", "unknown"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("population", "words"),
    [
        ([1.0, 5.0, 3.0], "it is reverse (the host ranks higher)."),
        ([5.0, 1.0, 3.0], "it is forward."),
        ([1.0, 1.0, 3.0], "it is neither reverse nor forward."),
        ([np.nan] * 3, "which way it reaches is unknown."),
    ],
)
def test_of_one_enclave_there_is_no_these(population, words):
    at = {"place": ["Q", "P", "R"], "jurisdiction": ["P", "P", "R"]}
    nodes, places = pd.DataFrame(at, list("abc")), PLACES.assign(population=population)
    network = network_of([("a", "b"), ("c", "b")], nodes=nodes, places=places)
    answer = text_in(enclaves, context_of(network, **OFF)).answer
    assert words in answer
    assert "these" not in answer


def test_without_enclaves_that_is_said():
    result = enclaves.compute(context_of(three(), **OFF))
    for code, arrow, none in (("en", "arrow", "There are none"), ("zh", "箭头", "没有")):
        said = text_in(enclaves, result, code)
        assert said.answer.startswith(none)
        assert arrow not in "".join(said.figures["flow_map"])


def test_parks_that_became_links_are_not_forgotten():
    nodes = pd.DataFrame(
        {
            "kind": ["firm", "firm", "park"],
            "place": ["P", "Q", "P"],
            "jurisdiction": ["P", "Q", "Q"],
        },
        index=["f", "g", "park"],
    )
    links = pd.DataFrame({"source": ["f", "g"], "target": "park", "layer": "tenancy"})
    network = ni.build_network(nodes, links)
    facts = enclaves.facts(projected(network, onto="firm").once(enclaves.compute))
    assert (facts["n"], facts["projected"]) == (0, True)

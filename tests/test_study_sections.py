"""What was built, who is central, how even it is, enclaves, mechanisms and limits: in sentences."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from netinnov.plotting._drawing import caption_notes
from netinnov.study._words import in_html, plain
from netinnov.study.sections import (
    SECTIONS,
    built,
    central,
    enclaves,
    methods,
)
from study_cases import (
    CHAIN,
    THREE,
    context_of,
    network_of,
    tables_of,
    text_of,
    texts,
)

OFF = {"structure": False}
EVIL = "<script>alert('x')</script>"
PLACES = pd.DataFrame(
    {"place": ["P", "Q", "R"], "lon": [120.0, 119.0, 121.0], "lat": [30.0, 29.0, 31.0]}
)


def three(*, places=None, kinds="firm", jurisdiction=None, links=CHAIN, modelled=()):
    nodes = pd.DataFrame(THREE, columns=["node", "place"]).assign(kind=kinds)
    if jurisdiction is not None:
        nodes["jurisdiction"] = jurisdiction
    return network_of(links, nodes=nodes.set_index("node"), places=places, modelled=modelled)


# -- what was built ----------------------------------------------------------------------------


def test_the_top_says_what_network_it_is():
    links = [*CHAIN, ("a", "c", 1, "model")]
    network = three(kinds=["firm", "firm", EVIL], links=links, modelled=["model"])
    result = built.compute(context_of(network, **OFF))
    (text,) = texts(built.offer(result))
    assert text == (
        f"The network has 3 nodes, of the kinds firm (2) and {EVIL} (1), and 3 linked pairs in 2 "
        "layers, of which 1 is modelled; the report looks at 3 places."
    )
    without = built.compute(context_of(three(kinds=["firm", "firm", None]), **OFF))
    assert "of the kinds firm (2) and none given (1)" in text_of(built.offer(without))
    (sentence,) = built.offer(result)
    assert "<bdi>&lt;script&gt;" in in_html(sentence.text)


def test_rows_set_aside_are_counted_by_their_problem():
    problems = ["unknown end", "unknown end", EVIL]
    rejected = pd.DataFrame({"table": "links", "problem": problems})
    result = methods.compute(context_of(three(places=PLACES), rejected=rejected, **OFF))
    text = text_of(methods.tell(result))
    assert text == f"Rows set aside: 3, by reason: unknown end (2) and {EVIL} (1)."
    none = methods.compute(context_of(three(places=PLACES), rejected=rejected.iloc[:0], **OFF))
    assert text_of(methods.tell(none)) == "No row was set aside."


def test_places_without_coordinates_and_layers_that_join_no_places_are_told():
    nodes = pd.DataFrame({"place": ["P", "P", "Q", "R"]}, index=list("abcd"))
    links = [("a", "b", 1, "inside"), ("a", "c", 1, "between"), ("c", "d", 1, "between")]
    known = PLACES.assign(lon=[1.0, 2.0, None], lat=[50.0, None, None])
    result = methods.compute(context_of(network_of(links, nodes=nodes, places=known), **OFF))
    said = text_of(methods.tell(result))
    assert "2 of 3 places have no coordinates, so that no map shows them and no distance" in said
    assert "No link joins two places in 1 layer: 'inside'." in said
    result = methods.compute(context_of(three(places=PLACES), **OFF))
    assert text_of(methods.tell(result)) == ""


def test_places_without_coordinates_give_no_map_but_a_note():
    result = built.compute(context_of(three(), **OFF))
    assert list(built.draw(result)) == []
    assert "There is no map: no place has coordinates." in text_of(built.tell(result))


def test_the_map_can_be_drawn_again_from_its_tables():
    links = [*CHAIN, ("a", "c", 2, "model")]
    result = built.compute(context_of(three(places=PLACES, links=links, modelled=["model"]), **OFF))
    tables = tables_of(built, result)
    frame = tables["map_links"].frame
    assert frame["weight"].sum() == 4
    assert set(frame.loc[frame["modelled"], "layer"]) == {"model (modelled)"}
    assert tables["map_places"].frame["lon"].tolist() == [120, 119, 121]
    assert tables["map_links"].modelled == ("model",)


def test_the_map_says_which_layers_of_how_many_it_shows():
    few = built.compute(context_of(three(places=PLACES, links=CHAIN), **OFF))
    (picture, *_) = built.draw(few)
    assert "Links between places, in all of 1 layer: links." in plain(picture.note)
    assert "heaviest" not in picture.note
    links = [("a", "b", at + 1, f"layer{at}") for at in range(6)]
    (picture, *_) = built.draw(built.compute(context_of(three(places=PLACES, links=links), **OFF)))
    assert "in 4 of 6 layers (" in picture.note
    assert "of the observed layers those with most weight" in picture.note


def test_the_map_says_when_it_leaves_out_links():
    ids = [f"n{at:02}" for at in range(18)]
    places = pd.DataFrame({"place": ids, "lon": np.linspace(110, 120, 18), "lat": 30.0})
    network = network_of(list(combinations(ids, 2)), places=places)  # 18 * 17 / 2 = 153
    (picture, *_) = built.draw(built.compute(context_of(network, **OFF)))
    notes = " ".join(caption_notes(picture.figure.axes[0]))
    said = "links: 150 of 153 links are drawn, those between the strongest places"
    assert said in notes


# -- enclaves ----------------------------------------------------------------------------------


def test_enclaves_are_counted_by_direction_host_and_home():
    places = PLACES.assign(population=[1.0, 5.0, 3.0], name=["Pe", "Qu & Co", EVIL])
    network = three(places=places, jurisdiction=["P", "P", "Q"])  # b of P in Q, c of Q in R
    result = enclaves.compute(context_of(network, **OFF))
    text = text_of(enclaves.tell(result))
    assert "2 enclaves in 2 pairs of a home and a host: 1 reverse and 1 forward." in text
    assert "forward if its home does; places rank by population." in text
    assert "Most frequent hosts: Qu & Co (1) and" in text
    assert text_of(enclaves.offer(result)) == "The data hold 2 enclaves: 1 reverse and 1 forward."
    table = tables_of(enclaves, result)["enclaves"]
    assert table.frame["host"].tolist() == ["Q", "R"]
    assert table.view["host"].tolist() == ["Qu & Co", EVIL]


def test_enclaves_are_told_at_the_level_of_the_study():
    # North and south are districts of one city: a is at home there, and b is an enclave of other.
    places = pd.DataFrame(
        {"place": ["city", "north", "south", "other"], "parent": [None, "city", "city", None]}
    )
    nodes = pd.DataFrame(
        {"place": ["north", "south", "other"], "jurisdiction": ["south", "other", None]},
        index=list("abc"),
    )
    network = network_of([("a", "c"), ("b", "c"), ("a", "b")], nodes=nodes, places=places)
    result = enclaves.compute(context_of(network, places={"level": 1}, **OFF))
    assert result.table[["node", "home", "host"]].values.tolist() == [["b", "other", "city"]]
    text = text_of(enclaves.tell(result))
    assert "1 enclave in 1 pair of a home and a host: " in text
    assert "1 more node stands outside its jurisdiction, but inside the same unit" in text
    assert result.funnel[["nodes", "pairs"]].fillna(-1).values.tolist()[-3:-1] == [[2, 2], [1, 1]]


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
    text = text_of(enclaves.tell(result))
    assert "2 enclaves of kind park in 2 pairs of a home and a host: 2 reverse." in text
    assert "other kinds that stand outside their jurisdiction are not counted: operator (1)" in text
    assert "Most frequent homes: P (2)." in text
    offer = "The data hold 2 enclaves of kind park: all reverse."
    assert text_of(enclaves.offer(result)) == offer
    steps = result.funnel.set_index("step")
    assert steps.loc["outside their jurisdiction"].tolist() == [3, 2, 1, 2]


def test_a_direction_that_is_not_known_and_a_tie_are_said():
    places = PLACES.assign(population=[1.0, 1.0, np.nan])
    nodes = pd.DataFrame(
        {"place": ["Q", "R", "P"], "jurisdiction": ["P", "P", None]}, index=list("abc")
    )
    network = network_of([("a", "b"), ("c", "b")], nodes=nodes, places=places)
    context = context_of(network, **OFF)
    result = enclaves.compute(context)  # both links are of enclaves, and rank nothing
    text = text_of(enclaves.tell(result))
    assert "1 a tie (home and host rank the same) and 1 of unknown direction (no ranking" in text
    view = tables_of(enclaves, result)["enclaves"].view
    assert view["direction"].tolist() == ["level", "unknown"]


def test_without_enclaves_that_is_said():
    result = enclaves.compute(context_of(three(), **OFF))
    assert text_of(enclaves.tell(result)).startswith("No enclave was found")
    assert list(enclaves.offer(result)) == []


# -- places and limits -------------------------------------------------------------------------


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
    result = methods.compute(context)
    assert result.context.level.coverage.values.tolist() == [
        ["as built", 5, 5],
        ["with a place", 4, 4],
        ["in the places kept", 3, 3],
    ]
    strength = central.compute(context).strength
    assert strength["links"].to_dict() == {"city": 2.0, "other": 2.0}
    text = text_of(methods.tell(result))
    assert "1 node without a place and 1 linked pair are left out" in text
    assert (
        "1 node outside the places chosen (province: Z; tier: 1, 2) and 1 linked pair are left"
        in text
    )
    only = context_of(three(), places={"keep": {"place": ["P", "Q"]}}, **OFF)
    assert only.cities.nodes.index.tolist() == ["P", "Q"]


def test_the_top_ends_with_a_caution_on_what_is_modelled():
    links = [*CHAIN, ("a", "c", 2, "model")]
    result = methods.compute(context_of(three(links=links, modelled=["model"]), **OFF))
    (text,) = texts(methods.offer(result))
    assert text.startswith(
        "Caution: model (modelled) is computed from a model, not observed; marked"
    )
    assert SECTIONS[-1].name == "methods"
    assert list(methods.offer(methods.compute(context_of(three(), **OFF)))) == []


def test_frictions_are_explained_where_there_are_any():
    measures = {"border": 0.5, "kilometres": 2.0}
    result = methods.compute(context_of(three(places=PLACES), measures=measures, **OFF))
    text = text_of(methods.explain(result))
    assert "by 0.5 if its ends belong to different jurisdictions, and by 2 for each 1,000" in text
    assert "every link has length 1" in text
    assert "frictions" not in text_of(methods.explain(methods.compute(context_of(three(), **OFF))))


# -- mechanisms --------------------------------------------------------------------------------


PARKED = pd.DataFrame(
    {
        "place": ["P", "Q", "R", "Q", "Q"],
        "jurisdiction": ["P", "Q", "R", "P", None],
        "kind": ["firm", "firm", "firm", "park", "park"],
    },
    index=["a", "b", "c", "park", "lost"],
)


@pytest.fixture(scope="module")
def whole():
    """A context in which every section has a result."""
    links = [*CHAIN, ("park", "a"), ("park", "b"), ("a", "c", 2, "model"), ("a", "b", 1, "other")]
    places = pd.DataFrame({"place": ["P", "Q", "R"], "lon": [0.0, 1.0, 2.0], "lat": 0.0})
    nodes = PARKED.assign(firms=2, floor_area_m2=100.0)
    network = network_of(links, nodes=nodes, places=places, modelled=["model"])
    planning = {"siting": {"k": 1, "placements": 2, "resamples": 2}, "plan": {"resamples": 5}}
    planning |= {"space": {}, "sharing": {}, "governance": {"replicates": 5}}
    experiment = {"home": "P", "host": "R", "size": 1, "pipeline_share": 0.5, "replicates": 2}
    experiment |= {"placebos": 0, "rivals": []}
    return context_of(network, experiment=experiment, **planning)


@pytest.fixture(scope="module")
def names(whole):
    """The tables of all sections."""
    return [table.name for each in SECTIONS for table in each.tables(whole.once(each.compute))]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_every_sentence_and_table_fits_its_section(section, whole, names):
    result = whole.once(section.compute)
    assert result is not None
    assert type(result).__dataclass_params__.frozen
    assert len(set(names)) == len(names)
    said = [*section.tell(result), *section.offer(result), *section.explain(result)]
    assert said
    for sentence in said:
        assert {*sentence.tables} <= {*names}
        assert "&lt;bdi" not in in_html(sentence.text)
        assert str(sentence.text).rstrip().endswith((".", ")"))

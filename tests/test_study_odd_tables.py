"""What a study says where places are alike, or one or two, or linked to themselves."""

from __future__ import annotations

from itertools import combinations

import pandas as pd
import pytest

import netinnov as ni
from netinnov import study
from netinnov.plotting import plot_rank_size
from netinnov.plotting._drawing import caption_notes
from netinnov.polycentricity import profile as profile_of
from netinnov.study._context import Context
from netinnov.study._loaded_data import Incidence, Loaded, Projection
from netinnov.study._places import aggregate_to_places
from netinnov.study._report_page import write_page
from netinnov.study.sections import (
    brokers,
    built,
    central,
    centres,
    communities,
    enclaves,
    multicentric,
    profile,
)
from study_cases import FEW, context_of, network_of, tables_of, text_of

TEN = [f"E{i}" for i in range(10)]
ALIKE = {
    "complete": list(combinations(TEN, 2)),
    "ring": list(zip(TEN, TEN[1:] + TEN[:1], strict=True)),
}


@pytest.fixture(scope="module", params=ALIKE)
def alike(request):
    return context_of(network_of(ALIKE[request.param]))


def test_no_place_is_named_where_all_are_alike(alike):
    result = alike.once(central.compute)
    assert text_of(central.offer(result)) == "By PageRank all 10 places are equally central."
    assert text_of(central.tell(result)) == "All places have the same strength."
    text = text_of(multicentric.tell(alike.once(multicentric.compute)))
    assert "All 10 places with links have the same strength." in text
    assert "slope" not in text
    assert "not defined" not in text
    assert "Leaving out" not in text_of(profile.tell(alike.once(profile.compute)))


def test_centres_by_the_order_of_the_data_are_said_to_be(alike):
    result = alike.once(centres.compute)
    assert result.rules["top"].sum() == 1  # a tenth of ten, the first of ten as strong
    assert "other places are as strong as E0." in text_of(centres.tell(result))


def test_ties_beyond_those_that_are_named_are_counted():
    # Two stars of three: both middles have strength 2, all four ends 1.
    context = context_of(network_of([("a", "b"), ("a", "c"), ("x", "y"), ("x", "z")]))
    result = context.once(central.compute)
    assert "and 3 more with as much; an even share" in text_of(central.offer(result))
    # Four of the eight ends of links are theirs.
    assert "a and x have the most strength, 25 % of all each." in text_of(central.tell(result))
    assert "Of the first 5 places" not in text_of(central.tell(result))


def test_places_without_links_tie_with_nobody():
    nodes = pd.DataFrame({"place": list("abcde")}, index=list("abcde"))
    context = context_of(network_of([("a", "b"), ("c", "d")], nodes=nodes))
    assert "as strong as a." in text_of(centres.tell(context.once(centres.compute)))


def test_an_index_at_its_end_has_no_interval():
    # Resampled, a ring of equal links is less even in every draw.
    table = profile_of(
        network_of(ALIKE["ring"]), indices=["effective_number", "n_centres"], resamples=50,
        null=None, rng=1, restarts=1, progress=False,
    )  # fmt: skip
    assert table.loc["effective_number", "bias"] < 0
    assert table[["low", "high"]].isna().all(axis=None)
    assert table["most_influential"].isna().all()


def test_one_place_is_not_compared_with_itself(tmp_path):
    nodes = pd.DataFrame({"place": "X"}, index=list("abcd"))
    context = context_of(network_of([("a", "b"), ("b", "c"), ("c", "d")], nodes=nodes))
    assert context.once(central.compute) is None
    assert context.once(multicentric.compute) is None
    assert "No two places are linked" in central.ABSENT
    assert "No two places are linked" in multicentric.ABSENT
    text = text_of(built.offer(context.once(built.compute)))
    assert text.endswith("the report looks at 1 place, to which all nodes are added up.")
    write_page(
        tmp_path / "page.html", title="One", command="", version="0", short=[], chapters=[],
        reading=[],
    )  # fmt: skip
    assert "In short" not in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_two_places_tie():
    result = context_of(network_of([("a", "b")])).once(central.compute)
    assert text_of(central.tell(result)) == "All places have the same strength."


def test_a_node_with_itself_is_no_pair_of_places():
    # A matrix of commuters has those who stay: 2 of the 5 pairs.
    rows = [("a", "b", 5), ("b", "a", 3), ("a", "c", 1), ("a", "a", 9), ("b", "b", 9)]
    text = text_of(
        built.offer(context_of(network_of(rows, directed=["links"])).once(built.compute))
    )
    assert "5 linked pairs in 1 layer (2 of the pairs are a node with itself); the report" in text


def test_one_layer_is_spoken_of_as_one():
    context = context_of(network_of([("a", "b", 3), ("b", "c", 2), ("c", "d", 1), ("d", "e", 1)]))
    said = [
        text_of(section.tell(context.once(compute)))
        for section, compute in (
            (central, central.compute),
            (multicentric, multicentric.compute),
            (centres, centres.compute),
            (communities, communities.compute),
            (brokers, brokers.compute),
        )
    ]
    assert "layers" not in " ".join(said).replace("of the layers", "")
    shown = tables_of(communities, context.once(communities.compute))["communities_by_layer"]
    assert shown.frame.index.tolist() == ["links"]  # and not the same numbers once more


def test_the_weight_between_communities_has_its_base():
    rows = [(a, b, 9) for group in ("abc", "xyz") for a, b in combinations(group, 2)]
    context = context_of(network_of([*rows, ("a", "x", 2)]))
    # 2 of 6 x 9 + 2.
    text = text_of(communities.tell(context.once(communities.compute)))
    assert "the most lies between a and x: 4 % of all weight." in text


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
    projection = Projection(layer="tenancy", onto="firm")
    flat = ni.linkages.project(network, **projection.model_dump())
    loaded = Loaded(flat, None, {}, (), (), True, Incidence(network, projection, flat.layers))
    configuration = study.configure({"data": {"path": "."}, "structure": FEW})
    context = Context(configuration, loaded, aggregate_to_places(flat, configuration.places))
    text = text_of(enclaves.tell(context.once(enclaves.compute)))
    assert text.startswith("1 node outside its jurisdiction is not counted, as [data] project")
    assert "No other enclave was found" in text


def test_captions_need_no_font():
    # No font here or there may draw it; the caption is text of the page.
    ax = plot_rank_size(pd.Series([9.0, 4.0, 2.0]), label="\u4e13\u5229 $x$")
    assert caption_notes(ax)[0].startswith("\u4e13\u5229 $x$: ")


def test_places_that_were_chosen_are_named():
    places = pd.DataFrame({"tier": ["1", "2", "3", "4", "5"]}, index=list("abcde"))
    network = network_of([("a", "b"), ("b", "c"), ("c", "d"), ("d", "e")], places=places)
    kept = {"places": {"keep": {"tier": ["1", "2", "3", "4"]}}}
    notes = context_of(network, **kept).level.notes
    assert notes == (
        "1 node outside the places chosen (tier: 1, 2, 3 and 1 more) and 1 linked pair are left "
        "out (tables/coverage.csv).",
        "no place has coordinates, so there are no maps and no distances.",
    )


def test_places_that_are_linked_inside_only_are_not_compared():
    nodes = pd.DataFrame({"place": list("XXYY")}, index=list("abcd"))
    context = context_of(network_of([("a", "b"), ("c", "d")], nodes=nodes))
    assert context.once(central.compute) is None
    assert context.once(multicentric.compute) is None


def test_the_middle_of_a_star_decides_everything():
    context = context_of(network_of([("s", end, 1 + k) for k, end in enumerate("abcdefgh")]))
    text = text_of(centres.tell(context.once(centres.compute)))
    said = "The number of centres is the same by all 6 rules: 1. By most of the 6 rules 1 of 9"
    assert f"{said} places is a centre: s (6)." in text
    # Without it there is no link, and no index.
    table = context.once(profile.compute).table
    assert set(table["most_influential"].dropna()) == {"s"}
    # By closeness the eight ends tie for the second place, so that they are not among three.
    said = text_of(central.tell(context.once(central.compute)))
    first = said.split("Most often among the first three by the ")[1]
    assert "(11 times)" not in first.replace("s (11 times)", "")

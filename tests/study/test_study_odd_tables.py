"""What a study says where places are alike, or one or two, or linked to themselves."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from netinnov.plotting import plot_rank_size
from netinnov.plotting._drawing import caption_notes
from netinnov.polycentricity import profile as profile_of
from netinnov.study._language import Language
from netinnov.study._report_page import view_of
from netinnov.study._section import Table
from netinnov.study.sections import central, centres, data, organised
from study_cases import context_of, facts_of, figures_of, network_of, said, text_in

TEN = [f"E{i}" for i in range(10)]
ALIKE = {
    "complete": list(combinations(TEN, 2)),
    "ring": list(zip(TEN, TEN[1:] + TEN[:1], strict=True)),
}


@pytest.fixture(scope="module", params=ALIKE)
def alike(request):
    return context_of(network_of(ALIKE[request.param]))


def test_no_place_is_named_where_all_are_alike(alike):
    known = facts_of(central, alike)
    assert known["equal"]
    assert "E0" not in said(central, alike)
    known = facts_of(centres, alike)
    assert (known["even"], known["linked"]) == (True, 10)


def test_centres_by_the_order_of_the_data_are_said_to_be(alike):
    result = alike.once(centres.compute)
    assert result.detection.rules["top"].sum() == 1  # a tenth of ten, the first of ten as strong
    known = centres.facts(result)
    assert "E0" in known["tied"]
    assert "others are as strong as E0" in said(centres, alike)


def test_ties_beyond_those_that_are_named_are_counted():
    # Two stars of three: both middles have strength 2, all four ends 1.
    context = context_of(network_of([("a", "b"), ("a", "c"), ("x", "y"), ("x", "z")]))
    known = facts_of(central, context)
    assert known["as_central"] == 3
    assert "and 3 more with as much" in text_in(central, context).answer
    # Two of the eight ends of links are at a, as many as at x.
    assert figures_of(central, context)["strength"].value == 0.25


def test_places_without_links_tie_with_nobody():
    nodes = pd.DataFrame({"place": list("abcde")}, index=list("abcde"))
    context = context_of(network_of([("a", "b"), ("c", "d")], nodes=nodes))
    known = facts_of(centres, context)
    assert "a" in known["tied"]
    assert "e" not in known["tied"]


def test_an_index_at_its_end_has_no_interval():
    # Resampled, a ring of equal links is less even in every draw.
    table = profile_of(
        network_of(ALIKE["ring"]), indices=["effective_number", "n_centres"], resamples=50,
        null=None, rng=1, restarts=1, progress=False,
    )  # fmt: skip
    assert table.loc["effective_number", "bias"] < 0
    assert table[["low", "high"]].isna().all(axis=None)
    assert table["most_influential"].isna().all()


def test_one_place_is_not_compared_with_itself():
    nodes = pd.DataFrame({"place": "X"}, index=list("abcd"))
    context = context_of(network_of([("a", "b"), ("b", "c"), ("c", "d")], nodes=nodes))
    assert context.once(central.compute) is None
    assert context.once(centres.compute) is None
    known = facts_of(data, context)
    assert (known["nodes"], known["places"], known["members"]) == (4, 1, 4)


def test_two_places_tie():
    known = facts_of(central, context_of(network_of([("a", "b")])))
    assert known["equal"]


def test_one_layer_is_spoken_of_as_one():
    context = context_of(network_of([("a", "b", 3), ("b", "c", 2), ("c", "d", 1), ("d", "e", 1)]))
    for section in (data, central, centres, organised):
        assert "layers" not in said(section, context)
        assert "layers" not in text_in(section, context).answer


def test_the_weight_between_communities_has_its_base():
    rows = [(a, b, 9) for group in ("abc", "xyz") for a, b in combinations(group, 2)]
    context = context_of(network_of([*rows, ("a", "x", 2)]))
    result = context.once(organised.compute)
    assert result.inside == pytest.approx(6 * 9 / (6 * 9 + 2))
    # Of the ends of the links of a community one belongs to the link of weight 2.
    assert result.communities["inside"].tolist() == pytest.approx([54 / 56] * 2)


def test_captions_need_no_font():
    # No font here or there may draw it; the caption is text of the page.
    ax = plot_rank_size(pd.Series([9.0, 4.0, 2.0]), label="\u4e13\u5229 $x$")
    assert caption_notes(ax)[0].startswith("\u4e13\u5229 $x$: ")


def test_a_small_standard_error_has_digits():
    sizes = pd.Series(1000 / np.arange(1.0, 51) ** 0.9 * (1 + 0.001 * (-1.0) ** np.arange(50)))
    assert "standard error 0.0" in (note := " ".join(caption_notes(plot_rank_size(sizes))))
    assert "standard error 0.00," not in note


@pytest.mark.parametrize("kind", ["int64", "Int64", "float64"])
def test_years_on_the_page_have_no_separators(kind):
    frame = pd.DataFrame({"links": [1234, 5]}, pd.Index([2010, 2020], name="period", dtype=kind))
    table = Table("t", frame, forms={"period": "year"})
    shown = view_of(table, Language("en", {}, {}, ()))
    assert shown.rows == [["2010", "1,234"], ["2020", "5"]]


def test_the_middle_of_a_star_decides_everything():
    context = context_of(network_of([("s", end, 1 + k) for k, end in enumerate("abcdefgh")]))
    known = facts_of(centres, context)
    assert (known["n_rules"], known["fewest"], known["most"]) == (6, 1, 1)
    assert (known["by_most"], known["places"]) == (["s"], 9)
    # Without it there is no link, and no index.
    assert {*context.once(centres.compute).profile["most_influential"].dropna()} == {"s"}

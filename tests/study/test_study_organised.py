"""How a network is organised: communities, layers, brokers and specialisation."""

import re
from dataclasses import replace
from itertools import permutations

import pandas as pd
import pytest
from matplotlib.font_manager import fontManager

from netinnov.study.sections import organised
from study_cases import (
    CHAIN,
    STARS,
    context_of,
    facts_of,
    figures_of,
    network_of,
    said,
    tables_of,
    text_in,
    three,
)


@pytest.fixture(scope="module")
def stars():
    return context_of(network_of(STARS))


def test_weight_between_communities_is_counted_once(stars):
    # 24 inside each star, 2 between them: of the 26 of links with an end in a star 24 stay inside.
    result = stars.once(organised.compute)
    assert result.communities["strength"].tolist() == [50, 50]
    assert result.communities["inside"].tolist() == pytest.approx([24 / 26, 24 / 26])
    assert sorted(result.communities["strongest"]) == ["a", "x"]
    # Two communities with half of the ends each: 0.96 - 2 * 0.5^2 = 0.46.
    figures = figures_of(organised, stars)
    assert figures["communities"].value == 2
    assert figures["inside"].value == pytest.approx(0.96)
    assert figures["modularity"].value == pytest.approx(0.46)
    assert sorted(facts_of(organised, stars)["around"]) == ["a", "x"]
    assert result.communities["places"].tolist() == [4, 4]


def test_places_that_tie_with_the_most_special_are_counted():
    # Six pairs of places, each linked in a layer of its own: all are as special.
    links = [(f"a{k}", f"b{k}", 1, f"layer {k}") for k in range(6)]
    context = context_of(network_of(links))
    assert facts_of(organised, context)["as_special"] == 12 - 3
    assert "and 9 more with as much as the last." in said(organised, context)


def test_stars_of_firms_and_their_branches_have_no_number_of_brokers():
    # Every link leads from a firm to a branch: nobody can stand between two others.
    links = [("firm", "one"), ("firm", "two"), ("other", "one")]
    context = context_of(network_of(links, directed=["links"]))
    assert facts_of(organised, context)["n_brokers"] is None
    assert "brokers" not in figures_of(organised, context)
    chain = context_of(network_of([*links, ("two", "firm")], directed=["links"]))
    assert facts_of(organised, chain)["n_brokers"] == 1  # two - firm - one


def test_communities_by_chance_are_told_as_such(stars):
    # All networks with these degrees are two stars. As clear are those with weight 2 between them
    # (one in 7) and with 9, 8 and 7 in each of them (8 of 20 ways): p = 0.057, which 99 networks
    # do not tell from 0.05.
    known = facts_of(organised, stars)
    assert (known["by_chance"], known["tested"], known["replicates"]) == (True, True, 999)
    assert 0.05 < known["p"] < 0.08
    assert known["error"] == pytest.approx(2 * (known["p"] * (1 - known["p"]) / 999) ** 0.5)
    assert "among 999 random networks (Monte Carlo error 0.02)" in said(organised, stars)
    assert "but no clearer than chance makes them." in text_in(organised, stars).answer


@pytest.mark.parametrize(
    "links", [[("a", "b")], [("a", "b"), ("a", "c"), ("a", "d")], [*permutations("abcd", 2)]]
)
def test_places_that_make_no_division_are_not_told_as_communities(links):
    context = context_of(network_of(links, directed=["links"]))
    answer = text_in(organised, context).answer
    assert answer.startswith("The links do not divide the places into communities.")
    assert "communities" not in figures_of(organised, context)
    chinese = text_in(organised, context, "zh").answer
    assert chinese.startswith("联系没有把各城市分成社群。")


def test_communities_are_clearer_than_chance_beyond_the_interval_beside_them(stars):
    # One-sided p of 0.04: the modularity lies within the middle 95 % of random networks.
    result = stars.once(organised.compute)
    for high, told in ((0.47, "hardly clearer than"), (0.45, "clearer than")):
        test = replace(result.detection.test, p=0.04, null_high=high)
        detection = replace(result.detection, test=test)
        known = organised.facts(replace(result, detection=detection))
        assert not known["by_chance"]
        assert known["barely"] == (told == "hardly clearer than")


@pytest.mark.slow
def test_modelled_layers_are_apart_from_communities(stars):
    links = [*STARS, ("b", "y", 90, "model"), ("c", "z", 1, "model")]
    both = context_of(network_of(links, modelled=["model"]))
    alone, together = (each.once(organised.compute) for each in (stars, both))
    pd.testing.assert_frame_equal(together.communities, alone.communities)
    assert together.inside == alone.inside
    only = context_of(network_of(STARS, layer="model", modelled=["model"]))
    known = facts_of(organised, only)
    assert (known["tested"], known["untested"]) == (False, "why_all_modelled")
    assert known["n_brokers"] is None  # modelled links make no brokers
    assert text_in(organised, only).answer.startswith("The modelled links make 2 communities")


def test_a_park_between_its_home_and_its_host_is_a_broker():
    # Firm f of Q, park p of Q in P, firms g of P and h of R, each linked to the park alone.
    # Ordered pairs: f-g and f-h with p of Q: f p g, f p h representative, and back gatekeeper;
    # g-h by way of p, three jurisdictions: liaison, both ways.
    nodes = pd.DataFrame(
        {"place": ["Q", "P", "P", "R"], "jurisdiction": ["Q", "Q", "P", "R"]}, index=list("fpgh")
    )
    network = network_of([("f", "p", 1), ("g", "p", 1), ("h", "p", 1)], nodes=nodes)
    context = context_of(network)
    table = context.once(organised.brokers)
    assert table.index.tolist() == ["p"]
    row = table.loc["p"]
    assert row[[*organised.ROLES, "together"]].tolist() == [0, 0, 2, 2, 2, 6]
    assert row["enclave"]
    assert row["jurisdiction"] == "Q"
    known = facts_of(organised, context)
    assert (known["n_brokers"], known["across"]) == (1, 1)
    assert known["enclave_brokers"] == 1
    text = said(organised, context)
    assert "1 node stands between two others that are not linked directly." in text
    assert "1 of them is an enclave." in text


def test_names_for_display_are_the_english_name_then_the_name_then_the_id():
    names = {"name": ["衢州", "杭州", " "], "name_en": ["Quzhou", None, None]}
    nodes = pd.DataFrame({"place": list("PQR"), **names}, index=list("abc"))
    places = pd.DataFrame(names, index=list("PQR"))
    context = context_of(network_of(CHAIN, nodes=nodes, places=places))
    assert context.names == {"P": "Quzhou", "Q": "杭州", "R": "R"}
    assert [context.language.places[each] for each in "abc"] == ["Quzhou", "杭州", "c"]


def test_chinese_ids_and_names_go_before_english_names_on_a_chinese_page():
    places = pd.DataFrame(
        {"name": [None, "Yi", "Bing"], "name_en": ["A", "B", "C"], "name_zh": [None, None, "丙"]},
        index=["甲市", "b", "c"],
    )
    context = context_of(network_of([("甲市", "b"), ("b", "c")], places=places))
    chinese = context.in_language("zh")
    assert [chinese.language.places[each] for each in ("甲市", "b", "c")] == ["甲市", "B", "丙"]
    assert [context.language.places[each] for each in ("甲市", "b", "c")] == ["A", "B", "C"]
    if any("CJK" in font.name for font in fontManager.ttflist):
        assert chinese.drawn_names.tolist() == ["甲市", "B", "丙"]


@pytest.mark.slow
def test_layers_are_compared_where_there_are_two(stars):
    assert facts_of(organised, stars)["layers"] == 1
    assert "layer_overlap" not in tables_of(organised, stars)
    both = [*STARS, ("a", "b", 1, "other"), ("b", "c", 1, "other")]
    context = context_of(network_of(both, modelled=["other"]))
    # Seven linked pairs and two, one in common: 1 / 8.
    overlap = context.once(organised.compute).overlap
    assert overlap.loc["links", "other"] == pytest.approx(1 / 8)
    known = facts_of(organised, context)
    assert (known["layers"], known["overlap"]) == (2, pytest.approx(1 / 8))
    told = "The two layers share 12 % of their linked pairs of places."
    assert told in text_in(organised, context).answer
    table = tables_of(organised, context)["layer_overlap"]
    assert table.modelled == ("other",)
    assert table.frame.columns.tolist() == ["links", "other"]


def test_places_are_specialised_in_the_layers_where_they_have_more_than_others():
    links = [("a", "b", 1, "x"), ("b", "c", 1, "y"), ("a", "c", 1, "y"), ("b", "c", 1, "x")]
    context = context_of(three(links))
    # Links of Q: 2 in x, 1 in y; P 1 and 1; R 1 and 2; all 4 and 4. |1/2 - 2/3| twice = 1/3.
    table = context.once(organised.specialisation)
    assert table["krugman_index"].to_dict() == pytest.approx({"P": 0, "Q": 1 / 3, "R": 1 / 3})
    known = facts_of(organised, context)
    special = dict(zip(known["specialised"], known["most_in"], strict=True))
    assert special == {"Q": "x", "R": "y"}
    assert (
        "linked places with at least their median number of links (Krugman's index of numbers"
        in said(organised, context)
    )
    assert context_of(three(CHAIN)).once(organised.specialisation) is None


@pytest.mark.slow
@pytest.mark.parametrize("n", [2, 3])
def test_the_smallest_networks_are_told_of(n):
    context = context_of(network_of([("a", "b"), ("b", "c")][: n - 1]))
    text = "".join(said(organised, context, code) for code in ("en", "zh"))
    assert not re.search(r"\bnan\b|None|not known|不详|\b1 (places|communities|nodes)", text)
    assert ("No node stands between" in text) == (n == 2)

"""The section on who gains: sharing and governance by hand, and what they refuse."""

from dataclasses import replace

import pandas as pd
import pytest

from netinnov.errors import InputError
from netinnov.planning import in_core
from netinnov.study.sections import SECTIONS, _governance as governance, _sharing as sharing
from study_cases import (
    LINKS,
    NODES,
    PLACES,
    STARS,
    context_of,
    few_draws,
    figures_of,
    network_of,
    parks,
    plain_text_of,
)

(gains,) = (section for section in SECTIONS if section.name == "gains")


@pytest.fixture(autouse=True)
def few_placements():
    with few_draws():
        yield


def test_enclaves_are_shared_on_their_own_network():
    result = sharing.compute(parks(sharing={}))
    # Pairs P-Q, P-R, S-Q: a path R - P - Q - S of four places.
    assert result.pairs.players == [*"PQRS"]
    assert len(result.pairs.links) == 3
    # Closeness in a path of four, over three others: ends 1 + 1/2 + 1/3, inner 1 + 1 + 1/2.
    assert result.total == pytest.approx((2 * 11 / 6 + 2 * 5 / 2) / 3)
    assert result.game.value({"P", "Q"}) == pytest.approx(2 / 3)
    assert result.game.value({"P", "S"}) == 0
    assert result.game.value({"P", "Q", "S"}) == pytest.approx((2 * 3 / 2 + 2) / 3)
    by = result.benefits.set_index(["rule", "player"])["share"]
    # By symmetry of the path P gets what Q gets, and R what S gets.
    assert by["shapley", "P"] == pytest.approx(by["shapley", "Q"])
    assert by["nucleolus", "R"] == pytest.approx(by["nucleolus", "S"])
    for rule in ("equal", "shapley", "nucleolus"):
        assert by[rule].sum() == pytest.approx(result.total)
        assert result.in_core[rule] == in_core(result.game, by[rule])
    facts = sharing.facts(result)
    assert (facts["linked"], facts["players"]) == (3, 4)
    assert facts["top"] == ["P", "Q"]
    assert facts["top_share"] == pytest.approx(by["shapley", "P"] / result.total)
    outside = [f"rule_{rule}" for rule, stable in result.in_core.items() if not stable]
    assert facts["unstable_rules"] == outside
    said = plain_text_of(gains, parks(sharing={}))
    assert "P and Q would get most" in said.answer
    assert any("no tax" in note for note in said.notes)


def test_what_sharing_needs_is_named_before_anything_runs():
    with pytest.raises(InputError, match=r"\[sharing\] needs enclaves.*Leave \[sharing\] out"):
        sharing.pairs_of(context_of(network_of(STARS), sharing={}))


def test_one_pair_raises_and_equal_shares_have_no_first():
    nodes = NODES.drop(index=["park_2", "park_3"])
    context = context_of(network_of(LINKS[:4], nodes=nodes, places=PLACES), sharing={})
    facts = sharing.facts(sharing.compute(context))
    assert (facts["linked"], len(facts["top"]), facts["core_empty"]) == (1, 2, False)
    assert (facts["core_low"], facts["core_high"]) == pytest.approx((0, 2))
    assert facts["unstable_rules"] == []
    result = gains.compute(context)
    said = plain_text_of(gains, result)
    assert "2 places contribute equally to the access that 1 link between" in said.answer


def test_pairs_of_enclaves_are_counted_once_each(monkeypatch):
    monkeypatch.setattr(sharing, "MOST_PLAYERS", 3)
    # P has two parks in Q and two in S, R one in S, and only three places may take part.
    rows = [("P", "P"), ("Q", "Q"), ("R", "R"), ("S", "S")]
    rows += [("Q", "P"), ("Q", "P"), ("Q", "P"), ("S", "P"), ("S", "P"), ("S", "R"), ("S", "R")]
    ids = [f"n{i}" for i in range(len(rows))]
    nodes = pd.DataFrame(rows, index=ids, columns=["place", "jurisdiction"]).assign(kind="park")
    links = [("n0", "n1"), ("n1", "n3"), ("n2", "n3"), ("n0", "n3")]
    places = pd.DataFrame({"population": [1.0, 9, 1, 9]}, index=[*"PQRS"])
    network = network_of(links, nodes=nodes, places=places)
    result = sharing.compute(context_of(network, sharing={}))
    facts = sharing.facts(result)
    assert (facts["linked"], facts["reverse_only"], facts["pairs_left_out"]) == (2, True, 1)
    assert result.pairs.left_out == 1  # that of R and S, though of two enclaves


@pytest.mark.slow
def test_home_and_host_are_those_of_most_enclaves_and_all_have_as_many_links(monkeypatch):
    choice = governance.choice_of(parks(governance={}))
    assert (choice.home, choice.host) == ("P", "Q")
    monkeypatch.setattr(governance, "LINKS", 4)
    joint = gains.compute(stars())
    assert "With new links, at most 4 each," in plain_text_of(gains, joint).answer
    result = governance.compute(stars())
    built = result.comparison.approaches["size"]
    assert set(built.drop("merger")) == {4.0}
    assert governance.facts(result)["size"] == 4


def stars(experiment=None, people=None, **settings):
    """Two stars with coordinates, in two lands; `people` live in b and in x."""
    lat = [0, 1, 2, 3, 0, 1, 2, 3]
    places = pd.DataFrame({"place": [*"abcdwxyz"], "lon": range(8), "lat": lat})
    if people is not None:
        places["population"] = places["place"].map(dict(zip("bx", people, strict=True)))
    network = network_of(STARS, places=places.assign(land=[*"AAAABBBB"]))
    parts = {} if experiment is None else {"experiment": experiment}
    return context_of(network, **parts, governance={"home": "b", "host": "x", **settings})


def test_a_star_is_compared():
    context = stars()
    result = governance.compute(context)
    effects = result.comparison.to_frame().set_index(["measure", "approach"])["difference"]
    best = effects["home_access"].drop("merger").idxmax()
    facts = governance.facts(result)
    assert facts["best_home"] == [best]
    assert facts["not_compared"] == ["merger"]
    assert facts["size"] == 10
    assert context.measures.border == 0
    assert facts["border"] == 1


def test_what_has_no_links_is_in_no_comparison():
    # As if a merger were the best for all.
    result = gains.compute(stars())
    effects = result.results["governance"].comparison.effects
    best = effects["approach"].eq("merger")
    effects = effects.assign(difference=effects["difference"].mask(best, 9.0))
    approaches = result.results["governance"]
    compared = replace(approaches.comparison, effects=effects)
    results = {**result.results, "governance": replace(approaches, comparison=compared)}
    result = replace(result, results=results)
    facts = gains.facts(result)
    for best in ("best_home", "best_host"):
        assert "merger" not in facts[best]
    for code, word, shown, beside in (
        ("en", "merger", "(but shown)", "; without new links a merger does more for b and x."),
        ("zh", "合并", "（图表中一并列出）", "；不新增联系的合并使b、x提高更多。"),
    ):
        said = plain_text_of(gains, result, code)
        assert said.answer.endswith(beside)
        assert [word in note for note in said.notes].count(True) == 1
        assert [shown in note for note in said.notes] == [word in note for note in said.notes]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("people", "called"), [((1.0, 9.0), "reverse"), ((9.0, 1.0), "forward"), ((5.0, 5.0), "")]
)
def test_no_enclave_is_named_by_another_direction_than_its_own(people, called):
    # Home b and host x rank by their populations.
    result = gains.compute(stars(people=people))
    tried = result.results["governance"].comparison.approaches.index
    assert (f"{called} enclave".strip()) in tried
    written = " ".join(table.frame.to_csv() for table in gains.tables(result))
    written += " ".join(map(str, gains.facts(result).values()))
    for code in ("en", "zh"):
        said = plain_text_of(gains, result, code)
        written += " ".join([said.answer, *said.notes])
    for word, chinese in (("reverse", "反向"), ("forward", "正向")):
        assert word == called or not (f"{word} enclave" in written or chinese in written)


@pytest.mark.parametrize(("people", "reverse"), [([1.0, 2, 3, 0], True), ([3.0, 2, 1, 4], False)])
def test_enclaves_that_share_are_called_reverse_only_if_they_are(people, reverse):
    # Homes P and S, hosts Q and R.
    network = network_of(LINKS, nodes=NODES, places=PLACES.assign(population=people))
    result = gains.compute(context_of(network, sharing={}))
    assert gains.facts(result)["reverse_only"] == reverse
    assert ("reverse enclaves" in plain_text_of(gains, result).answer) == reverse
    assert ("反向飞地" in plain_text_of(gains, result, "zh").answer) == reverse


def test_an_approach_that_gains_nothing_is_not_best():
    # All pairs but one are linked, at the length 1 and without borders: nothing gets shorter.
    result = governance.compute(stars())
    flat = result.comparison.effects.assign(difference=0.0)
    same = replace(result, comparison=replace(result.comparison, effects=flat))
    facts = governance.facts(same)
    assert (facts["best_home"], facts["best_host"]) == ([], [])
    assert figures_of(governance, same) == {}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, r"experiment has none\. Set governance\.home and governance\.host"),
        ({"home": "a", "host": "a"}, "must not be the home"),
        ({"home": "a", "host": "q"}, "governance.host.* not in the places of the report"),
    ],
)
def test_what_governance_needs_is_named_before_anything_runs(settings, words):
    with pytest.raises(InputError, match=words):
        governance.choice_of(context_of(network_of(STARS), governance=settings))

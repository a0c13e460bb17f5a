"""Players in unions and with links; rules of sharing and how long an allocation lasts."""

from itertools import combinations, pairwise, permutations
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from games import AIRPORT, GLOVES, KINDS, MAJORITY, close, draw_game, games
from netinnov.errors import InputError
from netinnov.planning import (
    Game,
    allocation_stability,
    excess,
    myerson_value,
    owen_value,
    share_benefits,
)


@st.composite
def with_unions(draw: st.DrawFn) -> tuple[Game, list[list[Any]]]:
    game = draw(games(most=6))
    labels = draw(st.lists(st.integers(0, 3), min_size=6, max_size=6))
    unions: dict[int, list[Any]] = {}
    for player, label in zip(game.players, labels, strict=False):
        unions.setdefault(label, []).append(player)
    return game, list(unions.values())


@st.composite
def with_links(draw: st.DrawFn) -> tuple[Game, list[tuple[Any, Any]]]:
    game = draw(games(least=2, most=6))
    pairs = list(combinations(game.players, 2))
    return game, draw(st.lists(st.sampled_from(pairs), unique=True, max_size=8))


@given(with_unions())
def test_owen_value_is_the_mean_over_orders_that_keep_unions_together(case: Any) -> None:
    game, unions = case
    total = dict.fromkeys(game.players, 0.0)
    n_orders = 0
    place = {player: k for k, union in enumerate(unions) for player in union}
    for order in permutations(game.players):
        blocks = [place[player] for player in order]
        if sum(one != other for one, other in pairwise(blocks)) >= len(unions):
            continue
        n_orders += 1
        for k, player in enumerate(order):
            total[player] += game.value(order[: k + 1]) - game.value(order[:k])
    expected = pd.Series(total) / n_orders
    close(owen_value(game, unions=unions), expected, game)


def test_who_stands_between_others_is_paid_for_it_by_hand() -> None:
    # a - b - c: {a, c} is worth nothing now, so b turns four of six orders.
    found = myerson_value(MAJORITY, links=[("a", "b"), ("b", "c")])
    assert found.tolist() == pytest.approx([1 / 6, 4 / 6, 1 / 6])
    assert found.name == "myerson_value"


@given(with_links())
def test_a_link_gives_both_of_its_ends_the_same(case: Any) -> None:
    game, links = case
    found = myerson_value(game, links=links)
    for link in links:
        less = myerson_value(game, links=[other for other in links if other != link])
        change = found - less
        close(change[link[0]], change[link[1]], game)


@given(with_links())
def test_each_connected_part_divides_its_value(case: Any) -> None:
    game, links = case
    found = myerson_value(game, links=links)
    graph = nx.Graph(links)
    graph.add_nodes_from(game.players)
    for part in nx.connected_components(graph):
        close(found[list(part)].sum(), game.value(part), game)


@pytest.mark.parametrize("kind", KINDS)
def test_values_agree_with_coopgame(kind: str) -> None:
    coopgame = pytest.importorskip("coopgame")
    game = draw_game(kind, 8, 8)
    other, name = coopgame.Game(game.values[1:].tolist()), game.players
    unions = [[3, 1], [0], [7, 2, 4], [5, 6]]
    links = [(0, 3), (3, 7), (1, 2), (2, 4), (4, 1), (5, 3)]
    named = [[name[i] for i in union] for union in unions]
    close(owen_value(game, unions=named), coopgame.owen(other, unions), game)
    pairs = [(name[i], name[j]) for i, j in links]
    close(myerson_value(game, links=pairs), coopgame.myerson(other, links), game)


def test_benefits_are_shared_by_the_default_rules() -> None:
    table = share_benefits(GLOVES)
    assert table.columns.tolist() == [
        "rule", "player", "share", "in_core", "largest_excess", "objector",
    ]  # fmt: skip
    shares = table.pivot(index="rule", columns="player", values="share")
    assert shares.loc["equal"].tolist() == pytest.approx([1 / 3] * 3)
    assert shares.loc["shapley"].tolist() == pytest.approx([2 / 3, 1 / 6, 1 / 6])
    assert shares.loc["nucleolus"].tolist() == pytest.approx([1, 0, 0])
    by_rule = table.groupby("rule").first()
    assert by_rule["in_core"].to_dict() == {"equal": False, "nucleolus": True, "shapley": False}
    # l and x have 2/3 of the 1 that they achieve; under Shapley 5/6.
    assert by_rule.loc["equal", "largest_excess"] == pytest.approx(1 / 3)
    assert by_rule.loc["shapley", "largest_excess"] == pytest.approx(1 / 6)
    assert by_rule.loc["equal", "objector"] == frozenset("lx")
    assert table.loc[table["rule"] == "nucleolus", "objector"].isna().all()


def test_rules_may_be_weights_and_functions() -> None:
    rules = {
        "invested": {"p": 1, "q": 0, "r": 3},
        "taxes": pd.Series([2.0, 1.0, 1.0], list("rqp")),
        "joint park": lambda game: owen_value(game, unions=[["p", "q"], ["r"]]),
        "per member": "per_capita_nucleolus",
    }
    shares = share_benefits(AIRPORT, rules=rules).pivot(
        index="rule", columns="player", values="share"
    )
    assert shares.loc["invested"].tolist() == [0.75, 0, 2.25]
    assert shares.loc["taxes"].tolist() == [0.75, 0.75, 1.5]
    expected = owen_value(AIRPORT, unions=[["p", "q"], ["r"]])
    assert shares.loc["joint park"].tolist() == expected.tolist()


@given(games(least=2, most=5))
def test_each_rule_has_its_largest_excess(game: Game) -> None:
    rules = ["equal", "shapley", "nucleolus", "per_capita_nucleolus"]
    for _, part in share_benefits(game, rules=rules).groupby("rule"):
        shares = part.set_index("player")["share"]
        gaps = excess(game, shares)
        largest = part["largest_excess"].iloc[0]
        assert largest == gaps.iloc[0]
        assert part["in_core"].nunique() == 1
        objector = part["objector"].iloc[0]
        if objector:
            assert gaps[objector] == pytest.approx(largest, abs=1e-8 * np.abs(game.values).max())
        else:
            assert part["in_core"].all()


def test_stability_counts_games_and_objections() -> None:
    # Of 6, 3 each; scaled to 8: 4 each. b alone has 2, 5, 5 and 3.
    listed = [
        Game(["a", "b"], [0, 1, 2, 6]),
        Game(["a", "b"], [0, 1, 5, 6]),
        Game(["b", "a"], [0, 5, 1, 8]),
        Game(["a", "b"], [0, 4, 3, 8]),
    ]
    found = allocation_stability(listed, pd.Series({"b": 3.0, "a": 3.0}))
    assert found.share == 0.5
    assert found.objections.to_dict() == {frozenset("b"): 0.5}
    assert found.to_frame().to_numpy().tolist() == [[frozenset("b"), 0.5]]


@pytest.mark.parametrize(
    ("call", "argument", "words"),
    [
        (owen_value, {"unions": [["a", "b"]]}, "each player in one union; in none: 'c'"),
        (owen_value, {"unions": [["a", "b"], ["b", "c"]]}, "in more than one: 'b'"),
        (owen_value, {"unions": [["a", "b"], ["c", "z"]]}, "players of the game, .*; found 'z'"),
        (owen_value, {"unions": ["ab", "c"]}, "found the text 'ab'"),
        (myerson_value, {"links": [("a", "b", "c")]}, r"pairs of two players.* \('a', 'b'"),
        (myerson_value, {"links": [("a", "a")]}, r"found \('a', 'a'\)"),
        (myerson_value, {"links": ["ab"]}, "found 'ab'"),
        (share_benefits, {"rules": ["equity"]}, "knows 'equal', .*, weights and functions; found"),
        (share_benefits, {"rules": {"area": {"a": 1, "b": 1}}}, r"`rules\['area'\]` must hold one"),
        (share_benefits, {"rules": {"area": {"a": -1, "b": 1, "c": 1}}}, "weights of at least 0"),
        (share_benefits, {"rules": {"area": {"a": 0, "b": 0, "c": 0}}}, "and one above 0"),
        (share_benefits, {"rules": {"mine": lambda _: 3}}, r"`rules\['mine'\]\(game\)` must be of"),
        (share_benefits, {"rules": []}, "at least one rule"),
    ],
)
def test_what_is_no_union_link_or_rule_is_refused(call: Any, argument: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        call(MAJORITY, **argument)


@pytest.mark.parametrize(
    ("listed", "allocation", "words"),
    [
        ([], {"a": 1}, "at least one game"),
        ([MAJORITY, Game(["a"], [0, 1])], {"a": 1, "b": 1, "c": 1}, "same players, .* found 'a'"),
        ([MAJORITY], {"a": 1, "b": -1, "c": 0}, "must not add up to 0"),
    ],
)
def test_bad_input_to_stability(listed: Any, allocation: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        allocation_stability(listed, allocation)

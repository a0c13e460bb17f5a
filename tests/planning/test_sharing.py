"""Players in unions and with links; rules of sharing and how long an allocation lasts."""

from itertools import combinations, pairwise, permutations
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from games import AIRPORT, GLOVES, KINDS, draw_game, games
from netinnov.errors import InputError
from netinnov.planning import (
    Game,
    allocation_stability,
    excess,
    myerson_value,
    owen_value,
    share_benefits,
)

MAJORITY = Game(["a", "b", "c"], [0, 0, 0, 1, 0, 1, 1, 1])


def close(found: Any, expected: Any, game: Game) -> None:
    scale = max(1.0, float(np.abs(game.values).max()))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12 * scale)


@st.composite
def with_unions(draw: st.DrawFn) -> tuple[Game, list[list[Any]]]:
    """A game and a partition of its players."""
    game = draw(games(most=6))
    labels = draw(st.lists(st.integers(0, 3), min_size=6, max_size=6))
    unions: dict[int, list[Any]] = {}
    for player, label in zip(game.players, labels, strict=False):
        unions.setdefault(label, []).append(player)
    return game, list(unions.values())


@st.composite
def with_links(draw: st.DrawFn) -> tuple[Game, list[tuple[Any, Any]]]:
    """A game and a graph on its players."""
    game = draw(games(least=2, most=6))
    pairs = list(combinations(game.players, 2))
    return game, draw(st.lists(st.sampled_from(pairs), unique=True, max_size=8))


# Unions


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


@pytest.mark.parametrize("kind", KINDS)
def test_owen_value_agrees_with_coopgame(kind: str) -> None:
    coopgame = pytest.importorskip("coopgame")
    game = draw_game(kind, 8, 8)
    unions = [[3, 1], [0], [7, 2, 4], [5, 6]]
    other = coopgame.owen(coopgame.Game(game.values[1:].tolist()), unions)
    names = [[game.players[i] for i in union] for union in unions]
    close(owen_value(game, unions=names), other, game)


# Links


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
def test_myerson_value_agrees_with_coopgame(kind: str) -> None:
    coopgame = pytest.importorskip("coopgame")
    game = draw_game(kind, 8, 8)
    links = [(0, 3), (3, 7), (1, 2), (2, 4), (4, 1), (5, 3)]
    other = coopgame.myerson(coopgame.Game(game.values[1:].tolist()), links)
    names = [(game.players[i], game.players[j]) for i, j in links]
    close(myerson_value(game, links=names), other, game)


@pytest.mark.parametrize(
    ("unions", "words"),
    [
        ([["a", "b"]], "each player in one union; in none: 'c'"),
        ([["a", "b"], ["b", "c"]], "in more than one: 'b'"),
        ([["a", "b"], ["c", "z"]], "players of the game, 'a', 'b', 'c'; found 'z'"),
        (["ab", "c"], "found the text 'ab'"),
    ],
)
def test_unions_that_are_no_partition_are_refused(unions: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        owen_value(MAJORITY, unions=unions)


@pytest.mark.parametrize(
    ("links", "words"),
    [
        ([("a", "b", "c")], r"pairs of two players, .*; found \('a', 'b', 'c'\)"),
        ([("a", "a")], r"found \('a', 'a'\)"),
        (["ab"], "found 'ab'"),
        ([("a", "z")], "found 'z'"),
    ],
)
def test_links_that_are_no_pairs_are_refused(links: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        myerson_value(MAJORITY, links=links)


# Rules


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


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (["equity"], "knows 'equal', 'shapley', .*, weights and functions; found 'equity'"),
        ({"area": {"a": 1, "b": 1}}, r"`rules\['area'\]` must hold one number .*; found 'a', 'b'"),
        ({"area": {"a": -1, "b": 1, "c": 1}}, "weights of at least 0"),
        ({"area": {"a": 0, "b": 0, "c": 0}}, "and one above 0"),
        ({"mine": lambda game: 3}, r"`rules\['mine'\]\(game\)` must be of the type Series"),
        ([], "at least one rule"),
    ],
)
def test_bad_rules_are_refused(rules: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        share_benefits(MAJORITY, rules=rules)


# Stability


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
    ("listed", "allocation", "words"),
    [
        ([], {"a": 1}, "at least one game"),
        ([MAJORITY, Game(["a"], [0, 1])], {"a": 1, "b": 1, "c": 1},
         "the same players, .* found 'a'"),
        ([MAJORITY], {"a": 1, "b": -1, "c": 0}, "must not add up to 0"),
    ],
)  # fmt: skip
def test_bad_input_to_stability(listed: Any, allocation: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        allocation_stability(listed, allocation)

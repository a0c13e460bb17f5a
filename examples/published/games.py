"""Published numbers of cooperative games and of the transport problem."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from string import ascii_lowercase

import pandas as pd

from netinnov.planning import Game
from published.rows import Reading, Row, Topic

__all__ = ["TOPICS"]


def game(players: Iterable[str], worth: Callable[[list[str]], float]) -> Game:
    """The game in which each group of players is worth what a function says."""
    names = list(players)
    groups = (
        [name for k, name in enumerate(names) if mask >> k & 1] for mask in range(1 << len(names))
    )
    return Game(names, [worth(group) if group else 0 for group in groups])


def of_mapping(worth: dict[str, float]) -> Game:
    """The game of three players that gives each group its worth, 0 if it is not named."""
    return game("123", lambda group: worth.get("".join(group), 0))


def costs(amounts: list[float]) -> Game:
    """The airport game: a group pays for the longest runway that one of it needs."""
    needs = dict(zip(ascii_lowercase, amounts, strict=False))
    return game(needs, lambda group: -max(needs[name] for name in group))


def claims(estate: float, amounts: list[float]) -> Game:
    """The bankruptcy game: a group has what is left when all others have taken their claims."""
    owed = dict(zip(ascii_lowercase, amounts, strict=False))
    total = sum(amounts)
    return game(owed, lambda group: max(0, estate - total + sum(owed[name] for name in group)))


def votes(quota: float, weights: dict[str, float]) -> Game:
    """The voting game: a group wins if its votes reach the quota."""
    return game(weights, lambda group: float(sum(weights[name] for name in group) >= quota))


def council(quota: float, veto: int, permanent: int, others: int) -> Game:
    """The Security Council as a weighted vote."""
    names = {f"P{k}": veto for k in range(permanent)} | {f"N{k}": 1 for k in range(others)}
    return votes(quota, names)


EEC_1958 = votes(
    12, {"Germany": 4, "France": 4, "Italy": 4, "Belgium": 2, "Netherlands": 2, "Luxembourg": 1}
)
PAIRS = game("123", lambda group: {1: 0, 2: 60, 3: 72}[len(group)])
CANNERIES = pd.DataFrame(
    {
        "Bellingham": [464, 513, 654, 867],
        "Eugene": [352, 416, 690, 791],
        "Albert Lea": [995, 682, 388, 685],
    },
    index=["Sacramento", "Salt Lake City", "Rapid City", "Albuquerque"],
)
# 90 dollars a case and thousand miles, in thousands of dollars.
PLANTS = 0.09 * pd.DataFrame(
    {"Seattle": [2.5, 1.7, 1.8], "San Diego": [2.5, 1.8, 1.4]},
    index=["New York", "Chicago", "Topeka"],
)

ROWS = [
    Row(
        "Shapley value of the airport game with costs 40, 50, ..., 90",
        "40/6, 52/6, 67/6, 87/6, 117/6, 177/6",
        "-shapley_value(costs([40, 50, 60, 70, 80, 90]))",
        "Littlechild and Owen 1973",
        "formula of the paper",
    ),
    Row(
        "the same with costs 8, 11, 13, 18",
        "2, 3, 4, 9",
        "-shapley_value(costs([8, 11, 13, 18]))",
        "Wikipedia n.d.",
        "Airport problem, example",
    ),
    Row(
        "Owen value of costs 1, 1, 2 with the union of the first two",
        "0.25, 0.25, 1.5",
        '-owen_value(costs([1, 1, 2]), unions=[["a", "b"], ["c"]])',
        "Saavedra-Nieves n.d.",
        "manual, `Owen_value`",
        1e-9,
        "exact",
        Reading(
            "orders in which the union stands together",
            "all orders (Shapley value)",
            "-shapley_value(costs([1, 1, 2]))",
        ),
    ),
    Row(
        "division among claims of 120, 60, 40 and 30 (Ibn Ezra): the Shapley value of "
        "the largest claim",
        "485/6, 125/6, 65/6, 15/2",
        "-shapley_value(costs([120, 60, 40, 30]))",
        "O'Neill 1982",
        "problem of Ibn Ezra",
    ),
    *(
        Row(
            f"nucleolus of an estate of {estate}, claims 100, 200, 300",
            published,
            f"nucleolus(claims({estate}, [100, 200, 300]))",
            "Aumann and Maschler 1985",
            "table of the Mishna",
            reading=reading,
        )
        for estate, published, reading in (
            (
                200,
                "50, 75, 75",
                Reading(
                    "nucleolus of the bankruptcy game",
                    "its Shapley value",
                    "shapley_value(claims(200, [100, 200, 300]))",
                ),
            ),
            (300, "50, 100, 150", None),
        )
    ),
    Row(
        "nucleolus of an estate of 176, claims 40, 32, 11, 73.3, 54.95, 81.1",
        "20, 16, 5.5, 48.35, 30, 56.15",
        "nucleolus(claims(176, [40, 32, 11, 73.3, 54.95, 81.1]))",
        "Aumann and Maschler 1985",
        "rule of the paper; numbers of the manual of MatTuGames 1.9.2",
        1e-9,
        "exact",
    ),
    Row(
        "nucleolus of v(1) = -1, v(3) = 1, v(12) = 3, v(13) = 4, v(23) = 2, v(123) = 5",
        "8/3, 2/3, 5/3",
        'nucleolus(of_mapping({"1": -1, "3": 1, "12": 3, "13": 4, "23": 2, "123": 5}))',
        "Ferguson 2014",
        "part IV",
        reading=Reading(
            "nucleolus",
            "Shapley value",
            'shapley_value(of_mapping({"1": -1, "3": 1, "12": 3, "13": 4, "23": 2, "123": 5}))',
        ),
    ),
    Row(
        "per-capita nucleolus of v(13) = 9, v(23) = 10, v(123) = 12",
        "4/6, 7/6, 61/6",
        'per_capita_nucleolus(of_mapping({"13": 9, "23": 10, "123": 12}))',
        "Young 1985",
        "chapter 1",
        reading=Reading(
            "excess divided by the size of the coalition",
            "excess as it is (nucleolus)",
            'nucleolus(of_mapping({"13": 9, "23": 10, "123": 12}))',
        ),
    ),
    Row(
        "Myerson value of pairs worth 60 and all worth 72, links 1-2 and 2-3",
        "14, 44, 14",
        'myerson_value(pairs, links=[("1", "2"), ("2", "3")])',
        "Aumann and Myerson 1988",
        "introductory example",
        reading=Reading(
            "only linked groups cooperate", "all groups (Shapley value)", "shapley_value(pairs)"
        ),
    ),
    Row(
        "Shapley-Shubik power of a permanent and of another member of the Security "
        "Council, 15 members",
        "0.196, 4/2145",
        'shapley_value(council(39, 7, 5, 10))[["P0", "N0"]]',
        "Gonit Sora n.d.",
        "text",
    ),
    Row(
        "power of the five permanent members together (11 members)",
        "0.987",
        'shapley_value(council(27, 5, 5, 6))[["P0", "P1", "P2", "P3", "P4"]].sum()',
        "Shapley and Shubik 1954",
        "Security Council, 98.7 %",
    ),
    Row(
        "Banzhaf power of Germany and Belgium in the European Economic Community of 1958",
        "5/21, 1/7",
        '(banzhaf_value(eec) / banzhaf_value(eec).sum())[["Germany", "Belgium"]]',
        "Gregersen 2011",
        "p. 194",
        reading=Reading(
            "shares of all swings",
            "of the 32 coalitions of the others (`banzhaf_value`)",
            'banzhaf_value(eec)[["Germany", "Belgium"]]',
        ),
    ),
    Row(
        "Banzhaf power with 50, 49 and 1 votes of 100",
        "3/5, 1/5, 1/5",
        'banzhaf_value(votes(51, {"a": 50, "b": 49, "c": 1})) / 1.25',
        "Gregersen 2011",
        "p. 194",
    ),
    Row(
        "least cost of canned peas from three canneries to four warehouses, in dollars",
        "152535",
        "allocate_space(warehouses, canneries, by_truck).cost",
        "Hillier and Lieberman 2010",
        "P & T Company",
    ),
    Row(
        "least cost of the canning plants of Dantzig, in thousands of dollars",
        "153.675",
        "allocate_space(markets, plants, by_case).cost",
        "Rosenthal 1988",
        "model TRNSPORT",
        1e-9,
        "exact",
    ),
    Row(
        "reduced costs: San Diego to Chicago, Seattle to Topeka",
        "0.009, 0.036",
        "allocate_space(markets, plants, by_case).reduced_costs.to_numpy()[[1, 2], [1, 0]]",
        "Rosenthal 1988",
        "model TRNSPORT, marginals",
        1e-9,
        "exact",
    ),
]

TOPICS = [
    Topic(
        "Games and least cost",
        "Values are gains, so costs have a minus. `costs`, `claims`, `votes`, `council` "
        "and `of_mapping` are five "
        "lines each in `examples/published/games.py`; they fill a `Game` with the worth "
        "of every coalition.",
        ROWS,
        {
            "of_mapping": of_mapping,
            "costs": costs,
            "claims": claims,
            "votes": votes,
            "council": council,
            "eec": EEC_1958,
            "pairs": PAIRS,
            "by_truck": CANNERIES,
            "warehouses": pd.Series([80, 65, 70, 85], CANNERIES.index, dtype=float),
            "canneries": pd.Series([75, 125, 100], CANNERIES.columns, dtype=float),
            "by_case": PLANTS,
            "markets": pd.Series([325, 300, 275], PLANTS.index, dtype=float),
            "plants": pd.Series([350, 600], PLANTS.columns, dtype=float),
        },
    )
]

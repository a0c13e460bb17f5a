"""Which way enclaves reach: by what places rank, in the report, its experiment and the explorer."""

import numpy as np
import pandas as pd
import pytest

from netinnov.errors import InputError
from netinnov.study.sections import enclaves
from study_cases import context_of, network_of, said

OFF = {"structure": False}
SEATS = ["P", "Q", "R", "S"]
# Firms of P with branches in Q, R and S, and one of Q with a branch in P.
BRANCHES = [("P", "Q"), ("P", "R"), ("P", "S"), ("Q", "P")]
PAIRS = [("P", "Q"), ("P", "R"), ("Q", "R"), ("R", "S")]


def firms_and_branches(trips=(), **places):
    """Each seat with a firm, its branches, both kinds of links of branches, and trips of firms."""
    branches = [f"b{k}" for k in range(len(BRANCHES))]
    nodes = pd.DataFrame(
        {
            "kind": ["firm"] * 4 + ["place"] * 4 + ["branch"] * len(branches),
            "place": [*SEATS, *SEATS, *(host for _, host in BRANCHES)],
            "jurisdiction": [*SEATS, *SEATS, *(home for home, _ in BRANCHES)],
        },
        index=[*(f"f{seat}" for seat in SEATS), *SEATS, *branches],
    )
    links = [
        (f"f{home}", b, 1.0, "branches") for b, (home, _) in zip(branches, BRANCHES, strict=True)
    ]
    links += [(*pair, 1.0, "ownership") for pair in BRANCHES]
    links += [(*ends, weight, "trips") for *ends, weight in trips]
    table = pd.DataFrame({"place": SEATS, **places})
    return network_of(links, nodes=nodes, places=table, directed=["branches", "ownership"])


def directions(network, **settings):
    """Of each enclave, and what is said of how places rank."""
    result = enclaves.compute(context_of(network, **OFF, **settings))
    return result.table["direction"].tolist(), enclaves.facts(result)


def test_links_that_make_the_enclaves_do_not_rank_places():
    # P is in four of four links of either layer, so that by them it would rank first.
    known, facts = directions(firms_and_branches())
    assert known == ["unknown"] * 4
    assert (facts["n"], facts["unknown"], facts["reverse"], facts["forward"]) == (4, 4, 0, 0)
    assert (facts["ranked_by"], facts["rank_layers"]) == ([], [])


def test_strength_in_other_layers_ranks_where_populations_are_not_known():
    # Trips between firms: P 1, Q 3, R 5, S 3; a branch of P in S has 90, which do not count.
    trips = [("fP", "fQ", 1), ("fQ", "fR", 2), ("fR", "fS", 3), ("b2", "fR", 90)]
    known, facts = directions(firms_and_branches(trips))
    assert known == ["reverse", "reverse", "reverse", "forward"]
    assert (facts["ranked_by"], facts["rank_layers"]) == (["strength"], ["trips"])


def test_population_ranks_where_both_ends_have_one():
    trips = [("fP", "fQ", 1), ("fQ", "fR", 2), ("fR", "fS", 3)]
    network = firms_and_branches(trips, population=[9.0, 2.0, np.nan, np.nan])
    known, facts = directions(network)
    # P is larger than Q by population; R and S have none, and more trips than P.
    assert known == ["forward", "reverse", "reverse", "reverse"]
    assert (facts["ranked_by"], facts["rank_layers"]) == (["population", "strength"], ["trips"])
    known, facts = directions(network, enclaves={"rank": "strength"})
    assert known == ["reverse", "reverse", "reverse", "forward"]
    assert facts["ranked_by"] == ["strength"]


def test_a_column_of_the_places_can_rank_them():
    network = firms_and_branches(gdp=[1.0, 2.0, 1.0, np.nan], population=[4.0, 3.0, 2.0, 1.0])
    known, facts = directions(network, enclaves={"rank": "gdp"})
    # No other column stands in where it is missing.
    assert known == ["reverse", "level", "unknown", "forward"]
    assert (facts["ranked_by"], facts["rank_layers"]) == (["gdp"], [])
    context = context_of(network, **OFF, enclaves={"rank": "gdp"})
    assert "Places rank by gdp." in said(enclaves, context)


@pytest.mark.parametrize(
    ("rank", "words"),
    [
        ("gpd", "not in the columns of the places: 'gpd' .did you mean 'gdp'"),
        ("tier", "column 'tier' of the places must hold numbers to rank them by; found .*second"),
    ],
)  # fmt: skip
def test_columns_that_do_not_rank_are_refused(rank, words):
    network = firms_and_branches(gdp=[1.0] * 4, tier=["first", "second", "first", "first"])
    with pytest.raises(InputError, match=words):
        enclaves.compute(context_of(network, **OFF, enclaves={"rank": rank}))

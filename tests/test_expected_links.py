"""Links that are expected if participations are dealt at random: by hand and over all deals."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from netinnov.linkages import co_participation

SHARE = {"count": lambda k: 1, "newman": lambda k: 1 / (k - 1), "full": lambda k: 2 / (k * (k - 1))}
ROWS = pd.DataFrame({"who": list("abcab"), "event": [1, 1, 1, 2, 2]})


@pytest.mark.parametrize(
    ("weighting", "rate"), [("count", 8 / 20), ("newman", 5 / 20), ("full", 4 / 20)]
)
def test_expected_by_hand(weighting, rate):
    # a and b are twice in an event, c once; the 20 ordered pairs of the 5 seats are 6 + 2 in one
    # event, of which each gets 1, or (1/2, 1), or (1/3, 1).
    links = co_participation(ROWS, member="who", event="event", weighting=weighting, expected=True)
    np.testing.assert_allclose(links["expected"], [4 * rate, 2 * rate, 2 * rate])


@pytest.mark.parametrize("weighting", SHARE)
@pytest.mark.parametrize("by", [None, "city"])
def test_expected_is_the_mean_over_all_deals(weighting, by):
    rows = pd.DataFrame({"who": list("abcabd"), "event": [1, 1, 1, 2, 2, 3]})
    rows["city"] = rows["who"].map({"a": "x", "b": "x", "c": "y", "d": "y"})
    unit = "who" if by is None else "city"
    events, units = rows["event"].to_numpy(), rows[unit].to_numpy()
    mean: dict[tuple[str, str], float] = {}
    deals = list(itertools.permutations(range(len(rows))))
    for deal in deals:
        for one, two in itertools.combinations(range(len(rows)), 2):
            if events[one] == events[two]:
                pair = tuple(sorted((units[deal[one]], units[deal[two]])))
                share = SHARE[weighting]((events == events[one]).sum())
                mean[pair] = mean.get(pair, 0) + share / len(deals)
    links = co_participation(
        rows, member="who", event="event", by=by, weighting=weighting, expected=True
    )
    pairs = zip(links["source"], links["target"], strict=True)
    np.testing.assert_allclose(links["expected"], [mean[pair] for pair in pairs])


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 3)), min_size=1, max_size=15),
    st.sampled_from(list(SHARE)),
)
def test_expected_weights_of_all_pairs_add_up_to_the_weights(rows, weighting):
    table = pd.DataFrame(sorted(set(rows)), columns=["who", "event"]).assign(all="x")
    options = {"member": "who", "event": "event", "weighting": weighting, "expected": True}
    inside = co_participation(table, by="all", **options)  # all pairs, those with oneself too
    np.testing.assert_allclose(inside["expected"], inside["weight"])
    members = co_participation(table, **options)
    rate = inside["weight"].sum() * 2 / max(len(table) * (len(table) - 1), 1)
    degree = table["who"].value_counts()
    product = degree[members["source"]].to_numpy() * degree[members["target"]].to_numpy()
    np.testing.assert_allclose(members["expected"], product * rate)

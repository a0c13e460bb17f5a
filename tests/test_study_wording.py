"""Sentences of a report on data that are legitimate and odd: each is literally true."""

from __future__ import annotations

import pandas as pd

from netinnov.study.sections import (
    built,
    methods,
)
from study_cases import context_of, network_of, text_of

OFF = {"structure": False, "mechanisms": False}
FULL = [("a", "b", 1), ("b", "c", 2), ("c", "a", 3), ("a", "d", 4), ("b", "d", 5), ("c", "d", 6)]
BETWEEN = {"home": "a", "host": "b", "replicates": 0}


def test_all_rows_set_aside_are_counted():
    problems = [f"reason {k}" for k in range(7) for _ in range(9 - k)]
    rejected = pd.DataFrame({"table": "links", "problem": problems})
    text = text_of(
        methods.tell(methods.compute(context_of(network_of(FULL), rejected=rejected, **OFF)))
    )
    assert "Rows set aside: 42, by reason: reason 0 (9), reason 1 (8), " in text
    # 9 + 8 + 7 + 6 + 5 are named, 4 + 3 not.
    assert "reason 4 (5) and others (7)." in text


def test_one_self_link_is_one():
    context = context_of(network_of([*FULL, ("a", "a", 1)]), **OFF)
    assert "(1 of the pairs is a node with itself)" in text_of(built.offer(built.compute(context)))


def test_directed_and_undirected_strengths_are_explained_where_both_are_added_up():
    both = network_of([*FULL, ("a", "b", 7, "other")], directed=["other"])
    for network, said in ((both, True), (network_of(FULL), False)):
        context = context_of(network, **OFF)
        text = text_of(methods.explain(methods.compute(context)))
        assert ("counts as two opposite ones" in text) == said

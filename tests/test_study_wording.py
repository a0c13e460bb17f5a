"""Sentences of a report on data that are legitimate and odd: each is literally true."""

from __future__ import annotations

import math

import pandas as pd
import pytest

import netinnov as ni
from netinnov.errors import InputError
from netinnov.polycentricity import effective_number
from netinnov.study.sections import (
    built,
    governance,
    methods,
    plan,
    siting,
)
from study_cases import context_of, network_of, text_of

OFF = {"structure": False, "mechanisms": False}
FULL = [("a", "b", 1), ("b", "c", 2), ("c", "a", 3), ("a", "d", 4), ("b", "d", 5), ("c", "d", 6)]
BETWEEN = {"home": "a", "host": "b", "replicates": 0}


def borders(links, nodes=None):
    context = context_of(network_of(links, nodes=nodes), **OFF, governance=BETWEEN)
    return text_of(governance.tell(governance.compute(context)))


def test_links_inside_a_node_are_not_said_to_have_an_end_without_value():
    text = borders([*FULL, ("a", "a", 9), ("b", "b", 9)])
    assert "2 links are left out: 2 from a node to itself." in text
    # Node e has no kind: its one link is left out by kind, the self-link by every group.
    nodes = pd.DataFrame({"place": [*"abcde"], "kind": ["firm"] * 4 + [None]}, index=[*"abcde"])
    text = borders([*FULL, ("a", "a", 9), ("d", "e", 1)], nodes)
    assert "2 links are left out: 1 from a node to itself and 1 with an end that has no value." in (
        text
    )
    assert "left out" not in borders(FULL)


def test_the_default_target_of_a_plan_is_below_the_number_of_places():
    even = [(a, b, 5) for a in "abcde" for b in "abcde" if a < b]
    uneven = [*even[:-1], ("d", "e", 6)]
    own = {"placebos": 5, "resamples": 2, "homes": ["a", "b"], "hosts": ["d", "e"]}
    context = context_of(network_of(uneven), **OFF, siting=own, plan={"resamples": 5})
    today = effective_number([20, 20, 20, 21, 21])
    task = context.once(plan.task_of)
    assert today + 1 > 5
    assert task.target.at_least == pytest.approx((today + 5) / 2)
    far = context_of(network_of(uneven), **OFF, siting=own, plan={"effective_number": 5.5})
    with pytest.raises(InputError, match=r"at most the number of places of the report, 5: .*5\.5"):
        far.once(plan.task_of)


def test_an_interval_of_today_alone_is_not_called_none():
    own = {"form": "link", "placebos": 5, "resamples": 2, "homes": ["d"], "hosts": ["a"]}
    own["volume_share"] = 0.4123  # of a strength of 300
    links = [("a", "b", 900), ("a", "c", 900), ("c", "d", 300), ("b", "c", 100)]
    context = context_of(network_of(links), **OFF, siting=own, plan={"resamples": 40})
    result = plan.compute(context)
    low = result.plan.steps["low"]
    assert low.notna().tolist() == [True] + [False] * (len(low) - 1)
    text = text_of(plan.tell(result))
    assert "There is no interval" not in text
    assert "Only today's value has an interval" in text


def test_rounding_is_no_gain_of_plans_at_random():
    own = {"placebos": 20, "resamples": 0, "homes": ["d"], "hosts": ["a", "b"], "k": 1}
    links = [("a", "b", 9), ("a", "c", 9), ("c", "d", 3), ("b", "c", 1)]
    result = siting.compute(context_of(network_of(links), **OFF, siting=own))
    today = result.plan.baseline
    assert result.rise(today * (1 - 3e-16)) == "0 %"
    assert result.rise(math.nextafter(today, 2)) == "0 %"
    assert result.rise(1.5 * today) == "50 %"


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


def test_a_plan_says_why_it_has_no_interval():
    own = {"form": "link", "placebos": 5, "resamples": 2, "homes": ["d"], "hosts": ["a"]}
    links = [("a", "b", 9), ("a", "c", 9), ("c", "d", 3), ("b", "c", 1)]
    network = network_of(links)
    records = network.layer_table.assign(unit="points")
    scored = ni.MultilayerNetwork(
        network.nodes, network.links, places=network.places, layers=records
    )
    context = context_of(scored, **OFF, siting=own, plan={"resamples": 5})
    text = text_of(plan.tell(plan.compute(context)))
    assert "no interval: the unit of layer links, points, is not one of events." in text

"""Sentences of a report on data that are legitimate and odd: each is literally true."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov import study
from netinnov.errors import InputError
from netinnov.polycentricity import effective_number
from netinnov.study._loaded_data import load
from netinnov.study._words import places, short_of
from netinnov.study.sections import (
    _verdicts,
    built,
    central,
    centres,
    experiment,
    governance,
    layers,
    methods,
    multicentric,
    plan,
    profile,
    siting,
)
from study_cases import context_of, network_of, stand_in, text_of

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


def test_a_place_that_reached_nobody_has_changes_without_per_cent():
    # Directed links reach e and lead nowhere, so its access is 0 before: no change is relative.
    flows = [("a", "b", 3), ("b", "c", 2), ("c", "d", 1), ("d", "e", 1), ("a", "c", 5)]
    network = network_of(flows, directed=["links"])
    settings = {"home": "e", "host": "b", "replicates": 2}
    result = experiment.compute(context_of(network, experiment=settings, **OFF))
    text = text_of(_verdicts.trust(result))
    assert "Set up in" in text
    assert "not defined" not in text
    assert "0 of them have its sign" not in text
    assert "e's access stays as it is in the median of them: " in text


@pytest.mark.parametrize(
    ("hosts", "said"),
    [
        ("bbc", "a and b were chosen, as most enclaves in the data have them: 2 of 3."),
        ("bcd", "a and b were chosen, the first of 3 pairs with most enclaves in the data: 1 of 3"),
    ],
)
def test_home_and_host_are_only_said_to_have_most_enclaves_if_no_other_pair_has_as_many(
    hosts, said
):
    firms = pd.DataFrame({"place": [*"abcd"]}, index=[*"abcd"])
    parks = pd.DataFrame({"place": [*hosts], "jurisdiction": "a"}, index=["p", "q", "r"])
    network = network_of(FULL, nodes=pd.concat([firms, parks.assign(kind="park")]))
    context = context_of(network, experiment={"replicates": 2}, **OFF)
    assert said in text_of(experiment.tell(experiment.compute(context)))


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


def test_a_number_near_its_end_is_not_shown_as_the_end():
    assert places(23.54, 24) == "23.5"
    assert places(24.0, 24) == "24"
    assert places(24 * (1 + 1e-15), 24) == "24"
    assert places(368.7, 3000) == "369"
    assert places(2999.7, 3000) == "2,999.7"
    assert places(9.73, 24) == "9.7"
    assert short_of(1, 0.996) == "0.996"
    assert short_of(1, 1.0) == "1"
    assert short_of(1, 0.87) == "0.87"


def test_almost_equal_places_are_not_said_to_be_as_many_as_equal_ones():
    ring = [(f"c{i}", f"c{(i + 1) % 12}", 10 + i % 2) for i in range(12)]
    ring += [("c0", "c5", 3)]
    context = context_of(network_of(ring), mechanisms=False)
    result = multicentric.compute(context)
    assert round(result.whole.effective_number) == 12
    text = text_of(multicentric.tell(result))
    assert "as if 12 equal places" not in text


@pytest.mark.parametrize("events", [None, 1_000, 100_000])
def test_a_layer_in_money_has_intervals_by_its_events_only(events):
    # 12,000 euros are not 12,000 contracts: nobody knows how many are behind them.
    rng = np.random.default_rng(2)
    ids = [f"c{i}" for i in range(8)]
    rows = [(a, b, 100 * int(rng.integers(1, 9))) for a in ids for b in ids if a < b]
    nodes = pd.DataFrame({"place": ids}, index=ids)
    links = pd.DataFrame(rows, columns=["source", "target", "weight"]).assign(layer="contracts")
    record = {"contracts": {"unit": "EUR", "events": events}}
    network = ni.build_network(nodes, links, layers=record)
    settings = {"structure": {"resamples": 60, "replicates": 0, "restarts": 1}}
    context = context_of(network, mechanisms=False, **settings)
    result = context.once(profile.compute)
    low, high = result.table.loc["primacy", ["low", "high"]]
    if events is None:
        assert np.isnan([low, high]).all()
        text = text_of(centres.tell(context.once(centres.compute)))
        assert "Not computed: intervals, as the unit of layer contracts, EUR, is not one of" in text
        return
    # The share of a place in all ends has a standard deviation of about sqrt(p (1 - p) / n).
    share = result.table.loc["primacy", "value"]
    sd = math.sqrt(share * (1 - 2 * share) / (2 * events))
    assert 1.5 * sd < high - low < 8 * sd


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


def test_a_shifted_interval_is_said_to_be_shifted_and_counts_no_centre_less_than_there_must_be():
    rng = np.random.default_rng(9)
    flows = [(a, b, int(rng.integers(1, 4))) for a in "abcde" for b in "abcde" if a != b]
    network = network_of([*flows, ("a", "b", 3)], directed=["links"])
    settings = {"rule": "head_tail", "resamples": 60, "replicates": 0, "restarts": 1}
    result = context_of(network, structure=settings, mechanisms=False).once(profile.compute)
    row = result.table.loc["n_centres"]
    assert row["bias"] != 0
    # One place at least lies above the mean, unless all are equal.
    assert row["low"] >= 1
    assert "corrected for their bias." in text_of(profile.tell(result))


@pytest.mark.parametrize(("n", "size"), [(20, 3), (30, 3), (2, 3), (40, 4)])
def test_a_park_whose_size_is_left_open_has_a_link_home(n, size, no_set_ups):
    # A tenth of 20 links are 2, of which a quarter would round to none.
    links = [("h", f"p{k}", 1) for k in range(n)] + [("o", f"p{k}", 1) for k in range(5)]
    settings = {"home": "h", "host": "o", "pipeline_share": 0.25, "replicates": 2}
    result = experiment.compute(context_of(network_of(links), experiment=settings, **OFF))
    assert result.headline.sized.size == size
    text = text_of(experiment.tell(result))
    assert "links, 1 of them to home and the rest" in text
    assert ("so many more that one leads home" in text) == (n in (2, 20))
    assert result.headline.funding == ("new" if n == 2 else "reallocated")
    assert f"a tenth, and at least one, of the {n} of h in links" in text


def test_layers_without_a_common_pair_have_no_most_similar_ones():
    links = [("a", "b", 1, "x"), ("c", "d", 1, "x"), ("b", "c", 1, "y"), ("a", "d", 1, "z")]
    for network in (network_of(links), network_of(links[:3])):
        text = text_of(layers.tell(context_of(network, mechanisms=False).once(layers.compute)))
        assert text.startswith("No pair of places is linked in two layers.")
        assert "0 %" not in text


def test_nodes_without_a_column_of_places_are_compared_themselves(tmp_path):
    nodes = pd.DataFrame({"node": [*"abcd"], "place": [*"PPQQ"]})
    links = [("a", "b", 2), ("c", "d", 1)]
    inside = context_of(network_of(links, nodes=nodes.set_index("node")), **OFF)
    assert central.compute(inside) is None
    assert "leave their column of places out" in central.ABSENT
    nodes[["node"]].to_csv(tmp_path / "nodes.csv", index=False)
    table = pd.DataFrame(links, columns=["source", "target", "weight"])
    table.to_csv(tmp_path / "links.csv", index=False)
    data = study.configure({"data": {"path": str(tmp_path)}}).data
    result = central.compute(context_of(load(data).network, **OFF))
    assert {*result.table.index} == {*"abcd"}


@pytest.mark.parametrize(
    ("people", "modelled", "said"),
    [
        # Strengths of a ring are equal: 12 places.
        (
            [5.0] * 12,
            False,
            "12 by population and 12 by links: links are spread as evenly as",
        ),
        ([5.0] * 11 + [500.0], False, "links are spread more evenly than people."),
        ([5.0] * 11 + [500.0], True, ""),  # what a model makes of people is not compared with them
    ],
)
def test_links_are_compared_with_people_where_they_were_observed(people, modelled, said):
    ids = [f"c{i:02d}" for i in range(12)]
    links = [(one, other, 10) for one, other in zip(ids, ids[1:] + ids[:1], strict=True)]
    places = pd.DataFrame({"place": ids, "population": people})
    network = network_of(links, places=places, modelled=["links"] * modelled)
    settings = {"structure": {"resamples": 0, "replicates": 0, "restarts": 1}}
    text = text_of(profile.tell(context_of(network, **settings).once(profile.compute)))
    assert said in text
    assert bool(said) == ("by population" in text)


def test_a_correlation_that_is_not_1_is_not_written_as_1():
    names = ["x", "y"]
    table = pd.DataFrame([[1, 0.9988], [0.9988, 1]], names, names)
    result = layers.LayerSimilarity(stand_in(), table * 0, table)
    assert "The rank correlation of numbers of links in x and in y is 0.999." in text_of(
        layers.tell(result)
    )


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

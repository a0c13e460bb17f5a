"""Which host for the home of the experiment: the ranking on the page agrees with the experiment."""

import pandas as pd
import pytest

from netinnov.study.sections import hosts
from study_cases import context_of, network_of, said, tables_of, text_in

LINKS = [("h", "a"), ("a", "b"), ("b", "c"), ("b", "d"), ("c", "e")]
PARK = {"home": "h", "host": "a", "size": 2, "pipeline_share": 0.5, "funding": ["new"]}
PARK |= {"replicates": 20, "rivals": []}


@pytest.fixture
def ranked():
    context = context_of(network_of(LINKS), experiment=PARK)
    return context.once(hosts.compute)


def test_hosts_are_listed_by_rank_and_all_that_may_be_best_are_named(ranked) -> None:
    (table,) = tables_of(hosts, ranked).values()
    assert table.front
    assert table.view["median"].is_monotonic_decreasing
    assert table.view["host"].tolist() == ranked.ranking.index.tolist()
    known = hosts.facts(ranked)
    # To a leads a link already, so that a park there brings home least. One link leads home and one
    # to the host itself: 1/4 by c (2 in place of 3, e at 3) and by e (2 in place of 4), 1/6 by d.
    assert not known["own_leads"]
    assert known["best_median"] > known["own_median"]
    text = said(hosts, ranked)
    assert text.startswith("2 of 5 hosts cannot be told from the best for h: ")
    assert set(known["leaders"]) == {"c", "e"}
    assert "a is surely not the best: rank 4 to 5, " in text
    assert "Links are modelled" not in text
    for code in ("en", "zh"):
        assert "nan" not in said(hosts, ranked, code)


def test_a_place_without_links_is_no_host():
    # Home would gain by reaching f, which nobody else does.
    nodes = pd.DataFrame({"place": list("abcdefh")}, index=list("abcdefh"))
    context = context_of(network_of(LINKS, nodes=nodes), experiment=PARK)
    assert {*context.once(hosts.compute).ranking.index} == {*"abcde"}


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("a", "1 host is not ranked, because the distance from h is not known."),
        ("e", "1 host is not ranked (e), because the distance from h is not known."),
    ],
)
def test_hosts_at_an_unknown_distance_are_not_ranked_and_the_page_says_why(host, words):
    names = list("habcd")  # not e
    table = pd.DataFrame([(a, b, 30.0) for a in names for b in names if a < b])
    network = network_of(LINKS).with_distances(
        table.set_axis(["origin", "destination", "distance"], axis=1), unit="min"
    )
    measures = {"distance_weight": 1.0, "per": 60.0}
    context = context_of(network, experiment=PARK | {"host": host}, measures=measures)
    result = context.once(hosts.compute)
    assert result.ranking.index[-1] == "e"
    assert result.ranking.loc["e"].isna().all()
    assert "e" not in tables_of(hosts, result)["host_ranking"].view["host"].tolist()
    assert words in said(hosts, result)
    assert "nan" not in said(hosts, result)
    assert ("a is surely not" in said(hosts, result)) == (host == "a")
    assert "与h的距离不详，未参与排序。" in said(hosts, result, "zh")
    assert "not known" not in said(hosts, context_of(network, experiment=PARK))


def test_hosts_that_all_do_the_same_are_told_as_a_tie():
    # Home gives its one link up for a link of the park to a host: h is out of reach.
    part = PARK | {"size": 1, "pipeline_share": 0.0, "funding": ["reallocated"]}
    context = context_of(network_of(LINKS), experiment=part)
    result = context.once(hosts.compute)
    assert len(hosts.facts(result)["leaders"]) == 5
    text = said(hosts, result)
    assert text.startswith("The 5 hosts cannot be told apart")
    assert "because no shortest path uses the park." in text


def test_hosts_that_cannot_have_the_park_are_left_out(monkeypatch) -> None:
    monkeypatch.setattr(hosts, "MOST", 3)
    result = context_of(network_of(LINKS), experiment=PARK).once(hosts.compute)
    # The host that was tried, and the strongest others: b with 3 links, c with 2.
    assert {*result.ranking.index} == {"a", "b", "c"}
    monkeypatch.setattr(hosts, "DRAWN", 2)
    assert "(2 of 3)" in text_in(hosts, result).figures["host_ranking"][0]
    assert "Compared are the strongest of 5 linked places" in said(hosts, result)


def test_where_no_change_is_relative_hosts_are_not_ranked() -> None:
    # Directed links reach e and lead nowhere, so its access is 0 before.
    flows = [("a", "b", 3), ("b", "c", 2), ("c", "d", 1), ("d", "e", 1), ("a", "c", 5)]
    settings = {"home": "e", "host": "b", "replicates": 2}
    network = network_of(flows, directed=["links"])
    assert context_of(network, experiment=settings).once(hosts.compute) is None


def test_distances_are_in_the_table_where_places_have_coordinates() -> None:
    ids = [*"habcde"]
    places = pd.DataFrame({"place": ids, "lon": range(6), "lat": 0.0})
    context = context_of(network_of(LINKS, places=places), experiment=PARK)
    (table,) = tables_of(hosts, context).values()
    # A degree of the equator is 111.195 km.
    distance = table.view.set_index("host")["distance"]
    assert distance["a"] == pytest.approx(111.195, abs=1e-3)
    without = context_of(network_of(LINKS), experiment=PARK)
    (table,) = tables_of(hosts, without).values()
    assert "distance" not in table.view

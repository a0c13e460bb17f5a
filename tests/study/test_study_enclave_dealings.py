"""Enclaves against hosts dealt at random: directions, pairs, and where there is no test."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from netinnov.linkages import count_enclaves
from netinnov.null_models import Relocate, compare_with_null
from netinnov.study.sections import enclaves
from study_cases import context_of, facts_of, network_of, result_of, said, tables_of

SIZE = pd.Series(np.arange(3.0, 11.0), list("ABCDEFGH"))
PLACES = pd.DataFrame({"place": SIZE.index, "population": SIZE.to_numpy()})


def listed(home, host, places=PLACES, **options):
    """A network of branches of homes in hosts, each linked to its firm in the place of home."""
    n, seats = len(home), sorted({*home})
    nodes = pd.DataFrame(
        {"kind": "branch", "jurisdiction": list(home), "place": list(host)},
        index=[f"b{at:03}" for at in range(n)],
    )
    firms = pd.DataFrame({"kind": "firm", "place": seats}, index=[f"of {seat}" for seat in seats])
    links = [(f"of {seat}", node) for node, seat in zip(nodes.index, home, strict=True)]
    return network_of(links, nodes=pd.concat([nodes, firms]), places=places, **options)


def at_random(n, rng):
    """Small places own branches and large ones host them, else at random; some stay at home."""
    home = rng.choice(SIZE.index, n, p=SIZE.to_numpy()[::-1] / SIZE.sum())
    host = rng.choice(SIZE.index, n, p=SIZE.to_numpy() / SIZE.sum())
    dealt = Relocate(outside=True, trials=100)(listed(home, host), rng).nodes
    dealt = dealt[dealt["kind"] == "branch"]
    return [dealt[side].to_numpy(object) for side in ("jurisdiction", "place")]


def reaches_up(home, host):
    return int(host > home)  # their sizes have the order of their names


def planted(n, more, rng):
    """So many more reach up, by exchanges that keep the numbers of each home and host."""
    home, host = at_random(n, rng)
    while more > 0:
        i, j = rng.choice(len(home), 2, replace=False)
        before = reaches_up(home[i], host[i]) + reaches_up(home[j], host[j])
        after = reaches_up(home[i], host[j]) + reaches_up(home[j], host[i])
        if after > before and home[i] != host[j] and home[j] != host[i]:
            host[i], host[j] = host[j], host[i]
            more -= after - before
    return home, host


def study_of(network, replicates=199, **settings):
    draws = {"resamples": 0, "replicates": replicates}
    return context_of(network, structure=draws, **settings)


def test_a_planted_excess_is_told_with_its_interval():
    home, host = planted(150, 25, np.random.default_rng(1))
    context = study_of(listed(home, host))
    facts = facts_of(enclaves, context)
    up = SIZE[host].to_numpy() > SIZE[home].to_numpy()
    assert facts["reverse"] == up.sum()
    assert (facts["more"], facts["fewer"], facts["fixed"]) == (True, False, False)
    assert facts["p"] == pytest.approx(2 / 200)
    assert facts["high"] < facts["reverse"]
    text = said(enclaves, context)
    told = f"Chance gives fewer reverse ones: {facts['low']} to {facts['high']} where hosts are"
    assert told in text
    assert "199 random dealings of the hosts among the nodes outside" in text


@pytest.mark.slow
def test_lists_dealt_at_random_are_seldom_told_as_an_excess():
    rng = np.random.default_rng(3)
    facts = [facts_of(enclaves, study_of(listed(*at_random(60, rng)), 99)) for _ in range(80)]
    for told in (
        [each["more"] or each["fewer"] for each in facts],
        [bool(each["beyond"]) for each in facts],
    ):
        assert stats.binomtest(sum(told), len(told), 0.05, alternative="greater").pvalue > 0.01


def test_the_numbers_are_those_of_a_comparison_with_places_dealt_again():
    home, host = at_random(60, np.random.default_rng(4))
    network = listed(home, host)
    found = tables_of(enclaves, study_of(network, 41))
    options = {"null": Relocate(["branch"], outside=True), "replicates": 41, "rng": 1}
    count = partial(count_enclaves, rank=SIZE)
    by_way = compare_with_null(network, measure=count, progress=False, **options)
    ways, mine = ["reverse", "forward"], found["enclave_directions"].frame
    for column, theirs in (("number", by_way.observed), ("by_chance", by_way.mean)):
        np.testing.assert_allclose(mine[column], theirs[ways])
    # Westfall and Young: the largest excess of any pair in each dealing, by loops.
    by_pair = compare_with_null(
        network, measure=partial(count, by="pair"), progress=False, **options
    )
    every = pd.concat([by_pair.observed.to_frame().T, by_pair.draws])
    tail = stats.poisson.sf(every.to_numpy() - 1, every.mean().to_numpy())
    excess = np.where(every.to_numpy() > 1, -np.log(tail), 0)
    pairs = found["enclave_pairs"].frame.set_index(["home", "host"])
    assert (pairs["number"] > 0).all()
    assert pairs["number"].sum() == (home != host).sum()
    for at, pair in enumerate(every):
        if every.iloc[0, at]:
            assert pairs.loc[pair, "by_chance"] == pytest.approx(by_pair.mean[pair])
            as_large = (excess[1:].max(axis=1) >= excess[0, at] - 1e-9).sum()
            assert pairs.loc[pair, "p"] == pytest.approx((1 + as_large) / 42)


@pytest.mark.slow
def test_a_pair_beyond_chance_is_named():
    # Each home has 16, each host takes 16: A has 12 in E, where chance gives 4.
    table = pd.DataFrame([[12, 2, 1, 1], [1, 5, 5, 5], [1, 5, 5, 5], [2, 4, 5, 5]])
    pairs = table.set_axis(list("ABCD")).set_axis(list("EFGH"), axis=1).stack()
    home, host = pairs.index.repeat(pairs).to_frame().to_numpy().T
    context = study_of(listed(home, host))
    facts = facts_of(enclaves, context)
    assert facts["beyond"] == ["A@E"]
    assert facts["beyond_numbers"] == [12]
    assert "(p below 0.05, one-sided, corrected for all pairs" in said(enclaves, context)
    assert "A in E (12, by chance" in said(enclaves, context)
    # All homes are smaller than all hosts: any dealing has as many reverse enclaves.
    assert facts["fixed"]
    assert "would always make as many" in said(enclaves, context)
    assert "p 1" not in said(enclaves, context)
    result = result_of(enclaves, context)
    assert [figure.name for figure in enclaves.key_figures(result, {})] == []
    (picture,) = [each for each in enclaves.draw(result) if each.name == "enclaves_by_chance"]
    assert [label.get_text() for label in picture.plot().get_yticklabels()] == ["A → E"]


RING = (list("AABBCC"), list("BCCAAB"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("network", "replicates", "words"),
    [
        (listed(*RING, modelled=["links"]), 9, "modelled links are no evidence"),
        (listed("AB", "CC"), 9, "a second host is missing"),
        (listed("AB", "BA"), 9, "move less than 5 % of them"),
        (listed(*RING), 0, "not asked for"),
    ],
)
def test_where_there_is_no_test_it_is_said_why_and_no_p_is_told(network, replicates, words):
    context = study_of(network, replicates)
    text = said(enclaves, context)
    assert "Whether chance gives as many is not tested: " in text
    assert words in text
    assert " p " not in text
    result = result_of(enclaves, context)
    assert {*tables_of(enclaves, context)} == {"enclave_funnel", "enclaves"}
    assert not [*enclaves.key_figures(result, {})]
    assert "enclaves_by_chance" not in {each.name for each in enclaves.draw(result)}


def test_districts_of_one_city_are_at_home_in_every_dealing():
    places = pd.DataFrame(
        {"place": [*"ABC", "a1", "a2"], "parent": [None, None, None, "A", "A"], "population": 1.0}
    )
    home, host = ["a1", "a1", "B", "C", "B", "a2"], ["a2", "B", "a1", "a2", "C", "C"]
    context = study_of(listed(home, host, places), 50, places={"level": 1})
    tables = tables_of(enclaves, context)
    pairs, ways = (tables[f"enclave_{name}"].frame for name in ("pairs", "directions"))
    assert {*pairs["home"]} == {*"ABC"}
    assert pairs["number"].sum() == len(result_of(enclaves, context).counted) == 5
    assert (ways[["by_chance", "null_low", "null_high"]] == 0).all(axis=None)  # all are of one size


def test_directions_by_another_column_are_compared_with_those_by_population():
    # By population B > A and C is not known; by wealth A > B > C.
    places = pd.DataFrame(
        {"place": list("ABC"), "population": [1.0, 2.0, None], "wealth": [3.0, 2.0, 1.0]}
    )
    context = study_of(listed("AABC", "BCAA", places), 9, enclaves={"rank": "wealth"})
    facts = facts_of(enclaves, context)
    assert [facts[way] for way in ("reverse", "forward", "unknown")] == [2, 2, 0]
    assert (facts["compared"], facts["turned"]) == (2, 2)
    text = said(enclaves, context)
    assert "Places rank by wealth. By population 2 of the 2 whose home and host have one" in text
    own = study_of(listed("AABC", "BCAA", places), 9)
    assert (facts_of(enclaves, own)["compared"], facts_of(enclaves, own)["ranked_by"]) == (
        0,
        ["population"],
    )


def test_a_column_is_read_through_the_place_that_contains_and_through_no_other_column():
    places = pd.DataFrame(
        {
            "place": ["A", "a1", "B", "C"],
            "parent": [None, "A", None, None],
            "population": [9.0, 9.0, 1.0, 5.0],
            "wealth": [1.0, None, 2.0, None],
        }
    )
    context = study_of(listed(["a1", "C"], ["B", "B"], places), 9, enclaves={"rank": "wealth"})
    table = tables_of(enclaves, context)["enclaves"].frame
    assert table["direction"].tolist() == ["reverse", "unknown"]
    assert "The direction of 1 is unknown: home or host has no wealth, not even" in said(
        enclaves, context
    )

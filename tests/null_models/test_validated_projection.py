"""Pairs that meet more often than chance: against scipy, and against all outcomes."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import netinnov as ni
from netinnov.errors import InputError
from netinnov.kernels.poisson_binomial import poisson_binomial_tails
from netinnov.null_models import validated_projection
from netinnov.null_models._max_entropy import ensembles


def two_mode(seed=0, members=10, events=8, density=0.45):
    rng = np.random.default_rng(seed)
    table = rng.random((members, events)) < density
    table[:, 0] = table[0] = True
    ids = [f"m{i}" for i in range(members)], [f"e{i}" for i in range(events)]
    i, j = np.nonzero(table)
    nodes = pd.DataFrame({"node": ids[0] + ids[1], "kind": ["m"] * members + ["e"] * events})
    links = pd.DataFrame({"source": np.array(ids[0])[i], "target": np.array(ids[1])[j]})
    return table, ni.build_network(nodes, links)


@pytest.mark.parametrize("onto", ["m", "e"])
def test_hypergeometric_against_scipy(onto):
    table, network = two_mode()
    table = table if onto == "m" else table.T
    found = validated_projection(network, layer="links", onto=onto, alpha=1)
    assert len(found) == len(table) * (len(table) - 1) // 2  # all meet in the first event
    k = table.sum(axis=1)
    for row in found.itertuples():
        i, j = int(row.source[1:]), int(row.target[1:])
        common = int((table[i] & table[j]).sum())
        assert row.weight == common
        expected = stats.hypergeom.sf(common - 1, table.shape[1], k[i], k[j])
        assert row.p == pytest.approx(expected, rel=1e-9)
    np.testing.assert_allclose(found["p_corrected"], stats.false_discovery_control(found["p"]))


@pytest.mark.parametrize("onto", ["m", "e"])
def test_bicm_against_all_outcomes(onto):
    table, network = two_mode(members=7, events=6)
    (model,) = ensembles(network, "links")
    row, column = (
        np.repeat(np.arange(len(begin) - 1), np.diff(begin))
        for begin in (model.row_begin, model.column_begin)
    )
    p = np.zeros((network.n_nodes, network.n_nodes))
    p[np.ix_(model.rows, model.columns)] = model.probability[np.ix_(row, column)]
    p = np.maximum(p, p.T)
    p = p[:7, 7:] if onto == "m" else p[:7, 7:].T
    table = table if onto == "m" else table.T
    found = validated_projection(network, layer="links", onto=onto, method="bicm", alpha=1)
    for row in found.itertuples():
        i, j = int(row.source[1:]), int(row.target[1:])
        q = p[i] * p[j]
        tail = sum(
            np.prod(np.where(outcome, q, 1 - q))
            for outcome in itertools.product([0, 1], repeat=q.size)
            if sum(outcome) >= row.weight
        )
        assert row.p == pytest.approx(tail, rel=1e-7)


def test_small_tails_keep_their_digits():
    # All of 40 events with probability 1/100 each: 1e-80; binomial as the oracle for half of them.
    chance = np.full((1, 1), 0.1)
    zero, times = np.zeros(2, np.int64), np.array([40], np.int64)
    tails = poisson_binomial_tails(chance, times, zero, zero, np.array([40, 20], np.int64))
    assert tails[0] == pytest.approx(1e-80, rel=1e-10)
    assert tails[1] == pytest.approx(stats.binom.sf(19, 40, 0.01), rel=1e-8)


def test_planted_partners_are_found_and_the_table_makes_links():
    rng = np.random.default_rng(1)
    table = rng.random((30, 200)) < 0.05
    table[1] = table[0] = rng.random(200) < 0.1
    i, j = np.nonzero(table)
    nodes = pd.DataFrame(
        {"node": [f"m{x}" for x in range(30)] + [f"e{x}" for x in range(200)],
         "kind": ["m"] * 30 + ["e"] * 200}
    )  # fmt: skip
    links = pd.DataFrame({"source": [f"m{x}" for x in i], "target": [f"e{x}" for x in j]})
    network = ni.build_network(nodes, links)
    for method in ("hypergeometric", "bicm"):
        found = validated_projection(network, layer="links", onto="m", method=method)
        assert found[["source", "target"]].to_numpy().tolist() == [["m0", "m1"]]
        more = network.with_links(found.assign(layer="partners"))
        assert more.adjacency("partners")[0, 1] == table[0].sum()


def test_what_is_unknown_is_named():
    _, network = two_mode()
    with pytest.raises(InputError, match="not in the network"):
        validated_projection(network, layer="links", onto="firm")
    for onto in (np.array(["firm", "x"]), pd.Series(["firm"])):
        with pytest.raises(InputError, match="not in the network"):
            validated_projection(network, layer="links", onto=onto)
    with pytest.raises(InputError, match="either `onto` or `through`"):
        validated_projection(network, layer="links")
    with pytest.raises(InputError, match="'hypergeometric', 'bicm'"):
        validated_projection(network, layer="links", onto="m", method="naive")


def test_events_in_which_several_kinds_meet():
    _, network = two_mode()
    nodes = network.nodes
    nodes["kind"] = nodes["kind"].replace("m", "n").where(nodes.index != "m1", "m")
    mixed = ni.build_network(nodes, network.links)
    for method in ("hypergeometric", "bicm"):
        expected = validated_projection(network, layer="links", onto="m", method=method, alpha=1)
        for side in ({"through": "e"}, {"onto": ["m", "n"]}):
            found = validated_projection(mixed, layer="links", method=method, alpha=1, **side)
            pd.testing.assert_frame_equal(found, expected)

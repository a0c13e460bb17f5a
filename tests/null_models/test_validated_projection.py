"""Pairs that meet more often than chance: against scipy."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import netinnov as ni
from netinnov.errors import InputError
from netinnov.null_models import validated_projection


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
    found = validated_projection(network, layer="links", onto="m")
    assert found[["source", "target"]].to_numpy().tolist() == [["m0", "m1"]]
    more = network.with_links(found.assign(layer="partners"))
    assert more.adjacency("partners")[0, 1] == table[0].sum()


def test_an_unknown_kind_is_named():
    with pytest.raises(InputError, match="not in the network"):
        validated_projection(two_mode()[1], layer="links", onto="firm")


def test_events_in_which_several_kinds_meet():
    _, network = two_mode()
    nodes = network.nodes
    nodes["kind"] = nodes["kind"].replace("m", "n").where(nodes.index != "m1", "m")
    mixed = ni.build_network(nodes, network.links)
    expected = validated_projection(network, layer="links", onto="m", alpha=1)
    found = validated_projection(mixed, layer="links", onto=["m", "n"], alpha=1)
    pd.testing.assert_frame_equal(found, expected)

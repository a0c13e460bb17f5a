"""Shares of weight that cross borders: by hand, with what is left out, and against a null."""

import itertools

import pandas as pd
import pytest

import netinnov as ni
from netinnov.errors import InputError
from netinnov.governance import cross_border_shares
from netinnov.null_models import Rewire

NODES = pd.DataFrame(
    {"place": ["p", "p", "q", "q"], "kind": ["firm", "park", "firm", None]}, index=list("abcd")
)
PLACES = pd.DataFrame({"tier": ["core", "rest"]}, index=["p", "q"])
LINKS = pd.DataFrame(
    {
        "source": list("aabcab"),
        "target": list("bcddad"),
        "weight": [1.0, 2.0, 3.0, 4.0, 9.0, 5.0],
        "layer": ["x"] * 5 + ["y"],
    }
)


def test_shares_by_hand():
    network = ni.build_network(NODES, LINKS, PLACES)
    table = cross_border_shares(network, groups=["jurisdiction", "kind", "tier"], null=None)
    rows = table.set_index(["layer", "group"])
    # x: ab 1 inside p, ac 2 and bd 3 across, cd 4 inside q; aa is a self-link.
    assert rows.loc[("x", "jurisdiction"), "share"] == 0.5
    assert rows.loc[("x", "tier"), "share"] == 0.5
    assert rows.loc[("x", "jurisdiction"), "left_out"] == 1
    # Without the links of d, whose kind is missing: ab differs, ac does not.
    assert rows.loc[("x", "kind"), "share"] == pytest.approx(1 / 3)
    assert rows.loc[("x", "kind"), "left_out"] == 3
    assert pd.isna(rows.loc[("y", "kind"), "share"])
    assert table[["null_mean", "z", "p"]].isna().all(axis=None)


@pytest.mark.slow
def test_the_null_mean_is_that_of_all_networks_of_the_same_degrees():
    # A matching of six nodes: each of the 15 perfect matchings is equally likely.
    ids = list("abcdef")
    nodes = pd.DataFrame({"place": list("ppqqrr")}, index=ids)
    links = pd.DataFrame({"source": list("ace"), "target": list("bdf")})
    network = ni.build_network(nodes, links)
    table = cross_border_shares(
        network, groups=["jurisdiction"], replicates=400, null=Rewire(trials=30), rng=1
    )
    # Each node has 5 partners, 4 of them abroad.
    assert table["share"].tolist() == [0]
    assert table["null_mean"].tolist() == [pytest.approx(4 / 5, abs=0.05)]
    matchings = [
        pairs
        for pairs in itertools.combinations(itertools.combinations(range(6), 2), 3)
        if len({*pairs[0], *pairs[1], *pairs[2]}) == 6
    ]
    inside = sum(all(a // 2 == b // 2 for a, b in pairs) for pairs in matchings)
    assert (len(matchings), inside) == (15, 1)
    assert table["p"].iloc[0] == pytest.approx(2 / 15, abs=0.06)
    assert table["z"].iloc[0] < -2


def test_modelled_layers_get_no_null():
    network = ni.build_network(NODES, LINKS, PLACES, layers={"y": {"modelled": True}})
    table = cross_border_shares(network, replicates=9, rng=1).set_index("layer")
    assert table.loc["x", "p"].notna().all()
    assert table.loc["y", ["null_mean", "z", "p"]].isna().all(axis=None)


def test_unknown_columns_are_named():
    network = ni.build_network(NODES, LINKS, PLACES)
    with pytest.raises(InputError, match=r"'juristiction'.*did you mean 'jurisdiction'"):
        cross_border_shares(network, groups=["juristiction"])

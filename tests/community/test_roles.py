"""Roles inside and between communities, and the E-I index."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import netinnov as ni
from netinnov.community import ei_index, roles
from strategies import Tables, bare, dense, networks

TWO = {"a": "l", "b": "l", "c": "l", "d": "r", "e": "r"}


@pytest.fixture
def two_groups() -> ni.MultilayerNetwork:
    layers = {"x": [("a", "b", 2.0), ("a", "c", 1.0), ("c", "d", 1.0)], "y": [("d", "e", 3.0)]}
    return ni.build_network(*bare(layers, "abcdef"))


def test_the_seven_roles() -> None:
    # Each hub is the centre of a star of 40 in its own community; the share of its 40 links inside
    # sets its participation. One other node a band of the participation.
    layers: list[tuple[str, str, float]] = []
    groups: dict[str, int] = {}
    for hub, outside in {"R5": [4.0], "R6": [16.0, 16.0], "R7": [40.0] * 4}.items():
        home = len(set(groups.values()))
        groups[hub] = home
        for k in range(40):
            groups[f"{hub}-{k}"] = home
            layers.append((hub, f"{hub}-{k}", 1.0))
        for k, weight in enumerate(outside):
            other = f"{hub}-out{k}"
            groups[other] = 100 + 10 * home + k
            layers.append((hub, other, weight))
    for role, shares in {"R1": [1], "R2": [1, 1], "R3": [1] * 4, "R4": [1] * 6}.items():
        groups[role] = 500
        for k, weight in enumerate(shares):
            groups[f"{role}:{k}"] = 600 + k
            layers.append((role, f"{role}:{k}", float(weight)))
    network = ni.build_network(*bare({"x": layers}, list(groups)))
    found = roles(network, groups)
    for name in ("R1", "R2", "R3", "R4", "R5", "R6", "R7"):
        assert found.loc[name, "role"] == name, found.loc[name]


@settings(deadline=None)
@given(tables=networks(min_links=1), data=st.data())
def test_roles_are_those_of_bctpy(tables: Tables, data: st.DataObject) -> None:
    bct = pytest.importorskip("bct")
    n = len(tables.nodes)
    labels = data.draw(st.lists(st.integers(1, 3), min_size=n, max_size=n))
    found = roles(ni.build_network(*tables), dict(zip(tables.nodes["node"], labels, strict=True)))
    weight = np.zeros((n, n))
    for matrix in dense(tables).values():
        weight += matrix * (1 - np.eye(n))
    if tables.directed:
        weight = weight + weight.T
    linked = weight.any(axis=1)
    codes = pd.factorize(np.array(labels), sort=True)[0] + 1
    with np.errstate(invalid="ignore", divide="ignore"):
        z, participation = (
            bct.module_degree_zscore(weight, codes),
            bct.participation_coef(weight, codes),
        )
    np.testing.assert_allclose(found["z"], z, atol=1e-9)
    np.testing.assert_allclose(found["participation"][linked], participation[linked], atol=1e-12)
    assert found["participation"][~linked].isna().all()


def test_ei_index_by_hand(two_groups: ni.MultilayerNetwork) -> None:
    # Outside: c-d 1. Inside: 2 + 1 + 3 = 6. (1 - 6) / 7.
    assert ei_index(two_groups, TWO) == pytest.approx(-5 / 7, rel=1e-14)
    assert ei_index(two_groups, dict.fromkeys("abcdef", 0)) == -1.0
    assert ei_index(two_groups, {node: node for node in "abcdef"}) == 1.0
    assert np.isnan(ei_index(two_groups, {"f": 0}))


def test_ei_index_of_mixed_directions_counts_an_undirected_link_twice() -> None:
    # x: a > b outside, weight 1. y: b - c inside, as two opposite links: (1 - 4) / 5.
    tables = bare({"x": [("a", "b")], "y": [("b", "c", 2.0)]}, "abc", directed=("x",))
    assert ei_index(ni.build_network(*tables), {"a": 0, "b": 1, "c": 1}) == -3 / 5


def test_a_table_counts_if_all_copies_agree(two_groups: ni.MultilayerNetwork) -> None:
    one = pd.Series(TWO)
    table = pd.DataFrame({"x": one[["a", "b", "c", "d"]], "y": one[["d", "e"]]})
    pd.testing.assert_frame_equal(roles(two_groups, table), roles(two_groups, one))
    table.loc["d", "y"] = "other"
    with pytest.raises(ni.errors.InputError, match=r"one label a node.*1 nodes have.*\['d'\]"):
        roles(two_groups, table)
    with pytest.raises(ni.errors.InputError, match="one label a node"):
        ei_index(two_groups, table)

"""Volumes from shares of out- and inflows: by hand, from planted volumes, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from numpy.testing import assert_allclose

import netinnov as ni
from netinnov.errors import InputError
from netinnov.sources import read_origin_destination, reconcile

PLACES = list("abc")


def shares_of(volumes: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    return volumes.div(volumes.sum(axis=1), axis=0), volumes / volumes.sum()


def planted(n: int, seed: int, *, missing: float = 0.0) -> pd.DataFrame:
    """Volumes of a gravity-like kind, none inside a place, some pairs without any."""
    rng = np.random.default_rng(seed)
    size = rng.lognormal(0, 1.5, n)
    volumes = np.outer(size, size) * rng.lognormal(0, 1, (n, n))
    volumes[rng.random((n, n)) < missing] = 0
    np.fill_diagonal(volumes, 0)
    names = [f"p{k}" for k in range(n)]
    return pd.DataFrame(volumes, names, names)


def test_three_places_by_hand() -> None:
    # 200 leave in all: a sends 30 to b and 10 to c; b 60 to a and 40 to c; c 15 to a and 45 to b.
    out = pd.DataFrame([[0, 0.75, 0.25], [0.6, 0, 0.4], [0.25, 0.75, 0]], PLACES, PLACES)
    into = pd.DataFrame([[0, 0.4, 0.2], [0.8, 0, 0.8], [0.2, 0.6, 0]], PLACES, PLACES)
    found = reconcile(out, into)
    volumes = np.array([[np.nan, 30, 10], [60, np.nan, 40], [15, 45, np.nan]])
    assert_allclose(200 * found.flows, volumes)
    assert_allclose(200 * found.outflow, [40, 100, 60])
    assert_allclose(200 * found.inflow, [75, 75, 50])
    assert_allclose(found.residuals.stack().dropna(), 0, atol=1e-12)
    assert (found.n_pairs, found.r_squared) == (6, pytest.approx(1))
    first = found.to_frame().iloc[0]
    assert first[["origin", "destination"]].tolist() == ["a", "b"]
    assert first[["flow", "residual"]].tolist() == pytest.approx([0.15, 0], abs=1e-12)


def test_one_wrong_share_by_hand() -> None:
    # a and b send 1 to each of x and y, but the share of a's outflow to x is told twice as large
    # as it is: 1 for 1/2. With log 2 = l the ratios are r_ax = l, all others 0 (shares 1/2 each).
    # Least squares of a 2 x 2 table of row and column effects leaves l / 4, -l / 4, -l / 4, l / 4.
    half = pd.DataFrame(0.5, ["a", "b"], ["x", "y"])
    wrong = half.copy()
    wrong.loc["b", "y"] = 0.25  # then all of a row still is 1 at most; r_by = -l
    found = reconcile(wrong, half)
    step = np.log(2) / 4
    assert_allclose(found.residuals, [[-step, step], [step, -step]])
    # Total sum of squares of (0, 0, 0, -l): l^2 (1 - 1/4); residual: 4 l^2 / 16.
    assert found.r_squared == pytest.approx(1 - (4 / 16) / (3 / 4))


@given(st.integers(3, 12), st.integers(0, 2**31), st.sampled_from(["equal", "shares"]))
def test_planted_volumes_are_found_again(n, seed, weights) -> None:
    volumes = planted(n, seed)
    out, into = shares_of(volumes)
    found = reconcile(100 * out, into, weights=weights)  # per cent and fractions
    assert_allclose(found.flows.fillna(0), volumes / volumes.to_numpy().sum(), rtol=1e-7)
    assert found.r_squared == pytest.approx(1)


@given(st.permutations(range(8)), st.integers(0, 2**31))
def test_the_order_of_places_changes_nothing(order, seed) -> None:
    rng = np.random.default_rng(seed)
    out, into = shares_of(planted(8, seed))
    out *= rng.uniform(0.5, 1, out.shape)
    found, again = reconcile(out, into), reconcile(out.iloc[order], into.iloc[:, order])
    assert_allclose(again.flows.reindex_like(found.flows), found.flows, rtol=1e-9)
    assert again.r_squared == pytest.approx(found.r_squared)


def test_noise_is_averaged_out_and_reported() -> None:
    # Errors of 10 % in each share: the residual of a pair has a standard deviation of 0.14, times
    # sqrt(1 - (2 n - 1) / (n (n - 1))) for the totals that are fitted; those are good to 1 or 2 %.
    n, rng = 60, np.random.default_rng(3)
    volumes = planted(n, 3)
    out, into = (0.5 * table * rng.lognormal(0, 0.1, (n, n)) for table in shares_of(volumes))
    found = reconcile(out, into)
    spread = np.sqrt(0.02 * (1 - (2 * n - 1) / (n * (n - 1))))
    assert np.nanstd(found.residuals) == pytest.approx(spread, rel=0.05)
    error = np.log(
        found.outflow / found.outflow.sum() / (volumes.sum(axis=1) / volumes.sum().sum())
    )
    assert error.std() < 0.03
    ratio = np.log(out.where(out > 0) / into.where(into > 0)).stack().dropna()
    unexplained = np.nansum(found.residuals**2) / ((ratio - ratio.mean()) ** 2).sum()
    assert found.r_squared == pytest.approx(1 - unexplained)


def test_rounded_shares_count_by_their_size() -> None:
    # Two digits of per cent, as platforms publish them: small shares are lost or coarse.
    volumes = planted(80, 5)
    out, into = (100 * table for table in shares_of(volumes))
    with_all = np.log(volumes.sum(axis=1) / volumes.to_numpy().sum())
    errors = {}
    for weights in ("equal", "shares"):
        found = reconcile(out.round(2), into.round(2), weights=weights)
        errors[weights] = (np.log(found.outflow) - with_all).std()
    assert errors["shares"] < errors["equal"] / 5
    assert errors["shares"] < 0.01


def test_lists_of_the_largest_shares_are_enough() -> None:
    # As Baidu publishes them: the hundred largest of a place, here 20 of 40.
    volumes = planted(40, 7)
    out, into = shares_of(volumes)
    out = out.where(out.rank(axis=1, ascending=False) <= 20)
    into = into.where(into.rank(axis=0, ascending=False) <= 20)
    with pytest.warns(UserWarning, match="the totals of 4 places cannot be told"):
        found = reconcile(out, into)
    flows = found.flows.stack().dropna()
    assert len(flows) > 700
    assert_allclose(
        flows / flows.sum(),
        volumes.stack().dropna()[flows.index] / volumes.stack().dropna()[flows.index].sum(),
    )
    assert found.flows.notna().to_numpy().sum() <= (out.notna() | into.notna()).to_numpy().sum()


def test_the_flows_become_a_network() -> None:
    volumes = planted(6, 2)
    tables = read_origin_destination(
        reconcile(*shares_of(volumes)).to_frame()[["origin", "destination", "flow"]]
    )
    network = ni.build_network(*tables)
    assert network.directed == {"flow"}
    assert network.adjacency("flow").sum() == pytest.approx(1)


def test_parts_that_no_pair_connects() -> None:
    volumes = pd.DataFrame(0.0, list("abcde"), list("abcde"))
    volumes.loc[["a", "b", "c"], ["a", "b", "c"]] = planted(3, 1).to_numpy()
    volumes.loc["d", "e"] = volumes.loc["e", "d"] = 3.0
    with pytest.warns(UserWarning, match="totals of 2 places cannot be told .*: 'd', 'e'"):
        found = reconcile(*shares_of(volumes))
    assert found.outflow.isna().tolist() == [False, False, False, True, True]
    assert found.outflow.sum() == pytest.approx(1)
    assert found.flows.loc["d"].isna().all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda out, into: ([1], into), "`out_shares` must be of the type DataFrame"),
        (lambda out, into: (1.2 * out, into), "its rows must add up to 1 or 100 at most; 3 add up"),
        (lambda out, into: (100 * out, 100 * into.T), "its rows do, so transpose it"),
        (lambda out, into: (-out, into), "must hold shares of at least 0; 6 are none"),
        (lambda out, into: (out.assign(a="x"), into), "3 are none, such as 'x' from 'a'"),
        (lambda out, into: (out.set_axis(list("aab")), into), "must have each place once"),
        (lambda out, into: (out, into.set_axis(list("xyz"))), "no pair of places has both"),
    ],
)  # fmt: skip
def test_tables_that_are_no_shares(change, words) -> None:
    volumes = pd.DataFrame([[0, 30, 10], [90, 0, 40], [15, 45, 0]], PLACES, PLACES)
    with pytest.raises(InputError, match=words):
        reconcile(*change(*shares_of(volumes)))
    with pytest.raises(InputError, match="`weights` must be one of"):
        reconcile(*shares_of(volumes), weights="rounded")  # type: ignore[arg-type]


def test_inputs_stay_as_they_are() -> None:
    out, into = shares_of(planted(5, 4))
    before = out.copy(), into.copy()
    reconcile(out, into)
    pd.testing.assert_frame_equal(out, before[0])
    pd.testing.assert_frame_equal(into, before[1])

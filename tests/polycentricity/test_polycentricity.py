"""Indices of concentration: hand values, independent formulas and invariances."""

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, strategies as st
from pandas.testing import assert_frame_equal
from scipy import stats

import netinnov as ni
from netinnov.errors import InputError
from netinnov.polycentricity import (
    effective_number,
    gini,
    green,
    herfindahl,
    primacy,
    rank_size,
    theil,
)

ZIPF = [100, 50, 100 / 3, 25, 20]
INDICES = [
    pytest.param(lambda v: rank_size(v).slope, id="rank_size"),
    pytest.param(lambda v: rank_size(v, method="gabaix").slope, id="gabaix"),
    pytest.param(primacy, id="primacy"),
    pytest.param(lambda v: primacy(v, kind="ratio"), id="ratio"),
    pytest.param(lambda v: primacy(v, kind="residual"), id="residual"),
    pytest.param(gini, id="gini"),
    pytest.param(herfindahl, id="herfindahl"),
    pytest.param(theil, id="theil"),
    pytest.param(effective_number, id="effective_number"),
    pytest.param(lambda v: effective_number(v, order=2), id="effective_number_2"),
    pytest.param(green, id="green"),
    pytest.param(lambda v: green(v, ddof=1), id="green_1"),
]
# At least one positive value; no two so far apart that adding them loses the smaller one.
values = st.lists(st.one_of(st.just(0.0), st.floats(1e-3, 1e6)), min_size=1, max_size=12).filter(
    lambda v: max(v) > 0
)
# All equal or all different: a product can part values that were nearly equal.
clear_values = st.one_of(
    st.lists(st.one_of(st.just(0.0), st.floats(1e-3, 1e6)), min_size=2, max_size=12, unique=True),
    st.builds(lambda value, n: [value] * n, st.floats(1e-3, 1e6), st.integers(1, 12)),
)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        # Sum over ordered pairs of |x - y|: 2 (10+10+30+50 + 0+20+40 + 20+40 + 20) = 480, over
        # 2 n^2 mean = 2 x 25 x 20 = 1000.
        (gini([0, 10, 10, 30, 50]), 0.48),
        (gini([7]), 0.0),
        (gini([0, 0, 0, 1]), 3 / 4),
        (herfindahl([1, 1, 2]), 1 / 16 + 1 / 16 + 1 / 4),
        # 1 + 1/4 + 1/9 + 1/16 + 1/25 over (1 + 1/2 + 1/3 + 1/4 + 1/5)^2: the 100 cancels.
        (herfindahl(ZIPF), (5269 / 3600) / (137 / 60) ** 2),
        (theil([1, 0, 0]), math.log(3)),
        # Shares 3/4 and 1/4, ratios to the mean 3/2 and 1/2.
        (theil([3, 1]), (1.5 * math.log(1.5) + 0.5 * math.log(0.5)) / 2),
        (effective_number([3, 3, 3, 3, 0]), 4.0),
        # Entropy of (1/2, 1/4, 1/4) is 3/2 ln 2.
        (effective_number([2, 1, 1]), 2**1.5),
        (effective_number([2, 1, 1, 0], order=0), 3.0),
        (effective_number([2, 1, 1], order=2), 1 / 0.375),
        # (1/sqrt2 + 1/2 + 1/2)^2
        (effective_number([2, 1, 1], order=0.5), (1 + math.sqrt(0.5)) ** 2),
        (effective_number([2, 1, 1], order=math.inf), 2.0),
        (green([0, 0, 1]), 1 - 2 * math.sqrt(2) / 3),
        # Sample sd of (0, 0, 1) is sqrt(1/3), of the pair (0, 1) sqrt(1/2).
        (green([0, 0, 1], ddof=1), 1 - math.sqrt(2 / 3)),
        (green([1, 1, 1]), 1.0),
        (green([0, 1]), 0.0),
        (green([0, 1], ddof=1), 0.0),
        (green([0, 5, 5, 0]), 0.0),
        # Mean 6, variance (16 + 4 + 0 + 4 + 16)/5 = 8, sd_max = 5.
        (green([10, 8, 6, 4, 2]), 1 - math.sqrt(8) / 5),
        (green([4]), 1.0),
        (primacy([4, 2, 1, 1]), 0.5),
        (primacy([1, 4, 2, 1], kind="ratio"), 2.0),
        (primacy([0, 5, 0], kind="ratio"), math.inf),
        (primacy([5], kind="ratio"), math.inf),
        # The line through ranks 2 and 3 of Zipf's rule foretells 60 for rank 1; it is 120.
        (primacy([120, 30, 20, 0], kind="residual"), math.log(2)),
    ],
)
def test_hand_values(found: float, expected: float) -> None:
    assert found == pytest.approx(expected, abs=1e-12)


def test_rank_size_agrees_with_scipy() -> None:
    sizes = np.random.default_rng(1).lognormal(size=30)
    ordered = np.log(np.sort(sizes)[::-1])
    ranks = np.arange(1, 31)
    fit, peer = rank_size(sizes), stats.linregress(np.log(ranks), ordered)
    found = (fit.slope, fit.intercept, fit.r_squared, fit.standard_error)
    assert found == pytest.approx((peer.slope, peer.intercept, peer.rvalue**2, peer.stderr))
    fit, peer = rank_size(sizes, method="gabaix"), stats.linregress(ordered, np.log(ranks - 0.5))
    found = (fit.slope, fit.intercept, fit.r_squared, fit.standard_error)
    error = -peer.slope * math.sqrt(2 / 30)
    assert found == pytest.approx((peer.slope, peer.intercept, peer.rvalue**2, error))


def test_rank_size_of_the_largest() -> None:
    sizes = [0, 90, 30, 25, 25, 1]
    assert rank_size(sizes, top=3) == rank_size([30, 90, 25])
    fits = [rank_size(sizes, top=top) for top in (2, 3, 4)]
    mean = rank_size(sizes, top=(2, 3, 4))
    assert mean.slope == pytest.approx(sum(fit.slope for fit in fits) / 3)
    assert mean.n == 4
    assert math.isnan(mean.standard_error)
    assert rank_size(sizes, top=[2, 3, 4]).slope == mean.slope
    assert rank_size(sizes, top=99) == rank_size(sizes)
    assert rank_size(sizes, top=np.int64(3)) == rank_size(sizes, top=3)


def test_rank_size_drops_zeros_and_keeps_ties_apart() -> None:
    assert_frame_equal(rank_size([8, 0, 4, 0]).to_frame(), rank_size([4, 8]).to_frame())
    # Through (0, ln 4), (ln 2, ln 4), (ln 3, ln 1): equal values have ranks of their own.
    line = np.polyfit(np.log([1, 2, 3]), np.log([4, 4, 1]), 1)
    assert rank_size([4, 1, 4]).slope == pytest.approx(line[0])


def test_rank_size_of_too_few_or_equal_values() -> None:
    for sizes in ([], [0, 0], [3, 0]):
        fit = rank_size(sizes)
        assert fit.n == sum(size > 0 for size in sizes)
        assert all(math.isnan(x) for x in (fit.slope, fit.intercept, fit.r_squared))
    assert math.isnan(rank_size([3], method="gabaix").standard_error)
    assert math.isnan(rank_size([9, 3]).standard_error)
    assert math.isnan(rank_size([7, 7]).standard_error)
    flat = rank_size([7, 7, 7])
    assert (flat.slope, flat.standard_error) == (0, 0)
    assert flat.intercept == pytest.approx(math.log(7))
    assert math.isnan(flat.r_squared)
    assert math.isnan(rank_size([7, 7, 7], method="gabaix").slope)


@pytest.mark.parametrize("index", INDICES)
def test_all_zero_or_empty_is_undefined(index) -> None:
    assert math.isnan(index([0, 0, 0]))
    assert math.isnan(index([]))


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ([1, -2, 3], "-2 at position 1"),
        ([1, 2, math.nan], "nan at position 2"),
        ([1, math.inf], "inf at position 1"),
        ([1, None], "None at position 1"),
        (pd.Series([1, None], dtype="Int64"), "nan at position 1"),
        ([-1] * 9, "9 of 9"),
        ([1j], "1j at position 0"),
        ([[1, 2], [3, 4]], "2 dimensions"),
        (7, "int of 0 dimensions"),
        ({"a": 1}, "dict of 0 dimensions"),
    ],
)
def test_bad_values_are_named(bad, words: str) -> None:
    for index in (case.values[0] for case in INDICES):
        with pytest.raises(InputError, match=words):
            index(bad)


def test_bad_options_are_named() -> None:
    for top in (0, -1, 2.5, "3", (), (2, 0)):
        with pytest.raises(InputError, match="whole number"):
            rank_size([2, 1], top=top)
    for order in (-1, math.nan):
        with pytest.raises(InputError, match="order"):
            effective_number([2, 1], order=order)
    with pytest.raises(ValueError, match="ddof"):
        green([2, 1], ddof=2)


@pytest.mark.parametrize("index", INDICES)
@given(v=clear_values, factor=st.floats(1e-6, 1e6), seed=st.integers(0, 99))
def test_neither_scale_nor_order_matters(index, v: list[float], factor: float, seed: int) -> None:
    expected = index(v)
    shuffled = np.random.default_rng(seed).permutation(v)
    assert index(shuffled) == pytest.approx(expected, nan_ok=True, rel=1e-9, abs=1e-9)
    scaled = [x * factor for x in v]
    if len(set(scaled)) == len(set(v)):
        assert index(scaled) == pytest.approx(expected, nan_ok=True, rel=1e-6, abs=1e-6)


@given(v=values)
def test_bounds(v: list[float]) -> None:
    n, positive = len(v), sum(x > 0 for x in v)
    close = 1e-9
    assert -close <= gini(v) <= (n - 1) / n + close
    assert 1 / n - close <= herfindahl(v) <= 1 + close
    assert 0 <= theil(v) <= math.log(n) + close
    assert -close <= green(v) <= 1 + close
    assert n == 1 or -close <= green(v, ddof=1) <= 1 + close
    assert 1 / n - close <= primacy(v) <= 1
    assert primacy(v, kind="ratio") >= 1
    assert not rank_size(v).slope > 0
    for order in (0, 0.5, 1, 2, 50, math.inf):
        assert 1 - close <= effective_number(v, order=order) <= positive * (1 + close)


@given(v=values, zeros=st.integers(1, 3))
def test_adding_zeros(v: list[float], zeros: int) -> None:
    more = [*v, *[0] * zeros]
    m, n = len(more), len(v)
    assert_frame_equal(rank_size(more).to_frame(), rank_size(v).to_frame())
    for kind in ("share", "ratio", "residual"):
        assert primacy(more, kind=kind) == pytest.approx(primacy(v, kind=kind), nan_ok=True)
    assert herfindahl(more) == pytest.approx(herfindahl(v))
    assert effective_number(more) == pytest.approx(effective_number(v))
    # A zero differs from every value by that value: G' m = G n + (m - n).
    assert gini(more) * m == pytest.approx(gini(v) * n + m - n)
    assert theil(more) == pytest.approx(theil(v) + math.log(m / n), abs=1e-12)


@given(v=values, share=st.floats(0.01, 0.49))
def test_a_gift_from_richer_to_poorer_evens_out(v: list[float], share: float) -> None:
    assume(max(v) - min(v) > 1e-2 * max(v))
    after = np.array(v)
    rich, poor = after.argmax(), after.argmin()
    gift = share * (after[rich] - after[poor])
    after[rich] -= gift
    after[poor] += gift
    for unequal in (gini, herfindahl, theil, primacy):
        assert unequal(after) <= unequal(v) + 1e-12
    for index in (gini, herfindahl, theil):
        assert index(after) < index(v)
    for order in (0.5, 1, 2):
        assert effective_number(after, order=order) > effective_number(v, order=order)


@given(v=values)
def test_effective_numbers_fall_with_the_order_without_a_jump(v: list[float]) -> None:
    orders = [0, 0.5, 0.998, 0.9995, 1 - 1e-9, 1, 1 + 1e-9, 1.0005, 1.002, 2, 30, 1e4, math.inf]
    numbers = [effective_number(v, order=order) for order in orders]
    assert all(b <= a * (1 + 1e-9) for a, b in pairwise(numbers))
    assert numbers[4] == pytest.approx(numbers[5], rel=1e-7)
    assert numbers[6] == pytest.approx(numbers[5], rel=1e-7)
    assert effective_number(v, order=2) == pytest.approx(1 / herfindahl(v))


@given(v=values)
def test_two_formulas_of_gini_agree(v: list[float]) -> None:
    x = np.array(v)
    pairs = np.abs(x[:, None] - x[None, :]).sum() / (2 * len(x) ** 2 * x.mean())
    assert gini(v) == pytest.approx(pairs, abs=1e-12)


LINKS = pd.DataFrame({"source": list("aab"), "target": list("bcc"), "layer": list("xyy")})


def test_several_columns_are_to_be_chosen_from():
    table = ni.centrality.strength(ni.build_network(LINKS))
    words = r"`values` must be one column; found 2: write table\['x'\] .* table.sum\(axis=1\) for"
    for function in (gini, rank_size, ni.plotting.plot_rank_size):
        with pytest.raises(InputError, match=words):
            function(table)


@pytest.mark.parametrize("name", ["green", "gini", "primacy", "rank_size", "effective_number"])
def test_a_function_of_strengths_says_so_where_it_is_given_a_network(name):
    network = ni.build_network(pd.DataFrame({"source": ["a"], "target": ["b"]}))
    words = r"one number a place, .*centrality\.strength\(network\).*; found the network itself"
    with pytest.raises(InputError, match=words):
        getattr(ni.polycentricity, name)(network)

"""The urban centrality index: hand values, the maximum against other solvers, bad distances."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, strategies as st
from hypothesis.extra import numpy as arrays

from netinnov.errors import InputError
from netinnov.polycentricity import urban_centrality_index
from netinnov.polycentricity._urban_centrality import widest_spread

LINE = np.array([[0.0, 1, 2], [1, 0, 1], [2, 1, 0]])


def distances(points):
    points = np.asarray(points, float)
    return np.sqrt(((points[:, None] - points) ** 2).sum(axis=-1))


def test_worked_by_hand():
    # V_max = 2 (1/2)(1/2) 2 = 1, at the two ends.
    assert urban_centrality_index([1, 0, 1], LINE) == 0.0
    assert urban_centrality_index([0, 1, 0], LINE) == pytest.approx(2 / 3)
    # Shares 1/2, 1/2, 0: LC = 1/3, V = 1/2.
    assert urban_centrality_index([1, 1, 0], LINE) == pytest.approx(1 / 3 * (1 - 1 / 2))
    assert urban_centrality_index([1, 1, 1], LINE) == 0.0  # LC = 0
    # Corners of a unit square, each 1/4: V_max = (2 x 1 + sqrt 2) / 4; all in one: LC = 3/4.
    square = distances([(0, 0), (0, 1), (1, 0), (1, 1)])
    assert widest_spread(square)[0] == pytest.approx((2 + math.sqrt(2)) / 4, rel=1e-12)
    assert urban_centrality_index([0, 0, 0, 9], square) == pytest.approx(3 / 4)


def test_a_given_maximum_is_taken():
    # Shares 1/2, 1/2, 0: V = 1/2, of 4.
    assert urban_centrality_index([1, 1, 0], LINE, maximum=4.0) == pytest.approx(1 / 3 * 7 / 8)
    # Published in the README of the R package uci: LC 0.5278007, V 3880.114, V_max 7475.899 and
    # the index 0.2538635. Three places have that LC with the
    # shares 1/3 + LC and twice half of the rest; their distances are made to give that V.
    first, rest = 1 / 3 + 0.5278007, (2 / 3 - 0.5278007) / 2
    apart = 3880.114 / (4 * first * rest + 2 * rest**2)
    matrix = apart * (1 - np.eye(3))
    found = urban_centrality_index([first, rest, rest], matrix, maximum=7475.899)
    assert found == pytest.approx(0.2538635, abs=5e-8)


def test_the_diagonal_counts():
    inside = LINE + np.diag([0.5, 0.2, 0.5])
    # All in the middle place: V = 0.2; V_max at the ends: 1 + 0.5 / 2.
    assert urban_centrality_index([0, 1, 0], inside) == pytest.approx(2 / 3 * (1 - 0.2 / 1.25))


def test_what_is_undefined_is_nan():
    assert math.isnan(urban_centrality_index([0, 0, 0], LINE))
    assert math.isnan(urban_centrality_index([3], [[0]]))
    assert math.isnan(urban_centrality_index([1, 2], [[0, 0], [0, 0]]))
    assert math.isnan(urban_centrality_index([], np.zeros((0, 0))))


points = arrays.arrays(
    np.float64, st.tuples(st.integers(2, 9), st.just(2)), elements=st.integers(-20, 20).map(float)
)


@given(points, st.sampled_from([1, 2]))
def test_nothing_is_spread_wider(places, power):
    # Power 2, squared distances, are conditionally negative definite as well, but only just.
    matrix = distances(places) ** power
    assume(matrix.any())
    most, shares = widest_spread(matrix)
    assert shares.min() >= 0
    assert shares.sum() == pytest.approx(1)
    assert shares @ matrix @ shares == pytest.approx(most, rel=1e-12)
    # Optimal by Karush, Kuhn and Tucker: no place has a larger slope than those that have shares.
    slope = matrix @ shares
    assert slope.max() <= most * (1 + 1e-10)


@given(points, st.data())
def test_order_and_units_do_not_matter(places, data):
    matrix = distances(places)
    assume(matrix.any())
    n = len(places)
    values = np.array(data.draw(st.lists(st.integers(0, 20), min_size=n, max_size=n)), float)
    assume(values.any())
    order = data.draw(st.permutations(range(n)))
    before = urban_centrality_index(values, matrix)
    after = urban_centrality_index(values[order] * 3, matrix[np.ix_(order, order)] * 7)
    assert after == pytest.approx(before, rel=1e-8, abs=1e-9)
    assert -1e-9 <= before < 1


def test_a_path_metric_without_the_property_is_refused():
    # Steps in K_2,3: 1 between the two sides, 2 inside a side. The shares (1/2, 1/2, 0, 0, 0) and
    # (0, 0, 1/3, 1/3, 1/3) are two peaks.
    side = np.array([0, 0, 1, 1, 1])
    steps = np.where(side[:, None] == side, 2.0, 1.0) - 2 * np.eye(5)
    with pytest.raises(InputError, match=r"conditionally negative definite.*`maximum`"):
        urban_centrality_index([1, 2, 3, 4, 5], steps)
    assert urban_centrality_index([1, 2, 3, 4, 5], steps, maximum=4 / 3) > 0


@pytest.mark.parametrize(
    ("values", "matrix", "words"),
    [
        ([1, 2], LINE, r"a row and a column for each of the 2 values; found shape \(3, 3\)"),
        ([1, 2, -3], LINE, "values must be finite numbers of 0 or more"),
        ([1, 2, 3], LINE - 1, "`distances` must be finite and 0 or more; 3 are not"),
        ([1, 2], [[0, math.nan], [1, 0]], "nan at row 0, column 1"),
    ],
)
def test_bad_input(values, matrix, words):
    with pytest.raises(InputError, match=words):
        urban_centrality_index(values, matrix)


def test_labels_in_another_order_are_refused():
    values = pd.Series([1.0, 2.0, 3.0], index=list("abc"))
    table = pd.DataFrame(LINE, index=list("acb"), columns=list("acb"))
    with pytest.raises(InputError, match=r"must have the labels of `values`, in their order"):
        urban_centrality_index(values, table)
    assert urban_centrality_index(values, table.loc[list("abc"), list("abc")]) > 0

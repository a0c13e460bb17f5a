"""Rows of links of any length are sorted and summed as row by row in Python."""

from __future__ import annotations

import numpy as np
import pytest

from netinnov.kernels.links import SHORT, sort_rows


@pytest.mark.parametrize("length", [1, SHORT, SHORT + 1, 2 * SHORT, 2 * SHORT + 1, 500, 1_537])
@pytest.mark.parametrize("order", ["random", "ascending", "descending"])
def test_a_row_is_sorted_and_parallel_links_are_summed_in_their_order(length, order):
    rng = np.random.default_rng(length)
    ends = rng.integers(0, max(1, 2 * length // 3), length).astype(np.int32)
    if order != "random":
        ends = np.sort(ends)[:: 1 if order == "ascending" else -1].copy()
    weights = rng.lognormal(0, 9, length)  # sums in another order would differ in the last digits
    expected: dict[int, float] = {}
    for end, weight in zip(ends.tolist(), weights.tolist(), strict=True):
        expected[end] = expected.get(end, 0.0) + weight
    rows, source = np.arange(length, dtype=np.uint32), np.full(length, 1, np.int32)
    indptr, indices, data = sort_rows(rows, source, ends, weights, length + 2, False)
    assert indptr.tolist() == [0, 0] + [len(expected)] * (length + 1)
    assert dict(zip(indices.tolist(), data.tolist(), strict=True)) == expected
    assert indices.tolist() == sorted(expected)

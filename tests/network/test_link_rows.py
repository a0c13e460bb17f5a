"""Few rows by numpy and many by kernels: the same blocks, to the last digit."""

from __future__ import annotations

import numpy as np
import pytest

from netinnov._network import link_rows


@pytest.fixture
def by_kernel(monkeypatch):
    def call(function, *args):
        with monkeypatch.context() as patch:
            patch.setattr(link_rows, "MANY", 0)
            return function(*args)

    return call


def assert_same(one, other):
    for mine, theirs in zip(one, other, strict=True):
        assert mine.dtype == theirs.dtype
        assert mine.tolist() == theirs.tolist()


@pytest.mark.parametrize("m", [0, 1, 7, 500])
@pytest.mark.parametrize("symmetric", [True, False])
def test_rows_are_grouped_sorted_and_mirrored_alike(by_kernel, m, symmetric):
    rng = np.random.default_rng(m)
    n = 12
    layer = rng.integers(0, 3, m).astype(np.int32)
    source, target = rng.integers(0, n, (2, m)).astype(np.int32)
    weight = rng.lognormal(0, 9, m)  # sums in another order would differ in the last digits
    grouped = link_rows.rows_by_layer(layer, 4)
    assert_same(grouped, by_kernel(link_rows.rows_by_layer, layer, 4))
    rows = grouped[0][: grouped[1][1]]
    for weights in (weight, np.array([0.1])):
        options = rows, source, target, weights, n, symmetric
        block = link_rows.sort_rows(*options)
        assert_same(block, by_kernel(link_rows.sort_rows, *options))
        if symmetric:
            mirrored = link_rows.mirror(*block, n)
            assert_same(mirrored, by_kernel(link_rows.mirror, *block, n))

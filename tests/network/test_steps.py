"""Searches from few sources by numpy and from many by the kernel give the same."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from netinnov._network import steps


def everything(n):
    return np.ones(n, np.bool_)


@pytest.mark.parametrize("limit", [1, 3, 30])
@pytest.mark.parametrize("share", [0.0, 0.05, 0.3])
def test_both_sides_of_the_size_agree(monkeypatch, limit, share):
    rng = np.random.default_rng(3)
    n = 30
    links = sparse.csr_array(rng.random((n, n)) < share)
    links.setdiag(False)
    links.eliminate_zeros()
    sources = rng.integers(0, n, 9).astype(np.int32)
    for wanted, carries in [(everything(n), everything(n)), *[rng.random((2, n)) < 0.6] * 3]:
        call = (links.indptr, links.indices, sources, wanted, carries, limit)
        few = steps.steps_between(*call)
        with monkeypatch.context() as patch:
            patch.setattr(steps, "MANY", 0)
            many = steps.steps_between(*call)
        for one, other in zip(few, many, strict=True):
            assert one.dtype == other.dtype
            assert one.tolist() == other.tolist()


def test_paths_do_not_go_on_from_nodes_that_do_not_carry_them():
    # a > b > c > d, where c does not carry: from a, b is 1 and c is 2 links away
    indptr = np.array([0, 1, 2, 3, 3], np.int32)
    indices = np.array([1, 2, 3], np.int32)
    carries = np.array([True, True, False, True])
    source = np.array([0], np.int32)
    counts, reached_by, apart, inverse = steps.steps_between(
        indptr, indices, source, everything(4), carries, 4
    )
    assert counts.tolist() == [1, 1]
    assert reached_by.tolist() == [0, 1, 1, 0]
    assert apart.tolist() == [0, 1, 2, 0]
    assert inverse.tolist() == [0, 1, 0.5, 0]

"""The search for communities in one layer, compiled whole: many small networks in little time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from scipy import sparse

from netinnov._parallel import in_threads
from netinnov._typing import Codes, Floats
from netinnov.community._leiden_search import WORK

STAGES = ((0.8, 1), (0.4, 5), (0.2, 10))
"""Shares of the searches, the best first, that go on until so many perturbations in a row gain
nothing (fewer in larger networks). `benchmarks/test_search_quality.py` compares that with more."""

AGREE = 4
"""Searches with the same best score after which no more are perturbed."""


class OneLayer(NamedTuple):
    """Links and strengths as arrays; `netinnov.kernels.leiden_layer` describes them."""

    indptr: Codes
    indices: Codes
    weight: Floats
    a: Floats
    b: Floats
    fa: float
    fb: float


def one_layer(matrix: sparse.csr_array, directed: bool, resolution: float) -> OneLayer:
    """The problem of a matrix of weights above 0 without a diagonal."""
    out_of = np.asarray(matrix.sum(axis=1), np.float64)
    factor = resolution / float(out_of.sum())
    if not directed:
        zero = np.zeros_like(out_of)
        return OneLayer(matrix.indptr, matrix.indices, matrix.data, out_of, zero, factor, 0.0)
    into = np.asarray(matrix.sum(axis=0), np.float64)
    both = sparse.csr_array((matrix + matrix.T) / 2)
    # (out_i in_j + in_i out_j) / 2 as a difference of two products.
    a, b = (out_of + into) / 2, (out_of - into) / 2
    return OneLayer(both.indptr, both.indices, both.data, a, b, factor, -factor)


def search_one_layer(
    layer: OneLayer, seeds: Sequence[int], starts: Sequence[Codes] = (), perturb: float = 1.0
) -> Codes:
    """Labels of the best of some searches, from single nodes but where a start is given.

    The best of them go on from partitions in which nodes are taken out at random, in `STAGES`, or
    a share `perturb` below 1 of all in the last of these. In the end the best is searched for
    communities inside communities.
    """
    from netinnov.kernels.leiden_layer import climbed, perturbed

    n, n_searches = layer.indptr.size - 1, len(seeds)
    layer = layer._replace(
        indptr=layer.indptr.astype(np.int32, copy=False),
        indices=layer.indices.astype(np.int32, copy=False),
    )
    alone = np.arange(n, dtype=np.int32)
    first = [*starts, *[alone] * (n_searches - len(starts))]
    n_each = 2 + len(STAGES)
    drawn = np.random.SeedSequence(seeds).generate_state(n_searches * n_each, np.uint64)
    drawn = drawn.reshape(n_searches, n_each)
    size = layer.indices.size
    work = [
        partial(climbed, *layer, start, own[0], False)
        for start, own in zip(first, drawn, strict=True)
    ]
    climbs = in_threads(work, size=n_searches * size)
    equal = 1e-12 * float(layer.weight.sum())  # but for rounding
    fewer = min(1.0, WORK / max(1, size) / STAGES[-1][1])
    stages = list(enumerate(STAGES))
    if perturb < 1:
        stages = [(len(STAGES) - 1, (perturb, STAGES[-1][1]))]
    for stage, (share, idle) in stages:
        order = sorted(range(n_searches), key=lambda k: -climbs[k][1])
        kept = order[: math.ceil(share * n_searches)]
        patience = max(1, round(idle * fewer))
        work = [
            partial(perturbed, *layer, climbs[k][0], patience, drawn[k][2 + stage]) for k in kept
        ]
        for k, reached in zip(
            kept, in_threads(work, size=len(kept) * size * patience), strict=True
        ):
            climbs[k] = reached
        highest = max(score for _, score in climbs)
        best = [k for k, (_, score) in enumerate(climbs) if score >= highest - equal]
        if len(best) >= AGREE:
            break
    # The first of equal ones, so that no last digit decides.
    labels: Codes = climbed(*layer, climbs[best[0]][0], drawn[best[0]][1], True)[0]
    return labels

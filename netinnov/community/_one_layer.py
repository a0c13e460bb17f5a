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

__all__ = ["OneLayer", "one_layer", "search_one_layer"]

PATIENCE = 10
"""Perturbations in a row without a gain after which a search ends: fewer in larger networks."""


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

    Each seed is a search until no move, split or union gains. The best of them, a share `perturb`
    of all, then go on from partitions in which nodes are taken out at random.
    """
    from netinnov.kernels.leiden_layer import climbed, perturbed

    n = layer.indptr.size - 1
    layer = layer._replace(
        indptr=layer.indptr.astype(np.int32, copy=False),
        indices=layer.indices.astype(np.int32, copy=False),
    )
    alone = np.arange(n, dtype=np.int32)
    first = [*starts, *[alone] * (len(seeds) - len(starts))]
    drawn = [np.random.default_rng(seed).integers(2**64, size=2, dtype=np.uint64) for seed in seeds]
    work = [
        partial(climbed, *layer, start, one) for start, (one, _) in zip(first, drawn, strict=True)
    ]
    size = layer.indices.size
    found = in_threads(work, size=len(seeds) * size)
    order = sorted(range(len(seeds)), key=lambda k: -found[k][1])
    kept = order[: math.ceil(perturb * len(seeds))]
    patience = min(PATIENCE, WORK // max(1, size))
    more = [partial(perturbed, *layer, found[k][0], patience, drawn[k][1]) for k in kept]
    scale = float(layer.weight.sum())
    reached = in_threads(more, size=len(more) * size * patience)
    highest = max(score for _, score in reached)
    # Equal but for rounding: the first, so that no last digit decides.
    labels: Codes = next(each for each, score in reached if score >= highest - 1e-12 * scale)
    return labels

"""Scores that flow along links: one sweep of the linear system of PageRank."""

import numpy as np

from netinnov.kernels._jit import kernel

__all__ = ["pagerank_sweep"]


@kernel
def pagerank_sweep(indptr, indices, data, out, present, flow, total, base, damping, coupling):
    """One Gauss-Seidel sweep over the states of a layer.

    The unknowns are score / out-strength (``flow``); ``total`` is the sum of a node's flows over
    its layers, so that the coupling of all pairs of copies costs one operation a state. Rows of
    the CSR are the links into a node, without self-links. Returns the new flow, the new total
    and the sum of the absolute changes of the scores. O(links + nodes).
    Reference: the dense system (I - damping P') r = base.
    """
    n = indptr.size - 1
    new = flow.copy()
    joint = total.copy()
    change = 0.0
    for i in range(n):
        if not present[i]:
            continue
        inflow = coupling * (joint[i] - new[i])
        for k in range(indptr[i], indptr[i + 1]):
            inflow += data[k] * new[indices[k]]
        score = base + damping * inflow
        # A state that leads nowhere has no flow: its score is kept as if its strength were 1,
        # in a place of its own, because nothing reads it.
        if out[i] > 0.0:
            value = score / out[i]
            change += abs(value - new[i]) * out[i]
            joint[i] += value - new[i]
            new[i] = value
    return new, joint, change

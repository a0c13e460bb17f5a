"""Products of a symmetric matrix of which one triangle is kept."""

import numpy as np

from netinnov.kernels._jit import kernel


@kernel
def add_symmetric_product(indptr, indices, data, factor, work):
    """Add factor (U + U') x to y, for work (x, y), U an upper triangle without its diagonal."""
    vector, product = work
    for i in range(indptr.size - 1):
        own, total = factor * vector[i], 0.0
        # Unsigned positions spare numba the test for negative ones.
        begin, end = np.uint32(indptr[i]), np.uint32(indptr[i + 1])
        if begin < end and indices[begin] == i:  # columns ascend: the diagonal comes first
            begin += np.uint32(1)
        for k in range(begin, end):
            j = np.uint32(indices[k])
            total += data[k] * vector[j]
            product[j] += data[k] * own
        product[i] += factor * total

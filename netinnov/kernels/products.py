"""Products of a symmetric matrix of which one triangle is kept."""

import numpy as np

from netinnov.kernels._jit import kernel


@kernel
def symmetric_product(indptr, indices, data, vector):
    """(U + U') x without the diagonal, U an upper triangle with ascending columns. O(entries).

    Reference: ``(U + U.T) @ x`` in scipy.
    """
    n = indptr.size - 1
    product = np.zeros(n)
    for i in range(n):
        own, total = vector[i], 0.0
        # Unsigned positions spare numba the test for negative ones.
        begin, end = np.uint32(indptr[i]), np.uint32(indptr[i + 1])
        if begin < end and indices[begin] == i:  # columns ascend: the diagonal comes first
            begin += np.uint32(1)
        for k in range(begin, end):
            j = np.uint32(indices[k])
            total += data[k] * vector[j]
            product[j] += data[k] * own
        product[i] += total
    return product

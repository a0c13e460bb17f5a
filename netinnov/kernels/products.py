"""Products of a symmetric matrix of which one triangle is kept."""

import numpy as np

from netinnov.kernels._jit import kernel


@kernel
def symmetric_product(indptr, indices, data, vector):
    """(U + U') x without the diagonal, U the upper triangle as CSR. O(entries).

    Reference: ``(U + U.T) @ x`` in scipy.
    """
    n = indptr.size - 1
    product = np.zeros(n)
    for i in range(n):
        own, total = vector[i], 0.0
        for k in range(indptr[i], indptr[i + 1]):
            j = indices[k]
            if j != i:
                total += data[k] * vector[j]
                product[j] += data[k] * own
        product[i] += total
    return product

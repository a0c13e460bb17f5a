"""Resistance with added links from the inverse of the Laplacian before them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import linalg

from netinnov._typing import Floats
from netinnov.connectivity._laplacian import conductances
from netinnov.network import MultilayerNetwork
from netinnov.planning._placements import Placement, with_placements

_HELD = 2**28
"""Bytes of inverses of plans that are held."""


class ByResistance:
    """Minus the resistance between all pairs of nodes of the baseline, a rank at a time.

    New nodes are eliminated (Kron reduction), so that a placement is a Laplacian C on the few old
    nodes T that it touches. With the pseudoinverse M, ``M - M_T C (1 + M_TT C)^-1 M_T'`` is that
    with the links (Woodbury), and the sum of resistances is n times its trace.
    """

    rounding = 1e-9

    def __init__(self, network: MultilayerNetwork, placements: Sequence[Placement]) -> None:
        self.start, self.placements = network, placements
        self.n = network.n_nodes
        laplacian = -conductances(network, "objective='resistance'").toarray()
        laplacian[np.diag_indices(self.n)] -= laplacian.sum(axis=1)
        # The constant vector is given an eigenvalue of the size of the others, and taken out again.
        shift = laplacian.trace() / self.n**2
        inverse = linalg.cho_solve(linalg.cho_factor(laplacian + shift), np.eye(self.n))
        self.kept: dict[tuple[int, ...], Floats] = {(): inverse - 1.0 / (shift * self.n**2)}
        self.touched = [_reduced(placement, self.n) for placement in placements]

    def network(self, plan: tuple[int, ...]) -> MultilayerNetwork:
        return with_placements(self.start, [self.placements[at] for at in plan])

    def values(self, plan: tuple[int, ...], more: npt.NDArray[np.int64]) -> Floats:
        inverse = self._inverse(plan)
        total = inverse.trace()
        falls = np.array([self._change(inverse, at)[0] for at in more.tolist()])
        values: Floats = -self.n * (total - falls)
        return values

    def _change(self, inverse: Floats, at: int) -> tuple[float, Floats, Floats]:
        """Fall of the trace, and the factors of the change."""
        nodes, added = self.touched[at]
        columns = inverse[:, nodes]
        inner = added @ np.linalg.inv(np.eye(nodes.size) + columns[nodes] @ added)
        return float(np.sum(inner * (columns.T @ columns).T)), columns, inner

    def _inverse(self, plan: tuple[int, ...]) -> Floats:
        if plan not in self.kept:
            if len(self.kept) * 8 * self.n**2 >= _HELD:
                self.kept = {(): self.kept[()]}
            before = self._inverse(plan[:-1])
            _, columns, inner = self._change(before, plan[-1])
            self.kept[plan] = before - columns @ inner @ columns.T
        return self.kept[plan]


def _reduced(placement: Placement, n: int) -> tuple[npt.NDArray[np.int64], Floats]:
    """The old nodes that a placement touches, and the Laplacian that it adds between them."""
    nodes, ends = np.unique(
        np.concatenate([placement.source, placement.target]).astype(np.int64), return_inverse=True
    )
    source, target = np.split(ends, 2)
    added = np.zeros((nodes.size, nodes.size))
    np.add.at(added, (source, target), -placement.weight)
    np.add.at(added, (target, source), -placement.weight)
    added[np.diag_indices(nodes.size)] -= added.sum(axis=1)
    old = nodes < n
    if not old.all():
        between = added[np.ix_(old, ~old)]
        inner = np.linalg.pinv(added[np.ix_(~old, ~old)], hermitian=True)
        added = added[np.ix_(old, old)] - between @ inner @ between.T
    return nodes[old], added

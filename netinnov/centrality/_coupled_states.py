"""The adjacency of state nodes as an operator: layers, and coupling between the copies of a node.

A vector over states is an array slots x nodes. A slot is a layer; or, in the doubled operator that
`hits` uses, the hub side of a layer or its authority side. The coupling is never stored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import linalg

from netinnov._network.matrices import unit_of
from netinnov._typing import Codes, Floats, Mask, Presence
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.supra import supra_adjacency

PRECISION = 1e-13  # of a residual, relative to the right-hand side
SERIES = 1_000  # terms before another solver takes over; about 60 are enough for a radius of 1/2

STEPS = 2_000  # of conjugate gradients; a quarter of it without symmetry


@dataclass(frozen=True)
class Coupled:
    links: sparse.csr_array  # the weights of links; row: the state that is led to
    present: Mask  # where a state exists, slots x nodes
    coupling: float
    sides: int  # 1, or 2: a hub is then coupled to the authorities of other layers
    symmetric: bool

    def __call__(self, vector: Floats, *, links: sparse.csr_array | None = None) -> Floats:
        received = ((self.links if links is None else links) @ vector.ravel()).reshape(vector.shape)
        if self.coupling == 0:
            return np.asarray(received)
        # The sums are over the present: an absent state holds 0.
        facing = vector.reshape(self.sides, -1, vector.shape[1])[::-1]
        inflow = self.coupling * (facing.sum(axis=1, keepdims=True) - facing)
        return np.asarray(received + inflow.reshape(vector.shape) * self.present)

    def in_units(self) -> tuple[Coupled, float]:
        """Divided by the power of two above the largest weight, and that power."""
        unit = unit_of(np.append(self.links.data, self.coupling))
        links = with_weights(self.links, self.links.data / unit)
        return replace(self, links=links, coupling=self.coupling / unit), unit

    def components(self) -> tuple[int, Codes]:
        slots, n = self.present.shape
        size = slots * n
        stars, states = self._stars()
        joins = sparse.csr_array((np.ones(states.size, np.int8), (states, stars)), (size, 2 * n))
        links = with_weights(self.links, np.ones(self.links.nnz, np.int8))
        # Without direction every weight is there both ways, and strong is weak, and faster.
        n_components, label = sparse.csgraph.connected_components(
            sparse.block_array([[links, joins], [joins.T, None]], format="csr"), connection="strong"
        )
        # The stars, points that stand for the coupling, are left out of the numbering.
        used = np.zeros(n_components, np.int32)
        used[label[:size]] = 1
        compact = np.cumsum(used, dtype=np.int32) - np.int32(1)
        return int(used.sum()), compact[label[:size]]

    def _stars(self) -> tuple[Codes, Codes]:
        """Virtual points in place of the coupling, and the states that each of them joins."""
        slots, n = self.present.shape
        if self.coupling == 0:
            return np.empty(0, np.int32), np.empty(0, np.int32)
        layers = self.present[: slots // self.sides]
        copies = layers.sum(axis=0)
        star = np.broadcast_to(np.arange(n, dtype=np.int32), (slots, n)).copy()
        joined = self.present & (copies >= 2)
        if self.sides == 2:
            # Of two copies each hub is joined to one authority only: two stars for that node.
            first = np.cumsum(layers, axis=0) == 1
            hub_of_first = np.concatenate([first, ~first])
            star += np.where((copies == 2) & ~hub_of_first, np.int32(n), np.int32(0))
        return star[joined], np.flatnonzero(joined.ravel()).astype(np.int32)

    def dense(self, states: npt.NDArray[np.intp]) -> Floats:
        slots, n = self.present.shape
        slot, node = np.divmod(states, n)
        matrix = self.links[states][:, states].toarray()
        if self.coupling > 0:
            layers = slots // self.sides
            side, layer = np.divmod(slot, layers)
            copies = (node[:, None] == node) & (layer[:, None] != layer)
            if self.sides == 2:
                copies &= side[:, None] != side
            matrix[copies] = self.coupling
        return matrix


def coupled(network: MultilayerNetwork, coupling: float, presence: Presence) -> Coupled:
    """The transposed supra-adjacency: what leads into each state."""
    links = sparse.csr_array(supra_adjacency(network, coupling=0.0).T)
    return Coupled(links, network.storage.presence(presence), coupling, 1, not network.directed)


def doubled(network: MultilayerNetwork, coupling: float, presence: Presence) -> Coupled:
    """Hubs from authorities, authorities from hubs; hub slots come first."""
    out = supra_adjacency(network, coupling=0.0)
    sides: list[list[sparse.csr_array | None]] = [[None, out], [sparse.csr_array(out.T), None]]
    present = np.tile(network.storage.presence(presence), (2, 1))
    return Coupled(sparse.block_array(sides, format="csr"), present, coupling, 2, True)


def with_weights(matrix: sparse.csr_array, weights: Floats) -> sparse.csr_array:
    """Other weights on the same pattern; zeros stay stored."""
    return sparse.csr_array((weights, matrix.indices, matrix.indptr), shape=matrix.shape)


def solve(
    step: Callable[[Floats], Floats], base: Floats, *, symmetric: bool, subject: str
) -> Floats:
    """Solve x = base + step(x); step is nonnegative with a spectral radius below 1.

    If not symmetric, the series is summed first: its terms are positive, so no digit cancels.
    """
    shape = base.shape

    def residual(vector: Floats) -> Floats:
        return np.asarray(vector - step(vector.reshape(shape)).ravel())

    total = term = base
    if not symmetric:
        for _ in range(SERIES):
            with np.errstate(over="ignore"):
                term = step(term)
                if not (term > 1e-17 * total).any():
                    return total
                total = total + term
            if not np.isfinite(total).all():
                raise InputError(f"{subject} is too large for floating point on this network.")
    start, right = total.ravel(), base.ravel()
    system = linalg.LinearOperator((base.size, base.size), matvec=residual, dtype=np.float64)
    steps = STEPS if symmetric else STEPS // 4
    first = partial(linalg.cg if symmetric else linalg.bicgstab, maxiter=steps)
    for method in (first, partial(linalg.gmres, restart=60, maxiter=5)):
        with np.errstate(all="ignore"):
            answer, _ = method(system, right, start, rtol=PRECISION)
            missed = np.linalg.norm(residual(answer) - right)
        if missed <= 1e-10 * max(np.linalg.norm(right), np.linalg.norm(answer)):
            return np.asarray(np.maximum(answer, 0).reshape(shape))
    msg = f"{subject} cannot be solved for in {steps} steps: walks on this network fade too slowly."
    raise InputError(msg)

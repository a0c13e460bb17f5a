"""The adjacency of state nodes as an operator: layers, and coupling between the copies of a node.

A vector over states is an array slots x nodes. A slot is a layer; or, in the doubled operator that
`hits` uses, the hub side of a layer or its authority side. The coupling is never stored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import linalg

from netinnov._matrices import layer_matrix, unit_of
from netinnov._typing import Codes, Floats, Presence
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

Blocks: TypeAlias = list[tuple[int, int, sparse.csr_array]]

PRECISION = 1e-13  # of a residual, relative to the right-hand side
SERIES = 1_000
"""Terms of the series before a system is handed on; with a radius of a half about 60 are enough."""

SMALL = 2**16
"""Entries up to which all blocks are put into one matrix: calls would take longer than sums."""

STEPS = 2_000  # of conjugate gradients; a quarter of it without symmetry


@dataclass(frozen=True)
class Coupled:
    """Weights that lead from state to state."""

    blocks: Blocks
    """To slot, from slot, and the weights between them; row: the node that is led to."""
    present: npt.NDArray[np.bool_]
    """Where a state exists, slots x nodes."""
    coupling: float
    sides: int
    """1, or 2: a hub is then coupled to the authorities of other layers."""
    symmetric: bool

    def __call__(self, vector: Floats, *, blocks: Blocks | None = None) -> Floats:
        """What each state receives; from `blocks` in place of all weights, where given."""
        inflow = self._from_copies(vector)
        if blocks is None and self._joined is not None:
            return np.asarray(inflow + (self._joined @ vector.ravel()).reshape(vector.shape))
        for to, source, matrix in self.blocks if blocks is None else blocks:
            inflow[to] += matrix @ vector[source]
        return inflow

    @cached_property
    def _joined(self) -> sparse.csr_array | None:
        """All blocks as one matrix over the states, where they are small."""
        if sum(matrix.nnz for _, _, matrix in self.blocks) > SMALL:
            return None
        slots, n = self.present.shape
        row, column, data = [], [], []
        for to, source, matrix in self.blocks:
            row.append(np.repeat(np.arange(to * n, (to + 1) * n), np.diff(matrix.indptr)))
            column.append(matrix.indices + source * n)
            data.append(matrix.data)
        ends = (np.concatenate(row), np.concatenate(column))
        return sparse.csr_array((np.concatenate(data), ends), shape=(slots * n,) * 2)

    def _from_copies(self, vector: Floats) -> Floats:
        if self.coupling == 0:
            return np.zeros(vector.shape)
        # The sums are over the present: an absent state holds 0.
        facing = vector.reshape(self.sides, -1, vector.shape[1])[::-1]
        inflow = self.coupling * (facing.sum(axis=1, keepdims=True) - facing)
        return np.asarray(inflow.reshape(vector.shape) * self.present)

    def in_units(self) -> tuple[Coupled, float]:
        """The same in units of the power of two above the largest weight, and that power."""
        largest = [float(matrix.data.max(initial=0.0)) for _, _, matrix in self.blocks]
        unit = unit_of(np.array([self.coupling, *largest]))
        blocks = [
            (to, source, sparse.csr_array((m.data / unit, m.indices, m.indptr), shape=m.shape))
            for to, source, m in self.blocks
        ]
        return replace(self, blocks=blocks, coupling=self.coupling / unit), unit

    def components(self) -> tuple[int, Codes]:
        """Count the sets of states that lead to one another, and label each state."""
        slots, n = self.present.shape
        size = slots * n
        stars, states = self._stars()
        to = [stars + np.int32(size), states]
        source = [states, stars + np.int32(size)]
        for r, c, matrix in self.blocks:
            row = np.repeat(np.arange(n, dtype=np.int32), np.diff(matrix.indptr))
            to.append(row + np.int32(r * n))
            source.append(matrix.indices + np.int32(c * n))
        ends = (np.concatenate(source), np.concatenate(to))
        pattern = sparse.coo_array((np.ones(ends[0].size, np.int8), ends), (size + 2 * n,) * 2)
        # Without direction every weight is there both ways, and strong is weak, and faster.
        n_components, label = sparse.csgraph.connected_components(
            pattern.tocsr(), connection="strong"
        )
        # The stars, points that stand for the coupling, are left out of the numbering.
        used = np.zeros(n_components, np.int32)
        used[label[:size]] = 1
        compact = np.cumsum(used, dtype=np.int32) - np.int32(1)
        return int(used.sum()), compact[label[:size]]

    def _stars(self) -> tuple[Codes, Codes]:
        """Points in place of the coupling, and the states each of them joins."""
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
        """The weights between a few states, as a matrix."""
        slots, n = self.present.shape
        slot, node = np.divmod(states, n)
        matrix = np.zeros((states.size, states.size))
        at = [np.flatnonzero(slot == x) for x in range(slots)]
        for to, source, weights in self.blocks:
            if at[to].size and at[source].size:
                part = weights[node[at[to]]][:, node[at[source]]]
                matrix[np.ix_(at[to], at[source])] = part.toarray()
        if self.coupling > 0:
            layers = slots // self.sides
            side, layer = np.divmod(slot, layers)
            copies = (node[:, None] == node) & (layer[:, None] != layer)
            if self.sides == 2:
                copies &= side[:, None] != side
            matrix[copies] = self.coupling
        return matrix


def coupled(network: MultilayerNetwork, coupling: float, presence: Presence) -> Coupled:
    """What leads into each state: the transposed supra-adjacency."""
    blocks = [
        (x, x, _into(network, layer, layer_matrix(network, layer)))
        for x, layer in enumerate(network.layers)
    ]
    return Coupled(blocks, network.storage.presence(presence), coupling, 1, not network.directed)


def doubled(network: MultilayerNetwork, coupling: float, presence: Presence) -> Coupled:
    """Hubs from the authorities they lead to, authorities from hubs; hub slots come first."""
    n_layers = len(network.layers)
    blocks = []
    for x, layer in enumerate(network.layers):
        matrix = layer_matrix(network, layer)
        blocks.append((x, n_layers + x, matrix))
        blocks.append((n_layers + x, x, _into(network, layer, matrix)))
    present = network.storage.presence(presence)
    return Coupled(blocks, np.concatenate([present, present]), coupling, 2, True)


def solve(
    step: Callable[[Floats], Floats], base: Floats, *, symmetric: bool, subject: str
) -> Floats:
    """Solve x = base + step(x), where step has no negative weight and a spectral radius below 1.

    Without symmetry by the series first: all its terms are positive, so no digit cancels, however
    far the weights are from a normal matrix.
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
    system = linalg.LinearOperator((base.size, base.size), matvec=residual, dtype=np.float64)
    method, steps = (linalg.cg, STEPS) if symmetric else (linalg.bicgstab, STEPS // 4)
    scale = float(np.linalg.norm(base))
    with np.errstate(all="ignore"):
        answer, _ = method(system, base.ravel(), total.ravel(), rtol=PRECISION, maxiter=steps)
        missed = float(np.linalg.norm(residual(answer) - base.ravel()))
        if not missed <= 1e-10 * max(scale, float(np.linalg.norm(answer))):
            answer, _ = linalg.gmres(
                system, base.ravel(), total.ravel(), rtol=PRECISION, restart=60, maxiter=5
            )
            missed = float(np.linalg.norm(residual(answer) - base.ravel()))
    if not missed <= 1e-10 * max(scale, float(np.linalg.norm(answer))):
        raise InputError(
            f"{subject} cannot be solved for in {steps} steps: walks on this network fade too "
            "slowly."
        )
    return np.asarray(np.maximum(answer, 0).reshape(shape))


def _into(network: MultilayerNetwork, layer: str, matrix: sparse.csr_array) -> sparse.csr_array:
    return matrix.T.tocsr() if layer in network.directed else matrix

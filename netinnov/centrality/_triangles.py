"""The coupled network without direction as an operator on one triangle of each layer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from netinnov._parallel import in_threads
from netinnov._rows import Block
from netinnov._typing import Floats
from netinnov.network import MultilayerNetwork


@dataclass(frozen=True)
class Triangles:
    """Weights between states, an array layers x nodes: 12 bytes a link, those of the network.

    ``present``: where a state exists; ``coupling``: weight between the copies of a node.
    """

    blocks: tuple[Block, ...]
    present: npt.NDArray[np.bool_]
    coupling: float

    @classmethod
    def of(
        cls, network: MultilayerNetwork, coupling: float, present: npt.NDArray[np.bool_]
    ) -> Triangles:
        """Those of a network without directed layers."""
        return cls(network.storage.blocks, present, coupling)

    def from_links(self, vector: Floats) -> Floats:
        """What each state receives along links; layers are worked on in threads."""
        from netinnov.kernels.products import symmetric_product

        work = [
            partial(symmetric_product, *block, own)
            for block, own in zip(self.blocks, vector, strict=True)
        ]
        size = sum(block.indices.size for block in self.blocks)
        return np.array(in_threads(work, size))

    def __call__(self, vector: Floats) -> Floats:
        """What each state receives along links and from the copies of its node."""
        inflow = self.from_links(vector)
        if self.coupling > 0:
            # The sums are over the present: an absent state holds 0.
            copies = vector.sum(axis=0)
            for x in range(len(self.blocks)):
                inflow[x] += self.coupling * (copies - vector[x]) * self.present[x]
        return inflow

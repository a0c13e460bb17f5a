"""Access of home with a park in many placements, searched in copies of the network at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from netinnov._network.paths import PathCosts, lengths_of_links, path_costs
from netinnov._typing import Floats
from netinnov.network import MultilayerNetwork
from netinnov.scenarios._between_places import NewNode, moved
from netinnov.scenarios._enclave import Enclave
from netinnov.scenarios._pair_draws import Pairs, Scene
from netinnov.scenarios._settings import Access

Integers = npt.NDArray[np.int64]
_BLOCK = 2**21  # links of the copies that are searched together


class _Arcs(NamedTuple):
    key: Integers  # source * n + target, ascending
    length: Floats
    without: Floats  # where the one layer has no link


class ParkAccess:
    """Mean harmonic closeness of the nodes of home, over the nodes that were there before."""

    def __init__(
        self, network: MultilayerNetwork, home: npt.NDArray[np.intp], access: Access
    ) -> None:
        self.network, self.home = network, home
        self.costs: PathCosts = path_costs(access.distance, 0.0, access.frictions)
        chosen = network.layers if access.layers is None else access.layers
        self.layers = tuple(layer for layer in network.layers if layer in chosen)
        self._arcs: dict[str, _Arcs] = {}

    def values(self, park: Enclave, seeds: Sequence[np.random.SeedSequence]) -> Floats:
        """Of a park that counts links: a value for each seed, one placement of it."""
        node, scene, draw = park._draws_of_links(self.network)
        drawn = [draw(np.random.default_rng(seed)) for seed in seeds]
        arcs = self._without(scene.layer)
        step = max(1, _BLOCK // max(arcs.key.size, 1))
        parts = [drawn[at : at + step] for at in range(0, len(drawn), step)]
        return np.concatenate([self._searched(part, arcs, node, scene) for part in parts])

    def _without(self, layer: str) -> _Arcs:
        if layer not in self._arcs:
            n = self.network.n_nodes
            blocks = [self.network.storage.simple_csr(name) for name in self.layers]
            none: list[Integers] = [np.empty(0, np.int64)]
            row = np.concatenate([*none, *(block.sources for block in blocks)])
            column = np.concatenate([*none, *(block.indices for block in blocks)])
            weight = np.concatenate([np.empty(0), *(block.data for block in blocks)])
            counts = [block.data.size for block in blocks]
            other = np.repeat(np.array([name != layer for name in self.layers], bool), counts)
            length = lengths_of_links(self.network, row, column, weight, self.costs)
            key, at = np.unique(row * n + column, return_inverse=True)
            every, without = np.full((2, key.size), np.inf)
            np.minimum.at(every, at, length)
            np.minimum.at(without, at[other], length[other])
            self._arcs[layer] = _Arcs(key, every, without)
        return self._arcs[layer]

    def _searched(
        self, drawn: Sequence[tuple[Pairs, Pairs]], arcs: _Arcs, node: NewNode, scene: Scene
    ) -> Floats:
        n, copies = self.network.n_nodes, len(drawn)
        size, both = n + 1, not scene.directed
        length = np.tile(arcs.length, (copies, 1))
        row, column, values = np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
        if scene.layer in self.layers:
            copy, key, _ = _stacked([removed for removed, _ in drawn], n, both)
            at = np.searchsorted(arcs.key, key)
            length[copy, at] = arcs.without[at]
            row, column, values = self._of_park([new for _, new in drawn], node, scene)
        first = (size * np.arange(copies))[:, None]
        source, target = np.divmod(arcs.key, n)
        rows = np.append((first + source).ravel(), row)
        columns = np.append((first + target).ravel(), column)
        entries = np.append(length.ravel(), values), (rows, columns)
        graph = sparse.coo_array(entries, shape=(copies * size,) * 2).tocsr()
        total = np.zeros(copies)
        for home in self.home:
            starts = first.ravel() + home
            # Copies are not linked, so that the nearest start is the home of the same copy.
            steps = csgraph.dijkstra(graph, directed=True, indices=starts, min_only=True)
            steps[starts] = np.inf
            total += (1.0 / steps.reshape(copies, size)[:, :n]).sum(axis=1)
        return np.asarray(total / self.home.size / (n - 1))

    def _of_park(
        self, new: Sequence[Pairs], node: NewNode, scene: Scene
    ) -> tuple[Integers, Integers, Floats]:
        size = self.network.n_nodes + 1
        copy, key, weight = _stacked(new, size, not scene.directed)
        # Parallel links of a park are one, of the summed weight.
        key, at = np.unique(copy * size**2 + key, return_inverse=True)
        copy, (row, column) = key // size**2, np.divmod(key % size**2, size)
        none = Pairs(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0))
        beside = moved(self.network, scene.layer, none, none, node)
        summed = np.bincount(at, weight).astype(np.float64)
        length = lengths_of_links(beside, row, column, summed, self.costs)
        return copy * size + row, copy * size + column, length


def _stacked(pairs: Sequence[Pairs], n: int, both_ways: bool) -> tuple[Integers, Integers, Floats]:
    """Number of the copy, key of the pair and weight; undirected pairs in both directions."""
    copy = np.repeat(np.arange(len(pairs)), [each.weight.size for each in pairs])
    source = np.concatenate([each.source for each in pairs]).astype(np.int64)
    target = np.concatenate([each.target for each in pairs]).astype(np.int64)
    weight = np.concatenate([each.weight for each in pairs])
    if not both_ways:
        return copy, source * n + target, weight
    keys = np.append(source * n + target, target * n + source)
    return np.tile(copy, 2), keys, np.tile(weight, 2)

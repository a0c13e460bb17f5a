"""The access of the places of a coalition, on one network or on those of all coalitions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from netinnov._paths import PathCosts, distances, shortest_links
from netinnov._typing import Codes, Floats
from netinnov.centrality import harmonic_centrality
from netinnov.network import MultilayerNetwork

HELD = 2**30
"""Bytes of distances up to which a coalition's are made from those of a smaller one."""


class CoalitionAccess:
    """Sum of harmonic centrality over the baseline's nodes whose jurisdiction is in a coalition."""

    def __init__(
        self, network: MultilayerNetwork, players: Sequence[str], costs: PathCosts
    ) -> None:
        self.network = network
        self.players = list(players)
        self.costs = costs
        owners = network.storage.nodes["jurisdiction"]
        self.owner = pd.Index(self.players).get_indexer(pd.Index(owners)).astype(np.int32)
        """For each node the position of its player; -1 for none."""
        self._nodes = network.storage.nodes.index.tolist()
        self._measured: MultilayerNetwork | None = None
        self._by_player: dict[str, float] = {}

    def __call__(self, network: MultilayerNetwork, coalition: frozenset[str]) -> float:
        if network is not self._measured:
            scores = harmonic_centrality(network, nodes=self._nodes, **self.costs._asdict())
            owned = self.owner >= 0
            baseline = scores.to_numpy()[: self.owner.size]
            sums = np.bincount(self.owner[owned], baseline[owned], minlength=len(self.players))
            self._by_player = dict(zip(self.players, sums.tolist(), strict=True))
            self._measured = network
        return sum(self._by_player[player] for player in self.players if player in coalition)

    def of_all_coalitions(
        self, grown: MultilayerNetwork, links: pd.DataFrame, needs: npt.NDArray[np.int64]
    ) -> Floats | None:
        """Gains by bit masks, where each has the links whose players it holds.

        ``grown``: with all links. None if links of one pair need different players, or the
        distances take too much memory.
        """
        from netinnov.kernels.coalitions import access_gains

        n = self.network.n_nodes
        if n < 2:
            return None
        at = self.network.storage.positions
        ends = np.sort([at("links", links["source"]), at("links", links["target"])], axis=0)
        pair = ends[0].astype(np.int64) * n + ends[1]
        pairs, first, pair_of_link = np.unique(pair, return_index=True, return_inverse=True)
        if (needs[first][pair_of_link] != needs).any():
            return None
        source, target = (pairs // n).astype(np.int32), (pairs % n).astype(np.int32)
        lengths = shortest_links(grown, self.costs.distance, self.costs.frictions)
        source, target = np.append(source, target), np.append(target, source)
        length = _entries(lengths, source, target)
        mask = np.tile(needs[first], 2)
        # Links whose first player is the same stand together.
        lowest = np.bitwise_count((mask & -mask) - 1)
        order = np.argsort(lowest, kind="stable")
        order = order[(length[order] > 0) & (source != target)[order]]
        begin = np.searchsorted(lowest[order], np.arange(len(self.players) + 1)).astype(np.int32)
        rows = np.unique(np.concatenate([np.flatnonzero(self.owner >= 0), source, target]))
        rows = rows.astype(np.int32)
        if 8 * rows.size * n * (len(self.players) + 1) > HELD:
            return None
        row_of = np.full(n, -1, np.int32)
        row_of[rows] = np.arange(rows.size)
        gains: Floats = access_gains(
            np.concatenate([block for _, block in distances(self.network, rows, self.costs)]),
            row_of,
            self.owner[rows],
            source[order],
            target[order],
            length[order],
            mask[order],
            begin,
        )
        return gains / (n - 1)


def _entries(matrix: sparse.csr_array, row: Codes, column: Codes) -> Floats:
    """Some entries of a matrix whose columns ascend in each row; 0 where there is none."""
    n = matrix.shape[0]
    rows = np.repeat(np.arange(n), np.diff(matrix.indptr))
    stored = rows * n + matrix.indices
    wanted = row.astype(np.int64) * n + column
    at = np.minimum(np.searchsorted(stored, wanted), stored.size - 1)
    return np.where(stored[at] == wanted, matrix.data[at], 0.0)

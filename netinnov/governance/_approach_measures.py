"""What is measured of a network for the comparison of approaches: in it and in the models."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from netinnov._paths import Frictions, PathCosts, shortest_links
from netinnov._typing import Floats
from netinnov.centrality import strength
from netinnov.mechanisms.cobweb import CoupledCobweb
from netinnov.network import MultilayerNetwork
from netinnov.polycentricity import effective_number, gini
from netinnov.scenarios._pair_draws import inside, sides

_ROUNDING = 1e-14
"""Of the access of a node: what sums of many terms may be off by."""


@dataclass(frozen=True)
class ApproachMeasures:
    """All measures of a network, on the nodes of the baseline."""

    baseline: MultilayerNetwork
    home: str
    host: str
    frictions: Frictions
    cobweb: tuple[float, float, float]
    break_point: float

    @cached_property
    def counts(self) -> list[int]:
        """Number of nodes located in home and in host."""
        return [int(side.nodes.sum()) for side in sides(self.baseline, self.home, self.host)]

    def gains(self, drawn: pd.DataFrame, before: dict[str, float]) -> Floats:
        """Gains in access of home, host and all others, summed over nodes; a row a placement."""
        change, n = drawn - pd.Series(before), self.baseline.n_nodes
        home, host = (change[["home_access", "host_access"]] * self.counts).to_numpy().T
        columns = np.column_stack([home, host, change["efficiency"] * n - home - host])
        return np.where(np.abs(columns) <= _ROUNDING * n, 0.0, columns)

    def __call__(self, network: MultilayerNetwork, relief: float) -> dict[str, float]:
        home, host = sides(self.baseline, self.home, self.host)
        n = self.baseline.n_nodes
        belongs = _belongs(network, self.home, self.host)
        access = self._access(network, belongs, relief)
        totals = strength(network).sum(axis=1).to_numpy(np.float64)[:n]
        between = _association(network, belongs, relief)
        b, d, mobility = self.cobweb
        model = CoupledCobweb([b] * 3, [d] * 3, mobility=mobility * between)
        return {
            "efficiency": float(access.mean()),
            "home_access": float(access[home.nodes].mean()),
            "host_access": float(access[host.nodes].mean()),
            "access_gini": gini(access),
            "effective_number": effective_number(totals),
            "spectral_radius": model.spectral_radius(),
            "below_break": self.break_point - float(between[0, 1]),
        }

    def _access(
        self, network: MultilayerNetwork, belongs: npt.NDArray[np.intp], relief: float
    ) -> Floats:
        """Harmonic centrality with a lower border between what belongs to home and to host."""
        n = self.baseline.n_nodes
        costs = PathCosts("unit", 0.0, self.frictions)
        lengths = sparse.coo_array(shortest_links(network, costs))
        length, (row, column) = lengths.data.astype(np.float64), lengths.coords
        if relief > 0:
            without = Frictions(distance=self.frictions.distance)
            inner = sparse.coo_array(shortest_links(network, costs._replace(frictions=without)))
            ends = belongs[row] + belongs[column]
            crosses = (belongs[row] != belongs[column]) & (ends == 1)
            length = np.where(crosses, (1 - relief) * length + relief * inner.data, length)
        graph = sparse.csr_array((length, (row, column)), shape=lengths.shape)
        distance_between = csgraph.dijkstra(graph, directed=True, indices=np.arange(n))[:, :n]
        np.fill_diagonal(distance_between, np.inf)
        return np.asarray((1.0 / distance_between).sum(axis=1) / max(n - 1, 1))


def _belongs(network: MultilayerNetwork, home: str, host: str) -> npt.NDArray[np.intp]:
    """0 for nodes whose jurisdiction is home, 1 for those of host, 2 for all others."""
    code = network.storage.jurisdiction_codes
    known = code >= 0
    of_home = inside(network, home)[code] & known
    of_host = inside(network, host)[code] & known & ~of_home
    return np.select([of_home, of_host], [0, 1], 2)


def _association(
    network: MultilayerNetwork, belongs: npt.NDArray[np.intp], relief: float
) -> Floats:
    """Weights between home, host and all others, relative to what each has; 0 to 1."""
    weights = np.zeros((3, 3))
    for layer in network.layers:
        block = network.storage.block(layer)
        differ = block.sources != block.indices
        ends = belongs[block.sources[differ]], belongs[block.indices[differ]]
        np.add.at(weights, ends, block.data[differ])
    weights = weights + weights.T
    total = weights.sum(axis=1)
    scale = np.sqrt(np.outer(total, total))
    between: Floats = np.divide(weights, scale, out=np.zeros((3, 3)), where=scale > 0)
    between[0, 1] = between[1, 0] = between[0, 1] ** (1 - relief)
    return between

"""An experiment with a reverse enclave: its measure, and the only place of its defaults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from netinnov._network.paths import Frictions
from netinnov._typing import Distance
from netinnov.centrality import harmonic_centrality
from netinnov.network import MultilayerNetwork
from netinnov.scenarios._prices import Funding


@dataclass(frozen=True, slots=True)
class Access:
    """Harmonic closeness by the links of the layers that count; None: all."""

    distance: Distance = "unit"
    frictions: Frictions | None = None
    layers: tuple[str, ...] | None = None

    def __call__(
        self, network: MultilayerNetwork, *, nodes: Sequence[str] | None = None
    ) -> pd.Series[float]:
        counted = network if self.layers is None else network.select(layers=list(self.layers))
        options: dict[str, Any] = {"distance": self.distance, "frictions": self.frictions}
        return harmonic_centrality(counted, nodes=nodes, **options)


@dataclass(frozen=True)  # without slots, so that defaults can be read from the class
class Settings:
    pipeline_share: float = 0.25
    funding: Funding = "reallocated"
    attachment: float = 1.0
    replicates: int = 100
    seed: int = 1

"""An experiment with a reverse enclave: its description, and the only place of its defaults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from netinnov._network.paths import Frictions
from netinnov._typing import Distance
from netinnov.centrality import harmonic_centrality
from netinnov.network import MultilayerNetwork
from netinnov.scenarios._prices import Funding

if TYPE_CHECKING:
    from netinnov.scenarios._enclave import ReverseEnclave


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
    """A park of `home` in `host`; exactly one of size, volume and volume_share.

    `counted` are the layers whose links make access, None: all; `layer` is the one that changes.
    """

    home: str
    host: str
    size: int | None = None
    volume: float | None = None
    volume_share: float | None = None
    pipeline_share: float = 0.25
    funding: Funding = "reallocated"
    attachment: float = 1.0
    counted: tuple[str, ...] | None = None
    layer: str | None = None
    frictions: Frictions | None = None
    distance: Distance = "unit"
    replicates: int = 100
    seed: int = 1

    @property
    def park(self) -> ReverseEnclave:
        from netinnov.scenarios._enclave import ReverseEnclave

        names = ("home", "host", "size", "volume", "volume_share", "pipeline_share")
        options = {name: getattr(self, name) for name in (*names, "funding", "attachment", "layer")}
        return ReverseEnclave(**options)

    @property
    def access(self) -> Access:
        return Access(self.distance, self.frictions, self.counted)

    def arguments(self) -> dict[str, Any]:
        """Arguments of `compare_scenarios`."""
        measures = {"access": self.access}
        several = {"scenarios": {"park": self.park}, "measures": measures}
        return several | {"replicates": self.replicates, "rng": self.seed}

"""The options of measures, which every section reads."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import Field

from netinnov._network.matrices import usual_length
from netinnov._network.paths import union
from netinnov._network.place_distances import between
from netinnov._typing import Direction, Distance, Presence
from netinnov.centrality._counts import total_strength
from netinnov.connectivity import Frictions
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.study._facts import Part


def linked_layers(network: MultilayerNetwork) -> list[str]:
    return [each for each in network.layers if network.storage.simple_csr(each).indices.size]


class KnownDistances(Frictions):
    """An unknown distance adds nothing to the length of a link, and the report says so."""

    __slots__ = ()
    quiet = True


def unmeasured(network: MultilayerNetwork) -> tuple[int, int]:
    """Linked pairs of places, and those of them whose distance is unknown."""
    row, column = union(network).nonzero()
    row, column = np.unique(np.sort([row, column], axis=0), axis=1)
    code = network.storage.place_codes
    return row.size, int(np.isnan(between(network.storage, code[row], code[column])).sum())


class MeasuresPart(Part, part="measures"):
    coupling: Annotated[float, Field(ge=0)] = 1.0
    presence: Presence = "linked"
    distance: Distance | None = None
    border: Annotated[float, Field(ge=0)] = 0.0
    distance_weight: Annotated[float, Field(ge=0)] = 0.0
    per: Annotated[float, Field(gt=0)] = 1000.0

    def settled(self, network: MultilayerNetwork) -> MeasuresPart:
        if self.distance is not None:
            return self
        return self.model_copy(update={"distance": usual_length(network)})

    def check(self, network: MultilayerNetwork) -> None:
        n_pairs, unknown = unmeasured(network) if self.distance_weight else (0, 0)
        if 0 < n_pairs == unknown:
            raise InputError(
                "[measures] distance_weight: frictions need distances of linked places, and none "
                "is known. Add their lon and lat, or distances, or leave it out."
            )

    @property
    def paths(self) -> dict[str, Any]:
        return {"distance": self.distance, "frictions": self.frictions(self.border)}

    def frictions(self, border: float) -> Frictions:
        return KnownDistances(border=border, distance=self.distance_weight, per=self.per)

    @property
    def coupled(self) -> dict[str, Any]:
        return {"coupling": self.coupling, "presence": self.presence}


def strength_together(network: MultilayerNetwork, direction: Direction) -> pd.Series:
    return pd.Series(total_strength(network, direction), network.storage.node_names)

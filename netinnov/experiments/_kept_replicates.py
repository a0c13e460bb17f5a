"""Checkpoints of scenarios: what each replicate gave, by scenario, number and set of data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from netinnov._checkpoint import Checkpoint, PathLike, seed_state
from netinnov._identity import digest, identity
from netinnov.experiments._replicates import Item, Measure, Values, agreed
from netinnov.experiments._resampled_data import Resample
from netinnov.network import MultilayerNetwork
from netinnov.scenarios import Scenario


class KeptReplicates:
    """A folder of the values of one experiment; a folder of another one is refused."""

    def __init__(
        self,
        folder: PathLike,
        network: MultilayerNetwork,
        *,
        scenarios: Mapping[str, Scenario],
        measures: Mapping[str, Measure],
        seed: np.random.SeedSequence,
        resample: Resample | None = None,
    ) -> None:
        parts: dict[str, Any] = {
            "function": "compare_scenarios",
            "network": digest(network),
            "scenarios": {name: identity(scenario) for name, scenario in scenarios.items()},
            "measures": {name: identity(measure) for name, measure in measures.items()},
        }
        if resample is not None:
            parts["resample"] = identity(resample)
        self._store = Checkpoint(folder, parts, seed_state(seed))

    def all_values(self, columns: Sequence[str]) -> dict[Item, Values]:
        """Give all values that are there."""
        names = [f"measure_{at}" for at in range(len(columns))]
        known = ("scenario", "replicate", "resample", "grown", "label", "totals")
        rows = self._store.rows(*known, *names)
        return {
            Item(scenario, number, data): Values(
                grown, [np.asarray(v) for v in values], label, totals
            )
            for scenario, number, data, grown, label, totals, *values in rows
        }

    def save(
        self, items: Sequence[Item], values: Sequence[Values], *, columns: Sequence[str]
    ) -> None:
        """Write the values of some replicates."""
        agreed(columns, values)
        rows = [
            {
                **item._asdict(),
                "grown": each.grown,
                "label": each.label,
                "totals": each.totals,
                **{f"measure_{at}": value for at, value in enumerate(each.by_measure)},
            }
            for item, each in zip(items, values, strict=True)
        ]
        self._store.write(list(items), rows)

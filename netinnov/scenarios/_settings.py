"""The only place of the defaults of an experiment with a reverse enclave."""

from __future__ import annotations

from dataclasses import dataclass

from netinnov.scenarios._prices import Funding


@dataclass(frozen=True)  # without slots, so that defaults can be read from the class
class Settings:
    pipeline_share: float = 0.25
    funding: Funding = "reallocated"
    attachment: float = 1.0
    replicates: int = 100
    seed: int = 1

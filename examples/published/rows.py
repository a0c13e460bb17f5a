"""A published number, the call that computes it, and how close the two must be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from typing import Any

import numpy as np

__all__ = ["Reading", "Row", "Topic", "public_names"]

MODULES = [
    "build", "centrality", "community", "connectivity", "linkages", "null_models", "planning",
    "polycentricity", "topology", "mechanisms.agglomeration", "mechanisms.convergence",
    "mechanisms.cobweb", "mechanisms.free_flow", "supra",
]  # fmt: skip
EXACT = 1e-9  # of fractions and whole numbers, relative


@dataclass(frozen=True, slots=True)
class Reading:
    """What the source takes a word for, what others take it for, and the call for that."""

    source: str
    other: str
    call: str


@dataclass(frozen=True, slots=True)
class Row:
    """Numbers of one place in a publication: as printed, with commas, and what computes them."""

    quantity: str
    published: str
    call: str
    source: str
    place: str
    tolerance: float | None = None  # default: half a unit of the last digit printed
    why: str = ""
    reading: Reading | None = None

    @property
    def printed(self) -> list[str]:
        return self.published.split(", ")

    @property
    def reason(self) -> str:
        return self.why or ("rounding" if "." in self.published else "exact")

    def compute(self, names: Mapping[str, Any], call: str | None = None) -> list[float]:
        """Evaluate the call, in which public names of netinnov and data of the topic are known."""
        return np.ravel(eval(call or self.call, dict(names))).astype(float).tolist()

    def bound(self, printed: str) -> float:
        """Largest difference that the source allows."""
        if self.tolerance is not None:
            return self.tolerance
        if "." in printed:
            return 0.5 * 10.0 ** -decimals(printed) * (1 + EXACT)
        return EXACT * abs(value(printed))


@dataclass(frozen=True, slots=True)
class Topic:
    """Rows that share data: names of objects, or of functions that make data, in their calls."""

    title: str
    text: str
    rows: list[Row]
    data: dict[str, Any]

    def names(self) -> dict[str, Any]:
        return public_names() | self.data


def public_names() -> dict[str, Any]:
    """All public names of the modules of netinnov from which the calls take theirs."""
    modules = [import_module(f"netinnov.{name}") for name in MODULES]
    return {name: getattr(module, name) for module in modules for name in module.__all__}


def value(printed: str) -> float:
    return float(Fraction(printed))


def decimals(printed: str) -> int:
    return len(printed.partition(".")[2])

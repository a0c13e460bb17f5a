"""Closed choices, ranges of numbers and array types that several modules share."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Codes: TypeAlias = npt.NDArray[np.int32]
Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]
Mask: TypeAlias = npt.NDArray[np.bool_]
Direction: TypeAlias = Literal["total", "in", "out"]
Distance: TypeAlias = Literal["unit", "inverse"]
Presence: TypeAlias = Literal["all", "linked"]


class Is(NamedTuple):
    """Range of a finite number; ``above`` and ``below`` exclude its ends."""

    low: float = -math.inf
    high: float = math.inf
    above: bool = False
    below: bool = False
    whole: bool = False


Whole: TypeAlias = Annotated[int, Is(low=0, whole=True)]
Count: TypeAlias = Annotated[int, Is(low=1, whole=True)]
Several: TypeAlias = Annotated[int, Is(low=2, whole=True)]
Amount: TypeAlias = Annotated[float, Is(low=0)]
# More than this beside the length of a link of 1, and lengths count as equal that are not
SwitchCost: TypeAlias = Annotated[float, Is(low=0, high=1e9)]
Positive: TypeAlias = Annotated[float, Is(low=0, above=True)]
Share: TypeAlias = Annotated[float, Is(low=0, high=1)]
PositiveShare: TypeAlias = Annotated[float, Is(low=0, high=1, above=True)]
Confidence: TypeAlias = Annotated[float, Is(low=0, high=1, above=True, below=True)]
Rng: TypeAlias = int | np.random.SeedSequence | np.random.Generator | Any | None

"""Closed choices and array types that several modules share."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Codes: TypeAlias = npt.NDArray[np.int32]
Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]
Mask: TypeAlias = npt.NDArray[np.bool_]
Direction: TypeAlias = Literal["total", "in", "out"]
Distance: TypeAlias = Literal["unit", "inverse"]
Presence: TypeAlias = Literal["all", "linked"]
Rng: TypeAlias = int | np.random.SeedSequence | np.random.Generator | Any | None

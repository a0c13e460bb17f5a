"""Words for scenarios and measures that are the same in every run."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["described"]


def described(thing: Any) -> str:
    """Say what a scenario or measure is, in words that do not change from run to run."""
    if isinstance(thing, partial):
        inside = [described(thing.func), *map(described, thing.args)]
        inside += [f"{key}={described(value)}" for key, value in sorted(thing.keywords.items())]
        return f"partial({', '.join(inside)})"
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        fields = [
            f"{field.name}={described(getattr(thing, field.name))}"
            for field in dataclasses.fields(thing)
        ]
        return f"{type(thing).__name__}({', '.join(fields)})"
    if thing is None or isinstance(thing, (str, int, float, np.generic)):
        return repr(thing)
    if isinstance(thing, (list, tuple)):
        return f"[{', '.join(map(described, thing))}]"
    if isinstance(thing, Mapping):
        inside = [f"{described(key)}: {described(value)}" for key, value in thing.items()]
        return f"{{{', '.join(inside)}}}"
    if isinstance(thing, pd.DataFrame):
        rows = pd.util.hash_pandas_object(thing, index=False).to_numpy()
        return f"table({list(map(str, thing.columns))}, {rows.sum():016x}, {len(rows)} rows)"
    return str(getattr(thing, "__qualname__", type(thing).__qualname__))

"""Words for what an experiment does, and a hash of its network: a checkpoint knows it by them."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from netinnov._runtime.checkpoint import Checkpoint, PathLike
from netinnov.network import MultilayerNetwork

_LONG = 1_000  # characters beyond which words are shortened, with a hash of the whole
# A `repr` that leaves out rows or digits would not tell two tables apart.
_ALL_OF_ARRAYS: dict[str, Any] = {"threshold": sys.maxsize, "precision": 17}
_ALL_OF_TABLES = (
    "display.max_rows",
    None,
    "display.max_columns",
    None,
    "display.max_colwidth",
    None,
    "display.precision",
    17,
    "display.width",
    None,
    "display.max_seq_items",
    None,
)
_ADDRESS = re.compile(" at 0x[0-9a-fA-F]+")  # differs between processes


def identity(thing: Any) -> str:
    """The name of a function, with the options bound to it, or the `repr` of anything else."""
    if isinstance(thing, partial):
        parts = [identity(thing.func), *map(identity, thing.args)]
        parts += [f"{key}={identity(value)}" for key, value in sorted(thing.keywords.items())]
        words = f"partial({', '.join(parts)})"
    elif isinstance(thing, MultilayerNetwork):
        words = f"network({digest(thing)[:16]})"
    elif callable(thing) and hasattr(thing, "__qualname__"):
        words = thing.__qualname__
    else:
        with np.printoptions(**_ALL_OF_ARRAYS), pd.option_context(*_ALL_OF_TABLES):
            words = _ADDRESS.sub("", repr(thing))
    if len(words) <= _LONG:
        return words
    return f"{words[:60]}...#{hashlib.sha256(words.encode()).hexdigest()[:16]}"


def checkpoint_of(
    folder: PathLike | None, function: str, state: Mapping[str, Any], network: Any, **named: Any
) -> Checkpoint | None:
    if folder is None:
        return None
    parts: dict[str, Any] = {"function": function, "network": digest(network)}
    for name, value in named.items():
        if isinstance(value, Mapping):
            parts[name] = {key: identity(each) for key, each in value.items()}
        elif value is not None:
            parts[name] = identity(value)
    return Checkpoint(folder, parts, state)


def digest(network: MultilayerNetwork) -> str:
    storage = network.storage
    distances = pd.DataFrame(network.distances)
    sums = hashlib.sha256(repr((sorted(storage.records.items()), network.distance_unit)).encode())
    codes = storage.place_codes, storage.jurisdiction_codes
    for part in (storage.nodes, storage.places, distances, *codes, *storage.link_rows()):
        if isinstance(part, pd.DataFrame):
            sums.update(part.to_csv().encode())
        else:
            sums.update(b"none" if part is None else np.ascontiguousarray(part).tobytes())
    return sums.hexdigest()

"""The balanced panel of pairs of places: what joins two of them in each period, zeros included."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._arguments import as_list, check_name
from netinnov._rows import NO_PERIOD
from netinnov._typing import Codes, Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork


class Pairs(NamedTuple):
    """Pairs with a link in some period; all others are 0 throughout."""

    nodes: pd.Index
    source: Codes
    target: Codes
    weight: Floats
    """Pairs x periods."""
    periods: list[int]
    directed: bool

    @property
    def n_pairs(self) -> int:
        """All pairs of nodes, with those that are never linked."""
        ordered = self.nodes.size * (self.nodes.size - 1)
        return ordered if self.directed else ordered // 2

    @property
    def unordered(self) -> npt.NDArray[np.int64]:
        """A number for the two ends of each pair, whatever their order."""
        low = np.minimum(self.source, self.target).astype(np.int64)
        return low * self.nodes.size + np.maximum(self.source, self.target)


def linked_pairs(
    network: MultilayerNetwork, layer: str, periods: Sequence[int] | None, function: str
) -> Pairs:
    """Sum the weights of a layer by pair and period, without self-links."""
    layer = check_name("layer", layer, network.layers)
    rows = network.storage.link_rows()
    if rows.period is None:
        raise InputError(f"{function} needs links with a column `period`; there is none.")
    inside = (rows.layer == network.layers.index(layer)) & (rows.source != rows.target)
    timeless = inside & (rows.period == NO_PERIOD)
    if timeless.any():
        msg = f"{function}: {timeless.sum()} links of layer {layer!r} have no period and are left "
        msg += "out."
        warnings.warn(msg, UserWarning, stacklevel=4)
    inside &= ~timeless
    if not inside.any():
        raise InputError(f"layer {layer!r} must have links with a period; it has none.")
    when = rows.period[inside]
    if periods is None:
        asked = list(range(int(when.min()), int(when.max()) + 1))
    else:
        asked = sorted(set(whole_numbers("periods", periods)))
    if len(asked) < 2:
        raise InputError(f"`periods` must be two or more; found {asked}.")
    if empty := sorted(set(asked) - {int(value) for value in np.unique(when)}):
        msg = (
            f"every period must have links; {len(empty)} of {len(asked)} have none: {empty[:5]}. "
            "If they were not observed, name the others in `periods`."
        )
        raise InputError(msg)
    in_periods = np.isin(when, asked)
    source, target = rows.source[inside][in_periods], rows.target[inside][in_periods]
    directed = layer in network.directed
    if not directed:
        source, target = np.minimum(source, target), np.maximum(source, target)
    n = network.n_nodes
    key, row = np.unique(source.astype(np.int64) * n + target, return_inverse=True)
    weight = np.zeros((key.size, len(asked)))
    np.add.at(
        weight, (row, np.searchsorted(asked, when[in_periods])), rows.weight[inside][in_periods]
    )
    ends = (key // n).astype(np.int32), (key % n).astype(np.int32)
    return Pairs(network.nodes.index, *ends, weight, asked, directed)


def whole_numbers(argument: str, values: Sequence[Any]) -> list[int]:
    """Give the values as integers; others are refused."""
    listed = as_list(argument, values, "whole numbers")
    wrong = [value for value in listed if not isinstance(value, Integral)]
    if wrong:
        raise InputError(f"`{argument}` must be whole numbers; found {wrong[:5]}.")
    return [int(value) for value in listed]

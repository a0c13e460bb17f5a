"""Links as arrays: rows with all they carry, and the compressed block of a layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._typing import Codes, Floats, Integers, Mask

NO_PERIOD = np.iinfo(np.int64).min  # stands for a missing period among whole numbers


class Block(NamedTuple):
    """Links of a layer as CSR with sorted columns; undirected: the upper triangle."""

    indptr: Codes
    indices: Codes
    data: Floats

    @property
    def sources(self) -> Codes:
        rows = np.arange(self.indptr.size - 1, dtype=np.int32)
        return np.repeat(rows, self.indptr[1:] - self.indptr[:-1])

    def locked(self) -> Block:
        return Block(locked(self.indptr), locked(self.indices), locked(self.data))


class Rows(NamedTuple):
    layer: Codes
    source: Codes
    target: Codes
    weight: Floats
    period: Integers | None = None
    attributes: pd.DataFrame | None = None

    def where(self, mask: Mask) -> Rows:
        arrays: tuple[Any, ...] = self
        return Rows._make(None if array is None else array[mask] for array in arrays)

    def followed_by(self, other: Rows) -> Rows:
        """Concatenated; a column that one of them lacks is missing there."""
        period = attributes = None
        if self.period is not None or other.period is not None:
            period = np.concatenate([self._periods(), other._periods()])
        if self.attributes is not None and other.attributes is None:  # much faster than concat
            rows = range(self.layer.size + other.layer.size)
            attributes = self.attributes.reset_index(drop=True).reindex(rows)
        elif other.attributes is not None:
            tables = [self._attributes(), other.attributes]
            attributes = pd.concat(tables, ignore_index=True)
        arrays: Any = zip(self[:4], other[:4], strict=True)
        return Rows._make([*map(np.concatenate, arrays), period, attributes])

    def with_layers(self, old: tuple[str, ...], new: tuple[str, ...]) -> Rows:
        code = np.array([new.index(name) for name in old], np.int32)
        return self._replace(layer=code[self.layer])

    def canonical(self, directed: Mask) -> Rows:
        """Sorted, duplicates summed, attributes kept if equal; undirected ends in node order."""
        swap = ~directed[self.layer] & (self.source > self.target)
        source = np.where(swap, self.target, self.source)
        target = np.where(swap, self.source, self.target)
        pair = source.astype(np.int64) * (int(target.max(initial=0)) + 1) + target  # a fast key
        keys: list[npt.NDArray[Any]] = [pair, self.layer]
        if self.period is not None:
            keys.insert(0, self.period)
        order = np.lexsort(tuple(keys))
        new = np.zeros(order.size, bool)
        new[:1] = True
        for key in keys:
            new[1:] |= key[order[1:]] != key[order[:-1]]
        start = np.flatnonzero(new)
        at = order[start]
        weight = self.weight[order]
        attributes = self.attributes
        if start.size < order.size:
            weight = np.add.reduceat(weight, start)
        if attributes is not None:
            attributes = attributes.iloc[order]
            if start.size < order.size:
                attributes = _agreeing(attributes, start)
            attributes = attributes.reset_index(drop=True)
        period = None if self.period is None else self.period[at]
        return Rows(self.layer[at], source[at], target[at], weight, period, attributes)

    def locked(self) -> Rows:
        arrays = (None if array is None else locked(array) for array in self[:5])
        return Rows._make([*arrays, self.attributes])

    def _periods(self) -> Integers:
        return np.full(self.layer.size, NO_PERIOD) if self.period is None else self.period

    def _attributes(self) -> pd.DataFrame:
        if self.attributes is None:
            return pd.DataFrame(index=range(self.layer.size))
        return self.attributes


def rows_of_blocks(blocks: Sequence[Block]) -> Rows:
    counts = [block.indices.size for block in blocks]
    ends = [(block.sources, block.indices) for block in blocks]
    return Rows(
        np.repeat(np.arange(len(blocks), dtype=np.int32), counts),
        np.concatenate([np.empty(0, np.int32), *(source for source, _ in ends)]),
        np.concatenate([np.empty(0, np.int32), *(target for _, target in ends)]),
        np.concatenate([np.empty(0), *(block.data for block in blocks)]),
    )


def locked(array: Any) -> Any:
    """The same memory behind a read-only buffer, which no flag makes writable again."""
    array = np.ascontiguousarray(array)
    return np.asarray(memoryview(array).toreadonly()) if array.size else array[:0].copy()


def _agreeing(attributes: pd.DataFrame, start: npt.NDArray[np.intp]) -> pd.DataFrame:
    """One row for each group of consecutive rows: the common value, or missing."""
    size = np.diff(np.append(start, len(attributes)))
    group_first = np.repeat(start, size)
    kept = {}
    for column, values in attributes.items():
        try:
            codes = pd.factorize(values, use_na_sentinel=False)[0]
        except TypeError:  # lists and other things that have no hash
            codes = pd.factorize(values.map(repr))[0]
        differs = np.add.reduceat(codes != codes[group_first], start) > 0
        kept[column] = values.iloc[start].mask(differs)
    return pd.DataFrame(kept)

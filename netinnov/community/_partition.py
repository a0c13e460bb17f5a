"""What a community search returns."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._display import Displayed, bars
from netinnov._typing import Integers
from netinnov.errors import InputError


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Partition(Displayed):
    """A label for each node, or for each node in each layer, and how good the labels are.

    Attributes
    ----------
    membership : DataFrame or Series
        Node x layer, or one label a node: 0, 1, ... from the largest community to the smallest
        (ties: first node first), NaN where a node is absent.
    quality : float
        What the search maximised, or minimised in the case of `infomap`.
    """

    membership: pd.DataFrame | pd.Series
    quality: float

    @property
    def n_communities(self) -> int:
        """Number of different labels."""
        return int(self._long().nunique())

    def to_frame(self) -> pd.DataFrame:
        """Give one row a state: columns node, layer (if labels differ by layer), community.

        Returns
        -------
        DataFrame
            Without the states that are absent.
        """
        long = self._long().dropna().astype(int)
        return long.rename("community").reset_index()

    def _facts(self) -> dict[str, Any]:
        return {
            "quality": self.quality,
            "n_communities": self.n_communities,
            "nodes": len(self.membership),
            "sizes": self._sizes(),
        }

    def _pictures(self) -> str:
        return bars(self._sizes())

    def _sizes(self) -> list[int]:
        """Of the communities, in nodes, or in states where labels differ by layer."""
        return [int(size) for size in self._long().value_counts()]

    def _long(self) -> pd.Series:
        if isinstance(self.membership, pd.Series):
            return self.membership.rename_axis("node")
        index = pd.MultiIndex.from_product(
            [self.membership.index, self.membership.columns], names=["node", "layer"]
        )
        return pd.Series(self.membership.to_numpy().ravel(), index)


Membership: TypeAlias = pd.Series | pd.DataFrame | Mapping[str, Hashable] | Partition


def labels_of(membership: Any, name: str) -> pd.Series | pd.DataFrame:
    """One label a node, or node x layer; no node and no layer twice."""
    if isinstance(membership, Partition):
        membership = membership.membership
    if isinstance(membership, pd.DataFrame):
        labels: pd.Series | pd.DataFrame = membership
        axes = {"node": membership.index, "layer": membership.columns}
    elif isinstance(membership, (pd.Series, Mapping)):
        labels = pd.Series(membership, dtype=object)
        axes = {"node": labels.index}
    else:
        msg = f"`{name}` must be a Series, mapping or Partition (one label a node) or a DataFrame "
        raise InputError(f"{msg}(node x layer); found {type(membership).__name__}.")
    for axis, index in axes.items():
        if not index.is_unique:
            twice = index[index.duplicated()].unique().tolist()[:5]
            raise InputError(f"`{name}` must name each {axis} once; found twice: {twice}.")
    return labels


def ranked(codes: npt.NDArray[np.integer]) -> Integers:
    """The same groups numbered from the largest to the smallest (ties: first member first)."""
    _, first, code, size = np.unique(
        codes, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(first.size, np.int64)
    rank[np.lexsort((first, -size))] = np.arange(first.size)
    return rank[code]

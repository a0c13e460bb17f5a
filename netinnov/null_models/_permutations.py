"""Pairs of nodes as matrices, and statistics of them when the nodes of one are permuted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._network.matrices import layer_matrix
from netinnov._runtime.arguments import check_name, check_rng
from netinnov._typing import Floats, Rng
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

Matrix: TypeAlias = str | pd.DataFrame | npt.NDArray[Any]
Order: TypeAlias = npt.NDArray[np.intp]

LARGEST = 5_000  # nodes up to which pairs are held as full matrices, 200 MB each


@dataclass(frozen=True, slots=True)
class PermutedT:
    """t of a permuted matrix in a regression of `y` on it and the columns of `others`."""

    matrix: Floats
    others: Floats
    y: Floats
    pairs: tuple[Order, ...]
    basis: Floats
    rest: Floats

    def __call__(self, order: Order) -> float:
        i, j = self.pairs
        moved = self.matrix[order[i], order[j]]
        basis, rest = self.basis, self.rest
        known = ~np.isnan(moved)
        if not known.all():
            moved = moved[known]
            basis, rest = partialled(self.others[known], self.y[known])
        free = moved.size - len(basis) - 1
        # By Frisch, Waugh and Lovell: the others are taken out of both sides. Without BLAS, whose
        # own threads would contend with those of the permutations.
        own = moved - np.einsum("kp,k->p", basis, np.einsum("kp,p->k", basis, moved))
        square = float(np.einsum("p,p->", own, own))
        if free < 1 or square <= 1e-20 * float(np.einsum("p,p->", moved, moved)):
            return float("nan")
        slope = float(np.einsum("p,p->", own, rest)) / square
        variance = float(((rest - slope * own) ** 2).sum()) / free
        return slope * float(np.sqrt(square / variance)) if variance > 0 else float("nan")


def partialled(others: Floats, y: Floats) -> tuple[Floats, Floats]:
    basis, _ = np.linalg.qr(others)
    return np.ascontiguousarray(basis.T), y - basis @ (basis.T @ y)


def permuted_correlation(
    fixed: Floats, moved: Floats, pairs: tuple[Order, ...], order: Order
) -> float:
    i, j = pairs
    a, b = fixed[i, j], moved[order[i], order[j]]
    known = ~np.isnan(a + b)
    a, b = a[known], b[known]
    if a.size < 2 or a.min() == a.max() or b.min() == b.max():
        return float("nan")
    a, b = a - a.mean(), b - b.mean()
    # Without BLAS, whose own threads would contend with those of the permutations.
    ab, aa, bb = (float(np.einsum("p,p->", x, y)) for x, y in ((a, b), (a, a), (b, b)))
    return float(np.clip(ab / np.sqrt(aa * bb), -1, 1))


def permuted_interval(draws: Floats) -> tuple[float, float]:
    if np.isnan(draws).all():
        return float("nan"), float("nan")
    low, high = np.nanquantile(draws, [0.025, 0.975])
    return float(low), float(high)


def orders_of(n: int, permutations: int, rng: Rng) -> list[Order]:
    rng = check_rng(rng)
    return [rng.permutation(n) for _ in range(permutations)]


def all_pairs(n: int, symmetric: bool) -> npt.NDArray[np.bool_]:
    return np.triu(np.ones((n, n), bool), 1) if symmetric else ~np.eye(n, dtype=bool)


def is_symmetric(matrix: Floats) -> bool:
    off = ~np.eye(len(matrix), dtype=bool)
    return np.array_equal(matrix[off], matrix.T[off], equal_nan=True)


def matrix_of(network: MultilayerNetwork, name: str, matrix: Matrix) -> Floats:
    n = network.n_nodes
    if n > LARGEST:
        msg = f"matrices of all pairs are for up to {LARGEST:,} nodes; the network has {n:,}. "
        raise InputError(msg + "Take aggregate(), to places, or select() of nodes first.")
    if isinstance(matrix, str):
        check_name(name, matrix, network.layers)
        return np.asarray(layer_matrix(network, matrix).toarray(), dtype=np.float64)
    if isinstance(matrix, pd.DataFrame):
        nodes = network.storage.nodes.index
        for axis, labels in (("index", matrix.index), ("columns", matrix.columns)):
            if not labels.is_unique or nodes.difference(labels).size:
                missing = list(nodes.difference(labels)[:5])
                msg = f"the {axis} of `{name}` must have each node of the network once; missing: "
                raise InputError(f"{msg}{missing}. Reindex it by network.nodes.index.")
        matrix = matrix.reindex(index=nodes, columns=nodes).to_numpy()
    try:
        values = np.array(matrix, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"`{name}` must be a layer or a square matrix of numbers.") from None
    if values.shape != (n, n):
        msg = f"`{name}` must be {n} x {n}, a row and a column for each node; found {values.shape}."
        raise InputError(msg)
    np.fill_diagonal(values, 0.0)
    if infinite := int(np.isinf(values).sum()):
        msg = f"`{name}` must not hold infinite values: {infinite} found. Where a logarithm of 0"
        raise InputError(f"{msg} made them, put NaN: such pairs are left out.")
    return values

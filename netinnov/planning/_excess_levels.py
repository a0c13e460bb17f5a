"""Largest excesses made as small as possible, one level after the other, by linear programmes.

Each level is a linear programme in its dual form: which weights of coalitions, balanced up to what
is settled, have the largest value? Its columns are the coalitions; one enters a basis only when its
excess is above that of the level, and the kernel finds such a coalition in one pass over all. The
tests solve the same programmes by HiGHS, which scipy restarts for each generated column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from netinnov._typing import Floats

Masks = npt.NDArray[np.int64]

ABOVE = 1e-11  # excesses that differ by less are equal, for values of at most 1
POSITIVE = 1e-9  # least positive weight: basis weights are fractions with small denominators
SETTLED = 1e-12  # a payoff sum is fixed if it moves by less when payoffs may move by 1

MOST_PIVOTS = 100_000

UNSETTLED = 127


@dataclass(frozen=True, slots=True)
class Level:
    """Coalitions that have the largest excess at every solution of one linear programme."""

    excess: float
    masks: Masks
    sizes: Floats
    weights: Floats


class Levels(NamedTuple):
    levels: list[Level]
    settled: npt.NDArray[np.int8]


@dataclass(slots=True)
class _Columns:
    """Constraints ``x(S) + size * excess >= value``; of size 0: ``x_i >= 0``, or settled."""

    masks: Masks
    sizes: Floats
    values: Floats

    def __add__(self, other: _Columns) -> _Columns:
        masks, sizes = np.append(self.masks, other.masks), np.append(self.sizes, other.sizes)
        return _Columns(masks, sizes, np.append(self.values, other.values))

    def __getitem__(self, chosen: npt.NDArray[np.bool_] | slice | list[int]) -> _Columns:
        return _Columns(self.masks[chosen], self.sizes[chosen], self.values[chosen])


def members(masks: Masks, n: int) -> Floats:
    """Coalitions x players: 1 for members, else 0."""
    return (masks[:, None] >> np.arange(n) & 1).astype(np.float64)


def within_blocks(n: int) -> int:
    return max(n - 6, 1)


def excess_levels(
    values: Floats, *, per_capita: bool, rational: bool, deepest: int | None = None
) -> Levels:
    """Solve levels until payoffs are settled; `values` by bit mask, scaled to at most 1."""
    from netinnov.kernels.coalitions import settled_by

    n = values.size.bit_length() - 1
    solver = _Solver(values, per_capita, rational)
    everybody = values.size - 1
    fixed = _Columns(np.array([everybody]), np.zeros(1), values[[-1]])
    basis = solver.coalitions(1 << np.arange(n, dtype=np.int64))
    settled = np.full(values.size, UNSETTLED, np.int8)
    levels: list[Level] = []
    rng = np.random.default_rng(0)
    while True:
        basis, point, weights = solver.minimum(fixed, basis, np.eye(n + 1)[n], rng)
        excess = float(point[n])
        is_tight = weights > POSITIVE
        tight, rest = basis[is_tight], basis[~is_tight]
        levels.append(Level(excess, tight.masks, tight.sizes, weights[is_tight]))
        if not rest.masks.size or len(levels) == deepest:
            return Levels(levels, settled)
        # One constraint follows from the others.
        fixed += _Columns(tight.masks, 0 * tight.sizes, tight.values - excess * tight.sizes)[1:]
        orthogonal, _ = np.linalg.qr(members(fixed.masks, n).T, mode="complete")
        direction = orthogonal[:, fixed.masks.size :] @ rng.normal(size=rest.masks.size)
        direction /= np.abs(direction).max()
        solver.left, settled = settled_by(
            solver.left, settled, direction, within_blocks(n), len(levels) - 1, SETTLED
        )
        # A coalition and the others are balanced: of these pairs the one of the largest excess.
        others = solver.coalitions(everybody ^ rest.masks)
        pairs = (rest.values + others.values - values[-1]) / (rest.sizes + others.sizes)
        basis = rest + others[[int(pairs.argmax())]]


def core_ends(values: Floats) -> Floats:
    """Least and largest core payoff of each player; the core must not be empty."""
    n = values.size.bit_length() - 1
    solver = _Solver(values, per_capita=False, rational=False)
    # Efficiency, with an excess of 0.
    fixed = _Columns(np.array([values.size - 1, 0]), np.array([0.0, 1.0]), values[[-1, 0]])
    rng = np.random.default_rng(0)
    ends = np.zeros((n, 2))
    for player in range(n):
        for column, sign in enumerate((1.0, -1.0)):
            # What the player gets alone bounds it below, what all others get alone above.
            left_out = (player + 1) % n if sign > 0 else player
            basis = solver.coalitions(np.delete(1 << np.arange(n, dtype=np.int64), left_out))
            cost = sign * np.eye(n + 1)[player]
            ends[player, column] = solver.minimum(fixed, basis, cost, rng)[1][player]
    return ends


class _Solver:
    def __init__(self, values: Floats, per_capita: bool, rational: bool) -> None:
        self.n = values.size.bit_length() - 1
        self.values = values
        self.per_capita = per_capita
        self.rational = rational
        self.left = values.copy()  # values of unsettled coalitions; -inf for the others
        self.left[[0, -1]] = -np.inf
        # Coalitions that were once the best of their block.
        self.seen = self.coalitions(np.zeros(0, np.int64))

    def coalitions(self, masks: Masks) -> _Columns:
        sizes = np.bitwise_count(masks) if self.per_capita else np.ones(masks.size)
        return _Columns(masks, sizes.astype(np.float64), self.values[masks])

    def minimum(
        self, fixed: _Columns, basis: _Columns, cost: Floats, rng: np.random.Generator
    ) -> tuple[_Columns, Floats, Floats]:
        n, first = self.n, fixed.masks.size
        columns = fixed + basis
        matrix = np.vstack([members(columns.masks, n).T, columns.sizes])
        # Weights of 0 tie. A small change of the right side in a random direction inside the cone
        # of the first basis breaks all ties, so that no basis comes back.
        change = matrix[:, first:] @ rng.uniform(0.5, 1.0, basis.masks.size)
        self.seen = self.seen[np.isfinite(self.left[self.seen.masks])]
        for _ in range(MOST_PIVOTS):
            inverse = np.linalg.inv(matrix)
            point = columns.values @ inverse
            weights = inverse @ cost
            entering = self._entering(point[:n], float(point[n]))
            if entering is None:
                return columns[first:], point, weights[first:]
            column = np.append(members(entering.masks, n), entering.sizes)
            rise = inverse @ column
            rise[:first] = 0.0
            # The first weight to fall to 0 leaves; of a tie, as the change says.
            ends = np.full((2, weights.size), np.inf)
            np.divide([weights, inverse @ change], rise, out=ends, where=rise > POSITIVE)
            tied = ends[0] <= ends[0].min() + ABOVE
            at = int(np.where(tied, ends[1], np.inf).argmin())
            matrix[:, at] = column
            columns.masks[at], columns.sizes[at] = entering.masks[0], entering.sizes[0]
            columns.values[at] = entering.values[0]
        msg = f"a linear programme of the game did not end in {MOST_PIVOTS:,} steps."
        raise ArithmeticError(msg)

    def _entering(self, payoffs: Floats, excess: float) -> _Columns | None:
        from netinnov.kernels.coalitions import largest_by_block

        poorest = int(payoffs.argmin())
        missing = -payoffs[poorest] if self.rational else 0.0
        above = self._above(payoffs, excess)
        if max(above.max(initial=0.0), missing) <= ABOVE:
            # |S| excess is a sum over S as the payoffs are.
            each, once = (excess, 0.0) if self.per_capita else (0.0, excess)
            largest, masks = largest_by_block(self.left, payoffs + each, within_blocks(self.n))
            self.seen += self.coalitions(masks[largest - once > ABOVE])
            above = self._above(payoffs, excess)
        if missing > above.max(initial=ABOVE):
            return _Columns(np.array([1 << poorest]), np.zeros(1), np.zeros(1))
        best = int(above.argmax()) if above.size else 0
        return self.seen[[best]] if above.max(initial=0.0) > ABOVE else None

    def _above(self, payoffs: Floats, excess: float) -> Floats:
        seen = self.seen
        above: Floats = seen.values - members(seen.masks, self.n) @ payoffs - seen.sizes * excess
        return above

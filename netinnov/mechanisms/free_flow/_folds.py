"""Where a stable state meets an unstable one and both vanish."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from netinnov._typing import Floats

_LEVELS = np.concatenate([np.geomspace(1e-9, 1e-2, 60), np.linspace(0.012, 0.9995, 400)])


def fold(gap: Callable[[Floats, Floats], Floats]) -> float:
    """Largest freeness of the spread state, which leans to region 1; NaN if it has no fold.

    ``gap(share, freeness)`` takes arrays. At a share above 1/2 it is negative in autarky and turns
    positive at the freeness where that share is an equilibrium. Along the shares this freeness
    rises to the fold and falls behind it.
    """
    low, high = 0.5, 1.0
    best = float("nan")
    for _ in range(6):
        shares = np.linspace(low, high, 65)
        levels = _first_root(gap, shares)
        if np.isnan(levels).all():
            return float("nan")
        at = int(np.nanargmax(levels))
        best = float(levels[at])
        low, high = shares[max(at - 1, 0)], shares[min(at + 1, 64)]
        if high == 1.0 and at == 64:
            high = 1.0
    return best if low < 1.0 - 1e-6 else float("nan")


def _first_root(gap: Callable[[Floats, Floats], Floats], shares: Floats) -> Floats:
    """For each share the lowest freeness at which the gap turns from negative to positive."""
    values = gap(*np.broadcast_arrays(shares[:, None], _LEVELS[None, :]))
    rising = (values[:, :-1] < 0) & (values[:, 1:] >= 0)
    has = rising.any(axis=1)
    at = rising.argmax(axis=1)[has]
    roots = np.full(len(shares), np.nan)
    low, high, x = _LEVELS[at], _LEVELS[at + 1], shares[has]
    for _ in range(60):
        middle = (low + high) / 2
        below = gap(x, middle) < 0
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    roots[has] = (low + high) / 2
    return roots

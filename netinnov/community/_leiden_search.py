"""The search of the Leiden algorithm: from states on their own to a partition nothing improves."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse

from netinnov._typing import Codes, Floats, Integers

WORK = 600_000  # entries of links up to which a search runs to convergence, and then is perturbed
ENOUGH = 2e-4  # in larger networks it goes on while a round gains such a share of the total weight
SOON = 5  # times `ENOUGH` that looking inside communities gains where it is worth to look again
FEW = 0.1  # moves stop when a sweep gains less than this share of the best sweep (larger networks)
FINE = 1.5  # initial resolution factor in larger networks: early merges are hard to undo
SWEEP = 20_000  # least number of moves between two compactions of the labels


class Level(NamedTuple):
    indptr: Codes
    indices: Codes
    weight: Floats
    cptr: Codes
    cidx: Codes
    cval: Floats
    mptr: Codes
    mnode: Codes
    mcount: Floats
    hptr: Codes
    hstate: Codes
    hcount: Floats


class Problem(NamedTuple):
    level: Level
    factor: Floats
    coupling: float
    n_nodes: int
    scale: float


def problem_of_nodes(
    weight: sparse.csr_array, strength: sparse.csr_array, factor: Floats
) -> Problem:
    """Symmetric weights without self-links, and a column of strengths for each factor."""
    n = weight.shape[0]
    alone = np.zeros(n + 1, np.int32)
    none = np.empty(0, np.int32)
    level = Level(
        weight.indptr.astype(np.int32),
        weight.indices.astype(np.int32),
        weight.data,
        strength.indptr.astype(np.int32),
        strength.indices.astype(np.int32),
        strength.data,
        alone,
        none,
        np.empty(0),
        alone,
        none,
        np.empty(0),
    )
    return Problem(level, factor, 0.0, n, float(weight.data.sum()) / 2)


def iterate(problem: Problem, enough: float, seed: int) -> Codes:
    """Labels after iterations until one gains no more than ``enough``, a share of the weight."""
    rng = np.random.default_rng(seed)
    labels = np.arange(problem.level.indptr.size - 1, dtype=np.int32)
    gain = np.inf
    while gain > enough * problem.scale:
        labels, gain = _iteration(problem, labels, rng)
    return _settle(problem, labels, rng)


def climb(problem: Problem, seed: int) -> Codes:
    rng = np.random.default_rng(seed)
    if not _shakes(problem):
        return _settle(problem, _climb_fast(problem, rng), rng)
    labels = np.arange(problem.level.indptr.size - 1, dtype=np.int32)
    gain = np.inf
    while gain > 0.0:
        labels, gain = _cycle(problem, labels, rng)
    return perturb(problem, _settle(problem, labels, rng), rng)


def _climb_fast(problem: Problem, rng: np.random.Generator) -> Codes:
    """Labels of a larger network: coarse stopping rules, and a finer resolution first."""
    enough = ENOUGH * problem.scale
    labels = _nodes(problem.level)
    resolution = FINE
    gain = np.inf
    while gain > enough:
        labels, part, _ = _refine(problem, labels, rng)
        inner = _aggregate(problem, part)
        finer = inner._replace(factor=inner.factor * resolution)
        labels, _ = _iteration(finer, _of_parts(labels, part), rng)
        labels, _ = _moved(inner, labels, labels, rng)
        labels, _ = _moved(inner, None, labels, rng, FEW)
        by_split = by_moves = np.inf
        while by_split + by_moves > SOON * enough:
            labels, by_split = _split(inner, labels, rng)
            labels, by_moves = _moved(inner, None, labels, rng, FEW)
        # Moves of states are a cheap sign of what another round would gain.
        labels, gain = _moved(problem, None, labels[part], rng)
        resolution = 1.0
    return labels


def _nodes(level: Level) -> Codes:
    labels = np.arange(level.indptr.size - 1, dtype=np.int32)
    copies = np.diff(level.hptr)
    if level.hstate.size:
        labels[level.hstate] = np.repeat(np.cumsum(copies > 0) - 1, copies)
    return labels


def _shakes(problem: Problem) -> int:
    """Failed perturbations allowed: fewer in larger networks, 0 where even one takes too long."""
    return min(10, WORK // max(1, problem.level.indices.size))


def _cycle(problem: Problem, labels: Codes, rng: np.random.Generator) -> tuple[Codes, float]:
    labels, part, gain = _refine(problem, labels, rng)
    problem = _aggregate(problem, part)
    labels = _of_parts(labels, part)
    more = np.inf
    while more > 0.0:
        labels, more = _iteration(problem, labels, rng)
        if more <= 0.0:
            labels, more = _split(problem, labels, rng)
        gain += more
    return labels[part], gain


def _iteration(problem: Problem, labels: Codes, rng: np.random.Generator) -> tuple[Codes, float]:
    at = np.arange(labels.size, dtype=np.int32)
    total = 0.0
    while True:
        labels, part, gain = _refine(problem, labels, rng)
        total += gain
        if part.max() == labels.size - 1:
            return labels[at], total
        problem = _aggregate(problem, part)
        labels = _of_parts(labels, part)
        at = part[at]


def _refine(
    problem: Problem, labels: Codes, rng: np.random.Generator
) -> tuple[Codes, Codes, float]:
    from netinnov.kernels.leiden import refined

    labels, gain = _moved(problem, None, labels, rng, 0.0 if _shakes(problem) else FEW)
    part = refined(*problem.level, problem.factor, problem.coupling, labels, _seed(rng))
    return labels, compact(part), gain


def perturb(problem: Problem, labels: Codes, rng: np.random.Generator) -> Codes:
    """At least as good labels: a random share starts alone, until that gains nothing often."""
    quality = score(problem, labels)
    idle = 0
    while idle < _shakes(problem):
        out = rng.random(labels.size) < rng.uniform(0.1, 0.5)
        alone = np.flatnonzero(out) + labels.size
        start = labels.astype(np.int64)
        start[out] = alone
        codes = np.unique(start, return_inverse=True)[1].astype(np.int32)
        settled = _settle(problem, _iteration(problem, codes, rng)[0], rng)
        reached = score(problem, settled)
        idle = 0 if reached > quality + 1e-11 * problem.scale else idle + 1
        if reached >= quality:
            quality = reached
            labels = settled
    return labels


def score(problem: Problem, labels: Codes) -> float:
    level = problem.level
    source = np.repeat(labels, np.diff(level.indptr))
    score = float(level.weight[source == labels[level.indices]].sum())
    of_label = np.repeat(labels, np.diff(level.cptr)) * np.int64(problem.factor.size) + level.cidx
    key, at = np.unique(of_label, return_inverse=True)
    strength = np.bincount(at, level.cval, key.size)
    score -= float(problem.factor[key % max(1, problem.factor.size)] @ strength**2)
    of_node = np.repeat(labels, np.diff(level.mptr)) * np.int64(problem.n_nodes) + level.mnode
    key, at = np.unique(of_node, return_inverse=True)
    copies = np.bincount(at, level.mcount, key.size)
    return (score + problem.coupling * float(copies @ copies)) / 2


def _split(problem: Problem, labels: Codes, rng: np.random.Generator) -> tuple[Codes, float]:
    """Search inside each community: single moves and refinement cannot undo an early merge."""
    inside = _cut(problem.level, labels)
    alone = np.arange(labels.size, dtype=np.int32)
    n_nodes = inside.hptr.size - 1
    part, _ = _iteration(problem._replace(level=inside, n_nodes=n_nodes), alone, rng)
    labels, gain = _iteration(_aggregate(problem, part), _of_parts(labels, part), rng)
    return labels[part], gain


def _cut(level: Level, labels: Codes) -> Level:
    """Links and copies inside communities: copies in different ones become different nodes."""
    source = np.repeat(np.arange(labels.size), np.diff(level.indptr))
    kept = labels[source] == labels[level.indices]
    of_node = np.repeat(np.arange(level.hptr.size - 1), np.diff(level.hptr))
    pair = of_node * np.int64(labels.size) + labels[level.hstate]
    node = np.unique(pair, return_inverse=True)[1].astype(np.int32)
    by_node, by_state = (np.argsort(key, kind="stable") for key in (node, level.hstate))
    return level._replace(
        indptr=pointers(np.bincount(source[kept], minlength=labels.size)),
        indices=level.indices[kept],
        weight=level.weight[kept],
        mnode=node[by_state],
        mcount=level.hcount[by_state],
        hptr=pointers(np.bincount(node)),
        hstate=level.hstate[by_node],
        hcount=level.hcount[by_node],
    )


def pointers(counts: Integers) -> Codes:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)


def _settle(problem: Problem, labels: Codes, rng: np.random.Generator) -> Codes:
    from netinnov.kernels.levels import parts

    level = problem.level
    checked = False
    while True:
        labels, gain = _moved(problem, None, labels, rng)
        if level.mnode.size and (gain > 0.0 or not checked):
            # The copies of a node that share a community move together: alone they hold each other.
            pair = level.mnode * np.int64(labels.size) + labels
            together = np.unique(pair, return_inverse=True)[1].astype(np.int32)
            labels, gain = _moved(problem, together, labels, rng)
            checked = True
            if gain > 0.0:
                continue
        # A move may have cut its old community in two.
        whole = parts(level.indptr, level.indices, level.hptr, level.hstate, labels)
        separated = whole.max() > labels.max()
        labels, gain = _moved(problem, whole, whole, rng)
        if gain == 0.0 and not separated:
            return labels
        checked = False


def _moved(
    problem: Problem, part: Codes | None, labels: Codes, rng: np.random.Generator, few: float = 0.0
) -> tuple[Codes, float]:
    """Labels after moves of super-states, or of whole `part`s, and the gain."""
    from netinnov.kernels.leiden import moved

    codes = labels if part is None else _of_parts(labels, part)
    level = (problem if part is None else _aggregate(problem, part)).level
    rest = problem.factor, problem.coupling
    waiting = np.ones(codes.size, np.bool_)
    sweep = max(SWEEP, codes.size)
    total = best = of_round = 0.0
    while waiting.any():
        codes, gain, waiting = moved(*level, *rest, codes, waiting, sweep, _seed(rng))
        codes = compact(codes)
        total += gain
        of_round += gain
        best = max(best, gain)
        if gain < few * best:
            break
        if part is not None and of_round > 0.0 and not waiting.any():
            # To look at all parts once more costs less than to put them together again.
            waiting[:] = True
            of_round = 0.0
    return codes if part is None else codes[part], total


def _aggregate(problem: Problem, part: Codes) -> Problem:
    from netinnov.kernels.levels import aggregated

    return problem._replace(level=Level(*aggregated(*problem.level[:9], part, problem.n_nodes)))


def _of_parts(labels: Codes, part: Codes) -> Codes:
    codes = np.empty(int(part.max()) + 1, np.int32)
    codes[part] = compact(labels)
    return codes


def compact(labels: Codes) -> Codes:
    used = np.zeros(labels.size, np.int32)
    used[labels] = 1
    return (np.cumsum(used, dtype=np.int32) - np.int32(1))[labels]


def _seed(rng: np.random.Generator) -> np.uint64:
    return rng.integers(2**64, dtype=np.uint64)

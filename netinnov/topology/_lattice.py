"""How clustered a network with the same degrees can be: lattices on a ring."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from netinnov._typing import Floats
from netinnov.topology._clustering import transitivity_of
from netinnov.topology._layer_graphs import Layer


def lattice_transitivity(layer: Layer, *, lattices: int, rng: np.random.Generator) -> float:
    """The largest transitivity among some lattices with the degrees of a layer, and its own."""
    degrees = np.diff(layer.pairs().indptr)
    values = [transitivity_of(layer)]
    for _ in range(lattices):
        links = ring_lattice(degrees, rng)
        if links is not None:
            values.append(transitivity_of(_layer_of(links, degrees.size)))
    return float(np.fmax.reduce(values))


def ring_lattice(
    degrees: npt.NDArray[np.integer[Any]], rng: np.random.Generator
) -> list[set[int]] | None:
    """Neighbours on a ring of positions in random order, each node with its degree.

    In order of their degrees each node is linked with the nodes nearest on the ring that still need
    links. What is left over breaks the nearest link that can be broken; None where there is none.
    """
    left: list[int] = degrees[rng.permutation(degrees.size)].tolist()
    n = len(left)
    after = [*range(1, n), 0]
    before = [n - 1, *range(n - 1)]

    def drop(node: int) -> None:
        after[before[node]], before[after[node]] = after[node], before[node]

    for node in range(n):
        if not left[node]:
            drop(node)
    links: list[set[int]] = [set() for _ in range(n)]
    for node in sorted(range(n), key=lambda node: -left[node]):
        if not left[node]:
            continue
        forward, backward = after[node], before[node]
        while left[node] and not forward == node == backward:
            if backward == node or 0 < (forward - node) % n <= (node - backward) % n:
                other, forward = forward, after[forward]
            else:
                other, backward = backward, before[backward]
            if other in links[node]:
                continue
            links[node].add(other)
            links[other].add(node)
            left[node] -= 1
            left[other] -= 1
            if not left[other]:
                drop(other)
        drop(node)
    stubs = [node for node in range(n) for _ in range(left[node])]
    joined = all(_join(links, stubs.pop(), stubs.pop()) for _ in range(len(stubs) // 2))
    return links if joined else None


def _join(links: list[set[int]], one: int, two: int) -> bool:
    """Give two nodes a link more each, by breaking a link near them; False if that cannot be."""
    pairs = np.array([(a, b) for a, others in enumerate(links) for b in others]).reshape(-1, 2)
    far = np.abs(pairs - [one, two])
    near = np.minimum(far, len(links) - far).sum(axis=1)
    for a, b in pairs[np.argsort(near, kind="stable")].tolist():
        new = {a, one} != {b, two} and a not in links[one] | {one} and b not in links[two] | {two}
        if new:
            links[a].discard(b)
            links[b].discard(a)
            for end, other in ((one, a), (two, b)):
                links[end].add(other)
                links[other].add(end)
            return True
    return False


def _layer_of(links: list[set[int]], n: int) -> Layer:
    ends = np.array([(a, b) for a, others in enumerate(links) for b in others]).reshape(-1, 2)
    ones: Floats = np.ones(len(ends))
    return Layer(sparse.csr_array((ones, (ends[:, 0], ends[:, 1])), shape=(n, n)), directed=False)

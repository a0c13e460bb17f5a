"""Maximum-entropy ensembles: the probability of each link, given the expected degrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from netinnov._typing import Codes, Floats, Integers
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.null_models._curveball import joins_two_kinds, two_sides
from netinnov.null_models._newton import link_probabilities

_MOST_PAIRS = 25_000_000  # pairs of classes whose matrices (200 MB each) still fit


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Probability of a link between classes of nodes; rows are sources."""

    rows: Integers  # nodes sorted by class
    row_begin: Integers
    columns: Integers
    column_begin: Integers
    probability: Floats
    one_mode: bool  # both sides are the same nodes; no self-links
    symmetric: bool


def ensembles(
    network: MultilayerNetwork, layer: str, through: str | Sequence[str] | None = None
) -> list[Ensemble]:
    """One ensemble of a layer, or one for each way of a directed two-mode layer."""
    block = network.storage.block(layer)
    source, target = block.sources, block.indices
    directed = layer in network.directed
    solve = partial(_ensemble, layer=layer, n=network.n_nodes)
    if through is None and not joins_two_kinds(network, layer):
        stay = source != target
        return [solve(source[stay], target[stay], one_mode=True, symmetric=not directed)]
    forward = two_sides(network, layer, through, both_ways=True).rows_at_source
    if not directed:
        return [solve(np.where(forward, source, target), np.where(forward, target, source))]
    return [solve(source[way], target[way]) for way in (forward, ~forward) if way.any()]


def _ensemble(
    rows: Codes,
    columns: Codes,
    *,
    layer: str,
    n: int,
    one_mode: bool = False,
    symmetric: bool = False,
) -> Ensemble:
    out, into = (np.bincount(ends, minlength=n).astype(float) for ends in (rows, columns))
    if one_mode:
        if symmetric:
            out = into = out + into
        # One class for each pair of out- and in-degree: nobody is linked with itself, so that the
        # equations of two nodes with one out-degree differ by their in-degrees.
        both = _classes(np.flatnonzero(out + into), out, into)
        one, two = both, both._replace(degrees=both.degrees[:, 1:])
    else:
        one, two = _classes(np.unique(rows), out), _classes(np.unique(columns), into)
    if one.sizes.size * two.sizes.size > _MOST_PAIRS:
        raise InputError(
            f"the sides of layer {layer!r} have {one.sizes.size:,} and {two.sizes.size:,} classes "
            f"of nodes of different degrees; the product may be {_MOST_PAIRS:,} at most; aggregate "
            "the network, or use rewire()."
        )
    sizes = np.outer(one.sizes, two.sizes).astype(float)
    if one_mode:
        sizes[np.diag_indices(one.sizes.size)] -= one.sizes
    degrees = np.concatenate([one.degrees[:, 0], two.degrees[:, 0]])
    probability = link_probabilities(
        degrees, one.sizes, two.sizes, sizes, symmetric=symmetric, layer=layer
    )
    return Ensemble(one.nodes, one.begin, two.nodes, two.begin, probability, one_mode, symmetric)


class _Classes(NamedTuple):
    nodes: Integers
    begin: Integers
    degrees: Floats

    @property
    def sizes(self) -> Integers:
        return np.diff(self.begin)


def _classes(nodes: Any, *degrees: Floats) -> _Classes:
    of_class, at, sizes = np.unique(
        np.column_stack(degrees)[nodes], axis=0, return_inverse=True, return_counts=True
    )
    order = np.argsort(at.ravel(), kind="stable")
    begin = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return _Classes(np.asarray(nodes)[order].astype(np.int64), begin, of_class)

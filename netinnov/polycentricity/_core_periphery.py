"""Core and periphery: the core whose links best describe all links."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._network.paths import union
from netinnov._runtime.arguments import check_rng
from netinnov._runtime.display import Displayed
from netinnov._typing import Codes, Count, Floats, Mask, Rng
from netinnov.network import MultilayerNetwork

Links: TypeAlias = tuple[Codes, Codes, Floats, int]  # CSR, and how often a pair may be linked

_EXACT = 20  # linked nodes up to which all cores are tried: a million, in milliseconds
CORE_RESTARTS = 20  # starts, which take less time than one search for communities
_PATIENCE = 50  # changes for the worse in a row after which a pass gives up


@dataclass(frozen=True, slots=True, repr=False)
class CorePeripheryFit(Displayed):
    """A network split into a core and a periphery.

    Attributes
    ----------
    coreness : Series
        1 in the core, 0 in the periphery; NaN where there is no split.
    quality : float
        Correlation of the links with the ideal pattern, at most 1.
    """

    coreness: pd.Series
    quality: float

    def to_frame(self) -> pd.DataFrame:
        """Give the coreness of each node as a table, the quality beside it.

        Returns
        -------
        DataFrame
            In node order.
        """
        return pd.DataFrame({"coreness": self.coreness, "quality": self.quality})


def core_periphery(
    network: MultilayerNetwork, *, restarts: Count = CORE_RESTARTS, rng: Rng = None
) -> CorePeripheryFit:
    """Find the core for which "linked" best agrees with "at least one end in the core".

    Parameters
    ----------
    network : MultilayerNetwork
        Any network. Layers are flattened, weights ignored.
    restarts : int
        Starts of the search in networks of more than 20 linked nodes.
    rng : None, int, SeedSequence or Generator
        For the starts of the search; smaller networks need none.

    Returns
    -------
    CorePeripheryFit
        `coreness` (1 core, 0 periphery) and `quality`, Pearson's correlation over all pairs of
        nodes. All NaN without links, if all pairs are linked, and for fewer than 3 nodes.

    Notes
    -----
    Pairs are those above the diagonal; if a layer is directed, those above and below it. With up
    to 20 linked nodes all cores are tried; beyond that passes of Kernighan and Lin are run, and
    need not find the best of all. Of equally good cores the smallest and then the one of the
    earliest nodes is taken. Isolates count as nodes and are never in the core. In a dense flow
    matrix the correlation describes the few gaps: select strong links first.

    References
    ----------
    Borgatti and Everett 2000, "Models of core/periphery structures", Social Networks 21.

    Examples
    --------
    >>> links = pd.DataFrame({"source": "a", "target": ["b", "c", "d"]})
    >>> core = core_periphery(ni.build_network(pd.DataFrame(index=list("abcd")), links))
    >>> core.coreness.tolist(), round(core.quality, 6)
    ([1.0, 0.0, 0.0, 0.0], 1.0)
    """
    core, quality = core_of(network, int(restarts), check_rng(rng))
    coreness = pd.Series(core, network.storage.nodes.index, np.float64, "coreness")
    return CorePeripheryFit(coreness, quality)


def core_of(
    network: MultilayerNetwork, restarts: int, rng: np.random.Generator
) -> tuple[Floats, float]:
    from netinnov.kernels.core_periphery import best_core

    links = _links(network)
    indptr, _, counts, unit = links
    n = network.n_nodes
    linked = np.flatnonzero(np.diff(indptr)).astype(np.int32)
    n_links, pairs = counts.sum() / 2, unit * n * (n - 1) / 2
    if n < 3 or n_links in (0, pairs):
        return np.full(n, math.nan), math.nan
    if linked.size <= _EXACT:
        core, quality = best_core(*links[:3], linked, unit)
    else:
        core, quality = _searched(links, restarts, rng)
    return core.astype(np.float64), float(quality)


def _searched(links: Links, restarts: int, rng: np.random.Generator) -> tuple[Mask, float]:
    from netinnov.kernels.core_periphery import improved_core

    linked = np.diff(links[0]) > 0
    n = linked.size
    best, quality = np.zeros(n, np.bool_), -math.inf
    for attempt in range(restarts):
        if attempt == 0:
            start = np.zeros(n, np.bool_)
        elif attempt % 2:  # a change of the best
            flips = rng.choice(n, size=min(n, 3 + int(rng.integers(1 + best.sum()))), replace=False)
            start = best.copy()
            start[flips] = ~start[flips] & linked[flips]
        else:
            start = linked & (rng.random(n) < rng.uniform(0.02, 0.5))
        core, core_quality = improved_core(*links, start, _PATIENCE)
        equal = abs(core_quality - quality) <= 1e-12
        if _rank(core) < _rank(best) if equal else core_quality > quality:
            best, quality = core, core_quality
    return best, quality


def _rank(core: Mask) -> tuple[int, list[int]]:
    """Sort key of ties: smallest core first, then that of the earliest nodes."""
    nodes: list[int] = np.flatnonzero(core).tolist()
    return len(nodes), nodes


def _links(network: MultilayerNetwork) -> Links:
    linked = union(network).astype(bool).astype(np.float64)
    if network.directed:
        linked = sparse.csr_array(linked + linked.T)
        linked.sort_indices()
    unit = 2 if network.directed else 1
    return linked.indptr.astype(np.int32), linked.indices.astype(np.int32), linked.data, unit

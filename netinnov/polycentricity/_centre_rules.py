"""Cores, and rules that make some places centres: masses after distance, flows and the core."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.stats import norm

from netinnov._network.matrices import flat_matrix, layer_matrix
from netinnov._network.paths import union
from netinnov._network.place_distances import between
from netinnov._runtime.arguments import check_rng
from netinnov._runtime.display import Displayed
from netinnov._typing import Codes, Count, Direction, Floats, Integers, Mask, Rng
from netinnov.build import flatten
from netinnov.centrality._counts import total_strength
from netinnov.network import MultilayerNetwork
from netinnov.polycentricity._place_masses import place_masses

CentreRule: TypeAlias = Literal["outliers", "head_tail", "core", "dominant_flow"]
Links: TypeAlias = tuple[Codes, Codes, Floats, int]  # CSR, and how often a pair may be linked

CORE_RESTARTS = 20  # starts, which take less time than one search for communities
_EXACT = 20  # linked nodes up to which all cores are tried: a million, in milliseconds
_PATIENCE = 50  # changes for the worse in a row after which a pass gives up
_SEVERAL = 3  # places from which on one can stand out among them
_SMALL = 0.01  # share of the largest strength below which a place says nothing of what is ordinary
_LEVEL = 0.05  # chance that any ordinary place is taken for an outlier
_FEW = 2.5  # the limit of n places is wider by this, divided by n
_LARGER = 1.5  # times the ordinary mass that a centre has at least
_WIDE = 0.5  # robust deviation of the logarithms of masses from which sizes have no ordinary one
_HALF = 0.5  # part of the largest mass of a centre beside it, where sizes spread so widely
_TWICE = 2.0  # even shares of the largest then
_MANY = 1000  # places above which masses after distance would take long
_ROUNDING = 1e-12  # relative tolerance of shares


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
    If a layer is directed, each pair counts both ways. With up to 20 linked nodes all cores are
    tried; beyond, passes of Kernighan and Lin need not find the best of all. Of equally good cores
    the smallest, then that of the earliest nodes is taken. Isolates count, never in the core. In a
    dense flow matrix the correlation describes the few gaps: select strong links first.

    References
    ----------
    Borgatti and Everett 2000, "Models of core/periphery structures", Social Networks 21.

    Examples
    --------
    >>> links = pd.DataFrame({"source": "a", "target": ["b", "c", "d"]})
    >>> core = core_periphery(ni.build_network(links))
    >>> core.coreness.tolist(), round(core.quality, 6)
    ([1.0, 0.0, 0.0, 0.0], 1.0)
    """
    core, quality = core_of(network, int(restarts), check_rng(rng))
    coreness = pd.Series(core, network.storage.node_names, np.float64, "coreness")
    return CorePeripheryFit(coreness, quality)


def core_of(
    network: MultilayerNetwork, restarts: int, rng: np.random.Generator
) -> tuple[Floats, float]:
    from netinnov.kernels.core_periphery import best_core

    links = _links(network)
    indptr, _, counts, unit = links
    n = network.n_nodes
    linked = np.flatnonzero(np.diff(indptr)).astype(np.int32)
    n_links = counts.sum() / 2
    pairs = unit * n * (n - 1) / 2
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
    best = np.zeros(n, np.bool_)
    quality = -math.inf
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
            best = core
            quality = core_quality
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


class Options(NamedTuple):
    direction: Direction = "total"
    resolution: float = 1.0
    restarts: int = 10


class Structure(NamedTuple):
    """Input of the rules, an entry a place; NaN, -1 or None if no rule needs it."""

    strength: Floats
    mass: Floats  # after distance where all distances are known, else strength
    community: Floats
    core: Floats
    core_quality: float
    role: pd.Series | None
    dominant: Integers
    modularity: float


def structure_of(
    network: MultilayerNetwork,
    options: Options,
    rng: np.random.Generator,
    rules: set[str],
    start: Floats | None = None,
    strength: Floats | None = None,
) -> Structure:
    """What the rules need; ``start``: masses with which the fit of masses begins."""
    index = network.storage.node_names
    flat = network if network.layers == ("all",) else flatten(network)
    if strength is None:
        strength = total_strength(flat, options.direction)
    for_community, for_core = rng.spawn(2)
    mass = community = core = np.full(len(index), math.nan)
    quality = modularity = math.nan
    role = None
    if "outliers" in rules:
        mass = _masses(flat, strength, options.direction, start)
    if "roles" in rules:
        role = pd.Series(pd.NA, index, dtype="str")
        if strength.any():
            from netinnov.community import roles

            community, modularity = communities_of(flat, options, for_community)
            role = roles(flat, pd.Series(community, index))["role"]
    if "core" in rules:
        core, quality = core_of(flat, max(options.restarts, CORE_RESTARTS), for_core)
    dominant = _largest_flow(flat) if "dominant_flow" in rules else np.full(len(index), -1)
    return Structure(strength, mass, community, core, quality, role, dominant, modularity)


def communities_of(
    flat: MultilayerNetwork, options: Options, rng: np.random.Generator
) -> tuple[Floats, float]:
    from netinnov.community._leiden import labels_of_layer

    matrix = layer_matrix(flat, flat.layers[0]) if flat.layers else None
    if matrix is None or not matrix.nnz:
        return np.full(flat.n_nodes, math.nan), math.nan
    search = (options.resolution, options.restarts, rng)
    return labels_of_layer(matrix, bool(flat.directed), *search)


def centres_by(rule: str, structure: Structure) -> Mask:
    """Which places are centres: by no rule one with less than an even share of strength."""
    strength = structure.strength
    centre: Mask = np.zeros(strength.size, bool)
    some = _ordinary(strength)
    if not some.any():
        return centre
    relative = strength / strength.max()  # sums of large numbers would be infinite
    even = relative[some].mean() * (1 - _ROUNDING)
    match rule:
        case "outliers":
            centre[some] = _outliers(structure.mass[some], relative[some] / even)
        case "head_tail":
            centre = relative > relative[relative > 0].mean()
        case "core":
            centre = structure.core == 1
        case _:
            centre = _independent(structure)
    return centre & (relative >= even)


def _ordinary(strength: Floats) -> Mask:
    """Places that say what is ordinary: any number of small ones changes nothing."""
    return (strength > 0) & (strength >= _SMALL * strength.max(initial=0.0))


def _outliers(mass: Floats, even_shares: Floats) -> Mask:
    """Places far above the median in the logarithm of their mass, by the median deviation.

    The limit is that of the largest of n normal numbers. Where sizes spread so widely that none is
    ordinary, also the largest, if it holds two even shares or more, and who has half its mass.
    """
    n = mass.size
    if n < _SEVERAL:
        return np.zeros(n, bool)
    logs = np.log(np.maximum(mass, np.finfo(float).tiny))
    above = logs - np.median(logs)
    deviation = float(np.median(np.abs(above))) / norm.ppf(0.75)
    limit = norm.isf(_LEVEL / n) * (1 + _FEW / n) * deviation
    centre = above > max(limit, math.log(_LARGER)) + _ROUNDING
    # A remote place with few links has a mass that is hardly known.
    largest = int(np.where(even_shares >= 1, mass, 0.0).argmax())
    if deviation >= _WIDE and even_shares[largest] >= _TWICE:
        centre |= mass >= _HALF * mass[largest] * (1 - _ROUNDING)
    return centre


def _masses(
    flat: MultilayerNetwork, strength: Floats, direction: Direction, start: Floats | None
) -> Floats:
    """Masses after distance, or strengths where one is not known; NaN for small places."""
    some = _ordinary(strength)
    at = np.flatnonzero(some)
    lengths = _distances(flat, at)
    if lengths is None:
        return np.where(some, strength, math.nan)
    flows = flat_matrix(flat)[at][:, at].toarray()
    if direction == "in":
        flows = flows.T
    elif direction == "total" and flat.directed:
        flows = flows + flows.T
    masses = np.full(strength.size, math.nan)
    known = None if start is None or np.isnan(start[at]).any() else start[at]
    masses[at] = place_masses(flows, lengths, known)
    return masses


def _distances(network: MultilayerNetwork, at: Integers) -> Floats | None:
    codes = network.storage.place_codes[at]
    if not _SEVERAL <= at.size <= _MANY or (codes < 0).any():
        return None
    lengths = between(network.storage, codes[:, None], codes)
    np.fill_diagonal(lengths, 0.0)
    return None if np.isnan(lengths).any() else (lengths + lengths.T) / 2


def largest_first(values: Floats) -> Integers:
    return np.argsort(-values, kind="stable")


def _largest_flow(flat: MultilayerNetwork) -> Integers:
    matrix = flat_matrix(flat)
    largest = np.asarray(matrix.argmax(axis=1) if matrix.nnz else np.zeros(flat.n_nodes))
    return np.where(np.diff(matrix.indptr) > 0, largest.ravel(), -1).astype(np.int64)


def _independent(structure: Structure) -> Mask:
    """Places that dominate another place and are dominated by none (Nystuen and Dacey)."""
    strength = structure.strength
    sends = structure.dominant >= 0
    to = structure.dominant[sends]
    below = np.zeros(strength.size, bool)
    # Of equal places none dominates, whatever their order.
    below[sends] = strength[to] > strength[sends] * (1 + _ROUNDING)
    followed = np.zeros(strength.size, bool)
    followed[structure.dominant[below]] = True
    return followed & ~below

"""Cores, and rules that make some places centres: from flows, communities and the core."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._network.matrices import flat_matrix, layer_matrix
from netinnov._network.paths import union
from netinnov._runtime.arguments import check_rng
from netinnov._runtime.display import Displayed
from netinnov._typing import Codes, Count, Direction, Floats, Integers, Mask, Rng
from netinnov.build import flatten
from netinnov.centrality._counts import total_strength
from netinnov.network import MultilayerNetwork

CentreRule: TypeAlias = Literal["hubs", "top", "head_tail", "core", "z", "dominant_flow"]
Links: TypeAlias = tuple[Codes, Codes, Floats, int]  # CSR, and how often a pair may be linked

CORE_RESTARTS = 20  # starts, which take less time than one search for communities
_EXACT = 20  # linked nodes up to which all cores are tried: a million, in milliseconds
_PATIENCE = 50  # changes for the worse in a row after which a pass gives up
_FEW = 0.3  # share of the restarts for one of many draws
_SEVERAL = 3  # places from which a community has a centre
_NEAR = 0.5  # a core place is a centre from this part of its community's strongest
_LEAST = 0.02  # share of all strength of a hub, but at most two average linked places
_HUB = 2.5  # z inside its community from which a place is a centre by the rule "z"
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
    share: float = 0.1
    resolution: float = 1.0
    restarts: int = 10
    minimum_share: float | None = None
    effort: float = 1.0  # part of the restarts that is run

    @property
    def searches(self) -> int:
        return math.ceil(self.effort * self.restarts)

    @property
    def for_draws(self) -> Options:
        return self._replace(effort=_FEW)


class Structure(NamedTuple):
    """Input of the rules, an entry a place; NaN, -1 or None if no rule needs it."""

    strength: Floats
    community: Floats
    core: Floats
    core_quality: float
    z: Floats
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
    index = network.storage.node_names
    flat = network if network.layers == ("all",) else flatten(network)
    if strength is None:
        strength = total_strength(flat, options.direction)
    for_community, for_core = rng.spawn(2)
    community = core = z = np.full(len(index), math.nan)
    quality = modularity = math.nan
    role = pd.Series(pd.NA, index, dtype="str") if "roles" in rules else None
    if rules & {"hubs", "z", "roles"} and strength.any():
        community, modularity = communities_of(flat, options, for_community, start)
        if rules & {"z", "roles"}:
            from netinnov.community import roles

            table = roles(flat, pd.Series(community, index))
            z = table["z"].to_numpy(np.float64)
            role = table["role"]
    if rules & {"hubs", "core"}:
        core, quality = core_of(flat, max(options.restarts, CORE_RESTARTS), for_core)
    dominant = _largest_flow(flat) if "dominant_flow" in rules else np.full(len(index), -1)
    return Structure(strength, community, core, quality, z, role, dominant, modularity)


def communities_of(
    flat: MultilayerNetwork, options: Options, rng: np.random.Generator, start: Floats | None = None
) -> tuple[Floats, float]:
    from netinnov.community._leiden import labels_of_layer

    matrix = layer_matrix(flat, flat.layers[0]) if flat.layers else None
    if matrix is None or not matrix.nnz:
        return np.full(flat.n_nodes, math.nan), math.nan
    searches = options.searches
    search = (options.resolution, searches, rng, start, min(1.0, searches / options.restarts))
    return labels_of_layer(matrix, bool(flat.directed), *search)


def centres_by(rule: str, structure: Structure, options: Options) -> Mask:
    strength = structure.strength
    centre: Mask = np.zeros(strength.size, bool)
    match rule:
        case "hubs":
            centre = _hubs(structure, least_share(options.minimum_share, strength))
        case "top":  # rounding must not make 0.1 of 30 places four
            number = math.ceil(options.share * np.count_nonzero(strength) - 1e-9)
            centre[largest_first(strength)[:number]] = True
        case "head_tail":
            centre = strength > strength[strength > 0].mean() if strength.any() else centre
        case "core":
            centre = structure.core == 1
        case "z":
            centre = structure.z >= _HUB
        case _:
            centre = _independent(structure)
    return centre & (strength > 0)


def largest_first(values: Floats) -> Integers:
    return np.argsort(-values, kind="stable")


def least_share(minimum_share: float | None, strength: Floats) -> float:
    """Least share of all strength of a hub: by default it falls with their number."""
    n = max(int(np.count_nonzero(strength)), 1)
    return min(_LEAST, 2 / n) if minimum_share is None else minimum_share


def _hubs(structure: Structure, minimum_share: float) -> Mask:
    """The strongest of each community, and core places at least half as strong."""
    centre = np.zeros(structure.strength.size, bool)
    for label in np.unique(structure.community[~np.isnan(structure.community)]):
        members = np.flatnonzero(structure.community == label)
        if members.size >= _SEVERAL:
            strength = structure.strength[members]
            centre[members[np.argmax(strength)]] = True
            near = strength >= _NEAR * strength.max()
            centre[members[near & (structure.core[members] == 1)]] = True
    if centre.any():  # sums of large numbers would be infinite
        relative = structure.strength / structure.strength.max()
        centre &= relative >= minimum_share * relative.sum() * (1 - _ROUNDING)
    return centre


def _largest_flow(flat: MultilayerNetwork) -> Integers:
    matrix = flat_matrix(flat)
    largest = np.asarray(matrix.argmax(axis=1) if matrix.nnz else np.zeros(flat.n_nodes))
    return np.where(np.diff(matrix.indptr) > 0, largest.ravel(), -1).astype(np.int64)


def _independent(structure: Structure) -> Mask:
    """Places that dominate another place and are dominated by none (Nystuen and Dacey)."""
    rank = np.empty(structure.strength.size, np.int64)
    rank[largest_first(structure.strength)] = np.arange(rank.size)
    sends = structure.dominant >= 0
    to = structure.dominant[sends]
    below = np.zeros(rank.size, bool)
    below[sends] = rank[to] < rank[sends]
    followed = np.zeros(rank.size, bool)
    followed[structure.dominant[below]] = True
    return followed & ~below

"""Rules that make some places centres, from their flows, communities and core."""

from __future__ import annotations

import math
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._network.layer_table import refuse_shares
from netinnov._network.matrices import flat_matrix, layer_matrix
from netinnov._typing import Direction, Floats, Mask
from netinnov.build import flatten
from netinnov.network import MultilayerNetwork
from netinnov.polycentricity._core_periphery import CORE_RESTARTS, core_of
from netinnov.polycentricity._flow_evenness import totals

CentreRule: TypeAlias = Literal["hubs", "top", "head_tail", "core", "z", "dominant_flow"]

_FEW = 0.3  # share of the restarts for one of many draws
_SEVERAL = 3  # places from which a community has a centre
_NEAR = 0.5  # a core place is a centre from this part of its community's strongest
_LEAST = 0.02  # share of all strength of a hub, but at most two average linked places
_HUB = 2.5  # z inside its community from which a place is a centre by the rule "z"
_ROUNDING = 1e-12  # relative tolerance of shares


class Options(NamedTuple):
    direction: Direction = "total"
    share: float = 0.1
    resolution: float = 1.0
    restarts: int = 10
    minimum_share: float | None = None
    restarts_per_draw: int | None = None  # searches in many draws; None: three in ten
    in_draw: bool = False

    @property
    def searches(self) -> int:
        few = self.restarts_per_draw or math.ceil(_FEW * self.restarts)
        return few if self.in_draw else self.restarts

    @property
    def for_draws(self) -> Options:
        return self._replace(in_draw=True)


def checked_options(network: MultilayerNetwork, **chosen: Any) -> Options:
    options = Options(**chosen)
    if options.direction != "in":
        refuse_shares(network.storage.records, f"strength with direction={options.direction!r}")
    return options


class Structure(NamedTuple):
    """Input of the rules, an entry a place; NaN, -1 or None if no rule needs it."""

    strength: Floats
    community: Floats
    core: Floats
    core_quality: float
    z: Floats
    role: pd.Series | None
    dominant: npt.NDArray[np.int64]
    modularity: float


def structure_of(
    network: MultilayerNetwork,
    options: Options,
    rng: np.random.Generator,
    rules: set[str],
    start: Floats | None = None,
    strength: Floats | None = None,
) -> Structure:
    index = network.storage.nodes.index
    flat = network if network.layers == ("all",) else flatten(network)
    if strength is None:
        strength = totals(flat, options.direction, f"strength with direction={options.direction!r}")
    for_community, for_core = rng.spawn(2)
    community = core = z = np.full(len(index), math.nan)
    quality = modularity = math.nan
    role = pd.Series(pd.NA, index, dtype="str") if "roles" in rules else None
    if rules & {"hubs", "z", "roles"} and strength.any():
        community, modularity = communities_of(flat, options, for_community, start)
        if rules & {"z", "roles"}:
            from netinnov.community import roles

            table = roles(flat, pd.Series(community, index))
            z, role = table["z"].to_numpy(np.float64), table["role"]
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


def largest_first(values: Floats) -> npt.NDArray[np.intp]:
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


def _largest_flow(flat: MultilayerNetwork) -> npt.NDArray[np.int64]:
    matrix = flat_matrix(flat)
    largest = np.asarray(matrix.argmax(axis=1) if matrix.nnz else np.zeros(flat.n_nodes))
    return np.where(np.diff(matrix.indptr) > 0, largest.ravel(), -1).astype(np.int64)


def _independent(structure: Structure) -> Mask:
    """Places that are subordinate to none larger, and to which some place is."""
    rank = np.empty(structure.strength.size, np.int64)
    rank[largest_first(structure.strength)] = np.arange(rank.size)
    sends = structure.dominant >= 0
    to = structure.dominant[sends]
    below = np.zeros(rank.size, bool)
    below[sends] = rank[to] < rank[sends]
    followed = np.zeros(rank.size, bool)
    followed[structure.dominant[below]] = True
    return followed & ~below

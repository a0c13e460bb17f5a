"""All indices of a network of places at once, as a profile lists them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from netinnov._network.place_distances import between
from netinnov._runtime.arguments import check_names
from netinnov._typing import Floats
from netinnov.build import flatten
from netinnov.centrality._counts import total_strength
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.polycentricity import _evenness, _flow_evenness
from netinnov.polycentricity._centre_rules import Options, Structure, centres_by, structure_of
from netinnov.polycentricity._flow_evenness import Flows
from netinnov.polycentricity._rank_size import primacy, rank_size
from netinnov.polycentricity._urban_centrality import centrality_of, widest_spread

# What each index is computed from, whether high or low means many centres, and its range
INDICES: dict[str, tuple[str, str, float, float]] = {
    "rank_size": ("strength", "high", -math.inf, 0),
    "rank_size_top": ("strength", "high", -math.inf, 0),
    "primacy": ("strength", "low", 0, 1),
    "dominance_index": ("strength", "low", 0, math.inf),
    "gini": ("strength", "low", 0, 1),
    "herfindahl": ("strength", "low", 0, 1),
    "theil": ("strength", "low", 0, math.inf),
    "effective_number": ("strength", "high", 1, math.inf),
    "entropy_index_nodes": ("strength", "high", 0, 1),
    "green": ("strength", "high", 0, 1),
    "urban_centrality_index": ("strength", "low", 0, 1),
    "functional": ("links", "high", 0, 1),
    "functional_weighted": ("links", "high", 0, 1),
    "entropy_index": ("links", "high", 0, 1),
    "link_symmetry": ("links", "high", 0, 1),
    "node_symmetry": ("links", "low", 0, 1),
    "core_periphery": ("links", "low", -1, 1),
    "core_share": ("links", "high", 0, 1),
    "n_centres": ("links", "high", 0, math.inf),
}
_TOP = (2, 3, 4)  # cut-offs of `rank_size_top`
SIZE = "size_"  # prefix of the indices of given sizes
# Undefined for shares of a total, whatever the direction
_NEEDS_OUTFLOW = frozenset({"entropy_index", "link_symmetry", "node_symmetry"})
_MOST_PLACES = 3000  # beyond, the matrix of distances and its eigenvalues would take minutes

_PLAIN: dict[str, Callable[[Floats], float]] = {
    "rank_size": lambda value: rank_size(value).slope,
    "rank_size_top": lambda value: rank_size(value, top=_TOP).slope,
    "primacy": primacy,
    "gini": _evenness.gini,
    "herfindahl": _evenness.herfindahl,
    "theil": _evenness.theil,
    "effective_number": _evenness.effective_number,
}
_ON_VALUES = {*_PLAIN, "green", "urban_centrality_index"}  # need one value a place and no links


class Setting(NamedTuple):
    names: tuple[str, ...]
    ddof: Literal[0, 1]
    options: Options
    distances: Floats | None
    maximum: float
    rule: str = "outliers"
    undefined: str | None = None  # why there is no urban centrality index


def index_values(
    network: MultilayerNetwork,
    setting: Setting,
    rng: np.random.Generator,
    value: Floats | None = None,
    *,
    structure: Structure | None = None,
    start: Floats | None = None,
) -> dict[str, float]:
    """`value` replaces the strengths; `structure` is used if known, `start` see `structure_of`."""
    wanted = set(setting.names)
    direction = setting.options.direction
    flat = flatten(network)
    stands_in = value is not None
    if value is None:
        value = total_strength(flat, direction)
    indices = value_indices(value, setting)
    largest = _flow_evenness.dominance(value).max() if value.size else math.nan
    indices["dominance_index"] = float(largest)
    indices["entropy_index_nodes"] = _flow_evenness.normalised_entropy(value, network.n_nodes)
    for name, weighted in (("functional", False), ("functional_weighted", True)):
        if name in wanted:
            kept: Any = {"weighted": weighted, "ddof": setting.ddof, "direction": direction}
            indices[name] = _evenness.functional(network, **kept)
    if wanted & _NEEDS_OUTFLOW:
        indices |= _both_ways(flat)
    if rules := rules_of(setting):
        if structure is None:
            strength = None if stands_in else value
            structure = structure_of(flat, setting.options, rng, rules, start, strength)
        core = structure.core
        indices["core_periphery"] = structure.core_quality
        indices["core_share"] = float(core.mean()) if core.size else math.nan
        if "n_centres" in wanted:
            centre = centres_by(setting.rule, structure)
            indices["n_centres"] = float(centre.sum())
    return {name: indices[name] for name in setting.names if name in indices}


def possible(index: str, n: int, rule: str, value: float) -> tuple[float, float]:
    """Least and greatest number that an index can be, among `n` places."""
    *_, low, high = INDICES[index]
    if index == "n_centres" and rule == "head_tail":
        low = min(1.0, value)  # as long as there are flows
    return low, float(n) if index in ("effective_number", "n_centres") else high


def rules_of(setting: Setting) -> set[str]:
    rules = {setting.rule} if "n_centres" in setting.names else set()
    return rules | ({"core"} if {"core_periphery", "core_share"} & {*setting.names} else set())


def value_indices(value: Floats, setting: Setting, prefix: str = "") -> dict[str, float]:
    indices = {name: index(value) for name, index in _PLAIN.items()}
    indices["green"] = _evenness.green(value, ddof=setting.ddof)
    indices["urban_centrality_index"] = math.nan
    if setting.distances is not None:
        indices["urban_centrality_index"] = centrality_of(value, setting.distances, setting.maximum)
    return {prefix + name: index for name, index in indices.items()}


def distances_of(network: MultilayerNetwork) -> Floats | None:
    codes = network.storage.place_codes
    if not 2 <= codes.size <= _MOST_PLACES or (codes < 0).any():
        return None
    lengths = between(network.storage, codes[:, None], codes)
    np.fill_diagonal(lengths, 0.0)
    return None if np.isnan(lengths).any() else (lengths + lengths.T) / 2


def among(setting: Setting, nodes: npt.NDArray[np.intp], shares: Floats | None = None) -> Setting:
    """The setting of some nodes; the widest spread is the same if its `shares` are all theirs."""
    if setting.distances is None:
        return setting
    rest = setting.distances[np.ix_(nodes, nodes)]
    same = shares is not None and not np.delete(shares, nodes).any()
    maximum = setting.maximum if same else widest_spread(rest)[0]
    return setting._replace(distances=rest, maximum=maximum)


def _both_ways(network: MultilayerNetwork) -> dict[str, float]:
    if any(map(network.storage.holds_shares, network.layers)):
        return dict.fromkeys(_NEEDS_OUTFLOW, math.nan)
    flows = Flows.of(network, "the indices of links")
    entropy = _flow_evenness.normalised_entropy(flows.links.data, flows.possible)
    indices = {"entropy_index": entropy, "link_symmetry": math.nan, "node_symmetry": math.nan}
    if flows.matrix.nnz:
        balance, both = _flow_evenness.link_balance(flows)
        indices["link_symmetry"] = float(np.average(balance, weights=both.data))
        flow = np.asarray(flows.matrix.sum(axis=0) + flows.matrix.sum(axis=1), np.float64)
        at = flow > 0
        balance = np.abs(_flow_evenness.symmetry(flows)[at])
        indices["node_symmetry"] = float(np.average(balance, weights=flow[at]))
    return indices


def checked_setting(
    network: MultilayerNetwork,
    indices: Sequence[str] | None,
    ddof: Literal[0, 1],
    options: Options,
    *,
    sizes: bool = False,
) -> Setting:
    of_sizes = [SIZE + name for name in INDICES if sizes and name in _ON_VALUES]
    known = [*INDICES, *of_sizes]
    names = known if indices is None else check_names("indices", indices, known)
    if not names:
        raise InputError("`indices` must name at least one index; found none.")
    central = any(name.endswith("urban_centrality_index") for name in names)
    distances = distances_of(network) if central else None
    return Setting(tuple(names), ddof, options, distances, math.nan)

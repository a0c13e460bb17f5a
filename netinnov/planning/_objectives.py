"""What a plan is judged by: objectives by name, and functions of the user."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._network.paths import PathCosts, positions
from netinnov._runtime.arguments import check_callable, check_number, did_you_mean, examples, shown
from netinnov._typing import Floats
from netinnov.centrality import harmonic_centrality
from netinnov.centrality._counts import total_strength
from netinnov.connectivity import global_efficiency
from netinnov.errors import InputError
from netinnov.experiments._replicates import called_on
from netinnov.network import MultilayerNetwork
from netinnov.polycentricity import effective_number
from netinnov.scenarios import Combined

AccessName: TypeAlias = Literal["efficiency", "home_access", "worst_access", "equity"]
ObjectiveName = Literal[AccessName, "effective_number"]
Reduce: TypeAlias = Callable[[Floats], Floats]

_KNOWN = {"efficiency", "home_access", "worst_access"}  # new links never lower these

_MEAN: Any = partial(np.mean, axis=1)

_OF_PATHS = {"distance", "frictions", "nodes"}  # keywords that allow scoring link by link


@dataclass(frozen=True)
class ByAccess:
    """An objective of access; `reduce` maps plans x nodes to one number a plan."""

    nodes: npt.NDArray[np.int32]
    reduce: Reduce
    costs: PathCosts


Objective: TypeAlias = ObjectiveName | Callable[..., float | pd.Series]


@dataclass(frozen=True)
class Judge:
    name: str
    function: Callable[[MultilayerNetwork], float]
    never_lowered: bool = False
    by_access: ByAccess | None = None
    by_strength: bool = False  # the effective number of places

    def __call__(self, network: MultilayerNetwork, plan: str) -> float:
        value: Any = self.function(network)
        check_number(f"objective {self.name} of {plan}", value)
        return float(value)


def judge_of(
    objective: Objective, network: MultilayerNetwork, candidates: Mapping[str, Any]
) -> Judge:
    if isinstance(objective, str):
        allowed = get_args(ObjectiveName)
        if objective not in allowed:
            msg = f"`objective` must be one of {', '.join(map(repr, allowed))}, or a function"
            near = did_you_mean(objective, allowed)
            raise InputError(f"{msg} of a network; found {objective!r}{near}.")
        if objective == "effective_number":
            of_places = partial(_effective_number, network.n_nodes)
            return Judge(repr(objective), of_places, by_strength=True)
        by_access = _access_objective(objective, network, candidates)
        return _access_judge(repr(objective), by_access, objective in _KNOWN)
    check_callable("objective", objective, "a name or a function of a network", made=True)
    if (ours := _by_paths(objective, network)) is not None:
        return ours
    name = getattr(objective, "__name__", shown(objective))
    return Judge(name, partial(_of_user, objective, network.storage.nodes.index))


def _access_objective(
    name: AccessName, network: MultilayerNetwork, candidates: Mapping[str, Any]
) -> ByAccess:
    # A node without a place is a place of its own.
    code = network.storage.place_codes.astype(np.int64)
    own = np.where(code >= 0, code, len(network.storage.places) + np.arange(code.size))
    place = np.unique(own, return_inverse=True)[1]
    homes = _at_homes(network, candidates) if name == "home_access" else np.zeros(0, np.intp)
    reductions: dict[str, Reduce] = {
        "efficiency": _MEAN,
        "home_access": lambda access: _by_place(access, place)[:, np.unique(place[homes])].mean(1),
        "worst_access": lambda access: _by_place(access, place).min(axis=1),
        "equity": lambda access: _equality(_by_place(access, place)),
    }
    return ByAccess(positions(network, None), reductions[name], PathCosts())


def _access_judge(name: str, by_access: ByAccess, never_lowered: bool) -> Judge:
    def measure(network: MultilayerNetwork) -> float:
        names = network.storage.nodes.index.take(by_access.nodes)
        access = harmonic_centrality(network, nodes=list(names), **by_access.costs._asdict())
        return float(by_access.reduce(access.to_numpy(np.float64)[None, by_access.nodes])[0])

    return Judge(name, measure, never_lowered, by_access)


def _equality(rows: Floats) -> Floats:
    """1 minus the Gini index of each row; 1 where all are 0."""
    n, total = rows.shape[1], rows.sum(axis=1)
    ranked = np.sort(rows, axis=1) @ np.arange(1.0, n + 1)
    gini = 2 * ranked / (n * np.where(total > 0, total, 1.0)) - (n + 1) / n
    return np.where(total > 0, 1.0 - gini, 1.0)


def _by_place(access: Floats, place: npt.NDArray[np.intp]) -> Floats:
    size = np.bincount(place)
    if size.size == place.size:
        return access[:, np.argsort(place)]
    return np.stack([np.bincount(place, row) / size for row in access])


def _at_homes(network: MultilayerNetwork, candidates: Mapping[str, Any]) -> npt.NDArray[np.bool_]:
    homes = {name: _homes(scenario) for name, scenario in candidates.items()}
    if without := [name for name, own in homes.items() if not own]:
        msg = f"objective='home_access' needs candidates with a `home`; {len(without)} have none: "
        msg += f"{examples(without)}. Give a function of a network as `objective` instead."
        raise InputError(msg)
    return network.storage.inside([home for own in homes.values() for home in own])


def _homes(scenario: Any) -> list[str]:
    if isinstance(scenario, Combined):
        return [home for part in scenario.scenarios for home in _homes(part)]
    home = getattr(scenario, "home", None)
    return [home] if isinstance(home, str) else []


def with_options(measure: Any) -> tuple[Any, dict[str, Any]]:
    """A function and the keywords bound to it; a switch cost of 0 is none."""
    options: dict[str, Any] = {}
    while isinstance(measure, partial) and not measure.args:
        measure, options = measure.func, measure.keywords | options
    if not options.get("switch_cost"):
        options.pop("switch_cost", None)
    return measure, options


def _by_paths(objective: Any, network: MultilayerNetwork) -> Judge | None:
    function, options = with_options(objective)
    if function not in (global_efficiency, harmonic_centrality):
        return None
    if not options.keys() <= _OF_PATHS:
        bound = partial(_of_user, objective, network.storage.nodes.index)
        return Judge(function.__name__, bound, never_lowered=True)
    nodes = positions(network, options.pop("nodes", None))
    reduce = _MEAN if function is global_efficiency else partial(np.sum, axis=1)
    return _access_judge(function.__name__, ByAccess(nodes, reduce, PathCosts(**options)), True)


def _of_user(objective: Callable[..., Any], nodes: pd.Index, network: MultilayerNetwork) -> Any:
    value = called_on(objective, network, nodes.tolist())
    series = isinstance(value, pd.Series)
    return value.reindex(nodes).sum(skipna=False) if series else value


def _effective_number(n: int, network: MultilayerNetwork) -> float:
    return effective_number(total_strength(network)[:n])

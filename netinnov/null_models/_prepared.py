"""Null models: functions of a network and a Generator, prepared once and drawn from many times."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, TypeAlias

import numpy as np
import pandas as pd

from netinnov._network.rows import NO_PERIOD, Rows
from netinnov._runtime.arguments import as_list, check_callable, check_rng, shown
from netinnov._runtime.threads import in_threads
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, check_network, network_of_storage, with_rows
from netinnov.null_models._rewiring import Chain, State, checked, link_keys

LEAST_MOVED = 0.05  # mean share of the links that a null model must move for a test
# Returns a random network: a frozen class of this module, or any function
NullModel: TypeAlias = Callable[[MultilayerNetwork, np.random.Generator], MultilayerNetwork]


class NullFamily(ABC):
    """Base of the null models: callables of a network and a Generator."""

    __slots__ = ()
    _preserves: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        """Sequences of names as tuples, numbers as floats, so that equal options compare equal."""
        own: Any = self
        if self._preserves:
            preserve, bins = checked(own.preserve, own.bins, self._preserves)
            object.__setattr__(self, "preserve", preserve)
            object.__setattr__(self, "bins", bins)
        for name in ("layers", "kinds", "through", "trials"):
            value = getattr(self, name, None)
            if name == "trials" and value is not None:
                object.__setattr__(self, name, float(value))
            elif not (value is None or (name == "through" and isinstance(value, str))):
                object.__setattr__(self, name, tuple(as_list(name, value)))

    def __call__(self, network: MultilayerNetwork, rng: np.random.Generator) -> MultilayerNetwork:
        check_network(network)
        rng = check_rng(rng)
        return self._prepared(network, rng).draw(rng)

    @abstractmethod
    def _prepared(self, network: MultilayerNetwork, rng: np.random.Generator) -> Prepared: ...


def prepared_null(
    null: NullModel, network: MultilayerNetwork, rng: np.random.Generator
) -> Prepared:
    expected = "a null model such as Rewire(), or a function of a network and a Generator"
    check_callable("null", null, expected, made=True)
    if isinstance(null, NullFamily):
        return null._prepared(network, rng)
    return _Function(network, null)


@dataclass(frozen=True, slots=True)
class Prepared(ABC):
    """A null model of one network, with the work that draws share already done."""

    network: MultilayerNetwork
    # Whether weights are drawn too, so that a link is the same only with the same weight.
    draws_weights: ClassVar[bool] = False

    @property
    @abstractmethod
    def layers(self) -> Collection[str]: ...

    @abstractmethod
    def draw(self, rng: np.random.Generator) -> MultilayerNetwork: ...

    def moved(self, drawn: MultilayerNetwork) -> float:
        """Share of the links (with weights if drawn) that the network lacks; NaN without links."""
        network = self.network
        before = self.network.storage
        after = drawn.storage
        position = np.arange(network.n_nodes)
        relabelled = False
        if after.tables != before.tables:
            relabelled = _differ(before.nodes, after.nodes) or _differ(before.places, after.places)
            position = before.node_names.get_indexer(after.node_names)
            position = np.where(position < 0, network.n_nodes + np.arange(position.size), position)
        total = same = 0
        for layer in drawn.layers:
            if layer not in self.layers and layer in network.layers:
                continue
            new, weight = _keys(drawn, layer, position)
            total += new.size
            if layer in network.layers and not relabelled:
                old, observed = _keys(network, layer, np.arange(network.n_nodes))
                _, at, before_at = np.intersect1d(new, old, assume_unique=True, return_indices=True)
                equal = weight[at] == observed[before_at]
                same += int(equal.sum()) if self.draws_weights else at.size
        return 1 - same / total if total else np.nan


@dataclass(frozen=True, slots=True)
class _Function(Prepared):
    null: NullModel
    draws_weights: ClassVar[bool] = True

    @property
    def layers(self) -> Collection[str]:
        return self.network.layers

    def draw(self, rng: np.random.Generator) -> MultilayerNetwork:
        drawn: object = self.null(self.network, rng)
        if not isinstance(drawn, MultilayerNetwork):
            raise InputError(f"`null` must give a MultilayerNetwork; found {shown(drawn)}.")
        return drawn


@dataclass(frozen=True, slots=True)
class PreparedLayers(Prepared):
    chains: dict[str, Chain]

    @property
    def layers(self) -> Collection[str]:
        return self.chains

    def start(self) -> list[State]:
        return [chain.start for chain in self.chains.values()]

    def network_of(self, states: Sequence[State]) -> MultilayerNetwork:
        network = self.network
        of_layers = list(zip(self.chains.values(), states, strict=True))
        if network.storage.kept_rows is None or len(self.chains) == len(network.layers):
            work = [partial(chain.packed, state) for chain, state in of_layers]
            packed = in_threads(work, sum(state.source.size for state in states))
            blocks = dict(zip(network.layers, network.storage.blocks, strict=True))
            blocks.update(zip(self.chains, packed, strict=True))
            return network_of_storage(network.storage.with_blocks(blocks))
        # Layers that stay may have periods and attributes.
        rows = network.storage.link_rows()
        codes = [x for x, layer in enumerate(network.layers) if layer not in self.chains]
        rows = rows.where(np.isin(rows.layer, codes))
        for layer, (chain, state) in zip(self.chains, of_layers, strict=True):
            links = state.followed_by(chain.loops).links
            at = np.full(links[0].size, network.layers.index(layer), np.int32)
            rows = rows.followed_by(Rows(at, *links))
        if rows.period is not None and (rows.period == NO_PERIOD).all():
            rows = rows._replace(period=None)
        return with_rows(network, rows)


def mean_moved(shares: Sequence[float] | Floats) -> float:
    return float(pd.Series(shares, dtype=np.float64).mean())


def too_few_moved(moved: float) -> str | None:
    if moved >= LEAST_MOVED:
        return None
    if np.isnan(moved):
        return "the null model draws no links"
    return f"the null model moves {100 * moved:.2g} % of the links only"


def _differ(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    same_names = len(one) == len(other) and bool(other.index.isin(one.index).all())
    return same_names and not one.equals(other.reindex(one.index))


def _keys(
    network: MultilayerNetwork, layer: str, position: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    block = network.storage.block(layer)
    ends = position[block.sources], position[block.indices]
    between = block.sources != block.indices
    return link_keys(*ends, layer in network.directed)[between], block.data[between]

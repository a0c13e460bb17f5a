"""What scenarios between a home and a host share: checks, payment, and the changed network."""

from __future__ import annotations

import math
from abc import abstractmethod
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.random import Generator

from netinnov._network.rows import Rows
from netinnov._network.tables import NodeTable
from netinnov._runtime.arguments import check_number, check_type
from netinnov._typing import Codes, Floats, Integers
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, with_rows
from netinnov.scenarios import _pair_draws
from netinnov.scenarios._pair_draws import ROUNDING, Ends, Pairs, Scene
from netinnov.scenarios._prices import Funding, Priced


class NewNode(NamedTuple):
    name: str
    kind: str
    place: str
    jurisdiction: str


def added_node(network: MultilayerNetwork, node: NewNode) -> NodeTable:
    make = partial(network.storage.node_table().followed_by, [table_of_node(network, node)])
    return _pair_draws.keep(network, "one node more", node, make)


def table_of_node(network: MultilayerNetwork, node: NewNode) -> NodeTable:
    code: Any = network.storage.place_names.get_loc
    return _table_of(node, code(node.place), code(node.jurisdiction))


@lru_cache(maxsize=1_000)  # candidates are placed again in every resample of the data
def _table_of(node: NewNode, *codes: int) -> NodeTable:
    row = {"kind": node.kind, "place": node.place, "jurisdiction": node.jurisdiction}
    frame = pd.DataFrame(row, index=[node.name], dtype="str")
    return NodeTable(frame, *np.array(codes, np.int32)[:, None])


def with_moved_links(
    network: MultilayerNetwork,
    layer: str,
    removed: Pairs,
    new: Pairs,
    node: NewNode | None = None,
    *,
    left: Floats | None = None,
    transferred: tuple[Pairs, Pairs] | None = None,
) -> MultilayerNetwork:
    """The network with links removed, moved and added in one layer.

    The `removed` pairs keep shares `left` of their weight (default: none), `transferred` links move
    from the first pairs to the second, `new` links are added, and a `node` at an end of them.
    """
    nodes = network.storage.node_table() if node is None else added_node(network, node)
    rows = network.storage.link_rows()
    code = network.layers.index(layer)
    n = len(nodes.frame)
    source = rows.source
    target = rows.target
    key = np.where(rows.layer == code, _keys(source, target, n), -1)
    at = pd.Index(_keys(removed.source, removed.target, n)).get_indexer(pd.Index(key))  # -1: stays
    kept = np.zeros(len(removed.weight)) if left is None else left
    weight = rows.weight * np.append(kept, 1.0)[at]
    if transferred is not None:
        before, now = transferred
        at = pd.Index(_keys(before.source, before.target, n)).get_indexer(pd.Index(key))
        source = np.where(at < 0, source, np.append(now.source, 0)[at])
        target = np.where(at < 0, target, np.append(now.target, 0)[at])
    source = source.astype(np.int32)
    target = target.astype(np.int32)
    stay = rows._replace(source=source, target=target, weight=weight).where(weight > 0)
    ends = (new.source.astype(np.int32), new.target.astype(np.int32))
    more = Rows(np.full(len(new.weight), code, np.int32), *ends, new.weight)
    return with_rows(network, stay.followed_by(more), nodes)


def _keys(source: Codes, target: Codes, n: int) -> Integers:
    return source.astype(np.int64) * n + target


NOT_GIVEN = math.nan  # stands for a required share


class BetweenPlaces(Priced):
    __slots__ = ()

    home: str
    host: str
    size: int | None
    funding: Funding
    attachment: float
    layer: str | None

    def __post_init__(self) -> None:
        for name in ("home", "host"):
            check_type(name, getattr(self, name), str, mend="the id of a place")
            object.__setattr__(self, name, str(getattr(self, name)))  # np.str_ shows itself
        if self.home == self.host:
            raise InputError(
                f"`home` and `host` must differ; both are {self.home!r}. "
                "A park at home is not an enclave."
            )

    def _scene(self, network: MultilayerNetwork) -> Scene:
        layer_and_pairs = _pair_draws.layer_with_pairs(network, self.layer)
        sides = _pair_draws.sides(network, self.home, self.host)
        return Scene(network, *layer_and_pairs, *sides)

    def _funds(self, scene: Scene, count: int, rng: Generator) -> tuple[Pairs, Floats]:
        pairs = scene.pairs
        if self.funding == "new" or count == 0:
            return pairs.at(np.empty(0, np.intp)), np.full(count, np.median(pairs.weight))
        pool = np.flatnonzero(scene.at_home())
        if len(pool) < count:
            raise InputError(
                f"reallocated funding takes the new links from home: {count} are asked for, "
                f"{self.home!r} has {len(pool)} in layer {scene.layer!r}. Choose a smaller "
                "`size`, another `layer`, or funding='new'."
            )
        lost = pairs.at(rng.choice(pool, count, replace=False))
        return lost, lost.weight

    def _links_of_node(self, scene: Scene, ends: Ends, rng: Generator) -> tuple[Pairs, Pairs]:
        to_end = _pair_draws.points_to_end(ends.inward, scene.directed, rng)
        # Drawn last, so that the same `rng` places the same links however they are paid for.
        removed, weight = self._funds(scene, len(ends.node), rng)
        n = scene.network.n_nodes
        end = ends.node.astype(np.int32)
        return removed, Pairs(np.where(to_end, n, end), np.where(to_end, end, n), weight)


class LinksOrVolume(BetweenPlaces):
    __slots__ = ()

    volume: float | None
    volume_share: float | None

    def __post_init__(self) -> None:
        sizes = ("size", "volume", "volume_share")
        named = [name for name in sizes if getattr(self, name) is not None]
        if len(named) != 1:
            msg = "give one of `size` (a number of links), `volume` (a weight) and `volume_share` "
            held = " and ".join(named) or "none of them"
            raise InputError(f"{msg}(a share of home's strength); found {held}.")
        if getattr(self, "pipeline_share", None) is NOT_GIVEN:
            raise InputError(
                "`pipeline_share` must be given: the share of the park's links that lead to the "
                "place it belongs to, from 0 to 1."
            )
        BetweenPlaces.__post_init__(self)
        if self.volume_share is not None:
            high = 1.0 if self.funding == "reallocated" else math.inf
            check_number("volume_share", self.volume_share, low=0, high=high, above=True)

    def __call__(self, network: MultilayerNetwork, rng: Generator, /) -> MultilayerNetwork:
        return self._place(network, rng)

    @abstractmethod
    def _place(
        self, network: MultilayerNetwork, rng: Generator, *, random_ends: bool = False
    ) -> MultilayerNetwork:
        """Add the links, or as many at random ends."""

    @property
    def _draws_nothing(self) -> bool:
        return self.size is None  # it moves a volume

    def _total(self, scene: Scene) -> float:
        if self.volume_share is None:
            return self.size or self.volume or 0.0  # one of the two is given
        strength = float(scene.pairs.weight[scene.at_home()].sum())
        if strength == 0:
            raise InputError(f"{self.home!r} has no links in layer {scene.layer!r} to share.")
        return self.volume_share * strength

    def _part(self, total: float, share: float) -> float:
        if self.size is None:
            return share * total
        return max(round(share * total), int(share > 0))

    def _lowered(self, scene: Scene, volume: float) -> tuple[Pairs, Floats, float]:
        if self.funding == "new":
            return scene.pairs.at(np.empty(0, np.intp)), np.empty(0), volume
        scene.check_volume(volume)
        pairs = scene.pairs.at(scene.at_home())
        strength = float(pairs.weight.sum())
        if volume > strength * (1 + ROUNDING):
            raise InputError(
                f"reallocated funding takes the volume from home: {volume:g} is asked for, "
                f"{self.home!r} has {strength:g} in layer {scene.layer!r}. Choose a smaller "
                "volume, another `layer`, or funding='new'."
            )
        weight = pairs.weight
        strongest = _pair_draws.largest(weight, strength - volume, scene.least)
        weakest = weight[strongest].min(initial=np.inf)
        # Of links of one weight none gives all while another stays: no order of the data decides.
        stay = weight >= weakest * (1 - ROUNDING)
        left = stay * weight * ((strength - volume) / (weight[stay].sum() or 1.0)) / weight
        left = np.minimum(left, 1.0)
        return pairs, left, float(((1 - left) * weight).sum())


def split_ways(a: Codes, b: Codes, weight: Floats, chance: Floats, scene: Scene) -> Pairs:
    """Link a to b; in a directed layer b to a with the rest if both get the least weight."""
    if not scene.directed:
        return Pairs(a, b, weight)
    source = np.append(a, b)
    target = np.append(b, a)
    one_way = weight * np.minimum(chance, 1 - chance) < scene.least * (1 - ROUNDING)
    chance = np.where(one_way, chance >= 0.5, chance)
    weights = np.append(weight * chance, weight * (1 - chance))
    return Pairs(source, target, weights).at(weights > 0)

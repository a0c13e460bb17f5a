"""Links without a park: between home and host, or named one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.random import Generator

from netinnov._network.paths import listed_pairs, pair_positions
from netinnov._network.place_distances import between
from netinnov._runtime.arguments import as_list
from netinnov._typing import Amount, Codes, Count, Floats, Positive
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios import _pair_draws
from netinnov.scenarios._between_places import LinksOrVolume, split_ways, with_moved_links
from netinnov.scenarios._pair_draws import Draws, Pairs, Positions, Scene
from netinnov.scenarios._prices import Amounts, Funding, Priced

MOST_PAIRS = 1_000_000  # pairs of nodes that share a volume of direct links


@dataclass(frozen=True, slots=True)
class DirectLinks(LinksOrVolume):  # numpydoc ignore=PR02
    """Links between `home` and `host` without a park.

    Parameters
    ----------
    home, host : str
        Two places; home pays.
    size : int, optional
        Links, 1 or more. Either this or one of `volume` and `volume_share`.
    funding, attachment, layer, volume, volume_share
        As in `ReverseEnclave`; both ends are drawn by strength.

    Notes
    -----
    The ends at host are drawn as those that embed a `ReverseEnclave`, those at home as its
    pipelines, and joined in random order. Weights of a pair that is drawn twice, or linked already,
    add up. In a directed layer a link points to host with the mean of two probabilities: that a
    unit of weight at its end in host points there, and that one at its end in home points away.

    A volume is shared among the pairs of an end at home and an end at host, in proportion to the
    product of their parts in a `ReverseEnclave`, and with the same least weight of a link.

    *Cost*: every link by the distance from home to its other end. See `Prices`.

    Examples
    --------
    >>> DirectLinks("quzhou", "hangzhou", size=10, funding="new").size
    10
    """

    home: str
    host: str
    size: Count | None = None
    funding: Funding = "reallocated"
    attachment: Amount = 1.0
    layer: str | None = None
    volume: Positive | None = field(default=None, kw_only=True)
    volume_share: float | None = field(default=None, kw_only=True)

    def _place(
        self, network: MultilayerNetwork, rng: Generator, *, random_ends: bool = False
    ) -> MultilayerNetwork:
        scene = self._scene(network)
        removed, new, left = self._drawn(scene, rng, random_ends)
        return with_moved_links(network, scene.layer, removed, new, left=left)

    def _bought(self, scene: Scene, rng: Generator) -> Pairs:
        near = scene.home.native
        far = scene.host.native
        if self.size == near.size == far.size == 1 and not scene.directed:  # one pair can be drawn
            weight = self._funds(scene, 1, rng)[1]
            return Pairs(near.astype(np.int32), far.astype(np.int32), weight)
        return self._drawn(scene, rng)[1]

    def _drawn(
        self, scene: Scene, rng: Generator, random_ends: bool = False
    ) -> tuple[Pairs, Pairs, Floats | None]:
        """Links that give, the new ones, and the shares that the first keep (None: nothing)."""
        if self.size is None:
            return self._drawn_volume(scene, rng, random_ends)
        size = self.size
        power = self.attachment
        if random_ends:
            a, b, chance = _anywhere_at_random(scene, size, rng)
        else:
            partners = _pair_draws.embedding(scene, scene.host, scene.home, power)
            far = _pair_draws.drawn_ends([(partners, size)], rng)
            near = _pair_draws.drawn_ends([(scene.natives(scene.home, power), size)], rng)
            # In the order drawn, strong nodes would be joined to strong nodes.
            near = near.at(rng.permutation(size))
            a = near.node
            b = far.node
            chance = (far.inward + 1 - near.inward) / 2
        forth = _pair_draws.points_to_end(chance, scene.directed, rng)
        removed, weight = self._funds(scene, size, rng)
        source = np.where(forth, a, b)
        target = np.where(forth, b, a)
        return removed, Pairs(source.astype(np.int32), target.astype(np.int32), weight), None

    def _drawn_volume(
        self, scene: Scene, rng: Generator, random_ends: bool
    ) -> tuple[Pairs, Pairs, Floats]:
        removed, left, total = self._lowered(scene, self._total(scene))
        scene.check_volume(total)
        far = _pair_draws.embedding(scene, scene.host, scene.home, self.attachment, volume=True)
        near = scene.natives(scene.home, self.attachment)
        if (count := len(far.node) * len(near.node)) > MOST_PAIRS:
            raise InputError(
                f"a volume would be shared among {count:,} pairs of nodes of {self.home!r} and "
                f"{self.host!r}, more than {MOST_PAIRS:,}. Give `size`, or aggregate to places."
            )
        share = np.outer(_pair_draws.shares(near.pull), _pair_draws.shares(far.pull)).ravel()
        weight = _pair_draws.concentrated(share, total, scene.least)
        at = np.flatnonzero(weight)
        i, j = np.divmod(at, len(far.node))
        a = near.node[i]
        b = far.node[j]
        chance = (far.inward[j] + 1 - near.inward[i]) / 2
        if random_ends:
            a, b, chance = _anywhere_at_random(scene, len(at), rng)
        new = split_ways(a.astype(np.int32), b.astype(np.int32), weight[at], chance, scene)
        return removed, new, left

    def _needs(self, network: MultilayerNetwork) -> Amounts:
        scene = self._scene(network)
        volume = self.size is None
        home = scene.home
        host = scene.host
        ends = _pair_draws.embedding(scene, host, home, self.attachment, volume=volume)
        draws: Draws = [(ends, self._total(scene))]
        _, far = _pair_draws.expected_links(network, home, host, draws, volume=volume)
        return Amounts(0.0, 0.0, far)


def _anywhere_at_random(
    scene: Scene, count: int, rng: Generator
) -> tuple[Positions, Positions, Floats]:
    n = scene.network.n_nodes
    inward = scene.anywhere().inward
    a = rng.integers(n, size=count)
    b = (a + rng.integers(1, n, size=count)) % n
    return a, b, (inward[b] + 1 - inward[a]) / 2


@dataclass(frozen=True, slots=True)
class NewLinks(Priced):
    """Links between named nodes, added to those that there are.

    Parameters
    ----------
    pairs : sequence of pairs of str or DataFrame
        Ids of the nodes that each link joins; in a directed layer from the first to the second.
    weight : float
        Weight of each link, above 0. Where a pair is linked already, weights add up.
    layer : str, optional
        As in `ReverseEnclave`.

    Raises
    ------
    InputError
        No pairs, or a pair that is not two different ids; and when it is applied, ids or a layer
        that the network does not have.

    Notes
    -----
    Nothing is random, and nothing is taken away. *Cost*: a link between nodes in one place is
    local, any other is paid by distance between the places of its ends.

    Examples
    --------
    >>> NewLinks([("quzhou", "hangzhou")], weight=2.0).weight
    2.0
    """

    pairs: Sequence[tuple[str, str]] | pd.DataFrame
    weight: Positive = 1.0
    layer: str | None = None

    def __post_init__(self) -> None:
        pairs = listed_pairs("pairs", self.pairs)
        wrong = [
            pair
            for pair in pairs
            if isinstance(pair, str) or not len({*as_list("pairs", pair)}) == len(pair) == 2
        ]
        if wrong or not pairs:
            raise InputError(
                "`pairs` must hold pairs of two different ids, such as [('a', 'b')]; found "
                f"{wrong[:5] if wrong else 'none'}."
            )
        object.__setattr__(self, "pairs", tuple((str(a), str(b)) for a, b in pairs))

    _draws_nothing = True

    def __call__(self, network: MultilayerNetwork, _rng: Generator, /) -> MultilayerNetwork:
        layer, source, target = self._placed(network)
        names = network.storage.node_names
        links = {"source": names.take(source), "target": names.take(target)}
        return network.with_links(pd.DataFrame(links).assign(layer=layer, weight=self.weight))

    def _placed(self, network: MultilayerNetwork) -> tuple[str, Codes, Codes]:
        layer = _pair_draws.chosen_layer(network, self.layer)
        return layer, *pair_positions(network, "pairs", self.pairs)

    def _needs(self, network: MultilayerNetwork) -> Amounts:
        _, source, target = self._placed(network)
        code = network.storage.place_codes
        local = (code[source] == code[target]) & (code[source] >= 0)
        length = between(network.storage, code[source[~local]], code[target[~local]])
        return Amounts(0.0, float(local.sum()), float(length.sum()))

"""Talents of the host who are drawn home, without a park."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from netinnov._typing import Amount, Count, Mask, Share
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios import _pair_draws
from netinnov.scenarios._between_places import BetweenPlaces, NewNode, with_moved_links
from netinnov.scenarios._pair_draws import Ends, Pairs, Scene
from netinnov.scenarios._prices import Amounts, Funding


@dataclass(frozen=True, slots=True)
class TalentAttraction(BetweenPlaces):  # numpydoc ignore=PR02
    """Talents of `host` who move to `home` and keep a share of their ties.

    Parameters
    ----------
    home, host : str
        The place that they move to, which pays, and the one that they leave.
    size : int
        Ties that they have after the move, 1 or more.
    kept_share : float
        Share of these, 0 to 1, that they had before and keep: ``round(kept_share * size)`` ties
        (halves are rounded to even). The others are new ones at home.
    funding, attachment, layer
        As in `ReverseEnclave`; funding pays for the new ties.

    Notes
    -----
    1. *The movers* are one new node of kind ``talent``, place and jurisdiction `home`, id
       ``talent:HOST>HOME``. No node is removed or moved.
    2. *Ties kept* are drawn without replacement, in proportion to weight ** attachment, from the
       linked pairs of host's talents (nodes of kind ``talent`` in host; if none of these has a link
       outside home, all host nodes) with ends that are not at home. The movers take the talent's
       end of the tie; if both ends are talents of host, either with probability 1/2. Host loses the
       tie. Weight, periods, attributes and direction are kept.
    3. *New ties* lead to home nodes, drawn as the pipelines of a `ReverseEnclave` are.

    *Cost*: no park; new ties are local links, kept ones are paid by distance from home.

    Examples
    --------
    >>> TalentAttraction("quzhou", "hangzhou", size=10, kept_share=0.4).funding
    'reallocated'
    """

    home: str
    host: str
    size: Count
    kept_share: Share
    funding: Funding = "reallocated"
    attachment: Amount = 1.0
    layer: str | None = None

    def __call__(self, network: MultilayerNetwork, rng: Generator, /) -> MultilayerNetwork:
        scene = self._scene(network)
        n_kept = round(self.kept_share * self.size)
        ties, talent, ends = self._ties_of_talents(scene)
        if len(ties.weight) < n_kept:
            raise self._too_few(n_kept, len(ties.weight))
        before = ties.at(_pair_draws.draw(ends.pull, n_kept, rng))
        either = rng.random(n_kept) < 0.5
        at_source = talent[before.source] & (~talent[before.target] | either)
        mover = np.int32(network.n_nodes)
        source = np.where(at_source, mover, before.source)
        after = Pairs(source, np.where(at_source, before.target, mover), before.weight)
        at_home = scene.natives(scene.home, self.attachment)
        ends = _pair_draws.drawn_ends([(at_home, self.size - n_kept)], rng)
        removed, new = self._links_of_node(scene, ends, rng)
        node = NewNode(f"talent:{self.host}>{self.home}", "talent", self.home, self.home)
        return with_moved_links(
            network, scene.layer, removed, new, node, transferred=(before, after)
        )

    def _ties_of_talents(self, scene: Scene) -> tuple[Pairs, Mask, Ends]:
        network = scene.network
        ties = scene.pairs.at(~scene.at_home())
        is_talent = network.storage.nodes["kind"] == "talent"
        talent = is_talent.to_numpy(bool, na_value=False) & scene.host.nodes
        of_talent = talent[ties.source] | talent[ties.target]
        if not of_talent.any():
            talent = np.zeros(network.n_nodes, bool)
            talent[scene.host.native] = True
            of_talent = talent[ties.source] | talent[ties.target]
        ties = ties.at(of_talent)
        # If both ends are talents, either one moves: both are in host, so distances are the same.
        partner = np.where(talent[ties.source], ties.target, ties.source)
        pull = (ties.weight / (ties.weight.max(initial=0.0) or 1.0)) ** self.attachment
        return ties, talent, Ends(partner, pull, np.full(len(pull), 0.5))

    def _needs(self, network: MultilayerNetwork) -> Amounts:
        n_kept = round(self.kept_share * self.size)
        new = float(self.size - n_kept)
        if not n_kept:
            return Amounts(0.0, new, 0.0)
        scene = self._scene(network)
        _, _, ends = self._ties_of_talents(scene)
        if not len(ends.node):
            raise self._too_few(n_kept, 0)
        _, far = _pair_draws.expected_links(network, scene.home, scene.host, [(ends, n_kept)])
        return Amounts(0.0, new, far)

    def _too_few(self, count: int, n_ties: int) -> InputError:
        return InputError(
            f"movers must leave {count} ties of {self.host!r} behind to keep them; there are "
            f"{n_ties} that do not lead home. Choose a smaller `size` or `kept_share`, or another "
            "`layer`."
        )

"""Parks between two places: the reverse enclave, and the forward one as its mirror."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

import numpy as np
from numpy.random import Generator

from netinnov._typing import Amount, Count, Positive, Share
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios import _between_places as between, _pair_draws
from netinnov.scenarios._between_places import LinksOrVolume, NewNode
from netinnov.scenarios._open_size import Settings
from netinnov.scenarios._pair_draws import Draws, Pairs, Scene, Side
from netinnov.scenarios._prices import Amounts, Funding

DrawnLinks: TypeAlias = Callable[[Generator], tuple[Pairs, Pairs]]


@dataclass(frozen=True, slots=True)
class Enclave(LinksOrVolume):
    home: str
    host: str
    size: Count | None = None
    pipeline_share: Share = between.NOT_GIVEN
    funding: Funding = Settings.funding
    attachment: Amount = Settings.attachment
    layer: str | None = None
    volume: Positive | None = field(default=None, kw_only=True)
    volume_share: float | None = field(default=None, kw_only=True)

    _at_host: ClassVar[bool]

    def _place(
        self, network: MultilayerNetwork, rng: Generator, *, random_ends: bool = False
    ) -> MultilayerNetwork:
        if self.size is not None:
            node, scene, draw_links = self._draws_of_links(network, random_ends)
            return between.with_moved_links(network, scene.layer, *draw_links(rng), node)
        scene = self._scene(network)
        removed, left, total = self._lowered(scene, self._total(scene))
        ends, weight = _pair_draws.ends_of_volume(self._draws(scene, total), scene)
        if random_ends:
            ends = _pair_draws.drawn_ends([(scene.anywhere(), len(weight))], rng)
        park = np.full(len(weight), network.n_nodes, np.int32)
        new = between.split_ways(park, ends.node.astype(np.int32), weight, ends.inward, scene)
        node = self._node(scene)
        return between.with_moved_links(network, scene.layer, removed, new, node, left=left)

    def _draws_of_links(
        self, network: MultilayerNetwork, random_ends: bool = False
    ) -> tuple[NewNode, Scene, DrawnLinks]:
        """The park, and a function that draws the links taken away and its own."""
        scene = self._scene(network)
        total = self._total(scene)
        draws = [(scene.anywhere(), total)] if random_ends else self._draws(scene, total)

        def draw_links(rng: Generator) -> tuple[Pairs, Pairs]:
            return self._links_of_node(scene, _pair_draws.drawn_ends(draws, rng), rng)

        return self._node(scene), scene, draw_links

    def _node(self, scene: Scene) -> NewNode:
        near, far = self._near_and_far(scene)
        return NewNode(f"enclave:{far.place}@{near.place}", "park", near.place, far.place)

    def _near_and_far(self, scene: Scene) -> tuple[Side, Side]:
        return (scene.host, scene.home) if self._at_host else (scene.home, scene.host)

    def _draws(self, scene: Scene, total: float) -> Draws:
        pipelines = self._part(total, self.pipeline_share)
        sides = self._near_and_far(scene)
        at_far = scene.natives(sides[1], self.attachment)
        near = _pair_draws.embedding(scene, *sides, self.attachment, volume=self.size is None)
        return [(near, total - pipelines), (at_far, pipelines)]

    def _needs(self, network: MultilayerNetwork) -> Amounts:
        scene = self._scene(network)
        volume = self.size is None
        draws = self._draws(scene, self._total(scene))
        sides = self._near_and_far(scene)
        return Amounts(1.0, *_pair_draws.expected_links(network, *sides, draws, volume=volume))


@dataclass(frozen=True, slots=True)
class ReverseEnclave(Enclave):  # numpydoc ignore=PR02
    """A park that `home`, a catching-up place, runs inside `host`, a core place.

    Parameters
    ----------
    home : str
        The place that the park belongs to, its jurisdiction, with the places inside it.
    host : str
        The place where the park is located.
    size : int, optional
        Links of the park, 1 or more. Either this or one of `volume` and `volume_share`.
    pipeline_share : float
        Share of them that lead home, 0 to 1: ``round(pipeline_share * size)`` links (halves are
        rounded to even), and above 0 at least one. The others embed the park in the host. It has
        to be given.
    funding : {"reallocated", "new"}
        ``"reallocated"``: home gives up as many of its links. ``"new"``: they are added to those.
    attachment : float
        0 or more. Ends are drawn in proportion to strength to this power: 0 is uniform, 1
        proportional, above 1 favours the strongest.
    layer : str, optional
        Where links are added and given up. None: the layer of most links (in a tie the first).
    volume : float, optional
        Weight of all links of the park, for flows: shared among the ends that `size` would draw.
    volume_share : float, optional
        The same as a share of home's strength, above 0; at most 1 if it is reallocated.

    Notes
    -----
    What `apply_scenario` does, step by step. Strengths are those of the original network, in the
    one layer; self-links are neither counted nor given up.

    1. *The park*: one node of kind ``park``, place `host`, jurisdiction `home`, id
       ``enclave:HOME@HOST`` (with ``:2``, ``:3``, ... if in use). Its other columns are missing.
    2. *Home nodes* are located in home or a place inside it, *host nodes* in host or a place
       inside it but not in home, whatever their jurisdiction.
    3. *Embedding*: host nodes are drawn without replacement, each time with probability
       proportional to strength ** attachment among those left; nodes of strength 0 come last (with
       ``attachment=0``: with the others). If there are more links than candidates, all can be drawn
       again, and the weights of parallel links are summed.
    4. *Pipeline*: home nodes are drawn in the same way.
    5. *Networks of places*: where host has a single node of its own (parks of other jurisdictions
       do not count), the candidates are this node, always first, then its neighbours outside home,
       drawn in proportion to (weight of the tie) ** attachment.
    6. *Funding* ``"reallocated"``: `size` linked pairs are taken uniformly at random from those
       with an end at home, before the park is added. Each weight, summed over periods, moves to a
       new link. ``"new"``: each link has the median weight of the layer's links.
    7. *Direction*, in a directed layer: a link points from the park to its end with the
       probability that a unit of the end's weight (of its tie with host, for a neighbour in 5.)
       points to it, 1/2 at strength 0, otherwise to the park.
    8. New links have no period and no attributes.

    *A volume* (`volume`, `volume_share`) is moved in proportion to the weights and draws nothing,
    so that one replicate says all. No link weighs less than one event (weight of the layer / its
    ``events`` in `MultilayerNetwork.layer_table`), or where these are not known than the smallest
    weight of the layer: a volume below it, of either part, is refused. Of 3. to 7. there remain:

    - ``1 - pipeline_share`` of it goes to the candidates of the embedding and ``pipeline_share``
      to the home nodes, each candidate in proportion to strength ** attachment (all alike if none
      has any). Where some would get less than the least weight, the volume goes to as many of the
      largest as get so much each, and to none or all of equal ones where there are larger ones.
    - On a network of places the host's own node has a share in proportion to (the sum of its ties
      outside home) ** attachment, and each neighbour to (weight of the tie) ** attachment.
    - Reallocated, each link with an end at home gives the same share of its weight, in every
      period; links that would keep less than the least weight give all, where they are weaker than
      every link that stays. The park gets what they give (less than one such link more than was
      asked for), so that the total weight is kept.
    - In a directed layer a link to an end and one from it split its weight by the probability of
      7., unless one of them would get less than the least weight.

    *Cost*: one park; its links to nodes in host are local, all others are paid by distance from
    host. See `Prices`. A volume costs what its parts in proportion to strength would.

    Examples
    --------
    >>> ReverseEnclave("quzhou", "hangzhou", size=10, pipeline_share=0.4).funding
    'reallocated'
    """

    _at_host: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class ForwardEnclave(Enclave):  # numpydoc ignore=PR02
    """A branch that `host`, the core place, runs inside `home`: the mirror of `ReverseEnclave`.

    Parameters
    ----------
    home : str
        The catching-up place, where the branch is located. It pays.
    host : str
        The core place that the branch belongs to: its jurisdiction.
    size : int, optional
        Links of the branch, 1 or more. Either this or one of `volume` and `volume_share`.
    pipeline_share : float
        Share of them that lead to host; the others embed the branch in home. It has to be given.
    funding, attachment, layer, volume, volume_share
        As in `ReverseEnclave`.

    Notes
    -----
    The steps of `ReverseEnclave` with home and host exchanged, except in funding; home must not lie
    inside host. *Cost*: as that of the park, by distance from home.

    Examples
    --------
    >>> ForwardEnclave("quzhou", "hangzhou", size=10, pipeline_share=0.4).attachment
    1.0
    """

    _at_host: ClassVar[bool] = False

    def _scene(self, network: MultilayerNetwork) -> Scene:
        scene = Enclave._scene(self, network)
        home = np.array([network.storage.place_names.get_loc(self.home)])
        if network.storage.inside([self.host], home)[0]:
            raise InputError(
                f"`home` must lie outside `host`; {self.home!r} is inside {self.host!r}: "
                "a branch there would be at home."
            )
        return scene

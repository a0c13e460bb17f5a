"""Parks between two places: the reverse enclave, and the forward one as its mirror."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from netinnov._arguments import check_number
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios._billing import Drawn, billed
from netinnov.scenarios._changed_links import added_node, funds, moved
from netinnov.scenarios._pair_draws import (
    Ends,
    Mask,
    Pairs,
    anywhere,
    drawn_ends,
    ends_by_strength,
    layer_with_pairs,
    points_to_end,
)
from netinnov.scenarios._park_ends import Sides, belongs_to, embedding, inside, own, sides
from netinnov.scenarios._prices import Amounts, Funding, Priced, check_terms

__all__ = ["Enclave", "ForwardEnclave", "ReverseEnclave", "with_park"]


@dataclass(frozen=True, slots=True)
class ReverseEnclave(Priced):  # numpydoc ignore=PR02
    """A park that `home`, a catching-up place, runs inside `host`, a core place.

    Parameters
    ----------
    home : str
        The place whose park it is: its jurisdiction. Places inside it (``places.parent``) belong
        to it.
    host : str
        The place where it stands.
    size : int
        Links of the park, 1 or more.
    pipeline_share : float
        Share of them that lead home, 0 to 1; ``round(pipeline_share * size)`` links, where a half
        goes to the even number. The others embed the park in the host.
    funding : {"reallocated", "new"}
        ``"reallocated"``: home gives up as many of its present links. ``"new"``: the links come on
        top.
    attachment : float
        0 or more. Ends are drawn in proportion to strength to this power: 0 is uniform, 1
        proportional, above 1 the strong ones win out.
    layer : str, optional
        Where the links are placed and taken. None: the layer with the most links (of several, the
        first by name).
    origin_share : float, optional
        Share of the embedding links, 0 to 1 and rounded as above, that lead to firms of home
        origin: nodes that stand in host and belong to home, parks aside. The others lead to the
        rest of the host, so 0 is an open park and 1 a closed one. None: origin is no matter.

    Raises
    ------
    InputError
        Home and host are the same, or a parameter is out of its range.

    See Also
    --------
    ForwardEnclave, TalentAttraction, DirectLinks : rivals that can be given the same cost.

    Notes
    -----
    What `apply_scenario` does, step by step. Everything is read from the network as given, in the
    one layer; self-links are neither counted nor taken.

    1. *The park*: one node of kind ``park``, place `host`, jurisdiction `home`, id
       ``enclave:HOME@HOST`` (with ``:2``, ``:3``, ... if taken). Its other columns are missing.
    2. *Home nodes* stand in home or a place inside it, *host nodes* in host or a place inside it
       but not in home. What counts is the place, so a park that stands in host is a host node,
       whoever owns it.
    3. *Embedding*: host nodes are drawn without replacement, each time with probability in
       proportion to strength ** attachment among those left. Nodes of strength 0 come last (for
       ``attachment=0``: with the others), in uniform order. If there are more links than
       candidates, drawing starts anew, and parallel links are summed into one weight.
       `origin_share` splits candidates and links into two groups, each drawn in this way.
    4. *Pipeline*: home nodes are drawn in the same way.
    5. *Networks of places*: where host has a single node of its own (parks of other jurisdictions
       do not count), the park shares its neighbourhood. The candidates are the host node, always
       first, then its neighbours outside home, drawn in proportion to (weight of the tie) **
       attachment. Where home has a single node of its own, all pipeline links lead there, as one
       link of the summed weight.
    6. *Funding* ``"reallocated"``: `size` linked pairs are taken uniformly at random from those
       with at least one end at home, before the park is there (so no link of the park is among
       them). Each weight, summed over periods, moves to a new link: number of links (parallel
       ones counted each) and sum of weights stay exactly as they are. ``"new"``: nothing is
       taken, each link has the median weight of the layer's links.
    7. *Direction*, in a directed layer: a link points from the park to its end with the
       probability that a unit of the end's weight points to it (in-strength / strength, or for a
       neighbour of host on a network of places, its part of the tie), otherwise to the park. So
       a place that mainly receives also mainly receives from the park. 1/2 at strength 0.
    8. New links have no period and no attributes.

    *Cost*: one park; its links to what stands in host are local, those to home and, on a network
    of places, to neighbours of host are paid by the kilometre from host. See `Prices`.

    Examples
    --------
    >>> ReverseEnclave("quzhou", "hangzhou", size=10, pipeline_share=0.4).funding
    'reallocated'
    """

    home: str
    host: str
    size: int
    pipeline_share: float
    funding: Funding = "reallocated"
    attachment: float = 1.0
    layer: str | None = None
    origin_share: float | None = None

    def __post_init__(self) -> None:
        check_terms(self, "pipeline_share")
        if self.origin_share is not None:
            check_number("origin_share", self.origin_share, low=0, high=1)

    def __call__(
        self, network: MultilayerNetwork, rng: np.random.Generator, /
    ) -> MultilayerNetwork:
        return with_park(network, self, rng)

    def _needs(self, network: MultilayerNetwork | None, kilometres: bool) -> Amounts:
        return _amounts(self, network, kilometres)


@dataclass(frozen=True, slots=True)
class ForwardEnclave(Priced):  # numpydoc ignore=PR02
    """A branch that `host`, the core place, runs at `home`: the reverse enclave's mirror.

    Parameters
    ----------
    home : str
        The catching-up place, where the branch stands. It pays.
    host : str
        The core place whose branch it is: its jurisdiction.
    size : int
        Links of the branch, 1 or more.
    pipeline_share : float
        Share of them that lead to host; the others embed the branch in home.
    funding : {"reallocated", "new"}
        ``"reallocated"``: home gives up as many of its present links. ``"new"``: the links come on
        top.
    attachment : float
        0 or more; ends are drawn in proportion to strength to this power.
    layer : str, optional
        Where the links are placed and taken; None: the layer with the most links.

    Raises
    ------
    InputError
        Home and host are the same, or a parameter is out of its range.

    See Also
    --------
    ReverseEnclave : the steps, in which home and host change parts, but not for funding.

    Notes
    -----
    The branch is a node of kind ``park``, place `home`, jurisdiction `host`, id
    ``enclave:HOST@HOME``. On a network of places it shares the neighbourhood of home: home's node
    first, then its neighbours outside host. Home must not lie inside host, as the branch would
    then stand in its own jurisdiction.

    *Cost*: one park; its links to what stands in home are local, those to host and, on a network
    of places, to neighbours of home are paid by the kilometre from home. See `Prices`.

    Examples
    --------
    >>> ForwardEnclave("quzhou", "hangzhou", size=10, pipeline_share=0.4).attachment
    1.0
    """

    home: str
    host: str
    size: int
    pipeline_share: float
    funding: Funding = "reallocated"
    attachment: float = 1.0
    layer: str | None = None

    def __post_init__(self) -> None:
        check_terms(self, "pipeline_share")

    def __call__(
        self, network: MultilayerNetwork, rng: np.random.Generator, /
    ) -> MultilayerNetwork:
        return with_park(network, self, rng)

    def _needs(self, network: MultilayerNetwork | None, kilometres: bool) -> Amounts:
        return _amounts(self, network, kilometres)


Enclave: TypeAlias = ReverseEnclave | ForwardEnclave


def with_park(
    network: MultilayerNetwork,
    scenario: Enclave,
    rng: np.random.Generator,
    *,
    random_ends: bool = False,
) -> MultilayerNetwork:
    """Add the park of a scenario with its links, or with as many links to any nodes at all."""
    layer, pairs = layer_with_pairs(network, scenario.layer)
    stand = _stand(network, scenario)
    stands, belongs = scenario.host, scenario.home
    if isinstance(scenario, ForwardEnclave):
        stands, belongs = belongs, stands
    n = network.n_nodes
    if random_ends:
        wanted = [(anywhere(pairs, n), scenario.size)]
    else:
        wanted = _wanted(network, scenario, stand, pairs)
    ends = drawn_ends(wanted, rng)
    to_end = points_to_end(ends.inward, layer in network.directed, rng)
    # Drawn last, so that the same `rng` places the same links however they are paid for.
    gone, weight = funds(
        stand.home,
        pairs,
        scenario.size,
        funding=scenario.funding,
        place=scenario.home,
        layer=layer,
        rng=rng,
    )
    end = ends.node.astype(np.int32)
    new = Pairs(np.where(to_end, n, end), np.where(to_end, end, n), weight)
    name = f"enclave:{belongs}@{stands}"
    nodes = added_node(network, name, kind="park", place=stands, jurisdiction=belongs)
    return moved(network, nodes, layer, gone=gone, new=new)


def _stand(network: MultilayerNetwork, scenario: Enclave) -> Sides:
    """Who stands in home and in host; a branch must stand outside of whom it belongs to."""
    stand = sides(network, scenario.home, scenario.host)
    places, home, host = network._places, scenario.home, scenario.host
    if isinstance(scenario, ForwardEnclave) and inside(places, host)[places.index.get_loc(home)]:
        msg = f"`home` must lie outside `host`; {home!r} is inside {host!r}"
        raise InputError(f"{msg}: a branch there would be at home.")
    return stand


def _wanted(
    network: MultilayerNetwork, scenario: Enclave, stand: Sides, pairs: Pairs
) -> list[tuple[Ends, int]]:
    """Give the groups of candidates, and how many of each are drawn."""
    n, power = network.n_nodes, scenario.attachment
    pipelines = round(scenario.pipeline_share * scenario.size)
    local = scenario.size - pipelines
    if isinstance(scenario, ForwardEnclave):
        near = embedding(network, stand.home, scenario.home, stand.host, pairs, power)
        far = ends_by_strength(own(network, stand.host, scenario.host), pairs, n, power)
        return [(near, local), (far, pipelines)]
    near = embedding(network, stand.host, scenario.host, stand.home, pairs, power)
    far = ends_by_strength(own(network, stand.home, scenario.home), pairs, n, power)
    if scenario.origin_share is None:
        return [(near, local), (far, pipelines)]
    of_origin = _of_origin(network, scenario, stand.host)
    natives = ends_by_strength(np.flatnonzero(of_origin), pairs, n, power)
    others = near.at(~of_origin[near.node])
    count = round(scenario.origin_share * local)
    for ends, wanted, what in ((natives, count, "of"), (others, local - count, "not of")):
        if wanted and not len(ends.node):
            raise InputError(
                f"`origin_share` asks for {wanted} links to nodes in {scenario.host!r} that are "
                f"{what} home origin, and there are none. Choose another share, or None."
            )
    return [(natives, count), (others, local - count), (far, pipelines)]


def _of_origin(network: MultilayerNetwork, scenario: ReverseEnclave, host: Mask) -> Mask:
    """Tell which nodes in host belong to home and are no parks."""
    park = (network._nodes["kind"] == "park").to_numpy(bool, na_value=False)
    return belongs_to(network, host, scenario.home) & ~park


def _amounts(scenario: Enclave, network: MultilayerNetwork | None, kilometres: bool) -> Amounts:
    if network is None:
        pipelines = round(scenario.pipeline_share * scenario.size)
        return Amounts(1.0, float(scenario.size - pipelines), float("nan"))
    _, pairs = layer_with_pairs(network, scenario.layer)
    stand = _stand(network, scenario)
    links, km = billed(
        network,
        scenario.home,
        scenario.host,
        stand,
        [
            Drawn(ends.node, ends.pull, count)
            for ends, count in _wanted(network, scenario, stand, pairs)
        ],
        at_host=isinstance(scenario, ReverseEnclave),
        kilometres=kilometres,
    )
    return Amounts(1.0, links, km)

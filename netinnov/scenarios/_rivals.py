"""Rivals of an enclave: moving talents, direct links, several at once, random ends, nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from netinnov._arguments import as_list, check_type
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios._billing import Drawn, billed
from netinnov.scenarios._changed_links import added_node, funds, moved
from netinnov.scenarios._enclave import ForwardEnclave, ReverseEnclave, with_park
from netinnov.scenarios._pair_draws import (
    Mask,
    Pairs,
    anywhere,
    draw,
    drawn_ends,
    ends_by_strength,
    layer_with_pairs,
    points_to_end,
)
from netinnov.scenarios._park_ends import embedding, own, sides
from netinnov.scenarios._prices import Amounts, Change, Funding, Priced, check_scenario, check_terms

__all__ = ["BETWEEN", "Combined", "DirectLinks", "NoChange", "RandomEnds", "TalentAttraction"]


@dataclass(frozen=True, slots=True)
class NoChange(Priced):
    """The network as it is."""

    def __call__(
        self, network: MultilayerNetwork, _rng: np.random.Generator, /
    ) -> MultilayerNetwork:
        return network

    def _needs(self, network: MultilayerNetwork | None, kilometres: bool) -> Amounts:
        del network, kilometres
        return Amounts(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class TalentAttraction(Priced):  # numpydoc ignore=PR02
    """Talents of `host` who move to `home` and keep a share of their ties.

    Parameters
    ----------
    home : str
        The place that they move to. It pays.
    host : str
        The place that they leave.
    size : int
        Ties that they have after the move, 1 or more.
    kept_share : float
        Share of these, 0 to 1, that they had before and keep: ``round(kept_share * size)`` ties,
        where a half goes to the even number. The others are new ones at home.
    funding : {"reallocated", "new"}
        ``"reallocated"``: home gives up as many of its present links as there are new ones.
        ``"new"``: these come on top. The ties that are kept are always taken from host.
    attachment : float
        0 or more. New ends are drawn in proportion to strength to this power, ties to keep in
        proportion to weight to this power.
    layer : str, optional
        Where ties are moved, placed and taken; None: the layer with the most links.

    Raises
    ------
    InputError
        Home and host are the same, or a parameter is out of its range.

    See Also
    --------
    ReverseEnclave : how ends are drawn and what funding means.

    Notes
    -----
    1. *The movers* are one new node of kind ``talent``, place and jurisdiction `home`, id
       ``talent:HOST>HOME``. The places that they leave are filled again: no node is lost, and
       nodes of before stay where they are, so that they can be compared.
    2. *Ties kept* are drawn without replacement from the linked pairs of host's talents (nodes of
       kind ``talent`` that stand in host; if none of these has a link outside home, all host
       nodes, as on a network of places) with ends that are not at home. The movers take the
       talent's part in it; if both ends are host's talents, that of either with probability 1/2.
       Host loses the tie. Weight, periods, attributes and direction stay.
    3. *New ties* lead to home nodes, drawn as the pipelines of a `ReverseEnclave` are.

    So links (parallel ones counted each) and weights stay as they are when funding is
    reallocated, and grow by the number of new ties when it is new.

    *Cost*: no park, the new ties as local links, the kept ones by the kilometre from home to the
    partners. See `Prices`.

    Examples
    --------
    >>> TalentAttraction("quzhou", "hangzhou", size=10, kept_share=0.4).amounts().link
    6.0
    """

    home: str
    host: str
    size: int
    kept_share: float
    funding: Funding = "reallocated"
    attachment: float = 1.0
    layer: str | None = None

    def __post_init__(self) -> None:
        check_terms(self, "kept_share")

    def __call__(
        self, network: MultilayerNetwork, rng: np.random.Generator, /
    ) -> MultilayerNetwork:
        layer, pairs = layer_with_pairs(network, self.layer)
        home, host = sides(network, self.home, self.host)
        n, kept = network.n_nodes, round(self.kept_share * self.size)
        new = self.size - kept
        followed = _follow(network, host, home, pairs, kept, self, rng)
        at_home = ends_by_strength(own(network, home, self.home), pairs, n, self.attachment)
        ends = drawn_ends([(at_home, new)], rng)
        to_end = points_to_end(ends.inward, layer in network.directed, rng)
        gone, weight = funds(
            home, pairs, new, funding=self.funding, place=self.home, layer=layer, rng=rng
        )
        end = ends.node.astype(np.int32)
        added = Pairs(np.where(to_end, n, end), np.where(to_end, end, n), weight)
        name = f"talent:{self.host}>{self.home}"
        nodes = added_node(network, name, kind="talent", place=self.home, jurisdiction=self.home)
        return moved(network, nodes, layer, gone=gone, new=added, followed=followed)

    def _needs(self, network: MultilayerNetwork | None, kilometres: bool) -> Amounts:
        kept = round(self.kept_share * self.size)
        new = float(self.size - kept)
        if not kept or network is None or not kilometres:
            return Amounts(0.0, new, float("nan") if kept else 0.0)
        _, pairs = layer_with_pairs(network, self.layer)
        stand = sides(network, self.home, self.host)
        ties, talent = _ties_of_talents(network, stand.host, stand.home, pairs, self)
        if not len(ties.weight):
            raise _too_few(self, kept, 0)
        # Of two talents either moves: both stand in host, so it is no matter which.
        partner = np.where(talent[ties.source], ties.target, ties.source)
        drawn = [Drawn(partner, _pull(ties, self), kept)]
        _, km = billed(network, self.home, self.host, stand, drawn, at_host=False, kilometres=True)
        return Amounts(0.0, new, km)


@dataclass(frozen=True, slots=True)
class DirectLinks(Priced):  # numpydoc ignore=PR02
    """Links between `home` and `host` without a park.

    Parameters
    ----------
    home, host : str
        Two places; home pays.
    size : int
        Links, 1 or more.
    funding : {"reallocated", "new"}
        ``"reallocated"``: home gives up as many of its present links. ``"new"``: the links come on
        top.
    attachment : float
        0 or more; both ends are drawn in proportion to strength to this power.
    layer : str, optional
        Where the links are placed and taken; None: the layer with the most links.

    Raises
    ------
    InputError
        Home and host are the same, or a parameter is out of its range.

    See Also
    --------
    ReverseEnclave : how ends are drawn and what funding means.

    Notes
    -----
    The ends at host are drawn as those that embed a `ReverseEnclave`, the ends at home as those of
    its pipelines, and the first are joined to the second in random order. So on a network of
    places home is linked to host, and then to host's neighbours outside home: what the park would
    share, home has by itself. A pair that is drawn twice, or was linked before, has the sum of
    the weights.

    In a directed layer a link points to host with the mean of two probabilities: that a unit of
    weight at its end in host points there, and that one at its end in home points away.

    *Cost*: every link by the kilometre from home to its other end. See `Prices`.

    Examples
    --------
    >>> DirectLinks("quzhou", "hangzhou", size=10, funding="new").size
    10
    """

    home: str
    host: str
    size: int
    funding: Funding = "reallocated"
    attachment: float = 1.0
    layer: str | None = None

    def __post_init__(self) -> None:
        check_terms(self)

    def __call__(
        self, network: MultilayerNetwork, rng: np.random.Generator, /
    ) -> MultilayerNetwork:
        return _direct(network, self, rng)

    def _needs(self, network: MultilayerNetwork | None, kilometres: bool) -> Amounts:
        if network is None or not kilometres:
            return Amounts(0.0, 0.0, float("nan"))
        _, pairs = layer_with_pairs(network, self.layer)
        stand = sides(network, self.home, self.host)
        ends = embedding(network, stand.host, self.host, stand.home, pairs, self.attachment)
        drawn = [Drawn(ends.node, ends.pull, self.size)]
        _, km = billed(network, self.home, self.host, stand, drawn, at_host=False, kilometres=True)
        return Amounts(0.0, 0.0, km)


@dataclass(frozen=True, slots=True)
class RandomEnds(Priced):
    """The links of a scenario at random ends: what its links do wherever they lead.

    Parameters
    ----------
    scenario : ReverseEnclave, ForwardEnclave or DirectLinks
        Its number of links and its funding are kept, and its park is added.

    Raises
    ------
    InputError
        For any other scenario.

    Notes
    -----
    The park's links lead to nodes drawn uniformly from the whole network. Direct links join two
    different nodes, each drawn uniformly. This is a contrast and no policy: it is not billed for
    where its links lead, and its cost is that of the scenario.

    Examples
    --------
    >>> RandomEnds(DirectLinks("quzhou", "hangzhou", size=10)).amounts().park
    0.0
    """

    scenario: ReverseEnclave | ForwardEnclave | DirectLinks

    def __post_init__(self) -> None:
        check_type("scenario", self.scenario, ReverseEnclave, ForwardEnclave, DirectLinks)

    def __call__(
        self, network: MultilayerNetwork, rng: np.random.Generator, /
    ) -> MultilayerNetwork:
        if isinstance(self.scenario, DirectLinks):
            return _direct(network, self.scenario, rng, random_ends=True)
        return with_park(network, self.scenario, rng, random_ends=True)

    def _needs(self, network: MultilayerNetwork | None, kilometres: bool) -> Amounts:
        return self.scenario.amounts(network, kilometres=kilometres)


@dataclass(frozen=True, slots=True)
class Combined(Priced):
    """Several scenarios, one after the other.

    Parameters
    ----------
    scenarios : sequence of scenarios
        One or more, functions too. Each starts from the network that the one before it leaves, so
        links that one adds at home can be reallocated by the next.

    Raises
    ------
    InputError
        It is empty, or holds something that is no scenario.

    Notes
    -----
    All draw from one generator, so the first places the same links as it does alone. The cost is
    the sum of what each costs in the network as given; a function has none.

    Examples
    --------
    >>> links = DirectLinks("quzhou", "hangzhou", size=10)
    >>> park = ReverseEnclave("quzhou", "hangzhou", size=10, pipeline_share=0.4)
    >>> Combined([park, links]).amounts().park
    1.0
    """

    scenarios: Sequence[Change]

    def __post_init__(self) -> None:
        parts = as_list("scenarios", self.scenarios, "scenarios")
        if not parts:
            raise InputError("`scenarios` must hold one scenario or more; found none.")
        for at, part in enumerate(parts):
            check_scenario(f"scenarios[{at}]", part)
        object.__setattr__(self, "scenarios", tuple(parts))

    def __call__(
        self, network: MultilayerNetwork, rng: np.random.Generator, /
    ) -> MultilayerNetwork:
        for scenario in self.scenarios:
            network = scenario(network, rng)
        return network

    def _needs(self, network: MultilayerNetwork | None, kilometres: bool) -> Amounts:
        parts = []
        for scenario in self.scenarios:
            priced: object = scenario
            if not isinstance(priced, Priced):
                name = getattr(scenario, "__name__", repr(scenario))
                raise InputError(f"the function {name} has no cost: it does not say what it needs.")
            parts.append(priced.amounts(network, kilometres=kilometres))
        return Amounts(*(float(sum(column)) for column in zip(*parts, strict=True)))


BETWEEN = (ReverseEnclave, ForwardEnclave, TalentAttraction, DirectLinks)
"""The scenarios between a home and a host."""


def _follow(
    network: MultilayerNetwork,
    host: Mask,
    home: Mask,
    pairs: Pairs,
    count: int,
    scenario: TalentAttraction,
    rng: np.random.Generator,
) -> tuple[Pairs, Pairs]:
    """Give the ties that movers keep, as they were and with the movers at one end."""
    candidates, talent = _ties_of_talents(network, host, home, pairs, scenario)
    if len(candidates.weight) < count:
        raise _too_few(scenario, count, len(candidates.weight))
    was = candidates.at(draw(_pull(candidates, scenario), count, rng))
    either = rng.random(count) < 0.5
    at_source = talent[was.source] & (~talent[was.target] | either)
    mover = np.int32(network.n_nodes)
    source = np.where(at_source, mover, was.source)
    return was, Pairs(source, np.where(at_source, was.target, mover), was.weight)


def _ties_of_talents(
    network: MultilayerNetwork, host: Mask, home: Mask, pairs: Pairs, scenario: TalentAttraction
) -> tuple[Pairs, Mask]:
    """Give the ties that movers could keep, and which nodes are the talents of host."""
    elsewhere = np.flatnonzero(~home[pairs.source] & ~home[pairs.target])
    candidates = pairs.at(elsewhere)
    talent = (network._nodes["kind"] == "talent").to_numpy(bool, na_value=False) & host
    of_talent = talent[candidates.source] | talent[candidates.target]
    if not of_talent.any():
        talent = np.zeros(len(host), bool)
        talent[own(network, host, scenario.host)] = True
        of_talent = talent[candidates.source] | talent[candidates.target]
    return candidates.at(of_talent), talent


def _pull(ties: Pairs, scenario: TalentAttraction) -> Floats:
    """Proportional to the chance of being kept."""
    largest = ties.weight.max(initial=0.0) or 1.0
    pull: Floats = (ties.weight / largest) ** scenario.attachment
    return pull


def _too_few(scenario: TalentAttraction, count: int, found: int) -> InputError:
    return InputError(
        f"movers must leave {count} ties of {scenario.host!r} behind to keep them; there are "
        f"{found} that do not lead home. Choose a smaller `size` or `kept_share`, or another "
        "`layer`."
    )


def _direct(
    network: MultilayerNetwork,
    scenario: DirectLinks,
    rng: np.random.Generator,
    *,
    random_ends: bool = False,
) -> MultilayerNetwork:
    layer, pairs = layer_with_pairs(network, scenario.layer)
    home, host = sides(network, scenario.home, scenario.host)
    n, size, power = network.n_nodes, scenario.size, scenario.attachment
    if random_ends:
        inward = anywhere(pairs, n).inward
        a = rng.integers(n, size=size)
        b = (a + rng.integers(1, n, size=size)) % n
        chance = (inward[b] + 1 - inward[a]) / 2
    else:
        far = drawn_ends([(embedding(network, host, scenario.host, home, pairs, power), size)], rng)
        ends = ends_by_strength(own(network, home, scenario.home), pairs, n, power)
        near = drawn_ends([(ends, size)], rng)
        # In the order drawn the strong would be joined to the strong.
        near = near.at(rng.permutation(size))
        a, b, chance = near.node, far.node, (far.inward + 1 - near.inward) / 2
    forth = points_to_end(chance, layer in network.directed, rng)
    gone, weight = funds(
        home, pairs, size, funding=scenario.funding, place=scenario.home, layer=layer, rng=rng
    )
    new = Pairs(
        np.where(forth, a, b).astype(np.int32), np.where(forth, b, a).astype(np.int32), weight
    )
    return moved(network, network._node_table(), layer, gone=gone, new=new)

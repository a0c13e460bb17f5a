"""Rivals of an enclave: moving talents, other distances, several at once, random ends, nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, TypeAlias, TypeVar, cast, get_args

import numpy as np
import pandas as pd
from numpy.random import Generator

from netinnov._network.columns import refuse_repeated
from netinnov._network.distances import LONG
from netinnov._network.headers import needed_columns
from netinnov._runtime import arguments
from netinnov._typing import Amount, Count, Mask, Share
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios import _pair_draws, _prices
from netinnov.scenarios._between_places import BetweenPlaces, NewNode, with_moved_links
from netinnov.scenarios._direct_links import DirectLinks
from netinnov.scenarios._enclave import ForwardEnclave, ReverseEnclave
from netinnov.scenarios._pair_draws import Ends, Pairs, Scene
from netinnov.scenarios._prices import Amounts, Funding, Priced, Scenario


@dataclass(frozen=True, slots=True)
class NoChange(Priced):
    """The network as it is."""

    _draws_nothing = True

    def __call__(self, network: MultilayerNetwork, _rng: Generator, /) -> MultilayerNetwork:
        return network

    def _needs(self, network: MultilayerNetwork) -> Amounts:
        del network
        return Amounts(0.0, 0.0, 0.0)


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


@dataclass(frozen=True, slots=True)
class ChangedDistances:
    """Some places are nearer to each other, or farther, as when a line opens.

    All else stays. Where journeys with changes become shorter too, compare
    ``network.with_distances(after)``, with times of `linkages.travel_times`.

    Parameters
    ----------
    changes : mapping of (str, str) to float or DataFrame
        New distance of a pair of places, in both directions unless the opposite pair is there too;
        a table has columns as in `MultilayerNetwork.with_distances`.

    Raises
    ------
    InputError
        A key is no pair of different places, or a distance is negative. When it is called: the
        network holds no table of distances, or a place is not in it.

    Examples
    --------
    >>> minutes = pd.DataFrame({"origin": ["Q"], "destination": ["H"], "distance": [66.0]})
    >>> nodes = pd.DataFrame({"place": ["Q", "H"]}, index=["q", "h"])
    >>> links = pd.DataFrame({"source": ["q"], "target": ["h"]})
    >>> before = ni.build_network(nodes, links, distances=minutes, distance_unit="min")
    >>> after = ni.scenarios.apply_scenario(before, ChangedDistances({("Q", "H"): 45}))
    >>> after.distances["distance"].tolist()
    [45.0, 45.0]
    """

    changes: Mapping[tuple[str, str], float] | pd.DataFrame

    def __post_init__(self) -> None:
        changes: Any = self.changes
        if isinstance(changes, pd.DataFrame):
            table = needed_columns("`changes`", "distances", changes, LONG)
            lengths = table.set_index(LONG[:2])["distance"]
            refuse_repeated("`changes`", lengths.index, "pair")
            changes = lengths.to_dict()
        arguments.check_mapping(
            "changes", changes, "from pairs of places to distances", filled=True
        )
        for pair, distance in changes.items():
            if not isinstance(pair, tuple) or not len({*pair}) == len(pair) == 2:
                raise InputError(
                    "`changes` must have pairs of different places as keys, such as ('Q', 'H'); "
                    f"found {arguments.shown(pair)}."
                )
            arguments.check_number(f"changes[{pair!r}]", distance, low=0)
        object.__setattr__(self, "changes", dict(changes))

    def __call__(self, network: MultilayerNetwork, _rng: Generator, /) -> MultilayerNetwork:
        known = network.distances
        if known is None:
            raise InputError(
                "the network must hold a table of distances for ChangedDistances; it has none: "
                "network.with_distances(table, unit='min') gives it one."
            )
        places = list(network.storage.place_names)
        lengths = dict[Any, Any](self.changes)
        for pair in lengths:
            arguments.check_names("changes", pair, places)
        changes = {(b, a): far for (a, b), far in lengths.items()} | lengths
        new = pd.DataFrame([(a, b, far) for (a, b), far in changes.items()], columns=LONG)
        table = pd.concat([new, known]).drop_duplicates(LONG[:2])
        return network.with_distances(table, unit=network.distance_unit)


@dataclass(frozen=True, slots=True)
class RandomEnds(Priced):
    """The links of a scenario at random ends: the effect of its links wherever they lead.

    Parameters
    ----------
    scenario : ReverseEnclave, ForwardEnclave or DirectLinks
        Its number of links, weights of a volume, funding, cost and park are kept. The park's links
        lead to nodes drawn uniformly from the whole network; direct links join two of these.

    Examples
    --------
    >>> RandomEnds(DirectLinks("quzhou", "hangzhou", size=10)).scenario.size
    10
    """

    scenario: ReverseEnclave | ForwardEnclave | DirectLinks

    def __post_init__(self) -> None:
        arguments.check_type("scenario", self.scenario, ReverseEnclave, ForwardEnclave, DirectLinks)

    def __call__(self, network: MultilayerNetwork, rng: Generator, /) -> MultilayerNetwork:
        return self.scenario._place(network, rng, random_ends=True)

    def _needs(self, network: MultilayerNetwork) -> Amounts:
        return self.scenario.amounts(network)


@dataclass(frozen=True, slots=True)
class Combined(Priced):
    """Several scenarios, one after the other.

    Parameters
    ----------
    scenarios : sequence of scenarios
        One or more, also functions. Each starts from the result of the one before it, so links
        that one adds at home can be reallocated by the next. The cost is the sum of the costs in
        the original network; a function has none.

    Raises
    ------
    InputError
        The sequence is empty, or a member is not a scenario.

    Examples
    --------
    >>> links, more = DirectLinks("quzhou", "hangzhou", 10), DirectLinks("quzhou", "ningbo", 5)
    >>> len(Combined([links, more]).scenarios)
    2
    """

    scenarios: Sequence[Scenario]

    def __post_init__(self) -> None:
        parts = arguments.as_list("scenarios", self.scenarios, "scenarios")
        if not parts:
            raise InputError("`scenarios` must hold one scenario or more; found none.")
        for at, part in enumerate(parts):
            _prices.check_scenario(f"scenarios[{at}]", part)
        object.__setattr__(self, "scenarios", tuple(parts))

    def __call__(self, network: MultilayerNetwork, rng: Generator, /) -> MultilayerNetwork:
        for scenario in self.scenarios:
            network = scenario(network, rng)
        return network

    @property
    def _draws_nothing(self) -> bool:
        return all(map(_prices.draws_nothing, self.scenarios))

    def _needs(self, network: MultilayerNetwork) -> Amounts:
        parts = [_prices.check_priced(scenario).amounts(network) for scenario in self.scenarios]
        return Amounts(*(float(sum(column)) for column in zip(*parts, strict=True)))


Between: TypeAlias = ReverseEnclave | ForwardEnclave | TalentAttraction | DirectLinks
BETWEEN: tuple[type, ...] = get_args(Between)
Same = TypeVar("Same", ReverseEnclave, ForwardEnclave, TalentAttraction, DirectLinks)


def _like(rival: type[Priced], enclave: ReverseEnclave) -> Priced:
    names = [each.name for each in fields(cast(Any, rival))]
    return rival(**{name: getattr(enclave, name) for name in names})


# Rivals that a study can name in ``[experiment] rivals``: each made from the enclave that it is
# compared with.
RIVALS: dict[str, Callable[[ReverseEnclave], Priced]] = {
    "direct links": partial(_like, DirectLinks),
    "random ends": RandomEnds,
    "forward enclave": partial(_like, ForwardEnclave),
}

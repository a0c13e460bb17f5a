"""Places dealt again among branches, parks or members: who stands where, at random."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from netinnov._network.hierarchy import within
from netinnov._network.place_distances import needed
from netinnov._runtime.arguments import check_names, examples
from netinnov._typing import Amount, Codes, Floats, Integers
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, network_of_storage
from netinnov.null_models._prepared import NullFamily, Prepared
from netinnov.null_models._rewiring import proposals, zones_of


@dataclass(frozen=True, slots=True)
class Relocate(NullFamily):
    """The null model of places dealt again: nodes of a kind exchange their `place` at random.

    Jurisdiction, links and attributes stay with the node. Preserved: for each kind, how many nodes
    stand in each place, and how many belong to each jurisdiction.

    Parameters
    ----------
    kinds : sequence of str, optional
        Whose nodes may move, each among its own kind, if they have a place and a jurisdiction.
        Default: all but ``place``; nodes without a kind are one.
    outside : bool
        Move only nodes outside their jurisdiction, and bring none home: the number of enclaves
        stays. What is at home is as in `linkages.find_enclaves` without ``level``.
    preserve : sequence of str
        ``"distance"``: the number of nodes in each bin of distance from jurisdiction to place.
    bins : array_like, optional
        As in `rewire`. Default: the deciles of the nodes that may move.
    trials : float
        Proposals per node that may move, with ``"distance"`` also per bin, rejected ones among
        them. In a serial test it may be less than 1.

    Raises
    ------
    InputError
        An option is out of range. When it is called: a kind is not in the network; no two nodes
        of one kind that may move are in different places; a distance is unknown.

    Notes
    -----
    With `linkages.count_enclaves`, ``Relocate(["branch"], outside=True)`` is a test of direction:
    given how many branches stand outside, do more reach up than a dealing gives? Without
    ``outside`` it asks whether branches are nearer home than a dealing gives.

    Without ``outside`` and ``preserve`` a draw is a random permutation within each kind; else a
    chain of exchanges of two nodes and, in a cycle, of three. With ``outside`` alone it is uniform
    over all arrangements, which exchanges of two do not all reach (Aoki and Takemura 2005); with
    ``"distance"`` over those that the chain reaches, which need not be all.

    References
    ----------
    Aoki and Takemura (2005), Journal of Statistical Computation and Simulation 75.

    Examples
    --------
    >>> nodes = pd.DataFrame({"jurisdiction": list("ABC"), "place": list("BCA")}, list("xyz"))
    >>> network = ni.build_network(nodes, pd.DataFrame({"source": ["x"], "target": ["y"]}))
    >>> Relocate(outside=True)(network, np.random.default_rng(1)).nodes["place"].tolist()
    ['B', 'C', 'A']
    """

    kinds: Sequence[str] | None = None
    outside: bool = False
    preserve: Sequence[Literal["distance"]] = ()
    bins: npt.ArrayLike | None = None
    trials: Amount = 20
    _preserves: ClassVar = ("distance",)

    def _prepared(self, network: MultilayerNetwork, _rng: np.random.Generator) -> Relocation:
        storage = network.storage
        node = _movable(network, self)
        _, begin, of, count = np.unique(storage.kind_codes[node], True, True, True)
        homes, home = np.unique(storage.jurisdiction_codes[node], return_inverse=True)
        hosts, start = np.unique(storage.place_codes[node], return_inverse=True)
        if (start == start[begin[of]]).all():
            places = examples(storage.place_names.take(hosts))
            some = f"{node.size} in {places}" if node.size else "none"
            outside = ", outside of it" if self.outside else ""
            raise InputError(
                "Relocate needs two nodes of one kind in different places, each with a place and a "
                f"jurisdiction{outside}; found {some}. Name other `kinds`, or fill `place` and "
                "`jurisdiction`."
            )
        edges = () if self.bins is None else self.bins
        if self.preserve and self.bins is None:
            lengths = _lengths(network, homes[home], hosts[start])
            edges = np.quantile(lengths, np.linspace(0, 1, 11))
        bound = self.outside or self.preserve
        zone = _zones(network, self, homes, hosts, edges) if bound else None
        now, owner, first, size = (
            each.astype(np.int32) for each in (start, home, begin[of], count[of])
        )
        trials = self.trials * max(1, np.size(edges) - 1)
        return Relocation(network, node, hosts, now, owner, first, size, zone, trials)


@dataclass(frozen=True, slots=True)
class Relocation(Prepared):
    """A state: position in `hosts` of the place of each node, by kind and then by name."""

    node: Integers  # those that may move
    hosts: Codes
    begin: Codes
    home: Codes
    first: Codes  # position of the first node of the same kind, and how many there are
    size: Codes
    zone: npt.NDArray[np.uint8] | None  # of homes and hosts, 0: not allowed; None: all are alike
    trials: float
    layers: ClassVar[Collection[str]] = ()

    def start(self) -> Codes:
        return self.begin

    def advance(self, state: Codes, rng: np.random.Generator) -> Codes:
        if self.zone is None:
            starts = np.unique(self.first)[1:]
            return np.concatenate([rng.permutation(part) for part in np.split(state, starts)])
        from netinnov.kernels.exchanges import exchange_places

        seed = rng.integers(0, 2**64, size=2, dtype=np.uint64) | np.array([0, 1], np.uint64)
        steps = proposals(self.trials * state.size)
        among = (self.home, self.first, self.size, self.zone)
        return np.asarray(exchange_places(state, *among, steps, seed), np.int32)

    def draw(self, rng: np.random.Generator) -> MultilayerNetwork:
        return self.network_of(self.advance(self.begin, rng))

    def moved(self, drawn: MultilayerNetwork) -> float:
        """Share of the nodes that may move whose place differs."""
        place = self.network.storage.place_codes
        after = drawn.storage.place_codes
        return float((place != after)[self.node].mean())

    def network_of(self, state: Codes) -> MultilayerNetwork:
        place = self.network.storage.place_codes.copy()
        place[self.node] = self.hosts[state]
        return network_of_storage(self.network.storage.with_place_codes(place))


def _movable(network: MultilayerNetwork, null: Relocate) -> Integers:
    storage = network.storage
    of = network.storage.nodes["kind"]
    place = storage.place_codes
    home = storage.jurisdiction_codes
    may = (place >= 0) & (home >= 0)
    if null.kinds is None:
        may &= ~of.eq("place").to_numpy(bool, na_value=False)
    else:
        kinds = check_names("kinds", null.kinds, of.dropna().unique().tolist())
        may &= of.isin(kinds).to_numpy(bool)
    if null.outside:
        may &= ~within(storage.parents, place, home)
    node = np.flatnonzero(may)
    node = node[storage.node_names.take(node).argsort()]
    return node[np.argsort(storage.kind_codes[node], kind="stable")]


def _zones(
    network: MultilayerNetwork, null: Relocate, homes: Codes, hosts: Codes, edges: npt.ArrayLike
) -> npt.NDArray[np.uint8]:
    """Bins of distance from 1 on, of homes (rows) and hosts; 0 where a host is inside the home."""
    zone = np.ones((homes.size, hosts.size), np.uint8)
    for row, home in zip(zone, homes, strict=True):
        of_row = np.full_like(hosts, home)
        if null.preserve:
            row += zones_of(_lengths(network, of_row, hosts), np.unique(edges))
        if null.outside:
            row[within(network.storage.parents, hosts, of_row)] = 0
    return zone


def _lengths(network: MultilayerNetwork, homes: Codes, hosts: Codes) -> Floats:
    return needed(network.storage, homes, hosts, "preserve=('distance',)")

"""Places dealt again among branches, parks or members: who stands where, at random."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from netinnov._network.geography import great_circle
from netinnov._network.hierarchy import within
from netinnov._runtime.arguments import as_list, check_flag, check_names, check_number, examples
from netinnov._typing import Codes, Floats, Integers
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, check_network, network_of_storage
from netinnov.null_models._prepared import NullFamily, PreparedNodes
from netinnov.null_models._rewiring import checked, zones_of

_MOST_CELLS = 20_000**2  # of the table of homes and hosts, a byte each

Zones = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Relocate(NullFamily):
    """The null model of a dealing of places: nodes of one kind exchange their `place` at random.

    Jurisdiction, links and attributes stay with the node. Preserved: for each kind, how many nodes
    stand in each place, and how many belong to each jurisdiction.

    Parameters
    ----------
    kinds : sequence of str, optional
        The nodes that may move: those of these kinds with a place and a jurisdiction. Default: of
        all kinds but ``place``. Places are exchanged within a kind; nodes without one are a kind.
    outside : bool
        Move only nodes that stand outside their jurisdiction, and bring none home: the number of
        enclaves stays, and only their directions and pairs of places vary. A node in a place
        inside its jurisdiction, through any steps of ``parent``, is at home, as in
        `linkages.find_enclaves` without ``level``.
    preserve : sequence of str
        ``"distance"``: also the number of nodes in each of ``bins`` of the distance from
        jurisdiction to place.
    bins : array_like, optional
        Increasing edges in km of the bins of distance: [a, b), the last one closed; distances
        outside them form one more bin. Default: the deciles of the nodes that may move.
    trials : float
        Proposals per node that may move, rejected ones among them; without ``outside`` and
        ``preserve`` it has no effect. In a serial test (see `compare_with_null`) it may be less
        than 1.

    Raises
    ------
    InputError
        An option is out of range. When it is called: a kind is not in the network; no two nodes
        that may move are of one kind and in different places; distances are preserved and a place
        or jurisdiction has no coordinates.

    See Also
    --------
    netinnov.linkages.count_enclaves : The measure to compare.

    Notes
    -----
    *Test of direction*: ``Relocate(kinds=["branch"], outside=True)``. Given how many branches
    stand outside, do more of them reach up than a dealing gives? What the sizes of homes and hosts
    explain is no excess. Without ``outside`` the question is another one (are branches nearer home
    than a dealing gives?), and firms at their seats move as well: that is no test of direction.

    Without ``outside`` and ``preserve`` a draw is a random permutation within each kind. Else it
    is a chain of exchanges between two nodes and, in a cycle, among three; a proposal is as likely
    as its reverse. With ``outside`` alone it is uniform over all arrangements, also where places
    lie inside one another. Exchanges of two do not reach all: firms of A, B and C in B, C and A
    (Aoki and Takemura 2005). With ``"distance"`` it is uniform over the arrangements that the
    chain reaches, which need not be all.

    The null model knows places, not levels: a measure with ``level=1`` may find an enclave between
    two districts of one city at home, so that the number at that level varies. Give such nodes the
    city as their jurisdiction, and ``outside=True`` leaves them alone.

    Links play no part, and no layer is drawn: a measure that reads a modelled layer is not warned
    of. For one ``rng`` the result does not depend on the order of the nodes.

    References
    ----------
    Aoki and Takemura (2005), Markov chain Monte Carlo exact tests for incomplete two-way
    contingency tables, Journal of Statistical Computation and Simulation 75.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> nodes = pd.DataFrame({"jurisdiction": list("ABC"), "place": list("BCA")}, list("xyz"))
    >>> network = ni.build_network(nodes, pd.DataFrame({"source": ["x"], "target": ["y"]}))
    >>> Relocate(outside=True)(network, np.random.default_rng(1)).nodes["place"].tolist()
    ['B', 'C', 'A']
    """

    kinds: Sequence[str] | None = None
    outside: bool = False
    preserve: Sequence[Literal["distance"]] = ()
    bins: npt.ArrayLike | None = None
    trials: float = 20

    def __post_init__(self) -> None:
        check_flag("outside", self.outside)
        check_number("trials", self.trials, low=0)
        preserve, bins = checked(self.preserve, self.bins, ("distance",))
        kinds = None if self.kinds is None else tuple(as_list("kinds", self.kinds))
        for name, value in (("kinds", kinds), ("preserve", preserve), ("bins", bins)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "trials", float(self.trials))

    def _prepared(self, network: MultilayerNetwork, _rng: np.random.Generator) -> Relocation:
        check_network(network)
        node, group = _movable(network, self)
        _, begin, of, count = np.unique(group, True, True, True)
        storage = network.storage
        homes, home = np.unique(storage.jurisdiction_codes[node], return_inverse=True)
        hosts, start = np.unique(storage.place_codes[node], return_inverse=True)
        if (start == start[begin[of]]).all():
            raise InputError(_nothing(network, self, node))
        zone = None
        if self.outside or self.preserve:
            zone = _zones(network, self, homes, hosts, (home, start))
        return Relocation(
            network=network,
            node=node,
            hosts=hosts,
            begin=start.astype(np.int32),
            home=home.astype(np.int32),
            first=begin[of].astype(np.int32),
            size=count[of].astype(np.int32),
            zone=zone,
            trials=self.trials,
        )


@dataclass(frozen=True, slots=True)
class Relocation(PreparedNodes):
    """A state: for each node that may move, the position of its place in `hosts`."""

    network: MultilayerNetwork
    node: Integers  # by kind, then by name
    hosts: Codes
    begin: Codes
    home: Codes
    first: Codes  # position of the first node of the same kind, and how many there are
    size: Codes
    zone: Zones | None  # of each home and host; 0: not allowed. None: all are alike
    trials: float

    def start(self) -> Codes:
        return self.begin

    def advance(self, state: Codes, rng: np.random.Generator) -> Codes:
        if self.zone is None:
            starts = np.unique(self.first)[1:]
            return np.concatenate([rng.permutation(part) for part in np.split(state, starts)])
        from netinnov.kernels.exchanges import exchange_places

        seed = rng.integers(0, 2**64, size=2, dtype=np.uint64) | np.array([0, 1], np.uint64)
        steps = round(self.trials * state.size) or math.ceil(min(self.trials, 1.0))
        places: Codes = exchange_places(
            state, self.home, self.first, self.size, self.zone, steps, seed
        )
        return places

    def draw(self, rng: np.random.Generator) -> MultilayerNetwork:
        return self.network_of(self.advance(self.begin, rng))

    def network_of(self, state: Codes) -> MultilayerNetwork:
        storage = self.network.storage
        place = storage.place_codes.copy()
        place[self.node] = self.hosts[state]
        return network_of_storage(storage.with_place_codes(place))

    def moved(self, drawn: MultilayerNetwork) -> float:
        before, after = self.network.storage.place_codes, drawn.storage.place_codes
        return float((before[self.node] != after[self.node]).mean())


def _movable(network: MultilayerNetwork, null: Relocate) -> tuple[Integers, Integers]:
    """Nodes that may move, by kind and name, and their kinds."""
    storage, kind = network.storage, network.storage.kind_codes
    names = sorted(storage.nodes["kind"].dropna().unique().tolist())
    place, home = storage.place_codes, storage.jurisdiction_codes
    may = (place >= 0) & (home >= 0)
    if null.kinds is not None:
        may &= np.isin(
            kind, [names.index(name) for name in check_names("kinds", null.kinds, names)]
        )
    elif "place" in names:
        may &= kind != names.index("place")
    if null.outside:
        may &= ~within(storage.parents, place, home)
    node = np.flatnonzero(may)
    if not node.size:
        raise InputError(_nothing(network, null, node))
    node = node[storage.node_names.take(node).argsort()]
    node = node[np.argsort(kind[node], kind="stable")]
    return node, kind[node].astype(np.int64)


def _nothing(network: MultilayerNetwork, null: Relocate, node: Integers) -> str:
    of = "" if null.kinds is None else f" of kind {' or '.join(map(repr, null.kinds))}"
    which = ", outside of it" if null.outside else ""
    hosts = network.storage.place_names.take(np.unique(network.storage.place_codes[node]))
    found = f"{node.size} in {examples(hosts)}" if node.size else "none"
    return (
        "Relocate needs two nodes of one kind in different places, each with a place and a "
        f"jurisdiction{which}; found {found}{of}. Name other `kinds`, or see that the columns "
        "`place` and `jurisdiction` are filled."
    )


def _zones(
    network: MultilayerNetwork,
    null: Relocate,
    homes: Codes,
    hosts: Codes,
    at: tuple[Integers, Integers],
) -> Zones:
    """Bins of distance from 1 on, of homes (rows) and hosts; 0 where a host is inside the home."""
    if homes.size * hosts.size > _MOST_CELLS:
        raise InputError(
            f"the nodes that may move belong to {homes.size:,} jurisdictions and stand in "
            f"{hosts.size:,} places; at most {_MOST_CELLS:,} pairs of them fit. Aggregate places, "
            "e.g. districts to cities, or name fewer `kinds`."
        )
    zone = np.ones((homes.size, hosts.size), np.uint8)
    if null.preserve:
        lon, lat = _coordinates(network, np.union1d(homes, hosts))
        a, b = homes[at[0]], hosts[at[1]]
        lengths = great_circle(lon[a], lat[a], lon[b], lat[b])
        edges = np.quantile(lengths, np.linspace(0, 1, 11)) if null.bins is None else null.bins
        edges = np.unique(np.asarray(edges, np.float64))
        for row, h in enumerate(homes):
            zone[row] += zones_of(great_circle(lon[h], lat[h], lon[hosts], lat[hosts]), edges)
    if null.outside:
        for row, h in enumerate(homes):
            zone[row, within(network.storage.parents, hosts, np.full_like(hosts, h))] = 0
    return zone


def _coordinates(network: MultilayerNetwork, needed: Codes) -> tuple[Floats, Floats]:
    places = network.storage.places
    lon, lat = (places[column].to_numpy(np.float64, na_value=np.nan) for column in ("lon", "lat"))
    missing = needed[np.isnan(lon[needed]) | np.isnan(lat[needed])]
    if missing.size:
        raise InputError(
            f"preserve=('distance',) needs `lon` and `lat` of all places and jurisdictions; "
            f"{missing.size} of {needed.size} have none, e.g. {examples(places.index[missing])}. "
            "Fill them, or leave these nodes out with select(nodes=...)."
        )
    return lon, lat

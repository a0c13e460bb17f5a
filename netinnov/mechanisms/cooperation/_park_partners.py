"""A park with its direct partners, their sides, and what fails when one of them is taken out."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from netinnov._network.hierarchy import within
from netinnov._network.paths import union
from netinnov._runtime.arguments import did_you_mean, shown
from netinnov._typing import Mask
from netinnov.build import build_network
from netinnov.centrality import degree
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

By = Literal["jurisdiction", "place"]


def park_network(network: MultilayerNetwork, park: str) -> MultilayerNetwork:
    """A park, the actors linked with it in any layer, and all links among these.

    Parameters
    ----------
    network : MultilayerNetwork
        Actors and flows, such as `netinnov.datasets.load_yrd_enclaves` gives them.
    park : str
        A node with a place (its host) and a jurisdiction (its home).

    Returns
    -------
    MultilayerNetwork
        Nodes in the order they had; all places; layers without a link among them are dropped.

    Raises
    ------
    InputError
        If there is no such node, or it has no place, no jurisdiction, or is located at home.

    Notes
    -----
    A network of one node and its partners is star-like by its making: that the park is its centre
    is not a result. Informative are the actors linked without the park, and the flows.

    Examples
    --------
    >>> from netinnov.datasets import load_yrd_enclaves
    >>> around = park_network(load_yrd_enclaves(), "quzhou_haichuang")
    >>> around.n_nodes, around.n_links, len(around.layers)
    (14, 20, 9)
    """
    check_park(network, park)
    storage = network.storage
    at, rows = storage.node_names.get_loc(park), storage.link_rows()
    partner = np.arange(network.n_nodes) == at
    partner[rows.target[rows.source == at]] = True
    partner[rows.source[rows.target == at]] = True
    return network if partner.all() else network.select(nodes=storage.node_names[partner])


def park_sides(network: MultilayerNetwork, park: str, *, by: By = "jurisdiction") -> pd.Series:
    """Side of each actor, seen from a park: its home, its host, or neither.

    Parameters
    ----------
    network : MultilayerNetwork
        Nodes with places and jurisdictions.
    park : str
        A node with a place (its host) and a jurisdiction (its home).
    by : {"jurisdiction", "place"}
        Whose an actor is, or where it is. The park itself is on the home side by jurisdiction and
        on the host side by place.

    Returns
    -------
    Series
        A side each node: ``home`` or ``host`` where its jurisdiction (or place) is that of the
        park, inside it, or around it through ``places.parent``; ``both`` if that holds for home
        and host, as for a city two of whose districts they are; ``other``; missing where the
        network does not say.

    Raises
    ------
    InputError
        If there is no such node, or it has no place, no jurisdiction, or is located at home.

    Examples
    --------
    >>> from netinnov.datasets import load_quzhou
    >>> sides = park_sides(load_quzhou(), "quzhou_haichuang")
    >>> sides[["gov_quzhou", "gov_hangzhou", "quzhou_haichuang"]].tolist()
    ['home', 'host', 'home']
    """
    home, host = check_park(network, park)
    storage = network.storage
    where = storage.jurisdiction_codes if by == "jurisdiction" else storage.place_codes
    at_home, at_host = (_related(network, each)[where] for each in (home, host))
    side = np.select([at_home & at_host, at_home, at_host], ["both", "home", "host"], "other")
    sides = pd.Series(side, storage.node_names, dtype="str", name="side")
    return sides.mask(where < 0)


def check_park(network: MultilayerNetwork, park: str) -> tuple[int, int]:
    storage = network.storage
    value: object = park
    if not isinstance(value, str) or value not in storage.node_names:
        msg = f"`park` must be a node of the network; found {shown(park)}"
        raise InputError(f"{msg}{did_you_mean(park, storage.node_names)}.")
    at = storage.node_names.get_loc(park)
    home, host = int(storage.jurisdiction_codes[at]), int(storage.place_codes[at])
    named = [None if each < 0 else storage.place_names[each] for each in (home, host)]
    if None in named:
        msg = f"`park` must have a place (its host) and a jurisdiction (its home); {park!r} has "
        raise InputError(f"{msg}place {named[1]!r} and jurisdiction {named[0]!r}.")
    if _related(network, home)[host]:
        msg = "`park` must stand outside its jurisdiction; "
        msg += f"{park!r} of {named[0]!r} stands in {named[1]!r}"
        raise InputError(f"{msg}; see netinnov.linkages.find_enclaves.")
    return home, host


def without_direction(network: MultilayerNetwork) -> MultilayerNetwork:
    if not network.directed:
        return network
    links = network.links[["layer", "source", "target", "weight"]]
    layers = network.layer_table.assign(directed=False)
    return build_network(network.nodes, links, network.places, layers=layers)


def _related(network: MultilayerNetwork, place: int) -> Mask:
    parent = network.storage.parents
    every = np.arange(parent.size, dtype=np.int32)
    whole = np.full(parent.size, place, np.int32)
    return within(parent, every, whole) | within(parent, whole, every)


Scope = Literal["partners", "network"]


def outages(network: MultilayerNetwork, park: str, *, scope: Scope = "partners") -> pd.DataFrame:
    """What fails around a park when one actor is taken out, for each actor.

    Parameters
    ----------
    network : MultilayerNetwork
        Actors and flows.
    park : str
        A node with a place (its host) and a jurisdiction (its home).
    scope : {"partners", "network"}
        Where paths may lead: through the park and its direct partners only (`park_network`), or
        through every node of the network.

    Returns
    -------
    DataFrame
        A row for the park and each partner, all counts among the *other* ones of these:

        - ``kind``, ``side`` (see `park_sides`), and ``links`` among them that go with it;
        - ``layers_lost``: the layers of the park's network left without a link, as text;
        - ``parts``: into how many connected parts the others fall, direction aside, and
          ``isolated``: how many of them are connected with no other;
        - ``pairs_lost``: pairs of a home and a host actor that were connected, direction aside,
          and are not now; ``homeward_lost``, ``outward_lost``: the same for paths of links from
          source to target, from host to home and from home to host;
        - ``articulation``: whether others fall apart that were connected, direction aside;
        - ``single_point``: whether anything above is lost: a layer, a pair, or the connection.

    Raises
    ------
    InputError
        If there is no such park, or `scope` is unknown.

    Notes
    -----
    All partners are linked with the park, so no partner can be an articulation point, and the park
    is one as soon as a partner is linked with it alone: both follow from how the network is made.
    What can differ is which flow depends on one actor, and whether home and host stay connected
    past the park. A table of facts that leaves out links makes actors look less replaceable than
    they are. Actors without a known jurisdiction count in ``parts`` and ``isolated``, and in no
    pair.

    Examples
    --------
    >>> from netinnov.datasets import load_quzhou
    >>> lost = outages(load_quzhou(), "quzhou_haichuang")
    >>> lost.loc["quzhou_haichuang", ["links", "parts", "homeward_lost"]].tolist()
    [16, 9, 6]
    >>> lost.loc[lost["layers_lost"] != "", "layers_lost"].iloc[:2].to_dict()
    {'gov_quzhou': 'ownership', 'hcfa': 'research'}
    """
    around = park_network(network, park)
    side = park_sides(around, park)
    nodes = around.storage.node_names
    whole = around if scope == "partners" else network
    at = whole.storage.node_names.get_indexer(nodes)
    links = around.storage.link_rows()
    linked = sparse.csr_array(union(whole))
    home, host = (side == "home").to_numpy(bool), (side == "host").to_numpy(bool)
    joined, reached = _joined(linked, at, directed=False), _joined(linked, at, directed=True)
    rows = []
    for position, n_links in enumerate(degree(around).sum(axis=1).tolist()):
        stay = np.arange(len(nodes)) != position
        rest = _without(linked, at[position])
        now = _joined(rest, at, directed=False)
        broken = joined & ~now & np.outer(stay, stay)
        unreachable = reached & ~_joined(rest, at, directed=True)
        at_node = (links.source == position) | (links.target == position)
        left = np.bincount(links.layer[~at_node], minlength=len(around.layers))
        lost = [layer for layer, n in zip(around.layers, left, strict=True) if n == 0]
        among = now[np.ix_(stay, stay)]
        at_home, at_host = home & stay, host & stay
        counts = {
            "pairs_lost": int(broken[np.ix_(at_home, at_host)].sum()),
            "homeward_lost": int(unreachable[np.ix_(at_host, at_home)].sum()),
            "outward_lost": int(unreachable[np.ix_(at_home, at_host)].sum()),
        }
        rows.append(
            {
                "links": n_links,
                "layers_lost": ", ".join(lost),
                "parts": len({row.tobytes() for row in among}),
                "isolated": int((among.sum(axis=1) == 1).sum()),
                **counts,
                "articulation": bool(broken.any()),
                "single_point": bool(lost or broken.any() or any(counts.values())),
            }
        )
    table = pd.DataFrame(rows, index=nodes)
    table.insert(0, "kind", around.storage.nodes["kind"])
    table.insert(1, "side", side)
    return table


def _joined(linked: sparse.csr_array, nodes: npt.NDArray[np.intp], *, directed: bool) -> Mask:
    """Reachability matrix of some nodes, row to column; each node reaches itself."""
    steps = csgraph.shortest_path(linked, directed=directed, unweighted=True, indices=nodes)
    connected: Mask = np.isfinite(steps[:, nodes])
    return connected


def _without(linked: sparse.csr_array, node: int) -> sparse.csr_array:
    stay = np.ones(linked.shape[0])
    stay[node] = 0
    keep = sparse.diags_array(stay)
    rest = sparse.csr_array(keep @ linked @ keep)
    rest.eliminate_zeros()
    return rest

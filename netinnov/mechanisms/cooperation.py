"""How a park joins two jurisdictions: its partners, their roles, and what fails without one."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.sparse import csgraph, csr_array

from netinnov._network.hierarchy import related
from netinnov._network.paths import union
from netinnov._runtime.arguments import check_name
from netinnov._runtime.public import publish
from netinnov._typing import Mask
from netinnov.centrality import brokerage, degree
from netinnov.errors import InputError
from netinnov.linkages import find_enclaves
from netinnov.network import MultilayerNetwork

__all__ = ["brokerage_table", "cooperation_table", "outages", "park_network", "park_sides"]

By = Literal["jurisdiction", "place"]
ParkSide = Literal["own", "home", "host"]

_COUNTS = (
    "coordinator",
    "itinerant",
    "gatekeeper",
    "representative",
    "liaison",
    "homeward",
    "outward",
)


def park_network(network: MultilayerNetwork, park: str) -> MultilayerNetwork:
    """A park, the actors linked with it in any layer, and all links among these.

    Parameters
    ----------
    network : MultilayerNetwork
        Actors and flows, with places and jurisdictions.
    park : str
        A node with a place (its host) that is outside its jurisdiction (its home).

    Returns
    -------
    MultilayerNetwork
        Nodes in the order they had; all places; layers without a link among them are dropped.

    Raises
    ------
    InputError
        There is no such node, or it has no place, no jurisdiction, or is located at home.

    Examples
    --------
    >>> park_network(ni.datasets.load_yrd_enclaves(), "quzhou_haichuang").n_nodes
    14
    """
    _check_park(network, park)
    storage = network.storage
    at = storage.node_names.get_loc(park)
    rows = storage.link_rows()
    partner = np.arange(network.n_nodes) == at
    partner[rows.target[rows.source == at]] = True
    partner[rows.source[rows.target == at]] = True
    return network if partner.all() else network.select(nodes=storage.node_names[partner])


def park_sides(network: MultilayerNetwork, park: str, *, by: By = "jurisdiction") -> pd.Series:
    """Side of each actor, seen from a park: its home, its host, or neither.

    Parameters
    ----------
    network, park
        As in `park_network`.
    by : {"jurisdiction", "place"}
        Whose an actor is, or where it is: by this the park itself is on the side of home or host.

    Returns
    -------
    Series
        A side each node: ``home`` or ``host`` where its jurisdiction (or place) is that of the
        park, inside it, or around it through ``places.parent``; ``both`` if that holds for home
        and host; ``other``; missing where the network does not say.

    Examples
    --------
    >>> sides = park_sides(ni.datasets.load_quzhou(), "quzhou_haichuang")
    >>> sides[["gov_quzhou", "gov_hangzhou", "quzhou_haichuang"]].tolist()
    ['home', 'host', 'home']
    """
    home, host = _check_park(network, park)
    storage = network.storage
    where = storage.jurisdiction_codes if by == "jurisdiction" else storage.place_codes
    at_home, at_host = (related(network.storage.parents, each)[where] for each in (home, host))
    side = np.select([at_home & at_host, at_home, at_host], ["both", "home", "host"], "other")
    sides = pd.Series(side, storage.node_names, dtype="str", name="side")
    return sides.mask(where < 0)


def brokerage_table(
    network: MultilayerNetwork, park: str, *, park_side: ParkSide = "own", by_layer: bool = False
) -> pd.DataFrame:
    """Roles of a park and its partners between the jurisdictions of home and host.

    Two-paths follow links; both ways (`netinnov.build.symmetrize`) each pair counts twice.

    Parameters
    ----------
    network, park
        As in `park_network`, whose actors are looked at.
    park_side : {"own", "home", "host"}
        The group of the park itself: one of its own, or that of its jurisdiction, or that of its
        place. It determines the *name* of the role: a pair from host to home by way of the park
        makes it a liaison, a gatekeeper of home, or a representative of host.
    by_layer : bool
        Count two-paths inside each layer, rather than through all layers taken together.

    Returns
    -------
    DataFrame
        A row each actor (with `by_layer` each layer and actor): ``kind``, ``side`` (see
        `park_sides`; for the park the one asked for), the five counts of
        `netinnov.centrality.brokerage` by side, and the pairs without a direct link that the actor
        joins from host to home (``homeward``) and from home to host (``outward``). Missing for an
        actor without a known jurisdiction, which enters no count.

    References
    ----------
    Gould and Fernandez (1989), Structures of mediation, Sociological Methodology 19.

    Examples
    --------
    >>> network, park = ni.datasets.load_quzhou(), "quzhou_haichuang"
    >>> roles = ["gatekeeper", "representative", "liaison", "homeward"]
    >>> brokerage_table(network, park, park_side="home").loc[park, roles].tolist()
    [6, 0, 0, 6]
    """
    around = park_network(network, park)
    side = park_sides(around, park)
    side[park] = "park" if park_side == "own" else park_side
    kinds = around.storage.nodes["kind"]
    known = around.select(nodes=list(side.index[side.notna()]))
    if not by_layer:
        return _roles(known, side, kinds)
    tables = {layer: _roles(known.select(layers=[layer]), side, kinds) for layer in known.layers}
    return pd.concat(tables, names=["layer"])


def outages(network: MultilayerNetwork, park: str) -> pd.DataFrame:
    """What fails around a park when one actor is taken out, for each actor.

    Parameters
    ----------
    network, park
        As in `park_network`; paths may lead through its actors only.

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

    Examples
    --------
    >>> lost = outages(ni.datasets.load_quzhou(), "quzhou_haichuang")
    >>> lost.loc["quzhou_haichuang", ["links", "parts", "homeward_lost"]].tolist()
    [16, 9, 6]
    """
    around = park_network(network, park)
    return _outages(around, park_sides(around, park))


def _outages(around: MultilayerNetwork, side: pd.Series) -> pd.DataFrame:
    nodes = around.storage.node_names
    links = around.storage.link_rows()
    linked = np.asarray(union(around).toarray() > 0)
    home = (side == "home").to_numpy(bool)
    host = (side == "host").to_numpy(bool)
    joined = _joined(linked, directed=False)
    reached = _joined(linked, directed=True)
    rows = []
    for position, n_links in enumerate(degree(around).sum(axis=1).tolist()):
        stay = np.arange(len(nodes)) != position
        rest = linked & np.outer(stay, stay)
        now = _joined(rest, directed=False)
        broken = joined & ~now & np.outer(stay, stay)
        unreachable = reached & ~_joined(rest, directed=True)
        at_node = (links.source == position) | (links.target == position)
        left = np.bincount(links.layer[~at_node], minlength=len(around.layers))
        lost = [layer for layer, n in zip(around.layers, left, strict=True) if n == 0]
        among = now[np.ix_(stay, stay)]
        at_home = home & stay
        at_host = host & stay
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


def cooperation_table(network: MultilayerNetwork) -> pd.DataFrame:
    """Partners, flows, roles and single points of failure of every park.

    Parameters
    ----------
    network : MultilayerNetwork
        Actors and flows. Its parks are the nodes of kind ``park`` located outside their
        jurisdiction (`netinnov.linkages.find_enclaves`).

    Returns
    -------
    DataFrame
        A row each park, in node order:

        - ``home``, ``host``, and ``type`` and ``confidence`` where the network has them;
        - ``partners``, ``links``, and ``stated``: how many of the links have that status (missing
          where the network has no status);
        - ``n_KIND``: partners of each kind;
        - ``layers``: how many layers have a link, and ``missing``: the other layers that any park
          of the table has, as text;
        - the five roles of the park, in a group of its own, and ``homeward`` and ``outward`` (see
          `brokerage_table`);
        - ``is_liaison``: whether it joins a pair across the border that is not linked directly, and
          ``is_liaison_stated``: the same with ``stated`` links alone (missing without a status);
        - ``single_points``: the actors *besides the park* on which a layer, or a path across the
          border, hangs alone (see `outages`), as text.

    Notes
    -----
    A row says what sources state, not what there is: a missing layer is most often a missing fact,
    so rows must not be compared as parks without ``confidence`` beside them.

    Examples
    --------
    >>> columns = ["partners", "links", "is_liaison", "is_liaison_stated"]
    >>> cooperation_table(ni.datasets.load_quzhou())[columns].values.tolist()
    [[13, 20, True, False]]
    """
    nodes = network.storage.nodes
    parks = []
    kinds = nodes["kind"]
    for node in find_enclaves(network, rank=pd.Series(dtype=float))["node"]:
        with suppress(InputError):  # home is part of host: a district runs a park in its city
            if kinds[node] == "park" and _check_park(network, node):
                parks.append(node)
    around = {park: park_network(network, park) for park in parks}
    layers = sorted({layer for part in around.values() for layer in part.layers})
    partners = {node for part in around.values() for node in part.storage.node_names}
    known = sorted(kinds[kinds.index.isin(partners)].dropna().unique())
    links = network.links
    facts = None
    if "status" in links:  # without links that are only planned or said
        facts = network.replace_links(links[links["status"] == "stated"])
    rows = [_row(part, park, layers, known, facts) for park, part in around.items()]
    table = pd.DataFrame(rows, index=pd.Index(parks, dtype="str", name=nodes.index.name))
    for column in ("confidence", "type"):
        if column in nodes and len(table):
            table.insert(2, column, nodes[column].loc[parks])
    return table


def _check_park(network: MultilayerNetwork, park: str) -> tuple[int, int]:
    storage = network.storage
    check_name("park", park, storage.node_names.tolist())
    at = storage.node_names.get_loc(park)
    home = int(storage.jurisdiction_codes[at])
    host = int(storage.place_codes[at])
    named = [None if each < 0 else storage.place_names[each] for each in (home, host)]
    if None in named:
        raise InputError(
            f"`park` must have a place (its host) and a jurisdiction (its home); {park!r} has "
            f"place {named[1]!r} and jurisdiction {named[0]!r}."
        )
    if related(network.storage.parents, home)[host]:
        raise InputError(
            "`park` must stand outside its jurisdiction; "
            f"{park!r} of {named[0]!r} stands in {named[1]!r}; "
            "see netinnov.linkages.find_enclaves."
        )
    return home, host


def _joined(linked: Mask, *, directed: bool) -> Mask:
    """Reachability matrix, row to column; each node reaches itself."""
    steps = csgraph.shortest_path(csr_array(linked), directed=directed, unweighted=True)
    return np.asarray(np.isfinite(steps))


def _roles(network: MultilayerNetwork, side: pd.Series, kinds: pd.Series) -> pd.DataFrame:
    nodes = network.storage.node_names
    counts = brokerage(network, groups=side.loc[nodes])
    linked = (union(network).toarray() > 0).astype(np.int64)
    labels = side.loc[nodes].to_numpy(str)
    home = labels == "home"
    host = labels == "host"
    for column, (one, other) in {"homeward": (host, home), "outward": (home, host)}.items():
        unlinked = np.outer(one, other) * (1 - linked)
        counts[column] = (linked.T @ unlinked * linked).sum(axis=1)  # a > node > b and none a > b
    table = counts.reindex(side.index).astype("Int64")
    table.insert(0, "kind", kinds)
    table.insert(1, "side", side)
    return table


def _park_roles(links: csr_array, side: pd.Series, park: str) -> dict[str, int]:
    """As in `brokerage_table`, of the park alone: in a group of its own it has two roles."""
    linked = links.toarray() > 0
    at = side.index.get_loc(park)
    known = side.notna().to_numpy(bool)
    pairs = np.outer(linked[:, at] & known, linked[at] & known) & ~linked  # a > park > b
    np.fill_diagonal(pairs, False)
    label = side.fillna("").to_numpy(str)
    within = label[:, None] == label
    home = label == "home"
    host = label == "host"
    roles = dict.fromkeys(_COUNTS, 0)
    roles["itinerant"] = int((pairs & within).sum())
    roles["liaison"] = int((pairs & ~within).sum())
    roles["homeward"] = int(pairs[np.ix_(host, home)].sum())
    roles["outward"] = int(pairs[np.ix_(home, host)].sum())
    return {**roles, "is_liaison": roles["homeward"] + roles["outward"] > 0}


def _row(
    around: MultilayerNetwork,
    park: str,
    layers: list[str],
    kinds: list[str],
    facts: MultilayerNetwork | None,
) -> dict[str, object]:
    nodes = around.storage.nodes
    side = park_sides(around, park)
    partners = nodes["kind"].drop(park).value_counts()
    lost = _outages(around, side)
    single = lost.index[lost["single_point"] & (lost.index != park)]
    stated: Any = pd.NA
    liaison: Any = pd.NA
    if facts is not None:
        at = facts.storage.positions("nodes", nodes.index)
        sides = ((block.sources, block.indices) for block in facts.storage.blocks)
        stated = sum(int((np.isin(a, at) & np.isin(b, at)).sum()) for a, b in sides)
        liaison = _park_roles(union(facts)[at][:, at], side, park)["is_liaison"]
    counts: dict[str, object] = {f"n_{kind}": int(partners.get(kind, 0)) for kind in kinds}
    return {
        "home": nodes.loc[park, "jurisdiction"],
        "host": nodes.loc[park, "place"],
        "partners": len(nodes) - 1,
        "links": around.n_links,
        "stated": stated,
        **counts,
        "layers": len(around.layers),
        "missing": ", ".join(layer for layer in layers if layer not in around.layers),
        **_park_roles(union(around), side, park),
        "is_liaison_stated": liaison,
        "single_points": ", ".join(single),
    }


__dir__ = publish(globals())

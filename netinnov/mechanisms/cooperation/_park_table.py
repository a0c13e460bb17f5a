"""All parks of a network side by side."""

from __future__ import annotations

import pandas as pd

from netinnov.linkages import find_enclaves
from netinnov.mechanisms.cooperation._park_brokers import brokerage_table
from netinnov.mechanisms.cooperation._park_partners import check_park, outages, park_network
from netinnov.network import MultilayerNetwork

COUNTS = (
    "coordinator",
    "itinerant",
    "gatekeeper",
    "representative",
    "liaison",
    "homeward",
    "outward",
)


def cooperation_table(network: MultilayerNetwork, *, directed: bool = True) -> pd.DataFrame:
    """Partners, flows, roles and single points of failure of every park.

    Parameters
    ----------
    network : MultilayerNetwork
        Actors and flows. Its parks are the nodes of kind ``park`` located outside their
        jurisdiction (`netinnov.linkages.find_enclaves`).
    directed : bool
        Count the roles along links from source to target; False: both ways, each pair twice.

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
    A row says what sources state, not what there is. A park for which a source gives no more than
    home and host has these two partners and no role along the links, since both point to it: a
    missing layer is most often a missing fact, so rows must not be compared as parks without
    ``confidence`` beside them.

    Examples
    --------
    >>> from netinnov.datasets import load_quzhou
    >>> table = cooperation_table(load_quzhou())
    >>> columns = ["partners", "links", "is_liaison", "is_liaison_stated"]
    >>> table[columns].values.tolist()
    [[13, 20, True, False]]
    """
    enclaves = find_enclaves(network, rank=pd.Series(dtype=float))["node"]
    nodes = network.storage.nodes
    kinds = nodes["kind"]
    parks = [park for park in enclaves if kinds[park] == "park" and _has_two_ends(network, park)]
    around = {park: park_network(network, park) for park in parks}
    layers = sorted({layer for part in around.values() for layer in part.layers})
    partners = {node for part in around.values() for node in part.storage.nodes.index}
    known = sorted(kinds[kinds.index.isin(partners)].dropna().unique())
    links, facts = network.links, None
    if "status" in links:  # without links that are only planned or said
        facts = network.replace_links(links[links["status"] == "stated"])
    rows = [_row(part, park, layers, known, directed, facts) for park, part in around.items()]
    table = pd.DataFrame(rows, index=pd.Index(parks, dtype="str", name=nodes.index.name))
    for column in ("confidence", "type"):
        if column in nodes and len(table):
            table.insert(2, column, nodes[column].loc[parks])
    return table


def _has_two_ends(network: MultilayerNetwork, park: str) -> bool:
    """Home must not be part of host, as for a park that a district runs in its city."""
    try:
        check_park(network, park)
    except ValueError:
        return False
    return True


def _park_roles(network: MultilayerNetwork, park: str, directed: bool) -> dict[str, int]:
    table = brokerage_table(network, park, directed=directed)
    return {column: int(table[column].to_dict()[park]) for column in COUNTS}


def _joins(roles: dict[str, int]) -> bool:
    return roles["homeward"] + roles["outward"] > 0


def _row(
    around: MultilayerNetwork,
    park: str,
    layers: list[str],
    kinds: list[str],
    directed: bool,
    facts: MultilayerNetwork | None,
) -> dict[str, object]:
    nodes = around.storage.nodes
    partners = nodes["kind"].drop(park).value_counts()
    roles = _park_roles(around, park, directed)
    lost = outages(around, park)
    single = lost.index[lost["single_point"] & (lost.index != park)]
    stated = None if facts is None else facts.select(nodes=list(nodes.index))
    counts: dict[str, object] = {f"n_{kind}": int(partners.get(kind, 0)) for kind in kinds}
    return {
        "home": nodes.loc[park, "jurisdiction"],
        "host": nodes.loc[park, "place"],
        "partners": len(nodes) - 1,
        "links": around.n_links,
        "stated": pd.NA if stated is None else stated.n_links,
        **counts,
        "layers": len(around.layers),
        "missing": ", ".join(layer for layer in layers if layer not in around.layers),
        **roles,
        "is_liaison": _joins(roles),
        "is_liaison_stated": (
            pd.NA if stated is None else _joins(_park_roles(stated, park, directed))
        ),
        "single_points": ", ".join(single),
    }

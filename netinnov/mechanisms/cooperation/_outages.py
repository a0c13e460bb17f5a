"""What a park's partners lose when one of them, or the park, is taken out."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from netinnov._paths import union
from netinnov.mechanisms.cooperation._park_partners import park_network, park_sides
from netinnov.network import MultilayerNetwork

Mask = npt.NDArray[np.bool_]
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
    nodes = around.storage.nodes.index
    whole = around if scope == "partners" else network
    at = whole.storage.nodes.index.get_indexer(nodes)
    links = around.links
    linked = sparse.csr_array(union(whole))
    home, host = (side == "home").to_numpy(bool), (side == "host").to_numpy(bool)
    joined, reached = _joined(linked, at, directed=False), _joined(linked, at, directed=True)
    rows = []
    for position, node in enumerate(nodes):
        stay = np.arange(len(nodes)) != position
        rest = _without(linked, at[position])
        now = _joined(rest, at, directed=False)
        broken = joined & ~now & np.outer(stay, stay)
        unreachable = reached & ~_joined(rest, at, directed=True)
        at_node = (links["source"] == node) | (links["target"] == node)
        lost = sorted(set(links["layer"]) - set(links.loc[~at_node, "layer"]))
        among = now[np.ix_(stay, stay)]
        at_home, at_host = home & stay, host & stay
        counts = {
            "pairs_lost": int(broken[np.ix_(at_home, at_host)].sum()),
            "homeward_lost": int(unreachable[np.ix_(at_host, at_home)].sum()),
            "outward_lost": int(unreachable[np.ix_(at_home, at_host)].sum()),
        }
        rows.append(
            {
                "links": int(at_node.sum()),
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
    """Which of some nodes a path joins, from row to column; each node with itself."""
    steps = csgraph.shortest_path(linked, directed=directed, unweighted=True, indices=nodes)
    connected: Mask = np.isfinite(steps[:, nodes])
    return connected


def _without(linked: sparse.csr_array, node: int) -> sparse.csr_array:
    """The same nodes; one of them without links."""
    stay = np.ones(linked.shape[0])
    stay[node] = 0
    keep = sparse.diags_array(stay)
    rest = sparse.csr_array(keep @ linked @ keep)
    rest.eliminate_zeros()
    return rest

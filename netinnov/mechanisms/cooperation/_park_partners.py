"""A park with its direct partners, and which of the two sides each of them is on."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._arguments import did_you_mean, shown
from netinnov._hierarchy import parents, within
from netinnov.build import build_network
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

By = Literal["jurisdiction", "place"]
SIDES = ("home", "host", "both", "other")


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
    links = network.links
    at_park = links[(links["source"] == park) | (links["target"] == park)]
    partners = {park, *at_park["source"], *at_park["target"]}
    if len(partners) == network.n_nodes:
        return network
    return network.select(nodes=[node for node in network.storage.nodes.index if node in partners])


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
    places = network.storage.places
    where = network.storage.nodes[by]
    at_home, at_host = (where.isin(places.index[_related(places, each)]) for each in (home, host))
    side = np.select([at_home & at_host, at_home, at_host], ["both", "home", "host"], "other")
    return pd.Series(side, network.storage.nodes.index, dtype="str", name="side").mask(where.isna())


def check_park(network: MultilayerNetwork, park: str) -> tuple[str, str]:
    """Home and host of a park, which must be two places that do not hold each other."""
    nodes = network.storage.nodes
    value: object = park
    if not isinstance(value, str) or value not in nodes.index:
        msg = f"`park` must be a node of the network; found {shown(park)}"
        raise InputError(f"{msg}{did_you_mean(park, nodes.index)}.")
    home, host = (nodes[by].to_dict()[park] for by in ("jurisdiction", "place"))
    if not (isinstance(home, str) and isinstance(host, str)):
        msg = f"`park` must have a place (its host) and a jurisdiction (its home); {park!r} has "
        raise InputError(f"{msg}place {host!r} and jurisdiction {home!r}.")
    places = network.storage.places
    if _related(places, home)[places.index.get_loc(host)]:
        msg = f"`park` must stand outside its jurisdiction; {park!r} of {home!r} stands in {host!r}"
        raise InputError(f"{msg}; see netinnov.linkages.find_enclaves.")
    return home, host


def without_direction(network: MultilayerNetwork) -> MultilayerNetwork:
    """The network with links that go both ways."""
    if not network.directed:
        return network
    links = network.links[["layer", "source", "target", "weight"]]
    layers = network.layer_table.assign(directed=False)
    return build_network(network.nodes, links, network.places, layers=layers)


def _related(places: pd.DataFrame, mark: str) -> npt.NDArray[np.bool_]:
    """Which places are this one, lie in it or contain it."""
    every = np.arange(len(places), dtype=np.int32)
    whole = np.full(len(places), places.index.get_loc(mark), np.int32)
    parent = parents(places)
    return within(parent, every, whole) | within(parent, whole, every)

"""Outposts: the enclaves that nobody founded, where firms have people away from their seat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
import pandas as pd

from netinnov._network.hierarchy import parents, units, within
from netinnov._network.layer_table import record_of_result
from netinnov._network.rows import Rows
from netinnov._runtime.arguments import check_name, check_type
from netinnov._typing import Is, Mask, Whole
from netinnov.linkages._records import of_kinds
from netinnov.network import MultilayerNetwork, network_of_rows


def add_outposts(
    network: MultilayerNetwork,
    *,
    layer: str,
    owner: str | Sequence[str] = "firm",
    least: Annotated[float, Is(low=1)] = 1,
    level: Whole = 0,
    name: str = "outpost",
) -> MultilayerNetwork:
    """Show the places where firms have people away from their seat as nodes of their own.

    A member is away if its place is neither in the jurisdiction of the owner nor where the owner
    itself stands (nor inside one of these). Links of nodes without a place are left alone.

    Parameters
    ----------
    network : MultilayerNetwork
        Nodes with places.
    layer : str
        The layer that joins owners with those who work for them: talents with firms, or inventors
        with the assignees of their patents.
    owner : str or sequence of str
        The kinds that can have outposts. Of the links of the layer those count that join one of
        them with a node of another kind, the *member*.
    least : int
        Members that make an outpost, 1 or more.
    level : int
        How many steps to go up in ``places.parent`` before places are compared, as from
        districts to cities; a place without parent stays as it is.
    name : str
        Name of the new layer.

    Returns
    -------
    MultilayerNetwork
        The nodes as they were, then one of kind ``outpost`` for each owner and each place where it
        has members, in that order: id ``outpost:OWNER@PLACE``, ``place`` where the members are,
        ``jurisdiction`` that of the owner, columns ``owner`` (its id) and ``members`` (how many).
        The links of these members lead to the outpost instead of the owner, and the layer `name`
        joins the owner with its outposts, with the sum of these links as weight. `find_enclaves`
        lists them with all other enclaves.

    Raises
    ------
    InputError
        A name is not in the network, a number is out of its range, or the id of an outpost is
        taken.

    Examples
    --------
    >>> who = {"kind": ["firm", "talent"], "place": ["quzhou", "hangzhou"]}
    >>> nodes = pd.DataFrame(who, index=["solar", "ann"])
    >>> works = pd.DataFrame({"source": ["ann"], "target": ["solar"], "layer": "works_for"})
    >>> add_outposts(MultilayerNetwork(nodes, works), layer="works_for").links
           layer source                  target  weight
    0    outpost  solar  outpost:solar@hangzhou     1.0
    1  works_for    ann  outpost:solar@hangzhou     1.0
    """
    layer = check_name("layer", layer, network.layers)
    check_type("name", name, str)
    owns = of_kinds(network, "owner", owner)
    away = _links_of_outposts(network, network.layers.index(layer), owns, level)

    posts = away.groupby(["owner", "host"])
    away = away[posts["member"].transform("nunique") >= least]
    if away.empty:
        return network
    posts = away.groupby(["owner", "host"])
    code = (network.n_nodes + posts.ngroup()).to_numpy().astype(np.int32)
    post = posts.agg({"home": "first", "member": "nunique"})
    places = network.storage.places.index
    own = network.storage.node_names
    owner_of, host = (post.index.get_level_values(name).to_numpy() for name in ("owner", "host"))
    table = pd.DataFrame({"owner": own.take(owner_of), "place": places.take(host)})
    table["node"] = "outpost:" + table["owner"] + "@" + table["place"]
    table["jurisdiction"] = places.take(post["home"].to_numpy())
    table["members"] = post["member"].astype("Int64").array
    columns = ["node", "kind", "place", "jurisdiction", "owner", "members"]
    larger = network.with_nodes(table.assign(kind="outpost")[columns])

    rows = network.storage.link_rows()
    at = away["row"].to_numpy()
    out = away["out"].to_numpy()
    source = rows.source.copy()
    target = rows.target.copy()
    source[at[out]] = code[out]
    target[at[~out]] = code[~out]
    layers = tuple(sorted({*network.layers, name}))
    record = record_of_result([network.storage.records[layer]], directed=False)
    pipelines = Rows(
        np.full(at.size, layers.index(name), np.int32),
        away["owner"].to_numpy().astype(np.int32),
        code,
        rows.weight[at],
        None if rows.period is None else rows.period[at],
    )
    led = rows._replace(source=source, target=target).with_layers(network.layers, layers)
    rows = led.followed_by(pipelines)
    nodes = larger.storage.node_table()
    records = {name: record, **network.storage.records}
    return network_of_rows(nodes, larger.storage.place_table, layers, rows, records)


def _links_of_outposts(
    network: MultilayerNetwork, layer: int, owns: Mask, level: int
) -> pd.DataFrame:
    parent = parents(network.storage.places)
    place = units(network.storage.place_codes, network.storage.places, level)
    seat = units(network.storage.jurisdiction_codes, network.storage.places, level)
    rows = network.storage.link_rows()
    positions = np.flatnonzero((rows.layer == layer) & (owns[rows.source] != owns[rows.target]))
    out = owns[rows.source[positions]]
    owner = np.where(out, rows.source[positions], rows.target[positions])
    member = np.where(out, rows.target[positions], rows.source[positions])
    host = place[member]
    home = seat[owner]
    away = pd.DataFrame({"row": positions, "out": out, "owner": owner, "member": member})
    away = away.assign(host=host, home=home)
    at_home = within(parent, host, home) | within(parent, host, place[owner])
    return away[(host >= 0) & (home >= 0) & ~at_home]

"""Coarser views of a network: nodes by place or attribute, layers as one."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
import pandas as pd

from netinnov._network.hierarchy import units
from netinnov._network.layer_table import record_of_result, refuse_shares
from netinnov._network.tables import NodeTable
from netinnov._runtime import arguments
from netinnov._runtime.arguments import check_mapping, check_names, check_number, shown
from netinnov.build._shares import refuse_joined_origins, shares_as_amounts
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, network_of_rows, with_rows


def aggregate(
    network: MultilayerNetwork,
    *,
    by: str = "place",
    level: int | str | None = None,
    drop_internal: bool = False,
    events: pd.Series[float] | str | None = None,
) -> MultilayerNetwork:
    """Join the nodes that share a place, a jurisdiction or any attribute into one node.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    by : str
        "place", "jurisdiction" or another column of the nodes.
    level : int or str, optional
        With places and jurisdictions: how many steps to go up in ``places.parent``, as from
        districts to cities; or a value of the column ``level`` of the places, such as "city": up
        to the first place of that level, which puts nodes that lie at several levels on one. A
        place without such a parent stays as it is.
    drop_internal : bool
        Leave out the links inside a group; otherwise they are its self-link.
    events : Series or str, optional
        For layers that hold shares of each origin: the number of events that leave each node (in
        each period), as a Series over nodes or a column of them. Weights become amounts, share
        times events, and so does the quantity in the record of the layer.

    Returns
    -------
    MultilayerNetwork
        Nodes: the groups that have a member, places in the order of their table, others sorted;
        column ``members`` counts. Groups that are places lie in themselves and are of kind
        "place"; others have the column as kind and no place. Periods and records of layers stay;
        weights are summed; other attributes of links and nodes are left out.

    Raises
    ------
    InputError
        If there is no such column or level; if a group joins several origins of a layer of shares
        and there is no ``events``, or no layer holds shares and there is.

    Warns
    -----
    UserWarning
        If nodes without a group are left out, with their links.

    Examples
    --------
    >>> import netinnov as ni
    >>> network = ni.datasets.load_quzhou()  # in Quzhou, Hangzhou and a district of Hangzhou
    >>> aggregate(network).n_nodes, aggregate(network, level=1).n_nodes
    (3, 2)
    """
    storage, table = network.storage, network.storage.nodes
    value: object = by
    if not isinstance(value, str) or value not in table.columns:
        near = arguments.did_you_mean(by, table.columns)
        raise InputError(f"`by` must be a column of the nodes; found {shown(by)}{near}.")
    in_places = by in ("place", "jurisdiction")
    if level is not None and not in_places:
        raise InputError(f"`level` goes up from places and jurisdictions; found by={by!r}.")
    if in_places:
        codes = storage.place_codes if by == "place" else storage.jurisdiction_codes
        group: np.ndarray = units(codes, storage.places, level)
        names = storage.places.index
    else:
        group, values = pd.factorize(table[by], sort=True)
        a_gap = all(isinstance(value, float) and value.is_integer() for value in values)
        named = map(int, values) if a_gap else values  # whole numbers, of which a gap made floats
        names = pd.Index(list(named), dtype=object).astype("str")
    if events is None:
        refuse_joined_origins(network, group)
    else:
        network = shares_as_amounts(network, events)
    present = np.bincount(group[group >= 0], minlength=len(names))
    used = np.flatnonzero(present)
    new_code = (np.cumsum(present > 0) - 1).astype(np.int32)
    codes = np.append(new_code, np.int32(-1))[group]  # position -1, the last: no group
    own = names[used].astype("str").rename("node")
    place = pd.Series(own if in_places else pd.NA, own, dtype="str")
    frame = pd.DataFrame({"kind": "place" if in_places else by}, own, dtype="str")
    frame = frame.assign(place=place, jurisdiction=place, members=present[used])
    place_codes = (used if in_places else np.full(used.size, -1)).astype(np.int32)
    rows = network.storage.link_rows()
    rows = rows._replace(source=codes[rows.source], target=codes[rows.target], attributes=None)
    stay = (rows.source >= 0) & (rows.target >= 0)
    if lost := int((group < 0).sum()):
        msg = f"aggregate: {lost} of {group.size} nodes have no {by}; they and their "
        msg += f"{int((~stay).sum())} links are left out."
        warnings.warn(msg, UserWarning, stacklevel=3)
    if drop_internal:
        stay &= rows.source != rows.target
    nodes = NodeTable(frame, place_codes, place_codes)
    records = network.storage.thinned(rows, stay)
    return with_rows(network, rows.where(stay), nodes, records)


def flatten(
    network: MultilayerNetwork,
    *,
    weights: Mapping[str, float] | None = None,
    events: pd.Series[float] | str | None = None,
) -> MultilayerNetwork:
    """Sum all layers into one, named "all".

    Parameters
    ----------
    network : MultilayerNetwork
        Any number of layers.
    weights : mapping of str to float, optional
        Factor of each layer (above 0; 0 leaves the layer out). Layers not named count 1.
    events : Series or str, optional
        As in `aggregate`: it makes amounts of shares, which can then be added up.

    Returns
    -------
    MultilayerNetwork
        The same nodes; one layer. If a layer is directed so is the result, and a link of an
        undirected layer counts as two opposite ones (a self-link once). Periods stay. The result is
        modelled if a layer added is; it has the unit and parameters that all agree on, and the sum
        of their events if all count alike. A single layer keeps its quantity.

    Raises
    ------
    InputError
        If shares of each origin would be added to another layer, and there is no ``events``.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> nodes = pd.DataFrame(index=["a", "b"])
    >>> links = pd.DataFrame({"source": "a", "target": "b", "layer": ["x", "y"]})
    >>> flatten(ni.build_network(nodes, links), weights={"y": 3.0}).links
      layer source target  weight
    0   all      a      b     4.0
    """
    if events is not None:
        network = shares_as_amounts(network, events)
    factor_of = {} if weights is None else weights
    check_mapping("weights", factor_of, "from layers to factors")
    check_names("weights", list(factor_of), network.layers)
    for layer, factor in factor_of.items():
        check_number(f"weights[{layer!r}]", factor, low=0)
    factors = np.array([factor_of.get(layer, 1.0) for layer in network.layers], np.float64)
    storage = network.storage
    kept = [name for name, factor in zip(network.layers, factors, strict=True) if factor > 0]
    if len(kept) > 1:
        refuse_shares({name: storage.records[name] for name in kept}, "a sum over layers")
    rows = storage.link_rows()
    rows = rows._replace(weight=rows.weight * factors[rows.layer], attributes=None)
    rows = rows.where(rows.weight > 0)
    if network.directed:
        two_way = np.array([layer not in network.directed for layer in network.layers], bool)
        back = rows.where(two_way[rows.layer] & (rows.source != rows.target))
        rows = rows.followed_by(back._replace(source=back.target, target=back.source))
    rows = rows._replace(layer=np.zeros_like(rows.layer))
    records = [network.storage.records[layer] for layer in kept]
    known = [record.events for record in records if record.events is not None]
    alike = len(known) == len(records) and np.unique(factors[factors > 0]).size == 1
    record = record_of_result(
        records,
        directed=bool(network.directed),
        quantity=records[0].quantity if len(records) == 1 else "amount",
        events=sum(known) if alike else None,
    )
    nodes, places = storage.node_table(), storage.place_table
    return network_of_rows(nodes, places, ("all",), rows, {"all": record})

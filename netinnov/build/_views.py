"""Views of a network: nodes by place or attribute, layers as one, links without direction."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from netinnov._network.hierarchy import units
from netinnov._network.layer_table import record_of_result, refuse_shares
from netinnov._network.rows import Rows
from netinnov._network.tables import NodeTable
from netinnov._runtime import arguments
from netinnov._typing import Codes, Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, network_of_rows, with_rows

Both: TypeAlias = Literal["sum", "mean", "max", "min"]


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
        For layers that hold shares of each origin (or destination): the number of events that
        leave (or reach) each node (in each period), as a Series over nodes or a column of them.
        Weights become amounts, share times events, and so does the quantity in the record of the
        layer.

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
    >>> network = ni.datasets.load_quzhou()  # in Quzhou, Hangzhou and a district of Hangzhou
    >>> aggregate(network).n_nodes, aggregate(network, level=1).n_nodes
    (3, 2)
    """
    storage = network.storage
    table = network.storage.nodes
    arguments.check_name("by", by, [*table], of="the columns of the nodes")
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
        warnings.warn(
            f"aggregate: {lost} of {group.size} nodes have no {by}; they and their "
            f"{int((~stay).sum())} links are left out.",
            UserWarning,
            stacklevel=3,
        )
    if drop_internal:
        stay &= rows.source != rows.target
    nodes = NodeTable(frame, place_codes, place_codes)
    records = network.storage.thinned(rows, stay)
    return with_rows(network, rows.where(stay), nodes, records)


def refuse_joined_origins(network: MultilayerNetwork, groups: Codes) -> None:
    """Refuse to sum shares of totals that are merged; -1 is in no group."""
    for layer in filter(network.storage.holds_shares, network.layers):
        ends = np.unique(network.storage.share_ends(layer))
        of_ends = groups[ends]
        sizes = np.bincount(of_ends[of_ends >= 0], minlength=1)
        if sizes.max() > 1:
            some = arguments.examples(network.nodes.index[ends[of_ends == sizes.argmax()]])
            whole = network.storage.records[layer].whole
            raise InputError(
                f"layer {layer!r} holds shares of each {whole}'s total, which can be added up only "
                f"where the size of each {whole} is known; one group joins {sizes.max()} {whole}s, "
                f"e.g. {some}. Give `events`, the number of events that leave (or reach) each "
                "node, or leave the layer out with select()."
            )


def shares_as_amounts(network: MultilayerNetwork, events: Any) -> MultilayerNetwork:
    records = dict(network.storage.records)
    layers = [layer for layer in network.layers if network.storage.holds_shares(layer)]
    if not layers:
        raise InputError("`events` is for layers of quantity 'share_of_...'; no layer has it.")
    if both_ways := [layer for layer in layers if layer not in network.directed]:
        raise InputError(f"shares need a direction; {both_ways[0]!r} has none.")
    if len({records[layer].quantity for layer in layers}) > 1:
        raise InputError(
            "`events` are those that leave or those that reach a node; the layers hold shares of "
            "both: select() one kind of them."
        )
    sizes = _events_of_nodes(network, events)
    rows = network.storage.link_rows()
    chosen = np.isin(rows.layer, [network.layers.index(layer) for layer in layers])
    end_of_row = rows.source if records[layers[0]].of_origin else rows.target
    ends = np.unique(end_of_row[chosen])
    unknown = ends[~(np.isfinite(sizes[ends]) & (sizes[ends] > 0))]
    if unknown.size:
        some = arguments.examples(unknown, lambda at: f"{network.nodes.index[at]!r}: {sizes[at]:g}")
        verb = "leave" if records[layers[0]].of_origin else "reach"
        raise InputError(
            f"`events` must be above 0 for each node that flows {verb}; {unknown.size} of "
            f"{ends.size} are not: {some}."
        )
    weight = np.where(chosen, rows.weight * sizes[end_of_row], rows.weight)
    totals = np.bincount(rows.layer, weight, minlength=len(network.layers))
    for layer in layers:
        n_events = max(1, round(float(totals[network.layers.index(layer)])))
        records[layer] = records[layer]._replace(quantity="amount", unit=None, events=n_events)
    return with_rows(network, rows._replace(weight=weight), records=records)


def _events_of_nodes(network: MultilayerNetwork, events: Any) -> Floats:
    if isinstance(events, str):
        arguments.check_name("events", events, [*network.nodes], of="the columns of the nodes")
        events = network.nodes[events]
    arguments.check_type("events", events, pd.Series)
    if not events.index.is_unique:
        raise InputError("`events` must have one row for each node; an id stands in it twice.")
    sizes = np.full(network.n_nodes, np.nan)
    at = network.storage.positions("events", events.index)
    sizes[at] = arguments.as_floats("events", events)
    return sizes


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
        If shares would be added to another layer, and there is no ``events``.

    Examples
    --------
    >>> links = pd.DataFrame({"source": "a", "target": "b", "layer": ["x", "y"]})
    >>> flatten(ni.build_network(links), weights={"y": 3.0}).links
      layer source target  weight
    0   all      a      b     4.0
    """
    if events is not None:
        network = shares_as_amounts(network, events)
    factor_of = {} if weights is None else weights
    arguments.check_mapping("weights", factor_of, "from layers to factors")
    arguments.check_names("weights", list(factor_of), network.layers)
    for layer, factor in factor_of.items():
        arguments.check_number(f"weights[{layer!r}]", factor, low=0)
    factors = np.array([factor_of.get(layer, 1.0) for layer in network.layers], np.float64)
    storage = network.storage
    pairs = zip(network.layers, factors, strict=True)
    records = {layer: network.storage.records[layer] for layer, factor in pairs if factor > 0}
    if len(records) > 1:
        refuse_shares(records, "a sum over layers")
    rows = storage.link_rows()
    rows = rows._replace(weight=rows.weight * factors[rows.layer], attributes=None)
    rows = rows.where(rows.weight > 0)
    if network.directed:
        two_way = np.array([layer not in network.directed for layer in network.layers], bool)
        back = rows.where(two_way[rows.layer] & (rows.source != rows.target))
        rows = rows.followed_by(back._replace(source=back.target, target=back.source))
    rows = rows._replace(layer=np.zeros_like(rows.layer))
    kept = [*records.values()]
    known = [record.events for record in kept if record.events is not None]
    alike = len(known) == len(kept) and np.unique(factors[factors > 0]).size == 1
    record = record_of_result(
        kept,
        directed=bool(network.directed),
        quantity=kept[0].quantity if len(kept) == 1 else "amount",
        events=sum(known) if alike else None,
    )
    nodes = storage.node_table()
    places = storage.place_table
    return network_of_rows(nodes, places, ("all",), rows, {"all": record})


def symmetrize(
    network: MultilayerNetwork, *, layers: Sequence[str] | None = None, how: Both = "sum"
) -> MultilayerNetwork:
    """Make directed layers undirected.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    layers : sequence of str, optional
        The directed layers to change. None: all of them.
    how : {"sum", "mean", "max", "min"}
        Weight of a pair, of those of its two directions: one without a link counts 0, so ``"min"``
        keeps reciprocated links only.

    Returns
    -------
    MultilayerNetwork
        The same nodes; self-links and undirected layers stay as they are. Periods stay apart. A
        layer left without a link is dropped; its number of ``events`` stays with ``"sum"`` only.

    Raises
    ------
    InputError
        If a layer is not there, or holds shares of a total, which have no sum or mean.

    Examples
    --------
    >>> links = pd.DataFrame({"source": list("abb"), "target": list("bac"), "weight": [3.0, 1, 2]})
    >>> network = ni.build_network(links, directed=True)
    >>> symmetrize(network).links["weight"].tolist(), symmetrize(network, how="min").n_links
    ([4.0, 2.0], 1)
    """
    asked = (
        network.directed
        if layers is None
        else arguments.check_names("layers", layers, network.layers)
    )
    changed = [layer for layer in network.layers if layer in asked and layer in network.directed]
    storage = network.storage
    records = dict(storage.records)
    refuse_shares({layer: records[layer] for layer in changed}, "symmetrize")
    for layer in changed:
        events = records[layer].events if how == "sum" else None
        records[layer] = records[layer]._replace(directed=False, events=events)
    rows = storage.link_rows()
    inside = np.isin(rows.layer, [network.layers.index(layer) for layer in changed])
    inside &= rows.source != rows.target
    if how == "mean":
        rows = rows._replace(weight=np.where(inside, rows.weight / 2, rows.weight))
    elif how != "sum":
        rows = rows.where(~inside | _one_of_two(rows, how))
    return with_rows(network, rows, records=records)


def _one_of_two(rows: Rows, how: Both) -> np.ndarray:
    """Rows of the larger weight of two directions, or of the smaller if both exist."""
    ends = np.minimum(rows.source, rows.target), np.maximum(rows.source, rows.target)
    keys = [*ends, rows.layer, *([] if rows.period is None else [rows.period])]
    weights = pd.Series(rows.weight).groupby(keys)
    rows_kept = weights.idxmax() if how == "max" else weights.idxmin()[weights.size() == 2]
    return np.isin(np.arange(rows.weight.size), rows_kept)

"""Pairs that meet in an event: from a table of participations, and inside a network."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from scipy.sparse import csr_array, triu

from netinnov._arguments import (
    as_list,
    as_whole,
    check_choice,
    check_name,
    check_names,
    examples,
    shown,
)
from netinnov._columns import as_text
from netinnov._dataframes import as_pandas
from netinnov._layer_table import record_of_result
from netinnov._public import suggests_keywords
from netinnov._rows import Rows
from netinnov._tables import NodeTable
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.linkages._pairs import Weighting, pairs
from netinnov.linkages._records import Integers, links, records, text
from netinnov.network import MultilayerNetwork, check_network, network_of_rows

__all__ = ["Weighting", "co_participation", "project"]

MANY_PAIRS = 1e8
"""Pairs of members, of all events together, of which a table in memory takes some 8 GB."""


@suggests_keywords
def co_participation(
    incidence: Any,
    *,
    member: str,
    event: str,
    weighting: Weighting = "count",
    period: str | None = None,
    by: str | None = None,
    max_members: int | None = None,
) -> Any:
    """Link all members of an event to one another, and add up over the events.

    Parameters
    ----------
    incidence : dataframe
        One row a participation; a member listed twice in an event counts once. A table of
        pandas, Polars, PyArrow, DuckDB, Spark, Dask or any other library that narwhals knows.
    member, event : str
        The columns with their ids.
    weighting : {"count", "newman", "full"}
        What a pair gets from an event of k members: 1; 1 / (k - 1), so that each member hands out
        one unit; or 2 / (k (k - 1)), so that the event hands out one unit.
    period : str, optional
        A column of whole numbers, which may be missing. With it members meet in an event only if
        they take part in the same period, and are added up within each.
    by : str, optional
        A column with the group of a member, such as its city: the links are those between groups,
        as `aggregate` makes them of the links between members. Pairs inside a group are the
        group's link with itself. The members of an event are added up by group before they are
        joined, so that the pairs of members are never made.
    max_members : int, optional
        Leave out events with more members. A warning counts them and names the largest, for which
        a lazy table is computed once more.

    Returns
    -------
    dataframe
        Columns ``source``, ``target`` (text) and ``weight``; one row for each pair that met. The
        source comes before the target in the order of the ids as text. With ``period`` also a
        column ``period``, and one row for each pair and period. A table of the library of
        ``incidence``: in memory with sorted rows (by period first, missing last), so that the
        result does not depend on the order of ``incidence``; a lazy table stays lazy, its rows in
        no order.

    Raises
    ------
    InputError
        A column or an id is missing, a column mixes numbers and text, a period is no whole
        number, or there is no such weighting.

    Warns
    -----
    UserWarning
        ``max_members`` leaves events out, or the events of a table in memory have more than
        10^8 pairs.

    See Also
    --------
    project : The same for a layer of a network.

    Notes
    -----
    The links are undirected. An event with one member adds none, so a member that only has such
    events is not in the result. A member with two groups in one event counts once in each.

    The ids of a lazy table are not checked: a row without a member or group counts as
    ``"<missing>"``, one without an event meets nobody and is left out.

    References
    ----------
    Newman, M. E. J. (2001). Scientific collaboration networks. II. Shortest paths, weighted
    networks, and centrality. Physical Review E 64, 016132.

    Examples
    --------
    >>> import pandas as pd
    >>> projects = pd.DataFrame({"firm": ["a", "b", "c", "a", "b"], "project": [1, 1, 1, 2, 2]})
    >>> co_participation(projects, member="firm", event="project", weighting="newman")
      source target  weight
    0      a      b     1.5
    1      a      c     0.5
    2      b      c     0.5
    """
    check_choice("weighting", weighting, Weighting)
    if max_members is not None:
        max_members = as_whole("max_members", max_members, low=2)
    named = {"event": event, "member": member} | ({} if by is None else {"unit": by})
    if len(set(named.values())) < len(named):
        arguments = "`member`, `event` and `by`" if by is not None else "`member` and `event`"
        msg = f"{arguments} must be columns of their own; found"
        raise InputError(f"{msg} {shown(list(named.values()))}.")
    frame = records(incidence, named, period=period).filter(~nw.col("event").is_null())
    when = [] if period is None else ["period", "undated"]
    frame = frame.unique(["event", *when, *([] if by is None else ["unit"]), "member"])
    unit = text("member" if by is None else "unit").alias("unit")
    cells = frame.select("event", *when, unit, nw.lit(1.0).alias("amount"))
    if by is not None:
        cells = cells.group_by("event", *when, "unit").agg(nw.col("amount").sum())
    if isinstance(
        cells, nw.DataFrame
    ):  # sums are then added up in one order, whatever the order of rows
        cells = cells.sort("event", *when, "unit")
    _name_large_events(cells, ["event", *when], max_members)
    met = pairs(cells, by=when, weighting=weighting, inside=by is not None, max_members=max_members)
    return links(met, [*when[:1], "source", "target"])


def _name_large_events(cells: Any, keys: list[str], max_members: int | None) -> None:
    """Warn of events that are left out, and of those whose pairs may not fit in memory."""
    in_memory = isinstance(cells, nw.DataFrame)
    if max_members is None and not in_memory:
        return
    sizes = cells.group_by(keys).agg(
        nw.col("amount").sum().alias("members"), nw.len().alias("units")
    )
    if max_members is not None:
        sizes = sizes.filter(nw.col("members") > max_members)
    table = as_pandas(sizes.to_native())
    largest = table.nlargest(3, ["members"])
    named = ", ".join(
        f"{shown(event)} ({members:,.0f} members)"
        for event, members in zip(largest["event"], largest["members"], strict=True)
    )
    units = table["units"].to_numpy(np.float64)
    n_pairs = float(units @ (units - 1)) / 2
    if max_members is not None and len(table):
        msg = f"`max_members` = {max_members:,} leaves out {len(table):,} larger events"
        warnings.warn(f"{msg}; largest events: {named}.", UserWarning, stacklevel=4)
    elif n_pairs > MANY_PAIRS:
        msg = f"the events have {n_pairs:,.0f} pairs, which may not fit in memory; largest events"
        mend = "`max_members` leaves large events out, `by` adds members up before they are joined"
        warnings.warn(f"{msg}: {named}. {mend}.", UserWarning, stacklevel=4)


@suggests_keywords
def project(
    network: MultilayerNetwork,
    *,
    layer: str,
    onto: str | Sequence[str] | None = None,
    through: str | Sequence[str] | None = None,
    weighting: Weighting = "count",
    split_by: str | None = None,
    name: str | None = None,
) -> MultilayerNetwork:
    """Turn a two-mode layer, such as firms in projects, into links between those who meet.

    Parameters
    ----------
    network : MultilayerNetwork
        One of its layers is two-mode.
    layer : str
        That layer: each of its links joins a node of the kinds ``onto`` with one of other kinds.
    onto, through : str or sequence of str
        Give one of the two: the kinds that are linked, or the kinds that they meet in. Nodes
        without a kind are of no kind that is named.
    weighting : {"count", "newman", "full"}
        What a pair gets from a node of the other side with k neighbours, see `co_participation`.
    split_by : str, optional
        A column of the nodes, such as ``"kind"``: two members of the same value are linked in the
        layer called by that value, and all others in a layer of their own (``name``). Default:
        one layer.
    name : str, optional
        Name of the new layer; default ``"co_"`` and the name of the old one, and ``"mixed"`` with
        ``split_by``.

    Returns
    -------
    MultilayerNetwork
        The two-mode layer has given way to the new ones, which are undirected, and the kinds that
        stood at the other ends of its links are gone, with all links they had. Other nodes, in
        their order, and the other layers among them stay as they are. Of the links of the new
        layer only weight and period are known.

    Raises
    ------
    InputError
        A link of the layer joins two nodes of one side, a name is not in the network or is taken,
        or there is no such weighting.

    See Also
    --------
    co_participation : The same for a table of participations.

    Notes
    -----
    What a two-mode link weighs plays no part, and neither does its direction. Nodes meet in a
    neighbour if both are linked with it in the same period, so projecting and splitting by period
    may change places; links without a period are a period of their own. Nodes that meet nobody
    stay, without links.

    With ``split_by`` the layers add up to the one layer without it: the neighbours of a node of the
    other side are counted whatever their value, and two nodes of which one has no value are mixed.

    To keep all nodes and layers, add the new layer to the network:
    ``network.with_links(project(network, ...).select(layers=["co_..."]).links)``.

    References
    ----------
    Newman, M. E. J. (2001). Scientific collaboration networks. II. Shortest paths, weighted
    networks, and centrality. Physical Review E 64, 016132.

    Examples
    --------
    >>> import pandas as pd
    >>> nodes = pd.DataFrame({"kind": ["firm", "firm", "project"]}, index=["a", "b", "p"])
    >>> takes_part = pd.DataFrame({"source": ["a", "b"], "target": ["p", "p"]})
    >>> network = MultilayerNetwork(nodes, takes_part.assign(layer="projects"))
    >>> project(network, layer="projects", onto="firm").links
             layer source target  weight
    0  co_projects      a      b     1.0
    """
    check_network(network)
    check_choice("weighting", weighting, Weighting)
    layer = check_name("layer", layer, network.layers)
    if name is None:
        name = f"co_{layer}" if split_by is None else "mixed"
    member = _members(network, onto, through)
    value, values = _values(network, split_by, member)
    if taken := sorted({name, *values} & {*network.layers} - {layer}):
        msg = f"there is a layer {taken[0]!r} already; choose another `name` for the projection."
        raise InputError(msg if taken[0] == name else msg.replace("`name`", "`split_by`"))
    if name in values:
        msg = f"{name!r} is a value of {split_by!r} too; choose another `name` for mixed pairs."
        raise InputError(msg)

    rows = network.storage.link_rows()
    in_layer = rows.layer == network.layers.index(layer)
    two_mode = rows.where(in_layer)
    first, second = two_mode.source, two_mode.target
    if (same := member[first] == member[second]).any():
        index = network.storage.nodes.index
        ends = zip(index.take(first[same]), index.take(second[same]), strict=True)
        pairs = examples(ends, lambda pair: f"{pair[0]} and {pair[1]}")
        msg = (
            f"layer {layer!r} must join nodes of two sides; {same.sum()} of its {same.size} links "
            f"join two of one side: {pairs}. Check the kinds."
        )
        raise InputError(msg)
    event = np.where(member[first], second, first)
    period = two_mode.period if two_mode.period is not None else np.zeros(event.size, np.int64)
    when, moment = np.unique(period, return_inverse=True)
    a, b, at, weight = _meetings(first + second - event, event, moment, weighting)

    kinds = network.storage.nodes["kind"]
    dropped = np.zeros(network.n_nodes, np.bool_)
    dropped[event] = True
    dropped |= kinds.isin(kinds[dropped].dropna()).to_numpy(bool)
    code = np.cumsum(~dropped, dtype=np.int32) - np.int32(1)
    rest = rows.where(~in_layer & ~dropped[rows.source] & ~dropped[rows.target])
    if not rest.layer.size:
        rest = rest._replace(attributes=None)
    new = [*values, name]
    layers = tuple(sorted({*network.layers, *new}))
    at_layer = np.array([layers.index(each) for each in new], np.int32)
    meet = Rows(
        at_layer[np.where(value[a] == value[b], value[a], -1)],
        a.astype(np.int32),
        b.astype(np.int32),
        weight,
        None if two_mode.period is None else when[at],
    )
    joined = rest.with_layers(network.layers, layers).followed_by(meet)
    joined = joined._replace(source=code[joined.source], target=code[joined.target])
    stay = np.flatnonzero(~dropped)
    nodes = NodeTable(
        network.storage.nodes.iloc[stay],
        network.storage.place_codes[stay],
        network.storage.jurisdiction_codes[stay],
    )
    projected = record_of_result([network.storage.records[layer]], directed=False)
    records = network.storage.records | dict.fromkeys(new, projected)
    return network_of_rows(nodes, network.storage.places, layers, joined, records)


def _values(
    network: MultilayerNetwork, column: str | None, member: np.ndarray
) -> tuple[Integers, list[str]]:
    """The code of each member's value in a column, -1 for none, and the values as text."""
    if column is None:
        return np.full(network.n_nodes, -1), []
    nodes = network.storage.nodes
    check_name("split_by", column, list(map(str, nodes.columns)), of="the nodes")
    code, values = pd.factorize(as_text(nodes[column].where(member))[0], sort=True)
    return code, list(map(str, values))


def _members(
    network: MultilayerNetwork,
    onto: str | Sequence[str] | None,
    through: str | Sequence[str] | None,
) -> np.ndarray:
    """Tell which nodes are on the side that is projected onto."""
    if (onto is None) == (through is None):
        msg = "give one of the two: `onto`, the kinds that are linked, or `through`, the others"
        raise InputError(f"{msg}; found onto={onto!r}, through={through!r}.")
    argument, kinds_named = ("onto", onto) if onto is not None else ("through", through)
    asked = (
        [kinds_named] if isinstance(kinds_named, str) else as_list(argument, kinds_named, "kinds")
    )
    kinds = network.storage.nodes["kind"]
    named = kinds.isin(check_names(argument, asked, kinds.dropna().unique().tolist())).to_numpy(
        bool
    )
    return named if onto is not None else ~named


def _meetings(
    member: Integers, event: Integers, moment: Integers, weighting: Weighting
) -> tuple[Integers, Integers, Integers, Floats]:
    """Pairs of members, the lower first, the moment they met, and what they get from it.

    A row of the incidence is a member at a moment and a column an event at one, so that one
    product serves all moments. The pairs are sorted by moment, first and second member.
    """
    n = int(member.max(initial=0)) + 1
    state, row = np.unique(moment.astype(np.int64) * n + member, return_inverse=True)
    width = int(event.max(initial=0)) + 1
    meeting, column = np.unique(moment.astype(np.int64) * width + event, return_inverse=True)
    table = csr_array((np.ones(row.size), (row, column)), shape=(state.size, meeting.size))
    table.sum_duplicates()

    k = np.bincount(table.indices, minlength=meeting.size)
    share = _share(np.maximum(k, 2), weighting)
    shared = csr_array((share[table.indices], table.indices, table.indptr), shape=table.shape)
    table.data[:] = 1.0
    pairs = csr_array(triu(shared @ table.T, k=1))
    pairs.sort_indices()
    first = np.repeat(state, np.diff(pairs.indptr))
    return first % n, state[pairs.indices] % n, first // n, pairs.data


def _share(k: Integers, weighting: Weighting) -> Floats:
    """What one pair gets from an event of ``k`` members."""
    if weighting == "newman":
        return 1 / (k - 1)
    if weighting == "full":
        return 2 / (k * (k - 1))
    return np.ones(k.size)

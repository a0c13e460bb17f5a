"""The projection of a two-mode layer of a network: who meets in a node of the other side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, triu

from netinnov._network.columns import as_text
from netinnov._network.layer_table import record_of_result
from netinnov._network.rows import Rows
from netinnov._network.tables import NodeTable
from netinnov._runtime.arguments import check_name, check_type, examples
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.linkages._from_records import MANY_PAIRS, Weighting
from netinnov.linkages._records import Integers, of_kinds
from netinnov.network import MultilayerNetwork, network_of_rows


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
        layer called by that value, all others in the layer ``name``. None: one layer.
    name : str, optional
        Of the new layer; default ``"co_"`` and the old name, and ``"mixed"`` with ``split_by``.

    Returns
    -------
    MultilayerNetwork
        The two-mode layer has given way to the new ones, which are undirected and have weights and
        periods, and the kinds that stood at the other ends of its links are dropped, with all
        links they had. Other nodes and layers stay as they are.

    Raises
    ------
    InputError
        A link of the layer joins two nodes of one side, or a name is not in the network or taken.

    See Also
    --------
    co_participation : The same for a table of participations.

    Notes
    -----
    Weights and directions of two-mode links play no part. Nodes meet in a neighbour if both are
    linked with it in the same period; links without a period are a period of their own. With
    ``split_by`` the layers add up to the one without it; a pair with a missing value is mixed.

    Examples
    --------
    >>> nodes = pd.DataFrame({"kind": ["firm", "firm", "project"]}, index=["a", "b", "p"])
    >>> takes_part = pd.DataFrame({"source": ["a", "b"], "target": ["p", "p"]})
    >>> network = MultilayerNetwork(nodes, takes_part.assign(layer="projects"))
    >>> project(network, layer="projects", onto="firm").links
             layer source target  weight
    0  co_projects      a      b     1.0
    """
    layer = check_name("layer", layer, network.layers)
    if name is None:
        name = f"co_{layer}" if split_by is None else "mixed"
    check_type("name", name, str)
    member = members_of(network, onto, through)
    # The code of each member's value in a column, -1 for none, and the values as text.
    value = np.full(network.n_nodes, -1)
    values = list[str]()
    if split_by is not None:
        nodes = network.storage.nodes
        check_name("split_by", split_by, list(map(str, nodes.columns)), of="the nodes")
        value, named = pd.factorize(as_text(nodes[split_by].where(member))[0], sort=True)
        values = list(map(str, named))
    if taken := sorted({name, *values} & {*network.layers} - {layer}):
        msg = f"there is a layer {taken[0]!r} already; choose another `name` for the projection."
        raise InputError(msg if taken[0] == name else msg.replace("`name`", "`split_by`"))
    if name in values:
        raise InputError(
            f"{name!r} is a value of {split_by!r} too; choose another `name` for mixed pairs."
        )

    rows = network.storage.link_rows()
    in_layer = rows.layer == network.layers.index(layer)
    two_mode = rows.where(in_layer)
    first = two_mode.source
    second = two_mode.target
    if (same := member[first] == member[second]).any():
        index = network.storage.node_names
        ends = zip(index.take(first[same]), index.take(second[same]), strict=True)
        pairs = examples(ends, lambda pair: f"{pair[0]} and {pair[1]}")
        raise InputError(
            f"layer {layer!r} must join nodes of two sides; {same.sum()} of its {same.size} "
            f"links join two of one side: {pairs}. Check the kinds."
        )
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
    table = NodeTable(
        network.storage.nodes.iloc[stay],
        network.storage.place_codes[stay],
        network.storage.jurisdiction_codes[stay],
    )
    projected = record_of_result([network.storage.records[layer]], directed=False)
    records = network.storage.records | dict.fromkeys(new, projected)
    return network_of_rows(table, network.storage.place_table, layers, joined, records)


def members_of(
    network: MultilayerNetwork,
    onto: str | Sequence[str] | None,
    through: str | Sequence[str] | None,
) -> np.ndarray:
    if (onto is None) == (through is None):
        raise InputError(
            "give one of the two: `onto`, the kinds that are linked, or `through`, the "
            f"others; found onto={onto!r}, through={through!r}."
        )
    if onto is not None:
        return of_kinds(network, "onto", onto)
    return ~of_kinds(network, "through", through)


def _meetings(
    member: Integers, event: Integers, moment: Integers, weighting: Weighting
) -> tuple[Integers, Integers, Integers, Floats]:
    """Pairs of members (lower first), moment and weight; one product serves all moments."""
    n = int(member.max(initial=0)) + 1
    state, row = np.unique(moment.astype(np.int64) * n + member, return_inverse=True)
    width = int(event.max(initial=0)) + 1
    meeting, column = np.unique(moment.astype(np.int64) * width + event, return_inverse=True)
    table = csr_array((np.ones(row.size), (row, column)), shape=(state.size, meeting.size))
    table.sum_duplicates()

    k = np.bincount(table.indices, minlength=meeting.size)
    if (n_pairs := float(k @ (k - 1.0)) / 2) > MANY_PAIRS:
        raise InputError(
            f"events must have at most {MANY_PAIRS:,.0f} pairs of members, to fit in memory; "
            f"these have {n_pairs:,.0f}, and the largest event {k.max():,} members: leave out "
            "the largest ones."
        )
    k = np.maximum(k, 2)
    shares = {"count": np.ones(k.size), "newman": 1 / (k - 1), "full": 2 / (k * (k - 1))}
    share = shares[weighting]
    shared = csr_array((share[table.indices], table.indices, table.indptr), shape=table.shape)
    table.data[:] = 1.0
    pairs = csr_array(triu(shared @ table.T, k=1))
    pairs.sort_indices()
    first = np.repeat(state, np.diff(pairs.indptr))
    return first % n, state[pairs.indices] % n, first // n, pairs.data

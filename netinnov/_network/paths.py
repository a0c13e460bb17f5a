"""Lengths of paths that walk links inside layers and may change layer at a node."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from netinnov._network.headers import needed_columns
from netinnov._network.place_distances import between
from netinnov._network.rows import Block, Rows, rows_of_blocks
from netinnov._network.steps import steps_between
from netinnov._runtime.arguments import as_list, check_type
from netinnov._runtime.public import ARGUMENT_CHECKS
from netinnov._runtime.threads import in_threads
from netinnov._typing import Amount, Codes, Distance, Floats, Integers, Mask, Positive
from netinnov.errors import InputError

if TYPE_CHECKING:
    from netinnov.network import MultilayerNetwork

BATCH = 2**22  # entries of a block of distances: 32 MiB
TOGETHER = 512  # sources that one search can start from
PARTS = 64  # searches are made in so many parts at most, whatever the number of threads
KEPT = 2**18  # entries up to which the distances of all pairs are kept with a network: 2 MiB

# Nodes and share of linked pairs above which Floyd-Warshall is faster than Dijkstra
FEW = 100
DENSE = 0.1


@dataclass(frozen=True, slots=True)
class Frictions:
    """What borders and distance add to the length of a link.

    An enclave is near its home by jurisdiction and near its host by place. Two jurisdictions differ
    if their names do, also where one lies in the other (``places.parent``), so name all of them at
    one level. A park that a scenario adds bears the name of its home: if borders are those of
    nations and home is a city, let the nodes of its nation bear the name of home too.

    Parameters
    ----------
    border : float
        Added where the jurisdictions of the ends differ.
    distance : float
        Added for each ``per`` units between the places of the ends: km of a great circle, or
        the unit of ``network.distances``, where a directed link reads its own direction. An
        unknown distance adds nothing, and a warning counts the pairs.
    border_by_distance : float
        Added for each ``per`` units where the jurisdictions differ.
    per : float
        1000 suits kilometres, 60 minutes.

    Examples
    --------
    >>> Frictions(border=1.0)
    Frictions(border=1.0, distance=0.0, border_by_distance=0.0, per=1000.0)
    """

    border: Amount = 0.0
    distance: Amount = 0.0
    border_by_distance: Amount = 0.0
    per: Positive = 1000.0
    quiet: ClassVar[bool] = False  # a study says itself which distances are unknown and add nothing

    def __bool__(self) -> bool:
        return self.border > 0 or self.by_distance

    @property
    def by_distance(self) -> bool:
        """Whether distance adds anything."""
        return self.distance > 0 or self.border_by_distance > 0


ARGUMENT_CHECKS[Frictions] = lambda name, value, kind: check_type(
    name, value, kind, mend="Frictions(border=1.0)"
)


class PathCosts(NamedTuple):
    distance: Distance = "unit"
    switch_cost: float = 0.0
    frictions: Frictions | None = None

    @property
    def hops(self) -> bool:
        return self.distance == "unit" and self.switch_cost == 0 and not self.frictions


def positions(
    network: MultilayerNetwork, nodes: Sequence[str] | None, name: str = "nodes"
) -> Codes:
    if nodes is None:
        return np.arange(network.n_nodes, dtype=np.int32)
    return np.unique(network.storage.positions(name, nodes))


def listed_pairs(subject: str, pairs: Any) -> list[Any]:
    if isinstance(pairs, pd.DataFrame):
        ends = needed_columns(f"`{subject}`", "links", pairs, ("source", "target"))
        pairs = ends.itertuples(index=False, name=None)
    return as_list(subject, pairs, "pairs of ids of nodes")


def pair_positions(network: MultilayerNetwork, subject: str, pairs: Any) -> tuple[Codes, Codes]:
    listed = listed_pairs(subject, pairs)
    kinds = (Sequence, np.ndarray, pd.Series, pd.Index)
    wrong = [x for x in listed if isinstance(x, str) or not isinstance(x, kinds) or len(x) != 2]
    if wrong:
        raise InputError(
            f"`{subject}` must hold pairs of node ids, such as [('a', 'b')]; found {wrong[:5]}."
        )
    ends = network.storage.positions(subject, chain.from_iterable(listed)).reshape(-1, 2)
    return ends[:, 0].copy(), ends[:, 1].copy()


def pair_index(network: MultilayerNetwork, source: Codes, target: Codes) -> pd.MultiIndex:
    nodes = network.storage.node_names
    names = [nodes.take(source), nodes.take(target)]
    return pd.MultiIndex.from_arrays(names, names=["source", "target"])


def union(network: MultilayerNetwork) -> sparse.csr_array:
    """Number of layers that link each pair, no self-links; read-only, kept with the network."""
    n = network.n_nodes
    memo = network.storage.memo
    if "union" not in memo:
        _, row, column, *_ = links_both_ways(network)
        counts = sparse.coo_array((np.ones(row.size), (row, column)), shape=(n, n)).tocsr()
        counts.sort_indices()
        memo["union"] = Block(counts.indptr, counts.indices, counts.data).locked()
    indptr, indices, data = memo["union"]
    return sparse.csr_array((data, indices, indptr), shape=(n, n))


def union_arcs(network: MultilayerNetwork, *, backward: bool = False) -> tuple[Codes, Codes]:
    """CSR pointers and targets of the links of all layers as one; backward: turned round."""
    graph = union(network)
    if backward and network.directed:
        graph = graph.T.tocsr()
    return graph.indptr.astype(np.int32), graph.indices.astype(np.int32)


def steps_apart(
    indptr: Codes,
    indices: Codes,
    sources: Codes,
    targets: Codes | None = None,
    *,
    carries: Mask | None = None,
    limit: int | None = None,
) -> tuple[Integers, Any, Any, Any]:
    """What `steps_between` finds from sources to targets (None: the sources), in parallel parts."""
    n = indptr.size - 1
    wanted = np.zeros(n, bool)
    wanted[sources if targets is None else targets] = True
    carries = np.ones(n, bool) if carries is None else carries
    limit = n if limit is None else limit
    step = max(TOGETHER, -(-sources.size // PARTS))
    parts = [sources[at : at + step] for at in range(0, sources.size, step)] or [sources]
    work = [partial(steps_between, indptr, indices, part, wanted, carries, limit) for part in parts]
    counts, *by_node = zip(*in_threads(work, size=indices.size * len(work)), strict=True)
    pairs = np.zeros(max(count.size for count in counts), np.int64)
    for count in counts:
        pairs[: count.size] += count
    reached, steps, inverse = map(sum, by_node)
    return pairs, reached, steps, inverse


def links_both_ways(network: MultilayerNetwork) -> Rows:
    """Links of all layers without self-links, an undirected one from either end."""
    return rows_of_blocks([network.storage.simple_csr(layer) for layer in network.layers])


def linked(network: MultilayerNetwork) -> Mask:
    return np.asarray(network.storage.presence("linked").any(axis=0))


def distances(
    network: MultilayerNetwork, sources: Codes, costs: PathCosts
) -> Iterator[tuple[Codes, Floats]]:
    """Blocks of sources and their distances (inf: unreachable); end layers are free."""
    n = network.n_nodes
    if n * n <= KEPT and 2 * sources.size >= n > 0:
        # Several measures of one network ask for the same.
        memo = network.storage.memo
        kept, every = memo.get("distances", (None, None))
        if kept != costs:
            graph = _graph(network, costs)
            nodes = np.arange(n, dtype=np.int32)
            if FEW < n == graph.shape[0] and graph.nnz > DENSE * n * n:
                every = csgraph.floyd_warshall(graph, directed=True)
            else:
                every = _from_each(network, nodes, graph)
            memo["distances"] = costs, every
        yield sources, every[sources]
        return
    graph = _graph(network, costs)
    step = max(1, BATCH // max(graph.shape[0], 1))
    for begin in range(0, sources.size, step):
        block = sources[begin : begin + step]
        yield block, _from_each(network, block, graph)


def sums_of_distances(
    network: MultilayerNetwork, chosen: Codes, costs: PathCosts
) -> tuple[Floats, Floats, Floats]:
    """Number of other chosen nodes that each reaches, and sums of their distances and of 1 / d."""
    if len(network.layers) < 2:
        costs = costs._replace(switch_cost=0.0)  # there is nothing to change to
    if costs.hops:
        # Paths to a node from all others, found together, are those away from it turned round.
        _, *sums = steps_apart(*union_arcs(network, backward=True), chosen)
        reached, total, inverse = (by_node[chosen] for by_node in sums)
        return reached, total, inverse
    reached, total, inverse = np.zeros((3, chosen.size))
    has_links = linked(network)[chosen]
    nodes = chosen[has_links]
    at = np.flatnonzero(has_links)
    begin = 0
    for sources, lengths in distances(network, nodes, costs):
        part = at[begin : begin + sources.size]
        begin += sources.size
        lengths[np.arange(sources.size), sources] = np.inf
        others = lengths[:, nodes]
        reaches = np.isfinite(others)
        reached[part] = reaches.sum(axis=1)
        total[part] = others.sum(axis=1, where=reaches)
        inverse[part] = (1.0 / others).sum(axis=1)
    return reached, total, inverse


def _from_each(network: MultilayerNetwork, block: Codes, graph: sparse.csr_array) -> Floats:
    lengths = csgraph.dijkstra(graph, directed=True, indices=block)
    if graph.shape[0] > network.n_nodes:
        lengths = _best_copy(lengths, network)
        lengths[np.arange(block.size), block] = 0.0
    return np.asarray(lengths, dtype=np.float64)


def path_between(
    network: MultilayerNetwork, source: int, target: int, costs: PathCosts
) -> tuple[list[int], list[float]]:
    """Nodes of a shortest path and how far from its start each is; empty if there is none."""
    graph = _graph(network, costs)
    n = network.n_nodes
    lengths, steps_back = csgraph.dijkstra(graph, indices=[source], return_predecessors=True)
    length = lengths[0]
    before = steps_back[0]
    states = [target, *range(n + target, graph.shape[0], n)]
    state = min(states, key=lambda at: length[at])
    steps = dict[int, float]()
    while state >= 0 and np.isfinite(length[state]):
        steps[state if state < n else (state - n) % n] = float(length[state])
        state = before[state]
    return [*steps][::-1], [*steps.values()][::-1]


def nearest(network: MultilayerNetwork, sources: Codes, costs: PathCosts) -> Floats:
    graph = _graph(network, costs)
    reached = csgraph.dijkstra(graph, directed=True, indices=sources, min_only=True)
    if costs.switch_cost > 0:
        reached = _best_copy(reached[None], network)[0]
        reached[sources] = 0.0
    return np.asarray(reached, dtype=np.float64)


def shortest_links(network: MultilayerNetwork, costs: PathCosts) -> sparse.csr_array:
    """Shortest of parallel links of all layers; changes of layer cost nothing."""
    return _graph(network, costs._replace(switch_cost=0.0))


def _graph(network: MultilayerNetwork, costs: PathCosts) -> sparse.csr_array:
    """Lengths between nodes; with a switch cost, between nodes and then their copies."""
    if costs.switch_cost > 0:
        lengths = [link_lengths(network, layer, costs) for layer in network.layers]
        return _with_switches(network, lengths, costs.switch_cost)
    if len(network.layers) == 1:  # nothing to choose among
        return link_lengths(network, network.layers[0], costs)
    layer, row, column, weight, *_ = links_both_ways(network)
    directed = np.array([name in network.directed for name in network.layers], bool)[layer]
    length = lengths_of_links(network, row, column, weight, costs, directed)
    return _smallest_lengths(row, column, length, network.n_nodes)


def _best_copy(lengths: Floats, network: MultilayerNetwork) -> Floats:
    n = network.n_nodes
    copies = lengths[:, n:].reshape(len(lengths), len(network.layers), n)
    return np.asarray(copies.min(axis=1, initial=np.inf))


def link_lengths(network: MultilayerNetwork, layer: str, costs: PathCosts) -> sparse.csr_array:
    block = network.storage.simple_csr(layer)
    ends = (block.sources, block.indices)
    directed = layer in network.directed
    length = lengths_of_links(network, *ends, block.data, costs, directed)
    return sparse.csr_array((length, block.indices, block.indptr), (network.n_nodes,) * 2)


def lengths_of_links(
    network: MultilayerNetwork,
    row: Codes,
    column: Codes,
    weight: Floats,
    costs: PathCosts,
    directed: Mask | bool,
) -> Floats:
    length = np.ones(weight.size) if costs.distance == "unit" else 1.0 / weight
    frictions = costs.frictions
    if not frictions:
        return length
    units = crossing = np.zeros(weight.size)
    if frictions.by_distance:
        units = _far(network, row, column, directed, frictions.quiet) / frictions.per
    if frictions.border > 0 or frictions.border_by_distance > 0:
        code = network.storage.jurisdiction_codes
        _refuse_unknown(network, code >= 0, row, column, "a jurisdiction")
        crossing = (code[row] != code[column]).astype(np.float64)
    length = length + frictions.border * crossing + frictions.distance * units
    return np.asarray(length + frictions.border_by_distance * crossing * units)


def _far(
    network: MultilayerNetwork, row: Codes, column: Codes, directed: Mask | bool, quiet: bool
) -> Floats:
    code = network.storage.place_codes
    told = network.storage.place_table.told
    lengths = between(network.storage, code[row], code[column], directed=directed)
    if np.isnan(lengths).any() and not (quiet or told):
        told.append(
            f"frictions: {_unmeasured(network):,} linked pairs of nodes stand in places whose "
            "distance is unknown; it adds nothing to the length of their links. Complete lon and "
            "lat of the places, or the distances."
        )
        warnings.warn(told[-1], UserWarning, stacklevel=2)
    return np.nan_to_num(lengths, nan=0.0)


def _unmeasured(network: MultilayerNetwork) -> int:
    layer, row, column, *_ = links_both_ways(network)
    directed = np.isin(network.layers, [*network.directed])[layer]
    code = network.storage.place_codes
    unknown = np.isnan(between(network.storage, code[row], code[column], directed=directed))
    return len(np.unique(np.sort([row[unknown], column[unknown]], axis=0), axis=1).T)


def _refuse_unknown(
    network: MultilayerNetwork, known: Mask, row: Codes, column: Codes, subject: str
) -> None:
    if known.all():
        return
    lost = np.unique(np.concatenate([row[~known[row]], column[~known[column]]]))
    if lost.size:
        names = network.storage.node_names[lost[:5]].tolist()
        raise InputError(
            f"frictions need {subject} at both ends of a link; {lost.size} linked nodes have "
            f"none, e.g. {names}; add them or select() the nodes that do."
        )


def _smallest_lengths(row: Codes, column: Codes, length: Floats, n: int) -> sparse.csr_array:
    order = np.lexsort((length, column, row))
    row = row[order]
    column = column[order]
    length = length[order]
    first = np.ones(row.size, bool)
    first[1:] = (row[1:] != row[:-1]) | (column[1:] != column[:-1])
    indptr = np.append(0, np.bincount(row[first], minlength=n).cumsum())
    return sparse.csr_array((length[first], column[first], indptr), shape=(n, n))


def _with_switches(
    network: MultilayerNetwork, lengths: list[sparse.csr_array], switch_cost: float
) -> sparse.csr_array:
    """Nodes first, then their copies: node to copy is free, copy to node costs a switch."""
    n = network.n_nodes
    layer, node = np.nonzero(network.storage.presence("linked"))
    copy = n + layer * n + node
    within = sparse.block_diag([sparse.coo_array((n, n)), *lengths], format="coo")
    row, column = within.coords
    ends = np.concatenate([row, node, copy]), np.concatenate([column, copy, node])
    costs = np.repeat([0.0, switch_cost], copy.size)
    return sparse.csr_array((np.append(within.data, costs), ends), shape=within.shape)

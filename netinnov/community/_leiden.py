"""The Leiden algorithm on state nodes: multislice modularity as high as it gets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._network.matrices import layer_matrix, unit_of
from netinnov._runtime.arguments import check_rng
from netinnov._runtime.threads import in_threads
from netinnov._typing import Amount, Codes, Count, Floats, Presence, Rng
from netinnov.community._leiden_search import WORK, Level, Problem, climb, compact, pointers
from netinnov.community._modularity import (
    NOTHING,
    in_units,
    links_modularity,
    quality_of,
    state_numbers,
    with_null,
)
from netinnov.community._partition import Partition, ranked
from netinnov.network import MultilayerNetwork


def leiden(
    network: MultilayerNetwork,
    *,
    resolution: Amount = 1.0,
    coupling: Amount = 1.0,
    presence: Presence = "linked",
    restarts: Count = 10,
    rng: Rng = None,
) -> Partition:
    """Communities of state nodes with the highest multislice modularity that restarts found.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; layers may be directed.
    resolution, coupling, presence
        See `modularity`, which is what is maximised. A larger resolution gives more and smaller
        communities. With coupling 0 each layer has communities of its own.
    restarts : int
        Number of searches, each in another random order; the best result is returned.
    rng : None, int, SeedSequence or Generator
        Source of the random orders. The same `rng` gives the same partition, whatever the number
        of processors.

    Returns
    -------
    Partition
        `membership`: node x layer, labels 0, 1, ... from the community of most states to that of
        fewest (ties: first node, then first layer, first), NaN where a node is absent. `quality`:
        what `modularity` returns for it, NaN where neither weight nor coupling exists.

    Notes
    -----
    Each community is connected by links and coupling, and neither the move of one state nor the
    union of two communities would raise the quality. That is a local optimum: partitions of nearly
    its quality may look different (see `stability`). A state without links and without coupling is
    a community of its own.

    *Is it noise?* Random networks have communities too: ``polycentricity.modularity_test(network)``
    compares with them (`p`). Which resolutions give a partition that searches agree on:
    ``{r: stability(network, find=partial(leiden, resolution=r, restarts=1)).agreement for r in
    (0.5, 1, 2)}``.

    *Beyond Traag et al.* (1) When their rounds gain no more, each community is searched for
    communities of its own, which may then move (with one layer, in the best result); (2) the copies
    of a node in one community move together, and connected parts of communities are joined where
    that gains; (3) the result is perturbed, 10 to 50 % of its states taken out at random, until ten
    perturbations in a row have gained nothing (fewer above 60,000 entries of links). With one layer
    the best eight in ten restarts go on until one perturbation has gained nothing, four until five
    have, two until ten have; none goes on once four have the same best score. (4) Above 600,000
    entries the search starts with all copies of a node together and at 1.5 times the resolution,
    ends where it gains little, and nothing is perturbed. Say so in a methods section.

    Time grows with links + coupled pairs of copies, memory with links + states only.

    References
    ----------
    Traag, Waltman and van Eck (2019), Scientific Reports 9, 5233. Mucha et al. (2010), Science 328,
    876-878.

    Examples
    --------
    >>> links = pd.DataFrame({"source": list("aca"), "target": list("bdb"), "layer": list("xxy")})
    >>> partition = leiden(ni.build_network(pd.DataFrame(index=list("abcd")), links), rng=1)
    >>> partition.membership["x"].tolist(), partition.membership["y"].tolist()
    ([0.0, 0.0, 1.0, 1.0], [0.0, 0.0, nan, nan])
    >>> random = ni.datasets.make_city_system(n_cities=12, rng=1)
    >>> ni.polycentricity.modularity_test(random, replicates=19, restarts=1, rng=1).by_chance
    True
    """
    rng = check_rng(rng)
    numbers = state_numbers(network, presence)
    seeds = [int(child.integers(2**63)) for child in rng.spawn(int(restarts))]
    layer = _small_layer(network, numbers, float(resolution))
    if layer is not None:
        labellings = [search_one_layer(layer, seeds)]
    else:
        problem = _problem(network, numbers, float(resolution), float(coupling))
        if problem.level.indptr.size == 1:
            labellings = [np.zeros(0, np.int32)]
        else:
            work = [partial(climb, problem, seed) for seed in seeds]
            labellings = in_threads(work, size=int(restarts) * problem.level.indices.size)
    qualities = [quality_of(network, numbers, one, resolution, coupling) for one in labellings]
    # Equal but for rounding: the first, so that no last digit decides.
    best = next((k for k, q in enumerate(qualities) if q >= max(qualities) - 1e-12), 0)
    membership = membership_table(network, numbers, labellings[best])
    return Partition(membership, qualities[best])


def _small_layer(network: MultilayerNetwork, numbers: Codes, resolution: float) -> OneLayer | None:
    if len(network.layers) != 1:
        return None
    matrix = layer_matrix(network, network.layers[0])
    if not matrix.nnz or matrix.nnz > WORK:
        return None
    matrix = sparse.csr_array(matrix / in_units(network, 0.0)[0])
    present = np.flatnonzero(numbers[0] >= 0)
    if present.size < numbers.shape[1]:
        matrix = matrix[present][:, present]
    return one_layer(matrix, network.layers[0] in network.directed, resolution)


def labels_of_layer(
    matrix: sparse.csr_array,
    directed: bool,
    resolution: float,
    restarts: int,
    rng: np.random.Generator,
) -> tuple[Floats, float]:
    """Labels (NaN without links) and modularity."""
    linked = np.diff(matrix.indptr) > 0
    linked[matrix.indices] = True
    present = np.flatnonzero(linked)
    number = np.cumsum(linked, dtype=np.int32) - np.int32(1)
    begins = np.append(matrix.indptr[present], matrix.nnz)  # the rows of others are empty
    weights = matrix.data / unit_of(matrix.data), number[matrix.indices], begins
    inner = sparse.csr_array(weights, shape=(present.size, present.size))
    layer = one_layer(inner, directed, resolution)
    seeds = [int(child.integers(2**63)) for child in rng.spawn(restarts)]
    labels = search_one_layer(layer, seeds)
    source = np.repeat(np.arange(present.size), np.diff(inner.indptr))
    quality = links_modularity(labels[source], labels[inner.indices], inner.data, resolution)
    codes = np.full(matrix.shape[0], np.nan)
    codes[present] = ranked(labels)
    return codes, quality


def membership_table(network: MultilayerNetwork, numbers: Codes, labels: Codes) -> pd.DataFrame:
    present = numbers.T >= 0
    table = np.full(present.shape, np.nan)
    if labels.size:
        table[present] = ranked(labels)
    columns = pd.Index(network.layers, name="layer", dtype="str")
    return pd.DataFrame(table, index=network.storage.node_names, columns=columns)


def _problem(
    network: MultilayerNetwork, numbers: Codes, resolution: float, coupling: float
) -> Problem:
    n_states = int((numbers >= 0).sum())
    unit, coupling = in_units(network, coupling)
    links: list[Entries] = []
    null: list[Entries] = []
    factors: list[float] = []
    for x, layer in enumerate(network.layers):
        matrix = sparse.csr_array(layer_matrix(network, layer) / unit)
        weight_of_layer = float(matrix.data.sum())
        if weight_of_layer < NOTHING:  # self-links only
            continue
        matrix, sides = with_null(matrix, layer in network.directed)
        for sign, side in sides:
            some = np.flatnonzero(side)
            null.append((side[some], numbers[x, some], np.full(some.size, len(factors), np.int32)))
            factors.append(sign * resolution / weight_of_layer)
        rows = np.repeat(numbers[x], np.diff(matrix.indptr))
        links.append((np.asarray(matrix.data, np.float64), rows, numbers[x, matrix.indices]))
    links_between = _rows(links, (n_states, n_states))
    channels = _rows(null, (n_states, max(1, len(factors))))
    # States are numbered by node. Without coupling there are no copies to look at.
    node = np.nonzero(numbers.T >= 0)[0] if coupling > 0 else np.empty(0, np.int64)
    level = Level(
        links_between.indptr,
        links_between.indices,
        links_between.data,
        channels.indptr,
        channels.indices,
        channels.data,
        mptr=pointers(np.full(n_states, 1 if coupling > 0 else 0)),
        mnode=node.astype(np.int32),
        mcount=np.ones(node.size),
        hptr=pointers(np.bincount(node, minlength=network.n_nodes)),
        hstate=np.arange(node.size, dtype=np.int32),
        hcount=np.ones(node.size),
    )
    copies = np.diff(level.hptr).astype(np.float64)
    scale = (level.weight.sum() + coupling * (copies * (copies - 1)).sum()) / 2
    return Problem(level, np.array(factors), coupling, network.n_nodes, float(scale))


Entries: TypeAlias = tuple[Floats, Codes, Codes]


def _rows(parts: list[Entries], shape: tuple[int, int]) -> sparse.csr_array:
    if not parts:
        return sparse.csr_array(shape)
    values, rows, columns = (np.concatenate(each) for each in zip(*parts, strict=True))
    return sparse.coo_array((values, (rows, columns)), shape=shape).tocsr()


# Shares of the searches, best first, continued until so many perturbations in a row gain nothing.
STAGES = ((0.8, 1), (0.4, 5), (0.2, 10))

AGREE = 4  # searches with the same best score after which no more are perturbed


class OneLayer(NamedTuple):
    indptr: Codes
    indices: Codes
    weight: Floats
    a: Floats
    b: Floats
    fa: float
    fb: float


def one_layer(matrix: sparse.csr_array, directed: bool, resolution: float) -> OneLayer:
    factor = resolution / float(np.asarray(matrix.sum(axis=1), np.float64).sum())
    both, sides = with_null(matrix, directed)
    (_, a), *other = sides
    b, fb = (other[0][1], -factor) if other else (np.zeros_like(a), 0.0)
    return OneLayer(both.indptr, both.indices, both.data, a, b, factor, fb)


def search_one_layer(layer: OneLayer, seeds: Sequence[int]) -> Codes:
    """Labels of the best search."""
    from netinnov.kernels.leiden_layer import searched

    n = layer.indptr.size - 1
    n_searches = len(seeds)
    indptr, indices = (codes.astype(np.int32, copy=False) for codes in layer[:2])
    layer = layer._replace(indptr=indptr, indices=indices)
    alone = np.arange(n, dtype=np.int32)
    n_each = 2 + len(STAGES)
    drawn = np.random.SeedSequence(seeds).generate_state(n_searches * n_each, np.uint64)
    drawn = drawn.reshape(n_searches, n_each)
    size = layer.indices.size
    work = [partial(searched, *layer, alone, own[0], 0) for own in drawn]
    climbs = in_threads(work, size=n_searches * size)
    equal = 1e-12 * float(layer.weight.sum())  # but for rounding
    fewer = min(1.0, WORK / max(1, size) / STAGES[-1][1])
    for stage, (share, idle) in enumerate(STAGES):
        order = sorted(range(n_searches), key=lambda k: -climbs[k][1])
        kept = order[: math.ceil(share * n_searches)]
        patience = max(1, round(idle * fewer))
        shake = partial(searched, *layer)
        work = [partial(shake, climbs[k][0], drawn[k][2 + stage], patience) for k in kept]
        reached = in_threads(work, size=len(kept) * size * patience)
        for k, climb_of_k in zip(kept, reached, strict=True):
            climbs[k] = climb_of_k
        highest = max(score for _, score in climbs)
        best = [k for k, (_, score) in enumerate(climbs) if score >= highest - equal]
        if len(best) >= AGREE:
            break
    # The first of equal ones, so that no last digit decides.
    labels, score = climbs[best[0]]
    return _split(layer, labels, score, drawn[best[0]][1])


def _split(layer: OneLayer, labels: Codes, score: float, seed: np.uint64) -> Codes:
    """Each community is searched for communities, which may then move, until that gains nothing."""
    from netinnov.kernels.leiden_layer import searched

    alone = np.arange(labels.size, dtype=np.int32)
    source = np.repeat(alone, np.diff(layer.indptr))
    equal = 1e-12 * float(layer.weight.sum())
    while True:
        reached = searched(*layer, labels, seed, 0)
        if reached[1] <= score + equal:
            inside = labels[source] == labels[layer.indices]
            cut = layer._replace(
                indptr=pointers(np.bincount(source[inside], minlength=labels.size)),
                indices=layer.indices[inside],
                weight=layer.weight[inside],
            )
            part = compact(searched(*cut, alone, seed, 0)[0])
            of_part = np.empty(part.max() + 1, np.int32)
            of_part[part] = compact(labels)
            if of_part.max() == part.max():  # no community has communities inside
                return labels
            of_part, _ = searched(*_aggregated(layer, source, part), of_part, seed, 0)
            reached = searched(*layer, of_part[part], seed, 0)
            if reached[1] <= score + equal:
                return labels
        labels, score = reached


def _aggregated(layer: OneLayer, source: Codes, part: Codes) -> OneLayer:
    n = int(part.max()) + 1
    between = part[source] != part[layer.indices]
    ends = part[source[between]], part[layer.indices[between]]
    links = sparse.coo_array((layer.weight[between], ends), shape=(n, n)).tocsr()
    a, b = (np.bincount(part, side, n).astype(np.float64) for side in (layer.a, layer.b))
    return OneLayer(links.indptr, links.indices, links.data, a, b, layer.fa, layer.fb)

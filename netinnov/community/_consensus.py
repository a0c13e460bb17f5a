"""What many partitions have in common, and how sure a community is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Sized
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._runtime.arguments import check_callable, check_rng, shown
from netinnov._runtime.display import Displayed
from netinnov._runtime.parallel import run
from netinnov._runtime.threads import in_threads
from netinnov._typing import Codes, Floats, Integers, Rng, Several, Share
from netinnov.community import _partition as parts
from netinnov.community._leiden import leiden
from netinnov.community._leiden_search import iterate, problem_of_nodes
from netinnov.community._multiplex import ROUNDING
from netinnov.community._partition import Membership, Partition, compare_codes
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

Resampler: TypeAlias = Callable[[MultilayerNetwork, np.random.Generator], MultilayerNetwork]
Finder: TypeAlias = Callable[..., Partition]

ROUNDS = 50  # rounds after which partitions that go on to differ are taken to be tied


def consensus(
    partitions: Sequence[Membership], *, threshold: Share = 0.5, rng: Rng = None
) -> Partition:
    """One partition for many: the communities of the matrix of who is together how often.

    Leiden groups the graph whose weights are the shares of partitions in which two nodes are in
    one community, as often as there are partitions; the results are the partitions of the next
    round, until all agree.

    Parameters
    ----------
    partitions : sequence of Series, DataFrames, mappings or Partitions
        At least one, over the same nodes (and layers), in any order; see `compare_partitions`.
    threshold : float
        Shares up to it count as 0, from 0 to 1; 0.5: two nodes must be together in more than
        half of the partitions. A node that then is with nobody keeps its largest share.
    rng : None, int, SeedSequence or Generator
        The same `rng` gives the same partition.

    Returns
    -------
    Partition
        `membership`: Series, or node x layer if one of the partitions is; labels as in `leiden`,
        NaN where no partition has a label. `quality`: mean `ami` with the given partitions.

    Raises
    ------
    InputError
        If there is no partition, or they are not over the same nodes and layers.

    Notes
    -----
    Where a partition has no label for a node, the node is with nobody there. Memory grows with the
    square of the number of different rows of labels. After 50 rounds of tied partitions the most
    frequent one is returned.

    References
    ----------
    Lancichinetti and Fortunato (2012), Scientific Reports 2, 336.

    Examples
    --------
    >>> often = {"a": 0, "b": 0, "c": 1, "d": 1}
    >>> seldom = {"a": 0, "b": 1, "c": 1, "d": 1}
    >>> consensus([often, seldom, often], rng=1).membership.tolist()
    [0.0, 0.0, 1.0, 1.0]
    """
    labels: object = partitions
    one = isinstance(labels, (str, Mapping, Partition, pd.Series, pd.DataFrame))
    if one or not isinstance(labels, Sized) or not len(labels):
        raise InputError(
            f"`partitions` must be a sequence of at least one partition; found {shown(partitions)}."
        )
    rng = check_rng(rng)
    tables = [parts.labels_of(one, f"partitions[{k}]") for k, one in enumerate(partitions)]
    labels, nodes, layers = parts.aligned(tables)
    table = np.column_stack(labels)
    known = np.flatnonzero((table >= 0).any(axis=1))
    atoms, atom = np.unique(table[known], axis=0, return_inverse=True)
    size = np.bincount(atom, minlength=len(atoms))
    groups = _agreed(atoms.astype(np.int32), size, float(threshold), rng)
    agreed = np.full(len(table), -1, np.int32)
    agreed[known] = parts.ranked(groups[atom])
    membership = np.where(agreed >= 0, agreed.astype(np.float64), np.nan)
    quality = float(np.mean([compare_codes(agreed, one).ami for one in labels]))
    if layers is None:
        return Partition(pd.Series(membership, nodes, name="community"), quality)
    grid = membership.reshape(len(nodes), len(layers))
    return Partition(pd.DataFrame(grid, nodes, layers), quality)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PartitionStability(Displayed):
    """How far repeated searches agree.

    Attributes
    ----------
    agreement : float
        Mean `ami` over pairs of runs: 1 if all find the same, about 0 if they have no more in
        common than chance gives.
    nodes : Series
        For each node how much of its company is the same in two runs, on average, from 0 to 1;
        NaN if it never has a label in both.
    partitions : tuple of Partition
        What the runs found, such as for `consensus`.
    """

    agreement: float
    nodes: pd.Series
    partitions: tuple[Partition, ...]

    def to_frame(self) -> pd.DataFrame:
        """Give one row a node: columns node, stability.

        Returns
        -------
        DataFrame
            In node order.
        """
        return self.nodes.rename("stability").rename_axis("node").reset_index()


def stability(
    network: MultilayerNetwork,
    *,
    find: Finder | None = None,
    runs: Several = 30,
    resample: Resampler | None = None,
    rng: Rng = None,
    executor: Executor | int | None = None,
    progress: bool = True,
) -> PartitionStability:
    """Agreement of communities over runs of the search, and over resampled links.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    find : callable, optional
        Takes a network and the keyword `rng`, returns a Partition: `leiden`, `multiplex_leiden` or
        `infomap`, perhaps with options bound by ``functools.partial``. Default: `leiden` with one
        restart, so that the search itself is what is judged.
    runs : int
        Number of runs, at least 2.
    resample : callable, optional
        What each run searches: a function of the network and a Generator that returns a network
        with the same nodes, such as `experiments.ResampledLinks`. None: the network itself.
    rng, executor, progress
        As in `experiments.compare_scenarios`; in other processes `find` and `resample` must be
        picklable.

    Returns
    -------
    PartitionStability
        ``.agreement`` (mean pairwise ami), ``.nodes`` (a number a node), ``.partitions``.

    Raises
    ------
    InputError
        If a function returns something else.

    Notes
    -----
    The number of a node is its element-centric similarity between two runs (Gates et al. 2019,
    Scientific Reports 9, 8574), averaged over pairs of runs, and over the layers where it is: with
    a and b the communities that it is in, ``|a and b| / max(|a|, |b|)``. Only states that have a
    label in both runs count, in all numbers.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": ["a", "c"], "target": ["b", "d"]}))
    >>> agreement = stability(network, runs=3, rng=1)
    >>> agreement.agreement, agreement.nodes.tolist()
    (1.0, [1.0, 1.0, 1.0, 1.0])
    """
    if find is not None:
        check_callable("find", find, "a function of a network and rng that gives a partition")
    if resample is not None:
        expected = "a function of a network and a Generator, such as ResampledLinks()"
        check_callable("resample", resample, expected, made=True)
    rng = check_rng(rng)
    seeds = [int(child.integers(2**63)) for child in rng.spawn(int(runs))]
    task = partial(_search, network, find or partial(leiden, restarts=1), resample)
    searches = run(task, seeds, executor=executor, progress=progress, label="runs")
    codes = np.array([_in_order(network, partition) for partition in searches])
    agreements, per_state = _mean_agreement(codes)
    n_layers = codes.shape[1] // max(network.n_nodes, 1)
    per_node = pd.DataFrame(per_state.reshape(network.n_nodes, n_layers)).mean(axis=1).to_numpy()
    nodes = pd.Series(per_node, network.storage.node_names, name="stability")
    return PartitionStability(agreements, nodes, tuple(searches))


def _agreed(atoms: Codes, size: Integers, threshold: float, rng: np.random.Generator) -> Codes:
    n_partitions = atoms.shape[1]
    if (atoms >= 0).all():
        atoms = np.column_stack([_by_first(labels) for labels in atoms.T])
    for _ in range(ROUNDS):
        if (atoms == atoms[:, :1]).all() and (atoms >= 0).all():
            break
        weight, strength = _co_assignment(atoms, size, threshold)
        problem = problem_of_nodes(weight, sparse.csr_array(strength[:, None]), np.ones(1))
        seeds = [int(child.integers(2**63)) for child in rng.spawn(n_partitions)]
        work = [partial(iterate, problem, ROUNDING, seed) for seed in seeds]
        searches = in_threads(work, weight.nnz * n_partitions)
        atoms = np.column_stack([_by_first(labels) for labels in searches])
    patterns, times = np.unique(atoms, axis=1, return_counts=True)
    return patterns[:, times.argmax()]


def _by_first(labels: Codes) -> Codes:
    return pd.factorize(labels)[0].astype(np.int32)


def _co_assignment(
    atoms: Codes, size: Integers, threshold: float
) -> tuple[sparse.csr_array, Floats]:
    """Shares of partitions that join two atoms; pairs inside an atom count in strengths only."""
    n, n_partitions = atoms.shape
    first_label = np.cumsum(np.r_[0, atoms.max(axis=0, initial=-1)[:-1] + 1])
    labelled = atoms >= 0
    row, _ = np.nonzero(labelled)
    entries = (np.ones(row.size), (row, (atoms + first_label)[labelled]))
    n_labels = int((atoms.max(axis=0, initial=-1) + 1).sum())
    member = sparse.csr_array(entries, shape=(n, n_labels))
    together = sparse.csr_array(member @ member.T)
    together.sort_indices()
    (i, j) = together.tocoo().coords
    share = together.data / n_partitions
    keep = (i != j) & (share > threshold + ROUNDING)
    lonely = size == 1
    lonely[i[keep]] = False
    others = pd.Series(share)[i != j]
    largest = others.groupby(i[others.index]).idxmax().to_numpy()
    keep[largest] |= lonely[i[largest]]
    i = i[keep]
    j = j[keep]
    share = share[keep]
    weight = sparse.csr_array((share * size[i] * size[j], (i, j)), shape=(n, n))
    weight = sparse.csr_array(weight.maximum(weight.T))
    inside = size * (size - 1.0)
    strength: Floats = np.asarray(weight.sum(axis=1), np.float64) + inside
    total = strength.sum()
    if total > 0:
        weight = sparse.csr_array(weight / total)
        strength = strength / total
    return weight, strength


def _search(
    network: MultilayerNetwork, find: Finder, resample: Resampler | None, seed: int
) -> Partition:
    rng = np.random.default_rng(seed)
    return find(network if resample is None else resample(network, rng), rng=rng)


def _in_order(network: MultilayerNetwork, partition: Any) -> Codes:
    """Labels in the node order (or nodes x layers) of the network; -1 where missing."""
    if not isinstance(partition, Partition):
        raise InputError(f"`find` must return a Partition; found {type(partition).__name__}.")
    labels = partition.membership.reindex(network.storage.node_names)
    if isinstance(labels, pd.DataFrame):
        labels = labels.reindex(columns=list(network.layers))
    values = labels.to_numpy(dtype=np.float64, na_value=np.nan).ravel()
    return np.where(np.isnan(values), -1, values).astype(np.int32)


def _mean_agreement(codes: Codes) -> tuple[float, Floats]:
    """Mean AMI over pairs of rows, and mean element-centric similarity of each column."""
    n = codes.shape[1]
    amis = []
    total = np.zeros(n)
    times = np.zeros(n)
    for one, other in combinations(codes, 2):
        amis.append(compare_codes(one, other).ami)
        known = np.flatnonzero((one >= 0) & (other >= 0))
        a = one[known]
        b = other[known]
        if not known.size:
            continue
        cell = a * (np.int64(b.max()) + 1) + b
        _, which, both = np.unique(cell, return_inverse=True, return_counts=True)
        largest = np.maximum(np.bincount(a)[a], np.bincount(b)[b])
        total[known] += both[which] / largest
        times[known] += 1
    return float(pd.Series(amis, dtype=np.float64).mean()), total / np.where(
        times > 0, times, np.nan
    )

"""Whether a network is clustered as a lattice and short as a random network."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from netinnov._arguments import as_whole, check_rng
from netinnov._parallel import run
from netinnov._typing import Floats, Integers, Rng
from netinnov.connectivity import average_path_length, largest_component
from netinnov.network import MultilayerNetwork
from netinnov.null_models import NullModel, Rewire
from netinnov.null_models._prepared import Prepared, prepared_null
from netinnov.topology._clustering import transitivity_of
from netinnov.topology._layer_graphs import Layer, layers_of, together

_REWIRE = Rewire()

LATTICES = 10  # lattices of which the most clustered one counts

_COLUMNS = ("transitivity", "path_length", "largest_component")


def small_world(
    network: MultilayerNetwork,
    *,
    null: NullModel = _REWIRE,
    replicates: int = 99,
    rng: Rng = None,
    executor: Executor | int | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Compare clustering and path lengths with those of random networks and lattices, by layer.

    sigma = (C / C_r) / (l / l_r) and omega = l_r / l - C / C_l, with C the `transitivity`, l the
    average path length, C_r and l_r their means over random networks, and C_l the transitivity of a
    lattice.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network. Layers are measured and rewired separately; `flatten` it first for all as one.
    null : null model or function
        How random networks are drawn: by default with the same degrees.
    replicates : int
        Number of random networks.
    rng, executor, progress
        As in `experiments.compare_scenarios`.

    Returns
    -------
    DataFrame
        A row a layer. ``transitivity``, ``path_length`` and ``largest_component`` of the network,
        and with ``null_`` in front their means over random networks; ``sigma``; ``low`` and
        ``high``, 2.5 and 97.5 % of sigma against one random network each: how little a
        single one would say. sigma above 1: a small world. ``lattice_transitivity`` and ``omega``:
        near 0 a small world, towards 1 as a random network, towards -1 as a lattice. NaN where a
        value is not defined, infinite where no random network has a triangle.

    Raises
    ------
    InputError
        If `null` does not fit the network.

    Notes
    -----
    Path lengths are means over the pairs that are connected, in the direction of the links: where
    ``largest_component`` and ``null_largest_component`` differ much they do not compare. sigma
    grows with the number of nodes: compare networks of one size; omega depends on it less.

    A lattice has the degrees of the layer, whose direction is ignored. Its nodes lie on a ring in
    random order; from the highest degree to the lowest each is linked with the nearest ones that
    still need links, and what is left over breaks a link nearby. With equal degrees this is the
    ring lattice of Watts and Strogatz; with unequal ones no construction is known to be the most
    clustered, so that the largest value of ten such lattices and of the layer itself is taken.

    References
    ----------
    Humphries and Gurney (2008), Network "small-world-ness": a quantitative method for determining
    canonical network equivalence, PLoS ONE 3, e0002051. Telesford, Joyce, Hayasaka, Burdette and
    Laurienti (2011), The ubiquity of small-world networks, Brain Connectivity 1, 367-375.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> ring = [(i, (i + step) % 20) for i in range(20) for step in (1, 2)]
    >>> links = pd.DataFrame(ring, columns=["source", "target"])
    >>> network = ni.build_network(pd.DataFrame({"node": range(20)}), links)
    >>> table = small_world(network, replicates=19, rng=1, progress=False)
    >>> bool(table.loc["links", "transitivity"] > table.loc["links", "null_transitivity"])
    True
    """
    rng = check_rng(rng)
    replicates = as_whole("replicates", replicates, low=1)
    ready = prepared_null(null, network, rng.spawn(1)[0])
    task = partial(_drawn, null=ready, layers=network.layers)
    streams = rng.spawn(replicates)
    draws = run(task, streams, executor=executor, progress=progress, label="networks")
    observed, drawn = _measured(network, network.layers), np.array(draws)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = drawn.mean(axis=0)
        each = observed[0] / drawn[:, 0] / (observed[1] / drawn[:, 1])
        sigma = observed[0] / mean[0] / (observed[1] / mean[1])
        low, high = np.quantile(each, (0.025, 0.975), axis=0)
    index = pd.Index(network.layers, name="layer", dtype="str")
    columns = dict(zip(_COLUMNS, observed, strict=True))
    columns |= {f"null_{name}": row for name, row in zip(_COLUMNS, mean, strict=True)}
    columns |= {"sigma": sigma, "low": low, "high": high}
    layers = zip(layers_of(network).values(), rng.spawn(len(index)), strict=True)
    lattice = np.array([lattice_transitivity(layer, stream) for layer, stream in layers])
    with np.errstate(divide="ignore", invalid="ignore"):
        omega = mean[1] / observed[1] - observed[0] / lattice
    return pd.DataFrame(columns | {"lattice_transitivity": lattice, "omega": omega}, index)


def _drawn(rng: np.random.Generator, *, null: Prepared, layers: Sequence[str]) -> Floats:
    return _measured(null.draw(rng), layers)


def _measured(network: MultilayerNetwork, layers: Sequence[str]) -> Floats:
    """Transitivity, path length and largest component, a column a layer."""
    # A draw without a link in a layer does not have it.
    parts = [network.select(layers=[name] if name in network.layers else []) for name in layers]
    clustered = [transitivity_of(together(part)) for part in parts]
    lengths = [average_path_length(part) for part in parts]
    return np.array([clustered, lengths, [largest_component(part) for part in parts]])


def lattice_transitivity(layer: Layer, rng: np.random.Generator) -> float:
    """The largest transitivity among some lattices with the degrees of a layer, and its own."""
    degrees = np.diff(layer.pairs().indptr)
    drawn = [ring_lattice(degrees, rng) for _ in range(LATTICES)]
    made = [_layer_of(links, degrees.size) for links in drawn if links is not None]
    return float(np.fmax.reduce([transitivity_of(each) for each in (layer, *made)]))


def ring_lattice(
    degrees: npt.NDArray[np.integer[Any]], rng: np.random.Generator
) -> list[set[int]] | None:
    """Neighbours on a ring of positions in random order, each node with its degree.

    In order of their degrees each node is linked with the nodes nearest on the ring that still need
    links. What is left over breaks the nearest link that can be broken; None where there is none.
    """
    left: list[int] = degrees[rng.permutation(degrees.size)].tolist()
    n = len(left)
    after = [*range(1, n), 0]
    before = [n - 1, *range(n - 1)]

    def drop(node: int) -> None:
        after[before[node]], before[after[node]] = after[node], before[node]

    for node in range(n):
        if not left[node]:
            drop(node)
    links: list[set[int]] = [set() for _ in range(n)]
    for node in sorted(range(n), key=lambda node: -left[node]):
        if not left[node]:
            continue
        forward, backward = after[node], before[node]
        while left[node] and not forward == node == backward:
            if backward == node or 0 < (forward - node) % n <= (node - backward) % n:
                other, forward = forward, after[forward]
            else:
                other, backward = backward, before[backward]
            if other in links[node]:
                continue
            links[node].add(other)
            links[other].add(node)
            left[node] -= 1
            left[other] -= 1
            if not left[other]:
                drop(other)
        drop(node)
    stubs = [node for node in range(n) for _ in range(left[node])]
    joined = all(_join(links, stubs.pop(), stubs.pop()) for _ in range(len(stubs) // 2))
    return links if joined else None


def _join(links: list[set[int]], one: int, two: int) -> bool:
    """Give two nodes a link more each, by breaking a link near them; False if that cannot be."""
    pairs = _ends(links)
    far = np.abs(pairs - [one, two])
    near = np.minimum(far, len(links) - far).sum(axis=1)
    for a, b in pairs[np.argsort(near, kind="stable")].tolist():
        if {a, one} != {b, two} and a not in links[one] | {one} and b not in links[two] | {two}:
            links[a].discard(b)
            links[b].discard(a)
            for end, other in ((one, a), (two, b)):
                links[end].add(other)
                links[other].add(end)
            return True
    return False


def _ends(links: list[set[int]]) -> Integers:
    """Both orders of each pair."""
    return np.array([(a, b) for a, others in enumerate(links) for b in others]).reshape(-1, 2)


def _layer_of(links: list[set[int]], n: int) -> Layer:
    ends = _ends(links)
    return Layer(sparse.csr_array((np.ones(len(ends)), ends.T), shape=(n, n)), directed=False)

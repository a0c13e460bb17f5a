"""How each program draws a random network: the call that its manual gives, with enough swaps."""

from __future__ import annotations

import contextlib
import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

SWAPS = 20  # a link, where a program lets us choose; three times as many in directed graphs

Links = list[tuple[int, int, float | None]]  # None: the program gives no weight back


class Layers(NamedTuple):
    """What is handed to a program: nodes 0, 1, ... and the weighted links of each layer.

    Two-mode links lead from the nodes of one kind, the first ones, to those of the other.
    """

    n: int
    directed: bool
    links: dict[str, Links]
    kinds: list[str]
    places: list[str]
    two_mode: bool = False

    @property
    def size(self) -> int:
        return sum(map(len, self.links.values()))


@dataclass(frozen=True)
class Program:
    """`build` converts the layers, `draw` gives a random graph, and `links` converts it back.

    `swaps` says how often `draw` tries (networkx: succeeds) to swap, None where it does not swap.
    """

    package: str
    function: str
    note: str
    forms: tuple[str, ...]  # "undirected", "directed", "two-mode"
    build: Callable[[Layers], Any]
    draw: Callable[[Any, int | None], Any]  # None: unseeded, to measure time
    links: Callable[[Any], dict[str, Links]]
    swaps: Callable[[Layers], int] | None
    one_layer: bool = True  # whether layers have to be handed over one by one
    exact: bool = True  # whether all draws have the margins, or only their mean
    draws: int = 1_500  # at most, from each state space
    column: str = ""  # of the package in the table of p; networkx has one call for each direction


def effort(layers: Layers) -> int:
    return SWAPS * (3 if layers.directed or layers.two_mode else 1) * layers.size


def only(layers: Layers) -> Links:
    (links,) = layers.links.values()
    return links


@contextlib.contextmanager
def silent():
    nowhere = io.StringIO()
    with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        yield


# netinnov: in the state spaces the chain is prepared once, as `compare_with_null` does it.


def _netinnov() -> list[Program]:
    import pandas as pd

    from netinnov import build_network
    from netinnov.null_models import curveball, rewire

    def build(layers: Layers):
        ids = np.array([f"n{at:05}" for at in range(layers.n)])
        nodes = pd.DataFrame({"node": ids, "kind": layers.kinds, "place": layers.places})
        tables = {}
        for layer, links in layers.links.items():
            source, target, weight = zip(*links, strict=True)
            ends = {"source": ids[list(source)], "target": ids[list(target)]}
            tables[layer] = pd.DataFrame({**ends, "weight": weight})
        return build_network(nodes, tables, directed=[*tables] if layers.directed else [])

    def links(network) -> dict[str, Links]:
        table = network.links
        at = {name: k for k, name in enumerate(network.nodes.index)}
        rows = zip(table["layer"], table["source"], table["target"], table["weight"], strict=True)
        found: dict[str, Links] = {layer: [] for layer in network.layers}
        for layer, a, b, weight in rows:
            found[layer].append((at[a], at[b], weight))
        return found

    def program(preserve: tuple[str, ...], note: str) -> Program:
        return Program(
            "netinnov", f"`rewire`, preserve {' and '.join(preserve)}", note,
            ("undirected", "directed"), build,
            lambda network, seed: rewire(network, preserve=preserve, trials=SWAPS, rng=seed),
            links, lambda layers: SWAPS * layers.size, one_layer=False,
        )  # fmt: skip

    return [
        program(("degree",), "counts proposals, those refused among them"),
        program(("kind", "place"), "counts proposals; keeps the links between classes"),
        Program(
            "netinnov", "`curveball`", "trades of neighbours in two-mode layers", ("two-mode",),
            build, lambda network, seed: curveball(network, rng=seed), links,
            lambda layers: SWAPS * len({a for a, _, _ in only(layers)}), one_layer=False,
        ),
    ]  # fmt: skip


def _networkx() -> list[Program]:
    import networkx as nx

    def build(layers: Layers):
        graph = nx.DiGraph() if layers.directed else nx.Graph()
        graph.add_nodes_from(range(layers.n))
        graph.add_weighted_edges_from(only(layers))
        return graph, successes(layers)

    def successes(layers: Layers) -> int:
        return SWAPS * layers.size

    def undirected(built, seed: int | None):
        graph, n = built
        return nx.double_edge_swap(graph.copy(), nswap=n, max_tries=100 * n, seed=seed)

    def directed(built, seed: int | None):
        graph, n = built
        return nx.directed_edge_swap(graph.copy(), nswap=n, max_tries=100 * n, seed=seed)

    def links(graph) -> dict[str, Links]:
        return {"": list(graph.edges(data="weight"))}

    return [
        Program(
            "networkx", "`double_edge_swap`", "counts the swaps that succeed", ("undirected",),
            build, undirected, links, successes,
        ),
        Program(
            "networkx", "`directed_edge_swap`", "counts the swaps that succeed", ("directed",),
            build, directed, links, successes,
        ),
    ]  # fmt: skip


def _igraph() -> list[Program]:
    import igraph

    def build(layers: Layers):
        ends = [(a, b) for a, b, _ in only(layers)]
        graph = igraph.Graph(n=layers.n, edges=ends, directed=layers.directed or layers.two_mode)
        graph.es["weight"] = [weight for _, _, weight in only(layers)]
        return graph, effort(layers)

    def seeded(seed: int | None) -> None:
        # Python's generator can be seeded; igraph's own, which is faster, cannot.
        generator = None if seed is None else random.Random(seed)
        igraph.set_random_number_generator(generator)

    def rewire(built, seed: int | None):
        graph, n = built
        seeded(seed)
        copy = graph.copy()
        copy.rewire(n=n)
        return copy

    def again(built, seed: int | None):
        graph, _ = built
        seeded(seed)
        out, into = graph.outdegree(), graph.indegree()
        degrees = (out, into) if graph.is_directed() else (out,)
        return igraph.Graph.Degree_Sequence(*degrees, method="configuration_simple")

    def links(graph) -> dict[str, Links]:
        weight = (
            graph.es["weight"] if "weight" in graph.es.attributes() else [None] * graph.ecount()
        )
        return {"": [(*edge, w) for edge, w in zip(graph.get_edgelist(), weight, strict=True)]}

    return [
        Program(
            "igraph", "`Graph.rewire`", "counts proposals", ("undirected", "directed", "two-mode"),
            build, rewire, links, effort, column="rewire",
        ),
        Program(
            "igraph", "`Graph.Degree_Sequence`, `configuration_simple`",
            "draws until a graph is simple: for small or sparse graphs", ("undirected", "directed"),
            build, again, links, None, column="configuration_simple",
        ),
    ]  # fmt: skip


def _networkit() -> list[Program]:
    import networkit as nk

    nk.setNumberOfThreads(1)

    def build(layers: Layers):
        directed = layers.directed or layers.two_mode
        graph = nk.Graph(layers.n, weighted=True, directed=directed)
        for a, b, weight in only(layers):
            graph.addEdge(a, b, weight)
        return graph, effort(layers) / layers.size

    def seeded(seed: int | None) -> None:
        if seed is not None:
            nk.setSeed(seed, False)

    def switching(built, seed: int | None):
        graph, rounds = built
        seeded(seed)
        algorithm = nk.randomization.EdgeSwitching(graph, rounds)
        algorithm.run()
        return algorithm.getGraph()

    def curveball(built, seed: int | None):
        graph, rounds = built
        seeded(seed)
        unweighted = nk.graphtools.toUnweighted(graph)  # it takes no other
        algorithm = nk.randomization.GlobalCurveball(unweighted, int(rounds))
        algorithm.run()
        return algorithm.getGraph()

    def links(graph) -> dict[str, Links]:
        if graph.isWeighted():
            return {"": list(graph.iterEdgesWeights())}
        return {"": [(a, b, None) for a, b in graph.iterEdges()]}

    forms = ("undirected", "directed", "two-mode")
    return [
        Program(
            "networkit", "`EdgeSwitching`", "counts proposals, after a shuffle", forms,
            build, switching, links, effort, column="EdgeSwitching",
        ),
        Program(
            "networkit", "`GlobalCurveball`", "trades of neighbours, after a shuffle", forms,
            build, curveball, links,
            lambda layers: effort(layers) // layers.size * (layers.n // 2),
            column="GlobalCurveball",
        ),
    ]  # fmt: skip


def _py3plex() -> list[Program]:
    from py3plex.core import multinet
    from py3plex.nullmodels import generate_null_model
    from py3plex.uncertainty.null_models import null_model_metric

    def build(layers: Layers):
        network = multinet.multi_layer_network(directed=layers.directed, verbose=False)
        rows = [
            [str(a), layer, str(b), layer, weight]
            for layer, links in layers.links.items()
            for a, b, weight in links
        ]
        with silent():
            network.add_edges(rows, input_type="list")
        return network

    def edge_swap(network, seed: int | None):
        with silent():
            drawn = generate_null_model(network, model="edge_swap", seed=seed, n_jobs=1)
        return drawn.samples[0]

    def degree_preserving(network, seed: int | None):
        networks = []

        def metric(each):
            networks.append(each)
            return {"": 0.0}

        options = {"model": "degree_preserving", "random_state": seed, "n_jobs": 1}
        with silent(), np.errstate(all="ignore"):
            null_model_metric(network, metric, n_null=1, **options)
        return networks[-1]  # the first one is the network itself

    def links(network) -> dict[str, Links]:
        found: dict[str, Links] = {}
        for (a, layer), (b, other), data in network.core_network.edges(data=True):
            name = layer if layer == other else f"{layer} to {other}"
            found.setdefault(name, []).append((int(a), int(b), data.get("weight")))
        return found

    return [
        Program(
            "py3plex", '`generate_null_model`, "edge_swap"', "10 swaps a link, all layers as one",
            ("undirected",), build, edge_swap, links, lambda layers: 10 * layers.size,
            one_layer=False, column="edge_swap",
        ),
        Program(
            "py3plex", '`null_model_metric`, "degree_preserving"', "2 proposals a link",
            ("undirected", "directed"), build, degree_preserving, links,
            lambda layers: 2 * layers.size, one_layer=False, column="degree_preserving",
        ),
    ]  # fmt: skip


def _bicm() -> list[Program]:
    import bicm

    def build(layers: Layers):
        rows = max(a for a, _, _ in only(layers)) + 1
        table = np.zeros((rows, layers.n - rows), int)
        for a, b, _ in only(layers):
            table[a, b - rows] = 1
        with silent():
            return bicm.BipartiteGraph(table).get_bicm_matrix()

    def draw(matrix, seed: int | None):
        np.random.seed(seed)  # noqa: NPY002
        return bicm.sample_bicm(matrix)

    def links(table) -> dict[str, Links]:
        rows = len(table)
        return {"": [(int(a), int(b) + rows, None) for a, b in np.argwhere(table)]}

    return [
        Program(
            "bicm", "`sample_bicm`", "margins in expectation", ("two-mode",), build, draw, links,
            None, exact=False, draws=30_000,
        )
    ]  # fmt: skip


def _nemtropy() -> str:
    import NEMtropy

    return f"two-mode networks by `{NEMtropy.BipartiteGraph.__module__}`: the row above"


PROGRAMS = {
    "netinnov": _netinnov,
    "networkx": _networkx,
    "igraph": _igraph,
    "networkit": _networkit,
    "py3plex": _py3plex,
    "bicm": _bicm,
    "NEMtropy": _nemtropy,
}

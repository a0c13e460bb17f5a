"""Closed forms on networks: resistance, spectra and percolation."""

from __future__ import annotations

import networkx as nx
import numpy as np

from published import graphs
from published.rows import Reading, Row, Topic

__all__ = ["TOPICS"]

CLOSED = [
    *(
        Row(
            f"Kirchhoff index of {name}",
            published,
            f"kirchhoff_index({call})",
            "Weisstein n.d.",
            place,
        )
        for name, published, call, place in (
            ("the 3 × 3 grid", "69/2", "graph(nx.grid_2d_graph, 3, 3)", "grid graphs"),
            ("the 4 × 4 grid", "884/7", "graph(nx.grid_2d_graph, 4, 4)", "grid graphs"),
            ("the cube", "58/3", "graph(nx.hypercube_graph, 3)", "crown graphs"),
            ("the octahedron", "13/2", "graph(nx.octahedral_graph)", "antiprism graphs"),
            ("the ring of 8", "42", "graph(nx.cycle_graph, 8)", "cycle graphs"),
            ("the crown of 2 × 5", "271/12", "graph(crown, 5)", "crown graphs"),
            (
                "the third Andrásfai graph",
                "134/7",
                "graph(nx.circulant_graph, 8, [1, 4])",
                "Andrásfai graphs",
            ),
            (
                "the antiprism of 8",
                "290/21",
                "graph(nx.circulant_graph, 8, [1, 2])",
                "antiprism graphs",
            ),
            (
                "the antiprism of 10",
                "551/22",
                "graph(nx.circulant_graph, 10, [1, 2])",
                "antiprism graphs",
            ),
            ("the gear of 5", "1085/19", "graph(gear, 5)", "gear graphs"),
            ("the 3 × 3 × 3 grid", "16959/70", "graph(nx.grid_graph, [3, 3, 3])", "grid graphs"),
            (
                "four pairs, each linked to all others",
                "25/3",
                "graph(nx.complete_multipartite_graph, 2, 2, 2, 2)",
                "cocktail party graphs",
            ),
            ("the folded cube of 5 dimensions", "50", "graph(folded_cube, 5)", "folded cubes"),
        )
    ),
    Row(
        "resistance between neighbours in cube, octahedron, dodecahedron, icosahedron",
        "7/12, 5/12, 19/30, 11/30",
        "[effective_resistance(solid, pairs=[tuple(solid.links.loc[0, ['source', "
        "'target']])]).item() "
        "for solid in solids]",
        "IBM Research 2007",
        "Ponder This, October, solution",
    ),
    Row(
        "algebraic connectivity of a path and a ring of 10: 2 (1 - cos π/10), 2 (1 - cos 2π/10)",
        "0.09789, 0.38197",
        "[algebraic_connectivity(graph(make, 10)) for make in (nx.path_graph, nx.cycle_graph)]",
        "Fiedler 1973",
        "path and circuit",
        why="closed form, five digits",
    ),
    Row(
        "clustering of a ring of 1000 with ten neighbours each: 3 (k - 2) / 4 (k - 1)",
        "2/3",
        "mean_clustering(graph(nx.watts_strogatz_graph, 1000, 10, 0))",
        "Newman 2003b",
        "ring lattice",
        why="closed form",
    ),
    Row(
        "second smallest eigenvalue of the supra-Laplacian of two layers, weakly "
        "coupled: 2 x coupling",
        "0.2",
        "np.linalg.eigvalsh(supra_laplacian(two_layers, coupling=0.1, "
        'presence="all").toarray())[1]',
        "Gómez and others 2013",
        "weak coupling",
        1e-9,
        "closed form",
        Reading(
            "coupled layers",
            "the mean of both layers, for strong coupling",
            "algebraic_connectivity(two_layers) / 2",
        ),
    ),
    Row(
        "largest component of a random graph of mean degree 2: S = 1 - exp(-2 S)",
        "0.7968",
        "largest_component(poisson(2))",
        "Erdős and Rényi 1960",
        "theorem on the giant component",
        0.01,
        "root of the equation, one graph of 100,000 nodes",
    ),
    Row(
        "the same of mean degree 4 after a half of the nodes failed: S = (1 - exp(-4 S)) / 2",
        "0.3984",
        "0.5 * largest_component(half(poisson(4)))",
        "Callaway and others 2000",
        "generating functions, Poisson degrees, q = 1/2",
        0.01,
        "root of the equation, one graph of 100,000 nodes",
    ),
]

TOPICS = [
    Topic(
        "Resistance, percolation and other closed forms",
        "`graph` makes a network of a graph of networkx (`nx`).",
        CLOSED,
        {
            "nx": nx,
            "graph": graphs.graph,
            "crown": graphs.crown,
            "poisson": graphs.poisson,
            "half": graphs.half,
            "gear": graphs.gear,
            "folded_cube": graphs.folded_cube,
            "two_layers": graphs.ring_and_clique(10),
            "np": np,
            "solids": [
                graphs.graph(make)
                for make in (
                    nx.cubical_graph,
                    nx.octahedral_graph,
                    nx.dodecahedral_graph,
                    nx.icosahedral_graph,
                )
            ],
        },
    )
]

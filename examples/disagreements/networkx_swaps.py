"""networkx: graphs drawn by swaps are not equally likely, and some directed ones never come.

Self-contained, ready to be filed: needs scipy and networkx (run with 3.6.1 and 3.7).

`double_edge_swap` goes on until ``nswap`` swaps have succeeded. A graph from which few swaps
are possible is then left as fast as any other, and comes up too rarely: in proportion to the number
of swaps that lead to it. If a swap that is refused counts as a step in which the graph stays as it
is, all graphs with the same degrees are equally likely (Fosdick, Larremore, Nishimura and Ugander
2018, Configuring random graph models with fixed degree sequences, SIAM Review 60).

`directed_edge_swap` says that its pattern "allows all possible states with the same in- and
out-degree distribution in a directed graph to be reached". It turns a path a > b > c > d into
a > c > b > d, and no such path leads from a cycle of four to two pairs that are linked both ways.
"""

from __future__ import annotations

from collections import Counter

import networkx as nx
from scipy.stats import chisquare

print("networkx", nx.__version__)
DRAWS = 7000


def drawn(graph: nx.Graph, swap, seed: int) -> tuple[tuple[int, int], ...]:
    copy = swap(graph.copy(), nswap=20, max_tries=10_000, seed=seed)
    ends = copy.edges if copy.is_directed() else map(sorted, copy.edges)
    return tuple(sorted(map(tuple, ends)))


# Seven graphs have these degrees (3, 2, 2, 2, 3). Expected: 1000 draws each.
G = nx.Graph([(0, 1), (0, 2), (0, 4), (4, 1), (4, 3), (2, 3)])
counts = Counter(drawn(G, nx.double_edge_swap, seed) for seed in range(DRAWS))
print("double_edge_swap:", sorted(counts.values(), reverse=True))
print("  expected 7 graphs with 1000 each, p =", chisquare(list(counts.values())).pvalue)

# Nine directed graphs without self-loops have one arc out of and one into each of four nodes: six
# cycles of four and three times two pairs. Expected: all nine.
D = nx.DiGraph([(0, 1), (1, 2), (2, 3), (3, 0)])
counts = Counter(drawn(D, nx.directed_edge_swap, seed) for seed in range(DRAWS))
print("directed_edge_swap:", len(counts), "graphs, expected 9:", sorted(counts.values()))

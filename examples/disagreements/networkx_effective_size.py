"""networkx: `effective_size(G, weight=...)` of all nodes differs from that of named nodes.

Self-contained, ready to be filed: needs numpy, scipy and networkx (run with 3.6.1 and 3.7).

The docstring defines e(u) = sum_v (1 - sum_w p_uw m_vw), where m_vw is "the mutual weight of v and
w divided by v highest mutual weight with any of its neighbors" (Burt 1992). With ``nodes=None`` the
sparse branch divides by the highest mutual weight of w:

    mutual_weights2 /= mutual_weights2.max(axis=1).toarray()

For a sparse array the maximum has one dimension, so this divides column w by the maximum of w, not
row v by that of v. With ``[:, np.newaxis]`` after ``.toarray()`` both branches agree, as
https://github.com/networkx/networkx/pull/8906 proposes (open on 30 November 2026).
"""

from __future__ import annotations

import networkx as nx

G = nx.Graph()
G.add_weighted_edges_from([("a", "b", 1), ("a", "c", 1), ("b", "c", 4)])

print("networkx", nx.__version__)
print("by name: ", nx.effective_size(G, nodes=list(G), weight="weight"))
print("all:     ", nx.effective_size(G, weight="weight"))
# Expected of b, which spends 1/5 of its weight on a and 4/5 on c:
# of a: 1 - p_bc m_ac = 1 - 4/5 x 1/1; of c: 1 - p_ba m_ca = 1 - 1/5 x 1/4.
print("expected: b", (1 - 4 / 5 * 1 / 1) + (1 - 1 / 5 * 1 / 4))

# Without weights it happens too, where some pairs of a directed graph are linked both ways:
D = nx.DiGraph([("a", "b"), ("a", "c"), ("c", "a"), ("c", "b")])
print("directed, by name:", nx.effective_size(D, nodes=["a", "c"]))
print("directed, all:    ", nx.effective_size(D))

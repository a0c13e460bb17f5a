"""Modularity in uunet, the Python form of multinet: ``pip install uunet`` (run with 2.2.1)."""

from __future__ import annotations

import uunet.multinet as ml

LINKS = [("a", "b", "x"), ("b", "c", "x"), ("a", "c", "x"), ("a", "b", "y"), ("c", "d", "y")]
states = sorted({(end, layer) for *ends, layer in LINKS for end in ends})  # d is in y only

network = ml.empty()
ml.add_layers(network, ["x", "y"])
actors, layers = ([state[k] for state in states] for k in (0, 1))
ml.add_vertices(network, {"actor": actors, "layer": layers})
sources, targets, of = ([link[k] for link in LINKS] for k in (0, 1, 2))
ml.add_edges(
    network, {"from_actor": sources, "from_layer": of, "to_actor": targets, "to_layer": of}
)


def modularity(label, coupling):
    """Q of a partition that is the same in both layers."""
    groups = [label[actor] for actor in actors]
    partition = {"actor": actors, "layer": layers, "cid": groups}
    return round(ml.modularity(network, partition, 1.0, coupling), 4)


print("one group, coupling 0: ", modularity(dict.fromkeys("abcd", 0), 0.0))
print("two groups, coupling 0:", modularity({"a": 0, "b": 0, "c": 1, "d": 1}, 0.0))
print("two groups, coupling 1:", modularity({"a": 0, "b": 0, "c": 1, "d": 1}, 1.0))

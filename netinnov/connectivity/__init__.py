"""How well the nodes are connected: lengths of paths, resistance, reach, robustness."""

from netinnov._network.paths import Frictions as Frictions
from netinnov._runtime.public import publish
from netinnov.connectivity._added_links import added_link_gain as added_link_gain
from netinnov.connectivity._laplacian import (
    algebraic_connectivity as algebraic_connectivity,
    effective_resistance as effective_resistance,
    kirchhoff_index as kirchhoff_index,
)
from netinnov.connectivity._lengths import (
    access as access,
    average_path_length as average_path_length,
    global_efficiency as global_efficiency,
    potential as potential,
    shortest_path as shortest_path,
)
from netinnov.connectivity._reach import (
    ExternalReach as ExternalReach,
    components as components,
    external_reach as external_reach,
    largest_component as largest_component,
    reach as reach,
    robustness_curve as robustness_curve,
)

__dir__ = publish(globals())

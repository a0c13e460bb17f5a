"""How well the nodes are connected: lengths of paths, resistance, reach, robustness."""

from netinnov._network.paths import Frictions as Frictions
from netinnov._runtime.public import publish
from netinnov.connectivity._added_links import added_link_gain as added_link_gain
from netinnov.connectivity._laplacian import (
    effective_resistance as effective_resistance,
    kirchhoff_index as kirchhoff_index,
)
from netinnov.connectivity._lengths import (
    access as access,
    average_path_length as average_path_length,
    global_efficiency as global_efficiency,
    shortest_path as shortest_path,
)
from netinnov.connectivity._potential import potential as potential
from netinnov.connectivity._reach import (
    ExternalReach as ExternalReach,
    external_reach as external_reach,
    reach as reach,
)
from netinnov.connectivity._robustness import (
    components as components,
    largest_component as largest_component,
    robustness_curve as robustness_curve,
)
from netinnov.connectivity._spectrum import algebraic_connectivity as algebraic_connectivity

__dir__ = publish(globals())

"""How well the nodes are connected: lengths of paths, resistance, reach, robustness."""

from netinnov._paths import Frictions
from netinnov._public import public_names
from netinnov.connectivity._added_links import added_link_gain
from netinnov.connectivity._lengths import access, average_path_length, global_efficiency
from netinnov.connectivity._reach import ExternalReach, external_reach, reach
from netinnov.connectivity._resistance import effective_resistance, kirchhoff_index
from netinnov.connectivity._robustness import largest_component, robustness_curve
from netinnov.connectivity._spectrum import algebraic_connectivity

__all__ = [
    "ExternalReach",
    "Frictions",
    "access",
    "added_link_gain",
    "algebraic_connectivity",
    "average_path_length",
    "effective_resistance",
    "external_reach",
    "global_efficiency",
    "kirchhoff_index",
    "largest_component",
    "reach",
    "robustness_curve",
]

__dir__ = public_names(globals())

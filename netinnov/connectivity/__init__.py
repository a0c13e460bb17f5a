"""How well the nodes are connected: path lengths, efficiency, components."""

from netinnov._paths import Frictions
from netinnov.connectivity._components import largest_component
from netinnov.connectivity._lengths import global_efficiency

__all__ = ["Frictions", "global_efficiency", "largest_component"]

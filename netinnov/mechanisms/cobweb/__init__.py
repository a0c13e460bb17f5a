"""Cobwebs: supply of innovation elements follows yesterday's price, in one region or several.

A formal reading of figures 1 and 2 of Hu and Zhang, Regional Reorganization of Innovation Elements;
the paper itself has no equations.
"""

from netinnov._public import public_names
from netinnov.mechanisms.cobweb._attractors import Attractor
from netinnov.mechanisms.cobweb._bounded import BoundedCobweb, attractor_map
from netinnov.mechanisms.cobweb._bounded_regions import CoupledBoundedCobweb
from netinnov.mechanisms.cobweb._coupled_cobweb import CoupledCobweb
from netinnov.mechanisms.cobweb._curves import ArctanSupply, LogisticSupply
from netinnov.mechanisms.cobweb._enclave_link import (
    critical_enclave,
    enclave_effect,
    with_enclave,
)
from netinnov.mechanisms.cobweb._one_market import Cobweb

__all__ = [
    "ArctanSupply",
    "Attractor",
    "BoundedCobweb",
    "Cobweb",
    "CoupledBoundedCobweb",
    "CoupledCobweb",
    "LogisticSupply",
    "attractor_map",
    "critical_enclave",
    "enclave_effect",
    "with_enclave",
]

__dir__ = public_names(globals())

"""Free flow of innovation elements between regions: when does it converge, when diverge?

Models of regions whose mobile element moves to where it earns more. They formalise figure 1 of Hu
and Zhang, Regional Reorganization of Innovation Elements; the paper itself has no equations.
"""

from netinnov._runtime.public import publish
from netinnov.mechanisms.free_flow._dynamics import Logit as Logit, Replicator as Replicator
from netinnov.mechanisms.free_flow._footloose import FootlooseEntrepreneur as FootlooseEntrepreneur
from netinnov.mechanisms.free_flow._krugman_model import CorePeriphery as CorePeriphery
from netinnov.mechanisms.free_flow._logit import LogitMigration as LogitMigration
from netinnov.mechanisms.free_flow._phase_maps import (
    bifurcation_diagram as bifurcation_diagram,
    phase_map as phase_map,
)
from netinnov.mechanisms.free_flow._regions import trade_freeness as trade_freeness

__dir__ = publish(globals())

"""Free flow of innovation elements between regions: when does it converge, when diverge?

Models of two regions, or of several, whose mobile element (talent above all) moves to where it
earns more. They formalise figure 1 of Hu and Zhang, Regional Reorganization of Innovation Elements,
in the terms of economic geography; the paper itself has no equations.
"""

from netinnov._public import public_names
from netinnov.mechanisms.free_flow._dynamics import Logit, Replicator
from netinnov.mechanisms.free_flow._elements import ElementMigration
from netinnov.mechanisms.free_flow._footloose import FootlooseEntrepreneur
from netinnov.mechanisms.free_flow._krugman_model import CorePeriphery
from netinnov.mechanisms.free_flow._logit import LogitMigration
from netinnov.mechanisms.free_flow._phase_maps import (
    PHASES,
    basin_sizes,
    bifurcation_diagram,
    phase_map,
)
from netinnov.mechanisms.free_flow._regions import trade_freeness, with_border

__all__ = [
    "PHASES",
    "CorePeriphery",
    "ElementMigration",
    "FootlooseEntrepreneur",
    "Logit",
    "LogitMigration",
    "Replicator",
    "basin_sizes",
    "bifurcation_diagram",
    "phase_map",
    "trade_freeness",
    "with_border",
]

__dir__ = public_names(globals())

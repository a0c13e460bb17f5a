"""Free flow of innovation elements between regions: when does it converge, when diverge?

Models of two regions, or of several, whose mobile element (talent above all) moves to where it
earns more. They formalise figure 1 of Hu and Zhang, Regional Reorganization of Innovation Elements,
in the terms of economic geography; the paper itself has no equations.
"""

from netinnov.mechanisms.free_flow._core_periphery import CorePeriphery
from netinnov.mechanisms.free_flow._footloose import FootlooseEntrepreneur
from netinnov.mechanisms.free_flow._logit import LogitMigration

__all__ = ["CorePeriphery", "FootlooseEntrepreneur", "LogitMigration"]

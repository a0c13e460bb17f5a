"""Free flow of innovation elements between regions: when does it converge, when diverge?

Models of regions whose mobile element moves to where it earns more. They formalise figure 1 of Hu
and Zhang, Regional Reorganization of Innovation Elements; the paper itself has no equations.
"""

from netinnov._runtime.public import publish
from netinnov.mechanisms.free_flow._dynamics import (
    Logit as Logit,
    Replicator as Replicator,
    trade_freeness as trade_freeness,
)
from netinnov.mechanisms.free_flow._logit import LogitMigration as LogitMigration
from netinnov.mechanisms.free_flow._phase_maps import (
    bifurcation_diagram as bifurcation_diagram,
    phase_map as phase_map,
)
from netinnov.mechanisms.free_flow._trading_regions import (
    CorePeriphery as CorePeriphery,
    FootlooseEntrepreneur as FootlooseEntrepreneur,
)

__dir__ = publish(globals())

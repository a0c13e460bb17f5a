"""Networks of several periods on one node index: measures over time, and ties before and after."""

from __future__ import annotations

from netinnov._public import public_names
from netinnov.panels._difference import DifferenceInDifferences, difference_in_differences
from netinnov.panels._event_study import EventStudy, event_study
from netinnov.panels._gravity_fixed_effects import FixedEffectsGravity, gravity_fixed_effects
from netinnov.panels._measure_panel import measure_levels, measure_panel
from netinnov.panels._openings import enclave_openings
from netinnov.panels._tie_effects import PairSample, TieEffect

__all__ = [
    "DifferenceInDifferences",
    "EventStudy",
    "FixedEffectsGravity",
    "PairSample",
    "TieEffect",
    "difference_in_differences",
    "enclave_openings",
    "event_study",
    "gravity_fixed_effects",
    "measure_levels",
    "measure_panel",
]

__dir__ = public_names(globals())

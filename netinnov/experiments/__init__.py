"""What scenarios change: every measure on the baseline's nodes, over many random placements."""

from netinnov._public import public_names
from netinnov.experiments._compare_scenarios import compare_scenarios
from netinnov.experiments._contrasts import contrasts
from netinnov.experiments._corrections import corrected_p
from netinnov.experiments._decomposition import PairSums, decompose
from netinnov.experiments._dose_response import dose_response
from netinnov.experiments._doses import DoseResponse
from netinnov.experiments._experiment_result import ExperimentResult
from netinnov.experiments._inequality import access_inequality
from netinnov.experiments._link_changes import link_changes
from netinnov.experiments._placebo_tests import Placebo
from netinnov.experiments._power import replicates_needed
from netinnov.experiments._replicates import Measure
from netinnov.experiments._resampled_data import ResampledEvents, ResampledLinks
from netinnov.experiments._sobol import SobolIndices, sobol_indices
from netinnov.experiments._specifications import (
    Specification,
    specification_curve,
    specification_summary,
)

__all__ = [
    "DoseResponse",
    "ExperimentResult",
    "Measure",
    "PairSums",
    "Placebo",
    "ResampledEvents",
    "ResampledLinks",
    "SobolIndices",
    "Specification",
    "access_inequality",
    "compare_scenarios",
    "contrasts",
    "corrected_p",
    "decompose",
    "dose_response",
    "link_changes",
    "replicates_needed",
    "sobol_indices",
    "specification_curve",
    "specification_summary",
]

__dir__ = public_names(globals())

"""What scenarios change: every measure on the baseline's nodes, over many random placements."""

from netinnov._runtime.public import publish
from netinnov.experiments._compare_scenarios import (
    Measure as Measure,
    compare_scenarios as compare_scenarios,
)
from netinnov.experiments._decomposition import (
    PairSums as PairSums,
    decompose as decompose,
    link_changes as link_changes,
)
from netinnov.experiments._dose_response import (
    DoseResponse as DoseResponse,
    dose_response as dose_response,
)
from netinnov.experiments._experiment_result import (
    ExperimentResult as ExperimentResult,
    contrasts as contrasts,
)
from netinnov.experiments._resampled_data import (
    ResampledEvents as ResampledEvents,
    ResampledLinks as ResampledLinks,
)
from netinnov.experiments._specification_curve import (
    Specification as Specification,
    specification_curve as specification_curve,
    specification_summary as specification_summary,
)

__dir__ = publish(globals())

"""Networks of several periods on one node index: measures over time, and ties before and after."""

from netinnov._runtime.public import publish
from netinnov.panels._event_study import (
    DifferenceInDifferences as DifferenceInDifferences,
    EventStudy as EventStudy,
    difference_in_differences as difference_in_differences,
    event_study as event_study,
)
from netinnov.panels._measure_panel import measure_panel as measure_panel
from netinnov.panels._openings import enclave_openings as enclave_openings
from netinnov.panels._staggered import (
    Evaluation as Evaluation,
    evaluate_openings as evaluate_openings,
)
from netinnov.panels._tie_effects import PairSample as PairSample, TieEffect as TieEffect

__dir__ = publish(globals())

"""Processor time of openings evaluated on places."""

from __future__ import annotations

from time import process_time

import numpy as np
import pandas as pd

from netinnov.panels import evaluate_openings


def test_300_places_20_periods_12_cohorts(benchmark):
    """All aggregations with simultaneous bands."""
    rng = np.random.default_rng(1)
    places, periods, cohorts = range(300), range(1, 21), [np.nan, *range(5, 17)]
    panel = pd.MultiIndex.from_product([places, periods], names=["place", "period"]).to_frame(False)
    panel["firms"] = rng.normal(size=len(panel))
    openings = pd.DataFrame({"place": places, "opened": rng.choice(cohorts, len(places))})

    def measure():
        start = process_time()
        evaluate_openings(panel, outcome="firms", openings=openings, rng=1)
        return process_time() - start

    seconds = benchmark.pedantic(measure, rounds=1, warmup_rounds=1)
    print(f"300 places, 20 periods, 12 cohorts: {seconds:.2f} s of processor time")
    if not benchmark.disabled:
        assert seconds <= 2

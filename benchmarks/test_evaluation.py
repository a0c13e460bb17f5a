"""Openings evaluated on places: coverage where neighbours gain too, and processor time."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd

from netinnov.panels import evaluate_openings


def test_intervals_hold_the_truth_where_neighbours_gain_too(benchmark, monkeypatch):
    """The simulation of `docs/studies/openings.md`: 400 panels, of its script."""
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "examples")
    simulate = import_module("openings").simulate
    panels = 5 if benchmark.disabled else 400
    simulated = benchmark.pedantic(simulate, args=(panels,), rounds=1)
    covered = simulated.groupby("estimate of")["covers"].mean()
    benchmark.extra_info.update(covered.round(4).to_dict())
    print(", ".join(f"{name}: {share:.1%}" for name, share in covered.items()))
    if not benchmark.disabled:
        assert 0.91 <= covered["with the network"] <= 0.98
        assert 0.91 <= covered["on the neighbours"] <= 0.98
        assert covered["plain"] < 0.5


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

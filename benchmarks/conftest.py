"""Times of several calls in one process, taken in turns, as ratios."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter
from typing import Any

import pytest

Calls = Mapping[str, Callable[[], Any]]


@pytest.fixture
def in_turns(benchmark) -> Callable[..., dict[str, float]]:
    """Median seconds of each call; the first is the one of this package.

    The calls alternate, so that a busy moment meets all alike, after one call of each to compile
    and to warm caches. With ``--benchmark-disable`` each runs once, only to show that it runs.
    """

    def run(calls: Calls, rounds: int = 7) -> dict[str, float]:
        rounds = 1 if benchmark.disabled else rounds
        times: dict[str, list[float]] = {name: [] for name in calls}
        for call in calls.values():
            call()
        for _ in range(rounds):
            for name, call in calls.items():
                start = perf_counter()
                call()
                times[name].append(perf_counter() - start)
        found = {name: median(values) for name, values in times.items()}
        own, *peers = found
        for peer in peers:
            ratio = found[peer] / found[own]
            benchmark.extra_info[f"{peer} / {own}"] = round(ratio, 2)
            print(f"{own}: {found[own]:.4f} s; {peer}: {found[peer]:.4f} s, {ratio:.2f} times")
        benchmark.pedantic(calls[own], rounds=rounds)
        return found

    run.measured = not benchmark.disabled
    return run

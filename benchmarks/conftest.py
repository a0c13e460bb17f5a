"""Times of several calls in one process, taken in turns, as ratios that hold above a floor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter, process_time
from typing import Any

import pytest

Calls = Mapping[str, Callable[[], Any]]
ROWS = pytest.StashKey[list[tuple[str, ...]]]()
HEAD = ("benchmark", "ours", "s", "peer", "s", "ratio", "floor")


@pytest.fixture
def hold(benchmark, request) -> Callable[..., None]:
    """``hold(ours, seconds, peer, its seconds, floor)``: a row of the table, and the promise."""

    def keep(ours: str, own: float, peer: str, other: float, floor: float | None = None) -> None:
        ratio = other / own
        benchmark.extra_info[f"{peer} / {ours}"] = round(ratio, 2)
        if benchmark.disabled:
            return
        name = f"{request.path.stem.removeprefix('test_')}: {request.node.name[5:]}"
        numbers = (
            f"{own:.4f}",
            f"{other:.4f}",
            f"{ratio:.2f}",
            "" if floor is None else f"{floor:.2f}",
        )
        row = (name, ours, numbers[0], peer, *numbers[1:])
        request.config.stash[ROWS].append(row)
        print(f"{ours}: {own:.4f} s; {peer}: {other:.4f} s, {ratio:.2f} times")
        if floor is not None:
            assert ratio >= floor, f"{peer} / {ours} must be at least {floor:.2f}"

    return keep


@pytest.fixture
def in_turns(benchmark, hold) -> Callable[..., dict[str, float]]:
    """Median seconds of each call; the first is the one of this package.

    The calls alternate, so that a busy moment meets all alike, and the first of each, to compile
    and to warm caches, does not count. With ``--benchmark-disable`` it is the only one, or there is
    none where all have been ``checked`` before.
    Seconds are those of the processor, of all threads, so that other programs count for little;
    of the ``clock`` where threads are what is measured. ``floors``: how many times as long as ours
    a peer must take; ``parts``: how many times as much it has to do as it does in its call.
    """

    def run(
        calls: Calls,
        rounds: int = 7,
        *,
        floors: Mapping[str, float] | None = None,
        parts: Mapping[str, float] | None = None,
        clock: bool = False,
        checked: bool = False,
    ) -> dict[str, float]:
        if benchmark.disabled and checked:
            benchmark.pedantic(lambda: None, rounds=1)
            return {}
        now = perf_counter if clock else process_time
        times: dict[str, list[float]] = {name: [] for name in calls}
        for _ in range(1 if benchmark.disabled else 1 + rounds):
            for name, call in calls.items():
                start = now()
                call()
                times[name].append(now() - start)
        parts, floors = parts or {}, floors or {}
        found = {
            name: median(each[1:] or each) * parts.get(name, 1.0) for name, each in times.items()
        }
        own, *peers = found
        benchmark.pedantic((lambda: None) if benchmark.disabled else calls[own], rounds=1)
        for peer in peers:
            hold(own, found[own], peer, found[peer], floors.get(peer))
        return found

    run.measured = not benchmark.disabled
    return run


def pytest_configure(config):
    config.stash[ROWS] = []
    config.addinivalue_line(
        "markers", "ratio: compares times; what `make benchmarks-measured` runs"
    )


def pytest_collection_modifyitems(items):
    for item in items:
        if "hold" in item.fixturenames:
            item.add_marker("ratio")


def pytest_terminal_summary(terminalreporter, config):
    """One table of all ratios: what was measured, beside the least that is promised."""
    if rows := config.stash[ROWS]:
        widths = [max(map(len, column)) for column in zip(HEAD, *rows, strict=True)]
        terminalreporter.section("ratios")
        for row in (HEAD, *rows):
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            terminalreporter.write_line("  ".join(cells).rstrip())

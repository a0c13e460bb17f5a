"""Threads for compiled work, which holds no interpreter lock."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from netinnov.errors import InputError

Result = TypeVar("Result")

_WORTH_THREADS = 200_000  # rows below which starting threads costs more than it saves
occupied = threading.local()  # `run`: whether a batch of `parallel.run` is in this thread


def in_threads(work: Sequence[Callable[[], Result]], size: int) -> list[Result]:
    """Run compiled work, in threads if ``size`` is worth it and no `run` occupies the cores."""
    threads = min(workers(None), len(work)) if worth_threads(size) else 1
    if threads <= 1:
        return [piece() for piece in work]
    with ThreadPoolExecutor(threads) as pool:
        return [future.result() for future in [pool.submit(piece) for piece in work]]


def worth_threads(size: int) -> bool:
    return size >= _WORTH_THREADS and not getattr(occupied, "run", False)


def workers(executor: int | None) -> int:
    if executor is None:
        # New in Python 3.13: it knows of processors that this process may not use.
        count: Callable[[], int | None] = getattr(os, "process_cpu_count", os.cpu_count)
        return count() or 1
    if isinstance(executor, bool) or executor < 1:
        raise InputError(f"`executor` as a number of threads must be 1 or more; found {executor}.")
    return executor

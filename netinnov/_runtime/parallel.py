"""One runner for everything that repeats: threads, or any executor, with the same results."""

from __future__ import annotations

import os
import pickle
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from typing import Any, TypeVar

from netinnov._runtime.display import progress_bar
from netinnov._runtime.interruption import check_interrupted, interrupted
from netinnov._runtime.threads import occupied, workers
from netinnov.errors import InputError

Item = TypeVar("Item")
Result = TypeVar("Result")

BATCHES = 100  # of a worker: the bar moves, and little is lost if the run is killed

# Processors that threads keep busy if Python does most of the work: they wait for each other, and
# two may take twice as long as one. Below, they wait for something else, such as another program.
_NO_FASTER = (0.5, 1.4)
_TRIAL = 0.1  # seconds
_UNKNOWN = 5  # workers of an executor that does not say how many it has

_loaded: dict[bytes, Callable[[Any], Any]] = {}  # the task that this process unpickled last


def run(
    task: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    executor: Executor | int | None = None,
    progress: bool = True,
    label: str = "replicates",
    save: Callable[[Sequence[Item], list[Result]], None] | None = None,
    done: int = 0,
) -> list[Result]:
    """Apply a task to each item and give the results in the order of the items.

    ``task`` holds all that the items share: to other processes it is pickled once and unpickled
    once a process. ``executor``: None (a thread for each processor, as long as they do not wait for
    each other), a number of threads, or any executor of ``concurrent.futures`` or with its
    interface, which is left open. ``save`` gets the items and results of each batch as soon as it
    is done, in this thread and in any order, also when another batch fails or the user presses
    Ctrl-C. ``done``: items that were done before.
    """
    bar = progress_bar(done + len(items), done=done, label=label, shown=progress)
    results: dict[int, list[Result]] = {}  # by the position of the first item of a batch
    waiting: dict[Future[list[Result]], int] = {}
    stopped = threading.Event()

    def keep(start: int, values: list[Result]) -> None:
        results[start] = values
        bar.update(len(values))
        if save is not None and values:
            save(items[start : start + len(values)], values)

    def keep_all_done() -> None:
        for future in [each for each in waiting if each.done() and not each.cancelled()]:
            start = waiting.pop(future)
            if future.exception() is None:
                keep(start, future.result())

    def stop() -> None:
        stopped.set()
        for future in waiting:
            future.cancel()

    with ExitStack() as stack:
        stack.callback(bar.close)
        stack.callback(keep_all_done)  # after a failure, when the batches that were running end
        pool = _opened(executor, len(items), stack)
        n_workers = 1 if pool is None else _n_workers(pool)
        size = max(1, len(items) // (BATCHES * n_workers))
        alone: Sequence[int] = range(0, len(items), size)
        if pool is not None:
            stack.callback(stop)
            submit = submitter(pool, task, stopped)
            waiting.update((submit(items[start : start + size]), start) for start in alone)
            alone = []
            for future in _tried(list(waiting), n_workers if executor is None else 0):
                check_interrupted()
                if future.cancelled():
                    alone.append(waiting[future])
                else:
                    keep(waiting[future], future.result())
                del waiting[future]
        for start in alone:
            keep(start, _run_batch(task, None, items[start : start + size]))
            check_interrupted()
    return [value for start in sorted(results) for value in results[start]]


def _opened(executor: Executor | int | None, n: int, stack: ExitStack) -> Executor | None:
    if executor is None or isinstance(executor, int):
        threads = min(workers(executor), n)
        return stack.enter_context(ThreadPoolExecutor(threads)) if threads > 1 else None
    if not callable(getattr(executor, "submit", None)):
        raise InputError(
            f"`executor` must be None, a number of threads or an executor; found {executor!r} "
            "(no method `submit`)."
        )
    return executor


def _tried(futures: Sequence[Future[Result]], threads: int) -> Iterator[Future[Result]]:
    """Futures as they end; the pending are cancelled when threads prove slower than one."""
    wall = busy = 0.0
    for number, future in enumerate(as_completed(futures), 1):
        yield future
        if number == threads:  # each has compiled what it calls
            wall = time.perf_counter()
            busy = time.process_time()
        elif number >= 3 * threads > 0 and (took := time.perf_counter() - wall) > _TRIAL:
            threads = 0
            if _NO_FASTER[0] < (time.process_time() - busy) / took < _NO_FASTER[1]:
                for each in futures:
                    each.cancel()


def _n_workers(executor: Executor) -> int:
    threads = getattr(getattr(executor, "_client", None), "nthreads", None)  # a cluster of dask
    n = sum(threads().values()) if threads else getattr(executor, "_max_workers", None)
    return n or _UNKNOWN


def submitter(
    executor: Executor, task: Callable[[Item], Result], stopped: threading.Event
) -> Callable[[Sequence[Item]], Future[list[Result]]]:
    if isinstance(executor, ThreadPoolExecutor):
        return lambda batch: executor.submit(_run_batch, task, stopped, batch)
    try:
        data = pickle.dumps(task, protocol=pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise InputError(_cannot_travel(error)) from error
    # A cluster of dask sends what is scattered once to a worker, and not with every batch. A fixed
    # key would be released by the first run while the second still needs it.
    scatter = getattr(getattr(executor, "_client", None), "scatter", None)
    sent: Any = data if scatter is None else scatter(data, broadcast=True, hash=False)
    key = os.urandom(16)  # of this run
    return lambda batch: executor.submit(_run_pickled, key, sent, batch)


def _run_batch(
    task: Callable[[Item], Result], stopped: threading.Event | None, batch: Sequence[Item]
) -> list[Result]:
    before = getattr(occupied, "run", False)
    occupied.run = True
    values = list[Result]()
    try:
        for item in batch:
            if interrupted() or (stopped is not None and stopped.is_set()):
                break
            values.append(task(item))
        return values
    finally:
        occupied.run = before


def _run_pickled(key: bytes, data: bytes, batch: Sequence[Any]) -> list[Any]:
    task = _loaded.get(key)
    if task is None:
        try:
            task = pickle.loads(data)
        except (AttributeError, ImportError) as error:
            raise InputError(_cannot_travel(error)) from error
        _loaded.clear()
        _loaded[key] = task
    return _run_batch(task, None, batch)


def _cannot_travel(error: Exception) -> str:
    return (
        f"what runs in other processes must be picklable: {error}. Define functions at the top "
        "level of a module (no lambda, no function inside a function), bind options with "
        "functools.partial, or run in threads: executor=None or a number."
    )

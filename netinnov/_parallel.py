"""One runner for everything that repeats: threads, or any executor, with the same results."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, TypeVar

from netinnov.errors import InputError

if TYPE_CHECKING:
    from tqdm import tqdm

__all__ = ["in_threads", "run", "workers"]

Item = TypeVar("Item")
Result = TypeVar("Result")

_SHARE = 20
"""A batch is at most one part in so many of the work: progress is seen, and little is lost."""

_WORTH_THREADS = 200_000
"""Rows below which starting threads costs more than it saves."""

_loaded: dict[str, Callable[[Any], Any]] = {}
"""The task that this process has unpickled last, by its digest."""


def run(
    task: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    executor: Executor | int | None = None,
    progress: bool = True,
    label: str = "replicates",
) -> list[Result]:
    """Apply a task to each item and give the results in the order of the items.

    Parameters
    ----------
    task : callable
        Takes one item. It holds all that the items share (the network above all): to other
        processes it is pickled once, travels as bytes and is unpickled once a process.
    items : sequence
        Small things, such as a number and a seed.
    executor : Executor, int or None
        None: a thread for each processor. A number: so many threads. An executor: any of
        ``concurrent.futures``, or one with its interface, such as ``Client.get_executor()`` of
        dask.distributed; it is left open.
    progress : bool
        Show a bar on a terminal, and nothing elsewhere.
    label : str
        What the bar counts.

    Returns
    -------
    list
        One result an item.

    Raises
    ------
    InputError
        A task that cannot travel to the processes of the executor; a number of threads below 1.
    """
    from tqdm import tqdm

    size = max(1, len(items) // _SHARE)
    batches = [items[start : start + size] for start in range(0, len(items), size)]
    bar = tqdm(total=len(items), desc=label, leave=False, disable=None if progress else True)
    with ExitStack() as stack:
        stack.callback(bar.close)
        if executor is None or isinstance(executor, int):
            threads = min(workers(executor), len(batches))
            if threads <= 1:
                return _collect((_run_batch(task, batch) for batch in batches), bar)
            executor = stack.enter_context(ThreadPoolExecutor(threads))
        elif not callable(getattr(executor, "submit", None)):
            msg = f"`executor` must be None, a number of threads or an executor; found {executor!r}"
            raise InputError(f"{msg} (no method `submit`).")
        futures = _submit(executor, task, batches)
        stack.callback(_cancel, futures)
        return _collect((future.result() for future in futures), bar)


def in_threads(work: Sequence[Callable[[], Result]], size: int) -> list[Result]:
    """Results of pieces of compiled work in order; in threads where `size` steps are worth it."""
    threads = min(workers(None), len(work))
    if threads <= 1 or size < _WORTH_THREADS:
        return [piece() for piece in work]
    with ThreadPoolExecutor(threads) as pool:
        return [future.result() for future in [pool.submit(piece) for piece in work]]


def workers(executor: int | None) -> int:
    """Count the threads that ``executor=None`` or a number asks for."""
    if executor is None:
        # New in Python 3.13: it knows of processors that this process may not use.
        count: Callable[[], int | None] = getattr(os, "process_cpu_count", os.cpu_count)
        return count() or 1
    if isinstance(executor, bool) or executor < 1:
        raise InputError(f"`executor` as a number of threads must be 1 or more; found {executor}.")
    return executor


def _submit(
    executor: Executor, task: Callable[[Item], Result], batches: list[Sequence[Item]]
) -> list[Future[list[Result]]]:
    if isinstance(executor, ThreadPoolExecutor):
        return [executor.submit(_run_batch, task, batch) for batch in batches]
    try:
        data = pickle.dumps(task, protocol=pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise InputError(_cannot_travel(error)) from error
    digest = hashlib.sha256(data).hexdigest()
    return [executor.submit(_run_pickled, digest, data, batch) for batch in batches]


def _run_batch(task: Callable[[Item], Result], batch: Sequence[Item]) -> list[Result]:
    return [task(item) for item in batch]


def _run_pickled(digest: str, data: bytes, batch: Sequence[Any]) -> list[Any]:
    task = _loaded.get(digest)
    if task is None:
        try:
            task = pickle.loads(data)
        except (AttributeError, ImportError) as error:
            raise InputError(_cannot_travel(error)) from error
        _loaded.clear()
        _loaded[digest] = task
    return _run_batch(task, batch)


def _collect(done: Any, bar: tqdm[Any]) -> list[Any]:
    results: list[Any] = []
    for batch in done:
        results += batch
        bar.update(len(batch))
    return results


def _cancel(futures: list[Future[Any]]) -> None:
    """Give up what has not begun, if one batch failed or the user pressed Ctrl-C."""
    for future in futures:
        future.cancel()


def _cannot_travel(error: Exception) -> str:
    return (
        f"what runs in other processes must be picklable: {error}. Define functions at the top "
        "level of a module (no lambda, no function inside a function), bind options with "
        "functools.partial, or run in threads: executor=None or a number."
    )

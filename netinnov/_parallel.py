"""One runner for everything that repeats: threads, or any executor, with the same results."""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, NoReturn, TypeVar

from netinnov._interruption import check_interrupted
from netinnov.errors import InputError

if TYPE_CHECKING:
    from tqdm import tqdm

Item = TypeVar("Item")
Result = TypeVar("Result")

BATCH_SECONDS = 2.0  # long against the cost of sending a batch, short against a run

_BATCHES = 4  # a worker gets at least so many batches, so that none waits long for the last one
_FILES = 1_000  # saved batches are at most about so many, and at least `_BATCHES` a worker
_UNKNOWN = 5  # workers of an executor that does not say how many it has
_WORTH_THREADS = 200_000  # rows below which starting threads costs more than it saves
_POLL = 0.2  # seconds after which a wait looks for a signal whose exception was lost

_inside = threading.local()  # whether this thread works for `run`, and so starts no threads
# The task that this process unpickled last, by digest
_loaded: dict[str, Callable[[Any], Any]] = {}


class _Batch(NamedTuple, Generic[Result]):
    values: list[Result]
    seconds: float


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

    ``task`` holds all that the items share (the network above all): to other processes it is
    pickled once, travels as bytes and is unpickled once a process. ``items`` are small, such as a
    number and a seed. ``executor``: None (a thread for each processor), a number of threads, or
    any executor of ``concurrent.futures`` or with its interface, such as ``Client.get_executor()``
    of dask.distributed, which is left open. ``label``: what the bar counts, in a terminal or a
    notebook. ``save`` gets the items and the results of each batch as soon as it is done, in this
    thread and in any order, also when another batch fails or the user presses Ctrl-C. ``done``:
    items that were done before and are not among ``items``; only the bar counts them.
    """
    bar = progress_bar(done + len(items), done=done, label=label, shown=progress)
    results: dict[int, list[Result]] = {}  # by the position of the first item of a batch
    waiting: dict[Future[_Batch[Result]], range] = {}
    seconds: list[float] = []

    def keep(at: range, values: list[Result]) -> None:
        results[at.start] = values
        bar.update(len(values))
        if save is not None:
            save(items[at.start : at.stop], values)

    def keep_batch(at: range, batch: _Batch[Result]) -> None:
        seconds.append(batch.seconds)
        keep(at, batch.values)

    def keep_all_done() -> None:
        for future in [future for future in waiting if _succeeded(future)]:
            keep_batch(waiting.pop(future), future.result())

    def work_off(batches: list[range]) -> None:
        futures = [submit(items[at.start : at.stop]) for at in batches]
        stack.callback(_cancel, futures)
        if save is None:  # else the batches that run at a failure are finished and saved
            stack.callback(stopped.set)
            for at, future in zip(batches, futures, strict=True):
                while not future.done():
                    wait([future], timeout=_POLL)
                    check_interrupted()
                keep_batch(at, future.result())
            return
        waiting.update(zip(futures, batches, strict=True))
        while waiting:
            wait(waiting, timeout=_POLL, return_when=FIRST_COMPLETED)
            keep_all_done()
            check_interrupted()
            for future in [future for future in waiting if future.done()]:
                future.result()  # raises what went wrong

    stopped = threading.Event()
    with ExitStack() as stack:
        stack.callback(bar.close)
        if executor is None or isinstance(executor, int):
            threads = min(workers(executor), len(items))
            if threads <= 1:
                _one_after_another(task, items, keep, least=_least_saved(items, save))
                return _joined(results)
            # Called last: when the batches that were running at a failure have ended.
            stack.callback(keep_all_done)
            executor = stack.enter_context(ThreadPoolExecutor(threads))
        elif not callable(getattr(executor, "submit", None)):
            msg = f"`executor` must be None, a number of threads or an executor; found {executor!r}"
            raise InputError(f"{msg} (no method `submit`).")
        else:
            stack.callback(keep_all_done)
        submit = _submitter(executor, task, stopped)
        n_workers = _n_workers(executor)
        if len(items) <= 2 * _BATCHES * n_workers:
            work_off(_batches(range(len(items)), 1))
            return _joined(results)
        # The first item of a worker may compile kernels, so the second is measured.
        first, rest = range(2 * n_workers), range(2 * n_workers, len(items))
        work_off(_batches(first, 2))
        most = -(-len(rest) // (_BATCHES * n_workers))
        fitting = int(BATCH_SECONDS / max(sum(seconds) / len(seconds), 1e-9))
        size = max(1, fitting, _least_saved(items, save))
        work_off(_batches(rest, min(size, most)))
        return _joined(results)


def _one_after_another(
    task: Callable[[Item], Result],
    items: Sequence[Item],
    keep: Callable[[range, list[Result]], None],
    *,
    least: int,
) -> None:
    """Run in this thread; results before a failure are kept too."""
    start, values, begun = 0, list[Result](), time.perf_counter()
    try:
        for at, item in enumerate(items):
            check_interrupted()
            values += _run_batch(task, None, [item]).values
            if time.perf_counter() - begun >= BATCH_SECONDS and len(values) >= least:
                keep(range(start, at + 1), values)
                start, values, begun = at + 1, [], time.perf_counter()
    finally:
        if values:
            keep(range(start, start + len(values)), values)


def _least_saved(items: Sequence[Item], save: object) -> int:
    return 1 if save is None else -(-len(items) // _FILES)


def _batches(positions: range, size: int) -> list[range]:
    return [positions[start : start + size] for start in range(0, len(positions), size)]


def _n_workers(executor: Executor) -> int:
    threads = getattr(getattr(executor, "_client", None), "nthreads", None)  # a cluster of dask
    n = sum(threads().values()) if threads else getattr(executor, "_max_workers", None)
    return n or _UNKNOWN


def in_threads(work: Sequence[Callable[[], Result]], size: int) -> list[Result]:
    """Run compiled work, in threads if ``size`` is worth it and no `run` occupies the cores."""
    threads = min(workers(None), len(work)) if worth_threads(size) else 1
    if threads <= 1:
        return [piece() for piece in work]
    with ThreadPoolExecutor(threads) as pool:
        return [future.result() for future in [pool.submit(piece) for piece in work]]


def worth_threads(size: int) -> bool:
    return size >= _WORTH_THREADS and not getattr(_inside, "run", False)


def workers(executor: int | None) -> int:
    if executor is None:
        # New in Python 3.13: it knows of processors that this process may not use.
        count: Callable[[], int | None] = getattr(os, "process_cpu_count", os.cpu_count)
        return count() or 1
    if isinstance(executor, bool) or executor < 1:
        raise InputError(f"`executor` as a number of threads must be 1 or more; found {executor}.")
    return executor


def _submitter(
    executor: Executor, task: Callable[[Item], Result], stopped: threading.Event
) -> Callable[[Sequence[Item]], Future[_Batch[Result]]]:
    if isinstance(executor, ThreadPoolExecutor):
        return lambda batch: executor.submit(_run_batch, task, stopped, batch)
    try:
        data = pickle.dumps(task, protocol=pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise InputError(_cannot_travel(error)) from error
    digest = hashlib.sha256(data).hexdigest()
    # A cluster of dask sends what is scattered once to a worker, and not with every batch. A fixed
    # key would be released by the first run while the second still needs it.
    scatter = getattr(getattr(executor, "_client", None), "scatter", None)
    sent: Any = data if scatter is None else scatter(data, broadcast=True, hash=False)
    return lambda batch: executor.submit(_run_pickled, digest, sent, batch)


def _run_batch(
    task: Callable[[Item], Result], stopped: threading.Event | None, batch: Sequence[Item]
) -> _Batch[Result]:
    before, _inside.run = getattr(_inside, "run", False), True
    values, begun = list[Result](), time.perf_counter()
    try:
        for item in batch:
            if stopped is None or not stopped.is_set():
                begun = time.perf_counter()
                values.append(task(item))
        return _Batch(values, time.perf_counter() - begun)
    finally:
        _inside.run = before


def _run_pickled(digest: str, data: bytes, batch: Sequence[Any]) -> _Batch[Any]:
    task = _loaded.get(digest)
    if task is None:
        try:
            task = pickle.loads(data)
        except (AttributeError, ImportError) as error:
            raise InputError(_cannot_travel(error)) from error
        _loaded.clear()
        _loaded[digest] = task
    return _run_batch(task, None, batch)


def _joined(results: dict[int, list[Result]]) -> list[Result]:
    return [value for start in sorted(results) for value in results[start]]


def _succeeded(future: Future[Any]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


def _cancel(futures: list[Future[Any]]) -> None:
    for future in futures:
        future.cancel()


def _cannot_travel(error: Exception) -> str:
    return (
        f"what runs in other processes must be picklable: {error}. Define functions at the top "
        "level of a module (no lambda, no function inside a function), bind options with "
        "functools.partial, or run in threads: executor=None or a number."
    )


def progress_bar(total: int, *, done: int = 0, label: str, shown: bool) -> tqdm[NoReturn]:
    """Hidden where neither a terminal nor a notebook can show it."""
    from tqdm import TqdmWarning

    with warnings.catch_warnings():
        # Without ipywidgets a notebook gets the bar as text, which needs no advice.
        warnings.simplefilter("ignore", TqdmWarning)
        from tqdm.auto import tqdm
    terminal = sys.stderr is not None and sys.stderr.isatty()
    visible = shown and (terminal or _in_notebook())
    return tqdm(total=total, initial=done, desc=label, leave=False, disable=not visible)


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return shell is not None and "IPKernelApp" in shell.config

"""One runner for everything that repeats: threads, or any executor, with the same results."""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from netinnov._interruption import check_interrupted
from netinnov.errors import InputError

if TYPE_CHECKING:
    from tqdm import tqdm

Item = TypeVar("Item")
Result = TypeVar("Result")

_SHARE = 20
"""A batch is at most one part in so many of the work: progress is seen, and little is lost."""

_SHARE_SAVED = 100
"""The same where batches are saved, so that a kill costs a hundredth of the work a worker."""

_WORTH_THREADS = 200_000
"""Rows below which starting threads costs more than it saves."""

_POLL = 0.2
"""Seconds after which a wait looks for a signal whose exception was lost."""

_inside = threading.local()
"""Whether this thread works for `run`: what it calls starts no threads of its own."""

_loaded: dict[str, Callable[[Any], Any]] = {}
"""The task that this process has unpickled last, by its digest."""


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
        Show a bar in a terminal or a notebook, and nothing elsewhere.
    label : str
        What the bar counts.
    save : callable, optional
        Gets the items and the results of each batch as soon as it is done, in this thread and in
        any order, also when another batch fails or the user presses Ctrl-C.
    done : int
        Items that were done before and are not among `items`; only the bar counts them.

    Returns
    -------
    list
        One result an item.

    Raises
    ------
    InputError
        A task that cannot travel to the processes of the executor; a number of threads below 1.
    """
    size = max(1, len(items) // (_SHARE_SAVED if save else _SHARE))
    batches = [items[start : start + size] for start in range(0, len(items), size)]
    results: list[list[Result]] = [[]] * len(batches)
    waiting: dict[Future[list[Result]], int] = {}
    total = done + len(items)
    bar = progress_bar(total, done=done, label=label, shown=progress)

    def keep(at: int, batch_results: list[Result]) -> None:
        results[at] = batch_results
        bar.update(len(batch_results))
        if save is not None:
            save(batches[at], batch_results)

    def keep_all_done() -> None:
        for future in [future for future in waiting if _succeeded(future)]:
            keep(waiting.pop(future), future.result())

    stopped = threading.Event()
    with ExitStack() as stack:
        stack.callback(bar.close)
        if executor is None or isinstance(executor, int):
            threads = min(workers(executor), len(batches))
            if threads <= 1:
                # A batch that is to be saved is finished, and another one is broken off.
                step = task if save is not None else partial(_unless_interrupted, task)
                for at, batch in enumerate(batches):
                    keep(at, _run_batch(step, stopped, batch))
                    check_interrupted()
                return _joined(results)
            # Called last: when the batches that were running at a failure have ended.
            stack.callback(keep_all_done)
            executor = stack.enter_context(ThreadPoolExecutor(threads))
        elif not callable(getattr(executor, "submit", None)):
            msg = f"`executor` must be None, a number of threads or an executor; found {executor!r}"
            raise InputError(f"{msg} (no method `submit`).")
        else:
            stack.callback(keep_all_done)
        futures = _submit(executor, task, batches, stopped)
        stack.callback(_cancel, futures)
        if save is None:  # else the batches that run at a failure are finished and saved
            stack.callback(stopped.set)
            for at, future in enumerate(futures):
                while not future.done():
                    wait([future], timeout=_POLL)
                    check_interrupted()
                keep(at, future.result())
            return _joined(results)
        waiting.update({future: at for at, future in enumerate(futures)})
        while waiting:
            wait(waiting, timeout=_POLL, return_when=FIRST_COMPLETED)
            keep_all_done()
            check_interrupted()
            for future in [future for future in waiting if future.done()]:
                future.result()  # raises what went wrong
        return _joined(results)


def in_threads(work: Sequence[Callable[[], Result]], size: int) -> list[Result]:
    """Results of pieces of compiled work in order; in threads where `size` steps are worth it.

    One after another where `run` is the caller: its workers have the processors already, and each
    would start as many threads again.
    """
    threads = min(workers(None), len(work))
    if threads <= 1 or size < _WORTH_THREADS or getattr(_inside, "run", False):
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
    executor: Executor,
    task: Callable[[Item], Result],
    batches: list[Sequence[Item]],
    stopped: threading.Event,
) -> list[Future[list[Result]]]:
    if isinstance(executor, ThreadPoolExecutor):
        return [executor.submit(_run_batch, task, stopped, batch) for batch in batches]
    try:
        data = pickle.dumps(task, protocol=pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise InputError(_cannot_travel(error)) from error
    digest = hashlib.sha256(data).hexdigest()
    # A cluster of dask sends what is scattered once to a worker, and not with every batch.
    scatter = getattr(getattr(executor, "_client", None), "scatter", None)
    sent: Any = data if scatter is None else scatter(data, broadcast=True)
    return [executor.submit(_run_pickled, digest, sent, batch) for batch in batches]


def _run_batch(
    task: Callable[[Item], Result], stopped: threading.Event | None, batch: Sequence[Item]
) -> list[Result]:
    """Results of a batch; of its first items where the whole run is stopped on the way."""
    before, _inside.run = getattr(_inside, "run", False), True
    try:
        return [task(item) for item in batch if stopped is None or not stopped.is_set()]
    finally:
        _inside.run = before


def _unless_interrupted(task: Callable[[Item], Result], item: Item) -> Result:
    check_interrupted()
    return task(item)


def _run_pickled(digest: str, data: bytes, batch: Sequence[Any]) -> list[Any]:
    task = _loaded.get(digest)
    if task is None:
        try:
            task = pickle.loads(data)
        except (AttributeError, ImportError) as error:
            raise InputError(_cannot_travel(error)) from error
        _loaded.clear()
        _loaded[digest] = task
    return _run_batch(task, None, batch)


def _joined(results: list[list[Result]]) -> list[Result]:
    return [result for batch in results for result in batch]


def _succeeded(future: Future[Any]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


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


def progress_bar(total: int, *, done: int = 0, label: str, shown: bool) -> tqdm[NoReturn]:
    """Make a bar, hidden where neither a terminal nor a notebook can show it."""
    from tqdm import TqdmWarning

    with warnings.catch_warnings():
        # Without ipywidgets a notebook gets the bar as text, which needs no advice.
        warnings.simplefilter("ignore", TqdmWarning)
        from tqdm.auto import tqdm
    terminal = sys.stderr is not None and sys.stderr.isatty()
    visible = shown and (terminal or _in_notebook())
    return tqdm(total=total, initial=done, desc=label, leave=False, disable=not visible)


def _in_notebook() -> bool:
    """Tell whether a Jupyter kernel runs this process; IPython is asked only where it is loaded."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return shell is not None and "IPKernelApp" in shell.config

"""A process beside that of a command, which draws figures meanwhile."""

from __future__ import annotations

import gc
import os
import pickle
import sys
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import cache
from subprocess import DEVNULL, PIPE, Popen
from threading import Event
from typing import Any

from netinnov._runtime.parallel import submitter
from netinnov._runtime.threads import workers
from netinnov.errors import InputError


def begin(executor: Executor | None, task: Callable[[Any], Any], item: Any) -> Callable[[], Any]:
    """Begin a task in an executor; one not started there runs here when its result is requested."""
    future: Future[list[Any]] | None = None
    if executor is not None:
        with suppress(InputError, RuntimeError):  # it cannot travel, or the executor has ended
            future = submitter(executor, task, Event())([item])

    def result() -> Any:
        with suppress(BrokenExecutor):
            if future is not None and not future.cancel():
                return future.result()[0]
        return task(item)

    return cache(result)


def second_process(*modules: str) -> AbstractContextManager[Executor | None]:
    """An executor for a command: None where there is one processor, or Python cannot be started."""
    with suppress(OSError):
        if workers(None) > 1:
            return SecondProcess(*modules)
    return nullcontext()


class SecondProcess(Executor):
    """One process, which imports modules first, gets no signals and ends with this one."""

    def __init__(self, *modules: str) -> None:
        # It reads work until this process ends, however that ends.
        mark = os.urandom(16).hex()
        code = (
            f"import gc, sys; gc.set_threshold(*{gc.get_threshold()}); sys.path[:] = {sys.path}"
            f"; import {', '.join(modules)}, {__name__} as this; this.serve({mark!r})"
        )
        pipes: Any = {"stdin": PIPE, "stdout": PIPE, "stderr": DEVNULL, "start_new_session": True}
        self._process: Any = Popen([sys.executable or "", "-P", "-c", code], **pipes)
        self._thread = ThreadPoolExecutor(1)
        self._thread.submit(self._skip, f"{mark}\n".encode())

    def _skip(self, mark: bytes) -> None:
        """Skip what is printed before the first answer, as by a user's `sitecustomize`."""
        while (line := self._process.stdout.readline()) and not line.endswith(mark):
            pass

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return self._thread.submit(self._ask, pickle.dumps((fn, args, kwargs)))

    def _ask(self, work: bytes) -> Any:
        try:
            self._process.stdin.write(work)
            self._process.stdin.flush()
            result, error = pickle.load(self._process.stdout)
        except Exception as lost:
            raise BrokenExecutor(f"the second process ended: {lost}") from lost
        if error is not None:
            raise error
        return result

    def shutdown(self, *_: object, **__: object) -> None:
        self._process.kill()  # nobody waits for what it still does
        self._thread.shutdown(cancel_futures=True)
        self._process.communicate()


def serve(mark: str) -> None:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print goes elsewhere
    answers.write(f"{mark}\n".encode())
    answers.flush()
    while True:
        try:
            function, positional, named = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer: Any = function(*positional, **named), None
        except Exception as error:
            answer = None, error
        pickle.dump(answer, answers)
        answers.flush()

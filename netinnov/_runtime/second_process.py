"""A process beside that of a command, which draws figures meanwhile."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from typing import Any


class SecondProcess(Executor):
    """An executor of one process, which signals do not reach and which ends with this one.

    ``module`` is what it imports before it has work.
    """

    def __init__(self, module: str) -> None:
        # It reads work until this process ends, however that ends.
        code = f"import sys; sys.path[:] = {sys.path!r}; import {module}, {__name__} as this; "
        code += "this.serve()"
        pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        pipes |= {"stderr": subprocess.DEVNULL, "start_new_session": True}
        self._process: Any = subprocess.Popen([sys.executable, "-P", "-c", code], **pipes)
        self._thread = ThreadPoolExecutor(1)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return self._thread.submit(self._ask, pickle.dumps((fn, args, kwargs)))

    def _ask(self, work: bytes) -> Any:
        try:
            self._process.stdin.write(work)
            self._process.stdin.flush()
            result, error = pickle.load(self._process.stdout)
        except (OSError, EOFError, ValueError, pickle.UnpicklingError) as lost:
            raise BrokenExecutor(f"the second process ended: {lost}") from lost
        if error is not None:
            raise error
        return result

    def shutdown(self, *_: object, **__: object) -> None:
        self._process.kill()  # nobody waits for what it still does
        self._thread.shutdown(cancel_futures=True)
        self._process.communicate()


def serve() -> None:
    """What that process does: read work, answer it."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print is no answer
    while True:
        try:
            function, positional, named = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        answer: tuple[Any, Exception | None]
        try:
            answer = function(*positional, **named), None
        except Exception as error:
            answer = None, error
        pickle.dump(answer, answers)
        answers.flush()

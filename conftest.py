"""What tests and examples of docstrings share: figures are closed, and a kernel compiles once."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

try:
    import fcntl
except ImportError:  # Windows: each worker compiles for itself
    fcntl = None

# Threads of BLAS that wait for each other take half of the time where two workers share two cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@pytest.fixture(autouse=True)
def no_open_figures():
    """Close the figures that pyplot keeps: it warns of more than twenty."""
    yield
    if (pyplot := sys.modules.get("matplotlib.pyplot")) is not None:
        pyplot.close("all")


def pytest_configure(config):
    """Let one worker of pytest-xdist compile a kernel while the others wait to read its cache."""
    if fcntl is None or not hasattr(config, "workerinput"):
        return
    from numba.core.caching import NullCache
    from numba.core.dispatcher import Dispatcher

    folder = Path(config.option.basetemp).parent
    compile_alone = Dispatcher.compile

    def compile_once(self, signature):
        if isinstance(self._cache, NullCache):
            return compile_alone(self, signature)
        with (folder / f"{self.py_func.__qualname__}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return compile_alone(self, signature)

    Dispatcher.compile = compile_once

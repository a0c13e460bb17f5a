"""What tests and examples of docstrings share: one worker makes what is dear for all."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

try:
    import fcntl
except ImportError:  # Windows: each worker compiles for itself
    fcntl = None

# Threads of BLAS that wait for each other take half of the time where two workers share two cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


# Thousands of collected tests are walked through again and again for garbage that is not there.
gc.set_threshold(50_000, 20, 20)
gc.disable()  # while they are collected


def pytest_collection_modifyitems(items):
    """Run the example of a function once, where it is written: its package exports it too."""
    examples = {}
    for item in items:
        test = getattr(item, "dtest", None)
        name = test and test.name.rpartition(".")[2]
        examples[(name, test.docstring) if test else item] = item
    items[:] = examples.values()


def pytest_collection_finish():
    """Leave what collection has made out of the search for garbage."""
    gc.freeze()
    gc.enable()


@contextmanager
def alone(path):
    """Let one worker in at a time."""
    if fcntl is None:
        yield
        return
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """``made_once(name, make)`` calls ``make(path)`` in one worker, and gives the path to all."""
    base = tmp_path_factory.getbasetemp()
    if fcntl is not None and "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent

    def made(name, make):
        path = base / name
        with alone(base / f"{name}.lock"):
            if not path.exists():
                make(path)
        return path

    return made


@pytest.fixture(autouse=True)
def imported_in_examples(doctest_namespace):
    """Examples of docstrings begin after ``import pandas as pd, netinnov as ni``."""
    import pandas as pd

    import netinnov as ni

    doctest_namespace.update(pd=pd, ni=ni)


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
        with alone(folder / f"{self.py_func.__qualname__}.lock"):
            return compile_alone(self, signature)

    Dispatcher.compile = compile_once

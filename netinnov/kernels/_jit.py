"""The one door to numba: how every kernel is compiled, cached and announced."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba
import numpy as np

__all__ = ["announce", "inlined", "kernel"]

P = ParamSpec("P")
R = TypeVar("R")

_listeners: list[Callable[[str], None]] = []


def announce(listener: Callable[[str], None] | None) -> None:
    """Call ``listener(name)`` before a kernel is compiled; None for silence."""
    _listeners[:] = [] if listener is None else [listener]


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile ``function`` on its first call, without the interpreter lock.

    Array arguments reach it read-only, whatever their flag was: numba compiles one version for
    writable and one for read-only arrays, and a kernel that cannot write to its input cannot
    change a network by mistake.
    """
    try:
        compiled: Any = numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:  # no folder of the cache is writable
        compiled = numba.njit(nogil=True)(function)
    started = False

    @functools.wraps(function)
    def call(*args: P.args, **_: P.kwargs) -> R:
        nonlocal started
        if not started:
            started = True
            if _listeners and not _is_cached(compiled, function):
                _listeners[0](function.__name__)
        return compiled(*[_read_only(value) for value in args])

    return call


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """A part of kernels of the same file: compiled once, and put by LLVM wherever it is called."""
    return numba.njit(forceinline=True)(function)


def _read_only(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.flags.writeable:
        value = value.view()
        value.flags.writeable = False
    return value


def _is_cached(compiled: Any, function: Callable[..., Any]) -> bool:
    """Whether the folder of the cache has this function for this interpreter."""
    stats = getattr(compiled, "stats", None)
    if stats is None:  # numba is switched off
        return True
    tag = f"py{sys.version_info.major}{sys.version_info.minor}"
    line = function.__code__.co_firstlineno
    found = f"*{function.__name__}-{line}.{tag}*.nbi"
    return bool(stats.cache_path) and any(Path(stats.cache_path).glob(found))

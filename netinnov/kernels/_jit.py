"""The one door to numba: how every kernel is compiled, cached and announced."""

from __future__ import annotations

import functools
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba
import numpy as np

P = ParamSpec("P")
R = TypeVar("R")

# Only kernels call parts of kernels.
_NO_WRAPPERS: Any = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def _say_once(_: str) -> None:
    announce(None)
    if "ipykernel" in sys.modules or (sys.stderr is not None and sys.stderr.isatty()):
        sys.stderr.write(
            "netinnov: compiling what runs in loops. The first call of a function takes 2 to 10 "
            "seconds more, once on this computer.\n"
        )


_listeners: list[Callable[[str], None]] = [_say_once]


def announce(listener: Callable[[str], None] | None) -> None:
    """Call ``listener(name)`` before a kernel is compiled; None for silence."""
    _listeners[:] = [] if listener is None else [listener]


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile ``function`` on its first call, without the interpreter lock.

    Array arguments reach it read-only, whatever their flag was: numba compiles one version for
    writable and one for read-only arrays, and a kernel must not change a network. Work arrays, to
    which it writes, come in a tuple.
    """
    compiled: Any
    try:
        compiled = numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:  # no folder of the cache is writable
        compiled = numba.njit(nogil=True)(function)
    started = False

    @functools.wraps(function)
    def call(*args: P.args, **_: P.kwargs) -> R:
        nonlocal started, compiled
        if not started:
            started = True
            for listener in () if _is_cached(compiled, function) else tuple(_listeners):
                listener(function.__name__)
        values = [_read_only(value) for value in args]
        try:
            result: R = compiled(*values)
        except Exception as error:
            # A damaged file of the cache, or a full disk, unless the kernel itself fails.
            uncached: Any = numba.njit(nogil=True)(function)
            result = uncached(*values)
            msg = f"compiled code cannot be kept in or read from {compiled.stats.cache_path} "
            msg += f"({type(error).__name__}: {error}), so it is compiled again in each run. Make "
            msg += "room on the disk, or delete this folder: it is only a cache."
            warnings.warn(msg, UserWarning, stacklevel=2)
            compiled = uncached
        return result

    return call


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Part of kernels: compiled once, inlined by LLVM; its change alone compiles no other file."""
    return numba.njit(forceinline=True, **_NO_WRAPPERS)(function)


def called(function: Callable[P, R]) -> Callable[P, R]:
    """Part of kernels of the same file that is too long to inline."""
    return numba.njit(**_NO_WRAPPERS)(function)


def _read_only(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.flags.writeable:
        value = value.view()
        value.flags.writeable = False
    return value


def _is_cached(compiled: Any, function: Callable[..., Any]) -> bool:
    if not hasattr(compiled, "stats"):
        return bool(getattr(numba.config, "DISABLE_JIT", False))  # there is nothing to compile
    tag = f"py{sys.version_info.major}{sys.version_info.minor}"
    name = f"*{function.__name__}-{function.__code__.co_firstlineno}.{tag}*.nbi"
    folder = compiled.stats.cache_path
    return folder is not None and any(Path(folder).glob(name))

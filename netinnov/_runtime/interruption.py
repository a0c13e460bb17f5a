"""Ctrl-C and the signals that end a process: none is lost, and nothing is left half written."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")

_received: list[int] = []  # the numbers of the signals so far


def listen() -> None:
    """Raise KeyboardInterrupt on Ctrl-C, SystemExit on SIGTERM and SIGHUP; for commands only.

    An exception raised inside a callback of the interpreter is lost, so `check_interrupted` raises
    it again. A second signal of a kind ends the process, even inside compiled code.
    """
    default = (signal.SIG_DFL, signal.default_int_handler)
    for number in (getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)):
        if signal.getsignal(number) in default:
            signal.signal(number, _hear)
    sys.unraisablehook = _tell_unraisable


def interrupted() -> bool:
    return bool(_received)


def check_interrupted() -> None:
    """Raise what a signal asked for, if a callback swallowed its exception."""
    if _received:
        raise _exception(_received[0])


@contextmanager
def cleaning(clean: Callable[[], None]) -> Iterator[None]:
    """Call ``clean()`` at the end, and again where a signal breaks it off."""
    try:
        yield
    finally:
        try:
            clean()
        except BaseException:
            clean()
            raise


@contextmanager
def signals_first() -> Iterator[None]:
    """Raise a pending signal in place of the error that a library made of it."""
    try:
        yield
    except Exception:
        check_interrupted()
        raise


def _hear(number: int, _: object) -> None:
    signal.signal(number, signal.SIG_DFL)
    _received.append(number)
    raise _exception(number)


def _exception(number: int) -> BaseException:
    return KeyboardInterrupt() if number == signal.SIGINT else SystemExit(128 + number)


def _tell_unraisable(lost: sys.UnraisableHookArgs) -> None:
    """Hide exceptions that `check_interrupted` will raise again."""
    if not (_received and issubclass(lost.exc_type, (KeyboardInterrupt, SystemExit))):
        sys.__unraisablehook__(lost)

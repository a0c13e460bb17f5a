"""Ctrl-C and the signals that end a process: none is lost, and a second one ends it at once."""

from __future__ import annotations

import atexit
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")

_received: list[int] = []  # the numbers of the signals so far

_cleaners: list[Callable[[], None]] = []  # what removes files that are not complete


def listen() -> None:
    """Raise KeyboardInterrupt on Ctrl-C, SystemExit on SIGTERM and SIGHUP; for commands only.

    An exception raised inside a callback of the interpreter is lost, so `check_interrupted` raises
    it again. A second signal ends the process, even inside compiled code.
    """
    default = (signal.SIG_DFL, signal.default_int_handler)
    numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    heard = [number for number in numbers if signal.getsignal(number) in default]
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.detach(), warn_on_full_buffer=False)
    for number in heard:
        signal.signal(number, lambda number, _: _receive(number))
    threading.Thread(target=_end_at_second, args=(reader, heard), daemon=True).start()
    sys.unraisablehook = _tell_unraisable
    atexit.register(_clean_all)


def interrupted() -> bool:
    return bool(_received)


def check_interrupted() -> None:
    """Raise what a signal asked for, if a callback swallowed its exception."""
    if _received:
        raise _exception(_received[0])


@contextmanager
def cleaning(clean: Callable[[], None]) -> Iterator[None]:
    """Call ``clean()`` at the end, even if a second signal ends the process first."""
    _cleaners.append(clean)
    try:
        yield
    finally:
        clean()
        _cleaners.remove(clean)  # not before: where a signal breaks it off, it is called again


@contextmanager
def signals_first() -> Iterator[None]:
    """Raise a pending signal in place of the error that a library made of it."""
    try:
        yield
    except Exception:
        check_interrupted()
        raise


def _receive(number: int) -> None:
    _received.append(number)
    raise _exception(number)


def _exception(number: int) -> BaseException:
    return KeyboardInterrupt() if number == signal.SIGINT else SystemExit(128 + number)


def _end_at_second(reader: socket.socket, heard: list[int]) -> None:
    numbers: list[int] = []
    while len(numbers) < 2:
        numbers += [number for number in reader.recv(16) if number in heard]
    _clean_all()
    os._exit(128 + numbers[0])


def _clean_all() -> None:
    for clean in reversed(_cleaners):
        clean()


def _tell_unraisable(lost: sys.UnraisableHookArgs) -> None:
    """Hide exceptions that `check_interrupted` will raise again."""
    if not (_received and issubclass(lost.exc_type, (KeyboardInterrupt, SystemExit))):
        sys.__unraisablehook__(lost)

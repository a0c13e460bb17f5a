"""What commands say on the terminal, and how they end."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn, ParamSpec

import typer

from netinnov._runtime.display import without_controls
from netinnov._runtime.interruption import signals_first
from netinnov.errors import InputError, shortened

P = ParamSpec("P")


def plainly(command: Callable[P, None]) -> Callable[P, None]:
    @functools.wraps(command)
    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        import pyarrow as pa

        # Handlers of its own, put in place while it reads a file, may lose a signal.
        pa.enable_signal_handlers(False)
        try:
            with signals_first():
                command(*args, **kwargs)
        except (typer.Exit, typer.Abort, typer.BadParameter, BrokenPipeError):
            raise
        except (InputError, ImportError) as error:
            fail("\n".join([str(error), *getattr(error, "__notes__", ())]))
        except OSError as error:
            where = error.filename or "the output, or the working directory"
            fail(f"{where}: {error.strerror or error}.")
        except MemoryError as error:
            fail(f"there is not enough memory ({error}).")
        except (KeyboardInterrupt, SystemExit) as error:  # of signals
            with suppress(OSError):  # the terminal is gone
                tell("stopped; nothing is left half written.")
            raise typer.Exit(getattr(error, "code", 130)) from None
        except Exception as error:
            if os.environ.get("NETINNOV_TRACEBACK"):
                raise
            fail(
                f"a fault of netinnov itself: {type(error).__name__}: {error}\n"
                "Please report it; NETINNOV_TRACEBACK=1 shows where it happened."
            )

    return call


def fail(message: str) -> NoReturn:
    tell(message)
    raise typer.Exit(1)


def tell(text: str) -> None:
    write(f"netinnov: {shortened(text)}", err=True)


def write(text: str, *, err: bool = False) -> None:
    typer.echo(without_controls(text), err=err)


def write_line(text: str) -> None:
    write(without_controls(text, one_line=True))

"""The one door to packages that are not always installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def require(module: str, *, extra: str, needed_by: str) -> Any:
    """Import an optional package, or say with which command it is installed.

    ``needed_by`` is the function that needs it, with the option if there is one.
    """
    package = module.partition(".")[0]
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != package:
            raise
        msg = f"{needed_by} needs {package}, which is not installed. Install it with: pip install "
        raise ImportError(f"{msg}'netinnov[{extra}]'", name=package) from None

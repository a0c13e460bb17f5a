"""The one door to packages that are not always installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def require(module: str, *, needed_by: str, extra: str = "", mend: str = "") -> Any:
    package = module.partition(".")[0]
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != package:
            raise
        mend = mend or f"Install it with: pip install 'netinnov[{extra}]'"
        msg = f"{needed_by} needs {package}, which is not installed. {mend}"
        raise ImportError(msg, name=package) from None

"""What `dir()` lists of a module: its public names, and nothing that it only imports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["public_names"]


def public_names(module: Mapping[str, Any]) -> Callable[[], list[str]]:
    """Make the function `__dir__` of a module from its `globals()`."""

    def listed() -> list[str]:
        special = (name for name in module if name.startswith("__") and name.endswith("__"))
        return sorted({*module["__all__"], *special})

    return listed

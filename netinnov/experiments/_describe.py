"""Labels of scenarios and alternatives in tables."""

from __future__ import annotations

from typing import Any

from netinnov._describe import identity
from netinnov.errors import InputError

__all__ = ["described"]


def described(thing: Any) -> str:
    """Say what a scenario or alternative is by its content; by its type if that cannot be told."""
    try:
        return identity(thing)
    except InputError:
        return type(thing).__qualname__

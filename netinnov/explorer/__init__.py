"""One page to explore a network of places and to try an enclave; it needs no network."""

from __future__ import annotations

from netinnov._public import public_names
from netinnov.explorer._explorer import Explorer, explore

__all__ = ["Explorer", "explore"]

__dir__ = public_names(globals())

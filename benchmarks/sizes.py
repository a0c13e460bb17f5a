"""Sizes of what is measured."""

from __future__ import annotations

import sys


def sized(n: int) -> int:
    """A tenth where nothing is measured, and a benchmark only has to run."""
    return n // 10 if "--benchmark-disable" in sys.argv else n

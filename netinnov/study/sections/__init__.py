"""The sections of a study, in the order of the page: a new one is a file here and a line below."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from netinnov.study._section import Section

__all__ = ["LEADING", "SECTIONS"]
SECTIONS: list[Section[Any]] = [
    Section.of(import_module(f"{__name__}.{name}"))
    for name in (
        "experiment",
        "hosts",
        "data",
        "central",
        "centres",
        "organised",
        "enclaves",
        "park",
        "where_next",
        "space",
        "gains",
    )
]
# The first of them that the data allow answers the question of the study.
LEADING = ("experiment", "centres", "central", "data")

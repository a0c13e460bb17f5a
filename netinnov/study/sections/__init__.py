"""The sections of a study, in the order of the page: a new one is a file here and a line below."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

from netinnov.study._section import Section, joint_section

__all__ = ["LEADING", "SECTIONS", "SLOW"]


def _module(name: str) -> ModuleType:
    return import_module(f"{__name__}.{name}")


NAMES = "experiment hosts data central centres organised enclaves periods evaluation park"
SECTIONS: list[Section[Any]] = [
    *(Section.of(_module(name)) for name in NAMES.split()),
    joint_section("where_next", siting=_module("_sites"), plan=_module("_centre_plan")),
    Section.of(_module("space")),
    joint_section("gains", sharing=_module("_sharing"), governance=_module("_governance")),
]
# The first of them that the data allow answers the question of the study.
LEADING = ("experiment", "centres", "central", "data")
# Computed last, in this order: the figures of others may be drawn meanwhile.
SLOW = {"centres": 1, "where_next": 2, "experiment": 3, "hosts": 4}

"""The sections of a study, in the order of the page: a new one is a file here and a line below."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from netinnov.study._section import Section

__all__ = ["SECTIONS"]
SECTIONS: list[Section[Any]] = [
    Section.of(import_module(f"{__name__}.{name}"))
    for name in (
        "built",
        "central",
        "multicentric",
        "centres",
        "profile",
        "communities",
        "layers",
        "brokers",
        "enclaves",
        "experiment",
        "park",
        "diffusion",
        "specialisation",
        "siting",
        "plan",
        "space",
        "sharing",
        "governance",
        "methods",
    )
]

"""The sections of a study, in the order of the page: a new one is a file here and a line below."""

from __future__ import annotations

from typing import Any

from netinnov.study._section import Section
from netinnov.study.sections import (
    brokers,
    built,
    central,
    centres,
    cobweb,
    communities,
    diffusion,
    enclaves,
    experiment,
    free_flow,
    governance,
    layers,
    methods,
    multicentric,
    park,
    plan,
    profile,
    sharing,
    siting,
    space,
    specialisation,
)

__all__ = ["SECTIONS"]

SECTIONS: list[Section[Any]] = [
    Section.of(module)
    for module in (
        built,
        central,
        multicentric,
        centres,
        profile,
        communities,
        layers,
        brokers,
        enclaves,
        experiment,
        free_flow,
        cobweb,
        park,
        diffusion,
        specialisation,
        siting,
        plan,
        space,
        sharing,
        governance,
        methods,
    )
]

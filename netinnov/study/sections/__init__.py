"""The sections of a study, in the order of the page: a new one is a file here and a line below."""

from __future__ import annotations

from typing import Any

from netinnov.study._section import Section
from netinnov.study.sections.brokers import BROKERS
from netinnov.study.sections.built import BUILT
from netinnov.study.sections.central import CENTRAL
from netinnov.study.sections.centres import CENTRES
from netinnov.study.sections.cobweb import COBWEB
from netinnov.study.sections.communities import COMMUNITIES
from netinnov.study.sections.diffusion import DIFFUSION
from netinnov.study.sections.enclaves import ENCLAVES
from netinnov.study.sections.experiment import EXPERIMENT
from netinnov.study.sections.free_flow import FREE_FLOW
from netinnov.study.sections.governance import GOVERNANCE
from netinnov.study.sections.layers import LAYERS
from netinnov.study.sections.methods import METHODS
from netinnov.study.sections.multicentric import MULTICENTRIC
from netinnov.study.sections.park import PARK
from netinnov.study.sections.plan import PLAN
from netinnov.study.sections.profile import PROFILE
from netinnov.study.sections.sharing import SHARING
from netinnov.study.sections.siting import SITING
from netinnov.study.sections.space import SPACE
from netinnov.study.sections.specialisation import SPECIALISATION

__all__ = ["SECTIONS"]

SECTIONS: list[Section[Any]] = [
    BUILT,
    CENTRAL,
    MULTICENTRIC,
    CENTRES,
    PROFILE,
    COMMUNITIES,
    LAYERS,
    BROKERS,
    ENCLAVES,
    EXPERIMENT,
    FREE_FLOW,
    COBWEB,
    PARK,
    DIFFUSION,
    SPECIALISATION,
    SITING,
    PLAN,
    SPACE,
    SHARING,
    GOVERNANCE,
    METHODS,
]

"""Where next: which parks to build, and what reaches a target of centres at least cost."""

from __future__ import annotations

from netinnov.study._joint_section import JointSection
from netinnov.study._section import Section
from netinnov.study.sections import _centre_plan, _sites

PARTS = JointSection({"siting": Section.of(_sites), "plan": Section.of(_centre_plan)})
OPTIONS, check, compute, facts = PARTS.options, PARTS.check, PARTS.compute, PARTS.facts
key_figures, draw, tables = PARTS.key_figures, PARTS.draw, PARTS.tables

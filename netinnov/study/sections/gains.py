"""Who gains: what enclaves add for whom, and approaches of governance side by side."""

from __future__ import annotations

from netinnov.study._joint_section import JointSection
from netinnov.study._section import Section
from netinnov.study.sections import _governance, _sharing

PARTS = JointSection({"sharing": Section.of(_sharing), "governance": Section.of(_governance)})
OPTIONS, check, compute, facts = PARTS.options, PARTS.check, PARTS.compute, PARTS.facts
key_figures, draw, tables = PARTS.key_figures, PARTS.draw, PARTS.tables

"""Where next: which parks to build, and what reaches a target of centres at least cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from netinnov.study._context import Context
from netinnov.study._section import Fact, KeyFigure, Picture, Result, Table
from netinnov.study.sections import _centre_plan, _sites
from netinnov.study.sections._candidate_sites import SitingPart, candidates_of
from netinnov.study.sections._centre_plan import Plan, PlanPart, task_of
from netinnov.study.sections._sites import Siting

OPTIONS = (SitingPart, PlanPart)
PARTS = ("siting", "plan")


@dataclass(frozen=True, slots=True, eq=False)
class WhereNext(Result):
    """Sites that raise an objective most, and the cheapest that reach a target of centres."""

    siting: Siting | None
    plan: Plan | None

    @property
    def parts(self) -> list[tuple[Any, Any]]:
        """Each part that was asked for, in the language of this result."""
        parts = [(_sites, self.siting), (_centre_plan, self.plan)]
        return [
            (module, replace(part, context=self.context))
            for module, part in parts
            if part is not None
        ]


def check(context: Context) -> None:
    if context.options(SitingPart) is not None:
        context.once(candidates_of)
    if context.options(PlanPart) is not None:
        context.once(task_of)


def compute(context: Context) -> WhereNext:
    siting = None if context.options(SitingPart) is None else _sites.compute(context)
    plan = None if context.options(PlanPart) is None else _centre_plan.compute(context)
    return WhereNext(context, siting, plan)


def facts(result: WhereNext) -> Mapping[str, Fact]:
    known: dict[str, Fact] = {"parts": " ".join(name for name in PARTS if getattr(result, name))}
    for module, part in result.parts:
        known |= module.facts(part)
    return known


def key_figures(result: WhereNext) -> Iterator[KeyFigure]:
    for module, part in result.parts:
        yield from module.key_figures(part)


def draw(result: WhereNext) -> Iterator[Picture]:
    for module, part in result.parts:
        yield from module.draw(part)


def tables(result: WhereNext) -> Iterator[Table]:
    for module, part in result.parts:
        yield from module.tables(part)

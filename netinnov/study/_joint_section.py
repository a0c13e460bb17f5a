"""A section of several parts, each with settings of its own and a module that knows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

from netinnov.study._context import Context
from netinnov.study._section import Fact, Result, Section


@dataclass(frozen=True, slots=True, eq=False)
class Joint(Result):
    """The result of each part that was asked for, by its name."""

    results: Mapping[str, Any]

    def of(self, part: str) -> Any:
        """The result of a part, in the language of this one."""
        return replace(self.results[part], context=self.context)


def joint_section(name: str, **modules: ModuleType) -> Section[Joint]:
    """The section of a module for each part; facts ``has_PART`` say which were asked for."""
    parts = {part: Section.of(module) for part, module in modules.items()}

    def asked(context: Context) -> Iterator[tuple[str, Section[Any]]]:
        for part, section in parts.items():
            if any(map(context.options, section.options)):
                yield part, section

    def check(context: Context) -> None:
        for _, section in asked(context):
            if section.check is not None:
                context.once(section.check)

    def compute(context: Context) -> Joint:
        return Joint(context, {part: section.compute(context) for part, section in asked(context)})

    def facts(joint: Joint) -> Mapping[str, Fact]:
        known: dict[str, Fact] = {f"has_{part}": part in joint.results for part in parts}
        for part in joint.results:
            known |= parts[part].facts(joint.of(part))
        return known

    def every(kind: str) -> Callable[[Joint], Iterator[Any]]:
        def of_parts(joint: Joint) -> Iterator[Any]:
            for part in joint.results:
                yield from getattr(parts[part], kind)(joint.of(part))

        return of_parts

    rows = {kind: every(kind) for kind in ("key_figures", "draw", "tables")}
    options = tuple(option for section in parts.values() for option in section.options)
    return Section(name, compute, facts, **rows, options=options, check=check)

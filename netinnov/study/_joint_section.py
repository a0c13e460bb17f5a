"""A section of several parts, each with settings of its own and a module that knows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from netinnov.study._context import Context
from netinnov.study._section import Fact, KeyFigure, Part, Picture, Result, Section, Table


@dataclass(frozen=True, slots=True, eq=False)
class Joint(Result):
    """The result of each part that was asked for, by its name."""

    results: Mapping[str, Any]

    def of(self, part: str) -> Any:
        """The result of a part, in the language of this one."""
        return replace(self.results[part], context=self.context)


@dataclass(frozen=True, slots=True, eq=False)
class JointSection:
    """A section of several, by the name of the fact ``has_NAME``."""

    sections: Mapping[str, Section[Any]]

    @property
    def options(self) -> tuple[type[Part], ...]:
        return tuple(part for each in self.sections.values() for part in each.options)

    def _asked(self, context: Context) -> dict[str, Section[Any]]:
        asked = self.sections.items()
        return {name: each for name, each in asked if any(map(context.options, each.options))}

    def check(self, context: Context) -> None:
        for section in self._asked(context).values():
            if section.check is not None:
                context.once(section.check)

    def compute(self, context: Context) -> Joint:
        asked = self._asked(context).items()
        return Joint(context, {name: section.compute(context) for name, section in asked})

    def facts(self, joint: Joint) -> Mapping[str, Fact]:
        known: dict[str, Fact] = {f"has_{name}": name in joint.results for name in self.sections}
        for name in joint.results:
            known |= self.sections[name].facts(joint.of(name))
        return known

    def key_figures(self, joint: Joint) -> Iterator[KeyFigure]:
        for name in joint.results:
            yield from self.sections[name].key_figures(joint.of(name))

    def draw(self, joint: Joint) -> Iterator[Picture]:
        for name in joint.results:
            yield from self.sections[name].draw(joint.of(name))

    def tables(self, joint: Joint) -> Iterator[Table]:
        for name in joint.results:
            yield from self.sections[name].tables(joint.of(name))

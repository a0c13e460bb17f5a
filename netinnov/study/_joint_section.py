"""A section of several parts, each with settings of its own and a module that knows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from netinnov.study._context import Context
from netinnov.study._section import Fact, KeyFigure, Part, Picture, Result, Table

if TYPE_CHECKING:
    from types import ModuleType


@dataclass(frozen=True, slots=True, eq=False)
class Joint(Result):
    """The result of each part that was asked for, by its name."""

    results: Mapping[str, Any]

    def of(self, part: str) -> Any:
        """The result of a part, in the language of this one."""
        return replace(self.results[part], context=self.context)


@dataclass(frozen=True, slots=True, eq=False)
class JointSection:
    """What a section is made of, from modules that have the same names as a section."""

    modules: Mapping[str, ModuleType]  # by the name of the fact ``has_NAME``

    @property
    def options(self) -> tuple[type[Part], ...]:
        return tuple(module.OPTIONS for module in self.modules.values())

    def _asked(self, context: Context) -> list[str]:
        options = {name: context.options(module.OPTIONS) for name, module in self.modules.items()}
        return [name for name, part in options.items() if part is not None]

    def check(self, context: Context) -> None:
        for name in self._asked(context):
            context.once(self.modules[name].CHECK)

    def compute(self, context: Context) -> Joint:
        names = self._asked(context)
        return Joint(context, {name: self.modules[name].compute(context) for name in names})

    def facts(self, joint: Joint) -> Mapping[str, Fact]:
        known: dict[str, Fact] = {f"has_{name}": name in joint.results for name in self.modules}
        for name in joint.results:
            known |= self.modules[name].facts(joint.of(name))
        return known

    def key_figures(self, joint: Joint) -> Iterator[KeyFigure]:
        for name in joint.results:
            yield from self.modules[name].key_figures(joint.of(name))

    def draw(self, joint: Joint) -> Iterator[Picture]:
        for name in joint.results:
            yield from self.modules[name].draw(joint.of(name))

    def tables(self, joint: Joint) -> Iterator[Table]:
        for name in joint.results:
            yield from self.modules[name].tables(joint.of(name))

"""A section of a study: one module, or several as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from itertools import chain
from types import ModuleType
from typing import Any, Generic, Self, TypeVar

from netinnov.study._context import Context, Result
from netinnov.study._facts import Fact, KeyFigure, Part, Picture, Table

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Section(Generic[R]):
    """A part of a study, from the data to the page: a module of `netinnov.study.sections`.

    Its functions have the names of these fields, and its constants in capitals. The words are in
    ``NAME.en.jinja`` and ``NAME.zh.jinja`` beside it.
    """

    name: str  # its anchor on the page
    compute: Callable[[Context], R | None]  # all numbers; None where the data do not allow any
    facts: Callable[[R], Mapping[str, Fact]]  # flat and typed: what the templates may say
    tables: Callable[[R], Iterable[Table]]  # what is written to files
    key_figures: Callable[[R, Any], Iterable[KeyFigure]] = lambda *_: ()  # also of its facts
    draw: Callable[[R], Iterable[Picture]] = lambda _: ()
    # Settings, which several sections may share; where all parts are false it is left out.
    options: tuple[type[Part], ...] = ()
    # Called before any section computes: raises what is wrong with the settings for these data.
    check: Callable[[Context], Any] = lambda _: None

    @classmethod
    def of(cls, module: ModuleType) -> Self:
        names = [part.name for part in fields(cls)[1:]]
        parts = {each: vars(module).get(each, vars(module).get(each.upper())) for each in names}
        held = {each: part for each, part in parts.items() if part is not None}
        if isinstance(held.get("options"), type):
            held["options"] = (held["options"],)
        return cls(module.__name__.rpartition(".")[2], **held)

    def is_wanted(self, context: Context) -> bool:
        return not self.options or any(map(context.options, self.options))


class Joint(Result):
    results: Mapping[str, Any]  # of each part that was asked for


def joint_section(name: str, **modules: ModuleType) -> Section[Joint]:
    """The section of a module for each part; facts ``has_PART`` say which were asked for."""
    parts: dict[str, Section[Any]] = {each: Section.of(part) for each, part in modules.items()}

    def asked(context: Context) -> dict[str, Section[Any]]:
        return {each: part for each, part in parts.items() if part.is_wanted(context)}

    def check(context: Context) -> None:
        for part in asked(context).values():
            context.once(part.check)

    def compute(context: Context) -> Joint:
        results = {each: part.compute(context) for each, part in asked(context).items()}
        return Joint(context, results)

    def every(kind: str, joint: Joint, *known: Any) -> Iterator[Any]:
        for each, result in joint.results.items():
            yield getattr(parts[each], kind)(replace(result, context=joint.context), *known)

    def facts(joint: Joint) -> Mapping[str, Fact]:
        known: dict[str, Fact] = {f"has_{each}": each in joint.results for each in parts}
        for each in every("facts", joint):
            known |= each
        return known

    def rows(kind: str) -> Callable[..., Iterable[Any]]:
        return lambda *of: chain.from_iterable(every(kind, *of))

    of_parts: Any = {kind: rows(kind) for kind in ("tables", "key_figures", "draw")}
    options = tuple(option for part in parts.values() for option in part.options)
    return Section(name, compute, facts, **of_parts, options=options, check=check)

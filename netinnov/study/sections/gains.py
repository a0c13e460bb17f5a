"""Who gains: what enclaves add for whom, and approaches of governance side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from netinnov.study._context import Context
from netinnov.study._section import Fact, KeyFigure, Picture, Result, Table
from netinnov.study.sections import _governance, _sharing
from netinnov.study.sections._governance import Governance, GovernancePart, pair_of
from netinnov.study.sections._sharing import Sharing, SharingPart, pairs_of

OPTIONS = (SharingPart, GovernancePart)
PARTS = ("sharing", "governance")


@dataclass(frozen=True, slots=True, eq=False)
class Gains(Result):
    """A game of access between places, and approaches between a home and a host."""

    sharing: Sharing | None
    governance: Governance | None

    @property
    def parts(self) -> list[tuple[Any, Any]]:
        """Each part that was asked for, in the language of this result."""
        parts = [(_sharing, self.sharing), (_governance, self.governance)]
        return [
            (module, replace(part, context=self.context))
            for module, part in parts
            if part is not None
        ]


def check(context: Context) -> None:
    if context.options(SharingPart) is not None:
        context.once(pairs_of)
    if context.options(GovernancePart) is not None:
        context.once(pair_of)


def compute(context: Context) -> Gains:
    sharing = None if context.options(SharingPart) is None else _sharing.compute(context)
    governance = None if context.options(GovernancePart) is None else _governance.compute(context)
    return Gains(context, sharing, governance)


def facts(result: Gains) -> Mapping[str, Fact]:
    known: dict[str, Fact] = {"parts": " ".join(name for name in PARTS if getattr(result, name))}
    for module, part in result.parts:
        known |= module.facts(part)
    return known


def key_figures(result: Gains) -> Iterator[KeyFigure]:
    for module, part in result.parts:
        yield from module.key_figures(part)


def draw(result: Gains) -> Iterator[Picture]:
    for module, part in result.parts:
        yield from module.draw(part)


def tables(result: Gains) -> Iterator[Table]:
    for module, part in result.parts:
        yield from module.tables(part)

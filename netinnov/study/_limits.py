"""What a report leaves out and takes for granted: the page and `netinnov check` say the same."""

from __future__ import annotations

from netinnov.study._context import Context
from netinnov.study._words import plain
from netinnov.study.sections import data


def limits(context: Context) -> tuple[str, ...]:
    """The notes of the section on the data."""
    facts = data.facts(context.once(data.compute))
    return tuple(map(plain, context.language.text(context.language.template("data"), facts).notes))

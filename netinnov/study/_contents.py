"""What a report will hold, a line each in fixed words, from what its sections are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from netinnov._runtime.opening import ending_of, kind_at_path
from netinnov.explorer._payload import SAID
from netinnov.sources._any_table import POINTS, TABLE_ENDINGS
from netinnov.study import _enclave_list, _experiment
from netinnov.study._context import Context
from netinnov.study._structure_plan import StructurePart, plan
from netinnov.study.sections import data, periods

MOST = 40  # names of a line
# Columns that a page or the explorer reads by these names, and that readers look at.
READ = {*SAID, "name", "name_en", "name_zh", "status", "level", "country"}
LEFT_OUT = "[structure] is left out"


def contents(context: Context) -> tuple[str, ...]:
    facts: Any = data.facts(context.once(data.compute))
    flags = context.network.layer_table[["directed", "modelled"]].itertuples()
    layers = (f"{name} ({_way(directed, modelled)})" for name, directed, modelled in flags)
    links = facts["pairs"] - sum(facts["lost_links"])
    lines = {
        "nodes": _of(context, context.inside.n_nodes, facts["left"], facts["left_nodes"], ""),
        "links": _of(context, links, facts["lost"], facts["lost_links"], "of nodes "),
        "layers": _listed(layers),
        "periods": _periods(context),
        "enclaves": _enclaves(context),
        "length of a link": _length(facts),
        "null model": _null_model(context),
        "experiment": _tried(context),
        "not used": "; ".join(_not_used(context)) or "none",
    }
    return tuple(f"{name}: {text}" for name, text in lines.items())


def _listed(texts: Iterable[str]) -> str:
    first = (every := [*texts])[:MOST]
    rest = len(every[MOST:])
    return ", ".join(first or ["none"]) + (f" and {rest:,} more" if rest else "")


def _way(directed: bool, modelled: bool) -> str:
    return ("directed" if directed else "undirected") + (", modelled" if modelled else "")


def _of(context: Context, kept: int, why: list[str], numbers: list[int], of: str) -> str:
    """How many are kept, and of how many, with what is left out by reason."""
    term = context.language.term
    lost = [f"{n:,} {of}{term(word)}" for word, n in zip(why, numbers, strict=True) if n]
    return f"{kept:,} of {kept + sum(numbers):,} ({', '.join(lost)})" if lost else f"{kept:,}"


def _periods(context: Context) -> str:
    dates = context.once(periods.dates)
    if dates is None:
        return "none" if context.options(StructurePart) else f"none, as {LEFT_OUT}"
    few = dict.fromkeys(dates.links.index.difference(dates.compared), ", not compared")
    return _listed(
        f"{when} ({n:,} link{'s' * (n != 1)}{few.get(when, '')})" for when, n in dates.links.items()
    )


def _enclaves(context: Context) -> str:
    steps = context.once(_enclave_list.compute).steps
    n, among, drawn = (int(steps.get(step, 0)) for step in ("between", "among", "drawn"))
    if n == among == drawn or not n:
        return f"{n:,}"
    return f"{n:,} (home and host among the places: {among:,}; on the map: {drawn:,})"


def _length(facts: Any) -> str:
    more = [f"{facts['border']:g} across a border"] if facts["border"] else []
    if facts["distance_weight"]:
        more.append(f"{facts['distance_weight']:g} for each {facts['per']}")
    length = "1 / weight" if facts["inverse"] else "1"
    return f"{length}, longer by {' and by '.join(more)}" if more else length


def _null_model(context: Context) -> str:
    structure = context.once(plan)
    if structure is None:
        wanted = context.options(StructurePart)
        return f"none, as {'no two places are linked' if wanted else LEFT_OUT}"
    said = context.language.term(structure.null_code)
    return f"none ({said})" if structure.null is None else f"random networks {said}"


def _tried(context: Context) -> str:
    choice = context.once(_experiment.settled)
    if isinstance(choice, str):
        return f"none, as {' '.join(choice.split()).removesuffix('.')}"
    return f"home {choice.part.home}, host {choice.part.host}, layer {choice.layer}"


def _not_used(context: Context) -> Iterator[str]:
    """Columns and tables that neither readers know nor settings name."""
    settings = context.configuration
    source = context.configuration.data.path
    named = {*_texts(settings.model_dump(mode="json", exclude={"title", "columns", "layers"}))}
    for table, columns in context.loaded.more:
        more = [column for column in columns if column not in READ | named]
        if more:
            yield f"{table}: {_listed(more)}"
    yield from context.loaded.sheets
    if source is not None and kind_at_path(source) == "a folder":
        for path in sorted(source.iterdir()):
            if ending_of(path) in (*TABLE_ENDINGS, POINTS) and path not in context.files:
                yield path.name


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _texts([*value, *value.values()])
    elif isinstance(value, list):
        yield from chain.from_iterable(map(_texts, value))
    elif isinstance(value, str):
        yield value

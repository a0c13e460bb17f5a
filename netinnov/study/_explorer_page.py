"""The explorer of a study: beside its report, or by itself before anything is run."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from netinnov.centrality import harmonic_centrality
from netinnov.experiments import compare_scenarios
from netinnov.explorer import Explorer, draws_of, page_of, study_tables, tries_enclaves
from netinnov.study._context import Context
from netinnov.study._enclave_list import EnclavesPart
from netinnov.study._experiment import choose, enclaves_of, measures_of
from netinnov.study._settings import Configuration


def write_explorer(context: Context, folder: Path) -> None:
    tables = study_tables(folder / "tables", context.cities)
    _page(context, tables).write(folder / "explorer.html")


def explorer_of(configuration: Configuration, *, title: str | None = None) -> Explorer:
    if title is not None:
        configuration = configuration.model_copy(update={"title": title})
    context = Context.of(configuration)
    return _page(context, _experiment(context))


def _page(context: Context, tables: dict[str, Any]) -> Explorer:
    title = context.configuration.title
    level = context.configuration.places.level
    rank = context.settings(EnclavesPart).rank
    options: dict[str, Any] = {"level": level, "rank": rank, "tables": tables}
    options["direction"] = context.direction
    options["paths"] = context.once(measures_of).paths
    layers = context.in_language("zh").language.layers
    return page_of(context.inside, context.cities, title=title, layer_names=layers, **options)


def _experiment(context: Context) -> dict[str, Any]:
    choice = context.once(choose)
    if choice is None:
        return {}
    part = choice.part
    measures = context.once(measures_of)
    known = choice.settings(context.seed, measures)
    if not tries_enclaves(context.cities):
        return {"experiment": {"settings": known}}
    park = enclaves_of(part, choice.layer, choice.called)[0]
    result = compare_scenarios(
        context.cities,
        scenarios={park.name: park.scenario},
        measures={"harmonic_centrality": partial(harmonic_centrality, **measures.paths)},
        replicates=part.replicates,
        rng=context.seed,
    )
    draws = draws_of(result.replicates, park.name)
    return {"experiment": {"settings": known, "draws": draws}}

"""What the data hold, what was left out of them, and which layers are modelled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from netinnov.study._context import Context
from netinnov.study._limits import in_sentences
from netinnov.study._measures import linked_layers
from netinnov.study._section import Fact, Layer, Name, Result, Table, Term, mark_layers

KINDS, PROBLEMS = 3, 5  # that are named
# Facts on the nodes and pairs that go at each step of the coverage.
UNITS = ("nodes", "pairs")
STEPS = {"with a place": "placeless", "below a country": "abroad", "in the places kept": "outside"}


@dataclass(frozen=True, slots=True, eq=False)
class Data(Result):
    """The network as built: its layers and kinds of nodes."""

    layers: pd.DataFrame
    kinds: pd.Series
    loops: int  # pairs, among all that are linked, of a node with itself


def compute(context: Context) -> Data:
    network, blocks = context.network, context.network.storage.blocks
    layers = pd.DataFrame(
        {
            "layer": list(network.layers),
            "directed": [layer in network.directed for layer in network.layers],
            "nodes": [int(linked.sum()) for linked in network.storage.presence("linked")],
            "links": [block.indices.size for block in blocks],
            "weight": [float(block.data.sum()) for block in blocks],
            "modelled": [layer in context.modelled for layer in network.layers],
        }
    )
    kinds = network.storage.nodes["kind"].value_counts(dropna=False).rename("nodes")
    loops = sum(int((block.sources == block.indices).sum()) for block in blocks)
    return Data(context, layers, kinds, loops)


def facts(result: Data) -> Mapping[str, Fact]:
    context, kinds, measures = result.context, result.kinds, result.context.measures
    cities = context.cities
    most = kinds.drop(kinds.index[kinds.index.isna()]).sort_values(ascending=False, kind="stable")
    nodes = cities.storage.nodes
    linked = int(cities.storage.presence("linked").any(axis=0).sum()) if cities.layers else 0
    rejected = context.loaded.rejected
    return {
        "nodes": int(kinds.sum()),
        "kinds": [Name(kind) for kind in most.index[:KINDS]],
        "n_kinds": len(kinds),
        "pairs": int(result.layers["links"].sum()),
        "layers": len(result.layers),
        "modelled": [Layer(layer) for layer in context.modelled],
        "directed": bool(result.layers["directed"].any()),
        "loops": result.loops,
        "places": cities.n_nodes,
        "members": int(nodes["members"].sum()) if "members" in nodes else cities.n_nodes,
        "unlinked": cities.n_nodes - linked,
        "cleaned": rejected is not None,
        "rejected": 0 if rejected is None else len(rejected),
        "problems": [] if rejected is None else _most(rejected["problem"], PROBLEMS),
        "n_problems": 0 if rejected is None else int(rejected["problem"].nunique()),
        **_left_out(context),
        "notes_of_readers": [Term(text) for text in in_sentences(context.loaded.notes)],
        "mixed": len({layer in cities.directed for layer in cities.layers}) == 2,
        "inverse": measures.distance == "inverse",
        "unasked": context.configuration.measures.distance is None,
        "border": float(measures.border),
        "kilometres": float(measures.kilometres),
    }


def _left_out(context: Context) -> dict[str, Fact]:
    coverage, cities = context.level.coverage, context.cities
    facts: dict[str, Fact] = {f"{step}_{unit}": 0 for step in STEPS.values() for unit in UNITS}
    lost: pd.DataFrame = -coverage.set_index("part")[["nodes", "links"]].diff()
    for part, step in STEPS.items():
        if part in lost.index:
            facts |= {
                f"{step}_{unit}": int(n) for unit, n in zip(UNITS, lost.loc[part], strict=True)
            }
    places = cities.storage.places.reindex(cities.storage.nodes["place"])
    linked = linked_layers(cities)
    return facts | {
        "unlocated": int(places[["lon", "lat"]].isna().any(axis=1).sum()),
        "empty_layers": [Layer(each) for each in context.network.layers if each not in linked],
    }


def _most(texts: pd.Series, n: int) -> list[Name]:
    return [Name(text) for text in texts.astype("str").value_counts().index[:n]]


def tables(result: Data) -> Iterator[Table]:
    context, marked = result.context, tuple(result.context.modelled)
    yield Table(
        "layers",
        mark_layers(result.layers, marked),
        result.layers,
        on_page=True,
        rows=12,
        layers=("layer",),
        modelled=marked,
    )
    yield Table("kinds", result.kinds.reset_index())
    if context.loaded.rejected is not None:
        yield Table("problems", context.loaded.rejected, on_page=True)
    yield Table("coverage", context.level.coverage)
    if marked:
        rows = [
            (context.mark(layer), key, "; ".join(value) if isinstance(value, list) else value)
            for layer, values in context.modelled.items()
            for key, value in (values or {"parameters": "none given"}).items()
        ]
        frame = pd.DataFrame(rows, columns=["layer", "parameter", "value"]).astype("str")
        yield Table("modelled", frame, modelled=marked)

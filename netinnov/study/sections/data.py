"""What the data hold, what was left out of them, and which layers are modelled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from netinnov._network.rows import NO_PERIOD
from netinnov.study._context import Context, Result
from netinnov.study._experiment import measures_of
from netinnov.study._facts import Fact, Layer, Name, Place, Table, Term
from netinnov.study._language import in_sentences, plain
from netinnov.study._measures import linked_layers, unmeasured

KINDS = 3  # that are named


class Data(Result):
    layers: pd.DataFrame
    kinds: pd.Series


def compute(context: Context) -> Data:
    network = context.network
    blocks = context.network.storage.blocks
    layers = network.layer_table[["directed"]].assign(
        nodes=network.storage.presence("linked").sum(axis=1),
        links=[block.indices.size for block in blocks],
        weight=[block.data.sum() for block in blocks],
        modelled=network.layer_table["modelled"],
    )
    kinds = network.storage.nodes["kind"].value_counts(dropna=False).rename("nodes")
    return Data(context, layers.reset_index(), kinds)


def facts(result: Data) -> Mapping[str, Fact]:
    context = result.context
    kinds = result.kinds
    measures = context.once(measures_of)
    cities = context.cities
    nodes = context.cities.storage.nodes
    linked = linked_layers(cities)
    within = sum(cities.adjacency(layer).diagonal().sum() for layer in cities.layers)
    added_up = sum(block.data.sum() for block in context.inside.storage.blocks)
    bare = nodes.index[~nodes.index.isin(context.points.index)]
    periods = context.inside.storage.link_rows().period
    incidence = context.loaded.incidence
    lost = -context.level.coverage.set_index("part")[["nodes", "links"]].diff().iloc[1:]
    lost = lost[lost.any(axis=1)]
    left = {why: n for why, n in context.loaded.left if n}
    left |= {f"not {part}": int(n) for part, n in lost["nodes"].items() if n}
    per = f"{measures.per:,g} {cities.distance_unit}"
    return {
        "nodes": int(kinds.sum()),
        "n_kinds": len(kinds),
        "kinds": [*map(Name, kinds.index.dropna()[:KINDS])],
        "pairs": int(result.layers["links"].sum()),
        "layers": len(result.layers),
        "modelled": [*map(Layer, context.modelled)],
        "unlocated": [*map(Place, bare)],
        "within": float(within / (added_up or 1)),
        "directed": bool(result.layers["directed"].any()),
        "mixed": len({layer in cities.directed for layer in cities.layers}) == 2,
        "empty_layers": [Layer(x) for x in context.network.layers if x not in linked],
        "periods": 0 if periods is None else len({*periods.tolist()} - {NO_PERIOD}),
        "projected": incidence and Layer(incidence.projection.layer),
        "met_in": left.get("left_events", 0),
        "places": cities.n_nodes,
        "members": int(nodes["members"].sum()) if "members" in nodes else cities.n_nodes,
        "unlinked": int((~cities.storage.presence("linked").any(axis=0)).sum()),
        "read": context.inside.n_nodes + sum(left.values()),
        "left": [*map(Term, left)],
        "left_nodes": [*left.values()],
        "lost": [Term(f"not {part}") for part in lost.index],
        "lost_links": lost["links"].astype(int).tolist(),
        "tabled": cities.storage.place_table.distances is not None,
        "unmeasured": unmeasured(cities)[1] if measures.distance_weight else 0,
        "degrees": _degrees(context),
        "notes_of_readers": in_sentences(context.loaded.notes),
        "inverse": measures.distance == "inverse",
        "border": float(measures.border),
        "distance_weight": float(measures.distance_weight),
        "per": per,
    }


def _degrees(context: Context) -> list[Name]:
    """Columns x and y of the places or nodes that may be longitude and latitude."""
    for table in (context.network.storage.places, context.network.storage.nodes):
        known = {str(column).casefold(): column for column in table}
        if {"x", "y"} <= known.keys():
            columns = [known["x"], known["y"]]
            most = table[columns].apply(pd.to_numeric, errors="coerce").abs().max().tolist()
            if 1 < most[0] <= 180 and 1 < most[1] <= 90:  # below it is a layout
                return [*map(Name, columns)]
    return []


def limits(context: Context) -> tuple[str, ...]:
    """What a report leaves out and takes for granted; `netinnov check` says the same."""
    language = context.language
    notes = language.text(language.template("data"), facts(context.once(compute))).notes
    return tuple(map(plain, notes))


def tables(result: Data) -> Iterator[Table]:
    yield Table("layers", result.layers, on_page=True)
    yield Table("kinds", result.kinds.reset_index())
    yield Table("coverage", result.context.level.coverage)

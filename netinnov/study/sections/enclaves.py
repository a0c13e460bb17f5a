"""Nodes outside their jurisdiction, at the level of the study: from records to pairs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import pandas as pd

from netinnov.linkages._enclaves import DIRECTIONS, POPULATION, STRENGTH, UNKNOWN, by_population
from netinnov.plotting import plot_flow_map
from netinnov.plotting._effects import plot_null_rows
from netinnov.study import _enclave_list
from netinnov.study._context import Context
from netinnov.study._enclave_list import ALPHA, Dealings, Enclaves, EnclavesPart, deal, ranked
from netinnov.study._facts import Fact, KeyFigure, Layer, Picture, Place, Table, Term
from netinnov.study._language import pairs_of

STRONGEST = 150  # links that the map draws, of all its layers together
LAYERS = 5  # among which these are divided, at most
MOST_PAIRS = 8  # that the figure draws
IN_FILES = {
    "observed": "number",
    "mean": "by_chance",
    "low": "null_low",
    "high": "null_high",
    "corrected": "p",
}
OPTIONS = EnclavesPart
CHECK = ranked


def compute(context: Context) -> Enclaves:
    context.once(deal)
    return context.once(_enclave_list.compute)


def facts(result: Enclaves) -> Mapping[str, Fact]:
    enclaves = result.counted
    steps = result.steps
    kinds = list(result.ranking.numbers)
    used = [kind for kind in kinds if enclaves["ranked_by"].eq(kind).any()]
    return {
        "n": int(steps["between"]),
        "pairs": int(steps["pairs"]),
        "parks": bool(steps["parks"]),
        "n_layers": len(result.context.cities.layers),
        **{f"{end}s": [*map(Place, enclaves[end].mode())] for end in ("host", "home")},
        **{word: int(enclaves["direction"].eq(word).sum()) for word in DIRECTIONS},
        "ranked_by": [*map(Term, used)],
        "falls_back": len(kinds) > 1,
        "column": None if STRENGTH in kinds else Term(kinds[0]),
        "rank_layers": [Layer(each) for each in result.ranking.layers if STRENGTH in used],
        "among": int(steps["among"]),
        "mapped": "drawn" in steps,
        "off_map": int(steps["between"]) - int(steps.get("drawn", 0)),
        "projected": result.context.loaded.incidence is not None,
        **_turned(result),
        **_dealt(result.context.once(deal)),
    }


def _turned(result: Enclaves) -> dict[str, Fact]:
    """How many of those ranked otherwise have two populations, and another direction by them."""
    other = result.counted[result.counted["ranked_by"].ne(POPULATION).fillna(False)]
    inside = result.context.inside
    ways = by_population(inside).directions(inside, other["home"], other["host"])["direction"]
    known = ways.ne(UNKNOWN).to_numpy()
    turned = known & (ways.to_numpy() != other["direction"].to_numpy())
    return {"compared": int(known.sum()), "turned": int(turned.sum())}


def _dealt(dealings: Dealings | str) -> dict[str, Fact]:
    if isinstance(dealings, str):
        return {"tested": False, "untested": Term(dealings)}
    way = dealings.ways.T["reverse"]
    beyond = dealings.beyond
    clear = bool(way["corrected"] < ALPHA)
    high = bool(way["observed"] > way["mean"])
    return {
        "tested": True,
        "untested": None,
        "fixed": not dealings.varied,
        "more": clear and high,
        "fewer": clear and not high,
        "p": float(way["corrected"]),
        "low": math.floor(way["low"]),
        "high": math.ceil(way["high"]),
        "replicates": dealings.replicates,
        "beyond": pairs_of(beyond),
        "drawn_pairs": min(len(beyond), MOST_PAIRS),
        "beyond_means": beyond["mean"].tolist(),
        "beyond_numbers": beyond["observed"].tolist(),
    }


def key_figures(result: Enclaves, _: Any) -> Iterator[KeyFigure]:
    dealings = result.context.once(deal)
    if isinstance(dealings, Dealings) and dealings.varied:
        for way, row in dealings.ways.iterrows():
            ends = math.floor(row["low"]), math.ceil(row["high"])
            yield KeyFigure(str(way), int(row["observed"]), *ends)


def draw(result: Enclaves) -> Iterator[Picture]:
    context = result.context
    dealings = result.context.once(deal)
    if not context.points.empty:
        whole, detail = context.maps.frames(context.points)
        name, frame = ("flow_map_detail", detail) if detail else ("flow_map", whole)
        strongest = STRONGEST // max(1, min(LAYERS, len(context.cities.layers)))
        said: Any = {"enclaves": result.counted, "strongest": strongest, "front": True}
        yield context.on_map(name, frame, plot_flow_map, context.cities, **said)
    if isinstance(dealings, Dealings) and (dealings.varied or len(dealings.beyond)):
        # Directions, where dealings differ in them, and the pairs with the clearest excess.
        rows = dealings.beyond.head(MOST_PAIRS).set_index(["home", "host"])
        rows = rows.rename(index=context.drawn_names.to_dict())
        rows = pd.concat([dealings.ways, rows]) if dealings.varied else rows
        plot = partial(plot_null_rows, rows, dealings.replicates, label="number of enclaves")
        yield Picture("enclaves_by_chance", plot, on_page=True)


def tables(result: Enclaves) -> Iterator[Table]:
    steps = result.steps.rename("number").reset_index()
    view = steps.assign(step="step_" + steps["step"])
    yield Table("enclave_funnel", steps, view, on_page=bool(view["number"].any()))
    frame = result.table
    first = ["node", "home", "host", "direction", "ranked_by"]
    frame = frame[[*first, *frame.columns.difference(first, sort=False)]]
    view = frame.drop(columns="name", errors="ignore").rename(columns={"node": "name"})
    view = view.filter(["name", "home", "host", "direction", "type", "opened"])
    yield Table("enclaves", frame, view, on_page=True)
    if isinstance(dealings := result.context.once(deal), Dealings):
        ways = dealings.ways.astype({"observed": "int64"})[[*IN_FILES]]
        if "reverse" in result.steps:
            yield Table("enclave_directions", ways.rename(columns=IN_FILES))
        yield Table("enclave_pairs", dealings.pairs.rename(columns=IN_FILES))

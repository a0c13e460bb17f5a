"""Nodes outside their jurisdiction, at the level of the study: from records to pairs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import pandas as pd
from matplotlib.axes import Axes

from netinnov.linkages._ranking import POPULATION, STRENGTH, UNKNOWN, by_population
from netinnov.plotting import plot_flow_map
from netinnov.plotting._effects import plot_null_rows
from netinnov.plotting._flow_map import arrows_between
from netinnov.plotting._frame import Frame, map_height
from netinnov.plotting._style import SINGLE, new_figure
from netinnov.study import _enclave_list
from netinnov.study._context import Context
from netinnov.study._enclave_dealings import Dealings, deal
from netinnov.study._enclave_list import Enclaves, EnclavesPart, ranked
from netinnov.study._section import Fact, KeyFigure, Layer, Pair, Picture, Place, Table, Term

DIRECTIONS = ("reverse", "forward", "level", "unknown")
STRONGEST = 150  # links that the map draws, of all its layers together
LAYERS = 5  # among which these are divided, at most
ALPHA = 0.05
MOST_PAIRS = 8  # that the figure draws
AS_DRAWN = {
    "number": "observed",
    "by_chance": "mean",
    "null_low": "low",
    "null_high": "high",
    "p": "corrected",
}
OPTIONS, CHECK = EnclavesPart, ranked


@dataclass(frozen=True, slots=True, eq=False)
class DealtEnclaves(Enclaves):
    dealings: Dealings | str


def compute(context: Context) -> DealtEnclaves:
    enclave_list = context.once(_enclave_list.compute)
    held = (enclave_list.table, enclave_list.counted, enclave_list.steps, enclave_list.ranking)
    return DealtEnclaves(context, *held, context.once(deal))


def facts(result: DealtEnclaves) -> Mapping[str, Fact]:
    enclaves, steps = result.counted, result.steps
    cities = result.context.cities.storage
    at = cities.places[["lon", "lat"]].reindex(cities.nodes["place"]).notna().all(axis=1)
    located = cities.nodes.index[at.to_numpy()]
    arrows, _ = arrows_between(enclaves, located, cities.places["parent"])
    kinds = list(result.ranking.numbers)
    used = [kind for kind in kinds if enclaves["ranked_by"].eq(kind).any()]
    return {
        "n": int(steps["between"]),
        "n_layers": len(result.context.cities.layers),
        "parks": bool(steps["parks"]),
        "pairs": int(steps["pairs"]),
        **{f"{end}s": [Place(each) for each in enclaves[end].mode()] for end in ("host", "home")},
        **{word: int(enclaves["direction"].eq(word).sum()) for word in DIRECTIONS},
        "ranked_by": [Term(kind) for kind in used],
        "column": None if STRENGTH in kinds else Term(kinds[0]),
        "falls_back": len(kinds) > 1,
        **_turned(result),
        "rank_layers": [Layer(each) for each in result.ranking.layers if STRENGTH in used],
        "off_map": int(steps["between"]) - int(arrows["count"].sum()),
        "projected": result.context.loaded.incidence is not None,
        **_dealt(result.dealings),
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
    null, pairs = dealings.directions, dealings.pairs
    beyond = pairs[pairs["p"] < ALPHA]
    p, high = float(null.corrected()["reverse"]), null.observed["reverse"] > null.mean["reverse"]
    return {
        "tested": True,
        "untested": None,
        "fixed": not dealings.varied,
        "more": bool(p < ALPHA and high),
        "fewer": bool(p < ALPHA and not high),
        "low": math.floor(null.low["reverse"]),
        "high": math.ceil(null.high["reverse"]),
        "p": p,
        "replicates": len(null.draws),
        "beyond": [Pair(*each) for each in beyond[["home", "host"]].itertuples(index=False)],
        "drawn_pairs": min(len(beyond), MOST_PAIRS),
        "beyond_numbers": [int(each) for each in beyond["number"]],
        "beyond_means": [float(each) for each in beyond["by_chance"]],
    }


def key_figures(result: DealtEnclaves) -> Iterator[KeyFigure]:
    if isinstance(result.dealings, Dealings) and result.dealings.varied:
        null = result.dealings.directions
        for way in null.observed.index:
            ends = math.floor(null.low[way]), math.ceil(null.high[way])
            yield KeyFigure(way, int(null.observed[way]), *ends)


def draw(result: DealtEnclaves) -> Iterator[Picture]:
    storage = result.context.cities.storage
    at = storage.places[["lon", "lat"]].reindex(storage.nodes["place"]).dropna()
    if not at.empty:
        whole, detail = result.context.maps.frames(at)
        name = "flow_map_detail" if detail else "flow_map"
        yield Picture(name, partial(_map, result, detail or whole), on_page=True, front=True)
    if isinstance(result.dealings, Dealings):
        rows = _by_chance(result.dealings, result.context.drawn_names)
        if not rows.empty:
            replicates = len(result.dealings.directions.draws)
            yield Picture("enclaves_by_chance", partial(_rows, rows, replicates), on_page=True)


def _by_chance(dealings: Dealings, names: pd.Series[str]) -> pd.DataFrame:
    """Directions, where dealings differ in them, and the pairs with the clearest excess."""
    null, pairs = dealings.directions, dealings.pairs
    ways = null.to_frame().assign(corrected=null.corrected())
    beyond = pairs[pairs["p"] < ALPHA].head(MOST_PAIRS).rename(columns=AS_DRAWN)
    beyond = beyond.set_index(["home", "host"]).rename(index=names.to_dict())
    return pd.concat([ways, beyond]) if dealings.varied else beyond


def _rows(rows: pd.DataFrame, replicates: int) -> Axes:
    ax = new_figure(width=SINGLE, height=30 + 5 * len(rows)).add_subplot()
    return plot_null_rows(rows, replicates, label="number of enclaves", ax=ax)


def _map(result: Enclaves, frame: Frame) -> Axes:
    cities = result.context.cities
    return plot_flow_map(
        cities,
        enclaves=result.counted,
        names=result.context.drawn_names,
        extent=frame,
        strongest=STRONGEST // max(1, min(LAYERS, len(cities.layers))),
        basemap=result.context.maps.below,
        ax=new_figure(height=map_height(frame)).add_subplot(),
    )


def tables(result: DealtEnclaves) -> Iterator[Table]:
    steps = result.steps.rename("number").reset_index()
    view = steps.assign(step="step_" + steps["step"])
    yield Table("enclave_funnel", steps, view, on_page=bool(view["number"].any()))
    frame, first = result.table, ["node", "home", "host", "direction", "ranked_by"]
    frame = frame[[*first, *frame.columns.difference(first, sort=False)]]
    view = frame.drop(columns="name", errors="ignore").rename(columns={"node": "name"})
    view = view.filter(["name", "home", "host", "direction", "type", "opened"])
    yield Table("enclaves", frame, view, on_page=True)
    if isinstance(result.dealings, Dealings):
        null = result.dealings.directions
        counts = null.to_frame().drop(columns="p").assign(p=null.corrected())
        counts = counts.rename(columns={theirs: ours for ours, theirs in AS_DRAWN.items()})
        columns = [name for name in result.dealings.pairs if name in counts]
        yield Table("enclave_directions", counts[columns].astype({"number": "int64"}))
        yield Table("enclave_pairs", result.dealings.pairs)

"""Nodes outside their jurisdiction, at the level of the study: from records to pairs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from matplotlib.axes import Axes

from netinnov.linkages._ranking import POPULATION, STRENGTH, UNKNOWN, by_population
from netinnov.plotting import plot_flow_map, plot_null_distribution
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
    if isinstance(result.dealings, Dealings) and result.dealings.varied:
        drawn = partial(_by_chance, result.dealings)
        yield Picture("enclaves_by_chance", drawn, on_page=True)


def _by_chance(dealings: Dealings) -> Axes:
    ax = new_figure(width=SINGLE, height=40).add_subplot()
    return plot_null_distribution(dealings.directions, label="number of enclaves", ax=ax)


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
        named = {"observed": "number", "mean": "by_chance", "low": "null_low", "high": "null_high"}
        counts = null.to_frame().assign(p=null.corrected()).astype({"observed": "int64"})
        counts = counts.rename(columns=named)
        yield Table("enclave_directions", counts[[*named.values(), "p"]])
        yield Table("enclave_pairs", result.dealings.pairs)

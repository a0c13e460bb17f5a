"""Nodes outside their jurisdiction, at the level of the study: from records to pairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from matplotlib.axes import Axes

from netinnov.linkages._ranking import STRENGTH
from netinnov.plotting import plot_flow_map
from netinnov.plotting._flow_map import arrows_between
from netinnov.plotting._frame import Frame, map_height
from netinnov.plotting._style import new_figure
from netinnov.study._enclave_list import Enclaves, EnclavesPart, compute as compute, ranked
from netinnov.study._section import Fact, Layer, Picture, Place, Table, Term

DIRECTIONS = ("reverse", "forward", "level", "unknown")
STRONGEST = 150  # links that the map draws, of all its layers together
LAYERS = 5  # among which these are divided, at most


OPTIONS, CHECK = EnclavesPart, ranked


def facts(result: Enclaves) -> Mapping[str, Fact]:
    enclaves, steps = result.counted, result.steps
    cities = result.context.cities.storage
    at = cities.places[["lon", "lat"]].reindex(cities.nodes["place"]).notna().all(axis=1)
    located = cities.nodes.index[at.to_numpy()]
    arrows, _ = arrows_between(enclaves, located, cities.places["parent"])
    used = [kind for kind in result.ranking.numbers if enclaves["ranked_by"].eq(kind).any()]
    return {
        "n": int(steps["between"]),
        "n_layers": len(result.context.cities.layers),
        "parks": bool(steps["parks"]),
        "pairs": int(steps["pairs"]),
        **{f"{end}s": [Place(each) for each in enclaves[end].mode()] for end in ("host", "home")},
        **{word: int(enclaves["direction"].eq(word).sum()) for word in DIRECTIONS},
        "ranked_by": [Term(kind) for kind in used],
        "rank_layers": [Layer(each) for each in result.ranking.layers if STRENGTH in used],
        "off_map": int(steps["between"]) - int(arrows["count"].sum()),
        "projected": result.context.loaded.incidence is not None,
    }


def draw(result: Enclaves) -> Iterator[Picture]:
    storage = result.context.cities.storage
    at = storage.places[["lon", "lat"]].reindex(storage.nodes["place"]).dropna()
    if not at.empty:
        whole, detail = result.context.maps.frames(at)
        name = "flow_map_detail" if detail else "flow_map"
        yield Picture(name, partial(_map, result, detail or whole), on_page=True, front=True)


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


def tables(result: Enclaves) -> Iterator[Table]:
    steps = result.steps.rename("number").reset_index()
    view = steps.assign(step="step_" + steps["step"])
    yield Table("enclave_funnel", steps, view, on_page=bool(view["number"].any()))
    frame, first = result.table, ["node", "home", "host", "direction", "ranked_by"]
    frame = frame[[*first, *frame.columns.difference(first, sort=False)]]
    view = frame.drop(columns="name", errors="ignore").rename(columns={"node": "name"})
    view = view.filter(["name", "home", "host", "direction", "type", "opened"])
    yield Table("enclaves", frame, view, on_page=True)

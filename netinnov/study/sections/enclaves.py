"""Nodes outside their jurisdiction, at the level of the study: from records to pairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure
from pydantic import Field

from netinnov.linkages import find_enclaves
from netinnov.linkages._ranking import POPULATION, STRENGTH, Ranking, ranking
from netinnov.plotting import plot_flow_map
from netinnov.plotting._frame import Frame, map_height
from netinnov.plotting._style import new_figure
from netinnov.study._context import Context
from netinnov.study._places import check_column
from netinnov.study._section import (
    Fact,
    KeyFigure,
    Layer,
    Name,
    Part,
    Picture,
    Place,
    Result,
    Table,
)

DIRECTIONS = {  # and what is said of each
    "reverse": "reverse",
    "forward": "forward",
    "level": "a tie (home and host rank the same)",
    "unknown": "of unknown direction (no ranking of home or host)",
}
MOST = 3  # hosts and homes that are named
STRONGEST = 150  # links that the map draws, of all its layers together
LAYERS = 5  # among which these are divided, at most
PARK = "park"  # the kind of node that is named first; others belong to it, such as its operator


class EnclavesPart(Part, part="enclaves"):
    example: ClassVar[str] = """\
[enclaves]                    # which way the enclaves in the data reach: reverse, if their host
                              # ranks higher than their home, or forward
# rank = "strength"           # by what places rank: a column of the places, or the strength of
                              # places in the layers that do not make the enclaves; by default
                              # population, and strength where home or host have none
"""

    rank: Annotated[str, Field(min_length=1)] | None = None


def ranked(context: Context) -> Ranking:
    """By what places rank, checked before anything is measured."""
    rank, places = context.settings(EnclavesPart).rank, context.inside.storage.places
    if rank not in (None, STRENGTH):
        check_column("enclaves.rank", str(rank), [STRENGTH, *places.columns])
    return ranking(context.inside, rank=rank, level=context.configuration.places.level)


OPTIONS, CHECK = EnclavesPart, ranked


@dataclass(frozen=True, slots=True, eq=False)
class Enclaves(Result):
    """Enclaves (columns node, home, host, direction and what is known of each), and their ranks.

    `funnel` counts nodes, parks among them and pairs of home and host, from the records to the
    directions; `within` is how many stand outside their jurisdiction in the same unit; `joined_by`
    how many do of those that [data] project makes links of.
    """

    table: pd.DataFrame
    funnel: pd.DataFrame
    within: int
    ranking: Ranking
    joined_by: int = 0

    @property
    def counted(self) -> pd.DataFrame:
        """The enclaves that are counted: parks where there are any, else all nodes."""
        parks = _is_park(self.table["kind"])
        return self.table[parks] if parks.any() else self.table

    @property
    def directions(self) -> dict[str, int]:
        """How many of these have each direction, in a fixed order."""
        counts = self.counted["direction"].value_counts()
        return {word: int(counts[word]) for word in DIRECTIONS if word in counts.index}

    def direction(self, home: str, host: str) -> str:
        """Which way an enclave of one place in another reaches."""
        return self.ranking.direction(self.context.inside, home, host)

    @property
    def located(self) -> pd.DataFrame:
        """Coordinates of the places that have them."""
        storage = self.context.cities.storage
        return storage.places[["lon", "lat"]].reindex(storage.nodes["place"]).dropna()


def compute(context: Context) -> Enclaves:
    inside, incidence, rank = context.inside, context.loaded.incidence, context.once(ranked)
    nodes, unranked = inside.storage.nodes, pd.Series(dtype=np.float64)
    by_place, table = find_enclaves(inside, rank=unranked), rank.find(inside)
    shown = [column for column in ("name", "kind", "type", "opened") if column in nodes]
    table = table.join(nodes[shown], on="node")
    parks_first = np.argsort(~_is_park(table["kind"]), kind="stable")
    table = table.iloc[parks_first].reset_index(drop=True)
    joined_by = 0  # outside their jurisdiction, and no nodes any more, as links were made of them
    if incidence is not None:
        every = find_enclaves(incidence.network, rank=unranked, level=rank.level)["node"]
        joined_by = int((~every.isin(context.network.storage.nodes.index)).sum())
    funnel, within = _funnel(context, by_place, table), len(by_place) - len(table)
    return Enclaves(context, table, funnel, within, rank, joined_by)


def _is_park(kinds: pd.Series) -> npt.NDArray[np.bool_]:
    return (kinds == PARK).fillna(False).to_numpy(bool)


def _funnel(context: Context, by_place: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    kinds = context.network.storage.nodes["kind"]
    located = context.network.storage.place_codes >= 0
    steps: list[tuple[str, pd.Series, int | None]] = [("nodes", kinds, None)]
    steps.append(("with a place", kinds[located], None))
    if context.configuration.places.keep:
        steps.append(("in the places kept", context.inside.storage.nodes["kind"], None))
    parts = {
        "outside their jurisdiction": by_place,
        "in another unit at the level of the study: enclaves": table,
    }
    for word, text in DIRECTIONS.items():
        if len(part := table[table["direction"] == word]):
            parts[f"of these {text}"] = part
    for text, part in parts.items():
        pairs = part[["home", "host"]].drop_duplicates()
        steps.append((text, kinds.reindex(part["node"]), len(pairs)))
    funnel = pd.DataFrame(
        {
            "step": [text for text, _, _ in steps],
            "nodes": [len(held) for _, held, _ in steps],
            "parks": [int(_is_park(held).sum()) for _, held, _ in steps],
        }
    )
    funnel["other_nodes"] = funnel["nodes"] - funnel["parks"]
    return funnel.assign(pairs=pd.array([pairs for *_, pairs in steps], "Int64"))


def facts(result: Enclaves) -> Mapping[str, Fact]:
    enclaves, context, by = result.counted, result.context, result.ranking
    others = result.table["kind"].drop(enclaves.index)
    ranked = enclaves["ranked_by"].value_counts()
    turned, known = by.turned(context.inside, enclaves[enclaves["ranked_by"] != POPULATION])
    ends: dict[str, Fact] = {}
    for end in ("host", "home"):
        counts = enclaves[end].dropna().value_counts()
        most = counts[counts == counts.max()] if len(counts) else counts
        ends[f"{end}s"] = [Place(place) for place in most.index]
        ends[f"most_{end}"] = int(counts.max()) if len(counts) else 0
    return ends | {
        "n": len(enclaves),
        "parks": bool(_is_park(enclaves["kind"]).any()),
        "pairs": len(enclaves[["home", "host"]].drop_duplicates()),
        **{word: result.directions.get(word, 0) for word in DIRECTIONS},
        "by_population": int(ranked.get(POPULATION, 0)),
        "by_strength": int(ranked.get(STRENGTH, 0)),
        "by_others": [Name(each) for each in ranked.index if each not in (POPULATION, STRENGTH)],
        "rank_layers": [Layer(layer) for layer in by.layers],
        "turned": turned,
        "compared": known,
        "other_kinds": len(others),
        "within": result.within,
        "joined_by": result.joined_by,
        "located": len(result.located),
        "places": context.cities.n_nodes,
    }


def key_figures(result: Enclaves) -> Iterator[KeyFigure]:
    known = facts(result)
    if known["n"]:
        yield KeyFigure("n", known["n"])
        yield KeyFigure("pairs", known["pairs"])
        for word in ("reverse", "forward"):
            yield KeyFigure(word, known[word], of=len(result.counted))


def draw(result: Enclaves) -> Iterator[Picture]:
    at = result.located
    if at.empty:
        return
    whole, detail = result.maps.frames(at)
    yield Picture("flow_map", partial(_map, result, whole), on_page=not detail, front=not detail)
    if detail is not None:
        yield Picture("flow_map_detail", partial(_map, result, detail), on_page=True, front=True)


def _map(result: Enclaves, frame: Frame) -> Figure:
    cities, figure = result.context.cities, new_figure(height=map_height(frame))
    plot_flow_map(
        cities,
        enclaves=result.table,
        names=result.drawn_names,
        extent=frame,
        strongest=STRONGEST // max(1, min(LAYERS, len(cities.layers))),
        basemap=result.maps.below,
        ax=figure.add_subplot(),
    )
    return figure


def tables(result: Enclaves) -> Iterator[Table]:
    some = bool(len(result.table) or result.within)
    yield Table("enclave_funnel", result.funnel, on_page=some, rows=12, terms=("step",))
    frame, first = result.table, ["node", "home", "host", "direction", "ranked_by"]
    frame = frame[[*first, *frame.columns.difference(first, sort=False)]]
    shown = ("name", "home", "host", "direction", "type", "opened")
    view = frame[[column for column in shown if column in frame]].reset_index(drop=True)
    yield Table(
        "enclaves",
        frame,
        view,
        on_page=True,
        places=("home", "host"),
        terms=("direction",),
        forms={"opened": "year"},
    )

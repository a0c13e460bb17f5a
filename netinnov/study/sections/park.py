"""The park between two jurisdictions: its partners, whom it joins, and what depends on an actor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import pandas as pd

from netinnov._runtime.arguments import check_name
from netinnov.mechanisms.cooperation import cooperation_table, outages, park_network
from netinnov.plotting import plot_park
from netinnov.study._context import Context, Result
from netinnov.study._facts import Fact, KeyFigure, Part, Picture, Place, Table

OUTAGES = ["actor", "side", "links", "pairs_lost", "single_point"]


class ParkPart(Part, part="park", optional=True):
    park: str | None = None


class Park(Result):
    park: str
    parks: pd.DataFrame
    outages: pd.DataFrame

    @property
    def single_points(self) -> list[str]:
        if "single_point" not in self.outages:
            return []
        return [str(node) for node in self.outages.index[self.outages["single_point"]]]


def parks_of(context: Context) -> pd.DataFrame:
    park = context.settings(ParkPart).park
    table = cooperation_table(context.inside)
    if park is not None:
        check_name("park.park", park, list(table.index), of="the parks outside their jurisdiction")
    return table


OPTIONS = ParkPart
CHECK = parks_of


def compute(context: Context) -> Park | None:
    table = context.once(parks_of)
    if table.empty:
        return None
    park = context.settings(ParkPart).park or str(table["links"].idxmax())
    return Park(context, park, table, outages(context.inside, park))


def facts(result: Park) -> Mapping[str, Fact]:
    row: Any = result.parks.loc[result.park]
    stated = row.get("is_liaison_stated")
    counts = ("partners", "links", "homeward", "outward")
    return {
        **{name: int(row.get(name, 0)) for name in counts},
        "park": Place(result.park),
        "parks": len(result.parks),
        "asked": result.context.settings(ParkPart).park is not None,
        "of_home": int((result.outages["side"].drop(result.park) == "home").sum()),
        "directed": bool(park_network(result.context.inside, result.park).directed),
        "stated": not (row["is_liaison"] and pd.notna(stated) and not stated),
        "single_points": [*map(Place, result.single_points)],
    }


def key_figures(result: Park, known: Any) -> Iterator[KeyFigure]:
    yield KeyFigure("partners", known["partners"])
    if not known["directed"]:
        yield KeyFigure("pairs", known["homeward"])
    yield KeyFigure("single_points", len(result.single_points), of=len(result.outages))


def draw(result: Park) -> Iterator[Picture]:
    chinese = result.context.code == "zh"
    plot = partial(plot_park, result.context.inside, result.park, chinese=chinese)
    yield Picture("park", plot)


def tables(result: Park) -> Iterator[Table]:
    frame = result.outages
    first = [each for each in ("single_point", "pairs_lost", "links") if each in frame]
    view = frame.sort_values(first, ascending=False, kind="stable").rename_axis("actor")
    view = view.reset_index().filter(OUTAGES)
    yield Table("park_outages", frame, view, on_page=True)
    yield Table("parks", result.parks)

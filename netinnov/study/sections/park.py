"""The park between two jurisdictions: its partners, whom it joins, and what depends on an actor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from netinnov._arguments import did_you_mean
from netinnov.errors import InputError
from netinnov.mechanisms.cooperation import brokerage_table, cooperation_table, outages
from netinnov.network import MultilayerNetwork
from netinnov.plotting import plot_park
from netinnov.study._context import Context
from netinnov.study._section import Part, Picture, Result, Sentence, Table
from netinnov.study._words import counted, joined, name

HEADING = "The park between two jurisdictions"
ABSENT = "No park stands outside its jurisdiction in these data, so there is none to look at."
COLUMNS = (
    *("name", "home", "host", "confidence", "partners", "links", "stated", "layers"),
    *("homeward", "outward", "is_liaison", "is_liaison_stated"),
)


class ParkPart(Part, part="park", optional=True):
    example: ClassVar[str] = """\
[park]                        # a park outside its jurisdiction, and the actors that it joins
park = "quzhou_haichuang"     # whose partners are shown; left out: the park with the most links
"""

    park: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Park(Result):
    """Parks outside their jurisdiction, and one of them: roles around it, and outages."""

    park: str
    parks: pd.DataFrame
    roles: pd.DataFrame
    outages: pd.DataFrame

    @property
    def single_points(self) -> list[str]:
        """Actors on whom a flow or a path across the border hangs alone."""
        if "single_point" not in self.outages:
            return []
        return [str(node) for node in self.outages.index[self.outages["single_point"]]]


def parks_of(context: Context) -> pd.DataFrame:
    """The parks outside their jurisdiction; refuses a setting that is not one of them."""
    park, table = context.settings(ParkPart).park, cooperation_table(context.inside)
    if park is not None and park not in table.index:
        raise InputError(_no_park(context.inside, park, list(table.index)))
    return table


OPTIONS, CHECK = ParkPart, parks_of


def compute(context: Context) -> Park | None:
    park, network, table = context.settings(ParkPart).park, context.inside, context.once(parks_of)
    if table.empty:
        return None
    if park is None:
        park = str(table["links"].sort_values(ascending=False, kind="stable").index[0])
    return Park(context, park, table, brokerage_table(network, park), outages(network, park))


def _no_park(network: MultilayerNetwork, park: str, parks: list[str]) -> str:
    msg = f"park.park must be a park outside its jurisdiction; {park!r} is "
    nodes = network.storage.nodes
    if park not in nodes.index:
        msg += f"no node in the places that are kept{did_you_mean(park, nodes.index)}. "
    elif nodes.at[park, "kind"] != "park":
        msg += "none: its kind is another. "
    else:
        msg += "a park that stands inside it, or whose jurisdiction is not given. "
    if not parks:
        return f"{msg}There is none in these data: leave the setting out."
    listed = ", ".join(parks[:5]) + (", ..." if len(parks) > 5 else "")
    return f"{msg}There are {len(parks):,}: {listed}; left out, it is the one with most links."


def tell(result: Park) -> Iterator[Sentence]:
    row: Any = result.parks.loc[result.park]
    called, n = name(result.context.actors[result.park]), len(result.parks)
    text = f"{called} is the one park outside its jurisdiction"
    if n > 1:
        text = f"Of {n:,} parks outside their jurisdiction this is {called}"
    partners, links, layers = (
        counted(int(row[noun]), noun[:-1]) for noun in ("partners", "links", "layers")
    )
    yield Sentence(f"{text}: {partners}, {links} in {layers}.", ("parks",))
    ways = [f"{row[way]:,} {way}" for way in ("homeward", "outward") if way in row and row[way] > 0]
    text = "It joins no pair of actors of home and host that are not linked directly"
    text += ", along the direction of the links." if result.context.inside.directed else "."
    if ways:
        text = "It joins pairs of actors on both sides that are not linked directly: "
        text += f"{joined(ways)}. Counted in a group of its own it is their liaison; counted with "
        text += "its home, or with its host, the same pairs make it gatekeeper or representative."
        stated = row.get("is_liaison_stated")
        if row["is_liaison"] and pd.notna(stated) and not stated:
            text += " With links alone that are stated as facts it joins none."
    yield Sentence(text, ("park_roles", "parks"))
    if result.single_points:
        listed = joined([name(result.context.actors[node]) for node in result.single_points])
        text = "A flow or a path across the border depends on one actor alone, a single point of "
        text += f"failure: {listed}. One known actor is often one known source."
        yield Sentence(text, ("park_outages",))


def draw(result: Park) -> Iterator[Picture]:
    figure = plot_park(result.context.inside, result.park).figure.canvas.figure
    caption = "The park, its partners and what flows between them, as sources state it."
    alt = "Diagram: actors of home at the left, of host at the right, arrows to the park."
    yield Picture("park", figure, caption, ("park_roles", "parks"), alt=alt)


def tables(result: Park) -> Iterator[Table]:
    view = _view(result, result.roles, "homeward", "outward")
    caption = "Roles of the park and its partners between the jurisdictions."
    yield Table("park_roles", result.roles, caption, view=view)
    view = _view(result, result.outages, "single_point", "pairs_lost", "links")
    yield Table(
        "park_outages", result.outages, "What fails when one actor is taken out.", view=view
    )
    view = _view(result, result.parks, "links")
    for end in view.columns.intersection(["home", "host", "jurisdiction"]):
        view[end] = view[end].map(result.names)
    shown = [column for column in COLUMNS if column in view and view[column].notna().any()]
    view = view[[*shown, *view.columns.difference(shown, sort=False)]]
    caption = "Parks outside their jurisdiction, those with most links first."
    yield Table("parks", result.parks, caption, view=view, width=len(shown) + 1)


def _view(result: Park, table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    by = [column for column in columns if column in table]
    table = table.sort_values(by, ascending=False, kind="stable") if by else table.copy()
    names = [result.context.actors.get(node, str(node)) for node in table.index]
    if names != list(table.index.astype("str")) and "name" not in table:
        table.insert(0, "name", names)
    return table

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
from netinnov.study._words import counted, joined, name, phrase

HEADING = "The park between two jurisdictions"
ABSENT = "No park stands outside its jurisdiction in these data, so there is none to look at."

COLUMNS = (
    *("name", "home", "host", "confidence", "partners", "links", "stated", "layers"),
    *("homeward", "outward", "is_liaison", "is_liaison_stated"),
)


class ParkPart(Part):
    """Which park is looked at."""

    part: ClassVar[str] = "park"
    optional: ClassVar[bool] = True
    example: ClassVar[str] = """\
[park]                        # a park outside its jurisdiction, and the actors that it joins
park = "quzhou_haichuang"     # whose partners are shown; left out: the park with the most links
"""

    park: str | None = None


OPTIONS = ParkPart


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


def compute(context: Context) -> Park | None:
    part = context.options(ParkPart) or ParkPart()
    network = context.inside
    table = cooperation_table(network)
    if part.park is not None and part.park not in table.index:
        raise InputError(_no_park(network, part.park, list(table.index)))
    if table.empty:
        return None
    park = part.park
    if park is None:
        park = str(table["links"].sort_values(ascending=False, kind="stable").index[0])
    return Park(context, park, table, brokerage_table(network, park), outages(network, park))


def _no_park(network: MultilayerNetwork, park: str, parks: list[str]) -> str:
    """Why this is none, and which are."""
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
    text = (
        phrase("Of {:,} parks outside their jurisdiction this is {}", n, called)
        if n > 1
        else phrase("{} is the one park outside its jurisdiction", called)
    )
    partners, links = (counted(int(row[column]), column[:-1]) for column in ("partners", "links"))
    layers = counted(int(row["layers"]), "layer")
    yield Sentence(text + f": {partners}, {links} in {layers}.", ("parks",))
    ways = [f"{row[way]:,} {way}" for way in ("homeward", "outward") if way in row and row[way] > 0]
    if ways:
        sentence = (
            f"It joins pairs of actors on both sides that are not linked directly: {joined(ways)}. "
            "Counted in a group of its own it is their liaison; counted with its home, or with its "
            "host, the same pairs make it gatekeeper or representative."
        )
        stated = row.get("is_liaison_stated")
        if row["is_liaison"] and pd.notna(stated) and not stated:
            sentence += " With links alone that are stated as facts it joins none."
    else:
        sentence = "It joins no pair of actors of home and host along the direction of the links."
    yield Sentence(sentence, ("park_roles", "parks"))
    if result.single_points:
        text = phrase(
            "A flow or a path across the border depends on one actor alone, a single point of "
            "failure: {}. One known actor is often one known source.",
            joined([name(result.context.actors[node]) for node in result.single_points]),
        )
        yield Sentence(text, ("park_outages",))


def draw(result: Park) -> Iterator[Picture]:
    figure = plot_park(result.context.inside, result.park).figure.canvas.figure
    caption = "The park, its partners and what flows between them, as sources state it."
    alt = "Diagram: actors of home at the left, of host at the right, arrows to the park."
    yield Picture("park", figure, caption, ("park_roles", "parks"), alt=alt)


def tables(result: Park) -> Iterator[Table]:
    roles, failing, parks = result.roles, result.outages, result.parks
    yield Table(
        "park_roles",
        roles,
        "Roles of the park and its partners between the jurisdictions.",
        view=_named(_by(roles, ["homeward", "outward"]), result.context.actors),
    )
    yield Table(
        "park_outages",
        failing,
        "What fails when one actor is taken out.",
        view=_named(_by(failing, ["single_point", "pairs_lost", "links"]), result.context.actors),
    )
    view = _named(_by(parks, ["links"]), result.context.actors)
    for end in view.columns.intersection(["home", "host", "jurisdiction"]):
        view[end] = view[end].map(result.names)
    shown = [column for column in COLUMNS if column in view and view[column].notna().any()]
    view = view[[*shown, *view.columns.difference(shown, sort=False)]]
    caption = "Parks outside their jurisdiction, those with most links first."
    yield Table("parks", parks, caption, view=view, width=len(shown) + 1)


def _by(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """The rows that matter most first."""
    by = [column for column in columns if column in table]
    return table.sort_values(by, ascending=False, kind="stable") if by else table


def _named(table: pd.DataFrame, actors: dict[Any, str]) -> pd.DataFrame:
    """With a first column of names, where any node has one besides its id."""
    names = [actors.get(node, str(node)) for node in table.index]
    table = table.copy()
    if names != list(table.index.astype("str")) and "name" not in table:
        table.insert(0, "name", names)
    return table

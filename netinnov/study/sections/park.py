"""The park between two jurisdictions: whom it joins, what depends on an actor, how ideas spread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from math import inf, isfinite
from typing import Any, ClassVar

import pandas as pd
from matplotlib.figure import Figure

from netinnov._arguments import did_you_mean
from netinnov.errors import InputError
from netinnov.mechanisms.cooperation import cooperation_table, outages, park_sides
from netinnov.mechanisms.diffusion import reach_table, time_to_reach
from netinnov.network import MultilayerNetwork
from netinnov.plotting import plot_park, plot_reach
from netinnov.plotting._style import DOUBLE, new_figure
from netinnov.scenarios import remove_enclaves
from netinnov.study._context import Context
from netinnov.study._section import Fact, KeyFigure, Part, Picture, Place, Result, Table

RATE = 0.1  # illustrative: chance that a link passes an innovation on in a step
HORIZON = 60  # steps
CASES = {  # networks in which an innovation of the host spreads to home
    "recorded": "as on record",
    "without_park": "without this park",
    "without_any": "without any enclave",
}
COLUMNS = ["actor", "home", "host", "partners", "links", "stated", "layers", "homeward", "outward"]
OUTAGES = ["actor", "side", "links", "pairs_lost", "single_point"]


class ParkPart(Part, part="park", optional=True):
    example: ClassVar[str] = """\
[park]                        # a park outside its jurisdiction, and the actors that it joins
park = "quzhou_haichuang"     # whose partners are shown; left out: the park with the most links
"""

    park: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Park(Result):
    """Parks outside their jurisdiction, what fails when an actor leaves one, how ideas spread.

    `draws` are steps until an innovation of the `seeds`, actors of host, reaches half of the
    `targets`, actors of home, in three networks.
    """

    park: str
    parks: pd.DataFrame
    outages: pd.DataFrame
    seeds: list[str]
    targets: list[str]
    draws: pd.DataFrame

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
        parks = ", ".join(table.index[:5]) or "there is none"
        hint = did_you_mean(park, table.index)
        msg = f"park.park must be a park outside its jurisdiction (e.g. {parks}); found {park!r}"
        raise InputError(f"{msg}{hint}. Left out, it is the one with most links.")
    return table


OPTIONS, CHECK = ParkPart, parks_of


def compute(context: Context) -> Park | None:
    table = context.once(parks_of)
    if table.empty:
        return None
    park = context.settings(ParkPart).park or str(table["links"].idxmax())
    network = context.inside.select(layers=context.observed(context.inside))
    nodes = network.storage.nodes
    native = nodes["place"].eq(nodes["jurisdiction"]) & nodes["kind"].ne("place")
    sides = park_sides(network, park).where(native)
    seeds, targets = (list(sides.index[sides == side]) for side in ("host", "home"))
    draws = pd.DataFrame()
    if seeds and targets:
        draws = _steps(network, park, seeds=seeds, targets=targets, rng=context.seed)
    return Park(context, park, table, outages(context.inside, park), seeds, targets, draws)


def _steps(network: MultilayerNetwork, park: str, **ends: Any) -> pd.DataFrame:
    links = network.links[["source", "target"]].assign(layer="relation")
    plain = MultilayerNetwork(network.nodes, links, places=network.places)
    of_park = links["source"].eq(park) | links["target"].eq(park)
    without_any = remove_enclaves(plain, kinds=["park"], keep_nodes=True)
    networks = (plain, plain.replace_links(links[~of_park]), without_any)
    options: dict[str, Any] = {"rate": RATE, "horizon": HORIZON, "replicates": 500, "of": "half"}
    steps = {
        case: time_to_reach(each, **ends, **options)
        for case, each in zip(CASES.values(), networks, strict=True)
    }
    return pd.DataFrame(steps).rename_axis("draw")


def facts(result: Park) -> Mapping[str, Fact]:
    row: Any = result.parks.loc[result.park]
    stated, draws = row.get("is_liaison_stated"), result.draws
    known: dict[str, Fact] = {
        "park": Place(result.park),
        "home": Place(row["home"]),
        "host": Place(row["host"]),
        "parks": len(result.parks),
        "asked": result.context.settings(ParkPart).park is not None,
        "partners": int(row["partners"]),
        "links": int(row["links"]),
        "homeward": int(row.get("homeward", 0)),
        "outward": int(row.get("outward", 0)),
        "directed": bool(result.context.inside.directed),
        "stated": not (row["is_liaison"] and pd.notna(stated) and not stated),
        "single_points": [Place(node) for node in result.single_points],
        "rate": RATE,
        "horizon": HORIZON,
        "spreads": not draws.empty,
        "seeds": len(result.seeds),
        "targets": len(result.targets),
    }
    for name, case in CASES.items():
        steps = draws.get(case, pd.Series([inf]))
        reach: Any = reach_table({case: steps}, horizon=HORIZON).loc[case]
        known[f"{name}_median"] = float(reach["median"]) if isfinite(reach["median"]) else None
        known[f"{name}_reached"] = float(reach["reached"])
    return known


def key_figures(result: Park) -> Iterator[KeyFigure]:
    known: Any = facts(result)
    yield KeyFigure("partners", known["partners"])
    yield KeyFigure("pairs", known["homeward"] + known["outward"])
    yield KeyFigure("single_points", len(result.single_points), of=len(result.outages))


def draw(result: Park) -> Iterator[Picture]:
    if not result.draws.empty:
        yield Picture("diffusion", partial(_reach, result), on_page=True)
    yield Picture("park", partial(_park, result))


def _reach(result: Park) -> Figure:
    figure, draws = new_figure(width=DOUBLE * 0.6, height=75), result.draws
    ax = plot_reach({case: draws[case] for case in draws}, horizon=HORIZON, ax=figure.add_subplot())
    for label, case in zip(ax.get_legend().get_texts(), draws, strict=True):
        label.set_text(result.context.language.term(str(case)))
    return figure


def _park(result: Park) -> Figure:
    chinese = result.context.code == "zh"
    ax = plot_park(result.context.inside, result.park, chinese=chinese)
    figure: Figure = ax.figure.canvas.figure
    return figure


def tables(result: Park) -> Iterator[Table]:
    view = _view(result.outages, OUTAGES, "single_point", "pairs_lost", "links")
    yield Table(
        "park_outages", result.outages, view, on_page=True, places=("actor",), terms=("side",)
    )
    view = _view(result.parks, COLUMNS, "links")
    yield Table("parks", result.parks, view, on_page=True, places=("actor", "home", "host"))
    if not result.draws.empty:
        yield Table("diffusion_draws", result.draws)


def _view(table: pd.DataFrame, columns: list[str], *by: str) -> pd.DataFrame:
    by = tuple(column for column in by if column in table)
    table = table.sort_values([*by], ascending=False, kind="stable") if by else table
    table = table.assign(actor=table.index)
    shown = [column for column in columns if column in table and table[column].notna().any()]
    return table[shown].reset_index(drop=True)

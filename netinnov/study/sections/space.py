"""Space: which homes could use whose space at least cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd
from pydantic import Field

from netinnov._arguments import did_you_mean
from netinnov._geography import great_circle
from netinnov.errors import InputError
from netinnov.planning import (
    SpaceAllocation,
    SpaceDemand,
    allocate_space,
    rent_intervals,
    space_demand,
)
from netinnov.plotting import plot_space_allocation
from netinnov.study._context import Context
from netinnov.study._section import Part, Picture, Result, Sentence, Table
from netinnov.study._words import are, counted, has, joined, name, number, percent
from netinnov.study.sections import enclaves

HEADING = "Space for cross-border flows"


class SpacePart(Part, part="space", optional=True):
    example: ClassVar[str] = """\
[space]                       # planning: homes use the space of hosts, the nearest first; this and
                              # the next parts are in the report where they are named
area = "floor_area_m2"        # space: a column of the enclaves, added up at their hosts, or else of
                              # the places
unit = "m²"                   # of the area, in words
units = "firms"               # what needs space: a column of the enclaves, added up for their
                              # homes, or else of the places
# floor = 500.0               # space for one of them; left out: median of the nodes with both
resamples = 200               # of the nodes with both columns, for the intervals
"""

    area: Annotated[str, Field(min_length=1)] = "floor_area_m2"
    unit: str = "m²"
    units: Annotated[str, Field(min_length=1)] = "firms"
    floor: Annotated[float, Field(gt=0)] | None = None
    resamples: Annotated[int, Field(ge=1)] = 200


class Stock(NamedTuple):
    """What needs space by home, the space by host, and the kilometres between them."""

    units: pd.Series[float]
    capacity: pd.Series[float]
    kilometres: pd.DataFrame
    demand: SpaceDemand
    left_out: int


@dataclass(frozen=True, slots=True, eq=False)
class Space(Result):
    """A least-cost plan and its rents, or why there is none."""

    part: SpacePart
    stock: Stock
    plan: SpaceAllocation | None
    short: str
    rents: pd.DataFrame

    @property
    def full(self) -> list[str]:
        """Hosts with a rent, the highest first."""
        rents = self.rents["rent"].sort_values(ascending=False, kind="stable")
        return [str(host) for host in rents.index[rents > 0]]


def stock(context: Context) -> Stock:
    """The amounts, checked; nothing is solved."""
    part, places = context.settings(SpacePart), context.cities.storage.places
    units, lost_units = _amounts(context, part.units, "home", "units")
    capacity, lost_space = _amounts(context, part.area, "host", "area")
    ends = [places.loc[amounts.index, ["lon", "lat"]] for amounts in (units, capacity)]
    for at in ends:
        if bare := list(at.index[at.isna().any(axis=1)]):
            msg = f"[space] needs lon and lat of each home and host; missing for {len(bare):,}: "
            raise InputError(f"{msg}{', '.join(bare[:5])}. Give them in the table of places.")
    (lon, lat), to = (at.to_numpy(np.float64).T for at in ends)
    between = great_circle(lon[:, None], lat[:, None], *to)
    kilometres = pd.DataFrame(between, units.index, capacity.index)
    floor: Any = context.network.storage.nodes if part.floor is None else part.floor
    try:
        demand = space_demand(
            units, floor, area=part.area, units=part.units, resamples=999, rng=context.seed
        )
    except InputError as error:
        msg = f"[space] {error} In a study that is floor = ... under [space]."
        raise InputError(msg) from None
    return Stock(units, capacity, kilometres, demand, lost_units + lost_space)


OPTIONS, CHECK = SpacePart, stock


def _amounts(context: Context, column: str, end: str, setting: str) -> tuple[pd.Series[float], int]:
    nodes, places = context.inside.storage.nodes, context.cities.storage.places
    known = context.cities.storage.nodes.index
    if column in nodes:
        table = context.once(enclaves.compute).counted
        values = pd.to_numeric(nodes[column].reindex(table["node"]), errors="coerce")
        amounts = values.to_numpy(np.float64, na_value=np.nan)
        positive = amounts > 0
        kept = positive & table[["home", "host"]].isin(known).all(axis=1).to_numpy()
        ends = table[end].astype("str").to_numpy()[kept]
        total = pd.Series(amounts[kept], pd.Index(ends, name=end)).groupby(level=0).sum()
        if len(total):
            return total, int(positive.sum() - kept.sum())
    if column in places:
        values = pd.to_numeric(places[column].reindex(known), errors="coerce")
        of_places = pd.Series(values.to_numpy(np.float64, na_value=np.nan), known)
        if (of_places > 0).any():
            return of_places[of_places > 0], 0
    columns = [*nodes.columns, *places.columns]
    fault = "is empty for all of them"
    if column not in columns:
        fault = f"is not there{did_you_mean(column, columns)}"
    raise InputError(
        f"[space] needs a number above 0 for at least one {end}: in a column {column!r} of the "
        f"enclaves (nodes outside their jurisdiction) or of the places, which {fault}. Add "
        f"the column, name another one with space.{setting}, or leave [space] out."
    )


def compute(context: Context) -> Space:
    part, amounts = context.settings(SpacePart), context.once(stock)
    cost = amounts.kilometres.astype(np.float64)
    for place in cost.index.intersection(cost.columns):  # space at home needs no enclave
        cost.loc[place, place] = np.nan
    plan, short = None, ""
    try:
        plan = allocate_space(amounts.demand.by_home(), amounts.capacity, cost)
    except InputError as error:
        short = str(error)
    rents = rent_intervals(amounts.demand, amounts.capacity, cost, resamples=part.resamples)
    return Space(context, part, amounts, plan, short, rents)


def offer(result: Space) -> Iterator[Sentence]:
    stock, part = result.stock, result.part
    # Three significant digits, also of large numbers.
    demand, space = (
        number(float(f"{amounts.sum():.3g}"))
        for amounts in (stock.demand.by_home(), stock.capacity)
    )
    text = f"{counted(len(stock.units), 'home')} ({name(part.units)}: {number(stock.units.sum())}) "
    text += f"would need about {demand} {part.unit} of space; "
    text += f"{counted(len(stock.capacity), 'host')} {has(len(stock.capacity))} {space}."
    yield Sentence(text, ("space_demand", "space_rents"))


def tell(result: Space) -> Iterator[Sentence]:
    demand, unit = result.stock.demand, result.part.unit
    text = f"One of them takes {number(demand.floor)} {unit}"
    if demand.n:
        text += f" in the median of the {counted(demand.n, 'node')} that state both (95 % interval "
        text += f"{number(demand.low)} to {number(demand.high)}, over resamples of them): it "
        text += "describes these and is no norm."
    else:
        text += ": an assumption."
    yield Sentence(text, ("space_demand",))
    if result.plan is None:
        yield Sentence(f"No plan: {result.short}", ("space_demand",))
    else:
        yield from _plan(result, result.plan)
    text = "Assumed: every home may use every host's space, all stated space is free, and "
    text += "kilometres are the cost. It says where stated space is near to whom, not who will "
    text += "rent it."
    if n := result.stock.left_out:
        text += f" {counted(n, 'enclave')} with a number {are(n)} left out, as home or host "
        text += "is not a place of the report."
    yield Sentence(text, ("space_demand", "space_rents"))


def _plan(result: Space, plan: SpaceAllocation) -> Iterator[Sentence]:
    mean = number(plan.cost / plan.flows.to_numpy().sum())
    text = f"If homes used the space of any host at the least distance, it would lie {mean} km "
    yield Sentence(f"{text}from home on average.", ("space_flows",))
    text = "No host is full, so one more unit of space is worth nothing in this plan."
    if result.full:
        parts = []
        for host in result.full[:3]:
            row: Any = result.rents.loc[host]
            rent, low, high = (number(float(row[column])) for column in ("rent", "low", "high"))
            interval = f", 95 % interval {low} to {high}" if result.stock.demand.n else ""
            parts.append(f"{result.name(host)} ({rent} km{interval})")
        text = f"Space runs out at {joined(parts)}. The rent is what one more {result.part.unit} "
        text += "there would save in kilometres."
        if not plan.rents_unique:
            text += " The plan is degenerate: other rents would do as well."
    yield Sentence(text, ("space_rents",))
    served = float(result.rents["served"].iloc[0])  # the share of resamples with space for all
    if result.stock.demand.n and served < 1:
        text = f"In {percent(1 - served)} of the resamples space falls short, whatever the rents; "
        yield Sentence(f"{text}the intervals describe the others.", ("space_rents",))


def draw(result: Space) -> Iterator[Picture]:
    if result.plan is None:
        return
    unit, names = result.part.unit, result.drawn_names
    ax = plot_space_allocation(result.plan, names=names, unit=unit, rent_unit="km")
    caption = "Which home would use how much space at which host, if all stated space were open to "
    caption += "all and the nearest were taken first."
    alt = "Bands from homes at the left to hosts at the right, as wide as the space that is used."
    sources = ("space_flows", "space_rents")
    yield Picture("space", ax.figure.canvas.figure, caption, sources, alt=alt)


def tables(result: Space) -> Iterator[Table]:
    demand, plan = result.stock.demand.to_frame().rename_axis("home").reset_index(), result.plan
    demand.insert(1, "units", result.stock.units.to_numpy())
    yield _table(result, "space_demand", demand, "Space that each home needs, with its interval.")
    if plan is not None:
        flows = plan.to_frame().rename(columns={"demand": "home", "site": "host"})
        pairs = zip(flows["home"], flows["host"], strict=True)
        between: Any = result.stock.kilometres
        flows["kilometres"] = [float(between.at[pair]) for pair in pairs]
        caption = "Who would use how much space where; 0 for pairs that would not be used."
        yield _table(result, "space_flows", flows, caption)
    capacity = result.stock.capacity
    rents = result.rents.rename_axis("host").reset_index()
    rents.insert(1, "capacity", capacity.to_numpy())
    if plan is not None:
        rents.insert(2, "left", plan.left.reindex(capacity.index).to_numpy())
    caption = "Space of each host, what is left of it, and its rent in kilometres with interval."
    yield _table(result, "space_rents", rents, caption)


def _table(result: Space, title: str, frame: pd.DataFrame, caption: str) -> Table:
    view = frame.copy()
    for end in view.columns.intersection(["home", "host"]):
        view[end] = view[end].map(result.names)
    if "flow" in view:
        view = view[view["flow"] > 0].sort_values("flow", ascending=False, kind="stable")
    return Table(title, frame, caption, view=view)

"""Space: which homes could use whose space at least cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
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
from netinnov.plotting._style import larger, new_figure
from netinnov.study._context import Context
from netinnov.study._section import Fact, KeyFigure, Name, Part, Picture, Place, Result, Table, Term
from netinnov.study.sections import enclaves


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
    """A least-cost plan and its rents; no plan where space falls short."""

    part: SpacePart
    stock: Stock
    plan: SpaceAllocation | None
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
    plan = None
    with suppress(InputError):  # space falls short
        plan = allocate_space(amounts.demand.by_home(), amounts.capacity, cost)
    rents = rent_intervals(amounts.demand, amounts.capacity, cost, resamples=part.resamples)
    return Space(context, part, amounts, plan, rents)


def facts(result: Space) -> Mapping[str, Fact]:
    stock, plan = result.stock, result.plan
    demand, needed, capacity = stock.demand, stock.demand.by_home().sum(), stock.capacity.sum()
    top: Any = result.rents.loc[result.full[0]] if result.full else None
    return {
        "homes": len(stock.units),
        "hosts": len(stock.capacity),
        "units": Term("firms") if result.part.units == "firms" else Name(result.part.units),
        "n_units": float(stock.units.sum()),
        "unit": Name(result.part.unit),
        "needed": _rounded(needed),
        "capacity": _rounded(capacity),
        "floor": float(demand.floor),
        "floor_n": demand.n,
        "floor_low": float(demand.low) if demand.n else None,
        "floor_high": float(demand.high) if demand.n else None,
        "allocated": plan is not None,
        "missing": _rounded(needed - capacity) if needed > capacity * (1 + 1e-9) else 0.0,
        "kilometres": None if plan is None else float(plan.cost / plan.flows.to_numpy().sum()),
        "full": [Place(host) for host in result.full],
        "rent": None if top is None else float(top["rent"]),
        "rent_low": None if top is None or not demand.n else float(top["low"]),
        "rent_high": None if top is None or not demand.n else float(top["high"]),
        "unique": plan is None or plan.rents_unique,
        "served": float(result.rents["served"].iloc[0]) if demand.n else None,
        "left_out": stock.left_out,
    }


def key_figures(result: Space) -> Iterator[KeyFigure]:
    known = facts(result)
    yield KeyFigure("needed", known["needed"])
    yield KeyFigure("capacity", known["capacity"])
    yield KeyFigure("floor", known["floor"], known["floor_low"], known["floor_high"])  # type: ignore[arg-type]
    if result.plan is not None:
        yield KeyFigure("kilometres", known["kilometres"], form="km")
    if result.plan is not None and result.full:
        ends: Any = {"low": known["rent_low"], "high": known["rent_high"]}
        yield KeyFigure("rent", known["rent"], **ends, form="km")


def _rounded(amount: Any) -> float:
    """Three significant digits, also of large numbers."""
    return float(f"{amount:.3g}")


def draw(result: Space) -> Iterator[Picture]:
    if result.plan is not None:
        yield Picture("space", partial(_bands, result.plan, result), on_page=True)


def _bands(plan: SpaceAllocation, result: Space) -> Figure:
    figure, on_page = new_figure(height=95), larger() > 1
    ax = figure.add_subplot()
    unit = "" if on_page else result.part.unit  # the caption says it
    plot_space_allocation(plan, names=result.drawn_names, unit=unit, rent_unit="km", ax=ax)
    if on_page:  # room for larger type
        ax.set_xlim(-0.85, 2.35)
    return figure


def tables(result: Space) -> Iterator[Table]:
    demand, plan = result.stock.demand.to_frame().rename_axis("home").reset_index(), result.plan
    demand.insert(1, "units", result.stock.units.to_numpy())
    yield Table("space_demand", demand)
    if plan is not None:
        flows = plan.to_frame().rename(columns={"demand": "home", "site": "host"})
        pairs = zip(flows["home"], flows["host"], strict=True)
        between: Any = result.stock.kilometres
        flows["kilometres"] = [float(between.at[pair]) for pair in pairs]
        view = flows[flows["flow"] > 0].sort_values("flow", ascending=False, kind="stable")
        view = view[["home", "host", "flow", "kilometres"]].reset_index(drop=True)
        ends: Any = {"places": ("home", "host"), "forms": {"kilometres": "km"}}
        yield Table("space_flows", flows, view, on_page=True, **ends)
    capacity = result.stock.capacity
    rents = result.rents.rename_axis("host").reset_index()
    rents.insert(1, "capacity", capacity.to_numpy())
    if plan is not None:
        rents.insert(2, "left", plan.left.reindex(capacity.index).to_numpy())
    shown = [each for each in ("host", "capacity", "left", "rent", "low", "high") if each in rents]
    view = rents[shown].sort_values("rent", ascending=False, kind="stable", ignore_index=True)
    km: Any = dict.fromkeys(("rent", "low", "high"), "km")
    yield Table("space_rents", rents, view, on_page=True, places=("host",), forms=km)

"""Space: which homes could use whose space at least cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Annotated, Any, NamedTuple

import numpy as np
import pandas as pd
from pydantic import Field

from netinnov import planning
from netinnov._network.place_distances import between
from netinnov._runtime.arguments import examples
from netinnov.errors import InputError
from netinnov.plotting import plot_space_allocation
from netinnov.study import _enclave_list
from netinnov.study._context import Context, Result
from netinnov.study._facts import Fact, KeyFigure, Name, Part, Picture, Place, Table, Term


class SpacePart(Part, part="space", optional=True):
    area: Annotated[str, Field(min_length=1)] = "floor_area_m2"
    unit: str = "m²"
    units: Annotated[str, Field(min_length=1)] = "firms"
    floor: Annotated[float, Field(gt=0)] | None = None


class Stock(NamedTuple):
    units: pd.Series[float]
    capacity: pd.Series[float]
    distance: pd.DataFrame
    demand: planning.SpaceDemand
    unlocated: list[str]  # homes and hosts left out, as no distance of theirs is known
    inside: pd.Series[str]  # the enclaves between places of the report


class Space(Result):
    stock: Stock
    plan: planning.SpaceAllocation | None  # None: space falls short
    rents: pd.DataFrame


def stock(context: Context) -> Stock:
    part = context.settings(SpacePart)
    names = context.cities.storage.place_names
    table = context.once(_enclave_list.compute).counted
    inside = table[table[["home", "host"]].isin(context.cities.storage.node_names).all(axis=1)]
    needs = _amounts(context, inside, part.units, "home", "units")
    stated = [needs, _amounts(context, inside, part.area, "host", "area")]
    codes = [names.get_indexer(amounts.index) for amounts in stated]
    lengths = between(context.cities.storage, codes[0][:, None], codes[1])
    known = ~np.isnan(lengths) & (codes[0][:, None] != codes[1])  # space at home needs no enclave
    homes = np.flatnonzero(known.any(axis=1))
    hosts = np.flatnonzero(known.any(axis=0))
    units = stated[0].iloc[homes]
    capacity = stated[1].iloc[hosts]
    bare = [*stated[0].index.difference(units.index), *stated[1].index.difference(capacity.index)]
    if units.empty:
        raise InputError(
            "[space] needs a distance (lon and lat of both, or [data] distances) between a home "
            f"and a host, and none has one: {examples(dict.fromkeys(bare), str)}. Give them, "
            "or leave [space] out."
        )
    distance = pd.DataFrame(lengths[np.ix_(homes, hosts)], units.index, capacity.index)
    floor: Any = context.network.storage.nodes if part.floor is None else part.floor
    demand = planning.space_demand(units, floor, area=part.area, units=part.units, rng=context.seed)
    return Stock(units, capacity, distance, demand, [*dict.fromkeys(bare)], inside["node"])


OPTIONS = SpacePart
CHECK = stock


def _amounts(
    context: Context, enclaves: pd.DataFrame, column: str, end: str, setting: str
) -> pd.Series[float]:
    """Sums of a column of the enclaves by home or host, or else a column of the places."""
    nodes = context.inside.storage.nodes
    places = context.cities.storage.places
    values = nodes.reindex(enclaves["node"], columns=[column])[column]
    total = _numbers(values).groupby(enclaves[end].astype("str").to_numpy()).sum()
    known = context.cities.storage.node_names
    for amounts in (total, _numbers(places.reindex(known, columns=[column])[column])):
        if (amounts > 0).any():
            return amounts[amounts > 0].rename_axis(end)
    raise InputError(
        f"[space] needs a number above 0 for at least one {end}, and the column {column!r} of the "
        f"enclaves (nodes outside their jurisdiction) or of the places has none. Add it, "
        f"name another one with space.{setting}, or leave [space] out."
    )


def _numbers(values: pd.Series) -> pd.Series[float]:
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    return numbers.where(numbers > 0)


def compute(context: Context) -> Space:
    amounts = context.once(stock)
    home, host = (ends.to_numpy() for ends in amounts.distance.axes)
    cost = amounts.distance.where(home[:, None] != host)  # space at home needs no enclave
    plan = None
    with suppress(InputError):  # space falls short
        plan = planning.allocate_space(amounts.demand.by_home(), amounts.capacity, cost)
    rents = planning.rent_intervals(amounts.demand, amounts.capacity, cost)
    return Space(context, amounts, plan, rents)


def facts(result: Space) -> Mapping[str, Fact]:
    stock = result.stock
    plan = result.plan
    demand = result.stock.demand
    needed = demand.by_home().sum()
    capacity = stock.capacity.sum()
    counted = result.context.once(_enclave_list.compute).counted
    part = result.context.settings(SpacePart)
    rents = result.rents
    nodes = result.context.inside.storage.nodes
    columns = [part.area, part.units]
    stated = nodes.reindex(stock.inside, columns=columns)
    stated = stated.apply(pd.to_numeric, errors="coerce").notna()
    full = rents[rents["rent"] > 0].sort_values("rent", ascending=False, kind="stable")
    rent, low, high = [*full[["rent", "low", "high"]].head(1).to_numpy(), [None] * 3][0]
    drawn = {"floor_low": demand.low, "floor_high": demand.high, "rent_low": low, "rent_high": high}
    return {
        "homes": len(stock.units),
        "hosts": len(stock.capacity),
        "units": Term("firms") if part.units == "firms" else Name(part.units),
        "n_units": float(stock.units.sum()),
        "unit": Name(part.unit),
        "needed": float(needed),
        "capacity": float(capacity),
        "floor": float(demand.floor),
        "floor_n": demand.n,
        **(drawn if demand.n else dict.fromkeys(drawn)),
        "full": [*map(Place, full.index)],
        "rent": rent,
        "allocated": plan is not None,
        "missing": float(needed - capacity) if needed > capacity * (1 + 1e-9) else 0.0,
        "distance": None if plan is None else float(plan.cost / plan.flows.to_numpy().sum()),
        "unique": plan is None or plan.rents_unique,
        "unmeasured": int(stock.distance.isna().to_numpy().sum()),
        "unlocated": [*map(Place, stock.unlocated)],
        "left_out": len(counted) - len(stock.inside),
        "one_sided": int((stated.sum(axis=1) == 1).sum()) if stated.any().all() else 0,
        "served": float(rents["served"].iloc[0]) if demand.n else None,
    }


def key_figures(result: Space, known: Any) -> Iterator[KeyFigure]:
    yield KeyFigure("needed", known["needed"], digits=3)
    yield KeyFigure("capacity", known["capacity"], digits=3)
    ends = (known["floor_low"], known["floor_high"])
    yield KeyFigure("floor", known["floor"], *ends, digits=3)
    if result.plan is not None:
        yield KeyFigure("distance", known["distance"], form="distance")
        if known["full"]:
            ends = (known["rent_low"], known["rent_high"])
            yield KeyFigure("rent", known["rent"], *ends, form="distance")


def draw(result: Space) -> Iterator[Picture]:
    if result.plan is not None:
        names = result.context.drawn_names
        unit = result.context.cities.distance_unit
        plot = partial(plot_space_allocation, result.plan, names=names, rent_unit=unit)
        yield Picture("space", plot, on_page=True)


def tables(result: Space) -> Iterator[Table]:
    stock = result.stock
    plan = result.plan
    rents = result.rents.rename_axis("host").reset_index()
    rents.insert(1, "capacity", stock.capacity.to_numpy())
    if plan is not None:
        flows = plan.to_frame().rename(columns={"demand": "home", "site": "host"})
        distance: Any = stock.distance.rename_axis(index="home", columns="host").stack()
        flows = flows.join(distance.rename("distance"), on=["home", "host"])
        view = flows[flows["flow"] > 0].sort_values("flow", ascending=False, kind="stable")
        view = view[["home", "host", "flow", "distance"]].reset_index(drop=True)
        yield Table("space_flows", flows, view, on_page=True)
        rents.insert(2, "left", plan.left.reindex(stock.capacity.index).to_numpy())
    yield Table("space_rents", rents)

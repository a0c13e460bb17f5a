"""Diffusion: how soon an innovation of the host reaches home, with the park and without it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from math import isfinite
from typing import Annotated, Any, ClassVar

import pandas as pd
from matplotlib.figure import Figure
from pydantic import Field

from netinnov.mechanisms.cooperation import park_sides
from netinnov.mechanisms.diffusion import reach_table, time_to_reach
from netinnov.network import MultilayerNetwork
from netinnov.plotting import plot_reach
from netinnov.plotting._style import DOUBLE, new_figure
from netinnov.scenarios import remove_enclaves
from netinnov.study._context import Context
from netinnov.study._section import Fact, KeyFigure, Part, Picture, Place, Result, Table
from netinnov.study.sections import park

CASES = {  # networks that are compared
    "recorded": "as on record",
    "without_park": "without this park",
    "without_any": "without any enclave",
}


class DiffusionPart(Part, part="diffusion", optional=True):
    example: ClassVar[str] = """\
[diffusion]                   # from the actors of the park's host to those of its home
rate = 0.1                    # chance that a link passes an innovation on in a step
horizon = 60                  # steps
replicates = 500              # how often diffusion is tried
"""

    rate: Annotated[float, Field(gt=0, le=1)] = 0.1
    horizon: Annotated[int, Field(ge=1)] = 60
    replicates: Annotated[int, Field(ge=1, le=1_000_000)] = 500


OPTIONS = DiffusionPart


@dataclass(frozen=True, slots=True, eq=False)
class Diffusion(Result):
    """Steps until half of home's actors are reached, in three networks: each draw and summaries."""

    part: DiffusionPart
    home: str
    host: str
    seeds: int
    targets: int
    draws: pd.DataFrame
    summary: pd.DataFrame


def compute(context: Context) -> Diffusion | None:
    part, brokerage = context.settings(DiffusionPart), context.once(park.compute)
    if brokerage is None:
        return None
    network = context.inside.select(layers=context.observed(context.inside))
    nodes = network.storage.nodes
    native = nodes["place"].eq(nodes["jurisdiction"]) & nodes["kind"].ne("place")
    sides = park_sides(network, brokerage.park).where(native)
    seeds, targets = (list(sides.index[sides == side]) for side in ("host", "home"))
    if not seeds or not targets:
        return None
    links = network.links[["source", "target"]].assign(layer="relation")
    plain = MultilayerNetwork(network.nodes, links, places=network.places)
    of_park = links["source"].eq(brokerage.park) | links["target"].eq(brokerage.park)
    cases = {
        "recorded": plain,
        "without_park": plain.replace_links(links[~of_park]),
        "without_any": remove_enclaves(plain, kinds=["park"], keep_nodes=True),
    }
    drawn: dict[str, Any] = part.model_dump() | {"of": "half", "rng": context.seed}
    times = {
        CASES[name]: time_to_reach(case, seeds=seeds, targets=targets, **drawn)
        for name, case in cases.items()
    }
    draws = pd.DataFrame(times).rename_axis("draw")
    summary = reach_table(times, horizon=part.horizon).rename_axis("network")
    home, host = brokerage.parks.loc[brokerage.park, ["home", "host"]]
    n = len(seeds), len(targets)
    return Diffusion(context, part, str(home), str(host), *n, draws, summary)


def facts(result: Diffusion) -> Mapping[str, Fact]:
    known: dict[str, Fact] = {
        "home": Place(result.home),
        "host": Place(result.host),
        "seeds": result.seeds,
        "targets": result.targets,
        "rate": result.part.rate,
        "horizon": result.part.horizon,
    }
    for name, case in CASES.items():
        row: Any = result.summary.loc[case]
        median, reached = float(row["median"]), float(row["reached"])
        known |= {
            f"{name}_median": median if isfinite(median) else None,
            f"{name}_reached": reached,
        }
    return known


def key_figures(result: Diffusion) -> Iterator[KeyFigure]:
    for name, case in CASES.items():
        row: Any = result.summary.loc[case]
        ends = float(row["reached_low"]), float(row["reached_high"])
        yield KeyFigure(name, float(row["reached"]), *ends, form="percent")


def draw(result: Diffusion) -> Iterator[Picture]:
    yield Picture("diffusion", partial(_reach, result), on_page=True)


def _reach(result: Diffusion) -> Figure:
    figure, term = new_figure(width=DOUBLE * 0.6, height=75), result.context.language.term
    times = {str(case): result.draws[case] for case in result.draws}
    ax = plot_reach(times, horizon=result.part.horizon, ax=figure.add_subplot())
    legend = ax.get_legend()
    for label, case in zip(legend.get_texts() if legend else (), times, strict=True):
        label.set_text(term(case))
    return figure


def tables(result: Diffusion) -> Iterator[Table]:
    summary = result.summary.copy()
    summary.insert(0, "targets", result.targets)
    summary.insert(0, "seeds", result.seeds)
    yield Table("diffusion", summary)
    yield Table("diffusion_draws", result.draws)

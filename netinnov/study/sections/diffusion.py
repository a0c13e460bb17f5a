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

RATE = 0.1  # illustrative: chance that a link passes an innovation on in a step
HORIZON = 60  # steps
CASES = {  # networks that are compared
    "recorded": "as on record",
    "without_park": "without this park",
    "without_any": "without any enclave",
}


class DiffusionPart(Part, part="diffusion", optional=True):
    example: ClassVar[str] = """\
[diffusion]                   # from the actors of the park's host to those of its home
replicates = 500              # how often diffusion is tried
"""

    replicates: Annotated[int, Field(ge=1, le=1_000_000)] = 500


OPTIONS = DiffusionPart


@dataclass(frozen=True, slots=True, eq=False)
class Diffusion(Result):
    """Steps until half of home's actors are reached, in three networks: each draw and summaries."""

    home: str
    host: str
    seeds: list[str]
    targets: list[str]
    draws: pd.DataFrame
    summary: pd.DataFrame


def compute(context: Context) -> Diffusion | None:
    parks = context.once(park.compute)
    if parks is None:
        return None
    network = context.inside.select(layers=context.observed(context.inside))
    nodes = network.storage.nodes
    native = nodes["place"].eq(nodes["jurisdiction"]) & nodes["kind"].ne("place")
    sides = park_sides(network, parks.park).where(native)
    seeds, targets = (list(sides.index[sides == side]) for side in ("host", "home"))
    if not seeds or not targets:
        return None
    links = network.links[["source", "target"]].assign(layer="relation")
    plain = MultilayerNetwork(network.nodes, links, places=network.places)
    of_park = links["source"].eq(parks.park) | links["target"].eq(parks.park)
    cases = {
        "recorded": plain,
        "without_park": plain.replace_links(links[~of_park]),
        "without_any": remove_enclaves(plain, kinds=["park"], keep_nodes=True),
    }
    ends: dict[str, Any] = {"seeds": seeds, "targets": targets, "of": "half"}
    ends |= {"rate": RATE, "horizon": HORIZON, "rng": context.seed}
    replicates = context.settings(DiffusionPart).replicates
    times = {
        CASES[name]: time_to_reach(case, replicates=replicates, **ends)
        for name, case in cases.items()
    }
    draws = pd.DataFrame(times).rename_axis("draw")
    summary = reach_table(times, horizon=HORIZON).rename_axis("network")
    home, host = map(str, parks.parks.loc[parks.park, ["home", "host"]])
    return Diffusion(context, home, host, seeds, targets, draws, summary)


def facts(result: Diffusion) -> Mapping[str, Fact]:
    known: dict[str, Fact] = {
        "home": Place(result.home),
        "host": Place(result.host),
        "seeds": len(result.seeds),
        "targets": len(result.targets),
        "rate": RATE,
        "horizon": HORIZON,
    }
    for name, case in CASES.items():
        row: Any = result.summary.loc[case]
        median = float(row["median"])
        known[f"{name}_median"] = median if isfinite(median) else None
        known[f"{name}_reached"] = float(row["reached"])
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
    ax = plot_reach(times, horizon=HORIZON, ax=figure.add_subplot())
    legend = ax.get_legend()
    for label, case in zip(legend.get_texts() if legend else (), times, strict=True):
        label.set_text(term(case))
    return figure


def tables(result: Diffusion) -> Iterator[Table]:
    summary = result.summary.copy()
    summary.insert(0, "targets", len(result.targets))
    summary.insert(0, "seeds", len(result.seeds))
    yield Table("diffusion", summary)
    yield Table("diffusion_draws", result.draws)

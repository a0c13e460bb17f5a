"""Diffusion: how soon an innovation of the host reaches home, with the park and without it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import pandas as pd
from pydantic import Field

from netinnov.mechanisms.cooperation import park_sides
from netinnov.mechanisms.diffusion import reach_table, time_to_reach
from netinnov.network import MultilayerNetwork
from netinnov.plotting import plot_reach
from netinnov.plotting._style import DOUBLE, new_figure
from netinnov.scenarios import remove_enclaves
from netinnov.study._context import Context
from netinnov.study._section import Part, Picture, Sentence, Table
from netinnov.study._words import counted, number, percent
from netinnov.study.sections import park

HEADING = "Diffusion: how soon is home reached?"


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
class Diffusion:
    """Steps until half of home's actors are reached, in three networks: each draw and summaries."""

    part: DiffusionPart
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
        "as on record": plain,
        "without this park": plain.replace_links(links[~of_park]),
        "without any enclave": remove_enclaves(plain, kinds=["park"], keep_nodes=True),
    }
    drawn: dict[str, Any] = part.model_dump() | {"of": "half", "rng": context.seed}
    times = {
        label: time_to_reach(case, seeds=seeds, targets=targets, **drawn)
        for label, case in cases.items()
    }
    draws = pd.DataFrame(times).rename_axis("draw")
    summary = reach_table(times, horizon=part.horizon).rename_axis("network")
    return Diffusion(part, len(seeds), len(targets), draws, summary)


def offer(result: Diffusion) -> Iterator[Sentence]:
    part, parts = result.part, []
    for case, row in result.summary.iterrows():
        median = row["median"]
        if math.isfinite(median):
            steps = f"after {number(median)} step{'' if median == 1 else 's'} (median)"
        elif row["reached"]:
            steps = f"by step {part.horizon} in {percent(row['reached'])} of the draws"
        else:
            steps = f"in no draw by step {part.horizon}"
        parts.append(f"{case}: {steps}")
    reached = f"Half of the {result.targets:,} actors of home are reached"
    if result.targets == 1:
        reached = "The one actor of home is reached"
    yield Sentence(f"{reached}, {'; '.join(parts)}.", ("diffusion", "diffusion_draws"))


def tell(result: Diffusion) -> Iterator[Sentence]:
    text = f"An innovation starts with the {counted(result.seeds, 'actor')} of the host and passes "
    text += f"along each link with a probability of {result.part.rate:g} a step, which is "
    yield Sentence(f"{text}illustrative.", ("diffusion",))
    text = "That is a comparison of networks on record, and no effect: actors of home may be on "
    yield Sentence(f"{text}record only because a page on the park names them.")


def draw(result: Diffusion) -> Iterator[Picture]:
    figure = new_figure(width=DOUBLE * 0.6, height=75)
    times = {str(label): result.draws[label] for label in result.draws}
    plot_reach(times, horizon=result.part.horizon, ax=figure.add_subplot())
    caption = "Share of draws in which half of home's actors are reached. The rate is "
    caption += "illustrative; relations are those on record, their direction ignored."
    alt = "Three curves that rise with the steps, one for each network."
    yield Picture("diffusion", figure, caption, ("diffusion", "diffusion_draws"), alt=alt)


def tables(result: Diffusion) -> Iterator[Table]:
    summary = result.summary.copy()
    summary.insert(0, "targets", result.targets)
    summary.insert(0, "seeds", result.seeds)
    caption = "Steps until half of home's actors are reached, over draws, in three networks."
    shares = dict.fromkeys(("reached", "reached_low", "reached_high"), percent)
    yield Table("diffusion", summary, caption, formats=shares)
    caption = "Steps of each draw; empty where home was not reached."
    yield Table("diffusion_draws", result.draws, caption, on_page=False)

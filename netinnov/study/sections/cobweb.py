"""Cobweb: do prices of two coupled regions settle, and what the link of an enclave does."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

import pandas as pd
from pydantic import Field

from netinnov.mechanisms.cobweb import CoupledCobweb, critical_enclave, enclave_effect
from netinnov.mechanisms.cobweb._enclave_link import Answer
from netinnov.plotting import plot_stability_map
from netinnov.plotting._style import DOUBLE, new_figure
from netinnov.study._context import Context
from netinnov.study._section import Part, Picture, Sentence, Table
from netinnov.study._words import ILLUSTRATIVE, joined, number

HEADING = "Cobweb: settle, cycle or explode?"
NAMES = ("home", "host")
ANSWERS: dict[Answer, str] = {
    "both": "both supplies respond to the gap of prices",
    "home": "only home responds to the gap",
    "host_price": "home responds to the price of the host",
}
MODES = {"gap": "the gap", "total": "the common movement"}
EFFECTS = {"excites": "it lasts longer", "damps": "it settles faster", "leaves": "nothing changes"}
STEEPEST = 2.0


class CobwebPart(Part, part="cobweb", optional=True):
    example: ClassVar[str] = """\
[cobweb]                      # supply and demand of two coupled regions
demand_slope = 1.0            # how much less is wanted at a price that is higher by 1
supply_slope = 0.8            # how much more is offered a period later
adaptation = 1.0              # how far expectations move to the last price; 1: all the way
mobility = 0.05               # supply that moves between two regions for a gap of prices of 1
link = 0.03                   # what the link of an enclave adds to that
"""

    demand_slope: Annotated[float, Field(ge=1e-6, le=1e6)] = 1.0
    supply_slope: Annotated[float, Field(ge=1e-6, le=1e6)] = 0.8
    adaptation: Annotated[float, Field(ge=1e-9, le=1)] = 1.0
    mobility: Annotated[float, Field(ge=0, le=1e6)] = 0.05
    link: Annotated[float, Field(ge=0, le=1e6)] = 0.03


OPTIONS = CobwebPart


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """What the link of an enclave does to the modes of the prices, if supply responds in some way.

    `modes` has a row for each response (`link`, in words) and mode; from a strength of `threshold`
    on prices do not settle.
    """

    part: CobwebPart
    modes: pd.DataFrame

    @property
    def gaps(self) -> pd.DataFrame:
        """The gap of prices, a row a response."""
        return self.modes[self.modes["kind"] != "total"].drop_duplicates("link")


def compute(context: Context) -> Links:
    part = context.settings(CobwebPart)
    model = CoupledCobweb(
        [part.demand_slope] * 2,
        [part.supply_slope] * 2,
        mobility=part.mobility,
        adaptation=part.adaptation,
        regions=NAMES,
    )
    parts, effects = [], ["kind", "root", "modulus", "root_with", "modulus_with", "effect"]
    for answer, words in ANSWERS.items():
        strength = min(part.link, 1.0) if answer == "host_price" else part.link
        effect = enclave_effect(model, *NAMES, strength=strength, answer=answer)
        threshold = critical_enclave(model, *NAMES, answer=answer)
        parts.append(effect.assign(link=words, strength=strength, threshold=threshold))
    modes = pd.concat(parts, ignore_index=True)
    return Links(part, modes[["link", "strength", *effects, "threshold"]])


def offer(result: Links) -> Iterator[Sentence]:
    settles = "settles" if result.gaps["modulus"].iloc[0] < 1 else "does not settle"
    effects = list(dict.fromkeys(result.gaps["effect"].map(EFFECTS)))
    text = f"In an illustrative model a gap between the prices of two regions {settles}; with the "
    text += f"link of an enclave {' or '.join(effects)}"
    if len(effects) > 1:
        text += ", depending on which supply responds to which price"
    yield Sentence(f"{text}.", ("cobweb",))


def tell(result: Links) -> Iterator[Sentence]:
    yield Sentence(ILLUSTRATIVE.format(2))
    first = result.modes[result.modes["link"] == result.modes["link"].iloc[0]]
    stable = bool((first["modulus"] < 1).all())
    modes = zip(first["kind"], first["root"], strict=True)
    parts = joined([f"{MODES.get(kind, kind)} by {number(root)}" for kind, root in modes])
    text = "Prices of two identical regions can deviate from equilibrium in two ways: together, "
    text += f"and by a gap between them. Each period multiplies {parts}: below 0 they oscillate, "
    text += "between \N{MINUS SIGN}1 and 1 they settle. Here "
    yield Sentence(f"{text}{'both' if stable else 'not both'} settle.", ("cobweb",))
    clauses = []
    for _, gap in result.gaps.iterrows():
        clause = f"if {gap['link']}, {EFFECTS[gap['effect']]} (to {number(gap['root_with'])})"
        if stable and math.isfinite(gap["threshold"]):
            clause += f", and from a strength of {number(gap['threshold'])} on it does not settle"
        clauses.append(clause)
    text = f"What the link of an enclave (here of strength {number(result.part.link)}) does to the "
    text += f"gap depends on which supply responds to which price: {'; '.join(clauses)}."
    yield Sentence(text, ("cobweb",))


def draw(result: Links) -> Iterator[Picture]:
    part = result.part
    ratio, mobility = part.supply_slope / part.demand_slope, part.mobility / part.demand_slope
    points = {"without an enclave": (ratio, mobility)}
    if link := part.link / part.demand_slope:
        points["with its link, both answer"] = (ratio, mobility + link)
    # As far as the map reaches: a little beyond where a gap explodes without any supply slope.
    right, top = STEEPEST, max((2 / part.adaptation - 1) / 2 * 1.15, 0.1)
    shown = {label: (x, y) for label, (x, y) in points.items() if x <= right and y <= top}
    figure = new_figure(width=DOUBLE * 0.6, height=80)
    ax = figure.add_subplot()
    plot_stability_map(points=shown, adaptation=part.adaptation, steepest=right, ax=ax)
    caption = (
        "Where prices of two identical regions settle. Rightwards: d / b, the slope of supply (d) "
        "over that of demand (b). Upwards: m / b, mobility (m: how much supply moves for each unit "
        "by which the price is higher in the other region) over the slope of demand. A model, no "
        "observation."
    )
    beyond = [
        f"{label} (supply over demand {x:.3g}, mobility over demand {y:.3g})"
        for label, (x, y) in points.items()
        if label not in shown
    ]
    if beyond:
        caption += f" Beyond the map: {joined(beyond)}."
    alt = "Map of two slopes, divided into regions in which prices settle, cycle or explode."
    yield Picture("cobweb", figure, caption, ("cobweb",), alt=alt)


def tables(result: Links) -> Iterator[Table]:
    caption = "Modes of two identical regions without and with the link of an enclave."
    yield Table("cobweb", result.modes, caption)

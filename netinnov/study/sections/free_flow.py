"""Free flow: do two regions converge or diverge with freer trade, and what an enclave does."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from functools import lru_cache, partial
from typing import Annotated, ClassVar

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from netinnov.mechanisms.free_flow import CorePeriphery, bifurcation_diagram
from netinnov.plotting import plot_bifurcation, print_style
from netinnov.plotting._style import new_figure
from netinnov.study._context import Context
from netinnov.study._section import Part, Picture, Sentence, Table
from netinnov.study._words import ILLUSTRATIVE, number, percent

HEADING = "Free flow: converge or diverge?"
LEFT = "freeness of trade"


class FreeFlowPart(Part, part="free_flow", optional=True):
    example: ClassVar[str] = """\
[free_flow]                   # core-periphery model; a mechanism is in the report where its part is
                              # there, such as this and those below (mechanisms = true: all of them)
sigma = 5.0                   # elasticity of substitution, above 1
mu = 0.4                      # share of demand for what the mobile make, below (sigma - 1) / sigma
enclave = 0.1                 # share of the host's varieties that home reaches by its enclave
"""

    sigma: Annotated[float, Field(gt=1, le=1000)] = 5.0
    mu: Annotated[float, Field(ge=0.001, lt=1)] = 0.4
    enclave: Annotated[float, Field(ge=0, lt=1)] = 0.1

    @model_validator(mode="after")
    def _has_no_black_hole(self) -> FreeFlowPart:
        if (limit := (self.sigma - 1) / self.sigma) <= self.mu:
            msg = f"mu must be below (sigma - 1) / sigma, here {limit:.4g}, or the mobile gather in"
            raise ValueError(f"{msg} one region however dear trade is; found {self.mu:g}")
        return self


OPTIONS = FreeFlowPart


@dataclass(frozen=True, slots=True)
class Points:
    """Freeness of trade at which the equilibria change, with an enclave or without (share 0).

    `fold` is where the spread state ends if only one region has an enclave; NaN without one.
    """

    enclave: float
    sustain: float
    broken: float
    fold: float = math.nan


@dataclass(frozen=True, slots=True, eq=False)
class FreeFlow:
    """Points of the model, and its equilibria over the freeness of trade."""

    part: FreeFlowPart
    plain: Points
    linked: Points | None
    diagrams: dict[float, pd.DataFrame]

    @property
    def points(self) -> list[Points]:
        """Without an enclave, and with one if there is any."""
        return [self.plain, *([self.linked] if self.linked else [])]


def compute(context: Context) -> FreeFlow:
    part = context.settings(FreeFlowPart)
    plain, linked, diagrams = _points_and_diagrams(part.sigma, part.mu, part.enclave)
    return FreeFlow(part, plain, linked, {key: table.copy() for key, table in diagrams.items()})


@lru_cache(maxsize=8)
def _points_and_diagrams(
    sigma: float, mu: float, share: float
) -> tuple[Points, Points | None, dict[float, pd.DataFrame]]:
    """Depends on three numbers only, and takes a second."""
    model = CorePeriphery(sigma, mu)
    plain = Points(0.0, model.sustain_point(), model.break_point())
    marks, linked = [plain.sustain, plain.broken], None
    if share:
        fold, sustain = model.fold_point(enclave=share), model.sustain_point(enclave=share)
        linked = Points(share, sustain, model.break_point(enclave=share), fold)
        marks += [sustain, fold]
    known = np.array([mark for mark in marks if np.isfinite(mark)])
    # Where trade is wholly free there is nothing left to tell the regions apart.
    low, high = 0.5 * known.min(), min(1.5 * known.max(), (1 + known.max()) / 2)
    steps = np.geomspace(1e-6, 0.02 * (high - low), 8)  # dense where branches meet
    close = np.concatenate([known[:, None] - steps, known[:, None] + steps]).ravel()
    values = np.union1d(np.linspace(low, high, 81), close)
    values = values[(values >= low) & (values <= high)]
    diagrams = {
        each: bifurcation_diagram(partial(model.equilibria, enclave=each), values)
        for each in ((0.0, share) if share else (0.0,))
    }
    return plain, linked, diagrams


def offer(result: FreeFlow) -> Iterator[Sentence]:
    text = "In an illustrative model two identical regions stay alike up to a freeness of trade of "
    text += f"{number(result.plain.broken)} (0: no trade, 1: free), and diverge beyond it"
    if result.linked is not None:
        text += f"; with enclaves in each other, from {number(result.linked.broken)} on"
    yield Sentence(f"{text}.", ("free_flow",))


def tell(result: FreeFlow) -> Iterator[Sentence]:
    part, plain, linked = result.part, result.plain, result.linked
    yield Sentence(ILLUSTRATIVE.format(1))
    text = f"In the core-periphery model (σ = {part.sigma:g}, μ = {part.mu:g}) two identical "
    text += f"regions stay alike up to a freeness of trade of {number(plain.broken)}, the break "
    text += f"point; beyond it they diverge. A core persists from {number(plain.sustain)} on, the "
    text += "sustain point: between the two, history decides."
    yield Sentence(text, ("free_flow", "free_flow_diagram"))
    if linked is None:
        return
    width = "wider" if linked.broken > plain.broken else "narrower"
    text = f"With enclaves in each other, through which each reaches {percent(linked.enclave)} of "
    text += f"the other's varieties, the break point is {number(linked.broken)}: they stay alike "
    text += f"over a {width} range."
    if math.isfinite(linked.fold):
        text += " If only one of them has such an enclave, there is no even split; the spread "
        text += f"state leans to its home and ends at a freeness of {number(linked.fold)}."
    yield Sentence(text, ("free_flow",))


def draw(result: FreeFlow) -> Iterator[Picture]:
    figure = new_figure(height=72)
    with print_style():
        axes = figure.subplots(1, len(result.points), squeeze=False).ravel()
        for ax, points in zip(axes, result.points, strict=True):
            share = points.enclave
            marks = {"sustain point": points.sustain, "break point": points.broken}
            if share:
                marks = {
                    "fold point": points.fold,
                    "sustain point, host": points.sustain,
                    "sustain point, home": result.plain.sustain,
                }
            known = {label: at for label, at in marks.items() if not math.isnan(at)}
            label = f"{LEFT}, enclave {share:g}" if share else f"{LEFT}, no enclave"
            plot_bifurcation(result.diagrams[share], points=known, label=label, ax=ax)
    caption = (
        "Share of the mobile workers in region 1 (home) in equilibrium over the freeness of trade "
        "(0: no trade, 1: free): stable solid, unstable dashed. A model, no observation."
    )
    if result.linked:
        reached = percent(result.linked.enclave)
        caption += f" Right: home reaches {reached} of the host's varieties by an enclave."
    alt = "Curves of the share of one region: one line at a half that forks into two branches."
    yield Picture("free_flow", figure, caption, ("free_flow", "free_flow_diagram"), alt=alt)


def tables(result: FreeFlow) -> Iterator[Table]:
    columns = ["enclave", "sustain_point", "break_point", "fold_point"]
    frame = pd.DataFrame(map(astuple, result.points), columns=columns)
    caption = "Freeness of trade (0: none, 1: free) at which the model's equilibria change, by the "
    caption += "share of the other's varieties that an enclave reaches."
    yield Table("free_flow", frame, caption)
    parts = [table.assign(enclave=share) for share, table in result.diagrams.items()]
    frame = pd.concat(parts, ignore_index=True)
    caption = "Equilibria of two regions over the freeness of trade."
    yield Table("free_flow_diagram", frame, caption, on_page=False)

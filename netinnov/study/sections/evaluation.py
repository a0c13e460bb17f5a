"""Whether places changed more than others once an enclave, or what else they opened, was there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from pydantic import Field

from netinnov.errors import InputError
from netinnov.panels import Evaluation, evaluate_openings
from netinnov.panels._staggered import Controls
from netinnov.plotting import plot_event_study
from netinnov.plotting._style import SINGLE, new_figure
from netinnov.study._context import Context
from netinnov.study._panel_data import PanelData, read_panel
from netinnov.study._section import Fact, File, KeyFigure, Name, Part, Picture, Result, Table, Term


class EvaluationPart(Part, part="evaluation", optional=True):
    panel: File
    outcome: str
    openings: File | None = None
    controls: Controls = "not_yet"
    anticipation: Annotated[int, Field(ge=0)] = 0
    by: str | None = None
    exposure: bool = True
    clean: Annotated[float, Field(ge=0, le=1)] = 0.0
    permutations: Annotated[int, Field(ge=0)] = 199


OPTIONS = EvaluationPart
ALPHA = 0.05
ENOUGH = (
    10  # places of a cohort, for each period before; with fewer the Wald test rejects too often
)


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated(Result):
    """The evaluation, the same without regard to links, and of each group (None: not asked for)."""

    data: PanelData
    whole: Evaluation
    plain: Evaluation | None
    groups: Evaluation | None


def compute(context: Context) -> Evaluated | None:
    part = context.options(EvaluationPart)
    if part is None:
        return None
    data = read_panel(context, part.panel, part.outcome, part.openings, part.by)
    openings = data.openings if part.openings else data.openings.rename(columns={"place": "home"})
    options: dict[str, Any] = {"outcome": "outcome", "openings": openings, "rng": context.seed}
    options |= {"controls": part.controls, "anticipation": part.anticipation, "clean": part.clean}
    linked: dict[str, Any] = {"network": context.cities} if part.exposure else {}
    try:
        whole = evaluate_openings(data.panel, permutations=part.permutations, **linked, **options)
        plain = evaluate_openings(data.panel, **options) if linked else None
        groups = part.by and evaluate_openings(data.panel, by=part.by, **linked, **options)
    except InputError as error:
        more = " With exposure = false no place is exposed." if "clean" in str(error) else ""
        raise InputError(f"[evaluation]: {error}{more}") from None
    return Evaluated(context, data, whole, plain, groups or None)


CHECK = compute


def facts(result: Evaluated) -> Mapping[str, Fact]:
    part, whole = result.context.settings(EvaluationPart), result.whole
    panel, cities = result.data.panel, result.context.cities
    periods, places = np.sort(panel["period"].unique()), panel["place"].unique()
    openings = result.data.openings.query("opened <= @periods[-1]")
    before = whole.dynamic[whole.dynamic["event_time"] < -part.anticipation]
    since = whole.cells[whole.cells["period"] >= whole.cells["cohort"]]
    tested = whole.cells[whole.cells["period"] < whole.cells["cohort"] - part.anticipation]
    smallest = int(whole.groups["n_treated"].min())
    few = smallest < ENOUGH * tested["cohort"].value_counts().max()
    rounding = 1e-9 * float(panel["outcome"].abs().max())
    moved = before["band_low"].gt(rounding) | before["band_high"].lt(-rounding)
    groups = None if result.groups is None else result.groups.average
    return {
        "outcome": Name(part.outcome),
        **_statistics("", whole),
        "places": len(places),
        "first": str(periods[0]),
        "last": str(periods[-1]),
        "n_periods": len(periods),
        "opened": int(whole.groups["n_treated"].sum()),
        "cohorts": len(whole.groups),
        "smallest": smallest,
        "never": len({*places} - {*openings["place"], *result.data.undated}),
        "fewest": int(since["n_controls"].min()),
        "most": int(since["n_controls"].max()),
        "only_never": part.controls == "never",
        "anticipation": part.anticipation,
        "before": len(before),
        "moved": int(moved.sum()),
        "wald": whole.pre_trend_p,
        "unfair": bool(moved.any() or (whole.pre_trend_p < ALPHA and not few)),
        "doubtful": bool(whole.pre_trend_p < ALPHA and few),
        "breakdown": whole.breakdown,
        "permutations": part.permutations,
        "permutation_p": whole.permutation_p,
        "early": whole.left_out - len(result.data.undated),
        "undated": len(result.data.undated),
        "elsewhere": whole.elsewhere,
        "from_enclaves": part.openings is None,
        "exposure": part.exposure,
        "clean": part.clean,
        "unlinked": int((~pd.Index(places).isin(cities.storage.nodes.index)).sum()),
        "modelled": not result.context.observed(cities),
        **_statistics("plain_", result.plain),
        "spills": whole.spillover is not None,
        **_statistics("spill_", whole.spillover),
        "exposed": 0 if whole.spillover is None else int(whole.spillover.groups["n_treated"].sum()),
        "by": Term(part.by) if part.by else None,
        "groups": [] if groups is None else [Term(str(each)) for each in groups[part.by]],
        "estimates": [] if groups is None else groups["estimate"].tolist(),
        "lows": [] if groups is None else groups["low"].tolist(),
        "highs": [] if groups is None else groups["high"].tolist(),
        "remarks": result.data.notes,
    }


def _statistics(prefix: str, evaluation: Evaluation | None) -> dict[str, Fact]:
    names = ("estimate", "low", "high", "p")
    if evaluation is None:
        return {f"{prefix}{name}": math.nan for name in names}
    return {f"{prefix}{name}": float(evaluation.average[name].iloc[0]) for name in names}


def key_figures(result: Evaluated) -> Iterator[KeyFigure]:
    for name, each in (("average", result.whole), ("spillover", result.whole.spillover)):
        if each is not None:
            estimate, low, high, _ = _statistics("", each).values()
            yield KeyFigure(name, estimate, low, high)  # type: ignore[arg-type]
    if not math.isnan(result.whole.permutation_p):
        yield KeyFigure("permutation_p", result.whole.permutation_p)
    yield KeyFigure("breakdown", result.whole.breakdown)


def draw(result: Evaluated) -> Iterator[Picture]:
    yield Picture("evaluation", partial(_chart, result), on_page=True)


def _chart(result: Evaluated) -> Axes:
    studies = {"": result.groups or result.whole}
    if result.whole.spillover is not None:
        studies = {"places that opened" if result.groups is None else "": studies[""]}
        studies["places linked to them"] = result.whole.spillover
    ax = plot_event_study(studies, ax=new_figure(width=SINGLE, height=62).add_subplot())
    ax.set_ylabel("difference")  # an effect only under the assumptions of the answer
    return ax


def tables(result: Evaluated) -> Iterator[Table]:
    whole = result.whole
    shown = ["event_time", "estimate", "low", "high", "n_treated", "n_controls"]
    yield Table("evaluation_by_time", whole.dynamic, whole.dynamic[shown], on_page=True)
    yield Table("evaluation_cells", whole.cells)
    rows = {"all_openings": whole.average}
    if result.plain is not None:
        rows["links_ignored"] = result.plain.average
    if whole.spillover is not None:
        rows["linked_to_openings"] = whole.spillover.average
    averages = pd.concat(rows, names=["comparison"]).reset_index(level=0)
    if result.groups is not None and result.groups.difference is not None:
        by = result.groups.average.columns[0]
        averages = pd.concat([averages, result.groups.average.rename(columns={by: "comparison"})])
        yield Table("evaluation_differences", result.groups.difference)
    averages = averages.reset_index(drop=True)
    forms: Any = {"comparison": "term"}
    yield Table("evaluation_averages", averages, on_page=len(averages) > 1, forms=forms)

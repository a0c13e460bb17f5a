"""Whether places changed more than others once an enclave, or what else they opened, was there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from pydantic import Field

from netinnov._network.columns import as_floats, as_numbers, as_periods, as_text, is_blank
from netinnov._network.file_rows import row_unit
from netinnov._runtime.arguments import did_you_mean, examples
from netinnov.errors import InputError
from netinnov.panels import Evaluation, evaluate_openings
from netinnov.panels._staggered import Controls
from netinnov.plotting import plot_event_study
from netinnov.sources._complete_rows import noted
from netinnov.sources._user_tables import read_table
from netinnov.study import _enclave_list
from netinnov.study._context import OF_PANEL, Context, Result
from netinnov.study._facts import Fact, File, KeyFigure, Name, Part, Picture, Table, Term
from netinnov.study._language import in_sentences
from netinnov.study._loaded_data import warned


class EvaluationPart(Part, part="evaluation", optional=True):
    panel: File
    outcome: str
    openings: File | None = None
    controls: Controls = "not_yet"
    anticipation: Annotated[int, Field(ge=0)] = 0
    by: str | None = None
    exposure: bool = True
    clean: Annotated[float, Field(ge=0, le=1)] = 0.0
    permutations: Annotated[int, Field(ge=0)] = 999


OPTIONS = EvaluationPart
ALPHA = 0.05
ENDS = ["estimate", "low", "high"]
ENOUGH = 10  # places of a cohort, for each period before; with fewer Wald tests reject too often
DATE = r"^\s*(\d{4})(?:-\d\d){1,2}(?: 00:00:00)?\s*$"  # of which the year counts


class PanelData(NamedTuple):
    panel: pd.DataFrame  # place, period, outcome
    openings: pd.DataFrame  # place, opened, ...
    undated: set[str]  # places left out: they have an enclave, and it is not known since when
    notes: list[str]


def read_panel(context: Context, part: EvaluationPart) -> PanelData:
    panel = part.panel
    openings = part.openings
    with warned() as notes, noted() as words:
        table = _read(context, panel, "panel", {f"panel.{part.outcome}": "outcome"})
        faults = _faults_of_panel(table, panel.name, part.outcome)
        if openings is None:
            enclaves = context.once(_enclave_list.compute).counted
            name = "the enclaves of the data"
            opened = enclaves.rename(columns={"home": "place"})
            mend = "; give nodes such a column, or name a table of openings"
        else:
            name = openings.name
            opened = _read(context, openings, "openings", {})
            mend = ""
    places = table["place"]
    if lacking := _lacking(opened, name, {"opened": "opened", part.by or "": part.by}, mend):
        faults += lacking
    else:
        years, odd = as_periods(_years(opened["opened"]))
        must = {"must name a place": is_blank(opened["place"])}
        must["must have `opened`, a whole number or a date"] = odd
        faults += _broken(opened, name, must)
    if not faults and not opened["place"].isin(places).any():
        faults.append(
            f"{name}: no place with an opening is in {panel.name}; they are "
            f"{examples(opened['place'].unique())}, and the panel has {examples(places.unique())}"
        )
    if faults:
        listed = "".join(f"\n- {fault}." for fault in faults)
        n = f"{len(faults)} fault{'s' * (len(faults) != 1)}"
        raise InputError(f"[evaluation] does not fit its tables, which have {n}:{listed}")
    opened["opened"] = years
    undated = {*opened.loc[opened["opened"].isna(), "place"]} & {*places}
    notes = in_sentences([*notes, *words])
    return PanelData(table, opened, undated if openings is None else set(), notes)


def _read(context: Context, path: Path, table: str, own: dict[str, str]) -> pd.DataFrame:
    settings = context.configuration
    text: Any = {"encoding": settings.data.encoding, "decimal": settings.data.decimal}
    theirs = {key: name for key, name in settings.columns.items() if key.startswith(OF_PANEL)}
    frame, _ = read_table(path, table, columns=theirs | own, **text)
    return frame.assign(place=as_text(frame["place"])[0].replace(settings.places.same))


def _years(opened: pd.Series) -> pd.Series:
    year = opened.astype("str").str.extract(DATE)[0]
    cells = opened.astype(object).where(year.isna(), year)
    number = as_floats(cells)
    broken = number.isna() & cells.notna()
    return cells.where(broken, number) if broken.any() else number


def _lacking(
    table: pd.DataFrame, name: str, wanted: dict[str, str | None], mend: str = ""
) -> list[str]:
    known = table.columns
    has = ", ".join(map(str, table.columns))
    lacking = [theirs for ours, theirs in wanted.items() if theirs and ours not in table]
    return [f"{name}: no column {x!r}{did_you_mean(x, known)}; it has {has}{mend}" for x in lacking]


def _broken(table: pd.DataFrame, name: str, rules: dict[str, Any]) -> list[str]:
    unit = row_unit(table)
    faults = []
    for rule, bad in rules.items():
        if n := int(bad.sum()):
            where = examples(table.index[bad].tolist(), str)
            s = "s" * (n != 1)
            faults.append(f"{name}: {rule}: {n:,} row{s} ({unit}{s} {where})")
    return faults


def _faults_of_panel(table: pd.DataFrame, name: str, outcome: str) -> list[str]:
    if lacking := _lacking(table, name, {"period": "period", "outcome": outcome}):
        return lacking
    nowhere = is_blank(table["place"])
    period, odd = as_periods(table["period"])
    value, text = as_numbers(table["outcome"])
    untimed = odd | period.isna().to_numpy()
    twice = table.assign(period=period).duplicated(["place", "period"], keep=False).to_numpy()
    whole = ~nowhere & ~untimed
    rules = {
        "must name a place": nowhere,
        "must have a period that is a whole number, such as a year": untimed,
        f"must have a number {outcome!r}": text | ~np.isfinite(value),
        "must be the only one of their place and period": twice & whole,
    }
    faults = _broken(table, name, rules)
    seen = pd.crosstab(table["place"][whole], period[whole].astype("int64")) > 0
    gaps = seen[~seen.all(axis=1)]
    if len(gaps):
        rows = ((place, row.index[~row]) for place, row in gaps.iterrows())
        without = examples(rows, lambda row: f"{row[0]} (without {examples(row[1], str)})")
        faults.append(
            f"{name}: every place must be in every period; {len(gaps):,} of {len(seen):,} are not:"
            f" {without}; leave out places or periods that are not complete"
        )
    return faults


class Evaluated(Result):
    data: PanelData
    whole: Evaluation
    plain: Evaluation | None  # without regard to links
    groups: Evaluation | None  # each by itself


def compute(context: Context) -> Evaluated | None:
    part = context.options(EvaluationPart)
    if part is None:
        return None
    data = read_panel(context, part)
    openings = data.openings if part.openings else data.openings.rename(columns={"place": "home"})
    options: dict[str, Any] = {
        "outcome": "outcome",
        "openings": openings,
        "rng": context.seed,
        "controls": part.controls,
        "anticipation": part.anticipation,
        "clean": part.clean,
    }
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
    part = result.context.settings(EvaluationPart)
    whole = result.whole
    panel = result.data.panel
    cities = result.context.cities
    periods = np.sort(panel["period"].unique())
    places = panel["place"].unique()
    openings = result.data.openings.query("opened <= @periods[-1]")
    before = whole.dynamic[whole.dynamic["event_time"] < -part.anticipation]
    since = whole.cells[whole.cells["period"] >= whole.cells["cohort"]]
    tested = whole.cells[whole.cells["period"] < whole.cells["cohort"] - part.anticipation]
    smallest = int(whole.groups["n_treated"].min())
    few = smallest < ENOUGH * tested["cohort"].value_counts().max()
    rounding = 1e-9 * float(panel["outcome"].abs().max())
    moved = before["band_low"].gt(rounding) | before["band_high"].lt(-rounding)
    n_treated = whole.groups["n_treated"]
    n_controls = since["n_controls"]
    doubted = whole.pre_trend_p < ALPHA
    undated = result.data.undated
    spill = whole.spillover
    groups = pd.DataFrame(columns=["", *ENDS]) if not result.groups else result.groups.average
    return {
        "outcome": Name(part.outcome),
        **_statistics("", whole),
        "places": len(places),
        "n_periods": len(periods),
        "first": str(periods[0]),
        "last": str(periods[-1]),
        "opened": int(n_treated.sum()),
        "cohorts": len(whole.groups),
        "smallest": smallest,
        "never": len({*places} - {*openings["place"], *undated}),
        "fewest": int(n_controls.min()),
        "most": int(n_controls.max()),
        "only_never": part.controls == "never",
        "anticipation": part.anticipation,
        "before": len(before),
        "moved": int(moved.sum()),
        "wald": whole.pre_trend_p,
        "unfair": bool(moved.any() or (doubted and not few)),
        "doubtful": bool(doubted and few),
        "breakdown": whole.breakdown,
        "permutations": part.permutations,
        "permutation_p": whole.permutation_p,
        "early": whole.left_out - len(undated),
        "undated": len(undated),
        "elsewhere": whole.elsewhere,
        "from_enclaves": part.openings is None,
        "by": Term(part.by) if part.by else None,
        "remarks": result.data.notes,
        "exposure": part.exposure,
        "clean": part.clean,
        **_statistics("plain_", result.plain),
        "modelled": not result.context.observed(cities),
        "unlinked": int((~pd.Index(places).isin(cities.storage.node_names)).sum()),
        "spills": spill is not None,
        **_statistics("spill_", spill),
        "exposed": 0 if spill is None else int(spill.groups["n_treated"].sum()),
        "groups": [Term(str(each)) for each in groups.iloc[:, 0]],
        **{f"{end}s": groups[end].tolist() for end in ENDS},
    }


def _statistics(prefix: str, evaluation: Evaluation | None) -> dict[str, Fact]:
    row: Any = {} if evaluation is None else evaluation.average.iloc[0]
    return {f"{prefix}{name}": float(row.get(name, math.nan)) for name in ENDS}


def key_figures(result: Evaluated, _: Any) -> Iterator[KeyFigure]:
    for name, each in (("average", result.whole), ("spillover", result.whole.spillover)):
        if each is not None:
            yield KeyFigure(name, *each.average[ENDS].iloc[0].map(float))
    if not math.isnan(result.whole.permutation_p):
        yield KeyFigure("permutation_p", result.whole.permutation_p)
    yield KeyFigure("breakdown", result.whole.breakdown)


def draw(result: Evaluated) -> Iterator[Picture]:
    studies = {"": result.groups or result.whole}
    if result.whole.spillover is not None:
        studies = {"places that opened" if result.groups is None else "": studies[""]}
        studies["places linked to them"] = result.whole.spillover
    yield Picture("evaluation", partial(_chart, studies), on_page=True)


def _chart(studies: Any) -> Axes:
    ax = plot_event_study(studies)
    ax.set_ylabel("difference")  # an effect only if assumed so
    return ax


def tables(result: Evaluated) -> Iterator[Table]:
    whole = result.whole
    shown = ["event_time", "estimate", "low", "high", "n_treated", "n_controls"]
    yield Table("evaluation_by_time", whole.dynamic, whole.dynamic[shown], on_page=True)
    yield Table("evaluation_cells", whole.cells)
    rows = {
        "all_openings": whole,
        "links_ignored": result.plain,
        "linked_to_openings": whole.spillover,
    }
    known = {name: each.average for name, each in rows.items() if each is not None}
    averages = pd.concat(known, names=["comparison"]).reset_index(level=0)
    if result.groups is not None and result.groups.difference is not None:
        by = result.groups.average.columns[0]
        averages = pd.concat([averages, result.groups.average.rename(columns={by: "comparison"})])
        yield Table("evaluation_differences", result.groups.difference)
    averages = averages.reset_index(drop=True)
    forms: Any = {"comparison": "term"}
    yield Table("evaluation_averages", averages, on_page=len(averages) > 1, forms=forms)

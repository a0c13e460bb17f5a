"""The experiment: what an enclave changes for home, for host and elsewhere, and its rivals."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

import pandas as pd

from netinnov.plotting import plot_effects
from netinnov.study import _experiment
from netinnov.study._experiment import (
    ACCESS,
    EFFICIENCY,
    Experiment,
    ExperimentPart,
    Trial,
    measures_of,
)
from netinnov.study._facts import Fact, KeyFigure, Layer, Picture, Place, Table, Term

OPTIONS = ExperimentPart
CHECK = _experiment.choose
compute = _experiment.compute
MANY = 1000  # with more places only draws of home, host and the whole network are written
NOISE = 1e-9  # of the baseline: what rounding and searches that stop early leave of no change
SURE = 0.9  # share of placements from which a direction is called clear
Row = Any  # a row of effects
Facts = dict[str, Fact]


def facts(result: Experiment) -> Facts:
    part = result.part
    headline = result.headline
    choice = result.choice
    asked = result.context.settings(type(part))
    size = part.size
    share = part.volume_share if part.volume is None else part.volume / result.own
    of_park = result.of(headline, ACCESS)["replicates"]
    modelled = result.context.modelled
    lengths = result.context.once(measures_of)
    left_open = (asked.size, asked.volume, asked.volume_share)
    known: Facts = {"home": Place(part.home), "host": Place(part.host)}
    known |= zip(("chosen", "chosen_ties"), result.chosen or (0, 0), strict=True)
    known.update(
        {
            "left_open": left_open == (None, None, None),
            "of_volume": size is None,
            "size": size or 0,
            "share": share or 0.0,
            "own": 0 if size is None else int(result.own),
            "paid": headline.funding == "reallocated",
            "too_few": headline.funding == "new" and size is not None and size > result.own,
            "layer": Layer(choice.layer),
            "one_layer": len(result.context.cities.layers) == 1,
            "one_model": modelled == (choice.layer,),
            "in_model": choice.layer in modelled,
            "models": bool(modelled),
            "pipeline_share": part.pipeline_share,
            "pipelines": round(part.pipeline_share * (size or 0)),
            "draws": int(of_park.max()),
            # one where a weight is moved
            "drawn": bool(result.effects["replicates"].max() > 1),
            # the park or a rival
            "by_weight": lengths.distance != result.context.measures.distance,
        }
    )
    return known | _changes(result) | _others(result) | _rivals(result)


def key_figures(_: Experiment, known: Any) -> Iterator[KeyFigure]:
    for name in ("reallocated", "new", "rival", "efficiency"):
        if known[f"{name}_way"] not in ("", "undefined"):
            change, low, high = (known[f"{name}_{end}"] for end in ("change", "low", "high"))
            ends: Any = {} if low == high else {"low": low, "high": high}
            yield KeyFigure(name, change, form="change", **ends)


def _changes(result: Experiment) -> Facts:
    home = result.part.home
    first = result.headline
    funded = {trial.funding: trial for trial in result.enclaves}
    known: Facts = {}
    for funding in ("reallocated", "new"):
        known |= _change(funding, _row(result, funded.get(funding), ACCESS, home))
    return known | _change("efficiency", _row(result, first, EFFICIENCY))


def _row(result: Experiment, trial: Trial | None, measure: str, node: str | None = None) -> Row:
    if trial is None:
        return None
    rows = result.of(trial, measure)
    return rows[rows["node"].isna() if node is None else rows["node"].eq(node)].iloc[0]


def _change(name: str, row: Row) -> Facts:
    """Median and middle 95 % of placements as shares of the baseline, and what they agree on."""
    way = ""
    change = math.nan
    low = math.nan
    high = math.nan
    if row is not None:
        way = _way(row)
        before = abs(float(row["baseline"])) or math.nan
        change, low, high = (float(row[each]) / before for each in ("median", "low", "high"))
    ends = {f"{name}_change": change, f"{name}_low": low, f"{name}_high": high}
    return {f"{name}_way": way, **ends}


def _way(row: Row) -> str:
    """What most placements agree on; "undefined" is also a change of nothing, in per cent."""
    before = abs(float(row["baseline"]))
    if not before > 0 or math.isnan(row["median"]):
        return "undefined"
    if max(abs(float(row[each])) for each in ("difference", "low", "high")) <= NOISE * before:
        return "same"
    agreed = row["same_sign"] >= SURE and row["difference"] * row["median"] > 0
    if row["replicates"] == 1 or agreed:
        return "rises" if row["median"] > 0 else "falls"
    return "mixed"


def _others(result: Experiment) -> Facts:
    rows = result.of(result.headline, ACCESS).dropna(subset="median")
    rows = rows[~rows["node"].isin([result.part.home, result.part.host])]
    least = NOISE * rows["baseline"].abs()
    gain = int((rows["median"] > least).sum())
    lose = int((rows["median"] < -least).sum())
    return {"others": len(rows), "gain": gain, "lose": lose}


def _rivals(result: Experiment) -> Facts:
    """Rivals by whether the park does better for home, and the one that does most for it."""
    sides: dict[str, list[Any]] = {"better_than": [], "worse_than": [], "alike_than": []}
    wins: list[tuple[float, Trial]] = []
    for trial in result.rivals:
        table: Any = result.contrasts
        of_home = table["measure"].eq(ACCESS) & table["node"].eq(result.part.home)
        row: Row = table[of_home & table["rival"].eq(trial.name)].iloc[0]
        higher = float(row["higher"])
        more = float(row["difference"])
        if not math.isnan(more):
            sure = more * (higher - 0.5) > 0 and max(higher, 1 - higher) >= SURE
            side = ("better_than" if more > 0 else "worse_than") if sure else "alike_than"
            sides[side].append(Term(trial.kind))
            wins.append((higher, trial))
    best = min(wins, key=lambda pair: pair[0])[1] if wins else None
    had = {trial.kind for trial in result.rivals}
    asked = map(_experiment.kind_of, result.part.rivals)
    known = _change("rival", _row(result, best, ACCESS, result.part.home)) | {"sure": SURE}
    return known | {
        "rival": None if best is None else Term(best.kind),
        **sides,
        "missing": [Term(each) for each in asked if each not in had],
    }


def draw(result: Experiment) -> Iterator[Picture]:
    home = result.part.home
    term = result.context.language.term
    trials = (*result.enclaves, *result.rivals)
    shown = pd.concat([result.of(trial, ACCESS) for trial in trials])
    shown = shown[shown["node"].eq(home)].drop(columns="same_sign")
    comma = "，" if result.context.language.code == "zh" else ", "
    names = {each.name: term(each.kind) + comma + term(each.funding) for each in trials}
    plot = partial(
        plot_effects,
        shown.assign(scenario=shown["scenario"].map(names)),
        names=result.context.drawn_names,
        ends=[home],
        percent=True,
        label="access (harmonic closeness)",
        legend=False,
    )
    yield Picture("effects", plot, on_page=True, front=True)


def tables(result: Experiment) -> Iterator[Table]:
    modelled = result.context.modelled
    yield Table("effects", result.effects, modelled=modelled)
    if result.contrasts is not None:
        yield Table("contrasts", result.contrasts, modelled=modelled)
    draws = result.replicates
    if draws["node"].nunique() > MANY:
        ends = draws["node"].isin([result.part.home, result.part.host])
        draws = draws[draws["node"].isna() | ends]
    yield Table("replicates", draws)
    measures = result.context.once(measures_of)
    settings = {"headline": result.headline.name}
    settings |= result.choice.settings(result.context.seed, measures)
    rows = pd.DataFrame(settings.items(), columns=["parameter", "value"], dtype="str")
    yield Table("scenario", rows)

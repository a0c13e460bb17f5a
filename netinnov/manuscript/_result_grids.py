"""Results of experiments, comparisons and profiles as tables for print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from netinnov._arguments import shown
from netinnov.errors import InputError
from netinnov.experiments import ExperimentResult
from netinnov.manuscript._cells import (
    MISSING,
    Grid,
    are_whole,
    blank_repeats,
    column,
    interval,
    number,
    p_value,
    plain,
    words,
)
from netinnov.null_models import NullComparison
from netinnov.null_models._prepared import too_few_moved

_EFFECTS = {"scenario", "measure", "baseline", "difference", "low", "high"}
_CONTRASTS = {"scenario", "rival", "measure", "difference", "higher"}
_PERIODS = ("period", "year", "opened")
_PROFILE = {"of", "value", "null_low", "null_high", "low_without_one"}


def result_grid(result: Any, digits: int) -> Grid:
    """The table of a result, or of any DataFrame."""
    if isinstance(result, Mapping):
        return _comparisons(result, digits)
    if isinstance(result, NullComparison):
        return _comparisons({"": result}, digits)
    if isinstance(result, ExperimentResult):
        result = result.effects(full=True)
    elif not isinstance(result, (pd.DataFrame, pd.Series)):
        give = getattr(result, "to_frame", None)
        if isinstance(result, type) or not callable(give):
            msg = "`result` must be a result of netinnov, a DataFrame, or a mapping from names of "
            raise InputError(f"{msg}columns to fitted models; found {shown(result)}.")
        result = give()
    if isinstance(result, pd.Series):
        result = result.to_frame("value" if result.name is None else result.name)
    columns = set(result.columns)
    if columns >= _CONTRASTS:
        return _contrasts(result, digits)
    if columns >= _EFFECTS:
        return _effects(result, digits)
    if columns >= _PROFILE:
        return _profile(result, digits)
    return _any_frame(result, digits)


def _effects(table: pd.DataFrame, digits: int) -> Grid:
    heads, labels = _labels(table, ("scenario", "measure", "node"))
    cells = {
        "Baseline": column(table["baseline"], digits),
        "Difference": column(table["difference"], digits),
    }
    if "relative" in table:
        cells["Change, %"] = column(table["relative"], digits)
    cells["Placements"] = _intervals(table, "low", "high", digits)
    notes = ["Placements: from 2.5 to 97.5 % of the differences over placements of the links."]
    if "placebo_low" in table and table["placebo_low"].notna().any():
        cells["Placebos"] = _intervals(table, "placebo_low", "placebo_high", digits)
        notes.append("Placebos: the same of the scenario elsewhere.")
    for name, explanation in (
        ("corrected_p", "two-sided rank among the placebos, corrected over all tests."),
        ("placebo_p", "two-sided rank among the placebos."),
    ):
        if name in table and table[name].notna().any():
            cells["p"] = [p_value(p) for p in table[name]]
            notes.append(f"p: {explanation}")
            break
    return _of_columns(heads, labels, cells, notes)


def _contrasts(table: pd.DataFrame, digits: int) -> Grid:
    heads, labels = _labels(table, ("scenario", "rival", "measure", "node"))
    cells = {
        "Difference": column(table["difference"], digits),
        "Replicates": _intervals(table, "low", "high", digits),
        "Higher, %": [number(100 * share, digits) for share in table["higher"]],
    }
    notes = [
        "Replicates: from 2.5 to 97.5 % of the differences between replicates of one number.",
        "Higher: share of replicates in which the scenario has the larger value.",
    ]
    return _of_columns(heads, labels, cells, notes)


def _profile(table: pd.DataFrame, digits: int) -> Grid:
    numbers = table[["value", "low", "high", "null_low", "null_high"]].to_numpy()
    whole = [are_whole(row) for row in numbers]
    values = zip(table["value"], whole, strict=True)
    cells = {"Value": [number(value, digits, whole=counts) for value, counts in values]}
    without = "the range if one place is left out"
    columns_of = {
        "Resamples": ("low", "high", "from 2.5 to 97.5 % of resamples of the flows"),
        "Without one": ("low_without_one", "high_without_one", without),
        "Null model": ("null_low", "null_high", "from 2.5 to 97.5 % of the draws"),
    }
    notes = []
    for head, (low, high, description) in columns_of.items():
        if table[low].notna().any():
            cells[head] = _intervals(table, low, high, digits, whole=whole)
            notes.append(f"{head}: {description}.")
    if "p" in table and table["p"].notna().any():
        cells["p"] = [p_value(p) for p in table["p"]]
    labels = [[words(index), plain(of)] for index, of in zip(table.index, table["of"], strict=True)]
    if "untested" in table:
        notes += [f"No p where {reason}." for reason in table["untested"].dropna().unique()]
    return _of_columns(["Index", "Of"], labels, cells, notes)


def _comparisons(results: Mapping[Any, Any], digits: int) -> Grid:
    """One row a number that was compared; of several comparisons, under their names."""
    if not results or not all(isinstance(one, NullComparison) for one in results.values()):
        msg = "a mapping must lead from names to fitted models, or from names to NullComparison; "
        raise InputError(f"{msg}found {[type(one).__name__ for one in results.values()][:5]}.")
    labels, frames = [], []
    by_node = any(isinstance(one.observed, pd.Series) for one in results.values())
    for name, one in results.items():
        frame = one.to_frame()
        nodes = map(str, frame.index) if isinstance(one.observed, pd.Series) else [""]
        labels += [[str(name), node] if by_node else [str(name)] for node in nodes]
        frames.append(frame.assign(unmoved=too_few_moved(one.moved)))
    table = pd.concat(frames, ignore_index=True)
    cells = {
        "Observed": column(table["observed"], digits),
        "Mean": column(table["mean"], digits),
        "Null model": _intervals(table, "low", "high", digits),
        "z": column(table["z"], digits),
        "p": [p_value(p) for p in table["p"].where(table["unmoved"].isna())],
    }
    draws = min(len(one.draws) for one in results.values())
    notes = [f"Mean and 2.5 to 97.5 % of the draws from the null model: {draws:,} draws."]
    if moved := [one.moved for one in results.values() if not pd.isna(one.moved)]:
        notes.append(f"A draw moves {number(100 * min(moved), 2)} % of the links.")
    notes.append("p: twice the smaller tail.")
    notes += [f"No p where {reason}." for reason in table["unmoved"].dropna().unique()]
    heads = ["Measure", "Node"] if by_node else ["Measure"]
    if not any(row[0] for row in labels):
        heads, labels = heads[1:] or [""], [row[1:] or ["value"] for row in labels]
    return _of_columns(heads, labels, cells, notes)


def _any_frame(table: pd.DataFrame, digits: int) -> Grid:
    """All columns, and the index unless it only counts rows; ids and years have no separators."""
    n_index = 0 if isinstance(table.index, pd.RangeIndex) else table.index.nlevels
    table = table.reset_index() if n_index else table
    numeric = [pd.api.types.is_numeric_dtype(dtype) for dtype in table.dtypes]
    n_labels = max(numeric.index(True) if True in numeric else len(numeric), n_index, 1)
    heads = [plain(words(name)) for name in table.columns]
    cells = [
        [plain(value) for value in values]
        if pd.api.types.is_integer_dtype(values.dtype) and (k < n_index or name in _PERIODS)
        else column(values, digits)
        for k, (name, values) in enumerate(table.items())
    ]
    return Grid(heads, [list(row) for row in zip(*cells, strict=True)], n_labels)


def _labels(table: pd.DataFrame, names: tuple[str, ...]) -> tuple[list[str], list[list[str]]]:
    """The columns of labels that say something."""
    used = [name for name in names if name in table and table[name].notna().any()]
    columns = [
        ["" if pd.isna(x) else plain(words(x) if name == "measure" else x) for x in table[name]]
        for name in used
    ]
    return [name.capitalize() for name in used], [list(row) for row in zip(*columns, strict=True)]


def _intervals(
    table: pd.DataFrame, low: str, high: str, digits: int, whole: list[bool] | None = None
) -> list[str]:
    counts = whole or [False] * len(table)
    return [
        interval(a, b, digits, whole=count)
        for a, b, count in zip(table[low], table[high], counts, strict=True)
    ]


def _of_columns(
    heads: list[str], labels: list[list[str]], cells: dict[str, list[str]], notes: list[str]
) -> Grid:
    numbers = zip(*cells.values(), strict=True)
    rows = [[*label, *row] for label, row in zip(blank_repeats(labels), numbers, strict=True)]
    if any(MISSING in row for row in rows):
        notes = [*notes, f"{MISSING}: not defined."]
    return Grid([*heads, *cells], rows, len(heads), [], notes)

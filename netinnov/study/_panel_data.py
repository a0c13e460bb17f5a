"""The panel of an evaluation and the openings: read, and all of their faults said at once."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from netinnov._network.columns import as_floats, as_numbers, as_periods, as_text, is_blank
from netinnov._network.file_rows import row_unit
from netinnov._runtime.arguments import did_you_mean, examples
from netinnov._typing import Mask
from netinnov.errors import InputError
from netinnov.sources._complete_rows import noted
from netinnov.sources._user_tables import read_table
from netinnov.study import _enclave_list
from netinnov.study._context import OF_PANEL, Context
from netinnov.study._language import in_sentences

DATE = r"^\s*(\d{4})(?:-\d\d){1,2}(?: 00:00:00)?\s*$"  # of which the year counts


class PanelData(NamedTuple):
    """What `evaluate_openings` takes, and what is said of it."""

    panel: pd.DataFrame  # place, period, outcome
    openings: pd.DataFrame  # place, opened, ...
    undated: set[str]  # places left out: they have an enclave, and it is not known since when
    notes: list[str]


def read_panel(
    context: Context, panel: Path, outcome: str, openings: Path | None, by: str | None
) -> PanelData:
    with warnings.catch_warnings(record=True) as caught, noted() as words:
        warnings.simplefilter("always", UserWarning)
        table = _read(context, panel, "panel", {f"panel.{outcome}": "outcome"})
        faults = list(_faults_of_panel(table, panel.name, outcome))
        if openings is None:
            enclaves = context.once(_enclave_list.compute).counted
            name, opened = "the enclaves of the data", enclaves.rename(columns={"home": "place"})
        else:
            name, opened = openings.name, _read(context, openings, "openings", {})
    notes = [str(each.message) for each in caught if issubclass(each.category, UserWarning)]
    faults += _faults_of_openings(opened, name, by, enclaves=openings is None)
    places = table["place"]
    if not faults and not opened["place"].isin(places).any():
        faults.append(
            f"{name}: no place with an opening is in {panel.name}; they are "
            f"{examples(opened['place'].unique())}, and the panel has {examples(places.unique())}"
        )
    if faults:
        listed = "".join(f"\n- {fault}." for fault in faults)
        n = f"{len(faults)} fault{'s' * (len(faults) != 1)}"
        raise InputError(f"[evaluation] does not fit its tables, which have {n}:{listed}")
    opened["opened"] = as_periods(_years(opened["opened"]))[0]
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


def _rows(table: pd.DataFrame, bad: Mask) -> str:
    unit = row_unit(table)
    n, where = int(bad.sum()), examples(table.index[bad].tolist(), str)
    return f"{n:,} row{'s' * (n != 1)} ({unit}{'s' * (n != 1)} {where})"


def _lacking(table: pd.DataFrame, wanted: dict[str, str | None]) -> Iterator[str]:
    for name, theirs in wanted.items():
        if theirs is not None and name not in table:
            near = did_you_mean(theirs, table.columns)
            yield f"no column {theirs!r}{near}; it has {', '.join(map(str, table.columns))}"


def _faults_of_panel(table: pd.DataFrame, name: str, outcome: str) -> Iterator[str]:
    lacking = list(_lacking(table, {"period": "period", "outcome": outcome}))
    yield from (f"{name}: {each}" for each in lacking)
    if lacking:
        return
    nowhere = is_blank(table["place"])
    period, odd = as_periods(table["period"])
    value, text = as_numbers(table["outcome"])
    untimed = odd | period.isna().to_numpy()
    twice = table.assign(period=period).duplicated(["place", "period"], keep=False).to_numpy()
    whole = ~nowhere & ~untimed
    for bad, rule in (
        (nowhere, "must name a place"),
        (untimed, "must have a period that is a whole number, such as a year"),
        (text | ~np.isfinite(value), f"must have a number {outcome!r}"),
        (twice & whole, "must be the only one of their place and period"),
    ):
        if bad.any():
            yield f"{name}: {rule}: {_rows(table, bad)}"
    seen = pd.crosstab(table["place"][whole], period[whole].astype("int64")) > 0
    gaps = seen[~seen.all(axis=1)]
    if len(gaps):
        shown = examples(
            gaps.iterrows(),
            lambda row: f"{row[0]} (without {examples(row[1].index[~row[1]], str)})",
        )
        yield (
            f"{name}: every place must be in every period; {len(gaps):,} of {len(seen):,} are not: "
            f"{shown}; leave out places or periods that are not complete"
        )


def _faults_of_openings(
    table: pd.DataFrame, name: str, by: str | None, *, enclaves: bool
) -> Iterator[str]:
    lacking = list(_lacking(table, {"opened": "opened", by or "": by}))
    mend = "; give nodes such a column, or name a table of openings" if enclaves else ""
    yield from (f"{name}: {each}{mend}" for each in lacking)
    if lacking:
        return
    for bad, rule in (
        (is_blank(table["place"]), "must name a place"),
        (as_periods(_years(table["opened"]))[1], "must have `opened`, a whole number or a date"),
    ):
        if bad.any():
            yield f"{name}: {rule}: {_rows(table, bad)}"

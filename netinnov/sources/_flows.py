"""Flows as rows, from a square matrix or a long table whose columns are found by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike

import pandas as pd

from netinnov._network.columns import as_periods, as_text, is_blank, refuse_repeated
from netinnov._network.file_rows import GivenTable, has_file_rows
from netinnov._network.flow_matrix import numbers_of
from netinnov._network.headers import described, our_names, unused_columns, unweighted
from netinnov._network.numeric_columns import Decimal
from netinnov._runtime.arguments import as_path, examples
from netinnov.errors import InputError
from netinnov.sources._any_table import read_any_table
from netinnov.sources._complete_rows import note


def given_table(source: str | PathLike[str] | pd.DataFrame, encoding: str | None) -> GivenTable:
    if isinstance(source, pd.DataFrame):
        table = GivenTable("the table", source, "", [])
    else:
        table = read_any_table(as_path("source", source), encoding, stripped=True)
        if table.frame.empty:
            raise InputError(f"{table.name} must have rows below its header; it has none.")
    frame = table.frame.set_axis(table.frame.columns.map(str), axis=1)
    refuse_repeated(table.name, frame.columns)
    return table._replace(frame=frame)


def of_flows(
    columns: Mapping[str, str], header: Sequence[str], known: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    own = {
        key: key.removeprefix("links.") if key.removeprefix("links.") in header else key
        for key in columns
    }
    unused_columns({own[key]: ours for key, ours in columns.items()}, known)
    # What names the table goes before what names no table.
    return {own[key]: columns[key] for key in sorted(columns, key=lambda key: own[key] != key)}


def flows_of_table(
    table: GivenTable, columns: Mapping[str, str], decimal: Decimal | None, faults: list[str]
) -> tuple[pd.DataFrame, pd.Index]:
    named = any(level is not None for level in table.frame.index.names)
    frame = table.frame.reset_index(drop=has_file_rows(table.frame) or not named)
    header = [str(name) for name in frame]
    ours = our_names(table.name, "flows", header, of_flows(columns, header, {"links": header}))
    note(described(table.name, ours, columns))
    table = table._replace(frame=frame.set_axis(table.rows, axis=0))
    frame = frame.rename(columns=ours)
    theirs = {name: column for column, name in ours.items()}
    links = pd.DataFrame(index=frame.index)
    for end, role in (("source", "origin"), ("target", "destination")):
        if end not in frame:
            msg = f"{table.name} must be a square matrix, or have a column for the {role} such as "
            msg += f"{role!r}; line 1 has {examples(header, str)}; name it: columns={{'...': "
            msg += f"{end!r}}}, or in a study under [columns]. Members of events become links by "
            raise InputError(f"{msg}co_participation().")
        text, bad, _ = as_text(frame[end])
        if bad.any():
            msg = f"{table.name} must have text or whole numbers in column {theirs[end]!r}; not so"
            raise InputError(f"{msg}: {table.where(bad)}.")
        links[end] = text.str.strip()
    links["weight"] = 1.0
    if "weight" in frame:
        links["weight"] = numbers_of(
            frame["weight"],
            table,
            [theirs["weight"]],
            decimal,
            lambda at: f"{table.where([at])}, column {theirs['weight']!r}",
        )
    if "period" in frame:
        links["period"] = _periods(table, frame["period"].rename(theirs["period"]))
    more = frame.drop(columns=links.columns, errors="ignore")
    if "weight" not in frame:
        table.notes.extend(unweighted(table.name, more))
    nowhere = is_blank(links["source"]) | is_blank(links["target"])
    unknown = links["weight"].isna().to_numpy()
    for role, rows in (("an origin or destination", nowhere), ("a number", unknown & ~nowhere)):
        if rows.any():
            where = f"{rows.sum()} ({table.where(rows)})"
            faults.append(f"{table.name}: rows left out, without {role}: {where}")
    links = links[~nowhere & ~unknown]
    ends = pd.unique(links[["source", "target"]].to_numpy(object).ravel())
    links = links[links["weight"] > 0]
    if len(links) < len(more):
        more = more.take(links.index.to_numpy())
    flows = pd.concat([links, more], axis=1)  # once: each selection of rows visits each column
    return flows.reset_index(drop=True), pd.Index(ends, dtype="str")


def _periods(table: GivenTable, values: pd.Series) -> pd.Series:
    periods, bad = as_periods(pd.to_numeric(values, errors="coerce"))
    bad |= (values.notna() & periods.isna()).to_numpy(bool)
    if bad.any():
        where = f"{table.where(bad)}, column {values.name!r} ({values[bad].iloc[0]!r})"
        raise InputError(f"{table.name} must have whole numbers as periods; not so: {where}.")
    return periods

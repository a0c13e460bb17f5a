"""The columns of a user's tables under our names: any case, usual words, or as they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import pandas as pd

from netinnov._network.file_rows import with_file_headers
from netinnov._network.numeric_columns import COLUMNS
from netinnov._network.synonyms import FLOWS, SYNONYMS, key_of
from netinnov._runtime.arguments import check_mapping, did_you_mean, examples, shown
from netinnov.errors import InputError


def check_columns(columns: object) -> dict[str, str]:
    if columns is None:
        return {}
    check_mapping("columns", columns, "from headers of the tables to names such as 'source'")
    assert isinstance(columns, Mapping)
    pairs = list(columns.items())
    if odd := [pair for pair in pairs if not all(isinstance(name, str) for name in pair)]:
        raise InputError(
            f"`columns` must map text to text; found {shown(odd[0][0])}: {shown(odd[0][1])}."
        )
    return dict(pairs)


def our_names(
    file: str, table: str, header: Sequence[str], columns: Mapping[str, str]
) -> dict[str, str]:
    """Our name of each header: by `columns`, else ours in any case, else usual words."""
    own = "links" if table == "flows" else table
    ours = {
        header_name: columns[key]
        for header_name in header
        for key in (header_name, f"{own}.{header_name}")
        if key in columns
    }
    names = [ours.get(name, name) for name in header]
    if twice := next((name for name in ours.values() if names.count(name) > 1), None):
        both = [theirs for theirs, our in zip(header, names, strict=True) if our == twice]
        raise InputError(
            f"{file}: {' and '.join(map(repr, both))} would both be {twice!r}; give one of "
            "them another name in `columns`."
        )
    keys = {name: key_of(name) for name in header if name not in ours}
    usual = FLOWS if table == "flows" else SYNONYMS[table]
    text, numbers = COLUMNS[own]
    for column in dict.fromkeys((*text, *numbers, *usual)):
        if column not in ours.values():
            _take(file, column, [name for name in keys if keys[name] == column], ours, keys)
    _refuse_two_pairs(file, ours, usual, keys)
    for column, groups in usual.items():
        for words in groups if column not in ours.values() else ():
            if _take(file, column, [name for name in keys if keys[name] in words], ours, keys):
                break
    return ours


def rename(
    file: str, table: str, frame: pd.DataFrame, columns: Mapping[str, str]
) -> tuple[pd.DataFrame, list[str]]:
    ours = our_names(file, table, [str(name) for name in frame.columns], columns)
    renamed = frame.set_axis([ours.get(str(name), str(name)) for name in frame.columns], axis=1)
    return with_file_headers(file, renamed, ours), described(file, ours, columns)


def needed_columns(
    name: str, table: str, frame: pd.DataFrame, needed: Sequence[str], instead: str = ""
) -> pd.DataFrame:
    """Columns of a table of pandas, under the headers that files may have."""
    if any(level is not None for level in frame.index.names):
        frame = frame.reset_index()
    renamed, _ = rename(name, table, frame, {})
    if not {*needed} <= {*renamed}:
        raise InputError(
            f"{name} must have columns {', '.join(needed)}{instead}; it has "
            f"{', '.join(map(str, frame)) or 'none'}."
        )
    return renamed[[*needed]]


def described(file: str, ours: Mapping[str, str], columns: Mapping[str, str]) -> list[str]:
    asked = {key.rpartition(".")[2] for key in columns} | set(columns)
    taken = [
        f"{theirs!r} as {name}"
        for theirs, name in ours.items()
        if key_of(theirs) != name and theirs not in asked
    ]
    return [f"{file}: read {', '.join(taken)}."] if taken else []


def unweighted(file: str, links: pd.DataFrame) -> list[str]:
    known = {"id", *chain(*COLUMNS["links"])}
    others = [name for name in links if key_of(name) not in known]
    heads = {str(name): links[name].head(1000).dropna() for name in others}
    numbers = [
        name
        for name, some in heads.items()
        if len(some) and not pd.api.types.is_bool_dtype(some)
        if pd.to_numeric(some, errors="coerce").notna().all()
    ]
    if not numbers:
        return []
    listed = examples(numbers)
    return [
        f"{file}: no column was read as the weight, so each row counts 1; numbers are in {listed}. "
        f"If a column is the weight, say so: columns={{{numbers[0]!r}: 'weight'}} (a DataFrame: "
        "table.rename; a study: under [columns])."
    ]


def unsaid_weights(file: str, links: pd.DataFrame) -> list[str]:
    """What is said of links without a weight, each of which counts 1."""
    blank = links["weight"].isna()
    if blank.all():
        return unweighted(file, links)
    n = int(blank.sum())
    return [f"{file}: links without a weight, each counts 1: {n:,} of {len(blank):,}."] if n else []


def unused_columns(columns: Mapping[str, str], headers: Mapping[str, Iterable[str]]) -> None:
    headers = {table: list(names) for table, names in headers.items()}
    known = {name for names in headers.values() for name in names}
    known |= {f"{table}.{name}" for table, names in headers.items() for name in names}
    unknown = [name for name in columns if name not in known]
    if unknown:
        hints = examples(unknown, lambda name: f"{name!r}{did_you_mean(name, known)}")
        listed = "; ".join(f"{table}: {', '.join(names)}" for table, names in headers.items())
        raise InputError(f"`columns`: no table has the header {hints}; there are {listed}.")


def _take(
    file: str, column: str, candidates: list[str], ours: dict[str, str], keys: dict[str, str]
) -> bool:
    if len(candidates) > 1:
        named = " and ".join(map(repr, candidates))
        raise InputError(
            f"{file}: the columns {named} may each be {column!r}; say which is, and what the "
            f"other is called: columns={{{candidates[0]!r}: {column!r}, {candidates[1]!r}: "
            "'other'} (a DataFrame: table.rename; a study: under [columns])."
        )
    for name in candidates:
        ours[name] = column
        del keys[name]
    return bool(candidates)


def _refuse_two_pairs(
    file: str,
    ours: Mapping[str, str],
    usual: Mapping[str, tuple[tuple[str, ...], ...]],
    keys: Mapping[str, str],
) -> None:
    """`source` beside `origin` and `destination` may be where the data are from."""
    for end, other in (("source", "target"), ("target", "source")):
        theirs = next((name for name, column in ours.items() if column == end), None)
        if theirs is None or other in ours.values() or other not in usual:
            continue
        rivals = [name for name in keys if any(keys[name] in words for words in usual[end])]
        if rivals:
            _take(file, end, [theirs, *rivals], {}, {})

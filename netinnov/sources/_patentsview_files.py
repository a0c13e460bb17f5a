"""Tables of PatentsView in a folder, zip or file: which are there, their rows, their locations."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np
import pandas as pd

from netinnov._network.columns import as_floats
from netinnov._runtime.arguments import examples
from netinnov._runtime.opening import files_in, is_zip
from netinnov._runtime.path_kinds import kind_at_path
from netinnov._typing import Mask
from netinnov.errors import InputError
from netinnov.sources._complete_rows import with_countries
from netinnov.sources._database import PIECE
from netinnov.sources._judgement import Completeness, Judgement
from netinnov.sources._text_tables import TextTable, read_header, read_pieces, read_text_file

# What the columns are called, newest release first.
NAMES = {
    "patent": ("patent_id",),
    "inventor": ("inventor_id",),
    "assignee": ("assignee_id", "assigneeid"),
    "location": ("location_id",),
    "first": ("disambig_inventor_name_first", "name_first"),
    "last": ("disambig_inventor_name_last", "name_last"),
    "organization": ("disambig_assignee_organization", "organization"),
    "person_first": ("disambig_assignee_individual_name_first",),
    "person_last": ("disambig_assignee_individual_name_last",),
    "type": ("assignee_type",),
    "city": ("disambig_city", "city"),
    "state": ("disambig_state", "state"),
    "country": ("disambig_country", "inventor_iso2", "country"),
    "lat": ("latitude", "lat"),
    "lon": ("longitude", "lon"),
    "date": ("filing_date", "time", "patent_date"),
}
# Which columns make a table what it is, and which others are read; the first that fits counts.
TABLES = {
    "inventors": (
        ("patent", "inventor"),
        ("first", "last", "location", "country", "assignee", "date"),
    ),
    "assignees": (
        ("patent", "assignee"),
        ("organization", "person_first", "person_last", "type", "location"),
    ),
    "locations": (("location", "lat", "lon"), ("city", "state", "country")),
    "dates": (("patent", "date"), ()),
}
READABLE = {
    "date": "date such as 2016-01-31",
    "lat": "number within 90 degrees",
    "lon": "number within 180 degrees",
}

DATE = r"^(\d{4})[-/](0?[1-9]|1[0-2])[-/](0?[1-9]|[12]\d|3[01])(?!\d)"


class Found(NamedTuple):
    folder: Path
    name: str
    delimiter: str
    quoted: bool
    columns: dict[str, str]


def find(path: Path) -> dict[str, list[Found]]:
    tables: dict[str, list[Found]] = {sort: [] for sort in TABLES}
    kind = kind_at_path(path)
    alone = kind != "a folder" and not is_zip(path)
    if kind == "nothing":
        msg = f"{path} does not exist; give a folder, zip or file with a table of inventors."
        raise InputError(msg)
    folder, names = (path.parent, [path.name]) if alone else (path, files_in(path))
    for name in names:
        ending = PurePosixPath(name.casefold().removesuffix(".gz").removesuffix(".zip")).suffix
        if ending not in (".tsv", ".csv") and not alone:
            continue
        delimiter = "," if ending == ".csv" else "\t"
        header, quoted = read_header(folder, name, delimiter)
        columns = {
            role: next(known for known in spelt if known in header)
            for role, spelt in NAMES.items()
            if not set(spelt).isdisjoint(header)
        }
        sort = next((sort for sort, (must, _) in TABLES.items() if {*must} <= {*columns}), None)
        other_mark = len(header) == 1 and any(mark in header[0] for mark in ",;\t|")
        if (alone and sort != "inventors") or not any(header) or other_mark:
            must = [NAMES[role][0] for role in TABLES["inventors"][0]]
            read_text_file(folder, name, required=must, optional=[], delimiter=delimiter)
        if sort is not None:
            tables[sort].append(Found(folder, name, delimiter, quoted, columns))
    if not tables["inventors"]:
        msg = f"{path} must hold a table of inventors, with patent_id and inventor_id; it holds "
        raise InputError(f"{msg}{examples(names, str) or 'nothing'}.")
    # The date of filing goes before that of the grant.
    tables["dates"].sort(key=lambda table: NAMES["date"].index(table.columns["date"]))
    return tables


def columns_of(sort: str) -> list[str]:
    must, more = TABLES[sort]
    return [*must, *more]


def read_in_pieces(
    tables: dict[str, list[Found]],
    sort: str,
    use: Callable[[pd.DataFrame], None],
    faults: list[str],
    *,
    wanted: Callable[[pd.Series], Mask] | None = None,
) -> None:
    must, more = TABLES[sort]
    ids = [role for role in must if role in ("patent", "inventor", "assignee", "location")]

    for source in tables[sort]:
        columns = {role: source.columns[role] for role in (*must, *more) if role in source.columns}
        complete = Completeness(source.name, [columns[role] for role in ids])
        readable = {
            role: Judgement(source.name, columns[role], must_be)
            for role, must_be in READABLE.items()
            if role in columns
        }
        for piece in read_pieces(
            source.folder,
            source.name,
            size=PIECE,
            required=[columns[role] for role in must],
            optional=[column for role, column in columns.items() if role in more],
            delimiter=source.delimiter,
            quoted=source.quoted,
        ):
            if source.delimiter == "\t":
                piece.refuse_unended()
            if wanted is not None:
                piece = piece.keep(wanted(piece.frame[columns["patent"]]))
            piece = complete.keep(piece)
            frame = piece.frame.rename(columns={column: role for role, column in columns.items()})
            for role, judgement in readable.items():
                text = frame[role]
                days = role == "date"
                frame[role] = _days(piece, columns[role]) if days else _degrees(text, role)
                bad = text.notna() & frame[role].isna()
                judgement.add(piece, bad.to_numpy(), int(text.notna().sum()))
            use(frame)
        complete.tell(faults, may_be_empty=True)
        for judgement in readable.values():
            judgement.tell(faults)


def read_locations(tables: dict[str, list[Found]], faults: list[str]) -> pd.DataFrame:
    parts = [pd.DataFrame(columns=columns_of("locations"), dtype="str")]
    read_in_pieces(tables, "locations", parts.append, faults)
    return pd.concat(parts, ignore_index=True)


def _days(table: TextTable, column: str) -> pd.Series:
    parts = table.frame[column].str.extract(DATE)
    if table.unended is not None and table.unended[1] == column and parts[0].tail(1).isna().any():
        table.refuse_unended()
    return parts[0] + "-" + parts[1].str.zfill(2) + "-" + parts[2].str.zfill(2)


def _degrees(text: pd.Series, role: str) -> pd.Series:
    number = as_floats(text)
    return number.where(number.abs() <= (90 if role == "lat" else 180)).astype("str")


def places_of(
    locations_used: list[str], usual: pd.Series, locations: pd.DataFrame, faults: list[str]
) -> pd.DataFrame:
    """Locations, then countries; ``usual`` is the country most inventors of a location name."""
    ids = pd.Index(locations_used, name="place", dtype="str")
    listed = locations.drop_duplicates("location").set_index("location")
    unlisted = ids.difference(listed.index)
    if len(listed) and unlisted.size:
        shown = examples(unlisted, str)
        faults.append(f"locations that the table of locations lacks: {unlisted.size} ({shown})")
    located = listed.reindex(ids)
    country = located["country"].fillna(usual.reindex(ids)).astype("str")
    places = pd.DataFrame(
        {
            "lon": as_floats(located["lon"]).astype("float64"),
            "lat": as_floats(located["lat"]).astype("float64"),
            "population": np.nan,
            "parent": country,
            "level": "location",
            "name": located["city"],
            "state": located["state"],
            "country": country,
        },
        index=ids,
    )
    return with_countries(places, country)


def unescaped(names: pd.Series) -> pd.Series:
    """Letters in place of escapes such as ``&Zacute;``."""
    coded = names.str.contains("&", regex=False, na=False)
    return names.mask(coded, names[coded].map(html.unescape).reindex(names.index))

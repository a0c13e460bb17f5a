"""Tables of PatentsView in a folder, zip or file: which are there, and their rows."""

from __future__ import annotations

import glob
import html
import os
import shutil
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pandas as pd

from netinnov._runtime.arguments import examples
from netinnov._runtime.encodings import decoded
from netinnov._runtime.opening import files_in, is_zip, kind_at_path, opened
from netinnov.errors import InputError
from netinnov.sources._database import Database, degrees
from netinnov.sources._delimited import header_of, tell_uneven, tell_values, wanted_columns

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
OF_INVENTORS = ("first", "last", "location", "country", "assignee", "date")
OF_ASSIGNEES = ("organization", "person_first", "person_last", "type", "location")
TABLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "inventors": (("patent", "inventor"), OF_INVENTORS),
    "assignees": (("patent", "assignee"), OF_ASSIGNEES),
    "locations": (("location", "lat", "lon"), ("city", "state", "country")),
    "dates": (("patent", "date"), ()),
}
BLANKS = " \t\r\n\u00a0\u3000"
DAY = r"regexp_extract({0}, '^(\d{{4}}[-/]\d{{1,2}}[-/]\d{{1,2}})(\D|$)', 1)"
# SQL of values that must be readable, and what they must be
READABLE = {
    "date": (
        f"strftime(try_strptime(replace({DAY}, '/', '-'), '%Y-%m-%d'), '%Y-%m-%d')",
        "date such as 2016-01-31",
    ),
    "lat": (degrees("{0}", 90), "number within 90 degrees"),
    "lon": (degrees("{0}", 180), "number within 180 degrees"),
}


class Found(NamedTuple):
    folder: Path
    name: str
    delimiter: str
    quoted: bool
    header: list[str]
    columns: dict[str, str]


def find(path: Path) -> dict[str, list[Found]]:
    tables: dict[str, list[Found]] = {sort: [] for sort in TABLES}
    kind = kind_at_path(path)
    alone = kind != "a folder" and not is_zip(path)
    if kind == "nothing":
        raise InputError(
            f"{path} does not exist; give a folder, zip or file with a table of inventors."
        )
    folder, names = (path.parent, [path.name]) if alone else (path, files_in(path))
    for name in names:
        ending = PurePosixPath(name.casefold().removesuffix(".gz").removesuffix(".zip")).suffix
        if ending not in (".tsv", ".csv") and not alone:
            continue
        delimiter = "," if ending == ".csv" else "\t"
        with opened(folder, name) as stream:
            line = decoded(name, stream.readline())
        header = header_of(name, line, delimiter)
        quoted = line.lstrip().startswith('"')
        columns = {
            role: next(known for known in spelt if known in header)
            for role, spelt in NAMES.items()
            if not set(spelt).isdisjoint(header)
        }
        sort = next((sort for sort, (must, _) in TABLES.items() if {*must} <= {*columns}), None)
        other_mark = len(header) == 1 and any(mark in header[0] for mark in ",;\t|")
        if (alone and sort != "inventors") or not any(header) or other_mark:
            must = [NAMES[role][0] for role in TABLES["inventors"][0]]
            wanted_columns(name, header, must, [], delimiter)
        if sort is not None:
            tables[sort].append(Found(folder, name, delimiter, quoted, header, columns))
    if not tables["inventors"]:
        raise InputError(
            f"{path} must hold a table of inventors, with patent_id and inventor_id; it holds "
            f"{examples(names, str) or 'nothing'}."
        )
    # The date of filing goes before that of the grant.
    tables["dates"].sort(key=lambda table: NAMES["date"].index(table.columns["date"]))
    return tables


def load(
    data: Database,
    tables: dict[str, list[Found]],
    sort: str,
    table: str,
    faults: list[str],
    *,
    among: str = "",
) -> None:
    """Make a table of a sort; ``among`` is a table of the patents that are wanted."""
    must, more = TABLES[sort]
    ids = [role for role in must if role not in READABLE]
    data.run(f"CREATE TABLE {table} (row BIGINT, {' VARCHAR, '.join((*must, *more))} VARCHAR)")
    for source in tables[sort]:
        _read(data, source, faults)
        roles = [role for role in (*must, *more) if role in source.columns]
        wanted = f"SELECT * FROM raw SEMI JOIN {among} USING (patent)" if among else "FROM raw"
        values = {role: READABLE.get(role, ("{0}", ""))[0].format(role) for role in roles}
        sound = " AND ".join(f"{role} IS NOT NULL" for role in ids)
        data.run(f"""
            INSERT INTO {table} (row, {", ".join(roles)})
            SELECT row + {data.size(table)}, {", ".join(values.values())}
            FROM ({wanted}) WHERE {sound}
        """)
        blank = data.run(f"SELECT count(*) FROM ({wanted}) WHERE NOT ({sound})").fetchall()[0][0]
        if blank:
            named = " or ".join(source.columns[role] for role in ids)
            faults.append(f"{source.name}: rows left out, without {named}: {blank}")
        for role in READABLE.keys() & {*roles}:
            bad = f"{role} IS NOT NULL AND {values[role]} IS NULL"
            counts = f"count({role}), count_if({bad}), arg_min({role}, row, 5) FILTER ({bad})"
            query = f"SELECT {counts} FROM ({wanted}) WHERE {sound}"
            n, n_bad, first = data.run(query).fetchall()[0]
            about = (source.name, source.columns[role], READABLE[role][1])
            tell_values(*about, n, n_bad, examples(first or ()), faults)


def _read(data: Database, source: Found, faults: list[str]) -> None:
    """Make the table ``raw`` of a file: text without blanks at its ends, empty is missing."""
    name = source.name
    columns = source.columns
    wanted_columns(name, source.header, [*columns.values()], [], source.delimiter)
    path = data.folder / "unpacked"
    with opened(source.folder, name, times=0) as stream, path.open("w+b") as copy:
        shutil.copyfileobj(stream, copy)
        copy.seek(-min(copy.tell(), 40), os.SEEK_END)
        last = copy.read().decode(errors="replace")
    at = {role: source.header.index(column) for role, column in columns.items()}
    cells = [f"nullif(trim(c{k}, '{BLANKS}'), '') AS {role}" for role, k in at.items()]
    types = {f"c{k}": "VARCHAR" for k in range(len(source.header))}
    quote = '"' if source.quoted or source.delimiter == "," else ""
    data.run(
        f"""
        CREATE OR REPLACE TEMP TABLE raw AS SELECT row_number() OVER () - 1 AS row,
            {", ".join(cells)} FROM read_csv($path, delim = $delimiter, quote = $quote,
            escape = $quote, header = true, auto_detect = false, columns = {types},
            hive_partitioning = false, store_rejects = true)
        """,
        {"path": glob.escape(str(path)), "delimiter": source.delimiter, "quote": quote},
    )
    path.unlink()
    rejects = "SELECT DISTINCT line, error_type FROM reject_errors ORDER BY line"
    rejected = data.run(rejects).fetchall()
    data.run("DROP TABLE reject_errors; DROP TABLE reject_scans")
    if any(kind == "INVALID ENCODING" for _, kind in rejected):
        with opened(source.folder, name, times=0) as stream:  # line ends are no part of a letter
            for line, data_of_line in enumerate(stream, start=1):
                decoded(name, data_of_line, first=line)
    if at_mark := [line for line, kind in rejected if kind == "UNQUOTED VALUE"]:
        raise InputError(
            f"{name}, row in line {at_mark[0]}: is a quotation mark not closed? Get the file "
            "again, or close it."
        )
    if not last.endswith(("\n", "\r")) and (rejected or source.delimiter == "\t"):
        raise InputError(
            f"{name} ends in {last.splitlines()[-1]!r}, without a line end: get the file "
            "again; if it is whole, end its last line."
        )
    n_rows = data.run("SELECT count(*) FROM raw").fetchall()[0][0]
    tell_uneven(name, len(source.header), n_rows, [line for line, _ in rejected], faults)


def unescaped(names: pd.Series) -> pd.Series:
    """Letters in place of escapes such as ``&Zacute;``."""
    coded = names.str.contains("&", regex=False, na=False)
    return names.mask(coded, names[coded].map(html.unescape).reindex(names.index))

"""Inventors and assignees of United States patents, from PatentsView."""

from __future__ import annotations

import html
from collections.abc import Collection, Sequence
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from netinnov._arguments import as_path, examples
from netinnov._opening import files_in, is_zip
from netinnov._path_kinds import kind_at_path
from netinnov._public import public_names
from netinnov.errors import InputError
from netinnov.linkages import Weighting, co_participation
from netinnov.sources._files import TextTable, read_header, read_text_file
from netinnov.sources._records import check_events, complete_rows, most_frequent, warn_of
from netinnov.sources._result import Tables

__all__ = ["read_patentsview"]

__dir__ = public_names(globals())

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
# By the last digit of the type: a leading 1 says that the assignee owns a part.
KINDS = {"4": "person", "5": "person"} | dict.fromkeys("6789", "government")
DATE = r"^(\d{4})[-/](0?[1-9]|1[0-2])[-/](0?[1-9]|[12]\d|3[01])(?!\d)"


class Found(NamedTuple):
    """A table in a folder or zip, and what its columns are called there."""

    folder: Path
    name: str
    delimiter: str
    quoted: bool
    columns: dict[str, str]


def read_patentsview(
    path: str | PathLike[str],
    *,
    patents: Literal["links", "nodes"] = "links",
    weighting: Weighting = "count",
    only: Collection[str] | None = None,
) -> Tables:
    """Inventors that share patents, and the assignees they invent for.

    Parameters
    ----------
    path : path-like
        A folder or zip with tables of PatentsView, or one table of inventors: ``.tsv`` (tabs) or
        ``.csv`` (commas), also ``.gz`` and ``.zip``. Tables are known by their columns:
        *inventors* have ``patent_id`` and ``inventor_id``, and may have names, ``location_id``,
        ``assignee_id`` and a date; *assignees* ``patent_id`` and ``assignee_id``; *locations*
        ``location_id``, ``latitude`` and ``longitude``; *dates* ``patent_id`` and ``filing_date``
        or ``patent_date``. Several of a sort are read as one, and all others left alone.
    patents : {"links", "nodes"}
        ``"links"``: inventors are linked to one another and to assignees. ``"nodes"``: patents
        stay as nodes, and inventors and assignees are linked to their patents.
    weighting : {"count", "newman", "full"}
        What two inventors get from a patent they share, see `co_participation`. There is nothing
        to choose with ``patents="nodes"``.
    only : collection of str, optional
        Ids of the patents to read. The full tables hold tens of millions of rows.

    Returns
    -------
    Tables
        ``nodes``: inventors of kind ``talent`` by their ids, in order of appearance, then assignees
        of kind ``firm`` (organisations), ``government`` or ``person``, ids ``"assignee:"`` and
        theirs; columns ``place, name, country`` and ``patents`` (how many). With
        ``patents="nodes"``, below them, patents, ids ``"patent:"`` and theirs, with a ``date``.

        ``links``: layers ``co_inventor`` and ``assignee_inventor`` (weight: patents), one row for
        each pair and year; ``transboundary`` is how many of the patents of an assignee and an
        inventor have the two in different locations, NaN if no two locations are known. Or
        layers ``invention`` and ``assignment`` with weight 1. ``period`` is the year of filing,
        or else of the grant; no such column if no date is known. No layer is directed.

        ``places``: the locations, by id, and their countries, by code, which are the ``parent``;
        None if no location is known.

    Raises
    ------
    InputError
        No table of inventors is found; a table cannot be read, is cut off, has another delimiter
        or lacks a column; no date or coordinate of a column can be read; no patent is among
        ``only``.

    Warns
    -----
    UserWarning
        Rows were left out, because they have more or fewer fields than the header or lack an id;
        dates or coordinates cannot be read; locations are not in the table of locations.

    See Also
    --------
    add_outposts : The places where assignees have inventors away from their seat.
    project : Co-inventors from ``patents="nodes"``, for null models of the two-mode data.

    Notes
    -----
    Ids are text, also where a file has them as numbers (``381972.0`` is ``"381972"``): patents
    can be called ``D319135`` or ``RE38001``. In files with tabs, quotation marks are letters
    unless the header stands in them. Escapes such as ``&Zacute;`` in names are resolved.

    An inventor that stands twice on a patent is counted once. Its place is the location that most
    of its patents have, of equals the first; so is that of an assignee, but a table of inventors
    with assignees has only the locations of the inventors. Assignees of patents without an
    inventor here are left out.

    Examples
    --------
    >>> network = build_network(*read_patentsview("patentsview"))  # doctest: +SKIP
    """
    check_events("patents", patents, weighting)
    if isinstance(only, str):
        raise InputError(f"`only` must be a collection of ids; found the text {only!r}.")
    faults: list[str] = []
    tables = _find(as_path("path", path))
    wanted = None if only is None else frozenset(map(str, only))
    mentions = _read(tables, "inventors", wanted, faults)
    if mentions.empty:
        msg = f"`only` must hold patents of {path}; none of its {len(wanted or ())} ids is there."
        raise InputError(msg)
    patents_read = frozenset(mentions["patent"])
    rights = pd.concat(
        [
            _read(tables, "assignees", patents_read, faults),
            mentions.loc[mentions["assignee"].notna(), ["patent", "assignee"]],
        ],
        ignore_index=True,
    )
    rights["assignee"] = "assignee:" + rights["assignee"].str.replace(r"\.0$", "", regex=True)
    dates = pd.concat([mentions[["patent", "date"]], _read(tables, "dates", patents_read, faults)])
    date = dates.dropna(subset="date").drop_duplicates("patent").set_index("patent")["date"]
    for table in (mentions, rights):
        year = date.str[:4].reindex(table["patent"])
        table["period"] = pd.to_numeric(year).astype("Int64").array
    locations = _read(tables, "locations", None, faults).drop_duplicates("location")
    places = _places(mentions, rights, locations.set_index("location"))
    unlisted = np.setdiff1d(places.index[places["level"] == "location"], locations["location"])
    if tables["locations"] and unlisted.size:
        shown = examples(unlisted, str)
        faults.append(f"locations that the table of locations lacks: {unlisted.size} ({shown})")
    warn_of(faults)

    mentions = mentions.drop_duplicates(["patent", "inventor"], ignore_index=True)
    parts = [_inventors(mentions, places), _assignees(rights, places)]
    rights = rights.drop_duplicates(["patent", "assignee"], ignore_index=True)
    if patents == "nodes":
        parts.append(_patents(mentions, date))
        links = _two_mode(mentions, rights)
    else:
        links = _pairs(mentions, rights, weighting)
    if links["period"].isna().all():
        links = links.drop(columns="period")
    return Tables(pd.concat(parts).rename_axis("node"), links, None if places.empty else places, ())


def _find(path: Path) -> dict[str, list[Found]]:
    """The tables of each sort in a folder, zip or file."""
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
        if (alone and sort != "inventors") or not any(header) or _has_other_mark(header):
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


def _has_other_mark(header: Sequence[str]) -> bool:
    return len(header) == 1 and any(mark in header[0] for mark in ",;\t|")


def _read(
    tables: dict[str, list[Found]], sort: str, patents: Collection[str] | None, faults: list[str]
) -> pd.DataFrame:
    """The rows of all tables of a sort that have their ids, under our names of the columns."""
    must, more = TABLES[sort]
    parts = [pd.DataFrame(columns=[*must, *more], dtype="str")]
    ids = [role for role in must if role in ("patent", "inventor", "assignee", "location")]
    for source in tables[sort]:
        columns = {role: source.columns[role] for role in (*must, *more) if role in source.columns}
        table = read_text_file(
            source.folder,
            source.name,
            required=[columns[role] for role in must],
            optional=[column for role, column in columns.items() if role in more],
            delimiter=source.delimiter,
            quoted=source.quoted,
            within=None if patents is None else (columns["patent"], patents),
        )
        if source.delimiter == "\t":
            table.refuse_unended()
        table = complete_rows(table, [columns[role] for role in ids], faults, may_be_empty=True)
        frame = table.frame.rename(columns={column: role for role, column in columns.items()})
        if "date" in columns:
            frame["date"] = _days(table, columns["date"], faults)
        for role, largest in (("lat", 90), ("lon", 180)):
            if role in columns:
                number = pd.to_numeric(frame[role], errors="coerce")
                good = number.abs() <= largest
                table.judge(columns[role], good, f"number within {largest} degrees", faults)
                frame[role] = number.where(good).astype("str")
        parts.append(frame)
    return pd.concat(parts, ignore_index=True)


def _days(table: TextTable, column: str, faults: list[str]) -> pd.Series:
    """Dates as YYYY-MM-DD."""
    parts = table.frame[column].str.extract(DATE)
    if table.unended is not None and table.unended[1] == column and parts[0].tail(1).isna().any():
        table.refuse_unended()
    table.judge(column, parts[0].notna(), "date such as 2016-01-31", faults)
    return parts[0] + "-" + parts[1].str.zfill(2) + "-" + parts[2].str.zfill(2)


def _places(mentions: pd.DataFrame, rights: pd.DataFrame, locations: pd.DataFrame) -> pd.DataFrame:
    """The locations of inventors and assignees, then their countries."""
    locations_used = [mentions["location"], rights["location"]]
    ids = pd.Index(pd.concat(locations_used).dropna().unique(), name="place", dtype="str")
    located = locations.reindex(ids)
    usual = most_frequent(mentions["country"], mentions["location"]).reindex(ids)
    country = located["country"].fillna(usual).astype("str")
    names = pd.Index(country.dropna().unique(), name="place", dtype="str")
    places = pd.DataFrame(
        {
            "lon": pd.to_numeric(located["lon"]).astype("float64"),
            "lat": pd.to_numeric(located["lat"]).astype("float64"),
            "population": np.nan,
            "parent": country,
            "level": "location",
            "name": located["city"],
            "state": located["state"],
            "country": country,
        },
        index=ids,
    )
    above = pd.DataFrame({"level": "country", "name": names, "country": names}, index=names)
    columns = {column: "str" for column in places if column not in ("lon", "lat", "population")}
    return pd.concat([places, above]).rename_axis("place").astype(columns)


def _inventors(mentions: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    name = (mentions["first"].fillna("") + " " + mentions["last"].fillna("")).str.strip()
    rows = mentions.assign(kind="talent", name=name.mask(name == ""))
    return _nodes(rows, "inventor", places)


def _assignees(rights: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    person = rights["person_first"].fillna("") + " " + rights["person_last"].fillna("")
    name = rights["organization"].fillna(person.str.strip())
    kind = rights["type"].str.replace(r"\.0$", "", regex=True).str[-1]
    rows = rights.assign(kind=kind.map(KINDS), name=name.mask(name == ""))
    rows["country"] = places["country"].reindex(rights["location"]).array
    nodes = _nodes(rows, "assignee", places)
    return nodes.assign(kind=nodes["kind"].fillna("firm"))


def _nodes(rows: pd.DataFrame, column: str, places: pd.DataFrame) -> pd.DataFrame:
    """One row an id, with its most frequent kind, place and name, and its number of patents."""
    ids = rows[column]
    index = pd.Index(ids.unique(), name="node", dtype="str")
    frequent = {"kind": "kind", "place": "location", "name": "name", "country": "country"}
    nodes = pd.DataFrame(
        {ours: most_frequent(rows[role], ids).reindex(index) for ours, role in frequent.items()},
        index=index,
        dtype="str",
    )
    nodes["name"] = nodes["name"].map(html.unescape, na_action="ignore")
    nodes["country"] = places["country"].reindex(nodes["place"]).fillna(nodes["country"]).array
    nodes["patents"] = rows.groupby(column)["patent"].nunique().reindex(index).astype("Int64")
    return nodes


def _patents(mentions: pd.DataFrame, date: pd.Series) -> pd.DataFrame:
    ids = pd.Index(mentions["patent"].unique(), dtype="str")
    nodes = pd.DataFrame({"kind": "patent", "date": date.reindex(ids).array}, "patent:" + ids)
    return nodes.astype("str")


def _two_mode(mentions: pd.DataFrame, rights: pd.DataFrame) -> pd.DataFrame:
    """Links of inventors and assignees with their patents."""
    parts = [
        pd.DataFrame(
            {
                "layer": layer,
                "source": rows[end],
                "target": "patent:" + rows["patent"],
                "weight": 1.0,
                "period": rows["period"],
            }
        )
        for layer, rows, end in (
            ("invention", mentions, "inventor"),
            ("assignment", rights, "assignee"),
        )
    ]
    return pd.concat(parts, ignore_index=True).astype({"layer": "str"})


def _pairs(mentions: pd.DataFrame, rights: pd.DataFrame, weighting: Weighting) -> pd.DataFrame:
    """Links of inventors with one another and with assignees."""
    shared: pd.DataFrame = co_participation(
        mentions, member="inventor", event="patent", weighting=weighting, period="period"
    )
    together = mentions[["patent", "inventor", "location", "period"]].merge(
        rights[["patent", "assignee", "location"]], on="patent", suffixes=("", "_of_assignee")
    )
    seat = together["location_of_assignee"]
    known = together["location"].notna() & seat.notna()
    together["away"] = (together["location"] != seat).astype("float64").where(known)
    pairs = together.groupby(["assignee", "inventor", "period"], sort=False, dropna=False)
    counts = pairs.agg(weight=("patent", "size")).astype("float64")
    counts["transboundary"] = pairs["away"].sum(min_count=1)
    hired = counts.reset_index().rename(columns={"assignee": "source", "inventor": "target"})
    shared["layer"], hired["layer"] = "co_inventor", "assignee_inventor"
    links: pd.DataFrame = pd.concat([shared, hired], ignore_index=True).astype({"layer": "str"})
    return links.loc[:, ["layer", "source", "target", "weight", "period", "transboundary"]]

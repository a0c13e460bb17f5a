"""Inventors and assignees of United States patents, from PatentsView."""

from __future__ import annotations

from collections.abc import Collection
from os import PathLike
from typing import Literal

import pandas as pd

from netinnov._runtime.arguments import as_list, as_path
from netinnov.errors import InputError
from netinnov.linkages import co_participation
from netinnov.linkages._pairs import Weighting
from netinnov.sources._complete_rows import check_events, most_frequent, one_each, two_mode, warn_of
from netinnov.sources._database import ReadingEngine, check_engine
from netinnov.sources._patentsview_duckdb import read_by_duckdb
from netinnov.sources._patentsview_files import Found, find, places_of, read_all, unescaped
from netinnov.sources._reader_result import Tables

# By the last digit of the type: a leading 1 says that the assignee owns a part.
KINDS = {"4": "person", "5": "person"} | dict.fromkeys("6789", "government")


def read_patentsview(
    path: str | PathLike[str],
    *,
    patents: Literal["links", "nodes"] = "links",
    weighting: Weighting = "count",
    only: Collection[str] | None = None,
    engine: ReadingEngine = "pandas",
    memory: str | None = None,
    temp: str | PathLike[str] | None = None,
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
    engine, memory, temp
        As in `read_openalex`; on disk DuckDB needs about as much as the unpacked files.

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
    check_engine(engine, memory, temp)
    faults: list[str] = []
    tables = find(as_path("path", path))
    wanted = None if only is None else frozenset(map(str, as_list("only", only, "ids")))
    if engine == "duckdb":
        read = read_by_duckdb(
            tables,
            KINDS,
            patents=patents,
            weighting=weighting,
            only=wanted,
            memory=memory,
            temp=temp,
            faults=faults,
        )
    else:
        read = _read(tables, patents=patents, weighting=weighting, only=wanted, faults=faults)
    if read is None:
        msg = f"`only` must hold patents of {path}; none of its {len(wanted or ())} ids is there."
        raise InputError(msg)
    warn_of(faults)
    return read


def _read(
    tables: dict[str, list[Found]],
    *,
    patents: str,
    weighting: Weighting,
    only: Collection[str] | None,
    faults: list[str],
) -> Tables | None:
    mentions = read_all(tables, "inventors", only, faults)
    if mentions.empty:
        return None
    patents_read = frozenset(mentions["patent"])
    listed = read_all(tables, "assignees", patents_read, faults)
    own = mentions.loc[mentions["assignee"].notna(), ["patent", "assignee"]]
    rights = pd.concat([listed, own], ignore_index=True)
    rights["assignee"] = "assignee:" + rights["assignee"].str.replace(r"\.0$", "", regex=True)
    listed = read_all(tables, "dates", patents_read, faults)
    dates = pd.concat([mentions[["patent", "date"]], listed])
    date = dates.dropna(subset="date").drop_duplicates("patent").set_index("patent")["date"]
    for table in (mentions, rights):
        year = date.str[:4].reindex(table["patent"])
        table["period"] = pd.to_numeric(year).astype("Int64").array
    locations = read_all(tables, "locations", None, faults)
    locations_used = [*pd.concat([mentions["location"], rights["location"]]).dropna().unique()]
    usual = most_frequent(mentions["country"], mentions["location"])
    places = places_of(locations_used, usual, locations, faults)

    mentions = mentions.drop_duplicates(["patent", "inventor"], ignore_index=True)
    parts = [_inventors(mentions, places), _assignees(rights, places)]
    rights = rights.drop_duplicates(["patent", "assignee"], ignore_index=True)
    if patents == "nodes":
        ids = pd.Index(mentions["patent"].unique(), dtype="str")
        events = {"kind": "patent", "date": date.reindex(ids).array}
        parts.append(pd.DataFrame(events, "patent:" + ids).astype("str"))
        ends = {"invention": (mentions, "inventor"), "assignment": (rights, "assignee")}
        by_layer = [
            two_mode(layer, rows[end], "patent:" + rows["patent"], rows["period"])
            for layer, (rows, end) in ends.items()
        ]
        links = pd.concat(by_layer, ignore_index=True)
    else:
        links = _pairs(mentions, rights, weighting)
    if links["period"].isna().all():
        links = links.drop(columns="period")
    return Tables(pd.concat(parts).rename_axis("node"), links, None if places.empty else places, ())


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
    nodes = one_each(rows, column, ("kind", "location", "name", "country")).astype("str")
    nodes = nodes.rename(columns={"location": "place"})
    nodes["name"] = unescaped(nodes["name"])
    nodes["country"] = places["country"].reindex(nodes["place"]).fillna(nodes["country"]).array
    nodes["patents"] = rows.groupby(column)["patent"].nunique().astype("Int64")
    return nodes


def _pairs(mentions: pd.DataFrame, rights: pd.DataFrame, weighting: Weighting) -> pd.DataFrame:
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

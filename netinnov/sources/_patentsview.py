"""Inventors and assignees of United States patents, from PatentsView."""

from __future__ import annotations

from collections.abc import Collection
from os import PathLike
from typing import Literal

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import as_list, as_path, examples
from netinnov.errors import InputError
from netinnov.linkages import co_participation
from netinnov.linkages._from_records import Weighting
from netinnov.sources._complete_rows import Tables, check_events, warn_of, with_countries
from netinnov.sources._database import Database, database, usual
from netinnov.sources._patentsview_files import Found, find, load, unescaped

# By the last digit of the type: a leading 1 says that the assignee owns a part.
KINDS = {"4": "person", "5": "person"} | dict.fromkeys("6789", "government")

MEMBERS = "(SELECT patent FROM invention UNION ALL SELECT patent FROM assignment)"
IDS = "SELECT inventor AS name FROM invention UNION SELECT assignee FROM assignment"
TRIMMED = r"regexp_replace({}, '\.0$', '')"
PATENTS = """
    SELECT 'patent:' || patent AS node, 'patent' AS kind, date
    FROM (SELECT patent, min(row) AS seen FROM invention GROUP BY patent)
    LEFT JOIN dated USING (patent) ORDER BY seen
"""


def read_patentsview(
    path: str | PathLike[str],
    *,
    patents: Literal["links", "nodes"] = "links",
    weighting: Weighting = "count",
    only: Collection[str] | None = None,
    memory: str | None = None,
) -> Tables:
    """Inventors that share patents, and the assignees they invent for.

    Needs DuckDB: ``pip install 'netinnov[bigdata]'``.

    Parameters
    ----------
    path : path-like
        A folder or zip with tables of PatentsView, or one table of inventors: ``.tsv`` (tabs) or
        ``.csv`` (commas), also ``.gz`` and ``.zip``. Tables are known by their columns:
        *inventors* have ``patent_id`` and ``inventor_id``, and may have names, ``location_id``,
        ``assignee_id`` and a date; *assignees* ``patent_id, assignee_id``; *locations*
        ``location_id, latitude, longitude``; *dates* ``patent_id`` and ``filing_date`` or
        ``patent_date``. Several of a sort are read as one, and all others left alone.
    patents : {"links", "nodes"}
        ``"links"``: inventors are linked to one another and to assignees. ``"nodes"``: patents
        stay as nodes, and inventors and assignees are linked to their patents.
    weighting : {"count", "newman", "full"}
        What two inventors get from a patent, see `co_participation`; only of ``"links"``.
    only : collection of str, optional
        Ids of the patents to read. The full tables hold tens of millions of rows.
    memory : str, optional
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
        or else of the grant; no such column if no date is known. No layer is directed. Layers and
        ids are categories.

        ``places``: the locations, by id, and their countries, by code, which are the ``parent``;
        None if no location is known.

    Raises
    ------
    InputError
        No table of inventors is found; a table cannot be read, is cut off or lacks a column; no
        date or coordinate of a column can be read; no patent is among ``only``.
    ImportError
        DuckDB is not installed.

    Warns
    -----
    UserWarning
        Rows that are not as wide as the header or lack an id were left out; dates or coordinates
        cannot be read; locations are not in the table of locations.

    See Also
    --------
    add_outposts : The places where assignees have inventors away from their seat.

    Notes
    -----
    In files with tabs, quotation marks are letters unless the header stands in them. An inventor
    that stands twice on a patent is counted once. Its place is the location that most of its
    patents have, of equals the first; so is that of an assignee, but a table of inventors with
    assignees has only the locations of the inventors. Assignees of patents without an inventor
    here are left out.

    Examples
    --------
    >>> network = build_network(*read_patentsview("patentsview"))  # doctest: +SKIP
    """
    check_events("patents", patents, weighting)
    faults: list[str] = []
    folder = as_path("path", path)
    tables = find(folder)
    wanted = None if only is None else frozenset(map(str, as_list("only", only, "ids")))
    with database(memory, "read_patentsview") as data:
        _load(data, tables, wanted, faults)
        if not data.size("mentions"):
            raise InputError(
                f"`only` must hold patents of {path}; none of its {len(wanted or ())} ids is there."
            )
        places = _places(data, tables, faults)
        nodes = [_nodes(data, "invention", "inventor", "'talent'", places)]
        nodes.append(_assignees(data, places))
        if patents == "nodes":
            nodes.append(data.frame(PATENTS).set_index("node"))
            links = _two_mode(data)
        else:
            data.check_pairs(folder, MEMBERS, "patent")
            links = _pairs(data, weighting)
    warn_of(faults)
    return Tables(pd.concat(nodes).rename_axis("node"), links, None if places.empty else places, ())


def _load(
    data: Database, tables: dict[str, list[Found]], only: Collection[str] | None, faults: list[str]
) -> None:
    if only is not None:
        data.show("asked", pd.DataFrame({"patent": pd.Series(sorted(only), dtype="str")}))
    asked = "" if only is None else "asked"
    load(data, tables, "inventors", "mentions", faults, among=asked)
    data.run("CREATE TABLE wanted AS SELECT DISTINCT patent FROM mentions")
    for name, sort in (("owned", "assignees"), ("listed", "dates")):
        load(data, tables, sort, name, faults, among="wanted")
    # What the inventors' own table says of assignees comes last, and of dates first.
    data.run(f"""
        CREATE TABLE rights AS
        SELECT row, patent, 'assignee:' || {TRIMMED.format("assignee")} AS assignee, location,
            coalesce(organization, nullif(trim(concat_ws(' ', person_first, person_last)), ''))
                AS name, right({TRIMMED.format("type")}, 1) AS digit FROM owned
        UNION ALL
        SELECT row + {data.size("owned")}, patent, 'assignee:' || {TRIMMED.format("assignee")},
            NULL, NULL, NULL FROM mentions WHERE assignee IS NOT NULL
    """)
    data.run(f"""
        CREATE TABLE dated AS
        SELECT patent, arg_min(date, row) AS date FROM (
            SELECT row, patent, date FROM mentions UNION ALL
            SELECT row + {data.size("mentions")}, patent, date FROM listed)
        WHERE date IS NOT NULL GROUP BY patent
    """)
    data.run("""
        CREATE TABLE invention AS
        SELECT row, patent, inventor, location, country,
            left(dated.date, 4)::BIGINT AS period,
            nullif(trim(concat_ws(' ', first, last)), '') AS name
        FROM mentions SEMI JOIN
            (SELECT min(row) AS row FROM mentions GROUP BY patent, inventor) USING (row)
        LEFT JOIN dated USING (patent)
    """)
    data.run("""
        CREATE TABLE assignment AS
        SELECT row, patent, assignee, location, left(date, 4)::BIGINT AS period
        FROM rights SEMI JOIN
            (SELECT min(row) AS row FROM rights GROUP BY patent, assignee) USING (row)
        LEFT JOIN dated USING (patent)
    """)


def _places(data: Database, tables: dict[str, list[Found]], faults: list[str]) -> pd.DataFrame:
    load(data, tables, "locations", "known", faults)
    located = data.frame(f"""
        SELECT location AS place, lon::DOUBLE AS lon, lat::DOUBLE AS lat, city AS name, state,
            coalesce(listed.country, usual.country) AS country, listed.row IS NULL AS unlisted
        FROM (SELECT location, min(seen) AS seen FROM (
            SELECT location, row AS seen FROM mentions UNION ALL
            SELECT location, row + {data.size("mentions")} FROM rights)
            WHERE location IS NOT NULL GROUP BY location)
        LEFT JOIN (FROM known SEMI JOIN (SELECT min(row) AS row FROM known GROUP BY location)
            USING (row)) AS listed USING (location)
        LEFT JOIN ({usual("mentions", "location", "country")}) AS usual USING (location)
        ORDER BY seen
    """).set_index("place")
    unlisted = located.index[located["unlisted"]]
    if tables["locations"] and unlisted.size:
        shown = examples(sorted(unlisted), str)
        faults.append(f"locations that the table of locations lacks: {unlisted.size} ({shown})")
    country = located["country"]
    places = located[["lon", "lat"]].assign(population=np.nan, parent=country, level="location")
    return with_countries(places.join(located[["name", "state", "country"]]), country)


def _assignees(data: Database, places: pd.DataFrame) -> pd.DataFrame:
    listed = ", ".join(f"('{digit}', '{kind}')" for digit, kind in KINDS.items())
    data.show("located", pd.DataFrame({"location": places.index, "country": places["country"]}))
    data.run(f"""
        CREATE TABLE owners AS SELECT rights.*, kind, country FROM rights
        LEFT JOIN (VALUES {listed}) AS kinds (digit, kind) USING (digit)
        LEFT JOIN located USING (location)
    """)
    nodes = _nodes(data, "owners", "assignee", "kind", places)
    return nodes.assign(kind=nodes["kind"].fillna("firm"))


def _nodes(
    data: Database, table: str, column: str, kind: str, places: pd.DataFrame
) -> pd.DataFrame:
    frequent = ["location", "name", "country", *(["kind"] if kind == "kind" else [])]
    joins = " ".join(
        f"LEFT JOIN ({usual(table, column, value)}) USING ({column})" for value in frequent
    )
    nodes = data.frame(f"""
        SELECT {column} AS node, {kind} AS kind, location AS place, name, country, patents
        FROM (SELECT {column}, min(row) AS seen, sum(n)::BIGINT AS patents FROM (
            SELECT {column}, patent, min(row) AS row, 1 AS n FROM {table} GROUP BY ALL)
            GROUP BY {column})
        {joins} ORDER BY seen
    """).set_index("node")
    nodes["name"] = unescaped(nodes["name"])
    nodes["country"] = places["country"].reindex(nodes["place"]).fillna(nodes["country"]).array
    return nodes


def _two_mode(data: Database) -> pd.DataFrame:
    ids = f"{IDS} UNION SELECT 'patent:' || patent FROM invention"
    layers = {}
    for layer, end in {"invention": "inventor", "assignment": "assignee"}.items():
        layers[layer] = (
            data.relation(
                f"SELECT {end} AS source, 'patent:' || patent AS target, 1.0::DOUBLE AS weight, "
                f"period, row AS seen FROM {layer}"
            ),
            "seen",
        )
    return data.links(ids, layers)


def _pairs(data: Database, weighting: Weighting) -> pd.DataFrame:
    together = co_participation(
        data.relation("SELECT inventor, patent, period FROM invention"),
        member="inventor",
        event="patent",
        weighting=weighting,
        period="period",
    )
    hired = data.relation(f"""
        SELECT o.assignee AS source, i.inventor AS target, count(*)::DOUBLE AS weight, i.period,
            sum((i.location <> o.location)::INT)::DOUBLE AS transboundary,
            min(i.row * {data.size("owned") + data.size("mentions")} + o.row) AS seen
        FROM invention i JOIN assignment o USING (patent)
        GROUP BY o.assignee, i.inventor, i.period
    """)
    return data.links(
        IDS,
        {
            "co_inventor": (together, "period NULLS LAST, source, target"),
            "assignee_inventor": (hired, "seen"),
        },
    )

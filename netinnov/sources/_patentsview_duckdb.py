"""The tables of PatentsView as a network, computed by DuckDB within a limit of memory."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from functools import partial

import numpy as np
import pandas as pd

from netinnov._typing import Mask
from netinnov.linkages import co_participation
from netinnov.linkages._pairs import Weighting
from netinnov.sources._database import PIECE, Database, database, usual
from netinnov.sources._patentsview_files import (
    Found,
    columns_of,
    places_of,
    read_all,
    read_in_pieces,
    unescaped,
)
from netinnov.sources._reader_result import Tables

IDS = "SELECT inventor AS name FROM invention UNION SELECT assignee FROM assignment"

TRIMMED = r"regexp_replace({}, '\.0$', '')"


def read_by_duckdb(
    tables: dict[str, list[Found]],
    kinds: Mapping[str, str],
    *,
    patents: str,
    weighting: Weighting,
    only: Collection[str] | None,
    memory: str | None,
    temp: str | os.PathLike[str] | None,
    faults: list[str],
) -> Tables | None:
    with database(memory, temp, 'read_patentsview(engine="duckdb")') as data:
        _load(data, tables, only, faults)
        if not data.size("mentions"):
            return None
        places = _places(data, tables, faults)
        nodes = [_nodes(data, "invention", "inventor", "'talent'", places)]
        nodes.append(_assignees(data, places, kinds))
        if patents == "nodes":
            nodes.append(data.frame(PATENTS).set_index("node"))
            links = _two_mode(data)
        else:
            links = _pairs(data, weighting)
    if links["period"].isna().all():
        links = links.drop(columns="period")
    return Tables(pd.concat(nodes).rename_axis("node"), links, None if places.empty else places, ())


def _load(
    data: Database, tables: dict[str, list[Found]], only: Collection[str] | None, faults: list[str]
) -> None:
    for name, sort in (("mentions", "inventors"), ("owned", "assignees"), ("listed", "dates")):
        data.make(name, columns_of(sort))
    add = partial(data.add, "mentions")
    read_in_pieces(tables, "inventors", add, faults, within=only, size=PIECE)
    data.run("CREATE TABLE wanted AS SELECT DISTINCT patent FROM mentions")

    def wanted(patent: pd.Series) -> Mask:
        data.show("asked", pd.DataFrame({"patent": patent, "nth": range(len(patent))}))
        matches = data.arrow("SELECT nth FROM asked SEMI JOIN wanted USING (patent)")
        mask = np.zeros(len(patent), np.bool_)
        mask[matches["nth"].to_numpy()] = True
        return mask

    for name, sort in (("owned", "assignees"), ("listed", "dates")):
        add = partial(data.add, name)
        read_in_pieces(tables, sort, add, faults, wanted=wanted, size=PIECE)
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
    located = data.frame(f"""
        SELECT location, min(seen) AS seen FROM (
            SELECT location, row AS seen FROM mentions UNION ALL
            SELECT location, row + {data.size("mentions")} FROM rights)
        WHERE location IS NOT NULL GROUP BY location ORDER BY seen
    """)
    country = data.frame(usual("mentions", "location", "country")).set_index("location")["country"]
    locations = read_all(tables, "locations", None, faults)
    return places_of([*located["location"]], country, locations, faults)


def _assignees(data: Database, places: pd.DataFrame, kinds: Mapping[str, str]) -> pd.DataFrame:
    listed = ", ".join(f"('{digit}', '{kind}')" for digit, kind in kinds.items())
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


PATENTS = """
    SELECT 'patent:' || patent AS node, 'patent' AS kind, date
    FROM (SELECT patent, min(row) AS seen FROM invention GROUP BY patent)
    LEFT JOIN dated USING (patent) ORDER BY seen
"""


def _two_mode(data: Database) -> pd.DataFrame:
    ids = f"{IDS} UNION SELECT 'patent:' || patent FROM invention"
    layers = {}
    for layer, end in {"invention": "inventor", "assignment": "assignee"}.items():
        query = f"SELECT {end} AS source, 'patent:' || patent AS target, 1.0::DOUBLE AS weight,"
        layers[layer] = (data.relation(f"{query} period, row AS seen FROM {layer}"), "seen")
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

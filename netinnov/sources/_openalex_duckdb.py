"""Works of OpenAlex as links between institutions, computed by DuckDB within a limit of memory."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from netinnov.linkages import co_participation
from netinnov.linkages._pairs import Weighting
from netinnov.sources._database import PIECE, Database, database
from netinnov.sources._openalex_files import read_mentions


class WorksRead(NamedTuple):
    n_works: pd.Series  # how many works each institution has, in order of appearance
    works: pd.Index | None  # ids of the works, if they are nodes
    links: pd.DataFrame
    institutions: pd.DataFrame  # what is known of institutions, by their ids


def read_by_duckdb(
    folder: Path,
    *,
    works: str,
    weighting: Weighting,
    memory: str | None,
    temp: str | os.PathLike[str] | None,
    faults: list[str],
) -> WorksRead | None:
    with database(memory, temp, 'read_openalex(engine="duckdb")') as data:
        data.make("mentions", ["work", "author", "institution", "year"], whole=["year"])
        data.make("years", ["work", "year"], whole=["year"])
        pieces = (partial(data.add, "mentions"), partial(data.add, "years"))
        institutions = read_mentions(folder, *pieces, size=PIECE)
        if not _select(data, faults):
            return None
        counted = data.frame("""
            SELECT institution AS node, count(*) AS works
            FROM (SELECT institution, work, min(row) AS row FROM shared GROUP BY ALL)
            GROUP BY institution ORDER BY min(row)
        """)
        ids, nodes = None, IDS
        if works == "nodes":
            ids = pd.Index(data.frame(WORKS)["work"].array, dtype="str")
            nodes = f"{IDS} UNION SELECT 'work:' || work FROM shared"
            layers = {"authorship": (data.relation(AUTHORSHIP), "seen")}
        else:
            link = partial(co_participation, member="institution", period="year")
            shared = data.relation("SELECT * FROM shared")
            order = "period NULLS LAST, source, target"
            layers = {
                "co_publication": (link(shared, event="work", weighting=weighting), order),
                "co_affiliation": (link(data.relation(BOTH), event="event"), order),
                "mobility": (data.relation(MOVES), "source, target, period"),
            }
        links = data.links(nodes, layers)
        return WorksRead(counted.set_index("node")["works"], ids, links, institutions)


IDS = "SELECT DISTINCT institution AS name FROM named"

WORKS = "SELECT work FROM shared GROUP BY work ORDER BY min(row)"

AUTHORSHIP = """
    SELECT institution AS source, 'work:' || work AS target, 1.0::DOUBLE AS weight, year AS period,
        row AS seen FROM shared
"""

# An author of a work is an event of the institutions named
BOTH = "SELECT institution, work || ' ' || author AS event, year FROM named"
# Authors whose institution of a year differs from that of their last year with a work
MOVES = """
    WITH usual AS (
        SELECT author, year, institution FROM (
            SELECT author, year, institution, count(*) AS works, min(row) AS seen
            FROM named WHERE year IS NOT NULL GROUP BY author, year, institution)
        QUALIFY row_number() OVER (PARTITION BY author, year ORDER BY works DESC, seen) = 1),
    moves AS (
        SELECT lag(institution) OVER (PARTITION BY author ORDER BY year) AS source,
            institution AS target, year FROM usual)
    SELECT source, target, count(*)::DOUBLE AS weight, year AS period
    FROM moves WHERE source <> target GROUP BY source, target, year
"""


def _select(data: Database, faults: list[str]) -> bool:
    """Distinct mentions with all ids; False if there are none."""
    year, join = "mentions.year", ""
    if data.size("years"):
        dated = "CREATE TABLE dated AS SELECT work, arg_min(year, row) AS year FROM years"
        data.run(f"{dated} GROUP BY 1")
        year, join = "dated.year", "LEFT JOIN dated USING (work)"
    data.run(f"""
        CREATE TABLE named AS
        SELECT row, work, author, institution, {year} AS year FROM mentions
        SEMI JOIN (SELECT min(row) AS row FROM mentions
            WHERE work IS NOT NULL AND author IS NOT NULL AND institution IS NOT NULL
            GROUP BY work, author, institution) USING (row) {join}
    """)
    counts = data.arrow("""
        SELECT (SELECT count(*) FROM mentions WHERE institution IS NULL) AS nowhere,
            (SELECT count(*) FROM named) AS named,
            (SELECT count(DISTINCT work) FROM named WHERE year IS NULL) AS undated
    """)
    nowhere, n_named, undated = (column[0].as_py() for column in counts.columns)
    if nowhere:
        faults.append(f"authorships without an institution: {nowhere} of {data.size('mentions')}")
    if undated:
        faults.append(f"works without a year of publication: {undated}")
    data.run("DROP TABLE mentions")
    data.run("""
        CREATE TABLE shared AS
        SELECT min(row) AS row, institution, work, year FROM named GROUP BY ALL
    """)
    return bool(n_named)

"""Institutions that share works, authors and affiliations, from OpenAlex."""

from __future__ import annotations

from functools import partial
from os import PathLike
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from netinnov._network.columns import as_floats
from netinnov._runtime.arguments import as_path
from netinnov.errors import InputError
from netinnov.linkages import co_participation
from netinnov.linkages._pairs import Weighting
from netinnov.sources._complete_rows import check_events, most_frequent, warn_of, with_countries
from netinnov.sources._database import Database, database
from netinnov.sources._openalex_files import read_mentions
from netinnov.sources._reader_result import Tables

KINDS = {"education": "university", "company": "firm", "facility": "institute"}

IDS = "SELECT DISTINCT institution AS name FROM named"

N_WORKS = """
    SELECT institution AS node, count(*) AS works
    FROM (SELECT institution, work, min(row) AS row FROM shared GROUP BY ALL)
    GROUP BY institution ORDER BY min(row)
"""

WORKS = """
    SELECT 'work:' || work AS node, 'work' AS kind FROM shared GROUP BY work ORDER BY min(row)
"""

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


def read_openalex(
    path: str | PathLike[str],
    *,
    works: Literal["links", "nodes"] = "links",
    weighting: Weighting = "count",
    memory: str = "4GB",
) -> Tables:
    """Institutions whose authors write works together, belong to both, or move between them.

    Needs DuckDB: ``pip install 'netinnov[bigdata]'``.

    Parameters
    ----------
    path : path-like
        JSON lines of works and, for cities and coordinates, of institutions, in one file or in
        files anywhere below a folder (``.jsonl``, ``.json``, also ``.gz``; ``part_*.gz`` as in the
        snapshot; answers of the API, with ``results``, too). Or a folder with the tables that
        OpenAlex' own script makes of them: ``works_authorships.csv`` and, if any, ``works.csv``,
        ``institutions.csv`` and ``institutions_geo.csv``, also ``.gz``.
    works : {"links", "nodes"}
        ``"links"``: institutions are linked to one another. ``"nodes"``: works stay as nodes, and
        institutions are linked to the works of their authors.
    weighting : {"count", "newman", "full"}
        What two institutions get from a work they share, see `co_participation`; not with
        ``works="nodes"``.
    memory : str
        What DuckDB may hold in memory, with a unit. The files are read in pieces, and the result
        alone has to fit in memory; the rest goes to disk, in the folder for temporary files, some
        100 bytes for each institution that an author of a work names.

    Returns
    -------
    Tables
        ``nodes``: institutions by their ids (``I27837315``), in order of appearance; ``kind``
        (``university``, ``firm``, ``institute`` for OpenAlex' education, company and facility;
        other types as they are called), ``place``, ``name``, ``country``, ``ror`` and ``works``
        (how many). With ``works="nodes"``, below them, works of kind ``work``.

        ``links``: layer ``co_publication`` (works that institutions share), ``co_affiliation``
        (weight: pairs of work and author that name both) and, directed, ``mobility`` (weight:
        authors who moved); or the layer ``authorship``, of weight 1. ``period`` is the year of
        publication; for a move the year of the first work at the new institution. Layers and ids
        are categories.

        ``places``: the cities, ids ``"CITY, CC"`` as they are spelt, with the medians of the
        coordinates of their institutions, and the countries, which are their ``parent``; ``level``
        is ``city`` or ``country``. An institution without a city, as in works alone, lies in its
        country.

    Raises
    ------
    InputError
        Nothing of OpenAlex is found, a line is not JSON, a table lacks a column, or no author
        has an institution.
    ValueError
        An argument is none of the choices, or a weighting is given for ``works="nodes"``.
    ImportError
        DuckDB is not installed.

    Warns
    -----
    UserWarning
        Authorships without an institution, and works without a year, are left out of what needs
        them; the message counts them.

    Notes
    -----
    Authors are persons: they are counted, and are not in the result. An author's institution of a
    year is the one that most of the author's works of that year name, of equals the first; an
    author moves where it differs from that of the last year with a work. So a second affiliation
    is not a move, and one that comes to lead is. Two institutions that one author names share the
    work too: `co_affiliation` tells how much of `co_publication` that is.

    The schema is that of the documentation of 2025; the tests read a sample made by hand after it.

    Examples
    --------
    >>> network = build_network(*read_openalex("openalex-snapshot/data"))  # doctest: +SKIP
    """
    check_events("works", works, weighting)
    folder = as_path("path", path)
    faults: list[str] = []
    with database(memory, "read_openalex") as data:
        institutions = _load(data, folder, faults)
        nodes, places = _nodes(data.frame(N_WORKS).set_index("node")["works"], institutions)
        if works == "nodes":
            ids = f"{IDS} UNION SELECT 'work:' || work FROM shared"
            links = data.links(ids, {"authorship": (data.relation(AUTHORSHIP), "seen")})
            events = data.frame(WORKS).set_index("node")
            nodes = pd.concat([nodes, events]).rename_axis("node")
        else:
            data.check_pairs(folder, "shared", "work")
            links = _pairs(data, weighting)
    warn_of(faults)
    links = links[["layer", "source", "target", "weight", "period"]]
    if links["period"].isna().all():
        links = links.drop(columns="period")
    directed = ("mobility",) if (links["layer"] == "mobility").any() else ()
    return Tables(nodes, links, places, directed)


def _load(data: Database, folder: Path, faults: list[str]) -> pd.DataFrame:
    """Distinct mentions with all ids, as tables; return what is known of institutions."""
    data.make("mentions", ["work", "author", "institution", "year"], whole=["year"])
    data.make("years", ["work", "year"], whole=["year"])
    institutions = read_mentions(folder, partial(data.add, "mentions"), partial(data.add, "years"))
    year, join = "mentions.year", ""
    if data.size("years"):
        data.run("""
            CREATE TABLE dated AS
            SELECT work, arg_min(year, row) AS year FROM years GROUP BY work
        """)
        year, join = "dated.year", "LEFT JOIN dated USING (work)"
    data.run(f"""
        CREATE TABLE named AS
        SELECT row, work, author, institution, {year} AS year FROM mentions
        SEMI JOIN (SELECT min(row) AS row FROM mentions
            WHERE work IS NOT NULL AND author IS NOT NULL AND institution IS NOT NULL
            GROUP BY work, author, institution) USING (row) {join}
    """)
    data.run("""
        CREATE TABLE shared AS
        SELECT min(row) AS row, institution, work, year FROM named GROUP BY ALL
    """)
    counts = data.frame("""
        SELECT (SELECT count(*) FROM mentions WHERE institution IS NULL) AS nowhere,
            (SELECT count(*) FROM named) AS named,
            (SELECT count(DISTINCT work) FROM named WHERE year IS NULL) AS undated
    """)
    data.run("DROP TABLE mentions")
    nowhere, named, undated = counts.to_numpy(int)[0].tolist()
    if not named:
        raise InputError(f"{folder} must hold works whose authors have institutions; none has.")
    if nowhere:
        faults.append(f"authorships without an institution: {nowhere} of {data.size('mentions')}")
    if undated:
        faults.append(f"works without a year of publication: {undated}")
    return institutions


def _pairs(data: Database, weighting: Weighting) -> pd.DataFrame:
    link = partial(co_participation, member="institution", period="year")
    shared = link(data.relation("SELECT * FROM shared"), event="work", weighting=weighting)
    order = "period NULLS LAST, source, target"
    return data.links(
        IDS,
        {
            "co_publication": (shared, order),
            "co_affiliation": (link(data.relation(BOTH), event="event"), order),
            "mobility": (data.relation(MOVES), "source, target, period"),
        },
    )


def _nodes(
    n_works: pd.Series, institutions: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    ids = pd.Index(n_works.index, name="node", dtype="str")
    about = institutions.reindex(ids)
    text = about[["type", "name", "country", "ror", "city", "city_id"]].astype("str")
    country = text["country"]
    city = text["city"] + ", " + country
    # Of cities with one name in a country, those that are not the first have their id behind it.
    number = text["city_id"]
    first = most_frequent(number, city).reindex(city).set_axis(ids)
    other = number.notna() & (number != first)
    city = city.mask(other, city + " (" + number.fillna("") + ")")
    place = city.fillna(country)
    nodes = pd.DataFrame(
        {
            "kind": text["type"].replace(KINDS),
            "place": place,
            "name": text["name"],
            "country": country,
            "ror": text["ror"],
            "works": n_works.astype("Int64"),
        },
        index=ids,
    )
    if place.isna().all():
        return nodes, None
    at = pd.DataFrame({"place": city, "city": about["city"], "country": country}, ids)
    for axis, most in (("lon", 180), ("lat", 90)):
        degrees = as_floats(about[axis]).astype("float64")
        at[axis] = degrees.where(degrees.abs() <= most)
    at = at.dropna(subset="place")
    places = at.groupby("place", sort=False)[["lon", "lat"]].median()
    first_of = at.drop_duplicates("place").set_index("place")
    places["population"] = np.nan
    places["parent"] = first_of["country"]
    places["name"] = first_of["city"]
    places["country"] = first_of["country"]
    return nodes, with_countries(places, country)

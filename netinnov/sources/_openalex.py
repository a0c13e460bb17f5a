"""Institutions that share works, authors and affiliations, from OpenAlex."""

from __future__ import annotations

import re
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Literal, NoReturn

import pandas as pd

from netinnov._runtime.arguments import as_path, examples
from netinnov._runtime.encodings import decoded
from netinnov._runtime.opening import check_file, ending_of, kind_at_path, opened, parse_json
from netinnov.errors import InputError
from netinnov.linkages import co_participation
from netinnov.linkages._from_records import Weighting
from netinnov.sources import _complete_rows
from netinnov.sources._database import Database, database, degrees

KINDS = {"education": "university", "company": "firm", "facility": "institute"}
LARGEST = 2**25  # bytes of a line, or of an answer of the API

# What is read of each object, if it has it; numbers as text, as odd ones become missing
INSTITUTION = """
    id VARCHAR, display_name VARCHAR, ror VARCHAR, type VARCHAR, country_code VARCHAR,
    geo STRUCT(city VARCHAR, geonames_city_id VARCHAR, country_code VARCHAR,
        latitude VARCHAR, longitude VARCHAR)
"""
OBJECT = f"""
    {INSTITUTION}, publication_year VARCHAR,
    authorships STRUCT(author STRUCT(id VARCHAR), institutions STRUCT({INSTITUTION})[])[]
"""
ID = "nullif(split_part({}, '/', -1), '')"  # https://openalex.org/W1 is W1
# Each institution of each author of a work, in order; of no work: an institution's own record
MENTIONS = f"""
    CREATE TABLE mentions AS
    WITH objects AS (
        SELECT unnest(coalesce(entry.results, [entry]::STRUCT({OBJECT})[])) AS object
        FROM read_json($files, records = false, hive_partitioning = false,
            maximum_object_size = {LARGEST},
            columns = {{entry: 'STRUCT({OBJECT}, results STRUCT({OBJECT})[])'}})),
    authorships AS (
        SELECT {ID.format("object.id")} AS name, object.publication_year AS year,
            unnest(CASE left(name, 1)
                WHEN 'W' THEN object.authorships
                WHEN 'I' THEN [{{author: NULL, institutions: [object::STRUCT({INSTITUTION})]}}]
            END, max_depth := 2)
        FROM objects),
    listed AS (
        SELECT name, year, author.id AS author,
            unnest(if(len(institutions) > 0, institutions, [NULL])) AS listed FROM authorships)
    SELECT row_number() OVER () AS row, if(name LIKE 'W%', name, NULL) AS work,
        {ID.format("author")} AS author, {ID.format("listed.id")} AS institution, listed,
        try_cast(regexp_extract(year, '^(\\d+)(\\.0)?$', 1) AS BIGINT) AS year
    FROM listed
"""
TABLES = """
    CREATE TABLE named AS
    SELECT row, work, author, institution, year FROM mentions
    SEMI JOIN (SELECT min(row) AS row FROM mentions
        WHERE author IS NOT NULL AND institution IS NOT NULL
        GROUP BY work, author, institution) USING (row);

    CREATE TABLE shared AS
    SELECT min(row) AS row, institution, work, year FROM named GROUP BY ALL;

    -- An institution's own record goes before what works say, of that the first
    CREATE TABLE known AS
    SELECT institution, arg_min(display_name, rank) AS name, arg_min(type, rank) AS type,
        arg_min(ror, rank) AS ror, arg_min(geo, rank) AS geo,
        arg_min(coalesce(nullif(country_code, ''), geo.country_code), rank) AS country
    FROM (SELECT institution, if(work IS NULL, -row, row) AS rank, unnest(listed) FROM mentions)
    GROUP BY institution;
"""
COUNTS = """
    SELECT (SELECT count(*) FROM mentions WHERE institution IS NULL),
        (SELECT count(work) FROM mentions), (SELECT count(*) FROM named),
        (SELECT count(DISTINCT work) FROM named WHERE year IS NULL)
"""
INSTITUTIONS = f"""
    SELECT institution AS node, name, type, ror, country, works,
        geo.city AS city, geo.geonames_city_id AS city_id,
        {degrees("geo.longitude", 180)}::DOUBLE AS lon, {degrees("geo.latitude", 90)}::DOUBLE AS lat
    FROM (SELECT institution, count(*) AS works, min(row) AS seen FROM
        (SELECT institution, work, min(row) AS row FROM shared GROUP BY ALL)
        GROUP BY institution)
    JOIN known USING (institution) ORDER BY seen
"""
IDS = "SELECT DISTINCT institution AS name FROM named"
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
    memory: str | None = None,
) -> _complete_rows.Tables:
    """Institutions whose authors write works together, belong to both, or move between them.

    Needs DuckDB: ``pip install 'netinnov[bigdata]'``.

    Parameters
    ----------
    path : path-like
        JSON lines of works and, for cities and coordinates, of institutions, in one file or in
        files anywhere below a folder (``.jsonl``, ``.json``, also ``.gz``; ``part_*.gz`` as in the
        snapshot; answers of the API, with ``results``, too), a line or answer of up to 32 MiB.
    works : {"links", "nodes"}
        ``"links"``: institutions are linked to one another. ``"nodes"``: works stay as nodes, and
        institutions are linked to the works of their authors.
    weighting : {"count", "newman", "full"}
        What two institutions get from a work, see `co_participation`; only of ``"links"``.
    memory : str, optional
        What DuckDB may hold in memory, with a unit such as "4GB"; the result alone has to fit. The
        rest goes to the folder for temporary files, some 100 bytes for each institution of an
        author of a work. None: a quarter of the memory that the process may have.

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

        ``places``: the cities, ids ``"CITY, CC"``, with the medians of the coordinates of their
        institutions, and the countries, which are their ``parent``; ``level`` is ``city`` or
        ``country``. An institution without a city lies in its country.

    Raises
    ------
    InputError
        Nothing of OpenAlex is found, a line is not JSON, no author has an institution, or a
        weighting is given for ``works="nodes"``.
    ImportError
        DuckDB is not installed.

    Warns
    -----
    UserWarning
        Authorships have no institution, or works no year: they are left out of what needs them.

    Notes
    -----
    An author's institution of a year is the one that most of the author's works of that year name,
    of equals the first; an author moves where it differs from that of the last year with a work. So
    a second affiliation is not a move, and one that comes to lead is. Two institutions that one
    author names share the work too.

    Examples
    --------
    >>> network = build_network(*read_openalex("openalex-snapshot/data"))  # doctest: +SKIP
    """
    _complete_rows.check_events("works", works, weighting)
    folder = as_path("path", path)
    faults: list[str] = []
    with database(memory, "read_openalex") as data:
        _load(data, folder, faults)
        nodes, places = _nodes(data.frame(INSTITUTIONS).set_index("node"))
        if works == "nodes":
            ids = f"{IDS} UNION SELECT 'work:' || work FROM shared"
            links = data.links(ids, {"authorship": (data.relation(AUTHORSHIP), "seen")})
            events = data.frame(WORKS).set_index("node")
            nodes = pd.concat([nodes, events]).rename_axis("node")
        else:
            data.check_pairs(folder, "shared", "work")
            links = _pairs(data, weighting)
    _complete_rows.warn_of(faults)
    directed = ("mobility",) if (links["layer"] == "mobility").any() else ()
    return _complete_rows.Tables(nodes, links, places, directed)


def _load(data: Database, path: Path, faults: list[str]) -> None:
    """Distinct mentions with all ids, and what is known of institutions, as tables."""
    files = {data.name_of(file): file for file in _files(path)}
    try:
        data.run(MENTIONS, {"files": [*files]})
    except Exception as error:
        for name, file in reversed(files.items()):  # x.json.gz before x.json
            if name in str(error):
                _refuse(file, str(error).replace(name, file.name))
        raise
    data.run(TABLES)
    nowhere, n_rows, named, undated = data.run(COUNTS).fetchall()[0]
    data.run("DROP TABLE mentions")
    if not named:
        raise InputError(f"{path} must hold works whose authors have institutions; none has.")
    if nowhere:
        faults.append(f"authorships without an institution: {nowhere} of {n_rows}")
    if undated:
        faults.append(f"works without a year of publication: {undated}")


def _files(path: Path) -> list[Path]:
    kind = kind_at_path(path)
    if kind == "nothing":
        raise InputError(f"{path} does not exist; give a file or folder of OpenAlex.")
    files = [path]
    if kind == "a folder":
        files = sorted(entry for entry in path.rglob("*") if entry.is_file())
    of_openalex = [file for file in files if _is_json(file) or ending_of(file) == ".json"]
    if not of_openalex:
        raise InputError(
            f"{path} must hold JSON lines of OpenAlex (.jsonl, .gz); it holds "
            f"{examples([file.name for file in files], str) or 'nothing'}."
        )
    return [check_file(file) for file in of_openalex]


def _refuse(file: Path, why: str) -> NoReturn:
    """Refuse a file with its line at fault, as the number that DuckDB gives is often wrong."""
    with opened(file, times=0) as stream:
        for number, line in enumerate(iter(partial(stream.readline, LARGEST), b""), start=1):
            text = decoded(file.name, line, first=number).rstrip()
            if number == 1 and text.endswith(("{", "[", ",")):  # an answer of several lines
                text += "\n" + decoded(file.name, stream.read(LARGEST), first=2)
            if text and not isinstance(parse_json(file.name, text, first=number), dict):
                raise InputError(
                    f"{file.name}, line {number} must be an object of OpenAlex, or an answer "
                    f"with `results`; found {text[:40]!r}."
                )
    why = re.sub(r", in (line|record/value) \d+", "", why.splitlines()[0].partition(": ")[2])
    raise InputError(
        f"{file.name} must hold works and institutions as OpenAlex writes them; {why.rstrip('. ')}."
    )


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


def _nodes(about: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    country = about["country"]
    number = about["city_id"]
    city = about["city"] + ", " + country
    # Of cities with one name in a country, those that are not the first have their id behind it.
    first = _complete_rows.most_frequent(number, city).reindex(city).set_axis(about.index)
    other = number.notna() & (number != first)
    city = city.mask(other, city + " (" + number.fillna("") + ")")
    nodes = pd.DataFrame({"kind": about["type"].replace(KINDS), "place": city.fillna(country)})
    places = _complete_rows.places_of_cities(about.assign(place=city), country)
    nodes = nodes.join(about[["name", "country", "ror", "works"]])
    return nodes, None if places.empty else places


def is_openalex(folder: Path) -> bool:
    named = any(map(_is_json, folder.iterdir()))
    places = ("works", "data/works", "jsonl/works", "data/jsonl/works")  # the last two since 2026
    return named or any((folder / place).is_dir() for place in places)


def _is_json(file: Path) -> bool:
    part = file.name.casefold().startswith("part_") and file.suffix.casefold() == ".gz"
    return part or ending_of(file) == ".jsonl"

"""Institutions that share works, authors and affiliations, from OpenAlex."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from netinnov._network.columns import as_floats
from netinnov._runtime.arguments import as_path, examples
from netinnov._runtime.opening import kind_at_path, opened, parse_json
from netinnov.errors import InputError
from netinnov.linkages import co_participation
from netinnov.linkages._from_records import Weighting
from netinnov.sources._complete_rows import (
    Tables,
    check_events,
    most_frequent,
    places_of_cities,
    warn_of,
)
from netinnov.sources._database import PIECE, Database, database

MENTION = ("work", "author", "institution", "year")
INSTITUTION = ("institution", "name", "ror", "type", "country", "city", "city_id", "lat", "lon")
JSON = (".jsonl", ".jsonl.gz", ".json", ".json.gz")
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
        snapshot; answers of the API, with ``results``, too).
    works : {"links", "nodes"}
        ``"links"``: institutions are linked to one another. ``"nodes"``: works stay as nodes, and
        institutions are linked to the works of their authors.
    weighting : {"count", "newman", "full"}
        What two institutions get from a work, see `co_participation`; only of ``"links"``.
    memory : str
        What DuckDB may hold in memory, with a unit; the result alone has to fit. The rest goes to
        the folder for temporary files, some 100 bytes for each institution of an author of a work.

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
    directed = ("mobility",) if (links["layer"] == "mobility").any() else ()
    return Tables(nodes, links, places, directed)


def _load(data: Database, folder: Path, faults: list[str]) -> pd.DataFrame:
    """Distinct mentions with all ids, as tables; return what is known of institutions."""
    data.make("mentions", ["work", "author", "institution", "year"], whole=["year"])
    institutions = _read_mentions(folder, partial(data.add, "mentions"))
    data.run("""
        CREATE TABLE named AS
        SELECT row, work, author, institution, year FROM mentions
        SEMI JOIN (SELECT min(row) AS row FROM mentions
            WHERE work IS NOT NULL AND author IS NOT NULL AND institution IS NOT NULL
            GROUP BY work, author, institution) USING (row)
    """)
    data.run("""
        CREATE TABLE shared AS
        SELECT min(row) AS row, institution, work, year FROM named GROUP BY ALL
    """)
    counts = data.frame("""
        SELECT (SELECT count(*) FROM mentions WHERE institution IS NULL) AS nowhere,
            (SELECT count(*) FROM mentions) AS rows,
            (SELECT count(*) FROM named) AS named,
            (SELECT count(DISTINCT work) FROM named WHERE year IS NULL) AS undated
    """)
    data.run("DROP TABLE mentions")
    nowhere, n_rows, named, undated = counts.to_numpy(int)[0].tolist()
    if not named:
        raise InputError(f"{folder} must hold works whose authors have institutions; none has.")
    if nowhere:
        faults.append(f"authorships without an institution: {nowhere} of {n_rows}")
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
    nodes = text[["name", "country", "ror"]].assign(works=n_works.astype("Int64"))
    nodes = pd.DataFrame({"kind": text["type"].replace(KINDS), "place": place, **nodes})
    if place.isna().all():
        return nodes, None
    at = pd.DataFrame({"place": city, "city": about["city"], "country": country}, ids)
    for axis, most in (("lon", 180), ("lat", 90)):
        degrees = as_floats(about[axis]).astype("float64")
        at[axis] = degrees.where(degrees.abs() <= most)
    return nodes, places_of_cities(at, country)


def _read_mentions(path: Path, use: Callable[[pd.DataFrame], None]) -> pd.DataFrame:
    """Institutions by id; mentions go to ``use`` in pieces."""
    if kind_at_path(path) == "nothing":
        raise InputError(f"{path} does not exist; give a file or folder of OpenAlex.")
    files = [path]
    if kind_at_path(path) == "a folder":
        files = sorted(entry for entry in path.rglob("*") if entry.is_file())
    lines = [file for file in files if _is_json(file) or file.name.casefold().endswith(JSON)]
    if not lines:
        msg = f"{path} must hold JSON lines of OpenAlex (.jsonl, .gz); it holds "
        raise InputError(f"{msg}{examples([file.name for file in files], str) or 'nothing'}.")
    mentions: list[tuple[Any, ...]] = []
    known: dict[str, dict[str, Any]] = {}
    for file in lines:
        for where, entry in _entries(file):
            kind = _id(entry.get("id"))[:1]
            try:
                if kind == "I":
                    _learn(known, entry)
                elif kind == "W":
                    mentions += _of_work(entry, known)
            except (AttributeError, TypeError) as error:
                msg = f"{where}: {entry['id']} must be as OpenAlex writes it; {error}."
                raise InputError(msg) from None
            if len(mentions) >= PIECE:
                use(_mentions(mentions))
                mentions.clear()
    use(_mentions(mentions))
    return pd.DataFrame([*known.values()], columns=INSTITUTION).set_index("institution")


def _mentions(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=MENTION, dtype=object).astype(
        dict.fromkeys(MENTION[:3], "str")
    )
    year = as_floats(table["year"])
    return table.assign(year=year.where((year % 1 == 0) & (year.abs() < 2**53)).astype("Int64"))


def is_openalex(folder: Path) -> bool:
    named = any(map(_is_json, folder.iterdir()))
    places = ("works", "data/works", "jsonl/works", "data/jsonl/works")  # the last two since 2026
    return named or any((folder / place).is_dir() for place in places)


def _is_json(file: Path) -> bool:
    name = file.name.casefold()
    return name.endswith(JSON[:2]) or (name.startswith("part_") and name.endswith(".gz"))


def _entries(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with opened(file) as stream:
        for number, line in enumerate(stream, start=1):
            where, text = f"{file.name}, line {number}", line.decode("utf-8-sig", errors="replace")
            if not text.strip():
                continue
            if number == 1:  # perhaps of an object of several lines
                try:
                    json.loads(text)
                except json.JSONDecodeError:
                    text += stream.read().decode("utf-8-sig", errors="replace")
                except (ValueError, RecursionError):
                    pass
            entry = parse_json(file.name, text, first=number)
            several = entry.get("results", [entry]) if isinstance(entry, dict) else entry
            if not isinstance(several, list) or not all(isinstance(each, dict) for each in several):
                msg = f"{where} must be an object of OpenAlex, or an answer whose `results` are a "
                raise InputError(f"{msg}list of such; found {text.strip()[:40]!r}.")
            yield from ((where, each) for each in several)


def _of_work(work: dict[str, Any], known: dict[str, dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    year = work.get("publication_year")
    for authorship in work.get("authorships") or ():
        author = _id((authorship.get("author") or {}).get("id")) or None
        affiliations = authorship.get("institutions") or ()
        for institution in affiliations:
            _learn(known, institution)
            yield _id(work["id"]), author, _id(institution.get("id")) or None, year
        if not affiliations:
            yield _id(work["id"]), author, None, year


def _learn(known: dict[str, dict[str, Any]], entry: dict[str, Any]) -> None:
    """Institution record: its own entry overrides what a work lists."""
    name = _id(entry.get("id"))
    geo = entry.get("geo") or {}
    attributes = {
        "institution": name,
        "name": entry.get("display_name"),
        "ror": entry.get("ror"),
        "type": entry.get("type"),
        "country": entry.get("country_code") or geo.get("country_code"),
        "city": geo.get("city"),
        "city_id": geo.get("geonames_city_id"),
        "lat": geo.get("latitude"),
        "lon": geo.get("longitude"),
    }
    held = known.setdefault(name, dict.fromkeys(INSTITUTION))
    own = "geo" in entry
    held.update({key: value for key, value in attributes.items() if own or held[key] is None})


def _id(text: object) -> str:
    return str(text or "").rpartition("/")[2]

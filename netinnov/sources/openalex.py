"""Institutions that share works, authors and affiliations, from OpenAlex."""

from __future__ import annotations

import json
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from netinnov._arguments import as_path, examples
from netinnov._opening import parse_json, unpacked
from netinnov._path_kinds import kind_at_path
from netinnov._public import public_names
from netinnov.errors import InputError
from netinnov.linkages import Weighting, co_participation
from netinnov.sources._files import read_text_file
from netinnov.sources._records import check_events, most_frequent, warn_of
from netinnov.sources._result import Tables

__all__ = ["is_openalex", "read_openalex"]

__dir__ = public_names(globals())

KINDS = {"education": "university", "company": "firm", "facility": "institute"}
MENTION = ("work", "author", "institution", "year")
INSTITUTION = ("institution", "name", "ror", "type", "country", "city", "city_id", "lat", "lon")
JSON = (".jsonl", ".jsonl.gz", ".json", ".json.gz")
FLAT = "works_authorships.csv"


def read_openalex(
    path: str | PathLike[str],
    *,
    works: Literal["links", "nodes"] = "links",
    weighting: Weighting = "count",
) -> Tables:
    """Institutions whose authors write works together, belong to both, or move between them.

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
        What two institutions get from a work they share, see `co_participation`. There is nothing
        to choose with ``works="nodes"``.

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
        publication; for a move the year of the first work at the new institution.

        ``places``: the cities, ids ``"CITY, CC"`` as they are spelt, with the medians of the
        coordinates of their institutions, and the countries, which are their ``parent``. Where no
        city is known, as in works alone, institutions are in their country.

    Raises
    ------
    InputError
        Nothing of OpenAlex is found, a line is not JSON, a table lacks a column, or no author
        has an institution.
    ValueError
        An argument is none of the choices, or a weighting is given for ``works="nodes"``.

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
    is no move, and one that comes to lead is. Two institutions that one author names share the
    work too: `co_affiliation` tells how much of `co_publication` that is.

    The schema is that of the documentation of 2025; the tests read a sample made by hand after it.

    Examples
    --------
    >>> network = build_network(*read_openalex("openalex-snapshot/data"))  # doctest: +SKIP
    """
    check_events("works", works, weighting)
    folder = as_path("path", path)
    faults: list[str] = []
    mentions, institutions = _read(folder)
    if (nowhere := mentions["institution"].isna()).any():
        faults.append(f"authorships without an institution: {nowhere.sum()} of {nowhere.size}")
    mentions = mentions[~nowhere].dropna(subset=["work", "author"])
    if mentions.empty:
        msg = f"{folder} must hold works whose authors have institutions; none has."
        raise InputError(msg)
    mentions = mentions.drop_duplicates(["work", "author", "institution"], ignore_index=True)
    undated = mentions.loc[mentions["year"].isna(), "work"].nunique()
    if undated:
        faults.append(f"works without a year of publication: {undated}")
    warn_of(faults)

    nodes, places = _nodes(mentions, institutions)
    shared = mentions[["institution", "work", "year"]].drop_duplicates(ignore_index=True)
    if works == "nodes":
        parts = {"authorship": _two_mode(shared)}
        ids = pd.Index("work:" + shared["work"].drop_duplicates(), dtype="str")
        nodes = pd.concat([nodes, pd.DataFrame({"kind": "work"}, ids)]).rename_axis("node")
    else:
        both = mentions.assign(event=mentions["work"] + " " + mentions["author"])
        parts = {
            "co_publication": _pairs(shared, "work", weighting),
            "co_affiliation": _pairs(both, "event", "count"),
            "mobility": _moves(mentions),
        }
    links = pd.concat(
        [part.assign(layer=layer) for layer, part in parts.items()], ignore_index=True
    )
    links = links.astype({"layer": "str", "weight": "float64", "period": "Int64"})
    if links["period"].isna().all():
        links = links.drop(columns="period")
    directed = ("mobility",) if (links["layer"] == "mobility").any() else ()
    return Tables(nodes, links, places, directed)


def is_openalex(folder: Path) -> bool:
    """Whether a folder holds JSON lines or flattened tables of OpenAlex, or folders of works."""
    named = any(_base(file) == FLAT or _is_json(file) for file in folder.iterdir())
    return named or any(each.is_dir() for each in (folder / "works", folder / "data" / "works"))


def _files(path: Path) -> list[Path]:
    if kind_at_path(path) != "a folder":
        return [path]
    return sorted(entry for entry in path.rglob("*") if entry.is_file())


def _base(file: Path) -> str:
    return file.name.casefold().removesuffix(".gz")


def _is_json(file: Path) -> bool:
    name = file.name.casefold()
    return name.endswith(JSON[:2]) or (name.startswith("part_") and name.endswith(".gz"))


def _read(path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Who names which institution in which work, and what is known of institutions."""
    if kind_at_path(path) == "nothing":
        raise InputError(f"{path} does not exist; give a file or folder of OpenAlex.")
    files = _files(path)
    tables = {_base(file): file for file in files if _base(file).endswith(".csv")}
    if FLAT in tables:
        return _flat(tables)
    lines = [file for file in files if _is_json(file) or file.name.casefold().endswith(JSON)]
    if not lines:
        msg = f"{path} must hold JSON lines of OpenAlex (.jsonl, .gz) or {FLAT}; it holds "
        raise InputError(f"{msg}{examples([file.name for file in files], str) or 'nothing'}.")
    mentions: list[tuple[Any, ...]] = []
    known: dict[str, dict[str, Any]] = {}
    for file in lines:
        for entry in _entries(file):
            kind = _id(entry.get("id"))[:1]
            if kind == "I":
                _learn(known, entry)
            elif kind == "W":
                mentions += _of_work(entry, known)
    mentioned = pd.DataFrame(mentions, columns=MENTION).astype(
        {"work": "str", "author": "str", "institution": "str", "year": "Int64"}
    )
    return mentioned, pd.DataFrame([*known.values()], columns=INSTITUTION).set_index("institution")


def _entries(file: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file: one a line, or the results of an answer of the API."""
    with unpacked(file) as stream:
        for number, line in enumerate(stream, start=1):
            text = line.decode("utf-8-sig", errors="replace").strip()
            if not text:
                continue
            try:
                entry = json.loads(text)
            except ValueError:
                if number > 1:
                    msg = f"{file.name}, line {number} must be JSON; is the file cut off?"
                    raise InputError(msg) from None
                rest = stream.read().decode("utf-8-sig", errors="replace")
                entry = parse_json(file.name, text + "\n" + rest)
            several = entry.get("results", [entry]) if isinstance(entry, dict) else entry
            yield from (each for each in several if isinstance(each, dict))


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
    """What an object says of an institution; its own goes before what a work says of it."""
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


def _flat(tables: dict[str, Path]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same from the flattened tables."""

    def table(name: str, columns: dict[str, str], required: int) -> pd.DataFrame:
        if name not in tables:
            return pd.DataFrame(columns=[*columns.values()], dtype="str")
        file, known = tables[name], [*columns]
        text = read_text_file(
            file.parent, file.name, required=known[:required], optional=known[required:]
        )
        frame = text.frame.rename(columns=columns).reindex(columns=[*columns.values()])
        for column in ("work", "author", "institution"):
            if column in frame:
                frame[column] = frame[column].str.rpartition("/")[2]
        return frame

    mentions = table(
        FLAT, {"work_id": "work", "author_id": "author", "institution_id": "institution"}, 3
    )
    years = table("works.csv", {"id": "work", "publication_year": "year"}, 2)
    year = pd.to_numeric(years.drop_duplicates("work").set_index("work")["year"], errors="coerce")
    mentions["year"] = year.reindex(mentions["work"]).astype("Int64").array
    names = {"id": "institution", "display_name": "name", "ror": "ror", "type": "type"}
    about = table("institutions.csv", names | {"country_code": "country"}, 1)
    geo = table(
        "institutions_geo.csv",
        {
            "institution_id": "institution",
            "city": "city",
            "geonames_city_id": "city_id",
            "country_code": "country_of_city",
            "latitude": "lat",
            "longitude": "lon",
        },
        1,
    )
    both = about.drop_duplicates("institution").merge(
        geo.drop_duplicates("institution"), on="institution", how="outer"
    )
    both["country"] = both["country"].fillna(both["country_of_city"])
    return mentions, both.set_index("institution")[list(INSTITUTION[1:])]


def _id(text: object) -> str:
    return str(text or "").rpartition("/")[2]


def _nodes(
    mentions: pd.DataFrame, institutions: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """The institutions, and their cities and countries."""
    ids = pd.Index(mentions["institution"].unique(), name="node", dtype="str")
    about = institutions.reindex(ids)
    country = about["country"].astype("str")
    city = about["city"].astype("str") + ", " + country
    # Of cities with one name in a country, those that are not the first have their id behind it.
    number = about["city_id"].astype("str")
    first = most_frequent(number, city).reindex(city).set_axis(ids)
    other = number.notna() & (number != first)
    city = city.mask(other, city + " (" + number.fillna("") + ")")
    place = city if city.notna().any() else country
    works = mentions.groupby("institution")["work"].nunique().reindex(ids).astype("Int64")
    kind = about["type"].astype("str")
    nodes = pd.DataFrame(
        {
            "kind": kind.replace(KINDS),
            "place": place,
            "name": about["name"].astype("str"),
            "country": country,
            "ror": about["ror"].astype("str"),
            "works": works,
        },
        index=ids,
    )
    if place.isna().all():
        return nodes, None
    at = pd.DataFrame(
        {"place": city, "lon": _degrees(about["lon"], 180), "lat": _degrees(about["lat"], 90)}
    )
    places = at.dropna(subset="place").groupby("place", sort=False)[["lon", "lat"]].median()
    of_city = pd.DataFrame({"city": about["city"], "country": country, "place": city})
    of_city = of_city.dropna(subset="place").drop_duplicates("place").set_index("place")
    places["population"] = np.nan
    places["parent"] = of_city["country"]
    places["name"] = of_city["city"]
    places["country"] = of_city["country"]
    codes = pd.Index(country.dropna().unique(), dtype="str")
    above = pd.DataFrame({"name": codes, "country": codes}, index=codes)
    text = dict.fromkeys(("parent", "name", "country"), "str")
    return nodes, pd.concat([places, above]).rename_axis("place").astype(text)


def _degrees(values: pd.Series, most: float) -> pd.Series:
    number = pd.to_numeric(values, errors="coerce").astype("float64")
    return number.where(number.abs() <= most)


def _pairs(rows: pd.DataFrame, event: str, weighting: Weighting) -> pd.DataFrame:
    pairs: pd.DataFrame = co_participation(
        rows, member="institution", event=event, weighting=weighting, period="year"
    )
    return pairs


def _moves(mentions: pd.DataFrame) -> pd.DataFrame:
    """Authors whose institution of a year is another than that of their last year with a work."""
    dated = mentions.dropna(subset="year")
    counts = dated.groupby(["author", "year", "institution"], sort=False).size().rename("works")
    ranked = counts.reset_index().sort_values(
        ["author", "year", "works"], ascending=[True, True, False], kind="stable"
    )
    usual = ranked.drop_duplicates(["author", "year"])
    before = usual.groupby("author")["institution"].shift()
    moved = before.notna() & (before != usual["institution"])
    moves = pd.DataFrame(
        {
            "source": before[moved],
            "target": usual.loc[moved, "institution"],
            "period": usual.loc[moved, "year"],
        }
    )
    counted = moves.groupby(["source", "target", "period"]).size().rename("weight")
    return counted.astype("float64").reset_index()


def _two_mode(shared: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source": shared["institution"],
            "target": "work:" + shared["work"],
            "weight": 1.0,
            "period": shared["year"],
        }
    )

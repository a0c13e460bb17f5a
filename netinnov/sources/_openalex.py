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
from netinnov.sources._complete_rows import (
    check_events,
    most_frequent,
    two_mode,
    warn_of,
    with_countries,
)
from netinnov.sources._database import ReadingEngine, check_engine
from netinnov.sources._openalex_duckdb import WorksRead, read_by_duckdb
from netinnov.sources._openalex_files import read_mentions
from netinnov.sources._reader_result import Tables

KINDS = {"education": "university", "company": "firm", "facility": "institute"}


def read_openalex(
    path: str | PathLike[str],
    *,
    works: Literal["links", "nodes"] = "links",
    weighting: Weighting = "count",
    engine: ReadingEngine = "pandas",
    memory: str | None = None,
    temp: str | PathLike[str] | None = None,
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
        What two institutions get from a work they share, see `co_participation`; not with
        ``works="nodes"``.
    engine : {"pandas", "duckdb"}
        ``"duckdb"``, an extra, reads the files in pieces and computes on disk, for the snapshot.
        The result is the same, and it alone has to fit in memory; layers and ids of links are
        categories.
    memory : str, optional
        What DuckDB may hold in memory, with a unit; default ``"4GB"``.
    temp : path, optional
        The folder for what DuckDB writes to disk, some 100 bytes for each institution that an
        author of a work names; default that of the operating system.

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
    check_engine(engine, memory, temp)
    folder = as_path("path", path)
    faults: list[str] = []
    if engine == "duckdb":
        read = read_by_duckdb(
            folder, works=works, weighting=weighting, memory=memory, temp=temp, faults=faults
        )
    else:
        read = _read(folder, works=works, weighting=weighting, faults=faults)
    if read is None:
        raise InputError(f"{folder} must hold works whose authors have institutions; none has.")
    warn_of(faults)
    nodes, places = _nodes(read.n_works, read.institutions)
    if read.works is not None:
        events = pd.DataFrame({"kind": "work"}, "work:" + read.works)
        nodes = pd.concat([nodes, events]).rename_axis("node")
    links = read.links[["layer", "source", "target", "weight", "period"]]
    if links["period"].isna().all():
        links = links.drop(columns="period")
    directed = ("mobility",) if (links["layer"] == "mobility").any() else ()
    return Tables(nodes, links, places, directed)


def _read(folder: Path, *, works: str, weighting: Weighting, faults: list[str]) -> WorksRead | None:
    parts: list[pd.DataFrame] = []
    years: list[pd.DataFrame] = []
    institutions = read_mentions(folder, parts.append, years.append)
    mentions = pd.concat(parts, ignore_index=True)
    if years:
        year = pd.concat(years).drop_duplicates("work").set_index("work")["year"]
        mentions["year"] = year.reindex(mentions["work"]).array
    if (nowhere := mentions["institution"].isna()).any():
        faults.append(f"authorships without an institution: {nowhere.sum()} of {nowhere.size}")
    mentions = mentions[~nowhere].dropna(subset=["work", "author"])
    if mentions.empty:
        return None
    mentions = mentions.drop_duplicates(["work", "author", "institution"], ignore_index=True)
    undated = mentions.loc[mentions["year"].isna(), "work"].nunique()
    if undated:
        faults.append(f"works without a year of publication: {undated}")
    shared = mentions[["institution", "work", "year"]].drop_duplicates(ignore_index=True)
    if works == "nodes":
        target = "work:" + shared["work"]
        by_layer = [two_mode("authorship", shared["institution"], target, shared["year"])]
    else:
        both = mentions.assign(event=mentions["work"] + " " + mentions["author"])
        link = partial(co_participation, member="institution", period="year")
        by_layer = [
            link(shared, event="work", weighting=weighting).assign(layer="co_publication"),
            link(both, event="event").assign(layer="co_affiliation"),
            _moves(mentions).assign(layer="mobility"),
        ]
    links = pd.concat(by_layer, ignore_index=True)
    return WorksRead(
        mentions.groupby("institution", sort=False)["work"].nunique(),
        pd.Index(shared["work"].unique(), dtype="str") if works == "nodes" else None,
        links.loc[:, ["layer", "source", "target", "weight", "period"]].astype(
            {"layer": "str", "weight": "float64", "period": "Int64"}
        ),
        institutions,
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


def _moves(mentions: pd.DataFrame) -> pd.DataFrame:
    dated = mentions.dropna(subset="year")
    counts = dated.groupby(["author", "year", "institution"], sort=False).size().rename("works")
    ranked = counts.reset_index().sort_values(
        ["author", "year", "works"], ascending=[True, True, False], kind="stable"
    )
    usual = ranked.drop_duplicates(["author", "year"])
    before = usual.groupby("author")["institution"].shift()
    moved = before.notna() & (before != usual["institution"])
    moves = usual.loc[moved, ["institution", "year"]].assign(source=before[moved])
    moves = moves.rename(columns={"institution": "target", "year": "period"})
    counted = moves.groupby(["source", "target", "period"]).size().rename("weight")
    return counted.astype("float64").reset_index()

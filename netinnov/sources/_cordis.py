"""Research projects of the European Union and their participants, from CORDIS."""

from __future__ import annotations

from functools import partial
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import Literal

import pandas as pd

from netinnov._network.columns import as_floats
from netinnov._runtime.arguments import as_path, examples
from netinnov._runtime.opening import files_in, is_zip, kind_at_path
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
from netinnov.sources._delimited import TextTable, read_text_file

KINDS = {
    "HES": "university",
    "PRC": "firm",
    "REC": "institute",
    "PUB": "government",
    "OTH": "other",
}
# What every release of the last ten years has, and what came and went.
ORGANIZATION = ("projectID", "organisationID", "name", "activityType", "city", "country")
ORGANIZATION_MORE = ("shortName", "nutsCode", "geolocation", "ecContribution")
PROJECT = ("id", "startDate")
AMOUNTS = {"total_cost": "totalCost", "max_contribution": "ecMaxContribution"}
PROJECT_MORE = ("acronym", "title", "endDate", "frameworkProgramme", "fundingScheme")
NUMBER = r"[+-]?\d+(?:[.,]\d+)?"
DAY = r"(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?:[ T].*)?"
POINT = r"\(?\s*([+-]?\d+(?:\.\d+)?)\s*,\s*([+-]?\d+(?:\.\d+)?)\s*\)?"


def read_cordis(
    path: str | PathLike[str],
    *,
    projects: Literal["links", "nodes"] = "links",
    weighting: Weighting = "count",
) -> Tables:
    """Organisations that take part in the same research projects of the European Union.

    Parameters
    ----------
    path : path-like
        A folder or zip with ``organization.csv`` and ``project.csv``, as CORDIS publishes them;
        also gzipped, and with more in the name (``organization_2016.csv.gz``).
    projects : {"links", "nodes"}
        ``"links"``: organisations are linked to those they share a project with. ``"nodes"``:
        projects stay as nodes, and organisations are linked to their projects.
    weighting : {"count", "newman", "full"}
        What two organisations get from a project, see `co_participation`; only of ``"links"``.

    Returns
    -------
    Tables
        ``nodes``: organisations by ``organisationID``, in order of appearance; columns ``kind,
        place, name, short_name, country, nuts, contribution`` (sum of ``ecContribution`` in euros,
        NaN where none is given) and ``participations`` (projects). With ``projects="nodes"``, below
        them, projects of kind ``project``, ids ``"project:"`` and theirs; columns ``start, end``
        (dates as text), ``total_cost, max_contribution, programme, scheme``.

        ``links``: layer ``co_participation``, one row for each pair and year in which projects they
        share started; or layer ``participation``, of weight 1. ``period`` is the year the project
        started, missing where unknown. No layer is directed.

        ``places``: cities, ids ``"CITY, CC"``, and countries, ids ``"CC"``, which are their
        ``parent``; ``level`` is ``city`` or ``country``. ``lon`` and ``lat`` are the medians over
        the organisations there, NaN where none are given. One without a city lies in its country.

    Raises
    ------
    InputError
        The files cannot be found or read, lack a required column or hold a project twice; no
        number, date or point of a column can be read; a weighting is given with ``"nodes"``.

    Warns
    -----
    UserWarning
        Rows that are not as wide as the header or lack an id, and values that cannot be read, were
        left out; or ``project.csv`` does not list a project, whose links have no period.

    Notes
    -----
    Countries are as published: ``NA`` is Namibia, ``UK`` and ``EL`` are not ``GB`` and ``GR``. A
    city is its text in upper case, with single blanks: ``PARIS`` and ``PARIS CEDEX 07`` are two.

    An organisation that stands twice in a project takes part once, and both contributions count.
    Where its rows disagree on kind, name, country or city, the most frequent value is taken, of
    equals the first; the city among the rows of the country taken.

    Examples
    --------
    >>> network = build_network(*read_cordis("cordis-h2020projects-csv.zip"))  # doctest: +SKIP
    """
    check_events("projects", projects, weighting)
    folder = as_path("path", path)
    faults: list[str] = []
    read = partial(read_text_file, folder, delimiter=";", faults=faults)
    optional = (*PROJECT_MORE, *AMOUNTS.values())
    table = read(_file_in(folder, "project"), required=PROJECT, optional=optional)
    listed = _projects(table.complete(["id"], faults), faults)
    name = _file_in(folder, "organization")
    table = read(name, required=ORGANIZATION, optional=ORGANIZATION_MORE)
    rows = _participations(table.complete(["projectID", "organisationID"], faults), listed, faults)
    warn_of(faults)

    nodes = _organisations(rows)
    cities = rows[rows["place"].isin(nodes["place"].dropna())]
    spots = cities.drop_duplicates(["organisation", "place", "lon", "lat"])
    places = places_of_cities(spots, nodes["country"])
    meetings = rows[["organisation", "project", "period"]].drop_duplicates(ignore_index=True)
    if projects == "nodes":
        # Below the organisations the projects, also those that no table lists.
        index = listed.index.union(pd.Index(meetings["project"].unique(), dtype="str"), sort=False)
        events = listed.drop(columns="period").reindex(index).set_axis("project:" + index)
        events.insert(0, "kind", pd.Series("project", events.index, dtype="str"))
        nodes = pd.concat([nodes, events]).rename_axis("node")
        ends = {"source": meetings["organisation"], "target": "project:" + meetings["project"]}
        links = pd.DataFrame(ends | {"weight": 1.0, "period": meetings["period"]})
        layer = "participation"
    else:
        by = {"member": "organisation", "event": "project", "period": "period"}
        links = co_participation(meetings, weighting=weighting, **by)
        layer = "co_participation"
    links.insert(0, "layer", pd.Series(layer, links.index, dtype="str"))
    return Tables(nodes, links, places, ())


def _file_in(path: Path, stem: str) -> str:
    kind = kind_at_path(path)
    if kind == "nothing":
        raise InputError(f"{path} does not exist; give the folder or zip that holds {stem}.csv.")
    if kind != "a folder" and not is_zip(path):
        raise InputError(
            f"{path} must be a folder or a zip; it is neither, or a zip that is cut off."
        )
    names = files_in(path)
    bases = {name: PurePosixPath(name).name.casefold().removesuffix(".gz") for name in names}
    exact = [name for name, base in bases.items() if base == f"{stem}.csv"]
    like = [name for name, base in bases.items() if base.startswith(stem) and base[-4:] == ".csv"]
    if len(matching := exact or like) != 1:
        shown = examples(matching or names, str) or "nothing"
        raise InputError(f"{path} must hold one {stem}.csv or {stem}.csv.gz; it holds {shown}.")
    return matching[0]


def _projects(table: TextTable, faults: list[str]) -> pd.DataFrame:
    text = table.frame
    if (twice := text["id"].duplicated().to_numpy()).any():
        raise InputError(
            f"{table.name} must have one row a project; a second one in {table.at(twice, 'id')}."
        )
    start = _days(table, "startDate", faults)
    projects = {
        "name": text["title"],
        "short_name": text["acronym"],
        "start": start,
        "end": _days(table, "endDate", faults),
        **{name: _amounts(table, column, faults) for name, column in AMOUNTS.items()},
        "programme": text["frameworkProgramme"],
        "scheme": text["fundingScheme"],
        "period": pd.to_numeric(start.str[:4]).astype("Int64"),
    }
    return pd.DataFrame(projects).set_index(pd.Index(text["id"], name="project"))


def _participations(table: TextTable, projects: pd.DataFrame, faults: list[str]) -> pd.DataFrame:
    text = table.frame
    project = text["projectID"]
    unlisted = ~project.isin(projects.index).to_numpy()
    if unlisted.any():
        where = f"{unlisted.sum()} ({table.at(unlisted, 'projectID')})"
        fault = "participations without a period, their project is not in the table of projects"
        faults.append(f"{table.name}: {fault}: {where}")
    city = text["city"].str.normalize("NFC").str.replace(r"\s+", " ", regex=True)
    pair = table.frame["geolocation"].str.extract(f"^{POINT}$").astype("float64")
    good = (pair[0].abs() <= 90) & (pair[1].abs() <= 180)
    table.judge("geolocation", good, "'latitude,longitude'", faults)
    return pd.DataFrame(
        {
            "project": project,
            "organisation": text["organisationID"],
            "kind": text["activityType"].str.upper(),
            "name": text["name"],
            "short_name": text["shortName"],
            "country": text["country"].str.upper(),
            "nuts": text["nutsCode"],
            "city": city,
            "place": city.str.upper() + ", " + text["country"].str.upper(),
            "lon": pair[1].where(good),
            "lat": pair[0].where(good),
            "contribution": _amounts(table, "ecContribution", faults),
            "period": projects["period"].reindex(project).array,
        }
    )


def _organisations(rows: pd.DataFrame) -> pd.DataFrame:
    frequent = ["kind", "name", "short_name", "country", "nuts"]
    index = pd.Index(rows["organisation"].unique(), name="node", dtype="str")
    values = {name: most_frequent(rows[name], rows["organisation"]) for name in frequent}
    nodes = pd.DataFrame({name: each.reindex(index) for name, each in values.items()}, index)
    nodes["kind"] = nodes["kind"].replace(KINDS).str.lower()
    at_home = rows[rows["country"] == nodes["country"].reindex(rows["organisation"]).array]
    city = most_frequent(at_home["place"], at_home["organisation"]).reindex(nodes.index)
    nodes.insert(1, "place", city.fillna(nodes["country"]).astype("str"))
    by_id = rows.groupby("organisation", sort=False)
    nodes["contribution"] = by_id["contribution"].sum(min_count=1)
    nodes["participations"] = by_id["project"].nunique().astype("Int64")
    return nodes


def _amounts(table: TextTable, column: str, faults: list[str]) -> pd.Series:
    """Money with a decimal comma or point; both occur, even in one release."""
    text = table.frame[column]
    good = text.str.fullmatch(NUMBER)
    table.judge(column, good, "number such as 1234,5", faults)
    return as_floats(text.where(good).str.replace(",", "."))


def _days(table: TextTable, column: str, faults: list[str]) -> pd.Series:
    day = table.frame[column].str.extract(f"^{DAY}$", expand=False)
    table.judge(column, day.notna(), "date such as 2016-01-31", faults)
    return day

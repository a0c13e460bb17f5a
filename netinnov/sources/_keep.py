"""Partners of Interreg projects, from keep.eu."""

from __future__ import annotations

from os import PathLike
from typing import Literal

import numpy as np
import pandas as pd

from netinnov._arguments import as_path
from netinnov._opening import check_file
from netinnov.linkages._pairs_sql import Weighting
from netinnov.sources._complete_rows import (
    check_events,
    complete_rows,
    most_frequent,
    one_each,
    one_mode,
    two_mode,
    warn_of,
)
from netinnov.sources._judgement import some_lines
from netinnov.sources._reader_result import Tables
from netinnov.sources._text_tables import TextTable, read_text_file

COLUMNS = {
    "programme": "Programme",
    "acronym": "Acronym",
    "name": "Project Partner",
    "town": "Town",
    "country": "Country",
}
MORE = {
    "lead": "Lead Partner",
    "street": "Street",
    "postal_code": "Postal code",
    "website": "Website",
    "legal_status": "Legal Status",
    "code": "Country code",
}
# From the narrowest to the widest.
NUTS = {f"nuts{level}": f"NUTS{level} (or equivalent)" for level in (3, 2, 1)}
NO_STATUS = ("n/a", "na", "-")


def read_keep(
    path: str | PathLike[str],
    *,
    projects: Literal["links", "nodes"] = "links",
    weighting: Weighting = "count",
) -> Tables:
    """Organisations that are partners in the same Interreg projects.

    Parameters
    ----------
    path : path-like
        The table of partners that keep.eu exports (``;`` between columns, UTF-8), also ``.gz`` or
        ``.zip``: one row a partner in a project.
    projects : {"links", "nodes"}
        ``"links"``: partners are linked to those they share a project with. ``"nodes"``: projects
        stay as nodes, and partners are linked to their projects.
    weighting : {"count", "newman", "full"}
        What two partners get from a project they share, see `co_participation`; not with
        ``projects="nodes"``.

    Returns
    -------
    Tables
        ``nodes``: one row a partner, in order of appearance; columns ``kind`` (legal status:
        public, private, or missing), ``place, name, town, country, nuts`` (code of its NUTS 3
        region), ``street, postal_code, participations`` and ``leads`` (numbers of projects, and of
        those it leads). With ``projects="nodes"``, below them, one row a project of kind
        ``project``, id ``"project:PROGRAMME / ACRONYM"``, with ``programme`` and ``website``.

        ``links``: layer ``co_participation``, one row a pair; or layer ``participation`` with
        weight 1. No layer is directed, and none has periods: the file has no dates.

        ``places``: towns ``"TOWN, CC"``, below them their regions, NUTS 3, 2 and 1 by code, and
        countries by code, each the ``parent`` of those before: ``aggregate(network, level=1)``
        gives NUTS 3 regions, ``level=4`` countries. No coordinates.

    Raises
    ------
    InputError
        The file cannot be read, is cut off, has another delimiter, or lacks a column
        (``Programme, Acronym, Project Partner, Town, Country``); no NUTS code can be read.

    Warns
    -----
    UserWarning
        Rows were left out, because they have more or fewer fields than the header or lack a
        partner or project; or the columns of a row name two countries.

    Notes
    -----
    keep.eu gives partners no ids. The id here is made of the name, town and country code, and is
    the same in each file and each session: lower case, without accents, with single blanks in
    place of all else that is not a letter or digit, as in ``"university of malaga, malaga, ES"``.
    So spellings that differ in case, accents or punctuation are one partner; abbreviations,
    translations and departments that stand in the name are not, nor are seats in two towns.

    Where the code and the name of a country differ, the code decides if there is a region, which
    follows it, and else the name. A town has the region that most of its rows have,
    and two towns of one name in a country are one place. Towns without a region (outside the EU)
    lie in their country, and a region of another country is left out.

    A project is a programme and an acronym. A partner that stands twice in a project takes part
    once. Where rows of a partner differ, the most frequent value is taken, of equals the first.

    References
    ----------
    Interact, keep.eu: a database of projects and beneficiaries of European Union cross-border,
    transnational and interregional cooperation programmes.

    Examples
    --------
    >>> network = build_network(*read_keep("keep_partnership.csv"))  # doctest: +SKIP
    """
    check_events("projects", projects, weighting)
    faults: list[str] = []
    path = check_file(as_path("path", path))
    optional = [*MORE.values(), *NUTS.values()]
    table = read_text_file(
        path.parent, path.name, required=[*COLUMNS.values()], optional=optional, delimiter=";"
    )
    table.refuse_unended()
    ids = [COLUMNS[name] for name in ("programme", "acronym", "name")]
    table = complete_rows(table, ids, faults, described="programme, acronym or partner")
    rows = _rows(table, faults)
    warn_of(faults)
    partners = _partners(rows)
    places = _places(partners, rows)
    if projects == "nodes":
        nodes = pd.concat([partners, _projects(rows)]).rename_axis("node")
        met = rows[["partner", "project"]].drop_duplicates(ignore_index=True)
        links = two_mode("participation", met["partner"], "project:" + met["project"], None)
        return Tables(nodes, links.drop(columns="period"), places, ())
    return Tables(partners, one_mode(rows, member="partner", weighting=weighting), places, ())


def _rows(table: TextTable, faults: list[str]) -> pd.DataFrame:
    """One row a partner in a project, with its id, place and regions."""
    ours = {column: name for name, column in (COLUMNS | MORE | NUTS).items()}
    rows = table.frame.rename(columns=ours).replace(r"\s+", " ", regex=True)
    rows["cc"] = _countries(table, rows, faults)
    for level, column in NUTS.items():
        parts = rows[level].str.extract(r"^(?P<code>[A-Z]{2}\w*) ?/ ?(?P<label>.*)$")
        table.judge(column, parts["code"].notna(), "'CODE / LABEL'", faults)
        abroad = parts["code"].notna() & rows["cc"].notna() & (parts["code"].str[:2] != rows["cc"])
        if abroad.any() and level == "nuts3":
            where = f"{abroad.sum()} ({table.at(abroad.to_numpy(), column)})"
            faults.append(f"{table.name}: regions left out, of another country: {where}")
        rows[level] = parts["code"].mask(abroad)
        rows[f"{level}_label"] = parts["label"].mask(abroad)
    rows["project"] = rows["programme"] + " / " + rows["acronym"]
    rows["partner"] = _ids(rows)
    rows["place"] = rows["town"].str.upper() + ", " + rows["cc"]
    status = rows["legal_status"].str.lower()
    rows["kind"] = status.mask(status.isin(NO_STATUS))
    rows["lead"] = rows["lead"].str.lower() == "yes"
    return rows


def _countries(table: TextTable, rows: pd.DataFrame, faults: list[str]) -> pd.Series:
    """Codes of countries; from the name where there is none, or no region that follows it."""
    name = rows["country"].str.casefold()
    code = rows["code"].str.extract(r"^([A-Za-z]{2})\b", expand=False).str.upper()
    table.judge(MORE["code"], code.notna(), "'CC NAME'", faults)
    usual = most_frequent(name, code)
    other = code.notna() & name.notna() & (name != code.map(usual))
    if other.any():
        rows_differ = zip(table.lines[other], rows["country"][other], code[other], strict=True)
        shown = [f"{line} ({country}, {of_code})" for line, country, of_code in rows_differ]
        taken = "the code is taken if the row has a region, else the country"
        where = f"{other.sum()} ({some_lines(shown)})"
        faults.append(f"{table.name}: country and code differ, {taken}: {where}")
    by_name = name.map(most_frequent(code, name)).astype("str")
    code = code.mask(other & rows["nuts3"].isna(), by_name)
    spelt = name.map(most_frequent(rows["country"], name)).astype("str")
    return code.fillna(by_name).fillna(spelt)


def _ids(rows: pd.DataFrame) -> pd.Series:
    """Name, town and country as text that survives other ways of writing them."""
    plain = {}
    for column in ("name", "town"):
        text = rows[column].str.normalize("NFKD").str.replace("[\u0300-\u036f]", "", regex=True)
        text = text.str.casefold().str.replace(r"[\W_]+", " ", regex=True).str.strip()
        plain[column] = text.str.normalize("NFC").mask(text == "", rows[column])
    ids = plain["name"] + (", " + plain["town"]).fillna("") + (", " + rows["cc"]).fillna("")
    return ids.astype("str")


def _partners(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a partner: most frequent values and counts."""
    frequent = ("kind", "place", "name", "town", "cc", "nuts3", "street", "postal_code")
    nodes = one_each(rows, "partner", frequent)
    leads = rows.groupby(["partner", "project"], sort=False)["lead"].any().groupby(level="partner")
    nodes["participations"] = leads.size().astype("Int64")
    nodes["leads"] = leads.sum().astype("Int64")
    return nodes.rename(columns={"cc": "country", "nuts3": "nuts"})


def _projects(rows: pd.DataFrame) -> pd.DataFrame:
    first = rows.drop_duplicates("project").set_index("project")
    nodes = pd.DataFrame({"kind": pd.Series("project", first.index, dtype="str")})
    nodes = nodes.assign(name=first["acronym"], programme=first["programme"])
    nodes["website"] = most_frequent(rows["website"], rows["project"]).reindex(first.index)
    return nodes.set_axis("project:" + nodes.index)


def _places(partners: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Towns, regions and countries, each with the one that contains it."""
    of_partners = rows[rows["place"].isin(partners["place"].dropna())]
    towns = of_partners.drop_duplicates("place").set_index("place")
    levels = [("town", towns["town"], _above(of_partners, "place"), towns["cc"])]
    for level, kind in zip(NUTS, ("NUTS 3", "NUTS 2", "NUTS 1"), strict=True):
        known = rows[rows[level].notna()]
        first = known.drop_duplicates(level).set_index(level)
        levels.append((kind, first[f"{level}_label"], _above(known, level), first["cc"]))
    countries = rows[rows["cc"].notna()].drop_duplicates("cc").set_index("cc")
    usual = most_frequent(rows["country"], rows["cc"]).reindex(countries.index)
    nothing = pd.Series(index=countries.index, dtype="str")
    levels.append(("country", usual, nothing, countries.index.to_series()))
    parts = [
        pd.DataFrame({"level": kind, "name": name, "country": country, "parent": parent})
        for kind, name, parent, country in levels
    ]
    unknown = {"lon": np.nan, "lat": np.nan, "population": np.nan}
    places = pd.concat(parts).rename_axis("place").astype("str")
    return places.assign(**unknown)[[*unknown, *places.columns]]


def _above(rows: pd.DataFrame, column: str) -> pd.Series:
    """The next wider region that most rows of a place have, or else its country."""
    wider = [*NUTS, "cc"]
    wider = wider[wider.index(column) + 1 :] if column in wider else wider
    index = pd.Index(rows[column].unique())
    parent = pd.Series(index=index, dtype="str")
    for level in wider:
        parent = parent.fillna(most_frequent(rows[level], rows[column]).reindex(index))
    return parent

"""Lists of branches with the seats of their firms, and of participations, as a network."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from netinnov._network.columns import as_periods, as_text, is_blank, own_names
from netinnov._network.file_rows import row_unit, without_file
from netinnov._network.headers import check_columns, unused_columns
from netinnov._network.numeric_columns import Decimal
from netinnov._network.synonyms import MISSING, is_total
from netinnov._runtime.arguments import as_path, check_names, examples
from netinnov._runtime.encodings import check_encoding
from netinnov.errors import InputError
from netinnov.linkages import enclaves
from netinnov.sources._any_table import table_of
from netinnov.sources._complete_rows import Tables, most_frequent, say, warn_of
from netinnov.sources._delimited import AnyTable
from netinnov.sources._distance_tables import distances_of
from netinnov.sources._user_tables import raw_tables, renamed

LISTS = ("branches", "participations")
NEEDED = {
    "branches": ("firm", "place"),
    "seats": ("firm", "place"),
    "participations": ("member", "event"),
    "places": ("place",),
}
OPTIONAL = ("branch", "jurisdiction", "place", "seat")
PLACED = ("jurisdiction", "place", "seat")
OF_NODES = ("jurisdiction", "kind", "name", "node", "place")
OF_LINKS = ("layer", "period", "source", "target", "weight")


def branches_of_file(
    path: str | os.PathLike[str],
    *,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    decimal: Decimal | None = None,
    same: Mapping[str, str] | None = None,
) -> Tables:
    """Firms at their seats, their branches, which belong to the seat's place, and the places.

    Layer ``branches`` links firms to their branches, ``ownership`` the place of the seat to that
    of each branch.
    """
    held, measured = _held("branches", path, columns, encoding, decimal, same)
    faults = list[str]()
    table = held["branches"]
    rows = _complete(table, "branches", faults)
    pairs = [rows[["firm", "seat"]].set_axis(["firm", "place"], axis=1)] if "seat" in rows else []
    if "seats" in held:
        pairs.append(_complete(held["seats"], "seats", faults)[["firm", "place"]])
    known = pd.concat(pairs, ignore_index=True).dropna().drop_duplicates()
    several = known["firm"][known["firm"].duplicated()].unique()
    seats = known[~known["firm"].isin(several)].set_index("firm")["place"]
    if len(several):
        msg = "firms left out with their branches, as they have more than one seat"
        faults.append(f"{table.name}: {msg}: {len(several):,} ({examples(several)})")
    seatless = rows["firm"][~rows["firm"].isin(known["firm"])]
    if len(seatless):
        msg = f"{len(seatless):,} ({examples(seatless.unique())})"
        msg = f"branches left out, as their firm has no seat: {msg}"
        faults.append(f"{table.name}: {msg}")
    rows = rows[rows["firm"].isin(seats.index)]
    if rows.empty:
        listed = "\n- ".join(
            ["must hold a branch of a firm whose seat is known; it has none", *faults]
        )
        raise InputError(f"{table.name} {listed}.")
    home = rows["firm"].map(seats)
    spots = pd.unique(pd.concat([seats, rows["place"]]))
    names = rows["firm"] + ", " + rows["place"]
    names = rows["branch"].fillna(names) if "branch" in rows else names
    again = names.groupby(names).cumcount() + 1
    names = names.where(again == 1, names + " (" + again.astype("str") + ")")
    ids = own_names([*seats.index, *spots, *names], ())
    n_firms, n_spots = len(seats), len(spots)
    nodes = pd.DataFrame(
        {
            "node": ids,
            "kind": np.repeat(["firm", "place", "branch"], [n_firms, n_spots, len(rows)]),
            "place": [*seats, *spots, *rows["place"]],
            "jurisdiction": [*seats, *spots, *home],
            "name": [*seats.index, *spots, *names],
        }
    )
    more = _others(rows, ("place", "seat", "branch", "period"), OF_NODES)
    nodes = nodes.join(more.set_axis(nodes.index[n_firms + n_spots :], axis=0))
    firms = pd.Series(ids[:n_firms], seats.index)
    place_nodes = pd.Series(ids[n_firms : n_firms + n_spots], spots)
    ends = {"source": rows["firm"].map(firms), "target": ids[n_firms + n_spots :]}
    owned = pd.DataFrame(
        {"jurisdiction": home.map(place_nodes), "place": rows["place"].map(place_nodes)}
    )
    parts = [pd.DataFrame(ends | {"weight": 1.0}, rows.index), enclaves(owned)]
    layers = ["branches", "ownership"]
    links = pd.concat(parts, ignore_index=True)
    links.insert(0, "layer", np.repeat(layers, len(rows)))
    if "period" in rows:
        links["period"] = pd.concat([rows["period"]] * 2, ignore_index=True)
    places = _places(held, spots, faults)
    warn_of(faults)
    about = {"directed": True, "quantity": "amount", "unit": "branches"}
    table_of_layers = pd.DataFrame(about, pd.Index(layers, name="layer"))
    return Tables(nodes, links, places, tuple(layers), table_of_layers, *measured)


def participations_of_file(
    path: str | os.PathLike[str],
    *,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    decimal: Decimal | None = None,
    same: Mapping[str, str] | None = None,
) -> Tables:
    """Members and the events that they take part in, linked in the layer ``participation``.

    A member is where most of its rows say; events have no place.
    """
    held, measured = _held("participations", path, columns, encoding, decimal, same)
    faults = list[str]()
    table = held["participations"]
    rows = _complete(table, "participations", faults)
    if rows.empty:
        listed = "\n- ".join(["must hold a participation; it has none", *faults])
        raise InputError(f"{table.name} {listed}.")
    members, events = rows["member"].unique(), rows["event"].unique()
    names = [*members, *events]
    ids = own_names(names, ())
    kinds = np.repeat(["member", "event"], [len(members), len(events)])
    nodes = pd.DataFrame({"node": ids, "kind": kinds, "name": names})
    spots = []
    for column in (name for name in ("place", "jurisdiction") if name in rows):
        values = most_frequent(rows[column], rows["member"]).reindex(members)
        nodes[column] = pd.Series(values.array, nodes.index[: len(members)], "str")
        spots.append(values.dropna())
        n_values = rows.groupby("member", sort=False)[column].nunique()
        if len(several := n_values.index[n_values > 1]):
            msg = f"members with more than one {column}, of which the most frequent is taken"
            say([f"{table.name}: {msg}: {len(several):,} ({examples(several)})."], stacklevel=5)
    again = [name for name in ("member", "event", "period") if name in rows]
    rows = rows.drop_duplicates(again)
    of_member = dict(zip(members, ids, strict=False))
    of_event = dict(zip(events, ids[len(members) :], strict=True))
    ends = {"source": rows["member"].map(of_member), "target": rows["event"].map(of_event)}
    links = pd.DataFrame({"layer": "participation", **ends, "weight": 1.0})
    links = links.join(rows[[name for name in again if name == "period"]])
    links = links.join(_others(rows, ("member", "event", *OPTIONAL, "period"), OF_LINKS))
    places = _places(held, pd.unique(pd.concat(spots)) if spots else [], faults)
    warn_of(faults)
    return Tables(nodes, links.reset_index(drop=True), places, (), None, *measured)


def _held(
    source: str,
    path: str | os.PathLike[str],
    columns: Mapping[str, str] | None,
    encoding: str | None,
    decimal: Decimal | None,
    same: Mapping[str, str] | None,
) -> tuple[dict[str, AnyTable], tuple[pd.DataFrame | None, str]]:
    """The tables of a list under our names, and distances; all missing columns are named at once.

    Places are under the names that `same` keeps, but in the table of places.
    """
    path = as_path("path", path)
    asked, encoding = check_columns(columns), check_encoding(encoding)
    raw = raw_tables(path, source, encoding)
    say([text for table in raw.values() for text in table.notes], stacklevel=5)
    unused_columns(asked, {name: map(str, table.frame) for name, table in raw.items()})
    measured = distances_of(raw, asked, decimal)
    held = {name: renamed(name, table, asked) for name, table in raw.items()}
    missing = [
        f"{table.name} has no column `{column}`; it has {examples(table.frame.columns, str)}"
        for name, table in held.items()
        for column in NEEDED[name]
        if column not in table.frame
    ]
    if source == "branches" and "seats" not in held and "seat" not in held[source].frame:
        missing.append("a table of seats (`firm`, `place`) beside it, or a column `seat`")
    if missing:
        listed = "\n- ".join([f"{path} lacks what a list of {source} needs:", *missing])
        raise InputError(f'{listed}.\nName headers of yours by `columns`: "theirs" = "ours".')
    typed = {name: table_of(name, table, decimal) for name, table in held.items()}
    if same:
        typed = _under_kept_names(typed, same)
    return {name: table._replace(frame=typed[name]) for name, table in held.items()}, measured


def _under_kept_names(
    tables: dict[str, pd.DataFrame], same: Mapping[str, str]
) -> dict[str, pd.DataFrame]:
    places = [(name, each) for name, frame in tables.items() for each in PLACED if each in frame]
    texts = {(name, column): as_text(tables[name][column])[0] for name, column in places}
    known = pd.unique(pd.concat(texts.values()))
    check_names("[places] same", [*same, *same.values()], known, of="the places of the lists")
    listed = {*texts.get(("places", "place"), ())}
    for (name, column), text in texts.items():
        stay = listed if name == "places" else ()
        moved = {theirs: kept for theirs, kept in same.items() if kept not in stay}
        tables[name] = tables[name].assign(**{column: text.replace(moved)})
    return tables


def _complete(table: AnyTable, name: str, faults: list[str]) -> pd.DataFrame:
    """Rows that say all that is needed; blanks are missing, periods whole numbers."""
    rows, needed = table.frame.copy(), list(NEEDED[name])
    for column in (each for each in dict.fromkeys((*needed, *OPTIONAL)) if each in rows):
        text = as_text(rows[column])[0]
        rows[column] = text.mask(is_blank(text) | text.isin(MISSING))
    if "period" in rows:
        rows["period"], odd = as_periods(rows["period"])
        _tell(table, rows[odd], "periods left out, not whole numbers", faults)
    total = rows[needed].map(is_total).any(axis=1)
    blank = rows[needed].isna().any(axis=1) & ~total
    _tell(table, rows[total], "rows left out, of totals", faults)
    _tell(table, rows[blank], f"rows left out, without a {' or '.join(needed)}", faults)
    return rows[~(total | blank)]


def _tell(table: AnyTable, rows: pd.DataFrame, fault: str, faults: list[str]) -> None:
    if len(rows):
        where = f"{row_unit(table.frame)}{'s' * (len(rows) > 1)} {examples(rows.index, str)}"
        faults.append(f"{table.name}: {fault}: {len(rows):,} ({where})")


def _others(rows: pd.DataFrame, ours: Sequence[str], taken: Sequence[str]) -> pd.DataFrame:
    others = rows.drop(columns=[name for name in ours if name in rows])
    return others.set_axis(own_names([str(name) for name in others], taken), axis=1)


def _places(
    held: Mapping[str, AnyTable], used: Sequence[str], faults: list[str]
) -> pd.DataFrame | None:
    """The table of places, with those that only the list has."""
    if "places" not in held:
        return None
    table = held["places"]
    known = set(as_text(table.frame["place"])[0])
    if not (new := [place for place in used if place not in known]):
        return table.frame
    msg = "places without a row, so without coordinates"
    faults.append(f"{table.name}: {msg}: {len(new):,} ({examples(new)})")
    more = pd.DataFrame({"place": new}, range(len(new)))
    return pd.concat([without_file(table.frame), more], ignore_index=True)

"""Lists of branches with the seats of their firms, and of participations, as a network."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import Any

import pandas as pd

from netinnov._network.columns import as_periods, as_text, is_blank, misspelt, own_names
from netinnov._network.file_rows import row_unit, without_file
from netinnov._network.numeric_columns import COLUMNS, Decimal
from netinnov._network.synonyms import MISSING, is_total
from netinnov._runtime.arguments import as_path, check_names, examples
from netinnov.errors import InputError
from netinnov.sources._complete_rows import Tables, most_frequent, say, warn_of
from netinnov.sources._user_tables import typed_tables

LISTS = ("branches", "participations")
NEEDED = {
    "branches": ("firm", "place"),
    "seats": ("firm", "place"),
    "participations": ("member", "event"),
    "places": ("place",),
}
PLACED = ("place", "jurisdiction", "seat")


def read_list(
    path: str | os.PathLike[str],
    *,
    source: str,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    decimal: Decimal | None = None,
    same: Mapping[str, str] | None = None,
) -> Tables:
    """A network of a list; `same` joins places, whose table keeps the rows of names kept."""
    path = as_path("path", path)
    held, distances, unit = typed_tables(path, source, columns, encoding, decimal)
    missing = [
        f"{table.name} has no column `{column}`; it has {examples(table.frame.columns, str)}"
        for name, table in held.items()
        for column in NEEDED[name]
        if column not in table.frame
    ]
    for name, table in held.items():
        header = [str(column) for column in table.frame]
        for column in {*chain(*COLUMNS[name])} - {*header}:
            near = [theirs for theirs in header if misspelt(theirs, column)]
            missing += [f"{table.name} has {near[0]!r}: is it {column!r}?"] if near else []
    if source == "branches" and "seats" not in held and "seat" not in held[source].frame:
        missing.append("a table of seats (`firm`, `place`) beside it, or a column `seat`")
    if missing:
        lacks = "\n- ".join([f"{path} lacks what a list of {source} needs:", *missing])
        raise InputError(f'{lacks}.\nName headers of yours by `columns`: "theirs" = "ours".')
    typed = {name: table.frame for name, table in held.items()}
    if same:
        _join(typed, same)
    faults = list[str]()
    name = held[source].name
    places = typed.pop("places", None)
    rows = {
        each: _complete(held[each].name, table, NEEDED[each], faults)
        for each, table in typed.items()
    }
    if source == "branches":
        nodes, links = _of_branches(name, rows[source], rows.get("seats"), faults)
    else:
        nodes, links = _of_participations(name, rows[source], faults)
    if places is not None:
        used = dict.fromkeys(spot for end in PLACED if end in nodes for spot in nodes[end].dropna())
        listed = {*as_text(places["place"])[0]}
        if new := [spot for spot in used if spot not in listed]:
            faults.append(
                _counted(held["places"].name, "places without a row, so without coordinates", new)
            )
            rows_of_new = [without_file(places), pd.DataFrame({"place": new})]
            places = pd.concat(rows_of_new, ignore_index=True)
    warn_of(faults)
    directed = tuple(links["layer"].unique()) if source == "branches" else ()
    about = {"directed": True, "quantity": "amount", "unit": "branches"}
    layers = pd.DataFrame(about, pd.Index(directed, name="layer")) if directed else None
    return Tables(nodes, links, places, directed, layers, distances, unit)


def _of_branches(
    table: str, rows: pd.DataFrame, seats: pd.DataFrame | None, faults: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Firms, places and branches, which belong to the place of their firm's seat.

    Layer ``branches``: firms to branches; ``ownership``: the place of the seat to the branch's.
    """
    listed = [rows[["firm", "seat"]].set_axis(["firm", "place"], axis=1)] if "seat" in rows else []
    listed += [] if seats is None else [seats[["firm", "place"]]]
    known = pd.concat(listed).dropna().drop_duplicates()
    several = known["firm"][known["firm"].duplicated()].unique()
    seat = known[~known["firm"].isin(several)].set_index("firm")["place"]
    if len(several):
        faults.append(
            _counted(
                table,
                "firms left out with their branches, as they have more than one seat",
                several,
            )
        )
    if len(seatless := rows["firm"][~rows["firm"].isin(known["firm"])]):
        faults.append(_counted(table, "branches left out, as their firm has no seat", seatless))
    rows = rows[rows["firm"].isin(seat.index)].reset_index(drop=True)
    _refuse_none(rows, f"{table} must hold a branch of a firm whose seat is known", faults)
    names = rows["firm"] + ", " + rows["place"]
    names = rows["branch"].fillna(names) if "branch" in rows else names
    again = names.groupby(names).cumcount() + 1
    names = names.where(again == 1, names + " (" + again.astype("str") + ")")
    home = rows["firm"].map(seat)
    firms = {"kind": "firm", "name": seat.index, "place": seat.array, "jurisdiction": seat.array}
    spot = pd.concat([seat, rows["place"]]).unique()
    spots = {"kind": "place", "name": spot, "place": spot, "jurisdiction": spot}
    own = {"kind": "branch", "name": names, "place": rows["place"], "jurisdiction": home}
    more = _others(rows, ("place", "seat", "branch", "period"), ("node", *own))
    parts = (pd.DataFrame(firms), pd.DataFrame(spots), pd.DataFrame(own).join(more))
    nodes, ids = _with_ids(parts)
    ends = {
        "branches": (rows["firm"].map(ids["firm"]), ids["branch"].array),
        "ownership": (home.map(ids["place"]), rows["place"].map(ids["place"])),
    }
    links = [
        rows.filter(["period"]).assign(layer=layer, source=source, target=target, weight=1.0)
        for layer, (source, target) in ends.items()
    ]
    return nodes, pd.concat(links, ignore_index=True)


def _of_participations(
    table: str, rows: pd.DataFrame, faults: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Members, each where most of its rows say, and the events that they take part in."""
    _refuse_none(rows, f"{table} must hold a participation", faults)
    ends = ("member", "event")
    nodes, ids = _with_ids([pd.DataFrame({"kind": e, "name": rows[e].unique()}) for e in ends])
    for column in rows.columns.intersection(["place", "jurisdiction"]):
        by_member = rows.groupby("member", sort=False)[column].nunique()
        usual = most_frequent(rows[column], rows["member"]).reindex(by_member.index)
        nodes[column] = usual.reset_index(drop=True).reindex(nodes.index)
        if len(several := by_member.index[by_member > 1]):
            msg = f"members with more than one {column}, of which the most frequent is taken"
            say([f"{_counted(table, msg, several)}."])
    key = [*ends, *rows.columns.intersection(["period"])]
    rows = rows.drop_duplicates(key)
    source, target = (rows[end].map(ids[end]) for end in ends)
    links = rows[key[2:]].assign(layer="participation", source=source, target=target, weight=1.0)
    more = _others(rows, (*key, "branch", *PLACED), ("period", *links))
    return nodes, links.join(more).reset_index(drop=True)


def _refuse_none(rows: pd.DataFrame, must: str, faults: Sequence[str]) -> None:
    if rows.empty:
        raise InputError("\n- ".join([f"{must}; it has none", *faults]) + ".")


def _counted(table: str, fault: str, names: Collection[str] | pd.Series | pd.Index) -> str:
    return f"{table}: {fault}: {len(names):,} ({examples(dict.fromkeys(names))})"


def _with_ids(parts: Sequence[pd.DataFrame]) -> tuple[pd.DataFrame, pd.Series]:
    """Nodes with an id of their own, and the ids by kind and name."""
    nodes = pd.concat(parts, ignore_index=True)
    nodes.insert(0, "node", own_names(nodes["name"].tolist(), ()))
    return nodes, nodes.set_index(["kind", "name"])["node"]


def _join(tables: dict[str, pd.DataFrame], same: Mapping[str, str]) -> None:
    cells = [(name, end) for name, table in tables.items() for end in PLACED if end in table]
    places = {(name, end): as_text(tables[name][end])[0] for name, end in cells}
    known = [*{spot for text in places.values() for spot in text.dropna()}]
    check_names("[places] same", [*same, *same.values()], known, of="the places of the lists")
    listed = {*places.get(("places", "place"), ())}
    for (name, end), text in places.items():
        stay = listed if name == "places" else ()
        moved = {theirs: kept for theirs, kept in same.items() if kept not in stay}
        tables[name] = tables[name].assign(**{end: text.replace(moved)})


def _complete(
    name: str, table: pd.DataFrame, needed: Sequence[str], faults: list[str]
) -> pd.DataFrame:
    """Rows that say all that is needed; blanks are missing, periods whole numbers."""
    rows = table.copy()
    for column in rows.columns.intersection([*needed, *PLACED, "branch"]):
        text = as_text(rows[column])[0]
        rows[column] = text.mask(is_blank(text) | text.isin(MISSING))
    total = rows[[*needed]].map(is_total).any(axis=1)
    blank = rows[[*needed]].isna().any(axis=1) & ~total
    left_out: dict[str, Any] = {}
    if "period" in rows:
        rows["period"], left_out["periods left out, not whole numbers"] = as_periods(rows["period"])
    left_out["rows left out, of totals"] = total
    left_out[f"rows left out, without a {' or '.join(needed)}"] = blank
    for fault, at in left_out.items():
        if n := int(at.sum()):
            where = f"{row_unit(table)}{'s' * (n > 1)} {examples(rows.index[at], str)}"
            faults.append(f"{name}: {fault}: {n:,} ({where})")
    return rows[~(total | blank)]


def _others(rows: pd.DataFrame, ours: Sequence[str], taken: Sequence[str]) -> pd.DataFrame:
    others = rows.drop(columns=[name for name in ours if name in rows])
    return others.set_axis(own_names([str(name) for name in others], taken), axis=1)

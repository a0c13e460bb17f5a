"""Flows between places: a long table of origins and destinations, or a square matrix."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from types import NoneType
from typing import Annotated

import pandas as pd

from netinnov._network import flow_matrix
from netinnov._network.columns import as_periods, as_text, ids_of, is_blank, refuse_repeated
from netinnov._network.file_rows import GivenTable, has_file_rows
from netinnov._network.headers import (
    check_columns,
    described,
    our_names,
    unused_columns,
    unweighted,
)
from netinnov._network.numeric_columns import Decimal
from netinnov._runtime.arguments import as_path, check_type, did_you_mean, examples
from netinnov._runtime.encodings import check_encoding
from netinnov._typing import Is
from netinnov.errors import InputError
from netinnov.sources._any_table import read_any_table
from netinnov.sources._complete_rows import Tables, note, say, warn_of
from netinnov.sources._shares import NOUNS, Total, refuse_merged, scaled, sizes_of, total_of

FIRST = ("layer", "source", "target", "weight", "period")


def read_origin_destination(
    source: str | PathLike[str] | pd.DataFrame,
    *,
    rows: flow_matrix.Rows | None = None,
    period: Annotated[int, Is(whole=True)] | None = None,
    directed: bool | None = None,
    shares: bool | None = None,
    outflow: pd.Series | None = None,
    inflow: pd.Series | None = None,
    places: pd.DataFrame | None = None,
    name: str | None = None,
    aliases: Mapping[str, str] | None = None,
    layer: str = "flow",
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    decimal: Decimal | None = None,
) -> Tables:
    """Flows from origins to destinations: people, trips, goods, calls.

    Parameters
    ----------
    source : path-like or DataFrame
        A table, or a file of one as in `read_tables`. One row a flow, or a square matrix of
        origins and destinations, if its rows have the names of its columns.
    rows : {"origin", "destination"}, optional
        What the rows of a matrix are; its columns are the other. Default: origins, unless the
        corner has a word for destinations, which is asked about.
    period : int, optional
        The year or day of the whole table. Default: the column called period, year or 年份.
    directed : bool, optional
        Whether the flows have a direction. Default: yes; not those of a matrix that is symmetric,
        or empty above or below its diagonal, in which each pair of places is a link.
    shares : bool, optional
        Whether the weights are shares of all that leaves the origin, or of all that reaches the
        destination if only these add up: of 1 if none has more than that in total, else of 1,000 or
        10,000 if all add up to it, else of 100. Default: yes with an ``outflow`` or ``inflow``, if
        those of each of three origins or destinations or more add up so, or if not all are whole
        numbers and no origin has more than 100 in total.
    outflow, inflow : Series, optional
        What leaves each origin, or reaches each destination, in total, by node id: it turns shares
        of that into flows.
    places : DataFrame, optional
        One row a place, as `build_network` takes them; only the flows between these are read.
    name : str, optional
        The column of ``places`` with the names used in the flows. Default: the ids.
    aliases : mapping of str to str, optional
        Other names: from one in the flows to the one in ``places``, or to a new one.
    layer : str
        Name of the layer; a column ``layer`` of a long table goes before.
    columns : mapping of str to str, optional
        From headers of a long table, or the corner of a matrix, to our names, such as ``{"Ort":
        "source"}``. Without it: columns called origin, source, from or 起点; destination, target,
        to or 终点; weight, flow, value, count, trips, 权重, 人数 or share. Without a weight each
        row counts 1.
    encoding, decimal
        As in `read_tables`.

    Returns
    -------
    Tables
        ``nodes``: the places in the order of ``places`` or of appearance, of kind ``place``, lying
        in themselves; column ``name`` as in the flows. ``links``: one row a flow above 0; the
        other columns of a long table are attributes. A blank in a matrix is not a flow; flows
        within a place become self-links. ``places``: as given. ``directed``: all layers, or none.
        ``layers``: their ``quantity``, "share_of_origin" or "share_of_destination" for shares, else
        "amount".

    Raises
    ------
    InputError
        The file cannot be read, nor a mark in its numbers; a column is not found; a matrix is not
        square or has a name twice; a row or column holds totals, by its name or its sums; a value
        is not a number of 0 or more; shares exceed the whole, have no direction, or are of the
        other end; an origin has no outflow, or a destination no inflow; none of the places is in
        the flows.

    Warns
    -----
    UserWarning
        Rows were left out, without an origin, a destination or a number; places are not among the
        flows, and stay as nodes without links; there are columns of numbers and none is the
        weight; a matrix was read as links without a direction, or whole numbers or what reaches
        each destination as shares.

    Examples
    --------
    >>> matrix = pd.DataFrame({"a": [None, 60.5], "b": [80.0, None]}, index=["a", "b"])
    >>> totals = pd.Series({"a": 1000, "b": 200})
    >>> read_origin_destination(matrix, outflow=totals).links
      layer source target  weight
    0  flow      a      b   800.0
    1  flow      b      a   121.0
    """
    sizes = sizes_of(outflow, inflow, shares)
    check_type("layer", layer, str)
    check_type("places", places, pd.DataFrame, NoneType)
    check_type("aliases", aliases, Mapping, NoneType)
    check_type("name", name, str, NoneType)
    if name is not None and places is None:
        raise InputError("`name` is a column of `places`, which is missing.")
    shares = shares if sizes is None else True
    if shares and directed is False:
        raise InputError("shares have a direction; leave out directed=False.")
    faults: list[str] = []
    headers = check_columns(columns)
    table = _given_table(source, check_encoding(encoding))
    matrix = flow_matrix.as_matrix(table)
    if matrix is not None:
        corner = [str(name) for name in table.frame if name not in matrix[1]]
        unused_columns(headers, {"corner of the matrix": corner})
        flows, ends = flow_matrix.flows_of_matrix(table, *matrix, rows, decimal)
    else:
        if rows is not None:
            raise InputError(
                f"`rows` is of a matrix; {table.name} is not one, as its rows have other "
                "names than its columns."
            )
        flows, ends = _flows_of_table(table, headers, decimal, faults)
    if flows.empty:
        raise InputError(f"{table.name} must hold a flow above 0; it has none.")
    flows["layer"] = _layers(flows, layer, table.name)
    if period is not None:
        flows["period"] = pd.Series(int(period), flows.index, dtype="Int64")
    ids = ends.to_series().replace(dict(aliases or {}))
    if places is not None:
        ids = _in_places(ids, places, name, table.name, faults)
    flows = flow_matrix.without_totals(flows, ids, table.name)
    may_be_undirected = matrix is not None and not directed and not shares
    flows, why = flow_matrix.undirected(flows, ends) if may_be_undirected else (flows, "")
    if why and directed is None:
        table.notes.append(
            f"{table.name}: {why}, so its links have no direction and each pair is one link. "
            f"Flows with a direction need directed=True; in a study [layers.{layer}] directed "
            "= true."
        )
    directed = directed is not False and not why
    nodes = _nodes(ids, places)
    total, said = total_of(flows, shares if directed else False, sizes, table.name)
    flows = _between(flows, ids, total)
    quantity = "amount" if total is None or sizes else f"share_of_{NOUNS[total.end]}"
    if sizes and total:
        flows = scaled(flows, sizes, total)
    say([*table.notes, *said])
    warn_of(faults)
    first = [column for column in FIRST if column in flows]
    links = flows[[*first, *flows.columns.difference(first, sort=False)]]
    names = pd.Index(sorted(links["layer"].unique()), dtype="str", name="layer")
    layers = pd.DataFrame({"directed": directed, "quantity": quantity}, names)
    return Tables(nodes, links, places, tuple(names) if directed else (), layers)


def _given_table(source: str | PathLike[str] | pd.DataFrame, encoding: str | None) -> GivenTable:
    if isinstance(source, pd.DataFrame):
        table = GivenTable("the table", source, "", [])
    else:
        table = read_any_table(as_path("source", source), encoding, stripped=True)
        if table.frame.empty:
            raise InputError(f"{table.name} must have rows below its header; it has none.")
    frame = table.frame.set_axis(table.frame.columns.map(str), axis=1)
    refuse_repeated(table.name, frame.columns)
    return table._replace(frame=frame)


def _flows_of_table(
    table: GivenTable, columns: Mapping[str, str], decimal: Decimal | None, faults: list[str]
) -> tuple[pd.DataFrame, pd.Index]:
    named = any(level is not None for level in table.frame.index.names)
    frame = table.frame.reset_index(drop=has_file_rows(table.frame) or not named)
    header = [str(name) for name in frame]
    unused_columns(columns, {"links": header})
    ours = our_names(table.name, "flows", header, columns)
    note(described(table.name, ours, columns))
    table = table._replace(frame=frame.set_axis(table.rows, axis=0))
    frame = frame.rename(columns=ours)
    theirs = {name: column for column, name in ours.items()}
    table.notes.extend(table.repeated())
    links = pd.DataFrame(index=frame.index)
    for end, role in (("source", "origin"), ("target", "destination")):
        if end not in frame:
            raise InputError(
                f"{table.name} must be a square matrix, or have a column for the {role} such "
                f"as {role!r}; line 1 has {examples(header, str)}; name it: columns={{'...': "
                f"{end!r}}}, or in a study under [columns]. Members of events become links by "
                "co_participation()."
            )
        text, bad, _ = as_text(frame[end])
        if bad.any():
            raise InputError(
                f"{table.name} must have text or whole numbers in column {theirs[end]!r}; not "
                f"so: {table.where(bad)}."
            )
        links[end] = text.str.strip()
    links["weight"] = 1.0
    if "weight" in frame:
        links["weight"] = flow_matrix.numbers_of(
            frame["weight"],
            table,
            [theirs["weight"]],
            decimal,
            lambda at: f"{table.where([at])}, column {theirs['weight']!r}",
        )
    if "period" in frame:
        links["period"] = _periods(table, frame["period"].rename(theirs["period"]))
    more = frame.drop(columns=links.columns, errors="ignore")
    if "weight" not in frame:
        table.notes.extend(unweighted(table.name, more))
    nowhere = is_blank(links["source"]) | is_blank(links["target"])
    unknown = links["weight"].isna().to_numpy()
    for role, rows in (("an origin or destination", nowhere), ("a number", unknown & ~nowhere)):
        if rows.any():
            where = f"{rows.sum()} ({table.where(rows)})"
            faults.append(f"{table.name}: rows left out, without {role}: {where}")
    links = links[~nowhere & ~unknown]
    ends = pd.unique(links[["source", "target"]].to_numpy(object).ravel())
    links = links[links["weight"] > 0]
    if len(links) < len(more):
        more = more.take(links.index.to_numpy())
    flows = pd.concat([links, more], axis=1)  # once: each selection of rows visits each column
    return flows.reset_index(drop=True), pd.Index(ends, dtype="str")


def _periods(table: GivenTable, values: pd.Series) -> pd.Series:
    periods, bad = as_periods(pd.to_numeric(values, errors="coerce"))
    bad |= (values.notna() & periods.isna()).to_numpy(bool)
    if bad.any():
        where = f"{table.where(bad)}, column {values.name!r} ({values[bad].iloc[0]!r})"
        raise InputError(f"{table.name} must have whole numbers as periods; not so: {where}.")
    return periods


def _layers(flows: pd.DataFrame, layer: str, table: str) -> pd.Series:
    if "layer" not in flows:
        return pd.Series(layer, flows.index, dtype="str")
    layers, bad, _ = as_text(flows["layer"])
    if (nameless := bad | is_blank(layers)).any():
        pairs = flows.loc[nameless, ["source", "target"]].itertuples(index=False)
        msg = f"{table} must name a layer for each flow in column 'layer'; {nameless.sum()} "
        some = examples(pairs, lambda pair: f"{pair[0]} to {pair[1]}")
        raise InputError(f"{msg}flows have none: {some}.")
    return layers


def _in_places(
    names: pd.Series, places: pd.DataFrame, name: str | None, table: str, faults: list[str]
) -> pd.Series:
    if name is not None and name not in places:
        guess = did_you_mean(name, places.columns)
        raise InputError(f"`places` must have the column {name!r}{guess} that `name` asks for.")
    ids = ids_of(places, "place")
    called = ids if name is None else as_text(places[name].reset_index(drop=True))[0].str.strip()
    known = ~is_blank(called)
    if (twice := called[known & called.duplicated().to_numpy()]).size:
        shown = examples(twice.unique(), str)
        raise InputError(f"`places` must have a name once; twice or more: {shown}; key on the id.")
    ids_of_names = names.map(pd.Series(ids[known].to_numpy(), called[known]))
    if not ids_of_names.notna().any():
        raise InputError(
            f"none of the {known.sum()} places is among the names in {table}: "
            f"{examples(called, str)} there, {examples(names, str)} here; `name` says which "
            "column has the names."
        )
    lost = called[known & ~ids.isin([*ids_of_names.dropna(), *_parents(places)]).to_numpy()]
    if len(lost):
        faults.append(
            f"{table}: places that are not among its {len(names)} names, kept without links: "
            f"{len(lost)} of {known.sum()} ({examples(lost, str)}); if it has them under other "
            "names, give `aliases`, in a study `same` in [places]"
        )
    return ids_of_names


def _parents(places: pd.DataFrame) -> pd.Series:
    return as_text(places.get("parent", pd.Series(dtype="str")))[0].dropna()


def _nodes(ids: pd.Series, places: pd.DataFrame | None) -> pd.DataFrame:
    distinct = ids.dropna().drop_duplicates()
    index = pd.Index(distinct.to_numpy(), name="node", dtype="str")
    name = pd.Series(distinct.index.to_numpy(), index, dtype="str")
    if places is not None:
        place_ids = ids_of(places, "place")
        lowest = place_ids.isin(index) | ~place_ids.isin(_parents(places))
        index = pd.Index(place_ids[lowest], name="node", dtype="str")
    columns = {"kind": "place", "place": index, "name": name.reindex(index)}
    return pd.DataFrame(columns, index).astype("str")


def _between(flows: pd.DataFrame, ids: pd.Series, total: Total | None) -> pd.DataFrame:
    if total is not None:
        refuse_merged(flows, ids, total)
    by_id = {end: flows[end].map(ids).astype("str") for end in ("source", "target")}
    known = (by_id["source"].notna() & by_id["target"].notna()).to_numpy()
    flows = flows.assign(**by_id)
    return flows if known.all() else flows[known].reset_index(drop=True)

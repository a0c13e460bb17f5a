"""When enclaves opened, and balanced panels: of places, of pairs of places and of the links."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._network.columns import as_numbers, as_periods, as_text, refuse_repeated
from netinnov._network.hierarchy import nearest
from netinnov._network.rows import NO_PERIOD, Rows
from netinnov._runtime.arguments import as_list, as_whole, check_name, check_type, examples
from netinnov._typing import Codes, Floats, Integers
from netinnov.errors import InputError
from netinnov.linkages import find_enclaves
from netinnov.network import MultilayerNetwork


class Pairs(NamedTuple):
    """Pairs with a link in some period; all others are 0 throughout."""

    nodes: pd.Index
    source: Codes
    target: Codes
    weight: Floats  # pairs x periods
    periods: list[int]
    directed: bool

    def unordered(self, source: Codes | Integers, target: Codes | Integers) -> Integers:
        low = np.minimum(source, target).astype(np.int64)
        return low * self.nodes.size + np.maximum(source, target)


def linked_pairs(network: MultilayerNetwork, layer: str, periods: Sequence[int] | None) -> Pairs:
    layer = check_name("layer", layer, network.layers)
    rows, ends = network.storage.link_rows(), ["source", "target"]
    inside = (rows.layer == network.layers.index(layer)) & (rows.source != rows.target)
    rows = dated(rows.where(inside), f"layer {layer!r}", stacklevel=5)
    links = pd.DataFrame({name: getattr(rows, name) for name in [*ends, "period", "weight"]})
    asked = asked_periods(periods, links["period"])
    if empty := sorted(set(asked) - set(links["period"])):
        msg = f"every period must have links; {len(empty)} of {len(asked)} have none: {empty[:5]}."
        raise InputError(f"{msg} If they were not observed, name the others in `periods`.")
    links = links[links["period"].isin(asked)]
    wide = links.pivot_table("weight", ends, "period", aggfunc="sum", fill_value=0.0)
    source, target = (wide.index.get_level_values(end).to_numpy(np.int32) for end in ends)
    directed = layer in network.directed
    return Pairs(network.nodes.index, source, target, wide.to_numpy(), asked, directed)


def dated(rows: Rows, owner: str, *, stacklevel: int = 4) -> Rows:
    """Links that have a period; a warning counts the others."""
    if rows.period is None or not (known := rows.period != NO_PERIOD).any():
        raise InputError(f"{owner} must have links with a period; it has none.")
    if n := int((~known).sum()):
        msg = f"{n} links of {owner} have no period and are left out."
        warnings.warn(msg, UserWarning, stacklevel=stacklevel)
    return rows.where(known)


def asked_periods(periods: Sequence[int] | None, known: Any) -> list[int]:
    """Those that are asked for, sorted, or all whole numbers from the first known to the last."""
    if periods is None:
        return list(range(int(np.min(known)), int(np.max(known)) + 1))
    listed = as_list("periods", periods, "whole numbers")
    return sorted({as_whole("periods", each, low=-np.inf) for each in listed})


def enclave_openings(network: MultilayerNetwork, *, rank: pd.Series) -> pd.DataFrame:
    """List the enclaves of a network with the period in which each opened.

    Parameters
    ----------
    network : MultilayerNetwork
        Nodes have a place, a jurisdiction and, in the column ``opened``, the period.
    rank : Series
        A number for each place, larger for the more central one; see `find_enclaves`.

    Returns
    -------
    DataFrame
        ``node, home, host, direction`` as from `find_enclaves`, and ``opened`` (or missing); for
        `event_study` (ties of home and host) and `evaluate_openings` (outcomes of homes).

    Raises
    ------
    InputError
        Nodes have no column ``opened``, or it holds a value that is not a whole number.

    Examples
    --------
    >>> park = {"place": "hangzhou", "jurisdiction": "quzhou", "opened": 2016}
    >>> links = pd.DataFrame({"source": ["p"], "target": ["p"]})
    >>> network = MultilayerNetwork(pd.DataFrame(park, index=["p"]), links)
    >>> enclave_openings(network, rank=pd.Series({"hangzhou": 12.2, "quzhou": 2.3}))
      node    home      host direction  opened
    0    p  quzhou  hangzhou   reverse    2016
    """
    nodes = network.nodes
    check_columns("nodes", nodes, ["opened"])
    enclaves = find_enclaves(network, rank=rank)
    opened = opening_periods(nodes["opened"].reindex(enclaves["node"]))
    return enclaves.assign(opened=opened.array)


def check_columns(name: str, table: pd.DataFrame, needed: Sequence[Any]) -> None:
    """Refuse what is not a table with these columns; None is none."""
    check_type(name, table, pd.DataFrame)
    refuse_repeated(f"`{name}`", table.columns)
    known = [None, *table.columns]
    if missing := [column for column in needed if column not in known]:
        have = ", ".join(map(str, table.columns))
        raise InputError(f"`{name}` must have the columns {missing}; it has {have}.")


def opening_periods(opened: pd.Series) -> pd.Series:
    periods, bad = as_periods(opened)
    if bad.any():
        msg = "'opened' must be whole numbers as the periods are, or missing; found "
        raise InputError(f"{msg}{opened[bad].tolist()[:5]}; dates give years by `.dt.year`.")
    return periods


def first_openings(
    openings: pd.DataFrame,
    key: Any,
    keys: pd.Index,
    by: str | None,
    name: Callable[[Any], str] = repr,
) -> pd.DataFrame:
    """For each of `keys` its earliest opening (inf: none), its group, and if one is undated."""
    opened = opening_periods(openings["opened"]).to_numpy(np.float64, na_value=np.nan)
    table = pd.DataFrame({"key": np.asarray(key), "opened": opened})
    table["group"] = openings[by].array if by else "all"
    first = table[table.groupby("key")["opened"].rank("min") == 1].drop_duplicates(["key", "group"])
    if (bare := first["group"].isna()).any():
        msg = f"each place that opens must have a {by!r}; {bare.sum()} have none"
        raise InputError(f"{msg}: {examples(first.loc[bare, 'key'], name)}.")
    if (twice := first["key"].duplicated()).any():
        of = name(first.loc[twice, "key"].iloc[0])
        msg = f"the first openings of {of} are of two values of {by!r} in one period"
        raise InputError(f"{msg}; keep one of them in `openings`.")
    undated = keys.isin(table.loc[table["opened"].isna(), "key"])
    first = first.set_index("key").reindex(keys)
    return first.assign(opened=first["opened"].fillna(np.inf), undated=undated)


def read_panel(
    panel: pd.DataFrame, outcome: str, match: str | None
) -> tuple[pd.DataFrame, Integers]:
    """Outcomes, places by periods, and the quartile of each place."""
    check_columns("panel", panel, ["period", match])
    if {"measure", "node", "value"} <= {*panel}:  # from measure_panel
        panel = panel[panel["measure"] == outcome]
        panel = panel.rename(columns={"node": "place", "value": outcome})
    check_columns("panel", panel, ["place", outcome])
    panel = panel.reset_index(drop=True)
    place = as_text(panel["place"])[0]
    period, bad = as_periods(panel["period"])
    value, odd = as_numbers(panel[outcome])
    bad = bad | period.isna().to_numpy() | place.isna().to_numpy() | odd | ~np.isfinite(value)
    if bad.any():
        rows = examples(np.flatnonzero(bad).tolist(), str)
        msg = f"each row of the panel must have a place, a whole period and a number {outcome!r}; "
        raise InputError(f"{msg}{bad.sum():,} have not, e.g. row {rows}.")
    table = pd.DataFrame({"place": place, "period": period.astype("int64"), "value": value})
    if (twice := table.duplicated(["place", "period"], keep=False)).any():
        rows = examples(np.flatnonzero(twice).tolist(), str)
        raise InputError(f"the panel must have one row a place and period; not so rows {rows}.")
    wide = table.pivot(index="place", columns="period", values="value")
    if (gaps := wide.isna().any(axis=1)).any():
        names = examples(wide.index[gaps])
        msg = f"every place must be in every period of the panel; {gaps.sum():,} are not: {names}."
        raise InputError(f"{msg} Leave out places, or periods, that are not complete.")
    if match is None:
        return wide, np.zeros(len(wide), np.int64)
    start = period == wide.columns[0]
    size = pd.Series(as_numbers(panel.loc[start, match])[0], place[start]).reindex(wide.index)
    if not np.isfinite(size).all():
        raise InputError(f"`match` must be numbers in the first period; {match!r} is not.")
    return wide, pd.qcut(size.rank(method="first"), 4, labels=False).to_numpy()


def read_openings(
    openings: pd.DataFrame, by: str | None, wide: pd.DataFrame
) -> tuple[Floats, pd.Series[Any], int]:
    """Period of each opening (inf: never; -inf: not known); its group; openings elsewhere."""
    check_columns("openings", openings, ["opened", by])
    of_enclaves = "place" not in openings and "home" in openings
    if of_enclaves:
        openings = openings.rename(columns={"home": "place"})
    check_columns("openings", openings, ["place"])
    place = as_text(openings["place"])[0]
    elsewhere = place[openings["opened"].notna() & ~place.isin(wide.index)].nunique()
    first = first_openings(openings, place, wide.index, by)
    opened = first["opened"].where(first["opened"] <= wide.columns[-1], np.inf).to_numpy(copy=True)
    if of_enclaves:
        opened[first["undated"]] = -np.inf
    return opened, first["group"].rename(by), elsewhere


def shares_of_links(network: MultilayerNetwork | None, places: pd.Index[str]) -> sparse.csr_array:
    """Share of the link weight of each place of the panel that leads to each other."""
    if network is None:
        return sparse.csr_array((len(places), len(places)))
    storage, names = network.storage, network.storage.place_names
    at = names.get_indexer(places)
    if (at < 0).all():
        msg = "places of the panel must be places of the network's nodes; none is: the panel has "
        raise InputError(f"{msg}{examples(places)}; the network {examples(names) or 'none'}.")
    rows = storage.link_rows()
    observed = np.array([not storage.records[name].modelled for name in network.layers], bool)
    ends = storage.place_codes[[rows.source, rows.target]]
    used = observed[rows.layer] & (ends[0] != ends[1]) & (ends >= 0).all(axis=0)
    size = len(names) + 1  # the last: no place of the network
    way = sparse.coo_array((rows.weight[used], tuple(ends[:, used])), shape=(size, size))
    ties = sparse.csr_array(way + way.T)
    around = ties.sum(axis=1)
    to_one = sparse.diags_array(1 / np.where(around > 0, around, 1.0))
    return sparse.csr_array(to_one @ ties)[at][:, at]


def treatment_of(
    pairs: Pairs, openings: pd.DataFrame, network: MultilayerNetwork, by: str | None
) -> pd.DataFrame:
    """Of each pair: position of the first period with an enclave, group, and if undated."""
    check_columns("openings", openings, ["home", "host", "opened", by])
    home, host = (_positions(openings[end], end, network) for end in ("home", "host"))
    other, size = home != host, pairs.nodes.size
    first = first_openings(
        openings[other],
        pairs.unordered(home, host)[other],
        pd.Index(pairs.unordered(pairs.source, pairs.target)),
        by,
        lambda key: " and ".join(repr(pairs.nodes[at]) for at in divmod(key, size)),
    )
    cohort = np.searchsorted(pairs.periods, first["opened"])  # the number of periods: never
    return first.assign(cohort=cohort, group=first["group"].astype("str"))


def _positions(names: pd.Series, column: str, network: MultilayerNetwork) -> Integers:
    """Positions of nodes; a place that is not a node stands for its first ancestor that is."""
    nodes, places, ids = network.nodes.index, network.storage.place_names, pd.Index(names)
    node_of = nodes.get_indexer(places)
    place = places.get_indexer(ids).astype(np.int32)
    around = np.append(node_of, -1)[nearest(node_of >= 0, network.storage.parents, place)]
    at = nodes.get_indexer(ids)
    at = np.where(at < 0, around, at)
    if missing := list(dict.fromkeys(names[at < 0].astype("str"))):
        msg = f"`openings`: {len(missing)} values of {column!r} are neither nodes of the network"
        raise InputError(f"{msg} nor places inside one: {examples(missing)}; see aggregate().")
    return at.astype(np.int64)

"""When enclaves and places open, as tables that panels are read with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._network.columns import as_periods, as_text
from netinnov._runtime.arguments import examples
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.linkages import find_enclaves
from netinnov.network import MultilayerNetwork
from netinnov.panels._measure_panel import check_columns


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


def opening_periods(opened: pd.Series) -> pd.Series:
    periods, bad = as_periods(opened)
    if bad.any():
        raise InputError(
            "'opened' must be whole numbers as the periods are, or missing; found "
            f"{opened[bad].tolist()[:5]}; dates give years by `.dt.year`."
        )
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
        raise InputError(
            f"each place that opens must have a {by!r}; {bare.sum()} have none:"
            f" {examples(first.loc[bare, 'key'], name)}."
        )
    if (twice := first["key"].duplicated()).any():
        of = name(first.loc[twice, "key"].iloc[0])
        raise InputError(
            f"the first openings of {of} are of two values of {by!r} in one period; "
            "keep one of them in `openings`."
        )
    undated = keys.isin(table.loc[table["opened"].isna(), "key"])
    first = first.set_index("key").reindex(keys)
    return first.assign(opened=first["opened"].fillna(np.inf), undated=undated)


def read_openings(
    openings: pd.DataFrame, by: str | None, wide: pd.DataFrame
) -> tuple[Floats, pd.Series[Any], int]:
    """Period of each opening (inf: never; -inf: not known); its group; openings elsewhere."""
    check_columns("openings", openings, ["opened"] if by is None else ["opened", by])
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
    storage = network.storage
    names = network.storage.place_names
    at = names.get_indexer(places)
    if (at < 0).all():
        raise InputError(
            "places of the panel must be places of the network's nodes; none is: the panel has "
            f"{examples(places)}; the network {examples(names) or 'none'}."
        )
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

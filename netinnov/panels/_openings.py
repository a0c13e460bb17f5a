"""The balanced panel of pairs of places, and when an enclave opened between two of them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._network.columns import as_numbers, refuse_repeated
from netinnov._network.hierarchy import nearest, parents
from netinnov._network.rows import NO_PERIOD
from netinnov._runtime.arguments import as_list, check_name, check_type, examples, shown
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

    @property
    def n_pairs(self) -> int:
        """All pairs of nodes, also those that are never linked."""
        ordered = self.nodes.size * (self.nodes.size - 1)
        return ordered if self.directed else ordered // 2

    def unordered(self, source: npt.NDArray[Any], target: npt.NDArray[Any]) -> Integers:
        low = np.minimum(source, target).astype(np.int64)
        key: Integers = low * self.nodes.size + np.maximum(source, target)
        return key


def linked_pairs(
    network: MultilayerNetwork, layer: str, periods: Sequence[int] | None, function: str
) -> Pairs:
    layer = check_name("layer", layer, network.layers)
    rows = network.storage.link_rows()
    if rows.period is None:
        raise InputError(f"{function} needs links with a column `period`; there is none.")
    links = pd.DataFrame(
        {name: getattr(rows, name) for name in ("source", "target", "period", "weight")}
    )
    links = links[(rows.layer == network.layers.index(layer)) & (rows.source != rows.target)]
    timeless = links["period"] == NO_PERIOD
    if timeless.any():
        msg = f"{function}: {timeless.sum()} links of layer {layer!r} have no period"
        warnings.warn(f"{msg} and are left out.", UserWarning, stacklevel=4)
    links = links[~timeless]
    if links.empty:
        raise InputError(f"layer {layer!r} must have links with a period; it has none.")
    asked = list(range(links["period"].min(), links["period"].max() + 1))
    if periods is not None:
        asked = sorted(set(whole_numbers("periods", periods)))
    if len(asked) < 2:
        raise InputError(f"`periods` must be two or more; found {asked}.")
    if empty := sorted(set(asked) - set(links["period"])):
        msg = f"every period must have links; {len(empty)} of {len(asked)} have none: {empty[:5]}."
        raise InputError(f"{msg} If they were not observed, name the others in `periods`.")
    links = links[links["period"].isin(asked)]
    directed, ends = layer in network.directed, ["source", "target"]
    if not directed:
        links[ends] = np.sort(links[ends])
    wide = links.pivot_table("weight", ends, "period", aggfunc="sum", fill_value=0.0)
    source, target = (wide.index.get_level_values(end).to_numpy(np.int32) for end in ends)
    return Pairs(network.nodes.index, source, target, wide.to_numpy(), asked, directed)


def whole_numbers(argument: str, values: Sequence[Any]) -> list[int]:
    listed = as_list(argument, values, "whole numbers")
    if wrong := [value for value in listed if not isinstance(value, Integral)]:
        raise InputError(f"`{argument}` must be whole numbers; found {wrong[:5]}.")
    return [int(value) for value in listed]


def enclave_openings(
    network: MultilayerNetwork, *, rank: pd.Series, opened: str = "opened"
) -> pd.DataFrame:
    """List the enclaves of a network with the period in which each opened.

    For `event_study` (ties of home and host) and `evaluate_openings` (outcomes of homes).

    Parameters
    ----------
    network : MultilayerNetwork
        Nodes with a place and a jurisdiction.
    rank : Series
        A number for each place, larger for the more central one; see `find_enclaves`.
    opened : str
        The column of the nodes with the period of the opening.

    Returns
    -------
    DataFrame
        ``node, home, host, direction`` as from `find_enclaves`, and ``opened`` (or missing).

    Raises
    ------
    InputError
        Nodes have no such column, or it holds a value that is not a number.

    Examples
    --------
    >>> import pandas as pd
    >>> from netinnov import MultilayerNetwork
    >>> park = {"place": "hangzhou", "jurisdiction": "quzhou", "opened": 2016}
    >>> links = pd.DataFrame({"source": ["p"], "target": ["p"]})
    >>> network = MultilayerNetwork(pd.DataFrame(park, index=["p"]), links)
    >>> rank = pd.Series({"hangzhou": 12.2, "quzhou": 2.3})
    >>> enclave_openings(network, rank=rank)
      node    home      host direction  opened
    0    p  quzhou  hangzhou   reverse    2016
    """
    nodes = network.nodes
    column: object = opened
    if not isinstance(column, str) or column not in nodes:
        msg = f"nodes must have the column {shown(opened)} with the period of the opening"
        raise InputError(f"{msg}; found the columns {list(nodes.columns)}.")
    enclaves = find_enclaves(network, rank=rank)
    when = opening_periods(nodes[opened].reindex(enclaves["node"]), opened)
    return enclaves.assign(opened=pd.Series(when, enclaves.index).astype("Int64"))


def check_columns(name: str, table: pd.DataFrame, needed: Sequence[Any]) -> None:
    """Refuse what is not a table with these columns; None is none."""
    check_type(name, table, pd.DataFrame)
    refuse_repeated(f"`{name}`", table.columns)
    known = [None, *table.columns]
    if missing := [column for column in needed if column not in known]:
        have = ", ".join(map(str, table.columns))
        raise InputError(f"`{name}` must have the columns {missing}; it has {have}.")


def opening_periods(periods: pd.Series, name: str) -> Floats:
    number, text = as_numbers(periods)
    bad = periods[text | (~np.isnan(number) & (number != np.floor(number))) | np.isinf(number)]
    if len(bad):
        msg = f"{name!r} must be whole numbers as the periods are, or missing"
        raise InputError(f"{msg}; found {bad.tolist()[:5]}; dates give years by `.dt.year`.")
    return np.asarray(number, dtype=np.float64)


def first_openings(
    openings: pd.DataFrame,
    key: Any,
    keys: pd.Index,
    by: str | None,
    name: Callable[[Any], str] = repr,
) -> pd.DataFrame:
    """For each of `keys` its earliest opening (inf: none), its group, and if one is undated."""
    table = pd.DataFrame({"key": np.asarray(key)})
    table["opened"] = opening_periods(openings["opened"], "opened")
    table["group"] = openings[by].array if by else "all"
    dated = table.dropna(subset="opened")
    first = dated[dated["opened"] == dated.groupby("key")["opened"].transform("min")]
    first = first.drop_duplicates(["key", "group"])
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


NEVER = np.iinfo(np.int64).max  # cohort of a pair without an enclave in the panel


def treatment_of(
    pairs: Pairs, openings: pd.DataFrame, network: MultilayerNetwork, *, by: str | None
) -> pd.DataFrame:
    """For each pair the position of the first period with an enclave, its group, if undated."""
    check_columns("openings", openings, ["home", "host", "opened", by])
    home = _positions(openings["home"], "home", network)
    host = _positions(openings["host"], "host", network)
    other, size = home != host, pairs.nodes.size
    first = first_openings(
        openings[other],
        pairs.unordered(home, host)[other],
        pd.Index(pairs.unordered(pairs.source, pairs.target)),
        by,
        lambda key: " and ".join(repr(pairs.nodes[at]) for at in divmod(key, size)),
    )
    cohort = np.searchsorted(pairs.periods, first["opened"])
    cohort = np.where(cohort < len(pairs.periods), cohort, NEVER)
    return first.assign(cohort=cohort, group=first["group"].astype("str"))


def _positions(names: pd.Series, column: str, network: MultilayerNetwork) -> npt.NDArray[np.int64]:
    """Positions of nodes; a place that is not a node stands for its first ancestor that is."""
    nodes = network.nodes.index
    places = network.storage.places
    at = nodes.get_indexer(pd.Index(names))
    node_of = nodes.get_indexer(places.index)
    place = places.index.get_indexer(pd.Index(names)).astype(np.int32)
    place = nearest(node_of >= 0, parents(places), place)
    at = np.where((at < 0) & (place >= 0), np.append(node_of, -1)[place], at)
    if missing := list(dict.fromkeys(names[at < 0].astype("str"))):
        msg = f"`openings`: {len(missing)} values of {column!r} are neither nodes of the network"
        raise InputError(f"{msg} nor places inside one: {examples(missing)}; see aggregate().")
    return at.astype(np.int64)

"""The balanced panel of pairs of places, and when an enclave opened between two of them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._network.columns import as_numbers
from netinnov._network.hierarchy import nearest, parents
from netinnov._network.rows import NO_PERIOD
from netinnov._runtime.arguments import as_list, check_name, examples, shown
from netinnov._typing import Codes, Floats
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

    @property
    def unordered(self) -> npt.NDArray[np.int64]:
        low = np.minimum(self.source, self.target).astype(np.int64)
        return low * self.nodes.size + np.maximum(self.source, self.target)


def linked_pairs(
    network: MultilayerNetwork, layer: str, periods: Sequence[int] | None, function: str
) -> Pairs:
    layer = check_name("layer", layer, network.layers)
    rows = network.storage.link_rows()
    if rows.period is None:
        raise InputError(f"{function} needs links with a column `period`; there is none.")
    inside = (rows.layer == network.layers.index(layer)) & (rows.source != rows.target)
    timeless = inside & (rows.period == NO_PERIOD)
    if timeless.any():
        msg = f"{function}: {timeless.sum()} links of layer {layer!r} have no period"
        warnings.warn(f"{msg} and are left out.", UserWarning, stacklevel=4)
    inside &= ~timeless
    if not inside.any():
        raise InputError(f"layer {layer!r} must have links with a period; it has none.")
    when = rows.period[inside]
    asked = list(range(int(when.min()), int(when.max()) + 1))
    if periods is not None:
        asked = sorted(set(whole_numbers("periods", periods)))
    if len(asked) < 2:
        raise InputError(f"`periods` must be two or more; found {asked}.")
    if empty := sorted(set(asked) - set(when.tolist())):
        msg = f"every period must have links; {len(empty)} of {len(asked)} have none: {empty[:5]}."
        raise InputError(f"{msg} If they were not observed, name the others in `periods`.")
    inside &= np.isin(rows.period, asked)
    source, target = rows.source[inside], rows.target[inside]
    directed = layer in network.directed
    if not directed:
        source, target = np.minimum(source, target), np.maximum(source, target)
    n = network.n_nodes
    key, row = np.unique(source.astype(np.int64) * n + target, return_inverse=True)
    weight = np.zeros((key.size, len(asked)))
    at = row, np.searchsorted(asked, rows.period[inside])
    np.add.at(weight, at, rows.weight[inside])
    source, target = (end.astype(np.int32) for end in np.divmod(key, n))
    return Pairs(network.nodes.index, source, target, weight, asked, directed)


def whole_numbers(argument: str, values: Sequence[Any]) -> list[int]:
    listed = as_list(argument, values, "whole numbers")
    if wrong := [value for value in listed if not isinstance(value, Integral)]:
        raise InputError(f"`{argument}` must be whole numbers; found {wrong[:5]}.")
    return [int(value) for value in listed]


NEVER = np.iinfo(np.int64).max  # cohort of a pair without an enclave in the panel


class Treatment(NamedTuple):
    """First period with an enclave (position) and group of each pair."""

    cohort: npt.NDArray[np.int64]
    group: npt.NDArray[np.int64]  # -1 without an enclave
    undated: npt.NDArray[np.bool_]
    groups: tuple[str, ...]


def enclave_openings(
    network: MultilayerNetwork, *, rank: pd.Series, opened: str = "opened"
) -> pd.DataFrame:
    """List the enclaves of a network with the period in which each opened, for `event_study`.

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


def treatment_of(
    pairs: Pairs, openings: Any, network: MultilayerNetwork, *, by: str | None
) -> Treatment:
    """Match openings to pairs, in either direction; the earliest counts."""
    if not isinstance(openings, pd.DataFrame):
        msg = "`openings` must be a DataFrame with columns home, host and opened"
        raise InputError(f"{msg}; found {type(openings).__name__}.")
    if not isinstance(by, str | None):
        raise InputError(f"`by` must be the name of a column of `openings`; found {shown(by)}.")
    columns = ["home", "host", "opened", *([by] if by else [])]
    if lacks := [name for name in columns if name not in openings]:
        msg = f"`openings` must have the columns {', '.join(columns)}; it lacks {lacks}."
        raise InputError(msg)
    home = _positions(openings["home"], "home", network)
    host = _positions(openings["host"], "host", network)
    enclaves = pd.DataFrame(
        {
            "key": np.minimum(home, host) * pairs.nodes.size + np.maximum(home, host),
            "opened": opening_periods(openings["opened"], "opened"),
            "group": openings[by].astype("str").to_numpy() if by else "all",
        }
    )[home != host]
    if by and (lost := openings[by].isna()).any():
        msg = f"`openings` must have a value of {by!r} in every row; {lost.sum()} have none."
        raise InputError(msg)
    undated = enclaves.loc[enclaves["opened"].isna(), "key"].unique()
    first = first_openings(
        enclaves[~enclaves["key"].isin(undated)],
        "key",
        by,
        lambda key: " and ".join(repr(pairs.nodes[at]) for at in divmod(key, pairs.nodes.size)),
    )
    if first.empty:
        raise InputError("`openings` must have a dated enclave between two nodes; it has none.")
    groups = tuple(sorted(first["group"].unique()))
    at = pd.Index(first["key"]).get_indexer(pd.Index(pairs.unordered))
    position = np.searchsorted(pairs.periods, first["opened"].to_numpy()).astype(np.int64)
    inside = position < len(pairs.periods)
    cohort = np.where((at >= 0) & inside[at], position[at], NEVER)  # or after the panel ends
    code = pd.Index(groups).get_indexer(first["group"]).astype(np.int64)
    group = np.where(cohort < NEVER, code[at], -1)
    return Treatment(cohort, group, np.isin(pairs.unordered, undated), groups)


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


def opening_periods(periods: pd.Series, name: str) -> Floats:
    number, text = as_numbers(periods)
    bad = periods[text | (~np.isnan(number) & (number != np.floor(number))) | np.isinf(number)]
    if len(bad):
        msg = f"{name!r} must be whole numbers as the periods are, or missing"
        raise InputError(f"{msg}; found {bad.tolist()[:5]}; dates give years by `.dt.year`.")
    return np.asarray(number, dtype=np.float64)


def first_openings(
    openings: pd.DataFrame, key: str, by: str | None, name: Callable[[Any], str] = repr
) -> pd.DataFrame:
    """The rows with the earliest date of each key, which must be of one group."""
    dated = openings.dropna(subset="opened")
    first = dated[dated["opened"] == dated.groupby(key)["opened"].transform("min")]
    first = first.drop_duplicates([key, "group"])
    if (twice := first[key].duplicated()).any():
        of = name(first.loc[twice, key].iloc[0])
        msg = f"the first openings of {of} are of two values of {by!r} in one period"
        raise InputError(f"{msg}; keep one of them in `openings`.")
    return first
